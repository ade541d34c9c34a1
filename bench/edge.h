/* Cells about the edge of P1's patch, looked at to their corners.

   At that edge strain has no bound. The element of sim/fe holds volume in four means a cell and looks at it in 27
   points, none at a node: beside the edge, cells of less than a millimetre turn inside out between them. Here points
   lie on corners, edges and faces, too (Gauss and Lobatto's rule, five a line), at each the body's law resists as -ln J
   does, and a part of its bulk modulus holds the volume there:

     W = mu/2 (I1 - 3) - mu ln J + hold/2 (ln J)^2 + (lambda - hold)/2 (Pi ln J)^2

   Pi is the L2 projection on 1, X, Y, Z over the cell at rest. With hold = lambda it is P1's law in an element of
   displacements alone, with 0 the mixed one; any of them tends to P1 as cells become finer.

   As cells become finer, J at the edge tends to zero, and a state brought from a coarser mesh is inside out there.
   Hence from some J down ln J may go on as its parabola, which has forces for any J. */
#ifndef KNEAD_BENCH_EDGE_H
#define KNEAD_BENCH_EDGE_H
#include "sim/fe/space.h"
#include "sim/fe/term.h"

typedef struct edge edge;

/* Takes the n cells listed away from the space, whose element leaves them alone from now on. The space and the list are
   kept. */
status edge_create(space *s, int n, const int32_t *cell, double mu, double lambda, arena *a, edge **out) MUST_CHECK;
term edge_term(edge *e);
/* From J = least down ln J is its parabola there. 0, as at first: what is inside out is refused. */
void edge_soften(edge *e, double least);

#endif
