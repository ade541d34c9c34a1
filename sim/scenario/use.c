/* `use:` in a section: the keys of another text, with those given beside it in their place.

       fat: {use: fat_lean, perfusion: 5 ml/min/(100 g)}                                                             */
#include <string.h>
#include "sim/base/sha256.h"
#include "sim/scenario/tree.h"

enum { USE_DEPTH = 8 }; /* texts that use texts; a circle ends here, too */

const char *const scenario_marks[] = {"", "measured", "derived", "assumed", NULL};

/* -------------------------------------------------------------------------------------------- values with a source */

/* 1 when the key's text is there and is one; else collects an error. */
static int has_text(scenario *s, const node *map, const char *key, const char *example) {
  const node *word = scenario_get(map, key);
  if (word && word->kind == NODE_SCALAR && *word->text) return 1;
  scenario_error(s, word ? word : map, "a value in a map says what it rests on; '%s: %s' is missing", key, example);
  return 0;
}

/* {value: 2 kPa, mark: measured, source: "..."} becomes its value, which remembers the rest. */
static node *sourced_value(scenario *s, node *map) {
  static const char *const keys[] = {"value", "mark", "source", NULL};
  for (int i = 0; i < map->n; i++)
    if (strcmp(map->key[i]->text, keys[0]) && strcmp(map->key[i]->text, keys[1]) && strcmp(map->key[i]->text, keys[2]))
      scenario_error(s, map->key[i], "unknown key '%s' beside a value%s; known are value, mark, source",
                     map->key[i]->text, scenario_suggest(s, map->key[i]->text, keys));
  node *value = scenario_get(map, "value");
  if (has_text(s, map, "mark", "measured") & has_text(s, map, "source", "\"who, where\"")) {
    const node *mark = scenario_get(map, "mark");
    value->source = scenario_get(map, "source")->text;
    for (int m = MARK_MEASURED; scenario_marks[m] && !value->mark; m++)
      if (!strcmp(mark->text, scenario_marks[m])) value->mark = (value_mark)m;
    if (!value->mark)
      scenario_error(s, mark, "'%.60s' is none of measured, derived, assumed%s", mark->text,
                     scenario_suggest(s, mark->text, scenario_marks + MARK_MEASURED));
  }
  value->path = map->path;
  return value;
}

static node *plain_tree(scenario *s, node *n) {
  if (n->kind == NODE_MAP && scenario_get(n, "value")) return sourced_value(s, n);
  for (int i = 0; i < n->n; i++) n->child[i] = plain_tree(s, n->child[i]);
  return n;
}

/* -------------------------------------------------------------------------------------------------------- texts */

/* The folder of the file that says `use:`, with its slash; "" for texts that are no files. */
static const char *folder_of(scenario *s, const char *origin) {
  const scenario_source *from = tree_source(s, origin);
  if (!from) from = &s->source[0]; /* --set speaks for the scenario */
  const char *slash = from->is_file ? strrchr(from->name, '/') : NULL;
  return slash ? tree_text(s, "%.*s", (int)(slash - from->name) + 1, from->name) : "";
}

static int is_path(const char *word) {
  const char *dot = strrchr(word, '.');
  return strchr(word, '/') || (dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml")));
}

static int read_builtin(scenario *s, const node *use, const builtin_text *known, scenario_source *out) {
  int n = 0;
  while (known && known[n].name) n++;
  const char **names = arena_alloc(s->memory, (size_t)(n + 1) * sizeof *names), *all = "";
  if (!names) {
    scenario_error(s, use, "out of memory");
    return 0;
  }
  for (int i = 0; i < n; i++) {
    if (!strcmp(known[i].name, use->text)) {
      out->name = tree_text(s, "built-in %s", known[i].name);
      out->text = known[i].text;
      out->size = known[i].size;
      return 1;
    }
    names[i] = known[i].name;
    all = tree_text(s, "%s%s%s", all, i ? ", " : "", names[i]);
  }
  scenario_error(s, use, "nothing built in is called '%.64s'%s; there are: %s; a file's name ends with .yaml",
                 use->text, scenario_suggest(s, use->text, names), n ? all : "none");
  return 0;
}

static int read_file(scenario *s, const node *use, scenario_source *out) {
  const char *folder = *use->text == '/' ? "" : folder_of(s, use->origin);
  char *text = NULL;
  out->name = tree_text(s, "%s%s", folder, use->text);
  out->is_file = 1;
  if (!tree_read(s, out->name, use, &text, &out->size)) return 0;
  out->text = text;
  return 1;
}

/* One hash for all texts. Each is named by its own hash, so that `sha256sum` can check it piece by piece. */
static void hash_all(scenario *s) {
  char lines[SCENARIO_SOURCES * 65];
  size_t used = 0;
  for (int i = 0; i < s->nsource; i++) {
    if (s->source[i].again) continue;
    memcpy(lines + used, s->source[i].sha256, 64);
    lines[used + 64] = '\n';
    used += 65;
  }
  sha256_hex(lines, used, s->sha256);
}

/* Reads what a `use:` names and adds it to the scenario's list; NULL after an error. */
static scenario_source *add_source(scenario *s, const node *use, const builtin_text *known) {
  if (use->kind != NODE_SCALAR || !*use->text) {
    scenario_error(s, use, "the name of something built in or of a file is expected, for example 'fat.yaml'");
    return NULL;
  }
  if (s->nsource == SCENARIO_SOURCES) {
    scenario_error(s, use, "more than %d texts are used", SCENARIO_SOURCES - 1);
    return NULL;
  }
  scenario_source new = {.use = use}, *out = &s->source[s->nsource];
  if (!(is_path(use->text) ? read_file(s, use, &new) : read_builtin(s, use, known, &new))) return NULL;
  sha256_hex(new.text, new.size, new.sha256);
  for (int i = 1; i < s->nsource; i++)
    new.again |= !strcmp(s->source[i].name, new.name) && !strcmp(s->source[i].sha256, new.sha256);
  *out = new;
  s->nsource++;
  hash_all(s);
  return out;
}

/* ------------------------------------------------------------------------------------------------------- joining */

static node *empty_map(scenario *s, const node *like, int room) {
  node *n = arena_alloc(s->memory, sizeof *n);
  node **key = arena_alloc(s->memory, (size_t)room * sizeof *key);
  node **child = arena_alloc(s->memory, (size_t)room * sizeof *child);
  if (!n || !key || !child) {
    scenario_error(s, like, "out of memory");
    return NULL;
  }
  *n = *like;
  n->key = key;
  n->child = child;
  n->n = 0;
  return n;
}

static void add(node *map, node *key, node *child) {
  map->key[map->n] = key;
  map->child[map->n++] = child;
}

/* Keys of `below` with those of `above` in their place. */
static node *join(scenario *s, const node *below, const node *above) {
  node *out = empty_map(s, above, below->n + above->n + 1);
  if (!out) return NULL;
  for (int i = 0; i < below->n; i++) {
    node *key = below->key[i], *child = below->child[i], *given = scenario_get(above, key->text);
    if (!strcmp(key->text, "about")) continue;
    if (given && given->kind == NODE_MAP && child->kind == NODE_MAP && !scenario_get(given, "law")) {
      child = join(s, child, given);
      if (!child) return NULL;
    } else if (given) {
      child = given;
    }
    add(out, key, child);
  }
  for (int i = 0; i < above->n; i++)
    if (strcmp(above->key[i]->text, "use") && !scenario_get(out, above->key[i]->text))
      add(out, above->key[i], above->child[i]);
  return out;
}

static const node *use_keys(scenario *s, const node *map, const builtin_text *known, int depth) {
  const node *use = scenario_get(map, "use");
  if (!use) return map;
  if (depth == USE_DEPTH) {
    scenario_error(s, use, "texts use each other more than %d deep, perhaps in a circle", USE_DEPTH);
    return NULL;
  }
  scenario_source *source = add_source(s, use, known);
  if (!source) return NULL;
  int nerror = s->nerror;
  node *root = tree_parse(s, source->text, source->size, source->name, map->path, 1);
  if (s->nerror > nerror) return NULL;
  if (!root || root->kind != NODE_MAP) {
    scenario_error(s, root ? root : use, "%s should be a map of keys, for example 'law: neo_hookean'", source->name);
    return NULL;
  }
  source->root = plain_tree(s, root);
  const node *below = s->nerror > nerror ? NULL : use_keys(s, source->root, known, depth + 1);
  return below ? join(s, below, map) : NULL;
}

const node *scenario_use(scenario *s, const node *map, const builtin_text *known) {
  return use_keys(s, map, known, 0);
}
