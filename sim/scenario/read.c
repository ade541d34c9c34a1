/* YAML text to a tree of nodes. libyaml composes a document whose aliases are shared nodes; here they are written out,
   each with a path of its own, so cycles and growth are found here. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>
#include "sim/base/sha256.h"
#include "sim/base/unit.h"
#include "sim/scenario/tree.h"

typedef struct tree {
  scenario *s;
  yaml_document_t *document;
  const char *origin;
  int located;
  int nnode;
  int stopped;           /* a limit was passed, or memory ran out: one message is enough */
  const char **text;     /* by libyaml's number: a long scalar behind many aliases is kept once */
  unsigned char *inside; /* by libyaml's number: 1 while its children are being written out */
} tree;

static node *convert(tree *t, int id, const char *path, int depth);

/* ------------------------------------------------------------------------------------------------------ characters */

static int continuation(unsigned char c) {
  return (c & 0xc0) == 0x80;
}

size_t tree_character(const char *text, size_t left) {
  const unsigned char *p = (const unsigned char *)text;
  if (p[0] < 0x80) return p[0] == '\t' || p[0] == '\n' || p[0] == '\r' || (p[0] >= 0x20 && p[0] != 0x7f);
  if (p[0] < 0xe0) {
    if (p[0] < 0xc2 || left < 2 || !continuation(p[1])) return 0;
    return p[0] == 0xc2 && p[1] < 0xa0 && p[1] != 0x85 ? 0 : 2;
  }
  if (p[0] < 0xf0) {
    if (left < 3 || !continuation(p[1]) || !continuation(p[2])) return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f)) return 0; /* too long; surrogates */
    return p[0] == 0xef && p[1] == 0xbf && p[2] > 0xbd ? 0 : 3;
  }
  if (p[0] > 0xf4 || left < 4 || !continuation(p[1]) || !continuation(p[2]) || !continuation(p[3])) return 0;
  if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)) return 0;
  return 4;
}

/* Finds the first byte that is no text; 1 when all is well. */
static int is_text(tree *t, const char *text, size_t size, const char *path) {
  const unsigned char *p = (const unsigned char *)text;
  int line = 1, column = 1;
  for (size_t at = 0, length; at < size; at += length) {
    length = tree_character(text + at, size - at);
    if (!length) {
      tree_error(t->s, t->origin, t->located ? line : 0, t->located ? column : 0, path,
                 "byte 0x%02x is no text; a scenario is YAML in UTF-8 without control characters", p[at]);
      return 0;
    }
    int cr = p[at] == '\r' && !(at + 1 < size && p[at + 1] == '\n');
    int unicode_break =
        (length == 2 && memcmp(p + at, "\xc2\x85", 2) == 0) ||
        (length == 3 && (memcmp(p + at, "\xe2\x80\xa8", 3) == 0 || memcmp(p + at, "\xe2\x80\xa9", 3) == 0));
    column++;
    if (p[at] == '\n' || cr || unicode_break) {
      line++;
      column = 1;
    }
  }
  return 1;
}

/* ------------------------------------------------------------------------------------------------------------ nodes */

static void error_at(tree *t, yaml_mark_t mark, const char *path, const char *message) {
  int line = t->located ? (int)mark.line + 1 : 0, column = t->located ? (int)mark.column + 1 : 0;
  tree_error(t->s, t->origin, line, column, path, "%s", message);
}

static void stop_at(tree *t, yaml_mark_t mark, const char *path, const char *message) {
  if (!t->stopped) error_at(t, mark, path, message);
  t->stopped = 1;
}

static node *node_create(tree *t, const yaml_node_t *y, node_kind kind, const char *path) {
  node *n = arena_alloc(t->s->memory, sizeof *n);
  if (!n) {
    stop_at(t, y->start_mark, path, "out of memory");
    return NULL;
  }
  *n = (node){.kind = kind, .origin = t->origin, .path = path, .text = ""};
  if (t->located) {
    n->line = (int)y->start_mark.line + 1;
    n->column = (int)y->start_mark.column + 1;
  }
  return n;
}

static node *scalar(tree *t, int id, const yaml_node_t *y, const char *path) {
  node *n = node_create(t, y, NODE_SCALAR, path);
  if (!n) return NULL;
  n->quoted = y->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  const char *value = (const char *)y->data.scalar.value;
  if (strlen(value) != y->data.scalar.length) {
    error_at(t, y->start_mark, path, "a text cannot hold the NUL character");
    return NULL;
  }
  if (!t->text[id]) t->text[id] = tree_text(t->s, "%s", value);
  n->text = t->text[id];
  return n;
}

static node *list(tree *t, const yaml_node_t *y, const char *path, int depth) {
  node *n = node_create(t, y, NODE_LIST, path);
  size_t count = (size_t)(y->data.sequence.items.top - y->data.sequence.items.start);
  if (!n || !count) return n;
  n->child = arena_alloc(t->s->memory, count * sizeof *n->child);
  if (!n->child) {
    stop_at(t, y->start_mark, path, "out of memory");
    return NULL;
  }
  for (size_t i = 0; i < count && !t->stopped; i++) {
    node *child = convert(t, y->data.sequence.items.start[i], tree_path_index(t->s, path, (int)i), depth + 1);
    if (child) n->child[n->n++] = child;
  }
  return n;
}

/* The key as a node whose path is that of its map; NULL after an error. */
static node *map_key(tree *t, const node *map, int id, const char *path) {
  const yaml_node_t *y = yaml_document_get_node(t->document, id);
  if (y->type != YAML_SCALAR_NODE) {
    error_at(t, y->start_mark, path, "a key must be a plain word, not a list or a map");
    return NULL;
  }
  if (y->data.scalar.length == 0 || y->data.scalar.length > TREE_KEY) {
    error_at(t, y->start_mark, path,
             y->data.scalar.length ? "this key is longer than 64 bytes" : "a key is missing in front of ':'");
    return NULL;
  }
  node *key = scalar(t, id, y, path);
  for (int i = 0; key && i < map->n; i++) {
    if (strcmp(map->key[i]->text, key->text) != 0) continue;
    if (t->located)
      scenario_error(t->s, key, "key '%s' is given twice; the first is on line %d", key->text, map->key[i]->line);
    else
      scenario_error(t->s, key, "key '%s' is given twice", key->text);
    return NULL;
  }
  return key;
}

static node *map(tree *t, const yaml_node_t *y, const char *path, int depth) {
  node *n = node_create(t, y, NODE_MAP, path);
  size_t count = (size_t)(y->data.mapping.pairs.top - y->data.mapping.pairs.start);
  if (!n || !count) return n;
  n->key = arena_alloc(t->s->memory, count * sizeof *n->key);
  n->child = arena_alloc(t->s->memory, count * sizeof *n->child);
  if (!n->key || !n->child) {
    stop_at(t, y->start_mark, path, "out of memory");
    return NULL;
  }
  for (size_t i = 0; i < count && !t->stopped; i++) {
    const yaml_node_pair_t *pair = y->data.mapping.pairs.start + i;
    node *key = map_key(t, n, pair->key, path);
    if (!key) continue;
    node *child = convert(t, pair->value, tree_path_key(t->s, path, key->text), depth + 1);
    if (!child) continue;
    n->key[n->n] = key;
    n->child[n->n++] = child;
  }
  return n;
}

/* A tag would be a second way to say what a value is; the table of the key already says it. */
static int is_tagged(const yaml_node_t *y) {
  const char *plain = y->type == YAML_SCALAR_NODE     ? YAML_DEFAULT_SCALAR_TAG
                      : y->type == YAML_SEQUENCE_NODE ? YAML_DEFAULT_SEQUENCE_TAG
                                                      : YAML_DEFAULT_MAPPING_TAG;
  return y->tag && strcmp((const char *)y->tag, plain) != 0;
}

static node *convert(tree *t, int id, const char *path, int depth) {
  const yaml_node_t *y = yaml_document_get_node(t->document, id);
  if (t->stopped) return NULL;
  if (t->inside[id]) {
    stop_at(t, y->start_mark, path, "this value contains itself through an alias");
    return NULL;
  }
  if (++t->nnode > TREE_NODES) {
    stop_at(t, y->start_mark, path, "more than 20000 values once all aliases are written out");
    return NULL;
  }
  if (depth > TREE_DEPTH) {
    stop_at(t, y->start_mark, path, "lists and maps are nested more than 32 deep");
    return NULL;
  }
  if (is_tagged(y)) {
    error_at(t, y->start_mark, path, "scenarios use no YAML tags ('!...')");
    return NULL;
  }
  if (y->type == YAML_SCALAR_NODE) return scalar(t, id, y, path);
  t->inside[id] = 1;
  node *n = y->type == YAML_SEQUENCE_NODE ? list(t, y, path, depth) : map(t, y, path, depth);
  t->inside[id] = 0;
  return n;
}

/* -------------------------------------------------------------------------------------------------------- documents */

static void syntax_error(tree *t, const yaml_parser_t *p, const char *path) {
  if (p->error == YAML_MEMORY_ERROR) {
    tree_error(t->s, t->origin, 0, 0, path, "out of memory");
    return;
  }
  const char *problem = p->problem ? p->problem : "this is not YAML";
  const char *hint = strstr(problem, "cannot start any token")
                         ? " (indent with spaces, not tabs; a text that begins with @ ` or % needs quotes)"
                         : "";
  char *context = "";
  if (p->context && t->located && p->context_mark.line != p->problem_mark.line)
    context = tree_text(t->s, ", %s that began on line %d", p->context, (int)p->context_mark.line + 1);
  else if (p->context)
    context = tree_text(t->s, ", %s", p->context);
  error_at(t, p->problem_mark, path, tree_text(t->s, "%s%s%s", problem, context, hint));
}

/* A first look at the events alone. libyaml's loader takes time quadratic in the depth and in the number of anchors:
   a mebibyte of '[' would keep it busy for an hour. Stops at the limits; 1 when the loader may have the text. */
static int within_limits(tree *t, yaml_parser_t *p, const char *path) {
  int depth = 0, nvalue = 0, ended = 0;
  while (!ended && !t->stopped) {
    yaml_event_t e;
    if (!yaml_parser_parse(p, &e)) {
      syntax_error(t, p, path);
      return 0;
    }
    int opens = e.type == YAML_SEQUENCE_START_EVENT || e.type == YAML_MAPPING_START_EVENT;
    int closes = e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT;
    nvalue += opens || e.type == YAML_SCALAR_EVENT || e.type == YAML_ALIAS_EVENT;
    depth += opens - closes;
    ended = e.type == YAML_STREAM_END_EVENT;
    if (depth > TREE_DEPTH) stop_at(t, e.start_mark, path, "lists and maps are nested more than 32 deep");
    if (nvalue > 2 * TREE_NODES) stop_at(t, e.start_mark, path, "more than 20000 values"); /* 2: keys count here */
    yaml_event_delete(&e);
  }
  return !t->stopped;
}

static int parser_start(tree *t, yaml_parser_t *p, const char *text, size_t size, const char *path) {
  if (!yaml_parser_initialize(p)) {
    tree_error(t->s, t->origin, 0, 0, path, "out of memory");
    return 0;
  }
  yaml_parser_set_encoding(p, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(p, (const unsigned char *)text, size);
  return 1;
}

static node *document_tree(tree *t, const char *path) {
  yaml_node_t *root = yaml_document_get_root_node(t->document);
  if (!root) return NULL;
  size_t count = (size_t)(t->document->nodes.top - t->document->nodes.start);
  t->text = arena_alloc(t->s->memory, (count + 1) * sizeof *t->text);
  t->inside = arena_alloc(t->s->memory, count + 1);
  if (!t->text || !t->inside) {
    tree_error(t->s, t->origin, 0, 0, path, "out of memory");
    return NULL;
  }
  return convert(t, 1, path, 0); /* libyaml numbers from 1, the root first */
}

node *tree_parse(scenario *s, const char *text, size_t size, const char *origin, const char *path, int located) {
  tree t = {.s = s, .origin = origin, .located = located};
  int nerror = s->nerror;
  if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark, as some editors write */
    text += 3;
    size -= 3;
  }
  if (!is_text(&t, text, size, path)) return NULL;
  yaml_parser_t parser;
  if (!parser_start(&t, &parser, text, size, path)) return NULL;
  int fine = within_limits(&t, &parser, path);
  yaml_parser_delete(&parser);
  if (!fine || !parser_start(&t, &parser, text, size, path)) return NULL;
  yaml_document_t document, second;
  node *root = NULL;
  if (!yaml_parser_load(&parser, &document)) {
    syntax_error(&t, &parser, path);
  } else {
    t.document = &document;
    root = document_tree(&t, path);
    if (!yaml_parser_load(&parser, &second)) {
      syntax_error(&t, &parser, path);
    } else {
      const yaml_node_t *extra = yaml_document_get_root_node(&second);
      if (extra) error_at(&t, extra->start_mark, path, "a second YAML document begins here; a scenario is one");
      yaml_document_delete(&second);
    }
    yaml_document_delete(&document);
  }
  yaml_parser_delete(&parser);
  return s->nerror == nerror ? root : NULL;
}

/* ------------------------------------------------------------------------------------------------------------ files */

int tree_read(scenario *s, const char *file, const node *at, char **text, size_t *size) {
  const char *what = at ? file : "the scenario"; /* whose own name stands in front of the message */
  int is_stdin = strcmp(file, "-") == 0;
  FILE *f = is_stdin ? stdin : fopen(file, "rb");
  if (!f) {
    scenario_error(s, at, "cannot open %s: %s", what, strerror(errno));
    return 0;
  }
  char *buffer = malloc(TREE_BYTES + 1); /* one more than allowed: shows that there is more */
  size_t got = buffer ? fread(buffer, 1, TREE_BYTES + 1, f) : 0;
  int failed = ferror(f), reason = errno;
  if (!is_stdin) fclose(f);
  *text = NULL;
  if (failed) {
    scenario_error(s, at, "cannot read %s: %s", what, strerror(reason));
  } else if (got > TREE_BYTES) {
    scenario_error(s, at, "%s is larger than 1 MiB", what);
  } else if (buffer && (*text = arena_alloc(s->memory, got + 1))) {
    memcpy(*text, buffer, got);
    *size = got;
  } else {
    scenario_error(s, at, "out of memory while reading %s", what);
  }
  free(buffer);
  return *text != NULL;
}

static status create(const char *file, int nset, const char *const *sets, arena *a, scenario **out) {
  scenario *s;
  *out = NULL;
  NEW(a, s, 1);
  s->file = file;
  s->nset = nset;
  s->sets = sets;
  s->memory = a;
  s->nsource = 1;
  s->source[0].name = strcmp(file, "-") == 0 ? "stdin" : file;
  *out = s;
  return unit_setup();
}

/* The scenario's own text, once it is there, to its tree. */
static status parse(scenario *s) {
  scenario_source *own = &s->source[0];
  sha256_hex(s->text ? s->text : "", s->size, s->sha256);
  memcpy(own->sha256, s->sha256, sizeof s->sha256);
  own->text = s->text;
  own->size = s->size;
  TRY(scenario_check(s));
  node *root = tree_parse(s, s->text, s->size, own->name, "", 1);
  if (!root && !s->nerror)
    scenario_error(s, NULL, "the scenario is empty; it should be a map of keys, for example 'title: my first one'");
  if (root && root->kind != NODE_MAP)
    scenario_error(s, root, "a scenario is a map of keys ('title: ...'), this is a %s",
                   root->kind == NODE_LIST ? "list" : "single value");
  if (!s->nerror) {
    s->root = root;
    for (int i = 0; i < s->nset; i++) tree_set(s, i + 1, s->sets[i]);
  }
  if (s->nerror) s->root = NULL;
  return scenario_check(s);
}

status scenario_open(const char *file, int nset, const char *const *sets, arena *a, scenario **out) {
  TRY(create(file, nset, sets, a, out));
  scenario *s = *out;
  s->source[0].is_file = strcmp(file, "-") != 0;
  tree_read(s, file, NULL, &s->text, &s->size);
  return parse(s);
}

status scenario_open_text(const char *name, const char *text, size_t size, arena *a, scenario **out) {
  TRY(create(name, 0, NULL, a, out));
  scenario *s = *out;
  s->text = arena_alloc(a, size + 1);
  if (!s->text) FAIL(ST_INTERNAL, "out of memory for the text of %s", name);
  memcpy(s->text, text, size);
  s->size = size;
  return parse(s);
}

node *scenario_get(const node *map, const char *key) {
  if (!map || map->kind != NODE_MAP) return NULL;
  for (int i = 0; i < map->n; i++)
    if (strcmp(map->key[i]->text, key) == 0) return map->child[i];
  return NULL;
}
