/* Four fingers side by side, leaning back over their tips: the smallest convex body around four capsules in a row. The
   notches between the fingers are filled, as skin does not follow them. */
#include "models/hands/rounded.h"
#include "sim/kinds/hand.h"

typedef struct fingertips {
  double radius, spacing, length, tilt;
} fingertips;

static const param params[] = {
    PARAM(fingertips, radius, .unit = "m", .lo = 0.002, .hi = 0.03, .preset = 0.008, .doc = "of a fingertip",
          .source = "assumed: half of an adult fingertip's breadth"),
    PARAM(fingertips, spacing, .unit = "m", .lo = 0, .hi = 0.06, .preset = 0.018,
          .doc = "between the middles of neighbours, across the stroke", .source = "assumed: fingers held together"),
    PARAM(fingertips, length, .unit = "m", .lo = 0, .hi = 0.15, .preset = 0.025,
          .doc = "of the straight part behind the tips", .source = "assumed: last finger joint"),
    PARAM(fingertips, tilt, .unit = "rad", .lo = 0, .hi = 1.5707963267948966, .preset = 0.7853981633974483,
          .doc = "lean of the fingers away from upright, toward the head", .source = "assumed: 45 deg"),
    {0},
};

/* The core is the plate between the middles of the outer fingers. */
typedef struct core {
  double c[3], axes[9], h[3];
} core;

static core core_of(const fingertips *f) {
  double d[3];
  shape_axis(f->tilt, 0, d);
  return (core){.c = {0, 0.5 * f->length * d[1], f->radius + 0.5 * f->length * d[2]},
                .axes = {1, 0, 0, 0, d[1], d[2], 0, -d[2], d[1]},
                .h = {1.5 * f->spacing, 0.5 * f->length, 0}};
}

static double reach(const void *par) {
  const fingertips *c = par;
  return hypot(1.5 * c->spacing, c->length) + 2 * c->radius;
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  core k = core_of(par);
  rounded_box(((const fingertips *)par)->radius, k.c, k.axes, k.h, n, x, gap, normal, hess);
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  core k = core_of(par);
  rounded_box_surface(((const fingertips *)par)->radius, k.c, k.axes, k.h, max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_fingertips;
const hand hand_fingertips = {
    .name = "fingertips",
    .doc = "four fingers side by side, leaning over their tips",
    .params = params,
    .par_size = sizeof(fingertips),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
