/* The olecranon as the rounded end of a capsule; a broader, blunter thumb. */
#include "models/hands/shape.h"
#include "sim/kinds/hand.h"

typedef struct elbow {
  double radius, length, tilt;
} elbow;

static const param params[] = {
    PARAM(elbow, radius, .unit = "m", .lo = 0.005, .hi = 0.08, .preset = 0.02, .doc = "of the point of the elbow",
          .source = "assumed: within the 10-25 mm of deep tissue tools"),
    PARAM(elbow, length, .unit = "m", .lo = 0, .hi = 0.4, .preset = 0.1, .doc = "of the forearm behind it",
          .source = "assumed: what can come near the skin"),
    PARAM(elbow, tilt, .unit = "rad", .lo = 0, .hi = 1.5707963267948966, .preset = 0.7853981633974483,
          .doc = "lean of the forearm away from upright, toward the head", .source = "assumed: 45 deg"),
    {0},
};

static double reach(const void *par) {
  const elbow *c = par;
  return 2 * c->radius + c->length;
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  const elbow *c = par;
  double d[3];
  shape_axis(c->tilt, 0, d);
  shape_capsule(c->radius, d, 0, c->length, n, x, gap, normal, hess);
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  const elbow *c = par;
  double d[3], r = c->radius;
  shape_axis(c->tilt, 0, d);
  shape_surface((double[]){0, 0, r}, (double[]){r, r, r}, d, c->length, max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_elbow;
const hand hand_elbow = {
    .name = "elbow",
    .doc = "point of the elbow: a leaning capsule with a broad rounded cap",
    .params = params,
    .par_size = sizeof(elbow),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
