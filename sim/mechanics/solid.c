#include <math.h>
#include <omp.h>
#include "sim/base/par.h"
#include "sim/mechanics/solid.h"

struct solid {
  const model *m;
  const space *s;
  double dt;
  const double *h0; /* history at the start of the step; NULL when no law has any */
  float *h0_f;
  double *active; /* [nbatch][27][NB] activation now; NULL: none */
  float *active_f;
  double *elem;                        /* [nbatch][81][NB] element results */
  double *u;                           /* [nbatch][81][NB] where it was linearised */
  double *theta, *p;                   /* [nbatch][4][NB] projections there */
  float *elem_f, *u_f, *theta_f, *p_f; /* the same once more */
  int32_t *bad;                        /* [nbatch] lowest cell inside out, -1 */
  int culprit;
  int nthread;
  float *work; /* [nthread] x matrix work and one packed batch */
  size_t nwork;
};

enum { VEC = CELL_DOF * NB, COEF = SPACE_PSI * NB };

void solid_tone(solid *s, double factor) {
  size_t n = s->active ? (size_t)s->s->nbatch * QUAD_CELL * NB : 0;
  for (size_t i = 0; i < n; i++)
    s->active[i] = factor * s->s->d.active[i], s->active_f[i] = (float)factor * s->s->f.active[i];
}

status solid_create(const model *m, arena *a, solid **out) {
  solid *s;
  NEW(a, s, 1);
  s->m = m, s->s = m->space, s->culprit = -1, s->nthread = par_nthread();
  int n = s->s->nbatch;
  NEW(a, s->elem, (size_t)n * VEC);
  NEW(a, s->u, (size_t)n * VEC);
  NEW(a, s->theta, (size_t)n * COEF);
  NEW(a, s->p, (size_t)n * COEF);
  NEW(a, s->elem_f, (size_t)n * VEC);
  NEW(a, s->u_f, (size_t)n * VEC);
  NEW(a, s->theta_f, (size_t)n * COEF);
  NEW(a, s->p_f, (size_t)n * COEF);
  NEW(a, s->bad, n);
  if (s->s->d.active) {
    NEW(a, s->active, (size_t)n * QUAD_CELL * NB);
    NEW(a, s->active_f, (size_t)n * QUAD_CELL * NB);
    solid_tone(s, 1);
  }
  NEW(a, s->h0_f, s->s->hist_first[n]);
  s->nwork = (kernel_matrix_work() + (size_t)CELL_PACKED * NB + 15) / 16 * 16;
  NEW(a, s->work, s->nwork * (size_t)s->nthread);
  *out = s;
  return ST_OK;
}

void solid_begin(solid *s, double dt, const double *h0) {
  size_t n = s->s->hist_first[s->s->nbatch];
  s->dt = dt, s->h0 = n ? h0 : NULL;
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
  for (size_t i = 0; i < (s->h0 ? n : 0); i++) s->h0_f[i] = (float)h0[i];
}

static kernel_in_d batch_d(const solid *s, int b) {
  kernel_in_d in = kernel_batch_d(s->s, b, s->dt);
  if (s->active) in.active = s->active + (size_t)b * QUAD_CELL * NB;
  if (s->h0 && in.nhist) in.hist = s->h0 + s->s->hist_first[b];
  return in;
}
static kernel_in_f batch_f(const solid *s, int b) {
  kernel_in_f in = kernel_batch_f(s->s, b, s->dt);
  if (s->active) in.active = s->active_f + (size_t)b * QUAD_CELL * NB;
  if (s->h0 && in.nhist) in.hist = s->h0_f + s->s->hist_first[b];
  return in;
}
int solid_culprit(const solid *s) {
  return s->culprit;
}

/* Residual of every batch into elem; keeps u, theta and p when asked. */
static status evaluate(solid *s, const double *u, int keep) {
#pragma omp parallel for schedule(dynamic, 1)
  for (int b = 0; b < s->s->nbatch; b++) {
    _Alignas(64) double ub[VEC], theta[COEF], p[COEF], worst[NB];
    kernel_in_d in = batch_d(s, b);
    kernel_gather_d(s->s->gather + (size_t)b * CELL_NODES * NB, u, ub);
    s->bad[b] = -1;
    if (!kernel_residual_d(&in, ub, s->elem + (size_t)b * VEC, theta, p, worst, NULL)) {
      for (int l = 0; l < NB; l++) { /* repeats are as bad as what they repeat */
        int cell = s->s->cell[b * NB + l];
        if (!(worst[l] > 0) && (s->bad[b] < 0 || cell < s->bad[b])) s->bad[b] = cell;
      }
    }
    if (!keep) continue;
    size_t v = (size_t)b * VEC, c = (size_t)b * COEF;
    for (int i = 0; i < VEC; i++) s->u[v + (size_t)i] = ub[i], s->u_f[v + (size_t)i] = (float)ub[i];
    for (int i = 0; i < COEF; i++) {
      s->theta[c + (size_t)i] = theta[i], s->theta_f[c + (size_t)i] = (float)theta[i];
      s->p[c + (size_t)i] = p[i], s->p_f[c + (size_t)i] = (float)p[i];
    }
  }
  s->culprit = -1;
  for (int b = 0; b < s->s->nbatch; b++)
    if (s->bad[b] >= 0 && (s->culprit < 0 || s->bad[b] < s->culprit)) s->culprit = s->bad[b];
  return s->culprit < 0 ? ST_OK : ST_RETRY;
}

static status residual(void *self, const double *u, double *r) {
  solid *s = self;
  status st = evaluate(s, u, 0);
  if (st == ST_OK) space_collect_d(s->s, s->elem, r);
  return st;
}

static status linearize(void *self, const double *u) {
  return evaluate(self, u, 1);
}

static void apply(void *self, const double *du, double *dr) {
  solid *s = self;
#pragma omp parallel for schedule(dynamic, 1)
  for (int b = 0; b < s->s->nbatch; b++) {
    _Alignas(64) double d[VEC];
    kernel_in_d in = batch_d(s, b);
    kernel_gather_d(s->s->gather + (size_t)b * CELL_NODES * NB, du, d);
    kernel_apply_d(&in, s->u + (size_t)b * VEC, s->theta + (size_t)b * COEF, s->p + (size_t)b * COEF, d,
                   s->elem + (size_t)b * VEC);
  }
  space_collect_d(s->s, s->elem, dr);
}

static void apply_f(void *self, const float *du, float *dr) {
  solid *s = self;
#pragma omp parallel for schedule(dynamic, 1)
  for (int b = 0; b < s->s->nbatch; b++) {
    _Alignas(64) float d[VEC];
    kernel_in_f in = batch_f(s, b);
    kernel_gather_f(s->s->gather + (size_t)b * CELL_NODES * NB, du, d);
    kernel_apply_f(&in, s->u_f + (size_t)b * VEC, s->theta_f + (size_t)b * COEF, s->p_f + (size_t)b * COEF, d,
                   s->elem_f + (size_t)b * VEC);
  }
  space_collect_f(s->s, s->elem_f, dr);
}

static void cells(void *self, int site, float *K) {
  solid *s = self;
  float *scratch = s->work + s->nwork * (size_t)omp_get_thread_num(), *work = scratch + (size_t)CELL_PACKED * NB;
  int first = s->s->site_first[site];
  for (int b = first; b < s->s->site_first[site + 1]; b++) {
    _Alignas(64) float on[NB];
    for (int l = 0; l < NB; l++) on[l] = (float)space_active(s->s, b, l);
    kernel_in_f in = batch_f(s, b);
    kernel_matrix_f(&in, s->u_f + (size_t)b * VEC, s->theta_f + (size_t)b * COEF, s->p_f + (size_t)b * COEF, on,
                    b == first ? K : scratch, work);
    for (int i = 0; i < CELL_PACKED * NB && b > first; i++) K[i] += scratch[i];
  }
}

term solid_term(solid *s) {
  return (term){.self = s,
                .symmetric = 1,
                .residual = residual,
                .linearize = linearize,
                .apply = apply,
                .apply_f = apply_f,
                .cells = cells};
}

void solid_store(solid *s, const double *u, double *pressure, double *h1) {
#pragma omp parallel for schedule(dynamic, 1)
  for (int b = 0; b < s->s->nbatch; b++) {
    kernel_points k;
    _Alignas(64) double ub[VEC];
    kernel_in_d in = batch_d(s, b);
    k.h1 = in.nhist ? h1 + s->s->hist_first[b] : NULL;
    kernel_gather_d(s->s->gather + (size_t)b * CELL_NODES * NB, u, ub);
    kernel_look(&in, ub, &k);
    for (int l = 0; l < NB; l++)
      for (int q = 0; q < QUAD_CELL && space_active(s->s, b, l); q++)
        pressure[(size_t)s->s->cell[b * NB + l] * QUAD_CELL + (size_t)q] = k.pressure[q][l];
  }
}
