/* A result for other programs: what spreadsheets and older viewers can read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "sim/cli/cli.h"
#include "sim/out/out.h"

/* Into memory first, so that a history that is not there leaves no file behind. */
static status csv(cli *c) {
  char *text = NULL;
  size_t size = 0;
  long nrow = 0;
  FILE *into = NULL, *f = open_memstream(&text, &size);
  if (!f) FAIL(ST_INTERNAL, "out of memory for the table");
  status st = result_csv(c->files[0], c->csv, f, c->memory, &nrow);
  if (fclose(f) && st == ST_OK) st = err_set(ST_INTERNAL, __FILE__, __LINE__, "out of memory for the table");
  if (st == ST_OK && !c->output) {
    fputs(text, c->out);
  } else if (st == ST_OK) {
    into = fopen(c->output, c->force ? "w" : "wx");
    if (!into && errno == EEXIST)
      st = err_set(ST_USAGE, __FILE__, __LINE__, "%s exists already; --force replaces it", c->output);
    else if (!into || (fputs(text, into) < 0) | fclose(into))
      st = err_set(ST_OUTPUT, __FILE__, __LINE__, "cannot write %s: %s", c->output, strerror(errno));
  }
  free(text);
  if (st == ST_OK && c->json)
    fprintf(c->out, "\"rows\": %ld,\n", nrow);
  else if (st == ST_OK && c->output)
    cli_say(c, "knead: %ld rows in %s", nrow, c->output);
  return st;
}

status cmd_export(cli *c) {
  if (!c->csv == !c->vtu) {
    cli_error(c, "say what to export: one of --csv HISTORY and --vtu FOLDER");
    return ST_USAGE;
  }
  if (c->vtu && c->output) {
    cli_error(c, "-o goes with --csv; the files of --vtu are named after the result");
    return ST_USAGE;
  }
  if (c->csv && c->json && !c->output) {
    cli_error(c, "--json keeps standard output for itself: --csv needs a file then, -o FILE");
    return ST_USAGE;
  }
  TRY(cli_result_files(c));
  if (c->csv) return csv(c);
  long nframe = 0;
  TRY(result_vtu(c->files[0], c->vtu, c->force, c->memory, &nframe));
  if (c->json)
    fprintf(c->out, "\"frames\": %ld,\n", nframe);
  else
    cli_say(c, "knead: %ld frames in %s", nframe, c->vtu);
  return ST_OK;
}
