/* The quality figure: 1 for a box, small when squeezed, negative when inside out. */
#include "tests/test.h"
#include "sim/mesh/mesh.h"

static mesh *box(arena *a) {
  const double line[3] = {0, 1, 3};
  const uint8_t layer[2] = {0, 0};
  mesh *m = NULL;
  assert_ok(mesh_columns(2, 2, 2, line, line, line, layer, 0, a, &m));
  return m;
}

static void map(mesh *m, void (*f)(double x[3])) {
  for (int i = 0; i < m->nnode; i++) f(m->x + 3 * i);
}

static void skew(double x[3]) {
  double y[3] = {x[0] + 0.9 * x[1] - 0.4 * x[2], 0.2 * x[0] + 2 * x[1], 1e-3 * x[2] + 0.3 * x[0]};
  memcpy(x, y, sizeof y);
}
static void mirror(double x[3]) {
  x[0] = -x[0];
}
/* x + x^2/4: within an element from a to b, det ~ 1 + x/2, exactly since Q2 holds squares */
static void stretch(double x[3]) {
  x[0] += 0.25 * x[0] * x[0];
}

static void any_affine_image_of_a_box_has_quality_one(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m = box(a);
  int worst = -1;
  /* a determinant of sums over 27 nodes, numbers up to 6, smallest singular value of the map near 1e-3 */
  double tol = test_round(27 * 6 * 1e3);
  assert_close(mesh_quality(m, &worst), 1, tol);
  assert_in_range(worst, 0, m->ncell - 1);
  map(m, skew);
  assert_close(mesh_quality(m, NULL), 1, tol);
  arena_destroy(&a);
}

static void a_known_stretch_gives_the_known_quotient(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m = box(a);
  map(m, stretch);
  /* worst element: x from 1 to 3 would give (1 + 1/2 (2 - g)) / 2, from 0 to 1 (1 + 1/4 (1 - g)) / (1 + 1/4); g =
   * sqrt(3/5) */
  double g = sqrt(0.6), first = (1 + 0.25 * (1 - g)) / 1.25, second = (1 + 0.5 * (2 - g)) / 2;
  assert_close(mesh_quality(m, NULL), fmin(first, second), test_round(200));
  arena_destroy(&a);
}

static void the_cell_inside_out_is_found(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m = box(a);
  int worst = -1;
  /* pull the centre node of cell 5 far beyond its cell */
  m->x[3 * m->cell[CELL_NODES * 5 + 13]] += 10;
  assert_true(mesh_quality(m, &worst) < 0);
  assert_int_equal(worst, 5);
  m->x[3 * m->cell[CELL_NODES * 5 + 13]] = (double)NAN;
  assert_true(mesh_quality(m, &worst) < 0);
  assert_int_equal(worst, 5);
  m = box(a);
  map(m, mirror);
  assert_true(mesh_quality(m, NULL) < 0);
  arena_destroy(&a);
}

static void lean(double x[3]) {
  x[2] += 0.75 * x[0]; /* an upright column over a slope of 3 in 4 */
}
static void squeeze(double x[3]) {
  x[2] *= 0.01;
}

/* Elements are 1 and 2 long in each direction. */
static void a_box_has_scaled_jacobian_one_and_its_sizes(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m = box(a);
  double tol = test_round(27 * 6 * 10);
  for (int cell = 0; cell < m->ncell; cell++) {
    double h[3] = {cell / 2 % 2 ? 2 : 1, cell / 4 ? 2 : 1, cell % 2 ? 2 : 1};
    cell_shape s = mesh_cell_shape(m, cell);
    assert_close(s.scaled, 1, tol);
    assert_close(s.volume, h[0] * h[1] * h[2], 8 * tol);
    assert_close(s.thickness, h[2], 2 * tol);
    assert_close(s.aspect, fmax(h[0], fmax(h[1], h[2])) / fmin(h[0], fmin(h[1], h[2])), 2 * tol);
  }
  map(m, squeeze);
  assert_close(mesh_cell_shape(m, 0).scaled, 1, tol);
  assert_close(mesh_cell_shape(m, 0).aspect, 100, 100 * tol);
  arena_destroy(&a);
}

/* tan = 3/4: the sine between column and sheet is the cosine 4/5, and the sheet is thinner by that across itself. */
static void leaning_sheets_lose_the_cosine(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m = box(a);
  double tol = test_round(27 * 6 * 10);
  map(m, lean);
  for (int cell = 0; cell < m->ncell; cell++) {
    cell_shape s = mesh_cell_shape(m, cell);
    assert_close(s.scaled, 0.8, tol);
    assert_close(s.thickness, 0.8 * (cell % 2 ? 2 : 1), 2 * tol);
  }
  map(m, mirror);
  assert_close(mesh_cell_shape(m, 0).scaled, -0.8, tol);
  arena_destroy(&a);
}

static void layers_gather_their_columns(void **state) {
  (void)state;
  arena *a = arena_create(1 << 16);
  mesh *m = box(a);
  layer_shape s[2];
  m->layer[1] = m->layer[3] = 1; /* the upper cells of two columns, areas 1 and 2 */
  mesh_layer_shapes(m, 2, s);
  double tol = test_round(27 * 6 * 10);
  assert_int_equal(s[0].ncell, 6), assert_int_equal(s[1].ncell, 2);
  assert_int_equal(s[0].ncolumn, 4), assert_int_equal(s[1].ncolumn, 2);
  assert_int_equal(s[0].sheets[0], 1), assert_int_equal(s[0].sheets[1], 2);
  assert_close(s[1].volume, 2 * 1 + 2 * 2, 6 * tol);
  assert_close(s[0].volume, 27 - 6, 27 * tol);
  assert_close(s[0].thickness, 21.0 / 9, 3 * tol); /* over an area of 9 */
  assert_close(s[0].thickness_least, 1, tol), assert_close(s[0].thickness_most, 3, 3 * tol);
  assert_close(s[0].scaled_least, 1, tol), assert_close(s[0].scaled_mean, 1, tol);
  assert_close(s[0].aspect_most, 2, 2 * tol);
  arena_destroy(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_affine_image_of_a_box_has_quality_one),
      cmocka_unit_test(a_known_stretch_gives_the_known_quotient),
      cmocka_unit_test(the_cell_inside_out_is_found),
      cmocka_unit_test(a_box_has_scaled_jacobian_one_and_its_sizes),
      cmocka_unit_test(leaning_sheets_lose_the_cosine),
      cmocka_unit_test(layers_gather_their_columns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
