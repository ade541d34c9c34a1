/* One attempt of one step. */
#ifndef KNEAD_STEP_H
#define KNEAD_STEP_H
#include "sim/state/state.h"

/* Every process in coupling order, from now to next = now + dt. ST_OK, ST_RETRY (a smaller dt may help) or a stop.
   error: the largest of the processes' errors over their tolerances. */
status step_try(const model *m, double dt, const state *now, state *next, arena *scratch, double *error) MUST_CHECK;

#endif
