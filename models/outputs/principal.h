/* Principal values of what is symmetric, xx yy zz xy yz xz. */
#ifndef KNEAD_OUTPUTS_PRINCIPAL_H
#define KNEAD_OUTPUTS_PRINCIPAL_H
#include <math.h>

/* Largest principal value of the deviator s of a symmetric stress (or of anything symmetric), in closed form:
     J2 = s:s / 2, J3 = det s, largest = 2 sqrt(J2/3) cos(theta / 3), cos(theta) = 3 sqrt(3) / 2 J3 / J2^(3/2).
   s is divided by sqrt(J2) first, so that no power of a small stress underflows; round-off may push the cosine beyond
   +-1 where two values are equal, hence the clamp. */
static inline double principal_deviatoric(const double s6[6]) {
  double mean = (s6[0] + s6[1] + s6[2]) / 3;
  double xx = s6[0] - mean, yy = s6[1] - mean, zz = s6[2] - mean, xy = s6[3], yz = s6[4], xz = s6[5];
  double size = sqrt(0.5 * (xx * xx + yy * yy + zz * zz) + xy * xy + yz * yz + xz * xz);
  if (!(size > 0)) return size; /* 0, or not a number */
  xx /= size, yy /= size, zz /= size, xy /= size, yz /= size, xz /= size;
  double det = xx * (yy * zz - yz * yz) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz);
  double cosine = fmax(-1, fmin(1, 1.5 * sqrt(3.0) * det));
  return size * 2 / sqrt(3.0) * cos(acos(cosine) / 3);
}

#endif
