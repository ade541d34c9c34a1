#include <math.h>
#include <string.h>
#include "sim/fe/kernel_real.h"

#define ALIGNED _Alignas(64)

kernel_in REAL_NAME(kernel_batch)(const space *s, int batch, double dt) {
  size_t point = (size_t)batch * QUAD_CELL * NB;
  const tissue *t = s->tissue[batch];
#ifdef KNEAD_FLOAT
  return (kernel_in){t->law->f,
                     t->par,
                     s->nfam,
                     dt,
                     s->f.geo + point * SPACE_GEO,
                     s->f.psi + point * SPACE_PSI,
                     s->f.fibre + (size_t)batch * 3 * MAT_FAMILIES * NB};
#else
  return (kernel_in){t->law->d,
                     t->par,
                     s->nfam,
                     dt,
                     s->d.geo + point * SPACE_GEO,
                     s->d.psi + point * SPACE_PSI,
                     s->d.fibre + (size_t)batch * 3 * MAT_FAMILIES * NB};
#endif
}

void REAL_NAME(kernel_gather)(const int32_t *nodes, const real *u, real *v) {
  for (int n = 0; n < CELL_NODES; n++)
    for (int l = 0; l < NB; l++) {
      const real *x = u + 3 * (size_t)nodes[n * NB + l];
      v[3 * n * NB + l] = x[0], v[(3 * n + 1) * NB + l] = x[1], v[(3 * n + 2) * NB + l] = x[2];
    }
}

int REAL_NAME(kernel_residual)(const kernel_in *in, const real *u, real *r, real *theta, real *p, real *worst,
                               real *energy) {
  ALIGNED real F[27][9][NB], C[27][9][NB], J[27][NB];
  memset(theta, 0, SPACE_PSI * NB * sizeof *theta);
  memset(p, 0, SPACE_PSI * NB * sizeof *p);
  displacement_gradient(u, in->geo, 1, F);
  for (int l = 0; l < NB; l++) worst[l] = INFINITY;
  for (int q = 0; q < 27; q++) {
    cofactor(F[q], C[q], J[q]);
    project_add(in->psi + q * SPACE_PSI * NB, in->geo + (q * SPACE_GEO + 9) * NB, J[q], theta);
    for (int l = 0; l < NB; l++) worst[l] = J[q][l] > worst[l] ? worst[l] : J[q][l];
  }
  ALIGNED real th[27][NB];
  for (int q = 0; q < 27; q++) {
    project_value(in->psi + q * SPACE_PSI * NB, theta, th[q]);
    for (int l = 0; l < NB; l++) worst[l] = th[q][l] > worst[l] ? worst[l] : th[q][l];
  }
  for (int l = 0; l < NB; l++)
    if (!(worst[l] > 0) || !isfinite(worst[l])) return 0;

  /* p first needs every point's t; P is finished in a second pass, in place: F holds a Pbar. */
  ALIGNED real t[27][NB];
  if (energy) memset(energy, 0, NB * sizeof *energy);
  for (int q = 0; q < 27; q++) {
    const real *psi = in->psi + q * SPACE_PSI * NB, *w = in->geo + (q * SPACE_GEO + 9) * NB;
    ALIGNED real Fbar[9][NB], P[9][NB], a[NB], g[NB], s[NB];
    scaled_gradient(F[q], th[q], J[q], Fbar, a);
    material_in at = material_at(in, Fbar[0]);
    in->law->stress(in->par, &at, P[0], NULL);
    if (energy) {
      in->law->energy(in->par, &at, g);
      LANES energy[l] += w[l] * g[l];
    }
    contract9(P, Fbar, s);
    LANES t[q][l] = s[l] * (real)(1.0 / 3), g[l] = t[q][l] / th[q][l];
    project_add(psi, w, g, p);
    for (int k = 0; k < 9; k++) LANES F[q][k][l] = a[l] * P[k][l];
  }
  for (int q = 0; q < 27; q++) {
    ALIGNED real pq[NB];
    project_value(in->psi + q * SPACE_PSI * NB, p, pq);
    LANES pq[l] -= t[q][l] / J[q][l];
    for (int k = 0; k < 9; k++) LANES F[q][k][l] += pq[l] * C[q][k][l];
  }
  stress_back(F, in->geo, r);
  return 1;
}

void REAL_NAME(kernel_apply)(const kernel_in *in, const real *u, const real *theta, const real *p, const real *du,
                             real *dr) {
  ALIGNED real F[27][9][NB], D[27][9][NB], dth[SPACE_PSI][NB] = {{0}}, dp[SPACE_PSI][NB] = {{0}};
  displacement_gradient(u, in->geo, 1, F);
  displacement_gradient(du, in->geo, 0, D);
  for (int q = 0; q < 27; q++) {
    ALIGNED real C[9][NB], J[NB], dJ[NB];
    cofactor(F[q], C, J);
    contract9(C, D[q], dJ);
    project_add(in->psi + q * SPACE_PSI * NB, in->geo + (q * SPACE_GEO + 9) * NB, dJ, dth[0]);
  }
  for (int q = 0; q < 27; q++) {
    const real *psi = in->psi + q * SPACE_PSI * NB, *w = in->geo + (q * SPACE_GEO + 9) * NB;
    ALIGNED real C[9][NB], J[NB], dJ[NB], th[NB], dthq[NB], pq[NB], a[NB], da[NB];
    ALIGNED real Fbar[9][NB], dFbar[9][NB], P[9][NB], dP[9][NB], s1[NB], s2[NB], s3[NB];
    cofactor(F[q], C, J);
    contract9(C, D[q], dJ);
    project_value(psi, theta, th);
    project_value(psi, dth[0], dthq);
    project_value(psi, p, pq);
    scaled_gradient(F[q], th, J, Fbar, a);
    LANES da[l] = (dthq[l] / th[l] - dJ[l] / J[l]) * (real)(1.0 / 3);
    for (int k = 0; k < 9; k++) LANES dFbar[k][l] = a[l] * D[q][k][l] + da[l] * Fbar[k][l];
    material_in at = material_at(in, Fbar[0]);
    in->law->stress(in->par, &at, P[0], NULL);
    in->law->tangent(in->par, &at, dFbar[0], dP[0]);
    contract9(P, Fbar, s1);
    contract9(dP, Fbar, s2);
    contract9(P, dFbar, s3);
    ALIGNED real t[NB], dt[NB], dg[NB], coef[NB], lead[NB], back[NB];
    LANES {
      t[l] = s1[l] * (real)(1.0 / 3), dt[l] = (s2[l] + s3[l]) * (real)(1.0 / 3);
      dg[l] = (dt[l] - t[l] * dthq[l] / th[l]) / th[l];
      /* d[(p - t/J) C], without dp: C (-dt/J + t dJ/J^2) + (p - t/J) dC, dC = (dJ C - C dF^T C)/J */
      coef[l] = pq[l] - t[l] / J[l];
      lead[l] = (-dt[l] + t[l] * dJ[l] / J[l] + coef[l] * dJ[l]) / J[l];
      back[l] = -coef[l] / J[l];
      da[l] *= a[l];
    }
    project_add(psi, w, dg, dp[0]);
    /* C dF^T C: M = dF^T C (3x3), then C M. */
    ALIGNED real M[9][NB];
    for (int I = 0; I < 3; I++)
      for (int K = 0; K < 3; K++)
        LANES M[3 * I + K][l] = D[q][I][l] * C[K][l] + D[q][3 + I][l] * C[3 + K][l] + D[q][6 + I][l] * C[6 + K][l];
    for (int i = 0; i < 3; i++)
      for (int K = 0; K < 3; K++) {
        int k = 3 * i + K;
        LANES D[q][k][l] =
            a[l] * dP[k][l] + da[l] * P[k][l] + lead[l] * C[k][l] +
            back[l] * (C[3 * i][l] * M[K][l] + C[3 * i + 1][l] * M[3 + K][l] + C[3 * i + 2][l] * M[6 + K][l]);
      }
  }
  for (int q = 0; q < 27; q++) {
    ALIGNED real C[9][NB], J[NB], dpq[NB];
    cofactor(F[q], C, J);
    project_value(in->psi + q * SPACE_PSI * NB, dp[0], dpq);
    for (int k = 0; k < 9; k++) LANES D[q][k][l] += dpq[l] * C[k][l];
  }
  stress_back(D, in->geo, dr);
}

#ifndef KNEAD_FLOAT
void kernel_look(const kernel_in_d *in, const double *u, kernel_points *out) {
  ALIGNED real C[27][9][NB], aP[27][9][NB], t[27][NB], theta[SPACE_PSI][NB] = {{0}}, p[SPACE_PSI][NB] = {{0}};
  displacement_gradient(u, in->geo, 1, out->F);
  for (int q = 0; q < 27; q++) {
    cofactor(out->F[q], C[q], out->J[q]);
    project_add(in->psi + q * SPACE_PSI * NB, in->geo + (q * SPACE_GEO + 9) * NB, out->J[q], theta[0]);
  }
  for (int q = 0; q < 27; q++) {
    const real *psi = in->psi + q * SPACE_PSI * NB, *w = in->geo + (q * SPACE_GEO + 9) * NB;
    ALIGNED real Fbar[9][NB], P[9][NB], th[NB], a[NB], g[NB], s[NB];
    project_value(psi, theta[0], th);
    scaled_gradient(out->F[q], th, out->J[q], Fbar, a);
    material_in at = material_at(in, Fbar[0]);
    in->law->stress(in->par, &at, P[0], NULL);
    in->law->energy(in->par, &at, out->W[q]);
    if (in->law->fibre_stress && in->nfam)
      in->law->fibre_stress(in->par, &at, out->fibre_stress[q][0]);
    else
      memset(out->fibre_stress[q], 0, sizeof out->fibre_stress[q]);
    contract9(P, Fbar, s);
    LANES t[q][l] = s[l] * (real)(1.0 / 3), g[l] = t[q][l] / th[l];
    project_add(psi, w, g, p[0]);
    for (int k = 0; k < 9; k++) LANES aP[q][k][l] = a[l] * P[k][l];
  }
  static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
  for (int q = 0; q < 27; q++) {
    ALIGNED real pq[NB];
    project_value(in->psi + q * SPACE_PSI * NB, p[0], pq);
    /* sigma = P F^T / J; the mixed pressure output is positive in compression. */
    for (int v = 0; v < 6; v++) {
      int i = row[v], j = col[v];
      LANES {
        real s = 0;
        for (int K = 0; K < 3; K++)
          s += (aP[q][3 * i + K][l] + (pq[l] - t[q][l] / out->J[q][l]) * C[q][3 * i + K][l]) * out->F[q][3 * j + K][l];
        out->sigma[q][v][l] = s / out->J[q][l];
      }
    }
    LANES out->pressure[q][l] = -pq[l];
  }
}
#endif
