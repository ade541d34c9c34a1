/* kernel_gather.c once more, in single precision. */
#define KNEAD_FLOAT 1
#include "sim/fe/kernel_gather.c"
