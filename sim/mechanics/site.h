/* Element matrices of the NB cells of a site (sim/mesh/lanes.h), lane by lane: the lower triangle by rows, entry (r, c)
   at site_at(r, c) NB, zero in empty lanes. What is done with them: product, change to a coarser basis, the part that
   belongs to a star. */
#ifndef KNEAD_SITE_H
#define KNEAD_SITE_H
#include "sim/fe/kernel.h"
#include "sim/solve/star.h"

enum { SITE_SIZE = CELL_PACKED * NB }; /* floats */

static inline size_t site_at(int row, int col) {
  return row >= col ? (size_t)(row * (row + 1) / 2 + col) : (size_t)(col * (col + 1) / 2 + row);
}

/* y = K x, both [81][NB]. */
void site_multiply(const float *K, const float *x, float *y);
/* Rows and columns with free [81][NB] = 0 become zero. */
void site_mask(float *K, const float *free);

/* Weights of a coarse line of three nodes in the three nodes of one of its fine lines, lane by lane: the first fine
   node is a sum of coarse nodes 0 and 1, the middle one of all, the last one of 1 and 2. */
typedef struct site_line {
  star_lanes first[2], middle[3], last[2];
} site_line;
/* to = P' K P along one direction in the plane: axis 0 is x, 1 is y. */
void site_coarsen(const float *K, const site_line *w, int axis, float *to);

/* Adds the lanes of K to lanes of other matrices, that of lane l to lane[l] of site[l], NULL: nowhere. Two
   neighbours (not three) may go to one and the same; the NB floats behind K must be finite. K and work [SITE_SIZE] are
   used up. */
void site_add_lanes(float *K, float *const site[NB], const int lane[NB], float *work);

/* The corner of an element that lies in a star: 12 nodes, 36 unknowns, one triangle; where each entry comes from in the
   element matrix and goes to in the star's element blocks. (sx, sy) = 0: the element before the vertex, 1: after it. */
enum { SITE_CORNER = 36 * 37 / 2 };
typedef struct site_corner {
  uint16_t from[SITE_CORNER], to[SITE_CORNER];
} site_corner;
void site_corner_table(int sx, int sy, site_corner *t);
/* Adds that to the blocks of NB stars. Their lanes are lanes first.. of site K and, from lane NB - first, those of site
   `next`; either may be NULL: nothing there. NB floats before and behind each matrix must be readable. */
void site_star(const float *K, const float *next, int first, const site_corner *t, star_lanes *blocks);

#endif
