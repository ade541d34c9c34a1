/* Muscle at one point: shear along and across the fibres, passive and active force against stretch, tension, confined
   compression, all in closed form to 1e-8.

   With the fibre along axis 1 and principal stretches l1, l2, l3 (isochoric), B1 = 0 and B2 = ln(l2/l3):
     W = g2 (ln l2/l3)^2 + 9/4 g3 (ln l1)^2 + w(l1),
     tau = dev [9/2 g3 ln l1 + l1 w', 2 g2 ln(l2/l3), -2 g2 ln(l2/l3)] + p.
   The compressible form has the full stretches and no dev, and p of bulk - g3/2. */
#include "tests/verify/law_forms.h"

static const double g1 = 700, g2 = 400, g3 = 900, p1 = 0.05, p2 = 6.6, lofl = 1.1, lam_max = 1.4, smax = 3e5, K = 1e7,
                    width = 0.01;

static law muscle(void) {
  return LAW("muscle_transiso", {"g1", g1}, {"g2", g2}, {"g3", g3}, {"p1", p1}, {"p2", p2}, {"lofl", lofl},
             {"lam_max", lam_max}, {"smax", smax}, {"bulk", K}, {"switch", width});
}

/* Blemker's passive force over smax, beyond the switch */
static double passive(double l) {
  double x = l / lofl - 1, far = lam_max / lofl - 1, reached = exp(p2 * far);
  if (x <= 0) return 0;
  return x < far ? p1 * (exp(p2 * x) - 1) : p1 * (reached - 1) + p1 * p2 * reached * (x - far);
}
/* The law's active force over smax */
static double active_force(double l) {
  double d = fabs(l / lofl - 1);
  return d < 5.0 / 12 ? 1 - 4 * d * d : d < 0.6 ? 100.0 / 11 * (0.6 - d) * (0.6 - d) : 0;
}
/* Blemker's */
static double active_published(double l) {
  double d = fabs(l / lofl - 1);
  return d < 0.4 ? 1 - 4 * d * d : d < 0.6 ? 9 * (0.6 - d) * (0.6 - d) : 0;
}

static batch with_fibre(batch b, double active) {
  bench_fibre(&b, 0, 1, 0, 0);
  b.has_active = 1;
  for (int q = 0; q < NB; q++) b.active[q] = active;
  return b;
}

/* Fibre tension as the law reports it: l w'/J */
static double tension(const law *l, const batch *b) {
  _Alignas(64) double s[MAT_FAMILIES * NB];
  material_in in = bench_in(b);
  l->kind->ops->fibre_stress(l->par, &in, s);
  return s[0];
}

/* ---- force and length -------------------------------------------------------------------------------------------- */

static void active_muscle_of_fixed_length_pulls_by_its_force_length_curve(void **unused) {
  (void)unused;
  law m = muscle();
  for (double x = 0.3; x < 1.8; x += 0.0137) { /* crosses every joint, none is hit */
    double l = x * lofl, a = 0.7;
    batch rest = with_fibre(law_stretched(l, 1 / sqrt(l), 1 / sqrt(l)), 0), b = with_fibre(rest, a);
    double s0[9], s[9];
    law_tau(&m, &rest, s0);
    law_tau(&m, &b, s);
    /* J = 1 to rounding: Cauchy stress of the fibre l w' = smax l/lofl a f, all else unchanged but for the pressure */
    double pull = smax * x * a * active_force(l);
    assert_close((s[0] - s[4]) - (s0[0] - s0[4]), pull, CLOSED * smax);
    assert_close(tension(&m, &b) - tension(&m, &rest), pull, CLOSED * smax);
    /* the published curve, whose outer parts have 9 for 100/11: apart by 0.0031 at most, at the joint */
    assert_close(active_force(l), active_published(l), 0.0031);
  }
}

static void passive_muscle_pulls_by_blemkers_curve(void **unused) {
  (void)unused;
  law m = muscle();
  for (double l = 0.8; l < 1.7; l += 0.0137) {
    double x = l / lofl;
    if (x > 1 && x < 1 + width) continue; /* the switch has its own test */
    double t = 4.5 * g3 * log(l) + smax * x * passive(l), s = cbrt(volume_at(LOG, K, t / 3));
    batch b = with_fibre(law_stretched(s * l, s / sqrt(l), s / sqrt(l)), 0);
    assert_tau(&m, &b, (const double[3]){t, 0, 0}, smax);
    assert_close(tension(&m, &b) * s * s * s, smax * x * passive(l), CLOSED * smax);
  }
}

/* The tangent's largest jump between neighbours on a walk over all stretches, through the switch, the end of the
   exponential and the joints of the active curve. */
static double largest_jump(const law *m, double active, double h) {
  double jump = 0, last = 0;
  for (int i = 0; i * h < 1.4; i++) {
    double l = 0.4 + i * h;
    batch b = with_fibre(law_stretched(l, 1 / sqrt(l), 1 / sqrt(l)), active);
    nine d = {.v = {0}};
    for (int q = 0; q < NB; q++) d.v[q] = 1;
    double slope = bench_tangent(m, &b, &d).v[0];
    if (i > 0) jump = fmax(jump, fabs(slope - last));
    last = slope;
  }
  return jump;
}
static void the_slope_of_the_force_is_continuous(void **unused) {
  (void)unused;
  law m = muscle();
  for (double a = 0; a < 1.1; a += 1) {
    /* with a tenth of the distance a tenth of the jump; one that snaps keeps it. 0.15 for steps that straddle a bend */
    assert_below(largest_jump(&m, a, 1e-5), 0.15 * largest_jump(&m, a, 1e-4));
  }
}

static void shortened_fibres_carry_nothing_and_the_switch_is_between(void **unused) {
  (void)unused;
  law m = muscle();
  double last = 0;
  for (double x = 0.7; x < 1 + width; x += width / 20) {
    double l = x * lofl, f;
    batch b = with_fibre(law_stretched(l, 1 / sqrt(l), 1 / sqrt(l)), 0);
    f = tension(&m, &b);
    if (x < 1) assert_true(f == 0);
    assert_true(f >= last); /* within the switch the force rises from nothing ... */
    /* ... to Blemker's; r' is 1.25 at most, r below x - 1 by at most 0.27 width: apart by p1 p2 width at most */
    assert_close(f, smax * x * passive(l), smax * p1 * p2 * width);
    last = f;
  }
  assert_true(last > 0);
}

/* ---- the matrix -------------------------------------------------------------------------------------------------- */

/* Shear along the fibres: F = I + g a (x) n. I4 = 1, I5 = 1 + g^2, w = 1: W = g1 g^2 for all g. */
static void shear_along_the_fibres_is_2_g1(void **unused) {
  (void)unused;
  law m = muscle();
  for (double g = -1.5; g < 1.6; g += 0.25) {
    const double F[9] = {1, g, 0, 0, 1, 0, 0, 0, 1};
    batch b = with_fibre(bench_same(F), 0);
    double W[NB];
    bench_energy(&m, &b, W);
    assert_close(W[0], g1 * g * g, CLOSED * g1);
    assert_close(bench_stress(&m, &b).v[1 * NB], 2 * g1 * g, CLOSED * g1);
  }
}

/* Shear across: F = I + g m (x) n, both normal to a. w = 1 + g^2/2, B2 = arcosh w = 2 arsinh(g/2): W = 4 g2 arsinh^2.
 */
static void shear_across_the_fibres_is_2_g2(void **unused) {
  (void)unused;
  law m = muscle();
  /* the series of arcosh^2 ends at w = 1.1, g = 0.447; small g try it near rest */
  for (double g = 1e-9; g < 4; g = g < 0.05 ? g * 10 : g + 0.037) {
    const double F[9] = {1, 0, 0, 0, 1, g, 0, 0, 1};
    batch b = with_fibre(bench_same(F), 0);
    double W[NB], u = asinh(g / 2), root = sqrt(1 + g * g / 4);
    bench_energy(&m, &b, W);
    assert_close(W[0], 4 * g2 * u * u, CLOSED * g2);
    assert_close(bench_stress(&m, &b).v[5 * NB], 4 * g2 * u / root, CLOSED * g2);
    nine d = {.v = {0}};
    for (int q = 0; q < NB; q++) d.v[5 * NB + q] = 1;
    double slope = 4 * g2 * (0.5 / (root * root) - u * g / 4 / (root * root * root));
    assert_close(bench_tangent(&m, &b, &d).v[5 * NB], slope, CLOSED * g2);
  }
}

/* Unequal sides: equibiaxial tension along and across the fibre, confined compression along and across */
static void tension_and_confined_compression_are_closed_forms(void **unused) {
  (void)unused;
  law m = muscle();
  for (double x = 0.8; x < 1.3; x += 0.021) {
    const double bar[4][3] = {{x, x, 1 / (x * x)},                                   /* equibiaxial */
                              {pow(x, 2.0 / 3), pow(x, -1.0 / 3), pow(x, -1.0 / 3)}, /* confined along the fibre */
                              {pow(x, -1.0 / 3), pow(x, 2.0 / 3), pow(x, -1.0 / 3)}, /* confined across it */
                              {1, x, 1 / x}};
    for (int n = 0; n < 4; n++) {
      const double *l = bar[n];
      if (l[0] / lofl > 1 && l[0] / lofl < 1 + width) continue;
      double across = 2 * g2 * log(l[1] / l[2]), a = 0.3;
      double t[3] = {4.5 * g3 * log(l[0]) + smax * l[0] / lofl * (passive(l[0]) + a * active_force(l[0])), across,
                     -across};
      double mean = t[0] / 3, J = n == 1 || n == 2 ? x : 1, s = cbrt(J);
      if (n == 0) { /* the third side is free: tau3 = 0 fixes the pressure, so the volume */
        J = volume_at(LOG, K, mean - t[2]), s = cbrt(J);
      }
      batch b = with_fibre(law_stretched(s * l[0], s * l[1], s * l[2]), a);
      double p = K * log(J);
      for (int i = 0; i < 3; i++) t[i] += p - mean;
      assert_tau(&m, &b, t, smax);
      if (n == 0) assert_close(t[2], 0, CLOSED * smax);
    }
  }
}

static void four_thirds_g_is_isotropic_at_small_strains(void **unused) {
  (void)unused;
  /* dP of the relaxed muscle at rest against that of a neo-Hookean solid, along any fibre: W = 3 g e^2 in extension */
  const double g = 500;
  law m = LAW("muscle_transiso", {"g1", g}, {"g2", g}, {"g3", 4.0 / 3 * g}, {"bulk", 1e5});
  law n = LAW("neo_hookean", {"mu", 2 * g}, {"bulk", 1e5});
  batch b = bench_random();
  b.nfam = 1;
  for (int k = 0; k < 9; k++)
    for (int q = 0; q < NB; q++) b.F[k * NB + q] = k % 4 == 0;
  for (int i = 0; i < 9; i++) {
    nine d = {.v = {0}};
    for (int q = 0; q < NB; q++) d.v[i * NB + q] = 1;
    nine A = bench_tangent(&m, &b, &d), B = bench_tangent(&n, &b, &d);
    /* scale up to 2; fifty roundings */
    for (int k = 0; k < 9 * NB; k++) assert_close(A.v[k], B.v[k], test_round(50) * 4e5);
  }
}

static void the_full_stretch_is_that_of_F(void **unused) {
  (void)unused;
  law iso = muscle(), full = muscle();
  bench_set(&full, "stretch", FULL);
  /* a swollen cube: the isochoric stretch is 1, below lofl, and carries nothing; the full one is s */
  double s = 1.2;
  batch b = with_fibre(law_stretched(s, s, s), 0);
  double ti[9], tf[9];
  law_tau(&iso, &b, ti);
  law_tau(&full, &b, tf);
  assert_close(ti[0], ti[4], CLOSED * smax);
  assert_close(tf[0] - ti[0], smax * s / lofl * passive(s), CLOSED * smax);
  for (int i = 1; i < 9; i++) assert_close(tf[i], ti[i], CLOSED * smax);
}

/* ---- the compressible form --------------------------------------------------------------------------------------- */

static law compressible(int volumetric) {
  law m = muscle();
  bench_set(&m, "form", COMPRESSIBLE), bench_set(&m, "volumetric", volumetric);
  return m;
}

/* Tension with free sides, equibiaxial tension, confined compression along and across, swelling: whatever the three
   stretches, tau = [9/2 g3 ln l1 + l1 w', 2 g2 ln(l2/l3), -2 g2 ln(l2/l3)] + JU'. Fibres feel the full stretch. */
static void compressible_muscle_is_closed_forms(void **unused) {
  (void)unused;
  for (int volumetric = LOG; volumetric <= QUADRATIC; volumetric++) {
    law m = compressible(volumetric);
    for (double x = 0.8; x < 1.5; x += 0.021) {
      const double stretch[5][3] = {{x, 1 / sqrt(x), 1 / sqrt(x)}, {x, 1.05 * x, 0.9}, {x, 1, 1}, {1, x, 1}, {x, x, x}};
      for (int n = 0; n < 5; n++) {
        const double *l = stretch[n], a = 0.3;
        if (l[0] / lofl > 1 && l[0] / lofl < 1 + width) continue; /* the switch has its own test */
        double J = l[0] * l[1] * l[2], bulk = K - g3 / 2, p = volumetric == LOG ? bulk * log(J) : bulk * J * (J - 1);
        double across = 2 * g2 * log(l[1] / l[2]);
        double pull = smax * l[0] / lofl * (passive(l[0]) + a * active_force(l[0]));
        batch b = with_fibre(law_stretched(l[0], l[1], l[2]), a);
        assert_tau(&m, &b, (const double[3]){4.5 * g3 * log(l[0]) + pull + p, across + p, p - across}, smax);
        assert_close(tension(&m, &b) * J, pull, CLOSED * smax);
      }
    }
  }
}

/* The energy, of which the contract has the derivative only: against the integral of tau d(ln l) by Simpson's rule. */
static void compressible_muscle_stores_the_work_done_on_it(void **unused) {
  (void)unused;
  law m = compressible(LOG);
  const int n = 4000;
  const double end[3] = {log(1.05), log(0.9), log(1.2)}; /* below lofl: the integrand is smooth */
  double sum = 0, W[NB];
  for (int i = 0; i <= n; i++) {
    double u = (double)i / n, t[9];
    batch b = with_fibre(law_stretched(exp(u * end[0]), exp(u * end[1]), exp(u * end[2])), 0);
    law_tau(&m, &b, t);
    sum += (i == 0 || i == n ? 1 : i % 2 ? 4 : 2) * (t[0] * end[0] + t[4] * end[1] + t[8] * end[2]);
  }
  batch b = with_fibre(law_stretched(exp(end[0]), exp(end[1]), exp(end[2])), 0);
  bench_energy(&m, &b, W);
  assert_close(W[0], sum / n / 3, CLOSED * K);
}

/* At rest without activation: no stress, a swelling meets `bulk`, a shear 2 g1 or 2 g2; with `bulk` of millions the
   forms agree where the volume is kept. */
static void compressible_muscle_rests_without_stress_and_swells_by_bulk(void **unused) {
  (void)unused;
  for (int volumetric = LOG; volumetric <= QUADRATIC; volumetric++) {
    law m = compressible(volumetric);
    batch b = with_fibre(law_stretched(1, 1, 1), 0);
    assert_tau(&m, &b, (const double[3]){0, 0, 0}, smax);
    nine d = {.v = {0}};
    for (int q = 0; q < NB; q++) d.v[0 * NB + q] = d.v[4 * NB + q] = d.v[8 * NB + q] = 1;
    nine A = bench_tangent(&m, &b, &d);
    assert_close((A.v[0] + A.v[4 * NB] + A.v[8 * NB]) / 3, 3 * K, CLOSED * K);
    for (double g = -1; g < 1.1; g += 0.25) {
      const double along[9] = {1, g, 0, 0, 1, 0, 0, 0, 1}, across[9] = {1, 0, 0, 0, 1, g, 0, 0, 1};
      batch s = with_fibre(bench_same(along), 0), c = with_fibre(bench_same(across), 0);
      assert_close(bench_stress(&m, &s).v[1 * NB], 2 * g1 * g, CLOSED * g1);
      assert_close(bench_stress(&m, &c).v[5 * NB], 4 * g2 * asinh(g / 2) / sqrt(1 + g * g / 4), CLOSED * g2);
    }
  }
}

static void a_bulk_that_the_fibres_would_use_up_is_refused(void **unused) {
  (void)unused;
  law m = compressible(LOG);
  char why[256];
  bench_set(&m, "bulk", 0.5 * g3);
  assert_null(m.kind->refuse(m.par, why, sizeof why));
  bench_set(&m, "bulk", 0.49 * g3);
  assert_string_equal(m.kind->refuse(m.par, why, sizeof why), "bulk");
  assert_non_null(strstr(why, "450")); /* g3/2, in Pa */
  bench_set(&m, "form", UNCOUPLED);
  assert_null(m.kind->refuse(m.par, why, sizeof why));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(active_muscle_of_fixed_length_pulls_by_its_force_length_curve),
      cmocka_unit_test(passive_muscle_pulls_by_blemkers_curve),
      cmocka_unit_test(the_slope_of_the_force_is_continuous),
      cmocka_unit_test(shortened_fibres_carry_nothing_and_the_switch_is_between),
      cmocka_unit_test(shear_along_the_fibres_is_2_g1),
      cmocka_unit_test(shear_across_the_fibres_is_2_g2),
      cmocka_unit_test(tension_and_confined_compression_are_closed_forms),
      cmocka_unit_test(four_thirds_g_is_isotropic_at_small_strains),
      cmocka_unit_test(the_full_stretch_is_that_of_F),
      cmocka_unit_test(compressible_muscle_is_closed_forms),
      cmocka_unit_test(compressible_muscle_stores_the_work_done_on_it),
      cmocka_unit_test(compressible_muscle_rests_without_stress_and_swells_by_bulk),
      cmocka_unit_test(a_bulk_that_the_fibres_would_use_up_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
