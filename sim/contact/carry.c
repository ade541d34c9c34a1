#include "sim/contact/carry.h"
#include <math.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/shape.h"
#include "sim/mesh/mesh.h"

/* A hand takes all along within FULL times its reach from the middle of its way, and nothing beyond NONE times, where
   the body hardly feels it. Of several hands the nearer one counts more, by the inverse square of the distance, which
   NEAR keeps finite. All in reaches, all numerical: a guess is none the worse for another taper. */
static const double FULL = 1.5, NONE = 3, NEAR = 0.3;
/* m; ways shorter than this are none: far below any element. */
static const double LEAST_WAY = 1e-5;
/* Newton on the surface: looks at most so often, ends at this share of a cell. */
enum { LOOKS = 20 };
static const double CLOSE = 1e-6;

typedef struct spot { /* on the skin, in columns from the mesh's first edges */
  double a, b;
} spot;

struct carry {
  const mesh *g;
  int ntool;
  spot *column; /* [(2 nx + 1) (2 ny + 1)] where each column of nodes takes from */
  spot *point;  /* [nskin QUAD_FACET] and each point of the skin */
};

status carry_create(const model *m, arena *a, carry **out) {
  carry *c;
  const mesh *g = m->mesh;
  *out = NULL;
  if (!mesh_in_columns(g)) return ST_OK;
  NEW(a, c, 1);
  c->g = g, c->ntool = m->ntool;
  NEW(a, c->column, (size_t)(2 * g->nx + 1) * (size_t)(2 * g->ny + 1));
  NEW(a, c->point, (size_t)g->nskin * QUAD_FACET);
  *out = c;
  return ST_OK;
}

/* The cell of n that `at` lies in, and where in it, -1..1. */
static int cell_of(int n, double at, double *x) {
  int i = (int)floor(at);
  i = i < 0 ? 0 : i >= n ? n - 1 : i;
  *x = 2 * (at - i) - 1;
  return i;
}

/* Undeformed skin at a spot, and its slopes per cell. */
static void surface(const mesh *g, spot s, double X[3], double A[3], double B[3]) {
  double x, y, vx[3], dx[3], vy[3], dy[3];
  int i = cell_of(g->nx, s.a, &x), j = cell_of(g->ny, s.b, &y);
  mesh_quadratic(x, vx, dx), mesh_quadratic(y, vy, dy);
  memset(X, 0, 3 * sizeof *X), memset(A, 0, 3 * sizeof *A), memset(B, 0, 3 * sizeof *B);
  for (int n = 0; n < FACET_NODES; n++) {
    int ix = n % 3, iy = n / 3;
    const double *at = g->x + 3 * (size_t)mesh_node(g, 2 * i + ix, 2 * j + iy, 2 * g->nz);
    for (int k = 0; k < 3; k++) {
      X[k] += vx[ix] * vy[iy] * at[k];
      A[k] += 2 * dx[ix] * vy[iy] * at[k], B[k] += 2 * vx[ix] * dy[iy] * at[k];
    }
  }
}

/* How far the hands take X along: d. */
static void way_at(const carry *c, const carry_way *ways, const double X[3], double d[3]) {
  double sum = 0, most = 0;
  memset(d, 0, 3 * sizeof *d);
  for (int t = 0; t < c->ntool; t++) {
    const carry_way *w = ways + t;
    if (!(w->reach > 0)) continue;
    double r = 0;
    for (int k = 0; k < 3; k++) {
      double e = X[k] - 0.5 * (w->from[k] + w->to[k]);
      r += e * e;
    }
    r = sqrt(r) / w->reach;
    double s = fmin(fmax((NONE - r) / (NONE - FULL), 0), 1), full = s * s * (3 - 2 * s),
           weight = full / (r * r + NEAR * NEAR);
    for (int k = 0; k < 3; k++) d[k] += weight * (w->to[k] - w->from[k]);
    sum += weight, most = fmax(most, full);
  }
  for (int k = 0; k < 3; k++) d[k] *= sum > 0 ? most / sum : 0;
}

/* Where `here` takes from: the spot whose place is nearest to X - d, by Gauss and Newton. */
static spot source(const carry *c, const carry_way *ways, spot here) {
  const mesh *g = c->g;
  double X[3], A[3], B[3], d[3], to[3];
  surface(g, here, X, A, B);
  way_at(c, ways, X, d);
  for (int k = 0; k < 3; k++) to[k] = X[k] - d[k];
  spot s = here;
  for (int i = 0; i < LOOKS; i++) {
    double AA = 0, AB = 0, BB = 0, Ae = 0, Be = 0;
    for (int k = 0; k < 3; k++) {
      double e = to[k] - X[k];
      AA += A[k] * A[k], AB += A[k] * B[k], BB += B[k] * B[k], Ae += A[k] * e, Be += B[k] * e;
    }
    double det = AA * BB - AB * AB;
    spot was = s;
    s.a = fmin(fmax(s.a + (BB * Ae - AB * Be) / det, 0), g->nx);
    s.b = fmin(fmax(s.b + (AA * Be - AB * Ae) / det, 0), g->ny);
    if (fabs(s.a - was.a) + fabs(s.b - was.b) < CLOSE) break;
    surface(g, s, X, A, B);
  }
  return s;
}

int carry_along(carry *c, const carry_way *ways) {
  const mesh *g = c->g;
  int some = 0, row = 2 * g->nx + 1;
  for (int t = 0; t < c->ntool; t++)
    for (int k = 0; k < 3; k++) some |= ways[t].reach > 0 && fabs(ways[t].to[k] - ways[t].from[k]) > LEAST_WAY;
  if (!some) return 0;
#pragma omp parallel for schedule(static)
  for (int i = 0; i < row * (2 * g->ny + 1); i++)
    c->column[i] = source(c, ways, (spot){0.5 * (i % row), 0.5 * (i / row)});
#pragma omp parallel for schedule(static)
  for (int i = 0; i < QUAD_FACET * g->nskin; i++) {
    int f = i / QUAD_FACET, q = i % QUAD_FACET; /* facets are numbered like columns */
    c->point[i] =
        source(c, ways, (spot){f % g->nx + 0.5 + 0.5 * shape_point[q % 3], f / g->nx + 0.5 + 0.5 * shape_point[q / 3]});
  }
  return 1;
}

void carry_displacement(const carry *c, const double *u, double *out) {
  const mesh *g = c->g;
  int row = 2 * g->nx + 1, nk = 2 * g->nz + 1;
#pragma omp parallel for schedule(static)
  for (int n = 0; n < row * (2 * g->ny + 1); n++) {
    double x, y, vx[3], vy[3], slope[3], *to = out + 3 * (size_t)nk * (size_t)n;
    int i = cell_of(g->nx, c->column[n].a, &x), j = cell_of(g->ny, c->column[n].b, &y);
    mesh_quadratic(x, vx, slope), mesh_quadratic(y, vy, slope);
    memset(to, 0, 3 * (size_t)nk * sizeof *to);
    for (int a = 0; a < FACET_NODES; a++) {
      const double *from = u + 3 * (size_t)mesh_node(g, 2 * i + a % 3, 2 * j + a / 3, 0);
      double v = vx[a % 3] * vy[a / 3];
      for (int k = 0; k < 3 * nk; k++) to[k] += v * from[k];
    }
  }
}

/* Between which two of the 3 n points of a row `at` lies: the first of them, and how far beyond it, 0..1. */
static int between(int n, double at, double *share) {
  double x, h = shape_point[2];
  int i = 3 * cell_of(n, at, &x);
  if (x < -h) {
    *share = (x + 2 - h) / (2 - 2 * h);
    return i - 1;
  }
  if (x < h) {
    *share = x < 0 ? (x + h) / h : x / h;
    return x < 0 ? i : i + 1;
  }
  *share = (x - h) / (2 - 2 * h);
  return i + 2;
}

double carry_skin(const carry *c, int point, int hand, const double *owner, const double *value) {
  const mesh *g = c->g;
  double fa, fb, sum = 0;
  int a0 = between(g->nx, c->point[point].a, &fa), b0 = between(g->ny, c->point[point].b, &fb);
  for (int i = 0; i < 4; i++) {
    int a = a0 + i % 2, b = b0 + i / 2;
    if (a < 0 || b < 0 || a >= 3 * g->nx || b >= 3 * g->ny) continue;
    int from = QUAD_FACET * (b / 3 * g->nx + a / 3) + 3 * (b % 3) + a % 3;
    if ((int)owner[from] == hand + 1) sum += (i % 2 ? fa : 1 - fa) * (i / 2 ? fb : 1 - fb) * value[from];
  }
  return sum;
}
