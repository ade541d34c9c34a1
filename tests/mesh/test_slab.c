/* Flat stacks of layers. */
#include "tests/test.h"
#include "sim/mesh/slab.h"

static const slab three = {.lo = {-0.1, -0.2},
                           .hi = {0.3, 0.5},
                           .cells = {5, 4},
                           .toward = {0, 0.1},
                           .ratio = 3,
                           .nlayer = 3,
                           .layer = {{0.03, 3, 2}, {0.001, 1, 1}, {0.01, 2, 1}}};

static void layers_lie_where_their_thicknesses_put_them(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m;
  assert_ok(slab_mesh(&three, 0, a, &m));
  assert_int_equal(m->nz, 6);
  const double from[] = {0, 0.03, 0.031}, to[] = {0.03, 0.031, 0.041};
  for (int cell = 0; cell < m->ncell; cell++)
    for (int n = 0; n < CELL_NODES; n++) {
      double z = m->x[3 * m->cell[CELL_NODES * cell + n] + 2], slack = test_round(1);
      assert_true(z >= from[m->layer[cell]] - slack && z <= to[m->layer[cell]] + slack);
    }
  double low = m->x[3 * 2 + 2], middle = m->x[3 * 6 + 2] - m->x[3 * 4 + 2];
  assert_close(low / middle, 2,
               test_round(1e4)); /* grade: lowest over uppermost of the lowest layer; search to round-off */
  assert_close(slab_top(&three), 0.041, test_round(1));
  arena_destroy(&a);
}

static void mirrored_fibres_lean_away_from_the_midline(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m;
  assert_ok(slab_mesh(&three, 2, a, &m));
  slab_fibre(m, 1, 0, 0.3, 1);
  slab_fibre(m, 2, 1, 0.3, 0);
  for (int cell = 0; cell < m->ncell; cell++) {
    const float *f = m->fibre + 6 * cell;
    double side = m->x[3 * m->cell[CELL_NODES * cell + 13]] < 0 ? -1 : 1;
    double expected[6] = {0};
    if (m->layer[cell] == 1) expected[0] = side * sin(0.3), expected[1] = cos(0.3);
    if (m->layer[cell] == 2) expected[3] = sin(0.3), expected[4] = cos(0.3);
    for (int i = 0; i < 6; i++) assert_close((double)f[i], expected[i], (double)FLT_EPSILON); /* stored in single */
  }
  arena_destroy(&a);
}

static void distortion_moves_corners_inside_only_and_keeps_edges_straight(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m, *old;
  assert_ok(slab_mesh(&three, 0, a, &m));
  assert_ok(slab_mesh(&three, 0, a, &old));
  slab_distort(m, 0.2);
  int moved = 0;
  for (int j = 0; j <= 2 * m->ny; j++)
    for (int i = 0; i <= 2 * m->nx; i++)
      for (int k = 0; k <= 2 * m->nz; k++) {
        int node = mesh_node(m, i, j, k), at[3] = {i, j, k}, n[3] = {2 * m->nx, 2 * m->ny, 2 * m->nz};
        const double *x = m->x + 3 * node, *x0 = old->x + 3 * node;
        int outside = i == 0 || j == 0 || k == 0 || i == n[0] || j == n[1] || k == n[2];
        /* a node of the surface is at most recomputed as a mean of two numbers near 0.5 */
        for (int d = 0; d < 3 && outside; d++) assert_close(x[d], x0[d], test_round(1));
        if (!outside && i % 2 == 0 && j % 2 == 0 && k % 2 == 0)
          for (int d = 0; d < 3; d++) {
            int up[3] = {i, j, k}, down[3] = {i, j, k};
            up[d] += 2, down[d] -= 2;
            double above = old->x[3 * mesh_node(m, up[0], up[1], up[2]) + d] - x0[d];
            double below = x0[d] - old->x[3 * mesh_node(m, down[0], down[1], down[2]) + d];
            assert_true(fabs(x[d] - x0[d]) <= 0.2 * fmin(above, below) * (1 + test_round(10)));
            moved += fabs(x[d] - x0[d]) > 0.01 * fmin(above, below);
          }
        for (int d = 0; d < 3; d++) { /* an edge's middle; nodes of faces and centres are means of those */
          int before[3] = {i, j, k}, after[3] = {i, j, k};
          if (at[d] % 2 == 0) continue;
          before[d]--, after[d]++;
          const double *p = m->x + 3 * mesh_node(m, before[0], before[1], before[2]);
          const double *q = m->x + 3 * mesh_node(m, after[0], after[1], after[2]);
          for (int c = 0; c < 3; c++) assert_close(x[c], 0.5 * (p[c] + q[c]), test_round(4));
        }
      }
  assert_true(moved > 150); /* of 4 x 3 x 5 corners in 3 directions; one in a hundred hardly moves */
  assert_true(mesh_quality(m, NULL) > 0);
  arena_destroy(&a);
}

static void the_strongest_distortion_allowed_turns_no_cell_inside_out(void **state) {
  (void)state;
  arena *a = arena_create(1 << 20);
  for (int n = 2; n <= 10; n++) {
    slab s = {.hi = {1, 1}, .cells = {n, n}, .ratio = 1, .nlayer = 1, .layer = {{1, n, 1}}};
    mesh *m;
    arena_release(a, 0);
    assert_ok(slab_mesh(&s, 0, a, &m));
    slab_distort(m, 0.3);
    assert_true(mesh_quality(m, NULL) > 0);
  }
  arena_destroy(&a);
}

static void the_chart_ends_at_the_edges(void **state) {
  (void)state;
  double x[3], axes[9];
  assert_int_equal(slab_chart(&three, 0.5, -0.1, x, axes), 1);
  assert_true(x[0] == -0.1 && x[1] == 0.5 && x[2] == slab_top(&three));
  assert_int_equal(slab_chart(&three, 0.501, 0, x, axes), 0);
  assert_int_equal(slab_chart(&three, 0, 0.301, x, axes), 0);
  assert_int_equal(slab_chart(&three, -0.201, 0, x, axes), 0);
  assert_int_equal(slab_chart(&three, 0, -0.101, x, axes), 0);
  assert_int_equal(slab_chart(&three, (double)NAN, 0, x, axes), 0);
}

static void a_slab_without_elements_is_refused(void **state) {
  (void)state;
  arena *a = arena_create(1 << 12);
  mesh *m;
  slab none = {.hi = {1, 1}, .cells = {1, 1}, .ratio = 1};
  assert_int_equal(slab_mesh(&none, 0, a, &m), ST_INPUT);
  arena_destroy(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(layers_lie_where_their_thicknesses_put_them),
      cmocka_unit_test(mirrored_fibres_lean_away_from_the_midline),
      cmocka_unit_test(distortion_moves_corners_inside_only_and_keeps_edges_straight),
      cmocka_unit_test(the_strongest_distortion_allowed_turns_no_cell_inside_out),
      cmocka_unit_test(the_chart_ends_at_the_edges),
      cmocka_unit_test(a_slab_without_elements_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
