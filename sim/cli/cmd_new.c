/* A scenario to begin from: one of those that are built in, as a file. */
#include <errno.h>
#include <string.h>
#include "sim/cli/cli.h"

static const char first_one[] = "starter"; /* when none is named */

const char *template_title(cli *c, const builtin_text *t) {
  scenario *s;
  const node *title = NULL;
  if (scenario_open_text(t->name, t->text, t->size, c->memory, &s) == ST_OK) title = scenario_get(s->root, "title");
  return title && title->kind == NODE_SCALAR ? title->text : "";
}

static status find(cli *c, const char *name, const builtin_text **out) {
  enum { NAMES = 64 };
  const char *names[NAMES + 1];
  int n = 0;
  for (const builtin_text *t = c->cat->scenarios; t && t->name; t++) {
    if (!strcmp(t->name, name)) {
      *out = t;
      return ST_OK;
    }
    if (n < NAMES) names[n++] = t->name;
  }
  names[n] = NULL;
  cli_error(c, "there is no template '%s'%s; `knead list templates` names all", name, cli_suggest(c, name, names));
  return ST_USAGE;
}

status cmd_new(cli *c) {
  const builtin_text *t;
  char own[128];
  TRY(find(c, c->nfile ? c->files[0] : first_one, &t));
  snprintf(own, sizeof own, "%s.yaml", t->name);
  const char *file = c->output ? c->output : own;
  if (!strcmp(file, "-")) {
    if (c->json) {
      cli_error(c, "--json keeps standard output for itself: name a file for the scenario with -o");
      return ST_USAGE;
    }
    fwrite(t->text, 1, t->size, c->out);
    return ST_OK;
  }
  FILE *f = fopen(file, c->force ? "w" : "wx");
  if (!f && errno == EEXIST) {
    cli_error(c, "%s exists already; --force replaces it, -o names another", file);
    return ST_USAGE;
  }
  if (!f || (fwrite(t->text, 1, t->size, f) != t->size) | fclose(f)) {
    cli_error(c, "cannot write %s: %s", file, strerror(errno));
    return ST_OUTPUT;
  }
  if (c->json) {
    fputs("\"scenario\": ", c->out);
    json_text(c->out, file);
    fputs(",\n", c->out);
  } else {
    cli_say(c, "knead: %s is a copy of '%s'; next: knead check %s", file, t->name, file);
  }
  return ST_OK;
}
