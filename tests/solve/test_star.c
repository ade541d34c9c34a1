/* Column stars and the band of the coarsest level against the matrices they factor. */
#include "sim/solve/band.h"
#include "sim/solve/star.h"
#include "tests/test.h"

enum { NZ = 2, ROWS = STAR_BLOCK * (2 * NZ + 1) };
static star_lanes A[NZ][STAR_BLOCKS][STAR_SQUARE], work[STAR_WORK], scale[ROWS], x[ROWS], b[ROWS];
static star_kept L[STAR_TRIANGLE * (1 + 2 * NZ) + STAR_SQUARE * 3 * NZ];
static float full[ROWS][ROWS][STAR_LANES];

static float noise(unsigned *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return (float)(*seed >> 8) / (float)(1u << 23) - 1;
}

static int coupled(int row, int col) { /* planes, col <= row */
  return row == col || row - col == 1 || (row - col == 2 && row % 2 == 0);
}

/* The block of two planes, in the element that holds both; a plane of two elements counts in the lower one. */
static star_lanes *entry(int row, int col) {
  static const int block[3][3] = {{STAR_BB}, {STAR_MB, STAR_MM}, {STAR_TB, STAR_TM, STAR_TT}};
  int e = row ? (row - 1) / 2 : 0;
  return A[e][block[row - 2 * e][col - 2 * e]];
}
static void add_element(void *ctx, int e, star_lanes *blocks) {
  (void)ctx;
  for (int n = 0; n < STAR_BLOCKS; n++)
    for (int i = 0; i < STAR_SQUARE; i++) blocks[n * STAR_SQUARE + i] += A[e][n][i];
}

/* Diagonal 1.5 to 3 thousand, row sums of the rest below 1: condition about 10, and units far from 1. */
static void fill(void) {
  unsigned seed = 5;
  memset(full, 0, sizeof full);
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j <= i; j++) {
      int p = i / STAR_BLOCK, c = j / STAR_BLOCK;
      if (!coupled(p, c)) continue;
      star_lanes *to = entry(p, c) + (i % STAR_BLOCK) * STAR_BLOCK + j % STAR_BLOCK;
      for (int l = 0; l < STAR_LANES; l++) {
        float v = i == j ? 1.5f + 1.5f * (float)l / STAR_LANES : noise(&seed) / 81;
        (*to)[l] = 1000 * v;
        full[i][j][l] = full[j][i][l] = 1000 * v;
      }
    }
  for (int i = 0; i < ROWS; i++)
    for (int l = 0; l < STAR_LANES; l++) b[i][l] = noise(&seed);
}

static void star_solve_inverts_the_star(void **unused) {
  (void)unused;
  fill();
  assert_int_equal(star_factor(NZ, add_element, NULL, work, L, scale), 0);
  memcpy(x, b, sizeof x);
  star_solve(NZ, L, scale, x);
  /* Half precision keeps 11 bits; a row sums some 80 entries below 1/81 and a diagonal, all with relative error 2^-11.
   */
  for (int l = 0; l < STAR_LANES; l++)
    for (int i = 0; i < ROWS; i++) {
      double s = 0;
      for (int j = 0; j < ROWS; j++) s += (double)full[i][j][l] * (double)x[j][l];
      assert_close(s, (double)b[i][l], 8 * 0x1p-11);
    }
}

static void a_bad_pivot_freezes_its_unknown_and_spoils_nothing_else(void **unused) {
  (void)unused;
  fill();
  int bad = 40; /* in plane 1 */
  entry(1, 1)[(bad - STAR_BLOCK) * (STAR_BLOCK + 1)][3] = -2000;
  assert_int_equal(star_factor(NZ, add_element, NULL, work, L, scale), 1);
  memcpy(x, b, sizeof x);
  star_solve(NZ, L, scale, x);
  for (int i = 0; i < ROWS; i++) assert_true(isfinite(x[i][3]));
  /* The frozen one moves 1e8 times less than its neighbours in the other lanes do. */
  assert_below(fabs((double)x[bad][3]), 1e-9);
  for (int i = 0; i < ROWS; i++) {
    if (i == bad) continue;
    double s = 0;
    for (int j = 0; j < ROWS; j++) s += j == bad ? 0 : (double)full[i][j][3] * (double)x[j][3];
    assert_close(s, (double)b[i][3], 8 * 0x1p-11);
  }
}

/* Seven planes of nine unknowns, three elements: middle planes are coupled to one plane on each side. Entries stand one
   after the other, without a gap. */
static void band_cholesky_inverts(void **unused) {
  (void)unused;
  enum { PLANE = 9, N = 7 * PLANE };
  static double M[N][N], F[N * N], y[N], r[N];
  size_t next = 0;
  unsigned seed = 9;
  for (int i = 0; i < N; i++)
    for (int j = 0; j <= i; j++) {
      int p = i / PLANE, q = j / PLANE, coupled = p / 2 == q / 2 || (p % 2 == 0 && p - q <= 2);
      if (!coupled) continue;
      assert_int_equal(band_at(PLANE, i, j), next++);
      F[band_at(PLANE, i, j)] = M[i][j] = M[j][i] = i == j ? 3 : (double)noise(&seed) / (3 * PLANE);
    }
  assert_int_equal(band_size(N, PLANE), next);
  assert_int_equal(band_size(N - PLANE, PLANE), band_at(PLANE, N - PLANE, N - 3 * PLANE));
  for (int i = 0; i < N; i++) y[i] = r[i] = (double)noise(&seed);
  assert_int_equal(band_cholesky(N, PLANE, F), 0);
  band_solve(N, PLANE, F, y);
  for (int i = 0; i < N; i++) {
    double s = 0;
    for (int j = 0; j < N; j++) s += M[i][j] * y[j];
    assert_close(s, r[i], test_round(10 * N));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(star_solve_inverts_the_star),
      cmocka_unit_test(a_bad_pivot_freezes_its_unknown_and_spoils_nothing_else),
      cmocka_unit_test(band_cholesky_inverts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
