#include "tests/test.h"
#include "sim/state/schedule.h"

/* A technique of the test's own: it goes from 0 to `way` in `seconds` with a parabola of force, and turns at a third.
 */
typedef struct hop {
  double way, seconds, press;
} hop;

static double duration(const void *par) {
  return ((const hop *)par)->seconds;
}
static void drive_at(const void *par, double t, drive *out) {
  const hop *c = par;
  double u = t / c->seconds, force = 4 * c->press * u * (1 - u);
  *out = (drive){.along = c->way * u,
                 .across = 0.03,
                 .force = force,
                 .rot = {0, 0, 0, 1},
                 .vel = {c->way / c->seconds},
                 .normal = DRIVE_FORCE};
}
static int events(const void *par, int max, double *t) {
  if (max < 1) return 0;
  t[0] = ((const hop *)par)->seconds / 3;
  return 1;
}
static const technique hopping = {.name = "hopping", .duration = duration, .drive = drive_at, .events = events};
static technique_cycle hops(const void *par) {
  (void)par;
  return (technique_cycle){0.5, 0.25, 8}; /* 0.5 to 2.5 s */
}
static const technique round_and_round = {
    .name = "round_and_round", .duration = duration, .drive = drive_at, .cycle = hops};
static const technique silent = {.name = "silent", .duration = duration, .drive = drive_at};

static hop a = {0.1, 3, 20}, b = {0.2, 6, 30}, c = {0.3, 1.5, 10};

/* tool 0: a in [0, 3], c in [5, 6.5]; tool 1: b in [3, 9]; tool 2: nothing */
static model *make(void) {
  arena *memory = arena_create(sizeof(model) + 4096);
  model *m = arena_alloc(memory, sizeof *m);
  m->memory = memory;
  m->ntool = 3;
  m->nentry = 3;
  m->entries[0] = (entry){.tool = 0, .kind = &hopping, .par = &a, .start = 0, .duration = 3};
  m->entries[1] = (entry){.tool = 1, .kind = &hopping, .par = &b, .start = 3, .duration = 6};
  m->entries[2] = (entry){.tool = 0, .kind = &silent, .par = &c, .start = 5, .duration = 1.5};
  m->time.end = 10;
  return m;
}

static void an_entry_runs_from_its_start_to_its_end(void **unused) {
  (void)unused;
  model *m = make();
  assert_int_equal(schedule_entry(m, 0, 0), 0);
  assert_int_equal(schedule_entry(m, 0, 3), 0);
  assert_int_equal(schedule_entry(m, 0, 3.1), -1);
  assert_int_equal(schedule_entry(m, 0, 5), 2);
  assert_int_equal(schedule_entry(m, 1, 2.9), -1);
  assert_int_equal(schedule_entry(m, 1, 9), 1);
  assert_int_equal(schedule_entry(m, 2, 1), -1);
  model_free(&m);
}

static void of_two_entries_that_touch_the_later_one_goes_on(void **unused) {
  (void)unused;
  model *m = make();
  m->entries[2].start = 3;
  assert_int_equal(schedule_entry(m, 0, 3), 2);
  /* whichever side of the boundary rounding puts the time on, the hand is free there */
  for (int side = -1; side <= 1; side++) {
    drive d;
    schedule_drive(m, 0, 3 + side * 1e-12, &d);
    assert_below(d.force, 1e-9);
  }
  model_free(&m);
}

static void the_drive_is_the_techniques_own_in_its_own_time(void **unused) {
  (void)unused;
  model *m = make();
  drive d, own;
  schedule_drive(m, 1, 3 + 1.75, &d);
  drive_at(&b, 1.75, &own);
  assert_true(d.normal == DRIVE_FORCE);
  assert_true(d.along == own.along && d.across == own.across && d.force == own.force && d.vel[0] == own.vel[0]);
  model_free(&m);
}

/* Turns about all three axes, so that each part of the rotation is seen. */
static void turning_at(const void *par, double t, drive *out) {
  drive_at(par, t, out);
  out->vel[1] = 0.25;
  for (int i = 0; i < 4; i++) out->rot[i] = (double[]){0.1, 0.5, 0.7, 0.5}[i];
}

/* y = Q x for the quaternion of a drive. */
static void turn(const double q[4], const double x[3], double y[3]) {
  double X = q[0], Y = q[1], Z = q[2], W = q[3], s = 2 / (X * X + Y * Y + Z * Z + W * W);
  y[0] = x[0] * (1 - s * (Y * Y + Z * Z)) + x[1] * s * (X * Y - Z * W) + x[2] * s * (X * Z + Y * W);
  y[1] = x[0] * s * (X * Y + Z * W) + x[1] * (1 - s * (X * X + Z * Z)) + x[2] * s * (Y * Z - X * W);
  y[2] = x[0] * s * (X * Z - Y * W) + x[1] * s * (Y * Z + X * W) + x[2] * (1 - s * (X * X + Y * Y));
}

static void a_mirrored_entry_does_the_same_on_the_other_side(void **unused) {
  (void)unused;
  static const technique turning = {.name = "turning", .duration = duration, .drive = turning_at};
  model *m = make();
  m->entries[1].kind = &turning;
  drive d, e;
  schedule_drive(m, 1, 5, &d);
  m->entries[1].mirror = 1;
  schedule_drive(m, 1, 5, &e);
  assert_true(e.along == d.along && e.across == -d.across && e.force == d.force && e.vel[0] == d.vel[0]);
  assert_true(d.vel[1] == 0.25 && e.vel[1] == -0.25);
  /* Mirroring x of a vector before and after the turn must be the mirrored turn: M Q M = Q'. */
  for (int i = 0; i < 3; i++) {
    double x[3] = {i == 0, i == 1, i == 2}, y[3], z[3];
    turn(d.rot, x, y);
    x[0] = -x[0];
    turn(e.rot, x, z);
    assert_close(z[0], -y[0], test_round(8));
    assert_close(z[1], y[1], test_round(8));
    assert_close(z[2], y[2], test_round(8));
  }
  model_free(&m);
}

static void outside_its_entries_a_hand_waits_lifted_at_the_nearest(void **unused) {
  (void)unused;
  model *m = make();
  drive d;
  schedule_drive(m, 1, 1, &d); /* before b: where it will begin */
  assert_true(d.normal == DRIVE_FREE && d.along == 0 && d.across == 0.03 && d.force == 0 && d.vel[0] == 0);
  schedule_drive(m, 0, 3.5, &d); /* after a: where that ended */
  assert_true(d.normal == DRIVE_FREE && d.along == a.way);
  schedule_drive(m, 0, 4, &d); /* as near to both: on its way to c */
  assert_true(d.normal == DRIVE_FREE && d.along == 0);
  schedule_drive(m, 0, 4.9, &d); /* nearer to c */
  assert_true(d.normal == DRIVE_FREE && d.along == 0);
  schedule_drive(m, 0, 8, &d);
  assert_true(d.normal == DRIVE_FREE && d.along == c.way);
  schedule_drive(m, 2, 8, &d); /* a hand without work */
  assert_true(d.normal == DRIVE_FREE && d.force == 0 && d.rot[3] == 1);
  model_free(&m);
}

static void no_force_asked_for_means_lifted(void **unused) {
  (void)unused;
  model *m = make();
  drive d;
  schedule_drive(m, 0, 0, &d); /* the technique says DRIVE_FORCE with 0 N */
  assert_true(d.normal == DRIVE_FREE && d.force == 0);
  model_free(&m);
}

/* Of a hand that glides at 20 mm/s under 5 N a second more, from 1 s on for 4 s. */
static double even_duration(const void *par) {
  (void)par;
  return 4;
}
static void even_drive(const void *par, double t, drive *out) {
  (void)par;
  *out = (drive){.along = 0.02 * t, .force = 5 * t, .rot = {0, 0, 0, 1}, .normal = DRIVE_FORCE};
}

static void a_gentle_step_is_as_long_as_way_and_load_allow(void **unused) {
  (void)unused;
  static const technique even = {.name = "even", .duration = even_duration, .drive = even_drive};
  model *m = make();
  m->nentry = 1, m->entries[0] = (entry){.kind = &even, .tool = 0, .start = 1, .duration = 4};
  m->time.min = 1e-3;
  assert_true(schedule_gentle_step(m, 1.5, 2) == 2); /* nothing is asked for */
  m->time.travel = 0.01;
  /* 0.5 s for 10 mm; each cut is by the overshoot, so exact up to the share that counts as none, 1e-9 */
  assert_close(schedule_gentle_step(m, 1.5, 2), 0.5, 1e-9);
  assert_true(schedule_gentle_step(m, 1.5, 0.4) == 0.4);
  m->time.load = 1; /* 0.2 s */
  assert_close(schedule_gentle_step(m, 1.5, 2), 0.2, 1e-9);
  m->time.travel = (double)NAN;
  assert_close(schedule_gentle_step(m, 1.5, 2), 0.2, 1e-9);
  m->time.min = 0.3;
  assert_true(schedule_gentle_step(m, 1.5, 2) == 0.3);
  assert_true(schedule_gentle_step(m, 5.5, 2) == 2); /* it is over */
  model_free(&m);
}

static void a_rig_ramps_linearly_and_holds(void **unused) {
  (void)unused;
  rig r = {.start = 1, .ramp = 4, .hold = 2};
  assert_true(schedule_rig(&r, 0) == 0);
  assert_true(schedule_rig(&r, 1) == 0);
  assert_true(schedule_rig(&r, 2) == 0.25);
  assert_true(schedule_rig(&r, 5) == 1);
  assert_true(schedule_rig(&r, 6.9) == 1);
  assert_true(schedule_rig(&r, 100) == 1);
  rig jump = {.start = 1}; /* no ramp: at once, and not NaN */
  assert_true(schedule_rig(&jump, 1) == 0);
  assert_true(schedule_rig(&jump, 1.5) == 1);
}

static void expect(const model *m, int n, const double *t) {
  assert_int_equal(m->nevent, n);
  for (int i = 0; i < n; i++) assert_true(fabs(m->event[i] - t[i]) <= 1e-9); /* equal times are merged within 1e-9 s */
}

static void events_are_starts_turns_ends_and_the_end(void **unused) {
  (void)unused;
  model *m = make();
  assert_ok(schedule_events(m));
  /* a: 1 (turn), 3 (end = start of b); b: 5 (turn, = start of c), 9; c: 6.5 (no turns); the end */
  expect(m, 6, (double[]){1, 3, 5, 6.5, 9, 10});
  assert_true(m->event[5] == 10);
  model_free(&m);
}

static void rigs_add_their_three_times(void **unused) {
  (void)unused;
  model *m = make();
  m->nrig = 1;
  m->rigs[0] = (rig){.start = 0.5, .ramp = 0.25, .hold = 7.75};
  assert_ok(schedule_events(m));
  expect(m, 9, (double[]){0.5, 0.75, 1, 3, 5, 6.5, 8.5, 9, 10});
  model_free(&m);
}

static void events_increase_by_more_than_a_nanosecond_and_none_lies_beyond_the_end(void **unused) {
  (void)unused;
  model *m = make();
  m->time.end = 6.5 - 4e-10; /* next to an event: they become one, and it is the end, to the bit */
  m->entries[1].start = 3 + 6e-10;
  assert_ok(schedule_events(m));
  expect(m, 4, (double[]){1, 3, 5, 6.5});
  assert_true(m->event[3] == m->time.end);
  for (int i = 1; i < m->nevent; i++) assert_true(m->event[i] > m->event[i - 1] + 1e-9);
  model_free(&m);
}

static void a_session_without_entries_still_ends(void **unused) {
  (void)unused;
  model *m = make();
  m->nentry = 0;
  assert_ok(schedule_events(m));
  expect(m, 1, (double[]){10});
  model_free(&m);
}

static void the_next_event_is_strictly_later(void **unused) {
  (void)unused;
  model *m = make();
  assert_ok(schedule_events(m));
  assert_true(schedule_next_event(m, 0) == m->event[0]);
  assert_true(schedule_next_event(m, m->event[0]) == m->event[1]);
  assert_true(schedule_next_event(m, m->event[1] - 5e-10) == m->event[2]); /* within a nanosecond: already there */
  assert_true(schedule_next_event(m, 9.5) == 10);
  assert_true(isinf(schedule_next_event(m, 10)));
  model_free(&m);
}

static void expect_cycle(const model *m, double t, double first, int count) {
  technique_cycle found;
  assert_true(schedule_cycle(m, t, &found) == (count > 1));
  if (count < 2) return;
  assert_close(found.first, first, test_round(16));
  assert_close(found.period, 0.25, 0);
  assert_int_equal(found.count, count);
}

/* Tool 1 works from 3 to 9 s: cycles at 3.5 to 5.5 s. */
static void cycles_last_while_nothing_else_begins(void **unused) {
  (void)unused;
  model *m = make();
  m->nentry = 2;
  expect_cycle(m, 3.5, 0, 0); /* hopping has none */
  m->entries[1].kind = &round_and_round;
  expect_cycle(m, 3.4, 0, 0);
  for (double t = 3.5; t <= 5.5; t += 0.25) expect_cycle(m, t, 3.5, 8);
  expect_cycle(m, 5.6, 0, 0);
  m->nentry = 3; /* the other hand begins at 5 s, and has no cycle */
  expect_cycle(m, 3.5, 3.5, 6);
  expect_cycle(m, 5.25, 0, 0);
  m->entries[2] = (entry){.tool = 0, .kind = &round_and_round, .par = &b, .start = 3.5, .duration = 6};
  for (double t = 4; t <= 5.5; t += 0.25) expect_cycle(m, t, 4, 6); /* both go round, from the later one's first on */
  m->entries[2].start = 9.5;
  m->nrig = 1; /* the phase of the cycles stays that of the hand */
  m->rigs[0] = (rig){.start = 3.6, .ramp = 0.25, .hold = 5};
  expect_cycle(m, 3.5, 0, 0);
  expect_cycle(m, 3.7, 0, 0);
  expect_cycle(m, 4.25, 4, 6);
  model_free(&m);
}

static void a_cycle_begins_at_an_event_when_cycles_are_jumped(void **unused) {
  (void)unused;
  model *m = make();
  m->nentry = 2;
  m->entries[1].kind = &round_and_round;
  assert_ok(schedule_events(m));
  expect(m, 4, (double[]){1, 3, 9, 10});
  m->time.cycles = CYCLES_JUMP;
  assert_ok(schedule_events(m));
  expect(m, 13, (double[]){1, 3, 3.5, 3.75, 4, 4.25, 4.5, 4.75, 5, 5.25, 5.5, 9, 10});
  model_free(&m);
}

static void memory_that_runs_out_is_reported(void **unused) {
  (void)unused;
  model *m = make();
  arena_limit(m->memory, arena_used(m->memory));
  assert_int_equal(schedule_events(m), ST_INTERNAL);
  model_free(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_entry_runs_from_its_start_to_its_end),
      cmocka_unit_test(of_two_entries_that_touch_the_later_one_goes_on),
      cmocka_unit_test(the_drive_is_the_techniques_own_in_its_own_time),
      cmocka_unit_test(a_mirrored_entry_does_the_same_on_the_other_side),
      cmocka_unit_test(outside_its_entries_a_hand_waits_lifted_at_the_nearest),
      cmocka_unit_test(no_force_asked_for_means_lifted),
      cmocka_unit_test(a_gentle_step_is_as_long_as_way_and_load_allow),
      cmocka_unit_test(a_rig_ramps_linearly_and_holds),
      cmocka_unit_test(events_are_starts_turns_ends_and_the_end),
      cmocka_unit_test(rigs_add_their_three_times),
      cmocka_unit_test(events_increase_by_more_than_a_nanosecond_and_none_lies_beyond_the_end),
      cmocka_unit_test(a_session_without_entries_still_ends),
      cmocka_unit_test(the_next_event_is_strictly_later),
      cmocka_unit_test(cycles_last_while_nothing_else_begins),
      cmocka_unit_test(a_cycle_begins_at_an_event_when_cycles_are_jumped),
      cmocka_unit_test(memory_that_runs_out_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
