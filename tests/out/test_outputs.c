/* The derived fields against closed forms. */
#include "models/catalog.h"
#include "sim/kinds/material.h"
#include "sim/state/model.h"
#include "tests/test.h"

typedef struct points { /* NB points, all arrays the contract names */
  double F[9][NB], J[NB], sigma[6][NB], pressure[NB], W[NB], fibre[6][NB], fibre_stress[2][NB];
} points;

static const output *find(const char *name) {
  for (const output *const *o = models_catalog.outputs; *o; o++)
    if (!strcmp((*o)->name, name)) return *o;
  fail_msg("no output %s", name);
  return NULL;
}

static model some_model = {.limits = {.muscle_strain = 0.25}};
static tissue some_tissue = {.muscle = 1};

static void eval(const char *name, const points *p, int nfam, double *value) {
  output_in in = {.nfam = nfam,
                  .F = p->F[0],
                  .J = p->J,
                  .sigma = p->sigma[0],
                  .pressure = p->pressure,
                  .W = p->W,
                  .fibre = p->fibre[0],
                  .fibre_stress = nfam ? p->fibre_stress[0] : NULL,
                  .model = &some_model,
                  .tissue = &some_tissue};
  find(name)->point(&in, value);
}

static double random_in(unsigned *seed) { /* -1 .. 1, repeatable */
  *seed = *seed * 1664525u + 1013904223u;
  return (double)(*seed >> 8) / (double)(1u << 23) - 1;
}

/* A rotation by a unit quaternion. */
static void rotation(unsigned *seed, double R[9]) {
  double w = random_in(seed), x = random_in(seed), y = random_in(seed), z = random_in(seed);
  double n = sqrt(w * w + x * x + y * y + z * z);
  w /= n, x /= n, y /= n, z /= n;
  double r[9] = {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
                 2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
                 2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
  memcpy(R, r, sizeof r);
}

/* sigma = R diag(d) R' at point q */
static void set_stress(points *p, int q, const double R[9], const double d[3]) {
  static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
  for (int c = 0; c < 6; c++) {
    p->sigma[c][q] = 0;
    for (int k = 0; k < 3; k++) p->sigma[c][q] += R[3 * row[c] + k] * d[k] * R[3 * col[c] + k];
  }
}

static void tension_without_fibres_is_the_largest_deviatoric_principal_stress(void **unused) {
  (void)unused;
  unsigned seed = 1;
  for (int round = 0; round < 200; round++) {
    points p = {0};
    double R[9], d[NB][3], value[NB];
    for (int q = 0; q < NB; q++) {
      rotation(&seed, R);
      for (int k = 0; k < 3; k++) d[q][k] = 1e4 * random_in(&seed);
      if (q % 4 == 1) d[q][1] = d[q][0];           /* two equal */
      if (q % 4 == 2) d[q][1] = d[q][2] = d[q][0]; /* a pressure alone */
      if (q % 4 == 3) d[q][2] = d[q][1] + 1e-6;    /* nearly equal */
      set_stress(&p, q, R, d[q]);
    }
    eval("tension", &p, 0, value);
    for (int q = 0; q < NB; q++) {
      double largest = fmax(d[q][0], fmax(d[q][1], d[q][2])), mean = (d[q][0] + d[q][1] + d[q][2]) / 3;
      /* Where the two largest values meet, the angle has the square root of the round-off (of some 30 operations) of
         its cosine, and the value moves in proportion to it. */
      assert_close(value[q], largest - mean, 2e4 * sqrt(test_round(30)));
      assert_true(value[q] >= 0);
    }
  }
}

static void tension_without_fibres_ignores_pressure_to_round_off(void **unused) {
  (void)unused;
  points p = {0};
  double value[NB];
  for (int q = 0; q < NB; q++) {
    p.sigma[3][q] = 100;                                  /* pure shear: principal values 100, 0, -100 */
    for (int c = 0; c < 3; c++) p.sigma[c][q] = -1e3 * q; /* under a growing pressure */
  }
  eval("tension", &p, 0, value);
  /* The pressure cancels in the deviator: a few roundings of it stay behind. */
  for (int q = 0; q < NB; q++) assert_close(value[q], 100, test_round(10) * (100 + 1e3 * q));
}

static void tension_with_fibres_is_the_sum_of_the_families_whatever_the_pressure(void **unused) {
  (void)unused;
  points p = {0};
  double value[NB];
  for (int q = 0; q < NB; q++) {
    p.fibre_stress[0][q] = 10 * q, p.fibre_stress[1][q] = 7;
    for (int c = 0; c < 3; c++) p.sigma[c][q] = -1e5;
  }
  eval("tension", &p, 2, value);
  for (int q = 0; q < NB; q++) assert_true(value[q] == 10 * q + 7);
  eval("tension", &p, 1, value);
  for (int q = 0; q < NB; q++) assert_true(value[q] == 10 * q);
}

static void strain_ratio_is_the_stretch_of_the_fibres_or_the_largest_over_the_limit(void **unused) {
  (void)unused;
  unsigned seed = 3;
  points p = {0};
  double value[NB], l[NB][3], fibre[NB];
  for (int q = 0; q < NB; q++) {
    /* F = R diag(l) S, fibres along X and along S' e_Y, which is stretched by l[1]. */
    double R[9], S[9];
    rotation(&seed, R), rotation(&seed, S);
    for (int k = 0; k < 3; k++) l[q][k] = 1 + 0.4 * random_in(&seed);
    double x2 = 0;
    for (int i = 0; i < 9; i++) {
      for (int k = 0; k < 3; k++) p.F[i][q] += R[3 * (i / 3) + k] * l[q][k] * S[3 * k + i % 3];
      if (i % 3 == 0) x2 += p.F[i][q] * p.F[i][q];
    }
    p.fibre[0][q] = 1;
    for (int k = 0; k < 3; k++) p.fibre[3 + k][q] = S[3 + k];
    fibre[q] = fmax(sqrt(x2), l[q][1]);
  }
  eval("strain_ratio", &p, 2, value);
  for (int q = 0; q < NB; q++) assert_close(value[q], fmax(fibre[q] - 1, 0) / 0.25, test_round(100));
  eval("strain_ratio", &p, 0, value);
  for (int q = 0; q < NB; q++)
    /* An angle has the square root of the round-off of its cosine where two stretches meet. */
    assert_close(value[q], fmax(fmax(l[q][0], fmax(l[q][1], l[q][2])) - 1, 0) / 0.25, 4 * sqrt(test_round(30)));
  some_tissue.muscle = 0;
  eval("strain_ratio", &p, 2, value);
  some_tissue.muscle = 1;
  for (int q = 0; q < NB; q++) assert_true(value[q] == 0);
}

static void total_fibre_stress_holds_the_pressure_and_is_nan_without_fibres(void **unused) {
  (void)unused;
  points p = {0};
  double value[NB];
  for (int q = 0; q < NB; q++) {
    /* Simple shear by g: the fibre along Y turns to (g, 1, 0). sigma = -p 1 + T a a' for the turned, unit a. */
    double g = 0.1 * q, length2 = 1 + g * g;
    for (int i = 0; i < 3; i++) p.F[4 * i][q] = 1;
    p.F[1][q] = g;
    p.fibre[1][q] = 1;
    p.sigma[0][q] = -300 + 50 * g * g / length2;
    p.sigma[1][q] = -300 + 50 / length2;
    p.sigma[2][q] = -300;
    p.sigma[3][q] = 50 * g / length2;
  }
  eval("fibre_stress_total", &p, 1, value);
  for (int q = 0; q < NB; q++) assert_close(value[q], -250, 300 * test_round(20)); /* some 20 roundings */
  eval("fibre_stress_total", &p, 0, value);
  for (int q = 0; q < NB; q++) assert_true(isnan(value[q]));
}

static void von_mises_is_the_pull_of_a_bar_and_root_three_times_a_shear(void **unused) {
  (void)unused;
  unsigned seed = 3;
  points p = {0};
  double R[9], value[NB];
  for (int q = 0; q < NB; q++) {
    rotation(&seed, R);
    set_stress(&p, q, R, q % 2 ? (double[]){500, 0, 0} : (double[]){500, -500, 0});
  }
  eval("von_mises", &p, 0, value);
  for (int q = 0; q < NB; q++) assert_close(value[q], q % 2 ? 500 : 500 * sqrt(3), 500 * test_round(40));
}

static void green_strain_of_a_rotated_stretch_is_half_the_squares_minus_one(void **unused) {
  (void)unused;
  unsigned seed = 5;
  points p = {0};
  double R[9], value[6 * NB], stretch[3] = {1.2, 0.9, 1.05};
  for (int q = 0; q < NB; q++) {
    rotation(&seed, R);
    for (int i = 0; i < 3; i++)
      for (int J = 0; J < 3; J++) p.F[3 * i + J][q] = R[3 * i + J] * stretch[J]; /* F = R U */
  }
  eval("green_strain", &p, 0, value);
  for (int q = 0; q < NB; q++)
    for (int c = 0; c < 6; c++)
      assert_close(value[c * NB + q], c < 3 ? 0.5 * (stretch[c] * stretch[c] - 1) : 0, test_round(20));
  for (int q = 0; q < NB; q++) p.F[1][q] += 0.1; /* with a shear the order xx yy zz xy yz xz shows */
  eval("green_strain", &p, 0, value);
  double E[6] = {0};
  for (int i = 0; i < 3; i++) {
    const double f[3] = {p.F[3 * i][0], p.F[3 * i + 1][0], p.F[3 * i + 2][0]};
    E[3] += 0.5 * f[0] * f[1], E[4] += 0.5 * f[1] * f[2], E[5] += 0.5 * f[0] * f[2];
  }
  for (int c = 3; c < 6; c++) assert_close(value[c * NB], E[c], test_round(20));
}

static void plain_outputs_are_what_the_element_says(void **unused) {
  (void)unused;
  points p = {0};
  double value[6 * NB];
  for (int q = 0; q < NB; q++) {
    p.J[q] = 0.9 + 0.01 * q, p.W[q] = 3.0 * q;
    for (int c = 0; c < 6; c++) p.sigma[c][q] = 10 * c + q;
  }
  eval("volume_ratio", &p, 0, value);
  assert_memory_equal(value, p.J, sizeof p.J);
  eval("strain_energy_density", &p, 0, value);
  assert_memory_equal(value, p.W, sizeof p.W);
  eval("cauchy_stress", &p, 0, value);
  assert_memory_equal(value, p.sigma, sizeof p.sigma);
}

static void every_output_says_its_unit_its_meaning_and_a_number_of_components_files_know(void **unused) {
  (void)unused;
  for (const output *const *o = models_catalog.outputs; *o; o++) {
    assert_non_null((*o)->name);
    assert_non_null((*o)->unit);
    assert_true((*o)->doc && strlen((*o)->doc) > 5);
    assert_true((*o)->ncomp == 1 || (*o)->ncomp == 3 || (*o)->ncomp == 6);
    assert_true(((*o)->point != NULL) != ((*o)->skin != NULL)); /* in a cell or on the skin */
    assert_true(!(*o)->skin == !(*o)->of && (!(*o)->skin || (*o)->ncomp == 1));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tension_without_fibres_is_the_largest_deviatoric_principal_stress),
      cmocka_unit_test(tension_without_fibres_ignores_pressure_to_round_off),
      cmocka_unit_test(tension_with_fibres_is_the_sum_of_the_families_whatever_the_pressure),
      cmocka_unit_test(strain_ratio_is_the_stretch_of_the_fibres_or_the_largest_over_the_limit),
      cmocka_unit_test(total_fibre_stress_holds_the_pressure_and_is_nan_without_fibres),
      cmocka_unit_test(von_mises_is_the_pull_of_a_bar_and_root_three_times_a_shear),
      cmocka_unit_test(green_strain_of_a_rotated_stretch_is_half_the_squares_minus_one),
      cmocka_unit_test(plain_outputs_are_what_the_element_says),
      cmocka_unit_test(every_output_says_its_unit_its_meaning_and_a_number_of_components_files_know),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
