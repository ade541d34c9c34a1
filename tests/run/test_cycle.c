/* Jumps over cycles: who may, how far, and that nothing else changes. Small elastic runs with slow states of the test's
   own; creep, blood flow and work are compared with whole runs in tests/verify/test_cycle.c. */
#include "sim/run/cycle.h"
#include "tests/verify/scenario_run.h"

/* Two slow states of one number: `calm` relaxes to 1, `wild` swings for ever. */
typedef struct moody {
  double time, swing, period;
} moody;
static const param moody_rows[] = {
    PARAM(moody, time, .unit = "s", .lo = 0.1, .hi = 1e4, .preset = 20, .source = "test", .doc = "of calm"),
    PARAM(moody, swing, .lo = 0, .hi = 10, .preset = 0, .source = "test", .doc = "of wild"),
    PARAM(moody, period, .unit = "s", .lo = 0.1, .hi = 1e4, .preset = 7, .source = "test", .doc = "of wild"),
    {0}};
static const field_decl moody_owns[] = {
    {.name = "calm", .unit = "1", .doc = "relaxes", .ncomp = 1, .at = AT_MODEL, .hidden = 1, .jump = JUMP_SLOW},
    {.name = "wild", .unit = "1", .doc = "swings", .ncomp = 1, .at = AT_MODEL, .hidden = 1, .jump = JUMP_SLOW},
    {0}};
static status moody_create(const void *par, const struct model *m, arena *a, void **self) {
  moody *own;
  (void)m;
  NEW(a, own, 1);
  *own = *(const moody *)par;
  *self = own;
  return ST_OK;
}
/* Exact over a step, so that what is wrong afterwards is the jumps'. */
static status moody_advance(void *self, const step *s) {
  const moody *own = self;
  int calm = model_field(s->m, "calm"), wild = model_field(s->m, "wild");
  double rate = 2 * M_PI / own->period;
  state_edit(s->next, calm)[0] = 1 + (state_view(s->now, calm)[0] - 1) * exp(-s->dt / own->time);
  state_edit(s->next, wild)[0] =
      state_view(s->now, wild)[0] + own->swing * (sin(rate * (s->t + s->dt)) - sin(rate * s->t));
  return ST_OK;
}
static const process process_moody = {.name = "moody",
                                      .doc = "slow states of a test",
                                      .params = moody_rows,
                                      .par_size = sizeof(moody),
                                      .owns = moody_owns,
                                      .create = moody_create,
                                      .advance = moody_advance};
static const process *const moods[] = {&process_moody, NULL};

#define BODY                                                                                                           \
  "knead: 1\n"                                                                                                         \
  "body: {kind: block, size: [6 cm, 6 cm], cells: [1, 1], layers: [{name: gel, thickness: 3 cm, cells: 1}], faces: "   \
  "{bottom: fixed}}\n"                                                                                                 \
  "tissue: {gel: {law: neo_hookean, mu: 10 kPa, bulk: 50 kPa}}\n"                                                      \
  "hands: {palm: {kind: palm, length: 8 cm, width: 8 cm, friction: 0}}\n"
#define PULSES                                                                                                         \
  "{hand: palm, technique: compression, at: [0 mm, 0 mm], press: 4 N, ramp: 0.2 s, hold: 0 s, release: 0.2 s, wait: "  \
  "0.1 s, pulses: 60}"
#define TIMES                                                                                                          \
  "time: {first: 0.1 s, max: 0.1 s, cycles: jump}\n"                                                                   \
  "output: {every: 0.5 s, fields: [displacement]}\n"

static void run_text(scenario_run *r, const char *text, int nset, const char *const *sets) {
  static catalog cat;
  cat = models_catalog;
  cat.physiology = moods;
  *r = (scenario_run){0};
  run_scenario_of(r, &cat, run_write("cycle.yaml", text), nset, sets);
}

static double last_of(const scenario_run *r, const char *field) {
  return r->last[r->m->fields[model_field(r->m, field)].offset];
}

/* Jumps are on and the technique goes on for as long, but it does nothing twice in the same place. */
static void a_technique_that_is_not_periodic_is_never_jumped(void **unused) {
  (void)unused;
  static const char *const entries[] = {
      "{hand: palm, technique: tapotement, at: [-5 mm, 0 mm], to: [5 mm, 0 mm], press: 2 N, frequency: 2 Hz, taps: 12}",
      "{hand: palm, technique: compression, at: [0 mm, 0 mm], press: 4 N, ramp: 0.5 s, hold: 4 s, release: 0.5 s}"};
  for (int i = 0; i < 2; i++) {
    char text[2048];
    scenario_run jump, all;
    snprintf(text, sizeof text, BODY "physiology: {moody: {}}\nsession: [%s]\n" TIMES, entries[i]);
    run_text(&jump, text, 1, (const char *[]){"time.inertia=off"});
    run_text(&all, text, 2, (const char *[]){"time.inertia=off", "time.cycles=all"});
    assert_int_equal(jump.rep.cycles.jumps + jump.rep.cycles.rejected + jump.rep.cycles.computed, 0);
    assert_int_equal(jump.nrow, all.nrow);
    assert_memory_equal(jump.last, all.last, all.m->state_size * sizeof *all.last);
    run_free(&jump), run_free(&all);
  }
}

/* Mean length of the jumps of a run in cycles, 0 without any. Each may be off by cycle_error of the largest value of a
   field, which is 1 here; what is off stays so, as `wild` forgets nothing. `calm` relaxes exponentially, which a jump
   follows exactly but for the rounding of its increments: eps over what a cycle still changes, 5e-3 of it, over the 60
   cycles of the run. */
static double jumped_by(const scenario_run *r, double period) {
  const report_cycles *c = &r->rep.cycles;
  double t = r->m->time.end, off = fabs(last_of(r, "wild") - sin(2 * M_PI * t / period));
  print_message("%3ld of %ld cycles computed, %ld jumps, %ld too long; wild is off by %.2g, error said to be %.2g\n",
                c->computed, c->computed + c->jumped, c->jumps, c->rejected, off, c->error_max);
  assert_close(last_of(r, "calm"), 1 - exp(-t / 20), 60 * DBL_EPSILON / 5e-3);
  assert_below(c->error_max, r->m->time.cycle_error);
  assert_below(off, (double)c->jumps * r->m->time.cycle_error + 1e-12);
  return c->jumps ? (double)c->jumped / (double)c->jumps : 0;
}

/* Nothing but the period of the swing differs, and whether there is one. */
static void a_slow_state_that_is_too_wild_shortens_the_jumps(void **unused) {
  (void)unused;
  const char *text = BODY "physiology: {moody: {}}\nsession: [" PULSES "]\n" TIMES;
  scenario_run r;
  run_text(&r, text, 0, NULL);
  assert_true(r.rep.cycles.jumps > 0);
  double calm = jumped_by(&r, HUGE_VAL);
  run_free(&r);
  run_text(&r, text, 2, (const char *[]){"physiology.moody.swing=1", "physiology.moody.period=100 s"});
  assert_true(r.rep.cycles.jumps > 0);
  double restless = jumped_by(&r, 100);
  run_free(&r);
  run_text(&r, text, 2, (const char *[]){"physiology.moody.swing=1", "physiology.moody.period=7 s"});
  assert_true(r.rep.cycles.rejected > 0);
  double wild = jumped_by(&r, 7);
  run_free(&r);
  /* By how much hangs on rounding: contact settles within 1 % of the depth, not at the same place each time, and the
     calm run has 21 to 37 of 59 cycles computed, by compiler and sanitizer; the others 38 to 46, and all. */
  assert_true(restless < calm && wild < restless);
}

/* Rows and frames end where a jump begins, go on two cycles after it, and the first row says how long that was. */
static void what_was_jumped_over_has_no_rows_and_is_said(void **unused) {
  (void)unused;
  scenario_run r;
  run_text(&r, BODY "physiology: {moody: {}}\nsession: [" PULSES "]\n" TIMES, 0, NULL);
  const double period = 0.5;
  double jumped = 0, end = r.m->time.end;
  long rows = 0;
  for (int row = 1; row < r.nrow; row++) {
    double over = *run_at(&r, row, "solver/jumped"), dt = *run_at(&r, row, "solver/dt");
    assert_close(run_time(&r, row) - run_time(&r, row - 1), dt + over, 1e-9);
    if (over > 0) assert_close(fmod(run_time(&r, row - 1) + 1e-9, period), 1e-9, 1e-9); /* from the end of a cycle */
    if (over > 0) assert_close(fmod(over + 1e-9, period), 1e-9, 1e-9);                  /* by whole ones */
    jumped += over, rows += over > 0;
  }
  const report_cycles *c = &r.rep.cycles;
  assert_int_equal(rows, c->jumps);
  assert_close(jumped, (double)(c->jumped + CYCLE_TRIAL * c->jumps) * period, 1e-9); /* each with its trial */
  assert_close(run_time(&r, r.nrow - 1), end, 1e-9);
  /* The trial and one more cycle are left before the technique does something else, which is its last pulse. */
  assert_int_equal(c->computed + c->jumped, 59);
  run_free(&r);
}

static void jumps_are_the_same_bits_for_one_and_three_threads(void **unused) {
  (void)unused;
  scenario_run r[2];
  for (int n = 0; n < 2; n++) {
    par_setup(1 + 2 * n);
    run_text(r + n, BODY "physiology: {moody: {}}\nsession: [" PULSES "]\n" TIMES, 0, NULL);
  }
  par_setup(0);
  assert_int_equal(r[0].nrow, r[1].nrow);
  assert_true(r[0].rep.cycles.jumps > 0);
  assert_memory_equal(r[0].last, r[1].last, r[0].m->state_size * sizeof *r[0].last);
  run_free(r), run_free(r + 1);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_technique_that_is_not_periodic_is_never_jumped),
      cmocka_unit_test(a_slow_state_that_is_too_wild_shortens_the_jumps),
      cmocka_unit_test(what_was_jumped_over_has_no_rows_and_is_said),
      cmocka_unit_test(jumps_are_the_same_bits_for_one_and_three_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
