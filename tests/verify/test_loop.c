/* The loop of force over depth of a hand that goes to and fro: what a linear viscoelastic column takes in a cycle, and
   an elastic one, which takes nothing. */
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

/* A plate wider than the column, 0.2 to 1.0 mm deep: never off the skin between its ramps. */
static const char column[] =
    "knead: 1\n"
    "body: {kind: block, size: [40 mm, 40 mm], cells: [1, 1], layers: [{name: fat, thickness: 40 mm, cells: 1}], "
    "faces: {bottom: sliding, left: sliding, tail: sliding}}\n"
    "tissue: {fat: {law: prony, base: {law: neo_hookean, mu: 5 kPa, bulk: 5 MPa}, terms: [[0.6, 40 ms]]}}\n"
    "hands: {plate: {kind: flat_head, radius: 60 mm, friction: 0}}\n"
    "session: [{hand: plate, technique: percussion, at: [0 mm, 0 mm], deepest: 1 mm, stroke: 0.8 mm, frequency: 4 Hz, "
    "hold: 1.5 s, ramp: 0.25 s}]\n"
    "time: {first: 5 ms, max: 5 ms, inertia: off}\n"
    "output: {every: 1 s, fields: [displacement]}\n";

static void a_viscoelastic_column_takes_pi_times_its_loss_and_the_amplitude_squared(void **unused) {
  (void)unused;
  /* E'' = 3 mu g w tau/(1 + (w tau)^2) of the relaxation 1 + g exp(-t/tau): a push of E'' A/H a out of phase. */
  const double mu = 5e3, g = 0.6, wt = 2 * M_PI * 4 * 40e-3, a = 0.4e-3, area = 40e-3 * 40e-3, H = 40e-3;
  const double theory = M_PI * 3 * mu * g * wt / (1 + wt * wt) * area / H * a * a;
  scenario_run r = {0};
  run_scenario(&r, run_write("loop.yaml", column), 0, NULL);
  double loop = 0;
  int cycles = 0;
  for (int i = 1; i < r.nrow; i++) {
    double now = *run_at(&r, i, "hand/plate/loop_energy"), was = *run_at(&r, i - 1, "hand/plate/loop_energy");
    if (now != was) {
      cycles++;
      /* It is there from the end of its cycle on: 1, 2 ... periods of 0.25 s after the ramp. */
      assert_close(run_time(&r, i), 0.25 + 0.25 * cycles, 1e-9);
      print_message("cycle %d: %.5g uJ, theory %.5g\n", cycles, 1e6 * now, 1e6 * theory);
      loop = now;
    }
  }
  assert_int_equal(cycles, 4); /* six strokes, the first and the last are ramps */
  /* Strains of up to 2.5 % (mean 1.5 %) about which the column is some 3 % stiffer, 3 mu/bulk = 0.3 %, 50 steps a cycle
     (2 pi/50)^2/12 = 0.1 %; what landing left has gone by exp(-0.25 / 0.04) a cycle. */
  figure_show(.section = "work", .what = "loop of a viscoelastic column in a cycle", .unit = "J", .computed = loop,
              .target = theory, .share = 0.05, .kind = FIGURE_EXACT,
              .source = "pi E'' A/H times the amplitude squared: Ferry 1980, Viscoelastic Properties of Polymers");
  assert_true(r.rep.tool[0].loops && r.rep.tool[0].loop == loop);
  run_free(&r);
}

static void an_elastic_column_takes_nothing(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(&r, run_write("loop.yaml", column), 1,
               (const char *[]){"tissue.fat={law: neo_hookean, mu: 5 kPa, bulk: 5 MPa}"});
  double most = 0, push = 0, loop = *run_at(&r, r.nrow - 1, "hand/plate/loop_energy");
  for (int i = 1; i < r.nrow; i++)
    most = fmax(most, *run_at(&r, i, "hand/plate/work")), push = fmax(push, *run_at(&r, i, "hand/plate/push"));
  print_message("elastic: %.2g J of %.3g\n", loop, most);
  /* The body gives all back, contact does not: its multipliers follow a penetration of at most 1 % of the indentation.
   */
  assert_true(most > 1e-4);
  assert_below(fabs(loop), push * 0.01 * 1e-3);
  run_free(&r);
}

static void a_hand_that_does_nothing_again_has_no_loop(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(
      &r, run_write("loop.yaml", column), 2,
      (const char *[]){"session[0]={hand: plate, technique: myofascial_hold, at: [0 mm, 0 mm], press: 1 N, draw: "
                       "0 mm, hold: 0.1 s, ramp: 0.1 s}",
                       "time={first: 50 ms, max: 50 ms}"});
  for (int c = 0; c < r.columns.ncolumn; c++) assert_true(strcmp(r.columns.column[c].path, "hand/plate/loop_energy"));
  assert_false(r.rep.tool[0].loops);
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_viscoelastic_column_takes_pi_times_its_loss_and_the_amplitude_squared),
      cmocka_unit_test(an_elastic_column_takes_nothing),
      cmocka_unit_test(a_hand_that_does_nothing_again_has_no_loop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
