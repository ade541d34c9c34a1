/* Every law of the catalogue keeps the contract of sim/kinds/material.h. Each test walks the catalogue, twice: with the
   presets of the law's table and with mid-range values and the last of every choice. What holds for active muscle too
   is tried with and without activation. */
#include "tests/contract/law_bench.h"

static void each_law(void (*check)(const law *l)) {
  int count = 0;
  for (int i = 0; models_catalog.materials[i]; i++)
    for (int variant = 0; variant < 2; variant++, count++) {
      law l = bench_law(models_catalog.materials[i], variant);
      check(&l);
    }
  assert_true(count > 0);
}

/* Prints the two numbers side by side and fails when they differ by more than tol (NaN fails). */
static void agree(const law *l, const char *what, double got, double expected, double tol) {
  double error = fabs(got - expected);
  if (error <= tol * test_scale()) return;
  print_error("%s: %s: %.12g, expected %.12g: off by %.3g, allowed %.3g\n", l->kind->name, what, got, expected, error,
              tol);
  fail();
}
static void agree_nine(const law *l, const char *what, const nine *got, const nine *expected, int q, double tol) {
  double error = 0;
  for (int k = 0; k < 9; k++) {
    double e = fabs(got->v[k * NB + q] - expected->v[k * NB + q]);
    if (!(e <= error)) error = e;
  }
  if (error <= tol * test_scale()) return;
  print_error("%s: %s: off by %.3g, allowed %.3g\n", l->kind->name, what, error, tol);
  for (int k = 0; k < 9; k++)
    print_error("  [%d%d] %18.10g  expected %18.10g\n", k / 3, k % 3, got->v[k * NB + q], expected->v[k * NB + q]);
  fail();
}

/* ---- derivatives ------------------------------------------------------------------------------------------------- */

/* Central difference D(h): truncation ~ h^2 times a third derivative, rounding ~ eps / h, balanced at h = cbrt(eps).
   The third derivative is measured: D(h) - D(2h) is three times the truncation of D(h) (a law with a narrow switch has
   a large one). 100 h^2 of the size of the stress covers rounding: some ten roundings of the energy, which is itself
   some ten times the stress where a stiff volume term is strained by 1. */
static double difference_tolerance(double size, double h_minus_2h) {
  return 100 * test_difference() * size + fabs(h_minus_2h);
}

static double energy_slope(const law *l, const batch *b, const nine *d, double h, int q) {
  double up[NB], down[NB];
  batch c = bench_moved(b, d, h);
  bench_energy(l, &c, up);
  c = bench_moved(b, d, -h);
  bench_energy(l, &c, down);
  return (up[q] - down[q]) / (2 * h);
}
static void check_stress(const law *l) {
  if (!l->kind->ops->energy) return;
  for (int n = 0; n < 20; n++) {
    batch b = bench_random();
    b.has_active = n % 2;
    nine d = bench_direction(), P = bench_stress(l, &b);
    bench_size size = bench_measure(l, &b);
    for (int q = 0; q < NB; q++) {
      double one = energy_slope(l, &b, &d, test_step(), q), two = energy_slope(l, &b, &d, 2 * test_step(), q);
      agree(l, "P : dF against the difference of W", dot3(P.v + q, NB, d.v + q, NB), one,
            difference_tolerance(size.P[q], one - two));
    }
  }
}
static void stress_is_the_derivative_of_the_energy(void **unused) {
  (void)unused;
  each_law(check_stress);
}

static nine stress_slope(const law *l, const batch *b, const nine *d, double h) {
  batch c = bench_moved(b, d, h), e = bench_moved(b, d, -h);
  nine up = bench_stress(l, &c), down = bench_stress(l, &e);
  for (int k = 0; k < 9 * NB; k++) up.v[k] = (up.v[k] - down.v[k]) / (2 * h);
  return up;
}
static void check_tangent(const law *l) {
  for (int n = 0; n < 20; n++) {
    batch b = bench_random();
    b.has_active = n % 2;
    nine d = bench_direction(), dP = bench_tangent(l, &b, &d);
    bench_size size = bench_measure(l, &b);
    nine one = stress_slope(l, &b, &d, test_step()), two = stress_slope(l, &b, &d, 2 * test_step()), gap = one;
    for (int k = 0; k < 9 * NB; k++) gap.v[k] -= two.v[k];
    for (int q = 0; q < NB; q++)
      agree_nine(l, "dP against the difference of P", &dP, &one, q,
                 difference_tolerance(size.P[q], bench_norm(&gap, q)));
  }
}
static void tangent_is_the_derivative_of_the_stress(void **unused) {
  (void)unused;
  each_law(check_tangent);
}

static void check_symmetry(const law *l) {
  for (int n = 0; n < 20; n++) {
    batch b = bench_random();
    b.has_active = n % 2;
    nine d = bench_direction(), e = bench_direction(), Ad = bench_tangent(l, &b, &d), Ae = bench_tangent(l, &b, &e);
    bench_size size = bench_measure(l, &b);
    for (int q = 0; q < NB; q++) /* about fifty roundings of terms no larger than the tangent */
      agree(l, "e : A : d against d : A : e", dot3(e.v + q, NB, Ad.v + q, NB), dot3(d.v + q, NB, Ae.v + q, NB),
            test_round(50) * size.A[q]);
  }
}
static void tangent_is_symmetric(void **unused) {
  (void)unused;
  each_law(check_symmetry);
}

/* ---- frames and rest --------------------------------------------------------------------------------------------- */

static void check_frame(const law *l) {
  for (int n = 0; n < 20; n++) {
    batch b = bench_random(), turned;
    b.has_active = n % 2;
    turned = b;
    double Q[9], W[NB], WQ[NB];
    bench_rotation(Q);
    nine d = bench_direction(), dQ = d, P = bench_stress(l, &b), dP = bench_tangent(l, &b, &d);
    bench_size size = bench_measure(l, &b);
    for (int q = 0; q < NB; q++) {
      double a[9];
      mul3(Q, 1, b.F + q, NB, a);
      for (int k = 0; k < 9; k++) turned.F[k * NB + q] = a[k];
      mul3(Q, 1, d.v + q, NB, a);
      for (int k = 0; k < 9; k++) dQ.v[k * NB + q] = a[k];
      mul3(Q, 1, P.v + q, NB, a);
      for (int k = 0; k < 9; k++) P.v[k * NB + q] = a[k];
      mul3(Q, 1, dP.v + q, NB, a);
      for (int k = 0; k < 9; k++) dP.v[k * NB + q] = a[k];
    }
    nine PQ = bench_stress(l, &turned), dPQ = bench_tangent(l, &turned, &dQ);
    /* Q F is rounded thrice an entry, so are the products on the other side: with the law's own roundings twenty */
    for (int q = 0; q < NB; q++) {
      agree_nine(l, "P(Q F) against Q P(F)", &PQ, &P, q, test_round(20) * size.P[q]);
      agree_nine(l, "A(Q F) : Q dF against Q A(F) : dF", &dPQ, &dP, q, test_round(20) * size.A[q]);
    }
    if (l->kind->ops->energy) {
      bench_energy(l, &b, W);
      bench_energy(l, &turned, WQ);
      /* the energy is at most |P| |F|; |F| < 4 */
      for (int q = 0; q < NB; q++) agree(l, "W(Q F) against W(F)", WQ[q], W[q], test_round(80) * size.P[q]);
    }
    if (l->kind->ops->fibre_stress) {
      _Alignas(64) double s[MAT_FAMILIES * NB], sQ[MAT_FAMILIES * NB];
      material_in in = bench_in(&b), in_turned = bench_in(&turned);
      l->kind->ops->fibre_stress(l->par, &in, s);
      l->kind->ops->fibre_stress(l->par, &in_turned, sQ);
      for (int k = 0; k < MAT_FAMILIES * NB; k++) /* Cauchy stress is P F^T / J: |F| / J < 3 / 0.3 */
        agree(l, "fibre stress of Q F against that of F", sQ[k], s[k], test_round(200) * size.P[k % NB]);
    }
  }
}
static void the_law_is_the_same_from_every_side(void **unused) {
  (void)unused;
  each_law(check_frame);
}

static void check_rest(const law *l) {
  for (int n = 0; n < 20; n++) {
    batch b = bench_random();
    double R[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, W[NB];
    if (n > 0) bench_rotation(R);
    for (int k = 0; k < 9; k++)
      for (int q = 0; q < NB; q++) b.F[k * NB + q] = R[k];
    nine P = bench_stress(l, &b), zero = {.v = {0}};
    bench_size size = bench_measure(l, &b);
    /* a rotation in floating point is orthogonal to some ten roundings */
    for (int q = 0; q < NB; q++) agree_nine(l, "stress of a turned body", &P, &zero, q, test_round(20) * size.P[q]);
    if (!l->kind->ops->energy) continue;
    bench_energy(l, &b, W);
    for (int q = 0; q < NB; q++) agree(l, "energy of a turned body", W[q], 0, test_round(20) * size.P[q]);
  }
}
static void rotation_costs_no_energy_and_no_stress(void **unused) {
  (void)unused;
  each_law(check_rest);
}

static void check_minimum(const law *l) {
  if (!l->kind->ops->energy) return;
  for (int n = 0; n < 50; n++) {
    batch b = bench_random();
    double W[NB];
    bench_energy(l, &b, W);
    for (int q = 0; q < NB; q++) assert_true(W[q] > 0); /* random deformations are 0.1 and more away from a rotation */
  }
}
static void no_deformation_stores_less_than_rest(void **unused) {
  (void)unused;
  each_law(check_minimum);
}

static void check_moduli(const law *l) {
  /* Without fibres, at rest: a shear answers with mu (dF + dF^T), a swelling with 3 K. Ten roundings of the larger. */
  const double I[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  batch b = bench_same(I);
  double mu = l->kind->shear(l->par), K = l->kind->bulk(l->par);
  assert_true(mu > 0 && K > 0);
  nine d = {.v = {0}};
  for (int q = 0; q < NB; q++) d.v[1 * NB + q] = 1;
  nine A = bench_tangent(l, &b, &d);
  agree(l, "dP12 of a shear", A.v[1 * NB], mu, test_round(10) * (mu + K));
  agree(l, "dP21 of a shear", A.v[3 * NB], mu, test_round(10) * (mu + K));
  memset(&d, 0, sizeof d);
  for (int q = 0; q < NB; q++) d.v[0 * NB + q] = d.v[4 * NB + q] = d.v[8 * NB + q] = 1;
  A = bench_tangent(l, &b, &d);
  agree(l, "dP of a swelling", A.v[0], 3 * K, test_round(10) * (mu + 3 * K));
}
static void small_strains_meet_the_moduli_the_law_states(void **unused) {
  (void)unused;
  each_law(check_moduli);
}

/* ---- lanes ------------------------------------------------------------------------------------------------------- */

static void check_lanes(const law *l) {
  batch b = bench_random();
  b.has_active = 1;
  nine d = bench_direction(), P = bench_stress(l, &b), dP = bench_tangent(l, &b, &d);
  for (int q = 0; q < NB; q++) {
    /* every lane becomes lane q: the loop above fills a batch's spare lanes with its last point */
    batch same = b;
    nine dsame;
    for (int k = 0; k < 9; k++)
      for (int p = 0; p < NB; p++) same.F[k * NB + p] = b.F[k * NB + q], dsame.v[k * NB + p] = d.v[k * NB + q];
    for (int k = 0; k < 3 * MAT_FAMILIES; k++)
      for (int p = 0; p < NB; p++) same.fibre[k * NB + p] = b.fibre[k * NB + q];
    for (int p = 0; p < NB; p++) same.scale[p] = b.scale[q], same.active[p] = b.active[q];
    nine P1 = bench_stress(l, &same), dP1 = bench_tangent(l, &same, &dsame);
    for (int k = 0; k < 9; k++)
      for (int p = 0; p < NB; p++) /* exact: a result may not depend on how points fall into batches */
        assert_true(P1.v[k * NB + p] == P.v[k * NB + q] && dP1.v[k * NB + p] == dP.v[k * NB + q]);
  }
}
static void a_lane_does_not_see_the_others(void **unused) {
  (void)unused;
  each_law(check_lanes);
}

static void check_scale(const law *l) {
  batch b = bench_random();
  nine d = bench_direction();
  for (int q = 0; q < NB; q++) b.scale[q] = 1;
  nine P = bench_stress(l, &b), dP = bench_tangent(l, &b, &d);
  b.has_scale = 0; /* no factor is a factor of 1: exact */
  nine P1 = bench_stress(l, &b), dP1 = bench_tangent(l, &b, &d);
  assert_memory_equal(&P, &P1, sizeof P);
  assert_memory_equal(&dP, &dP1, sizeof dP);
  b.has_scale = b.has_active = 1;
  P = bench_stress(l, &b), dP = bench_tangent(l, &b, &d);
  double W[NB], W2[NB];
  bench_energy(l, &b, W);
  for (int q = 0; q < NB; q++) b.scale[q] = 2;
  P1 = bench_stress(l, &b), dP1 = bench_tangent(l, &b, &d);
  bench_energy(l, &b, W2);
  for (int q = 0; q < NB; q++) assert_true(W2[q] == 2 * W[q]); /* twice everything, exact: 2 only moves the exponent */
  for (int k = 0; k < 9 * NB; k++) assert_true(P1.v[k] == 2 * P.v[k] && dP1.v[k] == 2 * dP.v[k]);
}
static void local_stiffness_multiplies_everything_and_none_is_one(void **unused) {
  (void)unused;
  each_law(check_scale);
}

/* ---- fibres ------------------------------------------------------------------------------------------------------ */

static void check_tension(const law *l) {
  if (l->kind->needs & MAT_FIBRE) assert_non_null(l->kind->ops->fibre_stress);
  if (!(l->kind->needs & MAT_FIBRE)) return; /* a law around another has what that one has */
  int parallel = bench_number(l, "kappa", 0) == 0; /* dispersed fibres may be taut when their middle is not, or slack */
  int taut = 0, slack = 0;
  for (int n = 0; n < 50; n++) {
    batch b = bench_random();
    _Alignas(64) double s[MAT_FAMILIES * NB], active[MAT_FAMILIES * NB];
    material_in in = bench_in(&b);
    l->kind->ops->fibre_stress(l->par, &in, s);
    b.has_active = 1, in = bench_in(&b);
    l->kind->ops->fibre_stress(l->par, &in, active);
    for (int f = 0; f < MAT_FAMILIES; f++)
      for (int q = 0; q < NB; q++) {
        double v[3];
        vec3(b.F + q, NB, b.fibre + 3 * f * NB + q, NB, v);
        /* whether the law's fibres feel the change of volume or not */
        double stretch = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]), bar = stretch / cbrt(det3(b.F + q, NB));
        assert_true(s[f * NB + q] >= 0 && active[f * NB + q] >= s[f * NB + q]);
        if (parallel && fmax(stretch, bar) < 1) assert_true(s[f * NB + q] == 0);
        if (parallel && f == 0 && fmin(stretch, bar) > 1) assert_true(s[f * NB + q] > 0);
        taut += fmin(stretch, bar) > 1, slack += fmax(stretch, bar) < 1;
      }
  }
  assert_true(taut > 100 && slack > 100); /* both were tried */
}
static void fibres_pull_and_never_push(void **unused) {
  (void)unused;
  each_law(check_tension);
}

/* Walks the stretch along the fibre and returns the largest jump of the tangent between neighbours. */
static double largest_jump(const law *l, int nstep) {
  nine before = {.v = {0}};
  double jump = 0;
  for (int i = 0; i <= nstep; i++) {
    double x = 0.9 + 0.4 * i / nstep, y = 1 / sqrt(x);
    const double F[9] = {x, 0, 0, 0, y, 0, 0, 0, y};
    batch b = bench_same(F);
    bench_fibre(&b, 0, 1, 0, 0);
    nine d = {.v = {0}};
    for (int q = 0; q < NB; q++) d.v[q] = 1;
    nine A = bench_tangent(l, &b, &d);
    if (i > 0) jump = fmax(jump, fabs(A.v[0] - before.v[0]));
    before = A;
  }
  return jump;
}
static void check_smooth(const law *l) {
  if (!(l->kind->needs & MAT_FIBRE)) return;
  /* A tangent with a bounded slope has jumps that shrink with the step, here to a tenth; a switch that snaps keeps its
     jump. 0.2 leaves room for steps that straddle a bend. The coarse step, 1e-4, resolves every width in the tables'
     middle. */
  double coarse = largest_jump(l, 4000), fine = largest_jump(l, 40000);
  agree(l, "largest jump of the tangent on the finer walk", fine, 0, 0.2 * coarse);
}
static void the_tangent_is_continuous_where_fibres_go_slack(void **unused) {
  (void)unused;
  each_law(check_smooth);
}

static void check_no_fibre(const law *l) {
  /* A layer without fibres has zero vectors where others have fibres: exactly the matrix. */
  batch b = bench_random(), bare = b;
  nine d = bench_direction();
  memset(b.fibre, 0, sizeof b.fibre);
  bare.nfam = 0;
  nine P = bench_stress(l, &b), P0 = bench_stress(l, &bare);
  nine dP = bench_tangent(l, &b, &d), dP0 = bench_tangent(l, &bare, &d);
  for (int k = 0; k < 9 * NB; k++) assert_true(P.v[k] == P0.v[k] && dP.v[k] == dP0.v[k]);
}
static void a_zero_fibre_is_no_fibre(void **unused) {
  (void)unused;
  each_law(check_no_fibre);
}

/* ---- Newton ------------------------------------------------------------------------------------------------------ */

/* Solves the 5x5 system a x = b with pivoting; b becomes x. */
static void solve5(double a[5][5], double b[5]) {
  for (int i = 0; i < 5; i++) {
    int pivot = i;
    for (int r = i + 1; r < 5; r++)
      if (fabs(a[r][i]) > fabs(a[pivot][i])) pivot = r;
    for (int c = 0; c < 5; c++) {
      double swap = a[i][c];
      a[i][c] = a[pivot][c], a[pivot][c] = swap;
    }
    double swap = b[i];
    b[i] = b[pivot], b[pivot] = swap;
    for (int r = i + 1; r < 5; r++) {
      double m = a[r][i] / a[i][i];
      for (int c = i; c < 5; c++) a[r][c] -= m * a[i][c];
      b[r] -= m * b[i];
    }
  }
  for (int i = 4; i >= 0; i--) {
    for (int c = i + 1; c < 5; c++) b[i] -= a[i][c] * b[c];
    b[i] /= a[i][i];
  }
}

/* A cube is stretched by 1.1 along x, everything else of an upper triangular F (which fixes the rotation) is free: five
   forces must vanish. Fibres lie askew. */
static void check_newton(const law *l) {
  const int row[5] = {1, 2, 4, 5, 8};
  double F[9] = {1.1, 0, 0, 0, 1, 0, 0, 0, 1}, r[20], scale = 0, slope = 1;
  int n = 0;
  for (; n < 20; n++) {
    batch b = bench_same(F);
    bench_fibre(&b, 0, sqrt(0.5), 0.5, 0.5);
    bench_fibre(&b, 1, 0.6, -0.8, 0);
    nine P = bench_stress(l, &b);
    bench_size size = bench_measure(l, &b);
    if (n == 0) scale = size.P[0];
    slope = fmax(slope, size.A[0] * sqrt(dot3(F, 1, F, 1)) / size.P[0]);
    double a[5][5], x[5];
    r[n] = 0;
    for (int i = 0; i < 5; i++) x[i] = -P.v[row[i] * NB], r[n] = fmax(r[n], fabs(x[i]) / scale);
    if (r[n] < 1e-14) break;
    for (int c = 0; c < 5; c++) {
      nine d = {.v = {0}};
      for (int q = 0; q < NB; q++) d.v[row[c] * NB + q] = 1;
      nine A = bench_tangent(l, &b, &d);
      for (int i = 0; i < 5; i++) a[i][c] = A.v[row[i] * NB];
    }
    solve5(a, x);
    for (int i = 0; i < 5; i++) F[row[i]] += x[i];
  }
  /* Quadratic: each residual is at most a constant times the square of the one before, until rounding. The constant is
     the relative slope of the tangent (measured: 1 to 5, more within the switch of a fibre) times the square of
     stiffest over softest (K / mu = 32 at mid-range, as residuals are measured against the stiffest): 500; 310 was
     seen. A tangent wrong by one per cent gains a factor of 100 a step, so it fails once the residual is below 1e-5. */
  int last = n < 20 ? n : 19, quadratic = r[last] < 1e-14;
  for (int i = 1; i <= last; i++)
    if (r[i - 1] < 1e-2) quadratic = quadratic && r[i] <= 500 * slope * r[i - 1] * r[i - 1] + 1e-14;
  if (quadratic) return;
  print_error("%s: Newton's residuals:", l->kind->name);
  for (int i = 0; i <= last; i++) print_error(" %.2e", r[i]);
  print_error("\n");
  fail();
}
static void newton_converges_quadratically_on_a_stretched_cube(void **unused) {
  (void)unused;
  each_law(check_newton);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stress_is_the_derivative_of_the_energy),
      cmocka_unit_test(tangent_is_the_derivative_of_the_stress),
      cmocka_unit_test(tangent_is_symmetric),
      cmocka_unit_test(the_law_is_the_same_from_every_side),
      cmocka_unit_test(rotation_costs_no_energy_and_no_stress),
      cmocka_unit_test(no_deformation_stores_less_than_rest),
      cmocka_unit_test(small_strains_meet_the_moduli_the_law_states),
      cmocka_unit_test(a_lane_does_not_see_the_others),
      cmocka_unit_test(local_stiffness_multiplies_everything_and_none_is_one),
      cmocka_unit_test(fibres_pull_and_never_push),
      cmocka_unit_test(the_tangent_is_continuous_where_fibres_go_slack),
      cmocka_unit_test(a_zero_fibre_is_no_fibre),
      cmocka_unit_test(newton_converges_quadratically_on_a_stretched_cube),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
