/* Hands on hands: where one stands on another, and that the skin meets the sum of their forces. */
#include "sim/mechanics/stack.h"
#include "sim/state/schedule.h"
#include "tests/verify/scenario_run.h"

static const hand *hand_named(const char *name) {
  for (const hand *const *h = models_catalog.hands; *h; h++)
    if (!strcmp((*h)->name, name)) return *h;
  fail_msg("no hand %s", name);
  return NULL;
}

/* The struct of a hand with its presets, in par. */
static void presets(const hand *h, void *par) {
  for (const param *p = h->params; p->name; p++)
    if (p->kind == PARAM_NUMBER && !isnan(p->preset))
      *(double *)((char *)par + p->offset) = p->preset;
    else if (p->kind == PARAM_INTEGER)
      *(int *)((char *)par + p->offset) = (int)p->preset;
}

/* m; stack_thickness comes so near to the surface, along a line that meets it at no less than 30 degrees. */
static const double NEAR = 2e-7;

static void a_ball_is_as_thick_as_its_chord(void **unused) {
  (void)unused;
  const hand *ball = hand_named("sphere");
  double par[64] = {0}, far, gap;
  presets(ball, par);
  ball->gap(par, 1, (double[3]){0, 0, 0}, &gap, NULL, NULL);
  assert_close(gap, 0, test_round(8));
  /* Radius from the distance at a point far above: |x - middle| - r = z - 2 r. */
  ball->gap(par, 1, (double[3]){0, 0, 1}, &far, NULL, NULL);
  double r = 0.5 * (1 - far);
  for (int k = 0; k < 5; k++) {
    double a = 0.2 * k, up[3] = {sin(a), 0, cos(a)};
    assert_close(stack_thickness(ball, par, up), 2 * r * cos(a), NEAR);
  }
}

/* Every hand: its back is a place of its surface, and above is nothing of it. */
static void a_back_is_the_uppermost_surface(void **unused) {
  (void)unused;
  int n = 0;
  for (const hand *const *h = models_catalog.hands; *h; h++, n++) {
    double par[64] = {0}, gap;
    assert_true((*h)->par_size <= sizeof par);
    presets(*h, par);
    double top = stack_thickness(*h, par, (double[3]){0, 0, 1}), reach = (*h)->reach(par);
    (*h)->gap(par, 1, (double[3]){0, 0, top}, &gap, NULL, NULL);
    if (!strcmp((*h)->name, "fork_head")) /* nothing of it is between its prongs */
      assert_true(top == 0 && gap > 0);
    else {
      if (!(fabs(gap) < NEAR)) print_error("%s, %g m high: ", (*h)->name, top);
      assert_close(gap, 0, NEAR);
      assert_true(top > 5e-3);
    }
    for (int k = 1; k <= 50; k++) {
      (*h)->gap(par, 1, (double[3]){0, 0, top + k * reach / 25}, &gap, NULL, NULL);
      assert_true(gap > 0);
    }
  }
  assert_true(n > 10);
}

/* ---- whole runs ---------------------------------------------------------------------------------------------------
 */

/* The ball on top is named first, so that it is hand 0. */
static const char text[] =
    "knead: 1\n"
    "body: {kind: block, size: [60 mm, 60 mm], cells: [4, 4], layers: [{name: fat, thickness: 20 mm, cells: 1}]}\n"
    "tissue: {fat: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}}\n"
    "hands:\n"
    "  lower: {kind: sphere, radius: 30 mm, friction: 0.4, arm: {sideways: 0.5 N/mm}}\n"
    "  upper: {kind: sphere, radius: 20 mm, rests_on: lower}\n"
    "  third: {kind: sphere, radius: 15 mm, rests_on: upper}\n"
    "session:\n"
    "  - together:\n"
    "      - {hand: upper, technique: effleurage, from: [-6 mm, 0 mm], to: [6 mm, 3 mm], press: 2 N, speed: 3 cm/s}\n"
    "      - {hand: lower, technique: effleurage, from: [-6 mm, 0 mm], to: [6 mm, 3 mm], press: 3 N, speed: 3 cm/s}\n"
    "time: {first: 20 ms, max: 50 ms}\n"
    "output: {every: 1 s, fields: [displacement]}\n";

static void the_skin_meets_the_sum_and_the_upper_hand_goes_along(void **unused) {
  (void)unused;
  scenario_run two = {0}, one = {0};
  const char *file = run_write("stack.yaml", text);
  run_scenario(&two, file, 0, NULL);
  run_scenario(&one, file, 1,
               (const char *[]){"session=[{hand: lower, technique: effleurage, from: [-6 mm, 0 mm], to: "
                                "[6 mm, 3 mm], press: 5 N, speed: 3 cm/s}]"});
  assert_int_equal(two.nrow, one.nrow);
  double most = 0, aside = 0;
  for (int i = 0; i < two.nrow; i++) {
    double push = *run_at(&two, i, "hand/lower/push"), asked = *run_at(&two, i, "hand/lower/asked"),
           added = *run_at(&two, i, "hand/upper/push");
    assert_close(push, asked, 1e-6); /* the row of the depth is solved to 1e-7 */
    assert_close(added, 0.4 * asked, test_round(64) * 5 + (asked > 0 ? 0 : 0.005)); /* FORCE_LEAST: no contact yet */
    assert_true(*run_at(&two, i, "hand/upper/asked") == added);
    /* 2 N and 3 N of one shape are 5 N of it, but for rounding, and so is all that comes of it. */
    assert_close(push, *run_at(&one, i, "hand/lower/push"), 1e-6);
    for (int k = 0; k < 3; k++) {
      double low = run_at(&two, i, "hand/lower/position")[k];
      assert_close(low, run_at(&one, i, "hand/lower/position")[k], 1e-9);
      assert_close(run_at(&two, i, "hand/upper/position")[k], low + (k == 2 ? 0.06 : 0), NEAR);
      assert_true(run_at(&two, i, "hand/upper/force")[k] == 0); /* on the skin */
    }
    assert_true(*run_at(&two, i, "hand/upper/work") == 0 && *run_at(&two, i, "hand/upper/contact_area") == 0);
    assert_below(*run_at(&two, i, "solver/balance"), 1e-6);
    most = fmax(most, push), aside = fmax(aside, fabs(run_at(&two, i, "hand/lower/aside")[1]));
  }
  assert_close(most, 5, 1e-6);
  assert_true(aside > 1e-4); /* it followed the hand, not the path */
  run_free(&two), run_free(&one);
}

static void three_stand_on_one_another(void **unused) {
  (void)unused;
  scenario_run r = {0};
#define STAY "technique: compression, at: [0 mm, 0 mm], ramp: 0.1 s, hold: 0.1 s, release: 0.1 s, press: "
  run_scenario(&r, run_write("stack.yaml", text), 1,
               (const char *[]){"session=[{together: [{hand: third, " STAY "1 N}, {hand: upper, " STAY
                                "2 N}, {hand: lower, " STAY "3 N}]}]"});
  int middle = 0;
  while (run_time(&r, middle) < 0.15) middle++;
  assert_close(*run_at(&r, middle, "hand/third/push"), 1, test_round(16));
  assert_close(*run_at(&r, middle, "hand/upper/push"), 3, test_round(16)); /* what it hands on */
  assert_close(*run_at(&r, middle, "hand/lower/push"), 6, 1e-6);
  double z[3] = {run_at(&r, middle, "hand/lower/position")[2], run_at(&r, middle, "hand/upper/position")[2],
                 run_at(&r, middle, "hand/third/position")[2]};
  assert_close(z[1] - z[0], 0.06, NEAR);
  assert_close(z[2] - z[1], 0.04, NEAR);
  for (int t = 0; t < 3; t++) assert_int_equal(stack_level(r.m, t), 2 - t);
  /* No step changes the load of any of them by more than it may, and that of the lowest is the sum. */
  drive d;
  schedule_drive(r.m, 2, 0.15, &d);
  assert_close(d.force, 6, test_round(16));
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_ball_is_as_thick_as_its_chord),
      cmocka_unit_test(a_back_is_the_uppermost_surface),
      cmocka_unit_test(the_skin_meets_the_sum_and_the_upper_hand_goes_along),
      cmocka_unit_test(three_stand_on_one_another),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
