/* The law of the iteration gates: compressible neo-Hookean matrix with families of fibres that push as they pull.

     W = mu/2 (I1 - 3) - mu ln J + lambda/2 (ln J)^2 + sum over families of k/8 (I4 - 1)^2,   I4 = |F a|^2

   No tissue does this: fibres buckle, and those of models/materials carry tension only, so at rest they have no
   stiffness at all. The gates try a preconditioner on the undeformed tangent with all of theirs. The contract is that
   of any law; it stands here so that no scenario can name it. A zero vector is no fibre.
 */
#include "models/materials/law.h"

typedef struct springs {
  double mu, lambda;    /* Pa */
  double fibre, fibre2; /* Pa, Young's modulus of each family */
} springs;

/* b = F a, returns I4 - 1 (any value will do where there is no fibre) */
LAW_INLINE double push(const double *F, const double *a, double b[3]) {
  vec3(F, NB, a, NB, b);
  return b[0] * b[0] + b[1] * b[1] + b[2] * b[2] - 1;
}
static double stiffness(const springs *c, int family) {
  return family == 0 ? c->fibre : c->fibre2;
}

LAW_INLINE void matrix_stress(double mu, double lambda, const double *restrict F, const double *restrict scale,
                              double *restrict P) {
  LAW_LOOP(q) {
    double G[9], J = cof3(F + q, NB, G), b = scale[q] * (lambda * vm_log(J) - mu) / J;
    for (int i = 0; i < 9; i++) P[i * NB + q] = scale[q] * mu * F[i * NB + q] + b * G[i];
  }
}
LAW_INLINE void matrix_tangent(double mu, double lambda, const double *restrict F, const double *restrict scale,
                               const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], dG[9], J = cof3(F + q, NB, G), inv = 1 / J;
    dcof3(F + q, NB, dF + q, NB, dG);
    double t = dot3(G, 1, dF + q, NB) * inv;
    double b = scale[q] * (lambda * vm_log(J) - mu) * inv, db = scale[q] * lambda * t * inv - b * t;
    for (int i = 0; i < 9; i++) dP[i * NB + q] = scale[q] * mu * dF[i * NB + q] + db * G[i] + b * dG[i];
  }
}

/* P += k/2 x b (x) a with x = I4 - 1 */
LAW_INLINE void fibre_stress(double k, const double *restrict F, const double *restrict a, const double *restrict scale,
                             double *restrict P) {
  LAW_LOOP(q) {
    double b[3], g = 0.5 * k * scale[q] * push(F + q, a + q, b);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) P[(3 * i + j) * NB + q] += g * b[i] * a[j * NB + q];
  }
}
/* dP += (k/2 x db + k (b . db) b) (x) a,  db = dF a */
LAW_INLINE void fibre_tangent(double k, const double *restrict F, const double *restrict a,
                              const double *restrict scale, const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double b[3], db[3], g = 0.5 * k * scale[q] * push(F + q, a + q, b);
    vec3(dF + q, NB, a + q, NB, db);
    double h = k * scale[q] * (b[0] * db[0] + b[1] * db[1] + b[2] * db[2]);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) dP[(3 * i + j) * NB + q] += (g * db[i] + h * b[i]) * a[j * NB + q];
  }
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const springs *c = par;
  (void)h1;
  matrix_stress(c->mu, c->lambda, in->F, law_scale(in), P);
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    fibre_stress(stiffness(c, f), in->F, in->fibre + 3 * f * NB, law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const springs *c = par;
  matrix_tangent(c->mu, c->lambda, in->F, law_scale(in), dF, dP);
  for (int f = 0; f < in->nfam && f < MAT_FAMILIES; f++)
    fibre_tangent(stiffness(c, f), in->F, in->fibre + 3 * f * NB, law_scale(in), dF, dP);
}

/* No energy: nothing here asks for it. */
static const material_ops ops = {.stress = stress, .tangent = tangent};

static double shear(const void *par) {
  return ((const springs *)par)->mu;
}
static double bulk(const void *par) {
  const springs *c = par;
  return c->lambda + 2.0 / 3.0 * c->mu;
}

static const param params[] = {
    PARAM(springs, mu, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN, .doc = "shear modulus of the matrix"),
    PARAM(springs, lambda, .unit = "Pa", .lo = 0, .hi = 1e11, .preset = (double)NAN, .doc = "Lame's first modulus"),
    PARAM(springs, fibre, .unit = "Pa", .lo = 0, .hi = 1e10, .preset = (double)NAN, .doc = "first family"),
    PARAM(springs, fibre2, .unit = "Pa", .lo = 0, .hi = 1e10, .preset = (double)NAN, .doc = "second family"),
    {0}};

extern const material material_springs;
const material material_springs = {.name = "springs",
                                   .doc = "the law of the iteration gates: fibres that push as they pull",
                                   .params = params,
                                   .par_size = sizeof(springs),
                                   .needs = MAT_FIBRE,
                                   .shear = shear,
                                   .bulk = bulk,
                                   .ops = &ops};
