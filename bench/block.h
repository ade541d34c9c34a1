/* The blocks that are measured: layers of compressible neo-Hookean tissue, with or without fibres, under a bonded
   patch, flat or bent. */
#ifndef KNEAD_BENCH_BLOCK_H
#define KNEAD_BENCH_BLOCK_H
#include "bench/bench.h"
#include "bench/edge.h"
#include "bench/rings.h"
#include "sim/contact/contact.h"
#include "sim/mechanics/equilibrium.h"
#include "sim/mechanics/solid.h"

typedef enum block_fibres {
  FIBRES_NONE,
  FIBRES_BOTH_WAYS, /* springs: law_springs.c */
  FIBRES_IN_TENSION /* fibre_neo_hookean of the catalogue, its switch as wide as its preset */
} block_fibres;

typedef struct block_layer {    /* bottom to top */
  double thickness, mu;         /* m, Pa */
  int sheets;                   /* elements over the thickness */
  double matrix, along, across; /* with fibres, Pa: mu (0: the same), stiffness of those along y and along x */
} block_layer;

typedef struct block {
  double lo, hi; /* extent in x and in y, m; a quarter starts at 0 and slides along x = 0 and y = 0 */
  int cells;     /* in x, and in y */
  int nlayer;
  block_layer layer[BODY_LAYERS];
  double ratio; /* lambda / mu in every layer */
  double move;  /* z displacement of the patch |x|, |y| <= 20 mm, m; 0: no patch */
  int bent;
  block_fibres fibres;
  int halve;   /* so often the cells at the patch's edge, in x, y and z, are halved: a quarter of one layer only */
  rings rings; /* a mesh in rings about that edge instead, of P1's quarter */
  int strip;   /* of that quarter, one thin cell along y that cannot spread: plane strain */
  int smooth;  /* smoother applications before and after in a cycle; 0: as in a scenario */
} block;

status block_build(const block *b, model **out) MUST_CHECK;
/* Everything of mechanics on it, in the model's memory. */
status block_equilibrium(model *m, solid **s, equilibrium **e) MUST_CHECK;

/* Those within 5 mm of the patch's edge, looked at to their corners (edge.h) and taken from the model's space: before
   block_equilibrium, and then a part of its body. */
status block_edge(const block *b, model *m, edge **out) MUST_CHECK;

/* Quarter block of the solver findings, layers muscle, fascia, fat, skin; refine 1, 2, 4, 8 are meshes A, B, C, D. */
block block_quarter(int refine, double ratio, int bent);
char block_mesh_name(int refine);
/* Problem P1: |x|, |y| <= 60 mm, 40 mm high, cells x cells x cells/3, 8 mm down; layered: P1L with these sheets. */
block block_p1(int cells, int sheets);
block block_p1_layers(int cells, int muscle, int fascia, int fat, int skin);
/* A quarter of P1, or of a strip of it in plane strain, in cells of 20 mm, halved so often at the patch's
   edge; or in rings about it. */
block block_p1_graded(int halve, int strip);
block block_p1_rings(rings r, int strip);

/* So many of the body make the block; of a strip, 40 mm of it. */
double block_times(const block *b);
/* Cells of an even body that are inside out at one of their nodes, where no point of integration sees it. Nodes of the
   patch do not count: at its edge strain has no bound. */
int block_inside_out(const block *b, const model *m, const double *u);

/* Increment of a step that ends with `share` of the patch's motion: lift at the patch, from u. */
void block_lift(const model *m, double share, const double *u, double *lift);
/* A smooth deformation, no element far from rest, and repeatable noise. */
void block_deform(const model *m, double *u);
void block_noise(size_t n, double *x);

#endif
