/* Topology and straight-sided coordinates of a mesh in columns; see mesh.h for the numbering. */
#include <math.h>
#include "sim/mesh/mesh.h"

/* 8 corners (bottom ring, top ring, counter-clockwise seen from +z); edges 01 12 23 30 45 56 67 74 04 15 26 37;
   faces x- x+ y- y+ z- z+; centre. The number is ix + 3 iy + 9 iz. */
const int mesh_vtk27[CELL_NODES] = {0,  2,  8, 6,  18, 20, 26, 24, 1,  5,  7, 3,  19, 23,
                                    25, 21, 9, 11, 17, 15, 12, 14, 10, 16, 4, 22, 13};

static status check_lines(const char *axis, int n, const double *line) {
  for (int i = 0; i < n; i++)
    if (!(line[i + 1] > line[i]) || !isfinite(line[i]) || !isfinite(line[i + 1]))
      FAIL(ST_INPUT, "mesh: grid line %d in %s is at %g m, not beyond line %d at %g m", i + 1, axis, line[i + 1], i,
           line[i]);
  return ST_OK;
}

/* Position of node i of a row of n elements: grid lines and the points halfway between them. */
static double on_line(const double *line, int i) {
  return i % 2 ? 0.5 * (line[i / 2] + line[i / 2 + 1]) : line[i / 2];
}

static void fill_coordinates(mesh *m, const double *xs, const double *ys, const double *zs) {
  for (int j = 0; j <= 2 * m->ny; j++)
    for (int i = 0; i <= 2 * m->nx; i++)
      for (int k = 0; k <= 2 * m->nz; k++) {
        double *x = m->x + 3 * (size_t)mesh_node(m, i, j, k);
        x[0] = on_line(xs, i), x[1] = on_line(ys, j), x[2] = on_line(zs, k);
      }
}

static void fill_cells(mesh *m, const uint8_t *sheet_layer) {
  for (int j = 0; j < m->ny; j++)
    for (int i = 0; i < m->nx; i++)
      for (int k = 0; k < m->nz; k++) {
        size_t cell = ((size_t)j * (size_t)m->nx + (size_t)i) * (size_t)m->nz + (size_t)k;
        int32_t *node = m->cell + CELL_NODES * cell;
        for (int a = 0; a < CELL_NODES; a++) node[a] = mesh_node(m, 2 * i + a % 3, 2 * j + a / 3 % 3, 2 * k + a / 9);
        m->layer[cell] = sheet_layer[k];
      }
}

/* The skin is the upper face of the uppermost sheet: nodes 18..26 of its cells. */
static void fill_skin(mesh *m) {
  for (int f = 0; f < m->nskin; f++) {
    int cell = f * m->nz + m->nz - 1;
    m->skin_cell[f] = cell;
    for (int a = 0; a < FACET_NODES; a++)
      m->skin[FACET_NODES * f + a] = m->cell[(size_t)CELL_NODES * (size_t)cell + 18 + (size_t)a];
  }
}

status mesh_columns(int nx, int ny, int nz, const double *xs, const double *ys, const double *zs,
                    const uint8_t *sheet_layer, int nfam, arena *a, mesh **out) {
  mesh *m;
  if (nx < 1 || ny < 1 || nz < 1)
    FAIL(ST_INPUT, "mesh: %d x %d x %d elements; at least one in each direction is needed", nx, ny, nz);
  if (nfam < 0 || nfam > 2) FAIL(ST_INTERNAL, "mesh: %d fibre families, 0 to 2 are possible", nfam);
  /* Unknowns are numbered by int32_t, and so is the first byte after them in some loops: stay well inside. */
  double nnode = (2.0 * nx + 1) * (2.0 * ny + 1) * (2.0 * nz + 1);
  if (nnode > INT32_MAX / 27) FAIL(ST_INPUT, "mesh: %g nodes are more than the %d possible", nnode, INT32_MAX / 27);
  TRY(check_lines("x", nx, xs));
  TRY(check_lines("y", ny, ys));
  TRY(check_lines("z", nz, zs));

  NEW(a, m, 1);
  m->nx = nx, m->ny = ny, m->nz = nz;
  m->nnode = (2 * nx + 1) * (2 * ny + 1) * (2 * nz + 1);
  m->ncell = nx * ny * nz;
  m->nskin = nx * ny;
  m->nfam = nfam;
  NEW(a, m->x, 3 * (size_t)m->nnode);
  NEW(a, m->cell, CELL_NODES * (size_t)m->ncell);
  NEW(a, m->layer, m->ncell);
  NEW(a, m->skin, FACET_NODES * (size_t)m->nskin);
  NEW(a, m->skin_cell, m->nskin);
  if (nfam) NEW(a, m->fibre, 3 * (size_t)nfam * (size_t)m->ncell);

  fill_coordinates(m, xs, ys, zs);
  fill_cells(m, sheet_layer);
  fill_skin(m);
  *out = m;
  return ST_OK;
}

int mesh_face_nodes(const mesh *m, face_id face, int max, int32_t *nodes) {
  if (!mesh_in_columns(m)) {
    int from = m->face_first[face], n = m->face_first[face + 1] - from;
    for (int i = 0; i < n && i < max; i++) nodes[i] = m->face_node[from + i];
    return n;
  }
  /* first and last index in each direction; a face pins one of them */
  int lo[3] = {0, 0, 0}, hi[3] = {2 * m->nx, 2 * m->ny, 2 * m->nz};
  switch (face) {
  case FACE_XM: hi[0] = lo[0]; break;
  case FACE_XP: lo[0] = hi[0]; break;
  case FACE_YM: hi[1] = lo[1]; break;
  case FACE_YP: lo[1] = hi[1]; break;
  case FACE_BOTTOM: hi[2] = lo[2]; break;
  case FACE_TOP: lo[2] = hi[2]; break;
  case FACE_COUNT: return 0;
  }
  int n = 0;
  for (int j = lo[1]; j <= hi[1]; j++)
    for (int i = lo[0]; i <= hi[0]; i++)
      for (int k = lo[2]; k <= hi[2]; k++, n++)
        if (n < max) nodes[n] = mesh_node(m, i, j, k);
  return n;
}

int mesh_cell_at(const mesh *m, const double x[3]) {
  enum { CENTRE = 13 };
  int found = 0;
  double least[2] = {HUGE_VAL, HUGE_VAL};
  for (int c = 0; c < m->ncell; c++) {
    const int32_t *node = m->cell + CELL_NODES * (size_t)c;
    double away = 0, centre = 0;
    for (int d = 0; d < 3; d++) {
      double lo = HUGE_VAL, hi = -HUGE_VAL, y = m->x[3 * (size_t)node[CENTRE] + (size_t)d];
      for (int a = 0; a < CELL_NODES; a++) {
        double v = m->x[3 * (size_t)node[a] + (size_t)d];
        lo = fmin(lo, v), hi = fmax(hi, v);
      }
      double out = fmax(fmax(lo - x[d], x[d] - hi), 0);
      away += out * out, centre += (x[d] - y) * (x[d] - y);
    }
    if (away < least[0] || (away == least[0] && centre < least[1])) least[0] = away, least[1] = centre, found = c;
  }
  return found;
}
