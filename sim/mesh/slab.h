/* A flat stack of layers: what the plain bodies share. z = 0 is the underside, the skin at the sum of thicknesses. */
#ifndef KNEAD_SLAB_H
#define KNEAD_SLAB_H
#include "sim/mesh/mesh.h"

typedef struct slab_layer {
  double thickness; /* m */
  int cells;        /* element sheets */
  double grade;     /* lowest sheet over uppermost sheet; 1: even */
} slab_layer;

typedef struct slab {
  double lo[2], hi[2]; /* extent in x and y, m */
  int cells[2];        /* elements in x and y */
  double toward[2];    /* elements are small near this x and this y, m */
  double ratio;        /* largest element over smallest, in x and in y; 1: even */
  int nlayer;
  slab_layer layer[BODY_LAYERS]; /* bottom to top */
} slab;

double slab_top(const slab *s);
status slab_mesh(const slab *s, int nfam, arena *a, mesh **out) MUST_CHECK;

/* Fibres of one family in one layer: `angle` radians from y (headward) toward x, in the plane. mirror: the sign of the
   angle turns with that of the cell's x, so that both halves lean away from the midline. */
void slab_fibre(mesh *m, int layer, int family, double angle, int mirror);

/* Moves each grid corner inside the body by at most `amount` of the element beside it in each direction, by a fixed
   pseudo-random rule, and keeps all edges straight. Layer boundaries inside the body move too. */
void slab_distort(mesh *m, double amount);

/* The skin chart s = y, t = x. 0 when off the slab. */
int slab_chart(const slab *s, double along, double across, double x[3], double axes[9]);

/* Pulled longer along y by `amount`, m: the lower end stays, all between goes in proportion. */
void slab_lengthen(const slab *s, double amount, int n, const double *X, double *u);
extern const body_motion slab_motions[]; /* that one */

#endif
