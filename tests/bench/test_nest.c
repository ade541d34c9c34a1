/* Fields brought to a finer mesh; a march that begins so. */
#include "bench/nest.h"
#include "bench/march.h"
#include "tests/test.h"

/* Of degree 2 along each axis in each cell, with a kink at the patch's edge, a line of both meshes. */
static void field(const double x[3], double u[3]) {
  double a = x[0] / 0.06, b = x[1] / 0.06, c = x[2] / 0.04, kink = fmax(0, x[0] - 0.02) / 0.04;
  u[0] = (1 - a * a) * (b - 2 * b * b) * (3 + c * c);
  u[1] = kink * kink * (2 - b * b) * c;
  u[2] = a * b * c - 0.3;
}

static void a_field_of_the_coarse_mesh_is_the_same_on_the_fine_one(void **unused) {
  (void)unused;
  block coarse = block_p1_graded(1, 0), fine = block_p1_graded(3, 0);
  model *m[2];
  assert_ok(block_build(&coarse, m));
  assert_ok(block_build(&fine, m + 1));
  double *u[2], *brought = arena_alloc(m[1]->memory, 3 * (size_t)m[1]->mesh->nnode * sizeof *brought);
  for (int i = 0; i < 2; i++) {
    const mesh *g = m[i]->mesh;
    u[i] = arena_alloc(m[i]->memory, 3 * (size_t)g->nnode * sizeof **u);
    for (size_t n = 0; n < (size_t)g->nnode; n++) field(g->x + 3 * n, u[i] + 3 * n);
  }
  assert_ok(nest_bring(m[0]->mesh, u[0], m[1]->mesh, brought));
  for (int i = 0; i < 3 * m[1]->mesh->nnode; i++) assert_close(brought[i], u[1][i], test_round(10 * 27));
  model_free(m);
  model_free(m + 1);
}

/* Of degree 2: in the space of any cell of which x, y, z are of degree 1 along each axis. */
static void a_square_is_the_same_on_meshes_of_any_kind(void **unused) {
  (void)unused;
  const block kinds[] = {block_p1_graded(2, 0), block_p1_rings((rings){.cuts = 2, .sides = 1, .along = 2}, 0),
                         block_p1_rings((rings){.cuts = 3, .sides = 2, .along = 1}, 0)};
  enum { KINDS = sizeof kinds / sizeof *kinds };
  model *m[KINDS];
  double *u[KINDS];
  for (int i = 0; i < KINDS; i++) {
    assert_ok(block_build(kinds + i, m + i));
    const mesh *g = m[i]->mesh;
    u[i] = arena_alloc(m[i]->memory, 3 * (size_t)g->nnode * sizeof **u);
    for (size_t n = 0; n < (size_t)g->nnode; n++) {
      const double *x = g->x + 3 * n;
      u[i][3 * n] = x[0] * x[1] - x[2], u[i][3 * n + 1] = x[0] * x[2], u[i][3 * n + 2] = x[2] * x[2] - x[1] * x[1];
    }
  }
  for (int i = 0; i < KINDS; i++)
    for (int j = 0; j < KINDS; j++) {
      double *brought = arena_alloc(m[j]->memory, 3 * (size_t)m[j]->mesh->nnode * sizeof *brought);
      assert_ok(nest_bring(m[i]->mesh, u[i], m[j]->mesh, brought));
      /* The place is found to 1e-13 of half a cell, at most 15 mm, where u changes by at most 1.2 a metre. */
      for (int n = 0; n < 3 * m[j]->mesh->nnode; n++) assert_close(brought[n], u[j][n], 1e-13 * 0.015 * 1.2);
    }
  for (int i = 0; i < KINDS; i++) model_free(m + i);
}

static void a_node_in_no_cell_is_an_error(void **unused) {
  (void)unused;
  arena *a = arena_create(1 << 20);
  const rings r = {.cuts = 1, .sides = 1};
  mesh *strip, *quarter;
  assert_ok(rings_mesh(&r, 1e-3, a, &strip));
  assert_ok(rings_mesh(&r, 0, a, &quarter));
  double *u = arena_alloc(a, 3 * (size_t)quarter->nnode * sizeof *u),
         *v = arena_alloc(a, 3 * (size_t)quarter->nnode * sizeof *v);
  assert_int_equal(nest_bring(strip, u, quarter, v), ST_INTERNAL);
  assert_ok(nest_bring(quarter, u, strip, v));
  arena_destroy(&a);
}

/* The patch at the end of its motion; u from before, or from rest. Returns its force. */
static double press(int cuts, const model *coarse, const double *before, model **m, double *u) {
  block k = block_p1_rings((rings){.cuts = cuts, .sides = 1}, 1);
  solid *s;
  equilibrium *e;
  edge *about;
  march d = {0};
  assert_ok(block_build(&k, m));
  assert_ok(block_edge(&k, *m, &about));
  edge_soften(about, 0.01);
  assert_ok(block_equilibrium(*m, &s, &e));
  equilibrium_add(e, edge_term(about));
  assert_ok(march_create(&d, *m, equilibrium_problem(e), 8));
  d.patient = 1;
  if (coarse) {
    assert_ok(nest_bring(coarse->mesh, before, (*m)->mesh, d.u));
    assert_ok(march_settle(&d));
    assert_int_equal(d.accepted, 1);
  } else {
    assert_ok(march_on(&d, 8));
  }
  assert_int_equal(d.done, 8);
  double support[3], rig[3 * MODEL_RIGS];
  equilibrium_reactions(e, d.u, support, rig);
  memcpy(u, d.u, (size_t)d.p.n * sizeof *u);
  march_free(&d);
  return rig[2];
}

static void a_march_from_a_coarser_end_ends_as_from_rest(void **unused) {
  (void)unused;
  static double coarse[3 * 9999], fine[3 * 9999];
  model *m[3];
  double first = press(1, NULL, NULL, m, coarse), brought = press(2, m[0], coarse, m + 1, fine),
         rest = press(2, NULL, NULL, m + 2, fine);
  /* Each is balanced to a hundred-millionth of its forces, at each of a hundred nodes. */
  assert_close(brought, rest, 1e-6 * fabs(rest));
  assert_true(fabs(first - rest) > 1e-2 * fabs(rest));
  for (int i = 0; i < 3; i++) model_free(m + i);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_field_of_the_coarse_mesh_is_the_same_on_the_fine_one),
      cmocka_unit_test(a_square_is_the_same_on_meshes_of_any_kind),
      cmocka_unit_test(a_node_in_no_cell_is_an_error),
      cmocka_unit_test(a_march_from_a_coarser_end_ends_as_from_rest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
