/* Shared by the kernels of one precision: names with the right suffix, sum-factorised gradients. Included by kernel.c
   and kernel_matrix.c, each of which is compiled once for double and once (through *_f.c, KNEAD_FLOAT) for float. */
#ifndef KNEAD_KERNEL_REAL_H
#define KNEAD_KERNEL_REAL_H
#include "sim/base/vmath.h"
#include "sim/fe/kernel.h"

#ifdef KNEAD_FLOAT
typedef kernel_in_f kernel_in;
#define REAL_NAME(x) x##_f
#else
typedef kernel_in_d kernel_in;
#define REAL_NAME(x) x##_d
#endif

#define LANES _Pragma("omp simd") for (int l = 0; l < NB; l++)
#define GAUSS ((real)0.774596669241483377035853079956)
typedef real lanes[NB];

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
static inline void line_slope(const real *restrict a, const real *restrict b, const real *restrict c, real *restrict d,
                              int stride) {
  LANES {
    real h = (c[l] - a[l]) * (real)0.5, k = GAUSS * (2 * b[l] - a[l] - c[l]);
    d[l] = h + k, d[stride * NB + l] = h, d[2 * stride * NB + l] = h - k;
  }
}

/* Reference gradients of one component at all points: v [27][NB] nodes; g[3] each [27][NB]. */
static inline void gradient(const real *restrict v, lanes *restrict gx, lanes *restrict gy, lanes *restrict gz) {
  real A[27][NB], B[27][NB], C[27][NB], D[27][NB], E[27][NB];
  for (int n = 0; n < 9; n++)
    line_both(v + 3 * n * NB, v + (3 * n + 1) * NB, v + (3 * n + 2) * NB, A[3 * n], 1, B[3 * n]);
  for (int z = 0; z < 3; z++)
    for (int x = 0; x < 3; x++) {
      int n = x + 9 * z;
      line_both(A[n], A[n + 3], A[n + 6], C[n], 3, D[n]);
      line_value(B[n], B[n + 3], B[n + 6], E[n], 3);
    }
  for (int n = 0; n < 9; n++) {
    line_value(E[n], E[n + 9], E[n + 18], gx[n], 9);
    line_value(D[n], D[n + 9], D[n + 18], gy[n], 9);
    line_slope(C[n], C[n + 9], C[n + 18], gz[n], 9);
  }
}

/* The transposes of the three lines; results are set, not added. */
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
static inline void line_slope_back(const real *restrict d, int stride, real *restrict a, real *restrict b,
                                   real *restrict c) {
  LANES {
    real d0 = d[l], d1 = d[stride * NB + l], d2 = d[2 * stride * NB + l];
    real k = GAUSS * (d0 - d2), o = (real)0.5 * (d0 + d1 + d2);
    a[l] = -k - o, b[l] = 2 * k, c[l] = -k + o;
  }
}

static inline void gradient_back(lanes *restrict gx, lanes *restrict gy, lanes *restrict gz, real *restrict v) {
  real B[27][NB], C[27][NB], D[27][NB], E[27][NB], A[27][NB];
  for (int n = 0; n < 9; n++) {
    line_value_back(gx[n], 9, E[n], E[n + 9], E[n + 18]);
    line_value_back(gy[n], 9, D[n], D[n + 9], D[n + 18]);
    line_slope_back(gz[n], 9, C[n], C[n + 9], C[n + 18]);
  }
  for (int z = 0; z < 3; z++)
    for (int x = 0; x < 3; x++) {
      int n = x + 9 * z;
      line_back(C[n], D[n], 3, A[n], A[n + 3], A[n + 6]);
      line_value_back(E[n], 3, B[n], B[n + 3], B[n + 6]);
    }
  for (int n = 0; n < 9; n++)
    line_back(A[3 * n], B[3 * n], 1, v + 3 * n * NB, v + (3 * n + 1) * NB, v + (3 * n + 2) * NB);
}

/* du/dX at every point: u [81][NB] with rows 3 node + component; H [27][9][NB], H[3 i + J] = du_i/dX_J (+ identity when
   one = 1). */
static inline void displacement_gradient(const real *restrict u, const real *restrict geo, real one,
                                         real (*restrict H)[9][NB]) {
  real v[27][NB], gx[27][NB], gy[27][NB], gz[27][NB];
  for (int i = 0; i < 3; i++) {
    for (int n = 0; n < 27; n++) LANES v[n][l] = u[(3 * n + i) * NB + l];
    gradient(v[0], gx, gy, gz);
    for (int q = 0; q < 27; q++) {
      const real *B = geo + q * SPACE_GEO * NB;
      for (int J = 0; J < 3; J++) {
        real id = i == J ? one : 0;
        LANES H[q][3 * i + J][l] =
            id + gx[q][l] * B[J * NB + l] + gy[q][l] * B[(3 + J) * NB + l] + gz[q][l] * B[(6 + J) * NB + l];
      }
    }
  }
}

/* r [81][NB] = sum over points of weight P : dN/dX. P is overwritten. */
static inline void stress_back(real (*restrict P)[9][NB], const real *restrict geo, real *restrict r) {
  real v[27][NB], g[3][27][NB];
  for (int i = 0; i < 3; i++) {
    for (int q = 0; q < 27; q++) {
      const real *B = geo + q * SPACE_GEO * NB, *w = B + 9 * NB;
      for (int k = 0; k < 3; k++)
        LANES g[k][q][l] = w[l] * (P[q][3 * i][l] * B[3 * k * NB + l] + P[q][3 * i + 1][l] * B[(3 * k + 1) * NB + l] +
                                   P[q][3 * i + 2][l] * B[(3 * k + 2) * NB + l]);
    }
    gradient_back(g[0], g[1], g[2], v[0]);
    for (int n = 0; n < 27; n++) LANES r[(3 * n + i) * NB + l] = v[n][l];
  }
}

/* C = cof F = J F^-T, J = det F. */
static inline void cofactor(const real (*restrict F)[NB], real (*restrict C)[NB], real *restrict J) {
  LANES {
    real c0 = F[4][l] * F[8][l] - F[5][l] * F[7][l], c1 = F[5][l] * F[6][l] - F[3][l] * F[8][l],
         c2 = F[3][l] * F[7][l] - F[4][l] * F[6][l];
    J[l] = F[0][l] * c0 + F[1][l] * c1 + F[2][l] * c2;
    C[0][l] = c0, C[1][l] = c1, C[2][l] = c2;
    C[3][l] = F[2][l] * F[7][l] - F[1][l] * F[8][l], C[4][l] = F[0][l] * F[8][l] - F[2][l] * F[6][l];
    C[5][l] = F[1][l] * F[6][l] - F[0][l] * F[7][l], C[6][l] = F[1][l] * F[5][l] - F[2][l] * F[4][l];
    C[7][l] = F[2][l] * F[3][l] - F[0][l] * F[5][l], C[8][l] = F[0][l] * F[4][l] - F[1][l] * F[3][l];
  }
}

static inline void contract9(const real (*restrict A)[NB], const real (*restrict B)[NB], real *restrict s) {
  LANES {
    real x = 0;
    for (int k = 0; k < 9; k++) x += A[k][l] * B[k][l];
    s[l] = x;
  }
}

static inline void project_add(const real *restrict psi, const real *restrict w, const real *restrict f,
                               real *restrict c) {
  for (int b = 0; b < SPACE_PSI; b++) LANES c[b * NB + l] += w[l] * psi[b * NB + l] * f[l];
}
static inline void project_value(const real *restrict psi, const real *restrict c, real *restrict f) {
  LANES f[l] =
      psi[l] * c[l] + psi[NB + l] * c[NB + l] + psi[2 * NB + l] * c[2 * NB + l] + psi[3 * NB + l] * c[3 * NB + l];
}

static inline material_in material_at(const kernel_in *in, const real *F) {
  return (material_in){.dt = in->dt, .nfam = in->nfam, .F = F, .fibre = in->fibre};
}

/* Fbar = a F at one point; a = (theta/J)^(1/3). */
static inline void scaled_gradient(const real (*restrict F)[NB], const real *restrict theta, const real *restrict J,
                                   real (*restrict Fbar)[NB], real *restrict a) {
  LANES a[l] = vm_rcbrt(J[l] / theta[l]);
  for (int k = 0; k < 9; k++) LANES Fbar[k][l] = a[l] * F[k][l];
}

#endif
