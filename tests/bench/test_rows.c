/* What is made of the numbers of several rows. */
#include "bench/bench.h"
#include "tests/test.h"

static void a_geometric_series_has_its_limit(void **unused) {
  (void)unused;
  const double value[4] = {7, -20 - 0.9, -20 - 0.9 * 0.6, -20 - 0.9 * 0.36};
  /* The limit is a quotient of differences: 20 over the smallest, 0.14, roundings more. */
  assert_close(bench_limit(4, value), -20, test_round(20 * 20 / 0.14));
  assert_close(bench_limit(4, value), bench_limit(3, value + 1), 0); /* of the last three only */
}

static void what_is_near_the_limit_stays_near_it(void **unused) {
  (void)unused;
  const double value[5] = {-20.1, -21, -20.3, -20.1, -20.05};
  assert_int_equal(bench_within(5, value, -20, 0.01), 3); /* not the first, for the second is farther away */
  assert_int_equal(bench_within(5, value, -20, 0.05), 0);
  assert_int_equal(bench_within(5, value, -20, 0.001), 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_geometric_series_has_its_limit),
      cmocka_unit_test(what_is_near_the_limit_stays_near_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
