/* How a hand moved in a step. Its stick points are points of the hand: they go where it goes and turn as it turns, with
   its pose and about its axle, and the friction at them turns too. Seen from its origin, in body axes,

     r' = D r + b      D = R1 Q R0'    b = R1 (c - Q c)     R: pose, Q: its turn about the axle through c

   Nothing of it is kept: r and the friction of every point are fields of the state, so no angle has to be. */
#ifndef KNEAD_CONTACT_TURN_H
#define KNEAD_CONTACT_TURN_H
#include "sim/kinds/hand.h"

typedef struct turn {
  int known;      /* 0: the hand is where it was; all of this is 0 then */
  int pressed;    /* 1: `from` is its origin when the step began; 0: the chart point it then began to come down from */
  double from[3]; /* m */
  double D[9], b[3];
  double angle; /* rad, about the axle */
} turn;

/* A hand at a chart point, as the step begins or ends. */
typedef struct turn_end {
  const double *R;      /* [9] body from tool */
  const double *inward; /* [3] */
  const double *origin; /* [3] chart point, m */
} turn_end;

/* The caller sets `pressed` and `from`. */
void turn_begin(turn *t, const hand *kind, const void *par, const turn_end *now, const turn_end *next);
void turn_vector(const turn *t, const double v[3], double out[3]);
/* Of a point of the hand, seen from its origin. */
void turn_point(const turn *t, const double r[3], double out[3]);

#endif
