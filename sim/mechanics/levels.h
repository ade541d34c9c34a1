/* The preconditioner of a column mesh: multigrid Q2 to Q2, coarsened in the plane only, element-wise Galerkin matrices,
   unweighted additive column-star smoother, its polynomial (solve/mg.c) for the fixed bound 4 (the number of stars a
   point of an element lies in). Why: design notes, "Solver findings": point smoothers fail on thin layers, z-lines on
   the volumetric part.
 */
#ifndef KNEAD_LEVELS_H
#define KNEAD_LEVELS_H
#include "sim/mesh/mesh.h"
#include "sim/fe/kernel.h"

typedef struct levels levels;

/* fixed [3 nnode]: 1 where an unknown is prescribed. steps: smoother applications before and after. */
typedef void levels_fine(void *ctx, const float *x, float *y); /* y = K x on the finest level, zero at fixed unknowns */
status levels_create(const mesh *m, const uint8_t *fixed, int steps, levels_fine *fine, void *ctx, arena *a,
                     levels **out) MUST_CHECK;
/* Adds the matrix of a skin facet, that of column (i, j), to its cell (the cell's last nine nodes) in the next set-up.
 */
void levels_facet(levels *l, int i, int j, const double k[27][27]);
/* Galerkin products and factors. The finest element matrices are asked for site by site, from all threads, and are not
   kept. Returns how many pivots had to be lifted. */
typedef void levels_cells(void *ctx, int site, float *K);
int levels_setup(levels *l, levels_cells *cells, void *ctx);
/* Wall time that the last set-up spent on element matrices, s. */
double levels_cells_seconds(const levels *l);
/* z = M r, both [3 nnode]; zero at fixed unknowns, where r must be zero. r is overwritten. */
void levels_cycle(levels *l, float *r, float *z);

#endif
