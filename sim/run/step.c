#include <math.h>
#include "sim/run/step.h"

status step_try(const model *m, double dt, const state *now, state *next, arena *scratch, double *error) {
  step s = {.m = m, .t = now->time, .dt = dt, .now = now, .next = next, .scratch = scratch};
  arena_release(scratch, 0); /* so an attempt that left early costs nothing */
  state_copy(next, now);
  *error = 0;
  for (int i = 0; i < m->nprocess; i++) {
    const process *p = m->processes[i];
    TRY(p->advance(m->process_self[i], &s));
    if (p->error) *error = fmax(*error, p->error(m->process_self[i], &s));
  }
  next->time = s.t + dt;
  return ST_OK;
}
