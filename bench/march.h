/* The patch pressed down in equal steps, halved where one fails, as a run does it. Calls are counted. */
#ifndef KNEAD_BENCH_MARCH_H
#define KNEAD_BENCH_MARCH_H
#include "bench/block.h"
#include "sim/solve/controller.h"

typedef struct march {
  const model *m;
  nl_problem inner, p; /* p counts and calls inner */
  double *u, *trial, *lift;
  arena *scratch;
  controller c;
  int nstep, done; /* steps of the whole motion; of these, taken */
  int patient;     /* follows it where tangents are not positive, in many iterations */
  double t;        /* share of the motion */
  long applies, cycles, newton;
  int accepted, rejected;
  double lost; /* s in rejected attempts */
} march;

/* The problem's calls go to the march, which must not move. */
status march_create(march *d, const model *m, nl_problem p, int nstep) MUST_CHECK;
void march_free(march *d);
void march_rest(march *d);                       /* back to the start, counters to zero */
status march_on(march *d, int nstep) MUST_CHECK; /* so many steps more */
/* To the end of the motion from any u of the caller's in one Newton solve; where that does not arrive, from rest. */
status march_settle(march *d) MUST_CHECK;

#endif
