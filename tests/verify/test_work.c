/* A palm that lands, slides over an elastic block with friction and lifts: what it puts in is what the body stores and
   what friction takes. Work, energy and friction come from three different sums: force and motion of the hand, the
   laws' energies over the volume, and traction times slip over the skin. */
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

static const char slide[] = "knead: 1\n"
                            "body:\n"
                            "  kind: block\n"
                            "  size: [100 mm, 160 mm]\n"
                            "  cells: [5, 8]\n"
                            "  layers: [{name: fat, thickness: 20 mm, cells: 1}]\n"
                            "  faces: {bottom: fixed}\n"
                            "tissue: {fat: {law: neo_hookean, mu: 8 kPa, bulk: 400 kPa}}\n"
                            "hands: {palm: {kind: palm, length: 10 cm, width: 8 cm, friction: 0.3}}\n"
                            "session:\n"
                            "  - {hand: palm, technique: effleurage, from: [-30 mm, 0 mm], to: [30 mm, 0 mm], press: "
                            "12 N, speed: 8 cm/s, ramp: "
                            "0.2 s, gain: 0.1 s}\n"
                            "  - {rest: 20 ms}\n"
                            "time: {first: 10 ms, max: 10 ms}\n"
                            "output: {every: 1 s, fields: [displacement]}\n";

typedef struct sums {
  double work, stored, friction, slip;
} sums;

static sums at(const scenario_run *r, int row) {
  return (sums){*run_at(r, row, "hand/palm/work"), *run_at(r, row, "body/strain_energy"),
                *run_at(r, row, "hand/palm/friction_work"), *run_at(r, row, "hand/palm/slip_distance")};
}

static void work_of_a_sliding_palm_is_stored_energy_and_friction(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(&r, run_write("work.yaml", slide), 0, NULL);
  int landed = 0, stop = 0, end = r.nrow - 1;
  double stored = 0, most = 0, changes = 0;
  for (int row = 0; row < r.nrow; row++) {
    if (run_time(&r, row) < 0.2 + 1e-9) landed = row;      /* ramp */
    if (run_time(&r, row) < 0.2 + 0.85 + 1e-9) stop = row; /* 60 mm at 8 cm/s, and the gain */
    stored = fmax(stored, at(&r, row).stored);
    double peak = *run_at(&r, row, "hand/palm/pressure_max"), mean = *run_at(&r, row, "hand/palm/pressure_mean");
    assert_true(mean <= peak && (mean > 0) == (peak > 0));
    changes = fmax(changes, *run_at(&r, row, "hand/palm/contact_changes"));
    most = fmax(most, peak);
    /* work never decreases by friction: what was lost stays lost */
    if (row) assert_true(at(&r, row).friction >= at(&r, row - 1).friction);
    if (row) assert_true(at(&r, row).slip >= at(&r, row - 1).slip);
  }
  sums a = at(&r, landed), b = at(&r, stop), c = at(&r, end);
  double in = b.work - a.work, out = b.stored - a.stored + b.friction - a.friction;
  print_message(
      "stroke: work %.5f J, stored %+.5f, friction %.5f; lands with %.5f J; over all: work %.5f, stored %+.1e, "
      "friction %.5f J; slid %.2f mm\n",
      in, b.stored - a.stored, b.friction - a.friction, a.work, c.work, c.stored, c.friction, 1e3 * c.slip);
  /* 1 % (issue): the friction bound is settled to 1 % of the friction, penetration to 1 % of the indentation. */
  figure_show(.section = "work", .what = "work of a sliding palm over stored energy and friction, one stroke",
              .computed = in / out, .target = 1, .share = 0.01, .kind = FIGURE_EXACT, .source = "balance of energy");
  figure_show(.section = "work", .what = "the same from landing to lift-off",
              .computed = c.work / (c.stored + c.friction), .target = 1, .share = 0.01, .kind = FIGURE_EXACT,
              .source = "balance of energy");
  /* Pressing alone: penetration takes work that the body does not get, up to 1 % of the indentation at the full force,
     which is 2.5 % of an energy of 2/5 F d, and friction holds the skin while it spreads. */
  figure_show(.section = "work", .what = "work of landing over stored energy and friction",
              .computed = a.work / (a.stored + a.friction), .target = 1, .share = 0.04, .kind = FIGURE_EXACT,
              .source = "balance of energy");
  /* All points slide as far as the hand goes, less some 2 mm in which the skin comes along, and more where it spreads.
   */
  assert_close(b.slip - a.slip, 0.060, 0.003);
  /* The body is as it was, to the residual: 1e-6 of the force over the indentation. */
  assert_below(c.stored, 1e-6 * stored);
  assert_true(changes >= 1 && most > 0);
  run_free(&r);
}

/* Without friction and at the same place again nothing is lost. */
static void a_press_without_friction_gives_back_what_it_took(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(&r, run_write("work.yaml", slide), 3,
               (const char *[]){"hands.palm.friction=0", "session[0].to=[-29.99 mm, 0 mm]", "session[0].speed=1 mm/s"});
  double most = 0;
  for (int row = 0; row < r.nrow; row++) most = fmax(most, at(&r, row).work);
  sums c = at(&r, r.nrow - 1);
  print_message("pressed in with %.5f J, %.2g J left, friction %.2g J, slid %.3f mm\n", most, c.work, c.friction,
                1e3 * c.slip);
  /* Penetration comes and goes with multipliers that follow it, up to 1 % of the indentation at full force. */
  figure_show(.section = "work", .what = "work that does not come back from a press without friction, share",
              .computed = c.work / most, .target = 0, .low = -0.025, .high = 0.025, .kind = FIGURE_EXACT,
              .source = "balance of energy");
  assert_true(c.friction == 0 && c.slip > 0);
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(work_of_a_sliding_palm_is_stored_energy_and_friction),
      cmocka_unit_test(a_press_without_friction_gives_back_what_it_took),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
