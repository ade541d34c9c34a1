/* How a hand's points go within a step: with its pose, and about its axle. */
#include "sim/contact/turn.h"
#include "tests/test.h"

static const double RADIUS = 0.03;
typedef struct wheel {
  double creep;
} wheel;
static void wheel_axle(const void *par, hand_axle *out) {
  *out =
      (hand_axle){.centre = {0, 0, RADIUS}, .axis = {1, 0, 0}, .radius = RADIUS, .creep = ((const wheel *)par)->creep};
}
static const hand rolls = {.axle = wheel_axle}, plain = {.axle = NULL};
static const double even[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, down[3] = {0, 0, -1}, here[3] = {0.1, 0.2, 0.3};

/* Where a point of the hand is after it went `way`, m from where its origin began. */
static void goes(const wheel *w, const double way[3], const double r[3], double out[3]) {
  turn t = {0};
  double there[3];
  for (int k = 0; k < 3; k++) there[k] = here[k] + way[k];
  turn_begin(&t, &rolls, w, &(turn_end){even, down, here}, &(turn_end){even, down, there});
  turn_point(&t, r, out);
  for (int k = 0; k < 3; k++) out[k] += way[k];
}

/* The point that touched the ground is on a cycloid: (s - R sin(s/R), R - R cos(s/R)), exactly, in a step of any size.
 */
static void a_wheel_that_rolls_does_not_slip_over_the_ground(void **unused) {
  (void)unused;
  wheel free = {0}, braked = {0.25}, held = {1};
  for (double s = -0.05; s < 0.06; s += 0.02) {
    double x[3], a = s / RADIUS, tol = test_round(16) * RADIUS;
    goes(&free, (double[3]){0, s, 0}, (double[3]){0}, x);
    assert_close(x[0], 0, tol), assert_close(x[1], s - RADIUS * sin(a), tol);
    assert_close(x[2], RADIUS * (1 - cos(a)), tol);
    goes(&braked, (double[3]){0, s, 0}, (double[3]){0}, x);
    assert_close(x[1], s - RADIUS * sin(0.75 * a), tol);
    goes(&held, (double[3]){0, s, 0}, (double[3]){0.01, 0.02, 0.03}, x);
    assert_close(x[0], 0.01, tol), assert_close(x[1], 0.02 + s, tol), assert_close(x[2], 0.03, tol);
    goes(&free, (double[3]){s, 0, 0}, (double[3]){0}, x); /* along its axle it can only slide */
    assert_close(x[0], s, tol), assert_close(x[1], 0, tol), assert_close(x[2], 0, tol);
  }
}

/* Any two poses: a point of the tool, y in its frame, is at R y. */
static void points_of_a_hand_without_axle_keep_their_place_in_it(void **unused) {
  (void)unused;
  const double c = cos(0.7), s = sin(0.7), C = cos(-0.4), S = sin(-0.4), y[3] = {0.01, -0.02, 0.005};
  const double R0[9] = {c, -s, 0, s, c, 0, 0, 0, 1}, R1[9] = {C, 0, S, 0, 1, 0, -S, 0, C};
  double r0[3], r1[3], x[3];
  turn t = {0};
  for (int i = 0; i < 3; i++) {
    r0[i] = R0[3 * i] * y[0] + R0[3 * i + 1] * y[1] + R0[3 * i + 2] * y[2];
    r1[i] = R1[3 * i] * y[0] + R1[3 * i + 1] * y[1] + R1[3 * i + 2] * y[2];
  }
  turn_point(&t, r0, x); /* nothing known */
  for (int k = 0; k < 3; k++) assert_true(x[k] == r0[k]);
  turn_begin(&t, &plain, NULL, &(turn_end){R0, down, here}, &(turn_end){R1, down, here});
  turn_point(&t, r0, x);
  for (int k = 0; k < 3; k++) assert_close(x[k], r1[k], test_round(16) * 0.03);
  turn_vector(&t, r0, x);
  for (int k = 0; k < 3; k++) assert_close(x[k], r1[k], test_round(16) * 0.03);
  assert_true(t.angle == 0);
}

static void a_wheel_aslant_rolls_with_the_part_of_its_way_across_its_axle(void **unused) {
  (void)unused;
  wheel free = {0};
  const double c = cos(M_PI / 6), s = sin(M_PI / 6), way = 1e-3, R[9] = {c, -s, 0, s, c, 0, 0, 0, 1};
  const double there[3] = {here[0], here[1] + way, here[2]};
  turn t = {0};
  turn_begin(&t, &rolls, &free, &(turn_end){R, down, here}, &(turn_end){R, down, there});
  assert_close(t.angle, -way * c / RADIUS, test_round(64) * here[1] / RADIUS); /* the way is a difference of places */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_wheel_that_rolls_does_not_slip_over_the_ground),
      cmocka_unit_test(points_of_a_hand_without_axle_keep_their_place_in_it),
      cmocka_unit_test(a_wheel_aslant_rolls_with_the_part_of_its_way_across_its_axle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
