/* Quadratic shape functions on [-1, 1] and the three-point Gauss rule, in one and three dimensions. */
#ifndef KNEAD_SHAPE_H
#define KNEAD_SHAPE_H

enum { QUAD_LINE = 3, QUAD_CELL = 27, QUAD_FACET = 9 };

extern const double shape_point[QUAD_LINE];    /* -sqrt(3/5), 0, sqrt(3/5) */
extern const double shape_weight[QUAD_LINE];   /* 5/9, 8/9, 5/9 */
extern const double shape_value[QUAD_LINE][3]; /* N_a at the points */
extern const double shape_slope[QUAD_LINE][3]; /* dN_a/dxi at the points */

/* Point q = qx + 3 qy + 9 qz, node a = ax + 3 ay + 9 az. */
static inline double shape_cell_value(int q, int a) {
  return shape_value[q % 3][a % 3] * shape_value[q / 3 % 3][a / 3 % 3] * shape_value[q / 9][a / 9];
}
static inline double shape_cell_slope(int q, int a, int axis) {
  double x = axis == 0 ? shape_slope[q % 3][a % 3] : shape_value[q % 3][a % 3];
  double y = axis == 1 ? shape_slope[q / 3 % 3][a / 3 % 3] : shape_value[q / 3 % 3][a / 3 % 3];
  double z = axis == 2 ? shape_slope[q / 9][a / 9] : shape_value[q / 9][a / 9];
  return x * y * z;
}
static inline double shape_cell_weight(int q) {
  return shape_weight[q % 3] * shape_weight[q / 3 % 3] * shape_weight[q / 9];
}
static inline double shape_facet_value(int q, int a) {
  return shape_value[q % 3][a % 3] * shape_value[q / 3][a / 3];
}

#endif
