/* The element tangent as a matrix, for the preconditioner, from what kernel_linearize keeps:

     K = sum over points of g^T (C + tau 1) g + E^T D + D^T E
     D_b = int psi_b det F div,  E_b = int psi_b coupling : grad + (1/2) sum_a S_ba D_a

   The first integral is a product of lines, as the gradients are: with the moduli turned into reference directions
   alpha, beta, each pair of components (i, k) is summed over the points of x, then y, then z, and each sum turns a line
   of three points into 3 x 3 pairs of nodes. Matrices of nodes by points are never formed. */
#include <string.h>
#define KNEAD_FLOAT 1
#include "sim/fe/kernel_lines.h"

typedef struct work_area {
  real A[6][9][27][NB]; /* pair of components, pair of reference directions, point; weight included */
  real Y[81][NB];       /* summed over x, of one pair of directions: (z, y point), pair of nodes along x */
  real Z[4][3][81][NB]; /* summed over y: slopes along z or not, z point, pairs of nodes along y and x */
  vec Q[3][27];
  real D[SPACE_PSI][81][NB], E[SPACE_PSI][81][NB];
} work_area;

size_t kernel_matrix_work(void) {
  return sizeof(work_area) / sizeof(real) + 64;
}

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

static int lower(int v, int w) {
  return v >= w ? v * (v + 1) / 2 + w : w * (w + 1) / 2 + v;
}

/* Of pressure function b: X = det F I (volume) or the coupling, V = int psi_b X : grad. */
KERNEL_INLINE void couple(const float *t, int flat, int b, int volume, work_area *restrict k, real (*restrict V)[NB]) {
  const int size = tangent_point(flat);
  for (int i = 0; i < 3; i++) {
    for (int q = 0; q < 27; q++) {
      const float *point = t + q * size * NB;
      vec psi = psi_kept(t, flat, 0, q, b), x[3];
      if (volume)
        psi *= load(point + TANGENT_VOLUME * NB);
      else
        for (int j = 0; j < 3; j++) x[j] = load(point + (TANGENT_COUPLING + voigt[3 * i + j]) * NB);
      for (int a = 0; a < 3; a++) {
        const float *g = point + 3 * a * NB;
        k->Q[a][q] = psi * (volume ? load(g + i * NB) : x[0] * load(g) + x[1] * load(g + NB) + x[2] * load(g + 2 * NB));
      }
    }
    slopes_back((const vec(*)[27])k->Q, V[0] + i * NB);
  }
}

KERNEL_INLINE void matrix(const float *t, int flat, const float *on, real *restrict K, work_area *restrict k) {
  const int size = tangent_point(flat);
  const float *S = t + tangent_matrix(flat);
  for (int q = 0; q < 27; q++) {
    const float *point = t + q * size * NB, *law = t + tangent_law(flat) + q * TANGENT_LAW * NB,
                *T = law + TANGENT_STRESS * NB;
    vec g[9], half[3][3], C[21];
    moduli(law, point, function_kept(t, flat, 0, q, TANGENT_THETA), function_kept(t, flat, 0, q, TANGENT_P), C);
    for (int n = 0; n < 9; n++) g[n] = load(point + n * NB);
    for (int i = 0; i < 3; i++)
      for (int kk = 0; kk <= i; kk++) {
        for (int j = 0; j < 3; j++)
          for (int beta = 0; beta < 3; beta++) {
            half[j][beta] = 0 * g[0];
            for (int l = 0; l < 3; l++) {
              vec m = C[lower(voigt[3 * i + j], voigt[3 * kk + l])];
              if (i == kk) m += load(T + voigt[3 * j + l] * NB);
              half[j][beta] += m * g[3 * beta + l];
            }
          }
        for (int alpha = 0; alpha < 3; alpha++)
          for (int beta = 0; beta < 3; beta++)
            *(vec *)k->A[i * (i + 1) / 2 + kk][3 * alpha + beta][q] =
                load(on) *
                (g[3 * alpha] * half[0][beta] + g[3 * alpha + 1] * half[1][beta] + g[3 * alpha + 2] * half[2][beta]);
      }
  }
  for (int i = 0; i < 3; i++)
    for (int kk = 0; kk <= i; kk++) sum_points(i, kk, k, (const real(*)[27][NB])k->A[i * (i + 1) / 2 + kk], K);

  for (int b = 0; b < SPACE_PSI; b++) couple(t, flat, b, 1, k, k->D[b]), couple(t, flat, b, 0, k, k->E[b]);
  for (int b = 0; b < SPACE_PSI; b++)
    for (int m = 0; m < 81; m++) {
      for (int e = 0; e < SPACE_PSI; e++) LANES k->E[b][m][l] += (real)0.5 * S[lower(b, e) * NB + l] * k->D[e][m][l];
      LANES k->E[b][m][l] *= on[l];
    }
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

void kernel_matrix(const float *t, int flat, const float *on, float *restrict K, float *work) {
  work_area *k = (work_area *)(((uintptr_t)work + 63) & ~(uintptr_t)63);
  if (flat)
    matrix(t, 1, on, K, k);
  else
    matrix(t, 0, on, K, k);
}
