/* Flat head of a percussion gun: a disc with a rounded rim. */
#include "models/hands/rounded.h"
#include "sim/kinds/hand.h"

typedef struct flat_head {
  double radius, thickness, edge;
} flat_head;

static const param params[] = {
    PARAM(flat_head, radius, .unit = "m", .lo = 0.005, .hi = 0.1, .preset = 0.024, .doc = "of the disc",
          .source = "assumed: usual heads have diameters of 40-50 mm"),
    PARAM(flat_head, thickness, .unit = "m", .lo = 0.002, .hi = 0.1, .preset = 0.02, .doc = "of the disc",
          .source = "assumed"),
    PARAM(flat_head, edge, .unit = "m", .lo = 0.0005, .hi = 0.05, .preset = 0.005,
          .doc = "radius of its rim; at most half of the thickness and the radius are used", .source = "assumed"),
    {0},
};

typedef struct core {
  double r, c[3], half, radius;
} core;
static const double axis[3] = {0, 0, 1};

static core core_of(const flat_head *f) {
  double r = fmin(f->edge, fmin(0.5 * f->thickness, f->radius));
  return (core){.r = r, .c = {0, 0, 0.5 * f->thickness}, .half = 0.5 * f->thickness - r, .radius = f->radius - r};
}

static double reach(const void *par) {
  const flat_head *c = par;
  return hypot(c->radius, c->thickness);
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  core k = core_of(par);
  rounded_cylinder(k.r, k.c, axis, k.half, k.radius, n, x, gap, normal, hess);
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  core k = core_of(par);
  rounded_cylinder_surface(k.r, k.c, axis, k.half, k.radius, max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_flat_head;
const hand hand_flat_head = {
    .name = "flat_head",
    .doc = "flat head of a percussion gun: a disc with a rounded rim",
    .params = params,
    .par_size = sizeof(flat_head),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
