/* The mesh in rings about the patch's edge: it fills the body, without gaps, and is refined where it says. */
#include <stdlib.h>
#include "bench/block.h"
#include "tests/test.h"

enum { CORNERS = 4, FACES = 6 };

/* A face of a cell by its corners, increasing, and its middle node. */
typedef struct face {
  int32_t corner[CORNERS], middle;
} face;

static int by_corners(const void *a, const void *b) {
  const face *p = a, *q = b;
  for (int i = 0; i < CORNERS; i++)
    if (p->corner[i] != q->corner[i]) return p->corner[i] < q->corner[i] ? -1 : 1;
  return 0;
}
static int by_number(const void *a, const void *b) {
  int32_t p = *(const int32_t *)a, q = *(const int32_t *)b;
  return (p > q) - (p < q);
}

/* Face f of a cell: at the low or the high end of axis f / 2. */
static face face_of(const mesh *g, int cell, int f) {
  static const int step[3] = {1, 3, 9};
  const int32_t *node = g->cell + CELL_NODES * (size_t)cell;
  int axis = f / 2, u = step[(axis + 1) % 3], v = step[(axis + 2) % 3], at = f % 2 * 2 * step[axis];
  face out = {.middle = node[at + u + v]};
  for (int i = 0; i < CORNERS; i++) out.corner[i] = node[at + i % 2 * 2 * u + i / 2 * 2 * v];
  qsort(out.corner, CORNERS, sizeof *out.corner, by_number);
  return out;
}

static int on_the_surface(const double *x, const double hi[3]) {
  int on = 0;
  for (int k = 0; k < 3; k++) on |= fabs(x[k]) < 1e-12 || fabs(x[k] - hi[k]) < 1e-12;
  return on;
}

static mesh *build(rings r, double width, arena *a) {
  mesh *g;
  assert_ok(rings_mesh(&r, width, a, &g));
  return g;
}

static void cells_share_faces_and_leave_no_gap(void **unused) {
  (void)unused;
  for (int k = 0; k < 4; k++) {
    arena *a = arena_create(1 << 20);
    double width = k % 2 ? 1e-3 : 0, hi[3] = {0.06, width > 0 ? width : 0.06, 0.04};
    const mesh *g = build((rings){.cuts = 3 + k, .sides = 1 + k / 2, .along = 1}, width, a);
    face *f = arena_alloc(a, (size_t)(FACES * g->ncell) * sizeof *f);
    for (int i = 0; i < FACES * g->ncell; i++) f[i] = face_of(g, i / FACES, i % FACES);
    qsort(f, (size_t)(FACES * g->ncell), sizeof *f, by_corners);
    for (int i = 0, n; i < FACES * g->ncell; i += n) {
      for (n = 1; i + n < FACES * g->ncell && !by_corners(f + i, f + i + n); n++)
        assert_int_equal(f[i].middle, f[i + n].middle);
      assert_in_range(n, 1, 2);
      assert_int_equal(n == 1, on_the_surface(g->x + 3 * (size_t)f[i].middle, hi));
    }
    double volume = 0;
    int worst;
    for (int c = 0; c < g->ncell; c++) volume += mesh_cell_shape(g, c).volume;
    assert_close(volume, hi[0] * hi[1] * hi[2], test_round(100) * hi[0] * hi[1] * hi[2]);
    assert_true(mesh_quality(g, &worst) > 0);
    arena_destroy(&a);
  }
}

/* Two cuts halve the innermost cells, each number of sides divides them. */
static void cuts_and_sides_make_the_innermost_cells_smaller(void **unused) {
  (void)unused;
  for (int cuts = 1; cuts < 6; cuts++)
    for (int sides = 1; sides < 4; sides++) {
      arena *a = arena_create(1 << 20);
      const mesh *g = build((rings){.cuts = cuts, .sides = sides}, 1e-3, a);
      double least = 1, expected = 0.01 * pow(0.5, 0.5 * cuts) / sides;
      for (int n = 0; n < g->nnode; n++) {
        double away = fabs(g->x[3 * n] - 0.02);
        if (g->x[3 * n + 2] == 0.04 && away > 0) least = fmin(least, away);
      }
      /* To the middle of a cell; coordinates lie on a grid of 6e-11 m. */
      assert_close(least, 0.5 * expected, 6e-11);
      arena_destroy(&a);
    }
}

/* Of the 20 mm of the edge from the middle to the corner the first cell takes half, each further one half of the rest.
 */
static void cells_along_the_edge_are_halved_toward_the_corner(void **unused) {
  (void)unused;
  for (int along = 0; along < 5; along++) {
    arena *a = arena_create(1 << 20);
    const mesh *g = build((rings){.cuts = 2, .sides = 1, .along = along}, 0, a);
    double y[64];
    int n = 0, last = 2 * (along + 1);
    for (int i = 0; i < g->nnode; i++) {
      const double *x = g->x + 3 * i;
      if (x[0] == 0.02 && x[1] <= 0.02 && x[2] == 0.04) y[n++] = x[1]; /* by x, then by y: as they are numbered */
    }
    assert_int_equal(n, last + 1);
    for (int i = 0; i <= last; i += 2) assert_close(y[i], i < last ? 0.02 * (1 - pow(0.5, i / 2)) : 0.02, 6e-11);
    arena_destroy(&a);
  }
}

static void faces_hold_the_nodes_that_lie_on_them(void **unused) {
  (void)unused;
  arena *a = arena_create(1 << 20);
  const mesh *g = build((rings){.cuts = 2, .sides = 1, .along = 2}, 0, a);
  const double at[FACE_COUNT] = {0, 0.06, 0, 0.06, 0, 0.04};
  int32_t *node = arena_alloc(a, (size_t)g->nnode * sizeof *node);
  for (int f = 0; f < FACE_COUNT; f++) {
    int n = mesh_face_nodes(g, (face_id)f, g->nnode, node), found = 0;
    for (int i = 0; i < g->nnode; i++) found += fabs(g->x[3 * i + f / 2] - at[f]) < 1e-12;
    assert_int_equal(n, found);
    assert_true(n > 0);
    for (int i = 0; i < n; i++) assert_close(g->x[3 * node[i] + f / 2], at[f], 1e-12);
  }
  arena_destroy(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_share_faces_and_leave_no_gap),
      cmocka_unit_test(cuts_and_sides_make_the_innermost_cells_smaller),
      cmocka_unit_test(cells_along_the_edge_are_halved_toward_the_corner),
      cmocka_unit_test(faces_hold_the_nodes_that_lie_on_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
