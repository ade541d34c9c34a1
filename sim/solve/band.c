#include <math.h>
#include "sim/solve/band.h"

/* Sums in a fixed order that is the same for any vectors a compiler has: eight side by side, then those. */
typedef double eight __attribute__((vector_size(64), aligned(8), may_alias));

static inline double add_eight(eight v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/* One past the last row that is coupled to a column of this plane; first column of a row. */
static int rows_end(int n, int plane, int j) {
  int end = (j / plane + (j / plane % 2 ? 2 : 3)) * plane;
  return end < n ? end : n;
}
static int row_first(int plane, int i) {
  int first = (i / plane - (i / plane % 2 ? 1 : 2)) * plane;
  return first > 0 ? first : 0;
}

/* Right-looking, three columns at a time: what is left of the band is read and written once for three. The columns are
   kept apart, so that every inner loop runs along rows of contiguous numbers. */
enum { WIDE = 3 };

int band_cholesky(int n, int plane, double *A) {
  int lifted = 0, half = 3 * plane - 1;
  double column[WIDE][half + 1];
  for (int j = 0; j < n; j += WIDE) {
    int end = rows_end(n, plane, j);
    for (int p = 0; p < WIDE; p++) {
      int c = j + p;
      double *d = A + band_at(half, c, c);
      /* 1e8: as in a star, the unknown stands still and its column cannot spoil later pivots. */
      if (!(*d > 0)) *d = 1e8 * (fabs(*d) > 0 ? fabs(*d) : 1), lifted++;
      *d = 1 / sqrt(*d);
      for (int i = c + 1; i < end; i++) {
        double x = column[p][i - j] = A[band_at(half, i, c)] *= *d;
        for (int q = p + 1; q < WIDE && j + q <= i; q++) A[band_at(half, i, j + q)] -= x * column[p][q];
      }
    }
    for (int i = j + WIDE; i < end; i++) {
      double s0 = column[0][i - j], s1 = column[1][i - j], s2 = column[2][i - j];
      double *row = A + band_at(half, i, j);
      for (int k = WIDE; k <= i - j; k++) row[k] -= s0 * column[0][k] + s1 * column[1][k] + s2 * column[2][k];
    }
  }
  return lifted;
}

void band_solve(int n, int plane, const double *L, double *x) {
  int half = 3 * plane - 1;
  for (int i = 0; i < n; i++) {
    int k = row_first(plane, i);
    const double *row = L + band_at(half, i, 0);
    eight sum = {0};
    for (; k + 8 <= i; k += 8) sum += *(const eight *)(row + k) * *(const eight *)(x + k);
    double s = x[i] - add_eight(sum);
    for (; k < i; k++) s -= row[k] * x[k];
    x[i] = s * row[i];
  }
  for (int i = n - 1; i >= 0; i--) {
    const double *row = L + band_at(half, i, 0);
    double s = x[i] *= row[i];
    for (int k = row_first(plane, i); k < i; k++) x[k] -= s * row[k];
  }
}
