/* Principal stretches by Jacobi rotations (models/materials/spectrum.h): Q is a rotation, Q diag(c) Q^T is C, for
   random C, for equal and nearly equal stretches and for stretches far apart. */
#include "tests/test.h"
#include "models/materials/spectrum.h"

static uint64_t seed = 88172645463325252u;
static double sign_uniform(void) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return 2 * (double)(seed >> 11) * 0x1p-53 - 1;
}

static double worst_turn, worst_tensor;

static void solve(const double F[9]) {
  double Q[9], l[3], C[9], scale = 0;
  spectrum_solve(F, Q, l);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      C[3 * i + j] = 0;
      for (int k = 0; k < 3; k++) C[3 * i + j] += F[3 * k + i] * F[3 * k + j];
    }
  for (int i = 0; i < 3; i++) scale = fmax(scale, C[4 * i]);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      double unit = 0, sum = 0;
      for (int k = 0; k < 3; k++) {
        unit += Q[3 * k + i] * Q[3 * k + j];
        sum += Q[3 * i + k] * exp(l[k]) * Q[3 * j + k];
      }
      worst_turn = fmax(worst_turn, fabs(unit - (i == j)));
      worst_tensor = fmax(worst_tensor, fabs(sum - C[3 * i + j]) / scale);
    }
}

static void spectra_are_found_to_rounding(void **unused) {
  (void)unused;
  const double none[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  solve(none);
  for (int n = 0; n < 20000; n++) {
    double F[9], u[3], size = exp2(20 * sign_uniform());
    /* any matrix; then stretches in a random frame, far apart, or two or three of them equal or nearly so */
    for (int k = 0; k < 9; k++) F[k] = size * sign_uniform();
    if (fabs(det3(F, 1)) > 1e-3 * size * size * size) solve(F);
    double w[4], x[9], s = 0;
    for (int k = 0; k < 4; k++) w[k] = sign_uniform(), s += w[k] * w[k];
    for (int k = 0; k < 4; k++) w[k] /= sqrt(s);
    const double R[9] = {
        1 - 2 * (w[2] * w[2] + w[3] * w[3]), 2 * (w[1] * w[2] - w[0] * w[3]),     2 * (w[1] * w[3] + w[0] * w[2]),
        2 * (w[1] * w[2] + w[0] * w[3]),     1 - 2 * (w[1] * w[1] + w[3] * w[3]), 2 * (w[2] * w[3] - w[0] * w[1]),
        2 * (w[1] * w[3] - w[0] * w[2]),     2 * (w[2] * w[3] + w[0] * w[1]),     1 - 2 * (w[1] * w[1] + w[2] * w[2])};
    for (int i = 0; i < 3; i++) u[i] = exp2((n % 2 ? 2 : 0.5) * sign_uniform());
    double gap = n % 5 ? exp2(-10 - 26 * fabs(sign_uniform())) : 0;
    if (n % 3 == 0) u[1] = u[0] * (1 + gap);
    if (n % 9 == 0) u[2] = u[0] * (1 - gap);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) x[3 * i + j] = R[3 * j + i] * u[i]; /* B = diag(u) R^T */
    solve(x);
  }
  /* Forty roundings: twelve rotations leave about one each, and the logarithm of a c up to 2^41 is rounded by 28 eps,
     which moves c by as much. */
  printf("spectrum: Q^T Q - 1 %.1f eps, Q c Q^T - C %.1f eps of the largest entry\n", worst_turn / DBL_EPSILON,
         worst_tensor / DBL_EPSILON);
  assert_close(worst_turn, 0, test_round(40));
  assert_close(worst_tensor, 0, test_round(40));
}

static void phi_is_sinh_over_z(void **unused) {
  (void)unused;
  for (double z = -12; z < 12; z += 0.01) {
    double exact = fabs(z) < 1e-8 ? 1 : sinh(z) / z;
    /* exp is good to 2 ulp, ten roundings */
    assert_close(spectrum_phi(z), exact, test_round(10) * exact);
  }
  assert_true(spectrum_phi(0) == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(spectra_are_found_to_rounding),
      cmocka_unit_test(phi_is_sinh_over_z),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
