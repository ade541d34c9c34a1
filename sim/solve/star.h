/* Banded Cholesky of column stars, sixteen side by side.

   A star is 3 x 3 columns of nodes: 27 unknowns on each of 2 nz + 1 planes. Planes couple within an element only: a
   middle plane to the plane below, a top plane to the two below. Every entry is a vector of sixteen stars, so the code
   of one star factors sixteen, and no shuffle is ever needed. Blocks of 27 x 27, in order of elimination: plane 0:
   diagonal; for each element e: middle|below, middle diagonal, top|below, top|middle, top diagonal.

   A matrix is assembled and factored in single precision, scaled to a unit diagonal; what is kept are half-precision
   numbers where the processor converts them in one instruction or two (AVX-512, F16C), single ones elsewhere. A solve
   is bound by reading the factor, so half the bytes are half the time; the iteration counts stay (solver findings,
   section 8). */
#ifndef KNEAD_STAR_H
#define KNEAD_STAR_H
#include <stddef.h>

enum {
  STAR_LANES = 16,
  STAR_BLOCK = 27,
  STAR_SQUARE = STAR_BLOCK * STAR_BLOCK,
  STAR_TRIANGLE = STAR_BLOCK * (STAR_BLOCK + 1) / 2
};
typedef float star_lanes __attribute__((vector_size(64), aligned(64)));
#if defined __AVX512F__ || defined __F16C__
typedef short star_kept __attribute__((vector_size(32), aligned(32)));
#else
typedef star_lanes star_kept;
#endif

static inline size_t star_rows(int nz) {
  return (size_t)STAR_BLOCK * (size_t)(2 * nz + 1);
}
/* Kept vectors of a factor: triangles of the diagonal blocks, whole other blocks. */
static inline size_t star_kept_size(int nz) {
  return (size_t)STAR_TRIANGLE * (size_t)(1 + 2 * nz) + (size_t)STAR_SQUARE * (size_t)(3 * nz);
}
/* The six blocks of an element, in this order; vectors of STAR_SQUARE each, 27 x 27 by rows. The top plane of one
   element is the bottom plane of the next. Of diagonal blocks the lower triangle counts. */
enum { STAR_BB, STAR_MB, STAR_MM, STAR_TB, STAR_TM, STAR_TT, STAR_BLOCKS };
enum { STAR_WORK = 2 * STAR_BLOCKS * STAR_SQUARE }; /* vectors a factorisation works in: fits the core's cache */

/* Adds element e of every lane to blocks [STAR_BLOCKS][STAR_SQUARE]. */
typedef void star_fill(void *ctx, int e, star_lanes *blocks);
/* Element by element into the factor L and the scaling [star_rows]; work [STAR_WORK]. An unknown with a zero diagonal
   is none: it gets a one. A pivot that is not positive freezes its unknown: the preconditioner stays positive. Returns
   how many. */
int star_factor(int nz, star_fill *fill, void *ctx, star_lanes *work, star_kept *L, star_lanes *scale);
/* x [star_rows]: right-hand side in, solution out. */
void star_solve(int nz, const star_kept *L, const star_lanes *scale, star_lanes *x);

#endif
