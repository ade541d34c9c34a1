/* The element against differences, and against itself: residual, tangent, matrix. */
#include "tests/small_model.h"

enum { VEC = CELL_DOF * NB };
static _Alignas(64) double u[VEC], du[VEC], r[VEC], r1[VEC], r2[VEC], dr[VEC], worst[NB], W[NB], W2[NB];
static float *tangent;

/* One cell, a box or distorted, repeated over the lanes with different displacements. */
static model *one_cell(const char *law, double bulk, int flat) {
  model *m = small_model();
  small_layer(m, law);
  if (!strcmp(law, "neo_hookean_compressible"))
    small_par(m, 0, "mu", 2), small_par(m, 0, "lambda", bulk);
  else
    small_par(m, 0, "mu", 2), small_par(m, 0, "bulk", bulk);
  if (!strcmp(law, "fibre_neo_hookean")) small_par(m, 0, "fibre", 30);
  double xs[] = {0, 1}, ys[] = {0, 1.3}, zs[] = {0, 0.7};
  uint8_t layer[1] = {0};
  mesh *g;
  assert_ok(mesh_columns(1, 1, 1, xs, ys, zs, layer, 1, m->memory, &g));
  unsigned seed = 7;
  for (int i = 0; i < 3 * g->nnode && !flat; i++) g->x[i] += 0.04 * small_random(&seed);
  for (int i = 0; i < 3; i++) g->fibre[i] = i == 1 ? 1 : 0;
  small_mesh(m, g);
  return m;
}

static void deform(double size) {
  unsigned seed = 11;
  for (int i = 0; i < VEC; i++) u[i] = size * small_random(&seed), du[i] = small_random(&seed);
}

static const char *const laws[] = {"neo_hookean", "neo_hookean_compressible", "fibre_neo_hookean"};
/* Every law on either kind of cell: kernels are compiled for both. */
enum { NLAW = sizeof laws / sizeof *laws, WAYS = 2 * NLAW };

static void residual_is_the_gradient_of_the_energy(void **unused) {
  (void)unused;
  for (int k = 0; k < WAYS; k++) {
    model *m = one_cell(laws[k % NLAW], 40, k / NLAW);
    kernel_in in = kernel_batch(m->space, 0, 0);
    deform(0.03);
    assert_true(kernel_residual(&in, u, r, worst, NULL));
    double h = test_step();
    for (int i = 0; i < VEC; i++) r1[i] = u[i] + h * du[i], r2[i] = u[i] - h * du[i];
    kernel_residual(&in, r1, dr, worst, W);
    kernel_residual(&in, r2, dr, worst, W2);
    for (int l = 0; l < NB; l++) {
      double s = 0, size = 0;
      for (int i = 0; i < CELL_DOF; i++) s += r[i * NB + l] * du[i * NB + l], size += fabs(r[i * NB + l]);
      /* 1000: third derivative of the energy over the sample against its gradient (stiff volume, strains of 0.1). */
      assert_close((W[l] - W2[l]) / (2 * h), s, 1000 * size * test_difference());
    }
    model_free(&m);
  }
}

/* Room for the tangent of a batch, aligned as its vectors are. */
static void tangent_room(int flat) {
  free(tangent);
  tangent = aligned_alloc(64, tangent_size(flat) * sizeof *tangent);
}

/* In one of the ways, with a bulk modulus of 400 times the shear modulus. */
static model *linearized(int way, kernel_in *in) {
  model *m = one_cell(laws[way % NLAW], 800, way / NLAW);
  *in = kernel_batch(m->space, 0, 0);
  assert_int_equal(in->flat, way / NLAW);
  deform(0.03);
  tangent_room(in->flat);
  assert_true(kernel_linearize(in, u, tangent, worst));
  return m;
}

/* At u, along du. */
static void check_tangent(const kernel_in *in) {
  kernel_apply_d(tangent, in->flat, du, dr);
  double h = test_step(), size = 0;
  static _Alignas(64) double a[VEC], b[VEC];
  for (int i = 0; i < VEC; i++) a[i] = u[i] + h * du[i], b[i] = u[i] - h * du[i];
  assert_true(kernel_residual(in, a, r1, worst, NULL));
  assert_true(kernel_residual(in, b, r2, worst, NULL));
  for (int i = 0; i < VEC; i++) size = fmax(size, fabs(dr[i]));
  /* The tangent is kept in single precision; the differences are good to a tenth of that. What resists a change of
     volume has three factors that were rounded, its modulus and twice the constant of a flat cell's pressure basis,
     which is off alike at all points: 3/2 epsilon. On curved cells each point has its own. */
  double most = in->flat ? 1.5 : 1;
  for (int i = 0; i < VEC; i++) assert_close((r1[i] - r2[i]) / (2 * h), dr[i], most * size * FLT_EPSILON);
}

static void tangent_is_the_derivative_of_the_residual(void **unused) {
  (void)unused;
  for (int k = 0; k < WAYS; k++) {
    kernel_in in;
    model *m = linearized(k, &in);
    check_tangent(&in);
    model_free(&m);
  }
}

/* An element that is stretched by 1.5 and turned, so that moduli, stress and their couplings all count. */
static void tangent_stays_exact_at_large_strain(void **unused) {
  (void)unused;
  for (int k = 0; k < WAYS; k++) {
    kernel_in in;
    model *m = linearized(k, &in);
    for (int l = 0; l < NB; l++)
      for (int n = 0; n < 27; n++) {
        const double *x = m->mesh->x + 3 * m->mesh->cell[n];
        u[3 * n * NB + l] += 0.5 * x[0] - 0.4 * x[1], u[(3 * n + 1) * NB + l] += 0.4 * x[0] - 0.1 * x[1];
        u[(3 * n + 2) * NB + l] += -0.3 * x[2] + 0.2 * x[0];
      }
    assert_true(kernel_linearize(&in, u, tangent, worst));
    check_tangent(&in);
    model_free(&m);
  }
}

/* What `stiffen` adds to du' K du / 2 at u = F x - x, along du = A x. */
static double stiffening(kernel_in in, const mesh *g, const double F[9], const double A[9]) {
  double sum[2] = {0};
  for (int n = 0; n < 27; n++) {
    const double *x = g->x + 3 * g->cell[n];
    for (int k = 0; k < 3; k++)
      for (int l = 0; l < NB; l++) {
        u[(3 * n + k) * NB + l] = F[3 * k] * x[0] + F[3 * k + 1] * x[1] + F[3 * k + 2] * x[2] - x[k];
        du[(3 * n + k) * NB + l] = A[3 * k] * x[0] + A[3 * k + 1] * x[1] + A[3 * k + 2] * x[2];
      }
  }
  tangent_room(in.flat);
  for (int with = 0; with < 2; with++) {
    in.stiffen = with ? 1000 : 0;
    assert_true(kernel_linearize(&in, u, tangent, worst));
    kernel_apply_d(tangent, in.flat, du, dr);
    for (int i = 0; i < CELL_DOF; i++) sum[with] += 0.5 * du[i * NB] * dr[i * NB];
  }
  return (sum[1] - sum[0]) / 1000;
}

static void stiffening_adds_the_square_of_the_spatial_gradient(void **unused) {
  (void)unused;
  static const double I[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, F[9] = {1.2, 0.3, 0, 0, 0.9, 0, 0, 0, 0.8},
                      stretch[9] = {1, 0, 0, 0, 0, 0, 0, 0, -1}, turn[9] = {0, 2, 0, -2, 0, 1, 0, -1, 0};
  for (int k = 0; k < WAYS; k++) {
    model *m = one_cell(laws[k % NLAW], 40, k / NLAW);
    kernel_in in = kernel_batch(m->space, 0, 0);
    const mesh *g = m->mesh;
    double at_rest = stiffening(in, g, I, stretch), volume = 1 * 1.3 * 0.7;
    if (in.flat) assert_close(at_rest, volume * 2 / 2, 100 * FLT_EPSILON);
    /* By hand: |turn|^2 = 10; |stretch F^-1|^2 = (1 + 1/9) / 1.44 + 1 / 0.64, det F = 0.864. Single precision. */
    assert_close(stiffening(in, g, I, turn), at_rest * 10 / 2, 100 * FLT_EPSILON);
    assert_close(stiffening(in, g, F, stretch), at_rest * 0.864 / 2 * ((1 + 1 / 9.0) / 1.44 + 1 / 0.64),
                 100 * FLT_EPSILON);
    model_free(&m);
  }
}

static void products_in_float_are_those_in_double(void **unused) {
  (void)unused;
  static _Alignas(64) float duf[VEC], drf[VEC];
  for (int k = 0; k < WAYS; k++) {
    kernel_in in;
    model *m = linearized(k, &in);
    double size = 0;
    for (int i = 0; i < VEC; i++) duf[i] = (float)du[i], du[i] = duf[i];
    kernel_apply_d(tangent, in.flat, du, dr);
    kernel_apply_f(tangent, in.flat, duf, drf);
    for (int i = 0; i < VEC; i++) size = fmax(size, fabs(dr[i]));
    /* Slopes and their transposes: about 30 roundings of terms that outweigh the result, by up to the bulk/shear
       ratio in the volumetric part. */
    for (int i = 0; i < VEC; i++) assert_close(drf[i], dr[i], 30 * size * FLT_EPSILON);
    model_free(&m);
  }
}

static void matrix_times_vector_is_the_tangent_and_zero_where_a_lane_is_off(void **unused) {
  (void)unused;
  enum { OFF = 5 };
  _Alignas(64) float on[NB];
  for (int l = 0; l < NB; l++) on[l] = l != OFF;
  float *work = malloc(kernel_matrix_work() * sizeof *work);
  float *K = aligned_alloc(64, (size_t)CELL_PACKED * NB * sizeof *K);
  for (int k = 0; k < WAYS; k++) {
    kernel_in in;
    model *m = linearized(k, &in);
    kernel_apply_d(tangent, in.flat, du, dr);
    kernel_matrix(tangent, in.flat, on, K, work);
    double size = 0;
    for (int i = 0; i < CELL_PACKED * NB; i++) size = fmax(size, fabs(K[i]));
    for (int l = 0; l < NB; l++)
      for (int i = 0; i < CELL_DOF; i++) {
        double s = 0;
        for (int j = 0; j < CELL_DOF; j++) {
          int a = i > j ? i : j, b = i > j ? j : i;
          double entry = K[(a * (a + 1) / 2 + b) * NB + l];
          assert_true(l != OFF || entry == 0);
          s += entry * du[j * NB + l];
        }
        /* 81 entries, each the sum over 27 points with about ten roundings of the largest. */
        if (l != OFF) assert_close(s, dr[i * NB + l], size * 300 * FLT_EPSILON);
      }
    model_free(&m);
  }
  free(work), free(K);
}

static void rotation_costs_no_energy_and_no_force(void **unused) {
  (void)unused;
  model *m = one_cell("neo_hookean", 400, 0);
  kernel_in in = kernel_batch(m->space, 0, 0);
  double c = cos(0.7), s = sin(0.7);
  for (int l = 0; l < NB; l++)
    for (int n = 0; n < 27; n++) {
      const double *x = m->mesh->x + 3 * m->mesh->cell[n];
      u[3 * n * NB + l] = (c - 1) * x[0] - s * x[1] + 0.3, u[(3 * n + 1) * NB + l] = s * x[0] + (c - 1) * x[1];
      u[(3 * n + 2) * NB + l] = -0.2;
    }
  assert_true(kernel_residual(&in, u, r, worst, W));
  for (int l = 0; l < NB; l++) assert_close(W[l], 0, 400 * test_round(10));
  for (int i = 0; i < VEC; i++) assert_close(r[i], 0, 400 * test_round(50));
  model_free(&m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(residual_is_the_gradient_of_the_energy),
      cmocka_unit_test(tangent_is_the_derivative_of_the_residual),
      cmocka_unit_test(tangent_stays_exact_at_large_strain),
      cmocka_unit_test(stiffening_adds_the_square_of_the_spatial_gradient),
      cmocka_unit_test(products_in_float_are_those_in_double),
      cmocka_unit_test(matrix_times_vector_is_the_tangent_and_zero_where_a_lane_is_off),
      cmocka_unit_test(rotation_costs_no_energy_and_no_force),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  free(tangent);
  return failed;
}
