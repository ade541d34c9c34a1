/* The only place that decides: building a model from a scenario, stepping it to the end, reporting. */
#ifndef KNEAD_RUN_H
#define KNEAD_RUN_H
#include <stdatomic.h>
#include <stdio.h>
#include "sim/scenario/scenario.h"
#include "sim/state/state.h"
#include "sim/kinds/sink.h"

/* Builds everything a scenario asks for. Errors of the scenario are collected in scn; ST_INPUT then. `resolved`
   (malloc, caller frees; NULL: not wanted) receives the scenario as YAML with every default filled in. */
status build_model(scenario *scn, const catalog *cat, model **out, char **resolved) MUST_CHECK;

enum { REPORT_PHASES = 8 };
typedef struct report_phase {
  const char *name;
  double seconds;
} report_phase;

typedef struct report_pain { /* the first time that a hand's pressure passed a threshold */
  int passed;
  double time, value, x[3]; /* s, Pa, m: point of the undeformed skin */
} report_pain;

typedef struct report_strain { /* the first time that muscle was stretched beyond its limit, and the most of all */
  int passed, layer;
  double time, value, most, x[3]; /* s, stretch - 1, m: middle of the undeformed cell */
} report_strain;

typedef struct report_tool { /* over the whole run */
  double force_max;          /* N, along the inward normal, measured by the integral of skin traction */
  double indentation_max;    /* m */
  double area_max;           /* m^2 */
  double pressure_max;       /* Pa */
  double penetration_max;    /* m */
  double force_error_max;    /* largest |F - asked| / max(asked, 1 N) over accepted steps in contact */
  double slip;               /* m, at the end, as are the works, J */
  double work, friction_work;
  double gross; /* J, in and out added up */
  int loops;    /* it does something again and again, */
  double loop;  /* J, work of the last whole cycle */
  report_pain pain[LIMITS];
  long changes; /* skin points that came into contact or left it */
} report_tool;

typedef struct report_layer {
  double tension_mean_max;                                            /* Pa: largest over time of the volume mean */
  double tension_max;                                                 /* Pa: largest cell value over time */
  double perfusion_base, perfusion_min, perfusion_max, perfusion_end; /* ml/min/(100 g), layer means */
} report_layer;

typedef struct report_cycles { /* of those that are exactly alike, when they may be jumped over */
  long computed, jumped;       /* cycles; computed: with those after each jump that judged it */
  long jumps, rejected;        /* taken; tried and found too long, what was computed to judge them is lost */
  double error_max;            /* of a jump that was taken, share of the field's largest value */
} report_cycles;

typedef struct run_report {
  const char *status; /* "complete", "interrupted", "failed" */
  char message[512];
  int culprit; /* cell, -1 */
  long steps, cutbacks, newton, krylov, frames, augmentations;
  double time;                       /* s simulated */
  double wall;                       /* s */
  double kinetic_max;                /* J, of the whole body; 0 without inertia */
  double balance_max;                /* largest |sum of contact and support forces| / max(largest force, 1 N) */
  double volume_least;               /* at a node of an element, over what it was at rest */
  double energy_begin, energy_end;   /* J, strain energy of the body; NAN when a law's is not known */
  double motion_most, motion_effort; /* of the body's own motion: the largest, with their signs */
  double motion_work, motion_gross;  /* J, at the end; in and out added up */
  double weight_begin, weight_end;   /* J, work of the weight since there was none */
  report_cycles cycles;
  report_tool tool[MODEL_HANDS];
  report_layer layer[BODY_LAYERS];
  report_strain strain;
  int nphase;
  report_phase phase[REPORT_PHASES];
} run_report;

typedef struct run_restart { /* what a checkpoint kept */
  double time;
  const double *value; /* [nvalue] the state's */
  size_t nvalue;
  const void *bytes; /* of run_memory */
  size_t size;
  const double *more; /* [nmore] of run_memory */
  size_t nmore;
} run_restart;

typedef struct run_opts {
  double until;            /* s; stop after the first accepted step at or beyond it; INFINITY: to the end. Before
                              the end it is an interruption that was asked for: checkpoint, status, but ST_OK */
  double max_wall;         /* s; INFINITY: none */
  double checkpoint_every; /* s of wall time; 0 or INFINITY: only when interrupted */
  const run_restart *from; /* NULL: from the beginning. Else the sinks continue as well: no first row and frame */
  atomic_int *stop;        /* set by a signal handler: its number; NULL: none */
  void (*progress)(void *ctx, const model *m, double t, double dt, int newton, double wall, long step); /* or NULL */
  void *progress_ctx;
} run_opts;

/* Steps a model to its end (or until told to stop), feeding the sinks. ST_OK complete, or at `until`; ST_SOLVE,
   ST_OUTPUT, ST_WALL, ST_SIGINT, ST_SIGTERM otherwise; the report is filled in every case. */
status run_loop(const model *m, const run_opts *o, const run_info *info, const sink *sinks, int nsink,
                run_report *rep) MUST_CHECK;

void report_print(FILE *f, const model *m, const run_report *rep); /* the one-screen summary */
/* How far the body's motion goes, in degrees or millimetres, into text; returns text. */
const char *report_amount(const model *m, double amount, char *text, size_t size);

#endif
