/* A bench for material laws: fill a law's parameters from its own table, evaluate batches, measure their size. */
#ifndef KNEAD_LAW_BENCH_H
#define KNEAD_LAW_BENCH_H
#include "tests/test.h"
#include "sim/base/mat3.h"
#include "models/catalog.h"

enum { BENCH_PAR = 512, BENCH_HIST = 32 };

/* Deterministic numbers in [0, 1) and [-1, 1). */
static uint64_t bench_seed = 88172645463325252u;
static inline double uniform(void) {
  bench_seed ^= bench_seed << 13, bench_seed ^= bench_seed >> 7, bench_seed ^= bench_seed << 17;
  return (double)(bench_seed >> 11) * 0x1p-53;
}
static inline double sign_uniform(void) {
  return 2 * uniform() - 1;
}

/* ---- parameters ------------------------------------------------------------------------------------------------- */

typedef struct law { /* a member of the catalogue with parameters */
  const material *kind;
  _Alignas(max_align_t) unsigned char par[BENCH_PAR]; /* room for the member's struct */
} law;

/* Middle of a range on a logarithmic scale; ranges that begin at 0 count from 1 (or are halved). */
static inline double bench_middle(const param *p) {
  if (p->lo > 0) return sqrt(p->lo * p->hi);
  return p->hi > 1 ? sqrt(p->hi) : p->hi / 2;
}

/* memcpy: the bench knows the member's struct by offsets only, so nothing else may be assumed about its types. */
static inline void bench_store(law *l, const param *p, double value) {
  if (p->kind == PARAM_NUMBER) {
    memcpy(l->par + p->offset, &value, sizeof value);
  } else {
    int whole = (int)value;
    memcpy(l->par + p->offset, &whole, sizeof whole);
  }
}

/* A law inside: muscle, which has fibres and activation, or a plain one. Bound once for each variant. */
static inline law bench_law(const material *kind, int variant);
static inline const material *bench_find(const char *name);
static inline void bench_inner(law *l, const param *p, int variant) {
  static law inner[2];
  if (!inner[variant].kind)
    inner[variant] = bench_law(bench_find(variant ? "muscle_transiso" : "neo_hookean_compressible"), variant);
  law_choice c = {inner[variant].kind, inner[variant].par};
  memcpy(l->par + p->offset, &c, sizeof c);
}

/* Two tuples: weights 0.3 and 0.15; a time is the longest of its range, so that nothing decays within the bench's step
   and the moduli the law states are those of an instant. What decays is tested where such a law is. */
static inline void bench_tuples(law *l, const param *p) {
  int two = 2;
  for (int i = 0; i < two; i++)
    for (const param *r = p->rows; r->name; r++) {
      double value = r->unit ? r->hi : 0.3 / (i + 1);
      memcpy(l->par + p->offset + (size_t)i * p->row_size + r->offset, &value, sizeof value);
    }
  memcpy(l->par + p->count_offset, &two, sizeof two);
}

/* Variant 0: presets where the table has them. Variant 1: mid-range for everything, the last of every choice. */
static inline law bench_law(const material *kind, int variant) {
  law l = {.kind = kind};
  assert_true(kind->par_size <= sizeof l.par);
  for (const param *p = kind->params; p->name; p++) {
    int preset = variant == 0 && !isnan(p->preset), last = 0;
    if (p->kind == PARAM_LAW || p->kind == PARAM_TUPLES) {
      if (p->kind == PARAM_LAW)
        bench_inner(&l, p, variant);
      else
        bench_tuples(&l, p);
      continue;
    }
    if (p->kind != PARAM_NUMBER && p->kind != PARAM_INTEGER && p->kind != PARAM_FLAG && p->kind != PARAM_CHOICE)
      fail_msg("%s.%s: teach this bench a parameter of kind %d", kind->name, p->name, (int)p->kind);
    if (p->kind == PARAM_CHOICE)
      while (p->choices[last + 1]) last++;
    double middle = p->kind == PARAM_NUMBER ? bench_middle(p) : p->kind == PARAM_CHOICE ? last : p->hi;
    bench_store(&l, p, preset ? p->preset : middle);
  }
  return l;
}

static inline const material *bench_find(const char *name) {
  for (int i = 0; models_catalog.materials[i]; i++)
    if (strcmp(models_catalog.materials[i]->name, name) == 0) return models_catalog.materials[i];
  fail_msg("no material %s", name);
  return NULL;
}

/* Is it a law around another one? */
static inline int bench_wraps(const material *kind) {
  for (const param *p = kind->params; p->name; p++)
    if (p->kind == PARAM_LAW) return 1;
  return 0;
}

static inline const param *bench_row(const law *l, const char *key) {
  for (const param *p = l->kind->params; p->name; p++)
    if (strcmp(p->name, key) == 0) return p;
  fail_msg("%s has no parameter %s", l->kind->name, key);
  return NULL;
}
/* The value of a number the law may have, else `otherwise`. */
static inline double bench_number(const law *l, const char *key, double otherwise) {
  for (const param *p = l->kind->params; p->name; p++)
    if (strcmp(p->name, key) == 0 && p->kind == PARAM_NUMBER) memcpy(&otherwise, l->par + p->offset, sizeof otherwise);
  return otherwise;
}
static inline void bench_set(law *l, const char *key, double value) {
  bench_store(l, bench_row(l, key), value);
}

/* ---- batches ---------------------------------------------------------------------------------------------------- */

typedef struct batch {
  _Alignas(64) double F[9 * NB];
  _Alignas(64) double fibre[3 * MAT_FAMILIES * NB];
  _Alignas(64) double scale[NB], active[NB];
  _Alignas(64) double h0[BENCH_HIST * NB], h1[BENCH_HIST * NB];
  int nfam, has_scale, has_active;
} batch;
typedef struct nine {
  _Alignas(64) double v[9 * NB];
} nine;
/* Hardly any time passes: laws that remember answer at once, with the moduli they state. */
static const double bench_dt = 1e-9;
static inline material_in bench_in(const batch *b) {
  return (material_in){.dt = bench_dt,
                       .nfam = b->nfam,
                       .F = b->F,
                       .fibre = b->nfam ? b->fibre : NULL,
                       .active = b->has_active ? b->active : NULL,
                       .scale = b->has_scale ? b->scale : NULL,
                       .h0 = b->h0};
}

static inline void bench_energy(const law *l, const batch *b, double W[NB]) {
  _Alignas(64) double out[NB];
  material_in in = bench_in(b);
  l->kind->ops->energy(l->par, &in, out);
  memcpy(W, out, sizeof out);
}
static inline nine bench_stress(const law *l, const batch *b) {
  nine P;
  batch copy = *b;
  material_in in = bench_in(b);
  l->kind->ops->stress(l->par, &in, P.v, copy.h1);
  return P;
}
static inline nine bench_tangent(const law *l, const batch *b, const nine *dF) {
  nine dP;
  material_in in = bench_in(b);
  l->kind->ops->tangent(l->par, &in, dF->v, dP.v);
  return dP;
}

/* Every lane the same F. */
static inline batch bench_same(const double F[9]) {
  batch b = {.nfam = 0};
  for (int k = 0; k < 9; k++)
    for (int q = 0; q < NB; q++) b.F[k * NB + q] = F[k];
  return b;
}
static inline void bench_fibre(batch *b, int family, double x, double y, double z) {
  if (b->nfam <= family) b->nfam = family + 1;
  for (int q = 0; q < NB; q++) {
    b->fibre[(3 * family + 0) * NB + q] = x;
    b->fibre[(3 * family + 1) * NB + q] = y;
    b->fibre[(3 * family + 2) * NB + q] = z;
  }
}
static inline void bench_lane(const nine *a, int q, double out[9]) {
  for (int k = 0; k < 9; k++) out[k] = a->v[k * NB + q];
}
static inline double bench_norm(const nine *a, int q) {
  return sqrt(dot3(a->v + q, NB, a->v + q, NB));
}

static inline void bench_rotation(double R[9]) {
  double w = sign_uniform(), x = sign_uniform(), y = sign_uniform(), z = sign_uniform();
  double n = 1 / sqrt(w * w + x * x + y * y + z * z);
  w *= n, x *= n, y *= n, z *= n;
  const double m[9] = {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
                       2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
                       2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
  memcpy(R, m, sizeof m);
}

/* Moderate random deformations with 0.3 < det F < 3, random fibres, local stiffness between 0.5 and 2.
   Activation lies ready, between 0 and 1; a test that wants it sets has_active. */
static inline batch bench_random(void) {
  batch b = {.nfam = MAT_FAMILIES, .has_scale = 1};
  for (int q = 0; q < NB; q++) {
    double F[9], J;
    do {
      for (int k = 0; k < 9; k++) F[k] = (k % 4 == 0) + 0.4 * sign_uniform();
      J = det3(F, 1);
    } while (J < 0.3 || J > 3);
    for (int k = 0; k < 9; k++) b.F[k * NB + q] = F[k];
    for (int f = 0; f < MAT_FAMILIES; f++) {
      double R[9];
      bench_rotation(R);
      for (int k = 0; k < 3; k++) b.fibre[(3 * f + k) * NB + q] = R[k];
    }
    b.scale[q] = exp2(sign_uniform());
    b.active[q] = uniform();
  }
  return b;
}
static inline nine bench_direction(void) {
  nine d;
  for (int q = 0; q < NB; q++) {
    double v[9], n = 0;
    for (int k = 0; k < 9; k++) v[k] = sign_uniform(), n += v[k] * v[k];
    for (int k = 0; k < 9; k++) d.v[k * NB + q] = v[k] / sqrt(n);
  }
  return d;
}
static inline batch bench_moved(const batch *b, const nine *d, double h) {
  batch c = *b;
  for (int k = 0; k < 9 * NB; k++) c.F[k] += h * d->v[k];
  return c;
}

/* How large stress and tangent are and how fast the tangent changes, per lane: what errors are measured against. An
   error of eps in each entry of F (which is what a few roundings amount to) moves the stress by about eps |A| |F| and
   the tangent by eps |dA| |F|. */
typedef struct bench_size {
  double P[NB]; /* |P| + |A| |F| */
  double A[NB]; /* |A| + |dA/dF| |F|, per unit dF */
} bench_size;
static inline bench_size bench_measure(const law *l, const batch *b) {
  bench_size s;
  double normA[NB] = {0}, change[NB] = {0};
  for (int k = 0; k < 9; k++) {
    nine unit = {.v = {0}};
    for (int q = 0; q < NB; q++) unit.v[k * NB + q] = 1;
    nine A = bench_tangent(l, b, &unit);
    for (int side = 0; side < 2; side++) { /* small against every width in the laws, large against rounding */
      const double h = side ? 1e-5 : -1e-5;
      nine d = bench_direction();
      batch c = bench_moved(b, &d, h);
      nine B = bench_tangent(l, &c, &unit);
      for (int i = 0; i < 9 * NB; i++) B.v[i] = (B.v[i] - A.v[i]) / h;
      for (int q = 0; q < NB; q++) change[q] = fmax(change[q], bench_norm(&B, q));
    }
    for (int q = 0; q < NB; q++) normA[q] += bench_norm(&A, q) * bench_norm(&A, q);
  }
  nine P = bench_stress(l, b), F;
  memcpy(F.v, b->F, sizeof F.v);
  for (int q = 0; q < NB; q++) {
    double A = sqrt(normA[q]), f = bench_norm(&F, q);
    s.P[q] = bench_norm(&P, q) + A * f;
    s.A[q] = A + change[q] * f;
  }
  return s;
}

#endif
