/* A table of parameters and a map of the tree become a struct. One function per kind of row; each words its errors with
   what the row says about itself. A row that could not be read is left at something harmless, so that the caller can go
   on and find more errors. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "sim/base/unit.h"
#include "sim/kinds/material.h"
#include "sim/scenario/tree.h"

typedef struct binding {
  scenario *s;
  const node *owner; /* where a missing key is reported */
  int quiet;         /* inside an optional group that was left out: nothing is required */
} binding;

static void bind_value(const binding *b, const node *at, const param *row, char *out);
static void harmless_value(const param *row, char *out);
static void bind_rows(const binding *b, const node *map, const param *rows, const char *const *also, char *out);

static int is_plain(const char *unit) {
  return !unit || strcmp(unit, "1") == 0;
}
static int has_range(const param *row) {
  return !(row->lo == 0 && row->hi == 0);
}

/* ---------------------------------------------------------------------------------------------------------- wording */

static const char *what(const node *at) {
  if (at->kind == NODE_LIST) return "a list";
  if (at->kind == NODE_MAP) return "a map";
  return !*at->text && !at->quoted ? "nothing" : "a single value";
}

/* "0 N .. 500 N", "at least 0 N". */
static const char *range_text(scenario *s, const param *row) {
  const char *gap = is_plain(row->unit) ? "" : " ", *unit = is_plain(row->unit) ? "" : row->unit;
  if (isinf(row->hi)) return tree_text(s, "at least %.6g%s%s", row->lo, gap, unit);
  if (isinf(row->lo)) return tree_text(s, "at most %.6g%s%s", row->hi, gap, unit);
  return tree_text(s, "%.6g%s%s .. %.6g%s%s", row->lo, gap, unit, row->hi, gap, unit);
}

static const char *choice_text(scenario *s, const char *const *choices) {
  const char *text = "";
  for (int i = 0; choices && choices[i]; i++) text = tree_text(s, "%s%s%s", text, i ? ", " : "", choices[i]);
  return text;
}

/* "g, tau" */
static const char *row_names(scenario *s, const param *rows) {
  const char *text = "";
  for (int i = 0; rows && rows[i].name; i++) text = tree_text(s, "%s%s%s", text, i ? ", " : "", rows[i].name);
  return text;
}

static const char *example(scenario *s, const param *row);

/* "[0.5, 10 s]" */
static const char *tuple_example(scenario *s, const param *rows) {
  const char *text = "[";
  for (const param *row = rows; row && row->name; row++) {
    int inside = is_plain(row->unit) && has_range(row) && isfinite(row->lo) && isfinite(row->hi); /* a share, say */
    double middle = row->lo < 0.5 && row->hi > 0.5 ? 0.5 : (row->lo + row->hi) / 2;
    const char *one = inside ? tree_text(s, "%.6g", middle) : example(s, row);
    text = tree_text(s, "%s%s%s", text, row != rows ? ", " : "", one);
  }
  return tree_text(s, "%s]", text);
}

/* What a user could write for this row. */
static const char *example(scenario *s, const param *row) {
  const char *dimension, *one;
  unit_example(row->unit, &dimension, &one);
  if (row->preset_text) return row->preset_text;
  switch (row->kind) {
  case PARAM_NUMBER: return one;
  case PARAM_INTEGER: return tree_text(s, "%.0f", has_range(row) && isfinite(row->lo) ? row->lo : 4.0);
  case PARAM_FLAG: return "true";
  case PARAM_CHOICE: return row->choices && row->choices[0] ? row->choices[0] : "";
  case PARAM_TEXT: return "name";
  case PARAM_VECTOR:
  case PARAM_INTEGERS: {
    const char *entry = row->kind == PARAM_VECTOR ? one : "4", *text = tree_text(s, "[%s", entry);
    for (int i = 1; i < row->max; i++) text = tree_text(s, "%s, %s", text, entry);
    return tree_text(s, "%s]", text);
  }
  case PARAM_TEXTS: return "[name, name]";
  case PARAM_PLACE: return "[L3, 3 cm]";
  case PARAM_GROUP: return "{...}";
  case PARAM_LIST: return "[{...}]";
  case PARAM_TUPLES: return tree_text(s, "[%s]", tuple_example(s, row->rows));
  case PARAM_LAW: return "{law: NAME, ...}";
  }
  return "";
}

/* "a speed", "a whole number", ... */
static const char *expected(scenario *s, const param *row) {
  const char *dimension, *one;
  unit_example(row->unit, &dimension, &one);
  switch (row->kind) {
  case PARAM_NUMBER: return dimension;
  case PARAM_INTEGER: return "a whole number";
  case PARAM_FLAG: return "true or false";
  case PARAM_CHOICE: return tree_text(s, "one of %s", choice_text(s, row->choices));
  case PARAM_TEXT: return "a text";
  case PARAM_VECTOR:
    return is_plain(row->unit) ? tree_text(s, "a list of %d numbers", row->max)
                               : tree_text(s, "a list of %d values, each %s,", row->max, dimension);
  case PARAM_INTEGERS: return tree_text(s, "a list of %d whole numbers", row->max);
  case PARAM_TEXTS: return "a list of names";
  case PARAM_PLACE: return "a place on the skin (a landmark or a length from L5, and a length to the subject's right)";
  case PARAM_GROUP: return "a map of keys";
  case PARAM_LIST: return "a list of maps";
  case PARAM_TUPLES: return tree_text(s, "a list of lists, each of %s,", row_names(s, row->rows));
  case PARAM_LAW: return "a law with its keys";
  }
  return "a value";
}

static void wrong_type(const binding *b, const node *at, const param *row) {
  scenario_error(b->s, at, "this is %s; %s is expected, for example '%s' (%s)", what(at), expected(b->s, row),
                 example(b->s, row), row->doc);
}

/* ---------------------------------------------------------------------------------------------------------- scalars */

static int is_empty(const node *at) {
  return at->kind == NODE_SCALAR && !at->quoted && !*at->text;
}

static int is_scalar(const binding *b, const node *at, const param *row) {
  if (at->kind == NODE_SCALAR && !is_empty(at)) return 1;
  wrong_type(b, at, row);
  return 0;
}

/* A number in the row's unit, checked against its range; 0 after an error. */
static int read_number(const binding *b, const node *at, const param *row, double *value) {
  scenario *s = b->s;
  const char *dimension, *one, *text = at->text, *unit = row->unit;
  unit_example(unit, &dimension, &one);
  double v = 0;
  switch (unit_read(text, unit, &v)) {
  case UNIT_OK: break;
  case UNIT_NOT_NUMBER:
    scenario_error(s, at, "'%.60s' is not a number; %s is expected, for example '%s'", text, dimension, one);
    return 0;
  case UNIT_NOT_FINITE: scenario_error(s, at, "%.60s is not a finite number", text); return 0;
  case UNIT_MISSING:
    scenario_error(s, at, "%.60s has no unit; %s is expected, for example '%s'", text, dimension, one);
    return 0;
  case UNIT_UNKNOWN:
    scenario_error(s, at, "'%.60s' has a unit that is not known; %s is expected, for example '%s'", text, dimension,
                   one);
    return 0;
  case UNIT_WRONG_DIMENSION:
    scenario_error(s, at, "'%.60s' has a unit of the wrong dimension; %s is expected, for example '%s'", text,
                   dimension, one);
    return 0;
  case UNIT_NOT_DUE:
    scenario_error(s, at, "'%.60s' has a unit where none is due; a plain number is expected, for example '%s'", text,
                   one);
    return 0;
  }
  if (has_range(row) && !(v >= row->lo && v <= row->hi)) {
    scenario_error(s, at, "%.60s is outside the allowed range %s (%s)", text, range_text(s, row), row->doc);
    return 0;
  }
  *value = v;
  return 1;
}

static int read_integer(const binding *b, const node *at, const param *row, int *value) {
  const char *text = at->text, *digits = text + (*text == '-' || *text == '+');
  if (!*digits || digits[strspn(digits, "0123456789")]) {
    scenario_error(b->s, at, "'%.60s' is not a whole number (%s)", text, row->doc);
    return 0;
  }
  double lo = has_range(row) ? fmax(row->lo, INT_MIN) : INT_MIN, hi = has_range(row) ? fmin(row->hi, INT_MAX) : INT_MAX;
  double v = strtod(text, NULL); /* digits only: no locale, and no overflow below 1e308 */
  if (!(v >= lo && v <= hi)) {
    scenario_error(b->s, at, "%.60s is outside the allowed range %.0f .. %.0f (%s)", text, lo, hi, row->doc);
    return 0;
  }
  *value = (int)v;
  return 1;
}

static int read_text(const binding *b, const node *at, size_t max, char *value) {
  size_t length = strlen(at->text);
  if (length >= max) {
    scenario_error(b->s, at, "this text has %zu bytes; at most %zu are allowed", length, max - 1);
    return 0;
  }
  memcpy(value, at->text, length + 1);
  return 1;
}

static void bind_flag(const binding *b, const node *at, const param *row, int *value) {
  if (strcmp(at->text, "true") == 0)
    *value = 1;
  else if (strcmp(at->text, "false") == 0)
    *value = 0;
  else
    scenario_error(b->s, at, "'%.60s' is neither true nor false (%s)", at->text, row->doc);
}

static void bind_choice(const binding *b, const node *at, const param *row, int *value) {
  for (int i = 0; row->choices && row->choices[i]; i++)
    if (strcmp(at->text, row->choices[i]) == 0) {
      *value = i;
      return;
    }
  scenario_error(b->s, at, "'%.60s' is none of %s%s (%s)", at->text, choice_text(b->s, row->choices),
                 scenario_suggest(b->s, at->text, row->choices), row->doc);
}

/* ------------------------------------------------------------------------------------------------- lists and places */

static int is_list_of(const binding *b, const node *at, const param *row) {
  if (at->kind != NODE_LIST) {
    wrong_type(b, at, row);
    return 0;
  }
  if (at->n == row->max) return 1;
  scenario_error(b->s, at, "this list has %d entries; exactly %d are expected, for example '%s' (%s)", at->n, row->max,
                 example(b->s, row), row->doc);
  return 0;
}

/* For lists of open length: the number of entries to read. */
static int list_length(const binding *b, const node *at, const param *row) {
  if (at->kind != NODE_LIST) {
    wrong_type(b, at, row);
    return 0;
  }
  if (at->n == 0 && !row->optional)
    scenario_error(b->s, at, "this list is empty; at least one entry is expected (%s)", row->doc);
  if (at->n > row->max)
    scenario_error(b->s, at, "this list has %d entries; at most %d are allowed (%s)", at->n, row->max, row->doc);
  return at->n < row->max ? at->n : row->max;
}

/* An entry of a list is worded like a row of its own. */
static param entry_row(const param *row, param_kind kind) {
  param entry = *row;
  entry.kind = kind;
  entry.preset_text = NULL;
  return entry;
}

static void bind_vector(const binding *b, const node *at, const param *row, double *value) {
  if (!is_list_of(b, at, row)) return;
  param entry = entry_row(row, PARAM_NUMBER);
  for (int i = 0; i < at->n; i++)
    if (is_scalar(b, at->child[i], &entry)) read_number(b, at->child[i], row, &value[i]);
}

static void bind_integers(const binding *b, const node *at, const param *row, int *value) {
  if (!is_list_of(b, at, row)) return;
  param entry = entry_row(row, PARAM_INTEGER);
  for (int i = 0; i < at->n; i++)
    if (is_scalar(b, at->child[i], &entry)) read_integer(b, at->child[i], row, &value[i]);
}

static void bind_texts(const binding *b, const node *at, const param *row, char *value, int *count) {
  param entry = entry_row(row, PARAM_TEXT);
  int n = list_length(b, at, row);
  *count = 0;
  for (int i = 0; i < n; i++)
    if (is_scalar(b, at->child[i], &entry) &&
        read_text(b, at->child[i], PARAM_TEXT_MAX, value + *count * PARAM_TEXT_MAX))
      ++*count;
}

static void bind_place(const binding *b, const node *at, const param *row, place *value) {
  const node *along = at, *across = NULL;
  if (at->kind == NODE_LIST && at->n == 2) {
    along = at->child[0];
    across = at->child[1];
  }
  if (along->kind != NODE_SCALAR || is_empty(along) || (across && (across->kind != NODE_SCALAR || is_empty(across)))) {
    wrong_type(b, at, row);
    return;
  }
  place p = {.s = 0};
  param length = *row;
  length.unit = "m";
  if (isalpha((unsigned char)*along->text)) { /* known landmarks are the body's to say: checked when it is built */
    if (!read_text(b, along, sizeof p.landmark, p.landmark)) return;
  } else if (!read_number(b, along, &length, &p.s)) {
    return;
  }
  if (across && !read_number(b, across, &length, &p.t)) return;
  *value = p;
}

/* ----------------------------------------------------------------------------------------------- maps and the absent
 */

static void bind_group(const binding *b, const node *at, const param *row, char *out) {
  binding inner = *b;
  inner.owner = at;
  if (at->kind != NODE_MAP) {
    if (is_empty(at))
      scenario_error(b->s, at, "nothing follows this key; write '{}' for the defaults (%s)", row->doc);
    else
      wrong_type(b, at, row);
    inner.quiet = 1;
    at = NULL;
  }
  bind_rows(&inner, at, row->rows, NULL, out);
}

static void bind_list(const binding *b, const node *at, const param *row, char *value, int *count) {
  *count = list_length(b, at, row);
  param entry = entry_row(row, PARAM_GROUP);
  for (int i = 0; i < *count; i++) bind_group(b, at->child[i], &entry, value + (size_t)i * row->row_size);
}

static void bind_tuples(const binding *b, const node *at, const param *row, char *out, int *count) {
  int n = list_length(b, at, row), width = 0;
  *count = 0;
  while (row->rows[width].name) width++;
  for (int i = 0; i < n; i++) {
    const node *entry = at->child[i];
    if (entry->kind != NODE_LIST || entry->n != width) {
      const char *is = entry->kind == NODE_LIST ? tree_text(b->s, "a list of %d", entry->n) : what(entry);
      scenario_error(b->s, entry, "this is %s; a list of %d is expected: %s; for example '%s' (%s)", is, width,
                     row_names(b->s, row->rows), tuple_example(b->s, row->rows), row->doc);
      continue;
    }
    char *one = out + (size_t)*count * row->row_size;
    for (int k = 0; k < width; k++) {
      harmless_value(&row->rows[k], one);
      bind_value(b, entry->child[k], &row->rows[k], one);
    }
    ++*count;
  }
}

int scenario_can_nest(const material *law) {
  for (const param *row = law->params; row && row->name; row++)
    if (row->kind == PARAM_LAW) return 0;
  return 1;
}

/* The law that the map names, NULL after an error. */
static const material *find_law(const binding *b, const node *map, const param *row) {
  scenario *s = b->s;
  int n = 0;
  while (s->laws && s->laws[n]) n++;
  const char **names = arena_alloc(s->memory, (size_t)(n + 1) * sizeof *names);
  const node *word = scenario_get(map, "law");
  if (!names) return NULL;
  n = 0;
  for (int i = 0; s->laws && s->laws[i]; i++)
    if (scenario_can_nest(s->laws[i])) names[n++] = s->laws[i]->name;
  if (!word || word->kind != NODE_SCALAR) {
    scenario_error(s, word ? word : map, "%s names one law, one of: %s (%s)",
                   word ? "'law'" : "key 'law' is missing; it", choice_text(s, names), row->doc);
    return NULL;
  }
  for (int i = 0; s->laws && s->laws[i]; i++) {
    if (strcmp(word->text, s->laws[i]->name) != 0) continue;
    if (scenario_can_nest(s->laws[i])) return s->laws[i];
    scenario_error(s, word, "%s holds a law itself and cannot stand inside another; there are: %s", word->text,
                   choice_text(s, names));
    return NULL;
  }
  scenario_error(s, word, "no law is called '%.64s'%s; there are: %s", word->text,
                 scenario_suggest(s, word->text, names), choice_text(s, names));
  return NULL;
}

static void bind_law(const binding *b, const node *at, const param *row, law_choice *value) {
  static const char *const also[] = {"law", NULL};
  if (at->kind != NODE_MAP) {
    wrong_type(b, at, row);
    return;
  }
  const material *law = find_law(b, at, row);
  char *par = law ? arena_alloc(b->s->values ? b->s->values : b->s->memory, law->par_size) : NULL;
  if (law && !par) scenario_error(b->s, at, "out of memory for the parameters of %s", law->name);
  if (!par) return;
  binding inner = {.s = b->s, .owner = at};
  bind_rows(&inner, at, law->params, also, par);
  *value = (law_choice){.law = law, .par = par};
}

static void bind_value(const binding *b, const node *at, const param *row, char *out) {
  void *value = out + row->offset;
  int *count = (int *)(void *)(out + row->count_offset);
  switch (row->kind) {
  case PARAM_NUMBER:
    if (is_scalar(b, at, row)) read_number(b, at, row, value);
    break;
  case PARAM_INTEGER:
    if (is_scalar(b, at, row)) read_integer(b, at, row, value);
    break;
  case PARAM_FLAG:
    if (is_scalar(b, at, row)) bind_flag(b, at, row, value);
    break;
  case PARAM_CHOICE:
    if (is_scalar(b, at, row)) bind_choice(b, at, row, value);
    break;
  case PARAM_TEXT:
    if (at->kind == NODE_SCALAR && !*at->text && !row->optional)
      scenario_error(b->s, at, "this text is empty (%s)", row->doc);
    else if (is_scalar(b, at, row))
      read_text(b, at, PARAM_TEXT_MAX, value);
    break;
  case PARAM_VECTOR: bind_vector(b, at, row, value); break;
  case PARAM_INTEGERS: bind_integers(b, at, row, value); break;
  case PARAM_TEXTS: bind_texts(b, at, row, value, count); break;
  case PARAM_PLACE: bind_place(b, at, row, value); break;
  case PARAM_GROUP: bind_group(b, at, row, value); break;
  case PARAM_LIST: bind_list(b, at, row, value, count); break;
  case PARAM_TUPLES: bind_tuples(b, at, row, value, count); break;
  case PARAM_LAW: bind_law(b, at, row, value); break;
  }
}

/* The value of a key that is not there, when its row has one without text: presets are SI already. An optional number
   or place without a preset becomes NAN, which its member can see. */
static void preset_value(const param *row, char *out) {
  void *value = out + row->offset;
  int entries = row->max > 0 ? row->max : 1;
  int whole = isfinite(row->preset) ? (int)row->preset : 0;
  switch (row->kind) {
  case PARAM_NUMBER: *(double *)value = row->preset; break;
  case PARAM_INTEGER:
  case PARAM_FLAG:
  case PARAM_CHOICE: *(int *)value = whole; break;
  case PARAM_VECTOR:
    for (int i = 0; i < entries; i++) ((double *)value)[i] = row->preset;
    break;
  case PARAM_INTEGERS:
    for (int i = 0; i < entries; i++) ((int *)value)[i] = whole;
    break;
  case PARAM_TEXT: *(char *)value = 0; break;
  case PARAM_PLACE: *(place *)value = (place){.s = (double)NAN, .t = (double)NAN}; break;
  case PARAM_LAW: *(law_choice *)value = (law_choice){0}; break;
  case PARAM_TEXTS:
  case PARAM_TUPLES:
  case PARAM_LIST: *(int *)(void *)(out + row->count_offset) = 0; break;
  case PARAM_GROUP: break; /* its own rows have their presets */
  }
}

/* After an error: a required number somewhere inside its range, so that the caller can go on and find more errors. */
static void harmless_value(const param *row, char *out) {
  void *value = out + row->offset;
  int entries = row->kind == PARAM_VECTOR || row->kind == PARAM_INTEGERS ? row->max : 1;
  if (row->optional || !isnan(row->preset)) return;
  double v = has_range(row) && isfinite(row->lo) ? row->lo : 1;
  if (has_range(row) && isfinite(row->lo) && isfinite(row->hi)) v = row->lo > 0 ? sqrt(row->lo * row->hi) : row->hi / 2;
  if (row->kind == PARAM_NUMBER || row->kind == PARAM_VECTOR)
    for (int i = 0; i < entries; i++) ((double *)value)[i] = v;
  int whole = has_range(row) && row->lo > 0 ? (int)ceil(fmin(row->lo, INT_MAX)) : 1;
  if (row->kind == PARAM_INTEGER || row->kind == PARAM_INTEGERS)
    for (int i = 0; i < entries; i++) ((int *)value)[i] = whole;
}

static int has_preset(const param *row) {
  switch (row->kind) {
  case PARAM_NUMBER:
  case PARAM_INTEGER:
  case PARAM_FLAG:
  case PARAM_CHOICE:
  case PARAM_VECTOR:
  case PARAM_INTEGERS: return row->optional || row->preset_text || !isnan(row->preset);
  default: return row->optional || row->preset_text;
  }
}

/* The default as text goes through the same code as the file's text; a mistake in it is ours and shows at once. */
static void bind_preset_text(const binding *b, const param *row, char *out) {
  if (!*row->preset_text) return; /* a text that is empty by default */
  const char *path = tree_path_key(b->s, b->owner ? b->owner->path : "", row->name);
  const char *origin = tree_text(b->s, "built-in default of %s", row->name);
  node *n = tree_parse(b->s, row->preset_text, strlen(row->preset_text), origin, path, 0);
  if (n) bind_value(b, n, row, out);
}

static void bind_absent(const binding *b, const param *row, char *out) {
  preset_value(row, out);
  if (row->kind == PARAM_GROUP && !row->preset_text) {
    binding inner = *b;
    inner.quiet = 1;
    bind_rows(&inner, NULL, row->rows, NULL, out + row->offset);
  }
  if (row->preset_text) {
    bind_preset_text(b, row, out);
  } else if (!has_preset(row) && !b->quiet) {
    harmless_value(row, out);
    scenario_error(b->s, b->owner, "key '%s' is missing: %s; for example '%s: %s'", row->name, row->doc, row->name,
                   example(b->s, row));
  }
}

static void unknown_keys(const binding *b, const node *map, const param *rows, const char *const *also) {
  int nname = 0;
  for (const param *row = rows; row && row->name; row++) nname++;
  for (int i = 0; also && also[i]; i++) nname++;
  const char **names = arena_alloc(b->s->memory, (size_t)(nname + 1) * sizeof *names);
  if (!names) return;
  nname = 0;
  for (const param *row = rows; row && row->name; row++) names[nname++] = row->name;
  for (int i = 0; also && also[i]; i++) names[nname++] = also[i];
  for (int i = 0; i < map->n; i++) {
    const node *key = map->key[i];
    int known = 0;
    for (int k = 0; k < nname && !known; k++) known = strcmp(key->text, names[k]) == 0;
    if (known) continue;
    const char *near = scenario_suggest(b->s, key->text, names);
    if (!*near) near = nname ? tree_text(b->s, "; known are %s", choice_text(b->s, names)) : "; none is known here";
    scenario_error(b->s, key, "unknown key '%s'%s", key->text, near);
  }
}

static void bind_rows(const binding *b, const node *map, const param *rows, const char *const *also, char *out) {
  for (const param *row = rows; row && row->name; row++) {
    const node *at = scenario_get(map, row->name);
    if (!at) {
      bind_absent(b, row, out);
      continue;
    }
    binding quiet = *b;
    quiet.quiet = 1;
    bind_absent(&quiet, row, out);
    harmless_value(row, out);
    bind_value(b, at, row, out);
    if (row->instead_of && scenario_get(map, row->instead_of))
      scenario_error(b->s, at, "'%s' stands in place of '%s': give one of the two", row->name, row->instead_of);
  }
  if (map && map->kind == NODE_MAP) unknown_keys(b, map, rows, also);
}

void scenario_bind(scenario *s, const node *map, const node *owner, const param *rows, const char *const *also,
                   void *out) {
  binding b = {.s = s, .owner = map ? map : owner};
  if (map && map->kind != NODE_MAP) {
    scenario_error(s, map, "this is %s; a map of keys is expected%s", what(map),
                   is_empty(map) ? " ('{}' for the defaults)" : "");
    b.quiet = 1;
    map = NULL;
  }
  bind_rows(&b, map, rows, also, out);
}
