/* Contract: physics that advances fields. The engine calls every process once a step, in coupling order. */
#ifndef KNEAD_PROCESS_H
#define KNEAD_PROCESS_H
#include "sim/base/arena.h"
#include "sim/kinds/param.h"

struct model;
struct state;

typedef enum place_kind {
  AT_NODE,    /* [nnode]                                        */
  AT_CELL,    /* [ncell]                                        */
  AT_POINT,   /* [ncell * 27] quadrature points, cell by cell   */
  AT_SKIN,    /* [nskin * 9] contact points, facet by facet     */
  AT_HAND,    /* [nhand]                                        */
  AT_HISTORY, /* [nhistory] what materials remember, batch by batch; see sim/fe/space.h */
  AT_MODEL    /* [1]                                            */
} place_kind;

/* What becomes of a field when whole cycles are jumped over (sim/run/cycle.h). */
typedef enum jump_rule {
  JUMP_SAME,    /* as at the same moment of the cycle before: what each step finds anew (forces, pressures, flags) */
  JUMP_LEADS,   /* places: they go on by one factor, so that a sum or a difference of places stays one */
  JUMP_FOLLOWS, /* by the factor of those that lead */
  JUMP_SLOW,    /* memory: each number goes on by a factor of its own; of a replayed process: by its equations */
  JUMP_COUNTS   /* since the start of the run: grows by what a cycle adds */
} jump_rule;

typedef struct field_decl {
  const char *name, *unit, *doc; /* name NULL ends a table */
  int ncomp;
  place_kind at;
  double initial;
  int hidden; /* 1: kept for restart, not offered as an output */
  jump_rule jump;
} field_decl;

typedef struct step {
  const struct model *m;
  double t, dt; /* from t to t + dt */
  const struct state *now;
  struct state *next;
  arena *scratch;
} step;

typedef struct process {
  const char *name, *doc;
  const param *params;
  size_t par_size;
  const field_decl *owns;   /* become state, rollback and output by themselves */
  const char *const *reads; /* fields of others, ended by NULL: gives the coupling order */
  status (*create)(const void *par, const struct model *m, arena *a, void **self);
  status (*start)(void *self, const struct model *m, struct state *s); /* initial values beyond `initial`; or NULL */
  status (*advance)(void *self, const step *s);                        /* ST_RETRY: a smaller dt may help */
  double (*error)(void *self, const step *s);                          /* local error over tolerance; or NULL */
  /* 1: over a jump it is advanced step by step through the cycle before it, as that was recorded, of the fields that it
     reads. It must look at no others then. 0: its fields go on by their own rules. */
  int replayed;
} process;

#endif
