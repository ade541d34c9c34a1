/* Graded grid lines. */
#include "tests/test.h"
#include "sim/mesh/mesh.h"

enum { N = 12 };

static double element(const double *line, int i) {
  return line[i + 1] - line[i];
}

static void ends_are_kept_to_the_bit_and_lines_increase(void **state) {
  (void)state;
  const double at[] = {-5, 0.1, 0.13, 0.2, 0.37, 0.7, 9}, ratio[] = {0.2, 1, 1.5, 10, 300};
  for (size_t a = 0; a < sizeof at / sizeof *at; a++)
    for (size_t r = 0; r < sizeof ratio / sizeof *ratio; r++)
      for (int n = 1; n <= N; n++) {
        double line[N + 1];
        mesh_grade(0.1, 0.7, n, at[a], ratio[r], line);
        assert_true(line[0] == 0.1 && line[n] == 0.7);
        for (int i = 0; i < n; i++) assert_true(line[i + 1] > line[i]);
      }
}

static void ratio_one_is_even(void **state) {
  (void)state;
  double line[N + 1];
  mesh_grade(-1, 2, N, 0.3, 1, line);
  /* three roundings a line, of numbers up to 3 */
  for (int i = 0; i < N; i++) assert_close(element(line, i), 3.0 / N, 3 * test_round(3));
}

/* Toward an end the sizes are a geometric series from 1 to `ratio`. */
static void toward_an_end_the_elements_grow_by_one_factor(void **state) {
  (void)state;
  double line[N + 1], back[N + 1];
  mesh_grade(0, 1, N, 0, 8, line);
  mesh_grade(0, 1, N, 1, 8, back);
  double factor = pow(8, 1.0 / (N - 1));
  for (int i = 0; i + 1 < N; i++)
    /* sizes are differences of lines known to a few roundings, over the smallest element, 1/40: 200 covers both */
    assert_close(element(line, i + 1) / element(line, i), factor, test_round(200 * 40));
  for (int i = 0; i < N; i++) assert_close(element(back, N - 1 - i), element(line, i), test_round(20));
}

static void the_farthest_element_is_ratio_times_the_one_at_the_place(void **state) {
  (void)state;
  double line[N + 1];
  const double at[] = {0, 0.15, 0.31, 0.77, 1};
  for (size_t a = 0; a < sizeof at / sizeof *at; a++) {
    mesh_grade(0, 1, N, at[a], 5, line);
    int near = 0, far = at[a] > 0.5 ? 0 : N - 1;
    while (near < N - 1 && line[near + 1] <= at[a]) near++;
    /* The ratio may jump where a line passes `at`; nowhere in this list, so the search reaches round-off. */
    assert_close(element(line, far) / element(line, near), 5, test_round(1e4));
  }
}

static void grading_to_the_middle_is_symmetric(void **state) {
  (void)state;
  double line[N + 1];
  mesh_grade(-1, 1, N, 0, 6, line);
  for (int i = 0; i <= N; i++) assert_close(line[i], -line[N - i], test_round(10));
  assert_close(element(line, 0) / element(line, N / 2), 6, test_round(1e4));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ends_are_kept_to_the_bit_and_lines_increase),
      cmocka_unit_test(ratio_one_is_even),
      cmocka_unit_test(toward_an_end_the_elements_grow_by_one_factor),
      cmocka_unit_test(the_farthest_element_is_ratio_times_the_one_at_the_place),
      cmocka_unit_test(grading_to_the_middle_is_symmetric),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
