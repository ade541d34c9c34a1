/* Meshes of Gmsh: MSH 4.1 in text, hexahedra of 8 or 27 nodes. Read here, so that nothing of Gmsh is linked. */
#ifndef KNEAD_GMSH_H
#define KNEAD_GMSH_H
#include "sim/mesh/mesh.h"

enum { GMSH_GROUPS = 64 };

typedef struct gmsh {
  int nnode, ncell, nquad;
  double *x;            /* [nnode][3], in the file's unit */
  int32_t *cell;        /* [ncell][27] lexicographic; of 8-node cells the corners, all others -1 */
  uint8_t *group;       /* [ncell] index of the physical volume */
  int32_t *quad;        /* [nquad][4] corners of quadrangles on physical surfaces */
  uint8_t *surface;     /* [nquad] index of the physical surface */
  int ngroup, nsurface; /* names in the order of the file */
  char group_name[GMSH_GROUPS][PARAM_TEXT_MAX], surface_name[GMSH_GROUPS][PARAM_TEXT_MAX];
} gmsh;

/* ST_INPUT with file and line when it cannot be used: no text, another version, tetrahedra, cells without a physical
   volume. */
status gmsh_read(const char *file, arena *a, gmsh **out) MUST_CHECK;

/* Finds the columns under the physical surface `skin`: as many rows of as many columns of as many cells everywhere. x
   grows to the right, y to the head. Coordinates are multiplied by `unit`. mesh->layer holds numbers of groups, fibres
   are zero. ST_INPUT when the cells are no such grid. */
status gmsh_columns(const gmsh *g, const char *skin, double unit, int nfam, arena *scratch, arena *a,
                    mesh **out) MUST_CHECK;

/* The same of cells that lie in any way: a mesh without columns, `why` says why. Cells may be of 8 or 27 nodes, each
   with at most one face on the skin. Faces of the body are the physical surfaces left, right, tail, head and bottom;
   those of `sides` belong to one of the first four by where they look. ST_INPUT when cells do not fit together or are
   inside out. */
status gmsh_loose(const gmsh *g, const char *skin, double unit, int nfam, const char *why, arena *scratch, arena *a,
                  mesh **out) MUST_CHECK;

/* Columns if there are any, else loose. */
status gmsh_mesh(const gmsh *g, const char *skin, double unit, int nfam, arena *scratch, arena *a,
                 mesh **out) MUST_CHECK;

#endif
