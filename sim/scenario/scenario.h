/* A scenario: YAML text as a tree in which every node knows its place, and the binding of a table of parameters to it.

   Errors are collected, not thrown: up to SCENARIO_ERRORS of them in one go, each with file:line:column, key path,
   the source line with a caret, a suggestion and the allowed range (IO-AND-CLI section 2). Knows no physics. */
#ifndef KNEAD_SCENARIO_H
#define KNEAD_SCENARIO_H
#include <stdio.h>
#include "sim/base/arena.h"
#include "sim/kinds/param.h"

enum { SCENARIO_ERRORS = 20 };

typedef enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP } node_kind;

typedef struct node {
  node_kind kind;
  int line, column;   /* 1-based; 0 for a node that came from --set */
  const char *origin; /* the file's name as given, or "--set #2" */
  const char *path;   /* "session[1].press" */
  const char *text;   /* scalars: the value */
  int quoted;         /* scalars: written with quotes */
  int n;              /* children of a list or map */
  struct node **key;  /* maps: scalar nodes of the keys */
  struct node **child;
} node;

typedef struct diagnostic {
  char *origin, *path, *message; /* the message without place */
  int line, column;
  char *text; /* the whole thing as printed: place, path, message, source line, caret */
} diagnostic;

typedef struct scenario {
  const char *file; /* as given; "-" is stdin */
  char *text;       /* byte for byte */
  size_t size;
  char sha256[65];
  node *root; /* NODE_MAP, or NULL after an error */
  int nset;
  const char *const *sets;
  int nerror; /* all of them, also beyond SCENARIO_ERRORS */
  diagnostic error[SCENARIO_ERRORS];
  arena *memory;
} scenario;

/* Reads a file (or "-") and applies each "KEY=VALUE" of sets. Always fills *out unless memory is out; ST_INPUT when the
   text cannot be read or parsed (the reasons are in out->error). Limits against hostile text: 1 MiB, depth 32, 20 000
   nodes after aliases; cyclic aliases and expanding ones are errors. */
status scenario_open(const char *file, int nset, const char *const *sets, arena *a, scenario **out) MUST_CHECK;

node *scenario_get(const node *map, const char *key); /* child of a map, NULL when absent or map is NULL / no map */
/* Collects an error at a node (NULL: the whole file). */
void scenario_error(scenario *s, const node *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "; did you mean 'thickness'?" for the nearest of names (ended by NULL), "" when none is near. */
const char *scenario_suggest(scenario *s, const char *word, const char *const *names);

/* Fills the struct of a table from a map (NULL map: all presets; missing required keys are errors at `owner`). Keys of
   the map that are neither rows nor in `also` (ended by NULL, or NULL) are errors with a suggestion. */
void scenario_bind(scenario *s, const node *map, const node *owner, const param *rows, const char *const *also,
                   void *out);

/* Writes a bound struct as YAML, one key a line, SI units, presets filled in, indented by `indent` spaces. */
void scenario_emit(FILE *f, const param *rows, const void *par, int indent);

/* ST_INPUT with a short message when errors were collected, else ST_OK. */
status scenario_check(const scenario *s) MUST_CHECK;

#endif
