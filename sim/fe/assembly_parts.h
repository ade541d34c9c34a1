/* What assembly.c makes and the loops of assembly_add.c, compiled for double and for float, go through. */
#ifndef KNEAD_ASSEMBLY_PARTS_H
#define KNEAD_ASSEMBLY_PARTS_H
#include "sim/fe/assembly.h"
#include "sim/fe/posts.h"

struct assembly {
  const space *s;
  int height; /* nodes of a post: of a column of nodes, or one */
  int ntouch; /* runs of a batch: 9 NB of three nodes, or 27 NB of one */
  int nchunk;
  int32_t *batch;         /* [nchunk + 1] batches of a chunk */
  int32_t *table, *above; /* [nbatch] which table of runs; how many numbers above its bottom */
  int32_t *first;         /* [ntable][ntouch] first numbers of runs */
  posts posts;
};

#endif
