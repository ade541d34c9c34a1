/* Whole tools that several members share, each with its own table of sizes: an ellipsoid lying flat and a capsule
   leaning over its rounded end. shape.h has the distances. */
#ifndef KNEAD_HANDS_SOLID_H
#define KNEAD_HANDS_SOLID_H
#include "models/hands/shape.h"

typedef struct ellipsoid {
  double length, width, thickness; /* m: along the stroke, across it, along the press */
} ellipsoid;

static inline void ellipsoid_half_axes(const ellipsoid *c, double a[3]) {
  a[0] = 0.5 * c->width;
  a[1] = 0.5 * c->length;
  a[2] = 0.5 * c->thickness;
}

static inline double ellipsoid_reach(const void *par) {
  const ellipsoid *c = par;
  return 0.5 * (fmax(c->length, fmax(c->width, c->thickness)) + c->thickness);
}

static inline void ellipsoid_gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  double a[3];
  ellipsoid_half_axes(par, a);
  shape_ellipsoid(a, n, x, gap, normal, hess);
}

static inline void ellipsoid_surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles,
                                     int *nt) {
  double a[3];
  ellipsoid_half_axes(par, a);
  shape_surface((double[]){0, 0, a[2]}, a, (double[]){0, 0, 1}, 0, max_p, points, np, max_t, triangles, nt);
}

typedef struct leaning {
  double radius, length, tilt; /* m, m, rad: of the end, of the straight part behind it, away from upright */
} leaning;

static inline double leaning_reach(const void *par) {
  const leaning *c = par;
  return 2 * c->radius + c->length;
}

static inline void leaning_gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  const leaning *c = par;
  double d[3];
  shape_axis(c->tilt, 0, d);
  shape_capsule(c->radius, d, 0, c->length, n, x, gap, normal, hess);
}

static inline void leaning_surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles,
                                   int *nt) {
  const leaning *c = par;
  double d[3], r = c->radius;
  shape_axis(c->tilt, 0, d);
  shape_surface((double[]){0, 0, r}, (double[]){r, r, r}, d, c->length, max_p, points, np, max_t, triangles, nt);
}

#endif
