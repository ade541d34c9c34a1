/* Equilibrium of the body under hands, rigs and supports: a process. Owns the displacements and everything of the
   contact; always the first process of a model. */
#ifndef KNEAD_MECHANICS_H
#define KNEAD_MECHANICS_H
#include "sim/kinds/process.h"
#include "sim/fe/term.h"

extern const process process_mechanics;

/* Numbers in the field "solver" (AT_MODEL) of a state: what the last step cost. */
enum {
  SOLVER_NEWTON,
  SOLVER_KRYLOV,
  SOLVER_AUGMENTATIONS,
  SOLVER_RESIDUAL,
  SOLVER_BALANCE,
  SOLVER_LARGEST,
  SOLVER_COUNT
};

/* Cell that turned inside out in the last failed attempt, -1: none. For messages. */
int mechanics_culprit(const void *self);
/* How its linear systems are preconditioned, and why; for people. */
const char *mechanics_preconditioner(const void *self);
/* Seconds spent so far in: matrices, factors, residuals, applies, cycles. For the report only. */
enum { MECH_MATRICES, MECH_FACTORS, MECH_RESIDUALS, MECH_APPLIES, MECH_CYCLES, MECH_PHASES };
const double *mechanics_seconds(const void *self);
extern const char *const mechanics_phase[MECH_PHASES];

#endif
