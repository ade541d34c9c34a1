/* Preconditioned conjugate gradients, in the flexible form (the preconditioner is single precision). */
#ifndef KNEAD_KRYLOV_H
#define KNEAD_KRYLOV_H
#include "sim/solve/newton.h"

typedef struct pcg_report {
  int iterations;
  double first, last; /* |r|_2 */
  int indefinite;     /* stopped at a direction of negative curvature */
} pcg_report;

/* Solves K x = b to |r| <= rtol |b| from x = 0. On a direction d with d.K d <= 0 it stops and keeps the x it has; when
   that is the first direction, x is the preconditioned residual: both are directions of descent of the quadratic model
   (Steihaug's rule without a radius; the line search decides how far to go). */
status pcg_solve(const nl_problem *p, const double *b, double rtol, int max, double *x, arena *scratch,
                 pcg_report *rep) MUST_CHECK;

#endif
