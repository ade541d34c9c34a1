/* Sinks that write files; the only place that knows HDF5. */
#ifndef KNEAD_OUT_H
#define KNEAD_OUT_H
#include <stdio.h>
#include "sim/kinds/sink.h"
#include "sim/base/arena.h"

/* NAME.h5 and NAME.xdmf by IO-AND-CLI section 1. `name` without extension; refuses an existing NAME.h5 unless force
   (ST_USAGE). The sink's memory lives in the arena. */
status result_sink(const char *name, int force, arena *a, sink *out) MUST_CHECK;
/* What `knead info` prints about a result file. ST_INPUT when it is none. */
status result_info(const char *file, FILE *f, int json) MUST_CHECK;

#endif
