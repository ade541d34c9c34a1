/* The arm behind a hand, along inward: a spring and a damper between where it aims and where the hand is.

     F = F_asked + k (aim - d) + c (aim' - d')        d: depth of the hand, F: its push on the skin

   Asked for a depth, the arm aims at it and F_asked is 0. Asked for a force, it stands where the hand is and follows it
   with the time `correct`: aim' = (d - aim)/correct, and its damper is to the body: quick motions of the skin meet
   spring and damper, slow ones a force that is kept. It is firm from a force of ARM_FIRM on, below it k and c are less
   in proportion, so that a hand that lets go lets go. Backward Euler, so within a step the arm is a spring to a place
   (contact_tool's stiff and rest) and stands in the row of the hand's depth, exact when that has converged. Limits:
   stiff, the depth asked for is met; soft, or `correct` short, the force is. The arm has no mass.

   With `most` a hand that is asked for a depth is pushed with that at most, as by a motor that stalls: spring and
   damper then give way in the same proportion, and what the aim goes farther is nobody's work.

   Sideways, in the two directions s across inward, it is a spring and a damper between the technique's path and the
   hand:

     T = -k s - c s'                     s: offset of the hand from its path, two unknowns; T: its force on the skin

   Stiff, the path is met. A hand in the air is on it.

   Work of the person = work of the hand on the skin (sim/mechanics/ledger.h) + energy of the springs + loss of the
   dampers; what `correct` lets go of is the person's too. */
#ifndef KNEAD_ARM_H
#define KNEAD_ARM_H
#include "sim/contact/contact.h"

#define ARM_FIRM 5.0 /* N; assumed: stiffness of arms grows with their force (Gomi and Osu 1998, Perreault 2001) */

typedef struct arm_step {
  int acts;
  double stiffness, damping; /* in this step, N/m, N s/m */
  double dt, depth;          /* s; m, of the hand at the start */
  double aim, follow;        /* aim at the end: (aim + follow d)/(1 + follow) */
  double moved;              /* m, of what the damper is held by */
} arm_step;

int arm_acts(const arm *a);
/* depth, aim: at the start of the step. Sets what the arm adds to what t asks for. */
void arm_begin(arm_step *k, const arm *a, const drive *d, double depth, double aim, double dt, contact_tool *t);
/* The hand, t as arm_begin left it, ended at `depth`. *energy is the spring's then, *loss grows. Nothing acted: no
 * energy. */
void arm_end(const arm_step *k, const contact_tool *t, double depth, double *aim, double *energy, double *loss);

/* The arm sideways. */
typedef struct arm_aside {
  double stiffness, damping, dt; /* N/m, N s/m, s */
  double was[2];                 /* m, offsets at the start, along and across */
} arm_aside;

int arm_sideways(const arm *a);
/* was: offset from the path at the start, m, body axes. Sets what the arm gives t sideways. */
void arm_aside_begin(arm_aside *k, const arm *a, const double was[3], double dt, contact_tool *t);
/* Where Newton starts the hand: with its path, or, given the way of that, where the hand was. */
void arm_aside_start(const arm_aside *k, const carry_way *way, contact_tool *t);
/* The hand ended `aside` of its path: as a vector and with the force of the arm then, in body axes, and what that adds
   to energy and loss. t moves there. */
void arm_aside_end(const arm_aside *k, contact_tool *t, const double aside[2], double offset[3], double force[3],
                   double *energy, double *loss);

#endif
