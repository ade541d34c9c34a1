/* Demiray's exponential solid (isotropic Fung):

     uncoupled      W = c1 (exp(c2 (I1bar - 3)) - 1) + U(J; bulk)
     compressible   W = c1 (exp(c2 (I1 - 3)) - 1) - 2 c1 c2 ln J + U(J; lambda),   lambda = bulk - 4/3 c1 c2 - 4 c1 c2^2

   (H. Demiray 1972, J Biomech 5:309; the law with which Chaudhry et al. 2008 load fascia). Shear
   modulus at rest: 2 c1 c2. Past an exponent of LAW_REACH the exponential goes on as a parabola (law.h). With g that
   function: S = 2 c1 c2 g' B,   dS = 2 c1 c2 (g' dB + 2 c2 g'' (B:dB) B). */
#include "models/materials/split.h"

typedef struct demiray {
  double c1;      /* Pa */
  double c2;      /* 1 */
  double bulk;    /* Pa */
  int form;       /* law_form */
  int volumetric; /* law_volume */
} demiray;

static split split_from(const demiray *c) {
  double mu = 2 * c->c1 * c->c2, lambda = c->bulk - 2.0 / 3.0 * mu - 2 * mu * c->c2;
  return split_of(c->form == FORM_COMPRESSIBLE, c->bulk, lambda, mu);
}

LAW_INLINE void energy_batch(law_volume v, split s, double c1, double c2, const double *restrict F,
                             const double *restrict scale, double *restrict W) {
  LAW_LOOP(q) {
    double B[9], g, g1, g2, J = det3(F + q, NB);
    split_deform(s, J, F + q, B);
    law_exp(c2 * (dot3(B, 1, B, 1) - 3), LAW_REACH, &g, &g1, &g2);
    W[q] = scale[q] * (c1 * (g - 1) + split_volume_energy(v, s, J));
  }
}

LAW_INLINE void stress_batch(law_volume v, split s, double c1, double c2, const double *restrict F,
                             const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], B[9], S[9], g, g1, g2, J = cof3(F + q, NB, G), y = split_deform(s, J, F + q, B);
    law_exp(c2 * (dot3(B, 1, B, 1) - 3), LAW_REACH, &g, &g1, &g2);
    double a = 2 * c1 * c2 * g1;
    for (int k = 0; k < 9; k++) S[k] = a * B[k];
    split_stress(0, v, s, scale[q], J, y, G, B, S, P + q);
  }
}

LAW_INLINE void tangent_batch(law_volume v, split s, double c1, double c2, const double *restrict F,
                              const double *restrict scale, const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], B[9], S[9], g, g1, g2, J = cof3(F + q, NB, G), y = split_deform(s, J, F + q, B);
    double dB[9], dS[9], t = split_change(s, J, y, F + q, G, dF + q, dB);
    law_exp(c2 * (dot3(B, 1, B, 1) - 3), LAW_REACH, &g, &g1, &g2);
    double a = 2 * c1 * c2 * g1, da = 4 * c1 * c2 * c2 * g2 * dot3(B, 1, dB, 1);
    for (int k = 0; k < 9; k++) {
      S[k] = a * B[k];
      dS[k] = a * dB[k] + da * B[k];
    }
    split_tangent(0, v, s, scale[q], F + q, dF + q, J, y, t, G, B, dB, S, dS, dP + q);
  }
}

static void energy(const void *par, const material_in *in, double *W) {
  const demiray *c = par;
  split s = split_from(c);
  double c1 = c->c1, c2 = c->c2;
  if (c->volumetric == VOLUME_LOG)
    energy_batch(VOLUME_LOG, s, c1, c2, in->F, law_scale(in), W);
  else
    energy_batch(VOLUME_QUADRATIC, s, c1, c2, in->F, law_scale(in), W);
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const demiray *c = par;
  split s = split_from(c);
  double c1 = c->c1, c2 = c->c2;
  (void)h1;
  if (c->volumetric == VOLUME_LOG)
    stress_batch(VOLUME_LOG, s, c1, c2, in->F, law_scale(in), P);
  else
    stress_batch(VOLUME_QUADRATIC, s, c1, c2, in->F, law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const demiray *c = par;
  split s = split_from(c);
  double c1 = c->c1, c2 = c->c2;
  if (c->volumetric == VOLUME_LOG)
    tangent_batch(VOLUME_LOG, s, c1, c2, in->F, law_scale(in), dF, dP);
  else
    tangent_batch(VOLUME_QUADRATIC, s, c1, c2, in->F, law_scale(in), dF, dP);
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent};

static double shear(const void *par) {
  const demiray *c = par;
  return 2 * c->c1 * c->c2;
}
static double bulk(const void *par) {
  return ((const demiray *)par)->bulk;
}

static const char *refuse(const void *par, char *why, size_t size) {
  const demiray *c = par;
  return law_refuse_bulk(c->form == FORM_COMPRESSIBLE, c->bulk, 4 * c->c1 * c->c2 * (c->c2 + 1.0 / 3.0), why, size);
}

static const param params[] = {
    PARAM(demiray, c1, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
          .doc = "factor of the exponential; 2 c1 c2 is the small-strain shear modulus"),
    PARAM(demiray, c2, .lo = 1e-3, .hi = 1e3, .preset = (double)NAN,
          .doc = "how fast the tissue stiffens: factor of I1 - 3 in the exponent"),
    LAW_ROW_BULK(demiray),
    LAW_ROW_FORM(demiray, "uncoupled: shape and volume apart; compressible: the exponential resists volume change too, "
                          "bulk must exceed 4 c1 c2 (c2 + 1/3)"),
    LAW_ROW_VOLUMETRIC(demiray),
    {0}};

extern const material material_demiray;
const material material_demiray = {
    .name = "demiray",
    .doc = "isotropic solid that stiffens exponentially: W = c1 (exp(c2 (I1bar - 3)) - 1) + U(J), or compressible",
    .params = params,
    .par_size = sizeof(demiray),
    .refuse = refuse,
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
