/* The sum of the terms as a non-linear problem, its supports, and its preconditioner with the hands' unknowns. */
#ifndef KNEAD_EQUILIBRIUM_H
#define KNEAD_EQUILIBRIUM_H
#include "sim/contact/contact.h"
#include "sim/mechanics/inertia.h"
#include "sim/mechanics/solid.h"
#include "sim/solve/newton.h"

typedef struct equilibrium equilibrium;

/* Words for it in scenarios in this order. AUTO: levels on a mesh in columns, the whole matrix on any other. */
typedef enum preconditioner { PRECONDITIONER_AUTO, PRECONDITIONER_MULTIGRID, PRECONDITIONER_DIRECT } preconditioner;

status equilibrium_create(const model *m, solid *s, contact *c, preconditioner which, arena *a,
                          equilibrium **out) MUST_CHECK;
/* Which one it has, and why; for people. */
const char *equilibrium_preconditioner(const equilibrium *e);
/* One more part of the body, beside the solid: a benchmark's. */
void equilibrium_add(equilibrium *e, term guest);
/* A new attempt: which depths and offsets are unknown. */
void equilibrium_begin(equilibrium *e, const contact_tool *tools);
/* After it: u, which stays there through the attempt, is a state near by that was in balance. Where the tangent is not
   positive the body has that of u, and contact its own; `now`, because Newton begins at a guess: already the first
   time. (What is put together from other places is only nearly incompressible: it has pressures of its own, beside
   which the body's stiffness need not be positive.) */
void equilibrium_trust(equilibrium *e, const double *u, int now);
/* How often contact changed its multipliers since equilibrium_begin. */
int equilibrium_augmentations(const equilibrium *e);
nl_problem equilibrium_problem(equilibrium *e);
/* Forces that hold the body at u: by the supports [3], by each rig [3 nrig]. */
void equilibrium_reactions(equilibrium *e, const double *u, double *support, double *rig);
/* The forces of the last equilibrium_reactions that hold what is prescribed, [3 nnode]; elsewhere what Newton left. */
const double *equilibrium_forces(const equilibrium *e);
/* Is an unknown, 0 .. 3 nnode - 1, held by a support, and by no rig? */
int equilibrium_supported(const equilibrium *e, size_t unknown);
/* Share of the body's weight that acts: 1 unless a body is put to rest. */
void equilibrium_weigh(equilibrium *e, double share);
/* All of the weight [3], N; what work it has done on the way to u, J. */
const double *equilibrium_weight(const equilibrium *e);
double equilibrium_weight_work(const equilibrium *e, const double *u);
/* The term of a model that has inertia, else NULL. */
inertia *equilibrium_inertia(equilibrium *e);
const double *equilibrium_seconds(const equilibrium *e);
/* 1 at displacements that supports or rigs prescribe, [3 nnode]. */
const uint8_t *equilibrium_fixed(const equilibrium *e);

#endif
