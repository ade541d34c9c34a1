/* An arm behind a hand: a spring in series with a block, its two limits, its damper, and where the work goes. */
#include "sim/mechanics/arm.h"
#include "tests/verify/scenario_run.h"

/* A plate wider than a column of nearly incompressible neo-Hookean tissue that slides on its bottom: one stretch. */
static const char column[] =
    "knead: 1\n"
    "body: {kind: block, size: [40 mm, 40 mm], cells: [2, 2], layers: [{name: fat, thickness: 40 mm, cells: 2}], "
    "faces: {bottom: sliding, left: sliding, tail: sliding}}\n"
    "tissue: {fat: {law: neo_hookean, mu: 5 kPa, bulk: 50 MPa}}\n"
    "hands: {plate: {kind: flat_head, radius: 60 mm, friction: 0, arm: {stiffness: 0.5 N/mm}}}\n"
    "session: [{hand: plate, technique: compression, at: [0 mm, 0 mm], depth: 6 mm, ramp: 0.2 s, hold: 0.1 s, "
    "release: 0.2 s}]\n"
    "time: {first: 10 ms, max: 10 ms}\n"
    "output: {every: 1 s, fields: [displacement]}\n";

static const double MU = 5e3, AREA = 40e-3 * 40e-3, HEIGHT = 40e-3, K = 500;
#define NAME "plate"

static double push(const scenario_run *r, int row) {
  return *run_at(r, row, "hand/" NAME "/push");
}
static double depth(const scenario_run *r, int row) {
  return *run_at(r, row, "hand/" NAME "/indentation");
}

/* What the technique asks for: the cubic ramp of models/techniques/path.h. */
static double ramp(double t, double most) {
  double u = fmin(fmax(t / 0.2, 0), 1), v = fmin(fmax((0.5 - t) / 0.2, 0), 1);
  return most * u * u * (3 - 2 * u) * v * v * (3 - 2 * v);
}

static void spring_and_block_share_the_depth_as_springs_in_series_do(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(&r, run_write("arm.yaml", column), 0, NULL);
  double most = 0, worst = 0;
  int top = 0;
  for (int i = 0; i < r.nrow; i++) {
    double t = run_time(&r, i), asked = ramp(t, 6e-3), F = push(&r, i), d = depth(&r, i);
    /* The row of the depth is solved to 1e-7 of a force, at least 1 N. */
    assert_close(F, K * (asked - d), 2e-7 * fmax(1, F));
    assert_close(*run_at(&r, i, "hand/" NAME "/arm_energy"), 0.5 * K * (asked - d) * (asked - d),
                 test_round(64) * 0.5 * K * asked * asked);
    assert_true(*run_at(&r, i, "hand/" NAME "/arm_loss") == 0);
    worst = fmax(worst, fabs(F - K * (asked - d)));
    if (F > most) most = F, top = i;
  }
  /* Both in series: F = k (asked - d) = mu A (1/l^2 - l), l = 1 - d/H. */
  double lo = 0, hi = 6e-3;
  for (int k = 0; k < 60; k++) {
    double d = 0.5 * (lo + hi), l = 1 - d / HEIGHT;
    if (MU * AREA * (1 / (l * l) - l) < K * (6e-3 - d))
      lo = d;
    else
      hi = d;
  }
  print_message("balance within %.2g N; push %.5f N, theory %.5f; depth %.5f mm, theory %.5f\n", worst, most,
                K * (6e-3 - lo), 1e3 * depth(&r, top), 1e3 * lo);
  /* Penetration up to 1 % of the depth gives way too, 5e-4 of the volume does (3 mu / bulk). */
  assert_close(most, K * (6e-3 - lo), 0.012 * most);
  assert_close(depth(&r, top), lo, 0.012 * lo);
  assert_true(depth(&r, top) < 0.9 * 6e-3); /* the arm gives way */
  run_free(&r);
}

static void a_stiff_arm_moves_its_hand_and_a_soft_or_quick_one_keeps_its_force(void **unused) {
  (void)unused;
  scenario_run a = {0}, b = {0};
  const char *file = run_write("arm.yaml", column);
  run_scenario(&a, file, 1, (const char *[]){"hands.plate.arm={stiffness: 1e7 N/mm}"});
  run_scenario(&b, file, 1, (const char *[]){"hands.plate.arm={}"});
  int same = 0;
  for (int i = 0, k = 0; i < a.nrow; i++) { /* where neither needed a shorter step */
    while (k + 1 < b.nrow && run_time(&b, k) < run_time(&a, i) - 1e-9) k++;
    if (fabs(run_time(&b, k) - run_time(&a, i)) > 1e-9) continue;
    assert_close(depth(&a, i), depth(&b, k), 1e-9);     /* some 4 N over 1e10 N/m */
    assert_close(push(&a, i), push(&b, k), 0.02 * 4.2); /* each settles its penetration by itself: 1 % */
    same++;
  }
  assert_true(same > 40); /* of 51; one step halved leaves 45 */
  run_free(&a);

  /* The same limits of a hand that is asked for a force. */
  const char *press =
      "session[0]={hand: plate, technique: compression, at: [0 mm, 0 mm], press: 4 N, ramp: 0.2 s, hold: "
      "0.1 s, release: 0.2 s}";
  static const char *const arms[] = {"hands.plate.arm={}",
                                     "hands.plate.arm={stiffness: 1e-6 N/mm, damping: 1e-6 N s/m}",
                                     "hands.plate.arm={stiffness: 0.5 N/mm, correct: 1 us}"};
  for (int k = 0; k < 3; k++) {
    scenario_run c = {0};
    run_scenario(&c, file, 2, (const char *[]){press, arms[k]});
    for (int i = 0; i < c.nrow; i++) /* 3 mm in 1e-6 N/mm, or 1 us of 60 mm/s in 0.5 N/mm: 3e-5 N at most. */
      assert_close(push(&c, i), ramp(run_time(&c, i), 4), 4e-5);
    run_free(&c);
  }
  run_free(&b);
}

/* Force asked for, spring and damper at once: the law in the numbers of the history, and the balance of the work. */
static void the_arm_is_the_spring_and_damper_it_says_and_its_work_adds_up(void **unused) {
  (void)unused;
  scenario_run r = {0};
  const double k = 500, c = 20, tau = 0.1;
  run_scenario(&r, run_write("arm.yaml", column), 2,
               (const char *[]){"session[0]={hand: plate, technique: compression, at: [0 mm, 0 mm], press: 7 N, ramp: "
                                "0.2 s, hold: 0.1 s, release: 0.2 s}",
                                "hands.plate.arm={stiffness: 0.5 N/mm, damping: 20 N s/m, correct: 0.1 s}"});
  double aim = 0, was = 0, loss = 0, person = 0, F0 = 0, least = 0, ends = 0;
  for (int i = 1; i < r.nrow; i++) {
    double dt = run_time(&r, i) - run_time(&r, i - 1), asked = ramp(run_time(&r, i), 7), d = depth(&r, i);
    if (!(push(&r, i) > 0)) break;
    ends = push(&r, i);
    double firm = fmin(1, asked / ARM_FIRM), next = (aim + dt / tau * d) / (1 + dt / tau), v = (d - was) / dt;
    /* The plate lands from touch: 1e-7 m is how well that is found, in k + c/dt = 2500 N/m. */
    assert_close(push(&r, i), asked + firm * (k * (next - d) - c * v), 2e-4 + 2e-7 * fmax(1, asked));
    loss += firm * c * v * v * dt;
    assert_close(*run_at(&r, i, "hand/" NAME "/arm_loss"), loss, 1e-3 * loss);
    person += 0.5 * (F0 + push(&r, i)) * (d - was); /* trapezoid, as of the ledger */
    assert_close(*run_at(&r, i, "hand/" NAME "/work"), person, 1e-6 + 1e-6 * person);
    least = fmin(least, push(&r, i) - asked), F0 = push(&r, i), aim = next, was = d;
  }
  assert_below(ends, 0.02 * 7);          /* nothing is left when it lets go */
  assert_true(least < -0.2 && loss > 0); /* the arm took something while the plate went down */
  run_free(&r);
}

/* A moved hand with an arm: what the aim does is what skin, spring and damper get. */
static void work_of_the_aim_is_that_of_the_hand_the_spring_and_the_damper(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(
      &r, run_write("arm.yaml", column), 2,
      (const char *[]){"hands.plate.arm={stiffness: 0.5 N/mm, damping: 20 N s/m}", "time={first: 5 ms, max: 5 ms}"});
  double aim = 0, F0 = 0, most = 0, left = 0;
  for (int i = 0; i < r.nrow; i++) {
    double now = ramp(run_time(&r, i), 6e-3);
    if (i) aim += 0.5 * (F0 + push(&r, i)) * (now - ramp(run_time(&r, i - 1), 6e-3));
    double got = *run_at(&r, i, "hand/" NAME "/work") + *run_at(&r, i, "hand/" NAME "/arm_energy") +
                 *run_at(&r, i, "hand/" NAME "/arm_loss");
    most = fmax(most, got), left = fmax(left, fabs(aim - got)), F0 = push(&r, i);
  }
  print_message("aim %.5g J at most, off by %.2g\n", most, left);
  assert_true(*run_at(&r, r.nrow - 1, "hand/" NAME "/arm_loss") > 0.01 * most);
  /* Trapezoids against backward Euler: half a step of the loss, 20 N s/m (45 mm/s)^2 0.4 s at most. */
  assert_below(left, 0.01 * most);
  run_free(&r);
}

/* A motor that stalls: spring and damper as they are up to `most`, that push and no more beyond, and the depth at which
   the block resists with it. */
static void an_arm_pushes_no_harder_than_its_most(void **unused) {
  (void)unused;
  scenario_run r = {0};
  const double c = 5, most = 1;
  run_scenario(&r, run_write("arm.yaml", column), 1,
               (const char *[]){"hands.plate.arm={stiffness: 0.5 N/mm, damping: 5 N s/m, most: 1 N}"});
  double aim = 0, was = 0, loss = 0, deepest = 0;
  int stalled = 0, free = 0;
  for (int i = 1; i < r.nrow; i++) {
    double dt = run_time(&r, i) - run_time(&r, i - 1), asked = ramp(run_time(&r, i), 6e-3), d = depth(&r, i);
    if (!(push(&r, i) > 0)) break;
    double v = (asked - aim - (d - was)) / dt, unbounded = K * (asked - d) + c * v;
    double share = unbounded > most ? most / unbounded : 1, pull = share * (asked - d);
    stalled += share < 1, free += share == 1;
    deepest = fmax(deepest, d);
    /* The plate lands from touch: 1e-7 m is how well that is found, in k + c/dt = 1000 N/m. */
    assert_close(push(&r, i), share * unbounded, 1e-4 + 2e-7);
    assert_close(*run_at(&r, i, "hand/" NAME "/arm_energy"), 0.5 * K * pull * pull, 1e-6 * 0.5 * K * 6e-3 * 6e-3);
    loss += c * share * v * share * v * dt;
    assert_close(*run_at(&r, i, "hand/" NAME "/arm_loss"), loss, 1e-3 * loss);
    aim = asked, was = d;
  }
  assert_true(stalled > 10 && free > 10);
  double lo = 0, hi = 6e-3;
  for (int k = 0; k < 60; k++) {
    double d = 0.5 * (lo + hi), l = 1 - d / HEIGHT;
    if (MU * AREA * (1 / (l * l) - l) < most)
      lo = d;
    else
      hi = d;
  }
  assert_close(deepest, lo, 0.012 * lo); /* as of springs in series */
  run_free(&r);
}

/* Strokes of a ball that comes down from far above and leaves again between them: no contact, no rigid-body mode. */
static void a_hand_in_the_air_is_where_its_arm_aims(void **unused) {
  (void)unused;
  scenario_run r = {0};
  run_scenario(
      &r, run_write("arm.yaml", column), 3,
      (const char *[]){"hands.plate={kind: sphere, radius: 15 mm, friction: 0.3, arm: {stiffness: 1 N/mm, damping: "
                       "5 N s/m}}",
                       "session[0]={hand: plate, technique: percussion, at: [0 mm, 0 mm], deepest: 4 mm, stroke: "
                       "12 mm, frequency: 2 Hz, hold: 1 s, ramp: 0.1 s}",
                       "time.inertia=off"});
  int lands = 0, air = 0;
  for (int i = 1; i < r.nrow; i++) {
    lands += push(&r, i) > 0 && !(push(&r, i - 1) > 0);
    air += !(push(&r, i) > 0);
    /* Its force is the arm's, to what the row is solved to, or none. */
    assert_close(push(&r, i), *run_at(&r, i, "hand/" NAME "/asked"), 2e-7 * fmax(1, push(&r, i)));
  }
  assert_int_equal(lands, 2);
  assert_true(air > 10);
  assert_int_equal(r.rep.cutbacks, 0);
  run_free(&r);
}

/* An arm that corrects its aim in 10 s, longer than anything else here takes: most pulses are jumped over, as its aim
   is foretold like the memory of the tissue. Taken for one that stays where it is, 12 of 98 are and the work is 1 %
   off. */
static const char pulses[] =
    "knead: 1\n"
    "body: {kind: block, size: [12 cm, 12 cm], cells: [2, 3], layers: [{name: skin, thickness: 5 mm, cells: 1}, "
    "{name: muscle, thickness: 3 cm, cells: 1}]}\n"
    "tissue:\n"
    "  skin: {law: neo_hookean, mu: 50 kPa, bulk: 500 kPa}\n"
    "  muscle: {law: prony, terms: [[0.3, 0.5 s]], base: {law: neo_hookean, mu: 6 kPa, bulk: 60 kPa}}\n"
    "hands: {plate: {kind: palm, length: 6 cm, width: 6 cm, friction: 0, arm: {stiffness: 3 N/mm, correct: 10 s}}}\n"
    "session: [{hand: plate, technique: compression, at: [0 mm, 0 mm], press: 10 N, ramp: 0.2 s, hold: 0.1 s, "
    "release: 0.2 s, wait: 0.1 s, low: 0.2, pulses: 100}]\n"
    "time: {first: 10 ms, max: 0.1 s}\n"
    "output: {every: 1 s, fields: [displacement]}\n";

static void an_arm_that_corrects_slowly_is_jumped_over_with_the_rest(void **unused) {
  (void)unused;
  scenario_run all = {0}, jump = {0};
  const char *file = run_write("arm_pulses.yaml", pulses);
  run_scenario(&all, file, 0, NULL);
  run_scenario(&jump, file, 1, (const char *[]){"time.cycles=jump"});
  const report_cycles *c = &jump.rep.cycles;
  double x = *run_at(&jump, jump.nrow - 1, "hand/" NAME "/work"), y = *run_at(&all, all.nrow - 1, "hand/" NAME "/work");
  print_message("%ld cycles computed, %ld jumped over; work %.5f mJ, of all cycles %.5f\n", c->computed, c->jumped,
                1e3 * x, 1e3 * y);
  assert_true(c->jumped > c->computed);
  /* 0.5 %: half of what one jump may be wrong by, cycle_error 1 %; it is below 0.1 %. */
  assert_close(x, y, 5e-3 * y);
  run_free(&all), run_free(&jump);
}

/* ---- sideways -----------------------------------------------------------------------------------------------------
 */

/* A ball lands on a block and its path draws it along, toward the head. */
static const char drawn[] =
    "knead: 1\n"
    "body: {kind: block, size: [60 mm, 60 mm], cells: [4, 4], layers: [{name: fat, thickness: 20 mm, cells: 1}]}\n"
    "tissue: {fat: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}}\n"
    "hands: {plate: {kind: sphere, radius: 40 mm, friction: 2}}\n"
    "session: [{hand: plate, technique: myofascial_hold, at: [0 mm, 0 mm], press: 5 N, draw: 2 mm, speed: 4 mm/s, "
    "hold: 0.2 s, ramp: 0.2 s}]\n"
    "time: {first: 20 ms, max: 40 ms}\n"
    "output: {every: 1 s, fields: [displacement]}\n";
#define SIDEWAYS(spring) "hands.plate.arm={sideways: " spring "}"

/* Position less aside: the path's own place along, y. */
static double path_at(const scenario_run *r, int row) {
  return run_at(r, row, "hand/" NAME "/position")[1] - run_at(r, row, "hand/" NAME "/aside")[1];
}
static double draws(const scenario_run *r, int row) {
  return run_at(r, row, "hand/" NAME "/force")[1];
}

static void a_hand_that_sticks_is_drawn_along_as_by_springs_in_series(void **unused) {
  (void)unused;
  scenario_run firm = {0}, soft = {0}, stiff = {0};
  const double K0 = 1000, TIME = 1.3; /* in the hold */
  const char *file = run_write("drawn.yaml", drawn);
  run_scenario(&firm, file, 0, NULL);
  run_scenario(&soft, file, 1, (const char *[]){SIDEWAYS("1 N/mm")});
  run_scenario(&stiff, file, 1, (const char *[]){SIDEWAYS("1e6 N/mm")});
  int at = 0, held = 0, same = 0;
  while (run_time(&soft, at) < TIME) at++;
  while (run_time(&firm, held) < TIME) held++;
  double begin = run_at(&soft, 0, "hand/" NAME "/position")[1], x = 0, T = 0;
  for (int i = 0; i < soft.nrow; i++) {
    const double *aside = run_at(&soft, i, "hand/" NAME "/aside"), *arm = run_at(&soft, i, "hand/" NAME "/arm_force"),
                 *skin = run_at(&soft, i, "hand/" NAME "/force");
    /* The rows of the offsets are solved to 1e-7 of a force, at least 1 N. */
    if (*run_at(&soft, i, "hand/" NAME "/push") > 0)
      for (int k = 0; k < 2; k++) {
        assert_close(arm[k], -K0 * aside[k], test_round(16) * K0 * 2e-3);
        assert_close(arm[k], skin[k], 1e-7 * fmax(1, *run_at(&soft, i, "hand/" NAME "/push")));
      }
    assert_close(*run_at(&soft, i, "hand/" NAME "/arm_energy"), 0.5 * K0 * (aside[0] * aside[0] + aside[1] * aside[1]),
                 test_round(64) * 0.5 * K0 * 2e-3 * 2e-3);
  }
  x = run_at(&soft, at, "hand/" NAME "/position")[1] - begin, T = draws(&soft, at);
  double skin = draws(&firm, held) / (run_at(&firm, held, "hand/" NAME "/position")[1] - begin);
  print_message("skin %.4g N/mm at %.3g mm; arm of 1 N/mm: %.4f N at %.4f of 2 mm, in series %.4f N\n", 1e-3 * skin,
                2.0, T, 1e3 * x, K0 * skin / (K0 + skin) * 2e-3);
  assert_close(path_at(&soft, at) - begin, 2e-3, 1e-12);
  assert_true(x < 1.8e-3);
  /* The skin is a spring but for a shear of 0.1, squared, and friction bounds that are met to 1 %. */
  assert_close(T, K0 * skin / (K0 + skin) * 2e-3, 0.01 * T);
  for (int i = 0, k = 0; i < stiff.nrow; i++) { /* where neither needed a shorter step */
    while (k + 1 < firm.nrow && run_time(&firm, k) < run_time(&stiff, i) - 1e-9) k++;
    if (fabs(run_time(&firm, k) - run_time(&stiff, i)) > 1e-9) continue;
    assert_below(fabs(run_at(&stiff, i, "hand/" NAME "/aside")[1]), 1e-8); /* 5 N over 1e9 N/m */
    assert_close(draws(&stiff, i), draws(&firm, k), 0.02 * 5);             /* friction bounds: 1 % each */
    same++;
  }
  assert_true(same > 30);
  run_free(&firm), run_free(&soft), run_free(&stiff);
}

static void a_soft_arm_draws_with_the_friction_there_is_and_then_slides(void **unused) {
  (void)unused;
  scenario_run r = {0};
  const double mu = 0.2, soft = 200;
  run_scenario(&r, run_write("drawn.yaml", drawn), 4,
               (const char *[]){SIDEWAYS("0.2 N/mm"), "hands.plate.friction=0.2", "session[0].draw=12 mm",
                                "session[0].speed=12 mm/s"});
  double T = 0, slip = 0, push = 0, aside = 0;
  for (int i = 0; i < r.nrow; i++)
    if (run_time(&r, i) < 1.71) /* to the end of the draw of 1.5 s */
      T = draws(&r, i), slip = *run_at(&r, i, "hand/" NAME "/slip_distance"),
      push = *run_at(&r, i, "hand/" NAME "/push"), aside = run_at(&r, i, "hand/" NAME "/aside")[1];
  print_message("draws with %.4f N at %.3f N of push, slid %.3f mm, %.3f mm behind its path\n", T, push, 1e3 * slip,
                -1e3 * aside);
  assert_true(slip > 2e-3);
  assert_close(aside, -T / soft, 1e-7 * 5 / soft);
  /* Coulomb's law to 1 %; skin that heaps up in front of the ball pushes it back by a share of that. */
  assert_close(T, mu * push, 0.1 * mu * push);
  run_free(&r);
}

/* Spring, damper, both axes, a path that turns; what the path does is what skin, springs and dampers get. */
static void work_along_the_path_is_that_of_the_hand_the_springs_and_the_dampers(void **unused) {
  (void)unused;
  scenario_run r = {0};
  const double k = 600, c = 15;
  run_scenario(&r, run_write("drawn.yaml", drawn), 3,
               (const char *[]){"hands.plate={kind: sphere, radius: 40 mm, friction: 0.3, arm: {sideways: 0.6 N/mm, "
                                "sideways_damping: 15 N s/m}}",
                                "session[0]={hand: plate, technique: petrissage, at: [0 mm, 0 mm], press: 6 N, "
                                "radius: 6 mm, frequency: 2 Hz, cycles: 2, ramp: 0.3 s}",
                                "time={first: 10 ms, max: 10 ms}"});
  double person = 0, begin = 0, end = 0, most = 0, left = 0, loss = 0, was[3] = {0}, path[3] = {0}, F0[3] = {0};
  int began = 0;
  for (int i = 1; i < r.nrow; i++) {
    double dt = run_time(&r, i) - run_time(&r, i - 1), now[3], force[3], along = 0;
    const double *x = run_at(&r, i, "hand/" NAME "/position"), *aside = run_at(&r, i, "hand/" NAME "/aside"),
                 *arm = run_at(&r, i, "hand/" NAME "/arm_force");
    memcpy(force, run_at(&r, i, "hand/" NAME "/force"), sizeof force);
    int presses = *run_at(&r, i, "hand/" NAME "/push") > 0;
    for (int d = 0; d < 2 && presses; d++) {
      double v = (aside[d] - was[d]) / dt;
      assert_close(arm[d], -k * aside[d] - c * v, 1e-12 * (k + c / dt));
      loss += c * v * v * dt;
    }
    assert_close(*run_at(&r, i, "hand/" NAME "/arm_loss"), loss, 1e-9 * fmax(loss, 1e-9));
    memcpy(was, aside, sizeof was);
    for (int d = 0; d < 3; d++) now[d] = x[d] - aside[d];
    double got = *run_at(&r, i, "hand/" NAME "/work") + *run_at(&r, i, "hand/" NAME "/arm_energy") +
                 *run_at(&r, i, "hand/" NAME "/arm_loss");
    if (!began && presses)
      began = 1, begin = got;
    else if (began && presses) {
      for (int d = 0; d < 3; d++) along += 0.5 * (F0[d] + force[d]) * (now[d] - path[d]);
      person += along, end = got - begin;
      most = fmax(most, fabs(person)), left = fmax(left, fabs(person - end));
    }
    memcpy(path, now, sizeof path), memcpy(F0, force, sizeof F0);
  }
  print_message("path %.5g J at most, off by %.2g; dampers took %.3g J\n", most, left, loss);
  assert_true(began && loss > 0.002 * most);
  /* Trapezoids against backward Euler: a step's share of what comes and goes in a circle of 0.5 s. */
  assert_below(left, 0.01 * most);
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(spring_and_block_share_the_depth_as_springs_in_series_do),
      cmocka_unit_test(a_stiff_arm_moves_its_hand_and_a_soft_or_quick_one_keeps_its_force),
      cmocka_unit_test(the_arm_is_the_spring_and_damper_it_says_and_its_work_adds_up),
      cmocka_unit_test(work_of_the_aim_is_that_of_the_hand_the_spring_and_the_damper),
      cmocka_unit_test(an_arm_pushes_no_harder_than_its_most),
      cmocka_unit_test(a_hand_in_the_air_is_where_its_arm_aims),
      cmocka_unit_test(an_arm_that_corrects_slowly_is_jumped_over_with_the_rest),
      cmocka_unit_test(a_hand_that_sticks_is_drawn_along_as_by_springs_in_series),
      cmocka_unit_test(a_soft_arm_draws_with_the_friction_there_is_and_then_slides),
      cmocka_unit_test(work_along_the_path_is_that_of_the_hand_the_springs_and_the_dampers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
