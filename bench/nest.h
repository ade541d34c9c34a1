/* Displacements of a coarse mesh on a finer one. */
#ifndef KNEAD_BENCH_NEST_H
#define KNEAD_BENCH_NEST_H
#include "sim/mesh/mesh.h"

/* Both in columns of boxes, one body; `to` has all lines of `from`, and more: then v is the same field as u. u, v:
   [nnode][3]. */
void nest_bring(const mesh *from, const double *u, const mesh *to, double *v);

#endif
