/* The cycle on a diagonal matrix, where each unknown tells what the smoother's polynomial does to its eigenvalue. */
#include <math.h>
#include "sim/solve/mg.h"
#include "tests/test.h"

/* Eigenvalues of two vectors of N: from next to none to the bound, the second vector's are corrected on the coarse
 * level. */
enum { N = 20000 };
static const double BOUND = 4;
static float x[2 * N], r[2 * N], work[6 * N + 64];

static float eigenvalue(int i) {
  return (float)(BOUND * (i % N + 1) / N);
}
static void apply(void *ctx, int level, const float *in, float *out) {
  (void)ctx, (void)level;
  for (int i = 0; i < 2 * N; i++) out[i] = eigenvalue(i) * in[i];
}
static void identity(void *ctx, int level, const float *in, float *out) {
  (void)ctx, (void)level;
  memcpy(out, in, 2 * N * sizeof *out);
}
static void restrict_to(void *ctx, int level, const float *fine, float *coarse) {
  (void)ctx, (void)level;
  memcpy(coarse, fine + N, N * sizeof *coarse);
}
static void prolong(void *ctx, int level, const float *coarse, float *fine) {
  (void)ctx, (void)level;
  memset(fine, 0, N * sizeof *fine);
  memcpy(fine + N, coarse, N * sizeof *fine);
}
static void coarsest(void *ctx, const float *in, float *out) {
  (void)ctx;
  for (int i = 0; i < N; i++) out[i] = in[i] / eigenvalue(i);
}

static mg a_cycle(int steps) {
  mg m = {.ops = {NULL, 2, {2 * N, N}, apply, identity, restrict_to, prolong, coarsest},
          .steps = steps,
          .bound = (float)BOUND};
  assert_true(mg_place(&m, NULL) <= sizeof work / sizeof *work);
  mg_place(&m, work);
  return m;
}

/* Lottes 2023: an error of eigenvalue t times the bound is multiplied by p(t)^2, and the cycle converges as the largest
   of t p^2 / (1 - p^2) allows. It is 1/C with C = 3, 9.472, 19.196, 32.163, the largest constants a polynomial can have
   (found apart, in double, by making all peaks equal); the Chebyshev iteration of the fourth kind has 4/3 k (k + 1). */
static void the_polynomial_is_the_best(void **state) {
  static const double best[MG_STEPS] = {3, 9.47213596, 19.19566936, 32.16343748};
  (void)state;
  for (int k = 1; k <= MG_STEPS; k++) {
    mg m = a_cycle(k);
    double most = 0, least = 1;
    for (int i = 0; i < 2 * N; i++) r[i] = 1, x[i] = (float)NAN;
    mg_cycle(&m, r, x);
    for (int i = 0; i < N; i++) {
      double t = (i + 1.0) / N, p2 = 1 - (double)eigenvalue(i) * (double)x[i];
      assert_true(p2 < 1); /* else the cycle were not positive */
      if (t * p2 / (1 - p2) > most) most = t * p2 / (1 - p2);
      if (p2 < least) least = p2;
    }
    /* Rounding: at the smallest t, 1 / N, 1 - p2 is at least 3e-4, known to 1e-7. */
    assert_close(most, 1 / best[k - 1], 1e-3 / best[k - 1]);
    assert_true(least > -1e-6);
  }
}

/* What the coarse level solves is solved, whatever was smoothed before: the residual went down with every step. */
static void the_correction_is_exact(void **state) {
  (void)state;
  for (int k = 1; k <= MG_STEPS; k++) {
    mg m = a_cycle(k);
    for (int i = 0; i < 2 * N; i++) r[i] = 1;
    mg_cycle(&m, r, x);
    for (int i = N; i < 2 * N; i++) assert_close((double)(eigenvalue(i) * x[i]), 1, 1e-5);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_polynomial_is_the_best),
      cmocka_unit_test(the_correction_is_exact),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
