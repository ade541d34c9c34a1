/* Forces balance at every accepted step, and a hand pushes with what it was asked for. */
#include "sim/fe/shape.h"
#include "tests/verify/scenario_run.h"

/* Two hands with friction and a grip at once, landing, stroking and leaving. */
static const char hands_and_grip[] =
    "knead: 1\n"
    "body:\n"
    "  kind: block\n"
    "  size: [160 mm, 200 mm]\n"
    "  cells: [8, 10]\n"
    "  layers: [{name: fat, thickness: 10 mm, cells: 1}, {name: muscle, thickness: 30 mm, cells: 2, fibre: 0 deg}]\n"
    "  faces: {left: sliding, bottom: fixed}\n"
    "tissue:\n"
    "  fat: {law: neo_hookean, mu: 8 kPa, bulk: 400 kPa}\n"
    "  muscle: {law: fibre_neo_hookean, mu: 6 kPa, bulk: 300 kPa, fibre: 60 kPa}\n"
    "hands:\n"
    "  ball: {kind: sphere, radius: 40 mm, friction: 0.3}\n"
    "  palm: {kind: palm, length: 8 cm, width: 6 cm, friction: 0.1}\n"
    "session:\n"
    "  - together:\n"
    "      - {hand: ball, technique: petrissage, at: [40 mm, -40 mm], press: 8 N, frequency: 2 Hz, radius: 3 mm, "
    "cycles: 1, ramp: 0.2 s}\n"
    "      - {hand: palm, technique: effleurage, from: [-50 mm, 30 mm], to: [-10 mm, 30 mm], press: 12 N, speed: 8 "
    "cm/s, ramp: 0.2 s, gain: 0.1 s}\n"
    "      - {grip: pull, face: head, move: [0 mm, 2 mm, 0 mm], ramp: 0.5 s, mode: bonded}\n"
    "  - {rest: 50 ms}\n"
    "time: {first: 25 ms, max: 100 ms}\n"
    "output: {every: 0.1 s, fields: [displacement]}\n";

/* A hand in the corner of a quarter model: skin nodes that the planes of symmetry hold are pressed too. */
static const char quarter[] = "knead: 1\n"
                              "body:\n"
                              "  kind: block\n"
                              "  size: [60 mm, 60 mm]\n"
                              "  origin: corner\n"
                              "  cells: [5, 5]\n"
                              "  layers: [{name: fat, thickness: 20 mm, cells: 2}]\n"
                              "  faces: {left: sliding, tail: sliding, bottom: fixed}\n"
                              "tissue: {fat: {law: neo_hookean, mu: 8 kPa, bulk: 400 kPa}}\n"
                              "hands: {ball: {kind: sphere, radius: 40 mm, friction: 0.3}}\n"
                              "session: [{hand: ball, technique: compression, at: [0 mm, 0 mm], press: 3 N, ramp: 0.2 "
                              "s, hold: 0.1 s, release: 0.2 s}]\n"
                              "time: {first: 50 ms, max: 100 ms}\n"
                              "output: {every: 0.1 s, fields: [displacement]}\n";

static double size3(const double v[3]) {
  return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

/* The integral of the skin's traction once more, on facets of an even grid: what a frame says about the force. */
typedef struct frames {
  double area, worst; /* of a facet, m^2; largest difference from hand_force, N */
  int pressed;
} frames;

static void integrate_traction(void *ctx, const model *m, const state *s) {
  frames *f = ctx;
  const double *traction = state_view(s, model_field(m, "skin_traction")),
               *force = state_view(s, model_field(m, "hand_force"));
  double sum[3] = {0};
  for (int i = 0; i < m->mesh->nskin * QUAD_FACET; i++)
    for (int k = 0; k < 3; k++)
      sum[k] +=
          0.25 * f->area * shape_weight[i % QUAD_FACET % 3] * shape_weight[i % QUAD_FACET / 3] * traction[3 * i + k];
  for (int t = 0; t < m->ntool; t++)
    for (int k = 0; k < 3; k++) sum[k] -= force[3 * t + k];
  f->pressed += size3(force) > 1;
  f->worst = fmax(f->worst, size3(sum));
}

/* Runs and checks every row. least: steps in which some hand must have been in contact. */
static void check(const char *name, const char *text, double facet, int least) {
  scenario_run r = {0};
  frames f = {.area = facet};
  r.on_frame = integrate_traction, r.ctx = &f;
  run_scenario(&r, run_write(name, text), 0, NULL);
  double worst = 0, error = 0;
  int contacts = 0;
  for (int row = 0; row < r.nrow; row++) {
    double sum[3] = {0}, largest = 1;
    int touching = 0;
    char path[128];
    for (int t = 0; t < r.m->ntool; t++) {
      snprintf(path, sizeof path, "hand/%s/force", r.m->tools[t].name);
      const double *force = run_at(&r, row, path);
      for (int k = 0; k < 3; k++) sum[k] += force[k];
      largest = fmax(largest, size3(force));
      snprintf(path, sizeof path, "hand/%s/asked", r.m->tools[t].name);
      double asked = *run_at(&r, row, path);
      snprintf(path, sizeof path, "hand/%s/push", r.m->tools[t].name);
      double push = *run_at(&r, row, path);
      if (push > 0) error = fmax(error, fabs(push - asked) / fmax(asked, 1));
      assert_true(push > 0 || asked < 0.01); /* what little is asked for while a hand lifts or lands may be left out */
      assert_close(push, -force[2], test_round(16) * fmax(1, push)); /* the skin is flat: inward is -z */
      touching |= push > 0;
    }
    for (int g = 0; g < r.m->nrig; g++) {
      snprintf(path, sizeof path, "rig/%s/force", r.m->rigs[g].name);
      const double *force = run_at(&r, row, path);
      for (int k = 0; k < 3; k++) sum[k] += force[k];
      largest = fmax(largest, size3(force));
    }
    const double *support = run_at(&r, row, "support/force");
    for (int k = 0; k < 3; k++) sum[k] += support[k];
    largest = fmax(largest, size3(support));
    worst = fmax(worst, size3(sum) / largest);
    /* The column says the same. */
    assert_close(*run_at(&r, row, "solver/balance"), size3(sum) / largest, test_round(100));
    contacts += touching;
  }
  print_message(
      "%s: %d steps, %d in contact, balance %.2g, force %.2g of max(asked, 1 N), traction's integral off by %.2g N\n",
      name, r.nrow - 1, contacts, worst, error, f.worst);
  assert_true(contacts >= least);
  assert_below(worst, 1e-6); /* issue: of the largest force, 1e-6 N below 1 N */
  assert_below(error, 1e-3); /* issue: of max(asked, 1 N), in contact */
  assert_below(r.rep.balance_max, 1e-6);
  /* Another sum over the same points, some thousand of them. */
  assert_true(f.pressed >= 2);
  assert_below(f.worst, test_round(1e4) * 20);
  /* Left alone again at the end: nothing presses, nothing holds but the grip. */
  assert_true(*run_at(&r, r.nrow - 1, "hand/ball/push") == 0 && *run_at(&r, r.nrow - 1, "hand/ball/contact_area") == 0);
  run_free(&r);
}

static void forces_of_hands_grip_and_supports_add_up_at_every_step(void **unused) {
  (void)unused;
  check("balance_hands.yaml", hands_and_grip, 0.02 * 0.02, 8);
}
static void forces_add_up_where_planes_of_symmetry_hold_pressed_skin(void **unused) {
  (void)unused;
  check("balance_quarter.yaml", quarter, 0.012 * 0.012, 4);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forces_of_hands_grip_and_supports_add_up_at_every_step),
      cmocka_unit_test(forces_add_up_where_planes_of_symmetry_hold_pressed_skin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
