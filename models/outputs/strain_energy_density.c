/* W, per reference volume. */
#include <string.h>
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

static void point(const output_in *in, double *value) {
  memcpy(value, in->W, NB * sizeof *value);
}

const output output_strain_energy_density = {.name = "strain_energy_density",
                                             .unit = "J/m^3",
                                             .ncomp = 1,
                                             .point = point,
                                             .doc = "elastic energy per reference volume"};
