/* Factors of a sparse matrix, against the matrix itself. */
#include "sim/solve/sparse.h"
#include "tests/test.h"

enum { SIDE = 7, N = SIDE * SIDE * SIDE };

typedef struct grid {
  arena *a;
  sparse *s;
  int32_t *first, *row, *order, *place; /* of the reordered matrix; order: place -> node */
  double *full;                         /* [N][N], in the order of elimination */
} grid;

/* Neighbours of a cube of nodes, itself with them; returns how many. */
static int neighbours(int node, int out[27]) {
  int n = 0, at[3] = {node % SIDE, node / SIDE % SIDE, node / SIDE / SIDE};
  for (int v = 0; v < 27; v++) {
    int x[3] = {at[0] + v % 3 - 1, at[1] + v / 3 % 3 - 1, at[2] + v / 9 - 1}, in = 1;
    for (int d = 0; d < 3; d++) in &= x[d] >= 0 && x[d] < SIDE;
    if (in) out[n++] = x[0] + SIDE * (x[1] + SIDE * x[2]);
  }
  return n;
}

static void fill_pattern(const int32_t *node_at, const int32_t *place, int32_t *first, int32_t *row) {
  for (int c = 0, k = 0; c < N; c++) {
    int near[27], n = neighbours(node_at ? node_at[c] : c, near);
    for (int r = 0; r <= c; r++)
      for (int v = 0; v < n; v++)
        if ((place ? place[near[v]] : near[v]) == r) row[k++] = r;
    first[c + 1] = k;
  }
}

static grid grid_create(void) {
  grid g = {.a = arena_create(1 << 20)};
  g.first = arena_alloc(g.a, (N + 1) * sizeof *g.first), g.row = arena_alloc(g.a, 27 * N * sizeof *g.row);
  g.order = arena_alloc(g.a, N * sizeof *g.order), g.place = arena_alloc(g.a, N * sizeof *g.place);
  g.full = arena_alloc(g.a, N * N * sizeof *g.full);
  fill_pattern(NULL, NULL, g.first, g.row);
  assert_ok(sparse_order(N, g.first, g.row, g.order));
  for (int k = 0; k < N; k++) g.place[k] = -1;
  for (int k = 0; k < N; k++) g.place[g.order[k]] = k;
  for (int k = 0; k < N; k++) assert_true(g.place[k] >= 0); /* each node once */
  fill_pattern(g.order, g.place, g.first, g.row);
  assert_ok(sparse_create(N, g.first, g.row, g.a, &g.s));
  return g;
}

/* Off-diagonal entries by a rule; the diagonal outweighs them by `excess`. */
static void fill_values(grid *g, double excess) {
  double *x = sparse_values(g->s);
  memset(g->full, 0, N * N * sizeof *g->full);
  for (int c = 0; c < N; c++)
    for (int k = g->first[c]; k < g->first[c + 1]; k++)
      g->full[g->row[k] * N + c] = g->full[c * N + g->row[k]] = g->row[k] == c ? excess : -1 - 0.5 * sin(3.0 * k);
  for (int r = 0; r < N; r++)
    for (int c = 0; c < N; c++)
      if (c != r) g->full[r * N + r] -= g->full[r * N + c];
  for (int c = 0; c < N; c++)
    for (int k = g->first[c]; k < g->first[c + 1]; k++) x[k] = g->full[g->row[k] * N + c];
}

/* Largest |A x - b| over the largest |b|, x the solution for a b of ones and twos. */
static double miss(const grid *g, double *x) {
  double worst = 0;
  for (int i = 0; i < N; i++) x[i] = 1 + i % 2;
  sparse_solve(g->s, x);
  for (int r = 0; r < N; r++) {
    double sum = 0;
    for (int c = 0; c < N; c++) sum += g->full[r * N + c] * x[c];
    worst = fmax(worst, fabs(sum - (1 + r % 2)) / 2);
  }
  return worst;
}

static void a_positive_matrix_is_solved_as_often_as_wanted(void **unused) {
  (void)unused;
  grid g = grid_create();
  double x[N];
  /* A cube of 7^3 nodes with 27 neighbours; entries of L, dense would be 59 thousand. */
  print_message("%zu entries of %d in L\n", sparse_nfactor(g.s), N * (N + 1) / 2);
  assert_in_range(sparse_nfactor(g.s), g.first[N], N * (N + 1) / 2);
  unsigned long before = arena_nblock(g.a);
  double excess[] = {1, 30, 1e-3, 1};
  for (int i = 0; i < 4; i++) {
    fill_values(&g, excess[i]);
    assert_int_equal(sparse_factor(g.s), 0);
    /* Row sums of the matrix are 27 x 2 at most and its inverse's 1/excess: condition 54/excess; 100 roundings. */
    assert_close(miss(&g, x), 0, test_round(100) * 54 / fmin(1, excess[i]));
  }
  assert_int_equal(arena_nblock(g.a), before);
  arena_destroy(&g.a);
}

/* Nodes that are no neighbours of each other get a negative diagonal: without their rows the matrix is positive, on
   them alone it is negative, so it has as many negative eigenvalues, and by Sylvester's law of inertia the factors as
   many negative pivots, whatever the order. A sign that goes astray adds where it should take away and makes more. */
enum { NEGATIVE = 8 };
static void fill_indefinite(grid *g, double unit) {
  double *value = sparse_values(g->s);
  fill_values(g, 1);
  for (int v = 0; v < NEGATIVE; v++) {
    int node = 2 + 3 * (v & 1) + SIDE * (2 + 3 * (v >> 1 & 1) + SIDE * (1 + 3 * (v >> 2))), c = g->place[node];
    g->full[c * N + c] = value[g->first[c + 1] - 1] = -0.5;
  }
  for (int k = 0; k < g->first[N]; k++) value[k] *= unit;
}

static void an_indefinite_matrix_gives_positive_factors_and_says_so(void **unused) {
  (void)unused;
  grid g = grid_create();
  double x[N], y[N], xy = 0;
  fill_indefinite(&g, 1);
  assert_int_equal(sparse_factor(g.s), NEGATIVE);
  for (int t = 0; t < 20; t++) { /* positive on whatever it is asked */
    for (int i = 0; i < N; i++) x[i] = y[i] = sin(1.0 + i * (t + 1));
    sparse_solve(g.s, y);
    xy = 0;
    for (int i = 0; i < N; i++) xy += x[i] * y[i];
    assert_true(xy > 0);
  }
  /* Nothing held: the last pivot is round-off and is lifted, the rest stays finite. */
  fill_values(&g, 0);
  assert_in_range(sparse_factor(g.s), 0, 1);
  for (int i = 0; i < N; i++) y[i] = i == 3;
  sparse_solve(g.s, y);
  for (int i = 0; i < N; i++) assert_true(isfinite(y[i]));
  arena_destroy(&g.a);
}

/* A pivot is small or not by its diagonal, so a unit that is a power of four (its root is exact) changes no bit. */
static void units_of_the_matrix_change_nothing(void **unused) {
  (void)unused;
  grid g = grid_create();
  static double x[2][N];
  for (int w = 0; w < 2; w++) {
    fill_indefinite(&g, w ? 0x1p-80 : 1);
    assert_int_equal(sparse_factor(g.s), NEGATIVE);
    for (int i = 0; i < N; i++) x[w][i] = sin(1.0 + i);
    sparse_solve(g.s, x[w]);
  }
  for (int i = 0; i < N; i++) assert_true(x[1][i] == x[0][i] * 0x1p80);
  arena_destroy(&g.a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_positive_matrix_is_solved_as_often_as_wanted),
      cmocka_unit_test(an_indefinite_matrix_gives_positive_factors_and_says_so),
      cmocka_unit_test(units_of_the_matrix_change_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
