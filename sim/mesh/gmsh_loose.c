/* Hexahedra that are no grid of columns, kept as they lie: cells are turned so that they have a common upside, nodes
   are numbered anew, faces come from physical surfaces.

   A node is known by the corners it lies between: 1 corner, 2 of an edge, 4 of a face, 8 of a cell. So cells of 8 nodes
   share the nodes that are made for them, and cells of 27 are found out when they share a face but not its nodes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/base/order.h"
#include "sim/mesh/gmsh_faces.h"

enum { CORNERS = 8 };

typedef struct spot { /* a node as one cell sees it */
  int32_t corner[CORNERS];
  int32_t at; /* 27 cell + local node, as the file turns the cell */
} spot;

typedef struct loose {
  const gmsh *g;
  gmsh_faces f;
  double unit;
  int32_t *order;  /* [ncell] cells of the file, layer by layer */
  int8_t *top;     /* [ncell] face on the skin, -1 */
  int32_t *number; /* [27 ncell] node of the mesh, of cells and local nodes as the file has them */
  mesh *m;
} loose;

static int32_t corner_of(const gmsh *g, int cell, int v) {
  return g->cell[CELL_NODES * (size_t)cell + (size_t)(2 * (v & 1) + 6 * (v >> 1 & 1) + 18 * (v >> 2))];
}

static int by_corners(const void *a, const void *b) {
  const spot *p = a, *q = b;
  for (int i = 0; i < CORNERS; i++)
    if (p->corner[i] != q->corner[i]) return p->corner[i] < q->corner[i] ? -1 : 1;
  return (p->at > q->at) - (p->at < q->at);
}

/* Corners that local node a lies between, increasing; the places that are left hold -1 and come first. */
static void fill_spot(const gmsh *g, int cell, int a, spot *s) {
  const int at[3] = {a % 3, a / 3 % 3, a / 9};
  memset(s->corner, -1, sizeof s->corner);
  for (int v = 0, n = 0; v < CORNERS; v++) {
    int in = 1;
    for (int d = 0; d < 3; d++) in &= at[d] == 1 || at[d] == 2 * (v >> d & 1);
    if (in) s->corner[n++] = corner_of(g, cell, v);
  }
  qsort(s->corner, CORNERS, sizeof *s->corner, order_int32);
  s->at = CELL_NODES * cell + a;
}

/* Where the cells that share a spot put it: the file's node, or midway between the corners. */
static status place_node(const loose *l, const spot *s, int n, double x[3]) {
  int32_t node = -1;
  for (int i = 0; i < n; i++) {
    int32_t here = l->g->cell[s[i].at];
    if (here >= 0 && node >= 0 && here != node)
      FAIL(ST_INPUT, "cells %d and %d of the mesh share corners, but between them not their nodes",
           s[0].at / CELL_NODES, s[i].at / CELL_NODES);
    if (here >= 0) node = here;
  }
  for (int d = 0; d < 3; d++) {
    double sum = 0;
    int count = 0;
    for (int k = 0; k < CORNERS; k++)
      if (s->corner[k] >= 0) sum += l->g->x[3 * (size_t)s->corner[k] + (size_t)d], count++;
    x[d] = l->unit * (node >= 0 ? l->g->x[3 * (size_t)node + (size_t)d] : sum / count);
  }
  return ST_OK;
}

/* Numbers nodes in the order in which the cells meet them. */
static status number_nodes(loose *l, arena *scratch, arena *a) {
  const gmsh *g = l->g;
  size_t nspot = (size_t)CELL_NODES * (size_t)g->ncell, end;
  spot *s;
  int32_t *same, *count; /* of a spot: the first one with its corners; of a first one: how many */
  NEW(scratch, s, nspot);
  NEW(scratch, same, nspot);
  NEW(scratch, count, nspot);
  for (size_t i = 0; i < nspot; i++) fill_spot(g, (int)(i / CELL_NODES), (int)(i % CELL_NODES), s + i);
  qsort(s, nspot, sizeof *s, by_corners);
  for (size_t i = 0; i < nspot; i = end) {
    for (end = i; end < nspot && !memcmp(s[end].corner, s[i].corner, sizeof s->corner); end++)
      same[s[end].at] = (int32_t)i;
    count[i] = (int32_t)(end - i), l->m->nnode++;
  }
  NEW(a, l->m->x, 3 * (size_t)l->m->nnode);
  int32_t *made;
  NEW(scratch, made, nspot);
  memset(made, -1, nspot * sizeof *made);
  for (int c = 0, n = 0; c < g->ncell; c++)
    for (int k = 0; k < CELL_NODES; k++) {
      int at = CELL_NODES * l->order[c] + k, first = same[at];
      if (made[first] < 0) {
        TRY(place_node(l, s + first, count[first], l->m->x + 3 * (size_t)n));
        made[first] = n++;
      }
      l->number[at] = made[first];
    }
  return ST_OK;
}

/* From the centre of a cell to that of a face, of unit length. */
static void toward(const gmsh *g, int cell, int face, double out[3]) {
  int32_t a[4], b[4];
  double size = 0;
  gmsh_face_corners(g, cell, face, a);
  gmsh_face_corners(g, cell, face ^ 1, b);
  for (int d = 0; d < 3; d++) {
    out[d] = 0;
    for (int i = 0; i < 4; i++) out[d] += g->x[3 * (size_t)a[i] + (size_t)d] - g->x[3 * (size_t)b[i] + (size_t)d];
    size += out[d] * out[d];
  }
  for (int d = 0; d < 3; d++) out[d] /= sqrt(size);
}

/* Faces of a cell to the right, to the head and outward: outward is the skin or what points up most, then what points
   right most, and the last one so that the three are right-handed. */
static void turn(const loose *l, int cell, int to[3]) {
  double v[GMSH_FACES][3], best = -HUGE_VAL;
  for (int f = 0; f < GMSH_FACES; f++) toward(l->g, cell, f, v[f]);
  to[2] = l->top[cell];
  for (int f = 0; f < GMSH_FACES && l->top[cell] < 0; f++)
    if (v[f][2] > best) best = v[f][2], to[2] = f;
  best = -HUGE_VAL, to[0] = 0;
  for (int f = 0; f < GMSH_FACES; f++)
    if (f / 2 != to[2] / 2 && v[f][0] > best) best = v[f][0], to[0] = f;
  to[1] = 2 * (3 - to[0] / 2 - to[2] / 2);
  const double *r = v[to[0]], *h = v[to[1]], *o = v[to[2]];
  double det =
      r[0] * (h[1] * o[2] - h[2] * o[1]) - r[1] * (h[0] * o[2] - h[2] * o[0]) + r[2] * (h[0] * o[1] - h[1] * o[0]);
  if (det < 0) to[1] ^= 1;
}

static void fill_cells(loose *l) {
  mesh *m = l->m;
  for (int c = 0; c < m->ncell; c++) {
    int cell = l->order[c], to[3];
    turn(l, cell, to);
    for (int a = 0; a < CELL_NODES; a++) {
      int at[3] = {a % 3, a / 3 % 3, a / 9}, own[3];
      for (int d = 0; d < 3; d++) own[to[d] / 2] = to[d] % 2 ? at[d] : 2 - at[d];
      m->cell[(size_t)CELL_NODES * (size_t)c + (size_t)a] =
          l->number[CELL_NODES * cell + own[0] + 3 * own[1] + 9 * own[2]];
    }
    m->layer[c] = l->g->group[cell];
    if (l->top[cell] < 0) continue;
    memcpy(m->skin + FACET_NODES * (size_t)m->nskin,
           m->cell + (size_t)CELL_NODES * (size_t)c + CELL_NODES - FACET_NODES, FACET_NODES * sizeof *m->skin);
    m->skin_cell[m->nskin++] = c;
  }
}

/* ------------------------------------------------------------------------------------------------------- the faces */

/* Of a quadrangle of `sides`, by where it looks most. */
static int side_of(const loose *l, const gmsh_face *f) {
  double v[3];
  toward(l->g, f->cell, f->side, v);
  return fabs(v[0]) > fabs(v[1]) ? v[0] < 0 ? FACE_XM : FACE_XP : v[1] < 0 ? FACE_YM : FACE_YP;
}

/* Marks the nodes of every face a physical surface belongs to; mark [nnode] bit f: it lies on face f. */
static status mark_faces(const loose *l, const char *skin, uint8_t *mark) {
  static const char *const names[] = {"left", "right", "tail", "head", "bottom", NULL, "sides"};
  const gmsh *g = l->g;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *name = names[i] ? names[i] : skin;
    int surface = gmsh_faces_surface(g, name);
    for (int q = 0; surface >= 0 && q < g->nquad; q++) {
      const gmsh_face *at;
      if (g->surface[q] != surface) continue;
      TRY(gmsh_faces_outer(&l->f, q, name, &at));
      int face = i < FACE_COUNT ? (int)i : side_of(l, at);
      for (int a = 0; a < CELL_NODES; a++) {
        const int own[3] = {a % 3, a / 3 % 3, a / 9};
        if (own[at->side / 2] == 2 * (at->side % 2)) mark[l->number[CELL_NODES * at->cell + a]] |= (uint8_t)(1 << face);
      }
    }
  }
  return ST_OK;
}

static status fill_faces(const loose *l, const char *skin, arena *scratch, arena *a) {
  mesh *m = l->m;
  uint8_t *mark;
  NEW(scratch, mark, m->nnode);
  NEW(a, m->face_first, FACE_COUNT + 1);
  TRY(mark_faces(l, skin, mark));
  for (int f = 0; f < FACE_COUNT; f++) {
    m->face_first[f + 1] = m->face_first[f];
    for (int i = 0; i < m->nnode; i++) m->face_first[f + 1] += mark[i] >> f & 1;
  }
  NEW(a, m->face_node, m->face_first[FACE_COUNT] + 1);
  for (int f = 0, n = 0; f < FACE_COUNT; f++)
    for (int i = 0; i < m->nnode; i++)
      if (mark[i] >> f & 1) m->face_node[n++] = i;
  return ST_OK;
}

/* ------------------------------------------------------------------------------------------------------- the whole */

static status check_shape(const loose *l) {
  const mesh *m = l->m;
  int worst;
  double quality = mesh_quality(m, &worst);
  if (quality > 0) return ST_OK;
  const double *x = m->x + 3 * (size_t)m->cell[(size_t)CELL_NODES * (size_t)worst + CELL_NODES / 2];
  FAIL(ST_INPUT, "cell %d of the mesh, at (%.4g, %.4g, %.4g) m, is inside out", l->order[worst], x[0], x[1], x[2]);
}

/* Cells by layer, in a layer as the file has them. */
static void sort_cells(loose *l) {
  int n = 0;
  for (int group = 0; group < l->g->ngroup; group++)
    for (int c = 0; c < l->g->ncell; c++)
      if (l->g->group[c] == group) l->order[n++] = c;
}

status gmsh_loose(const gmsh *g, const char *skin, double unit, int nfam, const char *why, arena *scratch, arena *a,
                  mesh **out) {
  loose l = {.g = g, .unit = unit};
  mesh *m;
  int some, nskin;
  /* Element results, 81 a cell and up to a batch of them for one that is alone, are counted in int32_t too. */
  if (g->ncell > INT32_MAX / (27 * CELL_NODES)) FAIL(ST_INPUT, "%d cells are too many", g->ncell);
  TRY(gmsh_faces_create(g, scratch, &l.f));
  NEW(scratch, l.order, g->ncell);
  NEW(scratch, l.top, g->ncell);
  NEW(scratch, l.number, (size_t)CELL_NODES * (size_t)g->ncell);
  TRY(gmsh_faces_skin(&l.f, skin, l.top, &some, &nskin));
  sort_cells(&l);

  NEW(a, m, 1);
  l.m = m;
  m->ncell = g->ncell, m->nfam = nfam;
  TRY(number_nodes(&l, scratch, a));
  NEW(a, m->cell, CELL_NODES * (size_t)m->ncell);
  NEW(a, m->layer, m->ncell);
  NEW(a, m->skin, FACET_NODES * (size_t)nskin);
  NEW(a, m->skin_cell, nskin);
  NEW(a, m->skin_count, m->nnode);
  if (nfam) NEW(a, m->fibre, 3 * (size_t)nfam * (size_t)m->ncell);
  char *text;
  NEW(a, text, strlen(why) + 1);
  strcpy(text, why);
  m->why = text;
  fill_cells(&l);
  for (int i = 0; i < FACET_NODES * m->nskin; i++) m->skin_count[m->skin[i]]++;
  TRY(fill_faces(&l, skin, scratch, a));
  TRY(check_shape(&l));
  *out = m;
  return ST_OK;
}

status gmsh_mesh(const gmsh *g, const char *skin, double unit, int nfam, arena *scratch, arena *a, mesh **out) {
  size_t mark = arena_mark(a);
  status st = gmsh_columns(g, skin, unit, nfam, scratch, a, out);
  if (st != ST_INPUT) return st;
  char why[512];
  snprintf(why, sizeof why, "%s", err_message());
  err_clear();
  arena_release(a, mark);
  return gmsh_loose(g, skin, unit, nfam, why, scratch, a, out);
}
