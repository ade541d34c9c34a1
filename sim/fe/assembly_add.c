/* The loop of an assembly; compiled for double and, through assembly_add_f.c, for float. */
#include "sim/base/par.h"
#include "sim/fe/assembly_parts.h"
#include "sim/fe/kernel_real.h"

/* Without columns, node by node. */
static void take_nodes(const int32_t *first, const real *from, real *x) {
  for (int i = 0; i < CELL_NODES * NB; i++)
    for (int c = 0; c < 3; c++) x[(3 * (i / NB) + c) * NB + i % NB] = from[first[i] + c];
}
static void give_nodes(const int32_t *place, const real *x, real *sum) {
  for (int i = 0; i < CELL_NODES * NB; i++)
    for (int c = 0; c < 3 && place[i] >= 0; c++) sum[place[i] + c] += x[(3 * (i / NB) + c) * NB + i % NB];
}

void REAL_NAME(assembly_add)(assembly *a, void (*make)(void *ctx, int batch, const real *x, real *r), void *ctx,
                             const real *from, real *out) {
  int stand = a->ntouch == 9 * NB;
  par_deal(a->nchunk, a->posts.nthread);
#pragma omp parallel num_threads(a->posts.nthread)
  for (int c; (c = par_take()) >= 0;) {
    ALIGNED real x[CELL_DOF * NB], r[CELL_DOF * NB];
    real *sum = REAL_NAME(posts_begin)(&a->posts, c);
    for (int b = a->batch[c]; b < a->batch[c + 1]; b++) {
      size_t table = (size_t)a->table[b] * (size_t)a->ntouch;
      if (stand)
        REAL_NAME(posts_take)(a->first + table, 3, from + a->above[b], x);
      else
        take_nodes(a->first + table, from, x);
      make(ctx, b, x, r);
      if (stand)
        REAL_NAME(posts_give)(a->posts.place + table, 3, r, sum + a->above[b]);
      else
        give_nodes(a->posts.place + table, r, sum);
    }
    REAL_NAME(posts_end)(&a->posts, c, sum, 0, out);
  }
  REAL_NAME(posts_border)(&a->posts, 0, out);
}
