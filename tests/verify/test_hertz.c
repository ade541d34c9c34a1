/* A rigid ball on a deep bonded layer against Hertz with the correction for finite thickness. */
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

/* Dimitriadis et al. 2002, Biophys J 82:2798, bonded layer, any Poisson's ratio nu:
     F = 4/3 E/(1 - nu^2) sqrt(R) d^(3/2) [1 - 2 a0/pi x + 4 a0^2/pi^2 x^2 - 8/pi^3 (a0^3 + 4 pi^2/15 b0) x^3
                                            + 16 a0/pi^4 (a0^3 + 3 pi^2/5 b0) x^4],     x = sqrt(R d)/h,
     a0 = -(1.2876 - 1.4678 nu + 1.3442 nu^2)/(1 - nu),   b0 = (0.6387 - 1.0277 nu + 1.5164 nu^2)/(1 - nu).
   At nu = 1/2: 16/9 E sqrt(R) d^(3/2) [1 + 1.133 x + 1.283 x^2 + 0.769 x^3 +- 0.0975 x^4]. The paper prints + before
   the last, its general form gives -: at x = 0.05 that is 1e-6. */
#define DIMITRIADIS "Hertz with the thickness correction of Dimitriadis et al. 2002, Biophys J 82:2798"
static double alpha0(double nu) {
  return -(1.2876 - 1.4678 * nu + 1.3442 * nu * nu) / (1 - nu);
}
static double beta0(double nu) {
  return (0.6387 - 1.0277 * nu + 1.5164 * nu * nu) / (1 - nu);
}

static double correction(double nu, double x) {
  double a = alpha0(nu), b = beta0(nu), pi = M_PI;
  return 1 - 2 * a / pi * x + 4 * a * a / (pi * pi) * x * x -
         8 / (pi * pi * pi) * (a * a * a + 4 * pi * pi / 15 * b) * x * x * x +
         16 * a / (pi * pi * pi * pi) * (a * a * a + 3 * pi * pi / 5 * b) * x * x * x * x;
}

/* The first coefficient once more, from elasticity alone: under a normal load a bonded layer sinks by
     w(r) = (1 - nu)/(2 pi mu) int_0^inf L(kh) J0(kr) dk,
     L(s) = (2 c sinh 2s - 4 s)/(2 c cosh 2s + 1 + c^2 + 4 s^2),   c = 3 - 4 nu,
   and a half space by the same with L = 1. Close to a small contact the difference is the constant int (1 - L) ds / h.
 */
static double influence(double nu) {
  const double c = 3 - 4 * nu, ds = 1e-4;
  double sum = 0;
  for (int i = 0; i < 300000; i++) {            /* 1 - L falls like exp(-2 s): nothing is left at s = 30 */
    double s = (i + 0.5) * ds, e = exp(-2 * s); /* both parts times exp(-2 s), which would overflow otherwise */
    sum += 1 - (c * (1 - e * e) - 4 * s * e) / (c * (1 + e * e) + (1 + c * c + 4 * s * s) * e);
  }
  return sum * ds;
}

static void first_coefficient_of_the_correction_follows_from_the_layer(void **unused) {
  (void)unused;
  /* The paper's alpha0 is a fit to this integral over nu: 0.6 % apart at most. At x = 0.05 that is 0.03 % of the force.
   */
  const double nu[] = {0.3, 0.4, 0.4995};
  for (int i = 0; i < 3; i++) assert_close(-alpha0(nu[i]), influence(nu[i]), 0.006 * influence(nu[i]));
  const double printed[] = {1.133, 1.283, 0.769}; /* at nu = 1/2, to three decimals */
  double a = alpha0(0.5), b = beta0(0.5), pi = M_PI;
  assert_close(-2 * a / pi, printed[0], 6e-4);
  assert_close(4 * a * a / (pi * pi), printed[1], 6e-4);
  assert_close(-8 / (pi * pi * pi) * (a * a * a + 4 * pi * pi / 15 * b), printed[2], 6e-4);
}

typedef struct result {
  int unknowns, inside;           /* elements on the contact radius */
  double a, delta, force, radius; /* theory's radius; force and radius over theory, less 1 */
} result;

static const double R = 1, H = 1; /* m: of hertz.yaml, and so are these */
static const double MU = 10e3, BULK = 10e6;

static result press(int cells, int sheets) {
  scenario_run r = {0};
  char set[2][64];
  snprintf(set[0], sizeof set[0], "body.cells=[%d, %d]", cells, cells);
  snprintf(set[1], sizeof set[1], "body.layers[0].cells=%d", sheets);
  run_scenario(&r, SOURCE_DIR "/scenarios/validation/hertz.yaml", 2, (const char *[]){set[0], set[1]});
  int row = r.nrow - 1;
  double nu = (3 * BULK - 2 * MU) / (2 * (3 * BULK + MU)), E = 2 * MU * (1 + nu);
  double d = *run_at(&r, row, "hand/ball/indentation"), force = 4 * *run_at(&r, row, "hand/ball/push");
  double area = 4 * *run_at(&r, row, "hand/ball/contact_area");
  result out = {.unknowns = 3 * r.m->mesh->nnode, .a = sqrt(R * d), .delta = d};
  double theory = 4.0 / 3 * E / (1 - nu * nu) * sqrt(R) * pow(d, 1.5) * correction(nu, sqrt(R * d) / H);
  out.force = force / theory - 1, out.radius = sqrt(area / M_PI) / out.a - 1;
  const mesh *g = r.m->mesh;
  for (int i = 1; i <= g->nx; i++) out.inside += g->x[3 * (size_t)mesh_node(g, 2 * i, 0, 2 * g->nz)] <= out.a * 1.001;
  print_message(
      "%7d unknowns, %d elements on a: indentation %.4f mm, force %+.2f %%, radius %+.2f %% of sqrt(R delta), "
      "penetration %.1f %% of the indentation, %ld Newton, %ld linear, %.1f s\n",
      out.unknowns, out.inside, 1e3 * d, 100 * out.force, 100 * out.radius,
      100 * *run_at(&r, row, "hand/ball/penetration") / d, r.rep.newton, r.rep.krylov, r.rep.wall);
  /* What the theory asks for, and that the run did what it was asked. */
  assert_below(out.a, R / 10);
  assert_true(H >= 20 * out.a && 1.5 >= 20 * out.a);
  assert_close(force, 4 * 1.75, 0.01 * 4 * 1.75);
  run_free(&r);
  return out;
}

static void a_ball_on_a_deep_layer_is_pushed_back_as_hertz_says(void **unused) {
  (void)unused;
  result coarse = press(8, 5), middle = press(12, 6), fine = press(17, 7);
  assert_true(fine.inside >= 5);
  /* 2 % (issue): walls at 30 a add 0.3 %, the fit of alpha0 0.03 %, penetration takes up to 1.5 %, the rest is mesh. */
  const result *of[3] = {&coarse, &middle, &fine};
  for (int i = 0; i < 3; i++) {
    char what[96];
    snprintf(what, sizeof what, "force over theory, %d elements on the contact radius", of[i]->inside);
    figure_show(.section = "hertz", .what = what, .computed = 1 + of[i]->force, .target = 1, .share = 0.02,
                .kind = FIGURE_EXACT, .source = DIMITRIADIS);
    figure_curve("hertz", "force", of[i]->inside, 100 * of[i]->force);
    figure_curve("hertz", "contact radius", of[i]->inside, 100 * of[i]->radius);
  }
  /* 5 % (issue). The radius comes from points with p > 0, each with its own area: near the edge they are some 0.04 a
     wide on the fine mesh. Finite thickness itself widens the contact by 1.9 %: F(delta) is Hertz at delta (1 + 0.76
     x). */
  figure_show(.section = "hertz", .what = "contact radius over sqrt(R delta), finest mesh", .computed = 1 + fine.radius,
              .target = 1, .share = 0.05, .kind = FIGURE_EXACT, .source = "Hertz");
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_coefficient_of_the_correction_follows_from_the_layer),
      cmocka_unit_test(a_ball_on_a_deep_layer_is_pushed_back_as_hertz_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
