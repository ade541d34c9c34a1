/* Two results side by side: `knead compare`. */
#ifndef KNEAD_OUT_COMPARE_H
#define KNEAD_OUT_COMPARE_H
#include <stdbool.h>
#include <stddef.h>
#include "sim/base/arena.h"

typedef enum compare_kind {
  COMPARE_VALUES, /* compared at the common times */
  COMPARE_ONLY_A, /* the other file has no such dataset */
  COMPARE_ONLY_B,
  COMPARE_SHAPES, /* of unlike shape */
  COMPARE_CLOCK   /* wall time: never the same, not compared */
} compare_kind;

typedef struct compare_row { /* one dataset, over all common times */
  char path[160];            /* "point/displacement", "history/hand/palm/force" */
  char unit[32];
  compare_kind kind;
  size_t count, unlike; /* values, and those whose bits differ (any NaN is like any other) */
  double size;          /* largest magnitude in either file */
  double largest, rms;  /* of the difference, in the unit; INFINITY: a NaN against a number */
  double rms_size;      /* of the larger of the two files */
  double time;          /* s, where the largest difference is; NAN: not in time */
  size_t entity;        /* node, cell, hand's point there; 0 in a history */
  bool equal;           /* within the tolerance */
} compare_row;

typedef struct compare_times {
  size_t n[2], common; /* in each file, in both */
  double end[2];       /* s, the last of each; NAN: none */
  size_t (*pair)[2];   /* [common] */
  const double *time;  /* of the first file */
  bool same_end;
} compare_times;

typedef struct comparison {
  size_t nnode, ncell; /* of both */
  char sha256[2][72], status[2][24];
  bool same_scenario, same_resolved; /* the text as given; all its values, those of --set included */
  compare_times frames, steps;
  int nrow, ndifferent, worst; /* worst: of the unequal rows that of the largest difference over its size, -1: none */
  compare_row *row;
  bool equal; /* the answer: all rows, and all times (with a tolerance: only the last one) */
} comparison;

/* Compares file[0] and file[1]. tolerance: of the largest difference over a dataset's size; NAN: every bit must be the
   same, and every time must be in both. With a tolerance history/solver, which tells how a run was computed and not
   what came out, is compared but never unequal. ST_INPUT when one is no result, their meshes are unlike, or no time is
   common; being different is no failure. `out` lives in the arena. */
status result_compare(const char *const file[2], double tolerance, arena *a, comparison *out) MUST_CHECK;

#endif
