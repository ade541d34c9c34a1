/* A batch's values from an array over the nodes. */
#include "sim/fe/kernel.h"

void kernel_gather(const int32_t *nodes, const double *u, double *v) {
  for (int n = 0; n < CELL_NODES; n++)
    for (int l = 0; l < NB; l++) {
      const double *x = u + 3 * (size_t)nodes[n * NB + l];
      v[3 * n * NB + l] = x[0], v[(3 * n + 1) * NB + l] = x[1], v[(3 * n + 2) * NB + l] = x[2];
    }
}
