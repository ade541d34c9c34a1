/* What the summary warns of: a hand that presses harder than people bear, muscle that is drawn too far; once, with
   time, place and limit. And that the history has room for it all. */
#include "sim/run/watch.h"
#include "tests/verify/scenario_run.h"

static const char text[] =
    "knead: 1\n"
    "body: {kind: block, size: [80 mm, 80 mm], cells: [6, 6], layers: [{name: fat, thickness: 20 mm, cells: 2}]}\n"
    "tissue: {fat: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}}\n"
    "hands: {ball: {kind: sphere, radius: 40 mm, friction: 0}}\n"
    "session: [{hand: ball, technique: compression, at: [10 mm, -5 mm], press: 4 N, ramp: 0.3 s, hold: 0.1 s, release: "
    "0.3 s}]\n"
    "time: {first: 50 ms, max: 50 ms}\n"
    "output: {every: 50 ms, fields: [pain_ratio]}\n";

typedef struct seen {
  int points;
  double most;
} seen;

static void look(void *ctx, const model *m, const state *s) {
  seen *k = ctx;
  const output *const *o = m->cat->outputs;
  while (*o && strcmp((*o)->name, "pain_ratio")) o++;
  assert_true(*o && !strcmp((*o)->of, "skin_pressure"));
  const double *p = state_view(s, model_field(m, "skin_pressure"));
  for (size_t i = 0; i < model_count(m, AT_SKIN); i++) {
    double ratio = (*o)->skin(m, p[i]);
    assert_close(ratio, p[i] / m->limits.pain[LIMIT_LOW_BACK_PAIN], test_round(2) * ratio);
    k->points += p[i] > 0, k->most = fmax(k->most, ratio);
  }
}

static int warnings_of(const scenario_run *r, const char *what, char *told, size_t size) {
  FILE *f = tmpfile();
  assert_non_null(f);
  report_print(f, r->m, &r->rep);
  rewind(f);
  size_t n = fread(told, 1, size - 1, f);
  told[n] = 0;
  fclose(f);
  int found = 0;
  for (const char *c = told; (c = strstr(c, what)); c++) found++;
  return found;
}
static int warnings(const scenario_run *r, char *told, size_t size) {
  return warnings_of(r, "warning: ball presses", told, size);
}

static void a_hand_that_passes_a_threshold_is_named_once_with_time_and_place(void **unused) {
  (void)unused;
  scenario_run r = {0};
  seen k = {0};
  char told[8192];
  r.on_frame = look, r.ctx = &k;
  run_scenario(&r, run_write("limits.yaml", text), 1, (const char *[]){"limits={pain_low_back_pain: 3 kPa}"});
  int first = 0;
  while (first < r.nrow && *run_at(&r, first, "hand/ball/pressure_max") <= 3e3) first++;
  assert_in_range(first, 2, r.nrow - 3);
  const report_pain *p = &r.rep.tool[0].pain[LIMIT_LOW_BACK_PAIN];
  assert_true(p->passed && p->time == run_time(&r, first));
  assert_true(p->value == *run_at(&r, first, "hand/ball/pressure_max"));
  /* Under the middle of the ball, as near as a facet of 13 mm by 13 mm can tell: half of its diagonal. */
  const double *x = run_at(&r, first, "hand/ball/position");
  assert_below(hypot(p->x[0] - x[0], p->x[1] - x[1]), 9.5e-3);
  assert_close(p->x[2], 0.02, test_round(10));
  assert_false(r.rep.tool[0].pain[LIMIT_HEALTHY].passed);
  assert_int_equal(warnings(&r, told, sizeof told), 1);
  assert_non_null(strstr(told, "with low back pain, 3 kPa (limits, as given)"));
  assert_null(strstr(told, "250-400")); /* literature is no source of a number the user gave */
  assert_true(k.points > 10 && k.most > 1);
  run_free(&r);
}

static void below_the_default_thresholds_nothing_is_said_and_above_health_that_one(void **unused) {
  (void)unused;
  scenario_run r = {0};
  char told[8192];
  run_scenario(&r, run_write("limits.yaml", text), 0, NULL);
  assert_true(r.m->limits.pain[LIMIT_LOW_BACK_PAIN] == 250e3 && r.m->limits.pain[LIMIT_HEALTHY] == 500e3);
  assert_int_equal(warnings(&r, told, sizeof told), 0);
  r.rep.tool[0].pain[LIMIT_LOW_BACK_PAIN].passed = 1; /* as if: what a default says of itself */
  assert_int_equal(warnings(&r, told, sizeof told), 1);
  assert_non_null(strstr(told, "with low back pain, 250 kPa (limits; assumed: a 1 cm2 probe gives 250-400 kPa"));
  run_free(&r);
  run_scenario(&r, run_write("limits.yaml", text), 1,
               (const char *[]){"limits={pain_low_back_pain: 2 kPa, pain_healthy: 4 kPa}"});
  const report_pain *p = r.rep.tool[0].pain;
  assert_true(p[LIMIT_HEALTHY].passed && p[LIMIT_HEALTHY].time > p[LIMIT_LOW_BACK_PAIN].time);
  assert_int_equal(warnings(&r, told, sizeof told), 1);
  assert_non_null(strstr(told, "in health, 4 kPa"));
  run_free(&r);
}

/* A strip of muscle drawn to 1.2 of its length, and a layer on it that is no muscle. */
static const char strip[] =
    "knead: 1\n"
    "body: {kind: block, size: [20 mm, 40 mm], cells: [1, 4], layers: [{name: pad, thickness: 5 mm, cells: 1}, {name: "
    "red, thickness: 5 mm, cells: 1}], faces: {bottom: sliding, left: sliding, tail: sliding}}\n"
    "tissue: {pad: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}, red: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa, "
    "muscle: true}}\n"
    "session: [{grip: pull, face: head, move: [0 mm, 8 mm, 0 mm], ramp: 1 s, mode: sliding}]\n"
    "time: {first: 50 ms, max: 50 ms}\n"
    "output: {every: 1 s, fields: [strain_ratio]}\n";

static void muscle_that_is_drawn_too_far_is_named_once_with_time_and_place(void **unused) {
  (void)unused;
  scenario_run r = {0};
  char told[8192];
  run_scenario(&r, run_write("strain.yaml", strip), 1, (const char *[]){"limits.muscle_strain=0.095"});
  int first = -1;
  for (int i = 0; i < r.nrow; i++) {
    double ratio = *run_at(&r, i, "layer/red/strain_ratio_max");
    /* One stretch everywhere; solved to 1e-7 of a force, and a stretch is as good as that. */
    assert_close(ratio, 0.2 * run_time(&r, i) / 0.095, 1e-4 * 0.2 / 0.095);
    if (first < 0 && ratio > 1) first = i;
  }
  const report_strain *s = &r.rep.strain;
  assert_true(s->passed && s->time == run_time(&r, first) && first == 10); /* 0.5 s */
  assert_string_equal(r.m->geometry.layer[s->layer], "red");
  assert_close(s->value, 0.1, 1e-4 * 0.2);
  assert_close(s->most, 0.2, 1e-4 * 0.2);
  assert_close(s->x[2], 2.5e-3, test_round(10));
  assert_int_equal(warnings_of(&r, "warning: red is stretched by 10 % at t = 0.500 s", told, sizeof told), 1);
  assert_non_null(strstr(told, "9.5 % (limits, as given); the most was 20 %"));
  for (int c = 0; c < r.columns.ncolumn; c++)
    assert_true(strcmp(r.columns.column[c].path, "layer/pad/strain_ratio_max"));
  run_free(&r);
  run_scenario(&r, run_write("strain.yaml", strip), 0, NULL);
  assert_true(r.m->limits.muscle_strain == 0.5);
  assert_int_equal(warnings_of(&r, "warning", told, sizeof told), 0);
  run_free(&r);
}

/* ---- the history ---------------------------------------------------------------------------------------------------
 */

/* All that a model may have, at once: hands with loops and arms, layers of muscle, probes, grips, motion, weight. */
static void the_history_has_room_for_the_largest_model(void **unused) {
  (void)unused;
  static char all[16384];
  const char *const hands[MODEL_HANDS] = {"palm", "thumb", "elbow", "knuckle"};
  int n = snprintf(all, sizeof all,
                   "knead: 1\n"
                   "tissue: {gel: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa, muscle: true}}\n"
                   "physiology: {perfusion: {}}\n"
                   "gravity: {posture: prone}\n"
                   "time: {cycles: jump, inertia: on}\n"
                   "body: {kind: block, size: [20 cm, 20 cm], cells: [4, 4], faces: {bottom: fixed}, layers: [");
#define ADD(...) n += snprintf(all + n, sizeof all - (size_t)n, __VA_ARGS__)
  for (int i = 0; i < BODY_LAYERS; i++) ADD("%s{name: l%d, thickness: 5 mm, tissue: gel}", i ? ", " : "", i);
  ADD("]}\nprobes:\n");
  for (int i = 0; i < MODEL_PROBES; i++) ADD("  p%d: {at: [0 mm, 0 mm], depth: %d mm}\n", i, 4 * i);
  ADD("hands:\n");
  for (int i = 0; i < MODEL_HANDS; i++)
    ADD("  h%d: {kind: %s, arm: {stiffness: 1 N/mm, sideways: 1 N/mm}}\n", i, hands[i]);
  ADD("session:\n  - {stretch: elongation, amount: 1 mm}\n");
  for (int i = 0; i < MODEL_HANDS; i++)
    ADD("  - {hand: h%d, technique: compression, at: [0 mm, 0 mm], press: 1 N, pulses: 3}\n", i);
  for (int i = 0; i < MODEL_RIGS; i++) ADD("  - {grip: g%d, face: head, move: [0 mm, 0 mm, 0 mm]}\n", i);
#undef ADD
  arena *memory = arena_create(1 << 20);
  scenario *scn;
  model *m = NULL;
  watcher *w;
  assert_ok(scenario_open(run_write("largest.yaml", all), 0, NULL, memory, &scn));
  assert_ok(build_model(scn, &models_catalog, &m, NULL));
  assert_ok(watch_create(m, memory, &w));
  const history *h = watch_columns(w);
  assert_int_equal(h->ncolumn,
                   22 * MODEL_HANDS + 6 * BODY_LAYERS + 4 * MODEL_PROBES + MODEL_RIGS + 18); /* each of them is there */
  assert_string_equal(h->column[h->ncolumn - 1].path, "solver/jumped");
  model_free(&m);
  arena_destroy(&memory);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_hand_that_passes_a_threshold_is_named_once_with_time_and_place),
      cmocka_unit_test(muscle_that_is_drawn_too_far_is_named_once_with_time_and_place),
      cmocka_unit_test(below_the_default_thresholds_nothing_is_said_and_above_health_that_one),
      cmocka_unit_test(the_history_has_room_for_the_largest_model),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
