/* Mooney-Rivlin solid:

     uncoupled      W = c1 (I1bar - 3) + c2 (I2bar - 3) + U(J; bulk)                      FEBio "Mooney-Rivlin"
     compressible   W = c1 (I1 - 3) + c2 (I2 - 3) - 2 (c1 + 2 c2) ln J + U(J; lambda)     FEBio "coupled Mooney-Rivlin"

   FEBio's k of the coupled law is lambda; here `bulk` is the bulk modulus at rest in both forms, and lambda = bulk -
   4/3 c1 - 16/3 c2.

   With H = cof B, I2 = |H|^2. The cofactors are a symmetric product, cof B = B x B / 2, dH = B x dB (dcof3), and a
   triple product (H x B) : D = H : (B x D) does not care for order, so
     S = 2 c1 B + 2 c2 H x B,   dS = 2 c1 dB + 2 c2 (dH x B + H x dB). */
#include "models/materials/split.h"

typedef struct mooney_rivlin {
  double c1, c2, bulk; /* Pa */
  int form;            /* law_form */
  int volumetric;      /* law_volume */
} mooney_rivlin;

static split split_from(const mooney_rivlin *c) {
  double lambda = c->bulk - 4.0 / 3.0 * c->c1 - 16.0 / 3.0 * c->c2;
  return split_of(c->form == FORM_COMPRESSIBLE, c->bulk, lambda, 2 * c->c1 + 4 * c->c2);
}

LAW_INLINE void energy_batch(law_volume v, split s, double c1, double c2, const double *restrict F,
                             const double *restrict scale, double *restrict W) {
  LAW_LOOP(q) {
    double B[9], H[9], J = det3(F + q, NB);
    split_deform(s, J, F + q, B);
    cof3(B, 1, H);
    double what = c1 * (dot3(B, 1, B, 1) - 3) + c2 * (dot3(H, 1, H, 1) - 3);
    W[q] = scale[q] * (what + split_volume_energy(v, s, J));
  }
}

LAW_INLINE void stress_batch(law_volume v, split s, double c1, double c2, const double *restrict F,
                             const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], B[9], H[9], S[9], J = cof3(F + q, NB, G), y = split_deform(s, J, F + q, B);
    for (int k = 0; k < 9; k++) H[k] = y * y * G[k];
    dcof3(H, 1, B, 1, S);
    for (int k = 0; k < 9; k++) S[k] = 2 * (c1 * B[k] + c2 * S[k]);
    split_stress(0, v, s, scale[q], J, y, G, B, S, P + q);
  }
}

LAW_INLINE void tangent_batch(law_volume v, split s, double c1, double c2, const double *restrict F,
                              const double *restrict scale, const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], B[9], H[9], S[9], J = cof3(F + q, NB, G), y = split_deform(s, J, F + q, B);
    double dB[9], dH[9], dS[9], part[9], t = split_change(s, J, y, F + q, G, dF + q, dB);
    for (int k = 0; k < 9; k++) H[k] = y * y * G[k];
    dcof3(B, 1, dB, 1, dH);
    dcof3(H, 1, B, 1, S);
    dcof3(dH, 1, B, 1, dS);
    dcof3(H, 1, dB, 1, part);
    for (int k = 0; k < 9; k++) {
      S[k] = 2 * (c1 * B[k] + c2 * S[k]);
      dS[k] = 2 * (c1 * dB[k] + c2 * (dS[k] + part[k]));
    }
    split_tangent(0, v, s, scale[q], F + q, dF + q, J, y, t, G, B, dB, S, dS, dP + q);
  }
}

static void energy(const void *par, const material_in *in, double *W) {
  const mooney_rivlin *c = par;
  split s = split_from(c);
  double c1 = c->c1, c2 = c->c2;
  if (c->volumetric == VOLUME_LOG)
    energy_batch(VOLUME_LOG, s, c1, c2, in->F, law_scale(in), W);
  else
    energy_batch(VOLUME_QUADRATIC, s, c1, c2, in->F, law_scale(in), W);
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const mooney_rivlin *c = par;
  split s = split_from(c);
  double c1 = c->c1, c2 = c->c2;
  (void)h1;
  if (c->volumetric == VOLUME_LOG)
    stress_batch(VOLUME_LOG, s, c1, c2, in->F, law_scale(in), P);
  else
    stress_batch(VOLUME_QUADRATIC, s, c1, c2, in->F, law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const mooney_rivlin *c = par;
  split s = split_from(c);
  double c1 = c->c1, c2 = c->c2;
  if (c->volumetric == VOLUME_LOG)
    tangent_batch(VOLUME_LOG, s, c1, c2, in->F, law_scale(in), dF, dP);
  else
    tangent_batch(VOLUME_QUADRATIC, s, c1, c2, in->F, law_scale(in), dF, dP);
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent};

static double shear(const void *par) {
  const mooney_rivlin *c = par;
  return 2 * (c->c1 + c->c2);
}
static double bulk(const void *par) {
  return ((const mooney_rivlin *)par)->bulk;
}

static const char *refuse(const void *par, char *why, size_t size) {
  const mooney_rivlin *c = par;
  return law_refuse_bulk(c->form == FORM_COMPRESSIBLE, c->bulk, 4.0 / 3.0 * c->c1 + 16.0 / 3.0 * c->c2, why, size);
}

static const param params[] = {
    PARAM(mooney_rivlin, c1, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
          .doc = "factor of I1 - 3; c1 + c2 is half the small-strain shear modulus"),
    PARAM(mooney_rivlin, c2, .unit = "Pa", .lo = 0, .hi = 1e8, .preset = (double)NAN, .doc = "factor of I2 - 3"),
    LAW_ROW_BULK(mooney_rivlin),
    LAW_ROW_FORM(mooney_rivlin, "uncoupled: shape and volume apart; compressible: c1 and c2 resist volume change too, "
                                "bulk must exceed 4/3 c1 + 16/3 c2"),
    LAW_ROW_VOLUMETRIC(mooney_rivlin),
    {0}};

extern const material material_mooney_rivlin;
const material material_mooney_rivlin = {
    .name = "mooney_rivlin",
    .doc = "isotropic solid: W = c1 (I1bar - 3) + c2 (I2bar - 3) + U(J), or its compressible form",
    .params = params,
    .par_size = sizeof(mooney_rivlin),
    .refuse = refuse,
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
