#include "bench/nest.h"
#include <math.h>
#include <string.h>
#include "sim/base/mat3.h"

typedef struct box {
  double lo[3], hi[3];
} box;

/* As far outside of a cell, of its sizes, a place still counts as in it: round-off. */
static const double OUTSIDE = 1e-9;

static const double *node_at(const mesh *m, int cell, int a) {
  return m->x + 3 * (size_t)m->cell[CELL_NODES * (size_t)cell + (size_t)a];
}

static box box_of(const mesh *m, int cell) {
  box b = {{HUGE_VAL, HUGE_VAL, HUGE_VAL}, {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL}};
  for (int a = 0; a < CELL_NODES; a++)
    for (int k = 0; k < 3; k++) {
      double x = node_at(m, cell, a)[k];
      b.lo[k] = fmin(b.lo[k], x), b.hi[k] = fmax(b.hi[k], x);
    }
  return b;
}

static int holds(const box *b, const double x[3]) {
  for (int k = 0; k < 3; k++) {
    double near = OUTSIDE * (b->hi[k] - b->lo[k]);
    if (!(x[k] >= b->lo[k] - near && x[k] <= b->hi[k] + near)) return 0;
  }
  return 1;
}

/* Shapes of a cell's nodes at x, which lies in its box, by Newton's method for the place xi in -1..1. Returns how far
   outside of the cell that is. */
static double shapes(const mesh *m, int cell, const double x[3], double N[CELL_NODES]) {
  double xi[3] = {0}, far = HUGE_VAL;
  for (int step = 0; step < 30; step++) {
    double line[3][3], slope[3][3], G[9] = {0}, inv[9], miss[3], d[3], move = 0;
    memcpy(miss, x, sizeof miss);
    for (int k = 0; k < 3; k++) mesh_quadratic(xi[k], line[k], slope[k]);
    for (int a = 0; a < CELL_NODES; a++) {
      int at[3] = {a % 3, a / 3 % 3, a / 9};
      N[a] = line[0][at[0]] * line[1][at[1]] * line[2][at[2]];
      for (int j = 0; j < 3; j++) {
        double D = 1;
        for (int k = 0; k < 3; k++) D *= (k == j ? slope : line)[k][at[k]];
        for (int k = 0; k < 3; k++) G[3 * k + j] += D * node_at(m, cell, a)[k];
      }
      for (int k = 0; k < 3; k++) miss[k] -= N[a] * node_at(m, cell, a)[k];
    }
    far = fmax(fmax(fabs(xi[0]), fabs(xi[1])), fabs(xi[2])) - 1;
    inv3(G, 1, inv);
    vec3(inv, 1, miss, 1, d);
    for (int k = 0; k < 3; k++) xi[k] += d[k], move = fmax(move, fabs(d[k]));
    if (!(move > 1e-13)) break;
  }
  return far;
}

status nest_bring(const mesh *from, const double *u, const mesh *to, double *v) {
  arena *scratch = arena_create(1 << 20);
  box *b = scratch ? arena_alloc(scratch, (size_t)from->ncell * sizeof *b) : NULL;
  if (!b) {
    arena_destroy(&scratch);
    FAIL(ST_INTERNAL, "out of memory for %d cells", from->ncell);
  }
  for (int c = 0; c < from->ncell; c++) b[c] = box_of(from, c);
  int lost = 0;
#pragma omp parallel for schedule(dynamic, 64) reduction(+ : lost)
  for (int n = 0; n < to->nnode; n++) {
    const double *x = to->x + 3 * (size_t)n;
    double least = HUGE_VAL, N[CELL_NODES], best[CELL_NODES] = {0};
    int cell = 0;
    for (int c = 0; c < from->ncell && least > OUTSIDE; c++) {
      if (!holds(b + c, x)) continue;
      double far = shapes(from, c, x, N);
      if (far < least) least = far, cell = c, memcpy(best, N, sizeof best);
    }
    lost += least > OUTSIDE;
    for (int k = 0; k < 3; k++) {
      v[3 * (size_t)n + (size_t)k] = 0;
      for (int a = 0; a < CELL_NODES; a++)
        v[3 * (size_t)n + (size_t)k] +=
            best[a] * u[3 * (size_t)from->cell[CELL_NODES * (size_t)cell + (size_t)a] + (size_t)k];
    }
  }
  arena_destroy(&scratch);
  if (lost) FAIL(ST_INTERNAL, "%d nodes lie in no cell of the mesh a field is brought from", lost);
  return ST_OK;
}
