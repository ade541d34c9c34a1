/* What a run notes of each accepted step: the history row and the report's extremes. */
#ifndef KNEAD_WATCH_H
#define KNEAD_WATCH_H
#include "sim/run/run.h"

typedef struct watcher watcher;

status watch_create(const model *m, arena *a, watcher **out) MUST_CHECK;
const history *watch_columns(const watcher *w);
/* A tissue for which the energy in a body is not known: its law has none, or remembers, so that what was put in does
   not come back. NULL: there is none. */
const tissue *watch_energy_unknown(const model *m);
double *watch_base(watcher *w); /* [BODY_LAYERS] perfusion at the start; a restart puts it back */
/* Fills the row for state s, reached by a step of dt that took wall seconds, before which `jumped` seconds were jumped
   over; base: this is the start, whose perfusion is the baseline. Updates the report. */
status watch_step(watcher *w, const state *s, double dt, double wall, double jumped, int base, arena *scratch,
                  run_report *rep) MUST_CHECK;

#endif
