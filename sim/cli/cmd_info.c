#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "sim/cli/cli.h"
#include "sim/out/out.h"

/* HDF5 files begin with these bytes; whatever else is given is taken for a scenario. */
static int is_result(const char *file) {
  char head[8] = {0};
  FILE *f = fopen(file, "rb");
  if (!f) return 0;
  size_t n = fread(head, 1, sizeof head, f);
  fclose(f);
  return n == sizeof head && !memcmp(head, "\211HDF\r\n\032\n", sizeof head);
}

status cli_result_files(cli *c) {
  for (int i = 0; i < c->nfile; i++) {
    struct stat s;
    char *longer;
    size_t size = strlen(c->files[i]) + sizeof ".h5";
    if (!stat(c->files[i], &s) && !S_ISDIR(s.st_mode)) continue;
    NEW(c->memory, longer, size);
    snprintf(longer, size, "%s.h5", c->files[i]);
    if (!stat(longer, &s) && S_ISREG(s.st_mode)) c->files[i] = longer;
  }
  return ST_OK;
}

/* Into text (malloc), so that a file that fails half-way leaves nothing behind. */
static status one(cli *c, const char *file, char **text) {
  size_t size;
  scenario *s;
  model *m;
  FILE *f = open_memstream(text, &size);
  if (!f) FAIL(ST_INTERNAL, "out of memory");
  status st;
  if (is_result(file)) {
    st = result_info(file, f, c->json);
    if (st) cli_error(c, "%s", err_message());
  } else {
    st = cli_build(c, file, &s, &m, NULL);
    if (st == ST_OK) (c->json ? check_json : check_print)(f, s, m);
    model_free(&m);
  }
  if (fclose(f) && st == ST_OK) st = err_set(ST_INTERNAL, __FILE__, __LINE__, "out of memory");
  return st;
}

status cmd_info(cli *c) {
  status worst = ST_OK;
  int n = 0;
  TRY(cli_result_files(c));
  if (c->json) fputs("\"files\": [", c->out);
  for (int i = 0; i < c->nfile; i++) {
    char *text = NULL;
    status st = one(c, c->files[i], &text);
    if (st == ST_OK) fprintf(c->out, "%s%s", c->json && n++ ? ",\n" : "", text);
    free(text);
    if (worst == ST_OK) worst = st;
  }
  if (c->json) fputs("],\n", c->out);
  return worst;
}
