/* Mooney-Rivlin, Ogden and Demiray at one point against closed forms to 1e-8: uniaxial and equibiaxial tension, simple
   shear, confined compression; uncoupled and compressible; log and quadratic volume terms. */
#include "tests/verify/law_forms.h"

/* ---- the laws by hand -------------------------------------------------------------------------------------------- */

typedef struct hand_law { /* an energy what(l1, l2, l3) written out with libm */
  const char *name;
  setting s[12];
  double mu, bulk;
} hand_law;

static const hand_law laws[] = {
    {"mooney_rivlin", {{"c1", 2000}, {"c2", 700}, {"bulk", 1e6}}, 2 * 2700, 1e6},
    {"demiray", {{"c1", 800}, {"c2", 2.5}, {"bulk", 1e6}}, 2 * 800 * 2.5, 1e6},
    {"ogden", {{"c1", 1600}, {"m1", -5.3}, {"bulk", 1e6}}, 800, 1e6},
    {"ogden",
     {{"c1", 1600},
      {"m1", 1.3},
      {"c2", 900},
      {"m2", -2},
      {"c3", 100},
      {"m3", 8},
      {"c4", 10},
      {"m4", -11},
      {"bulk", 1e6}},
     1305,
     1e6},
};
enum { NLAW = sizeof laws / sizeof *laws };

static double value(const hand_law *h, const char *key) {
  for (const setting *s = h->s; s->key; s++)
    if (strcmp(s->key, key) == 0) return s->value;
  return 0;
}

/* t_i = l_i dwhat/dl_i */
static void hand_tau(const hand_law *h, const double l[3], double t[3]) {
  double I1 = l[0] * l[0] + l[1] * l[1] + l[2] * l[2];
  for (int i = 0; i < 3; i++) {
    double a = l[i] * l[i], c1 = value(h, "c1"), c2 = value(h, "c2");
    if (strcmp(h->name, "mooney_rivlin") == 0) /* I2 = l1^2 l2^2 + ...: l dI2/dl = 2 l^2 (I1 - l^2) */
      t[i] = 2 * c1 * a + 2 * c2 * a * (I1 - a);
    else if (strcmp(h->name, "demiray") == 0)
      t[i] = 2 * c1 * c2 * exp(c2 * (I1 - 3)) * a;
    else {
      const char *const c[] = {"c1", "c2", "c3", "c4"}, *const m[] = {"m1", "m2", "m3", "m4"};
      t[i] = 0;
      for (int p = 0; p < 4; p++)
        if (value(h, c[p]) > 0) t[i] += value(h, c[p]) / value(h, m[p]) * pow(l[i], value(h, m[p]));
    }
  }
}

/* Deviator of the isochoric law at lbar */
static void hand_dev(const hand_law *h, const double lbar[3], double dev[3]) {
  double t[3], mean;
  hand_tau(h, lbar, t);
  mean = (t[0] + t[1] + t[2]) / 3;
  for (int i = 0; i < 3; i++) dev[i] = t[i] - mean;
}

/* All of the compressible law: what(F) - drop ln J + U(J; lambda). drop makes rest free of stress; lambda makes the
   bulk modulus at rest what the table says: 3 K = d/ds of tau(s) at s = 1, by a difference in long steps of four points
   (error h^4 = 1e-12). */
static void hand_compressible(const hand_law *h, int volumetric, const double l[3], double tau[3]) {
  const double one[3] = {1, 1, 1}, step = 1e-3;
  double rest[3], slope = 0, J = l[0] * l[1] * l[2];
  hand_tau(h, one, rest);
  for (int side = -2; side <= 2; side++) {
    static const double weight[] = {1.0 / 12, -2.0 / 3, 0, 2.0 / 3, -1.0 / 12};
    const double s[3] = {1 + side * step, 1 + side * step, 1 + side * step};
    double t[3];
    hand_tau(h, s, t);
    slope += weight[side + 2] * t[0] / step;
  }
  double lambda = h->bulk - slope / 3;
  hand_tau(h, l, tau);
  for (int i = 0; i < 3; i++) tau[i] += (volumetric == LOG ? lambda * log(J) : lambda * J * (J - 1)) - rest[0];
}

static law made(const hand_law *h, int form, int volumetric) {
  law l = law_with(h->name, h->s);
  bench_set(&l, "form", form), bench_set(&l, "volumetric", volumetric);
  return l;
}

/* ---- tension ----------------------------------------------------------------------------------------------------- */

static void each(void (*check)(const hand_law *h, const law *l, int volumetric, int form), int form) {
  for (int i = 0; i < NLAW; i++)
    for (int volumetric = 0; volumetric < 2; volumetric++) {
      law l = made(&laws[i], form, volumetric);
      check(&laws[i], &l, volumetric, form);
    }
}

/* lbar = (x, x^-1/2, x^-1/2), sides free: tau = (t, 0, 0), t = dev_1 - dev_2, mean t/3 */
static void check_uniaxial(const hand_law *h, const law *l, int volumetric, int form) {
  (void)form;
  for (double x = 0.5; x < 2; x += 0.125) {
    double lbar[3] = {x, 1 / sqrt(x), 1 / sqrt(x)}, dev[3];
    hand_dev(h, lbar, dev);
    double t = dev[0] - dev[1], J = volume_at(volumetric, h->bulk, t / 3), s = cbrt(J);
    batch b = law_stretched(s * lbar[0], s * lbar[1], s * lbar[2]);
    assert_tau(l, &b, (const double[3]){t, 0, 0}, h->bulk);
  }
}
static void uniaxial_tension_is_the_closed_form(void **unused) {
  (void)unused;
  each(check_uniaxial, UNCOUPLED);
}

/* lbar = (x, x, x^-2), faces free: tau = (t, t, 0), mean 2t/3 */
static void check_equibiaxial(const hand_law *h, const law *l, int volumetric, int form) {
  (void)form;
  for (double x = 0.75; x < 1.5; x += 0.0625) {
    double lbar[3] = {x, x, 1 / (x * x)}, dev[3];
    hand_dev(h, lbar, dev);
    double t = dev[0] - dev[2], J = volume_at(volumetric, h->bulk, 2 * t / 3), s = cbrt(J);
    batch b = law_stretched(s * lbar[0], s * lbar[1], s * lbar[2]);
    assert_tau(l, &b, (const double[3]){t, t, 0}, h->bulk);
  }
}
static void equibiaxial_tension_is_the_closed_form(void **unused) {
  (void)unused;
  each(check_equibiaxial, UNCOUPLED);
}

static void check_confined(const hand_law *h, const law *l, int volumetric, int form) {
  for (double x = 0.6; x < 1.3; x += 0.0625) {
    double s = cbrt(x), full[3] = {x, 1, 1}, lbar[3] = {x / s, 1 / s, 1 / s}, tau[3];
    if (form == UNCOUPLED) {
      double p = volumetric == LOG ? h->bulk * log(x) : h->bulk * x * (x - 1);
      hand_dev(h, lbar, tau);
      for (int i = 0; i < 3; i++) tau[i] += p;
    } else {
      hand_compressible(h, volumetric, full, tau);
    }
    batch b = law_stretched(x, 1, 1);
    assert_tau(l, &b, tau, h->bulk);
  }
}
static void confined_compression_is_the_closed_form(void **unused) {
  (void)unused;
  each(check_confined, UNCOUPLED);
  each(check_confined, COMPRESSIBLE);
}

/* The side stretch y of the compressible law is where the side stress by hand vanishes */
typedef struct side {
  const hand_law *h;
  int volumetric, biaxial;
  double x;
} side;
static double side_stress(double y, const void *ctx) {
  const side *s = ctx;
  const double l[3] = {s->x, s->biaxial ? s->x : y, y};
  double tau[3];
  hand_compressible(s->h, s->volumetric, l, tau);
  return tau[2];
}
static void check_free_sides(const hand_law *h, const law *l, int volumetric, int form) {
  (void)form;
  for (int biaxial = 0; biaxial < 2; biaxial++)
    for (double x = 0.75; x < 1.5; x += 0.0625) {
      side s = {h, volumetric, biaxial, x};
      double y = law_root(side_stress, &s, 0.3, 2), tau[3];
      const double full[3] = {x, biaxial ? x : y, y};
      hand_compressible(h, volumetric, full, tau);
      batch b = law_stretched(full[0], full[1], full[2]);
      assert_tau(l, &b, (const double[3]){tau[0], biaxial ? tau[0] : 0, 0}, h->bulk);
    }
}
static void the_compressible_form_pulls_by_its_closed_form(void **unused) {
  (void)unused;
  each(check_free_sides, COMPRESSIBLE);
}

/* ---- shear ------------------------------------------------------------------------------------------------------- */

/* In simple shear g the principal stretches are l, 1, 1/l with l - 1/l = g, J = 1. Kirchhoff stress = Cauchy stress. An
   isotropic solid has s12 = (t1 - t3)/(l + 1/l) and s11 - s22 = g s12; s33 = t2 (all up to the same pressure, none in
   these laws at J = 1 but for the mean of the isochoric part). */
static void simple_shear_is_the_closed_form(void **unused) {
  (void)unused;
  for (int i = 0; i < NLAW; i++)
    for (int form = 0; form < 2; form++)
      for (double g = -1.5; g < 1.6; g += 0.25) {
        const hand_law *h = &laws[i];
        law l = made(h, form, LOG);
        const double F[9] = {1, g, 0, 0, 1, 0, 0, 0, 1};
        batch b = bench_same(F);
        double big = (g + sqrt(g * g + 4)) / 2, lambda[3] = {big, 1, 1 / big}, t[3], s[9];
        if (form == UNCOUPLED)
          hand_dev(h, lambda, t);
        else
          hand_compressible(h, LOG, lambda, t);
        law_tau(&l, &b, s);
        double shear = (t[0] - t[2]) / (big + 1 / big), size = CLOSED * h->bulk;
        assert_close(s[1], shear, size);
        assert_close(s[3], shear, size);
        assert_close(s[0] - s[4], g * shear, size);
        assert_close(s[8], t[1], size);
        assert_close(s[0] + s[4], t[0] + t[2], size);
        assert_close(s[2], 0, size);
      }
}

static void textbook_shears(void **unused) {
  (void)unused;
  /* The same without principal stretches. Mooney-Rivlin: s12 = 2 (c1 + c2) g, s11 - s33 = 2 c1 g^2, s22 - s33 = -2 c2
     g^2. Demiray: s12 = 2 c1 c2 exp(c2 g^2) g. */
  law m = made(&laws[0], UNCOUPLED, LOG), d = made(&laws[1], UNCOUPLED, LOG);
  for (double g = -1; g < 1.1; g += 0.25) {
    const double F[9] = {1, g, 0, 0, 1, 0, 0, 0, 1};
    batch b = bench_same(F);
    double s[9];
    law_tau(&m, &b, s);
    assert_close(s[1], 2 * 2700 * g, CLOSED * 1e6);
    assert_close(s[0] - s[8], 2 * 2000 * g * g, CLOSED * 1e6);
    assert_close(s[4] - s[8], -2 * 700 * g * g, CLOSED * 1e6);
    law_tau(&d, &b, s);
    assert_close(s[1], 2 * 800 * 2.5 * exp(2.5 * g * g) * g, CLOSED * 1e6);
  }
}

static void the_stated_moduli_are_those_by_hand(void **unused) {
  (void)unused;
  for (int i = 0; i < NLAW; i++)
    for (int form = 0; form < 2; form++) {
      law l = made(&laws[i], form, LOG);
      assert_close(l.kind->shear(l.par), laws[i].mu, test_round(4) * laws[i].mu);
      assert_close(l.kind->bulk(l.par), laws[i].bulk, 0);
    }
}

/* ---- limits ------------------------------------------------------------------------------------------------------ */

/* Beyond its reach the exponential is a parabola: nothing overflows, and stress and tangent go on without a jump. */
static void demiray_beyond_its_reach_is_finite_and_continuous(void **unused) {
  (void)unused;
  const double c1 = 1e6, c2 = 30;
  law l = LAW("demiray", {"c1", c1}, {"c2", c2}, {"bulk", 1e9});
  /* simple shear: the exponent c2 g^2 is 20 at this g */
  const double seam = sqrt(20 / c2);
  for (int side = 0; side < 2; side++) {
    /* by hand: s12 = 2 c1 c2 g'(c2 g^2) g with g'(x) = e^20 (1 + x - 20) beyond 20 */
    double g = seam * (side ? 1.2 : 0.9), x = c2 * g * g, slope = side ? exp(20) * (x - 19) : exp(x), s[9];
    const double F[9] = {1, g, 0, 0, 1, 0, 0, 0, 1};
    batch b = bench_same(F);
    law_tau(&l, &b, s);
    assert_close(s[1], 2 * c1 * c2 * slope * g, CLOSED * 2 * c1 * c2 * slope);
  }
  nine before = {.v = {0}}, dP[2];
  double h = 1e-9;
  for (int side = 0; side < 2; side++) {
    const double F[9] = {1, seam * (side ? 1 + h : 1 - h), 0, 0, 1, 0, 0, 0, 1};
    batch b = bench_same(F);
    nine d = before;
    for (int q = 0; q < NB; q++) d.v[NB + q] = 1;
    dP[side] = bench_tangent(&l, &b, &d);
  }
  /* d ln(tangent)/dg is about 2 c2 g = 50; over 2 h that is 1e-7 */
  assert_close(dP[1].v[NB] / dP[0].v[NB], 1, 100 * h * 2);
  /* far out, where the exponent is 1000 and the exponential itself would be infinite */
  batch b = law_stretched(6, 0.4, 0.4);
  nine d = {.v = {1}}, P = bench_stress(&l, &b), A = bench_tangent(&l, &b, &d);
  for (int k = 0; k < 9 * NB; k++) assert_true(isfinite(P.v[k]) && isfinite(A.v[k]));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(uniaxial_tension_is_the_closed_form),
      cmocka_unit_test(equibiaxial_tension_is_the_closed_form),
      cmocka_unit_test(confined_compression_is_the_closed_form),
      cmocka_unit_test(the_compressible_form_pulls_by_its_closed_form),
      cmocka_unit_test(simple_shear_is_the_closed_form),
      cmocka_unit_test(textbook_shears),
      cmocka_unit_test(the_stated_moduli_are_those_by_hand),
      cmocka_unit_test(demiray_beyond_its_reach_is_finite_and_continuous),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
