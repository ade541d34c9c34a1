/* One Newton step on the undeformed quarter block, the patch moved by 1 mm: set-up, then PCG from zero to 1e-8. */
#include "bench/linear.h"
#include <math.h>

enum { MOST = 300 }; /* iterations: far beyond any that converges */

status linear_create(linear *l, nl_problem p) {
  l->p = p;
  if (!(l->scratch = arena_create(1 << 20))) FAIL(ST_INTERNAL, "out of memory");
  NEW(l->scratch, l->u, p.n);
  NEW(l->scratch, l->b, p.n);
  NEW(l->scratch, l->x, p.n);
  return ST_OK;
}

void linear_free(linear *l) {
  arena_destroy(&l->scratch);
}

status linear_load(linear *l) {
  linear_setup(l);
  TRY(l->st);
  l->p.apply(l->p.ctx, l->x, l->b);
  for (int i = 0; i < l->p.n; i++) l->b[i] = -l->b[i];
  return ST_OK;
}

void linear_setup(void *ctx) {
  linear *l = ctx;
  status st = l->p.linearize(l->p.ctx, l->u);
  if (l->st == ST_OK) l->st = st;
}
void linear_solve(void *ctx) {
  linear *l = ctx;
  status st = pcg_solve(&l->p, l->b, 1e-8, MOST, l->x, l->scratch, &l->rep);
  if (l->st == ST_OK) l->st = st;
}
void linear_both(void *ctx) {
  linear_setup(ctx);
  linear_solve(ctx);
}

int linear_converged(const linear *l) {
  return l->rep.last <= 1e-8 * l->rep.first && !l->rep.indefinite;
}

status linear_count(bench *b, linear *l, const char *label) {
  linear_solve(l);
  TRY(l->st);
  return bench_number(b, "pcg_iterations", label, l->p.n, linear_converged(l) ? l->rep.iterations : (double)NAN, "1");
}

static status timed_step(bench *b, model *m, linear *l, const char *label) {
  bench_samples t;
  double per_unknown = 1e6 / l->p.n;
  bench_time(b, linear_both, l, &t);
  TRY(l->st);
  if (!linear_converged(l))
    FAIL(ST_SOLVE, "%s: residual %.3g of the first after %d iterations", label, l->rep.last / l->rep.first,
         l->rep.iterations);
  TRY(bench_timed(b, "newton_step", label, l->p.n, &t, per_unknown, 0, "us/unknown", NULL));
  bench_time(b, linear_setup, l, &t);
  TRY(bench_timed(b, "newton_setup", label, l->p.n, &t, per_unknown, 0, "us/unknown", NULL));
  bench_time(b, linear_solve, l, &t);
  TRY(bench_timed(b, "newton_solve", label, l->p.n, &t, per_unknown, 0, "us/unknown", NULL));
  TRY(bench_number(b, "newton_iterations", label, l->p.n, l->rep.iterations, "1"));
  /* Model (mesh, space, matrices, factors) and vectors of the solve. */
  double bytes = (double)(arena_peak(m->memory) + arena_peak(l->scratch));
  return bench_number(b, "memory", label, l->p.n, bytes / l->p.n, "B/unknown");
}

static status on_block(bench *b, const block *k, const char *label) {
  model *m;
  solid *s;
  equilibrium *e;
  linear l = {0};
  TRY(block_build(k, &m));
  status st = block_equilibrium(m, &s, &e);
  if (st == ST_OK) st = linear_create(&l, equilibrium_problem(e));
  if (st == ST_OK) {
    block_lift(m, 1, l.u, l.x);
    st = linear_load(&l);
  }
  if (st == ST_OK) st = timed_step(b, m, &l, label);
  linear_free(&l);
  model_free(&m);
  return st;
}

/* With the sheet: springs, since fibres that carry tension only have no stiffness at rest. */
static status on_mesh(bench *b, int refine, double ratio, int sheet) {
  char label[BENCH_TEXT];
  block k = block_quarter(refine, ratio, 0);
  if (sheet) k.fibres = FIBRES_BOTH_WAYS;
  snprintf(label, sizeof label, "%c flat %s r=%g", block_mesh_name(refine), sheet ? "aniso" : "iso", ratio);
  return on_block(b, &k, label);
}

status case_linear(bench *b) {
  if (b->size == SIZE_TINY) return on_mesh(b, 1, 99, 0);
  if (b->size == SIZE_QUICK) {
    TRY(on_mesh(b, 2, 99, 0));
    return on_mesh(b, 2, 99, 1);
  }
  for (int hard = 0; hard < 2; hard++)
    for (int refine = 1; refine <= 4; refine *= 2) TRY(on_mesh(b, refine, hard ? 999 : 99, 0));
  for (int refine = 1; refine <= 4; refine *= 2) TRY(on_mesh(b, refine, 99, 1));
  return b->size == SIZE_LONG ? on_mesh(b, 8, 99, 0) : ST_OK;
}
