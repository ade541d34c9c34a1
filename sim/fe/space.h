/* The finite-element space: cells sorted into batches of NB of one tissue, and their geometry at the quadrature points.

   A batch runs NB cells side by side, lane by lane, through every kernel. Its cells lie on one sheet and keep the lanes
   of sim/mesh/lanes.h, so that a batch's element matrices are where the preconditioner wants them; a site with several
   tissues has a batch for each. Spare lanes repeat one of its cells and are dropped on the way back (assembly.h). */
#ifndef KNEAD_SPACE_H
#define KNEAD_SPACE_H
#include "sim/state/model.h"
#include "sim/fe/shape.h"
#include "sim/mesh/lanes.h"

enum { SPACE_GEO = 10, SPACE_PSI = 4, CELL_DOF = 81 };

/* Geometry of batch b from geo[geo_first[b]] on.
   Curved cells: [27][10][NB] dxi_k/dX_J (k, J row-major), then the weight (m^3); [27][4][NB] pressure basis 1, X, Y, Z
   orthonormal over the reference cell, 1/m^1.5.
   Flat, when all cells of the batch are parallelepipeds: [10][NB] the same at every point, with the Jacobian in place
   of the weight; [NB] the constant of the pressure basis, which then is 1, sqrt 3 xi_k times this. */
typedef struct space {
  const mesh *mesh;
  int nbatch, nsite;
  int32_t *site_first;   /* [nsite + 1] batches of a site */
  const tissue **tissue; /* [nbatch] */
  uint32_t *active;      /* [nbatch] bit l: lane l is no repeat */
  uint8_t *flat;         /* [nbatch] */
  size_t *geo_first;     /* [nbatch + 1] */
  int32_t *cell;         /* [nbatch][NB] */
  int32_t *gather;       /* [nbatch][27][NB] nodes */
  int32_t *where;        /* [ncell] batch * NB + lane */
  size_t *hist_first;    /* [nbatch + 1] what its law remembers: [27][nhist][NB] from here on in a state's field */
  int nfam;
  double *geo, *fibre;
  double *tone, *scale; /* [nbatch][27][NB]: activation 0..1 and stiffness factor at the points; NULL: none, 1 */
} space;

static inline int space_active(const space *s, int batch, int lane) {
  return s->active[batch] >> lane & 1;
}

/* The cell in a lane of a site, -1: none. */
static inline int space_site_cell(const space *s, int site, int lane) {
  return lanes_cell(s->mesh->nx, s->mesh->ny, s->mesh->nz, s->mesh->ncell, site, lane);
}

/* Needs m->mesh, m->geometry, m->layer_tissue and the nodules, of which it counts the points. */
status space_create(model *m, arena *a, space **out) MUST_CHECK;

#endif
