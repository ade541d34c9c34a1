/* What the kernels must do at the least, counted from their sources. Bytes: each array crosses the memory bus once (no
   write-allocate, nodal vectors stay in cache between cells). Operations: multiply, add and divide are one each; cheap
   sign changes and comparisons none. Spare lanes of a batch count: the machine computes them. */
#ifndef KNEAD_BENCH_COUNTS_H
#define KNEAD_BENCH_COUNTS_H
#include "bench/bench.h"
#include "sim/fe/space.h"

bench_work counts_apply(const space *s, int single);
bench_work counts_residual(const space *s);
bench_work counts_matrices(const space *s);
/* One application of the column stars and the two vector updates around it, finest level. */
bench_work counts_smoother(const mesh *m);
/* Factors of the column stars on all levels but the coarsest; Galerkin products and coarsest level not counted. */
bench_work counts_factors(const mesh *m);

#endif
