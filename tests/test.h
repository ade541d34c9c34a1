/* What every test file begins with: cmocka and the ladder of tolerances (exact, round, difference, solve, order, data).

   exact       bits are equal: use assert_memory_equal or assert_true(a == b)
   round       test_round(k): k roundings on the longest chain
   difference  test_difference(): central differences with the best step; scale by the size of what is compared
   solve       the tolerance the solver was asked for times its stated safety: say it at the call
   order       measured slope of the last pair within 0.1 of theory on affine meshes, 0.2 on perturbed ones
   data        the scatter printed in the cited experiment

   TEST_TOL_SCALE=0 in the environment turns every tolerance to 0 and so prints every residual. */
#ifndef KNEAD_TEST_H
#define KNEAD_TEST_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/base/err.h"

/* Central difference: truncation ~ h^2, rounding ~ eps / h, balanced at h = cbrt(eps); both errors are then ~ h^2. */
static inline double test_step(void) { return cbrt(DBL_EPSILON); }
static inline double test_difference(void) { return test_step() * test_step(); }
static inline double test_round(double k) { return k * DBL_EPSILON; }

static inline double test_scale(void) {
  const char *text = getenv("TEST_TOL_SCALE");
  return text ? atof(text) : 1;
}

/* |a - b| <= tol; a NaN anywhere fails. cmocka's own comparison is in single precision. */
static inline void test_close(double a, double b, double tol, const char *what, const char *file, int line) {
  double error = fabs(a - b);
  if (error <= tol * test_scale()) return;
  print_error("%s: %.17g is not %.17g: off by %.3g, allowed %.3g\n", what, a, b, error, tol);
  _fail(file, line);
}
#define assert_close(a, b, tol) test_close((a), (b), (tol), #a, __FILE__, __LINE__)

/* value <= bound; NaN fails. */
static inline void test_below(double value, double bound, const char *what, const char *file, int line) {
  if (value <= bound) return;
  print_error("%s: %.6g is above %.6g\n", what, value, bound);
  _fail(file, line);
}
#define assert_below(value, bound) test_below((value), (bound), #value, __FILE__, __LINE__)

/* The call must return ST_OK; prints message and trace when it does not. */
static inline void test_ok(status st, const char *what, const char *file, int line) {
  if (st == ST_OK) return;
  print_error("%s returned %d: %s (%s)\n", what, st, err_message(), err_where());
  _fail(file, line);
}
#define assert_ok(call) test_ok((call), #call, __FILE__, __LINE__)

#endif
