/* Two frictionless contacts that are not a ball: a rigid flat disc, whose pressure has no bound at its rim, and a rigid
   cylinder across a slice in plane strain. Poisson's ratio 1/2: E* = 4 G. */
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

/* ---- flat disc on the layer of hertz.yaml ----------------------------------------------------------------------- */

/* Boussinesq: F = 2 a E* delta on a half space (Johnson, Contact Mechanics, 1985, section 3.8). On a bonded layer of
   thickness H the far field is nearer by F/(4 pi G) int (1 - L) ds / H (test_hertz.c has the same constant). */
static const double G = 10e3, H = 1, A = 50e-3, EDGE = 1e-3; /* Pa, m */

static double nearer(double F) {
  const double ds = 1e-4;
  double sum = 0;
  for (int i = 0; i < 300000; i++) {
    double s = (i + 0.5) * ds, e = exp(-2 * s);
    sum += (1 - (1 - e * e - 4 * s * e) / (1 + e * e + (2 + 4 * s * s) * e)) * ds;
  }
  return F / (4 * M_PI * G * H) * sum;
}

static double disc(int cells, int sheets) {
  scenario_run r = {0};
  char set[4][128];
  snprintf(set[0], sizeof set[0], "body.cells=[%d, %d]", cells, cells);
  snprintf(set[1], sizeof set[1], "body.layers[0].cells=%d", sheets);
  snprintf(set[2], sizeof set[2],
           "hands={ball: {kind: flat_head, radius: %g m, thickness: 20 mm, edge: %g m, friction: 0}}", A, EDGE);
  snprintf(set[3], sizeof set[3], "session[0].press=0.5 N");
  run_scenario(&r, SOURCE_DIR "/scenarios/validation/hertz.yaml", 4, (const char *[]){set[0], set[1], set[2], set[3]});
  int row = r.nrow - 1;
  double F = 4 * *run_at(&r, row, "hand/ball/push"), d = *run_at(&r, row, "hand/ball/indentation");
  double share = F / (8 * A * G * (d + nearer(F)));
  print_message("%7d unknowns: indentation %.4f mm, force over theory %.4f, penetration %.2g um, %.1f s\n",
                3 * r.m->mesh->nnode, 1e3 * d, share, 1e6 * *run_at(&r, row, "hand/ball/penetration"), r.rep.wall);
  run_free(&r);
  return share;
}

static void a_flat_disc_is_pushed_back_as_boussinesq_says(void **unused) {
  (void)unused;
  const double of[3] = {disc(8, 5), disc(12, 6), disc(16, 7)};
  /* 2.5 %: the rim is rounded by 1 mm of 50, so the contact ends between 49 and 50 mm, 2 % in the force; walls at 30 a
     add 0.3 %. A rim inside an element costs up to half of the distance of its points, 1 to 3 mm, on the coarse ones.
   */
  const double allowed[3] = {0.04, 0.03, 0.025};
  const char *what[3] = {"force over theory, coarse", "force over theory, middle", "force over theory, fine"};
  for (int i = 0; i < 3; i++)
    figure_show(.section = "punch", .what = what[i], .computed = of[i], .target = 1, .share = allowed[i],
                .kind = FIGURE_EXACT,
                .source = "Boussinesq, in Johnson 1985, section 3.8, with the thickness of the layer");
}

/* ---- cylinder across a slice ------------------------------------------------------------------------------------ */

static const char slice[] = "knead: 1\n"
                            "body:\n"
                            "  kind: block\n"
                            "  size: [10 mm, 300 mm]\n"
                            "  origin: corner\n"
                            "  cells: [1, 24]\n"
                            "  grading: {toward_y: 6 mm, ratio: 60}\n"
                            "  layers: [{name: layer, thickness: 200 mm, cells: 8, grade: 40}]\n"
                            "  faces: {left: sliding, right: sliding, tail: sliding, head: sliding, bottom: fixed}\n"
                            "tissue: {layer: {law: neo_hookean, mu: 1 MPa, bulk: 1 GPa}}\n"
                            "hands: {bar: {kind: roller, radius: 150 mm, length: 400 mm, edge: 1 mm, friction: 0}}\n"
                            "session: [{hand: bar, technique: compression, at: [0 m, 5 mm], press: 5.9 N, ramp: 0.5 s, "
                            "hold: 1 s, release: 0.5 s}]\n"
                            "time: {end: 1.5 s, first: 0.5 s, max: 0.5 s, tolerance: 1e-6}\n"
                            "output: {every: 1.5 s, fields: [displacement]}\n";

/* Half of the slice: a^2 = 4 F R/(pi E* width), largest pressure: the root of F E* / (pi R width) (Johnson 1985,
 * section 4.2). */
static void line(int cells, int sheets, double *width, double *peak) {
  const double R = 0.15, E = 4e6, thick = 0.01;
  scenario_run r = {0};
  char set[2][64];
  snprintf(set[0], sizeof set[0], "body.cells=[1, %d]", cells);
  snprintf(set[1], sizeof set[1], "body.layers[0].cells=%d", sheets);
  run_scenario(&r, run_write("line.yaml", slice), 2, (const char *[]){set[0], set[1]});
  int row = r.nrow - 1;
  double F = 2 * *run_at(&r, row, "hand/bar/push") / thick, a = sqrt(4 * F * R / (M_PI * E));
  *width = *run_at(&r, row, "hand/bar/contact_area") / thick / a;
  *peak = *run_at(&r, row, "hand/bar/pressure_max") / sqrt(F * E / (M_PI * R));
  print_message("%7d unknowns: a = %.3f mm, half width %.4f of it, largest pressure %.4f of theory, %.1f s\n",
                3 * r.m->mesh->nnode, 1e3 * a, *width, *peak, r.rep.wall);
  assert_below(a, R / 15);
  run_free(&r);
}

static void a_cylinder_presses_as_hertz_says_of_a_line(void **unused) {
  (void)unused;
  double width[3], peak[3];
  line(16, 6, width, peak), line(24, 8, width + 1, peak + 1), line(36, 10, width + 2, peak + 2);
  const char *mesh[3] = {"coarse", "middle", "fine"};
  /* Pressure, 3 %: strains of a/R = 5 % leave theory by a part of themselves, penetration takes 1 % of a depth to whose
     root the pressure goes, the mesh the rest. Width, 8 and 5 %: its edge lies between two points, a third of an
     element apart. */
  const double wide[3] = {0.1, 0.08, 0.05}, high[3] = {0.04, 0.03, 0.03};
  for (int i = 0; i < 3; i++) {
    char what[64];
    snprintf(what, sizeof what, "half width of a line contact over theory, %s", mesh[i]);
    figure_show(.section = "punch", .what = what, .computed = width[i], .target = 1, .share = wide[i],
                .kind = FIGURE_EXACT, .source = "Hertz, in Johnson 1985, section 4.2");
    snprintf(what, sizeof what, "largest pressure of a line contact over theory, %s", mesh[i]);
    figure_show(.section = "punch", .what = what, .computed = peak[i], .target = 1, .share = high[i],
                .kind = FIGURE_EXACT, .source = "Hertz, in Johnson 1985, section 4.2");
  }
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_cylinder_presses_as_hertz_says_of_a_line),
      cmocka_unit_test(a_flat_disc_is_pushed_back_as_boussinesq_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
