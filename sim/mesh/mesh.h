/* The mesh: 27-node hexahedra in columns.

   nx x ny columns of nz elements. Node (i,j,k), 0 <= i <= 2 nx, has number (j (2 nx + 1) + i) (2 nz + 1) + k: a column
   of nodes is contiguous. Cell (i,j,k) has number (j nx + i) nz + k. Inside a cell, node a = ix + 3 iy + 9 iz
   (lexicographic, each 0..2); files use the VTK order (mesh_vtk27).

   Or without columns, as they come from elsewhere: nx = ny = nz = 0, cells and nodes in any order, cells of a layer one
   after the other. Each cell is turned so that its last nine nodes are above, toward the skin; of a cell with a skin
   facet they are that facet. */
#ifndef KNEAD_MESH_H
#define KNEAD_MESH_H
#include <stdint.h>
#include "sim/base/arena.h"
#include "sim/kinds/body.h"

enum { CELL_NODES = 27, FACET_NODES = 9 };

typedef struct mesh {
  int nx, ny, nz;
  int nnode, ncell;
  double *x;      /* [nnode][3] reference coordinates, m */
  int32_t *cell;  /* [ncell][27] lexicographic */
  uint8_t *layer; /* [ncell] index of the layer, bottom to top */
  int nfam;       /* fibre families: 0, 1 or 2 */
  float *fibre;   /* [ncell][3 nfam] unit vectors, or all zero where a layer has no fibres; NULL when nfam = 0 */
  int nskin;      /* facets of the top face = nx ny */
  int32_t *skin;  /* [nskin][9] nodes, lexicographic in x, y; facet f lies on cell skin_cell[f] */
  int32_t *skin_cell;
  /* Without columns only, else NULL: */
  int32_t *face_first; /* [FACE_COUNT + 1] into face_node: the nodes of each face, increasing */
  int32_t *face_node;
  uint8_t *skin_count; /* [nnode] how many skin facets meet in a node */
  const char *why;     /* why it is no grid of columns, for people */
} mesh;

static inline int mesh_in_columns(const mesh *m) {
  return m->nx > 0;
}

/* Quadratic shape functions of a line, and their slopes, at x in -1..1. */
static inline void mesh_quadratic(double x, double N[3], double dN[3]) {
  N[0] = 0.5 * x * (x - 1), N[1] = 1 - x * x, N[2] = 0.5 * x * (x + 1);
  dN[0] = x - 0.5, dN[1] = -2 * x, dN[2] = x + 0.5;
}

/* VTK position v holds lexicographic node mesh_vtk27[v]. */
extern const int mesh_vtk27[CELL_NODES];

/* Of a mesh in columns. */
static inline int mesh_node(const mesh *m, int i, int j, int k) {
  return (j * (2 * m->nx + 1) + i) * (2 * m->nz + 1) + k;
}

/* Builds topology and straight-sided coordinates from grid lines: xs[nx+1], ys[ny+1], zs[nz+1] (m, increasing) and the
   layer of each of the nz element sheets. Fibres and curved coordinates are the caller's to fill in afterwards. */
status mesh_columns(int nx, int ny, int nz, const double *xs, const double *ys, const double *zs,
                    const uint8_t *sheet_layer, int nfam, arena *a, mesh **out) MUST_CHECK;

/* Nodes of a face: writes at most max numbers in increasing order, returns how many there are. */
int mesh_face_nodes(const mesh *m, face_id face, int max, int32_t *nodes);

/* The cell that x lies in or is nearest to, by the boxes of the cells; of several the one with the nearest centre. Thin
   layers beside thick ones: the nearest centre alone would often be in another layer. */
int mesh_cell_at(const mesh *m, const double x[3]);

/* Smallest det(dx/dxi) over all quadrature points divided by the cell's mean; <= 0: a cell is inside out. */
double mesh_quality(const mesh *m, int *worst_cell);

/* Shape of a cell. scaled: the smallest det(dx/dxi) over its 27 nodes, each over the product of the lengths of its
   three columns: 1 where edges meet square, <= 0 inside out. aspect: longest over shortest of its three sizes.
   thickness: at its centre, square to its sheet. */
typedef struct cell_shape {
  double scaled, aspect, volume, thickness; /* 1, 1, m^3, m */
} cell_shape;
cell_shape mesh_cell_shape(const mesh *m, int cell);

/* The cells of one layer together. Thickness is that of a whole column of the layer, where it has one; without columns,
   that of a cell. */
typedef struct layer_shape {
  int ncell, ncolumn, worst;                                 /* worst: cell of the least scaled Jacobian */
  int sheets[2];                                             /* fewest and most in a column; 0 without columns */
  double volume, thickness, thickness_least, thickness_most; /* m^3, m; thickness: volume over area */
  double scaled_least, scaled_mean, aspect_most;
} layer_shape;
void mesh_layer_shapes(const mesh *m, int nlayer, layer_shape *out);

/* Grid lines 0..length with n elements, graded so that elements near `at` are `ratio` times smaller than the farthest;
   ratio 1: even. Writes n + 1 values. */
void mesh_grade(double lo, double hi, int n, double at, double ratio, double *line);

#endif
