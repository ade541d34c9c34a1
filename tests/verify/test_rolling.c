/* A rigid roller that brakes on a soft half space, in plane strain, against Carter: at Poisson's ratio 1/2 friction
   does not change the pressure, so Hertz's ellipse p stays, half width a. Where the skin sticks it is stretched evenly,
   by the creep xi; from mu p take the like ellipse of half width c that touches the leading edge:

     c/a = 1 - xi/xi_full     Q/(mu P) = 1 - (c/a)^2     xi_full = mu a/R     a^2 = P R/(pi G)

   For mu p alone stretches the skin by -(mu/R) x, and the second ellipse gives back (mu/R) (x - (a - c)): E* = 4 G, p0
   = E* a/(2 R), one of the two bodies rigid.

       way of the roller ->      slips | sticks
                           -a . . . . . x . . . . . . a */
#include "sim/fe/shape.h"
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

#define CARTER "Carter 1926, in Johnson, Contact Mechanics, 1985, section 8.3"
#define YAML SOURCE_DIR "/scenarios/validation/rolling.yaml"
static const double MU = 1, R = 1.5, G = 1e6, THICK = 1e-3, P = 1.885; /* rolling.yaml's */

typedef struct result {
  int unknowns;
  double force, stick, middle; /* Q/(mu P), mean over the last a of the way; share of the contact; m ahead */
  double in, out;              /* J, over the last a: work; stored and lost to friction */
} result;

static double half_width(void) {
  return sqrt(P / THICK * R / (M_PI * G));
}

/* The contact at the end: how much of it sticks, and where. */
static void look(const scenario_run *r, result *out) {
  const model *m = r->m;
  const mesh *g = m->mesh;
  const double *p = r->last + m->fields[model_field(m, "skin_pressure")].offset,
               *tau = r->last + m->fields[model_field(m, "contact_friction")].offset,
               *u = r->last + m->fields[model_field(m, "displacement")].offset;
  double bar = run_at(r, r->nrow - 1, "hand/bar/position")[1], area = 0, stick = 0, middle = 0;
  for (int i = 0; i < g->nskin * QUAD_FACET; i++) {
    if (p[i] <= 0) continue;
    const int32_t *node = g->skin + FACET_NODES * (i / QUAD_FACET);
    int q = i % QUAD_FACET;
    double y = -bar, w = (g->x[3 * (size_t)node[8] + 1] - g->x[3 * (size_t)node[0] + 1]) * shape_weight[q % 3] *
                         shape_weight[q / 3];
    for (int n = 0; n < FACET_NODES; n++)
      y += shape_facet_value(q, n) * (g->x[3 * (size_t)node[n] + 1] + u[3 * (size_t)node[n] + 1]);
    area += w;
    /* Bounds are settled to 1 %, in the mean; Carter's friction is above 0.95 mu p on 0.3 % of what sticks. */
    if (hypot(hypot(tau[3 * i], tau[3 * i + 1]), tau[3 * i + 2]) < 0.95 * MU * p[i]) stick += w, middle += w * y;
  }
  out->stick = stick / area, out->middle = stick > 0 ? middle / stick : 0;
}

/* Creep as a share of that at which all slips; 0: rolls freely; held: does not roll at all. */
static result roll(int cells, int sheets, double step, double share, int held) {
  scenario_run r = {0};
  char set[4][64];
  double a = half_width();
  snprintf(set[0], sizeof set[0], "body.cells=[1, %d]", cells);
  snprintf(set[1], sizeof set[1], "body.layers[0].cells=%d", sheets);
  snprintf(set[2], sizeof set[2], "hands.bar.creep=%.17g", held ? 1 : share * MU * a / R);
  snprintf(set[3], sizeof set[3], "time.travel=%g m", step);
  run_scenario(&r, YAML, 4, (const char *[]){set[0], set[1], set[2], set[3]});
  result out = {.unknowns = 3 * r.m->mesh->nnode};
  int end = r.nrow - 1, begin = end;
  double way = 0;
  for (; begin > 0 && way < a; begin--) {
    double d = run_at(&r, begin, "hand/bar/position")[1] - run_at(&r, begin - 1, "hand/bar/position")[1];
    way += d, out.force += d * run_at(&r, begin, "hand/bar/force")[1];
  }
  out.force /= way * MU * *run_at(&r, end, "hand/bar/push");
  out.in = *run_at(&r, end, "hand/bar/work") - *run_at(&r, begin, "hand/bar/work");
  out.out = *run_at(&r, end, "body/strain_energy") - *run_at(&r, begin, "body/strain_energy") +
            *run_at(&r, end, "hand/bar/friction_work") - *run_at(&r, begin, "hand/bar/friction_work");
  look(&r, &out);
  assert_close(*run_at(&r, end, "hand/bar/push"), P, 1e-3 * P);
  print_message("%d unknowns, steps of a/%.1f, creep %.4f: Q/(mu P) %.4f, sticks on %.4f of it, middle %.3f a ahead; "
                "work over stored and lost %.4f; %d rows, %ld Newton, %.1f s\n",
                out.unknowns, a / step, held ? 1 : share * MU * a / R, out.force, out.stick, out.middle / a,
                out.in / out.out, r.nrow, r.rep.newton, r.rep.wall);
  run_free(&r);
  return out;
}

static double carter(double share) {
  return 1 - (1 - share) * (1 - share);
}

static void show(const char *what, const result *r, double computed, double target, double share, const char *source) {
  char text[96];
  snprintf(text, sizeof text, "%s, %d unknowns", what, r->unknowns);
  figure_show(.section = "rolling", .what = text, .computed = computed, .target = target, .low = target - share,
              .high = target + share, .kind = FIGURE_EXACT, .source = source);
}

/* 3 % of mu P; what theory leaves out: the elastic stick, 0.5 % of a facet's size or 11 um, makes up for 2 % of the
   creep; a point came under the roller some time within a step and counts from its start, + 2.5 % with ten steps on a
   (a mesh of 8019 with 5, 10 and 20: 0.763, 0.743, 0.732); large strains and the layer's depth, what a roller that
   rolls freely takes, times what is left to full creep, + 1.3 %; 12 a are not quite steady, - 1 %. */
static const double FORCE = 0.03;
/* The end of what sticks is found to one element, 6 to 4 mm there, of the contact's 60. */
static const double SHARE = 0.1, PLACE = 0.2;

static void a_braked_roller_is_held_back_and_sticks_as_carter_says(void **unused) {
  (void)unused;
  static const int cells[] = {34, 42, 52}, sheets[] = {4, 5, 6};
  static const double step[] = {4e-3, 3e-3, 2.4e-3};
  double a = half_width(), force[3];
  for (int i = 0; i < 3; i++) {
    result r = roll(cells[i], sheets[i], step[i], 0.5, 0);
    show("half of full creep: force over mu times the press", &r, r.force, carter(0.5), FORCE, CARTER);
    show("half of full creep: share of the contact that sticks", &r, r.stick, 0.5, SHARE, CARTER);
    show("half of full creep: middle of what sticks, ahead over the half width", &r, r.middle / a, 0.5, PLACE, CARTER);
    /* 5 %: what the elastic stick holds is lost when a point leaves and counts nowhere: 11 um mu P/(pi a), 1.6 % of the
       work; bounds are settled to 1 %; the sums are trapezoids. Without the work of the axle it is 39 times too large.
     */
    show("half of full creep: work over stored energy and friction", &r, r.in / r.out, 1, 0.05, "balance of energy");
    force[i] = r.force;
    if (i == 1) figure_curve("rolling", "computed", 0.5, r.force);
  }
  assert_true(fabs(force[2] - force[1]) < fabs(force[1] - force[0]));
}

static void from_free_rolling_to_full_sliding(void **unused) {
  (void)unused;
  static const double share[] = {0, 0.25, 0.75};
  for (int i = 0; i <= 40; i++) figure_curve("rolling", "Carter", i / 40.0, carter(i / 40.0));
  for (int i = 0; i < 3; i++) {
    result r = roll(42, 5, 3e-3, share[i], 0);
    char what[96];
    snprintf(what, sizeof what, "%g of full creep: force over mu times the press", share[i]);
    show(what, &r, r.force, carter(share[i]), FORCE, CARTER);
    figure_curve("rolling", "computed", share[i], r.force);
  }
  /* Bounds are settled to 1 % of the friction; all of it slips. */
  result held = roll(42, 5, 3e-3, 1, 1);
  show("held fast: force over mu times the press", &held, held.force, 1, 0.01, "Coulomb's law");
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_braked_roller_is_held_back_and_sticks_as_carter_says),
      cmocka_unit_test(from_free_rolling_to_full_sliding),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
