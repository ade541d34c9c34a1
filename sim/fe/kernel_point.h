/* Shared by the kernels that see the laws, in double: geometry and the pressure basis at the points, displacement
   gradients and their transpose. */
#ifndef KNEAD_KERNEL_POINT_H
#define KNEAD_KERNEL_POINT_H
#include <math.h>
#include "sim/base/mat3.h"
#include "sim/base/vmath.h"
#include "sim/fe/kernel_real.h"

/* dxi/dX at point q, entry k of lane l at [k NB + l]. */
KERNEL_INLINE const double *slope_at(const kernel_in *in, int flat, int q) {
  return in->geo + (flat ? 0 : q * SPACE_GEO * NB);
}
KERNEL_INLINE double psi_at(const kernel_in *in, int flat, int q, int b, int l) {
  if (!flat) return in->psi[(q * SPACE_PSI + b) * NB + l];
  return in->psi[l] * (b == 0 ? 1 : b == 1 ? flat_psi[q % 3] : b == 2 ? flat_psi[q / 3 % 3] : flat_psi[q / 9]);
}
/* Modulus of the term that holds det F to theta: of the law, times the local stiffness. */
KERNEL_INLINE double stay_at(const kernel_in *in, int q, int l) {
  return in->stay * (in->scale ? in->scale[q * NB + l] : 1);
}
/* The value at point q of a function with coefficients c [4][NB]; c += what point q adds to a projection of f. */
KERNEL_INLINE double value_at(const kernel_in *in, int flat, int q, const double *c, int l) {
  double s = 0;
  for (int b = 0; b < SPACE_PSI; b++) s += psi_at(in, flat, q, b, l) * c[b * NB + l];
  return s;
}
KERNEL_INLINE void project_at(const kernel_in *in, int flat, int q, double f, double *c, int l) {
  f *= weight_at(in, flat, q, l);
  for (int b = 0; b < SPACE_PSI; b++) c[b * NB + l] += psi_at(in, flat, q, b, l) * f;
}

/* ---- nodes to points and back -------------------------------------------------------------------------------------
 */

/* du/dX at every point: u [81][NB] with rows 3 node + component; H [27][9][NB], H[3 i + J] = du_i/dX_J (+ identity when
   one = 1). Lines along x, then y; along z together with the step from reference to real directions. */
KERNEL_INLINE void displacement_gradient(const kernel_in *in, int flat, const double *restrict u, double one,
                                         double (*restrict H)[9][NB]) {
  ALIGNED double A[27][NB], B[27][NB], C[27][NB], D[27][NB], E[27][NB];
  for (int i = 0; i < 3; i++) {
    const double *v = u + i * NB;
    for (int n = 0; n < 27; n += 3)
      line_both(v + 3 * n * NB, v + 3 * (n + 1) * NB, v + 3 * (n + 2) * NB, A[n], 1, B[n]);
    for (int z = 0; z < 3; z++)
      for (int x = 0; x < 3; x++) {
        int n = x + 9 * z;
        line_both(A[n], A[n + 3], A[n + 6], C[n], 3, D[n]);
        line_value(B[n], B[n + 3], B[n + 6], E[n], 3);
      }
    for (int n = 0; n < 9; n++) {
      const double *g0 = slope_at(in, flat, n), *g1 = slope_at(in, flat, n + 9), *g2 = slope_at(in, flat, n + 18);
      LANES {
        double x0 = E[n][l], x1 = E[n + 9][l], x2 = E[n + 18][l], hx = (x2 - x0) * 0.5, mx = 0.3 * (x0 + x2) + 0.4 * x1;
        double y0 = D[n][l], y1 = D[n + 9][l], y2 = D[n + 18][l], hy = (y2 - y0) * 0.5, my = 0.3 * (y0 + y2) + 0.4 * y1;
        double z0 = C[n][l], z1 = C[n + 9][l], z2 = C[n + 18][l], hz = (z2 - z0) * 0.5, kz = GAUSS * (2 * z1 - z0 - z2);
        x0 = mx - GAUSS * hx, x2 = mx + GAUSS * hx, y0 = my - GAUSS * hy, y2 = my + GAUSS * hy;
        z0 = hz + kz, z2 = hz - kz;
        for (int J = 0; J < 3; J++) {
          double id = i == J ? one : 0;
          H[n][3 * i + J][l] = id + x0 * g0[J * NB + l] + y0 * g0[(3 + J) * NB + l] + z0 * g0[(6 + J) * NB + l];
          H[n + 9][3 * i + J][l] = id + x1 * g1[J * NB + l] + y1 * g1[(3 + J) * NB + l] + hz * g1[(6 + J) * NB + l];
          H[n + 18][3 * i + J][l] = id + x2 * g2[J * NB + l] + y2 * g2[(3 + J) * NB + l] + z2 * g2[(6 + J) * NB + l];
        }
      }
    }
  }
}

/* r [81][NB] = sum over points of weight P : dN/dX. */
KERNEL_INLINE void stress_back(const kernel_in *in, int flat, const double (*restrict P)[9][NB], double *restrict r) {
  ALIGNED double B[27][NB], C[27][NB], D[27][NB], E[27][NB], A[27][NB];
  for (int i = 0; i < 3; i++) {
    for (int n = 0; n < 9; n++) POINT_LANES {
        double t[3][3]; /* reference direction, point */
        for (int z = 0; z < 3; z++) {
          int q = n + 9 * z;
          const double *g = slope_at(in, flat, q);
          double w = weight_at(in, flat, q, l), p0 = w * P[q][3 * i][l], p1 = w * P[q][3 * i + 1][l],
                 p2 = w * P[q][3 * i + 2][l];
          for (int k = 0; k < 3; k++)
            t[k][z] = p0 * g[3 * k * NB + l] + p1 * g[(3 * k + 1) * NB + l] + p2 * g[(3 * k + 2) * NB + l];
        }
        double m, o, e;
        m = t[0][0] + t[0][2], o = 0.5 * GAUSS * (t[0][2] - t[0][0]), e = 0.3 * m;
        E[n][l] = e - o, E[n + 9][l] = t[0][1] + 0.4 * m, E[n + 18][l] = e + o;
        m = t[1][0] + t[1][2], o = 0.5 * GAUSS * (t[1][2] - t[1][0]), e = 0.3 * m;
        D[n][l] = e - o, D[n + 9][l] = t[1][1] + 0.4 * m, D[n + 18][l] = e + o;
        m = GAUSS * (t[2][0] - t[2][2]), o = 0.5 * (t[2][0] + t[2][1] + t[2][2]);
        C[n][l] = -m - o, C[n + 9][l] = 2 * m, C[n + 18][l] = -m + o;
      }
    for (int z = 0; z < 3; z++)
      for (int x = 0; x < 3; x++) {
        int n = x + 9 * z;
        line_back(C[n], D[n], 3, A[n], A[n + 3], A[n + 6]);
        line_value_back(E[n], 3, B[n], B[n + 3], B[n + 6]);
      }
    double *v = r + i * NB;
    for (int n = 0; n < 27; n += 3)
      line_back(A[n], B[n], 1, v + 3 * n * NB, v + 3 * (n + 1) * NB, v + 3 * (n + 2) * NB);
  }
}

/* ---- points -------------------------------------------------------------------------------------------------------
 */

static inline material_in material_at(const kernel_in *in, int q, const double *F) {
  return (material_in){.dt = in->dt,
                       .nfam = in->nfam,
                       .F = F,
                       .fibre = in->fibre,
                       .active = in->active ? in->active + q * NB : NULL,
                       .scale = in->scale ? in->scale + q * NB : NULL,
                       .h0 = in->hist ? in->hist + (size_t)(q * in->nhist) * NB : NULL};
}

/* Lane l of a batch of tensors. */
KERNEL_INLINE void take9(const double (*restrict A)[NB], int l, double a[9]) {
  for (int k = 0; k < 9; k++) a[k] = A[k][l];
}

/* F at every point, det F projected to theta [4][NB], which comes as zeros, and `worst` as kernel_residual has it (0:
   some lane is inside out). */
KERNEL_INLINE int deformation(const kernel_in *in, int flat, const double *u, double (*F)[9][NB], double *theta,
                              double *worst) {
  displacement_gradient(in, flat, u, 1, F);
  for (int l = 0; l < NB; l++) worst[l] = INFINITY;
  for (int q = 0; q < 27; q++) POINT_LANES {
      double f[9];
      take9((const double(*)[NB])F[q], l, f);
      double J = det3(f, 1);
      project_at(in, flat, q, J, theta, l);
      worst[l] = J > worst[l] ? worst[l] : J;
    }
  for (int q = 0; q < 27; q++) POINT_LANES {
      double th = value_at(in, flat, q, theta, l);
      worst[l] = th > worst[l] ? worst[l] : th;
    }
  for (int l = 0; l < NB; l++)
    if (!(worst[l] > 0) || !isfinite(worst[l])) return 0;
  return 1;
}

#endif
