#include "sim/mesh/gmsh_faces.h"
#include <stdlib.h>
#include <string.h>

void gmsh_face_corners(const gmsh *g, int cell, int f, int32_t out[4]) {
  int axis = f / 2, n = 0;
  for (int v = 0; v < 8; v++) {
    int at[3] = {v & 1, v >> 1 & 1, v >> 2};
    if (at[axis] == f % 2) out[n++] = g->cell[CELL_NODES * (size_t)cell + (size_t)(2 * at[0] + 6 * at[1] + 18 * at[2])];
  }
}

static void sort4(int32_t c[4]) {
  for (int i = 1; i < 4; i++)
    for (int k = i; k > 0 && c[k] < c[k - 1]; k--) {
      int32_t swap = c[k];
      c[k] = c[k - 1], c[k - 1] = swap;
    }
}

static int compare(const void *a, const void *b) {
  const gmsh_face *f = a, *g = b;
  for (int i = 0; i < 4; i++)
    if (f->corner[i] != g->corner[i]) return f->corner[i] < g->corner[i] ? -1 : 1;
  return f->cell < g->cell ? -1 : f->cell > g->cell;
}

static int same(const gmsh_face *a, const gmsh_face *b) {
  return !memcmp(a->corner, b->corner, sizeof a->corner);
}

status gmsh_faces_create(const gmsh *g, arena *a, gmsh_faces *f) {
  int n = GMSH_FACES * g->ncell;
  f->g = g;
  NEW(a, f->face, n);
  NEW(a, f->beside, n);
  for (int i = 0; i < n; i++) {
    f->face[i].cell = i / GMSH_FACES, f->face[i].side = (int8_t)(i % GMSH_FACES), f->beside[i] = -1;
    gmsh_face_corners(g, i / GMSH_FACES, i % GMSH_FACES, f->face[i].corner);
    sort4(f->face[i].corner);
  }
  qsort(f->face, (size_t)n, sizeof *f->face, compare);
  for (int i = 0; i + 1 < n; i++) {
    const gmsh_face *p = &f->face[i], *q = p + 1;
    if (!same(p, q)) continue;
    if (i + 2 < n && same(q, q + 1))
      FAIL(ST_INPUT, "three cells of the mesh share a face: %d, %d and %d", p->cell, q->cell, q[1].cell);
    f->beside[GMSH_FACES * p->cell + p->side] = GMSH_FACES * q->cell + q->side;
    f->beside[GMSH_FACES * q->cell + q->side] = GMSH_FACES * p->cell + p->side;
  }
  return ST_OK;
}

/* First face with these corners, NULL when there is none. */
static const gmsh_face *lookup(const gmsh_faces *f, const int32_t corner[4]) {
  gmsh_face key = {.cell = -1};
  memcpy(key.corner, corner, sizeof key.corner);
  sort4(key.corner);
  int lo = 0, hi = GMSH_FACES * f->g->ncell;
  while (lo < hi) {
    int mid = (lo + hi) / 2;
    if (compare(&f->face[mid], &key) < 0)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo < GMSH_FACES * f->g->ncell && same(&f->face[lo], &key) ? &f->face[lo] : NULL;
}

status gmsh_faces_outer(const gmsh_faces *f, int quad, const char *name, const gmsh_face **out) {
  *out = lookup(f, f->g->quad + 4 * (size_t)quad);
  if (!*out || f->beside[GMSH_FACES * (*out)->cell + (*out)->side] >= 0)
    FAIL(ST_INPUT, "quadrangle %d of '%s' is no outer face of a hexahedron", quad, name);
  return ST_OK;
}

int gmsh_faces_surface(const gmsh *g, const char *name) {
  int surface = -1;
  for (int i = 0; i < g->nsurface; i++)
    if (!strcmp(g->surface_name[i], name)) surface = i;
  return surface;
}

status gmsh_faces_skin(const gmsh_faces *f, const char *name, int8_t *top, int *some, int *n) {
  const gmsh *g = f->g;
  int surface = gmsh_faces_surface(g, name);
  if (surface < 0) FAIL(ST_INPUT, "no physical surface of the mesh is called '%s', which hands touch", name);
  memset(top, -1, (size_t)g->ncell);
  *n = 0;
  for (int q = 0; q < g->nquad; q++) {
    const gmsh_face *at;
    if (g->surface[q] != surface) continue;
    TRY(gmsh_faces_outer(f, q, name, &at));
    if (top[at->cell] >= 0) FAIL(ST_INPUT, "cell %d has two faces on '%s'", at->cell, name);
    top[at->cell] = at->side, *some = at->cell, ++*n;
  }
  if (!*n) FAIL(ST_INPUT, "physical surface '%s' has no quadrangle", name);
  return ST_OK;
}
