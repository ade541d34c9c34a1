/* Laws against solutions in closed form: shear, uniaxial tension, swelling, a strip pulled along its fibres. */
#include "tests/contract/law_bench.h"

/* Cauchy stress sigma_ij = (P F^T)_ij / J of lane 0. */
static void cauchy(const law *l, const batch *b, double sigma[9]) {
  nine P = bench_stress(l, b);
  double J = det3(b->F, NB);
  mul3t(P.v, NB, b->F, NB, sigma);
  for (int k = 0; k < 9; k++) sigma[k] /= J;
}

static law neo_hookean(double mu, double bulk, int volumetric) {
  law l = bench_law(bench_find("neo_hookean"), 0);
  bench_set(&l, "mu", mu), bench_set(&l, "bulk", bulk), bench_set(&l, "volumetric", volumetric);
  return l;
}
static law compressible(double mu, double lambda) {
  law l = bench_law(bench_find("neo_hookean_compressible"), 0);
  bench_set(&l, "mu", mu), bench_set(&l, "lambda", lambda);
  return l;
}
static law fibrous(double mu, double bulk, double k, double k2, double width) {
  law l = bench_law(bench_find("fibre_neo_hookean"), 0);
  bench_set(&l, "mu", mu), bench_set(&l, "bulk", bulk), bench_set(&l, "fibre", k), bench_set(&l, "fibre2", k2);
  bench_set(&l, "switch", width);
  return l;
}

/* Uniaxial stretch x along x with the sides free: bisects the side stretch at which the side stress vanishes. */
static batch uniaxial(const law *l, double x, int fibre) {
  double lo = 0.5, hi = 1.5;
  batch b;
  for (int i = 0; i < 60; i++) {
    double y = (lo + hi) / 2;
    const double F[9] = {x, 0, 0, 0, y, 0, 0, 0, y};
    b = bench_same(F);
    if (fibre) bench_fibre(&b, 0, 1, 0, 0);
    nine P = bench_stress(l, &b);
    if (P.v[4 * NB] > 0)
      hi = y;
    else
      lo = y;
  }
  return b;
}

static void simple_shear_answers_with_mu_gamma(void **unused) {
  (void)unused;
  const double mu = 6000, K = 3e5;
  const law laws[] = {neo_hookean(mu, K, 0), neo_hookean(mu, K, 1), compressible(mu, K)};
  for (int i = 0; i < 3; i++)
    for (double g = -0.8; g < 0.9; g += 0.4) {
      const double F[9] = {1, g, 0, 0, 1, 0, 0, 0, 1};
      batch b = bench_same(F);
      double s[9];
      cauchy(&laws[i], &b, s);
      /* sigma12 = mu g, and the normal stresses differ by mu g^2 (Poynting); J = 1 holds exactly, ten roundings */
      assert_close(s[1], mu * g, test_round(10) * mu);
      assert_close(s[0] - s[4], mu * g * g, test_round(10) * mu);
    }
}

static void an_almost_incompressible_strip_pulls_as_the_incompressible_one(void **unused) {
  (void)unused;
  /* sigma = mu (x^2 - 1/x) for K / mu to infinity; the volume strain is sigma / (3 K), so the relative error is about
     mu / K = 1e-6; 10 covers the stretches. Rounding: J to 1e-16 times K is 1e-10 mu. */
  const double mu = 6000, K = 6e9;
  for (int volumetric = 0; volumetric < 2; volumetric++)
    for (double x = 0.6; x < 1.7; x += 0.2) {
      law l = neo_hookean(mu, K, volumetric);
      batch b = uniaxial(&l, x, 0);
      double s[9];
      cauchy(&l, &b, s);
      assert_close(s[0], mu * (x * x - 1 / x), 10 * mu / K * mu);
    }
}

static void a_compressible_strip_pulls_by_its_closed_form(void **unused) {
  (void)unused;
  /* Sides free: mu (y^2 - 1) + lambda ln(x y^2) = 0, solved here by Newton with libm; then sigma = mu (x^2 - y^2) / J.
     Ten roundings of the stiffer modulus and the bisection's last place. */
  const double mu = 6000, lambda = 24000;
  law l = compressible(mu, lambda);
  for (double x = 0.6; x < 1.7; x += 0.2) {
    double y = 1 / sqrt(x), s[9];
    for (int i = 0; i < 20; i++) y -= (mu * (y * y - 1) + lambda * log(x * y * y)) / (2 * mu * y + 2 * lambda / y);
    batch b = uniaxial(&l, x, 0);
    cauchy(&l, &b, s);
    assert_close(s[0], mu * (x * x - y * y) / (x * y * y), test_round(20) * (mu + lambda));
  }
}

static void swelling_costs_what_the_volume_term_says(void **unused) {
  (void)unused;
  const double mu = 6000, K = 3e5;
  for (double c = 0.8; c < 1.3; c += 0.1) {
    const double F[9] = {c, 0, 0, 0, c, 0, 0, 0, c};
    double J = c * c * c, s[9], W[NB];
    batch b = bench_same(F);
    for (int volumetric = 0; volumetric < 2; volumetric++) {
      law l = neo_hookean(mu, K, volumetric);
      cauchy(&l, &b, s);
      bench_energy(&l, &b, W);
      double p = volumetric ? K * (J - 1) : K * log(J) / J;
      double U = volumetric ? K / 2 * (J - 1) * (J - 1) : K / 2 * log(J) * log(J);
      /* ten roundings; 1 / J = 2 at most */
      assert_close(s[0], p, test_round(20) * (mu + K));
      assert_close(s[4], p, test_round(20) * (mu + K));
      assert_close(W[0], U, test_round(20) * (mu + K));
    }
  }
}

/* w'(x) of the fibre by Simpson's rule from the w''(x) that fibre_neo_hookean.c documents. */
static double fibre_slope(double k, double s, double x) {
  const int n = 20000;
  double sum = 0;
  for (int i = 0; i <= n; i++) {
    double t = fmin(x * i / n / s, 1);
    sum += (i == 0 || i == n ? 1 : i % 2 ? 4 : 2) * k / 4 * t * t * (3 - 2 * t);
  }
  return sum * x / n / 3;
}

static void a_fibre_adds_its_tension_and_nothing_else(void **unused) {
  (void)unused;
  const double mu = 6000, K = 3e5, k = 6e4, width = 0.02, s = width * (2 + width);
  law l = fibrous(mu, K, k, 0, width), matrix = neo_hookean(mu, K, 0);
  for (double x = 0.9; x < 1.3; x += 0.005) { /* through slack, switch and taut */
    const double F[9] = {x, 0.1, 0, 0, 1, 0.2, 0, 0, 0.9 / x};
    batch b = bench_same(F), bare = b;
    bench_fibre(&b, 0, 1, 0, 0);
    double with[9], without[9], J = det3(F, 1);
    cauchy(&l, &b, with);
    cauchy(&matrix, &bare, without);
    _Alignas(64) double sigma[MAT_FAMILIES * NB];
    material_in in = bench_in(&b);
    l.kind->ops->fibre_stress(l.par, &in, sigma);
    /* sigma = 2 w' I4 / J along the fibre, which stays along x here. Simpson: the bend of w'' at the end of the switch
       costs (x/n)^3 of its third derivative, 1e-10; a difference of two stresses of size K: 20 roundings. */
    double expected = x > 1 ? 2 * fibre_slope(k, s, x * x - 1) * x * x / J : 0, tol = 1e-9 * k + test_round(20) * K;
    assert_close(sigma[0], expected, tol);
    assert_close(with[0] - without[0], expected, tol);
    for (int i = 1; i < 9; i++) assert_close(with[i] - without[i], 0, tol);
  }
}

static void a_short_switch_leaves_the_plain_quadratic_fibre(void **unused) {
  (void)unused;
  /* W = k/8 (I4 - 1)^2, so w' = k/4 (I4 - 1): the switch shifts it by s/2 = 1e-4 of strain, and no more. */
  const double k = 6e4;
  law l = fibrous(6000, 3e5, k, 0, 1e-4);
  for (double x = 1.02; x < 1.3; x += 0.05) {
    const double F[9] = {x, 0, 0, 0, 1, 0, 0, 0, 1};
    batch b = bench_same(F);
    bench_fibre(&b, 0, 1, 0, 0);
    _Alignas(64) double sigma[MAT_FAMILIES * NB];
    material_in in = bench_in(&b);
    l.kind->ops->fibre_stress(l.par, &in, sigma);
    double plain = k / 2 * (x * x - 1) * x;
    assert_true(sigma[0] < plain);
    assert_close(sigma[0], plain, k / 2 * 1.1e-4 * x);
  }
}

static void a_strip_pulled_along_its_fibres_does_not_feel_the_bulk_modulus(void **unused) {
  (void)unused;
  /* Force per reference area 2 w' x. The matrix adds 3 mu strain = 3e-8 k; nothing may come from K, which is softer
     than the fibres here (with I4bar the strip would be half as stiff, and differently so for each K). */
  const double k = 1e6, mu = 1, x = 1.01, width = 1e-4, s = width * (2 + width);
  const double force = k / 2 * (x * x - 1 - s / 2) * x;
  for (double K = 1e5; K < 2e9; K *= 10) {
    law l = fibrous(mu, K, k, 0, width);
    batch b = uniaxial(&l, x, 1);
    nine P = bench_stress(&l, &b);
    assert_close(P.v[0], force, 4e-8 * k);
  }
}

/* The compressible form: tau = mu (l_i^2 - 1) + (K - 2/3 mu) ln J on each axis, and the fibre's tension on its own. */
static void compressible_fibrous_tissue_is_its_matrix_and_its_fibres(void **unused) {
  (void)unused;
  const double mu = 6000, K = 3e4, k = 6e4, width = 0.02, s = width * (2 + width);
  for (int volumetric = 0; volumetric < 2; volumetric++) {
    law l = fibrous(mu, K, k, 0, width);
    bench_set(&l, "form", 1), bench_set(&l, "volumetric", volumetric);
    for (double x = 0.8; x < 1.3; x += 0.021) {
      const double stretch[3] = {x, 0.95, 1.1}, F[9] = {stretch[0], 0, 0, 0, stretch[1], 0, 0, 0, stretch[2]};
      batch b = bench_same(F);
      bench_fibre(&b, 0, 1, 0, 0);
      double J = det3(F, 1), lambda = K - 2.0 / 3.0 * mu, sigma[9];
      double p = volumetric ? lambda * J * (J - 1) : lambda * log(J);
      cauchy(&l, &b, sigma);
      for (int i = 0; i < 3; i++) {
        double fibre = i == 0 && x > 1 ? 2 * fibre_slope(k, s, x * x - 1) * x * x : 0;
        /* Simpson's 1e-9 k as above, and 20 roundings of the stiffer modulus */
        assert_close(J * sigma[4 * i], mu * (stretch[i] * stretch[i] - 1) + p + fibre, 1e-9 * k + test_round(20) * K);
      }
    }
    char why[256];
    assert_null(l.kind->refuse(l.par, why, sizeof why));
    bench_set(&l, "bulk", 0.6 * mu);
    assert_string_equal(l.kind->refuse(l.par, why, sizeof why), "bulk");
  }
}

static void fibre_families_add_up(void **unused) {
  (void)unused;
  law both = fibrous(6000, 3e5, 6e4, 2e4, 0.01), one = fibrous(6000, 3e5, 6e4, 0, 0.01),
      two = fibrous(6000, 3e5, 0, 2e4, 0.01), none = fibrous(6000, 3e5, 0, 0, 0.01);
  for (int n = 0; n < 10; n++) {
    batch b = bench_random();
    nine Pb = bench_stress(&both, &b), P1 = bench_stress(&one, &b), P2 = bench_stress(&two, &b),
         P0 = bench_stress(&none, &b);
    bench_size size = bench_measure(&both, &b);
    for (int k = 0; k < 9 * NB; k++)
      assert_close(Pb.v[k] - P0.v[k], (P1.v[k] - P0.v[k]) + (P2.v[k] - P0.v[k]), test_round(10) * size.P[k % NB]);
  }
}

static void a_stiffer_spot_is_stiffer_by_its_factor(void **unused) {
  (void)unused;
  const law laws[] = {neo_hookean(6000, 3e5, 0), neo_hookean(6000, 3e5, 1), compressible(6000, 3e5),
                      fibrous(6000, 3e5, 6e4, 2e4, 0.01)};
  for (int i = 0; i < 4; i++) {
    batch b = bench_random();
    for (int q = 0; q < NB; q++) b.scale[q] = 1;
    nine P1 = bench_stress(&laws[i], &b);
    bench_size size = bench_measure(&laws[i], &b);
    for (int q = 0; q < NB; q++) b.scale[q] = 1 + 0.1 * q;
    nine P = bench_stress(&laws[i], &b);
    for (int k = 0; k < 9 * NB; k++) /* factors up to 2.5, ten roundings */
      assert_close(P.v[k], (1 + 0.1 * (k % NB)) * P1.v[k], test_round(25) * size.P[k % NB]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(simple_shear_answers_with_mu_gamma),
      cmocka_unit_test(an_almost_incompressible_strip_pulls_as_the_incompressible_one),
      cmocka_unit_test(a_compressible_strip_pulls_by_its_closed_form),
      cmocka_unit_test(swelling_costs_what_the_volume_term_says),
      cmocka_unit_test(a_fibre_adds_its_tension_and_nothing_else),
      cmocka_unit_test(a_short_switch_leaves_the_plain_quadratic_fibre),
      cmocka_unit_test(a_strip_pulled_along_its_fibres_does_not_feel_the_bulk_modulus),
      cmocka_unit_test(compressible_fibrous_tissue_is_its_matrix_and_its_fibres),
      cmocka_unit_test(fibre_families_add_up),
      cmocka_unit_test(a_stiffer_spot_is_stiffer_by_its_factor),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
