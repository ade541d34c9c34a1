#include "sim/mechanics/direct.h"
#include <stdlib.h>
#include <string.h>
#include "sim/base/order.h"
#include "sim/base/par.h"
#include "sim/fe/kernel.h"
#include "sim/mechanics/site.h"
#include "sim/solve/sparse.h"

enum { PAIRS = CELL_NODES * (CELL_NODES + 1) / 2 };

struct direct {
  const space *s;
  int nfree;        /* nodes with an unknown */
  int32_t *place;   /* [nnode] in the order of elimination; -1: all is fixed */
  int32_t *unknown; /* [3 nnode] row of the matrix; -1: fixed */
  int32_t *at;      /* [ncell][PAIRS] where in the columns of the later node the rows of the earlier one begin; -1 */
  int32_t *first;   /* [n + 1] */
  sparse *matrix;
  double *x, *rhs; /* the matrix's values; [n] */
  int n, chunk, nthread;
  float *K; /* [chunk][SITE_SIZE] */
  double seconds;
};

/* The graph of free nodes: column c holds node node[c]'s neighbours at lower places and itself, by increasing place. */
typedef struct graph {
  int32_t *first, *row; /* [nfree + 1] */
} graph;

/* Cells about each node. */
typedef struct around {
  int32_t *first, *cell; /* [nnode + 1] */
} around;

static status find_cells(const mesh *m, arena *a, around *out) {
  int32_t *fill;
  NEW(a, out->first, m->nnode + 1);
  NEW(a, out->cell, (size_t)m->ncell * CELL_NODES);
  NEW(a, fill, m->nnode);
  for (int i = 0; i < m->ncell * CELL_NODES; i++) out->first[m->cell[i] + 1]++;
  for (int n = 0; n < m->nnode; n++) out->first[n + 1] += out->first[n];
  for (int i = 0; i < m->ncell * CELL_NODES; i++)
    out->cell[out->first[m->cell[i]] + fill[m->cell[i]]++] = i / CELL_NODES;
  return ST_OK;
}

/* Places of the neighbours of a node that are not above its own, increasing; mark [nnode] holds no number >= node. */
static int neighbours(const mesh *m, const around *about, int node, const int32_t *place, int32_t *mark, int32_t *out) {
  int n = 0;
  for (int k = about->first[node]; k < about->first[node + 1]; k++) {
    const int32_t *other = m->cell + (size_t)CELL_NODES * (size_t)about->cell[k];
    for (int a = 0; a < CELL_NODES; a++) {
      int p = place[other[a]];
      if (p < 0 || p > place[node] || mark[other[a]] == node) continue;
      mark[other[a]] = node;
      if (out) out[n] = p;
      n++;
    }
  }
  if (out) qsort(out, (size_t)n, sizeof *out, order_int32);
  return n;
}

static status make_graph(const direct *d, const int32_t *node, arena *a, graph *g) {
  const mesh *m = d->s->mesh;
  around about;
  int32_t *mark;
  NEW(a, g->first, d->nfree + 1);
  TRY(find_cells(m, a, &about));
  NEW(a, mark, m->nnode);
  memset(mark, -1, (size_t)m->nnode * sizeof *mark);
  for (int c = 0; c < d->nfree; c++)
    g->first[c + 1] = g->first[c] + neighbours(m, &about, node[c], d->place, mark, NULL);
  NEW(a, g->row, g->first[d->nfree]);
  memset(mark, -1, (size_t)m->nnode * sizeof *mark);
  for (int c = 0; c < d->nfree; c++) neighbours(m, &about, node[c], d->place, mark, g->row + g->first[c]);
  return ST_OK;
}

/* Where local node b of a cell comes in the columns of its local node a, which is eliminated later. */
static int find_offset(const graph *g, const int32_t *offset, int later, int earlier) {
  int lo = g->first[later], hi = g->first[later + 1];
  while (lo + 1 < hi) {
    int mid = (lo + hi) / 2;
    if (g->row[mid] <= earlier)
      lo = mid;
    else
      hi = mid;
  }
  return offset[lo];
}

/* From nodes to unknowns: rows of a column are the free unknowns of the nodes of its node's column, up to itself. */
static status make_matrix(direct *d, const graph *g, const int32_t *node, arena *scratch, arena *a) {
  const mesh *m = d->s->mesh;
  int32_t *start, *offset, *row;
  NEW(scratch, start, d->nfree + 1); /* first unknown of a place */
  NEW(scratch, offset, g->first[d->nfree]);
  for (int c = 0; c < d->nfree; c++) {
    start[c + 1] = start[c];
    for (int k = 0; k < 3; k++) start[c + 1] += d->unknown[3 * (size_t)node[c] + (size_t)k] >= 0;
  }
  d->n = start[d->nfree];
  NEW(a, d->first, d->n + 1);
  NEW(a, d->rhs, d->n);
  for (int c = 0; c < d->nfree; c++) {
    int n = 0, size = start[c + 1] - start[c];
    for (int k = g->first[c]; k < g->first[c + 1]; k++) offset[k] = n, n += start[g->row[k] + 1] - start[g->row[k]];
    for (int i = 0; i < size; i++) d->first[start[c] + i + 1] = n - size + i + 1;
    for (int k = 0, i = start[c]; k < 3; k++) {
      int32_t *u = d->unknown + 3 * (size_t)node[c] + (size_t)k;
      if (*u >= 0) *u = i++;
    }
  }
  for (int i = 0; i < d->n; i++) {
    if (d->first[i] > INT32_MAX - d->first[i + 1]) FAIL(ST_INPUT, "the matrix has more than %d entries", INT32_MAX);
    d->first[i + 1] += d->first[i];
  }
  NEW(a, row, d->first[d->n]);
  for (int c = 0; c < d->nfree; c++)
    for (int i = start[c]; i < start[c + 1]; i++) {
      int32_t *to = row + d->first[i];
      for (int k = g->first[c]; k < g->first[c + 1]; k++)
        for (int r = start[g->row[k]]; r < start[g->row[k] + 1] && r <= i; r++) *to++ = r;
    }
  TRY(sparse_create(d->n, d->first, row, a, &d->matrix));
  d->x = sparse_values(d->matrix);

  NEW(a, d->at, (size_t)m->ncell * PAIRS);
  for (int cell = 0; cell < m->ncell; cell++) {
    int32_t *at = d->at + (size_t)cell * PAIRS;
    const int32_t *of = m->cell + (size_t)CELL_NODES * (size_t)cell;
    for (int p = 0; p < CELL_NODES; p++)
      for (int q = 0; q <= p; q++, at++) {
        int x = d->place[of[p]], y = d->place[of[q]];
        *at = x < 0 || y < 0 ? -1 : x > y ? find_offset(g, offset, x, y) : find_offset(g, offset, y, x);
      }
  }
  return ST_OK;
}

status direct_create(const space *s, const uint8_t *fixed, arena *a, direct **out) {
  direct *d;
  const mesh *m = s->mesh;
  size_t ndof = 3 * (size_t)m->nnode;
  NEW(a, d, 1);
  d->s = s, d->nthread = par_nthread(), d->chunk = 4 * d->nthread;
  NEW(a, d->place, m->nnode);
  NEW(a, d->unknown, ndof);
  for (size_t i = 0; i < ndof; i++) d->unknown[i] = fixed[i] ? -1 : 0, d->n += !fixed[i];
  if (d->n > DIRECT_MOST)
    FAIL(ST_INPUT,
         "%d unknowns are too many for the direct preconditioner%s: it ends at %d. A coarser mesh helps, or %s", d->n,
         mesh_in_columns(m) ? "" : ", the only one of a mesh without columns", DIRECT_MOST,
         mesh_in_columns(m) ? "multigrid, which knows no such limit and takes meshes in columns as this one"
                            : "one in columns (a skin of quadrangles, extruded), which knows no such limit");

  arena *scratch = arena_create(1 << 20);
  if (!scratch) FAIL(ST_INTERNAL, "out of memory for the order of elimination");
  status st = ST_OK;
  int32_t *node, *order, *swap;
  graph g;
#define SCRATCH(p, n)                                                                                                  \
  if (!((p) = arena_alloc(scratch, (size_t)(n) * sizeof *(p)))) FAIL_OR(done, ST_INTERNAL, "out of memory for %s", #p)
  SCRATCH(node, m->nnode);
  SCRATCH(order, m->nnode);
  SCRATCH(swap, m->nnode);
  for (int i = 0; i < m->nnode; i++) {
    const int32_t *u = d->unknown + 3 * (size_t)i;
    d->place[i] = u[0] < 0 && u[1] < 0 && u[2] < 0 ? -1 : d->nfree++;
    if (d->place[i] >= 0) node[d->place[i]] = i;
  }
  TRY_OR(done, make_graph(d, node, scratch, &g));
  TRY_OR(done, sparse_order(d->nfree, g.first, g.row, order));
  memcpy(swap, node, (size_t)d->nfree * sizeof *swap);
  for (int c = 0; c < d->nfree; c++) node[c] = swap[order[c]], d->place[node[c]] = c;
  TRY_OR(done, make_graph(d, node, scratch, &g));
  TRY_OR(done, make_matrix(d, &g, node, scratch, a));
done:
  arena_destroy(&scratch);
  TRY(st);
  NEW(a, d->K, (size_t)d->chunk * SITE_SIZE);
  *out = d;
  return ST_OK;
}

int direct_unknowns(const direct *d) {
  return d->n;
}
size_t direct_nfactor(const direct *d) {
  return sparse_nfactor(d->matrix);
}
double direct_cells_seconds(const direct *d) {
  return d->seconds;
}

void direct_begin(direct *d) {
  memset(d->x, 0, (size_t)d->first[d->n] * sizeof *d->x);
}

/* Adds the 3 x 3 block of nodes p >= q of a cell, k by its rows [p][q]. */
static void add_block(direct *d, int cell, int p, int q, const double k[9]) {
  const int32_t *of = d->s->mesh->cell + (size_t)CELL_NODES * (size_t)cell;
  int at = d->at[(size_t)cell * PAIRS + (size_t)(p * (p + 1) / 2 + q)];
  if (at < 0) return;
  int turn = d->place[of[p]] < d->place[of[q]];
  const int32_t *column = d->unknown + 3 * (size_t)of[turn ? q : p], *row = d->unknown + 3 * (size_t)of[turn ? p : q];
  for (int c = 0; c < 3; c++) {
    if (column[c] < 0) continue;
    double *to = d->x + d->first[column[c]] + at;
    for (int r = 0; r < 3; r++) {
      if (row[r] < 0 || row[r] > column[c]) continue;
      *to++ += turn ? k[3 * r + c] : k[3 * c + r];
    }
  }
}

void direct_facet(direct *d, int facet, const double k[27][27]) {
  int cell = d->s->mesh->skin_cell[facet];
  for (int p = 0; p < FACET_NODES; p++)
    for (int q = 0; q <= p; q++) {
      double b[9];
      for (int i = 0; i < 9; i++) b[i] = k[3 * p + i / 3][3 * q + i % 3];
      add_block(d, cell, CELL_NODES - FACET_NODES + p, CELL_NODES - FACET_NODES + q, b);
    }
}

static void add_site(direct *d, int site, const float *K) {
  for (int l = 0; l < NB; l++) {
    int cell = space_site_cell(d->s, site, l);
    if (cell < 0) continue;
    for (int p = 0; p < CELL_NODES; p++)
      for (int q = 0; q <= p; q++) {
        double b[9];
        for (int i = 0; i < 9; i++) b[i] = (double)K[site_at(3 * p + i / 3, 3 * q + i % 3) * NB + (size_t)l];
        add_block(d, cell, p, q, b);
      }
  }
}

int direct_setup(direct *d, direct_cells *cells, void *ctx) {
  d->seconds = 0;
  for (int site = 0; site < d->s->nsite; site += d->chunk) {
    int end = site + d->chunk < d->s->nsite ? site + d->chunk : d->s->nsite;
    double t0 = par_wall();
#pragma omp parallel for schedule(dynamic, 1) num_threads(d->nthread)
    for (int k = site; k < end; k++) {
      float *K = d->K + (size_t)(k - site) * SITE_SIZE;
      memset(K, 0, SITE_SIZE * sizeof *K);
      cells(ctx, k, K);
    }
    d->seconds += par_wall() - t0;
    for (int k = site; k < end; k++) add_site(d, k, d->K + (size_t)(k - site) * SITE_SIZE);
  }
  return sparse_factor(d->matrix);
}

void direct_solve(direct *d, const double *r, double *z) {
  size_t ndof = 3 * (size_t)d->s->mesh->nnode;
  for (size_t i = 0; i < ndof; i++)
    if (d->unknown[i] >= 0) d->rhs[d->unknown[i]] = r[i];
  sparse_solve(d->matrix, d->rhs);
  for (size_t i = 0; i < ndof; i++) z[i] = d->unknown[i] >= 0 ? d->rhs[d->unknown[i]] : 0;
}
