#include <math.h>
#include <string.h>
#include "sim/fe/kernel.h"
#include "sim/fe/point.h"

status fe_cell_mean(const model *m, const double *u, const double *history, const output *o, arena *scratch,
                    double *out) {
  size_t mark = arena_mark(scratch);
  const space *s = m->space;
  kernel_points *k;
  NEW(scratch, k, 1);
  double *v, *ub;
  NEW(scratch, v, o->ncomp * NB);
  NEW(scratch, ub, CELL_DOF * NB);
  for (int b = 0; b < s->nbatch; b++) {
    kernel_in in = kernel_batch(s, b, 0); /* no time passes: stresses are those of this moment */
    if (history && in.nhist) in.hist = history + s->hist_first[b];
    int fibrous = in.law->fibre_stress != NULL && in.nfam > 0;
    double mean[6][NB] = {{0}}, volume[NB] = {0};
    kernel_gather(s->gather + (size_t)b * CELL_NODES * NB, u, ub);
    kernel_look(&in, ub, k);
    for (int q = 0; q < QUAD_CELL; q++) {
      output_in at = {.nfam = fibrous ? in.nfam : 0,
                      .model = m,
                      .tissue = s->tissue[b],
                      .F = k->F[q][0],
                      .J = k->J[q],
                      .sigma = k->sigma[q][0],
                      .pressure = k->pressure[q],
                      .W = k->W[q],
                      .fibre = in.fibre,
                      .fibre_stress = fibrous ? k->fibre_stress[q][0] : NULL};
      o->point(&at, v);
      const double *w = k->weight[q];
      for (int l = 0; l < NB; l++) {
        volume[l] += w[l];
        for (int c = 0; c < o->ncomp; c++) mean[c][l] += w[l] * v[c * NB + l];
      }
    }
    for (int l = 0; l < NB; l++)
      for (int c = 0; c < o->ncomp && space_active(s, b, l); c++)
        out[(size_t)s->cell[b * NB + l] * (size_t)o->ncomp + (size_t)c] = mean[c][l] / volume[l];
  }
  arena_release(scratch, mark);
  return ST_OK;
}

/* Jacobian at node a of a cell whose nodes are at x. */
static double jacobian_at(const double (*x)[3], int a) {
  static const double slope[3][3] = {{-1.5, 2, -0.5}, {-0.5, 0, 0.5}, {0.5, -2, 1.5}}; /* of N_b at node a of a line */
  const int at[3] = {a % 3, a / 3 % 3, a / 9}, stride[3] = {1, 3, 9};
  double t[3][3] = {{0}};
  for (int d = 0; d < 3; d++)
    for (int b = 0; b < 3; b++)
      for (int k = 0; k < 3; k++) t[d][k] += slope[at[d]][b] * x[a + (b - at[d]) * stride[d]][k];
  return t[0][0] * (t[1][1] * t[2][2] - t[1][2] * t[2][1]) - t[0][1] * (t[1][0] * t[2][2] - t[1][2] * t[2][0]) +
         t[0][2] * (t[1][0] * t[2][1] - t[1][1] * t[2][0]);
}

void fe_node_volume(const mesh *g, int cell, const double *u, double out[CELL_NODES]) {
  double x[CELL_NODES][3], X[CELL_NODES][3];
  for (int a = 0; a < CELL_NODES; a++)
    for (int k = 0; k < 3; k++) {
      size_t dof = 3 * (size_t)g->cell[CELL_NODES * (size_t)cell + (size_t)a] + (size_t)k;
      X[a][k] = g->x[dof], x[a][k] = X[a][k] + u[dof];
    }
  for (int a = 0; a < CELL_NODES; a++)
    out[a] = jacobian_at((const double(*)[3])x, a) / jacobian_at((const double(*)[3])X, a);
}

double fe_least_volume(const mesh *g, const double *u) {
  double least = INFINITY;
#pragma omp parallel for schedule(static) reduction(min : least)
  for (int c = 0; c < g->ncell; c++) {
    double J[CELL_NODES];
    fe_node_volume(g, c, u, J);
    for (int a = 0; a < CELL_NODES; a++) least = fmin(least, J[a]);
  }
  return least;
}

/* Reference weights of the 27 points of a cell. */
static void cell_weights(const mesh *m, int cell, double w[QUAD_CELL]) {
  for (int q = 0; q < QUAD_CELL; q++) {
    double G[9] = {0};
    for (int a = 0; a < CELL_NODES; a++) {
      const double *x = m->x + 3 * (size_t)m->cell[CELL_NODES * cell + a];
      for (int k = 0; k < 3; k++)
        for (int J = 0; J < 3; J++) G[3 * J + k] += x[J] * shape_cell_slope(q, a, k);
    }
    w[q] = shape_cell_weight(q) * (G[0] * (G[4] * G[8] - G[5] * G[7]) - G[1] * (G[3] * G[8] - G[5] * G[6]) +
                                   G[2] * (G[3] * G[7] - G[4] * G[6]));
  }
}

void fe_point_mean(const model *m, int ncomp, const double *in, double *out) {
#pragma omp parallel for schedule(static)
  for (int cell = 0; cell < m->mesh->ncell; cell++) {
    double w[QUAD_CELL], volume = 0;
    cell_weights(m->mesh, cell, w);
    for (int q = 0; q < QUAD_CELL; q++) volume += w[q];
    for (int c = 0; c < ncomp; c++) {
      double s = 0;
      for (int q = 0; q < QUAD_CELL; q++)
        s += w[q] * in[((size_t)cell * QUAD_CELL + (size_t)q) * (size_t)ncomp + (size_t)c];
      out[(size_t)cell * (size_t)ncomp + (size_t)c] = s / volume;
    }
  }
}

void fe_cell_volume(const model *m, double *volume) {
  for (int cell = 0; cell < m->mesh->ncell; cell++) {
    double w[QUAD_CELL];
    cell_weights(m->mesh, cell, w);
    volume[cell] = 0;
    for (int q = 0; q < QUAD_CELL; q++) volume[cell] += w[q];
  }
}

/* A node is a corner, the middle of an edge or the middle in all of its facets, so each has the same weight. */
static void loose_skin_to_node(const mesh *g, int ncomp, const double *in, double *out) {
  for (int f = 0; f < g->nskin; f++)
    for (int a = 0; a < FACET_NODES; a++) {
      int node = g->skin[FACET_NODES * f + a];
      double w[QUAD_FACET], weight = 0;
      for (int q = 0; q < QUAD_FACET; q++) {
        double n = shape_facet_value(q, a);
        weight += w[q] = n * n * shape_weight[q % 3] * shape_weight[q / 3];
      }
      for (int q = 0; q < QUAD_FACET; q++)
        for (int c = 0; c < ncomp; c++)
          out[(size_t)node * (size_t)ncomp + (size_t)c] +=
              w[q] / (weight * g->skin_count[node]) *
              in[((size_t)f * QUAD_FACET + (size_t)q) * (size_t)ncomp + (size_t)c];
    }
}

/* Each point gives to the nodes of its facet in proportion to its weight and the square of the shape function: the
   square is positive everywhere, the function itself is not. */
void fe_skin_to_node(const model *m, int ncomp, const double *in, double *out) {
  const mesh *g = m->mesh;
  for (size_t i = 0; i < (size_t)g->nnode * (size_t)ncomp; i++) out[i] = NAN;
  for (int c = 0; c < ncomp; c++) {
    for (int f = 0; f < g->nskin; f++)
      for (int a = 0; a < FACET_NODES; a++) out[(size_t)g->skin[FACET_NODES * f + a] * (size_t)ncomp + (size_t)c] = 0;
  }
  if (!mesh_in_columns(g)) {
    loose_skin_to_node(g, ncomp, in, out);
    return;
  }
  /* Facets are quadrangles of a column grid: node (i, j) of the top plane sees at most four of them, in facet order. */
  for (int j = 0; j <= 2 * g->ny; j++)
    for (int i = 0; i <= 2 * g->nx; i++) {
      double sum[16] = {0}, weight = 0;
      int node = mesh_node(g, i, j, 2 * g->nz);
      for (int fj = (j - 1) / 2; fj <= j / 2; fj++)
        for (int fi = (i - 1) / 2; fi <= i / 2; fi++) {
          if (fi < 0 || fj < 0 || fi >= g->nx || fj >= g->ny) continue;
          int f = fj * g->nx + fi, a = (i - 2 * fi) + 3 * (j - 2 * fj);
          if (i - 2 * fi > 2 || j - 2 * fj > 2) continue;
          for (int q = 0; q < QUAD_FACET; q++) {
            double n = shape_facet_value(q, a), w = n * n * shape_weight[q % 3] * shape_weight[q / 3];
            weight += w;
            for (int c = 0; c < ncomp && c < 16; c++)
              sum[c] += w * in[((size_t)f * QUAD_FACET + (size_t)q) * (size_t)ncomp + (size_t)c];
          }
        }
      for (int c = 0; c < ncomp && c < 16; c++) out[(size_t)node * (size_t)ncomp + (size_t)c] = sum[c] / weight;
    }
}
