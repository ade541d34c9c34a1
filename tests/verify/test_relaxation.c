/* A pulled block that relaxes: history is kept at every point, through steps of any length, and read by the element. */
#include "tests/verify/scenario_run.h"

/* Free sides, three faces slide: one homogeneous state. Stretched by 0.1 % in 60 s, then held for 200 s. */
static const char pulled[] =
    "knead: 1\n"
    "body:\n"
    "  kind: block\n"
    "  size: [20 mm, 30 mm]\n"
    "  origin: corner\n"
    "  cells: [2, 1]\n"
    "  layers: [{name: gel, thickness: 50 mm, cells: 2}]\n"
    "  faces: {left: sliding, tail: sliding, bottom: sliding}\n"
    "tissue:\n"
    "  gel: {law: prony, g0: 0.7426, terms: [[0.2574, 89.25 s]], base: {law: neo_hookean, mu: 10 kPa, bulk: 10 MPa}}\n"
    "session: [{grip: pull, face: top, move: [0 mm, 0 mm, 0.05 mm], ramp: 60 s, hold: 200 s, mode: sliding}]\n"
    "time: {first: 1 s, max: 20 s, tolerance: 1e-9}\n"
    "output: {every: 260 s, fields: [displacement, cauchy_stress]}\n";

static double force_at(const scenario_run *r, double time) {
  for (int row = 0; row < r->nrow; row++)
    if (fabs(run_time(r, row) - time) < 1e-6) return run_at(r, row, "rig/pull/force")[2];
  fail_msg("no step ends at %g s", time);
  return 0;
}

static void a_slow_pull_and_a_hold_lose_what_the_relaxation_function_says(void **unused) {
  (void)unused;
  const double g = 0.2574, tau = 89.25, E = 3 * 10e3 / (1 + 10e3 / (3 * 10e6)), A = 6e-4;
  double seen[2];
  for (int fine = 0; fine < 2; fine++) {
    scenario_run r = {0};
    const char *step = fine ? "time.max=5 s" : "time.max=20 s";
    run_scenario(&r, run_write("relaxation.yaml", pulled), 1, &step);
    double elastic = E * 1e-3 * A, peak = force_at(&r, 60), end = force_at(&r, 260);
    double ramp = 1 - g + g * tau / 60 * (1 - exp(-60 / tau)), drop = (peak - end) / peak;
    print_message(
        "steps of %s: %.4f of the elastic force after the ramp (closed form %.4f), %.2f %% lost in the hold\n", step,
        peak / elastic, ramp, 100 * drop);
    /* Stress is linear in a strain of 1e-3 but for terms of that size; mu/K is as small. */
    assert_close(peak / elastic, ramp, 3e-3);
    double left = 1 - g + g * (ramp - (1 - g)) / g * exp(-200 / tau);
    assert_close(end / elastic, left, 3e-3);
    seen[fine] = peak / elastic;
    run_free(&r);
  }
  /* The recurrence is exact for a stress that runs straight, whatever the steps. It is straight to 1e-3; of that a step
     sees the square. */
  assert_close(seen[0], seen[1], 1e-5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_slow_pull_and_a_hold_lose_what_the_relaxation_function_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
