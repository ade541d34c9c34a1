/* Knuckles of a fist: a small ellipsoid, wide across the stroke. */
#include "models/hands/shape.h"
#include "sim/kinds/hand.h"

typedef struct knuckle {
  double length, width, thickness;
} knuckle;

static const param params[] = {
    PARAM(knuckle, length, .unit = "m", .lo = 0.005, .hi = 0.2, .preset = 0.036, .doc = "along the stroke",
          .source = "assumed: radius 10-25 mm of deep tissue tools"),
    PARAM(knuckle, width, .unit = "m", .lo = 0.005, .hi = 0.2, .preset = 0.06, .doc = "across the stroke",
          .source = "assumed: the middle joints of three fingers side by side"),
    PARAM(knuckle, thickness, .unit = "m", .lo = 0.005, .hi = 0.2, .preset = 0.036, .doc = "along the press",
          .source = "assumed: radius 10-25 mm of deep tissue tools"),
    {0},
};

static void half_axes(const knuckle *c, double a[3]) {
  a[0] = 0.5 * c->width;
  a[1] = 0.5 * c->length;
  a[2] = 0.5 * c->thickness;
}

static double reach(const void *par) {
  const knuckle *c = par;
  return 0.5 * (fmax(c->length, fmax(c->width, c->thickness)) + c->thickness);
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  double a[3];
  half_axes(par, a);
  shape_ellipsoid(a, n, x, gap, normal, hess);
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  double a[3];
  half_axes(par, a);
  shape_surface((double[]){0, 0, a[2]}, a, (double[]){0, 0, 1}, 0, max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_knuckle;
const hand hand_knuckle = {
    .name = "knuckle",
    .doc = "back of a bent finger joint or a fist's front: a small ellipsoid",
    .params = params,
    .par_size = sizeof(knuckle),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
