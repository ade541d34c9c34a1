/* Whole runs with inertia: who asks for it, how steps are laid, balance, threads, and the slow limit. */
#include "sim/state/schedule.h"
#include "tests/verify/scenario_run.h"

#define BODY                                                                                                           \
  "knead: 1\n"                                                                                                         \
  "body:\n"                                                                                                            \
  "  kind: block\n"                                                                                                    \
  "  size: [60 mm, 60 mm]\n"                                                                                           \
  "  cells: [4, 4]\n"                                                                                                  \
  "  layers: [{name: fat, thickness: 8 mm, cells: 1}, {name: muscle, thickness: 20 mm, cells: 1}]\n"                   \
  "tissue:\n"                                                                                                          \
  "  fat: {law: neo_hookean, mu: 8 kPa, bulk: 400 kPa, density: 911 kg/m3}\n"                                          \
  "  muscle: {law: neo_hookean, mu: 6 kPa, bulk: 300 kPa, density: 1090 kg/m3}\n"                                      \
  "hands: {ball: {kind: sphere, radius: 20 mm, friction: 0.3}}\n"

/* Three strokes of a gun, then a rest in which the body rings. */
static const char gun[] =
    BODY "session:\n"
         "  - {hand: ball, technique: percussion, at: [0 mm, 0 mm], deepest: 3 mm, stroke: 10 mm, frequency: 25 Hz, "
         "hold: 0.12 s, ramp: 0.05 s}\n"
         "  - {rest: 30 ms}\n"
         "time: {first: 2 ms, min: 1 us, max: 100 ms}\n"
         "output: {every: 0.1 s, fields: [displacement, velocity, acceleration]}\n";

static const char slow[] = BODY
    "session:\n"
    "  - {hand: ball, technique: compression, at: [0 mm, 0 mm], press: 3 N, ramp: 2 s, hold: 0.5 s, release: 2 s}\n"
    "time: {first: 0.1 s, min: 0.1 ms, max: 0.1 s}\n"
    "output: {every: 1 s, fields: [displacement]}\n";

static void techniques_say_who_needs_inertia_and_a_scenario_may_overrule(void **unused) {
  (void)unused;
  static const struct {
    const char *text, *set;
    int inertia;
  } cases[] = {{gun, "time.inertia=auto", 1},
               {gun, "time.inertia=off", 0},
               {slow, "time.inertia=auto", 0},
               {slow, "time.inertia=on", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    arena *a = arena_create(1 << 20);
    scenario *scn;
    model *m;
    char *resolved;
    /* The other scenario writes a velocity that only inertia has. */
    const char *sets[] = {cases[i].set, "output.fields=[displacement]"};
    assert_ok(scenario_open(run_write("inertia_who.yaml", cases[i].text), 2, sets, a, &scn));
    assert_ok(build_model(scn, &models_catalog, &m, &resolved));
    assert_int_equal(m->inertia, cases[i].inertia);
    assert_int_equal(model_field(m, "velocity") >= 0, cases[i].inertia);
    assert_non_null(strstr(resolved, cases[i].inertia ? "inertia: on" : "inertia: off"));
    /* 25 Hz by 20 steps; slow techniques ask for nothing. */
    assert_close(fmin(schedule_longest_step(m, 0.05), 1), cases[i].text == gun ? 2e-3 : 1, test_round(4));
    assert_true(isinf(schedule_longest_step(m, 100)));
    assert_true(m->tissues[0].density == 911 && !m->tissues[0].density_assumed);
    free(resolved);
    model_free(&m);
    arena_destroy(&a);
  }
}

static void a_gun_runs_with_its_steps_and_every_step_balances(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(&r, run_write("inertia_gun.yaml", gun), 0, NULL);
  double push = 0, late = 0, early = 0;
  for (int row = 1; row < r.nrow; row++) {
    double t = run_time(&r, row), dt = *run_at(&r, row, "solver/dt");
    if (t < 0.12) assert_true(dt <= 2e-3 * (1 + 1e-9));
    /* issue: 1e-6 of the largest force, at least 1 N; here of hands, supports and what accelerates the body */
    assert_below(*run_at(&r, row, "solver/balance"), 1e-6);
    push = fmax(push, *run_at(&r, row, "hand/ball/push"));
    if (t > 0.121)
      late = fmax(late, *run_at(&r, row, "body/kinetic_energy")), early += *run_at(&r, row, "hand/ball/push");
  }
  print_message("%d steps, at most %.3g N, kinetic energy at most %.3g J, %.3g J while it rings\n", r.nrow - 1, push,
                r.rep.kinetic_max, late);
  assert_true(push > 0.5 && r.rep.kinetic_max > 1e-5 && late > 1e-7 && early == 0);
  run_free(&r);
}

static void threads_change_no_bit_of_it(void **unused) {
  (void)unused;
  run_same_bits(run_write("inertia_threads.yaml", gun), 0, NULL);
}

static void a_slow_load_finds_the_same_equilibria(void **unused) {
  (void)unused;
  scenario_run r[2] = {{0}};
  static const char *const sets[] = {"time.inertia=off", "time.inertia=on"};
  for (int n = 0; n < 2; n++) run_scenario(r + n, run_write("inertia_slow.yaml", slow), 1, sets + n);
  double worst = 0, most = 0;
  assert_int_equal(r[0].nrow, r[1].nrow);
  for (int row = 0; row < r[0].nrow; row++) {
    assert_true(run_time(r, row) == run_time(r + 1, row));
    double a = *run_at(r, row, "hand/ball/indentation"), b = *run_at(r + 1, row, "hand/ball/indentation");
    worst = fmax(worst, fabs(a - b)), most = fmax(most, a);
  }
  print_message("deepest %.4g mm, off by at most %.3g of it\n", 1e3 * most, worst / most);
  assert_true(most > 1e-3);
  /* What inertia can do is its force over the load's: (slowest period / ramp)^2. A layer of 28 mm that shears at 2.4
     m/s has 4 x 28 mm / 2.4 m/s = 47 ms, the ramp 2 s: 5e-4; twice that, for the landing is steeper than the ramp. */
  assert_below(worst, 1e-3 * most);
  for (int n = 0; n < 2; n++) run_free(r + n);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(techniques_say_who_needs_inertia_and_a_scenario_may_overrule),
      cmocka_unit_test(a_gun_runs_with_its_steps_and_every_step_balances),
      cmocka_unit_test(threads_change_no_bit_of_it),
      cmocka_unit_test(a_slow_load_finds_the_same_equilibria),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
