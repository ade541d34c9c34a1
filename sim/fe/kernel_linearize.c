/* The element tangent at its points. With l and d the displacement gradients of a test and a trial direction along
   deformed axes (l = du/dx), eta = dtheta/theta of a direction, tau = Pbar Fbar^T and c the law's Kirchhoff stress and
   moduli at Fbar (dPbar Fbar^T = c : d + d tau), t = tr tau/3, m = c mu of the term that holds J to theta, rho =
   J/theta, h = m rho (rho - 1), k = m rho (2 rho - 1), the second variation of the element's energy is the sum over
   points of

     l : [dev c dev - 2/3 (I (x) tau + tau (x) I) + (2/3 t + k + p J) I (x) I + 2 (t - h - p J) 1] : d
     + (dev tau + (h + p J) I) : d^T l
     + (l eta_d + d eta_l) : [dev(c : I)/3 + 2/3 dev tau - k I]
     + eta_l eta_d [I : c : I/9 - t/3 + k + h]                        + dp J tr l, dp by its projection

   The first bracket makes of I: -2 (dev tau + (h + p J) I) + 3 (k + p J) I, and the trace of the third is -3 k: so six
   of its numbers follow from the others, p and theta (`moduli` in kernel_lines.h), and are not kept.

   It comes from varying W(Fbar) + m/2 (rho - 1)^2 with dFbar Fbar^-1 = l + (eta - tr l)/3 I. The bulk modulus cancels
   out of all but the last bracket, so single precision costs a ten-millionth of the shear stiffness, whatever the ratio
   of the two. */
#include <math.h>
#include <string.h>
#include "sim/fe/kernel_point.h"

/* I, as six numbers */
static const double one[6] = {1, 1, 1, 0, 0, 0};

/* c [6][6] of the law at Fbar, symmetrised; tau [6] is its Kirchhoff stress there. */
static void law_moduli(const kernel_in *in, const material_in *at, const double (*Fbar)[NB], const double (*tau)[NB],
                       double (*c)[6][NB]) {
  for (int w = 0; w < 6; w++) {
    ALIGNED double dF[9][NB], dP[9][NB];
    double size = w < 3 ? 1 : 0.5;
    int a = voigt_row[w], b = voigt_col[w];
    memset(dF, 0, sizeof dF);
    for (int k = 0; k < 3; k++) LANES dF[3 * a + k][l] = size * Fbar[3 * b + k][l];
    if (a != b)
      for (int k = 0; k < 3; k++) LANES dF[3 * b + k][l] = size * Fbar[3 * a + k][l];
    in->law->tangent(in->par, at, dF[0], dP[0]);
    for (int v = 0; v < 6; v++) {
      int i = voigt_row[v], j = voigt_col[v];
      LANES {
        /* (dP Fbar^T - d tau)_ij; d has size at (a, b) and (b, a) */
        double s = dP[3 * i][l] * Fbar[3 * j][l] + dP[3 * i + 1][l] * Fbar[3 * j + 1][l] +
                   dP[3 * i + 2][l] * Fbar[3 * j + 2][l];
        if (i == a) s -= size * tau[voigt[3 * b + j]][l];
        if (i == b && a != b) s -= size * tau[voigt[3 * a + j]][l];
        c[v][w][l] = s;
      }
    }
  }
  for (int v = 0; v < 6; v++)
    for (int w = 0; w < v; w++) LANES c[v][w][l] = c[w][v][l] = 0.5 * (c[v][w][l] + c[w][v][l]);
}

/* F, the law's Kirchhoff stress tau, and the projections theta and p, as in kernel_residual. */
KERNEL_INLINE int project(const kernel_in *in, int flat, const double *u, double (*F)[9][NB], double (*theta)[NB],
                          double (*p)[NB], double (*tau)[6][NB], double *worst) {
  if (!deformation(in, flat, u, F, theta[0], worst)) return 0;
  for (int q = 0; q < 27; q++) {
    ALIGNED double Fbar[9][NB], P[9][NB];
    POINT_LANES {
      double a = vm_rcbrt(det3(F[q][0] + l, NB) / value_at(in, flat, q, theta[0], l));
      for (int k = 0; k < 9; k++) Fbar[k][l] = a * F[q][k][l];
    }
    material_in at = material_at(in, q, Fbar[0]);
    in->law->stress(in->par, &at, P[0], NULL);
    for (int v = 0; v < 6; v++) {
      int i = 3 * voigt_row[v], j = 3 * voigt_col[v];
      LANES tau[q][v][l] = P[i][l] * Fbar[j][l] + P[i + 1][l] * Fbar[j + 1][l] + P[i + 2][l] * Fbar[j + 2][l];
    }
    POINT_LANES {
      double inv = 1 / value_at(in, flat, q, theta[0], l), rho = det3(F[q][0] + l, NB) * inv;
      double t = (tau[q][0][l] + tau[q][1][l] + tau[q][2][l]) * (1.0 / 3);
      project_at(in, flat, q, (t - stay_at(in, q, l) * (rho - 1) * rho) * inv, p[0], l);
    }
  }
  return 1;
}

KERNEL_INLINE void keep(float *to, int k, const double *x) {
  LANES to[k * NB + l] = (float)x[l];
}

KERNEL_INLINE int linearize(const kernel_in *in, int flat, const double *u, float *tangent, double *worst) {
  ALIGNED double F[27][9][NB], theta[SPACE_PSI][NB] = {{0}}, p[SPACE_PSI][NB] = {{0}};
  ALIGNED double S[TANGENT_THETA][NB] = {{0}}, tau[27][6][NB];
  if (!project(in, flat, u, F, theta, p, tau, worst)) return 0;
  const int size = tangent_point(flat);
  for (int q = 0; q < 27; q++) {
    float *point = tangent + q * size * NB, *law = tangent + tangent_law(flat) + q * TANGENT_LAW * NB;
    const double *B = slope_at(in, flat, q);
    ALIGNED double Fbar[9][NB], G[9][NB], c[6][6][NB], cI[6][NB], x[NB];
    ALIGNED double w[NB], J[NB], inv[NB], h[NB], k[NB], t[NB], pJ[NB], IcI[NB];
    POINT_LANES {
      double f[9], C[9];
      take9((const double(*)[NB])F[q], l, f);
      J[l] = cof3(f, 1, C);
      double th = value_at(in, flat, q, theta[0], l), a = vm_rcbrt(J[l] / th), rho = J[l] / th, m = stay_at(in, q, l);
      for (int n = 0; n < 9; n++) Fbar[n][l] = a * f[n];
      /* d xi_k / d x_j = sum of dxi_k/dX_J (F^-1)_Jj */
      for (int n = 0; n < 3; n++)
        for (int j = 0; j < 3; j++)
          G[3 * n + j][l] = (B[3 * n * NB + l] * C[3 * j] + B[(3 * n + 1) * NB + l] * C[3 * j + 1] +
                             B[(3 * n + 2) * NB + l] * C[3 * j + 2]) /
                            J[l];
      w[l] = weight_at(in, flat, q, l), inv[l] = 1 / th;
      h[l] = m * rho * (rho - 1), k[l] = m * rho * (2 * rho - 1);
      t[l] = (tau[q][0][l] + tau[q][1][l] + tau[q][2][l]) * (1.0 / 3);
      pJ[l] = value_at(in, flat, q, p[0], l) * J[l];
    }
    for (int n = 0; n < 9; n++) keep(point, n, G[n]);
    material_in at = material_at(in, q, Fbar[0]);
    law_moduli(in, &at, (const double(*)[NB])Fbar, (const double(*)[NB])tau[q], c);
    for (int v = 0; v < 6; v++) LANES cI[v][l] = c[v][0][l] + c[v][1][l] + c[v][2][l];
    LANES IcI[l] = cI[0][l] + cI[1][l] + cI[2][l];
    for (int n = 0; n < TANGENT_STRESS; n++) {
      int v = tangent_row[n], z = tangent_col[n];
      LANES x[l] = w[l] * (c[v][z][l] - (one[v] * cI[z][l] + cI[v][l] * one[z]) * (1.0 / 3) -
                           (one[v] * tau[q][z][l] + tau[q][v][l] * one[z]) * (2.0 / 3) +
                           one[v] * one[z] * (IcI[l] * (1.0 / 9) + 2.0 / 3 * t[l] + k[l] + pJ[l]) +
                           (v == z ? (v < 3 ? 2 : 1) * (t[l] - h[l] - pJ[l]) : 0));
      keep(law, n, x);
    }
    for (int v = 0; v < 6; v++) {
      LANES x[l] = w[l] * (tau[q][v][l] + one[v] * (h[l] + pJ[l] - t[l] + in->stiffen * J[l]));
      keep(law, TANGENT_STRESS + v, x);
      LANES x[l] = w[l] * inv[l] *
                   ((cI[v][l] - one[v] * IcI[l] * (1.0 / 3)) * (1.0 / 3) + (tau[q][v][l] - one[v] * t[l]) * (2.0 / 3) -
                    one[v] * k[l]);
      keep(point, TANGENT_COUPLING + v, x);
    }
    LANES x[l] = w[l] * J[l];
    keep(point, TANGENT_VOLUME, x);
    LANES x[l] = w[l] * inv[l] * inv[l] * (IcI[l] * (1.0 / 9) - t[l] * (1.0 / 3) + k[l] + h[l]);
    for (int b = 0; b < SPACE_PSI; b++)
      for (int e = 0; e <= b; e++)
        LANES S[b * (b + 1) / 2 + e][l] += x[l] * psi_at(in, flat, q, b, l) * psi_at(in, flat, q, e, l);
    for (int b = 0; b < SPACE_PSI && !flat; b++) {
      LANES x[l] = psi_at(in, flat, q, b, l);
      keep(point, TANGENT_PSI + b, x);
    }
  }
  float *matrix = tangent + tangent_matrix(flat);
  for (int k = 0; k < TANGENT_THETA; k++) keep(matrix, k, S[k]);
  /* A stress that only stiffens is none that the moduli see: `moduli` takes 2 tau off and 3 p J on. */
  LANES p[0][l] += 2.0 / 3 * in->stiffen / psi_at(in, flat, 0, 0, l);
  for (int b = 0; b < SPACE_PSI; b++) keep(matrix, TANGENT_THETA + b, theta[b]), keep(matrix, TANGENT_P + b, p[b]);
  if (flat) keep(matrix, TANGENT_MATRIX, in->psi);
  return 1;
}

int kernel_linearize(const kernel_in *in, const double *u, float *tangent, double *worst) {
  return in->flat ? linearize(in, 1, u, tangent, worst) : linearize(in, 0, u, tangent, worst);
}
