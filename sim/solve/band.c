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
  return (i / plane - band_below(i / plane)) * plane;
}

/* Right-looking, three columns at a time: what is left of the band is read and written once for three. The columns are
   kept apart, so that every inner loop runs along rows of contiguous numbers. */
enum { WIDE = 3 };

int band_cholesky(int n, int plane, double *A) {
  int lifted = 0;
  double column[WIDE][3 * plane], inverse[WIDE];
  for (int j = 0; j < n; j += WIDE) {
    int end = rows_end(n, plane, j);
    for (int i = j; i < end; i++) {
      double *row = A + band_at(plane, i, j), x[WIDE];
      for (int p = 0; p < WIDE && p <= i - j; p++) {
        if (p == i - j) {
          /* 1e8: as in a star, the unknown stands still and its column cannot spoil later pivots. */
          if (!(row[p] > 0)) row[p] = 1e8 * (fabs(row[p]) > 0 ? fabs(row[p]) : 1), lifted++;
          row[p] = inverse[p] = 1 / sqrt(row[p]);
          break;
        }
        x[p] = column[p][i - j] = row[p] *= inverse[p];
        for (int q = p + 1; q < WIDE && q <= i - j; q++) row[q] -= x[p] * column[p][q];
      }
      if (i < j + WIDE) continue;
      for (int k = WIDE; k <= i - j; k++) row[k] -= x[0] * column[0][k] + x[1] * column[1][k] + x[2] * column[2][k];
    }
  }
  return lifted;
}

void band_solve(int n, int plane, const double *L, double *x) {
  for (int i = 0; i < n; i++) {
    int k = row_first(plane, i);
    const double *row = L + band_at(plane, i, k) - k;
    eight sum = {0};
    for (; k + 8 <= i; k += 8) sum += *(const eight *)(row + k) * *(const eight *)(x + k);
    double s = x[i] - add_eight(sum);
    for (; k < i; k++) s -= row[k] * x[k];
    x[i] = s * row[i];
  }
  for (int i = n - 1; i >= 0; i--) {
    int first = row_first(plane, i);
    const double *row = L + band_at(plane, i, first) - first;
    double s = x[i] *= row[i];
    for (int k = first; k < i; k++) x[k] -= s * row[k];
  }
}
