/* The element tangent as a matrix, for the preconditioner: K = sum over points of B^T A B plus the rank-4 couplings of
   theta and p. With G = F^-T, Q = a (A[Fbar] + Pbar), c = (A[Fbar]:Fbar)/3 + t (all at one point):

     A_local = a^2 A - (Q(x)G + G(x)Q)/3 + (c/3 + pJ) G(x)G + (t - pJ) G#G,   (G#G)[dF] = G dF^T G
     H = dW_F/dtheta = (Q - c G)/(3 theta),   s = d2W/dtheta2 = (A[Fbar]:Fbar - 6 t)/(9 theta^2)
     D_b = int psi_b cof:B,  E_b = int psi_b H:B + (1/2) sum_a (int psi_a psi_b s) D_a
     K = int B^T A_local B + E^T D + D^T E                                                                           */
#include <string.h>
#include "sim/fe/kernel_real.h"

#define ALIGNED _Alignas(64)

/* Per point: shape gradients [27][3], local tangent [9][9] (rows iJ, columns kL). */
typedef struct work_area {
  real grad[27][27][3][NB];
  real A[27][81][NB];
  real T[27][27][NB];
  real D[SPACE_PSI][81][NB], E[SPACE_PSI][81][NB];
} work_area;

#ifndef KNEAD_FLOAT
size_t kernel_matrix_work(void) {
  return sizeof(work_area) / sizeof(real) + 64;
}
#endif

static void shape_gradients(const real *restrict geo, int q, real (*restrict grad)[3][NB]) {
  const real *B = geo + q * SPACE_GEO * NB;
  for (int n = 0; n < 27; n++) {
    real s0 = (real)shape_cell_slope(q, n, 0), s1 = (real)shape_cell_slope(q, n, 1),
         s2 = (real)shape_cell_slope(q, n, 2);
    for (int J = 0; J < 3; J++)
      LANES grad[n][J][l] = s0 * B[J * NB + l] + s1 * B[(3 + J) * NB + l] + s2 * B[(6 + J) * NB + l];
  }
}

/* V[81] += weight f X : B, for the four pressure functions. */
static void couple(const real (*restrict grad)[3][NB], const real (*restrict X)[NB], const real *restrict psi,
                   const real *restrict w, real (*restrict V)[81][NB]) {
  for (int n = 0; n < 27; n++)
    for (int i = 0; i < 3; i++) {
      real s[NB];
      LANES s[l] =
          w[l] * (X[3 * i][l] * grad[n][0][l] + X[3 * i + 1][l] * grad[n][1][l] + X[3 * i + 2][l] * grad[n][2][l]);
      for (int b = 0; b < SPACE_PSI; b++) LANES V[b][3 * n + i][l] += psi[b * NB + l] * s[l];
    }
}

void REAL_NAME(kernel_matrix)(const kernel_in *in, const real *u, const real *theta, const real *p, real *restrict K,
                              real *work) {
  work_area *restrict k = (work_area *)(((uintptr_t)work + 63) & ~(uintptr_t)63);
  ALIGNED real F[27][9][NB], S[SPACE_PSI][SPACE_PSI][NB];
  memset(k->D, 0, sizeof k->D);
  memset(k->E, 0, sizeof k->E);
  memset(S, 0, sizeof S);
  displacement_gradient(u, in->geo, 1, F);

  for (int q = 0; q < 27; q++) {
    const real *psi = in->psi + q * SPACE_PSI * NB, *w = in->geo + (q * SPACE_GEO + 9) * NB;
    ALIGNED real C[9][NB], G[9][NB], J[NB], th[NB], pq[NB], a[NB], Fbar[9][NB], P[9][NB], AF[9][NB], Q[9][NB], H[9][NB];
    ALIGNED real t[NB], c[NB], s[NB], gg[NB], gx[NB], s1[NB], s2[NB];
    shape_gradients(in->geo, q, k->grad[q]);
    cofactor(F[q], C, J);
    project_value(psi, theta, th);
    project_value(psi, p, pq);
    scaled_gradient(F[q], th, J, Fbar, a);
    material_in at = material_at(in, Fbar[0]);
    in->law->stress(in->par, &at, P[0], NULL);
    in->law->tangent(in->par, &at, Fbar[0], AF[0]);
    contract9(P, Fbar, s1);
    contract9(AF, Fbar, s2);
    LANES {
      t[l] = s1[l] * (real)(1.0 / 3), c[l] = s2[l] * (real)(1.0 / 3) + t[l];
      s[l] = (s2[l] - 6 * t[l]) / (9 * th[l] * th[l]);
      gg[l] = c[l] * (real)(1.0 / 3) + pq[l] * J[l], gx[l] = t[l] - pq[l] * J[l];
    }
    for (int m = 0; m < 9; m++) LANES {
        G[m][l] = C[m][l] / J[l];
        Q[m][l] = a[l] * (AF[m][l] + P[m][l]);
        H[m][l] = (Q[m][l] - c[l] * G[m][l]) / (3 * th[l]);
      }
    for (int kL = 0; kL < 9; kL++) {
      ALIGNED real dF[9][NB], dP[9][NB];
      memset(dF, 0, sizeof dF);
      LANES dF[kL][l] = 1;
      in->law->tangent(in->par, &at, dF[0], dP[0]);
      int kk = kL / 3, L = kL % 3;
      for (int iJ = 0; iJ < 9; iJ++) {
        int i = iJ / 3, jj = iJ % 3;
        LANES k->A[q][9 * iJ + kL][l] =
            w[l] * (a[l] * a[l] * dP[iJ][l] - (Q[iJ][l] * G[kL][l] + G[iJ][l] * Q[kL][l]) * (real)(1.0 / 3) +
                    gg[l] * G[iJ][l] * G[kL][l] + gx[l] * G[3 * i + L][l] * G[3 * kk + jj][l]);
      }
    }
    couple(k->grad[q], C, psi, w, k->D);
    couple(k->grad[q], H, psi, w, k->E);
    for (int b = 0; b < SPACE_PSI; b++)
      for (int e = 0; e < SPACE_PSI; e++) LANES S[b][e][l] += w[l] * s[l] * psi[b * NB + l] * psi[e * NB + l];
  }
  for (int b = 0; b < SPACE_PSI; b++)
    for (int e = 0; e < SPACE_PSI; e++)
      for (int m = 0; m < 81; m++) LANES k->E[b][m][l] += (real)0.5 * S[b][e][l] * k->D[e][m][l];

  /* Node by node: T = A B_b at every point, then B_a^T T for a >= b. Nine accumulators stay in registers. */
  for (int b = 0; b < 27; b++) {
    for (int q = 0; q < 27; q++)
      for (int iJ = 0; iJ < 9; iJ++)
        for (int kk = 0; kk < 3; kk++) {
          const real(*A)[NB] = (const real(*)[NB])k->A[q][9 * iJ + 3 * kk];
          LANES k->T[q][3 * iJ + kk][l] =
              A[0][l] * k->grad[q][b][0][l] + A[1][l] * k->grad[q][b][1][l] + A[2][l] * k->grad[q][b][2][l];
        }
    for (int n = b; n < 27; n++)
      for (int i = 0; i < 3; i++) {
        real x[3][NB];
        memset(x, 0, sizeof x);
        for (int q = 0; q < 27; q++) {
          const real(*g)[NB] = (const real(*)[NB])k->grad[q][n], (*T)[NB] = (const real(*)[NB])k->T[q][9 * i];
          LANES {
            x[0][l] += g[0][l] * T[0][l] + g[1][l] * T[3][l] + g[2][l] * T[6][l];
            x[1][l] += g[0][l] * T[1][l] + g[1][l] * T[4][l] + g[2][l] * T[7][l];
            x[2][l] += g[0][l] * T[2][l] + g[1][l] * T[5][l] + g[2][l] * T[8][l];
          }
        }
        int row = 3 * n + i;
        for (int kk = 0; kk < 3; kk++) {
          int colm = 3 * b + kk;
          if (colm > row) continue;
          real *out = K + ((size_t)row * (row + 1) / 2 + colm) * NB;
          LANES {
            real y = x[kk][l];
            for (int e = 0; e < SPACE_PSI; e++)
              y += k->E[e][row][l] * k->D[e][colm][l] + k->D[e][row][l] * k->E[e][colm][l];
            out[l] = y;
          }
        }
      }
  }
}
