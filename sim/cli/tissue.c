/* What the tissues that are built in say: their numbers, each with what it rests on. A tissue is bound as it would be
   in a scenario, so what is printed here is what would be used. */
#include <stdlib.h>
#include <string.h>
#include "sim/cli/rows.h"

enum { TEXT_ROOM = 80 }; /* bytes behind a key for one more part: ".KEY" or "[3]" */

const builtin_text *tissue_find(const cli *c, const char *name) {
  if (!strncmp(name, "tissue.", 7)) name += 7;
  for (const builtin_text *t = c->cat->tissues; t && t->name; t++)
    if (!strcmp(t->name, name)) return t;
  return NULL;
}

const char *tissue_about(cli *c, const builtin_text *t) {
  scenario *s;
  const node *about = NULL;
  if (scenario_open_text(t->name, t->text, t->size, c->memory, &s) == ST_OK) about = scenario_get(s->root, "about");
  return about && about->kind == NODE_SCALAR ? about->text : "";
}

typedef struct writer {
  cli *c;
  int n;
} writer;

/* "[[0.3, 2 s], {law: demiray}]" */
static void value_text(FILE *f, const node *n) {
  if (n->kind == NODE_SCALAR) {
    fputs(n->text, f);
    return;
  }
  fputs(n->kind == NODE_LIST ? "[" : "{", f);
  for (int i = 0; i < n->n; i++) {
    fprintf(f, "%s%s%s", i ? ", " : "", n->kind == NODE_MAP ? n->key[i]->text : "", n->kind == NODE_MAP ? ": " : "");
    value_text(f, n->child[i]);
  }
  fputs(n->kind == NODE_LIST ? "]" : "}", f);
}

static status one(writer *w, const char *key, const char *value, const char *mark, const char *source,
                  const char *doc) {
  FILE *f = w->c->out;
  if (w->c->json) {
    fputs(w->n++ ? ",\n  {\"key\": " : "\n  {\"key\": ", f);
    json_text(f, key);
    const char *const parts[][2] = {{"value", value}, {"mark", mark}, {"source", source}, {"doc", doc}};
    for (int i = 0; i < 4; i++) {
      fprintf(f, ", \"%s\": ", parts[i][0]);
      json_text(f, parts[i][1]);
    }
    fputs("}", f);
  } else {
    fprintf(f, "%s = %s\n    %s\n", key, value, doc);
    if (*mark || *source) fprintf(f, "    %s%s%s\n", mark, *mark && *source ? ": " : "", source);
  }
  return ST_OK;
}

static int has_marks(const node *n) {
  for (int i = 0; i < n->n; i++)
    if (n->child[i]->mark || has_marks(n->child[i])) return 1;
  return 0;
}

static status given(writer *w, const char *key, const node *n, const char *doc) {
  if (!n->mark && has_marks(n)) { /* its parts have sources of their own */
    for (int i = 0; i < n->n; i++) {
      char *inner;
      NEW(w->c->memory, inner, strlen(key) + TEXT_ROOM);
      if (n->kind == NODE_MAP)
        snprintf(inner, strlen(key) + TEXT_ROOM, "%s.%.64s", key, n->key[i]->text);
      else
        snprintf(inner, strlen(key) + TEXT_ROOM, "%s[%d]", key, i);
      TRY(given(w, inner, n->child[i], doc));
    }
    return ST_OK;
  }
  char *value = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&value, &size);
  if (!f) FAIL(ST_INTERNAL, "out of memory for the value of %s", key);
  value_text(f, n);
  if (fclose(f)) FAIL(ST_INTERNAL, "out of memory for the value of %s", key);
  status st = one(w, key, value, scenario_marks[n->mark], n->source ? n->source : "", doc);
  free(value);
  return st;
}

static status rows_of(writer *w, const char *prefix, const param *rows, const node *map) {
  for (const param *row = rows; row && row->name; row++) {
    const node *at = scenario_get(map, row->name);
    char key[160], text[256];
    snprintf(key, sizeof key, "%s%s", prefix, row->name);
    if (!strcmp(key, "use") || !strcmp(key, "assumed")) continue; /* what is assumed is told value by value */
    const node *law = at && row->kind == PARAM_LAW ? scenario_get(at, "law") : NULL;
    if (law) {
      TRY(one(w, key, law->text, "", "", row->doc));
      snprintf(key, sizeof key, "%s%.64s.", prefix, row->name);
      for (int i = 0; w->c->cat->materials[i]; i++)
        if (!strcmp(w->c->cat->materials[i]->name, law->text))
          TRY(rows_of(w, key, w->c->cat->materials[i]->params, at));
    } else if (at) {
      TRY(given(w, key, at, row->doc));
    } else if (rows_preset(row, text, sizeof text) && *text) {
      TRY(one(w, key, text, "default", row->source ? row->source : "", row->doc));
    }
  }
  return ST_OK;
}

status tissue_explain(cli *c, const builtin_text *t) {
  scenario *s;
  builder *b;
  bound k;
  char use[128];
  const material *law = NULL;
  int assumed = 0;
  snprintf(use, sizeof use, "use: %.100s", t->name);
  TRY(scenario_open_text(t->name, use, strlen(use), c->memory, &s));
  NEW(c->memory, b, 1);
  NEW(c->memory, b->m, 1);
  b->scn = s;
  b->cat = c->cat;
  b->m->memory = c->memory;
  TRY(build_tissue(b, s->root, &k, &law, &assumed));
  if (s->nerror) cli_diagnostics(c, s);
  TRY(scenario_check(s));
  const node *map = scenario_use(s, s->root, c->cat->tissues); /* the same again, for its nodes */
  writer w = {.c = c};
  if (c->json) {
    fputs("\"tissue\": ", c->out);
    json_text(c->out, t->name);
    fputs(",\n\"about\": ", c->out);
    json_text(c->out, tissue_about(c, t));
    fprintf(c->out, ",\n\"law\": \"%s\",\n\"assumed\": %s,\n\"keys\": [", law->name, assumed ? "true" : "false");
  } else {
    fprintf(c->out, "%s: %s\n\n", t->name, tissue_about(c, t));
  }
  TRY(rows_of(&w, "", k.rows, map));
  if (c->json) fputs("],\n", c->out);
  return ST_OK;
}
