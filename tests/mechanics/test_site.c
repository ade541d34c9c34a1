/* Element matrices of a site, lane by lane: products, the coarser basis, and the way of lanes to those of other sites,
   against the same done entry by entry. Whole numbers, so that sums are exact in any order. */
#include "sim/mechanics/site.h"
#include "tests/test.h"

enum { SITES = 3 };
static _Alignas(64) float K[SITE_SIZE + NB], out[SITE_SIZE], work[SITE_SIZE], to[SITES][SITE_SIZE];
static float want[SITES][SITE_SIZE];

static unsigned seed;
static int noise(int n) { /* 0 .. n - 1 */
  seed = seed * 1664525u + 1013904223u;
  return (int)((seed >> 8) % (unsigned)n);
}
static void fill(void) {
  for (int i = 0; i < SITE_SIZE; i++) K[i] = (float)(noise(201) - 100);
}

/* lane[l] of site[l], -1: nowhere. What was in `to` stays, what is in `work` and behind the matrix means nothing. */
static void add_lanes(const int site[NB], const int lane[NB]) {
  float *at[NB];
  fill();
  for (int i = 0; i < NB; i++) K[SITE_SIZE + i] = 7;
  for (int i = 0; i < SITE_SIZE; i++) work[i] = NAN;
  for (int s = 0; s < SITES; s++)
    for (int i = 0; i < SITE_SIZE; i++) to[s][i] = want[s][i] = (float)(noise(201) - 100);
  for (int l = 0; l < NB; l++) {
    at[l] = site[l] < 0 ? NULL : to[site[l]];
    for (int e = 0; e < CELL_PACKED && site[l] >= 0; e++) want[site[l]][e * NB + lane[l]] += K[e * NB + l];
  }
  site_add_lanes(K, at, lane, work);
  assert_memory_equal(to, want, sizeof want);
}

/* Columns of n places along y, the last one empty, as levels.c has them; a block of them from `first` on. */
static void every_lane_goes_where_it_belongs(void **unused) {
  (void)unused;
  int site[NB], lane[NB];
  for (int n = 2; n < 2 * NB + 3; n++)
    for (int first = 0; first < n + 3; first++) {
      int base = -1, half = n / 2; /* of (n - 1 + 1) / 2 parents */
      for (int l = 0; l < NB; l++) {
        int i = (first + l) / n, j = (first + l) % n, s = i / 2 * (half + 1) + j / 2;
        if (base < 0) base = s / NB;
        lane[l] = s % NB, site[l] = j == n - 1 ? -1 : s / NB - base;
        assert_true(site[l] < SITES);
      }
      add_lanes(site, lane);
    }
  /* As far to either side as lanes can go. */
  for (int l = 0; l < NB; l++) site[l] = l % SITES, lane[l] = NB - 1 - l;
  add_lanes(site, lane);
  for (int turn = 0; turn < 40; turn++) {
    for (int l = 0; l < NB; l++) site[l] = noise(SITES + 1) - 1, lane[l] = noise(NB);
    for (int l = 2; l < NB; l++) /* two in a row may go to one and the same, three not */
      if (site[l] == site[l - 1] && lane[l] == lane[l - 1]) site[l] = -1;
    add_lanes(site, lane);
  }
}

/* Quarters and halves in place of the true weights: exact. */
static double line_weight(const site_line *w, int fine, int coarse, int l) {
  if (fine == 0) return coarse < 2 ? (double)w->first[coarse][l] : 0;
  if (fine == 2) return coarse > 0 ? (double)w->last[coarse - 1][l] : 0;
  return (double)w->middle[coarse][l];
}
static void a_coarser_basis_is_set_whatever_was_there(void **unused) {
  (void)unused;
  site_line w;
  for (int l = 0; l < NB; l++) {
    for (int k = 0; k < 2; k++)
      w.first[k][l] = 0.5f * (float)(noise(5) - 2), w.last[k][l] = 0.5f * (float)(noise(5) - 2);
    for (int k = 0; k < 3; k++) w.middle[k][l] = 0.25f * (float)(noise(9) - 4);
  }
  for (int axis = 0; axis < 2; axis++) {
    int step = axis ? 3 : 1;
    fill();
    for (int i = 0; i < SITE_SIZE; i++) out[i] = NAN;
    site_coarsen(K, &w, axis, out);
    for (int r = 0; r < CELL_DOF; r++)
      for (int c = 0; c <= r; c++) {
        int a = r / 3 / step % 3, b = c / 3 / step % 3; /* their places on their lines */
        for (int l = 0; l < NB; l++) {
          double sum = 0;
          for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
              sum += line_weight(&w, i, a, l) * line_weight(&w, j, b, l) *
                     (double)K[site_at(r + 3 * step * (i - a), c + 3 * step * (j - b)) * NB + (size_t)l];
          assert_true((double)out[site_at(r, c) * NB + (size_t)l] == sum);
        }
      }
  }
}

static void a_product_is_that_of_the_whole_matrix(void **unused) {
  (void)unused;
  static _Alignas(64) float x[CELL_DOF * NB], y[CELL_DOF * NB];
  fill();
  for (int i = 0; i < CELL_DOF * NB; i++) x[i] = (float)(noise(21) - 10), y[i] = NAN;
  site_multiply(K, x, y);
  for (int r = 0; r < CELL_DOF; r++)
    for (int l = 0; l < NB; l++) {
      float sum = 0;
      for (int c = 0; c < CELL_DOF; c++) sum += K[site_at(r, c) * NB + (size_t)l] * x[c * NB + l];
      assert_true(y[r * NB + l] == sum);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_lane_goes_where_it_belongs),
      cmocka_unit_test(a_coarser_basis_is_set_whatever_was_there),
      cmocka_unit_test(a_product_is_that_of_the_whole_matrix),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
