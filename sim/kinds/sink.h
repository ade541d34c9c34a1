/* Contract: where frames, history rows and the end of a run go. `run` calls sinks and knows no files. */
#ifndef KNEAD_SINK_H
#define KNEAD_SINK_H
#include <stddef.h>
#include "sim/base/err.h"

struct model;
struct state;

/* One scalar or vector a step, e.g. path "hand/palm/force", ncomp 3, unit "N". */
typedef struct history_column {
  char path[96];
  char unit[24];
  char long_name[96];
  int ncomp;   /* 1, 3 or 4 (a quaternion) */
  int integer; /* 1: stored as int32 */
} history_column;

typedef struct history {
  int ncolumn;
  const history_column *column;
  const double *value; /* one row: columns in order, ncomp values each */
} history;

typedef struct run_info { /* what the run is, for provenance; owned by the caller */
  const char *command_line, *scenario_text, *scenario_resolved, *scenario_sha256;
  const char *const *overrides;
  int noverride, nthread;
  const char *const *used_names, *const *used_texts; /* what the scenario's `use:` keys read */
  int nused;
} run_info;

typedef struct run_end { /* how it ended */
  const char *status;    /* "complete", "interrupted", "failed" */
  const char *message;   /* why, "" when complete */
  double wall;           /* s */
  int culprit;           /* element that failed, -1: none */
} run_end;

/* What a run needs besides its state to go on as if it had never stopped. */
typedef struct run_memory {
  long steps;        /* accepted so far */
  const void *bytes; /* the loop's own: plain numbers, the same program reads them again */
  size_t size;
  const double *more; /* [nmore] */
  size_t nmore;
} run_memory;

typedef struct sink {
  void *self;
  status (*open)(void *self, const struct model *m, const run_info *info, const history *columns);
  status (*row)(void *self, double t, const history *h); /* every accepted step */
  status (*frame)(void *self, const struct model *m, const struct state *s, long step);
  /* Now and then, and when a run is interrupted: keeps all that is needed to go on from here. NULL: it cannot. */
  status (*checkpoint)(void *self, const struct model *m, const struct state *s, const run_memory *memory);
  status (*close)(void *self, const run_end *end);
} sink;

#endif
