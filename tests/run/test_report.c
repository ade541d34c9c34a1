/* The summary says when the work of the hands does not add up, and when an element is inside out at a node. */
#include "tests/verify/scenario_run.h"

static const char text[] =
    "knead: 1\n"
    "body: {kind: block, size: [80 mm, 80 mm], cells: [3, 3], layers: [{name: fat, thickness: 20 mm, cells: 1}]}\n"
    "tissue: {fat: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}}\n"
    "hands: {ball: {kind: sphere, radius: 40 mm, friction: 0}}\n"
    "session: [{hand: ball, technique: compression, at: [0 mm, 0 mm], press: 2 N, ramp: 0.2 s, hold: 0 s, release: "
    "0.2 s}]\n"
    "time: {first: 0.1 s, max: 0.1 s, end: 0.2 s}\n"
    "output: {every: 0.2 s, fields: [displacement]}\n";

/* The summary of a run whose one hand worked 1 J, of which friction took `lost` and the body keeps `kept`. */
static void summary(scenario_run *r, double lost, double kept, char *told, size_t size) {
  r->rep.tool[0].work = r->rep.tool[0].gross = 1, r->rep.tool[0].friction_work = lost;
  r->rep.energy_begin = 0.25, r->rep.energy_end = 0.25 + kept;
  FILE *f = fmemopen(told, size, "w");
  assert_non_null(f);
  report_print(f, r->m, &r->rep);
  assert_int_equal(fclose(f), 0);
}

static void work_that_does_not_add_up_is_named_and_work_that_does_is_not(void **unused) {
  (void)unused;
  scenario_run r = {0};
  char told[8192];
  run_scenario(&r, run_write("report.yaml", text), 0, NULL);
  assert_true(r.rep.tool[0].work > 0 && r.rep.energy_end > r.rep.energy_begin);
  summary(&r, 0.4, 0.57, told, sizeof told);
  assert_non_null(strstr(told, "not accounted for: 0.03 J, 3.0 % of the work"));
  summary(&r, 0.4, 0.64, told, sizeof told);
  assert_non_null(strstr(told, "not accounted for: -0.04 J, -4.0 % of the work"));
  summary(&r, 0.4, 0.595, told, sizeof told);
  assert_null(strstr(told, "not accounted for"));
  run_free(&r);
}

static void an_element_inside_out_at_a_node_is_told(void **unused) {
  (void)unused;
  scenario_run r = {0};
  char told[8192];
  run_scenario(&r, run_write("report_volume.yaml", text), 0, NULL);
  double least = 1;
  for (int row = 0; row < r.nrow; row++) least = fmin(least, *run_at(&r, row, "solver/volume_least"));
  assert_true(least > 0.5 && least < 1); /* a ball of 40 mm presses 2 N into fat */
  assert_close(r.rep.volume_least, least, 0);
  r.rep.volume_least = 0.25;
  summary(&r, 0.4, 0.6, told, sizeof told);
  assert_non_null(strstr(told, "at least 0.25 of their volume at every node"));
  r.rep.volume_least = -0.1;
  summary(&r, 0.4, 0.6, told, sizeof told);
  assert_non_null(strstr(told, "inside out at a node"));
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {cmocka_unit_test(work_that_does_not_add_up_is_named_and_work_that_does_is_not),
                                     cmocka_unit_test(an_element_inside_out_at_a_node_is_told)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
