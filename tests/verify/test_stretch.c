/* Motions of the body's own supports: against closed forms, without stress when they are rigid, in their own time. The
   lower back that bends: test_flexion.c. */
#include "tests/verify/law_forms.h"
#include "tests/verify/scenario_run.h"

/* ---- a block drawn out ---------------------------------------------------------------------------------------------
 */

/* Three faces slide, the head is drawn out: the whole block is in one homogeneous state. */
static const char drawn[] = "knead: 1\n"
                            "body:\n"
                            "  kind: block\n"
                            "  size: [20 mm, 50 mm]\n"
                            "  origin: corner\n"
                            "  cells: [2, 2]\n"
                            "  layers: [{name: gel, thickness: 30 mm, cells: 2}]\n"
                            "  faces: {left: sliding, tail: sliding, bottom: sliding, head: sliding}\n"
                            "tissue: {gel: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}}\n"
                            "session: [{stretch: elongation, amount: 20 mm, ramp: 1 s, hold: 0.13 s, return: 0.5 s}]\n"
                            "time: {first: 20 ms, max: 20 ms, tolerance: 1e-9}\n"
                            "output: {every: 1 s, fields: [displacement]}\n";

/* Force of the block at a stretch of x: sides y without stress by bisection, then P along. */
static double closed_form(double x) {
  law l = LAW("neo_hookean", {"mu", 1e4}, {"bulk", 1e5});
  double lo = 0.5, hi = 1.5;
  for (int i = 0; i < 60; i++) {
    double y = 0.5 * (lo + hi);
    batch b = law_stretched(x, y, y);
    if (bench_stress(&l, &b).v[4 * NB] > 0)
      hi = y;
    else
      lo = y;
  }
  batch b = law_stretched(x, lo, lo);
  return bench_stress(&l, &b).v[0] * 0.02 * 0.03;
}

static void a_block_drawn_out_pulls_by_the_closed_form_and_stores_the_work(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(&r, run_write("stretch_block.yaml", drawn), 0, NULL);
  assert_int_equal(r.m->geometry.faces[FACE_YP], SUPPORT_SLIDING); /* drawn straight: it goes on sliding */
  double most = 0, energy = 0, worst = 0;
  int full = 0, back = 0;
  for (int row = 0; row < r.nrow; row++) {
    double amount = *run_at(&r, row, "motion/elongation/amount"), effort = *run_at(&r, row, "motion/elongation/effort");
    double work = *run_at(&r, row, "motion/elongation/work"), stored = *run_at(&r, row, "body/strain_energy");
    const double *force = run_at(&r, row, "motion/elongation/force");
    double expected = closed_form(1 + amount / 0.05);
    /* Newton stops at 1e-9 of 1 N, forces are 5 N; the bisection is at its last place: 1e-8 covers both. */
    assert_close(effort, expected, 1e-8 * 5);
    assert_close(force[1], effort, 1e-8 * 5); /* only the head moves, straight on */
    assert_below(*run_at(&r, row, "solver/balance"), 1e-6);
    most = fmax(most, amount), energy = fmax(energy, stored), worst = fmax(worst, fabs(work - stored));
    full += fabs(run_time(&r, row) - 1) < 1e-12, back += fabs(run_time(&r, row) - 1.13) < 1e-12;
  }
  int end = r.nrow - 1;
  print_message("drawn out by %.3f mm with %.5f J; work differs from it by %.2g J at most\n", 1e3 * most, energy,
                worst);
  assert_close(most, 0.02, 0);                  /* exact: the ramp ends at a step */
  assert_true(full == 1 && back == 1);          /* steps end where it turns */
  assert_close(run_time(&r, end), 1.63, 1e-12); /* the session is as long as the motion */
  /* Trapezoids: steps of an amount of up to 1/27 of all (speed 1.875/s at 20 ms); n^-2/12 of the curvature of a force
     that is nearly straight: 1e-3. */
  assert_below(worst, 1e-3 * energy);
  assert_close(*run_at(&r, end, "motion/elongation/amount"), 0, 0);
  assert_below(fabs(*run_at(&r, end, "body/strain_energy")), 1e-9 * energy); /* and all is given back */
  assert_below(fabs(r.rep.motion_work), 1e-3 * energy);
  run_free(&r);
}

static void motions_follow_one_another_and_stay_where_they_are_left(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(&r, run_write("stretch_block.yaml", drawn), 2,
               (const char *[]){"session=[{stretch: elongation, amount: 2 mm, ramp: 0.2 s}, {rest: 0.1 s}, "
                                "{stretch: elongation, amount: 5 mm, ramp: 0.2 s, hold: 0.1 s, return: 0.2 s}, "
                                "{stretch: elongation, amount: -1 mm, ramp: 0.2 s}]",
                                "time.max=50 ms"});
  const double at[][2] = {{0, 0},      {0.1, 1e-3}, {0.2, 2e-3}, {0.3, 2e-3}, {0.4, 3.5e-3},
                          {0.5, 5e-3}, {0.6, 5e-3}, {0.8, 2e-3}, {1, -1e-3}};
  unsigned found = 0;
  double last = 0, speed = 0;
  for (int row = 0; row < r.nrow; row++) {
    double t = run_time(&r, row), amount = *run_at(&r, row, "motion/elongation/amount");
    /* a smooth ramp is half way at half time; sums of times are right to 1e-12, of which amounts make 1e-14 */
    for (unsigned i = 0; i < sizeof at / sizeof *at; i++)
      if (fabs(t - at[i][0]) < 1e-12) assert_close(amount, at[i][1], 1e-13), found |= 1u << i;
    if (row) speed = fmax(speed, fabs(amount - last) / *run_at(&r, row, "solver/dt"));
    last = amount;
  }
  assert_int_equal(found & 0x1ed, 0x1ed); /* all but those in the middle of a ramp, which no event marks */
  assert_below(speed, 15.0 / 8 * 3e-3 / 0.2 * (1 + 1e-9)); /* the polynomial's steepest */
  run_free(&r);
}

/* ---- hands that work meanwhile -------------------------------------------------------------------------------------
 */

static void a_hand_keeps_to_the_skin_at_rest_and_it_is_known_how_far_that_has_gone(void **unused) {
  (void)unused;
  const char *const sets[] = {
      "session=[{stretch: elongation, amount: 20 mm, ramp: 1 s, hold: 1 s, return: 1 s}, {hand: thumb, technique: "
      "compression, at: [40 mm, 5 mm], press: 1 N, ramp: 0.1 s, hold: 0.1 s, release: 0.1 s}, {together: [{stretch: "
      "elongation, amount: 10 mm, ramp: 1 s}, {hand: thumb, technique: compression, at: [40 mm, 5 mm], press: 1 N, "
      "ramp: 1 s, hold: 1 s}]}]"};
  arena *memory = arena_create(1 << 20);
  scenario *scn;
  model *m = NULL;
  assert_ok(scenario_open(run_write("stretch_block.yaml", drawn), 1, sets, memory, &scn));
  assert_ok(build_model(scn, &models_catalog, &m, NULL));
  assert_int_equal(m->nentry, 2);
  assert_close(m->entries[0].left, 0, 0);                   /* all is back when the first one works */
  assert_close(m->entries[1].left, 10e-3 * 40 / 50, 1e-12); /* 40 of 50 mm up, 10 mm of elongation */
  model_free(&m);
  arena_destroy(&memory);
}

/* ---- a rigid motion ------------------------------------------------------------------------------------------------
 */

/* The block, turned by its floor as a whole. */
static void turn(const void *par, int which, double amount, int n, const double *X, double *u) {
  (void)par, (void)which;
  for (int i = 0; i < n; i++) {
    double y = X[3 * i + 1] + 0.1, z = X[3 * i + 2] - 0.02, c = cos(amount) - 1, s = sin(amount);
    u[3 * i] = 0, u[3 * i + 1] = c * y + s * z, u[3 * i + 2] = c * z - s * y;
  }
}
static const param turn_rows[] = {{.name = "amount", .unit = "rad", .lo = -2, .hi = 2, .preset = NAN, .doc = "angle"},
                                  {0}};
static const body_motion turns[] = {{"turning", "the floor turns", turn_rows}, {0}};

static void a_body_turned_as_a_whole_bears_no_stress(void **unused) {
  (void)unused;
  static const char text[] =
      "knead: 1\n"
      "body: {kind: block, size: [20 mm, 50 mm], cells: [2, 2], layers: [{name: m, thickness: 30 "
      "mm, cells: 2, fibre: 20 deg}]}\n"
      "tissue: {m: {law: fibre_neo_hookean, mu: 10 kPa, bulk: 1 MPa, fibre: 50 kPa}}\n"
      "session: [{stretch: turning, amount: 40 deg, ramp: 1 s}]\n"
      "time: {first: 0.1 s, max: 0.1 s, tolerance: 1e-9}\n"
      "output: {every: 1 s, fields: [displacement]}\n";
  body turning = *models_catalog.bodies[0];
  for (int i = 0; models_catalog.bodies[i]; i++)
    if (!strcmp(models_catalog.bodies[i]->name, "block")) turning = *models_catalog.bodies[i];
  turning.motions = turns, turning.move = turn;
  const body *bodies[] = {&turning, NULL};
  catalog cat = models_catalog;
  cat.bodies = bodies;
  scenario_run r = {0};
  run_scenario_of(&r, &cat, run_write("stretch_turn.yaml", text), 0, NULL);
  double z = 0;
  for (int row = 0; row < r.nrow; row++) {
    /* Newton stops at 1e-9 of 1 N. A force of 1e-9 N moves 10 kPa x 2 cm by 5e-12 m: energy 1e-20 J, effort on an arm
       of 0.1 m 1e-10 N m. */
    assert_close(*run_at(&r, row, "body/strain_energy"), 0, 1e-12);
    assert_close(*run_at(&r, row, "motion/turning/effort"), 0, 1e-7);
    assert_close(*run_at(&r, row, "layer/m/tension_max"), 0, 1e-3);
  }
  for (int i = 0; i < r.m->mesh->nnode; i++) {
    double u[3];
    turn(NULL, 0, *run_at(&r, r.nrow - 1, "motion/turning/amount"), 1, r.m->mesh->x + 3 * (size_t)i, u);
    for (int k = 0; k < 3; k++) z = fmax(z, fabs(r.last[3 * i + k] - u[k]));
  }
  assert_below(z, 1e-9); /* m: free nodes went along, the displacement is the first field */
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_block_drawn_out_pulls_by_the_closed_form_and_stores_the_work),
      cmocka_unit_test(motions_follow_one_another_and_stay_where_they_are_left),
      cmocka_unit_test(a_hand_keeps_to_the_skin_at_rest_and_it_is_known_how_far_that_has_gone),
      cmocka_unit_test(a_body_turned_as_a_whole_bears_no_stress),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
