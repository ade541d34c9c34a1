#include "bench/nest.h"
#include <string.h>

/* The cell of `from` that x lies in along axis k, and the shapes of its three nodes there. */
static int find(const mesh *from, int k, double x, double N[3]) {
  static const int axis[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  const int *d = axis[k];
  int n = d[0] * from->nx + d[1] * from->ny + d[2] * from->nz;
  double dN[3], lo = 0, hi = 0;
  for (int c = 0;; c++) {
    lo = from->x[3 * (size_t)mesh_node(from, 2 * c * d[0], 2 * c * d[1], 2 * c * d[2]) + (size_t)k];
    hi = from->x[3 * (size_t)mesh_node(from, 2 * (c + 1) * d[0], 2 * (c + 1) * d[1], 2 * (c + 1) * d[2]) + (size_t)k];
    if (x > hi && c + 1 < n) continue;
    mesh_quadratic(2 * (x - lo) / (hi - lo) - 1, N, dN);
    return c;
  }
}

void nest_bring(const mesh *from, const double *u, const mesh *to, double *v) {
  memset(v, 0, 3 * (size_t)to->nnode * sizeof *v);
  for (size_t n = 0; n < (size_t)to->nnode; n++) {
    double N[3][3];
    int c[3];
    for (int k = 0; k < 3; k++) c[k] = find(from, k, to->x[3 * n + (size_t)k], N[k]);
    const int32_t *node = from->cell + CELL_NODES * (size_t)((c[1] * from->nx + c[0]) * from->nz + c[2]);
    for (int a = 0; a < CELL_NODES; a++) {
      double shape = N[0][a % 3] * N[1][a / 3 % 3] * N[2][a / 9];
      for (size_t k = 0; k < 3; k++) v[3 * n + k] += shape * u[3 * (size_t)node[a] + k];
    }
  }
}
