#include "tests/test.h"

static status inner(void) {
  FAIL(ST_INPUT, "mu = %g Pa is outside [%d, 10]", -3.0, 1);
}
static status middle(void) {
  TRY(inner());
  return ST_OK;
}
static status releasing(int *released) {
  status st = ST_OK;
  TRY_OR(done, middle());
done:
  *released = 1;
  return st;
}

static void a_failure_keeps_its_message_and_its_code(void **unused) {
  (void)unused;
  assert_int_equal(inner(), ST_INPUT);
  assert_string_equal(err_message(), "mu = -3 Pa is outside [1, 10]");
}

static void try_adds_a_line_of_trace_on_the_way_out(void **unused) {
  (void)unused;
  assert_int_equal(middle(), ST_INPUT);
  const char *arrow = strstr(err_where(), " < ");
  assert_non_null(arrow);
  assert_null(strstr(arrow + 1, " < "));
  assert_non_null(strstr(arrow, "base/test_err.c:"));
}

static void a_trace_names_no_machine_path(void **unused) {
  (void)unused;
  assert_int_equal(err_set(ST_SOLVE, "/somewhere/deep/sim/solve/newton.c", 7, "x"), ST_SOLVE);
  assert_string_equal(err_where(), "solve/newton.c:7");
}

static void a_new_failure_replaces_the_old_trace(void **unused) {
  (void)unused;
  assert_int_equal(middle(), ST_INPUT);
  assert_int_equal(inner(), ST_INPUT);
  assert_null(strstr(err_where(), "<"));
}

static void a_message_may_quote_the_message_before(void **unused) {
  (void)unused;
  assert_int_equal(err_set(ST_SOLVE, "a.c", 1, "first"), ST_SOLVE);
  assert_int_equal(err_set(ST_OUTPUT, "a.c", 2, "second, after %s", err_message()), ST_OUTPUT);
  assert_string_equal(err_message(), "second, after first");
}

static void try_or_leaves_through_the_label(void **unused) {
  (void)unused;
  int released = 0;
  assert_int_equal(releasing(&released), ST_INPUT);
  assert_int_equal(released, 1);
}

static void a_long_message_and_a_long_trace_are_cut_not_overrun(void **unused) {
  (void)unused;
  char text[5000];
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = 0;
  assert_int_equal(err_set(ST_NO, "a.c", 1, "%s", text), ST_NO);
  assert_true(strlen(err_message()) > 100 && strlen(err_message()) < sizeof text);
  for (int i = 0; i < 1000; i++) assert_int_equal(err_trace(ST_NO, "a.c", i), ST_NO);
  assert_true(strlen(err_where()) < 5000);
  err_clear();
  assert_string_equal(err_message(), "");
  assert_string_equal(err_where(), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_failure_keeps_its_message_and_its_code),
      cmocka_unit_test(try_adds_a_line_of_trace_on_the_way_out),
      cmocka_unit_test(a_trace_names_no_machine_path),
      cmocka_unit_test(a_new_failure_replaces_the_old_trace),
      cmocka_unit_test(a_message_may_quote_the_message_before),
      cmocka_unit_test(try_or_leaves_through_the_label),
      cmocka_unit_test(a_long_message_and_a_long_trace_are_cut_not_overrun),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
