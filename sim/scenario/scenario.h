/* A scenario: YAML text as a tree in which every node knows its place, and the binding of a table of parameters to it.

   Errors are collected, not thrown: up to SCENARIO_ERRORS of them in one go, each with file:line:column, key path,
   the source line with a caret, a suggestion and the allowed range (IO-AND-CLI section 2). Knows no physics. */
#ifndef KNEAD_SCENARIO_H
#define KNEAD_SCENARIO_H
#include <stdio.h>
#include "sim/base/arena.h"
#include "sim/kinds/param.h"
#include "sim/kinds/text.h"

enum { SCENARIO_ERRORS = 20, SCENARIO_SOURCES = 64 };

typedef enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP } node_kind;

/* What a number rests on: read in the source that is named; computed from such; taken without one to read. */
typedef enum value_mark { MARK_NONE, MARK_MEASURED, MARK_DERIVED, MARK_ASSUMED } value_mark;
extern const char *const scenario_marks[]; /* their words: "", "measured", ...; ended by NULL */

typedef struct node {
  node_kind kind;
  int line, column;   /* 1-based; 0 for a node that came from --set */
  const char *origin; /* the file's name as given, or "--set #2" */
  const char *path;   /* "session[1].press" */
  const char *text;   /* scalars: the value */
  int quoted;         /* scalars: written with quotes */
  value_mark mark;    /* of a value in a used text that said it */
  const char *source; /* the same; NULL: it said none */
  int n;              /* children of a list or map */
  struct node **key;  /* maps: scalar nodes of the keys */
  struct node **child;
} node;

typedef struct diagnostic {
  char *origin, *path, *message; /* the message without place */
  int line, column;
  char *text; /* the whole thing as printed: place, path, message, source line, caret, and who used the file */
} diagnostic;

/* A text that was read: the scenario itself, or what a `use:` names. */
typedef struct scenario_source {
  const char *name; /* the nodes' origin, the same pointer: "run.yaml", "stdin", "built-in fat_lean" */
  const char *text; /* byte for byte; NULL: it could not be read */
  size_t size;
  char sha256[65];
  int is_file;     /* paths inside are relative to its folder */
  int again;       /* the same name and bytes stand earlier in the list */
  const node *use; /* the value of the `use:` that read it; NULL: none did */
  node *root;      /* of a used text, before it was joined with the keys beside `use:` */
} scenario_source;

struct material;
typedef struct scenario {
  const char *file; /* as given; "-" is stdin */
  char *text;       /* byte for byte */
  size_t size;
  char
      sha256[65]; /* of the text; when it uses others: of the lines of their hashes, its own first (see scenario_use) */
  node *root;     /* NODE_MAP, or NULL after an error */
  int nset;
  const char *const *sets;
  int nsource; /* [0] is the scenario itself */
  scenario_source source[SCENARIO_SOURCES];
  const struct material *const *laws; /* what a law inside a law may be; ended by NULL. Set by the caller, NULL: none */
  arena *values;                      /* where such laws' parameters are kept; NULL: memory */
  int nerror;                         /* all of them, also beyond SCENARIO_ERRORS */
  diagnostic error[SCENARIO_ERRORS];
  arena *memory;
} scenario;

/* Reads a file (or "-") and applies each "KEY=VALUE" of sets. Always fills *out unless memory is out; ST_INPUT when the
   text cannot be read or parsed (the reasons are in out->error). Limits against hostile text: 1 MiB, depth 32, 20 000
   nodes after aliases; cyclic aliases and expanding ones are errors. */
status scenario_open(const char *file, int nset, const char *const *sets, arena *a, scenario **out) MUST_CHECK;
/* The same for a text in memory, which must live as long as the scenario. */
status scenario_open_text(const char *name, const char *text, size_t size, arena *a, scenario **out) MUST_CHECK;

/* The keys of a section that says `use: NAME` (one of `known`, ended by a NULL name) or `use: PATH.yaml` (relative to
   the file that says so): those of the used text, with the keys given beside `use:` in their place. Maps are joined key
   by key, unless the one beside `use:` names a law of its own. In a used text a value may be written with what it rests
   on, {value: 2 kPa, mark: measured, source: "..."}; its key `about` is for people. A used text may use another.
   Returns `map` itself when it does not say `use:`, NULL after an error.

   The scenario's hash then covers every text: sha256sum FILES | cut -c1-64 | sha256sum, in the order of first use. */
const node *scenario_use(scenario *s, const node *map, const builtin_text *known);

node *scenario_get(const node *map, const char *key); /* child of a map, NULL when absent or map is NULL / no map */
/* Collects an error at a node (NULL: the whole file). */
void scenario_error(scenario *s, const node *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "; did you mean 'thickness'?" for the nearest of names (ended by NULL), "" when none is near. */
const char *scenario_suggest(scenario *s, const char *word, const char *const *names);

/* Fills the struct of a table from a map (NULL map: all presets; missing required keys are errors at `owner`). Keys of
   the map that are neither rows nor in `also` (ended by NULL, or NULL) are errors with a suggestion. */
void scenario_bind(scenario *s, const node *map, const node *owner, const param *rows, const char *const *also,
                   void *out);
/* May the law stand inside another one? Those that hold a law themselves may not. */
int scenario_can_nest(const struct material *law);

/* Writes a bound struct as YAML, one key a line, SI units, presets filled in, indented by `indent` spaces. */
void scenario_emit(FILE *f, const param *rows, const void *par, int indent);

/* ST_INPUT with a short message when errors were collected, else ST_OK. */
status scenario_check(const scenario *s) MUST_CHECK;

#endif
