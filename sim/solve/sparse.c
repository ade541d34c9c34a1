#include "sim/solve/sparse.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/base/order.h"

/* A pivot below this share of its diagonal is none. Element matrices are in single precision, so what is below 1e-7 of
   the diagonal is round-off already; a thousandth of that keeps what happens to be right. */
static const double PIVOT_LEAST = 1e-10;
/* A panel is wide enough: it is not joined with its parent beyond. Numerical. */
enum { PANEL_MOST = 128 };
/* Rows and columns of the tiles that products are made of. */
enum { TILE = 16, TILE_COLUMNS = 4 };

typedef double lanes __attribute__((vector_size(64), aligned(8), may_alias));
enum { LANES = 8 };

typedef struct panel {
  int first, ncol, nrow; /* columns first..; rows row[0..nrow), of which the first ncol are the columns */
  int ld;                /* places from one column to the next */
  const int32_t *row;
  double *x; /* [ncol][ld] by columns; above the diagonal: anything */
  int next;  /* in the list of panels that have rows in a later one; -1 */
  int sent;  /* rows above this are done with */
} panel;

struct sparse {
  int n, npanel;
  const int32_t *first, *row;
  double *A, *scale, *sign; /* scale: 1 / sqrt of the diagonal's size; sign [n] 1 or -1 */
  double *x;                /* all panels */
  size_t nx;
  int32_t *to;    /* [first[n]] places of the matrix's entries in x */
  int32_t *owner; /* [n] panel of a column */
  int32_t *map;   /* [n] row of the panel at work */
  int32_t *list;  /* [npanel] first panel that has rows in this one, -1 */
  panel *panel;
  double *product, *pack;
};

/* ---- symbolic -----------------------------------------------------------------------------------------------------
 */

/* The elimination tree (Liu 1990): parent of a column is the first row below its diagonal in L, -1: none. */
static void tree(int n, const int32_t *first, const int32_t *row, int32_t *parent, int32_t *ancestor) {
  for (int c = 0; c < n; c++) {
    parent[c] = ancestor[c] = -1;
    for (int k = first[c]; k < first[c + 1]; k++)
      for (int r = row[k], up; r >= 0 && r < c; r = up) {
        up = ancestor[r];
        ancestor[r] = c;
        if (up < 0) parent[r] = c;
      }
  }
}

/* Entries in each column of L: column c is in the row of every node on the paths from the matrix's entries up to it. */
static void count_columns(int n, const int32_t *first, const int32_t *row, const int32_t *parent, int32_t *mark,
                          int32_t *count) {
  for (int c = 0; c < n; c++) {
    count[c] = 1, mark[c] = c;
    for (int k = first[c]; k < first[c + 1]; k++)
      for (int r = row[k]; mark[r] != c; r = parent[r]) count[r]++, mark[r] = c;
  }
}

/* Panels of columns that follow each other and have the same rows below. */
static int cut_panels(int n, const int32_t *parent, const int32_t *count, int32_t *owner) {
  int np = 0, width = 0;
  for (int c = 0; c < n; c++) {
    int joins = c > 0 && parent[c - 1] == c && count[c - 1] == count[c] + 1 && width < PANEL_MOST;
    if (!joins) np++, width = 0;
    owner[c] = np - 1, width++;
  }
  return np;
}

/* Rows of every panel: those of the matrix and those that its children hand up. */
static status make_panels(sparse *s, const int32_t *parent, const int32_t *count, arena *scratch, arena *a) {
  int n = s->n;
  int32_t *mark, *below, *column, *child, *sibling;
  size_t rows = 0, product = 0;
  NEW(a, s->panel, s->npanel);
  NEW(a, s->list, s->npanel);
  for (int c = 0; c < n; c++) {
    panel *p = s->panel + s->owner[c];
    if (p->ncol++ == 0) p->first = c, p->nrow = count[c], rows += (size_t)count[c];
  }
  /* The matrix by rows: what lies below the diagonal in a column of it. */
  NEW(scratch, below, n + 1);
  NEW(scratch, column, s->first[n]);
  for (int k = 0; k < s->first[n]; k++) below[s->row[k] + 1]++;
  for (int c = 0; c < n; c++) below[c + 1] += below[c];
  NEW(scratch, mark, n);
  for (int c = 0; c < n; c++)
    for (int k = s->first[c]; k < s->first[c + 1]; k++) column[below[s->row[k]] + mark[s->row[k]]++] = c;
  NEW(scratch, child, s->npanel);
  NEW(scratch, sibling, s->npanel);
  for (int p = 0; p < s->npanel; p++) child[p] = sibling[p] = -1;
  for (int c = 0; c < n; c++) mark[c] = -1;
  int32_t *row;
  NEW(a, row, rows);
  for (int i = 0; i < s->npanel; i++) {
    panel *p = s->panel + i;
    int m = 0;
    p->row = row;
    for (int c = p->first; c < p->first + p->ncol; c++) mark[c] = i, row[m++] = c;
    for (int c = p->first; c < p->first + p->ncol; c++)
      for (int k = below[c]; k < below[c + 1]; k++)
        if (mark[column[k]] != i && column[k] >= p->first) mark[column[k]] = i, row[m++] = column[k];
    for (int d = child[i]; d >= 0; d = sibling[d])
      for (int k = s->panel[d].ncol; k < s->panel[d].nrow; k++) {
        int r = s->panel[d].row[k];
        if (mark[r] != i) mark[r] = i, row[m++] = r;
      }
    if (m != p->nrow) FAIL(ST_INTERNAL, "sparse: panel %d has %d rows, %d were counted", i, m, p->nrow);
    qsort(row, (size_t)m, sizeof *row, order_int32);
    row += m;
    int up = parent[p->first + p->ncol - 1];
    if (up >= 0) sibling[i] = child[s->owner[up]], child[s->owner[up]] = i;
    p->ld = (p->nrow + LANES - 1) / LANES * LANES;
    s->nx += (size_t)p->ncol * (size_t)p->ld;
    size_t r = (size_t)(p->nrow + TILE) * (size_t)(PANEL_MOST + TILE_COLUMNS);
    product = r > product ? r : product;
  }
  NEW(a, s->pack, PANEL_MOST * (PANEL_MOST + TILE_COLUMNS));
  NEW(a, s->product, product);
  return ST_OK;
}

static status place_entries(sparse *s, arena *a) {
  if (s->nx > INT32_MAX - TILE)
    FAIL(ST_INPUT, "a factor of %zu entries is more than the %d possible", s->nx, INT32_MAX);
  NEW(a, s->x, s->nx + TILE); /* tiles read a little beyond the last column */
  NEW(a, s->to, s->first[s->n]);
  NEW(a, s->map, s->n);
  size_t at = 0;
  for (int i = 0; i < s->npanel; i++) {
    s->panel[i].x = s->x + at;
    at += (size_t)s->panel[i].ncol * (size_t)s->panel[i].ld;
  }
  for (int c = 0; c < s->n; c++)
    for (int k = s->first[c]; k < s->first[c + 1]; k++) {
      const panel *p = s->panel + s->owner[s->row[k]];
      const int32_t *r = bsearch(&c, p->row, (size_t)p->nrow, sizeof *p->row, order_int32);
      s->to[k] = (int32_t)(p->x - s->x + (size_t)(s->row[k] - p->first) * (size_t)p->ld + (size_t)(r - p->row));
    }
  return ST_OK;
}

static status analyze(sparse *s, arena *scratch, arena *a) {
  int32_t *parent, *count, *work;
  NEW(scratch, parent, s->n);
  NEW(scratch, count, s->n);
  NEW(scratch, work, s->n);
  tree(s->n, s->first, s->row, parent, work);
  for (int c = 0; c < s->n; c++) work[c] = -1;
  count_columns(s->n, s->first, s->row, parent, work, count);
  s->npanel = cut_panels(s->n, parent, count, s->owner);
  TRY(make_panels(s, parent, count, scratch, a));
  return place_entries(s, a);
}

status sparse_create(int n, const int32_t *first, const int32_t *row, arena *a, sparse **out) {
  sparse *s;
  NEW(a, s, 1);
  s->n = n, s->first = first, s->row = row;
  NEW(a, s->A, first[n]);
  NEW(a, s->scale, n);
  NEW(a, s->sign, n);
  NEW(a, s->owner, n);
  arena *scratch = arena_create(1 << 20);
  if (!scratch) FAIL(ST_INTERNAL, "out of memory for the factors of a matrix");
  status st = analyze(s, scratch, a);
  arena_destroy(&scratch);
  TRY(st);
  *out = s;
  return ST_OK;
}

size_t sparse_nfactor(const sparse *s) {
  return s->nx;
}
double *sparse_values(sparse *s) {
  return s->A;
}

/* ---- numeric ------------------------------------------------------------------------------------------------------
 */

/* One tile: 16 rows of C [4][ldc] are the sum over w columns of a times b, packed [w][4]. */
static inline void tile(int w, const double *a, int lda, const double *b, double *C, int ldc) {
  lanes c[TILE_COLUMNS][2] = {{{0}}};
  for (int p = 0; p < w; p++, a += lda, b += TILE_COLUMNS) {
    lanes lo = *(const lanes *)a, hi = *(const lanes *)(a + LANES);
    for (int j = 0; j < TILE_COLUMNS; j++) c[j][0] += b[j] * lo, c[j][1] += b[j] * hi;
  }
  for (int j = 0; j < TILE_COLUMNS; j++) {
    lanes *to = (lanes *)(C + (size_t)j * (size_t)ldc);
    to[0] = c[j][0], to[1] = c[j][1];
  }
}

/* Columns 0..w of panel d in rows at..at + k, with their signs, in groups of four: [group][w][4]; zero beyond k. */
static void pack(const sparse *s, const panel *d, int w, int at, int k, double *to) {
  for (int j0 = 0; j0 < k; j0 += TILE_COLUMNS)
    for (int p = 0; p < w; p++) {
      double sign = s->sign[d->first + p];
      const double *from = d->x + (size_t)p * (size_t)d->ld + at;
      for (int j = j0; j < j0 + TILE_COLUMNS; j++) *to++ = j < k ? sign * from[j] : 0;
    }
}

/* What panel d sends to panel p: its rows from d->sent on against those of them that are columns of p. */
static void send(sparse *s, panel *d, const panel *p) {
  int at = d->sent, k = 0, m = d->nrow - at, ldc = (m + TILE - 1) / TILE * TILE;
  while (at + k < d->nrow && d->row[at + k] < p->first + p->ncol) k++;
  pack(s, d, d->ncol, at, k, s->pack);
  for (int j = 0; j < k; j += TILE_COLUMNS)
    for (int i = j / TILE * TILE; i < m; i += TILE)
      tile(d->ncol, d->x + at + i, d->ld, s->pack + (size_t)j * (size_t)d->ncol,
           s->product + (size_t)j * (size_t)ldc + i, ldc);
  const int32_t *row = d->row + at;
  for (int j = 0; j < k; j++) {
    double *to = p->x + (size_t)(row[j] - p->first) * (size_t)p->ld;
    const double *from = s->product + (size_t)j * (size_t)ldc;
    for (int i = j; i < m; i++) to[s->map[row[i]]] -= from[i];
  }
  d->sent = at + k;
}

/* A panel by itself, four columns at a time. Returns how many pivots were changed. */
static int factor_panel(sparse *s, panel *p) {
  int changed = 0;
  for (int j0 = 0; j0 < p->ncol; j0 += TILE_COLUMNS) {
    int w = p->ncol - j0 < TILE_COLUMNS ? p->ncol - j0 : TILE_COLUMNS;
    /* Less all earlier columns. */
    if (j0 > 0) {
      pack(s, p, j0, j0, w, s->pack);
      int m = p->nrow - j0, ldc = (m + TILE - 1) / TILE * TILE;
      for (int i = 0; i < m; i += TILE) tile(j0, p->x + j0 + i, p->ld, s->pack, s->product + i, ldc);
      for (int j = 0; j < w; j++) {
        double *to = p->x + (size_t)(j0 + j) * (size_t)p->ld + j0;
        const double *from = s->product + (size_t)j * (size_t)ldc;
        for (int i = j; i < m; i++) to[i] -= from[i];
      }
    }
    for (int j = j0; j < j0 + w; j++) {
      double *x = p->x + (size_t)j * (size_t)p->ld;
      for (int k = j0; k < j; k++) {
        const double *y = p->x + (size_t)k * (size_t)p->ld;
        double f = s->sign[p->first + k] * y[j];
        for (int i = j; i < p->nrow; i++) x[i] -= f * y[i];
      }
      double d = x[j], size = fabs(d);
      changed += !(d > PIVOT_LEAST);
      s->sign[p->first + j] = d < 0 ? -1 : 1;
      if (!(size > PIVOT_LEAST)) size = PIVOT_LEAST; /* also what is no number */
      double root = sqrt(size), f = s->sign[p->first + j] / root;
      x[j] = root;
      for (int i = j + 1; i < p->nrow; i++) x[i] *= f;
    }
  }
  return changed;
}

static void wait_for(sparse *s, int i) {
  panel *p = s->panel + i;
  if (p->sent >= p->nrow) return;
  int next = s->owner[p->row[p->sent]];
  p->next = s->list[next], s->list[next] = i;
}

int sparse_factor(sparse *s) {
  int changed = 0;
  for (int c = 0; c < s->n; c++) {
    double d = fabs(s->A[s->first[c + 1] - 1]);
    s->scale[c] = d > 0 ? 1 / sqrt(d) : 1;
    for (int k = s->first[c]; k < s->first[c + 1]; k++) s->A[k] *= s->scale[c] * s->scale[s->row[k]];
  }
  memset(s->x, 0, s->nx * sizeof *s->x);
  for (int k = 0; k < s->first[s->n]; k++) s->x[s->to[k]] = s->A[k];
  for (int i = 0; i < s->npanel; i++) s->list[i] = -1;
  for (int i = 0; i < s->npanel; i++) {
    panel *p = s->panel + i;
    for (int k = 0; k < p->nrow; k++) s->map[p->row[k]] = k;
    for (int d = s->list[i], next; d >= 0; d = next) {
      next = s->panel[d].next;
      send(s, s->panel + d, p);
      wait_for(s, d);
    }
    changed += factor_panel(s, p);
    p->sent = p->ncol;
    wait_for(s, i);
  }
  return changed;
}

void sparse_solve(const sparse *s, double *b) {
  for (int c = 0; c < s->n; c++) b[c] *= s->scale[c];
  for (int i = 0; i < s->npanel; i++) {
    const panel *p = s->panel + i;
    for (int j = 0; j < p->ncol; j++) {
      const double *x = p->x + (size_t)j * (size_t)p->ld;
      double v = b[p->first + j] /= x[j];
      for (int k = j + 1; k < p->nrow; k++) b[p->row[k]] -= x[k] * v;
    }
  }
  for (int i = s->npanel - 1; i >= 0; i--) {
    const panel *p = s->panel + i;
    for (int j = p->ncol - 1; j >= 0; j--) {
      const double *x = p->x + (size_t)j * (size_t)p->ld;
      double sum = b[p->first + j];
      for (int k = j + 1; k < p->nrow; k++) sum -= x[k] * b[p->row[k]];
      b[p->first + j] = sum / x[j];
    }
  }
  for (int c = 0; c < s->n; c++) b[c] *= s->scale[c];
}
