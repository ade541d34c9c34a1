/* Plane strain in three dimensions, for the benchmarks of books: x along the piece, z up, one element across y whose
   faces slide, so the engine's columns stand upright in the piece. Dead tractions on its ends, which the engine does
   not have, and the limit that a sequence of meshes runs to. */
#ifndef KNEAD_VERIFY_PLANE_H
#define KNEAD_VERIFY_PLANE_H
#include "tests/figure.h"
#include "tests/verify/block.h"

/* Three Gauss points a direction, exact to degree 5: loads here have degree 4 at most. */
static const double plane_point[3] = {-0.7745966692414834, 0, 0.7745966692414834},
                    plane_weight[3] = {5.0 / 9, 8.0 / 9, 5.0 / 9};

static inline double plane_shape(int a, double x) {
  return a == 0 ? x * (x - 1) / 2 : a == 1 ? 1 - x * x : x * (x + 1) / 2;
}

/* load += consistent nodal forces of the traction t(X, out) (Pa, of the reference area) on the plane end FACE_XP or
   FACE_XM, whose facets are rectangles. */
static inline void plane_end_load(const mesh *g, face_id face, void (*traction)(const void *ctx, double z, double t[3]),
                                  const void *ctx, double *load) {
  int i = face == FACE_XP ? 2 * g->nx : 0;
  for (int k = 0; k < g->nz; k++) {
    const double *lo = g->x + 3 * (size_t)mesh_node(g, i, 0, 2 * k),
                 *hi = g->x + 3 * (size_t)mesh_node(g, i, 2, 2 * k + 2);
    double area = (hi[1] - lo[1]) * (hi[2] - lo[2]);
    for (int p = 0; p < 3; p++)
      for (int q = 0; q < 3; q++) {
        double t[3], w = area / 4 * plane_weight[p] * plane_weight[q];
        traction(ctx, lo[2] + (hi[2] - lo[2]) * (1 + plane_point[q]) / 2, t);
        for (int a = 0; a < 3; a++)
          for (int b = 0; b < 3; b++)
            for (int c = 0; c < 3; c++)
              load[3 * mesh_node(g, i, a, 2 * k + b) + c] +=
                  w * plane_shape(a, plane_point[p]) * plane_shape(b, plane_point[q]) * t[c];
      }
  }
}

/* What v[n-3], v[n-2], v[n-1] on meshes each twice as fine run to, if their differences go on shrinking by the same
   factor (Richardson, with the rate measured and not assumed); *rate: log2 of that factor. */
static inline double plane_limit(int n, const double *v, double *rate) {
  double shrink = (v[n - 2] - v[n - 3]) / (v[n - 1] - v[n - 2]);
  *rate = log2(shrink);
  return v[n - 1] + (v[n - 1] - v[n - 2]) / (shrink - 1);
}

#endif
