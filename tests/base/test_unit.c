#include "tests/test.h"
#include <locale.h>
#include "sim/base/unit.h"

static int setup(void **unused) {
  (void)unused;
  return unit_setup();
}
static int teardown(void **unused) {
  (void)unused;
  unit_teardown();
  return 0;
}

typedef struct good {
  const char *text, *want;
  double value;
} good;

/* Two roundings: the product of the decimal number and the factor of the unit. 4 covers factors that are quotients. */
static void check_good(const good *cases, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double v = NAN;
    unit_result r = unit_read(cases[i].text, cases[i].want, &v);
    if (r != UNIT_OK) print_error("%s as %s\n", cases[i].text, cases[i].want);
    assert_int_equal(r, UNIT_OK);
    assert_close(v, cases[i].value, test_round(4) * fabs(cases[i].value));
  }
}

static void quantities_become_the_unit_asked_for(void **unused) {
  (void)unused;
  static const good cases[] = {
      {"30 N", "N", 30},
      {"4.5 kPa", "Pa", 4500},
      {"60 mmHg", "Pa", 60 * 133.322387415}, /* UDUNITS: 1 mm of mercury of 13595.1 kg/m^3 at standard gravity */
      {"80 mm/s", "m/s", 0.08},
      {"8 cm/s", "m/s", 0.08},
      {"3 ml/min/(100 g)", "ml/min/(100 g)", 3},
      {"3 ml/(min 100 g)", "ml/min/(100 g)", 3},
      {"30 deg", "rad", 30 * 3.14159265358979323846 / 180},
      {"30 deg", "deg", 30},
      {"0.5 rad", "deg", 0.5 * 180 / 3.14159265358979323846},
      {"90 deg/s", "rad/s", 3.14159265358979323846 / 2},
      {"2 Hz", "1/s", 2},
      {"2 1/s", "Hz", 2},
      {"0.2 W/(m K)", "W/(m K)", 0.2},
      {"1.06 g/cm3", "kg/m3", 1060},
      {"12 \xc2\xb5m", "m", 12e-6},
      {"12 um", "m", 12e-6},
      {"1 min", "s", 60},
      {"30N", "N", 30},
      {"-2e1 mm", "m", -0.02},
      {"+.5 m", "m", 0.5},
      {"5. m", "m", 5},
      {"  7   mm  ", "m", 0.007},
      {"010 m", "m", 10}, /* not octal */
  };
  check_good(cases, sizeof cases / sizeof *cases);
}

static void plain_numbers_are_read_where_no_unit_is_due(void **unused) {
  (void)unused;
  static const good cases[] = {{"2.5", NULL, 2.5}, {"2.5", "1", 2.5}, {"-1e-3", NULL, -1e-3}, {"7", "1", 7}};
  check_good(cases, sizeof cases / sizeof *cases);
}

static void a_temperature_and_a_difference_of_temperatures_are_different_things(void **unused) {
  (void)unused;
  static const good cases[] = {{"37 degC", "degC", 37}, {"310.15 K", "degC", 37}, {"2 K", "K", 2}};
  double v;
  check_good(cases, 1);
  /* 310.15 - 273.15 loses two digits to cancellation: eps * 310 / 37 */
  assert_int_equal(unit_read(cases[1].text, cases[1].want, &v), UNIT_OK);
  assert_close(v, 37, test_round(2) * 310);
  check_good(cases + 2, 1);
  assert_int_equal(unit_read("2 degC", "K", &v), UNIT_WRONG_DIMENSION);
  assert_int_equal(unit_read("37", "degC", &v), UNIT_MISSING);
}

typedef struct bad {
  const char *text, *want;
  unit_result result;
} bad;

static void every_other_text_is_refused_for_its_own_reason(void **unused) {
  (void)unused;
  static const bad cases[] = {
      {"", "m", UNIT_NOT_NUMBER},
      {"fast", "m/s", UNIT_NOT_NUMBER},
      {"mm", "m", UNIT_NOT_NUMBER},
      {"2,0 mm", "m", UNIT_NOT_NUMBER},
      {"2,0", NULL, UNIT_NOT_NUMBER},
      {"1_000 mm", "m", UNIT_NOT_NUMBER},
      {"1_000", NULL, UNIT_NOT_NUMBER},
      {"1 000 mm", "m", UNIT_NOT_NUMBER},
      {"1 000", NULL, UNIT_NOT_NUMBER},
      {"0x10", NULL, UNIT_NOT_NUMBER},
      {"0x10 m", "m", UNIT_NOT_NUMBER},
      {"1e", NULL, UNIT_NOT_NUMBER},
      {"--2", NULL, UNIT_NOT_NUMBER},
      {"1.2.3", NULL, UNIT_NOT_NUMBER},
      {"nan", NULL, UNIT_NOT_FINITE},
      {".nan", NULL, UNIT_NOT_FINITE},
      {"-inf", NULL, UNIT_NOT_FINITE},
      {".inf N", "N", UNIT_NOT_FINITE},
      {"1e999", NULL, UNIT_NOT_FINITE},
      {"1e999 N", "N", UNIT_NOT_FINITE},
      {"1e308 km", "m", UNIT_NOT_FINITE},
      {"80", "m/s", UNIT_MISSING},
      {"0", "m", UNIT_MISSING},
      {"30 newtonz", "N", UNIT_UNKNOWN},
      {"30 n", "N", UNIT_UNKNOWN},
      {"30 N @ 5", "N", UNIT_UNKNOWN},
      {"30 s since 2000-01-01", "s", UNIT_UNKNOWN},
      {"30 m 3", "m", UNIT_UNKNOWN},
      {"30 N", "m/s", UNIT_WRONG_DIMENSION},
      {"30 mm", "mm/s", UNIT_WRONG_DIMENSION},
      {"30 rad/s", "Hz", UNIT_WRONG_DIMENSION}, /* 2 pi is not 1 */
      {"30 %", "deg", UNIT_WRONG_DIMENSION},
      {"50 1/kPa", "Pa", UNIT_WRONG_DIMENSION}, /* UDUNITS would take the reciprocal of the value */
      {"0.2 1/N", "N", UNIT_WRONG_DIMENSION},
      {"2 Hz", "s", UNIT_WRONG_DIMENSION},
      {"0.5 s", "Hz", UNIT_WRONG_DIMENSION},
      {"0.01 s/mm", "m/s", UNIT_WRONG_DIMENSION},
      {"2 1/K", "K", UNIT_WRONG_DIMENSION},
      {"2 1/K", "degC", UNIT_WRONG_DIMENSION},
      {"3 (100 g) min/ml", "ml/min/(100 g)", UNIT_WRONG_DIMENSION},
      {"3 ml/min/100g", "ml/min/(100 g)", UNIT_UNKNOWN}, /* UDUNITS would read (ml/min/100) g */
      {"5 mm", NULL, UNIT_NOT_DUE},
      {"5 %", "1", UNIT_NOT_DUE},
      {"5 deg", "1", UNIT_NOT_DUE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double v = 42;
    unit_result r = unit_read(cases[i].text, cases[i].want, &v);
    if (r != cases[i].result) print_error("'%s' as %s: %d\n", cases[i].text, cases[i].want ? cases[i].want : "-", r);
    assert_int_equal(r, cases[i].result);
    assert_true(v == 42); /* a refused text changes nothing */
  }
}

static void a_very_long_text_is_refused(void **unused) {
  (void)unused;
  char text[10000];
  memset(text, '1', sizeof text);
  text[sizeof text - 1] = 0;
  double v;
  assert_int_equal(unit_read(text, NULL, &v), UNIT_NOT_NUMBER);
}

static void the_locale_of_the_user_changes_nothing(void **unused) {
  (void)unused;
  static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_AT.UTF-8", "es_ES.UTF-8"};
  const char *set = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !set; i++) set = setlocale(LC_NUMERIC, names[i]);
  if (!set) skip(); /* this machine has no locale with a decimal comma */
  double v;
  unit_result r = unit_read("2.5 kPa", "Pa", &v);
  setlocale(LC_NUMERIC, "C");
  assert_int_equal(r, UNIT_OK);
  assert_true(v == 2500);
}

static void every_example_reads_as_the_unit_it_is_an_example_for(void **unused) {
  (void)unused;
  static const char *const units[] = {"m",        "m2",       "s",     "m/s",  "Hz",    "1/s",     "kg",
                                      "kg/m3",    "N",        "N/m",   "Pa",   "1/Pa",  "Pa s",    "rad",
                                      "deg",      "rad/s",    "K",     "degC", "m3",    "N m",     "ml/min/(100 g)",
                                      "A",        "W/m2",     "m/s^2", "W/m3", "N s/m", "W/(m K)", "W/(m2 K)",
                                      "J/(kg K)", "m2/(Pa s)"};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    const char *dimension, *example;
    double v;
    unit_example(units[i], &dimension, &example);
    assert_true(strlen(dimension) > 1);
    if (unit_read(example, units[i], &v) != UNIT_OK) print_error("%s: %s\n", units[i], example);
    assert_int_equal(unit_read(example, units[i], &v), UNIT_OK);
  }
  const char *dimension, *example;
  unit_example("m/s", &dimension, &example);
  assert_string_equal(dimension, "a speed");
  assert_string_equal(example, "80 mm/s");
  static const char *const inverse[][3] = {
      {"Hz", "a frequency", "2 Hz"}, {"1/s", "a frequency", "2 Hz"}, {"1/Pa", "a compressibility", "0.01 1/kPa"}};
  for (size_t i = 0; i < sizeof inverse / sizeof *inverse; i++) { /* not those of s and Pa */
    unit_example(inverse[i][0], &dimension, &example);
    assert_string_equal(dimension, inverse[i][1]);
    assert_string_equal(example, inverse[i][2]);
  }
  unit_example(NULL, &dimension, &example);
  assert_string_equal(dimension, "a plain number");
}

static void setup_may_be_called_twice(void **unused) {
  (void)unused;
  assert_ok(unit_setup());
  assert_ok(unit_setup());
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quantities_become_the_unit_asked_for),
      cmocka_unit_test(plain_numbers_are_read_where_no_unit_is_due),
      cmocka_unit_test(a_temperature_and_a_difference_of_temperatures_are_different_things),
      cmocka_unit_test(every_other_text_is_refused_for_its_own_reason),
      cmocka_unit_test(a_very_long_text_is_refused),
      cmocka_unit_test(the_locale_of_the_user_changes_nothing),
      cmocka_unit_test(every_example_reads_as_the_unit_it_is_an_example_for),
      cmocka_unit_test(setup_may_be_called_twice),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
