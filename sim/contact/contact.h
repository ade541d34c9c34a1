/* Skin against rigid hands: quadrature points of the skin in the signed distance of a tool.

   Normal: augmented Lagrange, p = max(0, lambda - eps g), traction per reference area. Friction: Coulomb with an
   elastic stick of stiffness eps_t; its bound mu p and the direction of the normal are those of the previous
   augmentation, so each system is symmetric and the gradient of an energy. One point belongs to one hand: the nearest
   at the start of a step.

       E = int [ max(0, lambda - eps g)^2 / (2 eps) + huber(tau0 + eps_t T w) ] dA       w = (x - x_hand) since the last
   step, less what the hand turned by (turn.h)

   The energy depends on x - x_hand only, so a hand's depth d (x_hand = chart point + d inward + s) is one more unknown
   with the same blocks, and so are the two offsets s along the skin of a hand whose arm gives sideways. Source of the
   method: Simo and Laursen 1992; Wriggers, Computational Contact Mechanics, 2006. */
#ifndef KNEAD_CONTACT_H
#define KNEAD_CONTACT_H
#include "sim/contact/carry.h"
#include "sim/contact/turn.h"
#include "sim/fe/term.h"
#include "sim/state/state.h"

typedef struct contact_tool {
  int touching;     /* takes part in this step */
  double origin[3]; /* chart point on the undeformed skin */
  double inward[3];
  double R[9];  /* rows: body axes, columns: tool axes x, y, z */
  double asked; /* N along inward; the depth is an unknown when force_controlled */
  double stiff; /* N/m, of the arm behind the hand: 0 none */
  double rest;  /* m, depth at which that arm gives no force of its own */
  double most;  /* N, that the two give at most; 0: any */
  int force_controlled;
  double side[2][3]; /* along and across the skin */
  double sideways;   /* N/m, of the arm in these directions: 0 none, the hand is on its path */
  double ease[2];    /* m, offsets from the path at which that arm gives no force */
  double aside[2];   /* m, offsets at which it starts */
  turn turn;         /* how it came to be here */
} contact_tool;

/* Push that a hand gives at a depth, N; what it meets is the force of the skin. Its slope is -contact_yields. */
static inline double contact_given(const contact_tool *t, double depth) {
  double push = t->stiff > 0 ? t->asked + t->stiff * (t->rest - depth) : t->asked;
  return t->most > 0 && push > t->most ? t->most : push;
}
static inline double contact_yields(const contact_tool *t, double depth) {
  return t->most > 0 && t->asked + t->stiff * (t->rest - depth) > t->most ? 0 : t->stiff;
}

/* Force of the arm along the skin on a hand that is `aside` of its path in direction i, N; its slope is -sideways. */
static inline double contact_aside(const contact_tool *t, int i, double aside) {
  return t->sideways * (t->ease[i] - aside);
}
/* Puts its origin aside of the path. */
static inline void contact_shift(contact_tool *t, const double path[3], const double aside[2]) {
  for (int k = 0; k < 3; k++) t->origin[k] = path[k] + aside[0] * t->side[0][k] + aside[1] * t->side[1][k];
}

typedef struct contact_sum {  /* integrals over the skin */
  double force[3], torque[3]; /* of the tool on the skin, body axes; torque about the tool's origin */
  double normal;              /* -(force . outward) = push along inward, N */
  double area;                /* deformed area under pressure, m^2 */
  double pressure_max;        /* Pa, per reference area */
  double pressure_mean;       /* the same, mean over the reference area under pressure */
  double penetration;         /* m, largest at a point */
  double patch_penetration;   /* m, largest of its means over patches (patch.h) */
} contact_sum;

typedef struct contact_change { /* of one tool in one step */
  double slip;                  /* m, of its points over the skin; mean with their pressures as weights */
  double friction_work;         /* J, dissipated by that slip */
  int changes;                  /* points that came under its pressure or left it */
} contact_change;

typedef struct contact contact;

/* Field numbers of what contact keeps from step to step; set by the owner (mechanics). */
typedef struct contact_fields {
  int pressure, traction, gap, multiplier, owner, friction, relative; /* AT_SKIN: 1, 3, 1, 1, 1, 3, 3 components */
} contact_fields;

status contact_create(const model *m, contact_fields f, arena *a, contact **out) MUST_CHECK;
typedef struct contact_guess { /* where Newton begins, when that is not where the step does */
  const double *u;             /* displacements */
  const carry *along;          /* how multipliers came along */
} contact_guess;
/* Starts a step attempt from a state, whose displacements are u: multipliers, friction, owners. depth [ntool] is where
   each tool starts. guess NULL: Newton begins at u. */
void contact_begin(contact *c, const state *now, const double *u, const contact_tool *tools, const double *depth,
                   const contact_guess *guess);
/* How far tool i may come down (along inward, from depth 0) before it touches the skin as displaced by u. */
double contact_touch(contact *c, int tool, const double *u);
/* Depth at which the penalty alone, on a skin held still, pushes with what the tool gives there. */
double contact_press(contact *c, int tool, const contact_tool *t, const double *u, double touch);
term contact_term(contact *c);
/* Updates multipliers and friction bounds at u. Returns 1 when they were not good enough: penetration, or a gap under
   pressure, above max(1 % of the indentation, 5 um) at a point or above max(0.1 %, 1 um) in the mean over a node's
   patch (sim/contact/patch.h), or a friction bound that moved by more than 1 % of the largest
   contact force. Otherwise it leaves them, unless `anyway`: then those of hands without friction follow all the same,
   and 1 is returned. */
int contact_augment(contact *c, const double *u, int anyway);
/* After an augmentation: a depth at which a force-controlled tool rests on the skin held still. New multipliers may
   have opened all of its points, and a hand without contact has no stiffness for Newton to find the skin by. With
   `lift` it is put up, too, where it would press with more than twice what it is asked for: it is letting go. */
double contact_rest(const contact *c, int tool, const double *u, int lift);
/* Writes the state of every point. */
void contact_store(contact *c, const double *u, state *next);
void contact_measure(const contact *c, int tool, const double *u, contact_sum *out);
/* What happened between the state that the step began from and u. The slip is the friction law's own: what its elastic
   stick takes up is none. */
void contact_account(const contact *c, int tool, const double *u, contact_change *out);
/* Whether some point is stiffer than where it was marked, beyond what a smoother bears. Both after a linearisation. */
void contact_mark(contact *c);
int contact_stiffer(const contact *c);
int contact_any(const contact *c);

#endif
