/* Shared by the kernels: geometry at the points, sum-factorised gradients. Included by files of which some are compiled
   twice, for double and (through *_f.c, KNEAD_FLOAT) for float: `real`, and names with the right suffix. */
#ifndef KNEAD_KERNEL_REAL_H
#define KNEAD_KERNEL_REAL_H
#include "sim/fe/kernel.h"

#ifdef KNEAD_FLOAT
typedef float real;
#define REAL_NAME(x) x##_f
#else
typedef double real;
#define REAL_NAME(x) x##_d
#endif

#define ALIGNED _Alignas(64)
#define LANES _Pragma("omp simd") for (int l = 0; l < NB; l++)
/* The same for bodies with small arrays of their own: under `omp simd` gcc 12 keeps those in memory and gives the loop
   up; told only that lanes do not depend on each other, it makes them scalars. */
#ifdef __clang__
#define POINT_LANES _Pragma("clang loop vectorize(assume_safety)") for (int l = 0; l < NB; l++)
#else
#define POINT_LANES _Pragma("GCC ivdep") for (int l = 0; l < NB; l++)
#endif
#define KERNEL_INLINE static inline __attribute__((always_inline))
#define GAUSS ((real)0.774596669241483377035853079956)

/* Symmetric tensors are six numbers, xx yy zz xy yz xz: row and column of each, and which of them is entry 3 i + j. */
static const int voigt_row[6] = {0, 1, 2, 0, 1, 0}, voigt_col[6] = {0, 1, 2, 1, 2, 2},
                 voigt[9] = {0, 3, 5, 3, 1, 4, 5, 4, 2};

/* ---- geometry ---------------------------------------------------------------------------------------------------- */

/* A batch of parallelepipeds (`flat` = 1) has one Jacobian a lane, and the pressure basis of the reference cube:
   kernels are compiled for both kinds, with `flat` a constant. */
static const real flat_weight[3] = {(real)(5.0 / 9), (real)(8.0 / 9), (real)(5.0 / 9)};
#define FLAT_SLOPE                                                                                                     \
  ((real)1.34164078649987381784550420123) /* sqrt(3) sqrt(3/5): |psi_k / psi_0| at the outer points                    \
                                           */
static const real flat_psi[3] = {-FLAT_SLOPE, 0, FLAT_SLOPE};

KERNEL_INLINE real weight_at(const kernel_in *in, int flat, int q, int l) {
  if (!flat) return (real)in->geo[(q * SPACE_GEO + 9) * NB + l];
  return (real)in->geo[9 * NB + l] * (flat_weight[q % 3] * flat_weight[q / 3 % 3] * flat_weight[q / 9]);
}
/* ---- nodes to points and back -------------------------------------------------------------------------------------
 */

/* One line of three nodes to three points: values v and slopes d. With e = a + c, h = (c - a)/2, s = sqrt(3/5):
   v = m -+ s h, b;  d = h +- k, h;  m = 0.3 e + 0.4 b, k = s (2 b - e). */
static inline void line_both(const real *restrict a, const real *restrict b, const real *restrict c, real *restrict v,
                             int stride, real *restrict d) {
  LANES {
    real e = a[l] + c[l], h = (c[l] - a[l]) * (real)0.5, m = (real)0.3 * e + (real)0.4 * b[l],
         k = GAUSS * (2 * b[l] - e);
    v[l] = m - GAUSS * h, v[stride * NB + l] = b[l], v[2 * stride * NB + l] = m + GAUSS * h;
    d[l] = h + k, d[stride * NB + l] = h, d[2 * stride * NB + l] = h - k;
  }
}
static inline void line_value(const real *restrict a, const real *restrict b, const real *restrict c, real *restrict v,
                              int stride) {
  LANES {
    real h = (c[l] - a[l]) * (real)0.5, m = (real)0.3 * (a[l] + c[l]) + (real)0.4 * b[l];
    v[l] = m - GAUSS * h, v[stride * NB + l] = b[l], v[2 * stride * NB + l] = m + GAUSS * h;
  }
}

/* The transposes of two lines; results are set, not added. */
static inline void line_back(const real *restrict v, const real *restrict d, int stride, real *restrict a,
                             real *restrict b, real *restrict c) {
  LANES {
    real v0 = v[l], v1 = v[stride * NB + l], v2 = v[2 * stride * NB + l];
    real d0 = d[l], d1 = d[stride * NB + l], d2 = d[2 * stride * NB + l];
    real m = v0 + v2, h = GAUSS * (v2 - v0) + d0 + d1 + d2, k = GAUSS * (d0 - d2);
    real e = (real)0.3 * m - k, o = (real)0.5 * h;
    a[l] = e - o, b[l] = v1 + (real)0.4 * m + 2 * k, c[l] = e + o;
  }
}
static inline void line_value_back(const real *restrict v, int stride, real *restrict a, real *restrict b,
                                   real *restrict c) {
  LANES {
    real v0 = v[l], v1 = v[stride * NB + l], v2 = v[2 * stride * NB + l];
    real m = v0 + v2, o = (real)0.5 * GAUSS * (v2 - v0), e = (real)0.3 * m;
    a[l] = e - o, b[l] = v1 + (real)0.4 * m, c[l] = e + o;
  }
}

#endif
