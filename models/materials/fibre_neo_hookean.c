/* Neo-Hookean matrix with families of fibres that carry tension only:

     uncoupled      W = mu/2 (I1bar - 3) + U(J; bulk) + sum over families of w(x),   x = I4 - 1,   I4 = |F a|^2
     compressible   W = mu/2 (I1 - 3) - mu ln J + U(J; bulk - 2/3 mu) + the same,   the matrix of
                                                                                    neo_hookean_compressible.c

   I4 is the square of the stretch of a fibre, whose direction is the unit vector a. A zero vector is no fibre.

   With k the family's stiffness and s the width of the switch (in x: s = (1 + switch)^2 - 1),
     w''(x) = k/4 S(x/s),   S(t) = 0 for t < 0, t^2 (3 - 2t) for 0..1, 1 for t > 1,
   so a fibre is slack when shortened, takes up its load over a strain of `switch`, and is then k/8 (x - s/2)^2 up to a
   constant: for a short switch k/8 (I4 - 1)^2, a fibre of Young's modulus k. w'' has a continuous slope, so the tangent
   is smooth and Newton does not chatter when fibres go slack; at rest w, w' and w'' are zero.

   I4 is that of F, not the isochoric I4bar = J^(-2/3) I4: the stretch a fibre feels includes the volume change. With
   I4bar stiff fibres lengthen at no cost if the tissue swells, so a strip pulled along them has the modulus
   k / (1 + k/(9 K)) (small strains, matrix left out), which depends on K, and it grows sideways (figure 1 of
   doi 10.1007/s00466-018-1602-9; Vergori et al. 2020, arXiv 2009.00044). In the incompressible limit both are one law.
 */
#include "models/materials/law.h"

typedef struct fibre_neo_hookean {
  double mu, bulk;      /* Pa */
  double fibre, fibre2; /* Pa, stiffness of each family */
  double width;         /* strain over which a fibre takes up its load */
  int form;             /* law_form */
  int volumetric;       /* law_volume */
} fibre_neo_hookean;

typedef struct fibre_family {
  double quarter; /* k/4, Pa */
  double s, inv;  /* width of the switch in I4, and 1 / s */
} fibre_family;

static fibre_family family_of(const fibre_neo_hookean *c, int f) {
  double s = c->width * (2 + c->width);
  return (fibre_family){.quarter = 0.25 * (f == 0 ? c->fibre : c->fibre2), .s = s, .inv = 1 / s};
}

/* t = place in the switch, 0..1; e = how far beyond it */
LAW_INLINE void fibre_place(fibre_family c, double x, double *t, double *e) {
  double u = x * c.inv;
  u = u > 0 ? u : 0;
  *t = u < 1 ? u : 1;
  *e = x > c.s ? x - c.s : 0;
}
LAW_INLINE double fibre_w(fibre_family c, double x) {
  double t, e;
  fibre_place(c, x, &t, &e);
  return c.quarter * (c.s * c.s * (t * t * t * t) * (0.25 - 0.1 * t) + 0.5 * e * (c.s + e));
}
LAW_INLINE double fibre_w1(fibre_family c, double x) {
  double t, e;
  fibre_place(c, x, &t, &e);
  return c.quarter * (c.s * (t * t * t) * (1 - 0.5 * t) + e);
}
LAW_INLINE double fibre_w2(fibre_family c, double x) {
  double t, e;
  fibre_place(c, x, &t, &e);
  return c.quarter * (t * t) * (3 - 2 * t);
}

/* b = F a, returns I4 */
LAW_INLINE double fibre_push(const double *F, const double *a, double b[3]) {
  vec3(F, NB, a, NB, b);
  return b[0] * b[0] + b[1] * b[1] + b[2] * b[2];
}

LAW_INLINE void fibre_energy(fibre_family c, const double *restrict F, const double *restrict a,
                             const double *restrict scale, double *restrict W) {
  LAW_LOOP(q) {
    double b[3], I4 = fibre_push(F + q, a + q, b);
    W[q] += scale[q] * fibre_w(c, I4 - 1);
  }
}

/* P += 2 w' b (x) a */
LAW_INLINE void fibre_add_stress(fibre_family c, const double *restrict F, const double *restrict a,
                                 const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double b[3], I4 = fibre_push(F + q, a + q, b);
    double g = 2 * scale[q] * fibre_w1(c, I4 - 1);
    for (int i = 0; i < 3; i++)
      for (int k = 0; k < 3; k++) P[(3 * i + k) * NB + q] += g * b[i] * a[k * NB + q];
  }
}

/* dP += (2 w' db + 4 w'' (b . db) b) (x) a,  db = dF a */
LAW_INLINE void fibre_add_tangent(fibre_family c, const double *restrict F, const double *restrict a,
                                  const double *restrict scale, const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double b[3], db[3], I4 = fibre_push(F + q, a + q, b);
    vec3(dF + q, NB, a + q, NB, db);
    double g = 2 * scale[q] * fibre_w1(c, I4 - 1);
    double h = 4 * scale[q] * fibre_w2(c, I4 - 1) * (b[0] * db[0] + b[1] * db[1] + b[2] * db[2]);
    for (int i = 0; i < 3; i++)
      for (int k = 0; k < 3; k++) dP[(3 * i + k) * NB + q] += (g * db[i] + h * b[i]) * a[k * NB + q];
  }
}

/* Cauchy stress of a family is 2 w'/J b (x) b = sigma n (x) n with n = b/|b|, so sigma = 2 w' I4 / J. */
LAW_INLINE void fibre_tension(fibre_family c, const double *restrict F, const double *restrict a,
                              const double *restrict scale, double *restrict sigma) {
  LAW_LOOP(q) {
    double b[3], I4 = fibre_push(F + q, a + q, b);
    sigma[q] = 2 * scale[q] * fibre_w1(c, I4 - 1) * I4 / det3(F + q, NB);
  }
}

static void energy(const void *par, const material_in *in, double *W) {
  const fibre_neo_hookean *c = par;
  law_matrix_energy(c->form, c->volumetric, c->mu, c->bulk, in, W);
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    fibre_energy(family_of(c, f), in->F, in->fibre + 3 * f * NB, law_scale(in), W);
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const fibre_neo_hookean *c = par;
  (void)h1;
  law_matrix_stress(c->form, c->volumetric, c->mu, c->bulk, in, P);
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    fibre_add_stress(family_of(c, f), in->F, in->fibre + 3 * f * NB, law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const fibre_neo_hookean *c = par;
  law_matrix_tangent(c->form, c->volumetric, c->mu, c->bulk, in, dF, dP);
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    fibre_add_tangent(family_of(c, f), in->F, in->fibre + 3 * f * NB, law_scale(in), dF, dP);
}

static void fibre_stress(const void *par, const material_in *in, double *s) {
  const fibre_neo_hookean *c = par;
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    fibre_tension(family_of(c, f), in->F, in->fibre + 3 * f * NB, law_scale(in), s + f * NB);
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent, .fibre_stress = fibre_stress};

static double shear(const void *par) {
  return ((const fibre_neo_hookean *)par)->mu;
}
static double bulk(const void *par) {
  return ((const fibre_neo_hookean *)par)->bulk;
}

static const char *refuse(const void *par, char *why, size_t size) {
  const fibre_neo_hookean *c = par;
  return law_refuse_bulk(c->form == FORM_COMPRESSIBLE, c->bulk, 2.0 / 3.0 * c->mu, why, size);
}

static const param params[] = {
    PARAM(fibre_neo_hookean, mu, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
          .doc = "small-strain shear modulus of the matrix"),
    LAW_ROW_BULK(fibre_neo_hookean),
    PARAM(fibre_neo_hookean, fibre, .unit = "Pa", .lo = 0, .hi = 1e10, .preset = (double)NAN,
          .doc = "Young's modulus of the first fibre family, as force per area of tissue, once its fibres are taut"),
    PARAM(fibre_neo_hookean, fibre2, .unit = "Pa", .lo = 0, .hi = 1e10, .preset = 0,
          .doc = "the same for the second fibre family, where the body has one", .source = "numerical: one family"),
    LAW_ROW_SWITCH(fibre_neo_hookean),
    LAW_ROW_FORM(fibre_neo_hookean, "uncoupled: shape and volume apart; compressible: the matrix resists volume change "
                                    "too, bulk must exceed 2/3 mu"),
    LAW_ROW_VOLUMETRIC(fibre_neo_hookean),
    {0}};

extern const material material_fibre_neo_hookean;
const material material_fibre_neo_hookean = {
    .name = "fibre_neo_hookean",
    .doc = "nearly incompressible matrix with one or two fibre families that carry tension only",
    .params = params,
    .par_size = sizeof(fibre_neo_hookean),
    .needs = MAT_FIBRE,
    .refuse = refuse,
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
