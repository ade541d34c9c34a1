#include <string.h>
#include <suitesparse/cholmod.h>
#include "sim/solve/sparse.h"

/* cholmod_analyze and what it calls are under the LGPL. */
status sparse_order(int n, int32_t *first, int32_t *row, int32_t *order) {
  cholmod_common c;
  cholmod_sparse graph = {.nrow = (size_t)n,
                          .ncol = (size_t)n,
                          .nzmax = (size_t)first[n],
                          .p = first,
                          .i = row,
                          .stype = 1,
                          .itype = CHOLMOD_INT,
                          .xtype = CHOLMOD_PATTERN,
                          .dtype = CHOLMOD_DOUBLE,
                          .sorted = 1,
                          .packed = 1};
  cholmod_start(&c);
  c.print = 0;
  c.supernodal = CHOLMOD_SIMPLICIAL;
  c.nmethods = 2;
  c.method[0].ordering = CHOLMOD_METIS, c.method[1].ordering = CHOLMOD_AMD;
  cholmod_factor *f = cholmod_analyze(&graph, &c);
  status st = ST_OK;
  if (f && c.status >= 0)
    memcpy(order, f->Perm, (size_t)n * sizeof *order);
  else
    st = err_set(ST_INTERNAL, __FILE__, __LINE__, "CHOLMOD cannot order %d nodes (status %d)", n, c.status);
  cholmod_free_factor(&f, &c);
  cholmod_finish(&c);
  return st;
}
