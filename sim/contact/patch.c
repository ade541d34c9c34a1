#include "sim/contact/patch.h"
#include <math.h>
#include <string.h>
#include "sim/fe/shape.h"

enum { FP = QUAD_FACET };
/* Sweeps of Richardson's iteration with the lumped mass. Numerical: the iteration around it needs no more. */
enum { SWEEPS = 2 };

struct patches {
  const mesh *g;
  const double *weight;
  double hat[FP][FP]; /* of node n at point q */
  int nnode;
  int *node; /* [9 nskin] number of a facet's node among those of the skin */
  /* [nnode] */
  double *mass, *sum, *field;
  uint8_t *part; /* some point of the patch does not count */
};

/* Hats on a line with nodes at -1, 0, 1 at its Gauss points. */
static double hat_line(int q, int n) {
  double x = fabs(shape_point[q]), at = n - 1;
  return shape_point[q] * at < 0 ? 0 : n == 1 ? 1 - x : x;
}

status patches_create(const mesh *g, const double *weight, arena *a, patches **out) {
  patches *k;
  int *number;
  NEW(a, k, 1);
  NEW(a, k->node, FP * g->nskin);
  k->g = g, k->weight = weight;
  for (int q = 0; q < FP; q++)
    for (int n = 0; n < FP; n++) k->hat[q][n] = hat_line(q % 3, n % 3) * hat_line(q / 3, n / 3);
  size_t mark = arena_mark(a);
  NEW(a, number, g->nnode);
  for (int i = 0; i < FP * g->nskin; i++) {
    int *n = number + g->skin[i]; /* from 1; 0: not met yet */
    if (!*n) *n = ++k->nnode;
    k->node[i] = *n - 1;
  }
  arena_release(a, mark);
  NEW(a, k->mass, k->nnode);
  NEW(a, k->sum, k->nnode);
  NEW(a, k->field, k->nnode);
  NEW(a, k->part, k->nnode);
  *out = k;
  return ST_OK;
}

static int facet_counts(const uint8_t *counts, int s) {
  int some = 0;
  for (int q = 0; q < FP; q++) some |= counts[FP * s + q];
  return some;
}

/* Value of the field at a point. */
static double value(const patches *k, int s, int q) {
  double x = 0;
  for (int n = 0; n < FP; n++) x += k->hat[q][n] * k->field[k->node[FP * s + n]];
  return x;
}

/* sum = integral of hat (v - field) over the points that count. */
static void integrate(patches *k, const uint8_t *counts, const double *v) {
  memset(k->sum, 0, (size_t)k->nnode * sizeof *k->sum);
  for (int s = 0; s < k->g->nskin; s++) {
    if (!facet_counts(counts, s)) continue;
    for (int q = 0; q < FP; q++) {
      int i = FP * s + q;
      if (!counts[i]) continue;
      double left = k->weight[i] * (v[i] - value(k, s, q));
      for (int n = 0; n < FP; n++) k->sum[k->node[FP * s + n]] += k->hat[q][n] * left;
    }
  }
}

/* mass = integral of hat over the points that count, part, and the field of nothing. */
static void begin(patches *k, const uint8_t *counts) {
  memset(k->mass, 0, (size_t)k->nnode * sizeof *k->mass);
  memset(k->field, 0, (size_t)k->nnode * sizeof *k->field);
  memset(k->part, 0, (size_t)k->nnode);
  for (int s = 0; s < k->g->nskin; s++) {
    const int *node = k->node + FP * s;
    if (!facet_counts(counts, s)) {
      for (int n = 0; n < FP; n++) k->part[node[n]] = 1;
      continue;
    }
    for (int q = 0; q < FP; q++)
      for (int n = 0, i = FP * s + q; n < FP; n++) {
        double h = k->hat[q][n];
        if (counts[i])
          k->mass[node[n]] += h * k->weight[i];
        else if (h > 0)
          k->part[node[n]] = 1;
      }
  }
}

double patches_worst(patches *k, const uint8_t *counts, const double *v) {
  double worst = 0;
  begin(k, counts);
  integrate(k, counts, v);
  for (int n = 0; n < k->nnode; n++)
    if (!k->part[n]) worst = fmax(worst, fabs(k->sum[n]) / k->mass[n]);
  return worst;
}

void patches_add(patches *k, const uint8_t *counts, const double *v, double *to) {
  begin(k, counts);
  for (int sweep = 0; sweep < SWEEPS; sweep++) {
    integrate(k, counts, v);
    for (int n = 0; n < k->nnode; n++)
      if (k->mass[n] > 0) k->field[n] += k->sum[n] / k->mass[n];
  }
  for (int s = 0; s < k->g->nskin; s++)
    for (int q = 0; q < FP; q++)
      if (counts[FP * s + q]) to[FP * s + q] += value(k, s, q);
}
