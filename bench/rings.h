/* The mesh of a quarter of P1, or of its strip, in rings about the patch's edge.

   Across the edge, half a square of 10 mm below it is cut into rings, each half as large as the one around it, and a
   core. Along the edge cells become shorter toward the patch's corner, where the rings of both sides meet in a mitre.
   So what is refined is the edge and nothing else, where a mesh in columns carries each line through all of it. */
#ifndef KNEAD_BENCH_RINGS_H
#define KNEAD_BENCH_RINGS_H
#include "sim/mesh/mesh.h"

typedef struct rings {
  int cuts;  /* of the innermost cells: each makes them smaller by half an octave. 0: no such mesh */
  int sides; /* cells from the skin beside the edge to the diagonal below it, and from there to the point below it */
  int along; /* halvings of the cells along the edge, toward the corner */
} rings;

/* width: of a strip, m; 0: the quarter. A mesh without columns; it has no skin facets, so the last nine nodes of a cell
   are not above, but toward the edge. */
status rings_mesh(const rings *r, double width, arena *a, mesh **out) MUST_CHECK;

#endif
