/* Banded Cholesky of column stars, sixteen side by side.

   A star is 3 x 3 columns of nodes: 27 unknowns on each of 2 nz + 1 planes. Planes couple within an element only: a middle
   plane to the plane below, a top plane to the two below. Every entry is a vector of sixteen stars, so the code of one
   star factors sixteen, and no shuffle is ever needed. Blocks of 27 x 27, in order of elimination:
   plane 0: diagonal; for each element e: middle|below, middle diagonal, top|below, top|middle, top diagonal. */
#ifndef KNEAD_STAR_H
#define KNEAD_STAR_H
#include <stddef.h>

enum { STAR_LANES = 16, STAR_BLOCK = 27, STAR_SQUARE = STAR_BLOCK * STAR_BLOCK };
typedef float star_lanes __attribute__((vector_size(64), aligned(64)));

static inline size_t star_size(int nz) { return (size_t)STAR_SQUARE * (size_t)(1 + 5 * nz); } /* vectors of a matrix */
static inline size_t star_rows(int nz) { return (size_t)STAR_BLOCK * (size_t)(2 * nz + 1); }
/* First vector of the block that couples plane `row` to plane `col` <= row, in the same element. */
static inline size_t star_at(int row, int col) {
  if (row == 0) return 0;
  int e = (row - 1) / 2, block = 5 * e;
  if (row % 2) block += col == row ? 2 : 1;
  else block += col == row ? 5 : col == row - 1 ? 4 : 3;
  return (size_t)STAR_SQUARE * (size_t)block;
}

/* In place: A (lower blocks; of the diagonal blocks the lower triangle) becomes L, with 1/L_ii on the diagonal. A pivot
   that is not positive freezes its unknown: the preconditioner stays positive. Returns how many. */
int star_factor(int nz, star_lanes *A);
void star_solve(int nz, const star_lanes *L, star_lanes *x); /* x [27 (2 nz + 1)]: right-hand side in, solution out */

#endif
