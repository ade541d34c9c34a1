/* What changes in time: every field of every process in one block of doubles, plus the time. */
#ifndef KNEAD_STATE_H
#define KNEAD_STATE_H
#include "sim/state/model.h"

typedef struct state {
  const model *m;
  double time;
  double *value; /* [m->state_size] */
} state;

status state_create(const model *m, state **out) MUST_CHECK; /* initial values from the declarations */
void state_free(state **s);
void state_copy(state *to, const state *from);
const double *state_view(const state *s, int field); /* [count][ncomp], SI */
const double *state_history(const state *s);         /* field material_history, or NULL */
double *state_edit(state *s, int field);             /* only the process that owns the field */

#endif
