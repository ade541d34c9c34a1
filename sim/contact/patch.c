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
  int *node;                          /* [9 nskin] number of a facet's node among those of the skin */
  double *whole, *mass, *sum, *field; /* [nnode] integrals of the hat: over all points, over those that count */
  double *left;                       /* [9 nskin] what the field leaves */
};

/* Hats on a line with nodes at -1, 0, 1 at its Gauss points. */
static double hat_line(int q, int n) {
  double x = fabs(shape_point[q]), at = n - 1;
  return shape_point[q] * at < 0 ? 0 : n == 1 ? 1 - x : x;
}

/* out = integral of hat v over the points that count. NULL: all of them count; v is 1. */
static void integrate(const patches *k, const uint8_t *counts, const double *v, double *out) {
  memset(out, 0, (size_t)k->nnode * sizeof *out);
  for (int s = 0; s < k->g->nskin; s++)
    for (int q = 0; q < FP; q++) {
      int i = FP * s + q;
      if ((counts && !counts[i]) || (v && v[i] == 0)) continue;
      double w = v ? k->weight[i] * v[i] : k->weight[i];
      for (int n = 0; n < FP; n++) out[k->node[FP * s + n]] += k->hat[q][n] * w;
    }
}

/* The field at a point. */
static double value(const patches *k, int i) {
  double x = 0;
  for (int n = 0; n < FP; n++) x += k->hat[i % FP][n] * k->field[k->node[i / FP * FP + n]];
  return x;
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
  NEW(a, k->whole, k->nnode);
  NEW(a, k->mass, k->nnode);
  NEW(a, k->sum, k->nnode);
  NEW(a, k->field, k->nnode);
  NEW(a, k->left, FP * g->nskin);
  integrate(k, NULL, NULL, k->whole);
  *out = k;
  return ST_OK;
}

double patches_worst(patches *k, const uint8_t *counts, const double *v) {
  double worst = 0;
  integrate(k, counts, NULL, k->mass);
  integrate(k, NULL, v, k->sum);
  for (int n = 0; n < k->nnode; n++) {
    if (k->mass[n] == 0) continue;
    double mean = k->sum[n] / k->whole[n];
    int part = k->mass[n] < k->whole[n]; /* sums of the same numbers in the same order when it is not */
    worst = fmax(worst, part ? -mean : fabs(mean));
  }
  return worst;
}

void patches_add(patches *k, const uint8_t *counts, const double *v, double *to) {
  int n = FP * k->g->nskin;
  integrate(k, counts, NULL, k->mass);
  memset(k->field, 0, (size_t)k->nnode * sizeof *k->field);
  for (int i = 0; i < n; i++) k->left[i] = v[i];
  for (int sweep = 0; sweep < SWEEPS; sweep++) {
    integrate(k, counts, k->left, k->sum);
    for (int i = 0; i < k->nnode; i++)
      if (k->mass[i] > 0) k->field[i] += k->sum[i] / k->mass[i];
    for (int i = 0; i < n; i++)
      if (counts[i]) k->left[i] = v[i] - value(k, i);
  }
  for (int i = 0; i < n; i++)
    if (counts[i]) to[i] += value(k, i);
}
