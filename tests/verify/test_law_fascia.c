/* Holzapfel-Gasser-Ogden at one point, closed forms to 1e-8. Fibres at +-theta in the plane of axes 1 and 2: with a =
   (cos^2, sin^2, 0) and E = kappa (I1 - 3) + (1 - 3 kappa)(I4 - 1), I4 = a1 l1^2 + a2 l2^2, equal in both families,
     tau_i = dev [c l_i^2] + p + [dev] 2 * 2 k1 E exp(k2 E^2) (kappa l_i^2 + (1 - 3 kappa) a_i l_i^2)
   (the shears of the two cancel; the deviator of the fibres is taken in the isochoric form only). The compressible form
   has no deviators and the true stretches: tau_i = c (l_i^2 - 1) + lambda ln J + fibres, lambda = K - 2/3 c. */
#include "tests/verify/law_forms.h"

static const double c = 3e4, k1 = 2e5, k2 = 7, K = 1e7, width = 0.01;

typedef struct sheet {
  double theta, kappa;
  int stretch, form;
} sheet;

static law fascia(sheet s, int volumetric) {
  return LAW("fascia_hgo", {"c", c}, {"k1", k1}, {"k2", k2}, {"kappa", s.kappa}, {"bulk", K}, {"switch", width},
             {"stretch", s.stretch}, {"form", s.form}, {"volumetric", volumetric});
}
static batch fibrous(sheet s, batch b) {
  bench_fibre(&b, 0, cos(s.theta), sin(s.theta), 0);
  bench_fibre(&b, 1, cos(s.theta), -sin(s.theta), 0);
  return b;
}

/* Part of the fibres at stretches l (of the kind the law feels): FEBio's energy, beyond the switch. Returns E. */
static double hand_fibres(sheet s, const double l[3], double t[3]) {
  const double a[3] = {cos(s.theta) * cos(s.theta), sin(s.theta) * sin(s.theta), 0}, rest = 1 - 3 * s.kappa;
  double I1 = l[0] * l[0] + l[1] * l[1] + l[2] * l[2], I4 = a[0] * l[0] * l[0] + a[1] * l[1] * l[1];
  double E = s.kappa * (I1 - 3) + rest * (I4 - 1), w = E > 0 ? k1 * E * exp(k2 * E * E) : 0;
  for (int i = 0; i < 3; i++) t[i] = 2 * 2 * w * l[i] * l[i] * (s.kappa + rest * a[i]);
  return E;
}
static void deviator(double t[3]) {
  double mean = (t[0] + t[1] + t[2]) / 3;
  for (int i = 0; i < 3; i++) t[i] -= mean;
}
/* tau at lbar and J but for the pressure p = J U'. Returns E */
static double hand_tau(sheet s, const double bar[3], double J, double t[3]) {
  double fibre[3], grow = s.stretch == FULL || s.form == COMPRESSIBLE ? cbrt(J) : 1,
                   l[3] = {grow * bar[0], grow * bar[1], grow * bar[2]};
  if (s.form == COMPRESSIBLE) {
    for (int i = 0; i < 3; i++) t[i] = c * (l[i] * l[i] - 1);
  } else {
    for (int i = 0; i < 3; i++) t[i] = c * bar[i] * bar[i];
    deviator(t);
  }
  double E = hand_fibres(s, l, fibre);
  if (s.stretch == ISOCHORIC && s.form == UNCOUPLED) deviator(fibre);
  for (int i = 0; i < 3; i++) t[i] += fibre[i];
  return E;
}
static int in_switch(double E) {
  return E > 0 && E < width * (2 + width);
}

#define THIRD (1.0 / 3)
static const sheet sheets[] = {{0, 0, ISOCHORIC, UNCOUPLED},
                               {0.6, 0, ISOCHORIC, UNCOUPLED},
                               {0.6, 0.1, ISOCHORIC, UNCOUPLED},
                               {1.2, THIRD, ISOCHORIC, UNCOUPLED},
                               {0, 0, FULL, UNCOUPLED},
                               {0.6, 0, FULL, UNCOUPLED},
                               {0.6, 0.1, FULL, UNCOUPLED},
                               {1.2, THIRD, FULL, UNCOUPLED},
                               {0, 0, ISOCHORIC, COMPRESSIBLE},
                               {0.6, 0.1, FULL, COMPRESSIBLE},
                               {1.2, THIRD, ISOCHORIC, COMPRESSIBLE}};
enum { NSHEET = sizeof sheets / sizeof *sheets };

static void confined_and_sheared_sheets_are_closed_forms(void **unused) {
  (void)unused;
  int taut = 0, slack = 0;
  for (int n = 0; n < NSHEET; n++)
    for (int volumetric = 0; volumetric < 2; volumetric++)
      for (double x = 0.7; x < 1.35; x += 0.031)
        for (int shape = 0; shape < 4; shape++) {
          sheet s = sheets[n];
          /* confined along 1 and along 3; equibiaxial and pure shear at constant volume */
          const double l[4][3] = {{x, 1, 1}, {1, 1, x}, {x, x, 1 / (x * x)}, {x, 1 / x, 1}};
          double J = shape < 2 ? x : 1, g = cbrt(J), bar[3] = {l[shape][0] / g, l[shape][1] / g, l[shape][2] / g}, t[3];
          double E = hand_tau(s, bar, J, t);
          if (in_switch(E)) continue;
          taut += E > 0, slack += E < 0;
          double U = s.form == COMPRESSIBLE ? K - 2.0 / 3 * c : K;
          for (int i = 0; i < 3; i++) t[i] += volumetric == LOG ? U * log(J) : U * J * (J - 1);
          law f = fascia(s, volumetric);
          batch b = fibrous(s, law_stretched(l[shape][0], l[shape][1], l[shape][2]));
          double size = 10 * K; /* exponents go to 7: forces to 2e3 k1 */
          assert_tau(&f, &b, t, size);
        }
  assert_true(taut > 200 && slack > 200);
}

/* Uniaxial tension along 1, sides free, isochoric form: lbar2 is searched so that tau2 = tau3 by hand, then J follows
   from the mean, and the law must have free sides there. */
typedef struct pull {
  sheet s;
  double x;
} pull;
static double difference(double y, const void *ctx) {
  const pull *p = ctx;
  const double bar[3] = {p->x, y, 1 / (p->x * y)};
  double t[3];
  hand_tau(p->s, bar, 1, t);
  return t[1] - t[2];
}
static void uniaxial_tension_is_the_closed_form(void **unused) {
  (void)unused;
  for (int n = 0; n < 4; n++)
    for (int volumetric = 0; volumetric < 2; volumetric++)
      for (double x = 0.75; x < 1.25; x += 0.031) {
        pull p = {sheets[n], x};
        double y = law_root(difference, &p, 0.4, 2), bar[3] = {x, y, 1 / (x * y)}, t[3];
        double E = hand_tau(p.s, bar, 1, t);
        if (in_switch(E)) continue;
        double J = volume_at(volumetric, K, -t[2]), g = cbrt(J);
        law f = fascia(p.s, volumetric);
        batch b = fibrous(p.s, law_stretched(g * bar[0], g * bar[1], g * bar[2]));
        assert_tau(&f, &b, (const double[3]){t[0] - t[2], 0, 0}, K);
      }
}

/* The compressible form, fibres along 1: the side stretch y at which c (y^2 - 1) + lambda ln(x y^2) vanishes; then tau1
   = c (x^2 - y^2) + the fibres' part, which has both families. */
static double side_stress(double y, const void *ctx) {
  const double x = *(const double *)ctx;
  return c * (y * y - 1) + (K - 2.0 / 3 * c) * log(x * y * y);
}
static void the_compressible_form_pulls_by_its_closed_form(void **unused) {
  (void)unused;
  const sheet s = {0, 0, ISOCHORIC, COMPRESSIBLE};
  for (double x = 0.75; x < 1.25; x += 0.031) {
    double y = law_root(side_stress, &x, 0.5, 2), fibre[3];
    const double l[3] = {x, y, y};
    if (in_switch(hand_fibres(s, l, fibre))) continue;
    law f = fascia(s, LOG);
    batch b = fibrous(s, law_stretched(x, y, y));
    assert_tau(&f, &b, (const double[3]){c * (x * x - y * y) + fibre[0], 0, 0}, K);
  }
}

/* One family along 1 and full stretch: tau1 = c-part + 2 k1 E exp(k2 E^2) l1^2, and only that */
static void a_family_pulls_along_itself(void **unused) {
  (void)unused;
  law f = fascia((sheet){0, 0, FULL, UNCOUPLED}, LOG), m = LAW("neo_hookean", {"mu", c}, {"bulk", K});
  for (double x = 0.8; x < 1.3; x += 0.013) {
    double E = x * x - 1, tau[9], bare[9], w = E > 0 ? k1 * E * exp(k2 * E * E) : 0;
    if (in_switch(E)) continue;
    batch b = law_stretched(x, 1.05, 0.93), none = b;
    bench_fibre(&b, 0, 1, 0, 0);
    law_tau(&f, &b, tau);
    law_tau(&m, &none, bare);
    for (int i = 0; i < 9; i++) assert_close(tau[i] - bare[i], i == 0 ? 2 * w * x * x : 0, CLOSED * K);
    _Alignas(64) double s[MAT_FAMILIES * NB];
    material_in in = bench_in(&b);
    f.kind->ops->fibre_stress(f.par, &in, s);
    assert_close(s[0], 2 * w * x * x / det3(b.F, NB), CLOSED * K);
  }
}

/* Prestretched fibres pull as if the body had been stretched before: closed form at rest, and elsewhere the law without
   it at fibres longer by that factor. */
static void prestretched_fibres_are_taut_at_rest(void **unused) {
  (void)unused;
  const double before = 1.04;
  for (double x = 0.9; x < 1.2; x += 0.013) {
    double l = before * x, E = l * l - 1, w = E > 0 ? k1 * E * exp(k2 * E * E) : 0;
    if (in_switch(E)) continue;
    law f = LAW("fascia_hgo", {"c", c}, {"k1", k1}, {"k2", k2}, {"bulk", K}, {"switch", width}, {"stretch", FULL},
                {"prestretch", before}),
        m = LAW("neo_hookean", {"mu", c}, {"bulk", K});
    batch b = law_stretched(x, 1.05, 0.93), none = b;
    bench_fibre(&b, 0, 1, 0, 0);
    double tau[9], bare[9];
    law_tau(&f, &b, tau);
    law_tau(&m, &none, bare);
    /* tau = 2 dw/dE l^2 along the fibre, l the stretch it has in all */
    for (int i = 0; i < 9; i++) assert_close(tau[i] - bare[i], i == 0 ? 2 * w * l * l : 0, CLOSED * K);
    _Alignas(64) double s[MAT_FAMILIES * NB];
    material_in in = bench_in(&b);
    f.kind->ops->fibre_stress(f.par, &in, s);
    assert_close(s[0], 2 * w * l * l / det3(b.F, NB), CLOSED * K);
  }
  /* and its tangent is the slope of its stress there: central differences over a step of cbrt(eps) */
  law f = LAW("fascia_hgo", {"c", c}, {"k1", k1}, {"k2", k2}, {"kappa", 0.1}, {"bulk", K}, {"prestretch", before});
  batch b = bench_random();
  nine d = bench_direction(), A = bench_tangent(&f, &b, &d);
  double h = cbrt(DBL_EPSILON);
  batch up = bench_moved(&b, &d, h), down = bench_moved(&b, &d, -h);
  nine P = bench_stress(&f, &up), Q = bench_stress(&f, &down);
  bench_size size = bench_measure(&f, &b);
  /* 1000: the exponential's third derivative over h^2, as in the contract test */
  for (int k = 0; k < 9 * NB; k++) assert_close((P.v[k] - Q.v[k]) / (2 * h), A.v[k], 1000 * h * h * size.A[k % NB]);
}

static void fibres_in_all_directions_have_none(void **unused) {
  (void)unused;
  /* kappa = 1/3: the direction drops out */
  law f = fascia((sheet){0, 1.0 / 3, ISOCHORIC, UNCOUPLED}, LOG);
  batch a = bench_random(), b = a;
  for (int q = 0; q < NB; q++)
    for (int k = 0; k < 6; k++) b.fibre[k * NB + q] = a.fibre[(5 - k) * NB + (q + 3) % NB];
  nine P = bench_stress(&f, &a), Q = bench_stress(&f, &b);
  bench_size size = bench_measure(&f, &a);
  for (int k = 0; k < 9 * NB; k++) assert_close(P.v[k], Q.v[k], test_round(20) * size.P[k % NB]);
}

static void the_switch_rises_from_nothing_to_the_published_law(void **unused) {
  (void)unused;
  law f = fascia((sheet){0, 0, FULL, UNCOUPLED}, LOG);
  double last = 0, s = width * (2 + width);
  for (int i = -10; i <= 100; i++) {
    double E = s * i / 100, x = sqrt(1 + E);
    batch b = law_stretched(x, 1, 1);
    bench_fibre(&b, 0, 1, 0, 0);
    _Alignas(64) double sigma[MAT_FAMILIES * NB];
    material_in in = bench_in(&b);
    f.kind->ops->fibre_stress(f.par, &in, sigma);
    if (i <= 0) assert_true(sigma[0] == 0);
    if (i > 0) assert_true(sigma[0] > last);
    /* 2 w' l^2/J = 2 k1 r r' exp(k2 r^2) x with r from law.h */
    double t = (double)i / 100, r = s * (3 * t * t - 3 * t * t * t + t * t * t * t),
           r1 = 6 * t - 9 * t * t + 4 * t * t * t;
    if (i > 0) assert_close(sigma[0], 2 * k1 * r * r1 * exp(k2 * r * r) * x, CLOSED * k1);
    last = sigma[0];
  }
  assert_close(last, 2 * k1 * s * exp(k2 * s * s) * sqrt(1 + s), CLOSED * k1);
}

static void overstretched_fibres_stay_finite(void **unused) {
  (void)unused;
  law f = LAW("fascia_hgo", {"c", 1e5}, {"k1", 2e7}, {"k2", 500}, {"bulk", 1e8});
  batch b = law_stretched(3, 0.6, 0.6);
  bench_fibre(&b, 0, 1, 0, 0);
  nine d = {.v = {0}};
  for (int q = 0; q < NB; q++) d.v[q] = 1;
  nine P = bench_stress(&f, &b), A = bench_tangent(&f, &b, &d);
  for (int k = 0; k < 9 * NB; k++) assert_true(isfinite(P.v[k]) && isfinite(A.v[k]));
  assert_true(P.v[0] > 0 && A.v[0] > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(confined_and_sheared_sheets_are_closed_forms),
      cmocka_unit_test(uniaxial_tension_is_the_closed_form),
      cmocka_unit_test(the_compressible_form_pulls_by_its_closed_form),
      cmocka_unit_test(a_family_pulls_along_itself),
      cmocka_unit_test(prestretched_fibres_are_taut_at_rest),
      cmocka_unit_test(fibres_in_all_directions_have_none),
      cmocka_unit_test(the_switch_rises_from_nothing_to_the_published_law),
      cmocka_unit_test(overstretched_fibres_stay_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
