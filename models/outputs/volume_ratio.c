/* J = det F: volume over reference volume. */
#include <string.h>
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

static void point(const output_in *in, double *value) {
  memcpy(value, in->J, NB * sizeof *value);
}

const output output_volume_ratio = {
    .name = "volume_ratio", .unit = "1", .ncomp = 1, .point = point, .doc = "volume over reference volume"};
