/* A manufactured solution: the body force of a known field is put on meshes of 2, 4, 8 and 16 elements a side. The
   error of the displacements falls with the third power of the element's size and that of the pressure with the second,
   on bricks and on distorted elements, soft and nearly incompressible. */
#include "sim/base/mat3.h"
#include "tests/verify/block.h"
#include "tests/verify/manufactured.h"

/* Five Gauss points a direction: exact to degree 9, two more points than the element has, so that load and error are
   not measured at the points where the element is best. */
enum { GAUSS5 = 5, POINTS = GAUSS5 * GAUSS5 * GAUSS5, FINEST = 16, FINE = 8 };
static double gauss_place[GAUSS5], gauss_weight[GAUSS5], gauss_value[GAUSS5][3], gauss_slope[GAUSS5][3];

static void gauss_setup(void) {
  double a = sqrt(5 - 2 * sqrt(10.0 / 7)) / 3, b = sqrt(5 + 2 * sqrt(10.0 / 7)) / 3;
  double w = (322 + 13 * sqrt(70)) / 900, v = (322 - 13 * sqrt(70)) / 900;
  const double x[GAUSS5] = {-b, -a, 0, a, b}, weight[GAUSS5] = {v, w, 128.0 / 225, w, v};
  for (int q = 0; q < GAUSS5; q++) {
    gauss_place[q] = x[q], gauss_weight[q] = weight[q];
    gauss_value[q][0] = x[q] * (x[q] - 1) / 2, gauss_value[q][1] = 1 - x[q] * x[q],
    gauss_value[q][2] = x[q] * (x[q] + 1) / 2;
    gauss_slope[q][0] = x[q] - 0.5, gauss_slope[q][1] = -2 * x[q], gauss_slope[q][2] = x[q] + 0.5;
  }
}

/* Shape functions, place and weight of point q of a cell. */
static double gauss_point(const mesh *g, int cell, int q, double shape[CELL_NODES], double X[3]) {
  int p[3] = {q % GAUSS5, q / GAUSS5 % GAUSS5, q / (GAUSS5 * GAUSS5)};
  double G[9] = {0}, cof[9];
  X[0] = X[1] = X[2] = 0;
  for (int a = 0; a < CELL_NODES; a++) {
    const double *x = g->x + 3 * (size_t)g->cell[CELL_NODES * cell + a];
    double v[3], d[3];
    for (int c = 0, at = a; c < 3; c++, at /= 3) v[c] = gauss_value[p[c]][at % 3], d[c] = gauss_slope[p[c]][at % 3];
    shape[a] = v[0] * v[1] * v[2];
    for (int J = 0; J < 3; J++) {
      X[J] += shape[a] * x[J];
      G[3 * J] += x[J] * d[0] * v[1] * v[2], G[3 * J + 1] += x[J] * v[0] * d[1] * v[2],
          G[3 * J + 2] += x[J] * v[0] * v[1] * d[2];
    }
  }
  return cof3_d(G, 1, cof) * gauss_weight[p[0]] * gauss_weight[p[1]] * gauss_weight[p[2]];
}

static void consistent_load(const manufactured *f, const mesh *g, double *load) {
  for (int cell = 0; cell < g->ncell; cell++)
    for (int q = 0; q < POINTS; q++) {
      double shape[CELL_NODES], X[3], force[3], w = gauss_point(g, cell, q, shape, X);
      manufactured_force(f, X, force);
      for (int a = 0; a < CELL_NODES; a++)
        for (int c = 0; c < 3; c++) load[3 * g->cell[CELL_NODES * cell + a] + c] += w * shape[a] * force[c];
    }
}

static double error_l2(const manufactured *f, const mesh *g, const double *u) {
  double sum = 0;
  for (int cell = 0; cell < g->ncell; cell++)
    for (int q = 0; q < POINTS; q++) {
      double shape[CELL_NODES], X[3], exact[3], w = gauss_point(g, cell, q, shape, X);
      manufactured_displacement(f, X, exact);
      for (int c = 0; c < 3; c++) {
        double d = -exact[c];
        for (int a = 0; a < CELL_NODES; a++) d += shape[a] * u[3 * g->cell[CELL_NODES * cell + a] + c];
        sum += w * d * d;
      }
    }
  return sqrt(sum);
}

/* The element's own pressure at its own points against the exact one, with the element's weights. */
static double pressure_error_l2(const manufactured *f, const model *m, const double *u) {
  double sum = 0;
  for (int b = 0; b < m->space->nbatch; b++) {
    static kernel_points at;
    _Alignas(64) double ub[CELL_DOF * NB];
    kernel_in_d in = kernel_batch_d(m->space, b, 0);
    kernel_gather_d(m->space->gather + (size_t)b * CELL_NODES * NB, u, ub);
    kernel_look(&in, ub, &at);
    for (int q = 0; q < QUAD_CELL; q++)
      for (int l = 0; l < NB; l++) {
        if (!space_active(m->space, b, l)) continue;
        double X[3] = {0};
        for (int a = 0; a < CELL_NODES; a++)
          for (int c = 0; c < 3; c++)
            X[c] += shape_cell_value(q, a) * m->mesh->x[3 * m->space->gather[(b * CELL_NODES + a) * NB + l] + c];
        double d = at.pressure[q][l] - manufactured_pressure(f, X);
        sum += at.weight[q][l] * d * d;
      }
  }
  return sqrt(sum);
}

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

typedef struct errors {
  double u, p; /* L2: m^2.5, Pa m^1.5 */
} errors;

static errors solve(const manufactured *f, int n, double share) {
  model *m = small_model();
  small_layer(m, f->compressible ? "neo_hookean_compressible" : "neo_hookean");
  small_par(m, 0, "mu", f->mu);
  small_par(m, 0, f->compressible ? "lambda" : "bulk", f->modulus);
  /* Relative to the forces at the boundary. The discretisation's error is 1e-4 of u and more, so this is nothing. */
  m->time.tolerance = 1e-10;
  mesh *g = small_box(m, n, n, n, 1, 1, 1);
  block_perturb(g, share, (unsigned)(100 + n)); /* anew on each mesh: no element becomes a brick by refinement */
  block_hold_all_faces(m);
  block *b = block_create(m, g);
  double *u = calloc((size_t)b->inner.n, sizeof *u), *load = calloc((size_t)b->inner.n, sizeof *load);
  /* The start is the field at the nodes, which sets the boundary; it is not the solution: Newton has work to do. */
  for (int i = 0; i < g->nnode; i++) manufactured_displacement(f, g->x + 3 * (size_t)i, u + 3 * (size_t)i);
  consistent_load(f, g, load);
  b->load = load;
  nl_report rep = block_solve(b, 1e-4, NULL, u);
  assert_true(rep.first > 1e3 && rep.newton >= 1);
  errors e = {error_l2(f, g, u), pressure_error_l2(f, m, u)};
  free(u), free(load);
  block_free(b);
  return e;
}

/* Lowest slope of the last pair, less what is asked for: below 0 is a failure. */
static double converge(int compressible, double ratio) {
  static const double share[2] = {0, 0.2}, missing[2] = {0.1, 0.2}; /* the ladder: order, affine and perturbed */
  manufactured f = field(compressible, ratio);
  errors last[2] = {{0, 0}}, slope[2] = {{0, 0}};
  print_message("%s, bulk/shear %g\n", compressible ? "neo_hookean_compressible" : "neo_hookean", ratio);
  print_message("   N | bricks: u       slope  p         slope | distorted: u    slope  p         slope\n");
  for (int n = 2; n <= (compressible ? FINE : FINEST); n *= 2) { /* one law to the end is enough, and half the time */
    print_message("  %2d |", n);
    for (int k = 0; k < 2; k++) {
      errors e = solve(&f, n, share[k]);
      slope[k] = (errors){log2(last[k].u / e.u), log2(last[k].p / e.p)};
      if (n == 2)
        print_message("  %.3e         %.3e        %s", e.u, e.p, k ? "\n" : " |");
      else
        print_message("  %.3e  %.3f  %.3e  %.3f%s", e.u, slope[k].u, e.p, slope[k].p, k ? "\n" : "  |");
      last[k] = e;
    }
  }
  double margin = INFINITY;
  for (int k = 0; k < 2; k++) margin = fmin(margin, fmin(slope[k].u - (3 - missing[k]), slope[k].p - (2 - missing[k])));
  return margin;
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
    material_in_d in = {.F = F};
    m->tissues[0].law->d->stress(m->tissues[0].par, &in, P, NULL);
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
