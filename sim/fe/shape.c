#include "sim/fe/shape.h"

#define S 0.774596669241483377035853079956 /* sqrt(3/5) */
const double shape_point[QUAD_LINE] = {-S, 0, S};
const double shape_weight[QUAD_LINE] = {5.0 / 9, 8.0 / 9, 5.0 / 9};
const double shape_value[QUAD_LINE][3] = {{0.3 + S / 2, 0.4, 0.3 - S / 2}, {0, 1, 0}, {0.3 - S / 2, 0.4, 0.3 + S / 2}};
const double shape_slope[QUAD_LINE][3] = {{-S - 0.5, 2 * S, -S + 0.5}, {-0.5, 0, 0.5}, {S - 0.5, -2 * S, S + 0.5}};
