#include "sim/solve/sparse.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <suitesparse/cholmod.h>

/* A pivot below this share of its diagonal is none. Element matrices are in single precision, so what is below 1e-7 of
   the diagonal is round-off already; a thousandth of that keeps what happens to be right. */
static const double PIVOT_LEAST = 1e-10;

struct sparse {
  int n;
  int32_t *first;
  double *scale; /* [n] 1 / sqrt of the diagonal */
  double flops;
  cholmod_sparse A;
  cholmod_factor L; /* its arrays are in the arena */
  cholmod_common common;
};

static cholmod_sparse upper(int n, int32_t *first, int32_t *row, double *x) {
  return (cholmod_sparse){.nrow = (size_t)n,
                          .ncol = (size_t)n,
                          .nzmax = (size_t)first[n],
                          .p = first,
                          .i = row,
                          .x = x,
                          .stype = 1,
                          .itype = CHOLMOD_INT,
                          .xtype = x ? CHOLMOD_REAL : CHOLMOD_PATTERN,
                          .dtype = CHOLMOD_DOUBLE,
                          .sorted = 1,
                          .packed = 1};
}

static void begin(cholmod_common *c) {
  cholmod_start(c);
  c->print = 0;
  c->supernodal = CHOLMOD_SIMPLICIAL;
}

/* The caller frees *out and finishes c, also after a failure. */
static status analyze(cholmod_sparse *A, cholmod_common *c, cholmod_factor **out) {
  *out = cholmod_analyze(A, c);
  if (!*out || c->status < 0)
    FAIL(c->status == CHOLMOD_TOO_LARGE ? ST_INPUT : ST_INTERNAL, "CHOLMOD cannot order %zu unknowns (status %d)",
         A->nrow, c->status);
  return ST_OK;
}

status sparse_order(int n, int32_t *first, int32_t *row, int32_t *order) {
  cholmod_common c;
  cholmod_factor *f;
  cholmod_sparse graph = upper(n, first, row, NULL);
  begin(&c);
  c.nmethods = 2;
  c.method[0].ordering = CHOLMOD_METIS, c.method[1].ordering = CHOLMOD_AMD;
  status st = analyze(&graph, &c, &f);
  if (st == ST_OK) memcpy(order, f->Perm, (size_t)n * sizeof *order);
  cholmod_free_factor(&f, &c);
  cholmod_finish(&c);
  return st;
}

/* Entries in each column of L, the diagonal with them. */
static status count(int n, int32_t *first, int32_t *row, int *column, double *flops) {
  cholmod_common c;
  cholmod_factor *f;
  cholmod_sparse A = upper(n, first, row, NULL);
  begin(&c);
  c.nmethods = 1, c.method[0].ordering = CHOLMOD_NATURAL, c.postorder = 0;
  status st = analyze(&A, &c, &f);
  if (st == ST_OK) memcpy(column, f->ColCount, (size_t)n * sizeof *column), *flops = c.fl;
  cholmod_free_factor(&f, &c);
  cholmod_finish(&c);
  return st;
}

/* CHOLMOD's factor and its work space by hand, as its manual describes them: no memory of its own. */
static status place_factor(sparse *s, arena *a, int *column) {
  cholmod_factor *L = &s->L;
  cholmod_common *c = &s->common;
  size_t n = (size_t)s->n, nentry = 0;
  int *p, *i, *nz, *next, *prev, *perm;
  double *x;
  NEW(a, p, n + 1);
  for (size_t k = 0; k < n; k++) {
    nentry += (size_t)column[k];
    if (nentry > INT32_MAX) FAIL(ST_INPUT, "a factor of more than %d entries is not possible", INT32_MAX);
    p[k + 1] = (int)nentry;
  }
  NEW(a, nz, n);
  NEW(a, next, n + 2);
  NEW(a, prev, n + 2);
  NEW(a, perm, n);
  NEW(a, i, nentry);
  NEW(a, x, nentry);
  for (int k = 0; k < s->n; k++) perm[k] = k;
  /* Columns in a list of their places in memory: first n + 1, last n. */
  for (int k = 0; k < s->n; k++) next[k] = k + 1, prev[k] = k ? k - 1 : s->n + 1;
  next[n + 1] = 0, prev[n + 1] = -1, next[n] = -1, prev[n] = s->n - 1;
  *L = (cholmod_factor){.n = n,
                        .minor = n,
                        .Perm = perm,
                        .ColCount = column,
                        .nzmax = nentry,
                        .p = p,
                        .i = i,
                        .x = x,
                        .nz = nz,
                        .next = next,
                        .prev = prev,
                        .ordering = CHOLMOD_NATURAL,
                        .is_monotonic = 1,
                        .itype = CHOLMOD_INT,
                        .xtype = CHOLMOD_REAL,
                        .dtype = CHOLMOD_DOUBLE};
  int *flag, *head, *stack;
  double *work;
  NEW(a, flag, n);
  NEW(a, head, n + 1);
  NEW(a, stack, 2 * n);
  NEW(a, work, 2 * n);
  for (size_t k = 0; k < n; k++) flag[k] = -1;
  for (size_t k = 0; k <= n; k++) head[k] = -1;
  begin(c);
  c->nrow = n, c->mark = 0, c->Flag = flag, c->Head = head;
  c->iworksize = 2 * n, c->Iwork = stack, c->xworksize = 2 * n, c->Xwork = work;
  c->dbound = PIVOT_LEAST;
  return ST_OK;
}

status sparse_create(int n, int32_t *first, int32_t *row, arena *a, sparse **out) {
  sparse *s;
  int *column;
  double *x;
  NEW(a, s, 1);
  NEW(a, s->scale, n);
  NEW(a, column, n);
  NEW(a, x, first[n]);
  s->n = n, s->first = first, s->A = upper(n, first, row, x);
  TRY(count(n, first, row, column, &s->flops));
  TRY(place_factor(s, a, column));
  *out = s;
  return ST_OK;
}

size_t sparse_nfactor(const sparse *s) {
  return s->L.nzmax;
}
double sparse_flops(const sparse *s) {
  return s->flops;
}
size_t sparse_bytes(size_t nfactor) {
  return nfactor * (sizeof(int) + sizeof(double));
}
double *sparse_values(sparse *s) {
  return s->A.x;
}

int sparse_factor(sparse *s) {
  const int *row = s->A.i, *p = s->L.p;
  int *i = s->L.i, *nz = s->L.nz, changed = 0;
  double *A = s->A.x, *x = s->L.x, none[2] = {0, 0};
  for (int c = 0; c < s->n; c++) {
    double d = A[s->first[c + 1] - 1];
    s->scale[c] = d > 0 ? 1 / sqrt(d) : 1;
    for (int k = s->first[c]; k < s->first[c + 1]; k++) A[k] *= s->scale[c] * s->scale[row[k]];
  }
  /* cholmod_rowfac begins with the identity. */
  for (int c = 0; c < s->n; c++) nz[c] = 1, i[p[c]] = c, x[p[c]] = 1;
  s->L.minor = (size_t)s->n;
  s->common.ndbounds_hit = 0;
  cholmod_rowfac(&s->A, NULL, none, 0, (size_t)s->n, &s->L, &s->common);
  for (int c = 0; c < s->n; c++) {
    double d = fabs(x[p[c]]);
    changed += !(x[p[c]] > PIVOT_LEAST);
    x[p[c]] = d > PIVOT_LEAST ? d : PIVOT_LEAST; /* also what is no number */
  }
  return changed;
}

void sparse_solve(const sparse *s, double *b) {
  const int *p = s->L.p, *i = s->L.i, *nz = s->L.nz;
  const double *x = s->L.x;
  for (int c = 0; c < s->n; c++) b[c] *= s->scale[c];
  for (int c = 0; c < s->n; c++)
    for (int k = p[c] + 1; k < p[c] + nz[c]; k++) b[i[k]] -= x[k] * b[c];
  for (int c = s->n - 1; c >= 0; c--) {
    double sum = b[c] / x[p[c]];
    for (int k = p[c] + 1; k < p[c] + nz[c]; k++) sum -= x[k] * b[i[k]];
    b[c] = sum;
  }
  for (int c = 0; c < s->n; c++) b[c] *= s->scale[c];
}
