/* A rigid ball pressed and drawn along: the ring that slips and the force it takes, after Cattaneo and Mindlin. */
#include "sim/fe/shape.h"
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

/* Johnson, Contact Mechanics, 1985, section 7.2, one body rigid, the other of shear modulus G and nu = 1/2:
     c/a = (1 - Q/(mu P))^(1/3)                                       points within c stick
     delta = 3 mu P (2 - nu)/(16 a G) [1 - (1 - Q/(mu P))^(2/3)]      of the ball against the far field */
#define JOHNSON "Cattaneo 1938 and Mindlin 1949, in Johnson 1985, section 7.2"
static const double R = 1, H = 0.6, G = 10e3, NU = 0.5, MU = 1, HALF = 3.5; /* m, Pa, N: of cattaneo.yaml */

/* The far field of a layer of thickness H is nearer than that of a half space. A tangential load on a bonded
   incompressible layer moves the skin by
     u(k) = 1/(G k) [cos^2 L(kH)/2 + sin^2 tanh(kH)],   L(s) = (sinh 2s + 2s)/(cosh 2s + 1 + 2s^2),
   a half space by the same with L = tanh = 1. Close to a small contact the difference is a constant times Q. */
static double nearer(double Q) {
  const double ds = 1e-4;
  double sum = 0;
  for (int i = 0; i < 300000; i++) { /* what is left out falls like exp(-2 s) */
    double s = (i + 0.5) * ds, e = exp(-2 * s);
    double L = (0.5 * (1 - e * e) + 2 * s * e) / (0.5 * (1 + e * e) + (1 + 2 * s * s) * e);
    sum += (0.5 * (1 - L) + 1 - tanh(s)) * ds;
  }
  return Q / (4 * M_PI * G * H) * sum;
}

/* Reference area of each point of a facet of a flat skin. */
static double point_area(const mesh *g, int facet, int q) {
  const int32_t *node = g->skin + FACET_NODES * facet;
  const double *low = g->x + 3 * (size_t)node[0], *high = g->x + 3 * (size_t)node[8];
  return 0.25 * (high[0] - low[0]) * (high[1] - low[1]) * shape_weight[q % 3] * shape_weight[q / 3];
}

typedef struct result {
  int inside;                 /* elements on the contact radius */
  double ratio, ring, travel; /* Q/(mu P); c/a over theory; largest deviation of delta, share of theory */
} result;

static result draw(int cells, int sheets) {
  scenario_run r = {0};
  char set[2][64];
  snprintf(set[0], sizeof set[0], "body.cells=[%d, %d]", cells, 2 * cells);
  snprintf(set[1], sizeof set[1], "body.layers[0].cells=%d", sheets);
  run_scenario(&r, SOURCE_DIR "/scenarios/validation/cattaneo.yaml", 2, (const char *[]){set[0], set[1]});
  const model *m = r.m;
  const double *p = r.last + m->fields[model_field(m, "skin_pressure")].offset,
               *tau = r.last + m->fields[model_field(m, "contact_friction")].offset;
  double pressed = 0, stuck = 0;
  for (int i = 0; i < m->mesh->nskin * QUAD_FACET; i++) {
    if (p[i] <= 0) continue;
    double w = point_area(m->mesh, i / QUAD_FACET, i % QUAD_FACET),
           size = sqrt(tau[3 * i] * tau[3 * i] + tau[3 * i + 1] * tau[3 * i + 1] + tau[3 * i + 2] * tau[3 * i + 2]);
    pressed += w;
    /* Bounds are settled to 1 % of the friction; theory falls below 0.97 of it within 0.1 % of c. */
    if (size < 0.97 * MU * p[i]) stuck += w;
  }
  result out = {0};
  int row = r.nrow - 1;
  double a = sqrt(2 * pressed / M_PI), c = sqrt(2 * stuck / M_PI);
  double Q = 2 * run_at(&r, row, "hand/ball/force")[1], P = 2 * *run_at(&r, row, "hand/ball/push");
  out.ratio = Q / (MU * P);
  out.ring = c / a / cbrt(1 - out.ratio);
  for (int i = 0; i < r.nrow; i++) {
    double q = 2 * run_at(&r, i, "hand/ball/force")[1], share = q / (MU * P),
           d = run_at(&r, i, "hand/ball/position")[1];
    if (!(d > 0)) continue;
    double theory = 3 * MU * P * (2 - NU) / (16 * a * G) * (1 - pow(1 - share, 2.0 / 3)) - nearer(q);
    char label[48];
    snprintf(label, sizeof label, "%d cells", cells);
    figure_curve("cattaneo", label, 1e3 * d, share);
    if (cells == 11) figure_curve("cattaneo", "theory", 1e3 * theory, share);
    if (fabs(d / theory - 1) > fabs(out.travel)) out.travel = d / theory - 1;
    print_message("   delta %.4f mm, Q/(mu P) %.4f, theory for that %.4f mm: %.4f\n", 1e3 * d, share, 1e3 * theory,
                  d / theory);
  }
  const mesh *g = m->mesh;
  for (int i = 1; i <= g->nx; i++)
    out.inside += g->x[3 * (size_t)mesh_node(g, 2 * i, 0, 2 * g->nz)] + 0.375 <= a * 1.001;
  print_message("%d unknowns, %d elements on a = %.2f mm (sqrt(R d) %.2f): Q/(mu P) %.4f, c/a %.4f, of theory %.4f; "
                "%ld Newton, %ld linear, %.1f s\n",
                3 * g->nnode, out.inside, 1e3 * a, 1e3 * sqrt(R * *run_at(&r, row, "hand/ball/indentation")), out.ratio,
                c / a, out.ring, r.rep.newton, r.rep.krylov, r.rep.wall);
  assert_close(P, 2 * HALF, 1e-3 * 2 * HALF);
  run_free(&r);
  return out;
}

static void a_drawn_ball_slips_in_the_ring_that_mindlin_says(void **unused) {
  (void)unused;
  const result of[3] = {draw(6, 3), draw(8, 4), draw(11, 5)};
  /* Judged on the finest mesh. Displacement, 3 %: the elastic stick gives way by at most 0.5 % of a facet, 1 to 2 % of
     the draw; bounds are settled to 1 % of the friction; the walls at 15 a and strains of 10 % are left out, each below
     1 %. Ring, 5 %: c and a are means over a circle, each known to half the distance of the skin's points, a third of
     an element. The coarser meshes are shown: the ring must come nearer than two elements on a leave it, but between
     three and four (0.5 and 0.6 % off, 1.2 and 1.0 % by another path of Newton) no order can be asked for, both are
     far below what points know; the displacement must come nearer each time. */
  for (int i = 0; i < 3; i++) {
    const char *kind = i == 2 ? FIGURE_EXACT : FIGURE_SHOWN;
    char what[96];
    snprintf(what, sizeof what, "radius of stick over theory, %d elements on the contact radius", of[i].inside);
    figure_show(.section = "cattaneo", .what = what, .computed = of[i].ring, .target = 1, .share = 0.05, .kind = kind,
                .source = JOHNSON);
    snprintf(what, sizeof what, "largest deviation of delta(Q), %d elements on the contact radius", of[i].inside);
    figure_show(.section = "cattaneo", .what = what, .computed = of[i].travel, .target = 0, .low = -0.03, .high = 0.03,
                .kind = kind, .source = JOHNSON " with the thickness of the layer");
    assert_in_range((int)(100 * of[i].ratio), 75, 90); /* a ring that is there, and a circle that is left */
    assert_true(i == 0 || fabs(of[i].ring - 1) < fabs(of[0].ring - 1));
    assert_true(i == 0 || fabs(of[i].ring - 1) < 0.2 / of[i].inside); /* a fifth of an element: those 5 % at four */
    assert_true(i == 0 || fabs(of[i].travel) < fabs(of[i - 1].travel));
  }
  assert_true(of[2].inside >= 4);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_drawn_ball_slips_in_the_ring_that_mindlin_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
