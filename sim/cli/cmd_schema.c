/* The scenario format as a JSON Schema (draft 7), so that an editor can complete, explain and check. */
#include <math.h>
#include <string.h>
#include "sim/cli/rows.h"

static void print_object(FILE *f, const param *rows, const param *own, const char *tag, const char *name,
                         const char *more);

static int is_plain(const param *row) {
  return !row->unit || !strcmp(row->unit, "1");
}
static int is_required(const param *row) {
  if (row->preset_text || row->optional) return 0;
  return row->kind >= PARAM_TEXT && row->kind != PARAM_VECTOR && row->kind != PARAM_INTEGERS ? 1 : isnan(row->preset);
}

/* A number with a unit is text to YAML; its dimension and range are checked by `knead check`. */
static void print_number(FILE *f, const param *row) {
  if (!is_plain(row)) {
    fputs("\"type\": \"string\"", f);
    return;
  }
  fprintf(f, "\"type\": \"%s\"", row->kind == PARAM_INTEGER || row->kind == PARAM_INTEGERS ? "integer" : "number");
  if (row->lo == 0 && row->hi == 0) return;
  if (isfinite(row->lo)) fprintf(f, ", \"minimum\": %.17g", row->lo);
  if (isfinite(row->hi)) fprintf(f, ", \"maximum\": %.17g", row->hi);
}

static void print_tuples(FILE *f, const param *row) {
  int width = 0;
  while (row->rows[width].name) width++;
  fprintf(f, "\"type\": \"array\", \"maxItems\": %d, \"items\": {\"type\": \"array\", ", row->max);
  fprintf(f, "\"minItems\": %d, \"maxItems\": %d, \"items\": [", width, width);
  for (int i = 0; i < width; i++) {
    fputs(i ? ", {\"description\": " : "{\"description\": ", f);
    json_text(f, row->rows[i].doc);
    fputs(", ", f);
    print_number(f, &row->rows[i]);
    fputs("}", f);
  }
  fputs("]}", f);
}

static void print_row(FILE *f, const param *row) {
  fprintf(f, "\"%s\": {\"description\": ", row->name);
  json_text(f, row->doc);
  fputs(", ", f);
  switch (row->kind) {
  case PARAM_NUMBER:
  case PARAM_INTEGER: print_number(f, row); break;
  case PARAM_FLAG: fputs("\"type\": \"boolean\"", f); break;
  case PARAM_CHOICE:
    fputs("\"enum\": [", f);
    for (int i = 0; row->choices[i]; i++) {
      if (i) fputs(", ", f);
      json_text(f, row->choices[i]);
    }
    fputs("]", f);
    break;
  case PARAM_TEXT: fprintf(f, "\"type\": \"string\", \"maxLength\": %d", PARAM_TEXT_MAX - 1); break;
  case PARAM_VECTOR:
  case PARAM_INTEGERS:
    fprintf(f, "\"type\": \"array\", \"minItems\": %d, \"maxItems\": %d, \"items\": {", row->max, row->max);
    print_number(f, row);
    fputs("}", f);
    break;
  case PARAM_TEXTS:
    fprintf(f, "\"type\": \"array\", \"maxItems\": %d, \"items\": {\"type\": \"string\"}", row->max);
    break;
  case PARAM_PLACE:
    fputs("\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"minItems\": 2, \"maxItems\": 2, \"items\": "
          "{\"type\": \"string\"}}]",
          f);
    break;
  case PARAM_GROUP: print_object(f, row->rows, NULL, NULL, NULL, NULL); break;
  case PARAM_LIST:
    fprintf(f, "\"type\": \"array\", \"maxItems\": %d, \"items\": {", row->max);
    print_object(f, row->rows, NULL, NULL, NULL, NULL);
    fputs("}", f);
    break;
  case PARAM_TUPLES: print_tuples(f, row); break;
  case PARAM_LAW: fputs("\"allOf\": [{\"$ref\": \"#/definitions/law\"}]", f); break;
  }
  fputs("}", f);
}

/* Members of an object schema (no braces): both tables; `tag`, if any, must be `name`; `more` is text for properties.
 */
static void print_object(FILE *f, const param *rows, const param *own, const char *tag, const char *name,
                         const char *more) {
  const param *tables[] = {rows, own};
  const char *gap = "";
  fputs("\"type\": \"object\", \"additionalProperties\": false, \"properties\": {", f);
  for (int t = 0; t < 2; t++)
    for (const param *row = tables[t]; row && row->name; row++, gap = ",\n  ") {
      fputs(gap, f);
      if (tag && !strcmp(tag, row->name))
        fprintf(f, "\"%s\": {\"const\": \"%s\"}", tag, name);
      else
        print_row(f, row);
    }
  fprintf(f, "%s%s}, \"required\": [", more && *gap ? gap : "", more ? more : "");
  gap = "";
  for (int t = 0; t < 2; t++)
    for (const param *row = tables[t]; row && row->name; row++)
      if (is_required(row)) {
        fprintf(f, "%s\"%s\"", gap, row->name);
        gap = ", ";
      }
  fputs("]", f);
}

static void print_member(FILE *f, build_member m, const param *rows, const char *tag, const char *gap) {
  fprintf(f, "%s\n {\"description\": ", gap);
  json_text(f, m.doc);
  fputs(", ", f);
  print_object(f, rows, m.params, tag, m.name, NULL);
  fputs("}", f);
}

/* {"anyOf": [{...}, ...]}, one for each member of a list. */
static void print_union(FILE *f, const catalog *cat, build_list list, const param *rows, const char *tag) {
  fputs("{\"anyOf\": [", f);
  for (int i = 0; i < build_count(cat, list); i++) print_member(f, build_get(cat, list, i), rows, tag, i ? "," : "");
  fputs("]}", f);
}

/* Laws that may stand inside another. */
static void print_laws(FILE *f, const catalog *cat) {
  int n = 0;
  fputs("{\"anyOf\": [", f);
  for (int i = 0; i < build_count(cat, LIST_MATERIALS); i++)
    if (scenario_can_nest(cat->materials[i]))
      print_member(f, build_get(cat, LIST_MATERIALS, i), build_law_rows, "law", n++ ? "," : "");
  fputs("]}", f);
}

/* A tissue by its law, or by a text, whose keys are for `knead check`: {"use": one of those built in, or a file}. */
static void print_tissue(FILE *f, const catalog *cat) {
  fputs("{\"anyOf\": [{\"type\": \"object\", \"required\": [\"use\"], \"properties\": {\"use\": {\"anyOf\": ["
        "{\"type\": \"string\", \"pattern\": \"[.]ya?ml$|/\"}",
        f);
  for (const builtin_text *t = cat->tissues; t && t->name; t++) fprintf(f, ", {\"const\": \"%s\"}", t->name);
  fputs("]}}},\n", f);
  print_union(f, cat, LIST_MATERIALS, build_tissue_rows, "law");
  fputs("]}", f);
}

static void print_plain(FILE *f, const char *name, const param *rows) {
  fprintf(f, ",\n\"%s\": {", name);
  print_object(f, rows, NULL, NULL, NULL, NULL);
  fputs("}", f);
}

/* The document itself, not wrapped by --json: a schema is JSON already. */
status cmd_schema(cli *c) {
  FILE *f = stdout;
  const catalog *cat = c->cat;
  c->json = 0;
  fputs("{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"title\": \"knead scenario\",\n"
        "\"definitions\": {\n\"technique\": ",
        f);
  print_union(f, cat, LIST_TECHNIQUES, build_entry_rows, "technique");
  fputs(",\n\"law\": ", f);
  print_laws(f, cat);
  print_plain(f, "rest", build_rest_rows);
  print_plain(f, "grip", build_grip_rows);
  fputs(",\n\"stretch\": ", f);
  print_union(f, cat, LIST_MOTIONS, build_stretch_rows, "stretch");
  fputs(",\n\"together\": {\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"together\"], "
        "\"properties\": {\"together\": {\"type\": \"array\", \"minItems\": 1, \"items\": {\"anyOf\": "
        "[{\"$ref\": \"#/definitions/technique\"}, {\"$ref\": \"#/definitions/grip\"}, "
        "{\"$ref\": \"#/definitions/stretch\"}]}}}},\n"
        "\"sequence\": {",
        f);
  print_object(f, build_sequence_rows, NULL, NULL, NULL,
               "\"sequence\": {\"type\": \"array\", \"minItems\": 1, \"items\": {\"anyOf\": "
               "[{\"$ref\": \"#/definitions/technique\"}, {\"$ref\": \"#/definitions/rest\"}, "
               "{\"$ref\": \"#/definitions/together\"}, {\"$ref\": \"#/definitions/sequence\"}, "
               "{\"$ref\": \"#/definitions/stretch\"}]}}");
  fputs(", \"allOf\": [{\"required\": [\"sequence\"]}]}},\n"
        "\"type\": \"object\", \"additionalProperties\": false,\n"
        "\"required\": [\"knead\", \"body\", \"tissue\", \"session\"], \"properties\": {\n",
        f);
  for (const param *row = build_top_rows; row->name; row++) {
    print_row(f, row);
    fputs(",\n", f);
  }
  fputs("\"body\": ", f);
  print_union(f, cat, LIST_BODIES, build_body_rows, "kind");
  fputs(",\n\"tissue\": {\"type\": \"object\", \"additionalProperties\": ", f);
  print_tissue(f, cat);
  fputs("},\n\"hands\": {\"type\": \"object\", \"additionalProperties\": ", f);
  print_union(f, cat, LIST_HANDS, build_hand_rows, "kind");
  fputs("},\n\"physiology\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {", f);
  for (int i = 0; i < build_count(cat, LIST_PHYSIOLOGY); i++) {
    build_member m = build_get(cat, LIST_PHYSIOLOGY, i);
    fprintf(f, "%s\"%s\": {", i ? ",\n" : "\n", m.name);
    print_object(f, m.params, NULL, NULL, NULL, NULL);
    fputs("}", f);
  }
  fputs("}}", f);
  print_plain(f, "mechanics", build_get(cat, LIST_MECHANICS, 0).params);
  fputs(",\n\"probes\": {\"type\": \"object\", \"additionalProperties\": {", f);
  print_object(f, build_probe_rows, NULL, NULL, NULL, NULL);
  fputs("}}", f);
  fputs(",\n\"nodules\": {\"type\": \"object\", \"additionalProperties\": {", f);
  print_object(f, build_nodule_rows, NULL, NULL, NULL, NULL);
  fputs("}}", f);
  print_plain(f, "time", build_time_rows);
  print_plain(f, "gravity", build_gravity_rows);
  print_plain(f, "limits", build_limit_rows);
  print_plain(f, "output", build_output_rows);
  fputs(",\n\"session\": {\"type\": \"array\", \"minItems\": 1, \"items\": {\"anyOf\": [", f);
  static const char *const entries[] = {"technique", "rest", "grip", "together", "sequence", "stretch"};
  for (int i = 0; i < 6; i++) fprintf(f, "%s{\"$ref\": \"#/definitions/%s\"}", i ? ", " : "", entries[i]);
  fputs("]}}}}\n", f);
  return ST_OK;
}
