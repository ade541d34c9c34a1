/* log, exp and x^(-1/3) against the C library in higher precision. */
#include "tests/test.h"
#include "sim/base/vmath.h"

enum { BLOCK = 256, BLOCKS = 4000 };

/* Deterministic numbers in [0, 1). */
static uint64_t seed = 88172645463325252u;
static double uniform(void) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return (double)(seed >> 11) * 0x1p-53;
}

/* Distance of y from the exact value, in units of the last place of a number of that size. */
static double ulps(double y, long double exact) {
  int e;
  frexpl(exact, &e);
  return (double)(fabsl((long double)y - exact) / ldexpl(1.0L, e - DBL_MANT_DIG));
}

/* What vmath.h promises. Worst seen with gcc and clang: log 0.8, exp 1.0, rcbrt 1.0 with fused multiply-adds and 1.1
   without. */
static const double promise = 2;

typedef enum function { LOG, EXP, RCBRT } function;

/* Largest error over BLOCKS blocks; each is evaluated by a loop of its own, which the compiler may vectorise. */
static double worst_of(function f, double (*sample)(void), double *where) {
  double worst = 0;
  for (int b = 0; b < BLOCKS; b++) {
    double x[BLOCK], y[BLOCK];
    for (int i = 0; i < BLOCK; i++) x[i] = sample();
    if (f == LOG)
      for (int i = 0; i < BLOCK; i++) y[i] = vm_log(x[i]);
    else if (f == EXP)
      for (int i = 0; i < BLOCK; i++) y[i] = vm_exp(x[i]);
    else
      for (int i = 0; i < BLOCK; i++) y[i] = vm_rcbrt(x[i]);
    for (int i = 0; i < BLOCK; i++) {
      long double exact = f == LOG ? logl(x[i]) : f == EXP ? expl(x[i]) : 1 / cbrtl(x[i]);
      double e = ulps(y[i], exact);
      if (!(e <= worst)) worst = e, *where = x[i];
    }
  }
  return worst;
}

static void check(const char *name, double worst, double where) {
  if (worst <= promise * test_scale()) return;
  print_error("%s is off by %.3f ulp at %.17g\n", name, worst, where);
  fail();
}

static double any_size(void) {
  return exp2(-1021 + 2044 * uniform());
} /* every exponent */
static double near_one(void) {
  return 1 + (uniform() - 0.5) * exp2(-40 * uniform());
}
static double volume_ratio(void) {
  return 0.05 + 3.95 * uniform();
} /* what the material laws ask for */
static double exponent(void) {
  return -708 + 1417 * uniform();
}
static double exponent_small(void) {
  return (uniform() - 0.5) * exp2(-40 * uniform());
}

static void the_logarithm_is_within_two_ulp(void **unused) {
  (void)unused;
  double at = 0, e;
  e = worst_of(LOG, any_size, &at), check("log", e, at);
  e = worst_of(LOG, near_one, &at), check("log near 1", e, at);
  e = worst_of(LOG, volume_ratio, &at), check("log of a volume ratio", e, at);
}

static void the_exponential_is_within_two_ulp(void **unused) {
  (void)unused;
  double at = 0, e;
  e = worst_of(EXP, exponent, &at), check("exp", e, at);
  e = worst_of(EXP, exponent_small, &at), check("exp near 0", e, at);
}

static void the_reciprocal_cube_root_is_within_two_ulp(void **unused) {
  (void)unused;
  double at = 0, e;
  e = worst_of(RCBRT, any_size, &at), check("rcbrt", e, at);
  e = worst_of(RCBRT, volume_ratio, &at), check("rcbrt of a volume ratio", e, at);
}

/* A body at rest must feel nothing at all, so these are exact. */
static void at_one_and_zero_the_values_are_exact(void **unused) {
  (void)unused;
  volatile double one = 1, zero = 0; /* volatile: not folded at compile time */
  assert_true(vm_log(one) == 0 && vm_exp(zero) == 1 && vm_rcbrt(one) == 1);
}

static void what_has_no_value_is_nan(void **unused) {
  (void)unused;
  const double bad[] = {0, -0.0, -1, -1e-300, -INFINITY, (double)NAN};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_true(isnan(vm_log(bad[i])) && isnan(vm_rcbrt(bad[i])));
  assert_true(isnan(vm_exp((double)NAN)));
}

static void beyond_its_range_the_exponential_stays_at_the_end(void **unused) {
  (void)unused;
  assert_true(vm_exp(1e4) == vm_exp(709.0) && vm_exp(-1e4) == vm_exp(-708.0));
  assert_true(isfinite(vm_exp(709.0)) && vm_exp(-708.0) > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_logarithm_is_within_two_ulp),
      cmocka_unit_test(the_exponential_is_within_two_ulp),
      cmocka_unit_test(the_reciprocal_cube_root_is_within_two_ulp),
      cmocka_unit_test(at_one_and_zero_the_values_are_exact),
      cmocka_unit_test(what_has_no_value_is_nan),
      cmocka_unit_test(beyond_its_range_the_exponential_stays_at_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
