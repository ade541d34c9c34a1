/* Walking the tables of all sections and members: for explain, list and schema. */
#ifndef KNEAD_CLI_ROWS_H
#define KNEAD_CLI_ROWS_H
#include "sim/cli/cli.h"
#include "sim/run/build.h"

typedef struct row_place {
  const build_section *section;
  const char *member; /* NULL: a key of the engine's own */
  char path[160];     /* "session[].press", "tissue.NAME.mu" */
  const param *row;
} row_place;

/* Calls visit for every row of every table, nested ones after their group. */
void rows_walk(const catalog *cat, void (*visit)(void *ctx, const row_place *at), void *ctx);
/* Indented lines: what it is, kind and range, default and source. */
void rows_print(FILE *f, const param *row, int indent);
/* Writes the preset as scenario text, "" when it is "left out"; 0: there is none, the key is required. */
int rows_preset(const param *row, char *text, size_t size);
void rows_json(FILE *f, const row_place *at);

#endif
