/* Is every cell the right way out? */
#include "sim/mesh/mesh.h"

/* det(dx/dxi) of one cell at the 3 x 3 x 3 Gauss points; the sum of the weights is 8. */
static const double gauss_x[3] = {-0.774596669241483377, 0.0, 0.774596669241483377};
static const double gauss_w[3] = {5.0 / 9, 8.0 / 9, 5.0 / 9};

static void lagrange(double x, double N[3], double dN[3]) {
  N[0] = 0.5 * x * (x - 1), N[1] = 1 - x * x, N[2] = 0.5 * x * (x + 1);
  dN[0] = x - 0.5, dN[1] = -2 * x, dN[2] = x + 0.5;
}

static double jacobian(const mesh *m, int cell, const double (*N)[3], const double (*dN)[3]) {
  double J[3][3] = {{0}};
  for (int a = 0; a < CELL_NODES; a++) {
    const double *x = m->x + 3 * (size_t)m->cell[(size_t)CELL_NODES * (size_t)cell + (size_t)a];
    int i = a % 3, j = a / 3 % 3, k = a / 9;
    double g[3] = {dN[0][i] * N[1][j] * N[2][k], N[0][i] * dN[1][j] * N[2][k], N[0][i] * N[1][j] * dN[2][k]};
    for (int r = 0; r < 3; r++)
      for (int c = 0; c < 3; c++) J[r][c] += x[r] * g[c];
  }
  return J[0][0] * (J[1][1] * J[2][2] - J[1][2] * J[2][1]) - J[0][1] * (J[1][0] * J[2][2] - J[1][2] * J[2][0]) +
         J[0][2] * (J[1][0] * J[2][1] - J[1][1] * J[2][0]);
}

/* Smallest over mean; -1 when the mean itself is not positive, for then the ratio says nothing. */
static double cell_quality(const mesh *m, int cell) {
  double mean = 0, least = HUGE_VAL;
  for (int q = 0; q < 27; q++) {
    double N[3][3], dN[3][3];
    int at[3] = {q % 3, q / 3 % 3, q / 9};
    for (int d = 0; d < 3; d++) lagrange(gauss_x[at[d]], N[d], dN[d]);
    double J = jacobian(m, cell, (const double(*)[3])N, (const double(*)[3])dN);
    mean += gauss_w[at[0]] * gauss_w[at[1]] * gauss_w[at[2]] * J / 8;
    if (!(J >= least)) least = J;
  }
  return mean > 0 && isfinite(least) ? least / mean : -1;
}

double mesh_quality(const mesh *m, int *worst_cell) {
  double worst = HUGE_VAL;
  int where = 0;
  for (int cell = 0; cell < m->ncell; cell++) {
    double q = cell_quality(m, cell);
    if (q < worst) worst = q, where = cell;
  }
  if (worst_cell) *worst_cell = where;
  return worst;
}
