/* Units in text, by UDUNITS-2; its header is included by unit.c alone. Everything inside the program is SI. */
#ifndef KNEAD_UNIT_H
#define KNEAD_UNIT_H
#include <stddef.h>
#include "sim/base/err.h"

typedef enum unit_result {
  UNIT_OK = 0,
  UNIT_NOT_NUMBER,      /* text does not start with a finite number, or rubbish follows a dimensionless one */
  UNIT_NOT_FINITE,      /* nan, inf, or 1e999 */
  UNIT_MISSING,         /* a bare number where a unit is due */
  UNIT_UNKNOWN,         /* UDUNITS does not know the unit */
  UNIT_WRONG_DIMENSION, /* known, but not convertible to what is expected */
  UNIT_NOT_DUE          /* a unit where a plain number is expected */
} unit_result;

status unit_setup(void) MUST_CHECK; /* reads the units database once; knead's aliases (deg) are added here */
void unit_teardown(void);

/* Reads "4.5 kPa" as a value in the unit `want` (UDUNITS text such as "Pa", "m/s"; NULL or "1" means plain number).
   Numbers are read in the C locale, to the end of the token. `want` is "degC"-like only for absolute temperatures; "K"
   is a difference, for which "2 degC" is refused. An angle converts to no plain number, rad/s not to Hz, and nothing to
   its reciprocal. */
unit_result unit_read(const char *text, const char *want, double *value);

/* An example for a message: dimension_name "a speed", example "80 mm/s" for "m/s". Falls back to the unit itself. */
void unit_example(const char *want, const char **dimension_name, const char **example);

#endif
