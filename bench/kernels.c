/* The loops over elements: tangent in double and float, residual, as terms of equilibrium use them. */
#include <string.h>
#include "bench/block.h"
#include "bench/counts.h"

typedef struct kernels {
  term t;
  double *u, *x, *y;
  float *xf, *yf;
  status st;
} kernels;

static void apply(void *ctx) {
  kernels *k = ctx;
  k->t.apply(k->t.self, k->x, k->y);
}
static void apply_f(void *ctx) {
  kernels *k = ctx;
  k->t.apply_f(k->t.self, k->xf, k->yf);
}
static void residual(void *ctx) {
  kernels *k = ctx;
  k->st = k->t.residual(k->t.self, k->u, k->y);
}

static status measure(bench *b, model *m, const char *label) {
  size_t n = 3 * (size_t)m->mesh->nnode;
  solid *s;
  kernels k = {0};
  bench_samples t;
  /* No preconditioner here: it would take ten times the memory. */
  TRY(solid_create(m, m->memory, &s));
  k.t = solid_term(s);
  NEW(m->memory, k.u, n);
  NEW(m->memory, k.x, n);
  NEW(m->memory, k.y, n);
  NEW(m->memory, k.xf, n);
  NEW(m->memory, k.yf, n);
  block_deform(m, k.u);
  block_noise(n, k.x);
  for (size_t i = 0; i < n; i++) k.xf[i] = (float)k.x[i];
  TRY(k.t.linearize(k.t.self, k.u));
  bench_work work[3] = {counts_apply(m->space, 0), counts_apply(m->space, 1), counts_residual(m->space)};
  bench_time(b, apply, &k, &t);
  TRY(bench_timed(b, "apply_double", label, (long)n, &t, 1e-6 * (double)n, 1, "MDoF/s", work));
  bench_time(b, apply_f, &k, &t);
  TRY(bench_timed(b, "apply_float", label, (long)n, &t, 1e-6 * (double)n, 1, "MDoF/s", work + 1));
  bench_time(b, residual, &k, &t);
  TRY(k.st);
  return bench_timed(b, "residual_double", label, (long)n, &t, 1e-6 * (double)n, 1, "MDoF/s", work + 2);
}

static status on_mesh(bench *b, int cells, int sheets, int bent, const char *label) {
  model *m;
  block k = block_p1(cells, sheets);
  k.bent = bent;
  TRY(block_build(&k, &m));
  status st = measure(b, m, label);
  model_free(&m);
  return st;
}

status case_kernels(bench *b) {
  if (b->size == SIZE_TINY) return on_mesh(b, 4, 2, 1, "4x4x2 bent");
  TRY(on_mesh(b, 16, 4, 0, "16x16x4 affine")); /* 29 k unknowns, 5 MB in double: stays in a last-level cache */
  if (b->size == SIZE_QUICK) return on_mesh(b, 16, 4, 1, "16x16x4 bent");
  TRY(on_mesh(b, 54, 18, 0, "54x54x18 affine")); /* 1.3 million: does not */
  return on_mesh(b, 54, 18, 1, "54x54x18 bent");
}
