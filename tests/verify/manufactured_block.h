/* The block under the body force of a manufactured field: the load on its nodes, and how far a computed state is from
   the exact one. */
#ifndef KNEAD_VERIFY_MANUFACTURED_BLOCK_H
#define KNEAD_VERIFY_MANUFACTURED_BLOCK_H
#include "sim/base/mat3.h"
#include "tests/figure.h"
#include "tests/verify/block.h"
#include "tests/verify/manufactured.h"

/* Five Gauss points a direction: exact to degree 9, two more points than the element has, so that load and error are
   not measured at the points where the element is best. */
enum { GAUSS5 = 5, POINTS = GAUSS5 * GAUSS5 * GAUSS5 };
static double gauss_place[GAUSS5], gauss_weight[GAUSS5], gauss_value[GAUSS5][3], gauss_slope[GAUSS5][3];

static inline void gauss_setup(void) {
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
static inline double gauss_point(const mesh *g, int cell, int q, double shape[CELL_NODES], double X[3]) {
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
  return cof3(G, 1, cof) * gauss_weight[p[0]] * gauss_weight[p[1]] * gauss_weight[p[2]];
}

static inline void consistent_load(const manufactured *f, const mesh *g, double *load) {
  for (int cell = 0; cell < g->ncell; cell++)
    for (int q = 0; q < POINTS; q++) {
      double shape[CELL_NODES], X[3], force[3], w = gauss_point(g, cell, q, shape, X);
      manufactured_force(f, X, force);
      for (int a = 0; a < CELL_NODES; a++)
        for (int c = 0; c < 3; c++) load[3 * g->cell[CELL_NODES * cell + a] + c] += w * shape[a] * force[c];
    }
}

static inline double error_l2(const manufactured *f, const mesh *g, const double *u) {
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
static inline double pressure_error_l2(const manufactured *f, const model *m, const double *u) {
  double sum = 0;
  for (int b = 0; b < m->space->nbatch; b++) {
    static kernel_points at;
    _Alignas(64) double ub[CELL_DOF * NB];
    kernel_in in = kernel_batch(m->space, b, 0);
    kernel_gather(m->space->gather + (size_t)b * CELL_NODES * NB, u, ub);
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

/* L2 errors of a solution */
typedef struct manufactured_error {
  double u, p; /* m^2.5, Pa m^1.5 */
} manufactured_error;

/* Solves on the block, which has the law and n elements a side, and frees it. */
static inline manufactured_error manufactured_solve(const manufactured *f, block *b) {
  const model *m = b->m;
  const mesh *g = m->mesh;
  double *u = calloc((size_t)b->inner.n, sizeof *u), *load = calloc((size_t)b->inner.n, sizeof *load);
  /* The start is the field at the nodes, which sets the boundary; it is not the solution: Newton has work to do. */
  for (int i = 0; i < g->nnode; i++) manufactured_displacement(f, g->x + 3 * (size_t)i, u + 3 * (size_t)i);
  consistent_load(f, g, load);
  b->load = load;
  nl_report rep = block_solve(b, 1e-4, NULL, u);
  assert_true(rep.first > 1e3 && rep.newton >= 1);
  manufactured_error e = {error_l2(f, g, u), pressure_error_l2(f, m, u)};
  free(u), free(load);
  block_free(b);
  return e;
}

/* Errors on 2, 4, ... elements a side, bricks and distorted ones. Returns the lowest slope of the last pair, less what
   is asked for: below 0 is a failure. */
static inline double manufactured_converge(const char *title, int finest,
                                           manufactured_error (*solve)(const void *ctx, int n, double share),
                                           const void *ctx) {
  static const double share[2] = {0, 0.2}, missing[2] = {0.1, 0.2}; /* the ladder: order, affine and perturbed */
  static const char *const shape[2] = {"bricks", "distorted"};
  manufactured_error last[2] = {{0, 0}}, slope[2] = {{0, 0}};
  print_message("%s\n", title);
  print_message("   N | bricks: u       slope  p         slope | distorted: u    slope  p         slope\n");
  double size[2][8];
  int m = 0;
  for (int n = 2; n <= finest; n *= 2, m++) {
    print_message("  %2d |", n);
    for (int k = 0; k < 2; k++) {
      manufactured_error e = solve(ctx, n, share[k]);
      slope[k] = (manufactured_error){log2(last[k].u / e.u), log2(last[k].p / e.p)};
      if (n == 2)
        print_message("  %.3e         %.3e        %s", e.u, e.p, k ? "\n" : " |");
      else
        print_message("  %.3e  %.3f  %.3e  %.3f%s", e.u, slope[k].u, e.p, slope[k].p, k ? "\n" : "  |");
      last[k] = e;
      size[k][m] = e.u;
    }
  }
  double margin = INFINITY;
  for (int k = 0; k < 2; k++) {
    margin = fmin(margin, fmin(slope[k].u - (3 - missing[k]), slope[k].p - (2 - missing[k])));
    char what[2][128];
    snprintf(what[0], sizeof what[0], "%s, %s: displacement", title, shape[k]);
    snprintf(what[1], sizeof what[1], "%s, %s: pressure", title, shape[k]);
    for (int i = 0; i < m; i++) {
      char label[128];
      snprintf(label, sizeof label, "%s, %s", title, shape[k]);
      figure_curve("manufactured", label, 2 << i, size[k][i]);
    }
    figure f = {.section = "manufactured", .kind = FIGURE_EXACT, .source = "order of the element", .high = INFINITY};
    f.what = what[0], f.computed = slope[k].u, f.target = 3, f.low = 3 - missing[k];
    figure_print(&f);
    f.what = what[1], f.computed = slope[k].p, f.target = 2, f.low = 2 - missing[k];
    figure_print(&f);
  }
  return margin;
}

#endif
