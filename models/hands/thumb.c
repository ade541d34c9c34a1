/* A thumb as a capsule that leans back over its rounded end; a light touch is that of a sphere of the same radius. */
#include "models/hands/shape.h"
#include "sim/kinds/hand.h"

typedef struct thumb {
  double radius, length, tilt;
} thumb;

static const param params[] = {
    PARAM(thumb, radius, .unit = "m", .lo = 0.002, .hi = 0.05, .preset = 0.01, .doc = "of the tip",
          .source = "assumed: small end of the 10-25 mm of deep tissue tools"),
    PARAM(thumb, length, .unit = "m", .lo = 0, .hi = 0.2, .preset = 0.03, .doc = "of the straight part behind the tip",
          .source = "assumed: last thumb joint"),
    PARAM(thumb, tilt, .unit = "rad", .lo = 0, .hi = 1.5707963267948966, .preset = 0.7853981633974483,
          .doc = "lean of the thumb away from upright, toward the head", .source = "assumed: 45 deg"),
    {0},
};

static double reach(const void *par) {
  const thumb *c = par;
  return 2 * c->radius + c->length;
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  const thumb *c = par;
  double d[3];
  shape_axis(c->tilt, 0, d);
  shape_capsule(c->radius, d, 0, c->length, n, x, gap, normal, hess);
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  const thumb *c = par;
  double d[3], r = c->radius;
  shape_axis(c->tilt, 0, d);
  shape_surface((double[]){0, 0, r}, (double[]){r, r, r}, d, c->length, max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_thumb;
const hand hand_thumb = {
    .name = "thumb",
    .doc = "end of a thumb: a leaning capsule that touches with its rounded cap",
    .params = params,
    .par_size = sizeof(thumb),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
