/* Sinks that write files; the only place that knows HDF5. */
#ifndef KNEAD_OUT_H
#define KNEAD_OUT_H
#include <stdbool.h>
#include <stdio.h>
#include "sim/kinds/sink.h"
#include "sim/base/arena.h"

/* NAME.h5 and NAME.xdmf by IO-AND-CLI section 1. `name` without extension; refuses an existing NAME.h5 unless force
   (ST_USAGE). The sink's memory lives in the arena. */
status result_sink(const char *name, int force, arena *a, sink *out) MUST_CHECK;
/* Goes on with NAME.h5 where its checkpoint was written: `rows` of history and `frames` stay, what came later is cut.
 */
typedef struct checkpoint checkpoint;
status result_resume(const char *name, const checkpoint *from, arena *a, sink *out) MUST_CHECK;

/* One writer a result: taken before NAME.h5 is touched, kept to the end of the run. It ends with its process, too.
   ST_OUTPUT when another run has it. Where no lock can be made (no such folder) there is none, and it is no failure. */
typedef struct result_lock {
  int fd; /* -1: none */
  char *file;
} result_lock;
status result_lock_take(const char *name, arena *a, result_lock *out) MUST_CHECK;
void result_lock_release(result_lock *l);
/* Is a run writing this file (NAME.h5) just now? process: which one, 0 unknown. */
bool result_lock_held(const char *file, long *process);

/* NAME.ckpt.h5, which a result's sink writes beside NAME.h5 and removes at a complete end. */
struct checkpoint {
  double time;       /* s */
  long steps;        /* accepted by then */
  long rows, frames; /* in the result by then */
  double *value;     /* [nvalue] the state */
  void *bytes;       /* [size] of run_memory */
  double *more;      /* [nmore] of run_memory */
  size_t nvalue, size, nmore;
  char *scenario;  /* resolved: builds the same model again */
  char sha256[72]; /* of the scenario as it was given */
  char mesh[72];   /* what checkpoint_fits compares: a hash of the mesh */
  char version[64];
};
/* ST_INPUT when there is none, or it does not belong to NAME.h5. It lives in the arena. */
status checkpoint_read(const char *name, arena *a, checkpoint *out) MUST_CHECK;
/* Is the model, built again, that of the checkpoint? ST_INPUT when its mesh is another one: a body may read it from a
   file. */
struct model;
status checkpoint_fits(const checkpoint *c, const struct model *m, arena *a) MUST_CHECK;
/* What `knead info` prints about a result file. ST_INPUT when it is none. */
status result_info(const char *file, FILE *f, int json) MUST_CHECK;

/* The history of a result as comma-separated values: a header with units, a row a step. `history` names a dataset below
   /history ("hand/palm/force"), all of a group ("hand/palm") or everything ("all"). ST_INPUT when it is not there. */
status result_csv(const char *file, const char *history, FILE *f, arena *a, long *nrow) MUST_CHECK;
/* Every frame of a result as FOLDER/NAME_0000.vtu, and FOLDER/NAME.pvd with their times; the folder is made. Refuses
   to overwrite unless force (ST_USAGE). Body and fields; the hands stay in the result. */
status result_vtu(const char *file, const char *folder, int force, arena *a, long *nframe) MUST_CHECK;

#endif
