/* A roller: a lying cylinder with rounded edges, held fast so that it slides, or turning about its axis. */
#include "models/hands/rounded.h"
#include "sim/kinds/hand.h"

typedef struct roller {
  double radius, length, edge, turn, creep;
} roller;

static const param params[] = {
    PARAM(roller, radius, .unit = "m", .lo = 0.005, .hi = 2, .preset = 0.02, .doc = "of the cylinder",
          .source = "assumed: a hand-held roller; foam rollers have 75 mm"),
    PARAM(roller, length, .unit = "m", .lo = 0.005, .hi = 0.6, .preset = 0.12, .doc = "of the cylinder",
          .source = "assumed"),
    PARAM(roller, edge, .unit = "m", .lo = 0.0005, .hi = 0.1, .preset = 0.006,
          .doc = "radius of its rims; at most half of the length and the radius are used", .source = "assumed"),
    PARAM(roller, turn, .unit = "rad", .lo = 0, .hi = 3.2, .preset = 1.5707963267948966,
          .doc = "of its axis; 0: along the stroke, 90 deg: across it",
          .source = "numerical: it rolls along the stroke"),
    PARAM(
        roller, creep, .lo = -1, .hi = 1, .preset = 1,
        .doc =
            "1: held fast, it slides; 0: rolls as far as it goes; between: braked; below 0: driven faster than it goes",
        .source = "numerical: held fast"),
    {0},
};

typedef struct core {
  double r, c[3], axis[3], half, radius;
} core;

static core core_of(const roller *w) {
  core k = {.r = fmin(w->edge, fmin(0.5 * w->length, w->radius)), .c = {0, 0, w->radius}};
  k.half = 0.5 * w->length - k.r;
  k.radius = w->radius - k.r;
  /* lying exactly: a rounded cosine would lift one end */
  k.axis[0] = sin(w->turn);
  k.axis[1] = cos(w->turn);
  return k;
}

static double reach(const void *par) {
  const roller *c = par;
  return hypot(0.5 * c->length, 2 * c->radius);
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  core k = core_of(par);
  rounded_cylinder(k.r, k.c, k.axis, k.half, k.radius, n, x, gap, normal, hess);
}

static void axle(const void *par, hand_axle *out) {
  const roller *c = par;
  core k = core_of(c);
  *out = (hand_axle){.radius = c->radius, .creep = c->creep};
  for (int i = 0; i < 3; i++) out->centre[i] = k.c[i], out->axis[i] = k.axis[i];
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  core k = core_of(par);
  rounded_cylinder_surface(k.r, k.c, k.axis, k.half, k.radius, max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_roller;
const hand hand_roller = {
    .name = "roller",
    .doc = "a roller: a lying cylinder with rounded edges, held fast or rolling",
    .params = params,
    .par_size = sizeof(roller),
    .reach = reach,
    .gap = gap,
    .axle = axle,
    .surface = surface,
};
