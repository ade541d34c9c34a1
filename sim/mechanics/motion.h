/* Motion of the body's own supports, such as a spine that bends: a prescribed increment of a step, and what it takes.

   The effort is the force that goes with the amount: effort = sum over supports of f . du/d(amount), a moment for an
   angle and a force for a length, so that the work is the integral of effort over amount; trapezoids over steps. */
#ifndef KNEAD_MOTION_H
#define KNEAD_MOTION_H
#include "sim/mechanics/equilibrium.h"

typedef struct motion motion;

/* The field of a model that has one: numbers of the body's motion now. Force and moment are those on the supports that
   move; moment about the origin of coordinates, of the body as it then is. */
enum { MOTION_AMOUNT, MOTION_EFFORT, MOTION_WORK, MOTION_FORCE, MOTION_MOMENT = MOTION_FORCE + 3, MOTION_NUMBERS = 9 };
extern const field_decl motion_owns[];

/* *out is NULL when no session moves the body. */
status motion_create(const model *m, const equilibrium *e, arena *a, motion **out) MUST_CHECK;
/* Writes what supports move by from displacements u at t0 to time t1 into lift [3 nnode]; returns whether they do. */
int motion_lift(motion *k, const equilibrium *e, double t0, double t1, const double *u, double *lift);
/* After a step to state next at time t; now NULL: where a run begins. After equilibrium_reactions, whose forces it
   takes. */
void motion_account(motion *k, const equilibrium *e, double t, const state *now, state *next);

#endif
