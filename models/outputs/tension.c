/* The field the project is about. In tissue with fibres: the fibre part of the Cauchy stress, summed over families. The
   total stress along a fibre would hold the pressure too, which under a pressing hand says pressure, not tension. In
   tissue without fibres (skin, fat): the largest principal value of the deviatoric Cauchy stress where positive, which
   it is unless the stress is a pressure alone. */
#include <math.h>
#include "sim/kinds/material.h"
#include "sim/kinds/output.h"

/* Largest principal value of the deviator s of a symmetric stress, in closed form:
     J2 = s:s / 2, J3 = det s, largest = 2 sqrt(J2/3) cos(theta / 3), cos(theta) = 3 sqrt(3) / 2 J3 / J2^(3/2).
   s is divided by sqrt(J2) first, so that no power of a small stress underflows; round-off may push the cosine beyond
   +-1 where two values are equal, hence the clamp. */
static double largest_deviatoric(const double s6[6]) {
  double mean = (s6[0] + s6[1] + s6[2]) / 3;
  double xx = s6[0] - mean, yy = s6[1] - mean, zz = s6[2] - mean, xy = s6[3], yz = s6[4], xz = s6[5];
  double size = sqrt(0.5 * (xx * xx + yy * yy + zz * zz) + xy * xy + yz * yz + xz * xz);
  if (!(size > 0)) return size; /* 0, or not a number */
  xx /= size, yy /= size, zz /= size, xy /= size, yz /= size, xz /= size;
  double det = xx * (yy * zz - yz * yz) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz);
  double cosine = fmax(-1, fmin(1, 1.5 * sqrt(3.0) * det));
  return size * 2 / sqrt(3.0) * cos(acos(cosine) / 3);
}

static void point(const output_in *in, double *value) {
  for (int q = 0; q < NB; q++) {
    value[q] = 0;
    if (in->nfam > 0 && in->fibre_stress) {
      for (int f = 0; f < in->nfam; f++) value[q] += in->fibre_stress[f * NB + q];
    } else {
      double s[6];
      for (int c = 0; c < 6; c++) s[c] = in->sigma[c * NB + q];
      value[q] = largest_deviatoric(s);
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
