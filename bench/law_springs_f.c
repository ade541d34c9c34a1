/* law_springs.c once more, in single precision. */
#define KNEAD_FLOAT 1
#include "bench/law_springs.c"
