#include <math.h>
#include <string.h>
#include "sim/fe/space.h"

/* dx/dxi at point q of a cell, and its determinant. */
static double cell_jacobian(const mesh *m, int cell, int q, double G[9]) {
  memset(G, 0, 9 * sizeof *G);
  for (int a = 0; a < CELL_NODES; a++) {
    const double *x = m->x + 3 * (size_t)m->cell[CELL_NODES * cell + a];
    for (int k = 0; k < 3; k++) {
      double s = shape_cell_slope(q, a, k);
      for (int J = 0; J < 3; J++) G[3 * J + k] += x[J] * s;
    }
  }
  return G[0] * (G[4] * G[8] - G[5] * G[7]) - G[1] * (G[3] * G[8] - G[5] * G[6]) + G[2] * (G[3] * G[7] - G[4] * G[6]);
}

static void invert(const double A[9], double det, double B[9]) {
  double s = 1 / det;
  B[0] = s * (A[4] * A[8] - A[5] * A[7]), B[1] = s * (A[2] * A[7] - A[1] * A[8]),
  B[2] = s * (A[1] * A[5] - A[2] * A[4]);
  B[3] = s * (A[5] * A[6] - A[3] * A[8]), B[4] = s * (A[0] * A[8] - A[2] * A[6]),
  B[5] = s * (A[2] * A[3] - A[0] * A[5]);
  B[6] = s * (A[3] * A[7] - A[4] * A[6]), B[7] = s * (A[1] * A[6] - A[0] * A[7]),
  B[8] = s * (A[0] * A[4] - A[1] * A[3]);
}

/* A cell of which all edges are straight and opposite ones parallel. Coordinates carry round-off of their own size,
   hence 1e-12 of the Jacobian: far above that, far below what changes a result. */
static int is_flat(const mesh *m, int cell) {
  double G[9], middle[9], size = 0;
  cell_jacobian(m, cell, 13, middle);
  for (int k = 0; k < 9; k++) size = fmax(size, fabs(middle[k]));
  for (int q = 0; q < QUAD_CELL; q++) {
    cell_jacobian(m, cell, q, G);
    for (int k = 0; k < 9; k++)
      if (!(fabs(G[k] - middle[k]) <= 1e-12 * size)) return 0;
  }
  return 1;
}

static status flat_geometry(const mesh *m, int cell, double *geo) {
  double G[9], B[9], det = cell_jacobian(m, cell, 13, G);
  if (!(det > 0)) FAIL(ST_INPUT, "cell %d of the mesh is inside out before anything moved", cell);
  invert(G, det, B);
  for (int k = 0; k < 9; k++) geo[k * NB] = B[k];
  geo[9 * NB] = det, geo[10 * NB] = 1 / sqrt(8 * det);
  return ST_OK;
}

/* Geometry of one lane. The pressure basis 1, X - Xc, Y - Yc, Z - Zc in reference coordinates keeps its order on curved
   cells; it is made orthonormal over the cell (twice, for round-off), so a projection is a sum and needs no matrix. */
static status curved_geometry(const mesh *m, int cell, double *geo) {
  double w[QUAD_CELL], x[QUAD_CELL][3], *psi = geo + QUAD_CELL * SPACE_GEO * NB;
  for (int q = 0; q < QUAD_CELL; q++) {
    double G[9], B[9], det = cell_jacobian(m, cell, q, G);
    if (!(det > 0)) FAIL(ST_INPUT, "cell %d of the mesh is inside out before anything moved", cell);
    invert(G, det, B);
    w[q] = det * shape_cell_weight(q);
    for (int k = 0; k < 9; k++) geo[(q * SPACE_GEO + k) * NB] = B[k];
    geo[(q * SPACE_GEO + 9) * NB] = w[q];
    for (int J = 0; J < 3; J++) {
      x[q][J] = 0;
      for (int a = 0; a < CELL_NODES; a++)
        x[q][J] += shape_cell_value(q, a) * m->x[3 * (size_t)m->cell[CELL_NODES * cell + a] + J];
    }
  }
  double basis[SPACE_PSI][QUAD_CELL];
  for (int b = 0; b < SPACE_PSI; b++)
    for (int q = 0; q < QUAD_CELL; q++) basis[b][q] = b == 0 ? 1 : x[q][b - 1];
  for (int b = 0; b < SPACE_PSI; b++) {
    for (int pass = 0; pass < 2; pass++)
      for (int c = 0; c < b; c++) {
        double s = 0;
        for (int q = 0; q < QUAD_CELL; q++) s += w[q] * basis[b][q] * basis[c][q];
        for (int q = 0; q < QUAD_CELL; q++) basis[b][q] -= s * basis[c][q];
      }
    double n = 0;
    for (int q = 0; q < QUAD_CELL; q++) n += w[q] * basis[b][q] * basis[b][q];
    for (int q = 0; q < QUAD_CELL; q++) psi[(q * SPACE_PSI + b) * NB] = basis[b][q] /= sqrt(n);
  }
  return ST_OK;
}

/* Tissues at a site, as layer numbers (layers may share a tissue; they keep their own batches); cells[l] of its lanes,
   -1 where there is none. */
static int site_layers(const mesh *g, int site, int32_t cells[NB], int layer[NB]) {
  int n = 0;
  for (int l = 0; l < NB; l++) {
    int known = 0;
    cells[l] = lanes_cell(g->nx, g->ny, g->nz, g->ncell, site, l);
    if (cells[l] < 0) continue;
    for (int k = 0; k < n; k++) known |= layer[k] == g->layer[cells[l]];
    if (!known) layer[n++] = g->layer[cells[l]];
  }
  return n;
}

static status make_batches(const model *m, space *s, arena *a) {
  const mesh *g = s->mesh;
  int32_t cells[NB];
  int layer[NB];
  s->nsite = lanes_nsite(g->nx, g->ny, g->nz, g->ncell);
  NEW(a, s->site_first, s->nsite + 1);
  for (int site = 0; site < s->nsite; site++) s->site_first[site + 1] = s->nbatch += site_layers(g, site, cells, layer);
  NEW(a, s->tissue, s->nbatch);
  NEW(a, s->active, s->nbatch);
  NEW(a, s->cell, s->nbatch * NB);
  NEW(a, s->gather, s->nbatch * CELL_NODES * NB);
  NEW(a, s->where, g->ncell);
  for (int site = 0, b = 0; site < s->nsite; site++) {
    int n = site_layers(g, site, cells, layer);
    for (int k = 0; k < n; k++, b++) {
      int32_t some = -1;
      s->tissue[b] = m->layer_tissue[layer[k]];
      for (int l = 0; l < NB; l++) {
        if (cells[l] < 0 || g->layer[cells[l]] != layer[k]) continue;
        s->active[b] |= 1u << l;
        s->where[some = cells[l]] = b * NB + l;
      }
      for (int l = 0; l < NB; l++) s->cell[b * NB + l] = space_active(s, b, l) ? cells[l] : some;
    }
  }
  return ST_OK;
}

/* How much a point belongs to a nodule: 1 inside, 0 outside, smooth over half a radius about its surface, so that the
   share of an element it fills changes by degrees. */
static double nodule_weight(const nodule *n, const double x[3]) {
  double r2 = 0;
  for (int i = 0; i < 3; i++) {
    double d = 0;
    for (int k = 0; k < 3; k++) d += n->axes[3 * i + k] * (x[k] - n->centre[k]);
    r2 += d * d / (n->half[i] * n->half[i]);
  }
  double t = fmin(1, fmax(0, (1.25 - sqrt(r2)) / 0.5));
  return t * t * (3 - 2 * t);
}

/* Activation and stiffness at the points, from the tone of tissues and from nodules. */
static status point_fields(model *m, space *s, arena *a) {
  int active = 0, scale = 0;
  for (int t = 0; t < m->ntissue; t++) active |= m->tissues[t].tone > 0;
  for (int n = 0; n < m->nnodule; n++)
    active |= !isnan(m->nodules[n].activation), scale |= !isnan(m->nodules[n].stiffness);
  size_t size = (size_t)s->nbatch * QUAD_CELL * NB;
  if (active) NEW(a, s->tone, size);
  if (scale) NEW(a, s->scale, size);
  for (size_t i = 0; (active || scale) && i < size; i++) {
    int b = (int)(i / (QUAD_CELL * NB)), q = (int)(i / NB) % QUAD_CELL, l = (int)(i % NB);
    const int32_t *node = s->mesh->cell + (size_t)CELL_NODES * (size_t)s->cell[b * NB + l];
    double x[3] = {0}, tone = s->tissue[b]->tone, stiff = 1;
    for (int k = 0; k < CELL_NODES; k++)
      for (int c = 0; c < 3; c++) x[c] += shape_cell_value(q, k) * s->mesh->x[3 * (size_t)node[k] + (size_t)c];
    for (int k = 0; k < m->nnodule; k++) {
      nodule *n = m->nodules + k;
      double w = n->tissue == s->tissue[b] ? nodule_weight(n, x) : 0;
      if (!isnan(n->activation)) tone += w * (n->activation - tone);
      if (!isnan(n->stiffness)) stiff *= 1 + w * (n->stiffness - 1);
      n->npoint += w > 0.5 && space_active(s, b, l);
    }
    if (active) s->tone[i] = tone;
    if (scale) s->scale[i] = stiff;
  }
  return ST_OK;
}

status space_create(model *m, arena *a, space **out) {
  const mesh *g = m->mesh;
  space *s;
  NEW(a, s, 1);
  s->mesh = g;
  s->nfam = g->nfam;
  TRY(make_batches(m, s, a));
  NEW(a, s->hist_first, s->nbatch + 1);
  for (int b = 0; b < s->nbatch; b++) {
    const tissue *t = s->tissue[b];
    int nhist = t->law->nhist ? t->law->nhist(t->par) : 0;
    s->hist_first[b + 1] = s->hist_first[b] + (size_t)(QUAD_CELL * nhist * NB);
  }
  NEW(a, s->flat, s->nbatch);
  NEW(a, s->geo_first, s->nbatch + 1);
  for (int b = 0; b < s->nbatch; b++) {
    s->flat[b] = 1;
    for (int l = 0; l < NB && s->flat[b]; l++) s->flat[b] = (uint8_t)is_flat(g, s->cell[b * NB + l]);
    s->geo_first[b + 1] = s->geo_first[b] + NB * (s->flat[b] ? SPACE_GEO + 1 : QUAD_CELL * (SPACE_GEO + SPACE_PSI));
  }
  size_t ngeo = s->geo_first[s->nbatch], nfibre = (size_t)s->nbatch * 3 * MAT_FAMILIES * NB;
  NEW(a, s->geo, ngeo);
  NEW(a, s->fibre, nfibre);
  for (int b = 0; b < s->nbatch; b++)
    for (int l = 0; l < NB; l++) {
      int cell = s->cell[b * NB + l];
      for (int n = 0; n < CELL_NODES; n++) s->gather[(b * CELL_NODES + n) * NB + l] = g->cell[CELL_NODES * cell + n];
      double *geo = s->geo + s->geo_first[b] + l;
      TRY(s->flat[b] ? flat_geometry(g, cell, geo) : curved_geometry(g, cell, geo));
      for (int k = 0; k < 3 * g->nfam; k++)
        s->fibre[((size_t)b * 3 * MAT_FAMILIES + k) * NB + l] = g->fibre[(size_t)cell * 3 * g->nfam + k];
    }
  TRY(point_fields(m, s, a));
  *out = s;
  return ST_OK;
}
