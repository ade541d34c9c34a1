#include "tests/test.h"
#include <unistd.h>
#include "sim/scenario/scenario.h"

/* ------------------------------------------------------------------------------------- a table with every kind of row
 */

typedef struct layer {
  char name[PARAM_TEXT_MAX];
  double thickness, fibre;
  int cells;
} layer;

typedef struct faces {
  int bottom, top;
  double spring;
} faces;

typedef struct grip {
  double force;
  double patch[4];
} grip;

enum { LAYERS = 3, FIELDS = 4 };
typedef struct all_kinds {
  double press, speed, factor, angle, longest, absent;
  int repeat, smooth, mode, levels;
  char title[PARAM_TEXT_MAX], tissue[PARAM_TEXT_MAX];
  double size[2], move[3];
  int cells[2];
  char fields[FIELDS][PARAM_TEXT_MAX];
  int nfield;
  place at, to, off;
  faces faces;
  grip grip;
  layer layers[LAYERS];
  int nlayer;
} all_kinds;

static const char *const supports[] = {"free", "sliding", "fixed", NULL};

static const param layer_rows[] = {
    PARAM(layer, name, .kind = PARAM_TEXT, .doc = "name of the layer"),
    PARAM(layer, thickness, .unit = "m", .lo = 1e-4, .hi = 0.5, .preset = NAN, .doc = "thickness of the layer"),
    PARAM(layer, fibre, .unit = "deg", .preset = NAN, .optional = 1, .doc = "direction of the fibres"),
    PARAM(layer, cells, .kind = PARAM_INTEGER, .lo = 1, .hi = 50, .preset = 1, .doc = "cells", .source = "numerical"),
    {0}};
static const param faces_rows[] = {
    PARAM(faces, bottom, .kind = PARAM_CHOICE, .choices = supports, .preset = 2, .doc = "bottom", .source = "assumed"),
    PARAM(faces, top, .kind = PARAM_CHOICE, .choices = supports, .preset = 0, .doc = "top", .source = "assumed"),
    PARAM(faces, spring, .unit = "N/m", .lo = 0, .hi = INFINITY, .preset = 0, .doc = "spring", .source = "assumed"),
    {0}};
static const param grip_rows[] = {
    PARAM(grip, force, .unit = "N", .lo = 0, .hi = 500, .preset = NAN, .doc = "force of the grip"),
    PARAM(grip, patch, .kind = PARAM_VECTOR, .unit = "m", .max = 4, .preset = NAN, .optional = 1, .doc = "patch"),
    {0}};
static const param rows[] = {
    PARAM(all_kinds, press, .unit = "N", .lo = 0, .hi = 500, .preset = NAN, .doc = "force with which the hand presses"),
    PARAM(all_kinds, speed, .unit = "m/s", .lo = 1e-3, .hi = 2, .preset = 0.05, .doc = "speed", .source = "assumed"),
    PARAM(all_kinds, factor, .lo = -1, .hi = 1, .preset = 0.3, .doc = "a plain number", .source = "assumed"),
    PARAM(all_kinds, angle, .unit = "rad", .preset = 0, .doc = "an angle", .source = "assumed"),
    PARAM(all_kinds, longest, .unit = "s", .lo = 0, .hi = INFINITY, .preset = INFINITY, .doc = "t", .source = "none"),
    PARAM(all_kinds, absent, .unit = "s", .preset = NAN, .optional = 1, .doc = "may be left out"),
    PARAM(all_kinds, repeat, .kind = PARAM_INTEGER, .lo = 1, .hi = 100, .preset = 4, .doc = "how often", .source = "a"),
    PARAM(all_kinds, smooth, .kind = PARAM_FLAG, .preset = 1, .doc = "smooth or not", .source = "numerical"),
    PARAM(all_kinds, mode, .kind = PARAM_CHOICE, .choices = supports, .preset = 1, .doc = "support", .source = "a"),
    PARAM(all_kinds, levels, .kind = PARAM_INTEGER, .preset = 0, .doc = "any whole number", .source = "a"),
    PARAM(all_kinds, title, .kind = PARAM_TEXT, .optional = 1, .doc = "title"),
    PARAM(all_kinds, tissue, .kind = PARAM_TEXT, .preset_text = "muscle", .doc = "tissue", .source = "assumed"),
    PARAM(all_kinds, size, .kind = PARAM_VECTOR, .unit = "m", .lo = 1e-3, .hi = 3, .max = 2,
          .preset_text = "[30 cm, 20 cm]", .doc = "width and length", .source = "assumed"),
    PARAM(all_kinds, move, .kind = PARAM_VECTOR, .unit = "m", .max = 3, .preset = 0, .doc = "move", .source = "a"),
    PARAM(all_kinds, cells, .kind = PARAM_INTEGERS, .lo = 1, .hi = 100, .max = 2, .preset = 5, .doc = "n",
          .source = "a"),
    {.name = "fields",
     .kind = PARAM_TEXTS,
     .offset = offsetof(all_kinds, fields),
     .max = FIELDS,
     .count_offset = offsetof(all_kinds, nfield),
     .preset_text = "[tension, displacement]",
     .doc = "what is written"},
    PARAM(all_kinds, at, .kind = PARAM_PLACE, .preset_text = "[L3, 3 cm]", .doc = "where", .source = "assumed"),
    PARAM(all_kinds, to, .kind = PARAM_PLACE, .preset_text = "12 cm", .lo = -1, .hi = 1, .doc = "to", .source = "a"),
    PARAM(all_kinds, off, .kind = PARAM_PLACE, .optional = 1, .doc = "may be left out"),
    PARAM(all_kinds, faces, .kind = PARAM_GROUP, .rows = faces_rows, .optional = 1, .doc = "supports of the faces"),
    PARAM(all_kinds, grip, .kind = PARAM_GROUP, .rows = grip_rows, .optional = 1, .doc = "a grip"),
    {.name = "layers",
     .kind = PARAM_LIST,
     .offset = offsetof(all_kinds, layers),
     .max = LAYERS,
     .rows = layer_rows,
     .row_size = sizeof(layer),
     .count_offset = offsetof(all_kinds, nlayer),
     .doc = "layers from the top"},
    {0}};

/* What is always needed, on line 1. */
#define NEEDED "press: 30 N\nlayers: [{name: skin, thickness: 2 mm}]\n"

static char folder[] = "/tmp/knead_test_bind_XXXXXX";
static char path[sizeof folder + 16];
static arena *memory;

static int setup(void **unused) {
  (void)unused;
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/run.yaml", folder);
  return 0;
}
static int teardown(void **unused) {
  (void)unused;
  unlink(path);
  return rmdir(folder);
}
static int fresh(void **unused) {
  (void)unused;
  memory = arena_create(1 << 16);
  return memory ? 0 : -1;
}
static int done(void **unused) {
  (void)unused;
  arena_destroy(&memory);
  return 0;
}

static scenario *bind_with(const char *text, all_kinds *out, int nset, const char *const *sets) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  fputs(text, f);
  assert_int_equal(fclose(f), 0);
  scenario *s = NULL;
  assert_ok(scenario_open(path, nset, sets, memory, &s));
  memset(out, 0, sizeof *out);
  scenario_bind(s, s->root, NULL, rows, NULL, out);
  return s;
}
static scenario *bind(const char *text, all_kinds *out) {
  return bind_with(text, out, 0, NULL);
}

static void print_all(const scenario *s) {
  for (int i = 0; i < s->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", s->error[i].text);
}

/* NEEDED plus `text`: one error at line:column (of the whole) with exactly this message under this path. */
static void says(const char *text, int line, int column, const char *where, const char *message) {
  all_kinds par;
  char whole[4096];
  snprintf(whole, sizeof whole, NEEDED "%s\n", text);
  scenario *s = bind(whole, &par);
  if (s->nerror != 1) print_all(s);
  assert_int_equal(s->nerror, 1);
  assert_string_equal(s->error[0].message, message);
  assert_string_equal(s->error[0].path, where);
  if (s->error[0].line != line || s->error[0].column != column) print_all(s);
  assert_int_equal(s->error[0].line, line);
  assert_int_equal(s->error[0].column, column);
}

/* --------------------------------------------------------------------------------------------------------- values */

static void presets_fill_what_the_scenario_leaves_out(void **unused) {
  (void)unused;
  all_kinds p;
  scenario *s = bind(NEEDED, &p);
  print_all(s);
  assert_ok(scenario_check(s));
  assert_true(p.press == 30 && p.speed == 0.05 && p.factor == 0.3 && isinf(p.longest) && isnan(p.absent));
  assert_true(p.repeat == 4 && p.smooth == 1 && p.mode == 1 && p.levels == 0);
  assert_string_equal(p.title, "");
  assert_string_equal(p.tissue, "muscle");
  assert_close(p.size[0], 0.3, test_round(2)); /* 30 cm: one product, one decimal factor */
  assert_close(p.size[1], 0.2, test_round(2));
  assert_true(p.move[0] == 0 && p.move[2] == 0 && p.cells[0] == 5 && p.cells[1] == 5);
  assert_int_equal(p.nfield, 2);
  assert_string_equal(p.fields[1], "displacement");
  assert_string_equal(p.at.landmark, "L3");
  assert_close(p.at.t, 0.03, test_round(2));
  assert_string_equal(p.to.landmark, "");
  assert_close(p.to.s, 0.12, test_round(2));
  assert_true(p.to.t == 0);
  assert_true(isnan(p.off.s) && isnan(p.off.t));
  assert_true(p.faces.bottom == 2 && p.faces.top == 0 && p.faces.spring == 0);
  assert_true(isnan(p.grip.force)); /* the optional group was left out, so nothing in it is missing */
  assert_int_equal(p.nlayer, 1);
  assert_string_equal(p.layers[0].name, "skin");
  assert_true(isnan(p.layers[0].fibre) && p.layers[0].cells == 1);
}

static const char every_key[] = "press: 4.5 daN\nspeed: 80 mm/s\nfactor: -2e-1\nangle: 30 deg\nlongest: 2 min\n"
                                "absent: 1 ms\nrepeat: 7\nsmooth: false\nmode: fixed\nlevels: -3\n"
                                "title: \"a: \\\"b\\\" \\\\ caf\xc3\xa9 #\\n\"\ntissue: \"no\"\nsize: [1 m, 333 mm]\n"
                                "move: [1 mm, -2 um, 0 m]\ncells: [3, 4]\nfields: [x, \"1\", a b]\nat: T7\n"
                                "to: [-7 mm, 1 cm]\noff: [L5, -1 mm]\n"
                                "faces: {bottom: free, top: sliding, spring: 12.3 N/cm}\n"
                                "grip: {force: 3 N, patch: [0 m, 1 m, 0 m, 1 m]}\n"
                                "layers:\n- {name: skin, thickness: 2 mm, fibre: 45 deg, cells: 2}\n"
                                "- {name: fat, thickness: 12.7 mm}\n";

static void every_kind_of_row_reads_its_value(void **unused) {
  (void)unused;
  all_kinds p;
  scenario *s = bind(every_key, &p);
  print_all(s);
  assert_ok(scenario_check(s));
  assert_close(p.press, 45, test_round(4) * 45); /* as in test_unit: a product with a factor that may be a quotient */
  assert_close(p.speed, 0.08, test_round(4));
  assert_true(p.factor == -0.2 && p.repeat == 7 && p.smooth == 0 && p.mode == 2 && p.levels == -3);
  assert_close(p.angle, 3.14159265358979323846 / 6, test_round(4));
  assert_close(p.longest, 120, test_round(4) * 120);
  assert_string_equal(p.title, "a: \"b\" \\ caf\xc3\xa9 #\n");
  assert_string_equal(p.tissue, "no");
  assert_close(p.move[1], -2e-6, test_round(4) * 2e-6);
  assert_true(p.cells[0] == 3 && p.cells[1] == 4);
  assert_int_equal(p.nfield, 3);
  assert_string_equal(p.fields[2], "a b");
  assert_string_equal(p.at.landmark, "T7");
  assert_true(p.at.t == 0);
  assert_close(p.to.s, -0.007, test_round(4));
  assert_true(p.faces.bottom == 0 && p.faces.top == 1);
  assert_close(p.faces.spring, 1230, test_round(4) * 1230);
  assert_true(p.grip.force == 3 && p.grip.patch[1] == 1);
  assert_int_equal(p.nlayer, 2);
  assert_true(p.layers[0].fibre == 45 && p.layers[0].cells == 2);
  assert_string_equal(p.layers[1].name, "fat");
}

static char *emitted(const all_kinds *p, int indent) {
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  assert_non_null(f);
  scenario_emit(f, rows, p, indent);
  fclose(f);
  return text;
}

static void assert_round_trip(const char *yaml) {
  all_kinds first, second;
  scenario *s = bind(yaml, &first);
  assert_ok(scenario_check(s));
  char *text = emitted(&first, 0);
  s = bind(text, &second);
  if (s->nerror) print_error("%s", text);
  print_all(s);
  assert_int_equal(s->nerror, 0);
  char *again = emitted(&second, 0);
  assert_string_equal(text, again);
  assert_memory_equal(&first, &second, sizeof first); /* exact: bits, NAN and padding included */
  free(text);
  free(again);
}

static void what_is_emitted_binds_to_the_same_bits(void **unused) {
  (void)unused;
  assert_round_trip(NEEDED);
  assert_round_trip(every_key);
}

static void an_emitted_struct_reads_well(void **unused) {
  (void)unused;
  all_kinds p;
  bind(NEEDED "speed: 8 cm/s\noff: [L5, -1 mm]\n", &p);
  char *text = emitted(&p, 2);
  assert_string_equal(text, "  press: 30 N\n"
                            "  speed: 0.08 m/s\n"
                            "  factor: 0.3\n"
                            "  angle: 0 rad\n"
                            "  repeat: 4\n"
                            "  smooth: true\n"
                            "  mode: sliding\n"
                            "  levels: 0\n"
                            "  tissue: muscle\n"
                            "  size: [0.3 m, 0.2 m]\n"
                            "  move: [0 m, 0 m, 0 m]\n"
                            "  cells: [5, 5]\n"
                            "  fields: [tension, displacement]\n"
                            "  at: [L3, 0.03 m]\n"
                            "  to: [0.12 m, 0 m]\n"
                            "  off: [L5, -0.001 m]\n"
                            "  faces:\n"
                            "    bottom: fixed\n"
                            "    top: free\n"
                            "    spring: 0 N/m\n"
                            "  layers:\n"
                            "    - name: skin\n"
                            "      thickness: 0.002 m\n"
                            "      cells: 1\n");
  free(text);
}

/* --------------------------------------------------------------------------------------------------------- messages */

static void the_three_examples_of_the_guide_come_out_as_printed_there(void **unused) {
  (void)unused;
  all_kinds p;
  scenario *s =
      bind("press: 3500 N\nspeed: 80\nlayers:\n  - name: skin\n    thicknes: 2 mm\n    thickness: 2 mm\n", &p);
  assert_int_equal(s->nerror, 3);
  char expected[512];
  snprintf(expected, sizeof expected,
           "%s:1:8: error: press: 3500 N is outside the allowed range 0 N .. 500 N (force with which the hand "
           "presses)\n    1 | press: 3500 N\n      |        ^",
           path);
  assert_string_equal(s->error[0].text, expected);
  snprintf(expected, sizeof expected,
           "%s:2:8: error: speed: 80 has no unit; a speed is expected, for example '80 mm/s'\n    2 | speed: 80\n"
           "      |        ^",
           path);
  assert_string_equal(s->error[1].text, expected);
  snprintf(expected, sizeof expected,
           "%s:5:5: error: layers[0]: unknown key 'thicknes'; did you mean 'thickness'?\n    5 |     thicknes: 2 mm\n"
           "      |     ^",
           path);
  assert_string_equal(s->error[2].text, expected);
}

static void a_number_that_is_none_names_what_is_expected(void **unused) {
  (void)unused;
  says("speed: fast", 3, 8, "speed", "'fast' is not a number; a speed is expected, for example '80 mm/s'");
  says("speed: 2,0 m/s", 3, 8, "speed", "'2,0 m/s' is not a number; a speed is expected, for example '80 mm/s'");
  says("factor: 1_0", 3, 9, "factor", "'1_0' is not a number; a plain number is expected, for example '2.5'");
  says("factor: 0x1", 3, 9, "factor", "'0x1' is not a number; a plain number is expected, for example '2.5'");
  says("factor: 1e999", 3, 9, "factor", "1e999 is not a finite number");
  says("factor: .nan", 3, 9, "factor", ".nan is not a finite number");
  says("longest: .inf", 3, 10, "longest", ".inf is not a finite number");
  says("longest: 1e308 d", 3, 10, "longest", "1e308 d is not a finite number");
}

static void a_wrong_unit_names_the_dimension_and_an_example(void **unused) {
  (void)unused;
  says("speed: 80 N", 3, 8, "speed",
       "'80 N' has a unit of the wrong dimension; a speed is expected, for example '80 mm/s'");
  says("speed: 80 mph!", 3, 8, "speed",
       "'80 mph!' has a unit that is not known; a speed is expected, for example '80 mm/s'");
  says("factor: 5 mm", 3, 9, "factor",
       "'5 mm' has a unit where none is due; a plain number is expected, for example '2.5'");
}

static void a_range_is_inclusive_and_printed_in_the_unit_of_the_row(void **unused) {
  (void)unused;
  all_kinds p;
  assert_ok(scenario_check(bind("press: 0 N\nlayers: [{name: a, thickness: 500 mm}]\n", &p)));
  assert_ok(scenario_check(bind("press: 500 N\nlayers: [{name: a, thickness: 0.1 mm}]\n", &p)));
  says("speed: -1 mm/s", 3, 8, "speed", "-1 mm/s is outside the allowed range 0.001 m/s .. 2 m/s (speed)");
  says("factor: 1.5", 3, 9, "factor", "1.5 is outside the allowed range -1 .. 1 (a plain number)");
  says("longest: -1 s", 3, 10, "longest", "-1 s is outside the allowed range at least 0 s (t)");
}

static void whole_numbers_are_whole(void **unused) {
  (void)unused;
  says("repeat: 4.0", 3, 9, "repeat", "'4.0' is not a whole number (how often)");
  says("repeat: 1e1", 3, 9, "repeat", "'1e1' is not a whole number (how often)");
  says("repeat: four", 3, 9, "repeat", "'four' is not a whole number (how often)");
  says("repeat: '-'", 3, 9, "repeat", "'-' is not a whole number (how often)");
  says("repeat: 0", 3, 9, "repeat", "0 is outside the allowed range 1 .. 100 (how often)");
  says("levels: 99999999999", 3, 9, "levels",
       "99999999999 is outside the allowed range -2147483648 .. 2147483647 (any whole number)");
}

static void a_flag_is_true_or_false(void **unused) {
  (void)unused;
  says("smooth: yes", 3, 9, "smooth", "'yes' is neither true nor false (smooth or not)");
}

static void a_wrong_choice_lists_the_right_ones(void **unused) {
  (void)unused;
  says("mode: slding", 3, 7, "mode", "'slding' is none of free, sliding, fixed; did you mean 'sliding'? (support)");
  says("mode: welded", 3, 7, "mode", "'welded' is none of free, sliding, fixed (support)");
}

static void a_text_has_a_length(void **unused) {
  (void)unused;
  says("tissue: ''", 3, 9, "tissue", "this text is empty (tissue)");
  says("tissue: a23456789012345678901234567890123456789012345678901234567890123x", 3, 9, "tissue",
       "this text has 64 bytes; at most 63 are allowed");
}

static void a_value_of_the_wrong_kind_says_what_is_expected(void **unused) {
  (void)unused;
  says("speed: [1 m/s]", 3, 8, "speed", "this is a list; a speed is expected, for example '80 mm/s' (speed)");
  says("speed: {a: 1}", 3, 8, "speed", "this is a map; a speed is expected, for example '80 mm/s' (speed)");
  says("speed:", 3, 7, "speed", "this is nothing; a speed is expected, for example '80 mm/s' (speed)");
  says("size: 30 cm", 3, 7, "size",
       "this is a single value; a list of 2 values, each a length, is expected, for example '[30 cm, 20 cm]' (width "
       "and length)");
  says("move: 1 mm", 3, 7, "move",
       "this is a single value; a list of 3 values, each a length, is expected, for example '[20 mm, 20 mm, 20 mm]' "
       "(move)");
  says("mode: [free]", 3, 7, "mode",
       "this is a list; one of free, sliding, fixed is expected, for example 'free' (support)");
  says("fields: tension", 3, 9, "fields",
       "this is a single value; a list of names is expected, for example '[tension, displacement]' (what is written)");
  says("faces: 5", 3, 8, "faces",
       "this is a single value; a map of keys is expected, for example '{...}' (supports of "
       "the faces)");
  says("faces:", 3, 7, "faces", "nothing follows this key; write '{}' for the defaults (supports of the faces)");
  says("cells: [[1], 2]", 3, 9, "cells[0]", "this is a list; a whole number is expected, for example '1' (n)");
}

static void a_list_has_a_length(void **unused) {
  (void)unused;
  says("size: [1 m]", 3, 7, "size",
       "this list has 1 entries; exactly 2 are expected, for example '[30 cm, 20 cm]' (width and length)");
  says("cells: [1, 2, 3]", 3, 8, "cells", "this list has 3 entries; exactly 2 are expected, for example '[4, 4]' (n)");
  says("fields: [a, b, c, d, e]", 3, 9, "fields", "this list has 5 entries; at most 4 are allowed (what is written)");
  says("fields: []", 3, 9, "fields", "this list is empty; at least one entry is expected (what is written)");
}

static void an_entry_of_a_list_is_checked_like_a_value(void **unused) {
  (void)unused;
  says("size: [1 m, 20]", 3, 13, "size[1]", "20 has no unit; a length is expected, for example '20 mm'");
  says("size: [1 m, 5 m]", 3, 13, "size[1]", "5 m is outside the allowed range 0.001 m .. 3 m (width and length)");
  says("cells: [3, 1.5]", 3, 12, "cells[1]", "'1.5' is not a whole number (n)");
  says("cells: [3, 101]", 3, 12, "cells[1]", "101 is outside the allowed range 1 .. 100 (n)");
}

static void a_place_is_a_landmark_or_lengths(void **unused) {
  (void)unused;
  says("at: 12", 3, 5, "at", "12 has no unit; a length is expected, for example '20 mm'");
  says("at: [L3, T3]", 3, 10, "at[1]", "'T3' is not a number; a length is expected, for example '20 mm'");
  says("at: [L3]", 3, 5, "at",
       "this is a list; a place on the skin (a landmark or a length from L5, and a length to the subject's right) is "
       "expected, for example '[L3, 3 cm]' (where)");
  says("at: a_very_long_landmark", 3, 5, "at", "this text has 20 bytes; at most 15 are allowed");
  says("to: 2 m", 3, 5, "to", "2 m is outside the allowed range -1 m .. 1 m (to)");
}

static void a_missing_key_says_what_it_is(void **unused) {
  (void)unused;
  all_kinds p;
  scenario *s = bind("layers: [{name: skin}]\ngrip: {}\n", &p);
  assert_int_equal(s->nerror, 3);
  assert_string_equal(s->error[0].message,
                      "key 'press' is missing: force with which the hand presses; for example 'press: 30 N'");
  assert_string_equal(s->error[0].path, "");
  assert_string_equal(s->error[1].message, "key 'force' is missing: force of the grip; for example 'force: 30 N'");
  assert_string_equal(s->error[1].path, "grip");
  assert_string_equal(s->error[2].message,
                      "key 'thickness' is missing: thickness of the layer; for example 'thickness: 20 mm'");
  assert_string_equal(s->error[2].path, "layers[0]");
  assert_int_equal(s->error[2].column, 10);
}

static void a_missing_section_is_reported_at_its_owner(void **unused) {
  (void)unused;
  all_kinds p;
  scenario *s = bind(NEEDED "title: x\n", &p);
  memset(&p, 0, sizeof p);
  scenario_bind(s, NULL, scenario_get(s->root, "title"), rows, NULL, &p);
  assert_int_equal(s->nerror, 2);
  assert_string_equal(s->error[0].path, "title");
  assert_int_equal(s->error[0].line, 3);
  assert_true(p.speed == 0.05);
}

static void an_unknown_key_names_the_known_ones(void **unused) {
  (void)unused;
  says("faces: {bottm: free}", 3, 9, "faces", "unknown key 'bottm'; did you mean 'bottom'?");
  says("faces: {roof: free}", 3, 9, "faces", "unknown key 'roof'; known are bottom, top, spring");
  all_kinds p;
  static const char *const also[] = {"hand", "technique", NULL};
  scenario *s = bind(NEEDED, &p);
  const char *text = NEEDED "hand: palm\ntechniqe: x\n";
  FILE *f = fopen(path, "wb");
  fputs(text, f);
  fclose(f);
  assert_ok(scenario_open(path, 0, NULL, memory, &s));
  scenario_bind(s, s->root, NULL, rows, also, &p);
  assert_int_equal(s->nerror, 1);
  assert_string_equal(s->error[0].message, "unknown key 'techniqe'; did you mean 'technique'?");
}

static void a_section_that_is_no_map_is_an_error_of_its_own_only(void **unused) {
  (void)unused;
  all_kinds p;
  scenario *s = bind(NEEDED "title: x\n", &p);
  scenario_bind(s, scenario_get(s->root, "title"), NULL, rows, NULL, &p);
  assert_int_equal(s->nerror, 1);
  assert_string_equal(s->error[0].message, "this is a single value; a map of keys is expected");
}

static void a_value_from_set_is_checked_alike_and_located_at_it(void **unused) {
  (void)unused;
  all_kinds p;
  static const char *const fine[] = {"press=40 N", "layers[0].thickness=3 mm"};
  scenario *s = bind_with(NEEDED, &p, 2, fine);
  assert_ok(scenario_check(s));
  assert_true(p.press == 40);
  static const char *const bad[] = {"speed=1 m/s", "press=3500 N", "layers[0].thicknes=1 mm"};
  s = bind_with(NEEDED, &p, 3, bad);
  assert_int_equal(s->nerror, 2);
  assert_string_equal(s->error[0].text,
                      "--set #2: error: press: 3500 N is outside the allowed range 0 N .. 500 N (force "
                      "with which the hand presses)\n      | press=3500 N");
  assert_string_equal(s->error[1].text,
                      "--set #3: error: layers[0]: unknown key 'thicknes'; did you mean 'thickness'?\n"
                      "      | layers[0].thicknes=1 mm");
}

static void after_an_error_every_required_number_is_inside_its_range(void **unused) {
  (void)unused;
  all_kinds p;
  scenario *s = bind("press: 3500 N\nspeed: 80\nrepeat: 1000\ncells: [0, 2]\nsize: 5\nlayers: [{name: a}]\n", &p);
  assert_int_equal(s->nerror, 6);
  assert_true(p.press >= 0 && p.press <= 500 && p.speed == 0.05 && p.repeat == 4);
  assert_true(p.cells[0] >= 1 && p.cells[0] <= 100);
  assert_close(p.size[0], 0.3, test_round(2));
  assert_true(p.layers[0].thickness >= 1e-4 && p.layers[0].thickness <= 0.5);
}

static void a_wrong_preset_is_an_error_that_says_so(void **unused) {
  (void)unused;
  static const param wrong[] = {PARAM(grip, patch, .kind = PARAM_VECTOR, .unit = "m", .max = 4, .preset_text = "[1 m]",
                                      .doc = "patch", .source = "a"),
                                {0}};
  all_kinds p;
  grip g;
  scenario *s = bind(NEEDED, &p);
  scenario_bind(s, NULL, NULL, wrong, NULL, &g);
  assert_int_equal(s->nerror, 1);
  assert_string_equal(s->error[0].origin, "built-in default of patch");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(presets_fill_what_the_scenario_leaves_out),
      TEST(every_kind_of_row_reads_its_value),
      TEST(what_is_emitted_binds_to_the_same_bits),
      TEST(an_emitted_struct_reads_well),
      TEST(the_three_examples_of_the_guide_come_out_as_printed_there),
      TEST(a_number_that_is_none_names_what_is_expected),
      TEST(a_wrong_unit_names_the_dimension_and_an_example),
      TEST(a_range_is_inclusive_and_printed_in_the_unit_of_the_row),
      TEST(whole_numbers_are_whole),
      TEST(a_flag_is_true_or_false),
      TEST(a_wrong_choice_lists_the_right_ones),
      TEST(a_text_has_a_length),
      TEST(a_value_of_the_wrong_kind_says_what_is_expected),
      TEST(a_list_has_a_length),
      TEST(an_entry_of_a_list_is_checked_like_a_value),
      TEST(a_place_is_a_landmark_or_lengths),
      TEST(a_missing_key_says_what_it_is),
      TEST(a_missing_section_is_reported_at_its_owner),
      TEST(an_unknown_key_names_the_known_ones),
      TEST(a_section_that_is_no_map_is_an_error_of_its_own_only),
      TEST(a_value_from_set_is_checked_alike_and_located_at_it),
      TEST(after_an_error_every_required_number_is_inside_its_range),
      TEST(a_wrong_preset_is_an_error_that_says_so),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
