/* Inertia as a term of equilibrium: generalised-alpha (Chung, Hulbert 1993, J. Appl. Mech. 60:371) with one parameter,
   the spectral radius rho of the shortest oscillations, 1: nothing is lost, 0: they are gone after a step.

     am = (2 rho - 1)/(rho + 1),  af = rho/(rho + 1),  g = 1/2 - am + af,  b = (1 - am + af)^2 / 4

     M ((1 - am) a1 + am a0) + (1 - af) F(u1) + af F0 = 0
     u1 = u0 + dt v0 + dt^2 ((1/2 - b) a0 + b a1),   v1 = v0 + dt ((1 - g) a0 + g a1)

   F is all that is not inertia: what the body resists with less what the hands press with. It is averaged over the ends
   of the step, not taken in its middle: F0 is a field of the state, and the equation is solved divided by 1 - af, so
   that contact, force-controlled hands and supports stand in it as they do without inertia, at the end of the step. In
   a linear body both are the same; second order in time either way. */
#ifndef KNEAD_INERTIA_H
#define KNEAD_INERTIA_H
#include "sim/fe/term.h"
#include "sim/kinds/process.h"
#include "sim/state/state.h"

typedef struct inertia inertia;

/* What mechanics owns besides its other fields when the model has inertia. */
extern const field_decl inertia_owns[];

/* *out is NULL when the model has none. fixed [3 nnode] 1: prescribed; kept by the caller. */
status inertia_create(const model *m, const uint8_t *fixed, arena *a, inertia **out) MUST_CHECK;
term inertia_term(inertia *i);
void inertia_begin(inertia *i, const state *now, double dt); /* before a step */
int inertia_acts(const inertia *i);                          /* 0 until the first step: a body is put to rest without */

/* After a step to u: F [3 nnode] is kept, and what a1 adds to it is added, so that at prescribed unknowns it is the
   force that holds them. */
void inertia_reactions(inertia *i, const double *u, double *F);
/* The state at the end of it; needs inertia_reactions. */
void inertia_store(inertia *i, state *next);
/* Forces that the step balances: hands' forces at both ends [3] in, their mean and that of the supports less what
   accelerates the body out; 0 when it is solved well. */
void inertia_balance(inertia *i, const double hand0[3], const double hand1[3], double sum[3]);

#endif
