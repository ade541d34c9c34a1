/* The loop over all elements: from nodes to batches, through a kernel, back to nodes in a fixed order (posts.h). */
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
