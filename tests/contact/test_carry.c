/* Fields that hands take along: exact where interpolation is, still where no hand goes, each hand its own way. */
#include "sim/contact/carry.h"
#include "sim/fe/shape.h"
#include "sim/mesh/mesh.h"
#include "tests/verify/scenario_run.h"

/* Cells of 20 by 24 mm; two hands, of which a test may use one. */
static const char text[] =
    "knead: 1\n"
    "body: {kind: block, size: [120 mm, 120 mm], cells: [6, 5], layers: [{name: fat, thickness: 20 mm, cells: 2}]}\n"
    "tissue: {fat: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}}\n"
    "hands: {one: {kind: sphere, radius: 40 mm}, two: {kind: sphere, radius: 40 mm}}\n"
    "session:\n"
    "  - {hand: one, technique: compression, at: [0 mm, 0 mm], press: 3 N, ramp: 0.1 s, hold: 0.1 s, release: 0.1 s}\n"
    "  - {hand: two, technique: compression, at: [0 mm, 0 mm], press: 3 N, ramp: 0.1 s, hold: 0.1 s, release: 0.1 s}\n";

/* m: cells are alike and straight, so where a spot is found is a matter of rounding: a hundred of them on 0.1 m. */
static const double ROUND = 2e-15;
static const double FAR = 10, WAY[2] = {0.013, -0.0071}; /* m: a reach beyond the body; a way across cells */

typedef struct fixture {
  arena *memory;
  model *m;
  carry *c;
  double *u, *out;
  double edge[2][2]; /* of the body: lowest and highest x, y */
} fixture;

static fixture fixture_open(void) {
  fixture f = {.memory = arena_create(1 << 20)};
  scenario *scn;
  assert_ok(scenario_open(run_write("carry.yaml", text), 0, NULL, f.memory, &scn));
  assert_ok(build_model(scn, &models_catalog, &f.m, NULL));
  assert_ok(carry_create(f.m, f.memory, &f.c));
  assert_non_null(f.c);
  size_t n = 3 * (size_t)f.m->mesh->nnode;
  f.u = arena_alloc(f.memory, n * sizeof *f.u), f.out = arena_alloc(f.memory, n * sizeof *f.out);
  for (int k = 0; k < 2; k++) {
    f.edge[0][k] = INFINITY, f.edge[1][k] = -INFINITY;
    for (int i = 0; i < f.m->mesh->nnode; i++) {
      f.edge[0][k] = fmin(f.edge[0][k], f.m->mesh->x[3 * i + k]);
      f.edge[1][k] = fmax(f.edge[1][k], f.m->mesh->x[3 * i + k]);
    }
  }
  return f;
}

static void fixture_close(fixture *f) {
  model_free(&f->m);
  arena_destroy(&f->memory);
}

static carry_way go(double x, double y, double dx, double dy, double reach) {
  return (carry_way){{x, y, 0.02}, {x + dx, y + dy, 0.02}, reach};
}

/* Comes what X takes from the body, and not from its edge? */
static int inside(const fixture *f, const double *X, const double d[2]) {
  int in = 1;
  for (int k = 0; k < 2; k++) in &= X[k] - d[k] >= f->edge[0][k] && X[k] - d[k] <= f->edge[1][k];
  return in;
}

/* Quadratic in the plane, anything over the depth. */
static double wave(const double X[3], const double d[2], int k) {
  double x = (X[0] - d[0]) / 0.12, y = (X[1] - d[1]) / 0.12;
  return 1e-3 * ((k + 1) * x * x - 2 * x * y + y * y + 0.3 * x + 0.1 * k) * exp(-50 * X[2]);
}

static void quadratic_fields_come_along_exactly(void **unused) {
  (void)unused;
  fixture f = fixture_open();
  const mesh *g = f.m->mesh;
  const double none[2] = {0};
  int seen = 0;
  for (int i = 0; i < g->nnode; i++)
    for (int k = 0; k < 3; k++) f.u[3 * i + k] = wave(g->x + 3 * i, none, k);
  assert_int_equal(carry_along(f.c, (carry_way[]){go(0, 0, WAY[0], WAY[1], FAR), {.reach = 0}}), 1);
  carry_displacement(f.c, f.u, f.out);
  for (int i = 0; i < g->nnode; i++) {
    if (!inside(&f, g->x + 3 * i, WAY)) continue;
    seen++;
    for (int k = 0; k < 3; k++) assert_close(f.out[3 * i + k], wave(g->x + 3 * i, WAY, k), ROUND);
  }
  assert_true(seen > g->nnode / 2);
  fixture_close(&f);
}

/* The place of every point as a field: along the axis of a bent skin it comes from a way back along that axis. */
static void a_bent_skin_is_followed(void **unused) {
  (void)unused;
  fixture f = fixture_open();
  const mesh *g = f.m->mesh;
  const double way[2] = {0, WAY[1]};
  for (int i = 0; i < g->nnode; i++) g->x[3 * i + 2] += 2 * g->x[3 * i] * g->x[3 * i];
  memcpy(f.u, g->x, 3 * (size_t)g->nnode * sizeof *f.u);
  carry_along(f.c, (carry_way[]){go(0, 0, way[0], way[1], FAR), {.reach = 0}});
  carry_displacement(f.c, f.u, f.out);
  for (int i = 0; i < g->nnode; i++) {
    if (!inside(&f, g->x + 3 * i, way)) continue;
    for (int k = 0; k < 3; k++) assert_close(f.out[3 * i + k], g->x[3 * i + k] - (k == 1 ? way[1] : 0), ROUND);
  }
  fixture_close(&f);
}

static void nothing_moves_where_no_hand_goes(void **unused) {
  (void)unused;
  fixture f = fixture_open();
  const mesh *g = f.m->mesh;
  const double none[2] = {0};
  int still = 0, moved = 0;
  for (int i = 0; i < 3 * g->nnode; i++) f.u[i] = wave(g->x + i - i % 3, none, i % 3);
  /* No way, no reach: nothing to do. */
  assert_int_equal(carry_along(f.c, (carry_way[]){go(0, 0, 0, 0, FAR), go(0, 0, 0.01, 0, 0)}), 0);
  assert_int_equal(carry_along(f.c, (carry_way[]){go(-0.05, -0.05, 0.01, 0, 0.01), {.reach = 0}}), 1);
  carry_displacement(f.c, f.u, f.out);
  for (int i = 0; i < g->nnode; i++) {
    int same = !memcmp(f.out + 3 * i, f.u + 3 * i, 3 * sizeof *f.u);
    if (hypot(g->x[3 * i] + 0.045, g->x[3 * i + 1] + 0.05) > 0.03) {
      still++;
      assert_true(same);
    } else
      moved += !same;
  }
  assert_true(still > 0 && moved > 0);
  fixture_close(&f);
}

/* Two hands that part: what each takes along where it stands is its own way to 2 %, half of it between them, where the
   two undo each other. */
static void each_hand_goes_its_own_way(void **unused) {
  (void)unused;
  fixture f = fixture_open();
  const mesh *g = f.m->mesh;
  const double way = 0.004;
  for (int i = 0; i < 3 * g->nnode; i++) f.u[i] = i % 3 == 0 ? g->x[i] : 0;
  carry_along(f.c, (carry_way[]){go(-0.04 + way / 2, 0, -way, 0, 0.03), go(0.04 - way / 2, 0, way, 0, 0.03)});
  carry_displacement(f.c, f.u, f.out);
  int met = 0;
  for (int i = 0; i < g->nnode; i++) {
    const double *X = g->x + 3 * i;
    if (fabs(X[1]) > 0.0121) continue;
    double d = X[0] - f.out[3 * i];
    if (fabs(X[0]) < 1e-9) met++, assert_close(d, 0, ROUND);
    if (fabs(fabs(X[0]) - 0.04) < 1e-9 && fabs(X[1]) < 1e-9) met++, assert_close(d, X[0] > 0 ? way : -way, 0.02 * way);
  }
  assert_true(met >= 3 * (2 * g->nz + 1));
  fixture_close(&f);
}

static void place_of(const mesh *g, int point, double X[3]) {
  memset(X, 0, 3 * sizeof *X);
  for (int n = 0; n < FACET_NODES; n++)
    for (int k = 0; k < 3; k++)
      X[k] += shape_facet_value(point % QUAD_FACET, n) * g->x[3 * g->skin[FACET_NODES * (point / QUAD_FACET) + n] + k];
}

/* Cells are alike, so a value linear in the plane comes along exactly, from points of the same hand only, and never
   goes beyond what the points have. */
static void skin_values_come_from_points_of_the_same_hand(void **unused) {
  (void)unused;
  fixture f = fixture_open();
  const mesh *g = f.m->mesh;
  int n = QUAD_FACET * g->nskin, exact = 0, nothing = 0;
  double *owner = arena_alloc(f.memory, (size_t)n * sizeof *owner);
  double *value = arena_alloc(f.memory, (size_t)n * sizeof *value);
  for (int i = 0; i < n; i++) {
    double X[3];
    place_of(g, i, X);
    owner[i] = X[0] < 0 ? 1 : 2, value[i] = 1000 * (1 + 3 * X[0] - 2 * X[1]);
  }
  carry_along(f.c, (carry_way[]){go(0, 0, WAY[0], WAY[1], FAR), {.reach = 0}});
  for (int i = 0; i < n; i++) {
    double X[3];
    place_of(g, i, X);
    double x = X[0] - WAY[0], y = X[1] - WAY[1], one = carry_skin(f.c, i, 0, owner, value);
    if (fabs(x) > 0.05 || fabs(y) > 0.05) continue;
    if (x < -0.01) exact++, assert_close(one, 1000 * (1 + 3 * x - 2 * y), 1000 * ROUND);
    if (x > 0.01) nothing++, assert_close(one, 0, 0);
    if (fabs(x) <= 0.01) assert_true(one >= 0 && one <= 1000 * (1 + 3 * 0.01 + 2 * 0.06));
  }
  assert_true(exact > 20 && nothing > 20);
  fixture_close(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quadratic_fields_come_along_exactly),
      cmocka_unit_test(a_bent_skin_is_followed),
      cmocka_unit_test(nothing_moves_where_no_hand_goes),
      cmocka_unit_test(each_hand_goes_its_own_way),
      cmocka_unit_test(skin_values_come_from_points_of_the_same_hand),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
