/* Hands on hands: a thumb on a thumb, a palm on the back of the other one.

       |  upper      its force goes into the hand below, which is asked for the sum (sim/state/schedule.h)
      _|_
     (___)  lower    touches the skin; the upper one does not

   Hands are rigid, so the upper one stands on the back of the lower: straight above its lowest point, as far out as
   that is thick there. Its force goes through that point and turns nothing. */
#ifndef KNEAD_STACK_H
#define KNEAD_STACK_H
#include "sim/state/model.h"

/* How many hands are under it: 0, it is on the skin. */
int stack_level(const model *m, int tool);
/* m from the lowest point of a hand to its back, along `up` (length 1, in its own frame, away from the body); 0 where
   nothing of it is above that point, as between the prongs of a fork. */
double stack_thickness(const hand *kind, const void *par, const double up[3]);
/* Puts the pose [16], body from tool, of a hand that rests on another on the back of that one, whose pose is `below`
   and which pushes along `inward`. The turn of a pose stays. */
void stack_stand(const model *m, int tool, const double *below, const double inward[3], double *pose);

#endif
