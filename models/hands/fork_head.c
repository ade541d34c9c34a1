/* Fork head of a percussion gun: two upright rods with round ends, side by side across the stroke, for the muscles on
   both sides of the spine. The origin is the middle between the two lowest points. */
#include "models/hands/shape.h"
#include "sim/kinds/hand.h"

typedef struct fork_head {
  double radius, spacing, length;
} fork_head;

static const param params[] = {
    PARAM(fork_head, radius, .unit = "m", .lo = 0.002, .hi = 0.04, .preset = 0.008, .doc = "of a prong",
          .source = "assumed"),
    PARAM(fork_head, spacing, .unit = "m", .lo = 0.005, .hi = 0.2, .preset = 0.036,
          .doc = "between the middles of the prongs; at least three radii are used",
          .source = "assumed: the breadth of the spinous processes between them"),
    PARAM(fork_head, length, .unit = "m", .lo = 0, .hi = 0.2, .preset = 0.025, .doc = "of the straight part of a prong",
          .source = "assumed"),
    {0},
};

static double side_of(const fork_head *c) {
  return 0.5 * fmax(c->spacing, 3 * c->radius);
}

static double reach(const void *par) {
  const fork_head *c = par;
  return hypot(side_of(c), c->length + c->radius) + c->radius;
}

/* Half the room between the prongs: as near as this to one of them the other one is farther. */
static double smooth(const void *par) {
  const fork_head *c = par;
  return side_of(c) - c->radius;
}

/* The nearer prong by its side of the middle plane. */
static void gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  const fork_head *c = par;
  static const double up[3] = {0, 0, 1};
  for (int q = 0; q < n; q++) {
    double y[3] = {x[q] + (x[q] > 0 ? -1 : 1) * side_of(c), x[n + q], x[2 * n + q]}, v[3], h[6];
    shape_capsule(c->radius, up, 0, c->length, 1, y, gap + q, normal ? v : NULL, hess ? h : NULL);
    for (int k = 0; k < 3 && normal; k++) normal[k * n + q] = v[k];
    for (int k = 0; k < 6 && hess; k++) hess[k * n + q] = h[k];
  }
}

static void surface(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt) {
  const fork_head *c = par;
  double r = c->radius;
  *np = *nt = 0;
  for (int prong = 0; prong < 2; prong++) {
    int first = *np, np1, nt1, *t = triangles + 3 * *nt;
    shape_surface((double[]){(prong ? 1 : -1) * side_of(c), 0, r}, (double[]){r, r, r}, (double[]){0, 0, 1}, c->length,
                  max_p / 2, points + 3 * first, &np1, max_t / 2, t, &nt1);
    for (int i = 0; i < 3 * nt1; i++) t[i] += first;
    *np += np1, *nt += nt1;
  }
}

extern const hand hand_fork_head;
const hand hand_fork_head = {
    .name = "fork_head",
    .doc = "fork head of a percussion gun: two prongs side by side",
    .params = params,
    .par_size = sizeof(fork_head),
    .reach = reach,
    .smooth = smooth,
    .gap = gap,
    .surface = surface,
};
