/* Holzapfel-Gasser-Ogden: a neo-Hookean matrix with up to two families of dispersed fibres (Gasser, Ogden, Holzapfel
   2006, J R Soc Interface 3:15, generalised structure tensor), parameters as in FEBio's "Holzapfel-Gasser-Ogden":

     uncoupled      W = c/2 (I1bar - 3) + U(J; bulk) + w,
     compressible   W = c/2 (I1 - 3) - c ln J + U(J; bulk - 2/3 c) + w,   the matrix of neo_hookean_compressible.c,
     w = sum over families of k1/(2 k2) (exp(k2 r(E)^2) - 1),
     E = kappa (I1 - 3) + (1 - 3 kappa) (I4 - 1),   I4 = |B a|^2,   I1 = |B|^2;
   fibres stretched by `prestretch` in the body as it is given have B times that in E, so E there is prestretch^2 - 1.

   Directions a come from the body (FEBio's gamma is not here); a zero vector is no fibre. kappa is 0 for parallel
   fibres, 1/3 for fibres in all directions. Fibres carry tension only, E > 0: r(E) is the switch of law.h, 0 for E <= 0
   and E from s = (1 + switch)^2 - 1 on, so beyond a strain of `switch` this is FEBio's law. Past an exponent of
   LAW_REACH the exponential goes on as a parabola (law.h). FEBio's U is bulk/4 (J^2 - 1 - 2 ln J), with the same
   modulus.

   stretch: isochoric, B = J^(-1/3) F, is FEBio's law. There fibres much stiffer than `bulk` lengthen at little cost by
   swelling (reason and papers: fibre_neo_hookean.c); full, B = F, is free of that. In the incompressible limit both are
   one law. The compressible form has B = F, whatever `stretch` says. fibre_stress is the stress of a family along its
   deformed direction n before any deviator is taken, 2/J w' (kappa n.B B^T n + (1 - 3 kappa) I4).

     S = 2 w' M,  dS = 2 w'' (2 M:dB) M + 2 w' dM,   M = kappa B + (1 - 3 kappa) (B a) (x) a,   w' = dw/dE. */
#include "models/materials/split.h"

typedef struct fascia_hgo {
  double c, k1; /* Pa */
  double k2;    /* 1 */
  double kappa; /* 1 */
  double prestretch;
  double bulk;    /* Pa */
  double width;   /* strain over which a fibre takes up its load */
  int form;       /* law_form */
  int stretch;    /* law_stretch */
  int volumetric; /* law_volume */
} fascia_hgo;

typedef struct family {
  split form;
  double k1, k2, kappa, rest; /* kappa and 1 - 3 kappa, both times prestretch^2 */
  double before;              /* E of the body as it is given: prestretch^2 - 1 */
  double s, inv;              /* width of the switch in E, and 1 / s */
} family;

static family family_of(const fascia_hgo *c) {
  double s = c->width * (2 + c->width), square = c->prestretch * c->prestretch;
  return (family){.form = split_of(c->stretch == STRETCH_FULL || c->form == FORM_COMPRESSIBLE, 0, 0, 0),
                  .k1 = c->k1,
                  .k2 = c->k2,
                  .kappa = square * c->kappa,
                  .rest = square * (1 - 3 * c->kappa),
                  .before = square - 1,
                  .s = s,
                  .inv = 1 / s};
}

/* w, w', w'' at E; all zero where there is no fibre */
LAW_INLINE void family_energy(family c, double E, double live, double *w, double *w1, double *w2) {
  double r, r1, r2, g, g1, g2;
  law_taut(E, c.s, c.inv, &r, &r1, &r2);
  double x = c.k2 * r * r, k = live * c.k1;
  law_exp(x, LAW_REACH, &g, &g1, &g2);
  *w = 0.5 * k / c.k2 * (g - 1);
  *w1 = k * r * r1 * g1;
  *w2 = k * ((r1 * r1 + r * r2) * g1 + 2 * x * r1 * r1 * g2);
}

/* b = B a, returns E; live = 1, or 0 where a is the zero vector */
LAW_INLINE double family_strain(family c, const double B[9], const double *a, double b[3], double *live) {
  vec3(B, 1, a, NB, b);
  double n = a[0] * a[0] + a[NB] * a[NB] + a[2 * NB] * a[2 * NB], I4 = b[0] * b[0] + b[1] * b[1] + b[2] * b[2];
  *live = n > 0 ? 1 : 0;
  return c.kappa * (dot3(B, 1, B, 1) - 3) + c.rest * (I4 - 1) + c.before;
}

LAW_INLINE void family_tensor(family c, const double B[9], const double *a, const double b[3], double M[9]) {
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) M[3 * i + k] = c.kappa * B[3 * i + k] + c.rest * b[i] * a[k * NB];
}

LAW_INLINE void family_add_energy(family c, const double *restrict F, const double *restrict a,
                                  const double *restrict scale, double *restrict W) {
  LAW_LOOP(q) {
    double B[9], b[3], live, w, w1, w2;
    split_deform(c.form, det3(F + q, NB), F + q, B);
    double E = family_strain(c, B, a + q, b, &live);
    family_energy(c, E, live, &w, &w1, &w2);
    W[q] += scale[q] * w;
  }
}

LAW_INLINE void family_add_stress(family c, const double *restrict F, const double *restrict a,
                                  const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], B[9], M[9], b[3], live, w, w1, w2, J = cof3(F + q, NB, G), y = split_deform(c.form, J, F + q, B);
    double E = family_strain(c, B, a + q, b, &live);
    family_energy(c, E, live, &w, &w1, &w2);
    family_tensor(c, B, a + q, b, M);
    for (int k = 0; k < 9; k++) M[k] *= 2 * w1;
    split_stress(1, VOLUME_LOG, c.form, scale[q], J, y, G, B, M, P + q);
  }
}

LAW_INLINE void family_add_tangent(family c, const double *restrict F, const double *restrict a,
                                   const double *restrict scale, const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], B[9], M[9], b[3], live, w, w1, w2, J = cof3(F + q, NB, G), y = split_deform(c.form, J, F + q, B);
    double dB[9], dM[9], db[3], t = split_change(c.form, J, y, F + q, G, dF + q, dB);
    double E = family_strain(c, B, a + q, b, &live);
    family_energy(c, E, live, &w, &w1, &w2);
    family_tensor(c, B, a + q, b, M);
    vec3(dB, 1, a + q, NB, db);
    family_tensor(c, dB, a + q, db, dM);
    double bend = 4 * w2 * dot3(M, 1, dB, 1);
    for (int k = 0; k < 9; k++) {
      dM[k] = bend * M[k] + 2 * w1 * dM[k];
      M[k] *= 2 * w1;
    }
    split_tangent(1, VOLUME_LOG, c.form, scale[q], F + q, dF + q, J, y, t, G, B, dB, M, dM, dP + q);
  }
}

/* n . B B^T n = |B^T b|^2 / I4 */
LAW_INLINE void family_tension(family c, const double *restrict F, const double *restrict a,
                               const double *restrict scale, double *restrict sigma) {
  LAW_LOOP(q) {
    double B[9], b[3], d[3], live, w, w1, w2, J = det3(F + q, NB);
    split_deform(c.form, J, F + q, B);
    double E = family_strain(c, B, a + q, b, &live), I4 = b[0] * b[0] + b[1] * b[1] + b[2] * b[2];
    family_energy(c, E, live, &w, &w1, &w2);
    for (int k = 0; k < 3; k++) d[k] = B[k] * b[0] + B[3 + k] * b[1] + B[6 + k] * b[2];
    double across = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / (I4 + (1 - live));
    sigma[q] = 2 * scale[q] * w1 * (c.kappa * across + c.rest * I4) / J;
  }
}

static void energy(const void *par, const material_in *in, double *W) {
  const fascia_hgo *c = par;
  law_matrix_energy(c->form, c->volumetric, c->c, c->bulk, in, W);
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    family_add_energy(family_of(c), in->F, in->fibre + 3 * f * NB, law_scale(in), W);
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const fascia_hgo *c = par;
  (void)h1;
  law_matrix_stress(c->form, c->volumetric, c->c, c->bulk, in, P);
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    family_add_stress(family_of(c), in->F, in->fibre + 3 * f * NB, law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const fascia_hgo *c = par;
  law_matrix_tangent(c->form, c->volumetric, c->c, c->bulk, in, dF, dP);
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    family_add_tangent(family_of(c), in->F, in->fibre + 3 * f * NB, law_scale(in), dF, dP);
}

static void fibre_stress(const void *par, const material_in *in, double *s) {
  const fascia_hgo *c = par;
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    family_tension(family_of(c), in->F, in->fibre + 3 * f * NB, law_scale(in), s + f * NB);
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent, .fibre_stress = fibre_stress};

static double shear(const void *par) {
  return ((const fascia_hgo *)par)->c;
}
static double bulk(const void *par) {
  return ((const fascia_hgo *)par)->bulk;
}

static const char *refuse(const void *par, char *why, size_t size) {
  const fascia_hgo *c = par;
  return law_refuse_bulk(c->form == FORM_COMPRESSIBLE, c->bulk, 2.0 / 3.0 * c->c, why, size);
}

static const param params[] = {
    PARAM(fascia_hgo, c, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
          .doc = "small-strain shear modulus of the matrix"),
    PARAM(fascia_hgo, k1, .unit = "Pa", .lo = 0, .hi = 1e9, .preset = (double)NAN,
          .doc = "stiffness of each fibre family: parallel fibres just taut have Young's modulus 4 k1"),
    PARAM(fascia_hgo, k2, .lo = 1e-3, .hi = 1e4, .preset = (double)NAN,
          .doc = "how fast fibres stiffen: factor of E^2 in the exponent"),
    PARAM(fascia_hgo, kappa, .lo = 0, .hi = 1.0 / 3.0, .preset = 0,
          .doc = "dispersion: 0 parallel fibres, 1/3 fibres in all directions", .source = "numerical: no dispersion"),
    PARAM(fascia_hgo, prestretch, .lo = 0.9, .hi = 1 / 0.9, .preset = 1,
          .doc = "stretch of the fibres in the body as it is given: above 1 they are taut there, below 1 slack",
          .source = "numerical: just not taut"),
    LAW_ROW_BULK(fascia_hgo),
    LAW_ROW_FORM(fascia_hgo,
                 "uncoupled: shape and volume apart; compressible: the matrix resists volume change too and "
                 "fibres feel their true stretch, bulk must exceed 2/3 c"),
    LAW_ROW_SWITCH(fascia_hgo),
    LAW_ROW_STRETCH(fascia_hgo),
    LAW_ROW_VOLUMETRIC(fascia_hgo),
    {0}};

extern const material material_fascia_hgo;
const material material_fascia_hgo = {
    .name = "fascia_hgo",
    .doc = "Holzapfel-Gasser-Ogden: matrix with one or two families of dispersed, exponentially stiffening fibres",
    .params = params,
    .par_size = sizeof(fascia_hgo),
    .needs = MAT_FIBRE,
    .refuse = refuse,
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
