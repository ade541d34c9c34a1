#include "tests/test.h"
#ifdef _OPENMP
#include <omp.h>
#endif
#include "sim/base/par.h"

enum { N = 12345 };
static double x[N], y[N], part[N / PAR_BLOCK + 1];

static int fill(void **unused) {
  (void)unused;
  unsigned long random = 12345;
  for (int i = 0; i < N; i++) { /* sizes over 12 decades, so that another order of summing shows */
    random = random * 6364136223846793005UL + 1442695040888963407UL;
    x[i] = ((double)(random >> 11) * 0x1p-53 - 0.5) * pow(10, (double)(i % 13));
    y[i] = sin(i);
  }
  return 0;
}

static void the_dot_product_has_the_same_bits_for_any_number_of_threads(void **unused) {
  (void)unused;
  par_setup(1);
  double one = par_dot(N, x, y, part);
  for (int n = 2; n <= 5; n++) {
    par_setup(n);
    double more = par_dot(N, x, y, part);
    assert_memory_equal(&one, &more, sizeof one);
  }
  par_setup(1);
}

/* What the previous test would miss if the order did not matter for these numbers. */
static void the_order_of_summing_matters_for_the_test_vector(void **unused) {
  (void)unused;
  double forward = 0, backward = 0;
  for (int i = 0; i < N; i++) forward += x[i] * y[i];
  for (int i = N - 1; i >= 0; i--) backward += x[i] * y[i];
  assert_true(forward != backward);
}

static void the_dot_product_is_right(void **unused) {
  (void)unused;
  static double ones[N], count[N];
  for (int i = 0; i < N; i++) {
    ones[i] = 1;
    count[i] = i;
  }
  const int sizes[] = {0, 1, PAR_BLOCK - 1, PAR_BLOCK, PAR_BLOCK + 1, N};
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    double n = sizes[k];
    assert_true(par_dot(sizes[k], ones, count, part) == n * (n - 1) / 2); /* exact: integers below 2^53 */
  }
}

/* Dealt to fewer and to more threads than there are; the first may not take more than one, so others help it. */
static void every_piece_of_a_loop_is_taken_once(void **unused) {
  (void)unused;
  static int taken[1000];
  const int sizes[] = {0, 1, 2, 7, 1000};
  for (int nthread = 1; nthread <= 5; nthread++)
    for (int dealt = 1; dealt <= 6; dealt++)
      for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        memset(taken, 0, sizeof taken);
        par_deal(sizes[k], dealt);
#pragma omp parallel num_threads(nthread)
        for (int i, some = 0; !(some && nthread > 1 && omp_get_thread_num() == 0) && (i = par_take()) >= 0; some = 1)
#pragma omp atomic
          taken[i]++;
        for (int i = 0; i < sizes[k]; i++) assert_int_equal(taken[i], 1);
        assert_int_equal(par_take(), -1);
      }
}

static void the_largest_magnitude_is_found_wherever_it_is(void **unused) {
  (void)unused;
  static double z[N];
  assert_true(par_max_abs(0, z, part) == 0);
  const int at[] = {0, 1, PAR_BLOCK - 1, PAR_BLOCK, N - 1};
  for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
    z[at[k]] = -(double)(k + 2);
    assert_true(par_max_abs(N, z, part) == (double)(k + 2));
  }
}

static void a_single_nan_makes_the_largest_magnitude_nan(void **unused) {
  (void)unused;
  static double z[N];
  const int at[] = {0, 1, PAR_BLOCK, N - 1};
  z[7] = INFINITY;
  for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
    z[at[k]] = NAN;
    assert_true(isnan(par_max_abs(N, z, part)));
    z[at[k]] = 1;
  }
  assert_true(isinf(par_max_abs(N, z, part)));
}

static void as_many_threads_run_as_were_asked_for(void **unused) {
  (void)unused;
#ifdef _OPENMP
  for (int n = 3; n >= 1; n--) {
    par_setup(n);
    assert_int_equal(par_nthread(), n);
    int team = 0;
#pragma omp parallel
#pragma omp single
    team = omp_get_num_threads();
    assert_int_equal(team, n);
  }
  setenv("OMP_NUM_THREADS", "3,2", 1);
  par_setup(0);
  assert_int_equal(par_nthread(), 3);
  unsetenv("OMP_NUM_THREADS");
  par_setup(0);
  assert_true(par_nthread() >= 1);
  par_setup(1);
#else
  skip();
#endif
}

static void the_clock_goes_forward(void **unused) {
  (void)unused;
  double before = par_wall(), after = par_wall();
  assert_true(before > 0 && after >= before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_dot_product_has_the_same_bits_for_any_number_of_threads),
      cmocka_unit_test(the_order_of_summing_matters_for_the_test_vector),
      cmocka_unit_test(the_dot_product_is_right),
      cmocka_unit_test(every_piece_of_a_loop_is_taken_once),
      cmocka_unit_test(the_largest_magnitude_is_found_wherever_it_is),
      cmocka_unit_test(a_single_nan_makes_the_largest_magnitude_nan),
      cmocka_unit_test(as_many_threads_run_as_were_asked_for),
      cmocka_unit_test(the_clock_goes_forward),
  };
  return cmocka_run_group_tests(tests, fill, NULL);
}
