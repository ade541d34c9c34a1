#include "sim/base/unit.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <udunits2.h>

enum { TEXT_MAX = 256 }; /* a value with its unit is never longer */

static ut_system *database;
static ut_unit *radian;
static locale_t c_locale;

status unit_setup(void) {
  if (database) return ST_OK;
  ut_set_error_message_handler(ut_ignore); /* the caller words its own messages */
  database = ut_read_xml(NULL);
  if (!database) FAIL(ST_INTERNAL, "cannot read the UDUNITS-2 units database (Debian: libudunits2-data)");
  c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  radian = ut_get_unit_by_name(database, "radian");
  ut_unit *degree = ut_get_unit_by_name(database, "degree");
  int mapped = degree && ut_map_name_to_unit("deg", UT_ASCII, degree) == UT_SUCCESS;
  ut_free(degree);
  if (!mapped || !radian || !c_locale) {
    unit_teardown();
    FAIL(ST_INTERNAL, "the UDUNITS-2 units database lacks degree or radian");
  }
  return ST_OK;
}

void unit_teardown(void) {
  ut_free(radian);
  ut_free_system(database);
  if (c_locale) freelocale(c_locale);
  radian = NULL;
  database = NULL;
  c_locale = (locale_t)0;
}

/* ------------------------------------------------------------------------------------------------ numbers in text */

/* Length of a decimal number at the start of text, 0 when there is none: no hexadecimal, no nan, no "1_000". */
static size_t number_length(const char *text) {
  const char *p = text;
  if (*p == '+' || *p == '-') p++;
  size_t before = strspn(p, "0123456789"), after = 0;
  p += before;
  if (*p == '.') {
    after = strspn(p + 1, "0123456789");
    p += 1 + after;
  }
  if (before + after == 0) return 0;
  if (*p == 'e' || *p == 'E') {
    const char *q = p + 1;
    if (*q == '+' || *q == '-') q++;
    size_t digits = strspn(q, "0123456789");
    if (digits) p = q + digits; /* "3 eV", "3eV": the e belongs to the unit */
  }
  return (size_t)(p - text);
}

static int names_no_finite_number(const char *text) {
  if (*text == '+' || *text == '-' || *text == '.') text++; /* YAML writes .nan and .inf */
  if (*text == '.') text++;
  return strncasecmp(text, "nan", 3) == 0 || strncasecmp(text, "inf", 3) == 0;
}

/* ---------------------------------------------------------------------------------------------------- units in text */

/* UDUNITS reads more than we want to let in: "m 3" is three metres, "K @ 5" and "s since 2000" move the origin, "lg(re
   1 mW)" is a logarithm. A factor is fine inside parentheses, as in ml/min/(100 g), and in a leading "1/". */
static int is_plain_unit(const char *text) {
  int depth = 0;
  const char *p = strncmp(text, "1/", 2) == 0 ? text + 2 : text;
  for (; *p; p++) {
    unsigned char c = (unsigned char)*p;
    if (c == '(') depth++;
    if (c == ')') depth--;
    if (!isalnum(c) && c < 0x80 && !strchr(" ()*/.^-+%_", c)) return 0;
    if (isdigit(c) && depth == 0 && (p == text || strchr(" */.", p[-1]))) return 0;
  }
  static const char *const shifting[] = {"since", "from", "after", "ref", "re", "lg", "ln", "lb"};
  for (p = text; *p;) {
    size_t word = 0;
    while (isalpha((unsigned char)p[word])) word++;
    for (size_t i = 0; word && i < sizeof shifting / sizeof *shifting; i++)
      if (strlen(shifting[i]) == word && strncasecmp(p, shifting[i], word) == 0) return 0;
    p += word ? word : 1;
  }
  return 1;
}

static ut_unit *parse(const char *text) {
  return *text ? ut_parse(database, text, UT_UTF8) : NULL;
}

/* Power of the radian in a unit. UDUNITS converts 1 rad/s to 1 Hz and 30 % to an angle; for us these are mistakes. */
static ut_status basic_power(const ut_unit *u, void *power) {
  *(int *)power = ut_compare(u, radian) == 0;
  return UT_SUCCESS;
}
static ut_status product_power(const ut_unit *u, int n, const ut_unit *const *basic, const int *powers, void *power) {
  (void)u;
  for (int i = 0; i < n; i++)
    if (ut_compare(basic[i], radian) == 0) *(int *)power = powers[i];
  return UT_SUCCESS;
}
static ut_status galilean_power(const ut_unit *u, double scale, const ut_unit *inner, double offset, void *power);
static ut_status timestamp_power(const ut_unit *u, const ut_unit *time, double origin, void *power) {
  (void)u, (void)time, (void)origin, (void)power;
  return UT_SUCCESS;
}
static ut_status log_power(const ut_unit *u, double base, const ut_unit *reference, void *power) {
  (void)u, (void)base, (void)reference, (void)power;
  return UT_SUCCESS;
}
static const ut_visitor power_visitor = {basic_power, product_power, galilean_power, timestamp_power, log_power};
static ut_status galilean_power(const ut_unit *u, double scale, const ut_unit *inner, double offset, void *power) {
  (void)u, (void)scale, (void)offset;
  return ut_accept_visitor(inner, &power_visitor, power);
}
static int radian_power(const ut_unit *u) {
  int power = 0;
  ut_accept_visitor(u, &power_visitor, &power);
  return power;
}

/* UDUNITS converts a unit to its reciprocal, too: 1/kPa to Pa, Hz to s. For us these are mistakes, so that the quotient
   of the two must be a number. */
static int same_dimension(const ut_unit *a, const ut_unit *b) {
  if (!ut_are_convertible(a, b) || radian_power(a) != radian_power(b)) return 0;
  ut_unit *quotient = ut_divide(a, b);
  int same = quotient && ut_is_dimensionless(quotient);
  ut_free(quotient);
  return same;
}

/* Degrees Celsius and Fahrenheit: zero is not where zero kelvin is. */
static int is_shifted(const ut_unit *u) {
  ut_unit *kelvin = ut_get_unit_by_name(database, "kelvin");
  cv_converter *to = kelvin && same_dimension(u, kelvin) ? ut_get_converter((ut_unit *)u, kelvin) : NULL;
  int shifted = to && cv_convert_double(to, 0) != 0;
  cv_free(to);
  ut_free(kelvin);
  return shifted;
}

/* Where a difference of temperatures is wanted ("K"), 2 degC is refused rather than guessed at. */
static unit_result convert(double number, ut_unit *given, ut_unit *want, double *value) {
  if (!same_dimension(given, want)) return UNIT_WRONG_DIMENSION;
  if (is_shifted(given) && !is_shifted(want)) return UNIT_WRONG_DIMENSION;
  if (ut_compare(given, want) == 0) {
    *value = number; /* the same bits, so that what we write reads back as it was */
    return UNIT_OK;
  }
  cv_converter *to = ut_get_converter(given, want);
  if (!to) return UNIT_WRONG_DIMENSION;
  double converted = cv_convert_double(to, number);
  cv_free(to);
  if (!isfinite(converted)) return UNIT_NOT_FINITE;
  *value = converted;
  return UNIT_OK;
}

static unit_result read_unit(double number, const char *unit, const char *want, double *value) {
  int plain = !want || strcmp(want, "1") == 0;
  if (!*unit) {
    if (!plain) return UNIT_MISSING;
    *value = number;
    return UNIT_OK;
  }
  ut_unit *given = is_plain_unit(unit) ? parse(unit) : NULL;
  if (plain) { /* "5 mm" has a unit too many; "2,0" and "1_000" are not numbers */
    ut_free(given);
    return given ? UNIT_NOT_DUE : UNIT_NOT_NUMBER;
  }
  if (!given) return strspn(unit, "0123456789.,_+-") ? UNIT_NOT_NUMBER : UNIT_UNKNOWN;
  ut_unit *wanted = parse(want);
  unit_result result = wanted ? convert(number, given, wanted, value) : UNIT_UNKNOWN;
  ut_free(wanted);
  ut_free(given);
  return result;
}

unit_result unit_read(const char *text, const char *want, double *value) {
  char buffer[TEXT_MAX];
  while (*text == ' ' || *text == '\t') text++;
  size_t length = strlen(text);
  while (length && (text[length - 1] == ' ' || text[length - 1] == '\t')) length--;
  if (length >= sizeof buffer || !database) return UNIT_NOT_NUMBER;
  memcpy(buffer, text, length);
  buffer[length] = 0;

  size_t digits = number_length(buffer);
  if (!digits) return names_no_finite_number(buffer) ? UNIT_NOT_FINITE : UNIT_NOT_NUMBER;
  char *end;
  double number = strtod_l(buffer, &end, c_locale);
  if (end != buffer + digits) return UNIT_NOT_NUMBER; /* strtod knows 0x10, our numbers do not */
  if (!isfinite(number)) return UNIT_NOT_FINITE;
  if (*end == '_') return UNIT_NOT_NUMBER;
  if ((*end == 'e' || *end == 'E') && !isalpha((unsigned char)end[1])) return UNIT_NOT_NUMBER; /* "1e": half a number */
  while (*end == ' ' || *end == '\t') end++;
  return read_unit(number, end, want, value);
}

/* ------------------------------------------------------------------------------------------------------- examples */

static const struct {
  const char *unit, *dimension, *example;
} examples[] = {
    {"m", "a length", "20 mm"},
    {"m2", "an area", "12 cm^2"},
    {"m3", "a volume", "5 ml"},
    {"s", "a time", "2 s"},
    {"m/s", "a speed", "80 mm/s"},
    {"m/s2", "an acceleration", "9.8 m/s^2"},
    {"Hz", "a frequency", "2 Hz"},
    {"kg", "a mass", "80 g"},
    {"kg/m3", "a density", "1060 kg/m^3"},
    {"N", "a force", "30 N"},
    {"N m", "a torque or energy", "2 N m"},
    {"N/m", "a spring stiffness", "500 N/m"},
    {"N s/m", "a damping", "20 N s/m"},
    {"Pa", "a pressure or stiffness", "4.5 kPa"},
    {"1/Pa", "a compressibility", "0.01 1/kPa"},
    {"Pa s", "a viscosity", "2 Pa s"},
    {"rad", "an angle", "30 deg"},
    {"rad/s", "an angular speed", "90 deg/s"},
    {"K", "a temperature difference", "2 K"},
    {"degC", "a temperature", "37 degC"},
    {"W/(m K)", "a heat conductivity", "0.5 W/(m K)"},
    {"J/(kg K)", "a heat capacity", "3500 J/(kg K)"},
    {"W/m2", "a heat flux", "50 W/m^2"},
    {"W/m3", "a heat source", "500 W/m^3"},
    {"W/(m2 K)", "a heat transfer coefficient", "8 W/(m^2 K)"},
    {"ml/min/(100 g)", "a blood flow per tissue mass", "3 ml/min/(100 g)"},
    {"m2/(Pa s)", "a hydraulic conductivity", "1e-12 m^2/(Pa s)"},
};

void unit_example(const char *want, const char **dimension_name, const char **example) {
  static _Thread_local char name_buffer[96], example_buffer[96];
  if (!want || strcmp(want, "1") == 0) {
    *dimension_name = "a plain number";
    *example = "2.5";
    return;
  }
  snprintf(name_buffer, sizeof name_buffer, "a quantity in %s", want);
  snprintf(example_buffer, sizeof example_buffer, "1 %s", want);
  *dimension_name = name_buffer;
  *example = example_buffer;
  ut_unit *wanted = database ? parse(want) : NULL;
  if (!wanted) return;
  for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
    ut_unit *known = parse(examples[i].unit);
    int same = known && same_dimension(known, wanted) && is_shifted(known) == is_shifted(wanted);
    ut_free(known);
    if (!same) continue;
    *dimension_name = examples[i].dimension;
    *example = examples[i].example;
    break;
  }
  ut_free(wanted);
}
