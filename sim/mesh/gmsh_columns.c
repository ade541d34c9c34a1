/* From loose hexahedra to columns. Each cell has its own axes; walking from cell to cell through shared faces carries a
   common right, head and outward over all of them.

       face f of a cell: 2 axis + side, so the opposite is f ^ 1;  `way` holds the three faces to the right, to the
       head and outward. */
#include <string.h>
#include "sim/mesh/gmsh_faces.h"

typedef struct way { /* faces of a cell: to the right, to the head, outward */
  int8_t to[3];
} way;

typedef struct walk {
  const gmsh *g;
  gmsh_faces f;
  int8_t *top;   /* [ncell] face on the skin, -1 */
  uint8_t *seen; /* [ncell] */
} walk;

/* Centre of a face less that of the opposite one. */
static void across(const gmsh *g, int cell, int f, double out[3]) {
  int32_t a[4], b[4];
  gmsh_face_corners(g, cell, f, a);
  gmsh_face_corners(g, cell, f ^ 1, b);
  for (int d = 0; d < 3; d++) {
    out[d] = 0;
    for (int i = 0; i < 4; i++)
      out[d] += 0.25 * (g->x[3 * (size_t)a[i] + (size_t)d] - g->x[3 * (size_t)b[i] + (size_t)d]);
  }
}

/* The first cell by its geometry: of its two axes along the skin, that which points more to the right. */
static way orient(const walk *w, int cell) {
  int top = w->top[cell], axis[2], n = 0;
  double v[2][3];
  for (int d = 0; d < 3; d++)
    if (d != top / 2) axis[n++] = d;
  for (int k = 0; k < 2; k++) across(w->g, cell, 2 * axis[k] + 1, v[k]);
  int right = fabs(v[0][0]) * fabs(v[1][1]) >= fabs(v[0][1]) * fabs(v[1][0]) ? 0 : 1;
  return (way){
      {(int8_t)(2 * axis[right] + (v[right][0] > 0)), (int8_t)(2 * axis[!right] + (v[!right][1] > 0)), (int8_t)top}};
}

static int common(const gmsh *g, int a, int fa, int b, int fb) {
  int32_t p[4], q[4];
  int n = 0;
  gmsh_face_corners(g, a, fa, p);
  gmsh_face_corners(g, b, fb, q);
  for (int i = 0; i < 4; i++)
    for (int k = 0; k < 4; k++) n += p[i] == q[k];
  return n;
}

/* The next cell through the face to[d] (or the one opposite), with its way: faces continue those they share an edge
   with. -1 at the end. */
static int go(const walk *w, int cell, const way *from, int d, int back, way *out) {
  int f = from->to[d] ^ back, at = w->f.beside[GMSH_FACES * cell + f];
  if (at < 0) return -1;
  int next = at / GMSH_FACES, entry = at % GMSH_FACES;
  out->to[d] = (int8_t)(back ? entry : entry ^ 1);
  for (int e = 0; e < 3; e++) {
    if (e == d) continue;
    out->to[e] = -1;
    for (int g = 0; g < GMSH_FACES; g++)
      if (g / 2 != entry / 2 && common(w->g, cell, from->to[e], next, g) == 2) out->to[e] = (int8_t)g;
  }
  return next;
}

/* Writes the nodes of a cell to their places in the grid; an 8-node cell gets those between by interpolation. */
static void place_cell(const gmsh *g, int cell, const way *to, double unit, mesh *m, int i, int j, int k) {
  const int32_t *node = g->cell + CELL_NODES * (size_t)cell;
  for (int a = 0; a < CELL_NODES; a++) {
    int at[3] = {a % 3, a / 3 % 3, a / 9}, own[3];
    for (int d = 0; d < 3; d++) own[to->to[d] / 2] = to->to[d] % 2 ? at[d] : 2 - at[d];
    double *x = m->x + 3 * (size_t)mesh_node(m, 2 * i + at[0], 2 * j + at[1], 2 * k + at[2]);
    int32_t here = node[own[0] + 3 * own[1] + 9 * own[2]];
    for (int d = 0; d < 3; d++) {
      double sum = here >= 0 ? g->x[3 * (size_t)here + (size_t)d] : 0;
      for (int v = 0; v < 8 && here < 0; v++) {
        double weight = 1;
        for (int e = 0; e < 3; e++) weight *= v >> e & 1 ? 0.5 * own[e] : 1 - 0.5 * own[e];
        sum += weight * g->x[3 * (size_t)node[2 * (v & 1) + 6 * (v >> 1 & 1) + 18 * (v >> 2)] + (size_t)d];
      }
      x[d] = unit * sum;
    }
  }
}

static status no_grid(const char *what, int cell) {
  FAIL(ST_INPUT,
       "the hexahedra are no grid of columns under the skin (%s, at cell %d): rows, columns and sheets must be as many "
       "everywhere; an extruded or transfinite mesh is",
       what, cell);
}

/* Steps to the end in one direction, counting cells; the start is left at the last one. */
static int far_end(const walk *w, int *cell, way *to, int d, int back) {
  way next;
  int n = 1;
  for (int c; n <= w->g->ncell && (c = go(w, *cell, to, d, back, &next)) >= 0; n++) *cell = c, *to = next;
  return n;
}

/* One column from the skin down. */
static status take_column(walk *w, int cell, way to, double unit, mesh *m, int i, int j) {
  for (int k = m->nz - 1; k >= 0; k--) {
    way next = {{0}};
    if (w->seen[cell]) return no_grid("it is met twice", cell);
    for (int d = 0; d < 3; d++)
      if (to.to[d] < 0) return no_grid("its faces do not continue those beside it", cell);
    w->seen[cell] = 1;
    place_cell(w->g, cell, &to, unit, m, i, j, k);
    m->layer[(j * m->nx + i) * m->nz + k] = w->g->group[cell];
    int below = go(w, cell, &to, 2, 1, &next);
    if ((below < 0) != (k == 0)) return no_grid("its column has another number of cells", cell);
    cell = below, to = next;
  }
  return ST_OK;
}

static status take_rows(walk *w, int start, way to, double unit, mesh *m) {
  for (int j = 0; j < m->ny; j++) {
    int cell = start;
    way row = to, next;
    for (int i = 0; i < m->nx; i++) {
      if (w->top[cell] < 0 || w->top[cell] != row.to[2]) return no_grid("it is not on the skin", cell);
      TRY(take_column(w, cell, row, unit, m, i, j));
      int right = go(w, cell, &row, 0, 0, &next);
      if ((right < 0) != (i == m->nx - 1)) return no_grid("its row has another number of cells", cell);
      cell = right, row = next;
    }
    start = go(w, start, &to, 1, 0, &next);
    if ((start < 0) != (j == m->ny - 1)) return no_grid("the rows end", start);
    to = next;
  }
  return ST_OK;
}

static status walk_create(const gmsh *g, arena *a, walk *w) {
  *w = (walk){.g = g};
  NEW(a, w->top, g->ncell);
  NEW(a, w->seen, g->ncell);
  return gmsh_faces_create(g, a, &w->f);
}

status gmsh_columns(const gmsh *g, const char *skin, double unit, int nfam, arena *scratch, arena *a, mesh **out) {
  walk w;
  int first = 0, nskin, worst;
  TRY(walk_create(g, scratch, &w));
  TRY(gmsh_faces_skin(&w.f, skin, w.top, &first, &nskin));
  way to = orient(&w, first);
  far_end(&w, &first, &to, 0, 1);
  far_end(&w, &first, &to, 1, 1);
  int n[3];
  for (int d = 0; d < 3; d++) {
    int cell = first;
    way at = to;
    n[d] = far_end(&w, &cell, &at, d, d == 2);
  }
  if ((double)n[0] * n[1] * n[2] != g->ncell || n[0] * n[1] != nskin) return no_grid("numbers differ", first);

  double *line;
  uint8_t *sheet;
  int most = n[0] > n[1] ? n[0] : n[1];
  most = most > n[2] ? most : n[2];
  NEW(scratch, line, most + 1);
  NEW(scratch, sheet, n[2]);
  for (int i = 0; i <= most; i++) line[i] = i; /* replaced below */
  TRY(mesh_columns(n[0], n[1], n[2], line, line, line, sheet, nfam, a, out));
  TRY(take_rows(&w, first, to, unit, *out));
  double quality = mesh_quality(*out, &worst);
  if (!(quality > 0))
    FAIL(ST_INPUT, "cell %d of the columns is inside out: the skin must be on top (z), x to the right, y to the head",
         worst);
  return ST_OK;
}
