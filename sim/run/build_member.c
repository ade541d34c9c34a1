/* Finding a member by its name in the scenario, binding the engine's keys and the member's in one pass, and what all
   sections need of names and places. */
#include <ctype.h>
#include <string.h>
#include "sim/run/build.h"

const char *build_join(const char *const *names, char *text, size_t size) {
  size_t used = 0;
  text[0] = 0;
  for (int i = 0; names[i] && used < size; i++)
    used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", names[i]);
  if (!names[0]) snprintf(text, size, "none");
  return text;
}

int build_is_map(builder *b, const node *n, const char *what) {
  if (!n) return 0;
  if (n->kind == NODE_MAP) return 1;
  scenario_error(b->scn, n, "%s is a group of keys, for example '{key: value}'", what);
  return 0;
}

int build_choose(builder *b, const node *map, const char *key, build_list list, const char *what) {
  enum { NAMES_MAX = 128 };
  const char *names[NAMES_MAX + 1];
  int n = build_count(b->cat, list);
  if (n > NAMES_MAX) n = NAMES_MAX;
  for (int i = 0; i < n; i++) names[i] = build_get(b->cat, list, i).name;
  names[n] = NULL;

  char all[1024];
  const node *word = scenario_get(map, key);
  if (!word) {
    const char *wanted[] = {key, NULL}, *near = NULL;
    for (int i = 0; i < map->n && !near; i++)
      if (*scenario_suggest(b->scn, map->key[i]->text, wanted)) near = map->key[i]->text;
    scenario_error(b->scn, map, "key '%s' is missing%s%.64s%s; it names the %s, one of: %s", key, near ? " (is '" : "",
                   near ? near : "", near ? "' meant to be it?)" : "", what, build_join(names, all, sizeof all));
    return -1;
  }
  if (word->kind != NODE_SCALAR) {
    scenario_error(b->scn, word, "exactly one %s is expected here, one of: %s", what,
                   build_join(names, all, sizeof all));
    return -1;
  }
  for (int i = 0; i < n; i++)
    if (!strcmp(word->text, names[i])) return i;
  scenario_error(b->scn, word, "no %s is called '%.64s'%s; there are: %s", what, word->text,
                 scenario_suggest(b->scn, word->text, names), build_join(names, all, sizeof all));
  return -1;
}

int build_name_ok(builder *b, const node *key) {
  const char *name = key->text;
  size_t n = strlen(name);
  int fine = n > 0 && n < MODEL_NAME && isalpha((unsigned char)name[0]);
  for (size_t i = 0; i < n && fine; i++) fine = isalnum((unsigned char)name[i]) || name[i] == '_' || name[i] == '-';
  if (!fine)
    scenario_error(b->scn, key, "'%.64s' cannot be a name: a letter, then letters, digits, '_' or '-', at most %d",
                   name, MODEL_NAME - 1);
  return fine;
}

/* Common rows as they are, then the member's with their offsets moved behind the common struct. */
static status fuse(builder *b, const param *common, const param *own, size_t head, param **out) {
  int ncommon = 0, nown = 0;
  while (common[ncommon].name) ncommon++;
  while (own && own[nown].name) nown++;
  param *rows;
  NEW(b->m->memory, rows, ncommon + nown + 1);
  memcpy(rows, common, (size_t)ncommon * sizeof *rows);
  for (int i = 0; i < nown; i++) {
    param *row = &rows[ncommon + i];
    *row = own[i];
    row->offset += head;
    if (row->kind == PARAM_LIST || row->kind == PARAM_TUPLES || row->kind == PARAM_TEXTS) row->count_offset += head;
  }
  *out = rows;
  return ST_OK;
}

status build_bind(builder *b, const node *map, const node *owner, const param *common, size_t common_size,
                  build_member own, bound *out) {
  size_t head = (common_size + 63) / 64 * 64; /* keeps the alignment any member may count on */
  param *rows;
  char *block;
  TRY(fuse(b, common, own.params, head, &rows));
  NEW(b->m->memory, block, head + own.par_size);
  scenario_bind(b->scn, map, owner, rows, NULL, block);
  *out = (bound){.rows = rows, .block = block, .par = block + head};
  return ST_OK;
}

/* Is anything in this part of a used text marked so? */
static int is_marked(const node *n) {
  if (n->mark == MARK_ASSUMED) return 1;
  for (int i = 0; i < n->n; i++)
    if (is_marked(n->child[i])) return 1;
  return 0;
}

/* Given by itself, or by the key that replaces it. */
static int is_given(const node *map, const param *rows, const char *name) {
  int given = scenario_get(map, name) != NULL;
  for (const param *row = rows; row->name && !given; row++)
    given = row->instead_of && !strcmp(row->instead_of, name) && scenario_get(map, row->name);
  return given;
}

int build_assumed(builder *b, const node *map, const param *rows, const char *unit) {
  for (int i = 0; rows && rows[i].name; i++) {
    const param *row = &rows[i];
    const node *given = scenario_get(map, row->name);
    if (unit && !(row->unit && !strcmp(row->unit, unit))) continue;
    if (!unit && row->unit && !strcmp(row->unit, "kg/m3"))
      continue; /* counts only with inertia, and is asked for then */
    if (given && is_marked(given)) return 1;
    if (!is_given(map, rows, row->name) && row->source && !strncmp(row->source, "assumed", 7)) return 1;
    const node *law = row->kind == PARAM_LAW ? scenario_get(given, "law") : NULL;
    for (int k = 0; law && law->kind == NODE_SCALAR && k < build_count(b->cat, LIST_MATERIALS); k++)
      if (!strcmp(law->text, b->cat->materials[k]->name) && build_assumed(b, given, b->cat->materials[k]->params, unit))
        return 1;
  }
  return 0;
}

/* Fills in p->s from the landmark; 0 after collecting an error. A place beside the midline becomes its two lengths, for
   p->t has no room for both the landmark's own and the one asked for. */
static int resolve(builder *b, const node *at, place *p) {
  const body_geometry *g = &b->m->geometry;
  const char *names[BODY_LANDMARKS + 1];
  char all[BODY_LANDMARKS * (sizeof p->landmark + 2)];
  if (!p->landmark[0]) return 1;
  for (int i = 0; i < g->nlandmark; i++) {
    names[i] = g->landmarks[i].name;
    if (strcmp(names[i], p->landmark)) continue;
    p->s = g->landmarks[i].s;
    if (g->landmarks[i].t != 0) p->t += g->landmarks[i].t, p->landmark[0] = 0;
    return 1;
  }
  names[g->nlandmark] = NULL;
  if (g->nlandmark)
    scenario_error(b->scn, at, "no landmark is called '%s'%s; this body has: %s", p->landmark,
                   scenario_suggest(b->scn, p->landmark, names), build_join(names, all, sizeof all));
  else
    scenario_error(b->scn, at,
                   "no landmark is called '%s': a body of kind '%s' has none; write a length, for example "
                   "[3 cm, 0 cm]",
                   p->landmark, b->m->body->name);
  return 0;
}

static void one_place(builder *b, const node *at, place *p) {
  double x[3], axes[9];
  if (!resolve(b, at, p)) return;
  if (!b->m->body->chart(b->m->body_par, p->s, p->t, x, axes))
    scenario_error(b->scn, at, "(%.4g mm toward the head, %.4g mm to the right) is off the body", 1e3 * p->s,
                   1e3 * p->t);
}

void build_places(builder *b, const node *map, const node *owner, const param *rows, void *block) {
  if (!b->body_ok) return; /* its own error is collected already */
  for (int i = 0; rows && rows[i].name; i++) {
    const param *row = &rows[i];
    char *value = (char *)block + row->offset;
    const node *given = scenario_get(map, row->name), *at = given ? given : owner;
    if (row->kind == PARAM_PLACE && (given || row->preset_text)) {
      one_place(b, at, (place *)value);
    } else if (row->kind == PARAM_GROUP) {
      build_places(b, given, at, row->rows, value);
    } else if (row->kind == PARAM_LIST) {
      int n = *(const int *)((const char *)block + row->count_offset);
      for (int k = 0; k < n && given && given->kind == NODE_LIST && k < given->n; k++)
        build_places(b, given->child[k], given->child[k], row->rows, value + (size_t)k * row->row_size);
    }
  }
}
