#include <math.h>
#include <omp.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/assembly.h"
#include "sim/mechanics/solid.h"

struct solid {
  const model *m;
  const space *s;
  double dt, stiffen;
  const double *h0; /* history at the start of the step; NULL when no law has any */
  double *active;   /* [nbatch][27][NB] activation now; NULL: none */
  assembly *sum;
  float *tangent; /* of all batches, where it was linearised */
  size_t *first;  /* [nbatch + 1] into tangent */
  int32_t *bad;   /* [nbatch] lowest cell inside out, -1 */
  int culprit;
  float *work; /* [threads] x matrix work and one packed batch */
  size_t nwork;
};

enum { VEC = CELL_DOF * NB };

void solid_tone(solid *s, double factor) {
  size_t n = s->active ? (size_t)s->s->nbatch * QUAD_CELL * NB : 0;
  for (size_t i = 0; i < n; i++) s->active[i] = factor * s->s->tone[i];
}

status solid_create(const model *m, arena *a, solid **out) {
  solid *s;
  NEW(a, s, 1);
  s->m = m, s->s = m->space, s->culprit = -1;
  int n = s->s->nbatch, nthread = par_nthread();
  TRY(assembly_create(s->s, a, &s->sum));
  NEW(a, s->bad, n);
  NEW(a, s->first, n + 1);
  for (int b = 0; b < n; b++) s->first[b + 1] = s->first[b] + tangent_size(s->s->flat[b]);
  NEW(a, s->tangent, s->first[n]);
  if (s->s->tone) {
    NEW(a, s->active, (size_t)n * QUAD_CELL * NB);
    solid_tone(s, 1);
  }
  s->nwork = (kernel_matrix_work() + (size_t)CELL_PACKED * NB + 15) / 16 * 16;
  NEW(a, s->work, s->nwork * (size_t)nthread);
  *out = s;
  return ST_OK;
}

void solid_begin(solid *s, double dt, const double *h0) {
  s->dt = dt, s->h0 = s->s->hist_first[s->s->nbatch] ? h0 : NULL;
}

static kernel_in batch(const solid *s, int b) {
  kernel_in in = kernel_batch(s->s, b, s->dt);
  const tissue *t = s->s->tissue[b];
  in.stiffen = s->stiffen > 0 ? s->stiffen * t->law->shear(t->par) : 0;
  if (s->active) in.active = s->active + (size_t)b * QUAD_CELL * NB;
  if (s->h0 && in.nhist) in.hist = s->h0 + s->s->hist_first[b];
  return in;
}
int solid_culprit(const solid *s) {
  return s->culprit;
}

/* Marks a batch of which some cell is inside out. Repeats are as bad as what they repeat. */
static void look_for_bad(solid *s, int b, int good, const double *worst) {
  s->bad[b] = -1;
  for (int l = 0; l < NB && !good; l++) {
    int cell = s->s->cell[b * NB + l];
    if (!(worst[l] > 0) && (s->bad[b] < 0 || cell < s->bad[b])) s->bad[b] = cell;
  }
}
static status culprit(solid *s) {
  s->culprit = -1;
  for (int b = 0; b < s->s->nbatch; b++)
    if (s->bad[b] >= 0 && (s->culprit < 0 || s->bad[b] < s->culprit)) s->culprit = s->bad[b];
  return s->culprit < 0 ? ST_OK : ST_RETRY;
}

static void make_residual(void *self, int b, const double *u, double *r) {
  double worst[NB];
  kernel_in in = batch(self, b);
  look_for_bad(self, b, kernel_residual(&in, u, r, worst, NULL), worst);
}

static status residual(void *self, const double *u, double *r) {
  solid *s = self;
  assembly_add_d(s->sum, make_residual, s, u, r);
  return culprit(s);
}

static status linearize(void *self, const double *u) {
  solid *s = self;
  par_deal(s->s->nbatch, par_nthread());
#pragma omp parallel
  for (int b; (b = par_take()) >= 0;) {
    _Alignas(64) double ub[VEC], worst[NB];
    kernel_in in = batch(s, b);
    kernel_gather(s->s->gather + (size_t)b * CELL_NODES * NB, u, ub);
    look_for_bad(s, b, kernel_linearize(&in, ub, s->tangent + s->first[b], worst), worst);
  }
  return culprit(s);
}

static void make_product(void *self, int b, const double *du, double *r) {
  const solid *s = self;
  kernel_apply_d(s->tangent + s->first[b], s->s->flat[b], du, r);
}
static void apply(void *self, const double *du, double *dr) {
  solid *s = self;
  assembly_add_d(s->sum, make_product, s, du, dr);
}

static void make_product_f(void *self, int b, const float *du, float *r) {
  const solid *s = self;
  kernel_apply_f(s->tangent + s->first[b], s->s->flat[b], du, r);
}
static void apply_f(void *self, const float *du, float *dr) {
  solid *s = self;
  assembly_add_f(s->sum, make_product_f, s, du, dr);
}

static void cells(void *self, int site, float *K) {
  solid *s = self;
  float *scratch = s->work + s->nwork * (size_t)omp_get_thread_num(), *work = scratch + (size_t)CELL_PACKED * NB;
  int first = s->s->site_first[site];
  if (first == s->s->site_first[site + 1]) memset(K, 0, (size_t)CELL_PACKED * NB * sizeof *K); /* all lanes are empty */
  for (int b = first; b < s->s->site_first[site + 1]; b++) {
    _Alignas(64) float on[NB];
    for (int l = 0; l < NB; l++) on[l] = (float)space_active(s->s, b, l);
    kernel_matrix(s->tangent + s->first[b], s->s->flat[b], on, b == first ? K : scratch, work);
    for (int i = 0; i < CELL_PACKED * NB && b > first; i++) K[i] += scratch[i];
  }
}

static void stiffen(void *self, double share) {
  solid *s = self;
  s->stiffen = share;
}

term solid_term(solid *s) {
  return (term){.self = s,
                .residual = residual,
                .linearize = linearize,
                .apply = apply,
                .apply_f = apply_f,
                .cells = cells,
                .stiffen = stiffen};
}

void solid_store(solid *s, const double *u, double *pressure, double *h1) {
  par_deal(s->s->nbatch, par_nthread());
#pragma omp parallel
  for (int b; (b = par_take()) >= 0;) {
    kernel_points k;
    _Alignas(64) double ub[VEC];
    kernel_in in = batch(s, b);
    k.h1 = in.nhist ? h1 + s->s->hist_first[b] : NULL;
    kernel_gather(s->s->gather + (size_t)b * CELL_NODES * NB, u, ub);
    kernel_look(&in, ub, &k);
    for (int l = 0; l < NB; l++)
      for (int q = 0; q < QUAD_CELL && space_active(s->s, b, l); q++)
        pressure[(size_t)s->s->cell[b * NB + l] * QUAD_CELL + (size_t)q] = k.pressure[q][l];
  }
}
