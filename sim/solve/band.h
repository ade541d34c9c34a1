/* Banded Cholesky in double: the coarsest level, a few columns of cells. Serial and small. */
#ifndef KNEAD_BAND_H
#define KNEAD_BAND_H
#include <stddef.h>

/* Unknowns stand in planes of `plane` of them, a multiple of three, planes in elements: a middle plane (1, 3, ...) is
   coupled to the one below and above it, the others to two. A holds that and no more: row by row from the first unknown
   of the lowest plane that row i is coupled to up to the diagonal, entry (i, j) at A[band_at(plane, i, j)]; replaced by
   the factor with inverse diagonal. A pivot that is not positive freezes its unknown. Returns how many. */
int band_cholesky(int n, int plane, double *A);
void band_solve(int n, int plane, const double *L, double *x);

/* Planes that plane p is coupled to below it. */
static inline int band_below(int p) {
  return p == 0 ? 0 : 2 - p % 2;
}
/* (i, 0) need not be an entry: it is where the row would begin then, never before A. */
static inline size_t band_at(int plane, int i, int j) {
  int p = i / plane, below = band_below(p);
  size_t n = (size_t)plane, r = (size_t)(i % plane), planes = p == 0 ? 0 : (size_t)(3 * ((p - 1) / 2) + (p - 1) % 2);
  /* Rows before plane p reach `planes` planes down, all together. */
  return planes * n * n + (size_t)p * (n * (n + 1) / 2) + r * (size_t)below * n + r * (r + 1) / 2 +
         (size_t)(j - (p - below) * plane);
}
/* Numbers in A, n a multiple of the plane. */
static inline size_t band_size(int n, int plane) {
  return band_at(plane, n, (n / plane - band_below(n / plane)) * plane);
}

#endif
