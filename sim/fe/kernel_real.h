/* Shared by the kernels of one precision: names with the right suffix, sum-factorised gradients. Included by kernel.c
   and kernel_matrix.c, each of which is compiled once for double and once (through *_f.c, KNEAD_FLOAT) for float. */
#ifndef KNEAD_KERNEL_REAL_H
#define KNEAD_KERNEL_REAL_H
#include "sim/base/mat3.h"
#include "sim/base/vmath.h"
#include "sim/fe/kernel.h"

#ifdef KNEAD_FLOAT
typedef kernel_in_f kernel_in;
#define REAL_NAME(x) x##_f
#else
typedef kernel_in_d kernel_in;
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
typedef real lanes[NB];

/* ---- geometry ---------------------------------------------------------------------------------------------------- */

/* A batch of parallelepipeds (`flat` = 1) has one Jacobian a lane, and the pressure basis of the reference cube:
   kernels are compiled for both kinds, with `flat` a constant. */
static const real flat_weight[3] = {(real)(5.0 / 9), (real)(8.0 / 9), (real)(5.0 / 9)};
#define FLAT_SLOPE                                                                                                     \
  ((real)1.34164078649987381784550420123) /* sqrt(3) sqrt(3/5): |psi_k / psi_0| at the outer points                    \
                                           */
static const real flat_psi[3] = {-FLAT_SLOPE, 0, FLAT_SLOPE};

/* dxi/dX at point q, entry k of lane l at [k NB + l]. */
KERNEL_INLINE const real *slope_at(const kernel_in *in, int flat, int q) {
  return in->geo + (flat ? 0 : q * SPACE_GEO * NB);
}
KERNEL_INLINE real weight_at(const kernel_in *in, int flat, int q, int l) {
  if (!flat) return in->geo[(q * SPACE_GEO + 9) * NB + l];
  return in->geo[9 * NB + l] * (flat_weight[q % 3] * flat_weight[q / 3 % 3] * flat_weight[q / 9]);
}
KERNEL_INLINE real psi_at(const kernel_in *in, int flat, int q, int b, int l) {
  if (!flat) return in->psi[(q * SPACE_PSI + b) * NB + l];
  return in->psi[l] * (b == 0 ? 1 : b == 1 ? flat_psi[q % 3] : b == 2 ? flat_psi[q / 3 % 3] : flat_psi[q / 9]);
}
/* Modulus of the term that holds det F to theta: of the law, times the local stiffness. */
KERNEL_INLINE real stay_at(const kernel_in *in, int q, int l) {
  return (real)in->stay * (in->scale ? in->scale[q * NB + l] : 1);
}
/* The value at point q of a function with coefficients c [4][NB]; c += what point q adds to a projection of f. */
KERNEL_INLINE real value_at(const kernel_in *in, int flat, int q, const real *c, int l) {
  real s = 0;
  for (int b = 0; b < SPACE_PSI; b++) s += psi_at(in, flat, q, b, l) * c[b * NB + l];
  return s;
}
KERNEL_INLINE void project_at(const kernel_in *in, int flat, int q, real f, real *c, int l) {
  f *= weight_at(in, flat, q, l);
  for (int b = 0; b < SPACE_PSI; b++) c[b * NB + l] += psi_at(in, flat, q, b, l) * f;
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

/* du/dX at every point: u [81][NB] with rows 3 node + component; H [27][9][NB], H[3 i + J] = du_i/dX_J (+ identity when
   one = 1). Lines along x, then y; along z together with the step from reference to real directions. */
KERNEL_INLINE void displacement_gradient(const kernel_in *in, int flat, const real *restrict u, real one,
                                         real (*restrict H)[9][NB]) {
  ALIGNED real A[27][NB], B[27][NB], C[27][NB], D[27][NB], E[27][NB];
  for (int i = 0; i < 3; i++) {
    const real *v = u + i * NB;
    for (int n = 0; n < 27; n += 3)
      line_both(v + 3 * n * NB, v + 3 * (n + 1) * NB, v + 3 * (n + 2) * NB, A[n], 1, B[n]);
    for (int z = 0; z < 3; z++)
      for (int x = 0; x < 3; x++) {
        int n = x + 9 * z;
        line_both(A[n], A[n + 3], A[n + 6], C[n], 3, D[n]);
        line_value(B[n], B[n + 3], B[n + 6], E[n], 3);
      }
    for (int n = 0; n < 9; n++) {
      const real *g0 = slope_at(in, flat, n), *g1 = slope_at(in, flat, n + 9), *g2 = slope_at(in, flat, n + 18);
      LANES {
        real x0 = E[n][l], x1 = E[n + 9][l], x2 = E[n + 18][l], hx = (x2 - x0) * (real)0.5,
             mx = (real)0.3 * (x0 + x2) + (real)0.4 * x1;
        real y0 = D[n][l], y1 = D[n + 9][l], y2 = D[n + 18][l], hy = (y2 - y0) * (real)0.5,
             my = (real)0.3 * (y0 + y2) + (real)0.4 * y1;
        real z0 = C[n][l], z1 = C[n + 9][l], z2 = C[n + 18][l], hz = (z2 - z0) * (real)0.5,
             kz = GAUSS * (2 * z1 - z0 - z2);
        x0 = mx - GAUSS * hx, x2 = mx + GAUSS * hx, y0 = my - GAUSS * hy, y2 = my + GAUSS * hy;
        z0 = hz + kz, z2 = hz - kz;
        for (int J = 0; J < 3; J++) {
          real id = i == J ? one : 0;
          H[n][3 * i + J][l] = id + x0 * g0[J * NB + l] + y0 * g0[(3 + J) * NB + l] + z0 * g0[(6 + J) * NB + l];
          H[n + 9][3 * i + J][l] = id + x1 * g1[J * NB + l] + y1 * g1[(3 + J) * NB + l] + hz * g1[(6 + J) * NB + l];
          H[n + 18][3 * i + J][l] = id + x2 * g2[J * NB + l] + y2 * g2[(3 + J) * NB + l] + z2 * g2[(6 + J) * NB + l];
        }
      }
    }
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

/* r [81][NB] = sum over points of weight P : dN/dX. */
KERNEL_INLINE void stress_back(const kernel_in *in, int flat, const real (*restrict P)[9][NB], real *restrict r) {
  ALIGNED real B[27][NB], C[27][NB], D[27][NB], E[27][NB], A[27][NB];
  for (int i = 0; i < 3; i++) {
    for (int n = 0; n < 9; n++) POINT_LANES {
        real t[3][3]; /* reference direction, point */
        for (int z = 0; z < 3; z++) {
          int q = n + 9 * z;
          const real *g = slope_at(in, flat, q);
          real w = weight_at(in, flat, q, l), p0 = w * P[q][3 * i][l], p1 = w * P[q][3 * i + 1][l],
               p2 = w * P[q][3 * i + 2][l];
          for (int k = 0; k < 3; k++)
            t[k][z] = p0 * g[3 * k * NB + l] + p1 * g[(3 * k + 1) * NB + l] + p2 * g[(3 * k + 2) * NB + l];
        }
        real m, o, e;
        m = t[0][0] + t[0][2], o = (real)0.5 * GAUSS * (t[0][2] - t[0][0]), e = (real)0.3 * m;
        E[n][l] = e - o, E[n + 9][l] = t[0][1] + (real)0.4 * m, E[n + 18][l] = e + o;
        m = t[1][0] + t[1][2], o = (real)0.5 * GAUSS * (t[1][2] - t[1][0]), e = (real)0.3 * m;
        D[n][l] = e - o, D[n + 9][l] = t[1][1] + (real)0.4 * m, D[n + 18][l] = e + o;
        m = GAUSS * (t[2][0] - t[2][2]), o = (real)0.5 * (t[2][0] + t[2][1] + t[2][2]);
        C[n][l] = -m - o, C[n + 9][l] = 2 * m, C[n + 18][l] = -m + o;
      }
    for (int z = 0; z < 3; z++)
      for (int x = 0; x < 3; x++) {
        int n = x + 9 * z;
        line_back(C[n], D[n], 3, A[n], A[n + 3], A[n + 6]);
        line_value_back(E[n], 3, B[n], B[n + 3], B[n + 6]);
      }
    real *v = r + i * NB;
    for (int n = 0; n < 27; n += 3)
      line_back(A[n], B[n], 1, v + 3 * n * NB, v + 3 * (n + 1) * NB, v + 3 * (n + 2) * NB);
  }
}

/* ---- points -------------------------------------------------------------------------------------------------------
 */

static inline material_in material_at(const kernel_in *in, int q, const real *F) {
  return (material_in){.dt = in->dt,
                       .nfam = in->nfam,
                       .F = F,
                       .fibre = in->fibre,
                       .active = in->active ? in->active + q * NB : NULL,
                       .scale = in->scale ? in->scale + q * NB : NULL,
                       .h0 = in->hist ? in->hist + (size_t)(q * in->nhist) * NB : NULL};
}

/* Lane l of a batch of tensors. */
KERNEL_INLINE void take9(const real (*restrict A)[NB], int l, real a[9]) {
  for (int k = 0; k < 9; k++) a[k] = A[k][l];
}

#endif
