/* log, exp and x^(-1/3) for loops over a batch: no branch, no table, no call, so that a loop around them vectorises.

   libm's versions are calls, and a call inside a loop keeps the whole loop scalar (tried: 15-33 ns a point of a
   material law instead of 4-5). Each function here is an inline chain of adds, multiplies, at most one division and
   integer operations on the bits, the same for every argument. Errors are at most 2 ulp, with and without FMA
   contraction (tests/base/test_vmath.c); rounding is the default one.

     vm_log(x)    normal x > 0;          NaN for x <= 0 and for NaN. Subnormal and infinite x are not handled
     vm_exp(x)    -708 <= x <= 709; beyond these it stays at the value of the nearer end
     vm_rcbrt(x)  x^(-1/3), normal x > 0; NaN for x <= 0 and for NaN. J^(-2/3) is its square, 1/J its cube

   Methods. log: x = 2^k m with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f/(2 + f), log(1 + f) = f - f^2/2 +
   s (f^2/2 + R(s^2)), the classical scheme of Sun's fdlibm, whose minimax coefficients of R these are. exp: x = k ln2 +
   r, |r| <= ln2/2, Taylor series of e^r. rcbrt: the bits of x read as a number are nearly its logarithm, so C - bits/3
   is a guess good to 4 %; then y <- y (1 - h)^(-1/3), h = 1 - x y^3, with the binomial series cut after h^3. */
#ifndef KNEAD_VMATH_H
#define KNEAD_VMATH_H
#include <math.h>
#include <stdint.h>
#include <string.h>

#define VM_INLINE static inline __attribute__((always_inline))

VM_INLINE uint64_t vm_bits(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}
VM_INLINE double vm_from_bits(uint64_t u) {
  double x;
  memcpy(&x, &u, sizeof x);
  return x;
}

VM_INLINE double vm_log(double x) {
  /* Adding 1 - sqrt(1/2) in bits moves the seam of the exponent to sqrt(1/2); the double of an exponent is made by
     writing it into the mantissa of 2^52, because int64 -> double conversion exists only in AVX-512DQ. */
  uint64_t t = vm_bits(x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  double k = vm_from_bits((t >> 52) | 0x4330000000000000u) - (0x1p52 + 1023);
  double f = vm_from_bits((t & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
  double s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
  double R = 1.479819860511658591e-01;
  R = R * z + 1.531383769920937332e-01;
  R = R * z + 1.818357216161805012e-01;
  R = R * z + 2.222219843214978396e-01;
  R = R * z + 2.857142874366239149e-01;
  R = R * z + 3.999999999940941908e-01;
  R = R * z + 6.666666666666735130e-01;
  R *= z;
  /* ln2 in two parts, so that k times the first part is exact. */
  double y = k * 6.93147180369123816490e-01 - ((half - (s * (half + R) + k * 1.90821492927058770002e-10)) - f);
  return y + (x > 0.0 ? 0.0 : (double)NAN);
}

VM_INLINE double vm_exp(double x) {
  x = x < -708.0 ? -708.0 : x;
  x = x > 709.0 ? 709.0 : x;
  /* Adding 1.5 2^52 rounds to an integer and leaves that integer in the low bits. */
  double shifted = x * 1.44269504088896338700 + 0x1.8p52, k = shifted - 0x1.8p52;
  double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
  double p = 1.0 / 6227020800.0; /* 1/13!; the first term left out is below 5e-18 */
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  double e = 1.0 + (r + r * r * p);
  return e * vm_from_bits((vm_bits(shifted) << 52) + 0x3ff0000000000000u);
}

VM_INLINE double vm_rcbrt(double x) {
  double bits = vm_from_bits((vm_bits(x) >> 20) | 0x4330000000000000u) - 0x1p52;
  double guess = 5.8580375e12 - bits * (1.0 / 3.0);
  double y = vm_from_bits(vm_bits(guess + 0x1p52) << 20);
  double h = 1.0 - x * y * (y * y);
  y += y * (h * (1.0 / 3.0 + h * (2.0 / 9.0 + h * (14.0 / 81.0))));
  h = 1.0 - x * y * (y * y);
  y += y * (h * (1.0 / 3.0 + h * (2.0 / 9.0 + h * (14.0 / 81.0))));
  return y + (x > 0.0 ? 0.0 : (double)NAN);
}

#endif
