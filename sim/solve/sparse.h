/* A sparse symmetric matrix and its factors L D L', by CHOLMOD: the only file that knows it is sparse.c.

   Simplicial only: one thread, so the same bits for any number of them (the supernodal one changes them with its BLAS,
   and is under the GPL). Whatever is needed after sparse_create is in the arena: factoring again asks the system for no
   memory. */
#ifndef KNEAD_SPARSE_H
#define KNEAD_SPARSE_H
#include <stdint.h>
#include "sim/base/arena.h"

typedef struct sparse sparse;

/* An order of elimination of a graph that makes few new entries: the better one of METIS' nested dissection and AMD.
   Column c of the graph is rows row[first[c]..first[c + 1]), increasing, the last one c itself. order[k]: the node at
   place k. */
status sparse_order(int n, int32_t *first, int32_t *row, int32_t *order) MUST_CHECK;

/* The upper triangle by columns, stored as above and in the order of elimination; first and row stay the caller's. */
status sparse_create(int n, int32_t *first, int32_t *row, arena *a, sparse **out) MUST_CHECK;
size_t sparse_nfactor(const sparse *s); /* entries of L */
double sparse_flops(const sparse *s);   /* of a factorisation */
size_t sparse_bytes(size_t nfactor);    /* of so many entries */
double *sparse_values(sparse *s);       /* [first[n]] of the matrix, to be filled before each sparse_factor */

/* Overwrites the values. What comes out is L |D| L': a pivot that is negative changes its sign, one below 1e-10 of its
   diagonal is lifted to that. So it is positive definite always, and the matrix itself when that is. Returns how many
   pivots were changed. */
int sparse_factor(sparse *s);
void sparse_solve(const sparse *s, double *x); /* right-hand side in, solution out */

#endif
