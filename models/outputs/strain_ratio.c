/* How far muscle is stretched over what it is said to bear, `limits.muscle_strain`: 1 is the limit, 0 where nothing is
   stretched, or no muscle (`muscle: true` of a tissue). Along its fibres |F a| - 1, of two families the larger: tissue
   that is pressed flat widens across them, which is not what tears it. Without fibres the largest principal stretch
   - 1. Both from the undeformed body, in which a muscle with tone is not at rest. */
#include "models/outputs/principal.h"
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"
#include "sim/state/model.h"

static double largest_stretch(const double *F) {
  static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
  double C[6];
  for (int c = 0; c < 6; c++) {
    C[c] = 0;
    for (int i = 0; i < 3; i++) C[c] += F[(3 * i + row[c]) * NB] * F[(3 * i + col[c]) * NB];
  }
  return sqrt((C[0] + C[1] + C[2]) / 3 + principal_deviatoric(C));
}

static void point(const output_in *in, double *value) {
  for (int q = 0; q < NB; q++) {
    double stretch = 0;
    value[q] = 0;
    if (!in->tissue->muscle) continue;
    for (int f = 0; f < in->nfam; f++) {
      double length2 = 0;
      for (int i = 0; i < 3; i++) {
        double a = 0;
        for (int J = 0; J < 3; J++) a += in->F[(3 * i + J) * NB + q] * in->fibre[(3 * f + J) * NB + q];
        length2 += a * a;
      }
      stretch = fmax(stretch, sqrt(length2));
    }
    if (!(stretch > 0)) stretch = largest_stretch(in->F + q); /* a zero vector is no fibre */
    value[q] = fmax(stretch - 1, 0) / in->model->limits.muscle_strain;
  }
}

extern const output output_strain_ratio;
const output output_strain_ratio = {.name = "strain_ratio",
                                    .unit = "1",
                                    .ncomp = 1,
                                    .point = point,
                                    .doc = "stretch of muscle, along its fibres if it has any, over what it bears"};
