/* A rigid ball that slides steadily over a deep layer: friction is mu times the press, and the pressure stays where it
   would be without friction, in place and size. */
#include "sim/fe/shape.h"
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

#define JOHNSON "Johnson, Contact Mechanics, 1985, section 8.3, Poisson's ratio 1/2"
static const double MU = 0.3;

typedef struct result {
  int unknowns;
  double ratio, offset;          /* Q/(mu P); m, middle of the pressure ahead of the ball */
  double radius, depth, highest; /* m, of a Hertz pressure with the same second moment; m; Pa */
  double along, excess; /* least cosine of a point's friction with the way; largest |tau|/(mu p) - 1, weighted */
} result;

static result slide(int cells, int sheets, const char *friction) {
  scenario_run r = {0};
  char set[3][64];
  snprintf(set[0], sizeof set[0], "body.cells=[%d, %d]", cells, 2 * cells);
  snprintf(set[1], sizeof set[1], "body.layers[0].cells=%d", sheets);
  snprintf(set[2], sizeof set[2], "hands.ball.friction=%s", friction);
  run_scenario(&r, SOURCE_DIR "/scenarios/validation/sliding.yaml", 3, (const char *[]){set[0], set[1], set[2]});
  const model *m = r.m;
  const mesh *g = m->mesh;
  const double *p = r.last + m->fields[model_field(m, "skin_pressure")].offset,
               *tau = r.last + m->fields[model_field(m, "contact_friction")].offset,
               *u = r.last + m->fields[model_field(m, "displacement")].offset;
  const double *ball = run_at(&r, r.nrow - 1, "hand/ball/position");
  double push = 0, first = 0, second = 0, off = 0;
  result out = {.unknowns = 3 * g->nnode};
  for (int i = 0; i < g->nskin * QUAD_FACET; i++) {
    if (p[i] <= 0) continue;
    const int32_t *node = g->skin + FACET_NODES * (i / QUAD_FACET);
    const double *low = g->x + 3 * (size_t)node[0], *high = g->x + 3 * (size_t)node[8];
    int q = i % QUAD_FACET;
    double w = p[i] * 0.25 * (high[0] - low[0]) * (high[1] - low[1]) * shape_weight[q % 3] * shape_weight[q / 3];
    double x[2] = {0}, size = hypot(hypot(tau[3 * i], tau[3 * i + 1]), tau[3 * i + 2]);
    for (int n = 0; n < FACET_NODES; n++)
      for (int k = 0; k < 2; k++)
        x[k] += shape_facet_value(q, n) * (g->x[3 * (size_t)node[n] + (size_t)k] + u[3 * (size_t)node[n] + (size_t)k]);
    push += w, first += w * (x[1] - ball[1]);
    second += w * ((x[0] - ball[0]) * (x[0] - ball[0]) + (x[1] - ball[1]) * (x[1] - ball[1]));
    off += w * fabs(size / (MU * p[i]) - 1);
  }
  int row = r.nrow - 1;
  out.ratio = run_at(&r, row, "hand/ball/force")[1] / (MU * *run_at(&r, row, "hand/ball/push"));
  out.offset = first / push, out.excess = off / push;
  out.radius = sqrt(2.5 * second / push); /* int p r^2 = 2/5 a^2 P of Hertz's pressure */
  out.depth = *run_at(&r, row, "hand/ball/indentation"), out.highest = *run_at(&r, row, "hand/ball/pressure_max");
  assert_close(*run_at(&r, row, "hand/ball/push"), 3.5, 1e-3 * 3.5);
  print_message("%d unknowns, friction %s: Q/(mu P) %.5f, |tau| off mu p by %.2g; middle %.3f mm "
                "ahead, radius %.3f mm, depth %.4f mm, highest %.1f Pa; %ld Newton, %ld linear, %.1f s\n",
                out.unknowns, friction, out.ratio, out.excess, 1e3 * out.offset, 1e3 * out.radius, 1e3 * out.depth,
                out.highest, r.rep.newton, r.rep.krylov, r.rep.wall);
  run_free(&r);
  return out;
}

static void show(const char *what, int unknowns, double computed, double target, double share, const char *source) {
  char text[96];
  snprintf(text, sizeof text, "%s, %d unknowns", what, unknowns);
  figure_show(.section = "sliding", .what = text, .computed = computed, .target = target, .low = target - share,
              .high = target + share, .kind = FIGURE_EXACT, .source = source);
}

static void a_sliding_ball_takes_mu_times_its_press_and_its_pressure_stays_hertzian(void **unused) {
  (void)unused;
  static const int cells[] = {6, 8}, sheets[] = {3, 4};
  double ahead[2];
  for (int i = 0; i < 2; i++) {
    result s = slide(cells[i], sheets[i], "0.3"), f = slide(cells[i], sheets[i], "0");
    /* Bounds are settled to 1 % of the friction; all of it slips. */
    show("friction of a sliding ball over mu times its press", s.unknowns, s.ratio, 1, 0.01, "Coulomb's law");
    assert_below(s.excess, 0.01);
    /* Against the same ball without friction, so that mesh and layer count twice and cancel: a radius and a depth feel
       strains of mu p/G, 5 %, in their second order, 0.3 %; 0.5 % is allowed. The middle is a difference of 0.2 mm on
       elements of 10 to 20 mm, and of that second order too: 1 % of the radius. */
    show("its contact radius over that without friction", s.unknowns, s.radius / f.radius, 1, 0.005, JOHNSON);
    show("its depth over that without friction", s.unknowns, s.depth / f.depth, 1, 0.005, JOHNSON);
    ahead[i] = (s.offset - f.offset) / s.radius;
    show("middle of its pressure ahead of it, over the radius", s.unknowns, ahead[i], 0, 0.01, JOHNSON);
    assert_true(f.ratio * MU < 1e-3 && f.ratio * MU > -1e-3); /* without friction nothing holds it back */
  }
  assert_true(fabs(ahead[1]) < fabs(ahead[0]));
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_sliding_ball_takes_mu_times_its_press_and_its_pressure_stays_hertzian),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
