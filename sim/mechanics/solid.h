/* The solid as a term of equilibrium: loops of the element kernels over batches. */
#ifndef KNEAD_SOLID_H
#define KNEAD_SOLID_H
#include "sim/fe/kernel.h"
#include "sim/fe/term.h"

typedef struct solid solid;

status solid_create(const model *m, arena *a, solid **out) MUST_CHECK;
term solid_term(solid *s);
void solid_set_dt(solid *s, double dt);
int solid_culprit(const solid *s); /* lowest cell inside out in the last residual, -1 */
/* Mixed pressure at the points [ncell * 27], positive in compression, Pa. */
void solid_pressure(solid *s, const double *u, double *pressure);

#endif
