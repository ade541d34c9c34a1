/* The element tangent as a matrix, for the preconditioner: K = sum over points of B^T A B plus the rank-4 couplings of
   theta and p. With G = F^-T, Q = a (A[Fbar] + Pbar), c = (A[Fbar]:Fbar)/3 + t (all at one point):

     A_local = a^2 A - (Q(x)G + G(x)Q)/3 + (c/3 + pJ) G(x)G + (t - pJ) G#G,   (G#G)[dF] = G dF^T G
     H = dW_F/dtheta = (Q - c G)/(3 theta),   s = d2W/dtheta2 = (A[Fbar]:Fbar - 6 t)/(9 theta^2)
     D_b = int psi_b cof:B,  E_b = int psi_b H:B + (1/2) sum_a (int psi_a psi_b s) D_a
     K = int B^T A_local B + E^T D + D^T E

   The integral of B^T A B is a product of lines, as the gradients are: with A turned into reference directions alpha,
   beta (hats below), each pair of components (i, k) is summed over the points of x, then y, then z, and each sum turns
   a line of three points into 3 x 3 pairs of nodes. Matrices of nodes by points are never formed. */
#include <string.h>
#include "sim/fe/kernel_real.h"

typedef struct work_area {
  real A[6][9][27][NB]; /* pair of components, pair of reference directions, point; weight included */
  real Y[81][NB];       /* summed over x, of one pair of directions: (z, y point), pair of nodes along x */
  real Z[4][3][81][NB]; /* summed over y: slopes along z or not, z point, pairs of nodes along y and x */
  real P[27][9][NB];
  real C[27][9][NB], H[27][9][NB];
  real D[SPACE_PSI][81][NB], E[SPACE_PSI][81][NB];
} work_area;

#ifndef KNEAD_FLOAT
size_t kernel_matrix_work(void) {
  return sizeof(work_area) / sizeof(real) + 64;
}
#endif

/* Values and slopes of the three shapes of a line at the outer points; at the middle one they are 0, 1, 0 and
   -1/2, 0, 1/2. */
#define V0 ((real)0.3 + (real)0.5 * GAUSS)
#define V2 ((real)0.3 - (real)0.5 * GAUSS)
static const real line_shape[2][3][3] = {{{V0, (real)0.4, V2}, {0, 1, 0}, {V2, (real)0.4, V0}},
                                         {{(real)-0.5 - GAUSS, 2 * GAUSS, (real)0.5 - GAUSS},
                                          {(real)-0.5, 0, (real)0.5},
                                          {GAUSS - (real)0.5, -2 * GAUSS, (real)0.5 + GAUSS}}};

/* out[3 a + b] += sum over the three points of s_a t_b v, s and t values (0) or slopes (1) of shapes; `step` lanes from
   one result to the next. Constant s, t and unrolled, so that the products of shapes are constants. */
KERNEL_INLINE void line_pairs(int s, int t, const real *restrict v0, const real *restrict v1, const real *restrict v2,
                              real *restrict out, int step) {
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++) {
      real w0 = line_shape[s][0][a] * line_shape[t][0][b], w1 = line_shape[s][1][a] * line_shape[t][1][b],
           w2 = line_shape[s][2][a] * line_shape[t][2][b];
      real *o = out + (3 * a + b) * step * NB;
      if (w1 != 0)
        LANES o[l] += w0 * v0[l] + w1 * v1[l] + w2 * v2[l];
      else
        LANES o[l] += w0 * v0[l] + w2 * v2[l];
    }
}

/* One pair of directions (alpha, beta) of one pair of components: over x, then y, into Z. */
KERNEL_INLINE void sum_xy(int alpha, int beta, work_area *restrict k, const real (*restrict A)[NB]) {
  memset(k->Y, 0, sizeof k->Y);
  for (int yz = 0; yz < 9; yz++)
    line_pairs(alpha == 0, beta == 0, A[3 * yz], A[3 * yz + 1], A[3 * yz + 2], k->Y[9 * yz], 1);
  real(*Z)[81][NB] = k->Z[2 * (alpha == 2) + (beta == 2)];
  for (int z = 0; z < 3; z++)
    for (int ab = 0; ab < 9; ab++)
      line_pairs(alpha == 1, beta == 1, k->Y[27 * z + ab], k->Y[27 * z + 9 + ab], k->Y[27 * z + 18 + ab], Z[z][ab], 9);
}

static size_t packed(int row, int col) {
  return (row >= col ? (size_t)(row * (row + 1) / 2 + col) : (size_t)(col * (col + 1) / 2 + row)) * NB;
}

/* K of components i >= k. Of a component with itself only one triangle of the nodes is asked for. */
static void sum_points(int i, int kk, work_area *restrict k, const real (*restrict A)[27][NB], real *restrict K) {
  memset(k->Z, 0, sizeof k->Z);
  sum_xy(0, 0, k, A[0]), sum_xy(0, 1, k, A[1]), sum_xy(0, 2, k, A[2]);
  sum_xy(1, 0, k, A[3]), sum_xy(1, 1, k, A[4]), sum_xy(1, 2, k, A[5]);
  sum_xy(2, 0, k, A[6]), sum_xy(2, 1, k, A[7]), sum_xy(2, 2, k, A[8]);
  for (int xy = 0; xy < 81; xy++) {
    ALIGNED real o[9][NB];
    memset(o, 0, sizeof o);
    line_pairs(0, 0, k->Z[0][0][xy], k->Z[0][1][xy], k->Z[0][2][xy], o[0], 1);
    line_pairs(0, 1, k->Z[1][0][xy], k->Z[1][1][xy], k->Z[1][2][xy], o[0], 1);
    line_pairs(1, 0, k->Z[2][0][xy], k->Z[2][1][xy], k->Z[2][2][xy], o[0], 1);
    line_pairs(1, 1, k->Z[3][0][xy], k->Z[3][1][xy], k->Z[3][2][xy], o[0], 1);
    int a = xy / 27 * 3 + xy % 9 / 3, b = xy / 9 % 3 * 3 + xy % 3; /* nodes of the bottom plane */
    for (int z = 0; z < 9; z++) {
      int m = a + 9 * (z / 3), n = b + 9 * (z % 3);
      if (i == kk && m < n) continue;
      real *to = K + packed(3 * m + i, 3 * n + kk);
      LANES to[l] = o[z][l];
    }
  }
}

/* V = int psi f X : B, for the four pressure functions. */
KERNEL_INLINE void couple(work_area *restrict k, const real (*restrict X)[9][NB], const kernel_in *in, int flat,
                          real (*restrict V)[81][NB]) {
  for (int b = 0; b < SPACE_PSI; b++) {
    for (int q = 0; q < 27; q++) {
      for (int m = 0; m < 9; m++) LANES k->P[q][m][l] = psi_at(in, flat, q, b, l) * X[q][m][l];
    }
    stress_back(in, flat, (const real(*)[9][NB])k->P, V[b][0]);
  }
}

/* out = X turned: out[3 i + alpha] = sum over J of X[3 i + J] B[alpha][J]. */
static void turn(const real (*restrict X)[NB], const real *restrict B, real (*restrict out)[NB]) {
  for (int i = 0; i < 3; i++)
    for (int d = 0; d < 3; d++)
      LANES out[3 * i + d][l] = X[3 * i][l] * B[3 * d * NB + l] + X[3 * i + 1][l] * B[(3 * d + 1) * NB + l] +
                                X[3 * i + 2][l] * B[(3 * d + 2) * NB + l];
}

KERNEL_INLINE void matrix(const kernel_in *in, int flat, const real *u, const real *theta, const real *p,
                          const real *on, real *restrict K, work_area *restrict k) {
  ALIGNED real F[27][9][NB], S[SPACE_PSI][SPACE_PSI][NB];
  memset(S, 0, sizeof S);
  displacement_gradient(in, flat, u, 1, F);

  for (int q = 0; q < 27; q++) {
    const real *B = slope_at(in, flat, q);
    ALIGNED real w[NB], G[9][NB], Gh[9][NB], J[NB], th[NB], a[NB], Fbar[9][NB], P[9][NB], AF[9][NB], Q[9][NB],
        Qh[9][NB];
    ALIGNED real s[NB], aa[NB], gg[NB], gx[NB], third[NB];
    POINT_LANES {
      real f[9], C[9];
      take9((const real(*)[NB])F[q], l, f);
      J[l] = cof3(f, 1, C);
      w[l] = on[l] * weight_at(in, flat, q, l);
      th[l] = value_at(in, flat, q, theta, l);
      a[l] = vm_rcbrt(J[l] / th[l]);
      for (int m = 0; m < 9; m++) Fbar[m][l] = a[l] * f[m], k->C[q][m][l] = C[m], G[m][l] = C[m] / J[l];
    }
    material_in at = material_at(in, q, Fbar[0]);
    in->law->stress(in->par, &at, P[0], NULL);
    in->law->tangent(in->par, &at, Fbar[0], AF[0]);
    POINT_LANES {
      real t = dot3(P[0] + l, NB, Fbar[0] + l, NB) * (real)(1.0 / 3), s2 = dot3(AF[0] + l, NB, Fbar[0] + l, NB);
      real c = s2 * (real)(1.0 / 3) + t, ith = 1 / th[l], rho = J[l] * ith, stay = stay_at(in, q, l);
      real pJ = (value_at(in, flat, q, p, l) + stay * (rho - 1) * ith) * J[l];
      s[l] = w[l] * ((s2 - 6 * t) * (real)(1.0 / 9) + stay * rho * (3 * rho - 2)) * (ith * ith);
      gg[l] = w[l] * (c * (real)(1.0 / 3) + pJ + stay * rho * rho), gx[l] = w[l] * (t - pJ);
      aa[l] = w[l] * a[l] * a[l], third[l] = w[l] * (real)(1.0 / 3);
      for (int m = 0; m < 9; m++) {
        Q[m][l] = a[l] * (AF[m][l] + P[m][l]);
        k->H[q][m][l] = ((Q[m][l] - c * G[m][l]) * (real)(1.0 / 3) - stay * (2 * rho - 1) * rho * G[m][l]) * ith;
      }
    }
    turn(G, B, Gh);
    turn(Q, B, Qh);
    /* Column (k, beta): the law's answer to e_k (x) row beta of B, turned. */
    for (int kk = 0; kk < 3; kk++)
      for (int beta = 0; beta < 3; beta++) {
        ALIGNED real dF[9][NB], dP[9][NB], h[9][NB];
        memset(dF, 0, sizeof dF);
        memcpy(dF[3 * kk], B + 3 * beta * NB, sizeof(real) * 3 * NB);
        in->law->tangent(in->par, &at, dF[0], dP[0]);
        turn(dP, B, h);
        int kb = 3 * kk + beta;
        for (int i = kk; i < 3; i++)
          for (int alpha = 0; alpha < 3; alpha++) {
            int ia = 3 * i + alpha;
            real *to = k->A[i * (i + 1) / 2 + kk][3 * alpha + beta][q];
            LANES to[l] = aa[l] * h[ia][l] - third[l] * (Qh[ia][l] * Gh[kb][l] + Gh[ia][l] * Qh[kb][l]) +
                          gg[l] * Gh[ia][l] * Gh[kb][l] + gx[l] * Gh[3 * i + beta][l] * Gh[3 * kk + alpha][l];
          }
      }
    for (int b = 0; b < SPACE_PSI; b++)
      for (int e = 0; e < SPACE_PSI; e++)
        LANES S[b][e][l] += s[l] * psi_at(in, flat, q, b, l) * psi_at(in, flat, q, e, l);
  }
  for (int i = 0; i < 3; i++)
    for (int kk = 0; kk <= i; kk++) sum_points(i, kk, k, (const real(*)[27][NB])k->A[i * (i + 1) / 2 + kk], K);

  couple(k, (const real(*)[9][NB])k->C, in, flat, k->D);
  couple(k, (const real(*)[9][NB])k->H, in, flat, k->E);
  for (int b = 0; b < SPACE_PSI; b++)
    for (int e = 0; e < SPACE_PSI; e++)
      for (int m = 0; m < 81; m++)
        LANES k->E[b][m][l] = (e == 0 ? on[l] * k->E[b][m][l] : k->E[b][m][l]) + (real)0.5 * S[b][e][l] * k->D[e][m][l];
  /* Three rows share what they read of a column. */
  for (int row = 0; row < 81; row += 3)
    for (int c = 0; c < row + 3; c++) {
      ALIGNED real y[3][NB];
      memset(y, 0, sizeof y);
      for (int e = 0; e < SPACE_PSI; e++)
        for (int r = 0; r < 3; r++)
          LANES y[r][l] += k->E[e][row + r][l] * k->D[e][c][l] + k->D[e][row + r][l] * k->E[e][c][l];
      for (int r = 0; r < 3; r++) {
        if (c > row + r) continue;
        real *to = K + packed(row + r, c);
        LANES to[l] += y[r][l];
      }
    }
}

void REAL_NAME(kernel_matrix)(const kernel_in *in, const real *u, const real *theta, const real *p, const real *on,
                              real *restrict K, real *work) {
  work_area *k = (work_area *)(((uintptr_t)work + 63) & ~(uintptr_t)63);
  if (in->flat)
    matrix(in, 1, u, theta, p, on, K, k);
  else
    matrix(in, 0, u, theta, p, on, K, k);
}
