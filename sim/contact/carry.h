/* A state carried along by the hands. Under a hand that glides, skin and tissue look much the same a step later, only
   farther along: u(X, t + dt) is near u(X - d, t), d its way over the undeformed skin, and so are the multipliers.
   Newton that starts from there needs fewer iterations than from where the tissue is, for the dent is under the hand
   already (tests/verify/test_carried.c). A guess for Newton and nothing else: what points remember, friction and slip,
   stays with the points.

   Columns keep their layers: X - d is looked up among the columns, at the same place in the column. */
#ifndef KNEAD_CARRY_H
#define KNEAD_CARRY_H
#include "sim/base/arena.h"
#include "sim/state/model.h"

typedef struct carry carry;

typedef struct carry_way { /* of one hand in one step */
  double from[3], to[3];   /* chart points on the undeformed skin, m */
  double reach;            /* m; 0: it takes nothing along */
} carry_way;

/* NULL in *out for a mesh without columns. */
status carry_create(const model *m, arena *a, carry **out) MUST_CHECK;
/* Where everything comes from when hand t goes ways[t], [ntool]. 0: no hand goes anywhere. */
int carry_along(carry *c, const carry_way *ways);
/* u, out [3 nnode]. */
void carry_displacement(const carry *c, const double *u, double *out);
/* What a skin point gets of a value [npoint] of the points that a hand pressed (contact_owner); 0 off them. Linear
   between points, so never beyond theirs. */
double carry_skin(const carry *c, int point, int hand, const double *owner, const double *value);

#endif
