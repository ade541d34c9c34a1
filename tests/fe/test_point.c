/* What is looked at beside the points of integration: the volume at the nodes of a cell. */
#include "tests/test.h"
#include "sim/fe/point.h"
#include "sim/fe/shape.h"

enum { NODES = 27 };

static mesh *one_cell(arena *a) {
  const double line[2] = {0, 2};
  const uint8_t layer[1] = {0};
  mesh *m = NULL;
  assert_ok(mesh_columns(1, 1, 1, line, line, line, layer, 0, a, &m));
  return m;
}

static void an_affine_motion_changes_every_node_alike(void **unused) {
  (void)unused;
  arena *a = arena_create(1 << 16);
  mesh *m = one_cell(a);
  double u[3 * NODES], J[NODES];
  for (int n = 0; n < NODES; n++) {
    const double *x = m->x + 3 * n;
    u[3 * n] = 0.2 * x[0] + 0.5 * x[1], u[3 * n + 1] = -0.1 * x[1] + 7, u[3 * n + 2] = 0.3 * x[0] + 0.4 * x[2];
  }
  fe_node_volume(m, 0, u, J);
  for (int k = 0; k < NODES; k++) assert_close(J[k], 1.2 * 0.9 * 1.4, test_round(100));
  assert_close(fe_least_volume(m, u), 1.2 * 0.9 * 1.4, test_round(100));
  arena_destroy(&a);
}

/* u = -s x^2, so J = 1 - 2 s x: not positive at x = 2, positive at all points of integration. */
static void a_cell_can_be_inside_out_where_no_point_of_integration_sees_it(void **unused) {
  (void)unused;
  arena *a = arena_create(1 << 16);
  mesh *m = one_cell(a);
  double u[3 * NODES] = {0}, J[NODES], s = 0.275;
  for (int n = 0; n < NODES; n++) u[3 * n] = -s * m->x[3 * n] * m->x[3 * n];
  assert_true(1 - 2 * s * (1 + shape_point[QUAD_LINE - 1]) > 0);
  fe_node_volume(m, 0, u, J);
  for (int k = 0; k < NODES; k++) assert_close(J[k], 1 - 2 * s * m->x[3 * m->cell[k]], test_round(100));
  assert_close(fe_least_volume(m, u), -0.1, test_round(100));
  arena_destroy(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_affine_motion_changes_every_node_alike),
      cmocka_unit_test(a_cell_can_be_inside_out_where_no_point_of_integration_sees_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
