/* One Newton step on the undeformed quarter block, the patch moved by 1 mm: set-up, then PCG from zero to 1e-8. */
#include <math.h>
#include <string.h>
#include "bench/block.h"
#include "sim/mechanics/mechanics.h"
#include "sim/solve/krylov.h"

enum { MOST = 300 }; /* iterations: far beyond any that converges */

typedef struct linear {
  nl_problem p;
  double *u, *b, *x;
  arena *scratch;
  pcg_report rep;
  status st;
} linear;

static void setup(void *ctx) {
  linear *l = ctx;
  status st = l->p.linearize(l->p.ctx, l->u);
  if (l->st == ST_OK) l->st = st;
}
static void solve(void *ctx) {
  linear *l = ctx;
  status st = pcg_solve(&l->p, l->b, 1e-8, MOST, l->x, l->scratch, &l->rep);
  if (l->st == ST_OK) l->st = st;
}
static void both(void *ctx) {
  setup(ctx);
  solve(ctx);
}

static status prepare(linear *l, model *m) {
  solid *s;
  equilibrium *e;
  TRY(block_equilibrium(m, &s, &e));
  l->p = equilibrium_problem(e);
  if (!(l->scratch = arena_create(1 << 20))) FAIL(ST_INTERNAL, "out of memory");
  NEW(l->scratch, l->u, l->p.n);
  NEW(l->scratch, l->b, l->p.n);
  NEW(l->scratch, l->x, l->p.n);
  block_lift(m, 1, l->u, l->x);
  setup(l);
  TRY(l->st);
  l->p.apply(l->p.ctx, l->x, l->b);
  for (int i = 0; i < l->p.n; i++) l->b[i] = -l->b[i];
  return ST_OK;
}

static int converged(const linear *l) {
  return l->rep.last <= 1e-8 * l->rep.first && !l->rep.indefinite;
}

static status count(bench *b, linear *l, const char *label) {
  solve(l);
  TRY(l->st);
  return bench_number(b, "pcg_iterations", label, l->p.n, converged(l) ? l->rep.iterations : (double)NAN, "1");
}

static status timed_step(bench *b, model *m, linear *l, const char *label) {
  bench_samples t;
  double per_unknown = 1e6 / l->p.n;
  bench_time(b, both, l, &t);
  TRY(l->st);
  if (!converged(l))
    FAIL(ST_SOLVE, "%s: residual %.3g of the first after %d iterations", label, l->rep.last / l->rep.first,
         l->rep.iterations);
  TRY(bench_timed(b, "newton_step", label, l->p.n, &t, per_unknown, 0, "us/unknown", NULL));
  bench_time(b, setup, l, &t);
  TRY(bench_timed(b, "newton_setup", label, l->p.n, &t, per_unknown, 0, "us/unknown", NULL));
  bench_time(b, solve, l, &t);
  TRY(bench_timed(b, "newton_solve", label, l->p.n, &t, per_unknown, 0, "us/unknown", NULL));
  TRY(bench_number(b, "newton_iterations", label, l->p.n, l->rep.iterations, "1"));
  /* Model (mesh, space, matrices, factors) and vectors of the solve. */
  double bytes = (double)(arena_peak(m->memory) + arena_peak(l->scratch));
  return bench_number(b, "memory", label, l->p.n, bytes / l->p.n, "B/unknown");
}

static status on_mesh(bench *b, int refine, double ratio, int bent, int timed) {
  char label[BENCH_TEXT];
  snprintf(label, sizeof label, "%c %s r=%g",
           refine == 1   ? 'A'
           : refine == 2 ? 'B'
           : refine == 4 ? 'C'
                         : 'D',
           bent ? "bent" : "flat", ratio);
  model *m;
  block k = block_quarter(refine, ratio, bent);
  TRY(block_build(&k, &m));
  linear l = {0};
  status st = prepare(&l, m);
  if (st == ST_OK) st = timed ? timed_step(b, m, &l, label) : count(b, &l, label);
  arena_destroy(&l.scratch);
  model_free(&m);
  return st;
}

status case_linear(bench *b) {
  if (b->size == SIZE_TINY) return on_mesh(b, 1, 99, 0, 1);
  if (b->size == SIZE_QUICK) return on_mesh(b, 2, 99, 0, 1);
  for (int hard = 0; hard < 2; hard++)
    for (int refine = 1; refine <= 4; refine *= 2) TRY(on_mesh(b, refine, hard ? 999 : 99, 0, 1));
  return b->size == SIZE_LONG ? on_mesh(b, 8, 99, 0, 1) : ST_OK;
}

status case_iterations(bench *b) {
  static const int most[] = {1, 2, 4, 8};
  for (int bent = 0; bent < 2; bent++)
    for (int hard = 0; hard < 2; hard++)
      for (int refine = 1; refine <= (bent && most[b->size] > 4 ? 4 : most[b->size]); refine *= 2)
        TRY(on_mesh(b, refine, hard ? 999 : 99, bent, 0));
  return ST_OK;
}
