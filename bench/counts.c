#include "bench/counts.h"
#include "sim/mechanics/levels.h"
#include "sim/solve/star.h"

/* sim/fe/kernel_real.h, one lane. line_both 15, line_value 10, line_slope 8; backwards 17, 8, 8. */
enum {
  GRADIENT = 18 * 15 + 27 * 10 + 9 * 8,                    /* 612: nodes to points, one component */
  GRADIENT_BACK = 9 * (8 + 8 + 8) + 9 * (17 + 8) + 9 * 17, /* 594 */
  DISPLACEMENT = 3 * GRADIENT + 27 * 9 * 6,                /* H = sum of three products, plus one */
  STRESS_BACK = 3 * GRADIENT_BACK + 27 * 9 * 6,
  COFACTOR = 9 * 3 + 5,
  CONTRACT = 9 * 2,
  PROJECT_ADD = SPACE_PSI * 3,
  PROJECT = 7
};
/* sim/base/vmath.h and models/materials/neo_hookean_compressible.c, double | float (shorter polynomials). */
typedef struct scalars {
  int log, rcbrt;
} scalars;
static const scalars in_double = {29, 27}, in_float = {22, 23};

static int law_stress(scalars v) {
  return COFACTOR + v.log + 4 + 9 * 3;
}
static int law_tangent(scalars v) {
  return COFACTOR + 9 * 7 + 1 + 18 + 1 + v.log + 1 + 4 + 5 + 9 * 5;
}
static int scaled(scalars v) {
  return 1 + v.rcbrt + 9;
}

/* Arrays of a batch lane that every pass over the cells reads: geometry, pressure basis, node numbers; and those with
   which element results return: written, read, their places. */
static double cells_read(size_t real) {
  return (double)(QUAD_CELL * (SPACE_GEO + SPACE_PSI) * real + CELL_NODES * sizeof(int32_t));
}
static double cells_return(size_t real) {
  return (double)(2 * CELL_DOF * real + CELL_NODES * sizeof(int32_t));
}

static double lanes_of(const space *s) {
  return (double)s->nbatch * NB;
}

bench_work counts_apply(const space *s, int single) {
  scalars v = single ? in_float : in_double;
  size_t real = single ? sizeof(float) : sizeof(double);
  int first = COFACTOR + CONTRACT + PROJECT_ADD;
  /* In order: geometry; theta, dtheta, p; Fbar; da, dFbar; law; s1, s2, s3; scalars; dp; M; the nine results. */
  int second = COFACTOR + CONTRACT + 3 * PROJECT + scaled(v) + 4 + 9 * 3 + law_stress(v) + law_tangent(v) +
               3 * CONTRACT + 17 + PROJECT_ADD + 9 * 5 + 9 * 12;
  int third = COFACTOR + PROJECT + 9 * 2;
  int cell = 2 * DISPLACEMENT + 27 * (first + second + third) + STRESS_BACK;
  /* State kept per cell: u, theta, p. Per node: du read, dr read and written, where its sum starts. */
  double bytes = lanes_of(s) * (cells_read(real) + cells_return(real) + (double)((CELL_DOF + 2 * SPACE_PSI) * real)) +
                 (double)s->mesh->nnode * (double)(9 * real + sizeof(int32_t));
  return (bench_work){.bytes = bytes, .flops = lanes_of(s) * cell, .single = single};
}

bench_work counts_residual(const space *s) {
  scalars v = in_double;
  int point = COFACTOR + 2 * PROJECT_ADD + PROJECT + scaled(v) + law_stress(v) + CONTRACT + 2 + 9 + PROJECT + 2 + 9 * 2;
  double bytes = lanes_of(s) * (cells_read(sizeof(double)) + cells_return(sizeof(double))) +
                 (double)s->mesh->nnode * (9 * sizeof(double) + sizeof(int32_t));
  return (bench_work){.bytes = bytes, .flops = lanes_of(s) * (DISPLACEMENT + 27 * point + STRESS_BACK)};
}

bench_work counts_matrices(const space *s) {
  scalars v = in_float;
  int couple = 27 * 3 * (6 + 2 * SPACE_PSI);
  /* Gradients of 27 shapes; state; law; scalars; G, Q, H; nine columns of the local tangent, 14 per entry; D, E; S. */
  int point = 27 * 9 * 5 / 3 + COFACTOR + 2 * PROJECT + scaled(v) + law_stress(v) + law_tangent(v) + 2 * CONTRACT + 13 +
              9 * 7 + 9 * (law_tangent(v) + 9 * 14) + 2 * couple + 16 * 4;
  double pairs = 27 * 28 / 2, cell = DISPLACEMENT + 27.0 * point + 16 * CELL_DOF * 3;
  cell += 27.0 * 27 * 27 * 5;  /* T = A B_b */
  cell += pairs * 3 * 27 * 18; /* B_a' T */
  cell += CELL_PACKED * 16.0;  /* couplings of theta and p */
  double bytes =
      lanes_of(s) * (double)((QUAD_CELL * (SPACE_GEO + SPACE_PSI) + CELL_DOF + 2 * SPACE_PSI) * sizeof(float)) +
      (double)s->mesh->ncell * (double)(CELL_PACKED * sizeof(float));
  return (bench_work){.bytes = bytes, .flops = lanes_of(s) * cell, .single = 1};
}

static double groups(int nx, int ny) {
  return (double)(((nx + 1) * (ny + 1) + STAR_LANES - 1) / STAR_LANES);
}

bench_work counts_smoother(const mesh *m) {
  double rows = (double)star_rows(m->nz), n = 3.0 * m->nnode;
  /* The factor and scaling once (a group's factor should stay in the core's cache from the way down to the way up),
     star vectors written and read; r in, z out; then r -= z and d, x updated: 3 + 5 more. */
  double bytes =
      groups(m->nx, m->ny) * ((double)(star_kept_size(m->nz) * sizeof(star_kept)) + rows * 3.0 * sizeof(star_lanes)) +
      n * 10 * sizeof(float);
  double flops = groups(m->nx, m->ny) * STAR_LANES * (4.0 * (double)star_kept_size(m->nz) + 2 * rows);
  return (bench_work){.bytes = bytes, .flops = flops, .single = 1};
}

bench_work counts_factors(const mesh *m) {
  double square = STAR_SQUARE, cube = square * STAR_BLOCK;
  /* Multiply-adds of an element, in cubes of 27: three triangular solves 1/2, three symmetric updates 1/2, one product
     1, two factorisations 1/6; the plane at the bottom once more. */
  double star = 2 * cube * (m->nz * (3 * 0.5 + 3 * 0.5 + 1 + 2 / 6.0) + 1 / 6.0), flops = 0, bytes = 0;
  for (int nx = m->nx, ny = m->ny; nx > 1 || ny > 1; nx = (nx + 1) / 2, ny = (ny + 1) / 2) {
    flops += groups(nx, ny) * STAR_LANES * star;
    bytes += groups(nx, ny) * (double)(star_kept_size(m->nz) * sizeof(star_kept)) +
             (double)nx * ny * m->nz * (double)(CELL_PACKED * sizeof(float));
  }
  return (bench_work){.bytes = bytes, .flops = flops, .single = 1};
}
