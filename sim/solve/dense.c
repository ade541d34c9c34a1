#include <math.h>
#include <stddef.h>
#include "sim/solve/dense.h"

/* Row-oriented (every inner loop is a product of two contiguous rows), rows of one block column in parallel: each row
   is computed by one thread in one order, so the bits do not depend on the number of threads. */
int dense_cholesky(int n, double *A) {
  enum { W = 48 };
  int lifted = 0;
  for (int k0 = 0; k0 < n; k0 += W) {
    int k1 = k0 + W < n ? k0 + W : n;
    for (int i = k0; i < k1; i++) {
      double *Li = A + (size_t)i * n, diagonal = Li[i];
      for (int j = k0; j < i; j++) {
        const double *Lj = A + (size_t)j * n;
        double s = Li[j];
        for (int k = k0; k < j; k++) s -= Li[k] * Lj[k];
        Li[j] = s * Lj[j];
      }
      double s = diagonal;
      for (int k = k0; k < i; k++) s -= Li[k] * Li[k];
      if (!(s > 1e-10 * fabs(diagonal))) {
        s = 1e8 * (fabs(diagonal) > 0 ? fabs(diagonal) : 1);
        lifted++;
      }
      Li[i] = 1 / sqrt(s);
    }
#pragma omp parallel for schedule(static)
    for (int i = k1; i < n; i++) {
      double *Li = A + (size_t)i * n;
      for (int j = k0; j < k1; j++) {
        const double *Lj = A + (size_t)j * n;
        double s = Li[j];
        for (int k = k0; k < j; k++) s -= Li[k] * Lj[k];
        Li[j] = s * Lj[j];
      }
    }
#pragma omp parallel for schedule(static, 8)
    for (int i = k1; i < n; i++) {
      double *Li = A + (size_t)i * n;
      for (int j = k1; j <= i; j++) {
        const double *Lj = A + (size_t)j * n;
        double s = 0;
#pragma omp simd reduction(+ : s)
        for (int k = k0; k < k1; k++) s += Li[k] * Lj[k];
        Li[j] -= s;
      }
    }
  }
  return lifted;
}

void dense_solve(int n, const double *L, double *x) {
  for (int i = 0; i < n; i++) {
    const double *Li = L + (size_t)i * n;
    double s = 0;
#pragma omp simd reduction(+ : s)
    for (int k = 0; k < i; k++) s += Li[k] * x[k];
    x[i] = (x[i] - s) * Li[i];
  }
  for (int i = n - 1; i >= 0; i--) {
    const double *Li = L + (size_t)i * n;
    double s = x[i] * Li[i];
    x[i] = s;
#pragma omp simd
    for (int k = 0; k < i; k++) x[k] -= s * Li[k];
  }
}
