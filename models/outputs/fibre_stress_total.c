/* a . sigma a along the deformed fibre a = F A / |F A|, pressure included; of two families the larger. Not a number in
   tissue without fibres: there is no such direction. */
#include <math.h>
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

static void point(const output_in *in, double *value) {
  for (int q = 0; q < NB; q++) {
    value[q] = NAN;
    for (int f = 0; f < in->nfam; f++) {
      double a[3], length2 = 0;
      for (int i = 0; i < 3; i++) {
        a[i] = 0;
        for (int J = 0; J < 3; J++) a[i] += in->F[(3 * i + J) * NB + q] * in->fibre[(3 * f + J) * NB + q];
        length2 += a[i] * a[i];
      }
      const double *s = in->sigma + q;
      double along = (a[0] * a[0] * s[0] + a[1] * a[1] * s[NB] + a[2] * a[2] * s[2 * NB] +
                      2 * (a[0] * a[1] * s[3 * NB] + a[1] * a[2] * s[4 * NB] + a[0] * a[2] * s[5 * NB])) /
                     length2;
      value[q] = fmax(value[q], along); /* fmax takes the number of a number and a NaN */
    }
  }
}

const output output_fibre_stress_total = {
    .name = "fibre_stress_total",
    .unit = "Pa",
    .ncomp = 1,
    .point = point,
    .doc = "total Cauchy stress along the deformed fibres, pressure included; NaN without fibres"};
