/* The solid as a term of equilibrium: loops of the element kernels over batches. */
#ifndef KNEAD_SOLID_H
#define KNEAD_SOLID_H
#include "sim/fe/kernel.h"
#include "sim/fe/term.h"

typedef struct solid solid;

status solid_create(const model *m, arena *a, solid **out) MUST_CHECK;
term solid_term(solid *s);
/* Before a step: its length, and what the materials remember at its start (field material_history). */
void solid_begin(solid *s, double dt, const double *h0);
/* Share of the resting activation that acts: 1 unless a body is put to rest. */
void solid_tone(solid *s, double factor);
int solid_culprit(const solid *s); /* lowest cell inside out in the last residual, -1 */
/* After a step: mixed pressure at the points [ncell * 27], positive in compression, Pa; new history. */
void solid_store(solid *s, const double *u, double *pressure, double *h1);

#endif
