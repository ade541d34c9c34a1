/* Dense Cholesky for the coarsest level. */
#ifndef KNEAD_DENSE_H
#define KNEAD_DENSE_H
/* A [n][n] row-major, lower triangle read; becomes L with 1/diagonal stored on the diagonal. A pivot that is not
   positive becomes 1e8 times its diagonal, which freezes its unknown (see star.c); returns how many. */
int dense_cholesky(int n, double *A);
void dense_solve(int n, const double *L, double *x);
#endif
