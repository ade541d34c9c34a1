/* A sparse symmetric matrix and its factors L S L', S signs. The order of elimination is METIS' (sparse_order.c, the only
   file that knows it). The factors are made here: of CHOLMOD's two ways the one in dense blocks is under the GPL and
   changes bits with its threads, and the other took 60 s for 33 thousand unknowns where this takes one or two.

   Columns of L with the same rows below them stand together in a dense panel (a supernode). A panel is filled from the
   matrix, less what each earlier panel with rows in it sends, in a fixed order, and is then factored. One thread: the
   same bits for any number of them. Memory is taken at sparse_create and never again. */
#ifndef KNEAD_SPARSE_H
#define KNEAD_SPARSE_H
#include <stdint.h>
#include "sim/base/arena.h"

typedef struct sparse sparse;

/* An order of elimination of a graph that makes few new entries, by nested dissection. Column c of the graph is rows
   row[first[c]..first[c + 1]), increasing, the last one c itself. order[k]: the node at place k. */
status sparse_order(int n, const int32_t *first, const int32_t *row, int32_t *order) MUST_CHECK;

/* The upper triangle by columns, stored as above and in the order of elimination; first and row stay the caller's and
   are kept. */
status sparse_create(int n, const int32_t *first, const int32_t *row, arena *a, sparse **out) MUST_CHECK;
size_t sparse_nfactor(const sparse *s); /* entries of the panels */
double *sparse_values(sparse *s);       /* [first[n]] of the matrix, to be filled before each sparse_factor */

/* Overwrites the values. What is solved with is L L', the signs left out: positive definite always, and the matrix
   itself when that is. A pivot within 1e-10 of its diagonal is lifted to that. Returns how many pivots were negative or
   lifted. */
int sparse_factor(sparse *s);
void sparse_solve(const sparse *s, double *x); /* right-hand side in, solution out */

#endif
