/* What a catheter in a muscle would read, if (hypothesis) fluid carries the isotropic part of the stress and fibres
   carry their own tension beside it: sigma = -p 1 + sum of T n (x) n + shear of the matrix, so p = -tr(sigma)/3 + sum
   T/3. A straight fibre that pulls then presses nothing, a curved one presses T / radius on what lies inside the bend.
 */
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

static void point(const output_in *in, double *value) {
  for (int q = 0; q < NB; q++) {
    value[q] = in->pressure[q];
    for (int f = 0; f < in->nfam && in->fibre_stress; f++) value[q] += in->fibre_stress[f * NB + q] / 3;
  }
}

const output output_intramuscular_pressure = {
    .name = "intramuscular_pressure",
    .unit = "Pa",
    .ncomp = 1,
    .point = point,
    .doc = "pressure of the fluid, if fibres carry their tension beside it (hypothesis); without fibres the pressure"};
