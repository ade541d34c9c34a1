/* Manufactured solutions with fibres: the field and the method of test_manufactured.c, laws whose fibres lie in oblique
   directions and are taut everywhere. The field's shears are followed by an affine stretch along the fibres, so that
   the least fibre strain is beyond the switch between slack and taut: there the laws are smooth, and the order of the
   element is what is measured.

   The stresses are written out here from the laws' energies, in complex numbers; the body force is their divergence by
   the complex step, exact to round-off (manufactured.h). */
#include "tests/verify/manufactured_block.h"

enum { FINEST = 16, FINE = 8, FAMILIES = 2 };
static const double MU = 1e4; /* Pa, shear modulus of the matrix at rest */

/* ---- directions ------------------------------------------------------------------------------------------------- */

/* An orthonormal frame oblique to all axes of the block; the fibres lie 20 degrees to either side of its first row. */
static const double frame[9] = {0.36, 0.48, 0.8, -0.8, 0.6, 0, -0.48, -0.64, 0.6};
static const double PULL = 1.2; /* along that row, at constant volume */
static double direction[FAMILIES][3], stretched[9];

static void directions_setup(void) {
  const double angle = 20 * M_PI / 180, side = 1 / sqrt(PULL);
  for (int f = 0; f < FAMILIES; f++)
    for (int i = 0; i < 3; i++)
      direction[f][i] =
          (double)(float)(cos(angle) * frame[i] + (f ? -1 : 1) * sin(angle) * frame[3 + i]); /* as the mesh keeps it */
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) stretched[3 * i + j] = (PULL - side) * frame[i] * frame[j] + (i == j ? side : 0);
}

/* ---- laws in complex numbers ------------------------------------------------------------------------------------ */

typedef struct sample {
  const char *name;
  int nfam;
  void (*more)(const void *par, const double complex F[9], double complex P[9]);
  void (*set)(model *m);
  double least, most; /* stretches between which the fibre law is smooth */
} sample;

/* b = F a, returns |b|^2 */
static double complex push(const double complex F[9], const double a[3], double complex b[3]) {
  double complex s = 0;
  for (int i = 0; i < 3; i++) {
    b[i] = F[3 * i] * a[0] + F[3 * i + 1] * a[1] + F[3 * i + 2] * a[2];
    s += b[i] * b[i];
  }
  return s;
}
static double complex inverse_transpose(const double complex F[9], double complex G[9]) {
  const double complex C[9] = {F[4] * F[8] - F[5] * F[7], F[5] * F[6] - F[3] * F[8], F[3] * F[7] - F[4] * F[6],
                               F[2] * F[7] - F[1] * F[8], F[0] * F[8] - F[2] * F[6], F[1] * F[6] - F[0] * F[7],
                               F[1] * F[5] - F[2] * F[4], F[2] * F[3] - F[0] * F[5], F[0] * F[4] - F[1] * F[3]};
  double complex J = F[0] * C[0] + F[1] * C[1] + F[2] * C[2];
  for (int k = 0; k < 9; k++) G[k] = C[k] / J;
  return J;
}
/* P += dW/dF of an energy W(B), B = J^(-1/3) F, with S = dW/dB: J^(-1/3) S - (S : B)/3 F^-T */
static void isochoric(const double complex S[9], double complex y, const double complex F[9], const double complex G[9],
                      double complex P[9]) {
  double complex t = 0;
  for (int k = 0; k < 9; k++) t += S[k] * y * F[k];
  for (int k = 0; k < 9; k++) P[k] += y * S[k] - t / 3 * G[k];
}

/* fibre_neo_hookean beyond its switch s (in I4 - 1): w'(x) = k/4 (x - s/2); P += 2 w' b (x) a. Volume included. */
static const double LINEAR[FAMILIES] = {10e4, 5e4}, WIDTH = 0.01; /* Pa; strain */
static void linear_fibres(const void *par, const double complex F[9], double complex P[9]) {
  const double s = WIDTH * (2 + WIDTH);
  (void)par;
  for (int f = 0; f < FAMILIES; f++) {
    double complex b[3], g = LINEAR[f] / 2 * (push(F, direction[f], b) - 1 - s / 2);
    for (int k = 0; k < 9; k++) P[k] += g * b[k / 3] * direction[f][k % 3];
  }
}
static void linear_set(model *m) {
  small_par(m, 0, "mu", MU), small_par(m, 0, "fibre", LINEAR[0]), small_par(m, 0, "fibre2", LINEAR[1]);
  small_par(m, 0, "switch", WIDTH);
}

/* fascia_hgo: w = k1/(2 k2) (exp(k2 E^2) - 1), E = kappa (I1 - 3) + (1 - 3 kappa)(I4 - 1), both of B = J^(-1/3) F */
static const double K1 = 3e4, K2 = 1.5, KAPPA = 0.1;
static void fascia_fibres(const void *par, const double complex F[9], double complex P[9]) {
  double complex G[9], B[9], J = inverse_transpose(F, G), y = cexp(-clog(J) / 3), I1 = 0;
  (void)par;
  for (int k = 0; k < 9; k++) B[k] = y * F[k], I1 += B[k] * B[k];
  for (int f = 0; f < FAMILIES; f++) {
    double complex b[3], S[9], I4 = push(B, direction[f], b);
    double complex E = KAPPA * (I1 - 3) + (1 - 3 * KAPPA) * (I4 - 1), w = K1 * E * cexp(K2 * E * E);
    for (int k = 0; k < 9; k++) S[k] = 2 * w * (KAPPA * B[k] + (1 - 3 * KAPPA) * b[k / 3] * direction[f][k % 3]);
    isochoric(S, y, F, G, P);
  }
}
static void fascia_set(model *m) {
  small_par(m, 0, "c", MU), small_par(m, 0, "k1", K1), small_par(m, 0, "k2", K2), small_par(m, 0, "kappa", KAPPA);
}

/* muscle_transiso, all of it: W = g1 (I5/I4^2 - 1) + g2 A(w) + 9/16 g3 (ln I4)^2 + passive fibres, of B = J^(-1/3) F,
   with A(w) = arcosh^2(w), w = (I1 I4 - I5)/(2 sqrt I4). */
static const double G1 = 6e3, G2 = 4e3, G3 = 5e3, P1 = 0.05, P2 = 6.6, SMAX = 3e5, FARTHEST = 1.4;

/* dA/dw at w = 1 + u. arcosh w = 2 arsinh z, z = sqrt(u/2), so A' = 2 arsinh(z)/(z sqrt(1 + z^2)); near u = 0 its
   series 2 (1 - u/3 + 2 u^2/15 ...), whose next term is below 1e-15 at u = 1e-5. The imaginary part of u is a
   derivative and carried as one: arsinh(z + i h) = arsinh z + i h/sqrt(1 + z^2). */
static double complex arcosh2_slope(double complex u) {
  if (creal(u) < 1e-5) return 2 - 2.0 / 3 * u + 4.0 / 15 * u * u;
  double complex z = csqrt(u / 2), root = csqrt(1 + z * z);
  double complex asinh_z = asinh(creal(z)) + _Complex_I * (cimag(z) / creal(root));
  return 2 * asinh_z / (z * root);
}
/* P of muscle whose fibres are active by `tone`: the descending limb of the force-length curve lies over the stretches
   of this field, up to 1 + 5/12, where its two parabolas meet. */
static void muscle_active(double tone, const double complex F[9], double complex P[9]) {
  const double *a = direction[0];
  double complex G[9], B[9], J = inverse_transpose(F, G), y = cexp(-clog(J) / 3), b[3], d[3], f[3], S[9], I1 = 0,
                             I5 = 0;
  for (int k = 0; k < 9; k++) B[k] = y * F[k], I1 += B[k] * B[k];
  double complex I4 = push(B, a, b), root = csqrt(I4);
  for (int k = 0; k < 3; k++) d[k] = B[k] * b[0] + B[3 + k] * b[1] + B[6 + k] * b[2], I5 += d[k] * d[k];
  for (int i = 0; i < 3; i++) f[i] = B[3 * i] * d[0] + B[3 * i + 1] * d[1] + B[3 * i + 2] * d[2];
  /* derivatives of W by I1, I4, I5 */
  double complex A1 = G2 * arcosh2_slope((I1 * I4 - I5) / (2 * root) - 1);
  double complex W1 = A1 * root / 2, W5 = G1 / (I4 * I4) - A1 / (2 * root);
  double complex active = tone * (1 - 4 * (root - 1) * (root - 1));
  double complex force = SMAX * (P1 * (cexp(P2 * (root - 1)) - 1) + active); /* dW/dl, l = sqrt I4 */
  double complex W4 = A1 * (I1 / (4 * root) + I5 / (4 * root * I4)) - 2 * G1 * I5 / (I4 * I4 * I4) +
                      9.0 / 8 * G3 * clog(I4) / I4 + force / (2 * root);
  /* dI1 = 2 B : dB, dI4 = 2 b . dB a, dI5 = 2 d . (dB' b + B' dB a) */
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      S[3 * i + j] = 2 * (W1 * B[3 * i + j] + (W4 * b[i] + W5 * f[i]) * a[j] + W5 * b[i] * d[j]);
  isochoric(S, y, F, G, P);
}
static void muscle(const void *par, const double complex F[9], double complex P[9]) {
  (void)par;
  muscle_active(0, F, P);
}
/* A tenth of smax, 30 kPa: three times the shear modulus of the matrix, and five times the most that is assumed at rest
 */
static const double TONE = 0.1;
static void working(const void *par, const double complex F[9], double complex P[9]) {
  (void)par;
  muscle_active(TONE, F, P);
}
static void muscle_set(model *m) {
  small_par(m, 0, "g1", G1), small_par(m, 0, "g2", G2), small_par(m, 0, "g3", G3);
  small_par(m, 0, "p1", P1), small_par(m, 0, "p2", P2), small_par(m, 0, "smax", SMAX);
  small_par(m, 0, "lam_max", FARTHEST), small_par(m, 0, "switch", WIDTH);
}

static void working_set(model *m) {
  muscle_set(m);
  m->tissues[0].tone = TONE;
}

static const sample samples[] = {
    {"fibre_neo_hookean", FAMILIES, linear_fibres, linear_set, 1 + 0.01, INFINITY},
    {"fascia_hgo", FAMILIES, fascia_fibres, fascia_set, 1 + 0.01, INFINITY},
    {"muscle_transiso", 1, muscle, muscle_set, 1 + 0.01, 1.4},
    {"muscle_transiso", 1, working, working_set, 1 + 0.01, 1.4},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static manufactured field(const sample *s, double ratio) {
  /* Shears of 2.5 % of the cube, strains up to 8 % each; volumes as in test_manufactured.c. The muscle has no
     neo-Hookean matrix. */
  return (manufactured){.amplitude = 0.025,
                        .stretch = 0.02 / fmax(1, ratio / 20),
                        .mu = s->more == muscle || s->more == working ? 0 : MU,
                        .modulus = ratio * MU,
                        .last = stretched,
                        .more = s->more};
}

static model *law_model(const sample *s, const manufactured *f) {
  model *m = small_model();
  small_layer(m, s->name);
  s->set(m);
  small_par(m, 0, "bulk", f->modulus);
  m->time.tolerance = 1e-10; /* as in test_manufactured.c: nothing beside the discretisation's error */
  return m;
}

/* ---- orders ----------------------------------------------------------------------------------------------------- */

typedef struct problem {
  const sample *s;
  manufactured f;
} problem;

static manufactured_error solve(const void *ctx, int n, double share) {
  const problem *p = ctx;
  model *m = law_model(p->s, &p->f);
  mesh *g = small_box(m, n, n, n, 1, 1, 1);
  block_perturb(g, share, (unsigned)(200 + n));
  g->nfam = p->s->nfam;
  g->fibre = arena_alloc(m->memory, (size_t)g->ncell * 3 * (size_t)g->nfam * sizeof *g->fibre);
  assert_non_null(g->fibre);
  for (int i = 0; i < g->ncell * 3 * g->nfam; i++) g->fibre[i] = (float)direction[i / 3 % g->nfam][i % 3];
  block_hold_all_faces(m);
  return manufactured_solve(&p->f, block_create(m, g));
}

static double converge(const sample *s, double ratio) {
  problem p = {s, field(s, ratio)};
  char title[64];
  snprintf(title, sizeof title, "%s%s, bulk/shear %g", s->name, s->more == working ? " active" : "", ratio);
  /* One law to the end is enough, and half the time. */
  return manufactured_converge(title, s == samples ? FINEST : FINE, solve, &p);
}

static void errors_of_a_soft_volume_fall_with_the_order_of_the_element(void **unused) {
  (void)unused;
  double margin[SAMPLES];
  for (int i = 0; i < SAMPLES; i++) margin[i] = converge(samples + i, 1);
  for (int i = 0; i < SAMPLES; i++) assert_true(margin[i] >= 0);
}

static void errors_at_bulk_over_shear_1000_fall_with_the_order_of_the_element(void **unused) {
  (void)unused;
  double margin[SAMPLES];
  for (int i = 0; i < SAMPLES; i++) margin[i] = converge(samples + i, 1000);
  for (int i = 0; i < SAMPLES; i++) assert_true(margin[i] >= 0);
}

/* ---- the test's own formulas ------------------------------------------------------------------------------------ */

static void gradient_written_by_hand_is_the_derivative_of_the_field(void **unused) {
  (void)unused;
  manufactured f = field(samples, 1);
  unsigned seed = 2;
  for (int k = 0; k < 50; k++) {
    double X[3];
    for (int i = 0; i < 3; i++) X[i] = 0.5 + 0.5 * small_random(&seed);
    for (int J = 0; J < 3; J++) {
      double complex Z[3] = {X[0], X[1], X[2]}, x[3], F[9];
      Z[J] += _Complex_I * MANUFACTURED_STEP;
      manufactured_map(&f, Z, x, F);
      /* The complex step is exact; 50 roundings lie on the longest chain of either side. */
      for (int i = 0; i < 3; i++) assert_close(cimag(x[i]) / MANUFACTURED_STEP, creal(F[3 * i + J]), test_round(50));
    }
  }
}

static void fibres_are_taut_everywhere(void **unused) {
  (void)unused;
  enum { N = 24 };
  for (int i = 0; i < 2 * SAMPLES; i++) {
    const sample *s = samples + i / 2;
    manufactured f = field(s, i % 2 ? 1000 : 1);
    double least = INFINITY, most = 0;
    for (int k = 0; k <= N; k++)
      for (int j = 0; j <= N; j++)
        for (int l = 0; l <= N; l++) {
          double complex Z[3] = {(double)k / N, (double)j / N, (double)l / N}, x[3], F[9], G[9], b[3];
          manufactured_map(&f, Z, x, F);
          double J = creal(inverse_transpose(F, G));
          for (int fam = 0; fam < s->nfam; fam++) {
            double I4 = creal(push(F, direction[fam], b)), small = fmin(1, pow(J, -2.0 / 3));
            least = fmin(least, sqrt(I4 * small)); /* of the true stretch and the isochoric one */
            most = fmax(most, sqrt(I4 * fmax(1, pow(J, -2.0 / 3))));
          }
        }
    print_message("%s, bulk/shear %g: fibre stretch %.3f to %.3f\n", s->name, f.modulus / MU, least, most);
    /* 0.02: the field's slope lets the stretch change by less between two places of the grid of 1/24 */
    assert_true(least > s->least + 0.02 && most < s->most - 0.02);
  }
}

static void stress_written_by_hand_is_that_of_the_law(void **unused) {
  (void)unused;
  for (int k = 0; k < 2 * SAMPLES; k++) {
    const sample *s = samples + k / 2;
    manufactured f = field(s, k % 2 ? 1000 : 1);
    model *m = law_model(s, &f);
    _Alignas(64) double F[9 * NB], P[9 * NB], a[3 * FAMILIES * NB], active[NB];
    double complex mine[9 * NB];
    unsigned seed = 2;
    double size = 0;
    for (int q = 0; q < NB; q++) {
      double complex Z[3], x[3], G[9];
      for (int i = 0; i < 3; i++) Z[i] = 0.5 + 0.5 * small_random(&seed);
      manufactured_map(&f, Z, x, G);
      for (int e = 0; e < 9; e++) F[e * NB + q] = creal(G[e]);
      for (int i = 0; i < 3 * FAMILIES; i++) a[i * NB + q] = direction[i / 3][i % 3];
      active[q] = m->tissues[0].tone;
      manufactured_stress(&f, G, mine + 9 * q);
      for (int e = 0; e < 9; e++) size = fmax(size, fabs(creal(mine[9 * q + e])));
    }
    material_in in = {.F = F, .nfam = s->nfam, .fibre = a, .active = active};
    m->tissues[0].law->ops->stress(m->tissues[0].par, &in, P, NULL);
    /* ln J loses what J has of rounding: 30 eps of the bulk modulus; the fibres' chains are longer (exponential of a
       strain, square root): 100 eps of the largest stress. */
    for (int q = 0; q < NB; q++)
      for (int e = 0; e < 9; e++)
        assert_close(P[e * NB + q], creal(mine[9 * q + e]), test_round(30) * f.modulus + test_round(100) * size);
    model_free(&m);
  }
}

/* f + Div P = 0: in a small cube around a place, load and tractions of its six faces cancel. Central differences of the
   real stress stand in for the divergence here, so the complex step and its branches are checked by another way. */
static void load_is_the_divergence_of_the_stress(void **unused) {
  (void)unused;
  unsigned seed = 7;
  for (int k = 0; k < 2 * SAMPLES; k++) {
    const sample *s = samples + k / 2;
    manufactured f = field(s, k % 2 ? 1000 : 1);
    for (int n = 0; n < 20; n++) {
      double X[3], force[3], div[3] = {0}, size = 0;
      for (int i = 0; i < 3; i++) X[i] = 0.5 + 0.4 * small_random(&seed);
      manufactured_force(&f, X, force);
      for (int J = 0; J < 3; J++)
        for (int side = -1; side <= 1; side += 2) {
          double complex Z[3] = {X[0], X[1], X[2]}, x[3], F[9], P[9];
          Z[J] += side * test_step();
          manufactured_map(&f, Z, x, F);
          manufactured_stress(&f, F, P);
          for (int i = 0; i < 3; i++) {
            div[i] += side * creal(P[3 * i + J]) / (2 * test_step());
            size = fmax(size, fabs(creal(P[3 * i + J])));
          }
        }
      /* rounding: stresses lose eps of the bulk modulus through ln J; truncation: third derivatives of a field of wave
         number pi and 2 pi, (2 pi)^3 / 6 = 41 of the stress, with the exponentials some 200 */
      for (int i = 0; i < 3; i++) assert_close(force[i] + div[i], 0, test_difference() * (200 * size + 10 * f.modulus));
    }
  }
}

int main(void) {
  par_setup(0);
  gauss_setup();
  directions_setup();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradient_written_by_hand_is_the_derivative_of_the_field),
      cmocka_unit_test(fibres_are_taut_everywhere),
      cmocka_unit_test(stress_written_by_hand_is_that_of_the_law),
      cmocka_unit_test(load_is_the_divergence_of_the_stress),
      cmocka_unit_test(errors_of_a_soft_volume_fall_with_the_order_of_the_element),
      cmocka_unit_test(errors_at_bulk_over_shear_1000_fall_with_the_order_of_the_element),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
