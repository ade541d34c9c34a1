/* What the files of this room share about one result that is being written. */
#ifndef KNEAD_OUT_RESULT_H
#define KNEAD_OUT_RESULT_H
#include "sim/base/arena.h"
#include "sim/kinds/sink.h"
#include "sim/out/h5.h"
#include "sim/state/state.h"

typedef struct frame_field {
  const char *name;
  h5_label label;
  int ncomp;
  bool on_cell;      /* else on nodes */
  int slot;          /* field of the state, -1: an output of the catalogue */
  const output *out; /* NULL: a field of the state */
  float *value;      /* [count][ncomp] of the frame that is being written */
} frame_field;

typedef struct surface { /* of a hand, in its own frame */
  char name[MODEL_NAME]; /* of the tool, fit for a path */
  int npoint, ntriangle;
  double *point; /* [npoint][3], m */
  int *triangle; /* [ntriangle][3] */
  float *moved;  /* [npoint][3] where the hand is in the frame that is being written, m */
} surface;

typedef struct rows {    /* history that is not in the file yet */
  int ncolumn, width, n; /* width: values in a row; n: rows waiting */
  const history_column *column;
  double *time;   /* [ROWS] */
  double *value;  /* [ROWS][width] */
  double *gather; /* [ROWS][4] scratch of one column */
  hsize_t done;   /* rows in the file */
} rows;
enum { ROWS = 1024, HISTORY_CHUNK = 4096, STEP_CHUNK = 1024 };

typedef struct result {
  arena *memory;
  char *name, *file, *sidecar;   /* NAME, NAME.h5, NAME.xdmf */
  const run_info *info;          /* the caller's */
  const struct checkpoint *from; /* goes on from here; NULL: a new file */
  bool force, made, broken;      /* made: the file is ours now */
  char mesh[72];                 /* its hash; "": not asked for yet */
  const model *m;
  int nfield;
  frame_field field[MODEL_FIELDS];
  int pose; /* field of the state that holds the pose of the hands, -1: none */
  int nsurface;
  surface hand[MODEL_HANDS];
  double *value; /* scratch of one field */
  rows history;
  long nframe, room;   /* frames in the file; entries `time` has room for */
  double *time;        /* s, of each frame */
  double sidecar_wall; /* when the sidecars were written last, s */
  double reserve_used; /* largest share of a reservation that an append needed: must stay below 1 */
} result;

/* fields.c: which fields, and their values in a frame */
status fields_choose(result *w) MUST_CHECK;
status fields_evaluate(result *w, const state *s) MUST_CHECK;

/* layout.c: everything that does not change in time, and the empty series and views */
status layout_write(result *w, h5_file *f, const run_info *info) MUST_CHECK;
size_t layout_bytes(const result *w, const run_info *info);
status layout_status(h5_file *f, const char *name, const char *message) MUST_CHECK;
void layout_now(char text[32]); /* UTC, ISO 8601 */

/* history.c */
status history_open(result *w, const history *columns) MUST_CHECK; /* memory only */
status history_layout(const result *w, h5_file *f) MUST_CHECK;     /* the empty series */
bool history_add(result *w, double t, const history *h);           /* true: full, write it out now */
status history_write(const result *w, h5_file *f) MUST_CHECK; /* what waits; it still waits until history_written */
void history_written(result *w);
size_t history_bytes(const result *w);

/* checkpoint.c: the file is written beside and renamed, so that there is always a whole one */
status checkpoint_write(result *w, const state *s, const run_memory *memory) MUST_CHECK;
status checkpoint_remove(const result *w) MUST_CHECK; /* fine when there is none */
/* Nothing, or a checkpoint, has the name that this result's would have; ST_USAGE: something else, which stays. */
status checkpoint_place(const result *w) MUST_CHECK;
/* Does the result hold all that `from` counts? Changes nothing. */
status checkpoint_check(const result *w) MUST_CHECK;
/* Cuts the open result back to where `from` was written, and reads the times of what stays. */
status checkpoint_cut(result *w, h5_file *f) MUST_CHECK;

/* xdmf.c: the text sidecars, each written beside and renamed */
status xdmf_write(const result *w) MUST_CHECK;

static inline int field_count(const result *w, const frame_field *f) {
  return f->on_cell ? w->m->mesh->ncell : w->m->mesh->nnode;
}

#endif
