/* A rigid ball deep in skin, fat, fascia and muscle: the push converges with the mesh. The meshes are a quarter of
 * scenarios/validation/ball.yaml, so that the test is short. */
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

static double press(int cells) {
  scenario_run r = {0};
  char set[64], curve[32];
  snprintf(set, sizeof set, "body.cells=[%d, %d]", cells, cells);
  run_scenario(&r, SOURCE_DIR "/scenarios/validation/ball.yaml", 5,
               (const char *[]){set, "body.size=[60 mm, 60 mm]", "body.origin=corner", "body.faces.left=sliding",
                                "body.faces.tail=sliding"});
  snprintf(curve, sizeof curve, "%d x %d x 7 elements", 2 * cells, 2 * cells);
  for (int row = 0; row < r.nrow; row++)
    figure_curve("ball", curve, 1e3 * *run_at(&r, row, "hand/ball/indentation"),
                 4 * *run_at(&r, row, "hand/ball/push"));
  int last = r.nrow - 1;
  double force = 4 * *run_at(&r, last, "hand/ball/push"), depth = *run_at(&r, last, "hand/ball/indentation");
  print_message("%d cells: %d unknowns, %.4f N at %.3f mm, %ld Newton, %ld linear, %d steps\n", cells,
                3 * r.m->mesh->nnode, force, 1e3 * depth, r.rep.newton, r.rep.krylov, last);
  assert_close(depth, 10e-3, test_round(100) * 10e-3);
  assert_true(*run_at(&r, last, "hand/ball/penetration") <= 0.01 * depth);
  run_free(&r);
  return force;
}

static void the_push_of_a_deep_ball_converges_with_the_mesh(void **unused) {
  (void)unused;
  const int cells[3] = {4, 8, 12};
  double force[3];
  for (int i = 0; i < 3; i++) {
    char what[64];
    force[i] = press(cells[i]);
    snprintf(what, sizeof what, "push at 10 mm, %d elements across", 2 * cells[i]);
    figure_show(.section = "ball", .what = what, .unit = "N", .computed = force[i], .target = NAN, .kind = FIGURE_SHOWN,
                .source = "not published");
  }
  /* Between the two finer meshes: within the 1 % of penetration that contact allows, and closer than the pair before.
   */
  figure_show(.section = "ball", .what = "push of the finest mesh over that of the middle one",
              .computed = force[2] / force[1], .target = 1, .share = 0.01, .kind = FIGURE_EXACT,
              .source = "convergence with the mesh");
  assert_true(fabs(force[2] - force[1]) < fabs(force[1] - force[0]));
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_push_of_a_deep_ball_converges_with_the_mesh)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
