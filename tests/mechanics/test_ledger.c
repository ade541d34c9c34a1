/* The work of a hand in a step: closed forms of a push along a line and of a turn, and its order. */
#include "sim/mechanics/ledger.h"
#include "tests/test.h"

static const double inward[3] = {0, 0, -1};

/* A hand whose origin runs on a helix about z and which turns with it, pressing with a force and a torque that go on
   turning, too: power = F . v + T . omega is known at every time. */
static void helix(double t, double pose[16], double force[3], double torque[3], double *power) {
  const double r = 0.05, rise = 0.02, rate = 1.3, c = cos(rate * t), s = sin(rate * t);
  const double P[16] = {c, -s, 0, r * c, s, c, 0, r * s, 0, 0, 1, rise * t, 0, 0, 0, 1};
  memcpy(pose, P, sizeof P);
  force[0] = 2 * sin(t), force[1] = 3 + t * t, force[2] = -cos(2 * t);
  torque[0] = t, torque[1] = -1, torque[2] = 0.1 * sin(3 * t);
  *power = force[0] * -r * rate * s + force[1] * r * rate * c + force[2] * rise + torque[2] * rate;
}

static double sum(int n) {
  double work = 0, P[2][16], F[2][3], T[2][3], power;
  helix(0, P[0], F[0], T[0], &power);
  for (int i = 0; i < n; i++) {
    int a = i % 2, b = 1 - a;
    helix((i + 1.0) / n, P[b], F[b], T[b], &power);
    ledger_row now = {P[a], F[a], T[a]}, next = {P[b], F[b], T[b]};
    work += ledger_work(&now, &next);
  }
  return work;
}

static void work_of_a_turning_hand_is_the_integral_of_its_power_to_second_order(void **unused) {
  (void)unused;
  /* Simpson with 1000 intervals: the fourth derivative of the power is some 100 of it, (1/1000)^4 100 / 180 is nothing.
   */
  const int m = 1000;
  double exact = 0, P[16], F[3], T[3], power;
  for (int i = 0; i <= m; i++) {
    helix((double)i / m, P, F, T, &power);
    exact += power * (i == 0 || i == m ? 1 : i % 2 ? 4 : 2) / (3.0 * m);
  }
  double coarse = sum(20) - exact, fine = sum(40) - exact;
  print_message("work %.6g J, 20 steps off by %.2g, 40 by %.2g: order %.3f\n", exact, coarse, fine,
                log2(fabs(coarse / fine)));
  assert_close(log2(fabs(coarse / fine)), 2, 0.1); /* the ladder's: within 0.1 of theory */
}

static void a_straight_push_does_force_times_way_and_a_landing_half_of_it(void **unused) {
  (void)unused;
  const double low[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -3e-3, 0, 0, 0, 1},
               high[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -1e-3, 0, 0, 0, 1};
  const double force[3] = {0, 0, -10}, none[3] = {0};
  ledger_row now = {high, force, none}, next = {low, force, none}, away = {high, none, none};
  assert_close(ledger_work(&now, &next), 10 * 2e-3, test_round(10) * 0.02);
  assert_close(ledger_push(&next, inward, 3e-3), 0.5 * 10 * 3e-3, test_round(10) * 0.02);
  assert_true(ledger_push(&next, inward, -1e-6) == 0); /* less than no way is none */
  assert_true(ledger_presses(&next) && !ledger_presses(&away));
}

static void skewed(const void *par, hand_axle *out) {
  (void)par;
  *out = (hand_axle){.centre = {0.01, 0.02, 0.3}, .axis = {0.6, 0.8, 0}, .radius = 0.3};
}

/* A force at a point of the tool: its power on an axle is force . (axis x arm from the axle), however the tool lies. */
static void an_axle_does_the_work_of_the_force_at_its_rim(void **unused) {
  (void)unused;
  const hand wheel = {.axle = skewed}, plain = {.axle = NULL};
  const double c = cos(0.3), s = sin(0.3), angle = 0.1;
  const double pose[16] = {c, 0, s, 1, 0, 1, 0, 2, -s, 0, c, 3, 0, 0, 0, 1};
  const double F[3] = {3, -2, 5}, at[3] = {0.1, -0.2, 0.05}; /* N; m from the origin, body axes */
  const double T[3] = {at[1] * F[2] - at[2] * F[1], at[2] * F[0] - at[0] * F[2], at[0] * F[1] - at[1] * F[0]};
  hand_axle k;
  skewed(NULL, &k);
  double arm[3], axis[3], power = 0;
  for (int i = 0; i < 3; i++) {
    arm[i] = at[i], axis[i] = 0;
    for (int j = 0; j < 3; j++) arm[i] -= pose[4 * i + j] * k.centre[j], axis[i] += pose[4 * i + j] * k.axis[j];
  }
  for (int i = 0; i < 3; i++) {
    int e = (i + 1) % 3, f = (i + 2) % 3;
    power += F[i] * (axis[e] * arm[f] - axis[f] * arm[e]);
  }
  const double nothing[3] = {0};
  ledger_row now = {pose, F, T}, none = {pose, nothing, nothing};
  assert_true(fabs(power) > 0.1);
  assert_close(ledger_spin(&now, &now, &wheel, NULL, angle), power * angle, test_round(64));
  assert_close(ledger_spin(&none, &now, &wheel, NULL, angle), 0.5 * power * angle, test_round(64)); /* trapezoid */
  assert_true(ledger_spin(&now, &now, &plain, NULL, angle) == 0);
}

/* W = t^2 / 2 + sin(2 pi t): a cycle of 1 s that begins at k takes k + 1/2 of it. */
static void a_loop_is_the_work_of_the_last_whole_cycle_wherever_the_steps_end(void **unused) {
  (void)unused;
  static const double steps[] = {0.25, 0.0999, 1, 2.5};
  for (int i = 0; i < 4; i++) {
    technique_cycle c = {.first = 1, .period = 1, .count = 3};
    double begin = -1, loop = -1, t = 0, W = 0;
    int seen = 0;
    while (t < 5 - 1e-12) {
      double next = fmin(t + steps[i], 5), V = 0.5 * next * next + sin(2 * M_PI * next), was = loop;
      ledger_loop(&c, t, next, W, V, &begin, &loop);
      seen += loop != was;
      /* On the ends of the steps exactly, else to what a straight line misses, (2 pi)^2 + 1 over 8 of a step squared at
         each end. */
      double tol = i == 0 || i == 2 ? test_round(64) : 2 * 41 / 8.0 * steps[i] * steps[i];
      if (i < 3 && next >= 2 && t < 2) assert_close(loop, 1.5, tol);
      if (i < 3 && next >= 3 && t < 3) assert_close(loop, 2.5, tol);
      t = next, W = V;
    }
    if (i == 0 || i == 2) assert_close(loop, 3.5, test_round(64));
    if (i < 3) assert_int_equal(seen, 3);
    /* Of steps over several cycles all, the last included, lie on straight lines: 12.5 - 3.125 J in 2.5 s. */
    if (i == 3) assert_close(loop, (12.5 - 3.125) / 2.5, test_round(64));
    double untouched = -7;
    ledger_loop(&c, 5, 6, W, W + 1, &begin, &untouched);
    assert_true(untouched == -7); /* afterwards nothing changes */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_loop_is_the_work_of_the_last_whole_cycle_wherever_the_steps_end),
      cmocka_unit_test(work_of_a_turning_hand_is_the_integral_of_its_power_to_second_order),
      cmocka_unit_test(an_axle_does_the_work_of_the_force_at_its_rim),
      cmocka_unit_test(a_straight_push_does_force_times_way_and_a_landing_half_of_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
