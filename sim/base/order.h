/* Orders for qsort and bsearch. */
#ifndef KNEAD_ORDER_H
#define KNEAD_ORDER_H
#include <stdint.h>

/* Of int32_t, increasing. */
static inline int order_int32(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

#endif
