/* The preconditioner of a mesh without columns: the whole tangent as one sparse matrix, factored. Element matrices are
   those of `levels`, in single precision and added in the order of cells, so conjugate gradients are left with
   round-off to correct, and bits are the same for any number of threads. Slower and larger than `levels` from a few
   thousand unknowns on: DIRECT_MOST is where it ends. */
#ifndef KNEAD_DIRECT_H
#define KNEAD_DIRECT_H
#include "sim/fe/space.h"

typedef struct direct direct;

/* Unknowns above which create refuses. Numerical: in a compact block the factor then takes 0.4 GB and a factorisation
   some 4 s of one core; both grow by the square from there (README.md). */
enum { DIRECT_MOST = 60000 };

/* fixed [3 nnode]: 1 where an unknown is prescribed; those are no part of the matrix. ST_INPUT: too many unknowns. */
status direct_create(const space *s, const uint8_t *fixed, arena *a, direct **out) MUST_CHECK;
int direct_unknowns(const direct *d);
size_t direct_nfactor(const direct *d); /* entries of the factor */

/* In this order: begin, facets (the matrix of a skin facet on its nine nodes), setup. Element matrices are asked for
   site by site, from all threads. setup returns how many pivots were not positive and were changed. */
typedef void direct_cells(void *ctx, int site, float *K);
void direct_begin(direct *d);
void direct_facet(direct *d, int facet, const double k[27][27]);
int direct_setup(direct *d, direct_cells *cells, void *ctx);
double direct_cells_seconds(const direct *d); /* wall time of the last setup for element matrices */
/* z = M r, both [3 nnode]; zero at fixed unknowns. */
void direct_solve(direct *d, const double *r, double *z);

#endif
