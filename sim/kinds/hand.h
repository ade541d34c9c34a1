/* Contract: a rigid tool is its signed distance, in its own frame: z is the outward axis of the tool (away from the
   body when it lies on the skin), x across, y along the stroke; the origin is the point of the tool that touches
   first, so the tool fills z >= 0 and its lowest point is (0,0,0). A tool that touches in two places at once has its
   origin in the middle between them. */
#ifndef KNEAD_HAND_H
#define KNEAD_HAND_H
#include "sim/kinds/param.h"

typedef struct hand_axle {   /* of a tool of revolution, in its frame */
  double centre[3], axis[3]; /* m; of length one */
  double radius;             /* m */
  double creep;              /* 0: turns as it rolls without slip, 1: does not turn */
} hand_axle;

typedef struct hand {
  const char *name, *doc;
  const param *params;
  size_t par_size;
  double (*reach)(const void *par); /* radius about the origin that holds all of the tool that can touch, m */
  /* How far outside the tool the gap is still continuously differentiable, m. NULL: everywhere, for the tool is convex.
     Between two prongs the nearer one changes. */
  double (*smooth)(const void *par);
  /* x       [3][n] points in the tool's frame, m
     gap     [n]    signed distance, m, negative inside the tool
     normal  [3][n] gradient of the gap, unit length; NULL when not needed
     hess    [6][n] second derivative xx yy zz xy yz xz, 1/m; NULL when not needed
     Pure: threads may call it at the same time. The gap is continuously differentiable outside (see `smooth`) and to a
     depth of at least a third of the smallest radius. */
  void (*gap)(const void *par, int n, const double *x, double *gap, double *normal, double *hess);
  /* About what the tool turns while it goes along the skin, by (1 - creep) way / radius. NULL: about nothing. */
  void (*axle)(const void *par, hand_axle *out);
  /* A closed triangle surface for pictures: writes at most max_p points [3 per point] and max_t triangles [3 per
     triangle], returns counts in *np, *nt. */
  void (*surface)(const void *par, int max_p, double *points, int *np, int max_t, int *triangles, int *nt);
} hand;

#endif
