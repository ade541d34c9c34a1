/* The weight of the body as a constant load, consistent with the elements: f_a = int density g N_a dV over the body as
   it is given. */
#ifndef KNEAD_WEIGHT_H
#define KNEAD_WEIGHT_H
#include "sim/base/arena.h"
#include "sim/state/model.h"

/* What mechanics owns besides its other fields when the body has weight. */
extern const field_decl weight_owns[];

/* Which way the weight of a posture pulls: 0 x, 1 y, 2 z. */
int weight_axis(const gravity_opts *o);
/* load [3 nnode], N; NULL when the model has no gravity. */
status weight_load(const model *m, arena *a, double **load) MUST_CHECK;

#endif
