/* Nearly incompressible neo-Hookean solid, shape and volume uncoupled:
   W = mu/2 (I1bar - 3) + U(J),  U = K/2 (ln J)^2 or K/2 (J - 1)^2. Formulas and loops: law.h. */
#include "models/materials/law.h"

typedef struct neo_hookean {
  double mu, bulk; /* Pa */
  int volumetric;  /* law_volume */
} neo_hookean;

static void energy(const void *restrict par, const material_in *restrict in, double *restrict W) {
  const neo_hookean *c = par;
  double mu = c->mu, K = c->bulk;
  if (c->volumetric == VOLUME_LOG)
    uncoupled_energy(VOLUME_LOG, mu, K, in->F, law_scale(in), W);
  else
    uncoupled_energy(VOLUME_QUADRATIC, mu, K, in->F, law_scale(in), W);
}

static void stress(const void *restrict par, const material_in *restrict in, double *restrict P, double *restrict h1) {
  const neo_hookean *c = par;
  double mu = c->mu, K = c->bulk;
  (void)h1;
  if (c->volumetric == VOLUME_LOG)
    uncoupled_stress(VOLUME_LOG, mu, K, in->F, law_scale(in), P);
  else
    uncoupled_stress(VOLUME_QUADRATIC, mu, K, in->F, law_scale(in), P);
}

static void tangent(const void *restrict par, const material_in *restrict in, const double *restrict dF,
                    double *restrict dP) {
  const neo_hookean *c = par;
  double mu = c->mu, K = c->bulk;
  if (c->volumetric == VOLUME_LOG)
    uncoupled_tangent(VOLUME_LOG, mu, K, in->F, law_scale(in), dF, dP);
  else
    uncoupled_tangent(VOLUME_QUADRATIC, mu, K, in->F, law_scale(in), dF, dP);
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent};

static double shear(const void *par) {
  return ((const neo_hookean *)par)->mu;
}
static double bulk(const void *par) {
  return ((const neo_hookean *)par)->bulk;
}

static const char *const volumes[] = {"log", "quadratic", NULL};
static const param params[] = {
    PARAM(neo_hookean, mu, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
          .doc = "small-strain shear modulus"),
    PARAM(neo_hookean, bulk, .unit = "Pa", .lo = 1, .hi = 1e11, .preset = (double)NAN,
          .doc = "small-strain bulk modulus, the resistance to volume change"),
    PARAM(neo_hookean, volumetric, .kind = PARAM_CHOICE, .choices = volumes, .preset = VOLUME_LOG,
          .doc = "volume energy: log is bulk/2 (ln J)^2, quadratic is bulk/2 (J - 1)^2",
          .source = "numerical: log grows without bound as a volume shrinks to nothing, quadratic does not"),
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
