#include <math.h>
#include <string.h>
#include "sim/base/unit.h"
#include "sim/cli/rows.h"

typedef struct walk {
  void (*visit)(void *ctx, const row_place *at);
  void *ctx;
  row_place at;
} walk;

static void walk_rows(walk *w, const param *rows, const char *prefix) {
  for (const param *row = rows; row && row->name; row++) {
    char below[sizeof w->at.path];
    snprintf(w->at.path, sizeof w->at.path, "%s%s%s", prefix, *prefix ? "." : "", row->name);
    w->at.row = row;
    w->visit(w->ctx, &w->at);
    int many = row->kind == PARAM_LIST || row->kind == PARAM_TUPLES;
    if (row->kind != PARAM_GROUP && !many) continue;
    snprintf(below, sizeof below, "%s%s%.64s%s", prefix, *prefix ? "." : "", row->name, many ? "[]" : "");
    walk_rows(w, row->rows, below);
  }
}

void rows_walk(const catalog *cat, void (*visit)(void *ctx, const row_place *at), void *ctx) {
  walk w = {.visit = visit, .ctx = ctx};
  for (const build_section *s = build_sections; s->key; s++) {
    w.at.section = s;
    w.at.member = NULL;
    walk_rows(&w, s->rows, s->key);
    for (int i = 0; i < build_count(cat, s->list); i++) {
      build_member member = build_get(cat, s->list, i);
      char prefix[96];
      snprintf(prefix, sizeof prefix, "%s%s%.64s", s->key, s->list == LIST_PHYSIOLOGY ? "." : "",
               s->list == LIST_PHYSIOLOGY ? member.name : "");
      w.at.member = member.name;
      walk_rows(&w, member.params, prefix);
    }
  }
}

static const char *unit_gap(const param *row) {
  return row->unit && strcmp(row->unit, "1") ? " " : "";
}
static const char *unit_word(const param *row) {
  return *unit_gap(row) ? row->unit : "";
}

static void print_kind(FILE *f, const param *row) {
  const char *dimension, *example;
  unit_example(row->unit, &dimension, &example);
  switch (row->kind) {
  case PARAM_NUMBER: fprintf(f, "%s, for example %s", dimension, example); break;
  case PARAM_INTEGER: fprintf(f, "a whole number"); break;
  case PARAM_FLAG: fprintf(f, "true or false"); break;
  case PARAM_CHOICE:
    for (int i = 0; row->choices[i]; i++) fprintf(f, "%s%s", i ? " | " : "", row->choices[i]);
    break;
  case PARAM_TEXT: fprintf(f, "a name"); break;
  case PARAM_VECTOR: fprintf(f, "a list of %d, each %s, for example %s", row->max, dimension, example); break;
  case PARAM_INTEGERS: fprintf(f, "a list of %d whole numbers", row->max); break;
  case PARAM_TEXTS: fprintf(f, "a list of up to %d names", row->max); break;
  case PARAM_PLACE: fprintf(f, "a place on the skin: L3, or [L3, 3 cm], or [5 cm, 3 cm]"); break;
  case PARAM_GROUP: fprintf(f, "a group of keys"); break;
  case PARAM_LIST: fprintf(f, "a list of up to %d groups of keys", row->max); break;
  case PARAM_TUPLES:
    fprintf(f, "a list of up to %d lists, each of", row->max);
    for (const param *in = row->rows; in->name; in++) fprintf(f, "%s %s", in != row->rows ? "," : "", in->name);
    for (const param *in = row->rows; in->name; in++) {
      unit_example(in->unit, &dimension, &example);
      int share = !*unit_gap(in) && in->lo < 0.5 && in->hi > 0.5;
      fprintf(f, "%s%s", in != row->rows ? ", " : "; for example [[", share ? "0.5" : example);
    }
    fputs("]]", f);
    break;
  case PARAM_LAW: fprintf(f, "a law with its keys, {law: NAME, ...}: see `knead list materials`"); break;
  }
  if (row->lo != 0 || row->hi != 0)
    fprintf(f, "; %.6g%s%s .. %.6g%s%s", row->lo, unit_gap(row), unit_word(row), row->hi, unit_gap(row),
            unit_word(row));
}

int rows_preset(const param *row, char *text, size_t size) {
  text[0] = 0;
  if (row->preset_text) {
    snprintf(text, size, "%s", row->preset_text);
    return 1;
  }
  switch (row->kind) {
  case PARAM_CHOICE:
    if (isnan(row->preset)) return 0;
    snprintf(text, size, "%s", row->choices[(int)row->preset]);
    return 1;
  case PARAM_FLAG:
    if (isnan(row->preset)) return 0;
    snprintf(text, size, "%s", row->preset != 0 ? "true" : "false");
    return 1;
  case PARAM_NUMBER:
  case PARAM_INTEGER:
  case PARAM_VECTOR:
  case PARAM_INTEGERS:
    if (isnan(row->preset)) return row->optional;
    snprintf(text, size, "%.6g%s%s%s", row->preset, unit_gap(row), unit_word(row), row->max > 1 ? ", each" : "");
    return 1;
  default: return row->optional;
  }
}

void rows_print(FILE *f, const param *row, int indent) {
  char text[256];
  fprintf(f, "%*s%s\n%*s", indent, "", row->doc, indent, "");
  print_kind(f, row);
  if (!rows_preset(row, text, sizeof text))
    fprintf(f, "; required\n");
  else if (*text)
    fprintf(f, "\n%*sdefault %s (%s)\n", indent, "", text, row->source ? row->source : "no source");
  else
    fprintf(f, "; may be left out\n");
}

void rows_json(FILE *f, const row_place *at) {
  static const char *const kinds[] = {"number", "integer", "flag",  "choice", "text",   "vector", "integers",
                                      "texts",  "place",   "group", "list",   "tuples", "law"};
  const param *row = at->row;
  char text[256];
  fputs("{\"key\": ", f);
  json_text(f, at->path);
  if (at->member) {
    fputs(", \"of\": ", f);
    json_text(f, at->member);
  }
  fprintf(f, ", \"kind\": \"%s\", \"unit\": ", kinds[row->kind]);
  json_text(f, unit_word(row));
  if (row->lo != 0 || row->hi != 0) {
    fputs(", \"least\": ", f);
    json_number(f, row->lo);
    fputs(", \"most\": ", f);
    json_number(f, row->hi);
  }
  if (row->kind == PARAM_CHOICE) {
    fputs(", \"choices\": [", f);
    for (int i = 0; row->choices[i]; i++) {
      if (i) fputs(", ", f);
      json_text(f, row->choices[i]);
    }
    fputs("]", f);
  }
  int has = rows_preset(row, text, sizeof text);
  fprintf(f, ", \"required\": %s", has ? "false" : "true");
  if (*text) {
    fputs(", \"default\": ", f);
    json_text(f, text);
  }
  fputs(", \"doc\": ", f);
  json_text(f, row->doc);
  if (row->source) {
    fputs(", \"source\": ", f);
    json_text(f, row->source);
  }
  fputs("}", f);
}
