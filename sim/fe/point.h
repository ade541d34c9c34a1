/* Stress and strain at the quadrature points of a mesh, for whoever wants to look (outputs, history, perfusion): the
   same three-field evaluation the solver uses, NB points of one tissue at a time. */
#ifndef KNEAD_FE_POINT_H
#define KNEAD_FE_POINT_H
#include "sim/state/model.h"
#include "sim/kinds/output.h"

/* Volume mean over each cell of an output: out [ncell][ncomp]. u: displacements [nnode][3]. Weights are reference
   volumes. ST_OK always: cells that are inside out give NaN. */
status fe_cell_mean(const model *m, const double *u, const double *history, const output *o, arena *scratch,
                    double *out) MUST_CHECK;
/* Volume mean over each cell of a field at AT_POINT: in [ncell*27][ncomp], out [ncell][ncomp]. */
void fe_point_mean(const model *m, int ncomp, const double *in, double *out);
/* Mean over the facets that share a node of a field at AT_SKIN (weights: area): in [nskin*9][ncomp], out
   [nnode][ncomp], NaN off the skin. */
void fe_skin_to_node(const model *m, int ncomp, const double *in, double *out);
/* Volume at the nodes of a cell over what it was at rest: 0 or less where it is inside out. Points of integration lie
   further in, and only there does a law resist. */
void fe_node_volume(const mesh *g, int cell, const double *u, double out[CELL_NODES]);
/* The least of all cells. */
double fe_least_volume(const mesh *g, const double *u);
/* Reference volume of every cell, m^3. */
void fe_cell_volume(const model *m, double *volume);

#endif
