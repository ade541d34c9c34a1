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

/* Roots of the smoother's polynomial 1 - t q(t) on 0 < t <= 1 (t: eigenvalue over bound), one over each: the best for a
   V-cycle when only an upper bound of the spectrum is known (Lottes 2023, doi 10.1002/nla.2518: all peaks of
   t p^2 / (1 - p^2) are equal; found from that). Its constant is 19.2 with three steps, that of the plain Chebyshev
   iteration of the fourth kind 16. tests/solve/test_mg.c holds the peaks. */
static const float INVERSE_ROOT[MG_STEPS][MG_STEPS] = {{1.5f},
                                                       {1.11803399f, 3.61803399f},
                                                       {1.05495813f, 1.69202147f, 6.85085508f},
                                                       {1.03208889f, 1.34729636f, 2.53208889f, 11.17024461f}};

typedef enum pass { BEFORE, AFTER } pass;

/* r is the residual on entry. BEFORE: x = increment, and r is up to date on leaving; AFTER: x += increment, r is used
   up. Smallest root first before the coarse correction and last after it, so the cycle is symmetric in round-off too.
 */
static void smooth(mg *m, int level, pass when, float *x, float *r) {
  const mg_ops *o = &m->ops;
  float *z = m->z[level], *d = m->d[level];
  int n = o->n[level];
  for (int k = 0; k < m->steps; k++) {
    float a = INVERSE_ROOT[m->steps - 1][when == AFTER ? k : m->steps - 1 - k] / m->bound;
    int first = when == BEFORE && k == 0;
    o->smooth(o->ctx, level, r, d);
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
    for (int i = 0; i < n; i++) x[i] = first ? a * d[i] : x[i] + a * d[i];
    if (when == AFTER && k == m->steps - 1) return;
    o->apply(o->ctx, level, d, z);
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
    for (int i = 0; i < n; i++) r[i] -= a * z[i];
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
  smooth(m, level, BEFORE, x, r);
  /* The finest level visits the next one once, the others twice: the last levels are a few elements wide and a single
     visit is a poor solve (bulk/shear 999, k = 3: 14 iterations instead of 12, bent 18 instead of 14); they cost
     little. After each, the correction's effect on the residual: r -= A P xc, with P xc in d. */
  int visits = level >= 1 && level + 2 < o->nlevel ? 2 : 1;
  float *d = m->d[level];
  for (int v = 0; v < visits; v++) {
    o->restrict_to(o->ctx, level, r, m->r[level + 1]);
    cycle(m, level + 1);
    o->prolong(o->ctx, level, m->x[level + 1], d);
    o->apply(o->ctx, level, d, z);
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
    for (int i = 0; i < n; i++) x[i] += d[i], r[i] -= z[i];
  }
  smooth(m, level, AFTER, x, r);
}

void mg_cycle(mg *m, float *r, float *x) {
  m->r[0] = r, m->x[0] = x;
  cycle(m, 0);
}
