/* Sums at the nodes of a mesh, of what groups of NB lanes make, without colours and locks, with the same bits for any
   number of threads.

   A post is a column of nodes, one after the other in a vector; on a mesh without columns a node. Groups are cut into
   chunks, the same ones for any number of threads. A thread adds up what a chunk makes in a place of its own, in order,
   and then adds that to the result: at posts that only this chunk touches at once, at those on its border in a second
   loop, chunk by chunk in order. So what groups make never leaves a core: written out whole and collected afterwards it
   was a quarter of a product with the tangent.

     for chunks in parallel, by at most `nthread` threads:  sum = posts_begin(p, c);  add to sum + place[..];
   posts_end(p, c, sum, set, out); posts_border(p, set, out);

   Numbers are real: double (_d) or float (_f). */
#ifndef KNEAD_POSTS_H
#define KNEAD_POSTS_H
#include <stdint.h>
#include "sim/base/arena.h"
#include "sim/kinds/material.h"

typedef struct posts {
  int size;       /* numbers of a post */
  int32_t *place; /* [ntable][ntouch] where in its chunk's sum a post is; -1: none */
  /* The posts that a chunk touches from first[chunk] on, in the order of its sum; -1, only this chunk touches it, or
     which border sum it makes. */
  int32_t *first, *post, *slot;
  int nborder;                                  /* posts that several chunks touch */
  int32_t *border, *border_first, *border_slot; /* [nborder] post; [nborder + 1]; its sums, by chunk */
  char *border_sum;                             /* [.][size] */
  char *sum;                                    /* [threads][nsum] */
  size_t nsum;                                  /* bytes */
  int nthread;                                  /* that there are sums for */
} posts;

/* Chunk c has tables chunk[c] to chunk[c + 1] - 1 of post [ntable][ntouch], -1: none; npost posts in all. bytes: of a
   number, the largest that will be added. Works with the threads that there are now. */
status posts_create(int npost, int size, size_t bytes, int nchunk, const int32_t *chunk, int ntouch,
                    const int32_t *post, arena *a, posts *out) MUST_CHECK;

/* Cells on a column mesh, and stars of columns, have nine runs of n nodes: parts of posts, or whole ones. They lie in
   x [27 n][NB] in rows 27 k + 3 run + component. Eight lanes go at a time.
   take: x from the numbers at from + first [9][NB] on, -1: zeros.
   give: adds x to those at sum + place [9][NB] on, -1: not. */
#define POSTS_TYPES(S, R)                                                                                              \
  R *posts_begin_##S(const posts *p, int chunk);                                /* zeros, of this thread */            \
  void posts_end_##S(const posts *p, int chunk, const R *sum, int set, R *out); /* set: out = sum, not += */           \
  void posts_border_##S(const posts *p, int set, R *out);                                                              \
  void posts_take_##S(const int32_t *first, int n, const R *from, R *x);                                               \
  void posts_give_##S(const int32_t *place, int n, const R *x, R *sum);
POSTS_TYPES(d, double)
POSTS_TYPES(f, float)

#endif
