/* Compressible neo-Hookean solid: W = mu/2 (I1 - 3) - mu ln J + lambda/2 (ln J)^2 (Bonet and Wood, Nonlinear Continuum
   Mechanics for Finite Element Analysis, chapter 6). Unlike the uncoupled law its shape part resists volume change too.
   Formulas and loops: law.h. */
#include "models/materials/law.h"

typedef struct neo_hookean_compressible {
  double mu, lambda; /* Pa */
} neo_hookean_compressible;

static void energy(const void *par, const material_in *in, double *W) {
  const neo_hookean_compressible *c = par;
  coupled_energy(VOLUME_LOG, c->mu, c->lambda, in->F, law_scale(in), W);
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const neo_hookean_compressible *c = par;
  (void)h1;
  coupled_stress(VOLUME_LOG, c->mu, c->lambda, in->F, law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const neo_hookean_compressible *c = par;
  coupled_tangent(VOLUME_LOG, c->mu, c->lambda, in->F, law_scale(in), dF, dP);
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent};

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

extern const material material_neo_hookean_compressible;
const material material_neo_hookean_compressible = {
    .name = "neo_hookean_compressible",
    .doc = "compressible isotropic solid: W = mu/2 (I1 - 3) - mu ln J + lambda/2 (ln J)^2",
    .params = params,
    .par_size = sizeof(neo_hookean_compressible),
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
