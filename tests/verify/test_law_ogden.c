/* Ogden's law where stretches are equal or nearly so: the same numbers as neo-Hookean and Mooney-Rivlin, which know no
   principal stretches, and tangents that are derivatives and continuous all the way. */
#include "tests/verify/law_forms.h"

/* B = R diag(x, y, z) R'^T in every lane, rotations random by lane */
static batch turned(double x, double y, double z) {
  batch b = {.nfam = 0};
  const double u[3] = {x, y, z};
  for (int q = 0; q < NB; q++) {
    double R[9], S[9], F[9];
    bench_rotation(R), bench_rotation(S);
    for (int i = 0; i < 3; i++)
      for (int k = 0; k < 3; k++) R[3 * i + k] *= u[k];
    mul3t(R, 1, S, 1, F);
    for (int k = 0; k < 9; k++) b.F[k * NB + q] = F[k];
  }
  return b;
}

/* gaps between two stretches: none, below rounding, and every size above */
static const double gaps[] = {0,    1e-17, 1e-16, 1e-15, 1e-14, 1e-12, 1e-10, 1e-8,
                              1e-7, 1e-6,  1e-5,  1e-4,  1e-3,  0.01,  0.1};
enum { NGAP = sizeof gaps / sizeof *gaps };

static void check_same(const law *a, const law *b) {
  for (int g = 0; g < NGAP; g++)
    for (int three = 0; three < 2; three++) {
      double x = 1.3, y = x * (1 + gaps[g]), z = three ? x * (1 - gaps[g]) : 0.7;
      batch at = turned(x, y, z);
      nine d = bench_direction(), P = bench_stress(a, &at), R = bench_stress(b, &at), A = bench_tangent(a, &at, &d),
           T = bench_tangent(b, &at, &d);
      double W[NB], V[NB];
      bench_energy(a, &at, W), bench_energy(b, &at, V);
      bench_size size = bench_measure(b, &at);
      /* the two laws add quite different terms, a hundred operations each: a hundred roundings of size */
      for (int q = 0; q < NB; q++) {
        assert_close(W[q], V[q], test_round(100) * size.P[q]);
        for (int k = q; k < 9 * NB; k += NB) {
          assert_close(P.v[k], R.v[k], test_round(100) * size.P[q]);
          assert_close(A.v[k], T.v[k], test_round(100) * size.A[q]);
        }
      }
    }
}
static void an_exponent_of_two_is_neo_hookean(void **unused) {
  (void)unused;
  for (int volumetric = 0; volumetric < 2; volumetric++) {
    law o = LAW("ogden", {"c1", 12000}, {"m1", 2}, {"bulk", 2e5}, {"volumetric", volumetric});
    law n = LAW("neo_hookean", {"mu", 6000}, {"bulk", 2e5}, {"volumetric", volumetric});
    check_same(&o, &n);
  }
  law o = LAW("ogden", {"c1", 12000}, {"m1", 2}, {"bulk", 2e5}, {"form", COMPRESSIBLE});
  law n = LAW("neo_hookean_compressible", {"mu", 6000}, {"lambda", 2e5 - 4000});
  check_same(&o, &n);
}
static void exponents_of_two_and_minus_two_are_mooney_rivlin(void **unused) {
  (void)unused;
  /* uncoupled only: of B alone I2 is not l1^-2 + l2^-2 + l3^-2 */
  for (int volumetric = 0; volumetric < 2; volumetric++) {
    law o = LAW("ogden", {"c1", 4 * 2000}, {"m1", 2}, {"c2", 4 * 900}, {"m2", -2}, {"bulk", 2e5},
                {"volumetric", volumetric});
    law m = LAW("mooney_rivlin", {"c1", 2000}, {"c2", 900}, {"bulk", 2e5}, {"volumetric", volumetric});
    check_same(&o, &m);
  }
}

static void one_term_or_two_halves_are_one_law(void **unused) {
  (void)unused;
  law o = LAW("ogden", {"c1", 3000}, {"m1", 7.3}, {"bulk", 2e5});
  law h = LAW("ogden", {"c1", 1000}, {"m1", 7.3}, {"c2", 500}, {"m2", 7.3}, {"c3", 750}, {"m3", 7.3}, {"c4", 750},
              {"m4", 7.3}, {"bulk", 2e5});
  check_same(&o, &h);
}

static void a_vanishing_exponent_is_the_logarithm(void **unused) {
  (void)unused;
  /* m = 0: W = c/2 sum (ln l)^2; the law stands at m = 1e-2 for it, which differs by sums of m (ln l)^3/6 c: here below
     m/6 of the energy. In uniaxial tension tau = c 3/2 ln lbar. */
  law o = LAW("ogden", {"c1", 1600}, {"m1", 0}, {"bulk", 1e6});
  for (double x = 0.6; x < 1.6; x += 0.1) {
    double t = 1600 * 1.5 * log(x), s = cbrt(volume_at(LOG, 1e6, t / 3)), tau[9];
    batch b = law_stretched(s * x, s / sqrt(x), s / sqrt(x));
    law_tau(&o, &b, tau);
    assert_close(tau[0] - tau[4], t, 1e-2 / 6 * 1600);
  }
}

static void tangents_near_equal_stretches_are_derivatives(void **unused) {
  (void)unused;
  for (int form = 0; form < 2; form++) {
    law o = LAW("ogden", {"c1", 3000}, {"m1", 7.3}, {"c2", 2000}, {"m2", -9.1}, {"c3", 900}, {"m3", 1}, {"bulk", 2e5},
                {"form", form});
    for (int g = 0; g < NGAP; g++)
      for (int three = 0; three < 2; three++) {
        double x = 1.2, y = x * (1 + gaps[g]), z = three ? x * (1 - gaps[g]) : 0.8, h = test_step();
        batch at = turned(x, y, z);
        nine d = bench_direction(), dP = bench_tangent(&o, &at, &d);
        bench_size size = bench_measure(&o, &at);
        batch up = bench_moved(&at, &d, h), down = bench_moved(&at, &d, -h);
        nine Pu = bench_stress(&o, &up), Pd = bench_stress(&o, &down);
        /* truncation: h^2/6 of a third derivative, exponents up to 9 cubed: 100 of the tangent and slope */
        for (int k = 0; k < 9 * NB; k++)
          assert_close(dP.v[k], (Pu.v[k] - Pd.v[k]) / (2 * h), 100 * test_difference() * size.A[k % NB]);
      }
  }
}

static void the_tangent_does_not_jump_where_stretches_meet(void **unused) {
  (void)unused;
  law o = LAW("ogden", {"c1", 3000}, {"m1", 7.3}, {"c2", 2000}, {"m2", -9.1}, {"bulk", 2e5});
  batch base = turned(1.2, 1.2, 0.8), b;
  nine d = bench_direction(), e = bench_direction(), A = bench_tangent(&o, &base, &d);
  bench_size size = bench_measure(&o, &base);
  for (double h = 1e-2; h > 1e-17; h *= 0.1) {
    b = bench_moved(&base, &e, h);
    nine B = bench_tangent(&o, &b, &d);
    /* a slope of the tangent, at most 30 of its measured size in any one direction, times h; rounding */
    for (int k = 0; k < 9 * NB; k++) assert_close(B.v[k], A.v[k], (30 * h + test_round(100)) * size.A[k % NB]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_exponent_of_two_is_neo_hookean),
      cmocka_unit_test(exponents_of_two_and_minus_two_are_mooney_rivlin),
      cmocka_unit_test(one_term_or_two_halves_are_one_law),
      cmocka_unit_test(a_vanishing_exponent_is_the_logarithm),
      cmocka_unit_test(tangents_near_equal_stretches_are_derivatives),
      cmocka_unit_test(the_tangent_does_not_jump_where_stretches_meet),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
