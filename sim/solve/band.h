/* Banded Cholesky in double: the coarsest level, a few columns of cells. Serial and small. */
#ifndef KNEAD_BAND_H
#define KNEAD_BAND_H
#include <stddef.h>

/* Unknowns stand in planes of `plane` of them, a multiple of three, planes in elements: a middle plane (1, 3, ...) is
   coupled to the one below and above it, the others to two. What lies outside is not touched, half = 3 plane - 1.
   A [n][half + 1], row-major: entry (i, j), i - half <= j <= i, stands at A[i (half + 1) + j - i + half]; replaced by
   the factor with inverse diagonal. A pivot that is not positive freezes its unknown. Returns how many. */
int band_cholesky(int n, int plane, double *A);
void band_solve(int n, int plane, const double *L, double *x);

static inline size_t band_at(int half, int i, int j) {
  return (size_t)i * (size_t)half + (size_t)(j + half); /* i (half + 1) + j - i + half */
}

#endif
