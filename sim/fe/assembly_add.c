/* The loops of an assembly; compiled for double and, through assembly_add_f.c, for float. */
#include <omp.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/assembly_parts.h"
#include "sim/fe/kernel_real.h"

enum { VEC = CELL_DOF * NB };

/* Eight numbers, wherever they are. */
typedef real eight __attribute__((vector_size(8 * sizeof(real)), aligned(sizeof(real)), may_alias));

KERNEL_INLINE void swap_blocks(eight *a, eight *b) {
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
  for (int i = 0; i < 4; i++) swap_blocks(m + i, m + i + 4);
  for (int i = 0; i < 8; i++)
    if (!(i & 2)) swap_pairs(m + i, m + i + 2);
  for (int i = 0; i < 8; i += 2) swap_ones(m + i, m + i + 1);
}

/* Row of a batch's values that is number i of run r, on a mesh in columns. */
KERNEL_INLINE int row(int r, int i) {
  return 3 * (r + 9 * (i / 3)) + i % 3;
}

/* x [81][NB] from the nodes. */
static void gather_columns(const int32_t *node, const real *from, real *restrict x) {
  for (int r = 0; r < 9; r++)
    for (int l = 0; l < NB; l += 8) {
      eight m[8];
      for (int k = 0; k < 8; k++) {
        const real *run = from + 3 * (size_t)node[r * NB + l + k];
        m[k] = *(const eight *)run;
        x[row(r, 8) * NB + l + k] = run[8];
      }
      transpose(m);
      for (int i = 0; i < 8; i++) *(eight *)(x + row(r, i) * NB + l) = m[i];
    }
}

/* sum += r [81][NB], lanes that count. */
static void scatter_columns(const int32_t *place, uint32_t active, const real *x, real *sum) {
  for (int r = 0; r < 9; r++)
    for (int l = 0; l < NB; l += 8) {
      eight m[8];
      for (int i = 0; i < 8; i++) m[i] = *(const eight *)(x + row(r, i) * NB + l);
      transpose(m);
      for (int k = 0; k < 8; k++) {
        if (!(active >> (l + k) & 1)) continue;
        real *run = sum + place[r * NB + l + k];
        *(eight *)run += m[k];
        run[8] += x[row(r, 8) * NB + l + k];
      }
    }
}

static void gather_nodes(const int32_t *node, const real *from, real *restrict x) {
  for (int r = 0; r < CELL_NODES; r++)
    for (int l = 0; l < NB; l++)
      for (int i = 0; i < 3; i++) x[(3 * r + i) * NB + l] = from[3 * (size_t)node[r * NB + l] + (size_t)i];
}
static void scatter_nodes(const int32_t *place, uint32_t active, const real *x, real *sum) {
  for (int r = 0; r < CELL_NODES; r++)
    for (int l = 0; l < NB; l++)
      for (int i = 0; i < 3 && (active >> l & 1); i++) sum[place[r * NB + l] + i] += x[(3 * r + i) * NB + l];
}

void REAL_NAME(assembly_add)(assembly *a, void (*make)(void *ctx, int batch, const real *x, real *r), void *ctx,
                             const real *from, real *out) {
  int stand = a->run == 3;
  size_t post = 3 * (size_t)a->height;
  real *border = (real *)a->border_sum;
#pragma omp parallel for schedule(dynamic)
  for (int c = 0; c < a->nchunk; c++) {
    ALIGNED real x[VEC], r[VEC];
    real *sum = (real *)(a->sum + a->nsum * (size_t)omp_get_thread_num());
    memset(sum, 0, (size_t)(a->first[c + 1] - a->first[c]) * post * sizeof *sum);
    for (int b = a->batch[c]; b < a->batch[c + 1]; b++) {
      size_t table = (size_t)(a->table[b] * a->nrun * NB), up = 3 * (size_t)a->sheet[b];
      (stand ? gather_columns : gather_nodes)(a->node + table, from + up, x);
      make(ctx, b, x, r);
      (stand ? scatter_columns : scatter_nodes)(a->place + table, a->s->active[b], r, sum + up);
    }
    for (int i = a->first[c]; i < a->first[c + 1]; i++, sum += post) {
      if (a->slot[i] < 0)
        for (size_t k = 0; k < post; k++) out[3 * (size_t)a->post[i] + k] += sum[k];
      else
        memcpy(border + (size_t)a->slot[i] * post, sum, post * sizeof *sum);
    }
  }
#pragma omp parallel for schedule(static) if ((size_t)a->nborder * post > PAR_LEAST)
  for (int b = 0; b < a->nborder; b++)
    for (int i = a->border_first[b]; i < a->border_first[b + 1]; i++)
      for (size_t k = 0; k < post; k++)
        out[3 * (size_t)a->border[b] + k] += border[(size_t)a->border_slot[i] * post + k];
}
