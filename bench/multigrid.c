/* The preconditioner by itself: set-up, smoother, cycle. */
#include <math.h>
#include <string.h>
#include "bench/block.h"
#include "bench/counts.h"
#include "sim/base/par.h"
#include "sim/mechanics/levels.h"

enum { STEPS = 2 }; /* smoother applications before and after, as in equilibrium.c; two also show where one ends */

typedef struct multigrid {
  const model *m;
  term t;
  levels *levels;
  const uint8_t *fixed;
  float *r, *left_over, *z;       /* right-hand side, what a cycle makes of it; solution */
  int calls;                      /* of the finest operator in this cycle */
  double left, smoothing, coarse; /* s: when its last call ended; from the first to the second; to the third */
} multigrid;

static void cells(void *ctx, int site, float *K) {
  const multigrid *g = ctx;
  g->t.cells(g->t.self, site, K);
}

/* From the end of the first call to the start of the second lie the update of the residual, one application of the
   smoother and the update of the iterate: what is measured as the smoother. From there to the third (the effect of the
   correction) lies everything on coarser levels, with restriction and prolongation. */
static void fine(void *ctx, const float *x, float *y) {
  multigrid *g = ctx;
  if (g->calls == 1) g->smoothing = par_wall() - g->left;
  if (g->calls == 2) g->coarse = par_wall() - g->left;
  g->calls++;
  size_t n = 3 * (size_t)g->m->mesh->nnode;
  memset(y, 0, n * sizeof *y);
  g->t.apply_f(g->t.self, x, y);
#pragma omp parallel for schedule(static)
  for (size_t i = 0; i < n; i++)
    if (g->fixed[i]) y[i] = 0;
  g->left = par_wall();
}

static void setup(void *ctx) {
  multigrid *g = ctx;
  levels_setup(g->levels, cells, g);
}
static void cycle(void *ctx) {
  multigrid *g = ctx;
  g->calls = 0;
  memcpy(g->left_over, g->r, 3 * (size_t)g->m->mesh->nnode * sizeof *g->r);
  levels_cycle(g->levels, g->left_over, g->z);
}

static status measure(bench *b, model *m, const char *label) {
  size_t n = 3 * (size_t)m->mesh->nnode;
  long unknowns = (long)n;
  solid *s;
  equilibrium *e;
  bench_samples t, smoothing = {0}, coarse = {0};
  multigrid g = {.m = m};
  TRY(block_equilibrium(m, &s, &e)); /* for its supports only */
  g.t = solid_term(s), g.fixed = equilibrium_fixed(e);
  TRY(levels_create(m->mesh, g.fixed, STEPS, fine, &g, m->memory, &g.levels));
  double *u;
  NEW(m->memory, u, n);
  NEW(m->memory, g.r, n);
  NEW(m->memory, g.left_over, n);
  NEW(m->memory, g.z, n);
  TRY(g.t.linearize(g.t.self, u));
  block_noise(n, u);
  for (size_t i = 0; i < n; i++) g.r[i] = g.fixed[i] ? 0 : (float)u[i];

  double per_unknown = 1e6 / (double)n;
  /* Element matrices are made inside the set-up, chunk by chunk: their time is what it says of them. */
  bench_samples matrices = {0}, factors = {0};
  setup(&g);
  for (int i = 0; i < b->runs; i++) {
    double t0 = par_wall();
    setup(&g);
    double all = par_wall() - t0;
    matrices.seconds[matrices.n++] = levels_cells_seconds(g.levels);
    factors.seconds[factors.n++] = all - levels_cells_seconds(g.levels);
  }
  bench_work work = counts_matrices(m->space);
  TRY(bench_timed(b, "element_matrices", label, unknowns, &matrices, per_unknown, 0, "us/unknown", &work));
  work = counts_factors(m->mesh);
  TRY(bench_timed(b, "factors", label, unknowns, &factors, per_unknown, 0, "us/unknown", &work));
  bench_time(b, setup, &g, &t);
  TRY(bench_timed(b, "setup", label, unknowns, &t, per_unknown, 0, "us/unknown", NULL));

  cycle(&g);
  for (int i = 0; i < b->runs; i++) {
    cycle(&g);
    smoothing.seconds[smoothing.n++] = g.smoothing;
    coarse.seconds[coarse.n++] = g.coarse;
  }
  if (g.calls != 2 * STEPS || !(g.smoothing > 0))
    FAIL(ST_INTERNAL, "a cycle of %d smoothing steps called the finest operator %d times", STEPS, g.calls);
  work = counts_smoother(m->mesh);
  TRY(bench_timed(b, "smoother", label, unknowns, &smoothing, 1e3 * per_unknown, 0, "ns/unknown", &work));
  TRY(bench_timed(b, "cycle_coarse", label, unknowns, &coarse, 1e3 * per_unknown, 0, "ns/unknown", NULL));
  bench_time(b, cycle, &g, &t);
  TRY(bench_timed(b, "cycle", label, unknowns, &t, 1e3 * per_unknown, 0, "ns/unknown", NULL));
  return bench_number(b, "cycle_applies", label, unknowns, g.calls, "1");
}

status case_multigrid(bench *b) {
  static const int refine[] = {1, 2, 4, 4};
  static const char *const label[] = {"A flat r=99", "B flat r=99", "C flat r=99", "C flat r=99"};
  model *m;
  block k = block_quarter(refine[b->size], 99, 0);
  TRY(block_build(&k, &m));
  status st = measure(b, m, label[b->size]);
  model_free(&m);
  return st;
}
