/* From scenario text to a model: what is laid out where, in which order, and that the resolved text is the same again.
   Wrong scenarios are tests/cli/test_bad_inputs.py's. */
#include <unistd.h>
#include "models/catalog.h"
#include "sim/base/unit.h"
#include "sim/mechanics/mechanics.h"
#include "sim/run/run.h"
#include "tests/test.h"

#define BODY                                                                                                           \
  "knead: 1\n"                                                                                                         \
  "body: {kind: block, size: [10 cm, 8 cm], cells: [2, 2], layers: [{name: gel, thickness: 3 cm, cells: 2}]}\n"
#define TISSUE "tissue: {gel: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}}\n"
#define PRESS                                                                                                          \
  "{hand: sphere, technique: compression, at: [0 cm, 1 cm], press: 1 N, ramp: 0.1 s, hold: 0.2 s, release: 0.3 s}"
#define SESSION "session: [" PRESS "]\n"

typedef struct built {
  arena *memory;
  scenario *s;
  model *m;
  char *resolved;
  status st;
} built;

static built build_with(const catalog *cat, const char *text) {
  built b = {.memory = arena_create(1 << 16)};
  char file[] = "test_build_XXXXXX";
  int fd = mkstemp(file);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), strlen(text));
  close(fd);
  b.st = scenario_open(file, 0, NULL, b.memory, &b.s);
  unlink(file);
  if (b.st == ST_OK) b.st = build_model(b.s, cat, &b.m, &b.resolved);
  return b;
}

static built build(const char *text) {
  built b = build_with(&models_catalog, text);
  for (int i = 0; i < b.s->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", b.s->error[i].text);
  assert_int_equal(b.st, ST_OK);
  return b;
}

static void drop(built *b) {
  free(b->resolved);
  model_free(&b->m);
  arena_destroy(&b->memory);
}

static void assert_says(const built *b, const char *words) {
  for (int i = 0; i < b->s->nerror && i < SCENARIO_ERRORS; i++)
    if (strstr(b->s->error[i].text, words)) return;
  fail_msg("no error says '%s'", words);
}

/* ------------------------------------------------------------------------------------------------------------ the
 * session */

static void entries_are_laid_end_to_end_and_together_means_at_once(void **state) {
  (void)state;
  built b = build(
      BODY TISSUE
      "session:\n"
      "  - " PRESS "\n" /* lasts 0.6 s */
      "  - {rest: 2 s}\n"
      "  - together:\n"
      "      - {hand: palm, technique: compression, at: [0 cm, 0 cm], press: 1 N, ramp: 1 s, hold: 0 s, release: 1 s}\n"
      "      - {grip: pull, face: left, move: [1 mm, 0 mm, 0 mm], ramp: 1 s, hold: 4 s}\n"
      "  - " PRESS "\n");
  const model *m = b.m;
  /* Times are sums of a few decimal fractions: a handful of roundings of numbers below 10. */
  const double tol = 10 * test_round(10);
  assert_int_equal(m->nentry, 3);
  assert_int_equal(m->nrig, 1);
  assert_close(m->entries[0].start, 0, tol);
  assert_close(m->entries[0].duration, 0.6, tol);
  assert_close(m->entries[1].start, 2.6, tol);
  assert_close(m->rigs[0].start, 2.6, tol);
  assert_close(m->entries[2].start, 2.6 + 5, tol); /* after the longest of them */
  assert_close(m->time.end, 2.6 + 5 + 0.6, tol);   /* the end of the session, as nothing else was said */
  assert_int_equal(m->ntool, 2);                   /* the sphere is one tool in both of its entries */
  assert_int_equal(m->entries[0].tool, m->entries[2].tool);
  assert_int_equal(m->entries[0].line, 5);
  assert_close(m->event[m->nevent - 1], m->time.end, tol);
  drop(&b);
}

static void a_landmark_becomes_its_length_along_the_spine(void **state) {
  (void)state;
  built b = build("knead: 1\n"
                  "body: {kind: layered_back, size: [12 cm, 14 cm], cells: [2, 2], L5: 2 cm, level: 3 cm}\n"
                  "tissue:\n"
                  "  skin: {law: neo_hookean, mu: 50 kPa, bulk: 500 kPa, perfusion: 10 ml/min/(100 g)}\n"
                  "  fat: {law: neo_hookean, mu: 5 kPa, bulk: 50 kPa}\n"
                  "  fascia: {law: neo_hookean, mu: 100 kPa, bulk: 1 MPa, assumed: true}\n"
                  "  muscle: {law: neo_hookean, mu: 6 kPa, bulk: 60 kPa, perfusion: 3 ml/min/(100 g)}\n"
                  "probes: {deep: {at: [L3, -1 cm], depth: 4 mm}}\n"
                  "session: [{hand: palm, technique: effleurage, from: L5, to: L4, press: 10 N}]\n");
  const model *m = b.m;
  drive d;
  /* L3 is two levels of 30 mm above L5; a product of two decimals. */
  assert_close(m->probes[0].at.s, 0.06, test_round(2));
  m->entries[0].kind->drive(m->entries[0].par, 0, &d);
  assert_close(d.along, 0, test_round(1));
  /* The stroke goes to L4, 30 mm up: where it turns is where it is farthest. The path's own shape is HANDS' to test. */
  double farthest = 0;
  for (int i = 0; i <= 1000; i++) {
    m->entries[0].kind->drive(m->entries[0].par, m->entries[0].duration * i / 1000, &d);
    farthest = fmax(farthest, d.along);
  }
  assert_close(farthest, 0.03, 1e-6); /* sampled a thousand times near a flat maximum */
  assert_int_equal(m->layer_tissue[m->geometry.nlayer - 1]->assumed, 0);
  assert_int_equal(m->layer_tissue[2]->assumed, 1); /* fat: its flow was left to an assumed preset */
  assert_int_equal(m->layer_tissue[1]->assumed, 1); /* fascia: said so */
  assert_int_equal(m->layer_tissue[0]->assumed, 0);
  drop(&b);
}

static void a_grip_moves_the_nodes_of_its_patch_in_the_directions_it_holds(void **state) {
  (void)state;
  built b = build(
      BODY TISSUE
      "session:\n"
      "  - {grip: punch, face: top, patch: [-25 mm, 25 mm, 0 mm, 4 cm], move: [0 mm, 0 mm, -1 mm], mode: sliding}\n"
      "  - {grip: wall, face: right, move: [1 mm, 2 mm, 3 mm]}\n");
  const rig *punch = &b.m->rigs[0], *wall = &b.m->rigs[1];
  const mesh *g = b.m->mesh;
  int expected = 0;
  for (int i = 0; i < g->nnode; i++) {
    const double *x = g->x + 3 * (size_t)i;
    /* Grid lines lie at -50, -25, 0, 25, 50 and -40, -20, 0, 20, 40 mm: 1 um tells them apart. */
    expected += fabs(x[2] - 0.03) < 1e-6 && fabs(x[0]) < 0.025 + 1e-6 && x[1] > -1e-6;
  }
  assert_int_equal(expected, 3 * 3);
  assert_int_equal(punch->nnode, expected);
  for (int i = 0; i < punch->nnode; i++) assert_close(g->x[3 * (size_t)punch->node[i] + 2], 0.03, test_round(4));
  assert_int_equal(wall->nnode, 5 * 5);
  for (int i = 0; i < 3; i++) {
    assert_int_equal(punch->held[i], i == 2);
    assert_int_equal(wall->held[i], 1);
    assert_close(wall->move[i], 1e-3 * (i + 1), test_round(1));
  }
  drop(&b);
}

static void a_probe_sits_in_its_element_and_at_the_node_nearest_to_it(void **state) {
  (void)state;
  built b = build(BODY TISSUE SESSION "probes: {p: {at: [2 cm, -3 cm], depth: 20 mm}}\n");
  const mesh *g = b.m->mesh;
  const double *x = g->x + 3 * (size_t)b.m->probes[0].node;
  /* s is y, t is x. Nodes every 25 mm in x, 20 mm in y, 7.5 mm in z from the top at 30 mm. */
  assert_close(x[0], -0.025, test_round(1));
  assert_close(x[1], 0.02, test_round(1));
  assert_close(x[2], 0.0075, test_round(1));
  assert_int_equal(b.m->probes[0].cell, (1 * 2 + 0) * 2 + 0); /* second in y, first in x, lower sheet */
  drop(&b);
}

/* ------------------------------------------------------------------------------------------------------- what comes of
 * it */

static void a_resolved_scenario_resolves_to_itself(void **state) {
  (void)state;
  built a = build(BODY TISSUE "title: 'a: \"title\"'\n"
                              "hands: {left: {kind: palm, friction: 0.3}}\n"
                              "physiology: {perfusion: {}}\n"
                              "probes: {p: {at: [1 cm, 0 cm], depth: 3 mm}}\n"
                              "session: [" PRESS ", {rest: 1 s}, {together: [{hand: left, technique: compression, at: "
                              "[0 cm, 0 cm], press: 3 N}, {grip: g, face: head, move: [0 mm, 1 mm, 0 mm]}]}]\n"
                              "output: {fields: [tension, perfusion]}\n");
  assert_non_null(a.resolved);
  built b = build(a.resolved);
  assert_string_equal(a.resolved, b.resolved);
  assert_int_equal(a.m->nentry, b.m->nentry);
  assert_int_equal(a.m->nrig, b.m->nrig);
  assert_int_equal(a.m->state_size, b.m->state_size);
  assert_true(a.m->time.end == b.m->time.end); /* exact: numbers are written with all their digits */
  assert_true(b.m->tools[b.m->entries[1].tool].friction == 0.3);
  for (int i = 0; i < a.m->nentry; i++) {
    assert_true(a.m->entries[i].start == b.m->entries[i].start);
    assert_memory_equal(a.m->entries[i].par, b.m->entries[i].par, a.m->entries[i].kind->par_size);
  }
  drop(&a);
  drop(&b);
}

/* Of a body of 6 by 7 elements, with 2, 4 and 1 of them through its layers. */
#define LAYERS                                                                                                         \
  "layers: [{name: a, thickness: 2 mm, cells: 2}, {name: b, thickness: 2 cm, cells: 4}, {name: c, thickness: 1 cm}]"
#define MESH(more)                                                                                                     \
  "knead: 1\nbody: {kind: block, size: [6 cm, 7 cm], cells: [6, 7], " LAYERS more "}\n"                                \
  "tissue: {a: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}, b: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}, "      \
  "c: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}}\n"                                                                \
  "session: [{rest: 1 s}]\n"

static void one_word_makes_the_mesh_coarser_or_finer(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int n[3];
  } wanted[] = {{MESH(""), {6, 7, 7}},
                {MESH(", resolution: default"), {6, 7, 7}},
                {MESH(", resolution: draft"), {2, 2, 1 + 1 + 1}}, /* 7 / 3, 2 / 3 and 4 / 3 rounded; no layer is lost */
                {MESH(", resolution: fine"), {12, 14, 7}}};
  for (int i = 0; i < 4; i++) {
    built b = build(wanted[i].text);
    const int n[3] = {b.m->mesh->nx, b.m->mesh->ny, b.m->mesh->nz};
    for (int d = 0; d < 3; d++) assert_int_equal(n[d], wanted[i].n[d]);
    assert_int_equal(b.m->geometry.nlayer, 3);
    /* The resolved text asks for the same mesh, not for a third of a third. */
    built again = build(b.resolved);
    assert_string_equal(again.resolved, b.resolved);
    assert_int_equal(again.m->mesh->ncell, b.m->mesh->ncell);
    assert_int_equal(again.m->resolution, b.m->resolution);
    drop(&again);
    drop(&b);
  }
}

static void a_back_has_a_draft_of_five_thousand_unknowns_and_a_default_of_sixty(void **state) {
  (void)state;
  static const char back[] = "knead: 1\nbody: {kind: layered_back, resolution: %s}\ntissue:\n"
                             "  skin: {law: neo_hookean, mu: 50 kPa, bulk: 500 kPa}\n"
                             "  fat: {law: neo_hookean, mu: 5 kPa, bulk: 50 kPa}\n"
                             "  fascia: {law: neo_hookean, mu: 100 kPa, bulk: 1 MPa}\n"
                             "  muscle: {law: neo_hookean, mu: 6 kPa, bulk: 60 kPa}\n"
                             "session: [{rest: 1 s}]\n";
  static const struct {
    const char *word;
    int unknowns;
  } wanted[] = {{"draft", 3 * 11 * 17 * 9}, {"default", 3 * 33 * 49 * 13}, {"fine", 3 * 65 * 97 * 13}};
  for (int i = 0; i < 3; i++) {
    char text[1024];
    snprintf(text, sizeof text, back, wanted[i].word);
    built b = build(text);
    assert_int_equal(3 * b.m->mesh->nnode, wanted[i].unknowns);
    drop(&b);
  }
}

static void default_fields_are_those_the_run_has(void **state) {
  (void)state;
  built without = build(BODY TISSUE SESSION), with = build(BODY TISSUE SESSION "physiology: {perfusion: {}}\n");
  int found = 0;
  for (int i = 0; i < without.m->output.nfield; i++) found += !strcmp(without.m->output.field[i], "perfusion");
  assert_int_equal(found, 0);
  for (int i = 0; i < with.m->output.nfield; i++) found += !strcmp(with.m->output.field[i], "perfusion");
  assert_int_equal(found, 1);
  assert_int_equal(with.m->output.nfield, without.m->output.nfield + 1);
  drop(&without);
  drop(&with);
}

static void all_errors_come_in_one_go_and_leave_no_model(void **state) {
  (void)state;
  built b = build_with(&models_catalog, "knead: 1\nbody: {kind: blok}\ntissue: {gel: {law: neo_hookean, mu: 10}}\n"
                                        "session: [{hand: sphere, technique: compression, at: L3, press: 1}]\n"
                                        "time: {max: 1}\nprobes: 3\n");
  assert_int_equal(b.st, ST_INPUT);
  assert_null(b.m);
  assert_null(b.resolved);
  assert_says(&b, "no body is called 'blok'");
  assert_says(&b, "tissue.gel.mu");
  assert_says(&b, "session[0].press");
  assert_says(&b, "time.max");
  assert_says(&b, "probes is a group of keys");
  drop(&b);
}

/* ------------------------------------------------------------------------------------------------- a catalogue of our
 * own */

static status create_nothing(const void *par, const model *m, arena *a, void **self) {
  (void)par, (void)m, (void)a;
  *self = NULL;
  return ST_OK;
}
static status advance_nothing(void *self, const step *s) {
  (void)self, (void)s;
  return ST_OK;
}
#define PROCESS(id, field, ...)                                                                                        \
  static const field_decl owns_##id[] = {{.name = field, .unit = "1", .doc = "test", .ncomp = 1, .at = AT_CELL}, {0}}; \
  static const char *const reads_##id[] = {__VA_ARGS__};                                                               \
  static const process process_##id = {.name = #id,                                                                    \
                                       .doc = "test",                                                                  \
                                       .owns = owns_##id,                                                              \
                                       .reads = reads_##id,                                                            \
                                       .create = create_nothing,                                                       \
                                       .advance = advance_nothing};
PROCESS(last, "z", "y", NULL)
PROCESS(middle, "y", "x", "pressure", NULL)
PROCESS(first, "x", NULL)
PROCESS(chicken, "c", "e", NULL)
PROCESS(egg, "e", "c", NULL)

static void assert_order(const model *m, const char *const *names, int n) {
  assert_int_equal(m->nprocess, n);
  for (int i = 0; i < n; i++) assert_string_equal(m->processes[i]->name, names[i]);
}

static void processes_follow_those_they_read_from_whatever_the_order_in_the_file(void **state) {
  (void)state;
  static const process *const list[] = {&process_last,    &process_egg,   &process_middle,
                                        &process_chicken, &process_first, NULL};
  catalog cat = models_catalog;
  cat.physiology = list;
  static const char *const names[] = {"mechanics", "first", "middle", "last"};
  built a = build_with(&cat, BODY TISSUE SESSION "physiology: {last: {}, middle: {}, first: {}}\n");
  built b = build_with(&cat, BODY TISSUE SESSION "physiology: {first: {}, last: {}, middle: {}}\n");
  assert_int_equal(a.st, ST_OK);
  assert_int_equal(b.st, ST_OK);
  assert_order(a.m, names, 4);
  assert_order(b.m, names, 4);
  assert_string_equal(a.resolved, b.resolved);
  for (int i = 0; i < a.m->nfield; i++) assert_int_equal(a.m->fields[i].offset, b.m->fields[i].offset);

  /* Two that read each other: the catalogue decides who goes first and reads the step before. */
  static const char *const pair[] = {"mechanics", "egg", "chicken"};
  built c = build_with(&cat, BODY TISSUE SESSION "physiology: {chicken: {}, egg: {}}\n");
  assert_int_equal(c.st, ST_OK);
  assert_order(c.m, pair, 3);
  assert_int_equal(c.m->fields[model_field(c.m, "c")].process, 2);
  drop(&a);
  drop(&b);
  drop(&c);
}

static void a_field_that_nobody_computes_is_an_error_that_names_who_could(void **state) {
  (void)state;
  static const process *const list[] = {&process_last, &process_middle, &process_first, NULL};
  catalog cat = models_catalog;
  cat.physiology = list;
  built b = build_with(&cat, BODY TISSUE SESSION "physiology: {last: {}}\n");
  assert_int_equal(b.st, ST_INPUT);
  assert_says(&b, "last reads the field 'y', and no process computes it; add the process middle");
  drop(&b);
}

typedef struct stone {
  double side;
} stone;
static const param stone_rows[] = {
    PARAM(stone, side, .unit = "m", .lo = 0.01, .hi = 1, .preset = 0.1, .doc = "side", .source = "numerical"), {0}};
static status stone_build(const void *par, arena *a, body_geometry *out) {
  const double side = ((const stone *)par)->side, x[] = {0, side / 2, side};
  const uint8_t layer[] = {0, 0};
  TRY(mesh_columns(2, 2, 2, x, x, x, layer, 0, a, &out->mesh));
  out->nlayer = 1;
  strcpy(out->layer[0], "rock");
  strcpy(out->tissue[0], "granite");
  out->faces[FACE_BOTTOM] = SUPPORT_FIXED;
  return ST_OK;
}
static int stone_chart(const void *par, double s, double t, double x[3], double axes[9]) {
  const double side = ((const stone *)par)->side;
  const double frame[9] = {0, 1, 0, 1, 0, 0, 0, 0, -1};
  memcpy(axes, frame, sizeof frame);
  x[0] = t, x[1] = s, x[2] = side;
  return s >= 0 && t >= 0 && s <= side && t <= side;
}
static const body body_stone = {.name = "stone",
                                .doc = "test",
                                .params = stone_rows,
                                .par_size = sizeof(stone),
                                .build = stone_build,
                                .chart = stone_chart};

typedef struct tap {
  place where;
} tap;
static const param tap_rows[] = {PARAM(tap, where, .kind = PARAM_PLACE, .doc = "where"), {0}};
static double tap_duration(const void *par) {
  (void)par;
  return 0.25;
}
static void tap_drive(const void *par, double t, drive *out) {
  *out = (drive){.along = ((const tap *)par)->where.s,
                 .across = ((const tap *)par)->where.t,
                 .force = t * (0.25 - t),
                 .rot = {0, 0, 0, 1},
                 .normal = DRIVE_FORCE};
}
static const technique technique_tap = {.name = "tap",
                                        .doc = "test",
                                        .params = tap_rows,
                                        .par_size = sizeof(tap),
                                        .duration = tap_duration,
                                        .drive = tap_drive};

static void the_engine_takes_a_catalogue_it_has_never_seen(void **state) {
  (void)state;
  static const body *const bodies[] = {&body_stone, NULL};
  static const technique *const techniques[] = {&technique_tap, NULL};
  static const output *const outputs[] = {NULL};
  static const process *const none[] = {NULL};
  catalog cat = {.bodies = bodies,
                 .materials = models_catalog.materials,
                 .physiology = none,
                 .hands = models_catalog.hands,
                 .techniques = techniques,
                 .outputs = outputs};
  built b = build_with(&cat, "knead: 1\nbody: {kind: stone, side: 20 cm}\n"
                             "tissue: {granite: {law: neo_hookean, mu: 20 GPa, bulk: 40 GPa}}\n"
                             "session: [{hand: sphere, technique: tap, where: [10 cm, 5 cm]}]\n");
  /* The laws' table ends at 100 MPa: the range of the member's own row is what speaks. */
  assert_int_equal(b.st, ST_INPUT);
  assert_says(&b, "20 GPa is outside the allowed range");
  drop(&b);
  b = build_with(&cat, "knead: 1\nbody: {kind: stone, side: 20 cm}\n"
                       "tissue: {granite: {law: neo_hookean, mu: 20 MPa, bulk: 40 MPa}}\n"
                       "session: [{hand: sphere, technique: tap, where: [10 cm, 5 cm]}]\n");
  assert_int_equal(b.st, ST_OK);
  assert_true(b.m->body == &body_stone && b.m->entries[0].kind == &technique_tap);
  assert_close(((const tap *)b.m->entries[0].par)->where.t, 0.05, test_round(1));
  assert_close(b.m->time.end, 0.25, test_round(1));
  drop(&b);
}

static int setup(void **state) {
  (void)state;
  return unit_setup();
}
static int teardown(void **state) {
  (void)state;
  unit_teardown();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(entries_are_laid_end_to_end_and_together_means_at_once),
      cmocka_unit_test(a_landmark_becomes_its_length_along_the_spine),
      cmocka_unit_test(a_grip_moves_the_nodes_of_its_patch_in_the_directions_it_holds),
      cmocka_unit_test(a_probe_sits_in_its_element_and_at_the_node_nearest_to_it),
      cmocka_unit_test(a_resolved_scenario_resolves_to_itself),
      cmocka_unit_test(one_word_makes_the_mesh_coarser_or_finer),
      cmocka_unit_test(a_back_has_a_draft_of_five_thousand_unknowns_and_a_default_of_sixty),
      cmocka_unit_test(default_fields_are_those_the_run_has),
      cmocka_unit_test(all_errors_come_in_one_go_and_leave_no_model),
      cmocka_unit_test(processes_follow_those_they_read_from_whatever_the_order_in_the_file),
      cmocka_unit_test(a_field_that_nobody_computes_is_an_error_that_names_who_could),
      cmocka_unit_test(the_engine_takes_a_catalogue_it_has_never_seen),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
