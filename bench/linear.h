/* One linear solve as the gates count it: set-up at a state, then PCG from zero to 1e-8. */
#ifndef KNEAD_BENCH_LINEAR_H
#define KNEAD_BENCH_LINEAR_H
#include "bench/block.h"
#include "sim/solve/krylov.h"

typedef struct linear {
  nl_problem p;
  double *u, *b, *x; /* state; right-hand side; solution, before that the lift */
  arena *scratch;
  pcg_report rep;
  status st; /* first failure of the calls below */
} linear;

status linear_create(linear *l, nl_problem p) MUST_CHECK; /* at rest, no right-hand side */
void linear_free(linear *l);
/* Takes the lift in x to the right-hand side: b = -K x, after a set-up at u. */
status linear_load(linear *l) MUST_CHECK;
/* For bench_time; ctx is a linear. */
void linear_setup(void *ctx);
void linear_solve(void *ctx);
void linear_both(void *ctx);
int linear_converged(const linear *l);
/* Solves and adds a row pcg_iterations. */
status linear_count(bench *b, linear *l, const char *label) MUST_CHECK;

#endif
