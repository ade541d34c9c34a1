#include "sim/contact/turn.h"
#include <string.h>

static void cross(const double a[3], const double b[3], double out[3]) {
  out[0] = a[1] * b[2] - a[2] * b[1], out[1] = a[2] * b[0] - a[0] * b[2], out[2] = a[0] * b[1] - a[1] * b[0];
}

/* M v, rows of M first */
static void times(const double M[9], const double v[3], double out[3]) {
  for (int i = 0; i < 3; i++) out[i] = M[3 * i] * v[0] + M[3 * i + 1] * v[1] + M[3 * i + 2] * v[2];
}

/* How far a hand that goes `way` rolls, when nothing slips: axis . (outward x way) / radius. */
static double rolled(const hand_axle *k, const turn_end *at, const double way[3]) {
  double axis[3], lean[3], sum = 0;
  times(at->R, k->axis, axis);
  cross(at->inward, way, lean);
  for (int i = 0; i < 3; i++) sum -= axis[i] * lean[i];
  return sum / k->radius;
}

void turn_begin(turn *t, const hand *kind, const void *par, const turn_end *now, const turn_end *next) {
  double Q[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, RQ[9], c[3] = {0};
  t->known = 1, t->angle = 0;
  if (kind->axle) {
    hand_axle axle;
    double way[3];
    kind->axle(par, &axle);
    for (int k = 0; k < 3; k++) way[k] = next->origin[k] - now->origin[k];
    t->angle = (1 - axle.creep) * 0.5 * (rolled(&axle, now, way) + rolled(&axle, next, way));
    /* Rodrigues */
    const double *a = axle.axis, s = sin(t->angle), v = 2 * sin(0.5 * t->angle) * sin(0.5 * t->angle);
    const double A[9] = {0, -a[2], a[1], a[2], 0, -a[0], -a[1], a[0], 0};
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) Q[3 * i + j] += s * A[3 * i + j] + v * (a[i] * a[j] - (i == j));
    times(Q, axle.centre, c);
    for (int k = 0; k < 3; k++) c[k] = axle.centre[k] - c[k];
  }
  times(next->R, c, t->b);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      RQ[3 * i + j] = 0;
      for (int k = 0; k < 3; k++) RQ[3 * i + j] += next->R[3 * i + k] * Q[3 * k + j];
    }
  for (int i = 0; i < 3; i++) times(now->R, RQ + 3 * i, t->D + 3 * i); /* row i of (R1 Q) R0' */
}

void turn_vector(const turn *t, const double v[3], double out[3]) {
  if (t->known)
    times(t->D, v, out);
  else
    memcpy(out, v, 3 * sizeof *v);
}

void turn_point(const turn *t, const double r[3], double out[3]) {
  turn_vector(t, r, out);
  for (int k = 0; k < 3 && t->known; k++) out[k] += t->b[k];
}
