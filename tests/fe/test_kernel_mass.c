/* The mass of a batch: as much as there is, where it is, and the same as a matrix. */
#include "tests/small_model.h"

enum { VEC = CELL_DOF * NB };
static _Alignas(64) double a[VEC], r[VEC];
static _Alignas(64) float af[VEC], rf[VEC];

/* One cell, affine or with every node moved. */
static model *one_cell(double curved) {
  model *m = small_model();
  small_layer(m, "neo_hookean");
  small_par(m, 0, "mu", 2), small_par(m, 0, "bulk", 40);
  mesh *g = small_box(m, 1, 1, 1, 1, 1.3, 0.7);
  unsigned seed = 7;
  for (int i = 0; i < 3 * g->nnode; i++) g->x[i] += curved * small_random(&seed);
  small_mesh(m, g);
  return m;
}

static double volume(const kernel_in *in) {
  kernel_points k;
  double V = 0;
  memset(a, 0, sizeof a);
  kernel_look(in, a, &k);
  for (int q = 0; q < QUAD_CELL; q++) V += k.weight[q][0];
  return V;
}

static void it_adds_up_to_density_times_volume(void **unused) {
  (void)unused;
  for (int curved = 0; curved < 2; curved++) {
    model *m = one_cell(0.04 * curved);
    kernel_in in = kernel_batch(m->space, 0, 0);
    assert_int_equal(in.flat, !curved);
    double V = volume(&in), sum[3] = {0};
    for (int i = 0; i < VEC; i++) a[i] = i / NB % 3 + 1;
    kernel_mass_d(&in, 5, a, r);
    for (int i = 0; i < CELL_DOF; i++) sum[i % 3] += r[i * NB];
    for (int k = 0; k < 3; k++) assert_close(sum[k], 5 * V * (k + 1), 5 * V * test_round(1000)); /* some 400 terms */
    if (!curved) assert_close(V, 1.3 * 0.7, test_round(32));
    model_free(&m);
  }
}

/* Twice the kinetic energy of v = x^2, the highest power a quadratic element holds: int x^4 over 1 x 1.3 x 0.7. */
static void it_is_exact_for_quadratic_motion_of_a_flat_cell(void **unused) {
  (void)unused;
  model *m = one_cell(0);
  kernel_in in = kernel_batch(m->space, 0, 0);
  double E = 0;
  memset(a, 0, sizeof a);
  for (int n = 0; n < CELL_NODES; n++)
    for (int l = 0; l < NB; l++) a[(3 * n + 1) * NB + l] = pow(m->mesh->x[3 * m->mesh->cell[n]], 2);
  kernel_mass_d(&in, 2, a, r);
  for (int i = 0; i < CELL_DOF; i++) E += a[i * NB] * r[i * NB];
  assert_close(E, 2 * 1.3 * 0.7 / 5, test_round(1000));
  model_free(&m);
}

static void as_a_matrix_it_is_the_same_and_adds_to_what_is_there(void **unused) {
  (void)unused;
  float *K = aligned_alloc(64, sizeof *K * CELL_PACKED * NB);
  for (int curved = 0; curved < 2; curved++) {
    model *m = one_cell(0.04 * curved);
    kernel_in in = kernel_batch(m->space, 0, 0);
    _Alignas(64) float on[NB];
    unsigned seed = 3;
    for (int l = 0; l < NB; l++) on[l] = l != 5;
    for (int i = 0; i < VEC; i++) af[i] = (float)small_random(&seed);
    for (int i = 0; i < CELL_PACKED * NB; i++) K[i] = 0.5f;
    kernel_mass_matrix(&in, 3, on, K);
    kernel_mass_f(&in, 3, af, rf);
    double size = 0;
    for (int i = 0; i < VEC; i++) size = fmax(size, fabs(rf[i]));
    for (int l = 0; l < NB; l++)
      for (int i = 0; i < CELL_DOF; i++) {
        double s = 0;
        for (int j = 0; j < CELL_DOF; j++) {
          int row = i > j ? i : j, col = i > j ? j : i;
          double k = K[(row * (row + 1) / 2 + col) * NB + l] - 0.5;
          if (l == 5 || i % 3 != j % 3) assert_true(k == 0);
          s += k * af[j * NB + l];
        }
        /* round, in single precision: the 0.5 costs digits of entries of 0.1, 81 of them */
        if (l != 5) assert_close(s, rf[i * NB + l], 100 * FLT_EPSILON * fmax(size, 1));
      }
    model_free(&m);
  }
  free(K);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_adds_up_to_density_times_volume),
      cmocka_unit_test(it_is_exact_for_quadratic_motion_of_a_flat_cell),
      cmocka_unit_test(as_a_matrix_it_is_the_same_and_adds_to_what_is_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
