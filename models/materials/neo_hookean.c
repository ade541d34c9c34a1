/* Nearly incompressible neo-Hookean solid, shape and volume uncoupled:
   W = mu/2 (I1bar - 3) + U(J),  U = K/2 (ln J)^2 or K/2 (J - 1)^2. Formulas and loops: law.h. */
#include "models/materials/law.h"

typedef struct neo_hookean {
  double mu, bulk; /* Pa */
  int volumetric;  /* law_volume */
} neo_hookean;

static void energy(const void *restrict par, const material_in *restrict in, double *restrict W) {
  const neo_hookean *c = par;
  law_matrix_energy(FORM_UNCOUPLED, c->volumetric, c->mu, c->bulk, in, W);
}

static void stress(const void *restrict par, const material_in *restrict in, double *restrict P, double *restrict h1) {
  const neo_hookean *c = par;
  (void)h1;
  law_matrix_stress(FORM_UNCOUPLED, c->volumetric, c->mu, c->bulk, in, P);
}

static void tangent(const void *restrict par, const material_in *restrict in, const double *restrict dF,
                    double *restrict dP) {
  const neo_hookean *c = par;
  law_matrix_tangent(FORM_UNCOUPLED, c->volumetric, c->mu, c->bulk, in, dF, dP);
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent};

static double shear(const void *par) {
  return ((const neo_hookean *)par)->mu;
}
static double bulk(const void *par) {
  return ((const neo_hookean *)par)->bulk;
}

static const param params[] = {PARAM(neo_hookean, mu, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
                                     .doc = "small-strain shear modulus"),
                               LAW_ROW_BULK(neo_hookean),
                               LAW_ROW_VOLUMETRIC(neo_hookean),
                               {0}};

extern const material material_neo_hookean;
const material material_neo_hookean = {
    .name = "neo_hookean",
    .doc = "nearly incompressible isotropic solid: W = mu/2 (I1bar - 3) + U(J)",
    .params = params,
    .par_size = sizeof(neo_hookean),
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
