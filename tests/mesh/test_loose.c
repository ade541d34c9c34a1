/* Hexahedra that are no grid of columns: kept whole, turned upright, joined at their nodes. */
#include "sim/fe/point.h"
#include "sim/fe/shape.h"
#include "sim/mesh/gmsh.h"
#include "tests/mesh/loose_sample.h"
#include "tests/small_model.h"

static const char *const file = "test_loose_sample.msh";

static status read(const loose_sample *s, int loose, arena *a, mesh **m) {
  gmsh *g;
  loose_write(file, s);
  status st = gmsh_read(file, a, &g);
  if (st == ST_OK) st = loose ? gmsh_loose(g, "skin", 1e-3, 0, "so", a, a, m) : gmsh_mesh(g, "skin", 1e-3, 0, a, a, m);
  remove(file);
  return st;
}

/* Cells round an edge inside share it: what they have is joined. */
static void nodes_are_shared_and_none_is_lost(const loose_sample *s) {
  arena *a = arena_create(1 << 20);
  static loose_plan p;
  mesh *m;
  loose_make_plan(&p, s);
  assert_ok(read(s, 0, a, &m));
  assert_int_equal(mesh_in_columns(m), 0);
  assert_true(strstr(m->why, "no grid of columns") != NULL);
  assert_int_equal(m->ncell, LOOSE_SHEETS * p.nquad);
  assert_int_equal(m->nnode, LOOSE_Z * p.npoint);
  assert_int_equal(m->nskin, p.nquad - s->hole);
  double volume = 0;
  for (int c = 0; c < m->ncell; c++) {
    volume += mesh_cell_shape(m, c).volume;
    if (c > 0) assert_true(m->layer[c] >= m->layer[c - 1]);
  }
  /* Shearing sheets moves no volume: 100 x 100 x 40 mm, added up in 1e2 cells. */
  assert_close(volume, 4e-4, 4e-4 * test_round(1000));
  /* Every node of the file is where the plan has it, whoever asks; ones in the middle of bent cells of 27 nodes too. */
  int found = 0;
  for (int i = 0; i < p.npoint; i++)
    for (int k = 0; k < LOOSE_Z; k++) {
      double x[3];
      int here = 0;
      loose_place(&p, s, i, k, x);
      for (int n = 0; n < m->nnode && !here; n++) {
        here = 1;
        for (int d = 0; d < 3; d++) here &= fabs(m->x[3 * n + d] - 1e-3 * x[d]) < 1e-12;
      }
      found += here;
    }
  assert_int_equal(found, m->nnode);
  /* A cell's last nine nodes are above; of those under the skin they are a facet. */
  for (int c = 0; c < m->ncell; c++)
    assert_true(m->x[3 * m->cell[CELL_NODES * c + 22] + 2] > m->x[3 * m->cell[CELL_NODES * c + 4] + 2]);
  for (int f = 0; f < m->nskin; f++) {
    assert_memory_equal(m->skin + FACET_NODES * f, m->cell + CELL_NODES * m->skin_cell[f] + 18,
                        FACET_NODES * sizeof *m->skin);
    for (int n = 0; n < FACET_NODES; n++)
      assert_close(m->x[3 * m->skin[FACET_NODES * f + n] + 2], 0.04, test_round(10));
  }
  arena_destroy(&a);
}

static void cells_of_8_and_of_27_nodes_are_joined(void **state) {
  (void)state;
  nodes_are_shared_and_none_is_lost(&(loose_sample){.ring = 1, .n = 4, .k = 2, .nodes = 27, .lean = 0.3});
  nodes_are_shared_and_none_is_lost(&(loose_sample){.ring = 1, .n = 2, .k = 1, .nodes = 8, .lean = 0.2});
  nodes_are_shared_and_none_is_lost(&(loose_sample){.n = 4, .nodes = 8, .hole = 1});
}

static void faces_are_the_physical_surfaces(void **state) {
  (void)state;
  arena *a = arena_create(1 << 20);
  loose_sample s = {.ring = 1, .n = 4, .k = 2, .nodes = 27};
  mesh *m;
  assert_ok(read(&s, 0, a, &m));
  int32_t *node = arena_alloc(a, (size_t)m->nnode * sizeof *node);
  static const int axis[FACE_COUNT] = {0, 0, 1, 1, 2, 2};
  static const double at[FACE_COUNT] = {-0.05, 0.05, -0.05, 0.05, 0, 0.04};
  for (int f = 0; f < FACE_COUNT; f++) {
    int n = mesh_face_nodes(m, (face_id)f, m->nnode, node), all = 0;
    for (int i = 0; i < m->nnode; i++) all += fabs(m->x[3 * i + axis[f]] - at[f]) < 1e-9;
    assert_int_equal(n, all);
    assert_int_equal(mesh_face_nodes(m, (face_id)f, 0, NULL), n);
    for (int i = 0; i < n; i++) {
      assert_close(m->x[3 * node[i] + axis[f]], at[f], 1e-12);
      if (i > 0) assert_true(node[i] > node[i - 1]);
    }
  }
  arena_destroy(&a);
}

/* The same cells as columns and loose: what the skin's points say goes to the same nodes. */
static void values_on_the_skin_come_to_the_nodes_as_on_columns(void **state) {
  (void)state;
  loose_sample s = {.n = 5, .nodes = 27, .lean = 0.2};
  model *way[2];
  double *out[2];
  for (int w = 0; w < 2; w++) {
    mesh *g;
    way[w] = small_model();
    small_layer(way[w], "neo_hookean"), small_layer(way[w], "neo_hookean");
    assert_ok(read(&s, w, way[w]->memory, &g));
    assert_int_equal(mesh_in_columns(g), !w);
    small_mesh(way[w], g);
    double *in = arena_alloc(way[w]->memory, 2 * QUAD_FACET * (size_t)g->nskin * sizeof *in);
    out[w] = arena_alloc(way[w]->memory, 2 * (size_t)g->nnode * sizeof **out);
    for (int f = 0; f < g->nskin; f++)
      for (int q = 0; q < QUAD_FACET; q++) {
        double x[3] = {0};
        for (int n = 0; n < FACET_NODES; n++)
          for (int d = 0; d < 3; d++) x[d] += shape_facet_value(q, n) * g->x[3 * g->skin[FACET_NODES * f + n] + d];
        in[2 * (QUAD_FACET * f + q)] = sin(30 * x[0]) + x[1], in[2 * (QUAD_FACET * f + q) + 1] = 1;
      }
    fe_skin_to_node(way[w], 2, in, out[w]);
  }
  const mesh *a = way[0]->mesh, *b = way[1]->mesh;
  assert_int_equal(a->nnode, b->nnode);
  int seen = 0;
  for (int i = 0; i < a->nnode; i++)
    for (int k = 0; k < b->nnode; k++) {
      const double *x = a->x + 3 * i, *y = b->x + 3 * k;
      if (fabs(x[0] - y[0]) + fabs(x[1] - y[1]) + fabs(x[2] - y[2]) > 1e-9) continue;
      assert_int_equal(isnan(out[0][2 * i]), isnan(out[1][2 * k]));
      if (isnan(out[0][2 * i])) continue;
      /* up to 36 products in another order */
      assert_close(out[0][2 * i], out[1][2 * k], test_round(100));
      assert_close(out[1][2 * k + 1], 1, test_round(100));
      seen++;
    }
  assert_int_equal(seen, 11 * 11);
  model_free(&way[0]), model_free(&way[1]);
}

/* Every free cell once, in the lanes of some batch of its tissue. */
static void the_space_holds_every_cell_once(void **state) {
  (void)state;
  model *m = small_model();
  mesh *g;
  small_layer(m, "neo_hookean"), small_layer(m, "neo_hookean");
  assert_ok(read(&(loose_sample){.ring = 1, .n = 3, .k = 1, .nodes = 8}, 0, m->memory, &g));
  small_mesh(m, g);
  const space *s = m->space;
  int *count = arena_alloc(m->memory, (size_t)g->ncell * sizeof *count);
  for (int b = 0; b < s->nbatch; b++)
    for (int l = 0; l < NB; l++) {
      if (!space_active(s, b, l)) continue;
      int cell = s->cell[b * NB + l];
      count[cell]++;
      assert_int_equal(s->where[cell], b * NB + l);
      assert_ptr_equal(s->tissue[b], m->layer_tissue[g->layer[cell]]);
    }
  for (int c = 0; c < g->ncell; c++) assert_int_equal(count[c], 1);
  /* 63 cells in 4 sites, of which one has both tissues. */
  assert_int_equal(s->nsite, (g->ncell + NB - 1) / NB);
  assert_int_equal(s->nbatch, s->nsite + 1);
  model_free(&m);
}

static void cells_that_share_a_face_but_not_its_nodes_are_refused(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m;
  assert_int_equal(read(&(loose_sample){.ring = 1, .n = 2, .k = 1, .nodes = 27, .split = 1}, 0, a, &m), ST_INPUT);
  assert_non_null(strstr(err_message(), "share corners, but between them not their nodes"));
  arena_destroy(&a);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_of_8_and_of_27_nodes_are_joined),
      cmocka_unit_test(faces_are_the_physical_surfaces),
      cmocka_unit_test(values_on_the_skin_come_to_the_nodes_as_on_columns),
      cmocka_unit_test(the_space_holds_every_cell_once),
      cmocka_unit_test(cells_that_share_a_face_but_not_its_nodes_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
