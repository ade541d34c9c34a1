/* One summand of equilibrium: the solid, the contact, later springs and loads.

   u = [displacements 3 nnode | one depth per hand | two offsets, along and across, of each hand whose arm gives
   sideways]; those behind the displacements are the hands' unknowns, numbered from 0. Everything is the gradient or the
   second derivative of an energy, so every block is symmetric. It stands in `fe` because contact and mechanics both are
   terms. */
#ifndef KNEAD_TERM_H
#define KNEAD_TERM_H
#include <stdint.h>
#include "sim/base/err.h"

/* Takes the dense blocks of a term that are not element matrices: facet matrices on the 27 unknowns of a skin facet's
   nodes, and the coupling of the hands' unknowns. */
typedef struct block_sink {
  void *self;
  void (*facet)(void *self, int facet, const double K[27][27]);
  void (*border)(void *self, int h, int node, const double k[3]); /* d2E / (du dh), added up */
  void (*corner)(void *self, int h, int i, double k);             /* d2E / (dh di), of a pair in one order only */
} block_sink;

typedef struct term {
  void *self;
  status (*residual)(void *self, const double *u, double *r); /* r += ; nothing is meant by r when it fails */
  status (*linearize)(void *self, const double *u);        /* keeps what apply and blocks need; ST_RETRY if inverted */
  void (*apply)(void *self, const double *du, double *dr); /* dr += K du, no matrix */
  void (*apply_f)(void *self, const float *du, float *dr); /* the same on displacements only, for the preconditioner */
  /* Element matrices of a site, K [CELL_PACKED][NB], packed lower triangles (kernel.h), zero in empty lanes: the solid
     sets them, later terms add theirs. May be called from several threads at once, for different sites. NULL: the term
     has none. */
  void (*cells)(void *self, int site, float *K);
  void (*blocks)(void *self, block_sink *out); /* NULL: it has none */
  /* From the next linearize on, the tangent alone is stiffer: by a resistance to every change of the displacement's
     gradient (turns too), this share of each law's shear modulus at rest. 0: it is the exact one. NULL: it never is. */
  void (*stiffen)(void *self, double share);
} term;

#endif
