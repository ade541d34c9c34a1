/* The number of threads changes nothing: the last state and every history row are the same bits. */
#include "tests/verify/scenario_run.h"

/* Two hands with friction, large enough that every parallel loop has several pieces: 7 443 unknowns are 8 blocks of a
 * sum. */
static const char text[] =
    "knead: 1\n"
    "body:\n"
    "  kind: block\n"
    "  size: [120 mm, 140 mm]\n"
    "  cells: [7, 8]\n"
    "  layers: [{name: fat, thickness: 10 mm, cells: 1}, {name: muscle, thickness: 30 mm, cells: 3, fibre: 0 deg}]\n"
    "tissue:\n"
    "  fat: {law: neo_hookean, mu: 8 kPa, bulk: 400 kPa}\n"
    "  muscle: {law: fibre_neo_hookean, mu: 6 kPa, bulk: 300 kPa, fibre: 60 kPa}\n"
    "hands:\n"
    "  ball: {kind: sphere, radius: 40 mm, friction: 0.3}\n"
    "  palm: {kind: palm, length: 8 cm, width: 6 cm, friction: 0.1, arm: {sideways: 1 N/mm, sideways_damping: 20 N "
    "s/m}}\n"
    "physiology: {perfusion: {}}\n"
    "gravity: {posture: left_side}\n"
    "session:\n"
    "  - together:\n"
    "      - {stretch: elongation, amount: 3 mm, ramp: 0.3 s}\n"
    "      - {hand: ball, technique: compression, at: [30 mm, -30 mm], press: 6 N, ramp: 0.2 s, hold: 0.1 s, release: "
    "0.1 s}\n"
    "      - {hand: palm, technique: effleurage, from: [-40 mm, 20 mm], to: [-20 mm, 20 mm], press: 8 N, speed: 8 "
    "cm/s, ramp: 0.1 s, gain: 0.1 s}\n"
    "time: {first: 50 ms, max: 100 ms}\n"
    "output: {every: 0.2 s}\n";

static void state_and_history_are_the_same_bits_for_one_two_and_three_threads(void **unused) {
  (void)unused;
  scenario_run r[3] = {{0}};
  const char *file = run_write("threads.yaml", text);
  for (int n = 0; n < 3; n++) {
    par_setup(n + 1); /* before the model: its scratch is made for this many */
    assert_int_equal(par_nthread(), n + 1);
    run_scenario(r + n, file, 0, NULL);
  }
  par_setup(0);
  const scenario_run *one = r;
  assert_true(one->nrow > 4);
  print_message("%d steps, %zu doubles in a state, %d in a row\n", one->nrow - 1, one->m->state_size, one->nvalue);
  double most = 0;
  for (int row = 0; row < one->nrow; row++) most = fmax(most, *run_at(one, row, "hand/palm/push"));
  assert_true(most > 7); /* something did happen */
  int wall = run_column(one, "solver/wall_s");
  for (int n = 1; n < 3; n++) {
    assert_int_equal(r[n].nrow, one->nrow);
    assert_int_equal(r[n].nvalue, one->nvalue);
    assert_true(r[n].m->state_size == one->m->state_size);
    for (int row = 0; row < one->nrow; row++)
      for (int k = 0; k < one->nvalue; k++) {
        size_t i = (size_t)row * (size_t)one->nvalue + (size_t)k;
        if (k != wall && memcmp(r[n].row + i, one->row + i, sizeof *one->row))
          fail_msg("row %d, value %d: %.17g with %d threads, %.17g with one", row, k, r[n].row[i], n + 1, one->row[i]);
      }
    for (size_t i = 0; i < one->m->state_size; i++)
      if (memcmp(r[n].last + i, one->last + i, sizeof *one->last)) {
        const char *field = "";
        for (int f = 0; f < one->m->nfield; f++)
          if (one->m->fields[f].offset <= i) field = one->m->fields[f].decl.name;
        fail_msg("state, double %zu (%s): %.17g with %d threads, %.17g with one", i, field, r[n].last[i], n + 1,
                 one->last[i]);
      }
  }
  for (int n = 0; n < 3; n++) run_free(r + n);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(state_and_history_are_the_same_bits_for_one_two_and_three_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
