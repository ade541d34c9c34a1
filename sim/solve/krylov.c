#include <math.h>
#include "sim/base/par.h"
#include "sim/solve/krylov.h"

status pcg_solve(const nl_problem *p, const double *b, double rtol, int max, double *x, arena *scratch,
                 pcg_report *rep) {
  size_t mark = arena_mark(scratch);
  int n = p->n;
  double *r, *z, *d, *q, *part;
  NEW(scratch, r, n);
  NEW(scratch, z, n);
  NEW(scratch, d, n);
  NEW(scratch, q, n);
  NEW(scratch, part, par_nblock(n));
  *rep = (pcg_report){0};
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
  for (int i = 0; i < n; i++) x[i] = 0, r[i] = b[i];
  rep->first = rep->last = sqrt(par_dot(n, r, r, part));
  double rz = 0, alpha = 0;
  while (rep->last > rtol * rep->first && rep->iterations < max) {
    p->precondition(p->ctx, r, z);
    double now = par_dot(n, r, z, part);
    /* Polak-Ribiere form: (z, r - r_old) forgives a preconditioner that is not quite the same every time. The
       difference is -alpha q, so no old residual is kept. */
    double beta = rep->iterations ? -alpha * par_dot(n, z, q, part) / rz : 0;
    rz = now;
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
    for (int i = 0; i < n; i++) d[i] = z[i] + beta * d[i];
    p->apply(p->ctx, d, q);
    double curvature = par_dot(n, d, q, part);
    if (!(curvature > 0) || !(rz > 0)) {
      rep->indefinite = 1;
      if (rep->iterations == 0 && isfinite(rz)) {
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
        for (int i = 0; i < n; i++) x[i] = z[i];
      }
      break;
    }
    alpha = par_dot(n, d, r, part) / curvature;
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
    for (int i = 0; i < n; i++) {
      x[i] += alpha * d[i];
      r[i] -= alpha * q[i];
    }
    rep->last = sqrt(par_dot(n, r, r, part));
    rep->iterations++;
  }
  arena_release(scratch, mark);
  return ST_OK;
}
