/* The weight of a body: a column under its own weight against its closed form, supports that carry it, and its work. */
#include "tests/verify/law_forms.h"
#include "tests/verify/scenario_run.h"

static const double RHO = 1100, G = 9.80665, H = 0.2, MU = 6e3, K = 6e4;

/* 40 x 30 x 200 mm between smooth walls: every height has a state of its own, by one dimension. */
static const char column[] = "knead: 1\n"
                             "body:\n"
                             "  kind: block\n"
                             "  size: [40 mm, 30 mm]\n"
                             "  origin: corner\n"
                             "  cells: [1, 1]\n"
                             "  layers: [{name: gel, thickness: 200 mm, cells: 2}]\n"
                             "  faces: {left: sliding, right: sliding, tail: sliding, head: sliding, bottom: fixed}\n"
                             "tissue: {gel: {law: neo_hookean, mu: 6 kPa, bulk: 60 kPa, density: 1100 kg/m3}}\n"
                             "gravity: {posture: prone}\n"
                             "session: [{rest: 0.1 s}]\n"
                             "probes: {top: {at: [0 mm, 0 mm]}}\n"
                             "time: {first: 0.1 s, max: 0.1 s, tolerance: 1e-10}\n"
                             "output: {every: 0.1 s, fields: [displacement, pressure]}\n";

typedef struct level {
  law l;
  double weight; /* of what lies above, Pa */
} level;

/* Stress of a confined stretch, plus the weight above: rises with the stretch, 0 where they balance. */
static double imbalance(double x, const void *ctx) {
  const level *k = ctx;
  batch b = law_stretched(1, 1, x);
  return bench_stress(&k->l, &b).v[8 * NB] + k->weight;
}

static double stretch_at(double z) {
  level k = {.l = LAW("neo_hookean", {"mu", MU}, {"bulk", K}), .weight = RHO * G * (H - z)};
  return law_root(imbalance, &k, 0.5, 1.5);
}

static double sinks(const char *cells) {
  char set[64];
  snprintf(set, sizeof set, "body.layers[0].cells=%s", cells);
  scenario_run r = {0};
  run_scenario(&r, run_write("weight_column.yaml", column), 1, (const char *const[]){set});
  double u = run_at(&r, 0, "probe/top/displacement")[2];
  /* At rest from the first frame on: nothing to do in the step. */
  assert_close(run_at(&r, r.nrow - 1, "probe/top/displacement")[2], u, 0);
  assert_true(run_at(&r, r.nrow - 1, "solver/newton_iterations")[0] == 0);
  run_free(&r);
  return u;
}

static void a_column_sinks_under_its_own_weight_by_the_closed_form(void **unused) {
  (void)unused;
  enum { N = 200 };
  double exact = 0;
  for (int i = 0; i <= N; i++) /* Simpson: smooth, 1e-10 of it */
    exact += (i == 0 || i == N ? 1 : i % 2 ? 4 : 2) * (stretch_at(H * i / N) - 1) * H / N / 3;
  double error[3] = {sinks("2") - exact, sinks("4") - exact, sinks("8") - exact};
  print_message("the top sinks by %.6f mm (linear: %.3f); off by %.2g, %.2g, %.2g of it with 2, 4, 8 elements\n",
                -1e3 * exact, 1e3 * RHO * G * H * H / 2 / (K + 4.0 / 3 * MU), error[0] / exact, error[1] / exact,
                error[2] / exact);
  /* Quadratic elements: a displacement averaged by the load converges with order 4. Within 0.2 of theory is the
     ladder's figure; more is better. */
  assert_true(log2(fabs(error[0] / error[1])) > 3.8 && log2(fabs(error[1] / error[2])) > 3.8);
  assert_below(fabs(error[2]), 1e-6 * fabs(exact));
}

static void its_pressure_grows_with_depth_and_the_floor_carries_all(void **unused) {
  (void)unused;
  scenario_run r = {0};
  /* So stiff against volume change that the pressure is all of the stress: rho g h, but for mu/K. */
  run_scenario(&r, run_write("weight_column.yaml", column), 2,
               (const char *const[]){"tissue.gel.bulk=60 MPa", "body.layers[0].cells=8"});
  const double *p = r.last + r.m->fields[model_field(r.m, "pressure")].offset, *x = r.m->mesh->x;
  for (int cell = 0; cell < 8; cell++) {
    double mean = 0, depth = H - x[3 * r.m->mesh->cell[CELL_NODES * cell + 13] + 2];
    for (int q = 0; q < 27; q++) mean += p[27 * cell + q] / 27; /* linear in a cell: its middle's value */
    assert_close(mean, RHO * G * depth, 4 * MU / 6e7 * RHO * G * H);
  }
  const double *f = run_at(&r, 0, "support/force"), weight = RHO * G * 0.04 * 0.03 * H;
  assert_close(f[2], weight, 1e-9 * weight); /* 1e-10 is Newton's */
  assert_close(hypot(f[0], f[1]), 0, 1e-9);
  assert_below(*run_at(&r, r.nrow - 1, "solver/balance"), 1e-6);
  run_free(&r);
}

static void each_posture_pulls_its_own_way(void **unused) {
  (void)unused;
  static const struct {
    const char *set;
    int axis;
    double sign;
  } way[] = {{"gravity.posture=prone", 2, 1},
             {"gravity.posture=upright", 1, 1},
             {"gravity.posture=left_side", 0, 1},
             {"gravity.posture=right_side", 0, -1}};
  double weight = RHO * 5 * 0.04 * 0.03 * H;
  for (int i = 0; i < 4; i++) { /* the support pushes against the pull */
    scenario_run r = {0};
    run_scenario(&r, run_write("weight_column.yaml", column), 2,
                 (const char *const[]){way[i].set, "gravity.strength=5 m/s2"});
    const double *f = run_at(&r, 0, "support/force");
    for (int k = 0; k < 3; k++) assert_close(f[k], k == way[i].axis ? way[i].sign * weight : 0, 1e-8 * weight);
    run_free(&r);
  }
}

static void lifting_a_heavy_body_costs_what_it_gains(void **unused) {
  (void)unused;
  scenario_run r = {0};
  /* Drawn out upward while it hangs: motion and weight do the work, the body stores it. */
  run_scenario(&r, run_write("weight_column.yaml", column), 5,
               (const char *const[]){"gravity.posture=upright",
                                     "session=[{stretch: elongation, amount: 3 mm, ramp: 1 s}]",
                                     "body.layers[0].thickness=20 mm", "time.max=20 ms", "time.first=20 ms"});
  double stored = r.rep.energy_end - r.rep.energy_begin, fell = r.rep.weight_end - r.rep.weight_begin;
  print_message("work of the motion %.4g J, of the weight %.4g J; stored %.4g J\n", r.rep.motion_work, fell, stored);
  assert_true(fell < 0); /* it was lifted */
  /* Trapezoids of 50 steps of a force that is nearly straight: 1e-3 of the work. */
  assert_close(r.rep.motion_work + fell, stored, 1e-3 * r.rep.motion_work);
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_column_sinks_under_its_own_weight_by_the_closed_form),
      cmocka_unit_test(its_pressure_grows_with_depth_and_the_floor_carries_all),
      cmocka_unit_test(each_posture_pulls_its_own_way),
      cmocka_unit_test(lifting_a_heavy_body_costs_what_it_gains),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
