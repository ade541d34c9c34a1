/* The consistent mass of a batch, without a matrix for the residual and as one for the preconditioner:

     M[3 a + i][3 b + i] = int density N_a N_b

   Mass belongs to the reference configuration, so M never changes. The three points of a line integrate the product of
   two quadratics exactly; on a curved cell the Jacobian adds its degree, as it does to stiffness. */
#include "sim/fe/kernel_real.h"

KERNEL_INLINE void mass(const kernel_in *in, int flat, real density, const real *restrict a, real *restrict r) {
  ALIGNED real A[27][NB], B[27][NB];
  for (int i = 0; i < 3; i++) {
    const real *v = a + i * NB;
    for (int n = 0; n < 27; n += 3) line_value(v + 3 * n * NB, v + 3 * (n + 1) * NB, v + 3 * (n + 2) * NB, A[n], 1);
    for (int z = 0; z < 3; z++)
      for (int x = 0; x < 3; x++) {
        int n = x + 9 * z;
        line_value(A[n], A[n + 3], A[n + 6], B[n], 3);
      }
    for (int n = 0; n < 9; n++) line_value(B[n], B[n + 9], B[n + 18], A[n], 9);
    for (int q = 0; q < 27; q++) LANES A[q][l] *= density * weight_at(in, flat, q, l);
    for (int n = 0; n < 9; n++) line_value_back(A[n], 9, B[n], B[n + 9], B[n + 18]);
    for (int z = 0; z < 3; z++)
      for (int x = 0; x < 3; x++) {
        int n = x + 9 * z;
        line_value_back(B[n], 3, A[n], A[n + 3], A[n + 6]);
      }
    real *out = r + i * NB;
    for (int n = 0; n < 27; n += 3)
      line_value_back(A[n], 1, out + 3 * n * NB, out + 3 * (n + 1) * NB, out + 3 * (n + 2) * NB);
  }
}

void REAL_NAME(kernel_mass)(const kernel_in *in, real density, const real *a, real *r) {
  if (in->flat)
    mass(in, 1, density, a, r);
  else
    mass(in, 0, density, a, r);
}

#ifdef KNEAD_FLOAT
/* Product of shapes a = pair / 3 and b = pair % 3 of a line at its point q. */
static inline real pair_value(int q, int pair) {
  return (real)(shape_value[q][pair / 3] * shape_value[q][pair % 3]);
}

/* Over x, then y, then z, as in kernel_matrix.c, but values only. */
KERNEL_INLINE void mass_matrix(const kernel_in *in, int flat, real density, const real *restrict on, real *restrict K) {
  ALIGNED real X[9][9][NB], Y[3][81][NB];
  for (int yz = 0; yz < 9; yz++) {
    ALIGNED real w[3][NB];
    for (int x = 0; x < 3; x++) LANES w[x][l] = density * on[l] * weight_at(in, flat, 3 * yz + x, l);
    for (int p = 0; p < 9; p++) {
      real s0 = pair_value(0, p), s1 = pair_value(1, p), s2 = pair_value(2, p);
      LANES X[yz][p][l] = s0 * w[0][l] + s1 * w[1][l] + s2 * w[2][l];
    }
  }
  for (int z = 0; z < 3; z++)
    for (int y = 0; y < 9; y++) {
      real s0 = pair_value(0, y), s1 = pair_value(1, y), s2 = pair_value(2, y);
      for (int x = 0; x < 9; x++)
        LANES Y[z][9 * y + x][l] = s0 * X[3 * z][x][l] + s1 * X[3 * z + 1][x][l] + s2 * X[3 * z + 2][x][l];
    }
  for (int z = 0; z < 9; z++) {
    real s0 = pair_value(0, z), s1 = pair_value(1, z), s2 = pair_value(2, z);
    for (int yx = 0; yx < 81; yx++) {
      int y = yx / 9, x = yx % 9, a = x / 3 + 3 * (y / 3) + 9 * (z / 3), b = x % 3 + 3 * (y % 3) + 9 * (z % 3);
      if (a < b) continue;
      ALIGNED real m[NB];
      LANES m[l] = s0 * Y[0][yx][l] + s1 * Y[1][yx][l] + s2 * Y[2][yx][l];
      for (int i = 0; i < 3; i++) {
        int row = 3 * a + i, col = 3 * b + i;
        real *to = K + (size_t)(row * (row + 1) / 2 + col) * NB;
        LANES to[l] += m[l];
      }
    }
  }
}

void kernel_mass_matrix(const kernel_in *in, real density, const real *on, real *K) {
  if (in->flat)
    mass_matrix(in, 1, density, on, K);
  else
    mass_matrix(in, 0, density, on, K);
}
#endif
