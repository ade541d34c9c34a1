/* The column mesh against the sentences of mesh.h, on a small box with three different extents. */
#include "tests/test.h"
#include "sim/mesh/mesh.h"

enum { NX = 2, NY = 3, NZ = 4 };
static const double xs[NX + 1] = {-1, 0.5, 1}, ys[NY + 1] = {0, 1, 1.5, 4}, zs[NZ + 1] = {0, 0.25, 1, 2, 2.5};
static const uint8_t sheet_layer[NZ] = {0, 0, 1, 2};

static int setup(void **state) {
  arena *a = arena_create(1 << 16);
  mesh *m = NULL;
  if (!a || mesh_columns(NX, NY, NZ, xs, ys, zs, sheet_layer, 2, a, &m) != ST_OK) return -1;
  static void *both[2];
  both[0] = a, both[1] = m;
  *state = both;
  return 0;
}

static int teardown(void **state) {
  arena *a = ((void **)*state)[0];
  arena_destroy(&a);
  return 0;
}

static const mesh *given(void **state) {
  return ((void **)*state)[1];
}

static void counts_are_those_of_the_grid(void **state) {
  const mesh *m = given(state);
  assert_int_equal(m->nnode, 5 * 7 * 9);
  assert_int_equal(m->ncell, 2 * 3 * 4);
  assert_int_equal(m->nskin, 2 * 3);
  assert_int_equal(m->nfam, 2);
}

static void a_column_of_nodes_is_contiguous_and_rises(void **state) {
  const mesh *m = given(state);
  for (int j = 0; j <= 2 * NY; j++)
    for (int i = 0; i <= 2 * NX; i++)
      for (int k = 0; k < 2 * NZ; k++) {
        int node = mesh_node(m, i, j, k);
        assert_int_equal(mesh_node(m, i, j, k + 1), node + 1);
        assert_true(m->x[3 * (node + 1) + 2] > m->x[3 * node + 2]);
        assert_true(m->x[3 * (node + 1)] == m->x[3 * node]);
      }
}

/* Corner nodes are grid lines; the others lie halfway, so every coordinate is a mean of two representable numbers. */
static void every_cell_is_the_product_of_its_grid_intervals(void **state) {
  const mesh *m = given(state);
  for (int cell = 0; cell < m->ncell; cell++) {
    int k = cell % NZ, i = cell / NZ % NX, j = cell / NZ / NX;
    assert_int_equal(m->layer[cell], sheet_layer[k]);
    for (int a = 0; a < CELL_NODES; a++) {
      const double *x = m->x + 3 * m->cell[CELL_NODES * cell + a];
      const double *line[3] = {xs + i, ys + j, zs + k};
      int at[3] = {a % 3, a / 3 % 3, a / 9};
      for (int d = 0; d < 3; d++) assert_true(x[d] == 0.5 * (line[d][0] * (2 - at[d]) + line[d][1] * at[d]));
    }
  }
}

static void every_node_belongs_to_a_cell(void **state) {
  const mesh *m = given(state);
  char *seen = calloc((size_t)m->nnode, 1);
  for (int i = 0; i < CELL_NODES * m->ncell; i++) {
    assert_in_range(m->cell[i], 0, m->nnode - 1);
    seen[m->cell[i]] = 1;
  }
  for (int i = 0; i < m->nnode; i++) assert_int_equal(seen[i], 1);
  free(seen);
}

static void skin_facets_are_the_upper_faces_of_their_cells(void **state) {
  const mesh *m = given(state);
  for (int f = 0; f < m->nskin; f++) {
    const int32_t *cell = m->cell + CELL_NODES * m->skin_cell[f];
    for (int a = 0; a < FACET_NODES; a++) {
      int node = m->skin[FACET_NODES * f + a];
      assert_int_equal(node, cell[a + 18]);
      assert_true(m->x[3 * node + 2] == zs[NZ]);
    }
    assert_true(m->x[3 * m->skin[FACET_NODES * f + 1]] > m->x[3 * m->skin[FACET_NODES * f]]);
    assert_true(m->x[3 * m->skin[FACET_NODES * f + 3] + 1] > m->x[3 * m->skin[FACET_NODES * f] + 1]);
  }
}

static void each_face_holds_exactly_the_nodes_on_its_plane(void **state) {
  const mesh *m = given(state);
  const double plane[FACE_COUNT] = {xs[0], xs[NX], ys[0], ys[NY], zs[0], zs[NZ]};
  int32_t node[5 * 7 * 9];
  for (int f = 0; f < FACE_COUNT; f++) {
    int d = f / 2, n = mesh_face_nodes(m, (face_id)f, 5 * 7 * 9, node), expected = 0;
    for (int i = 0; i < m->nnode; i++)
      if (m->x[3 * i + d] == plane[f]) {
        assert_true(expected < n);
        assert_int_equal(node[expected], i); /* so they are in increasing order, too */
        expected++;
      }
    assert_int_equal(n, expected);
  }
}

static void a_short_list_is_filled_and_the_whole_count_is_returned(void **state) {
  const mesh *m = given(state);
  int32_t node[3] = {-7, -7, -7};
  assert_int_equal(mesh_face_nodes(m, FACE_TOP, 2, node), 5 * 7);
  assert_int_not_equal(node[1], -7);
  assert_int_equal(node[2], -7);
  assert_int_equal(mesh_face_nodes(m, FACE_XM, 0, NULL), 7 * 9);
}

/* The drawing of VTK_TRIQUADRATIC_HEXAHEDRON, written as coordinates -1, 0, 1: corners, edges, faces, centre. */
static void the_vtk_order_is_corners_edges_faces_centre(void **state) {
  (void)state;
  static const int corner[8][3] = {{-1, -1, -1}, {1, -1, -1}, {1, 1, -1}, {-1, 1, -1},
                                   {-1, -1, 1},  {1, -1, 1},  {1, 1, 1},  {-1, 1, 1}};
  static const int edge[12][2] = {{0, 1}, {1, 2}, {2, 3}, {3, 0}, {4, 5}, {5, 6},
                                  {6, 7}, {7, 4}, {0, 4}, {1, 5}, {2, 6}, {3, 7}};
  int expected[27][3] = {{0}};
  for (int v = 0; v < 8; v++) memcpy(expected[v], corner[v], sizeof corner[v]);
  for (int e = 0; e < 12; e++)
    for (int d = 0; d < 3; d++) expected[8 + e][d] = (corner[edge[e][0]][d] + corner[edge[e][1]][d]) / 2;
  for (int f = 0; f < 6; f++) expected[20 + f][f / 2] = f % 2 ? 1 : -1;
  for (int v = 0; v < 27; v++) {
    int a = mesh_vtk27[v];
    assert_int_equal(a % 3 - 1, expected[v][0]);
    assert_int_equal(a / 3 % 3 - 1, expected[v][1]);
    assert_int_equal(a / 9 - 1, expected[v][2]);
  }
}

static void impossible_grids_are_refused(void **state) {
  (void)state;
  arena *a = arena_create(1 << 12);
  mesh *m;
  const double back[2] = {1, 0}, stays[2] = {1, 1}, lost[2] = {0, (double)NAN}, fine[2] = {0, 1};
  const uint8_t layer[1] = {0};
  assert_int_equal(mesh_columns(0, 1, 1, fine, fine, fine, layer, 0, a, &m), ST_INPUT);
  assert_int_equal(mesh_columns(1, 1, 1, back, fine, fine, layer, 0, a, &m), ST_INPUT);
  assert_int_equal(mesh_columns(1, 1, 1, fine, stays, fine, layer, 0, a, &m), ST_INPUT);
  assert_int_equal(mesh_columns(1, 1, 1, fine, fine, lost, layer, 0, a, &m), ST_INPUT);
  assert_int_equal(mesh_columns(1000, 1000, 1000, fine, fine, fine, layer, 0, a, &m), ST_INPUT);
  arena_destroy(&a);
}

static void a_full_arena_is_reported_at_every_allocation(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m;
  size_t room = 0;
  status st;
  int refused = 0;
  do {
    arena_release(a, 0);
    arena_limit(a, room);
    st = mesh_columns(NX, NY, NZ, xs, ys, zs, sheet_layer, 1, a, &m);
    if (st != ST_OK) {
      assert_int_equal(st, ST_INTERNAL);
      refused++;
    }
    room += 256;
  } while (st != ST_OK);
  assert_true(refused >= 7); /* seven things are allocated */
  arena_destroy(&a);
}

static void a_point_is_found_in_the_cell_it_lies_in(void **state) {
  const mesh *m = given(state);
  /* Just above the thin lowest sheet (0..0.25): its centre is nearer (0.135) than that of the sheet above (0.365). */
  const double inside[3] = {0.2, 2.6, 0.26}, beside[3] = {-3, 0.2, 2.4}, above[3] = {0.9, 1.2, 7};
  assert_int_equal(mesh_cell_at(m, inside), (2 * NX + 0) * NZ + 1);
  assert_int_equal(mesh_cell_at(m, beside), (0 * NX + 0) * NZ + 3);
  assert_int_equal(mesh_cell_at(m, above), (1 * NX + 1) * NZ + 3);
}

int main(void) {
#define WITH_MESH(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      WITH_MESH(counts_are_those_of_the_grid),
      WITH_MESH(a_column_of_nodes_is_contiguous_and_rises),
      WITH_MESH(every_cell_is_the_product_of_its_grid_intervals),
      WITH_MESH(every_node_belongs_to_a_cell),
      WITH_MESH(skin_facets_are_the_upper_faces_of_their_cells),
      WITH_MESH(each_face_holds_exactly_the_nodes_on_its_plane),
      WITH_MESH(a_short_list_is_filled_and_the_whole_count_is_returned),
      WITH_MESH(a_point_is_found_in_the_cell_it_lies_in),
      cmocka_unit_test(the_vtk_order_is_corners_edges_faces_centre),
      cmocka_unit_test(impossible_grids_are_refused),
      cmocka_unit_test(a_full_arena_is_reported_at_every_allocation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
