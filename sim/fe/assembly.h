/* A loop over all elements: from nodes to batches, through a kernel, back to nodes.

   Batches are cut into chunks, the same ones for any number of threads. A thread adds up what a chunk makes in a place
   of its own, in the order of batches, and then adds that to the result: where only this chunk touches a node at once,
   on its border in a second loop, chunk by chunk in order. So there are no colours and no locks, the bits are the same
   for any number of threads, and element results never leave a core: written out whole and collected afterwards they
   were a quarter of a product with the tangent.

   The nodes of a column stand one after the other, so a cell of a column mesh has nine runs of nine numbers: they are
   read and added as such, eight lanes at a time. */
#ifndef KNEAD_ASSEMBLY_H
#define KNEAD_ASSEMBLY_H
#include "sim/fe/space.h"

typedef struct assembly assembly;

/* Works with the threads that there are now. The space is kept. */
status assembly_create(const space *s, arena *a, assembly **out) MUST_CHECK;

/* out [nnode][3] += sum over batches of what make() puts into r [81][NB], given the batch's values x [81][NB] of
   from [nnode][3]. Of spare lanes nothing is taken. */
void assembly_add_d(assembly *a, void (*make)(void *ctx, int batch, const double *x, double *r), void *ctx,
                    const double *from, double *out);
void assembly_add_f(assembly *a, void (*make)(void *ctx, int batch, const float *x, float *r), void *ctx,
                    const float *from, float *out);

#endif
