/* The cells about the edge of P1's patch: the same body as the element they stand for, wherever that is exact; their
   tangent; that they are looked at to their corners. */
#include "bench/block.h"
#include "tests/test.h"

typedef struct specimen {
  block k;
  model *m;
  solid *s;
  equilibrium *e;
  edge *about; /* NULL: none */
  size_t n;
} specimen;

/* In columns, where cells are boxes, or in rings, where those at the edge are none. */
static specimen make(int ringed, int corners) {
  specimen b = {0};
  block k = ringed ? block_p1_rings((rings){.cuts = 3, .sides = 2, .along = 1}, 0) : block_p1_graded(2, 0);
  b.k = k;
  assert_ok(block_build(&k, &b.m));
  if (corners) assert_ok(block_edge(&k, b.m, &b.about));
  assert_ok(block_equilibrium(b.m, &b.s, &b.e));
  b.n = 3 * (size_t)b.m->mesh->nnode;
  return b;
}
static double *vector(const specimen *b) {
  return arena_alloc(b->m->memory, b->n * sizeof(double));
}

static void affine(const specimen *b, double *u) {
  for (size_t i = 0; i < b->n; i += 3) {
    const double *x = b->m->mesh->x + i;
    u[i] = 0.2 * x[0] + 0.3 * x[2], u[i + 1] = -0.1 * x[1] + 0.15 * x[0], u[i + 2] = 0.1 * x[1] - 0.12 * x[2];
  }
}
/* Far from affine in every cell, none inside out: slopes of up to 0.2, and noise at the nodes of 2 % of the least cell.
 */
static void bent(const specimen *b, double *u) {
  block_noise(b->n, u);
  for (size_t i = 0; i < b->n; i += 3) {
    const double *x = b->m->mesh->x + i;
    for (size_t k = 0; k < 3; k++) u[i + k] *= 1e-4;
    u[i] += 2e-3 * sin(100 * x[1]), u[i + 1] += 1e-3 * sin(80 * x[2]), u[i + 2] += 2 * x[0] * x[1];
  }
}

static double largest(size_t n, const double *x) {
  double most = 0;
  for (size_t i = 0; i < n; i++) most = fmax(most, fabs(x[i]));
  return most;
}

static void an_affine_motion_meets_the_same_forces_with_and_without_them(void **ringed) {
  specimen with = make(*ringed != NULL, 1), without = make(*ringed != NULL, 0);
  double *u = vector(&with), *a = vector(&with), *b = vector(&with), *da = vector(&with), *db = vector(&with);
  affine(&with, u);
  term rest = solid_term(with.s), about = edge_term(with.about), whole = solid_term(without.s);
  assert_ok(whole.residual(whole.self, u, a));
  assert_ok(rest.residual(rest.self, u, b));
  memcpy(db, b, with.n * sizeof *db);
  assert_ok(about.residual(about.self, u, b));
  for (size_t i = 0; i < with.n; i++) db[i] -= b[i];
  assert_true(largest(with.n, db) > 0.01 * largest(with.n, b)); /* they do carry something */
  memset(db, 0, with.n * sizeof *db);
  /* Sums over 125 points and 27 nodes, of pressures that are nearly a hundred shear moduli times a strain of 0.1. */
  for (size_t i = 0; i < with.n; i++) assert_close(a[i], b[i], test_round(125 + 27) * 10 * largest(with.n, a));
  /* The tangent of the element of sim/fe is kept in single precision. */
  assert_ok(whole.linearize(whole.self, u));
  assert_ok(rest.linearize(rest.self, u));
  assert_ok(about.linearize(about.self, u));
  whole.apply(whole.self, u, da);
  rest.apply(rest.self, u, db);
  about.apply(about.self, u, db);
  for (size_t i = 0; i < with.n; i++) assert_close(da[i], db[i], 100 * FLT_EPSILON * largest(with.n, da));
  model_free(&with.m);
  model_free(&without.m);
}

/* u = (x^2 / 2, 0, 0) from rest: its divergence x is linear, so all of lambda acts on it, in every cell: u K u is the
   integral of (2 mu + lambda) x^2 over the body. */
static void a_change_of_volume_that_is_linear_meets_all_of_the_bulk_modulus(void **ringed) {
  specimen b = make(*ringed != NULL, 1);
  double *u = vector(&b), *d = vector(&b), *K = vector(&b), work = 0, mu = 6e3, lambda = 99 * mu;
  term terms[2] = {solid_term(b.s), edge_term(b.about)};
  for (size_t i = 0; i < b.n; i += 3) d[i] = 0.5 * b.m->mesh->x[i] * b.m->mesh->x[i];
  for (int k = 0; k < 2; k++) {
    assert_ok(terms[k].linearize(terms[k].self, u));
    terms[k].apply(terms[k].self, d, K);
  }
  for (size_t i = 0; i < b.n; i++) work += d[i] * K[i];
  double exact = (2 * mu + lambda) * pow(0.06, 3) / 3 * 0.06 * 0.04;
  assert_close(work, exact, 10 * FLT_EPSILON * exact); /* single precision in the element of sim/fe */
  model_free(&b.m);
}

/* Also with a parabola for ln J from J = 1 down, where about half the points are, and from 2 down, where all are. */
static void the_tangent_is_the_derivative_of_the_forces(void **ringed) {
  specimen b = make(*ringed != NULL, 1);
  double *u = vector(&b), *d = vector(&b), *v = vector(&b), *forces[3], h = test_step();
  term t = edge_term(b.about);
  bent(&b, u);
  for (size_t i = 0; i < b.n; i++) d[i] = 1e-3 * cos((double)(7 * i));
  for (int soft = 0; soft < 3; soft++) {
    double *plus = vector(&b), *minus = vector(&b), *K = vector(&b);
    edge_soften(b.about, soft);
    for (size_t i = 0; i < b.n; i++) v[i] = u[i] + h * d[i];
    assert_ok(t.residual(t.self, v, plus));
    for (size_t i = 0; i < b.n; i++) v[i] = u[i] - h * d[i];
    assert_ok(t.residual(t.self, v, minus));
    assert_ok(t.linearize(t.self, u));
    t.apply(t.self, d, K);
    /* The third derivative is some ten times as large as the first: strains of 0.1 change the pressure by its whole. */
    for (size_t i = 0; i < b.n; i++)
      assert_close((plus[i] - minus[i]) / (2 * h), K[i], 30 * test_difference() * largest(b.n, K));
    forces[soft] = plus;
  }
  for (size_t i = 0; i < b.n; i++) forces[0][i] -= forces[2][i];
  assert_true(largest(b.n, forces[0]) > 0.1 * largest(b.n, forces[2])); /* another law */
  model_free(&b.m);
}

static void the_matrices_are_the_product_with_or_without_what_stiffens(void **ringed) {
  specimen b = make(*ringed != NULL, 1);
  const mesh *g = b.m->mesh;
  double *u = vector(&b), *d = vector(&b), work[2];
  static float K[CELL_PACKED * NB];
  term t = edge_term(b.about);
  bent(&b, u);
  block_noise(b.n, d);
  for (int stiff = 0; stiff < 2; stiff++) {
    double *product = vector(&b), *sum = vector(&b);
    t.stiffen(t.self, 10 * stiff);
    assert_ok(t.linearize(t.self, u));
    t.apply(t.self, d, product);
    for (int site = 0; site < b.m->space->nsite; site++) {
      memset(K, 0, sizeof K);
      t.cells(t.self, site, K);
      for (int l = 0; l < NB; l++) {
        int cell = space_site_cell(b.m->space, site, l);
        for (int i = 0; i < CELL_DOF && cell >= 0; i++)
          for (int j = 0; j < CELL_DOF; j++) {
            const int32_t *node = g->cell + CELL_NODES * (size_t)cell;
            int at = i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
            sum[3 * node[i / 3] + i % 3] += (double)K[at * NB + l] * d[3 * node[j / 3] + j % 3];
          }
      }
    }
    for (size_t i = 0; i < b.n; i++) assert_close(sum[i], product[i], 100 * FLT_EPSILON * largest(b.n, product));
    work[stiff] = 0;
    for (size_t i = 0; i < b.n; i++) work[stiff] += d[i] * product[i];
  }
  assert_true(work[1] > 1.1 * work[0]); /* ten shear moduli of resistance, beside 99 of the bulk's */
  model_free(&b.m);
}

/* u = -s (x - edge)^2 in the cells beside the edge, 5 mm long: J = 1 - 2 s (x - edge) is -0.1 at their far side and
   positive at the points of Gauss. */
static void what_is_inside_out_at_a_corner_only_is_refused_unless_softened(void **unused) {
  (void)unused;
  specimen with = make(0, 1), without = make(0, 0);
  double *u = vector(&with), *r = vector(&with), s = 1.1 / (2 * 5e-3);
  for (size_t i = 0; i < with.n; i += 3) {
    double x = fmin(5e-3, fmax(0, with.m->mesh->x[i] - 20e-3));
    u[i] = -s * x * x;
  }
  term rest = solid_term(with.s), about = edge_term(with.about), whole = solid_term(without.s);
  assert_ok(whole.residual(whole.self, u, r));
  assert_ok(rest.residual(rest.self, u, r));
  assert_int_equal(about.residual(about.self, u, r), ST_RETRY);
  assert_int_equal(about.linearize(about.self, u), ST_RETRY);
  edge_soften(with.about, 0.01);
  assert_ok(about.residual(about.self, u, r));
  assert_ok(about.linearize(about.self, u));
  assert_true(block_inside_out(&without.k, without.m, u) > 0);
  model_free(&with.m);
  model_free(&without.m);
}

int main(void) {
  static int ringed;
  const struct CMUnitTest tests[] = {
#define IN_BOTH(name) cmocka_unit_test(name), cmocka_unit_test_prestate(name, &ringed)
      IN_BOTH(an_affine_motion_meets_the_same_forces_with_and_without_them),
      IN_BOTH(a_change_of_volume_that_is_linear_meets_all_of_the_bulk_modulus),
      IN_BOTH(the_tangent_is_the_derivative_of_the_forces),
      IN_BOTH(the_matrices_are_the_product_with_or_without_what_stiffens),
#undef IN_BOTH
      cmocka_unit_test(what_is_inside_out_at_a_corner_only_is_refused_unless_softened),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
