/* Bullet head of a percussion gun: an upright cone with a rounded tip. */
#include "models/hands/rounded.h"
#include "sim/kinds/hand.h"

typedef struct bullet_head {
  double tip, length, taper;
} bullet_head;

static const param params[] = {
    PARAM(bullet_head, tip, .unit = "m", .lo = 0.002, .hi = 0.05, .preset = 0.007, .doc = "radius of the tip",
          .source = "assumed"),
    PARAM(bullet_head, length, .unit = "m", .lo = 0.001, .hi = 0.2, .preset = 0.025,
          .doc = "from the middle of the tip to that of the round upper end", .source = "assumed"),
    PARAM(bullet_head, taper, .unit = "rad", .lo = 0, .hi = 1.2, .preset = 0.2617993877991494,
          .doc = "slope of the side against the axis; 0: a rod", .source = "assumed: 15 deg"),
    {0},
};

static double reach(const void *par) {
  const bullet_head *c = par;
  return 2 * (c->tip + c->length);
}

static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  const bullet_head *c = par;
  rounded_cone(c->tip, c->length, c->taper, n, x, gap, normal, hess);
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  const bullet_head *c = par;
  rounded_cone_surface(c->tip, c->length, c->taper, max_p, points, np, max_t, triangles, nt);
}

extern const hand hand_bullet_head;
const hand hand_bullet_head = {
    .name = "bullet_head",
    .doc = "bullet head of a percussion gun: a cone with a rounded tip",
    .params = params,
    .par_size = sizeof(bullet_head),
    .reach = reach,
    .gap = gap,
    .surface = surface,
};
