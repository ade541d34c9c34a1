/* What the thoracic back promises beyond the contract of bodies. What it shares with the lumbar back (chart, columns,
   thicknesses along the normal) is proved there. */
#include "tests/contract/body_bench.h"

static const char *layer_at(const built *b, int cell) {
  return b->g.layer[b->g.mesh->layer[cell]];
}

static const double *centre(const built *b, int cell) {
  return b->g.mesh->x + 3 * b->g.mesh->cell[CELL_NODES * cell + 13];
}

static const landmark *mark(const built *b, const char *name) {
  for (int i = 0; i < b->g.nlandmark; i++)
    if (!strcmp(b->g.landmarks[i].name, name)) return &b->g.landmarks[i];
  fail_msg("no landmark is called %s", name);
  return NULL;
}

/* Plan of a landmark. */
static void place_of(const built *b, const char *name, double x[3]) {
  double axes[9];
  assert_int_equal(b->kind->chart(b->par, mark(b, name)->s, mark(b, name)->t, x, axes), 1);
}

static void lengths_count_from_l5_on_both_bodies(void **state) {
  (void)state;
  built low = make(find("lumbar_back"), "size: [24 cm, 36 cm], height: 1.8 m"),
        high = make(find("thoracic_back"), "height: 1.8 m");
  assert_true(mark(&low, "T10")->s == mark(&high, "T10")->s);
  /* T4 and T7 at 21 and 39 % of the way from C7 to the level of the PSIS: Ernst 2013; parts have four digits */
  assert_close(mark(&high, "T4")->s - mark(&high, "T7")->s, 0.509 * 1.8 / 1.72 * (0.39 - 0.21), 0.6 * 1e-4);
  arena_destroy(&low.a), arena_destroy(&high.a);
}

static void no_corner_of_the_parameters_gives_a_bad_element(void **state) {
  (void)state;
  static const body_corner row[] = {
      {"measures", "fat", "3 mm", "5 cm"},
      {"measures", "spine", "40 cm", "62 cm"},
      {"relief", "kyphosis", "25 cm", "100 m"},
      {"relief", "radius", "25 cm", "100 m"},
      {"relief", "furrow", "0 mm", "1 cm"},
      {"relief", "blade", "0 mm", "12 mm"},
      {"bone", "midline", "4 mm", "2 cm"},
      {"bone", "gap", "0 mm", "8 mm"},
      {"bone", "groove", "1 cm", "35 mm"},
      {"bone", "ribs", "4 mm", "2 cm"},
      {"bone", "rib", "0 mm", "6 mm"},
      {"bone", "blade", "6 mm", "3 cm"},
      {"bone", "spine", "0 mm", "1 cm"},
      {"", "skin", "0.5 mm", "1 cm"},
      {"", "fascia", "0.1 mm", "3 mm"},
      {"", "trapezius", "2 mm", "1 cm"},
      {"", "rhomboid", "2 mm", "1 cm"},
      {"", "gliding", "0.1 mm", "2 mm"},
      {0},
  };
  /* 0.15 was found: floors of 80 degrees where all steepest things meet. Below this something has changed. */
  assert_true(worst_of_corners("thoracic_back", row, 64) > 0.05);
  assert_true(worst_of_body("thoracic_back", "") > 0.5); /* edges meet at 30 degrees or more */
}

static void trapezius_covers_rhomboids_between_spine_and_shoulder_blade(void **state) {
  (void)state;
  built b = make(find("thoracic_back"), "cells: [28, 33]");
  const mesh *m = b.g.mesh;
  double root[3], t4[3], t9[3], t2[3];
  int rhomboid = 0, lower = 0, latissimus = 0, infra = 0;
  place_of(&b, "spina_right", root), place_of(&b, "T4", t4), place_of(&b, "T9", t9), place_of(&b, "T2", t2);
  for (int column = 0; column < m->ncell; column += m->nz) {
    const double *x = centre(&b, column);
    double a = fabs(x[0]), y = x[1];
    const char *deep = layer_at(&b, column), *third = layer_at(&b, column + 3), *fourth = layer_at(&b, column + 4);
    if (!strcmp(third, "rhomboid")) {
      assert_true(a < root[0] + 0.015); /* ends at the blade's inner border, with half of its edge */
      assert_true(strstr(fourth, "trapezius") || y < t4[1]);
      rhomboid++;
    }
    if (a < 0.05 && a > 0.02 && fabs(y - t4[1]) < 0.02) assert_string_equal(third, "rhomboid");
    if (a < 0.02 && y > t9[1]) assert_non_null(strstr(fourth, "trapezius"));
    if (a > 0.1 && y < t9[1]) assert_string_equal(third, "latissimus"), assert_string_equal(fourth, "loose");
    lower += !strcmp(fourth, "lower_trapezius"), latissimus += !strcmp(third, "latissimus");
    if (a > root[0] + 0.02 && a < root[0] + 0.04 && y > t4[1] - 0.03 && y < t4[1]) {
      assert_string_equal(deep, "infraspinatus"), infra++;
    }
    if (a < 0.02) assert_string_equal(deep, "transversospinales");
  }
  assert_true(rhomboid > 0 && lower > 0 && latissimus > 0 && infra > 0);
  arena_destroy(&b.a);
}

/* Right side: rhomboids fall outward, the lower trapezius rises outward; both lie in their sheets. */
static void fibres_cross_as_the_muscles_do(void **state) {
  (void)state;
  built b = make(find("thoracic_back"), "fibres: {rhomboid: -40 deg, lower: 30 deg}");
  const mesh *m = b.g.mesh;
  const double degree = acos(-1) / 180;
  assert_int_equal(m->nfam, 1);
  for (int cell = 0; cell < m->ncell; cell++) {
    const float *f = m->fibre + 3 * cell;
    double side = centre(&b, cell)[0] < 0 ? -1 : 1, angle = atan2(side * (double)f[0], (double)f[1]);
    if (!strcmp(layer_at(&b, cell), "rhomboid")) assert_close(angle, -40 * degree, 8 * (double)FLT_EPSILON);
    if (!strcmp(layer_at(&b, cell), "lower_trapezius")) assert_close(angle, 30 * degree, 8 * (double)FLT_EPSILON);
    if (!strcmp(layer_at(&b, cell), "fat")) assert_true(f[0] == 0 && f[1] == 0 && f[2] == 0);
  }
  arena_destroy(&b.a);
}

/* The two sheets of deep muscle are thinnest along the spine of the scapula. */
static void the_spine_of_the_scapula_stands_out_of_the_blade(void **state) {
  (void)state;
  built b = make(find("thoracic_back"), "cells: [28, 52]");
  const mesh *m = b.g.mesh;
  double root[3], best = HUGE_VAL, at = NAN;
  place_of(&b, "spina_right", root);
  int i = 0;
  while (m->x[3 * mesh_node(m, i, 0, 0)] < root[0] + 0.03) i++;
  double x = m->x[3 * mesh_node(m, i, 0, 0)], low = root[1] - 0.05, high = root[1] + 0.03;
  for (int j = 0; j <= 2 * m->ny; j++) {
    const double *floor = m->x + 3 * mesh_node(m, i, j, 0), *top = m->x + 3 * mesh_node(m, i, j, 4);
    if (floor[1] < low || floor[1] > high || !(top[2] - floor[2] < best)) continue;
    best = top[2] - floor[2], at = floor[1];
  }
  /* rising by one in four from its root; half the distance of two nodes, 2.5 mm, and what slopes move the least by */
  assert_close(at, root[1] + 0.25 * (x - 0.065), 5e-3);
  arena_destroy(&b.a);
}

/* All of the angle in one joint, T5 on T6: what lies below it stays, what lies above turns as one. */
static void a_spine_bends_where_its_joints_are_told_to(void **state) {
  (void)state;
  built b = make(find("thoracic_back"), "motion: {axis: 5 cm, share: [0, 0, 0, 0, 1, 0, 0, 0, 0]}");
  const double angle = 0.4;
  double t6[3], t5[3], u[4][3];
  place_of(&b, "T6", t6), place_of(&b, "T5", t5);
  /* the chart finds a vertebra to 1e-14 m: a micrometre to each side of it */
  const double X[4][3] = {
      {0, t6[1] - 1e-6, t6[2]}, {0.05, t6[1] - 0.06, -0.05}, {0, t5[1] + 1e-6, t5[2]}, {0.05, t5[1] + 0.06, -0.05}};
  b.kind->move(b.par, 0, angle, 4, X[0], u[0]);
  for (int k = 0; k < 3; k++) assert_true(u[0][k] == 0 && u[1][k] == 0);
  double y = X[3][1] - X[2][1], z = X[3][2] - X[2][2];
  /* twenty roundings of a length of 10 cm */
  assert_close(y + u[3][1] - u[2][1], cos(angle) * y + sin(angle) * z, test_round(20) * 0.1);
  assert_close(z + u[3][2] - u[2][2], cos(angle) * z - sin(angle) * y, test_round(20) * 0.1);
  /* about the disc: half way between the two, 5 cm deeper than all that covers the laminae */
  double depth[2], p = 0.5 * (t5[1] + t6[1]);
  for (int k = 0; k < 2; k++) { /* c is where u = 0: u = (R - 1)(X - c), a turn by the angle */
    double a = cos(angle) - 1, s = sin(angle), v = u[2 + k][1], w = u[2 + k][2], det = a * a + s * s;
    double cy = X[2 + k][1] - (a * v - s * w) / det, cz = X[2 + k][2] - (s * v + a * w) / det;
    depth[k] = cz;
    assert_close(cy, p, 1e-12);
  }
  assert_close(depth[0], depth[1], 1e-12);
  assert_true(depth[0] < t5[2] - 0.05); /* deeper than the axis alone */
  arena_destroy(&b.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lengths_count_from_l5_on_both_bodies),
      cmocka_unit_test(no_corner_of_the_parameters_gives_a_bad_element),
      cmocka_unit_test(trapezius_covers_rhomboids_between_spine_and_shoulder_blade),
      cmocka_unit_test(fibres_cross_as_the_muscles_do),
      cmocka_unit_test(the_spine_of_the_scapula_stands_out_of_the_blade),
      cmocka_unit_test(a_spine_bends_where_its_joints_are_told_to),
  };
  return cmocka_run_group_tests(tests, body_setup, body_teardown);
}
