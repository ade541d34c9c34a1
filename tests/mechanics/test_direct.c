/* The direct preconditioner: the same answers as multigrid, in hardly any iterations, with the same bits for any number
   of threads, and a clear word where it ends. */
#include "sim/mechanics/direct.h"
#include "tests/small_model.h"
#include "tests/verify/scenario_run.h"

/* Friction, a depth that is an unknown, a sliding face, a grip: every kind of block the matrix is
   made of. */
#define BLOCK                                                                                                          \
  "knead: 1\n"                                                                                                         \
  "body:\n"                                                                                                            \
  "  kind: block\n"                                                                                                    \
  "  size: [100 mm, 120 mm]\n"                                                                                         \
  "  cells: [4, 5]\n"                                                                                                  \
  "  layers: [{name: fat, thickness: 10 mm, cells: 1}, {name: muscle, thickness: 30 mm, cells: 2, fibre: 0 deg}]\n"    \
  "  faces: {left: sliding}\n"                                                                                         \
  "tissue:\n"                                                                                                          \
  "  fat: {law: neo_hookean, mu: 8 kPa, bulk: 400 kPa}\n"                                                              \
  "  muscle: {law: fibre_neo_hookean, mu: 6 kPa, bulk: 300 kPa, fibre: 60 kPa}\n"                                      \
  "time: {first: 50 ms, max: 50 ms, tolerance: 1e-10}\n"                                                               \
  "output: {every: 0.2 s}\n"                                                                                           \
  "hands:\n"                                                                                                           \
  "  ball: {kind: sphere, radius: 40 mm, friction: 0.3}\n"                                                             \
  "session:\n"
#define PULL "{grip: pull, face: head, move: [0 mm, 2 mm, 0 mm], ramp: 0.4 s}\n"
static const char pulled[] = BLOCK "  - " PULL;
static const char pressed[] = BLOCK
    "  - together:\n"
    "      - {hand: ball, technique: compression, at: [20 mm, -20 mm], press: 6 N, ramp: 0.2 s, hold: 0.1 s, release: "
    "0.1 s}\n"
    "      - " PULL;

static const char *const direct_sets[] = {"mechanics.preconditioner=direct"};
static const char *const multigrid_sets[] = {"mechanics.preconditioner=multigrid"};

static void run_both(const char *file, scenario_run *direct, scenario_run *multigrid) {
  run_scenario(direct, file, 1, direct_sets);
  run_scenario(multigrid, file, 1, multigrid_sets);
}

/* Linear iterations a Newton step took, at most. */
static double iterations(const scenario_run *r) {
  double most = 0;
  for (int row = 1; row < r->nrow; row++)
    most = fmax(most, *run_at(r, row, "solver/linear_iterations") / *run_at(r, row, "solver/newton_iterations"));
  return most;
}

static void forces_are_those_of_multigrid_in_half_the_iterations(void **unused) {
  (void)unused;
  scenario_run d = {0}, m = {0};
  run_both(run_write("direct_pull.yaml", pulled), &d, &m);
  double grip = run_differ(&d, &m, "rig/pull/force", 3), held = run_differ(&d, &m, "support/force", 3);
  print_message("%.2g linear iterations a Newton step, %.2g by multigrid; off by: grip %.1e, support %.1e\n",
                iterations(&d), iterations(&m), grip, held);
  /* Element matrices are in single precision, 6e-8 of their largest entry: one iteration meets the forcing term, 1e-4
     at the least, perhaps a second one. */
  assert_below(iterations(&d), 2);
  assert_below(2 * iterations(&d), iterations(&m));
  /* Both leave 1e-10 of the forces as a residual, at each of the 10^2 to 10^3 unknowns of a face. */
  assert_below(grip, 1e-10 * 1e3 * test_scale());
  assert_below(held, 1e-10 * 1e3 * test_scale());
  run_free(&d), run_free(&m);
}

static void a_hand_with_friction_sinks_as_deep_as_with_multigrid(void **unused) {
  (void)unused;
  scenario_run d = {0}, m = {0};
  run_both(run_write("direct_press.yaml", pressed), &d, &m);
  double depth = run_differ(&d, &m, "hand/ball/indentation", 1), push = run_differ(&d, &m, "hand/ball/push", 1);
  print_message("%.2g linear iterations a Newton step, %.2g by multigrid; off by: depth %.1e, push %.1e\n",
                iterations(&d), iterations(&m), depth, push);
  /* The hand's row is solved by its border: as few. */
  assert_below(iterations(&d), 2);
  assert_below(push, 2 * 1e-7 * test_scale()); /* HAND_TOLERANCE of either */
  /* Multipliers and friction follow states that are near, not solved, and differ: contact promises 1 % of the depth, a
     tenth of it is allowed here. */
  assert_below(depth, 1e-3 * test_scale());
  run_free(&d), run_free(&m);
}

static void bits_are_the_same_for_one_and_two_threads(void **unused) {
  (void)unused;
  run_same_bits(run_write("direct_threads.yaml", pressed), 1, direct_sets);
}

static void too_many_unknowns_are_refused_with_the_limit_and_the_way_out(void **unused) {
  (void)unused;
  model *m = small_model();
  direct *d;
  char limit[16];
  small_layer(m, "neo_hookean");
  mesh *g = small_box(m, 20, 20, 10, 0.2, 0.2, 0.1);
  small_mesh(m, g);
  uint8_t *fixed = arena_alloc(m->memory, 3 * (size_t)g->nnode);
  assert_true(3 * g->nnode > DIRECT_MOST);
  assert_int_equal(direct_create(m->space, fixed, m->memory, &d), ST_INPUT);
  snprintf(limit, sizeof limit, "%d", DIRECT_MOST);
  const char *const says[] = {"105903 unknowns", limit, "coarser", "multigrid"};
  for (size_t i = 0; i < sizeof says / sizeof *says; i++)
    if (!strstr(err_message(), says[i])) fail_msg("'%s' is missing in: %s", says[i], err_message());
  /* Only what is free counts. */
  int allowed = 3000;
  for (int i = allowed; i < 3 * g->nnode; i++) fixed[i] = 1;
  assert_ok(direct_create(m->space, fixed, m->memory, &d));
  assert_int_equal(direct_unknowns(d), allowed);
  model_free(&m);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forces_are_those_of_multigrid_in_half_the_iterations),
      cmocka_unit_test(a_hand_with_friction_sinks_as_deep_as_with_multigrid),
      cmocka_unit_test(bits_are_the_same_for_one_and_two_threads),
      cmocka_unit_test(too_many_unknowns_are_refused_with_the_limit_and_the_way_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
