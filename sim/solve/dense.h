/* Dense Cholesky for the coarsest level. */
#ifndef KNEAD_DENSE_H
#define KNEAD_DENSE_H
/* A [n][n] row-major, lower triangle read; becomes L with 1/diagonal stored on the diagonal. Pivots below tiny x the
   original diagonal are lifted to that diagonal (the preconditioner stays positive); returns how many were lifted. */
int dense_cholesky(int n, double *A);
void dense_solve(int n, const double *L, double *x);
#endif
