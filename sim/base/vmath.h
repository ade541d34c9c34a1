/* log, exp and x^(-1/3) for loops over a batch: no branch, no table, no call, so that a loop around them vectorises.

   libm's versions are calls, and a call inside a loop keeps the whole loop scalar (tried: 15-33 ns a point of a
   material law instead of 4-5). Each function here is an inline chain of adds, multiplies, at most one division and
   integer operations on the bits, the same for every argument. Errors are at most 2 ulp, with and without FMA
   contraction (tests/base/test_vmath.c); rounding is the default one. Choose by type: vm_log(x) is vm_log_f for a
   float.

     vm_log(x)    normal x > 0;          NaN for x <= 0 and for NaN. Subnormal and infinite x are not handled
     vm_exp(x)    -708 <= x <= 709 (float -87 <= x <= 88); beyond these it stays at the value of the nearer end
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

VM_INLINE uint64_t vm_bits_d(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}
VM_INLINE double vm_from_bits_d(uint64_t u) {
  double x;
  memcpy(&x, &u, sizeof x);
  return x;
}
VM_INLINE uint32_t vm_bits_f(float x) {
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}
VM_INLINE float vm_from_bits_f(uint32_t u) {
  float x;
  memcpy(&x, &u, sizeof x);
  return x;
}

/* ---- double ------------------------------------------------------------------------------------------------------ */

VM_INLINE double vm_log_d(double x) {
  /* Adding 1 - sqrt(1/2) in bits moves the seam of the exponent to sqrt(1/2); the double of an exponent is made by
     writing it into the mantissa of 2^52, because int64 -> double conversion exists only in AVX-512DQ. */
  uint64_t t = vm_bits_d(x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  double k = vm_from_bits_d((t >> 52) | 0x4330000000000000u) - (0x1p52 + 1023);
  double f = vm_from_bits_d((t & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
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

VM_INLINE double vm_exp_d(double x) {
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
  return e * vm_from_bits_d((vm_bits_d(shifted) << 52) + 0x3ff0000000000000u);
}

VM_INLINE double vm_rcbrt_d(double x) {
  double bits = vm_from_bits_d((vm_bits_d(x) >> 20) | 0x4330000000000000u) - 0x1p52;
  double guess = 5.8580375e12 - bits * (1.0 / 3.0);
  double y = vm_from_bits_d(vm_bits_d(guess + 0x1p52) << 20);
  double h = 1.0 - x * y * (y * y);
  y += y * (h * (1.0 / 3.0 + h * (2.0 / 9.0 + h * (14.0 / 81.0))));
  h = 1.0 - x * y * (y * y);
  y += y * (h * (1.0 / 3.0 + h * (2.0 / 9.0 + h * (14.0 / 81.0))));
  return y + (x > 0.0 ? 0.0 : (double)NAN);
}

/* ---- float ------------------------------------------------------------------------------------------------------- */

VM_INLINE float vm_log_f(float x) {
  uint32_t t = vm_bits_f(x) + (0x3f800000u - 0x3f3504f3u);
  float k = (float)((int32_t)(t >> 23) - 127);
  float f = vm_from_bits_f((t & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  float s = f / (2.0f + f), z = s * s, half = 0.5f * f * f;
  float R = 0.24279078841f;
  R = R * z + 0.28498786688f;
  R = R * z + 0.40000972152f;
  R = R * z + 0.66666662693f;
  R *= z;
  float y = k * 6.9313812256e-01f - ((half - (s * (half + R) + k * 9.0580006145e-06f)) - f);
  return y + (x > 0.0f ? 0.0f : (float)NAN);
}

VM_INLINE float vm_exp_f(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float shifted = x * 1.442695041f + 0x1.8p23f, k = shifted - 0x1.8p23f;
  float r = (x - k * 6.9313812256e-01f) - k * 9.0580006145e-06f;
  float p = 1.0f / 5040.0f; /* 1/7!; the first term left out is below 6e-9 */
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  float e = 1.0f + (r + r * r * p);
  return e * vm_from_bits_f((vm_bits_f(shifted) << 23) + 0x3f800000u);
}

VM_INLINE float vm_rcbrt_f(float x) {
  float bits = (float)(int32_t)vm_bits_f(x);
  float y = vm_from_bits_f((uint32_t)(int32_t)(1.4198891e9f - bits * (1.0f / 3.0f)));
  float h = 1.0f - x * y * (y * y);
  y += y * (h * (1.0f / 3.0f + h * (2.0f / 9.0f + h * (14.0f / 81.0f))));
  h = 1.0f - x * y * (y * y);
  y += y * (h * (1.0f / 3.0f + h * (2.0f / 9.0f)));
  return y + (x > 0.0f ? 0.0f : (float)NAN);
}

#define vm_log(x) _Generic((x), float : vm_log_f, default : vm_log_d)(x)
#define vm_exp(x) _Generic((x), float : vm_exp_f, default : vm_exp_d)(x)
#define vm_rcbrt(x) _Generic((x), float : vm_rcbrt_f, default : vm_rcbrt_d)(x)

#endif
