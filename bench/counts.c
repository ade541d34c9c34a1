#include "bench/counts.h"
#include "sim/mechanics/levels.h"
#include "sim/solve/star.h"

/* sim/fe/kernel_lines.h and kernel_point.h, one lane. A line's values and slopes 15, values 10, slopes 8; backwards 17,
   8, 8. */
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
/* sim/base/vmath.h and the stress of models/materials/neo_hookean_compressible.c. */
enum { LOG = 29, RCBRT = 27, SCALED = 1 + RCBRT + 9, LAW_STRESS = COFACTOR + LOG + 4 + 9 * 3 };

static double lanes_of(const space *s) {
  return (double)s->nbatch * NB;
}

/* Of all nodes: what is read, what is added to. Where runs of nodes are (sim/fe/assembly.h) is known once a column. */
static double nodes_bytes(const space *s, size_t real) {
  return (double)s->mesh->nnode * (double)(9 * real);
}

/* The six moduli that are not kept, with theta and p at the point (kernel_lines.h). */
enum { MODULI = 2 * (2 * SPACE_PSI - 1) + 6 + 3 * 4 + 3 * 3 };

/* What a product reads of its batches (kernel.h). */
static double tangents(const space *s) {
  double bytes = 0;
  for (int b = 0; b < s->nbatch; b++) bytes += (double)(tangent_size(s->flat[b]) * sizeof(float));
  return bytes;
}

bench_work counts_apply(const space *s, int single) {
  size_t real = single ? sizeof(float) : sizeof(double);
  /* In order: slopes turned, trace, pull of the couplings, their projections. */
  int first = 9 * 5 + 3 + 14 + 4 * SPACE_PSI;
  /* Moduli, dtheta and dp, strains, six rows of the moduli with what dtheta adds, pressure, initial stress, turned
   * back. */
  int second = MODULI + 4 * SPACE_PSI + 1 + 3 + 6 * (11 + 2) + 3 + 9 * 6 + 9 * 5;
  int cell = 3 * GRADIENT + 27 * (first + second) + 2 * SPACE_PSI * SPACE_PSI + 3 * GRADIENT_BACK;
  double bytes = tangents(s) + nodes_bytes(s, real);
  return (bench_work){.bytes = bytes, .flops = lanes_of(s) * cell, .single = single};
}

bench_work counts_residual(const space *s) {
  int point = COFACTOR + 2 * PROJECT_ADD + PROJECT + SCALED + LAW_STRESS + CONTRACT + 2 + 9 + PROJECT + 2 + 9 * 2;
  /* Geometry and pressure basis, of flat batches once a lane (space.h). */
  double bytes = (double)(s->geo_first[s->nbatch] * sizeof(double)) + nodes_bytes(s, sizeof(double));
  return (bench_work){.bytes = bytes, .flops = lanes_of(s) * (DISPLACEMENT + 27 * point + STRESS_BACK)};
}

bench_work counts_matrices(const space *s) {
  /* Nine entries of a line times line: 4 operations each, 6 where both shapes live at the middle point: both values 38,
     one a slope 40, both slopes 44. Directions along x: 9 lines; y: 27; z: 81. */
  int pair = (44 + 4 * 40 + 4 * 38) * (9 + 27) + 81 * (38 + 40 + 40 + 44);
  int couple = 3 * (27 * (1 + 3) + GRADIENT_BACK) + 3 * (27 * 3 * 6 + GRADIENT_BACK);
  int point =
      MODULI + 6 * 9 * 6 + 3 * 27 + 6 * 9 * 6; /* moduli turned on both sides; with the initial stress, lanes off */
  double cell = 6 * pair + 27 * point + SPACE_PSI * couple;
  cell += SPACE_PSI * CELL_DOF * (3 * SPACE_PSI + 1); /* E += S D / 2 */
  cell += CELL_PACKED * (4.0 * SPACE_PSI + 1);        /* couplings of theta and p */
  double bytes = tangents(s) + (double)s->mesh->ncell * (double)(CELL_PACKED * sizeof(float));
  return (bench_work){.bytes = bytes, .flops = lanes_of(s) * cell, .single = 1};
}

static double groups(int nx, int ny) {
  return (double)(((nx + 1) * (ny + 1) + STAR_LANES - 1) / STAR_LANES);
}

bench_work counts_smoother(const mesh *m) {
  double rows = (double)star_rows(m->nz), n = 3.0 * m->nnode;
  /* The factor and scaling once (a group's factor should stay in the core's cache from the way down to the way up); r
     in, d out; then r and x updated: 3 + 3 more. */
  double bytes =
      groups(m->nx, m->ny) * ((double)(star_kept_size(m->nz) * sizeof(star_kept)) + rows * sizeof(star_lanes)) +
      n * 8 * sizeof(float);
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
