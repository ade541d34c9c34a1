/* The field the project is about. In tissue with fibres: the fibre part of the Cauchy stress, summed over families. The
   total stress along a fibre would hold the pressure too, which under a pressing hand says pressure, not tension. In
   tissue without fibres (skin, fat): the largest principal value of the deviatoric Cauchy stress where positive, which
   it is unless the stress is a pressure alone. */
#include "models/outputs/principal.h"
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

static void point(const output_in *in, double *value) {
  for (int q = 0; q < NB; q++) {
    value[q] = 0;
    if (in->nfam > 0 && in->fibre_stress) {
      for (int f = 0; f < in->nfam; f++) value[q] += in->fibre_stress[f * NB + q];
    } else {
      double s[6];
      for (int c = 0; c < 6; c++) s[c] = in->sigma[c * NB + q];
      value[q] = principal_deviatoric(s);
    }
    if (value[q] < 0) value[q] = 0; /* keeps what is not a number */
  }
}

const output output_tension = {
    .name = "tension",
    .unit = "Pa",
    .ncomp = 1,
    .point = point,
    .doc = "tension: the fibres' part of the Cauchy stress; without fibres the largest deviatoric principal stress"};
