/* Meaning of a key: by its name, by the end of its path, all keys of a member, or all numbers of a tissue. */
#include <string.h>
#include "sim/cli/rows.h"

enum { PARTS = 16, NAMES = 1024 };

typedef struct parts {
  int n;
  char part[PARTS][64];
} parts;

/* "session[0].press" to session, press. */
static void split(const char *path, parts *out) {
  out->n = 0;
  for (const char *p = path; *p && out->n < PARTS;) {
    size_t length = strcspn(p, ".["), skip = length;
    while (p[skip] == '[') { /* "[0]" says only which one */
      skip += strcspn(p + skip, "]");
      if (p[skip]) skip++;
    }
    if (length) snprintf(out->part[out->n++], sizeof out->part[0], "%.*s", (int)length, p);
    p += skip;
    if (*p == '.') p++;
  }
}

static int begins_section(const char *word) {
  parts key;
  for (const build_section *b = build_sections; b->key; b++) {
    split(b->key, &key);
    if (key.n && !strcmp(key.part[0], word)) return 1;
  }
  return 0;
}

/* Is asked the end of the path? NAME stands for any name, but not for the section that a path begins with. */
static int ends_with(const parts *path, const parts *asked) {
  if (!asked->n || asked->n > path->n) return 0;
  for (int i = 1; i <= asked->n; i++) {
    const char *a = path->part[path->n - i], *b = asked->part[asked->n - i];
    int first = i == asked->n && asked->n > 1;
    if (strcmp(a, b) && (strcmp(a, "NAME") || (first && begins_section(b)))) return 0;
  }
  return strcmp(path->part[path->n - 1], "NAME") != 0 || asked->n > 1;
}

typedef struct search {
  cli *c;
  parts asked;
  int found, nname;
  const char *name[NAMES + 1]; /* for suggestions */
  const char *headline;        /* member whose headline stands already */
} search;

/* "effleurage" and "effleurage.press" ask for a member's rows. */
static int asks_member(const search *s, const row_place *at, const parts *path) {
  if (!at->member || strcmp(s->asked.part[0], at->member)) return 0;
  parts rest = {.n = s->asked.n - 1};
  for (int i = 0; i < rest.n; i++) memcpy(rest.part[i], s->asked.part[i + 1], sizeof rest.part[i]);
  return !rest.n || ends_with(path, &rest);
}

/* "nodules" and "nodules.NAME" ask for the section of that name: its own keys, not those of the members it can hold. */
static int asks_section(const search *s, const build_section *b) {
  parts key;
  split(b->key, &key);
  return key.n && s->asked.n <= key.n && !strcmp(s->asked.part[0], key.part[0]) &&
         (s->asked.n == 1 || !strcmp(s->asked.part[1], key.part[1]));
}

static void print_section(const search *s, const build_section *b) {
  fprintf(s->c->out, "%s: %s\n", b->key, b->doc);
  for (int i = 0, n = build_count(s->c->cat, b->list); i < n; i++)
    fprintf(s->c->out, "%s%s%s",
            i ? ", " : "  also the keys of its kind, `knead explain KIND`: ", build_get(s->c->cat, b->list, i).name,
            i == n - 1 ? "\n" : "");
  fputc('\n', s->c->out);
}

static void visit(void *ctx, const row_place *at) {
  search *s = ctx;
  parts path;
  split(at->path, &path);
  if (s->nname < NAMES) s->name[s->nname++] = at->row->name;
  if (!s->asked.n) return;
  int section = asks_section(s, at->section) && (!at->member || !at->section->rows);
  if (!section && !ends_with(&path, &s->asked) && !asks_member(s, at, &path)) return;
  if (s->c->json) {
    fputs(s->found++ ? ",\n  " : "\n  ", s->c->out);
    rows_json(s->c->out, at);
    return;
  }
  fprintf(s->c->out, "%s", at->path);
  if (at->member)
    fprintf(s->c->out, "  (%s)", at->member);
  else if (strcmp(at->section->key, "session[]") == 0)
    fprintf(s->c->out, "  (%s)", at->section->doc);
  fprintf(s->c->out, "\n");
  rows_print(s->c->out, at->row, 4);
  s->found++;
}

status cmd_explain(cli *c) {
  search *s;
  int known = 0;
  const builtin_text *tissue = tissue_find(c, c->files[0]);
  if (tissue) return tissue_explain(c, tissue);
  NEW(c->memory, s, 1);
  s->c = c;
  split(c->files[0], &s->asked);
  if (c->json) fputs("\"keys\": [", c->out);
  for (const build_section *b = build_sections; b->key; b++) {
    if (!c->json && s->asked.n && asks_section(s, b)) print_section(s, b);
    for (int i = 0; i < build_count(c->cat, b->list); i++) {
      build_member m = build_get(c->cat, b->list, i);
      if (s->nname < NAMES) s->name[s->nname++] = m.name;
      if (strcmp(m.name, c->files[0])) continue;
      if (!c->json) fprintf(c->out, "%s: %s\n\n", m.name, m.doc);
      known = 1; /* a member without keys is found, too */
    }
  }
  for (const builtin_text *t = c->cat->tissues; t && t->name && s->nname < NAMES; t++) s->name[s->nname++] = t->name;
  rows_walk(c->cat, visit, s);
  if (c->json) fputs("],\n", c->out);
  if (s->found || known || (c->json && !s->asked.n)) return ST_OK;
  cli_error(c, "no key or member is called '%s'%s", c->files[0], cli_suggest(c, c->files[0], s->name));
  return ST_USAGE;
}
