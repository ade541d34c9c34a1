/* The skin as a field of hats: one for each node, bilinear on facets halved both ways. A node's patch is where its hat
   is not zero. Contact points are finer than that (nine to a facet, which has four nodes of its own), so displacements
   can bring the means over patches to nothing, but not every point. */
#ifndef KNEAD_PATCH_H
#define KNEAD_PATCH_H
#include "sim/base/arena.h"
#include "sim/mesh/mesh.h"

typedef struct patches patches;

/* weight [9 nskin]: reference area of the contact points, facet by facet; kept, not copied. */
status patches_create(const mesh *g, const double *weight, arena *a, patches **out) MUST_CHECK;
/* How far v [9 nskin] is from nothing in the mean over a patch, at the worst: by |mean| where all of its points count,
   by -mean where some do; where none does, nothing is asked. */
double patches_worst(patches *k, const uint8_t *counts, const double *v);
/* Adds to `to`, at the points that count, the field of hats that is near to v there in the mean square. */
void patches_add(patches *k, const uint8_t *counts, const double *v, double *to);

#endif
