/* sqrt(3/2 s:s), s the deviator of the Cauchy stress. */
#include <math.h>
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

static void point(const output_in *in, double *value) {
  for (int q = 0; q < NB; q++) {
    const double *s = in->sigma + q;
    double a = s[0] - s[NB], b = s[NB] - s[2 * NB], c = s[2 * NB] - s[0];
    double shear = s[3 * NB] * s[3 * NB] + s[4 * NB] * s[4 * NB] + s[5 * NB] * s[5 * NB];
    value[q] = sqrt(0.5 * (a * a + b * b + c * c) + 3 * shear);
  }
}

const output output_von_mises = {
    .name = "von_mises", .unit = "Pa", .ncomp = 1, .point = point, .doc = "von Mises stress"};
