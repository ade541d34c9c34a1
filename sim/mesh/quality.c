/* Is every cell the right way out, and how good is its shape? */
#include "sim/mesh/mesh.h"

/* det(dx/dxi) of one cell at the 3 x 3 x 3 Gauss points; the sum of the weights is 8. */
static const double gauss_x[3] = {-0.774596669241483377, 0.0, 0.774596669241483377};
static const double gauss_w[3] = {5.0 / 9, 8.0 / 9, 5.0 / 9};

/* J[r][c] = dx_r / dxi_c */
static void gradient(const mesh *m, int cell, const double (*N)[3], const double (*dN)[3], double J[3][3]) {
  for (int i = 0; i < 9; i++) J[i / 3][i % 3] = 0;
  for (int a = 0; a < CELL_NODES; a++) {
    const double *x = m->x + 3 * (size_t)m->cell[(size_t)CELL_NODES * (size_t)cell + (size_t)a];
    int i = a % 3, j = a / 3 % 3, k = a / 9;
    double g[3] = {dN[0][i] * N[1][j] * N[2][k], N[0][i] * dN[1][j] * N[2][k], N[0][i] * N[1][j] * dN[2][k]};
    for (int r = 0; r < 3; r++)
      for (int c = 0; c < 3; c++) J[r][c] += x[r] * g[c];
  }
}

static double determinant(const double J[3][3]) {
  return J[0][0] * (J[1][1] * J[2][2] - J[1][2] * J[2][1]) - J[0][1] * (J[1][0] * J[2][2] - J[1][2] * J[2][0]) +
         J[0][2] * (J[1][0] * J[2][1] - J[1][1] * J[2][0]);
}

static void gradient_at(const mesh *m, int cell, const double xi[3], double J[3][3]) {
  double N[3][3], dN[3][3];
  for (int d = 0; d < 3; d++) mesh_quadratic(xi[d], N[d], dN[d]);
  gradient(m, cell, (const double(*)[3])N, (const double(*)[3])dN, J);
}

/* Smallest over mean; -1 when the mean itself is not positive, for then the ratio says nothing. */
static double cell_quality(const mesh *m, int cell) {
  double mean = 0, least = HUGE_VAL;
  for (int q = 0; q < 27; q++) {
    double G[3][3], J;
    int at[3] = {q % 3, q / 3 % 3, q / 9};
    gradient_at(m, cell, (double[3]){gauss_x[at[0]], gauss_x[at[1]], gauss_x[at[2]]}, G);
    J = determinant((const double(*)[3])G);
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

static double column_length(const double J[3][3], int c) {
  return sqrt(J[0][c] * J[0][c] + J[1][c] * J[1][c] + J[2][c] * J[2][c]);
}

cell_shape mesh_cell_shape(const mesh *m, int cell) {
  cell_shape s = {.scaled = HUGE_VAL};
  double J[3][3];
  const double(*G)[3] = (const double(*)[3])J;
  for (int a = 0; a < CELL_NODES; a++) {
    gradient_at(m, cell, (double[3]){a % 3 - 1, a / 3 % 3 - 1, a / 9 - 1}, J);
    double size = column_length(G, 0) * column_length(G, 1) * column_length(G, 2);
    double scaled = determinant(G) / size;
    if (!(scaled >= s.scaled)) s.scaled = scaled;
    if (a != CELL_NODES / 2) continue;
    /* Twice the column is the cell's size along it; the area of the sheet is what the volume stands on. */
    double across[3], least = HUGE_VAL, most = 0;
    for (int d = 0; d < 3; d++) {
      int p = (d + 1) % 3, q = (d + 2) % 3;
      across[d] = J[p][0] * J[q][1] - J[q][0] * J[p][1];
      least = fmin(least, column_length(G, d)), most = fmax(most, column_length(G, d));
    }
    s.aspect = most / least;
    s.thickness = 2 * determinant(G) / sqrt(across[0] * across[0] + across[1] * across[1] + across[2] * across[2]);
  }
  for (int q = 0; q < 27; q++) {
    int at[3] = {q % 3, q / 3 % 3, q / 9};
    gradient_at(m, cell, (double[3]){gauss_x[at[0]], gauss_x[at[1]], gauss_x[at[2]]}, J);
    s.volume += gauss_w[at[0]] * gauss_w[at[1]] * gauss_w[at[2]] * determinant(G);
  }
  return s;
}

/* Adds what one column of elements has of a layer. */
static void add_column(const mesh *m, int first, int height, int layer, layer_shape *out) {
  double volume = 0, thickness = 0;
  int n = 0;
  for (int cell = first; cell < first + height; cell++) {
    if (m->layer[cell] != layer) continue;
    cell_shape s = mesh_cell_shape(m, cell);
    if (!(s.scaled >= out->scaled_least)) out->scaled_least = s.scaled, out->worst = cell;
    out->scaled_mean += s.scaled;
    out->aspect_most = fmax(out->aspect_most, s.aspect);
    volume += s.volume, thickness += s.thickness, n++;
  }
  if (!n) return;
  out->ncell += n, out->ncolumn++, out->volume += volume;
  out->sheets[0] = out->ncolumn == 1 || n < out->sheets[0] ? n : out->sheets[0];
  out->sheets[1] = n > out->sheets[1] ? n : out->sheets[1];
  out->thickness += volume / thickness; /* area, until the end */
  out->thickness_least = fmin(out->thickness_least, thickness);
  out->thickness_most = fmax(out->thickness_most, thickness);
}

void mesh_layer_shapes(const mesh *m, int nlayer, layer_shape *out) {
  int height = mesh_in_columns(m) ? m->nz : 1;
  for (int l = 0; l < nlayer; l++) {
    out[l] = (layer_shape){.scaled_least = HUGE_VAL, .thickness_least = HUGE_VAL};
    for (int first = 0; first < m->ncell; first += height) add_column(m, first, height, l, out + l);
    if (!mesh_in_columns(m)) out[l].sheets[0] = out[l].sheets[1] = 0;
    out[l].scaled_mean /= out[l].ncell;
    out[l].thickness = out[l].volume / out[l].thickness;
  }
}
