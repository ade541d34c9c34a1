/* A field of one mesh brought to another. */
#ifndef KNEAD_BENCH_NEST_H
#define KNEAD_BENCH_NEST_H
#include "sim/mesh/mesh.h"

/* v at the nodes of `to` is u [3 nnode] of `from`, of degree 2 in each cell: exactly u where each cell of `to` lies in
   a box of `from`. ST_INTERNAL: a node lies in no cell. */
status nest_bring(const mesh *from, const double *u, const mesh *to, double *v) MUST_CHECK;

#endif
