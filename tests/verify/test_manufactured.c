/* A manufactured solution: the body force of a known field is put on meshes of 2, 4, 8 and 16 elements a side. The
   error of the displacements falls with the third power of the element's size and that of the pressure with the second,
   on bricks and on distorted elements, soft and nearly incompressible. */
#include "tests/verify/manufactured_block.h"

enum { FINEST = 16, FINE = 8 };

static manufactured field(int compressible, double ratio) {
  /* Shears of 5 % of the cube, strains up to 16 % each. The stretch changes volumes by a few times s: by 4 to 9 % at a
     bulk/shear of 1; beyond 20 so that the pressure stays about the shear modulus. */
  return (manufactured){.amplitude = 0.05,
                        .stretch = 0.02 / fmax(1, ratio / 20),
                        .mu = 1e4,
                        .modulus = ratio * 1e4,
                        .compressible = compressible};
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static manufactured_error solve(const manufactured *f, int n, double share) {
  model *m = small_model();
  small_layer(m, f->compressible ? "neo_hookean_compressible" : "neo_hookean");
  small_par(m, 0, "mu", f->mu);
  small_par(m, 0, f->compressible ? "lambda" : "bulk", f->modulus);
  /* Relative to the forces at the boundary. The discretisation's error is 1e-4 of u and more, so this is nothing. */
  m->time.tolerance = 1e-10;
  mesh *g = small_box(m, n, n, n, 1, 1, 1);
  block_perturb(g, share, (unsigned)(100 + n)); /* anew on each mesh: no element becomes a brick by refinement */
  block_hold_all_faces(m);
  return manufactured_solve(f, block_create(m, g));
}

static manufactured_error solve_one(const void *ctx, int n, double share) {
  return solve(ctx, n, share);
}
static double converge(int compressible, double ratio) {
  manufactured f = field(compressible, ratio);
  char title[64];
  snprintf(title, sizeof title, "%s, bulk/shear %g", compressible ? "neo_hookean_compressible" : "neo_hookean", ratio);
  /* one law to the end is enough, and half the time */
  return manufactured_converge(title, compressible ? FINE : FINEST, solve_one, &f);
}

static void errors_of_a_soft_volume_fall_with_the_order_of_the_element(void **unused) {
  (void)unused;
  double uncoupled = converge(0, 1), compressible = converge(1, 1);
  assert_true(uncoupled >= 0);
  assert_true(compressible >= 0);
}

static void errors_at_bulk_over_shear_1000_fall_with_the_order_of_the_element(void **unused) {
  (void)unused;
  double uncoupled = converge(0, 1000), compressible = converge(1, 1000);
  assert_true(uncoupled >= 0);
  assert_true(compressible >= 0);
}

/* ---- the test's own formulas ------------------------------------------------------------------------------------ */

static void gradient_written_by_hand_is_the_derivative_of_the_field(void **unused) {
  (void)unused;
  manufactured f = field(0, 1);
  unsigned seed = 2;
  for (int k = 0; k < 50; k++) {
    double X[3];
    for (int i = 0; i < 3; i++) X[i] = 0.5 + 0.5 * small_random(&seed);
    for (int J = 0; J < 3; J++) {
      double complex Z[3] = {X[0], X[1], X[2]}, x[3], F[9];
      Z[J] += _Complex_I * MANUFACTURED_STEP;
      manufactured_map(&f, Z, x, F);
      /* The complex step is exact; 50 roundings lie on the longest chain of either side. */
      for (int i = 0; i < 3; i++) assert_close(cimag(x[i]) / MANUFACTURED_STEP, creal(F[3 * i + J]), test_round(50));
    }
  }
}

static void stress_written_by_hand_is_that_of_the_law(void **unused) {
  (void)unused;
  for (int k = 0; k < 4; k++) {
    manufactured f = field(k % 2, k / 2 ? 1000 : 1);
    model *m = small_model();
    small_layer(m, f.compressible ? "neo_hookean_compressible" : "neo_hookean");
    small_par(m, 0, "mu", f.mu);
    small_par(m, 0, f.compressible ? "lambda" : "bulk", f.modulus);
    _Alignas(64) double F[9 * NB], P[9 * NB];
    double complex mine[9 * NB];
    unsigned seed = 2;
    for (int q = 0; q < NB; q++) {
      double complex Z[3], x[3], G[9];
      for (int i = 0; i < 3; i++) Z[i] = 0.5 + 0.5 * small_random(&seed);
      manufactured_map(&f, Z, x, G);
      for (int e = 0; e < 9; e++) F[e * NB + q] = creal(G[e]);
      manufactured_stress(&f, G, mine + 9 * q);
    }
    material_in in = {.F = F};
    m->tissues[0].law->ops->stress(m->tissues[0].par, &in, P, NULL);
    /* ln J loses what J has of rounding: 30 eps of the larger modulus. */
    for (int q = 0; q < NB; q++)
      for (int e = 0; e < 9; e++)
        assert_close(P[e * NB + q], creal(mine[9 * q + e]), test_round(30) * fmax(f.mu, f.modulus));
    model_free(&m);
  }
}

/* f + Div P = 0, so the whole load and the traction P N of the six faces cancel. */
static void load_balances_the_traction_of_the_field(void **unused) {
  (void)unused;
  enum { N = 8 };
  for (int k = 0; k < 4; k++) {
    manufactured f = field(k % 2, k / 2 ? 1000 : 1);
    model *m = small_model();
    small_layer(m, "neo_hookean");
    mesh *g = small_box(m, N, N, N, 1, 1, 1);
    double *load = calloc((size_t)(3 * g->nnode), sizeof *load), sum[3] = {0}, size = 0;
    consistent_load(&f, g, load);
    for (int i = 0; i < 3 * g->nnode; i++) sum[i % 3] += load[i], size += fabs(load[i]);
    for (int face = 0; face < 6; face++)
      for (int cell = 0; cell < N * N; cell++)
        for (int q = 0; q < GAUSS5 * GAUSS5; q++) {
          int axis = face / 2, side = face % 2, s = (axis + 1) % 3, t = (axis + 2) % 3;
          double complex Z[3], x[3], F[9], P[9];
          Z[axis] = side;
          Z[s] = (cell % N + 0.5 + 0.5 * gauss_place[q % GAUSS5]) / N;
          Z[t] = (cell / N + 0.5 + 0.5 * gauss_place[q / GAUSS5]) / N;
          manufactured_map(&f, Z, x, F);
          manufactured_stress(&f, F, P);
          for (int i = 0; i < 3; i++) {
            double traction = (side ? 1 : -1) * creal(P[3 * i + axis]) * gauss_weight[q % GAUSS5] *
                              gauss_weight[q / GAUSS5] / (4.0 * N * N);
            sum[i] += traction, size += fabs(traction);
          }
        }
    double left = fmax(fabs(sum[0]), fmax(fabs(sum[1]), fabs(sum[2])));
    print_message("bulk/shear %4g: load and tractions sum to %.1e of %.1e N\n", f.modulus / f.mu, left, size);
    /* The rule's own error falls with the tenth power of the element and is below round-off here (2e-9, 4e-13 and 4e-16
       of the whole on 2, 4 and 8 elements). Left are roundings of 60 000 terms of either sign. */
    assert_close(left, 0, test_round(100) * size);
    free(load);
    model_free(&m);
  }
}

int main(void) {
  par_setup(0);
  gauss_setup();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradient_written_by_hand_is_the_derivative_of_the_field),
      cmocka_unit_test(stress_written_by_hand_is_that_of_the_law),
      cmocka_unit_test(load_balances_the_traction_of_the_field),
      cmocka_unit_test(errors_of_a_soft_volume_fall_with_the_order_of_the_element),
      cmocka_unit_test(errors_at_bulk_over_shear_1000_fall_with_the_order_of_the_element),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
