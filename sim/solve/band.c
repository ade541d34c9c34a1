#include <math.h>
#include "sim/solve/band.h"

/* Right-looking: every inner loop runs along a row and adds a multiple of the column just finished (kept apart, so that
   it is contiguous). No sum is reordered: the bits do not depend on the compiler's vectors. */
int band_cholesky(int n, int half, double *A) {
  int lifted = 0;
  double column[half + 1];
  for (int j = 0; j < n; j++) {
    double *d = A + band_at(half, j, j);
    /* 1e8: as in a star, the unknown stands still and its column cannot spoil later pivots. */
    if (!(*d > 0)) *d = 1e8 * (fabs(*d) > 0 ? fabs(*d) : 1), lifted++;
    *d = 1 / sqrt(*d);
    int end = j + half < n - 1 ? j + half : n - 1;
    for (int i = j + 1; i <= end; i++) column[i - j] = A[band_at(half, i, j)] *= *d;
    for (int i = j + 1; i <= end; i++) {
      double s = column[i - j], *row = A + band_at(half, i, j);
      for (int k = 1; k <= i - j; k++) row[k] -= s * column[k];
    }
  }
  return lifted;
}

void band_solve(int n, int half, const double *L, double *x) {
  for (int i = 0; i < n; i++) {
    double s = x[i];
    for (int k = i > half ? i - half : 0; k < i; k++) s -= L[band_at(half, i, k)] * x[k];
    x[i] = s * L[band_at(half, i, i)];
  }
  for (int i = n - 1; i >= 0; i--) {
    double s = x[i] *= L[band_at(half, i, i)];
    for (int k = i > half ? i - half : 0; k < i; k++) x[k] -= s * L[band_at(half, i, k)];
  }
}
