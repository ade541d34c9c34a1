/* Quasi-linear viscoelasticity at one point: the recurrence against integrals over the whole past, and its tangent with
   something to remember. */
#include "tests/figure.h"
#include "tests/verify/law_forms.h"

enum { TERMS = 2, HIST = 6 * (1 + TERMS) };
typedef struct pair {
  double g, tau;
} pair;

/* A law of two terms around `base`. */
static law relaxing(const law *base, double g0, const pair term[TERMS]) {
  law l = bench_law(bench_find("prony"), 0);
  law_choice c = {base->kind, base->par};
  memcpy(l.par + bench_row(&l, "base")->offset, &c, sizeof c);
  memcpy(l.par + bench_row(&l, "terms")->offset, term, TERMS * sizeof *term);
  bench_set(&l, "g0", g0);
  assert_int_equal(l.kind->nhist(l.par), HIST);
  return l;
}

/* One step: stress out, history moved on. */
static nine advance(const law *l, batch *b, double dt) {
  nine P;
  material_in in = bench_in(b);
  in.dt = dt;
  l->kind->ops->stress(l->par, &in, P.v, b->h1);
  memcpy(b->h0, b->h1, sizeof b->h0);
  return P;
}
static void stretch(batch *b, const double F[9]) {
  for (int k = 0; k < 9; k++)
    for (int q = 0; q < NB; q++) b->F[k * NB + q] = F[k];
}

/* The same in steps of 10 s, to look at: over the peak of the elastic solid */
static void draw_ramp_and_hold(const law *l, double stress, double small) {
  batch b = bench_same((const double[]){1, 0, 0, 0, 1, 0, 0, 0, 1});
  figure_curve("relaxation", "computed", 0, 0);
  for (int t = 10; t <= 260; t += 10) {
    stretch(&b, (const double[]){1, small * fmin(t / 60.0, 1), 0, 0, 1, 0, 0, 0, 1});
    figure_curve("relaxation", "computed", t, advance(l, &b, 10).v[NB] / stress);
  }
  figure_curve("relaxation", "published", 60, 0.930);
  figure_curve("relaxation", "published", 260, 0.930 * (1 - 0.180));
}

static void one_term_gives_the_published_ramp_and_hold(void **unused) {
  (void)unused;
  /* Physics reference, rung 2: g = 0.2574, tau = 89.25 s meet both figures of Chaudhry, Bukiet and Findley 2008. A
     shear so small that stress is linear in it; then one step for the ramp and one for the hold are exact. */
  const double g = 0.2574, tau = 89.25, small = 1e-5, mu = 6e3;
  law base = LAW("neo_hookean", {"mu", mu}, {"bulk", 1e6});
  law l = relaxing(&base, 1 - g, (const pair[]){{g, tau}, {0, 1}});
  batch b = bench_same((const double[]){1, small, 0, 0, 1, 0, 0, 0, 1});
  double ramp = advance(&l, &b, 60).v[NB] / (mu * small), hold = advance(&l, &b, 200).v[NB] / (mu * small);
  double drop = (ramp - hold) / ramp;
  draw_ramp_and_hold(&l, mu * small, small);
  const char *paper = "Chaudhry, Bukiet, Findley 2008, doi 10.7556/jaoa.2008.108.12.680";
  figure_show(.section = "rung 2", .what = "stress after a ramp of 60 s over the elastic one", .computed = ramp,
              .target = 1 - g + g * tau / 60 * (1 - exp(-60 / tau)), .share = CLOSED, .kind = FIGURE_EXACT,
              .source = "integral in closed form");
  /* 0.5 %, as the ladder of tests asks. */
  figure_show(.section = "rung 2", .what = "the same, published: peak 7 % lower", .computed = ramp, .target = 0.930,
              .share = 0.005, .kind = FIGURE_CALIBRATED, .mark = "V", .source = paper);
  figure_show(.section = "rung 2", .what = "share of the peak lost in 200 s of hold", .computed = drop, .target = 0.180,
              .share = 0.005, .kind = FIGURE_CALIBRATED, .mark = "V", .source = paper);
}

/* S_iso of the path at time t, entry 11, from the base alone: isochoric stretch, so S_iso is the deviator's. */
typedef struct path {
  const law *base;
  double speed, ramp; /* 1/s, s */
} path;
static double stretch_at(const path *p, double t) {
  return 1 + p->speed * (t < p->ramp ? t : p->ramp);
}
static double deviator(const path *p, double t) {
  double x = stretch_at(p, t), tau[9];
  batch b = law_stretched(x, 1 / sqrt(x), 1 / sqrt(x));
  law_tau(p->base, &b, tau);
  return (tau[0] - (tau[0] + tau[4] + tau[8]) / 3) / (x * x);
}

static void ramp_and_hold_are_the_integral_over_the_past(void **unused) {
  (void)unused;
  const pair term[TERMS] = {{0.4, 0.7}, {0.25, 12}};
  law base = LAW("ogden", {"c1", 2e3}, {"m1", -5}, {"bulk", 4e5});
  law l = relaxing(&base, 1, term);
  path p = {&base, 0.3, 1};
  /* The recurrence takes S_iso as straight over a step: an error of second order. 4000 steps a second leave some 1e-8,
     far under the 1e-6 asked for; half as many must leave four times as much. */
  double worst[2] = {0, 0};
  for (int fine = 0; fine < 2; fine++) {
    int n = fine ? 4000 : 2000;
    double dt = 1.0 / n;
    batch b = bench_same((const double[]){1, 0, 0, 0, 1, 0, 0, 0, 1});
    for (int i = 1; i <= 5 * n; i++) {
      double t = i * dt, x = stretch_at(&p, t), y = 1 / sqrt(x);
      stretch(&b, (const double[]){x, 0, 0, 0, y, 0, 0, 0, y});
      nine P = advance(&l, &b, dt);
      if (i % n) continue;
      double got = P.v[0] / x - deviator(&p, t); /* what the terms add to the base's S; J = 1, so U does nothing */
      /* int g exp(-(t - s)/tau) dS/ds ds by parts: S(t) - int exp(-(t - s)/tau)/tau S(s) ds, Simpson on 4000 pieces of
         the ramp; after it S is constant and the integral closed. */
      double expected = 0, end = t < p.ramp ? t : p.ramp;
      for (int k = 0; k < TERMS; k++) {
        enum { PIECES = 4000 };
        double sum = 0, h = end / PIECES;
        for (int j = 0; j <= PIECES; j++) {
          double s = j * h, w = j == 0 || j == PIECES ? 1 : j % 2 ? 4 : 2;
          sum += w * exp(-(t - s) / term[k].tau) / term[k].tau * deviator(&p, s);
        }
        double rest = deviator(&p, end) * (1 - exp(-(t - end) / term[k].tau));
        expected += term[k].g * (deviator(&p, t) - sum * h / 3 - rest);
      }
      worst[fine] = fmax(worst[fine], fabs(got / expected - 1));
    }
  }
  printf("ramp of 1 s to 30 %% and hold: recurrence off the integral by %.2g (2000 steps a second), %.2g (4000)\n",
         worst[0], worst[1]);
  assert_below(worst[1], 1e-6);
  assert_close(worst[0] / worst[1], 4, 0.2); /* second order; higher orders are 1e-4 of it */
}

static void with_a_past_stress_is_still_the_derivative_of_an_energy_and_tangent_that_of_stress(void **unused) {
  (void)unused;
  law base = LAW("muscle_transiso", {"g1", 3e3}, {"g2", 2e3}, {"g3", 2e3}, {"bulk", 3e5});
  law l = relaxing(&base, 0.8, (const pair[]){{0.4, 0.5}, {0.25, 20}});
  for (int n = 0; n < 20; n++) {
    batch b = bench_random();
    for (int k = 0; k < HIST * NB; k++) b.h0[k] = 5e3 * sign_uniform();
    nine d = {.v = {0}};
    for (int k = 0; k < 9 * NB; k++) d.v[k] = sign_uniform();
    material_in in = bench_in(&b);
    in.dt = 1;
    nine P, dP, P2[2];
    _Alignas(64) double W[2][NB];
    l.kind->ops->stress(l.par, &in, P.v, NULL);
    l.kind->ops->tangent(l.par, &in, d.v, dP.v);
    /* Central differences with step h: h^2 times a third derivative, and round-off over h; 1e-5 balances them at about
       1e-10 of what is differenced for the energy, whose values are 1e5 and 1e2 apart in their digits. */
    const double h = 1e-5;
    for (int s = 0; s < 2; s++) {
      batch m = b;
      for (int k = 0; k < 9 * NB; k++) m.F[k] += (s ? h : -h) * d.v[k];
      in.F = m.F;
      l.kind->ops->energy(l.par, &in, W[s]);
      l.kind->ops->stress(l.par, &in, P2[s].v, NULL);
    }
    for (int q = 0; q < NB; q++) {
      double sizeP = 0, sizeA = 0;
      for (int k = 0; k < 9; k++)
        sizeP = fmax(sizeP, fabs(P.v[k * NB + q])), sizeA = fmax(sizeA, fabs(dP.v[k * NB + q]));
      double slope = (W[1][q] - W[0][q]) / (2 * h), by = dot3(P.v + q, NB, d.v + q, NB);
      assert_close(by, slope, 1e-6 * (9 * sizeP + sizeA));
      for (int k = 0; k < 9; k++)
        assert_close(dP.v[k * NB + q], (P2[1].v[k * NB + q] - P2[0].v[k * NB + q]) / (2 * h), 1e-5 * sizeA);
    }
  }
}

static void warmth_hastens_it_by_the_shift(void **unused) {
  (void)unused;
  law base = LAW("neo_hookean", {"mu", 5e3}, {"bulk", 1e6});
  law cold = relaxing(&base, 1, (const pair[]){{1, 10}, {0.5, 3}}), warm = cold;
  bench_set(&warm, "shift", 0.03);
  /* 5 K at 0.03 a kelvin: the same as a longer step. */
  batch a = law_stretched(1.1, 1, 1), b = a;
  _Alignas(64) double temp[NB];
  for (int q = 0; q < NB; q++) temp[q] = 310.15 + 5;
  advance(&cold, &a, 1e-6), advance(&warm, &b, 1e-6);
  material_in in = bench_in(&b);
  nine P;
  in.dt = 2, in.temp = temp;
  warm.kind->ops->stress(warm.par, &in, P.v, NULL);
  nine Q = advance(&cold, &a, 2 * exp(0.15));
  for (int k = 0; k < 9 * NB; k++) assert_close(P.v[k], Q.v[k], 1e-12 * 1e6); /* round-off of the bulk term */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_term_gives_the_published_ramp_and_hold),
      cmocka_unit_test(ramp_and_hold_are_the_integral_over_the_past),
      cmocka_unit_test(with_a_past_stress_is_still_the_derivative_of_an_energy_and_tangent_that_of_stress),
      cmocka_unit_test(warmth_hastens_it_by_the_shift),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
