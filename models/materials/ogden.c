/* Ogden solid of up to four terms, in the principal stretches:

     uncoupled      W = sum_p c_p/m_p^2 (l1bar^m_p + l2bar^m_p + l3bar^m_p - 3) + U(J; bulk)          FEBio "Ogden"
     compressible   W = sum_p c_p/m_p^2 (l1^m_p + l2^m_p + l3^m_p - 3 - m_p ln J) + U(J; lambda)
                                                                             FEBio "Ogden unconstrained", cp = lambda

   The small-strain shear modulus is sum_p c_p / 2, and lambda = bulk - sum_p c_p / 3. A term with c = 0 costs nothing.
   m = 2 is neo-Hookean with mu = c/2, m = 2 and -2 Mooney-Rivlin. m = 0 stands for its limit, c/2 sum (ln l)^2.

   With C = B^T B, c_i = l_i^2 and h = 2 dwhat/dc = sum_p c_p/m_p c^(m_p/2 - 1) (spectrum.h):
     S = B H,   dS = dB H + B dH,   dC = dB^T B + B^T dB. */
#include "models/materials/spectrum.h"

enum { OGDEN_TERMS = 4 };
typedef struct ogden {
  double c1, m1, c2, m2, c3, m3, c4, m4; /* Pa, 1 */
  double bulk;                           /* Pa */
  int form;                              /* law_form */
  int volumetric;                        /* law_volume */
} ogden;

typedef struct ogden_terms {
  int n;
  double c[OGDEN_TERMS], m[OGDEN_TERMS];
} ogden_terms;

static double sum_of(const ogden *c) {
  return c->c1 + c->c2 + c->c3 + c->c4;
}

/* The terms that are there. Near m = 0 the formulas divide small differences by m: from 1e-2 on the limit is met to
   (m ln l)^2/24, 1e-5 at any stretch of tissue. */
static ogden_terms terms_of(const ogden *o) {
  const double c[] = {o->c1, o->c2, o->c3, o->c4}, m[] = {o->m1, o->m2, o->m3, o->m4};
  ogden_terms t = {.n = 0};
  for (int p = 0; p < OGDEN_TERMS; p++) {
    if (c[p] <= 0) continue;
    double least = m[p] < 0 ? -1e-2 : 1e-2;
    t.c[t.n] = c[p];
    t.m[t.n++] = fabs(m[p]) < 1e-2 ? least : m[p];
  }
  return t;
}

static split split_from(const ogden *o) {
  ogden_terms t = terms_of(o);
  double drop = 0;
  for (int p = 0; p < t.n; p++) drop += t.c[p] / t.m[p];
  return split_of(o->form == FORM_COMPRESSIBLE, o->bulk, o->bulk - sum_of(o) / 3, drop);
}

static void energy(const void *par, const material_in *in, double *restrict W) {
  const ogden *o = par;
  const double *restrict F = in->F, *restrict scale = law_scale(in);
  split s = split_from(o);
  ogden_terms t = terms_of(o);
  spectrum e;
  spectrum_of(s, F, &e);
  LAW_LOOP(q) W[q] = 0;
  for (int p = 0; p < t.n; p++) {
    double f = t.c[p] / (t.m[p] * t.m[p]), half = 0.5 * t.m[p];
    LAW_LOOP(q)
    W[q] += f * (vm_exp(half * e.l[q]) + vm_exp(half * e.l[NB + q]) + vm_exp(half * e.l[2 * NB + q]) - 3);
  }
  if (o->volumetric == VOLUME_LOG)
    LAW_LOOP(q) W[q] = scale[q] * (W[q] + split_volume_energy(VOLUME_LOG, s, det3(F + q, NB)));
  else
    LAW_LOOP(q) W[q] = scale[q] * (W[q] + split_volume_energy(VOLUME_QUADRATIC, s, det3(F + q, NB)));
}

LAW_INLINE void stress_batch(law_volume v, split s, const spectrum *restrict e, const double *restrict h,
                             const double *restrict F, const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], B[9], H[9], S[9], J = cof3(F + q, NB, G), y = split_deform(s, J, F + q, B);
    spectrum_tensor(e->Q + q, h + q, H);
    mul3(B, 1, H, 1, S);
    split_stress(0, v, s, scale[q], J, y, G, B, S, P + q);
  }
}

LAW_INLINE void tangent_batch(law_volume v, split s, const spectrum *restrict e, const double *restrict h,
                              const double *restrict theta, const double *restrict F, const double *restrict scale,
                              const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], B[9], H[9], S[9], J = cof3(F + q, NB, G), y = split_deform(s, J, F + q, B);
    double dB[9], dC[9], dH[9], dS[9], part[9], t = split_change(s, J, y, F + q, G, dF + q, dB);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++)
        dC[3 * i + j] = dB[i] * B[j] + dB[3 + i] * B[3 + j] + dB[6 + i] * B[6 + j] + B[i] * dB[j] +
                        B[3 + i] * dB[3 + j] + B[6 + i] * dB[6 + j];
    spectrum_tensor(e->Q + q, h + q, H);
    spectrum_change(e->Q + q, theta + q, dC, dH);
    mul3(B, 1, H, 1, S);
    mul3(dB, 1, H, 1, dS);
    mul3(B, 1, dH, 1, part);
    for (int k = 0; k < 9; k++) dS[k] += part[k];
    split_tangent(0, v, s, scale[q], F + q, dF + q, J, y, t, G, B, dB, S, dS, dP + q);
  }
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const ogden *o = par;
  split s = split_from(o);
  ogden_terms t = terms_of(o);
  spectrum e;
  _Alignas(64) double h[3 * NB] = {0};
  (void)h1;
  spectrum_of(s, in->F, &e);
  for (int p = 0; p < t.n; p++) spectrum_power(t.c[p] / t.m[p], 0.5 * t.m[p] - 1, &e, h);
  if (o->volumetric == VOLUME_LOG)
    stress_batch(VOLUME_LOG, s, &e, h, in->F, law_scale(in), P);
  else
    stress_batch(VOLUME_QUADRATIC, s, &e, h, in->F, law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const ogden *o = par;
  split s = split_from(o);
  ogden_terms t = terms_of(o);
  spectrum e;
  _Alignas(64) double h[3 * NB] = {0};
  _Alignas(64) double theta[6 * NB] = {0};
  spectrum_of(s, in->F, &e);
  spectrum_pairs(&e);
  for (int p = 0; p < t.n; p++) {
    spectrum_power(t.c[p] / t.m[p], 0.5 * t.m[p] - 1, &e, h);
    spectrum_slopes(t.c[p] / t.m[p], 0.5 * t.m[p] - 1, &e, theta);
  }
  if (o->volumetric == VOLUME_LOG)
    tangent_batch(VOLUME_LOG, s, &e, h, theta, in->F, law_scale(in), dF, dP);
  else
    tangent_batch(VOLUME_QUADRATIC, s, &e, h, theta, in->F, law_scale(in), dF, dP);
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent};

static double shear(const void *par) {
  return sum_of(par) / 2;
}
static double bulk(const void *par) {
  return ((const ogden *)par)->bulk;
}

static const char *refuse(const void *par, char *why, size_t size) {
  const ogden *c = par;
  return law_refuse_bulk(c->form == FORM_COMPRESSIBLE, c->bulk, sum_of(c) / 3, why, size);
}

#define ROW_C(name)                                                                                                    \
  PARAM(ogden, name, .unit = "Pa", .lo = 0, .hi = 1e9, .preset = 0, .doc = "size of a further term, as c1",            \
        .source = "numerical: the term is not there")
#define ROW_M(name)                                                                                                    \
  PARAM(ogden, name, .lo = -40, .hi = 40, .preset = 2, .doc = "exponent of a further term, as m1",                     \
        .source = "numerical: any, for a term that is not there")
static const param params[] = {
    PARAM(ogden, c1, .unit = "Pa", .lo = 1, .hi = 1e9, .preset = (double)NAN,
          .doc = "size of the first term; half the sum of all c is the small-strain shear modulus"),
    PARAM(ogden, m1, .lo = -40, .hi = 40, .preset = (double)NAN,
          .doc = "exponent of the first term; large positive ones stiffen in extension, negative ones in compression"),
    ROW_C(c2),
    ROW_M(m2),
    ROW_C(c3),
    ROW_M(m3),
    ROW_C(c4),
    ROW_M(m4),
    LAW_ROW_BULK(ogden),
    LAW_ROW_FORM(ogden,
                 "uncoupled: shape and volume apart; compressible: the terms resist volume change too, bulk must "
                 "exceed a third of the sum of all c"),
    LAW_ROW_VOLUMETRIC(ogden),
    {0}};

extern const material material_ogden;
const material material_ogden = {
    .name = "ogden",
    .doc = "isotropic solid of up to four powers of the principal stretches: sum c/m^2 (l1^m + l2^m + l3^m - 3) + U(J)",
    .params = params,
    .par_size = sizeof(ogden),
    .refuse = refuse,
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
