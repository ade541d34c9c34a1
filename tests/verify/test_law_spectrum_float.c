/* The principal stretches in single precision, as the preconditioner's laws take them. */
#define KNEAD_FLOAT
#include "tests/verify/test_law_spectrum.c"
