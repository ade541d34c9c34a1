/* The work of a hand on the body in one step, from what it pressed with and where it was at both ends. Trapezoids:
   second order in the step, since force and pose are smooth between two events.

     W = int F . do + T . dtheta       o: the hand's origin, T: about it, theta: its turning */
#ifndef KNEAD_LEDGER_H
#define KNEAD_LEDGER_H
#include "sim/kinds/hand.h"
#include "sim/kinds/technique.h"

typedef struct ledger_row {
  const double *pose;           /* [16] body from tool, by rows */
  const double *force, *torque; /* [3] of the hand on the body, N, N m */
} ledger_row;

int ledger_presses(const ledger_row *r);
/* J, of a hand that pressed all the time. */
double ledger_work(const ledger_row *now, const ledger_row *next);
/* J, of a hand that pressed all the time and turned about its axle, if it has one, by `angle` (rad) beside its pose. */
double ledger_spin(const ledger_row *now, const ledger_row *next, const hand *kind, const void *par, double angle);
/* J, of a hand that moved `depth` (m) along inward while its force grew from nothing to that of the row. */
double ledger_push(const ledger_row *r, const double inward[3], double depth);

/* What a hand does to the body in a whole cycle: the area of its loop of force over motion. Follows a step from t0 to
   t1 in which the hand's work grew from work0 to work1, straight; *begin is the work at the start of the running cycle,
   *loop that of the last whole one. */
void ledger_loop(const technique_cycle *c, double t0, double t1, double work0, double work1, double *begin,
                 double *loop);

#endif
