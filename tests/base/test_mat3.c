/* 3x3 algebra on strided lanes, against definitions written the plain way. */
#include "tests/test.h"
#include "sim/base/mat3.h"

enum { STRIDE = 5 };

static uint64_t seed = 88172645463325252u;
static double uniform(void) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return 2 * ((double)(seed >> 11) * 0x1p-53) - 1;
}

/* Entries are below 2 in size, so products of two and three are sums of a few terms below 8: 20 roundings of 8. */
static double tol(void) {
  return test_round(160);
}

static void the_inverse_undoes_the_matrix(void **unused) {
  (void)unused;
  for (int n = 0; n < 100; n++) {
    double a[9 * STRIDE] = {0}, b[9], one[9];
    for (int k = 0; k < 9; k++) a[k * STRIDE] = (k % 4 == 0) + 0.3 * uniform();
    double det = inv3(a, STRIDE, b);
    assert_close(det, det3(a, STRIDE), tol());
    mul3(a, STRIDE, b, 1, one); /* |a^-1| < 10 for these: ten times the tolerance */
    for (int k = 0; k < 9; k++) assert_close(one[k], k % 4 == 0, 10 * tol());
  }
}

static void cofactors_times_the_matrix_give_the_determinant(void **unused) {
  (void)unused;
  for (int n = 0; n < 100; n++) {
    double a[9 * STRIDE] = {0}, g[9], one[9];
    for (int k = 0; k < 9; k++) a[k * STRIDE] = uniform();
    double det = cof3(a, STRIDE, g);
    mul3t(a, STRIDE, g, 1, one); /* a cof(a)^T = det 1 */
    for (int k = 0; k < 9; k++) assert_close(one[k], k % 4 == 0 ? det : 0, tol());
  }
}

static void cofactors_change_as_their_derivative_says(void **unused) {
  (void)unused;
  /* Cofactors are quadratic, so a central difference with a step of 1 is exact but for rounding. */
  for (int n = 0; n < 100; n++) {
    double a[9 * STRIDE] = {0}, b[9], up[9], down[9], g[9], plus[9], minus[9];
    for (int k = 0; k < 9; k++) {
      a[k * STRIDE] = uniform(), b[k] = uniform();
      plus[k] = a[k * STRIDE] + b[k], minus[k] = a[k * STRIDE] - b[k];
    }
    cof3(plus, 1, up), cof3(minus, 1, down);
    dcof3(a, STRIDE, b, 1, g);
    for (int k = 0; k < 9; k++) assert_close(g[k], (up[k] - down[k]) / 2, tol());
  }
}

static void products_follow_their_definitions(void **unused) {
  (void)unused;
  double a[9 * STRIDE] = {0}, b[9], ab[9], abt[9], x[3], y[3];
  for (int k = 0; k < 9; k++) a[k * STRIDE] = uniform(), b[k] = uniform();
  for (int k = 0; k < 3; k++) x[k] = uniform();
  mul3(a, STRIDE, b, 1, ab), mul3t(a, STRIDE, b, 1, abt), vec3(a, STRIDE, x, 1, y);
  double dot = 0;
  for (int i = 0; i < 3; i++) {
    double v = 0;
    for (int j = 0; j < 3; j++) {
      double p = 0, t = 0;
      for (int k = 0; k < 3; k++)
        p += a[(3 * i + k) * STRIDE] * b[3 * k + j], t += a[(3 * i + k) * STRIDE] * b[3 * j + k];
      assert_close(ab[3 * i + j], p, tol());
      assert_close(abt[3 * i + j], t, tol());
      v += a[(3 * i + j) * STRIDE] * x[j], dot += a[(3 * i + j) * STRIDE] * b[3 * i + j];
    }
    assert_close(y[i], v, tol());
  }
  assert_close(dot3(a, STRIDE, b, 1), dot, tol());
}

/* Angles small and near a half turn about every axis, so that each of the four is once the largest. */
static void a_quaternion_turns_as_its_matrix_does(void **unused) {
  (void)unused;
  const double angle[] = {0, 1e-9, 0.3, 1.5, 3.1, M_PI};
  for (int n = 0; n < 40; n++)
    for (int a = 0; a < 6; a++) {
      double e[3] = {uniform(), uniform(), uniform()}, R[9], q[4];
      double size = sqrt(e[0] * e[0] + e[1] * e[1] + e[2] * e[2]), c = cos(angle[a]), s = sin(angle[a]), turned[9];
      for (int k = 0; k < 3; k++) e[k] /= size;
      const double cross[9] = {0, -e[2], e[1], e[2], 0, -e[0], -e[1], e[0], 0}; /* Rodrigues */
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) R[3 * i + j] = (i == j) * c + s * cross[3 * i + j] + (1 - c) * e[i] * e[j];
      quat3(R, q);
      double x = q[0], y = q[1], z = q[2], w = q[3];
      assert_true(w >= 0);
      turned[0] = 1 - 2 * (y * y + z * z), turned[1] = 2 * (x * y - z * w), turned[2] = 2 * (x * z + y * w);
      turned[3] = 2 * (x * y + z * w), turned[4] = 1 - 2 * (x * x + z * z), turned[5] = 2 * (y * z - x * w);
      turned[6] = 2 * (x * z - y * w), turned[7] = 2 * (y * z + x * w), turned[8] = 1 - 2 * (x * x + y * y);
      /* some ten roundings in q, which its largest part of at least 1/2 may double, and as many again in the matrix */
      for (int k = 0; k < 9; k++) assert_close(turned[k], R[k], test_round(60));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_inverse_undoes_the_matrix),
      cmocka_unit_test(cofactors_times_the_matrix_give_the_determinant),
      cmocka_unit_test(cofactors_change_as_their_derivative_says),
      cmocka_unit_test(products_follow_their_definitions),
      cmocka_unit_test(a_quaternion_turns_as_its_matrix_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
