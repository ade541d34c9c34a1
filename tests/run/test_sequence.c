/* Sequences of a session: what they repeat and mirror is laid end to end, and the resolved scenario says it at length.
 */
#include <unistd.h>
#include "models/catalog.h"
#include "sim/run/run.h"
#include "sim/state/schedule.h"
#include "tests/test.h"

#define HEAD                                                                                                           \
  "knead: 1\n"                                                                                                         \
  "body: {kind: block, size: [10 cm, 8 cm], cells: [2, 2], layers: [{name: gel, thickness: 3 cm, cells: 1}]}\n"        \
  "tissue: {gel: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}}\n"
#define KNEAD(more)                                                                                                    \
  "{hand: palm, technique: petrissage, at: [0 cm, 2 cm], intensity: firm, frequency: 1 Hz, cycles: 1, radius: 5 mm, "  \
  "ramp: 0.5 s" more "}"

typedef struct built {
  arena *memory;
  scenario *s;
  model *m;
  char *resolved;
  status st;
} built;

static built build(const char *text) {
  built b = {.memory = arena_create(1 << 16)};
  char file[] = "test_sequence_XXXXXX";
  int fd = mkstemp(file);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), strlen(text));
  close(fd);
  b.st = scenario_open(file, 0, NULL, b.memory, &b.s);
  unlink(file);
  if (b.st == ST_OK) b.st = build_model(b.s, &models_catalog, &b.m, &b.resolved);
  return b;
}

static void drop(built *b) {
  free(b->resolved);
  model_free(&b->m);
  arena_destroy(&b->memory);
}

static void assert_fine(const built *b) {
  for (int i = 0; i < b->s->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", b->s->error[i].text);
  assert_int_equal(b->st, ST_OK);
}

static void assert_says(const built *b, const char *words) {
  assert_int_not_equal(b->st, ST_OK);
  for (int i = 0; i < b->s->nerror && i < SCENARIO_ERRORS; i++)
    if (strstr(b->s->error[i].text, words)) return;
  fail_msg("no error says '%s'", words);
}

/* Kneading lasts 2 s; times are sums of a few decimal fractions below 100. */
static const double tol = 100 * 10 * DBL_EPSILON;

static void a_sequence_is_done_again_and_again_on_both_sides(void **state) {
  (void)state;
  built b = build(HEAD "session:\n"
                       "  - {rest: 1 s}\n"
                       "  - sequence:\n"
                       "      - " KNEAD("") "\n"
                                            "      - {rest: 0.5 s}\n"
                                            "    repeat: 2\n"
                                            "    both_sides: true\n"
                                            "  - " KNEAD("") "\n");
  assert_fine(&b);
  assert_int_equal(b.m->nentry, 5);
  assert_int_equal(b.m->ntool, 1);
  for (int i = 0; i < 5; i++) {
    drive d;
    assert_close(b.m->entries[i].start, 1 + 2.5 * i, tol);
    assert_int_equal(b.m->entries[i].mirror, i % 2);
    schedule_entry_drive(&b.m->entries[i], 0, &d);
    assert_true(d.across == (i % 2 ? -0.02 : 0.02));
  }
  assert_close(b.m->time.end, 1 + 4 * 2.5 + 2, tol);
  drop(&b);
}

static void sequences_in_sequences_multiply_and_mirrored_twice_is_as_written(void **state) {
  (void)state;
  built b = build(HEAD "session:\n"
                       "  - sequence:\n"
                       "      - sequence: [" KNEAD(", mirror: true") "]\n"
                                                                     "        both_sides: true\n"
                                                                     "      - {rest: 1 s}\n"
                                                                     "    repeat: 3\n");
  assert_fine(&b);
  assert_int_equal(b.m->nentry, 6);
  for (int i = 0; i < 6; i++) assert_int_equal(b.m->entries[i].mirror, !(i % 2));
  assert_close(b.m->entries[5].start, 2 * 5 + 2, tol);
  drop(&b);
}

static void the_resolved_scenario_of_a_sequence_is_the_same_session(void **state) {
  (void)state;
  built b = build(HEAD "session:\n"
                       "  - sequence:\n"
                       "      - " KNEAD("") "\n"
                                            "      - together: [" KNEAD(", opposed: true") "]\n"
                                                                                           "    both_sides: true\n");
  assert_fine(&b);
  built again = build(b.resolved);
  assert_fine(&again);
  assert_string_equal(again.resolved, b.resolved);
  assert_int_equal(again.m->nentry, 4);
  for (int i = 0; i < 4; i++)
    for (int k = 0; k <= 50; k++) {
      drive x, y;
      const entry *e = &b.m->entries[i], *f = &again.m->entries[i];
      assert_true(e->start == f->start);
      schedule_entry_drive(e, e->duration * k / 50, &x);
      schedule_entry_drive(f, e->duration * k / 50, &y);
      assert_true(x.along == y.along && x.across == y.across && x.force == y.force && x.vel[1] == y.vel[1]);
    }
  drop(&b), drop(&again);
}

static void a_load_in_a_word_is_assumed_and_a_given_one_is_not(void **state) {
  (void)state;
  built b =
      build(HEAD "session:\n"
                 "  - {hand: palm, technique: compression, at: [0 cm, 0 cm], intensity: deep, hold: 1 s}\n"
                 "  - {hand: palm, technique: compression, at: [0 cm, 0 cm], press: 7 N, hold: 1 s}\n"
                 "  - {hand: palm, technique: compression, at: [0 cm, 0 cm], press: 7 N, intensity: deep, hold: 1 s}\n"
                 "  - {hand: ball_head, technique: percussion, at: [0 cm, 0 cm], hold: 1 s}\n");
  static const double force[] = {100, 7, 7};
  assert_fine(&b);
  for (int i = 0; i < 3; i++) {
    drive d;
    schedule_entry_drive(&b.m->entries[i], 1.5, &d);
    assert_close(d.force, force[i], test_round(8) * force[i]);
    assert_int_equal(b.m->entries[i].assumed, i == 0);
  }
  assert_int_equal(b.m->entries[3].assumed, 1); /* its depth and stroke are */
  drop(&b);
}

static void wrong_sequences_say_what_is_wrong(void **state) {
  (void)state;
  static const char *const wrong[][2] = {
      {"  - {sequence: {rest: 1 s}}\n", "sequence is a list of entries"},
      {"  - {sequence: []}\n", "sequence is a list of entries"},
      {"  - {sequence: [{rest: 1 s}], repeat: 0}\n", "0 is outside the allowed range"},
      {"  - {sequence: [{rest: 1 s}], repeats: 2}\n", "did you mean 'repeat'"},
      {"  - {sequence: [{rest: 1 s}], rest: 1 s}\n", "exactly one of"},
      {"  - {sequence: [{grip: a, face: left, move: [1 mm, 0 mm, 0 mm]}]}\n", "cannot stand in a sequence"},
      {"  - {sequence: [" KNEAD("") "], repeat: 300}\n", "more than 256 techniques"},
      {"  - {sequence: [" KNEAD(", press: -1 N") "], repeat: 3}\n", "-1 N is outside"},
  };
  for (int i = 0; i < 8; i++) {
    char text[2048];
    snprintf(text, sizeof text, HEAD "session:\n%s", wrong[i][0]);
    built b = build(text);
    assert_says(&b, wrong[i][1]);
    assert_int_equal(b.s->nerror, 1); /* once, however often it is repeated */
    drop(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sequence_is_done_again_and_again_on_both_sides),
      cmocka_unit_test(sequences_in_sequences_multiply_and_mirrored_twice_is_as_written),
      cmocka_unit_test(the_resolved_scenario_of_a_sequence_is_the_same_session),
      cmocka_unit_test(a_load_in_a_word_is_assumed_and_a_given_one_is_not),
      cmocka_unit_test(wrong_sequences_say_what_is_wrong),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
