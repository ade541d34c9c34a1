/* A ball: a capsule without length. */
#include "models/hands/shape.h"
#include "sim/kinds/hand.h"

typedef struct sphere {
  double radius;
} sphere;

static const param params[] = {
    PARAM(sphere, radius, .unit = "m", .lo = 1e-4, .hi = 1, .preset = 0.03, .doc = "of the ball",
          .source = "assumed: a massage ball"),
    {0},
};

static double reach(const void *par) {
  const sphere *c = par;
  return 2 * c->radius;
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  const sphere *c = par;
  double d[3];
  shape_axis(0, 0, d);
  shape_capsule(c->radius, d, 0, 0, n, x, gap, normal, hess);
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  const sphere *c = par;
  double d[3], r = c->radius;
  shape_axis(0, 0, d);
  shape_surface((double[]){0, 0, r}, (double[]){r, r, r}, d, 0, max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_sphere;
const hand hand_sphere = {
    .name = "sphere",
    .doc = "a ball: the tool of the Hertz tests and of a massage ball",
    .params = params,
    .par_size = sizeof(sphere),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
