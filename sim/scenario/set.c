/* --set KEY=VALUE: the value is YAML, the key a path such as session[0].press. The result is a tree as if the file had
   said so; every later check is the same. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario/tree.h"

/* One part of the path: a key, or an index when key is NULL. */
typedef struct part {
  const char *key;
  int index;
} part;

typedef struct setting {
  scenario *s;
  const char *origin; /* "--set #1" */
  int npart;
  part parts[TREE_DEPTH];
} setting;

/* Splits "a.b[2].c"; the end of the text or '=' ends it. NULL after an error, else the place behind the path. */
static const char *parse_path(setting *set, const char *text) {
  const char *p = text;
  for (;;) {
    if (set->npart == TREE_DEPTH) {
      tree_error(set->s, set->origin, 0, 0, "", "the key is nested more than %d deep", TREE_DEPTH);
      return NULL;
    }
    part *now = &set->parts[set->npart++];
    if (*p == '[' && p > text) {
      size_t digits = strspn(++p, "0123456789");
      if (digits < 1 || digits > 6 || p[digits] != ']') break;
      now->index = atoi(p);
      p += digits + 1;
    } else {
      if (*p == '.' && p > text) p++;
      size_t length = strcspn(p, ".[]=");
      if (length < 1 || length > TREE_KEY) break;
      now->key = tree_text(set->s, "%.*s", (int)length, p);
      p += length;
    }
    if (*p == '=') return p + 1;
    if (*p != '.' && *p != '[') break;
  }
  tree_error(set->s, set->origin, 0, 0, "", "KEY=VALUE is expected, for example 'session[0].press=30 N'");
  return NULL;
}

/* Room for one more child (and key). */
static int grow(scenario *s, node *n) {
  size_t count = (size_t)n->n + 1;
  node **child = arena_alloc(s->memory, count * sizeof *child);
  node **key = n->kind == NODE_MAP ? arena_alloc(s->memory, count * sizeof *key) : NULL;
  if (!child || (n->kind == NODE_MAP && !key)) return 0;
  if (n->n) memcpy(child, n->child, (size_t)n->n * sizeof *child);
  if (n->n && key) memcpy(key, n->key, (size_t)n->n * sizeof *key);
  n->child = child;
  n->key = key;
  return 1;
}

static node *create(setting *set, node_kind kind, const char *path, const char *text) {
  node *n = arena_alloc(set->s->memory, sizeof *n);
  if (n) *n = (node){.kind = kind, .origin = set->origin, .path = path, .text = text};
  return n;
}

/* Where the child of `at` that a part names is kept; made when absent. NULL after an error. */
static node **slot(setting *set, node *at, const part *p) {
  scenario *s = set->s;
  node_kind kind = p->key ? NODE_MAP : NODE_LIST;
  if (at->kind == NODE_SCALAR && !at->quoted && !*at->text) at->kind = kind; /* "output:" with nothing behind it */
  const char *path = p->key ? tree_path_key(s, at->path, p->key) : tree_path_index(s, at->path, p->index);
  if (at->kind != kind) {
    tree_error(s, set->origin, 0, 0, path, "'%s' is no %s", *at->path ? at->path : "the scenario",
               kind == NODE_MAP ? "map of keys" : "list");
    return NULL;
  }
  for (int i = 0; i < at->n; i++)
    if (p->key ? strcmp(at->key[i]->text, p->key) == 0 : i == p->index) return &at->child[i];
  if (!p->key && p->index != at->n) {
    tree_error(s, set->origin, 0, 0, path, "there %s only %d; [%d] would add one", at->n == 1 ? "is" : "are", at->n,
               at->n);
    return NULL;
  }
  node *empty = create(set, NODE_SCALAR, path, "");
  node *key = p->key ? create(set, NODE_SCALAR, at->path, p->key) : NULL;
  if (!empty || (p->key && !key) || !grow(s, at)) {
    tree_error(s, set->origin, 0, 0, path, "out of memory");
    return NULL;
  }
  if (key) at->key[at->n] = key;
  at->child[at->n] = empty;
  return &at->child[at->n++];
}

void tree_set(scenario *s, int number, const char *text) {
  setting set = {.s = s, .origin = tree_text(s, "--set #%d", number)};
  const char *value = parse_path(&set, text);
  if (!value) return;
  const char *path = "";
  for (int i = 0; i < set.npart; i++)
    path = set.parts[i].key ? tree_path_key(s, path, set.parts[i].key) : tree_path_index(s, path, set.parts[i].index);
  int nerror = s->nerror;
  size_t size = strlen(value);
  if (size > TREE_BYTES) {
    tree_error(s, set.origin, 0, 0, path, "the value is larger than 1 MiB");
    return;
  }
  node *parsed = tree_parse(s, value, size, set.origin, path, 0);
  if (s->nerror > nerror) return;
  if (!parsed) parsed = create(&set, NODE_SCALAR, path, ""); /* "title=" */
  node **at = &s->root;
  for (int i = 0; i < set.npart; i++) {
    at = slot(&set, *at, &set.parts[i]);
    if (!at) return;
  }
  if (parsed) *at = parsed;
}
