/* Steps of a stroke begin with the state that the hand takes along: what that saves. */
#include "tests/verify/scenario_run.h"

static const char stroke[] =
    "knead: 1\n"
    "body: {kind: layered_back, size: [20 cm, 28 cm], cells: [10, 16], layer_cells: [1, 1, 1, 1], L5: 8 cm}\n"
    "tissue:\n"
    "  skin: {law: neo_hookean, mu: 50 kPa, bulk: 2.5 MPa}\n"
    "  fat: {law: neo_hookean, mu: 8.7 kPa, bulk: 435 kPa}\n"
    "  fascia: {law: neo_hookean, mu: 100 kPa, bulk: 5 MPa}\n"
    "  muscle: {law: neo_hookean, mu: 20 kPa, bulk: 1 MPa}\n"
    "hands: {palm: {kind: palm, friction: 0.1}}\n"
    "session: [{hand: palm, technique: effleurage, from: [L4, 0 cm], to: [L1, 0 cm], press: 20 N, speed: 10 cm/s}]\n"
    "time: {first: 10 ms, max: 0.1 s, travel: 1 cm}\n"
    "output: {every: 10 s, fields: [displacement]}\n";

/* Newton iterations a step while the palm glides at full force and speed. */
static double iterations(const scenario_run *r) {
  double sum = 0;
  int n = 0;
  for (int i = 0; i < r->nrow; i++) {
    double speed = *run_at(r, i, "hand/palm/speed");
    if (*run_at(r, i, "hand/palm/asked") < 19.9 || speed < 0.099) continue;
    sum += *run_at(r, i, "solver/newton_iterations"), n++;
  }
  assert_true(n >= 5);
  print_message("%d steps, %.1f Newton iterations each\n", n, sum / n);
  return sum / n;
}

static void a_gliding_hand_costs_few_iterations(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(&r, run_write("carried.yaml", stroke), 0, NULL);
  /* Measured 4.5; 7.5 when every step begins where the tissue is. Half way between. */
  assert_below(iterations(&r), 6);
  assert_int_equal(r.rep.cutbacks, 0);
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_gliding_hand_costs_few_iterations)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
