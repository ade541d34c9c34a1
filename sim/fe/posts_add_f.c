/* posts_add.c once more, in single precision. */
#define KNEAD_FLOAT 1
#include "sim/fe/posts_add.c"
