/* Meshes of Gmsh become columns, however their cells lie, or are refused with a reason. */
#include "tests/mesh/gmsh_sample.h"
#include "sim/mesh/gmsh.h"

static const char *const file = "test_gmsh_sample.msh";

static status columns(const sample *s, const char *skin, arena *a, mesh **m, gmsh **g) {
  sample_write(file, s);
  status st = gmsh_read(file, a, g);
  if (st == ST_OK) st = gmsh_columns(*g, skin, 1e-3, 2, a, a, m);
  remove(file);
  return st;
}

static void the_grid_is_found(const sample *s) {
  arena *a = arena_create(1 << 16);
  mesh *m;
  gmsh *g;
  assert_ok(columns(s, "skin", a, &m, &g));
  assert_int_equal(m->nx, SAMPLE_NX), assert_int_equal(m->ny, SAMPLE_NY), assert_int_equal(m->nz, SAMPLE_NZ);
  assert_int_equal(g->ngroup, 2);
  for (int j = 0; j < SAMPLE_Y; j++)
    for (int i = 0; i < SAMPLE_X; i++)
      for (int k = 0; k < SAMPLE_Z; k++) {
        double expected[3] = {0}, *x = m->x + 3 * mesh_node(m, i, j, k);
        int odd[3] = {i % 2, j % 2, k % 2};
        /* Eight nodes make straight edges: what lies between is their mean. */
        for (int v = 0; v < 8; v++) {
          double p[3];
          int at[3] = {i, j, k};
          for (int d = 0; d < 3 && s->nodes == 8; d++) at[d] += v >> d & 1 ? odd[d] : -odd[d];
          sample_point(at[0], at[1], at[2], p);
          for (int d = 0; d < 3; d++) expected[d] += p[d] / 8;
        }
        /* seventeen digits in the file; sums of eight numbers up to 80, in mm */
        for (int d = 0; d < 3; d++) assert_close(x[d], 1e-3 * expected[d], 0.08 * test_round(10));
      }
  for (int cell = 0; cell < m->ncell; cell++)
    assert_string_equal(g->group_name[m->layer[cell]], cell % m->nz == 2 ? "skin layer" : "muscle");
  assert_true(mesh_quality(m, NULL) > 0);
  arena_destroy(&a);
}

static void cells_of_27_nodes_keep_every_node(void **state) {
  (void)state;
  the_grid_is_found(&(sample){.nodes = 27, .leave_out = -1});
}
static void cells_of_8_nodes_get_straight_edges(void **state) {
  (void)state;
  the_grid_is_found(&(sample){.nodes = 8, .leave_out = -1});
}
static void cells_may_lie_any_way(void **state) {
  (void)state;
  the_grid_is_found(&(sample){.nodes = 27, .turned = 1, .leave_out = -1});
  the_grid_is_found(&(sample){.nodes = 8, .turned = 1, .leave_out = -1});
}

/* The 24 rotations of the sample are all different and keep the hand. */
static void the_sample_turns_cells_in_24_ways(void **state) {
  (void)state;
  int images[24];
  for (int n = 0; n < 24; n++) {
    int e[3][3], zero[3], in0[3] = {1, 1, 1};
    sample_turn(n, in0, zero);
    images[n] = 0;
    for (int a = 0; a < 3; a++) {
      int in[3] = {1, 1, 1}, out[3];
      in[a] = 2;
      sample_turn(n, in, out);
      for (int d = 0; d < 3; d++) e[a][d] = out[d] - zero[d], images[n] = 3 * images[n] + e[a][d] + 1;
    }
    int det = e[0][0] * (e[1][1] * e[2][2] - e[1][2] * e[2][1]) - e[0][1] * (e[1][0] * e[2][2] - e[1][2] * e[2][0]) +
              e[0][2] * (e[1][0] * e[2][1] - e[1][1] * e[2][0]);
    assert_int_equal(det, 1);
    for (int k = 0; k < n; k++) assert_int_not_equal(images[k], images[n]);
  }
}

static void what_cannot_be_used_is_refused_with_a_reason(void **state) {
  (void)state;
  static const struct {
    sample s;
    const char *skin, *says;
  } bad[] = {
      {{.nodes = 8, .leave_out = -1, .header = "2.2 0 8"}, "skin", "version 4.1 is expected"},
      {{.nodes = 8, .leave_out = -1, .header = "4.1 1 8"}, "skin", "Mesh.Binary = 0"},
      {{.nodes = 8, .leave_out = -1, .volume_type = 4}, "skin", "these are tetrahedra"},
      {{.nodes = 8, .leave_out = -1, .volume_type = 17}, "skin", "SecondOrderIncomplete = 0"},
      {{.nodes = 8, .leave_out = -1, .nameless = 1}, "skin", "volume 2 is in no physical group"},
      {{.nodes = 8, .leave_out = -1}, "hide", "no physical surface of the mesh is called 'hide'"},
      {{.nodes = 8, .leave_out = 5}, "skin", "no grid of columns"},
      {{.nodes = 27, .turned = 1, .leave_out = 13}, "skin", "no grid of columns"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    arena *a = arena_create(1 << 16);
    mesh *m;
    gmsh *g;
    assert_int_equal(columns(&bad[i].s, bad[i].skin, a, &m, &g), ST_INPUT);
    if (!strstr(err_message(), bad[i].says)) fail_msg("case %zu: the message is '%s'", i, err_message());
    arena_destroy(&a);
  }
  arena *a = arena_create(1 << 16);
  gmsh *g;
  assert_int_equal(gmsh_read("no such file.msh", a, &g), ST_INPUT);
  arena_destroy(&a);
}

/* Cut after every hundredth letter: the reader stops with a message, whatever is missing. */
static void a_cut_file_is_refused_at_every_place(void **state) {
  (void)state;
  sample_write(file, &(sample){.nodes = 8, .leave_out = -1});
  FILE *f = fopen(file, "rb");
  assert_non_null(f);
  static char text[1 << 20];
  size_t n = fread(text, 1, sizeof text, f);
  fclose(f);
  assert_true(n > 1000 && n < sizeof text);
  char *last = strstr(text, "$EndElements");
  assert_non_null(last);
  for (size_t cut = 0; cut < (size_t)(last - text) - 4; cut += 100) { /* the last row ends in a tag and a blank */
    arena *a = arena_create(1 << 16);
    gmsh *g;
    f = fopen(file, "wb");
    assert_non_null(f);
    fwrite(text, 1, cut, f);
    fclose(f);
    assert_int_equal(gmsh_read(file, a, &g), ST_INPUT);
    assert_true(strlen(err_message()) > 20);
    arena_destroy(&a);
  }
  remove(file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_of_27_nodes_keep_every_node),
      cmocka_unit_test(cells_of_8_nodes_get_straight_edges),
      cmocka_unit_test(cells_may_lie_any_way),
      cmocka_unit_test(the_sample_turns_cells_in_24_ways),
      cmocka_unit_test(what_cannot_be_used_is_refused_with_a_reason),
      cmocka_unit_test(a_cut_file_is_refused_at_every_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
