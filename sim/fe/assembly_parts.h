/* What assembly.c makes and the loops of assembly_add.c, compiled for double and for float, go through. */
#ifndef KNEAD_ASSEMBLY_PARTS_H
#define KNEAD_ASSEMBLY_PARTS_H
#include "sim/fe/assembly.h"

/* A post is a column of nodes, on a mesh without columns a node; its nodes are numbered one after the other. A run is
   what a cell has of a post: three nodes, or one; node a of run r of a cell is node r + nrun a of its 27. */
struct assembly {
  const space *s;
  int height, nrun, run; /* nodes of a post; runs of a cell, nodes of a run */
  int nchunk;
  int32_t *batch;         /* [nchunk + 1] batches of a chunk */
  int32_t *table, *sheet; /* [nbatch] which table, and how many nodes above it */
  int32_t *node, *place;  /* [ntable][nrun][NB] first nodes of runs; where in the chunk's sum they are */
  int32_t *first, *post;  /* [nchunk + 1]; posts that a chunk touches, by their first node, as they are in its sum */
  int32_t *slot;          /* of each of these: -1, only this chunk touches it; else which border sum it makes */
  int nborder;            /* posts that several chunks touch */
  int32_t *border, *border_first, *border_slot; /* [nborder] first node; [nborder + 1]; their sums, by chunk */
  double *border_sum;                           /* [nslot][height][3]; of floats in its first half, like the next */
  double *sum;                                  /* [threads][nsum] */
  size_t nsum;
};

#endif
