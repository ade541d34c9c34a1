#include <string.h>
#include "sim/base/par.h"
#include "sim/solve/mg.h"

/* On the finest level x and r are the caller's; the coarsest needs no more than these. Each begins on a cache line. */
size_t mg_place(mg *m, float *work) {
  size_t at = 0;
  for (int l = 0; l < m->ops.nlevel; l++) {
    float **list[] = {&m->x[l], &m->r[l], &m->z[l], &m->d[l]};
    for (int k = l > 0 ? 0 : 2; k < (l + 1 < m->ops.nlevel ? 4 : 2); k++) {
      if (work) *list[k] = work + at;
      at += ((size_t)m->ops.n[l] + 15) / 16 * 16;
    }
  }
  return at;
}

/* Chebyshev iteration of the fourth kind (Lottes 2022): the best polynomial smoother when only an upper bound of the
   spectrum is known. r is the residual on entry; x += increment; r is up to date on leaving when `keep`. */
static void smooth(mg *m, int level, float *x, float *r, int keep) {
  const mg_ops *o = &m->ops;
  float *z = m->z[level], *d = m->d[level];
  int n = o->n[level];
  for (int k = 1; k <= m->steps; k++) {
    o->smooth(o->ctx, level, r, z);
    float a = (float)(2 * k - 3) / (float)(2 * k + 1), b = (float)(8 * k - 4) / ((float)(2 * k + 1) * m->bound);
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
    for (int i = 0; i < n; i++) {
      d[i] = k == 1 ? b * z[i] : a * d[i] + b * z[i];
      x[i] += d[i];
    }
    if (k == m->steps && !keep) return;
    o->apply(o->ctx, level, d, z);
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
    for (int i = 0; i < n; i++) r[i] -= z[i];
  }
}

/* x[level] = M r[level], r is used up. */
static void cycle(mg *m, int level) {
  const mg_ops *o = &m->ops;
  float *x = m->x[level], *r = m->r[level], *z = m->z[level];
  int n = o->n[level];
  if (level == o->nlevel - 1) {
    o->coarsest(o->ctx, r, x);
    return;
  }
  memset(x, 0, (size_t)n * sizeof *x);
  smooth(m, level, x, r, 1);
  /* The finest level visits the next one once, the others twice: the last levels are a few elements wide and a single
     visit is a poor solve (bulk/shear 999, k = 3: 14 iterations instead of 12, bent 18 instead of 14); they cost
     little. After each, the correction's effect on the residual: r -= A P xc, with P xc in d. */
  int visits = level >= 1 && level + 2 < o->nlevel ? 2 : 1;
  float *d = m->d[level];
  for (int v = 0; v < visits; v++) {
    o->restrict_to(o->ctx, level, r, m->r[level + 1]);
    cycle(m, level + 1);
    memset(d, 0, (size_t)n * sizeof *d);
    o->prolong_add(o->ctx, level, m->x[level + 1], d);
    o->apply(o->ctx, level, d, z);
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
    for (int i = 0; i < n; i++) x[i] += d[i], r[i] -= z[i];
  }
  smooth(m, level, x, r, 0);
}

void mg_cycle(mg *m, float *r, float *x) {
  m->r[0] = r, m->x[0] = x;
  cycle(m, 0);
}
