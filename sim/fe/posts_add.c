/* What is added at posts; compiled for double and, through posts_add_f.c, for float. */
#include <assert.h>
#include <omp.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/kernel_real.h"
#include "sim/fe/posts.h"

real *REAL_NAME(posts_begin)(const posts *p, int chunk) {
  assert(omp_get_thread_num() < p->nthread);
  real *sum = (real *)(p->sum + p->nsum * (size_t)omp_get_thread_num());
  memset(sum, 0, (size_t)(p->first[chunk + 1] - p->first[chunk]) * (size_t)p->size * sizeof *sum);
  return sum;
}

void REAL_NAME(posts_end)(const posts *p, int chunk, const real *sum, int set, real *out) {
  size_t size = (size_t)p->size;
  real *border = (real *)p->border_sum;
  for (int i = p->first[chunk]; i < p->first[chunk + 1]; i++, sum += size) {
    real *to = p->slot[i] < 0 ? out + (size_t)p->post[i] * size : border + (size_t)p->slot[i] * size;
    if (set || p->slot[i] >= 0)
      memcpy(to, sum, size * sizeof *sum);
    else
      for (size_t k = 0; k < size; k++) to[k] += sum[k];
  }
}

void REAL_NAME(posts_border)(const posts *p, int set, real *out) {
  size_t size = (size_t)p->size;
  const real *border = (const real *)p->border_sum;
#pragma omp parallel for schedule(static) if ((size_t)p->nborder * size > PAR_LEAST)
  for (int b = 0; b < p->nborder; b++) {
    real *to = out + (size_t)p->border[b] * size;
    for (int i = p->border_first[b]; i < p->border_first[b + 1]; i++) {
      const real *from = border + (size_t)p->border_slot[i] * size;
      if (set && i == p->border_first[b])
        memcpy(to, from, size * sizeof *to);
      else
        for (size_t k = 0; k < size; k++) to[k] += from[k];
    }
  }
}

/* Eight numbers, wherever they are. */
typedef real eight __attribute__((vector_size(8 * sizeof(real)), aligned(sizeof(real)), may_alias));

KERNEL_INLINE void swap_fours(eight *a, eight *b) {
  eight x = *a, y = *b;
  *a = __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11);
  *b = __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15);
}
KERNEL_INLINE void swap_pairs(eight *a, eight *b) {
  eight x = *a, y = *b;
  *a = __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13);
  *b = __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15);
}
KERNEL_INLINE void swap_ones(eight *a, eight *b) {
  eight x = *a, y = *b;
  *a = __builtin_shufflevector(x, y, 0, 8, 2, 10, 4, 12, 6, 14);
  *b = __builtin_shufflevector(x, y, 1, 9, 3, 11, 5, 13, 7, 15);
}
KERNEL_INLINE void transpose(eight m[8]) {
  for (int i = 0; i < 4; i++) swap_fours(m + i, m + i + 4);
  for (int i = 0; i < 8; i++)
    if (!(i & 2)) swap_pairs(m + i, m + i + 2);
  for (int i = 0; i < 8; i += 2) swap_ones(m + i, m + i + 1);
}

/* Number i of a run is in this row of a batch. */
KERNEL_INLINE int row(int i) {
  return 27 * (i / 3) + i % 3;
}

KERNEL_INLINE void take(const int32_t *at, int n, const real *from, real *x) {
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    eight m[8];
    for (int k = 0; k < 8; k++) m[k] = at[k] < 0 ? (eight){0} : *(const eight *)(from + at[k] + i);
    transpose(m);
    for (int k = 0; k < 8; k++) *(eight *)(x + row(i + k) * NB) = m[k];
  }
  for (; i < n; i++)
    for (int k = 0; k < 8; k++) x[row(i) * NB + k] = at[k] < 0 ? 0 : from[at[k] + i];
}

KERNEL_INLINE void give(const int32_t *at, int n, const real *x, real *sum) {
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    eight m[8];
    for (int k = 0; k < 8; k++) m[k] = *(const eight *)(x + row(i + k) * NB);
    transpose(m);
    for (int k = 0; k < 8; k++)
      if (at[k] >= 0) *(eight *)(sum + at[k] + i) += m[k];
  }
  for (; i < n; i++)
    for (int k = 0; k < 8; k++)
      if (at[k] >= 0) sum[at[k] + i] += x[row(i) * NB + k];
}

/* Runs of three nodes are the common case. */
void REAL_NAME(posts_take)(const int32_t *first, int n, const real *from, real *x) {
  for (int i = 0; i < 9 * NB; i += 8) {
    real *to = x + 3 * (i / NB) * NB + i % NB;
    if (n == 3)
      take(first + i, 9, from, to);
    else
      take(first + i, 3 * n, from, to);
  }
}
void REAL_NAME(posts_give)(const int32_t *place, int n, const real *x, real *sum) {
  for (int i = 0; i < 9 * NB; i += 8) {
    const real *to = x + 3 * (i / NB) * NB + i % NB;
    if (n == 3)
      give(place + i, 9, to, sum);
    else
      give(place + i, 3 * n, to, sum);
  }
}
