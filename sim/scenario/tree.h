/* Inside the room: text to nodes. Shared by the file, the --set values and the presets given as text. */
#ifndef KNEAD_SCENARIO_TREE_H
#define KNEAD_SCENARIO_TREE_H
#include "sim/scenario/scenario.h"

enum {
  TREE_BYTES = 1 << 20, /* of one text */
  TREE_DEPTH = 32,      /* lists and maps inside each other */
  TREE_NODES = 20000,   /* of one text, after aliases are written out */
  TREE_KEY = 64         /* bytes of a key; bounds the paths in messages */
};

/* Root node of a YAML text, NULL after an error (collected in s). `located`: the nodes get line and column. An empty
   text gives NULL without an error. */
node *tree_parse(scenario *s, const char *text, size_t size, const char *origin, const char *path, int located);

/* An error at a place that is no node. Line 0: none. */
void tree_error(scenario *s, const char *origin, int line, int column, const char *path, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* The text that nodes of this origin stand in, NULL: none (--set, a built-in default). */
const scenario_source *tree_source(const scenario *s, const char *origin);
/* A whole file, or stdin for "-", into the scenario's memory; 0 after collecting an error at `at`. */
int tree_read(scenario *s, const char *file, const node *at, char **text, size_t *size);

/* printf into the scenario's memory; "" when memory is out. */
char *tree_text(scenario *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *tree_path_key(scenario *s, const char *path, const char *key);
const char *tree_path_index(scenario *s, const char *path, int index);

/* Bytes of the UTF-8 character at p, 0 when it is none or a control character that YAML does not allow. left > 0. */
size_t tree_character(const char *p, size_t left);

/* Applies "KEY=VALUE" number `number` (from 1) to the tree. */
void tree_set(scenario *s, int number, const char *text);

#endif
