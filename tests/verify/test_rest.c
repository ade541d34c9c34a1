/* Tone and nodules: the body begins in the balance that resting activation makes, and a nodule is its tissue with
   another stiffness or activation. */
#include "tests/verify/law_forms.h"
#include "tests/verify/scenario_run.h"

/* Free sides, three faces slide: one homogeneous state. Fibres along y. */
static const char toned[] =
    "knead: 1\n"
    "body:\n"
    "  kind: block\n"
    "  size: [20 mm, 30 mm]\n"
    "  origin: corner\n"
    "  cells: [2, 2]\n"
    "  layers: [{name: muscle, thickness: 20 mm, cells: 2, fibre: 0 deg}]\n"
    "  faces: {left: sliding, tail: sliding, bottom: sliding}\n"
    "tissue: {muscle: {law: muscle_transiso, g1: 3 kPa, g2: 3 kPa, g3: 4 kPa, p1: 0.1, p2: 6.6, lofl: 1,\n"
    "                  lam_max: 1.4, smax: 300 kPa, bulk: 300 kPa, tone: 0.05}}\n"
    "session: [{rest: 0.3 s}]\n"
    "probes: {corner: {at: [30 mm, 20 mm]}}\n"
    "time: {first: 0.1 s, max: 0.1 s, tolerance: 1e-9}\n"
    "output: {every: 0.1 s, fields: [displacement, intramuscular_pressure]}\n";

/* Principal stretches at which the law, active by `tone`, bears no stress: along the fibres and across, by Newton with
   differences; 1e-7 is the middle between their errors. */
static void stress_free(const law *l, double tone, double x[2]) {
  x[0] = x[1] = 1;
  for (int i = 0; i < 50; i++) {
    double r[3][2];
    for (int k = 0; k < 3; k++) {
      double y[2] = {x[0] + 1e-7 * (k == 1), x[1] + 1e-7 * (k == 2)};
      batch b = law_stretched(y[1], y[0], y[1]);
      bench_fibre(&b, 0, 0, 1, 0);
      b.has_active = 1;
      for (int q = 0; q < NB; q++) b.active[q] = tone;
      nine P = bench_stress(l, &b);
      r[k][0] = P.v[4 * NB], r[k][1] = P.v[0];
    }
    double a = (r[1][0] - r[0][0]) / 1e-7, b = (r[2][0] - r[0][0]) / 1e-7, c = (r[1][1] - r[0][1]) / 1e-7,
           d = (r[2][1] - r[0][1]) / 1e-7, det = a * d - b * c;
    x[0] -= (d * r[0][0] - b * r[0][1]) / det, x[1] -= (a * r[0][1] - c * r[0][0]) / det;
  }
}

static void a_free_muscle_shortens_by_its_tone_before_anything_happens_and_stays_so(void **unused) {
  (void)unused;
  law l = LAW("muscle_transiso", {"g1", 3e3}, {"g2", 3e3}, {"g3", 4e3}, {"p1", 0.1}, {"p2", 6.6}, {"lofl", 1},
              {"lam_max", 1.4}, {"smax", 300e3}, {"bulk", 300e3});
  double x[2];
  stress_free(&l, 0.05, x);
  scenario_run r = {0};
  run_scenario(&r, run_write("rest_tone.yaml", toned), 0, NULL);
  print_message("stretch along %.6f, across %.6f without stress; frame 0 moved the corner by %.4f mm along\n", x[0],
                x[1], 1e3 * run_at(&r, 0, "probe/corner/displacement")[1]);
  assert_true(x[0] < 0.98); /* it does something */
  for (int row = 0; row < r.nrow; row++) {
    const double *u = run_at(&r, row, "probe/corner/displacement"), *f = run_at(&r, row, "support/force");
    /* Newton stops at 1e-9 of a force of 1 N; against a stiffness of mu times 2 cm that is 1e-11 m, and Newton's last
       step squares it. The differences of stress_free leave 1e-9 of a stretch. */
    assert_close(u[1], (x[0] - 1) * 0.03, 1e-9);
    assert_close(u[0], (x[1] - 1) * 0.02, 1e-9);
    for (int k = 0; k < 3; k++) assert_close(f[k], 0, 1e-6); /* nothing holds it but itself */
    if (row) assert_true(run_at(&r, row, "solver/newton_iterations")[0] == 0);
  }
  run_free(&r);
}

static const char two[] =
    "knead: 1\n"
    "body: {kind: block, size: [40 mm, 40 mm], cells: [4, 4], layers: [{name: gel, thickness: 40 mm, cells: 4}],\n"
    "       faces: {bottom: fixed}}\n"
    "tissue: {gel: {law: neo_hookean, mu: 6 kPa, bulk: 300 kPa}}\n"
    "nodules: {knot: {at: [0 mm, 0 mm], depth: 20 mm, size: [1 cm, 1 cm, 1 cm], stiffness: 2}}\n"
    "session: [{grip: plate, face: top, move: [0 mm, 0 mm, -2 mm], ramp: 1 s, mode: bonded}]\n"
    "time: {first: 1 s, max: 1 s, tolerance: 1e-9}\n"
    "output: {every: 1 s, fields: [displacement]}\n";

static double plate_force(const char *size, const char *stiffness, int *npoint) {
  char set[2][96];
  snprintf(set[0], sizeof set[0], "nodules.knot.size=%s", size);
  snprintf(set[1], sizeof set[1], "nodules.knot.stiffness=%s", stiffness);
  scenario_run r = {0};
  run_scenario(&r, run_write("rest_nodule.yaml", two), 2, (const char *const[]){set[0], set[1]});
  double f = run_at(&r, r.nrow - 1, "rig/plate/force")[2];
  *npoint = r.m->nodules[0].npoint;
  run_free(&r);
  return f;
}

static void a_nodule_stiffens_what_it_fills(void **unused) {
  (void)unused;
  int all, some, none;
  double plain = plate_force("[300 mm, 300 mm, 300 mm]", "1", &none),
         whole = plate_force("[300 mm, 300 mm, 300 mm]", "2", &all),
         knot = plate_force("[16 mm, 16 mm, 16 mm]", "2", &some);
  print_message("force under 2 mm: %.5f N plain, %.5f N all twice as stiff, %.5f N with a knot of %d points\n", plain,
                whole, knot, some);
  assert_int_equal(all, 4 * 4 * 4 * 27);
  /* The whole energy is doubled, so the force is; to what Newton leaves of it. */
  assert_close(whole, 2 * plain, 1e-7 * fabs(plain));
  assert_true(fabs(knot) > 1.005 * fabs(plain) && fabs(knot) < 1.1 * fabs(plain)); /* 3 % of the block is in it */
  /* Points stand 4.5 mm apart on average: those within half weight, r < 1, are the ball's share of the volume to within
     a layer of points. */
  double share = 4.0 / 3 * 3.14159 * 8 * 8 * 8 / (40 * 40 * 40);
  assert_close(some, share * 4 * 4 * 4 * 27, 0.5 * share * 4 * 4 * 4 * 27);
}

static void refused(const char *set, const char *word) {
  arena *memory = arena_create(1 << 20);
  scenario *scn;
  model *m = NULL;
  status st = scenario_open(run_write("rest_bad.yaml", two), 1, &set, memory, &scn);
  if (st == ST_OK) st = build_model(scn, &models_catalog, &m, NULL);
  assert_int_equal(st, ST_INPUT);
  int found = 0;
  for (int i = 0; i < scn->nerror; i++) found |= strstr(scn->error[i].text, word) != NULL;
  if (!found)
    print_error("%s: no message says '%s'; the first: %s\n", set, word, scn->nerror ? scn->error[0].text : "none");
  assert_true(found);
  model_free(&m);
  arena_destroy(&memory);
}

static void nodules_that_make_no_sense_are_refused(void **unused) {
  (void)unused;
  refused("nodules.knot={at: [0 mm, 0 mm], depth: 20 mm, stiffness: 2, activation: 0.1}", "not both");
  refused("nodules.knot={at: [0 mm, 0 mm], depth: 20 mm}", "either stiffer or more active");
  refused("nodules.knot={at: [0 mm, 0 mm], depth: 20 mm, activation: 0.1}", "no fibres to activate");
  refused("nodules.knot={at: [0 mm, 0 mm], depth: 20 mm, stiffness: 2, size: [1 mm, 1 mm, 1 mm]}",
          "too small for this mesh");
  refused("tissue.gel.tone=0.1", "no fibres, so it has no tone");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_free_muscle_shortens_by_its_tone_before_anything_happens_and_stays_so),
      cmocka_unit_test(a_nodule_stiffens_what_it_fills),
      cmocka_unit_test(nodules_that_make_no_sense_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
