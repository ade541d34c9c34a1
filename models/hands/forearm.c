/* A forearm as a lying capsule, by default across the stroke; the origin is the middle of its lowest line. */
#include "models/hands/shape.h"
#include "sim/kinds/hand.h"

typedef struct forearm {
  double radius, length, turn;
} forearm;

static const param params[] = {
    PARAM(forearm, radius, .unit = "m", .lo = 0.01, .hi = 0.1, .preset = 0.035, .doc = "of the forearm",
          .source = "assumed: half of an adult forearm's breadth"),
    PARAM(forearm, length, .unit = "m", .lo = 0, .hi = 0.5, .preset = 0.18, .doc = "of the straight part",
          .source = "assumed: without wrist and elbow"),
    PARAM(forearm, turn, .unit = "rad", .lo = 0, .hi = 3.2, .preset = 1.5707963267948966,
          .doc = "0: along the stroke, 90 deg: across it", .source = "assumed: across"),
    {0},
};

static double reach(const void *par) {
  const forearm *c = par;
  return 0.5 * c->length + 2 * c->radius;
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  const forearm *c = par;
  double d[3];
  shape_axis(0.5 * M_PI, c->turn, d);
  shape_capsule(c->radius, d, -0.5 * c->length, 0.5 * c->length, n, x, gap, normal, hess);
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  const forearm *c = par;
  double d[3], r = c->radius;
  shape_axis(0.5 * M_PI, c->turn, d);
  shape_surface((double[]){-0.5 * c->length * d[0], -0.5 * c->length * d[1], r}, (double[]){r, r, r}, d, c->length,
                max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_forearm;
const hand hand_forearm = {
    .name = "forearm",
    .doc = "forearm lying across the stroke or along it: a capsule",
    .params = params,
    .par_size = sizeof(forearm),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
