/* Newton, PCG and the step controller on problems small enough to know the answer. */
#include "sim/solve/controller.h"
#include "sim/solve/krylov.h"
#include "tests/test.h"

/* Energy: sum of cosh-like springs in a chain, W = sum (d^2/2 + d^4/4) with d = u[i+1] - u[i]; u[0] held, last moved.
 */
enum { N = 12, HELD = 4 };
static const double PLACE = 0.3;
typedef struct chain {
  double stiff[N];
  double tol;
  int residuals;
  double far;             /* |u| beyond which an "element" is inside out */
  double eps, multiplier; /* node HELD shall stand at PLACE, by a penalty and its multiplier */
  double near;            /* size, in tolerances, below which it is changed */
  int updates;
} chain;

static status residual(void *ctx, const double *u, double *r) {
  chain *c = ctx;
  c->residuals++;
  memset(r, 0, N * sizeof *r);
  for (int i = 0; i + 1 < N; i++) {
    double d = u[i + 1] - u[i], f = d + d * d * d;
    if (fabs(d) > c->far) return ST_RETRY;
    r[i] -= f, r[i + 1] += f;
  }
  r[HELD] += c->multiplier + c->eps * (u[HELD] - PLACE);
  r[0] = r[N - 1] = 0;
  return ST_OK;
}
static status linearize(void *ctx, const double *u) {
  chain *c = ctx;
  for (int i = 0; i + 1 < N; i++) c->stiff[i] = 1 + 3 * (u[i + 1] - u[i]) * (u[i + 1] - u[i]);
  return ST_OK;
}
static void apply(void *ctx, const double *du, double *dr) {
  chain *c = ctx;
  memset(dr, 0, N * sizeof *dr);
  for (int i = 0; i + 1 < N; i++) {
    double f = c->stiff[i] * (du[i + 1] - du[i]);
    dr[i] -= f, dr[i + 1] += f;
  }
  dr[HELD] += c->eps * du[HELD];
  dr[0] = dr[N - 1] = 0;
}
static void same(void *ctx, const double *r, double *z) {
  (void)ctx;
  memcpy(z, r, N * sizeof *z);
}
static double size(void *ctx, const double *r) {
  double s = 0;
  for (int i = 0; i < N; i++) s += r[i] * r[i];
  return sqrt(s) / ((chain *)ctx)->tol;
}
static nl_problem problem(chain *c) {
  return (nl_problem){.ctx = c,
                      .n = N,
                      .residual = residual,
                      .linearize = linearize,
                      .apply = apply,
                      .precondition = same,
                      .size = size};
}

static void newton_carries_prescribed_motion_and_finds_the_even_chain(void **unused) {
  (void)unused;
  chain c = {.tol = 1e-12, .far = 10};
  nl_problem p = problem(&c);
  double u[N] = {0}, lift[N] = {0};
  lift[N - 1] = 3;
  newton_opts o = {.max_newton = 20, .max_krylov = 50, .krylov_least = 1e-12, .krylov_most = 1e-2, .lift = lift};
  nl_report rep;
  arena *a = arena_create(1 << 16);
  assert_ok(newton_solve(&p, &o, u, a, &rep));
  assert_int_equal(rep.reason, NL_SMALL_RESIDUAL);
  for (int i = 0; i < N; i++)
    assert_close(u[i], 3.0 * i / (N - 1), 1e-11); /* tolerance times the compliance of the chain */
  arena_destroy(&a);
}

/* A preconditioner that is not positive until it is made anew. */
static int anew;
static void old(void *ctx, const double *r, double *z) {
  (void)ctx;
  for (int i = 0; i < N; i++) z[i] = anew ? r[i] : -r[i];
}
static int renew(void *ctx, const double *u) {
  (void)ctx, (void)u;
  return anew ? 0 : ++anew;
}

static void a_preconditioner_that_was_kept_and_is_not_positive_is_made_anew(void **unused) {
  (void)unused;
  arena *a = arena_create(1 << 16);
  for (int can = 0; can < 2; can++) {
    chain c = {.tol = 1e-12, .far = 10};
    nl_problem p = problem(&c);
    p.precondition = old, p.renew = can ? renew : NULL;
    double u[N] = {0};
    for (int i = 1; i + 1 < N; i++) u[i] = 0.1 * (i % 3);
    newton_opts o = {.max_newton = 20, .max_krylov = 50, .krylov_least = 1e-12, .krylov_most = 1e-2};
    nl_report rep;
    anew = 0;
    assert_int_equal(newton_solve(&p, &o, u, a, &rep), can ? ST_OK : ST_RETRY);
    assert_int_equal(rep.reason, can ? NL_SMALL_RESIDUAL : NL_INDEFINITE);
    assert_int_equal(anew, can);
  }
  arena_destroy(&a);
}

static int update(void *ctx, double *u, double now) {
  chain *c = ctx;
  if (now > c->near || fabs(u[HELD] - PLACE) < 1e-9) return 0;
  c->multiplier += c->eps * (u[HELD] - PLACE);
  c->updates++;
  return 1;
}

static void multipliers_that_change_on_the_way_are_settled_at_the_end(void **unused) {
  (void)unused;
  arena *scratch = arena_create(1 << 16);
  chain c = {.tol = 1e-10, .far = 10, .eps = 5, .near = 1e6}; /* 1e-4: Newton is near */
  nl_problem p = problem(&c);
  newton_opts o = {.max_newton = 60, .max_krylov = 100, .krylov_least = 1e-12, .krylov_most = 1e-12};
  double u[N] = {0};
  nl_report rep;
  p.update = update;
  assert_int_equal(newton_solve(&p, &o, u, scratch, &rep), ST_OK);
  assert_close(u[HELD], PLACE, 1e-9); /* what update asks for */
  /* Both ends stand at 0: the multiplier carries what the two halves of the chain pull. */
  double left = PLACE / HELD, right = PLACE / (N - 1 - HELD);
  assert_close(-c.multiplier, left + left * left * left + right + right * right * right, 1e-8);
  assert_in_range(c.updates, 2, 60);
  /* Just enough iterations for the first multipliers: the residual is small, and the reason says what is not. */
  c = (chain){.tol = 1e-10, .far = 10, .eps = 5, .near = 1};
  memset(u, 0, sizeof u);
  p.update = NULL;
  assert_int_equal(newton_solve(&p, &o, u, scratch, &rep), ST_OK);
  o.max_newton = rep.newton, p.update = update;
  memset(u, 0, sizeof u);
  assert_int_equal(newton_solve(&p, &o, u, scratch, &rep), ST_RETRY);
  assert_int_equal(rep.reason, NL_UNSETTLED);
  arena_destroy(&scratch);
}

static void a_step_that_inverts_is_shortened_a_lift_that_inverts_is_refused(void **unused) {
  (void)unused;
  chain c = {.tol = 1e-12, .far = 1.5};
  nl_problem p = problem(&c);
  double u[N] = {0}, lift[N] = {0};
  for (int i = 0; i < N; i++) u[i] = i % 2 ? 0.7 : -0.7; /* zigzag: every spring at 1.4 of the 1.5 allowed */
  newton_opts o = {.max_newton = 40, .max_krylov = 50, .krylov_least = 1e-12, .krylov_most = 1e-2};
  nl_report rep;
  arena *a = arena_create(1 << 16);
  u[0] = u[N - 1] = 0;
  assert_ok(newton_solve(&p, &o, u, a, &rep));
  for (int i = 0; i < N; i++) assert_close(u[i], 0, 1e-11);
  lift[N - 1] = 100;
  o.lift = lift;
  assert_int_equal(newton_solve(&p, &o, u, a, &rep), ST_RETRY);
  assert_int_equal(rep.reason, NL_INVERTED);
  arena_destroy(&a);
}

/* One unknown with two wells, W = x^4/4 - x^2/2: between them the tangent is negative. */
typedef struct wells {
  double stiff, added;
  int steady, stiffened;
} wells;
static status wells_residual(void *ctx, const double *u, double *r) {
  (void)ctx;
  *r = *u * *u * *u - *u;
  return ST_OK;
}
static status wells_linearize(void *ctx, const double *u) {
  wells *w = ctx;
  w->stiff = 3 * *u * *u - 1 + w->added;
  return ST_OK;
}
static void wells_stiffen(void *ctx, double share) {
  wells *w = ctx;
  w->added = share, w->stiffened++;
}
static status wells_steady(void *ctx, const double *u) {
  wells *w = ctx;
  (void)u;
  w->steady++, w->stiff = 2; /* as in the wells, at 1 and -1 */
  return ST_OK;
}
static status wells_none(void *ctx, const double *u) {
  (void)ctx, (void)u;
  return ST_RETRY;
}
static void wells_apply(void *ctx, const double *du, double *dr) {
  *dr = ((wells *)ctx)->stiff * *du;
}
/* A bad preconditioner of a tangent that is not positive: so long a step that the line search ends before a good one.
 */
static void wells_precondition(void *ctx, const double *r, double *z) {
  *z = ((wells *)ctx)->stiff > 0 ? *r : 1e30 * *r;
}
static double wells_size(void *ctx, const double *r) {
  (void)ctx;
  return fabs(*r) / 1e-12;
}

static nl_problem wells_problem(wells *w) {
  return (nl_problem){.ctx = w,
                      .n = 1,
                      .residual = wells_residual,
                      .linearize = wells_linearize,
                      .apply = wells_apply,
                      .precondition = wells_precondition,
                      .size = wells_size};
}

static void a_tangent_that_is_not_positive_gives_way_to_that_of_a_steady_state(void **unused) {
  (void)unused;
  wells w = {0};
  nl_problem p = wells_problem(&w);
  p.steady = wells_steady;
  newton_opts o = {.max_newton = 20, .max_krylov = 5, .krylov_least = 1e-12, .krylov_most = 1e-2};
  nl_report rep;
  arena *a = arena_create(1 << 16);
  double u = 0.1;
  assert_ok(newton_solve(&p, &o, &u, a, &rep));
  assert_close(u, 1, 1e-12);
  assert_in_range(w.steady, 1, 9); /* 0.1, 0.15, 0.22, ... until the tangent is positive, from 0.58 on */
  /* Asked for nowhere else, and not missed where there is none. */
  w.steady = 0, u = 0.8;
  assert_ok(newton_solve(&p, &o, &u, a, &rep));
  assert_int_equal(w.steady, 0);
  p.steady = wells_none, u = 0.1;
  assert_int_equal(newton_solve(&p, &o, &u, a, &rep), ST_RETRY);
  p.steady = NULL, u = 0.1;
  assert_int_equal(newton_solve(&p, &o, &u, a, &rep), ST_RETRY);
  arena_destroy(&a);
}

static void a_tangent_that_is_not_positive_is_stiffened_for_those_who_ask(void **unused) {
  (void)unused;
  wells w = {0};
  nl_problem p = wells_problem(&w);
  p.stiffen = wells_stiffen;
  newton_opts o = {.max_newton = 40, .max_krylov = 5, .krylov_least = 1e-12, .krylov_most = 1e-2, .stiffen = 1};
  nl_report rep;
  arena *a = arena_create(1 << 16);
  double u = 0.1;
  assert_ok(newton_solve(&p, &o, &u, a, &rep));
  assert_close(u, 1, 1e-12);
  assert_true(w.stiffened > 0 && w.added == 0); /* and not for the next solve */
  w.stiffened = 0, u = 0.8;
  assert_ok(newton_solve(&p, &o, &u, a, &rep));
  assert_int_equal(w.stiffened, 0);
  o.stiffen = 0, u = 0.1;
  assert_int_equal(newton_solve(&p, &o, &u, a, &rep), ST_RETRY);
  arena_destroy(&a);
}

static void pcg_stops_at_negative_curvature_with_a_direction_of_descent(void **unused) {
  (void)unused;
  chain c = {.tol = 1, .far = 1};
  nl_problem p = problem(&c);
  for (int i = 0; i < N; i++) c.stiff[i] = -1;
  double b[N], x[N], descent = 0;
  for (int i = 0; i < N; i++) b[i] = i == 0 || i == N - 1 ? 0 : 1 + i % 3;
  pcg_report rep;
  arena *a = arena_create(1 << 16);
  assert_ok(pcg_solve(&p, b, 1e-8, 50, x, a, &rep));
  assert_int_equal(rep.indefinite, 1);
  for (int i = 0; i < N; i++) descent += b[i] * x[i];
  assert_true(descent > 0); /* b is minus the gradient */
  arena_destroy(&a);
}

static void steps_land_on_events_without_a_sliver_before_them(void **unused) {
  (void)unused;
  controller c = {.dt = 0.1, .least = 1e-3, .most = 0.4, .easy = 5};
  int lands;
  assert_true(controller_step(&c, 0, 1, &lands) == 0.1 && !lands);
  assert_true(controller_step(&c, 0.86, 1, &lands) == 0.5 * (1 - 0.86) && !lands);
  assert_true(controller_step(&c, 0.93, 1, &lands) == 1 - 0.93 && lands);
  controller_accept(&c, 0.1, 3, 0);
  assert_close(c.dt, 0.15, test_round(2));
  controller_accept(&c, 0.01, 3, 0); /* cut short by an event: says nothing against the step we had */
  assert_close(c.dt, 0.15, test_round(2));
  assert_int_equal(controller_reject(&c, 0.15), 1);
  assert_close(c.dt, 0.075, test_round(2));
  assert_int_equal(controller_reject(&c, 1.5e-3), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(newton_carries_prescribed_motion_and_finds_the_even_chain),
      cmocka_unit_test(a_preconditioner_that_was_kept_and_is_not_positive_is_made_anew),
      cmocka_unit_test(multipliers_that_change_on_the_way_are_settled_at_the_end),
      cmocka_unit_test(a_step_that_inverts_is_shortened_a_lift_that_inverts_is_refused),
      cmocka_unit_test(a_tangent_that_is_not_positive_gives_way_to_that_of_a_steady_state),
      cmocka_unit_test(a_tangent_that_is_not_positive_is_stiffened_for_those_who_ask),
      cmocka_unit_test(pcg_stops_at_negative_curvature_with_a_direction_of_descent),
      cmocka_unit_test(steps_land_on_events_without_a_sliver_before_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
