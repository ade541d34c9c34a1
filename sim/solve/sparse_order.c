#include <metis.h>
#include "sim/solve/sparse.h"

_Static_assert(sizeof(idx_t) == sizeof(int32_t), "METIS was built for 64-bit indices");

/* METIS takes each edge from both ends and none from a node to itself. */
status sparse_order(int n, const int32_t *first, const int32_t *row, int32_t *order) {
  idx_t *from, *to, *place, options[METIS_NOPTIONS], nodes = n;
  int result = METIS_OK;
  arena *scratch = arena_create(1 << 20);
  if (!scratch) FAIL(ST_INTERNAL, "out of memory for the order of %d nodes", n);
  status st = ST_INTERNAL;
  from = arena_alloc(scratch, (size_t)(n + 1) * sizeof *from);
  to = arena_alloc(scratch, 2 * (size_t)(first[n] - n) * sizeof *to);
  place = arena_alloc(scratch, (size_t)n * sizeof *place);
  if (from && to && place) {
    for (int c = 0; c < n; c++)
      for (int k = first[c]; k < first[c + 1] - 1; k++) from[c + 1]++, from[row[k] + 1]++;
    for (int c = 0; c < n; c++) from[c + 1] += from[c];
    for (int c = 0; c < n; c++)
      for (int k = first[c]; k < first[c + 1] - 1; k++) {
        int r = row[k];
        to[from[c] + place[c]++] = r, to[from[r] + place[r]++] = c;
      }
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = 1; /* the same order, so the same bits, each time */
    result = METIS_NodeND(&nodes, from, to, NULL, options, order, place);
    st = result == METIS_OK ? ST_OK : ST_INTERNAL;
  }
  arena_destroy(&scratch);
  if (st != ST_OK) FAIL(st, "METIS cannot order %d nodes (%d)", n, result);
  return ST_OK;
}
