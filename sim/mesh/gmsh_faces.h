/* Who lies beside whom in a mesh of Gmsh. Face f of a cell: 2 axis + side, so the opposite one is f ^ 1. */
#ifndef KNEAD_GMSH_FACES_H
#define KNEAD_GMSH_FACES_H
#include "sim/mesh/gmsh.h"

enum { GMSH_FACES = 6 };

typedef struct gmsh_face {
  int32_t corner[4]; /* in increasing order */
  int32_t cell;
  int8_t side;
} gmsh_face;

typedef struct gmsh_faces {
  const gmsh *g;
  gmsh_face *face; /* [6 ncell] sorted by corners */
  int32_t *beside; /* [6 ncell] 6 cell + face on the other side, -1: none */
} gmsh_faces;

/* ST_INPUT when three cells share a face. */
status gmsh_faces_create(const gmsh *g, arena *a, gmsh_faces *f) MUST_CHECK;
void gmsh_face_corners(const gmsh *g, int cell, int face, int32_t out[4]);
/* The face with the corners of quadrangle `quad`, which has to be an outer one. `name`: of its surface, for messages.
 */
status gmsh_faces_outer(const gmsh_faces *f, int quad, const char *name, const gmsh_face **out) MUST_CHECK;
/* Number of the physical surface of this name, -1: none. */
int gmsh_faces_surface(const gmsh *g, const char *name);
/* top [ncell]: the face of each cell on this physical surface, -1; some cell of it and how many there are. */
status gmsh_faces_skin(const gmsh_faces *f, const char *name, int8_t *top, int *some, int *n) MUST_CHECK;

#endif
