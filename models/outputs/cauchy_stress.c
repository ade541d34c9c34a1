/* sigma, with the element's mixed pressure. */
#include <string.h>
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

static void point(const output_in *in, double *value) {
  memcpy(value, in->sigma, 6 * NB * sizeof *value);
}

const output output_cauchy_stress = {
    .name = "cauchy_stress", .unit = "Pa", .ncomp = 6, .point = point, .doc = "Cauchy stress"};
