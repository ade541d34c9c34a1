/* E = (F'F - 1) / 2 */
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

static void point(const output_in *in, double *value) {
  static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
  for (int c = 0; c < 6; c++)
    for (int q = 0; q < NB; q++) {
      double sum = 0;
      for (int i = 0; i < 3; i++) sum += in->F[(3 * i + row[c]) * NB + q] * in->F[(3 * i + col[c]) * NB + q];
      value[c * NB + q] = 0.5 * (sum - (row[c] == col[c]));
    }
}

const output output_green_strain = {
    .name = "green_strain", .unit = "1", .ncomp = 6, .point = point, .doc = "Green-Lagrange strain"};
