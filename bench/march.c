#include "bench/march.h"
#include <string.h>
#include "sim/base/par.h"

enum { EASY = 12 }; /* as in run/loop.c */
/* Numerical, of a patient march: what it takes to follow P1 to six halvings and its strip to eight. From a coarser end
   the strip halved nine times took the most, 623 iterations. */
enum { PATIENT_EASY = 40, PATIENT_NEWTON = 150, SETTLE_NEWTON = 3000 };
static const double PATIENT_STEP = 1.0 / 256;

static void fresh(void *ctx) {
  march *d = ctx;
  if (d->inner.fresh) d->inner.fresh(d->inner.ctx);
}
static status residual(void *ctx, const double *u, double *r) {
  march *d = ctx;
  return d->inner.residual(d->inner.ctx, u, r);
}
static status linearize(void *ctx, const double *u) {
  march *d = ctx;
  d->newton++;
  return d->inner.linearize(d->inner.ctx, u);
}
static void apply(void *ctx, const double *du, double *dr) {
  march *d = ctx;
  d->applies++;
  d->inner.apply(d->inner.ctx, du, dr);
}
static void precondition(void *ctx, const double *r, double *z) {
  march *d = ctx;
  d->cycles++;
  d->inner.precondition(d->inner.ctx, r, z);
}
static void stiffen(void *ctx, double share) {
  march *d = ctx;
  if (d->inner.stiffen) d->inner.stiffen(d->inner.ctx, share);
}
static int renew(void *ctx, const double *u) {
  march *d = ctx;
  return d->inner.renew && d->inner.renew(d->inner.ctx, u);
}
static double size(void *ctx, const double *r) {
  march *d = ctx;
  return d->inner.size(d->inner.ctx, r);
}

status march_create(march *d, const model *m, nl_problem p, int nstep) {
  *d = (march){.m = m, .inner = p, .nstep = nstep};
  d->p = (nl_problem){.ctx = d,
                      .n = p.n,
                      .fresh = fresh,
                      .residual = residual,
                      .linearize = linearize,
                      .apply = apply,
                      .precondition = precondition,
                      .size = size,
                      .renew = renew,
                      .stiffen = stiffen};
  if (!(d->scratch = arena_create(1 << 20))) FAIL(ST_INTERNAL, "out of memory");
  NEW(d->scratch, d->u, p.n);
  NEW(d->scratch, d->trial, p.n);
  NEW(d->scratch, d->lift, p.n);
  march_rest(d);
  return ST_OK;
}

void march_free(march *d) {
  arena_destroy(&d->scratch);
}

void march_rest(march *d) {
  double step = 1.0 / d->nstep;
  memset(d->u, 0, (size_t)d->p.n * sizeof *d->u);
  d->c = (controller){.dt = step,
                      .least = step * (d->patient ? PATIENT_STEP : 1.0 / 64),
                      .most = step,
                      .easy = d->patient ? PATIENT_EASY : EASY};
  d->done = d->accepted = d->rejected = 0, d->t = d->lost = 0;
  d->applies = d->cycles = d->newton = 0;
}

/* From u to `share` of the motion: ST_OK with u there, ST_RETRY with u as it was. */
static status attempt(march *d, double share, int max_newton, nl_report *rep) {
  memcpy(d->trial, d->u, (size_t)d->p.n * sizeof *d->u);
  block_lift(d->m, share, d->u, d->lift);
  /* Forcing as in mechanics.c. */
  newton_opts o = {.max_newton = max_newton,
                   .max_krylov = d->m->time.max_krylov,
                   .krylov_least = 1e-4,
                   .krylov_most = 0.1,
                   .lift = d->lift,
                   .stiffen = d->patient};
  TRY(newton_solve(&d->p, &o, d->trial, d->scratch, rep));
  double *swap = d->u;
  d->u = d->trial, d->trial = swap, d->accepted++;
  return ST_OK;
}

/* One attempt after another until one is accepted. */
static status advance(march *d) {
  for (int cut = 0;; cut = 1) {
    int lands;
    double t0 = par_wall(), stop = (double)(d->done + 1) / d->nstep, dt = controller_step(&d->c, d->t, stop, &lands);
    nl_report rep;
    status st = attempt(d, d->t + dt, d->patient ? PATIENT_NEWTON : d->m->time.max_newton, &rep);
    if (st < 0) return st;
    if (st == ST_OK) {
      controller_accept(&d->c, dt, rep.newton, cut);
      d->done += lands;
      d->t = lands ? stop : d->t + dt;
      return ST_OK;
    }
    d->rejected++, d->lost += par_wall() - t0;
    if (!controller_reject(&d->c, dt)) FAIL(ST_SOLVE, "at %g of the motion: %s", d->t, newton_reason(rep.reason));
  }
}

status march_on(march *d, int nstep) {
  for (int end = d->done + nstep; d->done < end;) TRY(advance(d));
  return ST_OK;
}

status march_settle(march *d) {
  nl_report rep;
  double t0 = par_wall();
  status st = attempt(d, 1, SETTLE_NEWTON, &rep);
  if (st == ST_RETRY) {
    d->rejected++, d->lost += par_wall() - t0;
    memset(d->u, 0, (size_t)d->p.n * sizeof *d->u);
    return march_on(d, d->nstep - d->done);
  }
  d->done = d->nstep, d->t = 1;
  return st;
}
