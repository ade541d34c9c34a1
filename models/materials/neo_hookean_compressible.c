/* Compressible neo-Hookean solid: W = mu/2 (I1 - 3) - mu ln J + lambda/2 (ln J)^2 (Bonet and Wood, Nonlinear Continuum
   Mechanics for Finite Element Analysis, chapter 6). Unlike the uncoupled law its shape part resists volume change too.
 */
#include "models/materials/law.h"

typedef struct neo_hookean_compressible {
  double mu, lambda; /* Pa */
} neo_hookean_compressible;

LAW_INLINE void energy_batch(real mu, real lambda, const real *restrict F, const real *restrict scale,
                             real *restrict W) {
  LAW_LOOP(q) {
    real I1 = dot3(F + q, NB, F + q, NB), e = vm_log(det3(F + q, NB));
    W[q] = scale[q] * ((real)0.5 * mu * (I1 - 3) + ((real)0.5 * lambda * e - mu) * e);
  }
}

/* P = mu F + b G with G = cof F = J F^-T, b = (lambda ln J - mu) / J */
LAW_INLINE void stress_batch(real mu, real lambda, const real *restrict F, const real *restrict scale,
                             real *restrict P) {
  LAW_LOOP(q) {
    real G[9], J = cof3(F + q, NB, G);
    real a = scale[q] * mu, b = scale[q] * (lambda * vm_log(J) - mu) / J;
    law_sum2(a, F + q, b, G, P + q);
  }
}

/* dP = mu dF + db G + b dG with t = F^-T : dF = dJ/J, db = lambda t / J - b t */
LAW_INLINE void tangent_batch(real mu, real lambda, const real *restrict F, const real *restrict scale,
                              const real *restrict dF, real *restrict dP) {
  LAW_LOOP(q) {
    real G[9], dG[9], J = cof3(F + q, NB, G), inv = 1 / J;
    dcof3(F + q, NB, dF + q, NB, dG);
    real t = dot3(G, 1, dF + q, NB) * inv;
    real a = scale[q] * mu, b = scale[q] * (lambda * vm_log(J) - mu) * inv, db = scale[q] * lambda * t * inv - b * t;
    law_sum3(a, dF + q, db, G, b, dG, dP + q);
  }
}

static void energy(const void *par, const material_in *in, real *W) {
  const neo_hookean_compressible *c = par;
  energy_batch((real)c->mu, (real)c->lambda, in->F, law_scale(in), W);
}

static void stress(const void *par, const material_in *in, real *P, real *h1) {
  const neo_hookean_compressible *c = par;
  (void)h1;
  stress_batch((real)c->mu, (real)c->lambda, in->F, law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const real *dF, real *dP) {
  const neo_hookean_compressible *c = par;
  tangent_batch((real)c->mu, (real)c->lambda, in->F, law_scale(in), dF, dP);
}

extern const material_ops MATERIAL_SUFFIX(material_neo_hookean_compressible);
const material_ops MATERIAL_SUFFIX(material_neo_hookean_compressible) = {
    .energy = energy, .stress = stress, .tangent = tangent};

#ifndef KNEAD_FLOAT
static double shear(const void *par) {
  return ((const neo_hookean_compressible *)par)->mu;
}
static double bulk(const void *par) {
  const neo_hookean_compressible *c = par;
  return c->lambda + 2.0 / 3.0 * c->mu;
}

static const param params[] = {PARAM(neo_hookean_compressible, mu, .unit = "Pa", .lo = 1, .hi = 1e8,
                                     .preset = (double)NAN, .doc = "small-strain shear modulus"),
                               PARAM(neo_hookean_compressible, lambda, .unit = "Pa", .lo = 0, .hi = 1e11,
                                     .preset = (double)NAN,
                                     .doc = "Lame's first modulus; the small-strain bulk modulus is lambda + 2/3 mu"),
                               {0}};

extern const material_ops_f material_neo_hookean_compressible_f;
extern const material material_neo_hookean_compressible;
const material material_neo_hookean_compressible = {
    .name = "neo_hookean_compressible",
    .doc = "compressible isotropic solid: W = mu/2 (I1 - 3) - mu ln J + lambda/2 (ln J)^2",
    .params = params,
    .par_size = sizeof(neo_hookean_compressible),
    .shear = shear,
    .bulk = bulk,
    .d = &material_neo_hookean_compressible_d,
    .f = &material_neo_hookean_compressible_f,
};
#endif
