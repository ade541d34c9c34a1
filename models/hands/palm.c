/* A flat hand as an ellipsoid. Real palms are soft and keep closer to the body; the default curvature is chosen so that
   an indentation of 6 mm touches 40-80 cm^2 (80-150 cm^2 are usual in effleurage). */
#include "models/hands/shape.h"
#include "sim/kinds/hand.h"

typedef struct palm {
  double length, width, thickness;
} palm;

static const param params[] = {
    PARAM(palm, length, .unit = "m", .lo = 0.02, .hi = 0.4, .preset = 0.18, .doc = "from the wrist to the finger tips",
          .source = "assumed: adult hand length"),
    PARAM(palm, width, .unit = "m", .lo = 0.02, .hi = 0.2, .preset = 0.085,
          .doc = "across the knuckles, thumb not counted", .source = "assumed: adult hand breadth"),
    PARAM(palm, thickness, .unit = "m", .lo = 0.005, .hi = 0.1, .preset = 0.03,
          .doc = "the thinner, the flatter the palm", .source = "assumed: flat enough to touch 40-80 cm2 at 6 mm"),
    {0},
};

static void half_axes(const palm *c, double a[3]) {
  a[0] = 0.5 * c->width;
  a[1] = 0.5 * c->length;
  a[2] = 0.5 * c->thickness;
}

static double reach(const void *par) {
  const palm *c = par;
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

extern const hand hand_palm;
const hand hand_palm = {
    .name = "palm",
    .doc = "flat hand with the fingers along the stroke: an ellipsoid",
    .params = params,
    .par_size = sizeof(palm),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
