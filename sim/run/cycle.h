/* Jumps over cycles of a technique that are exactly alike (`time: {cycles: jump}`).

     computed             jumped                         trial       computed
     |-----|-----|-----|~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~|-----|-----|-----|-----|  ...
     S3    S2    S1    S0: the run stands here         landed      taken

   The state at the end of a cycle is a section. Each slow number goes on as in the last three, S2 S1 S0: its increments
   d1 = S1 - S2, d0 = S0 - S1 shrink by the factor r = d0/d1, within 0 and 1, from cycle to cycle, so after n more
   cycles S0 + d0 (r + r^2 + ... + r^n), exact for one that relaxes exponentially and never beyond where that would come
   to rest. A process whose equations can do without the solver (`replayed`) is advanced through the recorded cycle
   instead, n times. All that is fast is found anew by the cycles that are computed after the landing, the trial. They
   are the judges, too: what each of them changes is compared with what was foretold. An increment that is off by e
   after n cycles was off by nothing before them, so the jump is off by about e n/2. When that is more than
   `time.cycle_error` of the largest value that the field has had, the run goes back to S0 and tries half as far or
   less.

   Two judges, not one: a state that swings may change by just as much as foretold at one moment of its swing. And no
   jump is longer than the cycles for which everything has gone as foretold so far, jumped ones included: three cycles
   at a standstill may be the turn of a swing, thirty are none.

   Counts (work, slip) act on nothing and are filled in afterwards, by a parabola through what a cycle adds before and
   after the jump.

   Decisions look at sections only: never at a clock, a thread count, a signal. */
#ifndef KNEAD_CYCLE_H
#define KNEAD_CYCLE_H
#include "sim/run/run.h"

typedef struct cycle cycle;
enum { CYCLE_TRIAL = 2 }; /* cycles that judge a jump */

/* Everything that decisions rest on besides `cycle_values`: plain numbers, kept by a checkpoint as they are. */
typedef struct cycle_book {
  technique_cycle span;
  int at;       /* number of the latest section in this span */
  int nsection; /* 0..3 that are known, one a cycle, none missing */
  int latest;   /* which of the three places holds the last one */
  int turn;     /* which of the two records the next step goes to */
  int nstep[2]; /* steps in each; -1: too many to hold */
  int fresh;    /* the run stands at a section: record `turn` is still that of the cycle before the last */
  int next;     /* longest jump that the error of the last one allows */
  int patience; /* cycles since then before one is tried */
  int since;    /* section from which on all has gone as foretold */
} cycle_book;

/* *out is NULL when the scenario asks for every cycle, or no technique has any. */
status cycle_create(const model *m, arena *a, cycle **out) MUST_CHECK;
cycle_book *cycle_notes(cycle *c);
double *cycle_values(cycle *c, size_t *n);

/* An accepted step of dt ended in s. Returns 1 when that completed a cycle. */
int cycle_note(cycle *c, const state *s, double dt);
/* How many cycles to jump over from where the last step ended; 0: none. */
int cycle_ready(const cycle *c);
/* s becomes the state n cycles later, where the trial begins. */
status cycle_jump(cycle *c, int n, state *s, arena *scratch) MUST_CHECK;
/* When the next cycle of the trial ends. */
double cycle_due(const cycle *c);
typedef enum cycle_verdict {
  CYCLE_TRY_ON, /* another cycle of the trial */
  CYCLE_TAKEN,  /* the jump stands, counts are filled in, the run goes on from s */
  CYCLE_BACK    /* too long: cycle_back */
} cycle_verdict;
/* s is the end of that cycle. error: of the jump, share of the largest value of the field that is worst. */
cycle_verdict cycle_judge(cycle *c, state *s, double *error);
cycle_verdict cycle_refuse(cycle *c); /* the trial could not be computed */
void cycle_back(const cycle *c, state *s);

#endif
