/* Lengths are in mm, on a grid of 2^-24 mm, and shares of the edge in 2^-12: then sums, products and means here are
   exact in double precision, and a node that cells share has the same bits from each. */
#include "bench/rings.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double EDGE = 20, FAR = 60, HEIGHT = 40; /* of P1 */
static const double HALF = 10, STEP = 10;             /* the largest ring; cells beyond it */
enum { CORNERS = 8, LINES = 64, MOST_SIDES = 12, MOST_ALONG = 10 };

typedef struct cells {
  int n;
  double (*corner)[CORNERS][3]; /* [n] corner i + 2 j + 4 k along the cell's axes */
} cells;

typedef struct quad {
  double corner[4][2]; /* i + 2 j: right of the edge, above the skin */
} quad;

typedef struct section {
  int n;
  quad *quad;
} section;

static double snap(double x) {
  return ldexp(round(ldexp(x, 24)), -24);
}

static void add_quad(section *s, const double p[4][2]) {
  memcpy(s->quad[s->n++].corner, p, sizeof s->quad->corner);
}

/* Point i of the outline of the half square of size 1: down its left side, below it, up its right side. */
static void outline(int sides, int i, double p[2]) {
  double at = (double)i / sides;
  p[0] = at < 1 ? -1 : at < 3 ? at - 2 : 1;
  p[1] = at < 1 ? -at : at < 3 ? -1 : at - 4;
}

/* Each ring is two cuts; of an odd number, the innermost one is one. */
static void add_rings(section *s, const rings *r) {
  double size = HALF;
  for (int cut = 0; cut < r->cuts; cut += 2) {
    double inner = size * (cut + 1 < r->cuts ? 0.5 : sqrt(0.5));
    for (int i = 0; i < 4 * r->sides; i++) {
      double p[4][2];
      for (int k = 0; k < 4; k++) {
        outline(r->sides, i + k % 2, p[k]);
        for (int d = 0; d < 2; d++) p[k][d] = snap(p[k][d] * (k / 2 ? inner : size));
      }
      add_quad(s, p);
    }
    size = inner;
  }
  for (int i = -r->sides; i < r->sides; i++)
    for (int j = -r->sides; j < 0; j++) {
      double p[4][2];
      for (int k = 0; k < 4; k++)
        p[k][0] = snap(size * (i + k % 2) / r->sides), p[k][1] = snap(size * (j + k / 2) / r->sides);
      add_quad(s, p);
    }
}

/* Lines from lo to hi in steps of at most `step`, behind the n there are (the last of which is lo). */
static int add_lines(double *line, int n, double hi, double step) {
  double lo = line[n - 1];
  int more = (int)ceil((hi - lo) / step - 1e-9);
  for (int i = 1; i <= more; i++) line[n++] = snap(lo + (hi - lo) * i / more);
  return n;
}

/* What is around the half square: to its left as far as `left`. x, z: room for LINES. */
static void add_around(section *s, const rings *r, double left, double *x, double *z) {
  int nx = 1, nz = 1;
  x[0] = left, z[0] = -HEIGHT;
  nx = add_lines(x, nx, -HALF, STEP);
  nx = add_lines(x, nx, HALF, HALF / r->sides);
  nx = add_lines(x, nx, FAR - EDGE, STEP);
  nz = add_lines(z, nz, -HALF, STEP);
  nz = add_lines(z, nz, 0, HALF / r->sides);
  for (int i = 0; i + 1 < nx; i++)
    for (int j = 0; j + 1 < nz; j++) {
      if (x[i] >= -HALF && x[i + 1] <= HALF && z[j] >= -HALF) continue;
      add_quad(s, (double[][2]){{x[i], z[j]}, {x[i + 1], z[j]}, {x[i], z[j + 1]}, {x[i + 1], z[j + 1]}});
    }
}

/* Of the side along y from the middle to the corner, then of that along x, its mirror image. */
static void sweep(const section *s, int n, const double *share, cells *c) {
  for (int i = 0; i < s->n; i++)
    for (int j = 0; j < n; j++)
      for (int mirror = 0; mirror < 2; mirror++, c->n++)
        for (int k = 0; k < CORNERS; k++) {
          const double *p = s->quad[i].corner[k % 2 + k / 4 * 2];
          double *x = c->corner[c->n][k], along = share[j + (k / 2 % 2 != mirror)];
          x[mirror] = EDGE + p[0], x[!mirror] = along * (EDGE + p[0]), x[2] = HEIGHT + p[1];
        }
}

/* Under the middle of the patch, where the sweep does not go. z: room for LINES. */
static void add_middle(const rings *r, int n, const double *share, double *z, cells *c) {
  double side = EDGE - HALF;
  z[0] = 0;
  int nz = add_lines(z, 1, HEIGHT - HALF, STEP);
  nz = add_lines(z, nz, HEIGHT, HALF / r->sides);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      for (int l = 0; l + 1 < nz; l++, c->n++)
        for (int k = 0; k < CORNERS; k++) {
          double *x = c->corner[c->n][k];
          x[0] = side * share[i + k % 2], x[1] = side * share[j + k / 2 % 2], x[2] = z[l + k / 4];
        }
}

static void extrude(const section *s, double width, cells *c) {
  for (int i = 0; i < s->n; i++, c->n++)
    for (int k = 0; k < CORNERS; k++) {
      const double *p = s->quad[i].corner[k % 2 + k / 4 * 2];
      double *x = c->corner[c->n][k];
      x[0] = EDGE + p[0], x[1] = k / 2 % 2 * width, x[2] = HEIGHT + p[1];
    }
}

typedef struct spot {
  double x[3];
  int32_t at; /* 27 cell + local node */
} spot;

static int by_place(const void *a, const void *b) {
  const spot *p = a, *q = b;
  for (int k = 0; k < 3; k++)
    if (p->x[k] != q->x[k]) return p->x[k] < q->x[k] ? -1 : 1;
  return (p->at > q->at) - (p->at < q->at);
}

/* Nodes midway between the corners; those at the same place are one. */
static status number_nodes(const cells *c, arena *scratch, arena *a, mesh *m) {
  size_t n = (size_t)CELL_NODES * (size_t)c->n;
  spot *s;
  NEW(scratch, s, n);
  for (size_t i = 0; i < n; i++) {
    int at[3] = {(int)(i % CELL_NODES) % 3, (int)(i % CELL_NODES) / 3 % 3, (int)(i % CELL_NODES) / 9};
    s[i].at = (int32_t)i;
    for (int v = 0; v < CORNERS; v++) {
      double w = 1;
      for (int k = 0; k < 3; k++) w *= 0.5 * (v >> k & 1 ? at[k] : 2 - at[k]);
      for (int k = 0; k < 3; k++) s[i].x[k] += w * c->corner[i / CELL_NODES][v][k];
    }
  }
  qsort(s, n, sizeof *s, by_place);
  NEW(a, m->cell, n);
  for (size_t i = 0; i < n; i++) {
    m->nnode += i == 0 || memcmp(s[i].x, s[i - 1].x, sizeof s->x) != 0;
    m->cell[s[i].at] = m->nnode - 1;
  }
  NEW(a, m->x, 3 * (size_t)m->nnode);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < 3; k++) m->x[3 * (size_t)m->cell[s[i].at] + k] = 1e-3 * s[i].x[k];
  return ST_OK;
}

static status find_faces(mesh *m, double width, arena *a) {
  NEW(a, m->face_first, FACE_COUNT + 1);
  NEW(a, m->face_node, FACE_COUNT * (size_t)m->nnode);
  double hi[3] = {1e-3 * FAR, 1e-3 * (width > 0 ? width : FAR), 1e-3 * HEIGHT};
  for (int f = 0, n = 0; f < FACE_COUNT; f++, m->face_first[f] = n) {
    int axis = f == FACE_XM || f == FACE_XP ? 0 : f == FACE_YM || f == FACE_YP ? 1 : 2;
    double at = f == FACE_XM || f == FACE_YM || f == FACE_BOTTOM ? 0 : hi[axis];
    for (int i = 0; i < m->nnode; i++)
      if (m->x[3 * (size_t)i + (size_t)axis] == at) m->face_node[n++] = i;
  }
  return ST_OK;
}

static status make(const rings *r, double width, arena *scratch, arena *a, mesh *m) {
  double *share, *x, *z; /* not on the stack: that of gcc's address sanitizer is not aligned for what zeroes them */
  int n = r->along + 1;
  NEW(scratch, share, LINES);
  NEW(scratch, x, LINES);
  NEW(scratch, z, LINES);
  for (int i = 1; i <= n; i++) share[i] = i < n ? 1 - ldexp(1, -i) : 1;
  section s = {0};
  cells c = {0};
  int rest = (2 * r->sides + 8) * (r->sides + 8), all = 2 * r->sides * (r->cuts + 1 + r->sides) + rest;
  NEW(scratch, s.quad, all);
  add_rings(&s, r);
  add_around(&s, r, width > 0 ? -EDGE : -HALF, x, z);
  NEW(scratch, c.corner, width > 0 ? s.n : s.n * 2 * n + n * n * (r->sides + 8));
  if (width > 0) {
    extrude(&s, width, &c);
  } else {
    sweep(&s, n, share, &c);
    add_middle(r, n, share, z, &c);
  }
  m->ncell = c.n;
  NEW(a, m->layer, m->ncell);
  TRY(number_nodes(&c, scratch, a, m));
  return find_faces(m, width, a);
}

status rings_mesh(const rings *r, double width, arena *a, mesh **out) {
  mesh *m;
  if (r->sides > MOST_SIDES || r->along > MOST_ALONG) FAIL(ST_INTERNAL, "too many cells for the lines of a section");
  NEW(a, m, 1);
  NEW(a, m->skin, 1);
  NEW(a, m->skin_cell, 1);
  m->why = "it lies in rings about an edge";
  arena *scratch = arena_create(1 << 20);
  if (!scratch) FAIL(ST_INTERNAL, "out of memory for a mesh");
  status st = make(r, snap(1e3 * width), scratch, a, m);
  arena_destroy(&scratch);
  *out = m;
  return st;
}
