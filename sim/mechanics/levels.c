#include <omp.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/solve/dense.h"
#include "sim/solve/mg.h"
#include "sim/solve/star.h"
#include "sim/mechanics/levels.h"

enum { DENSE_MOST = 700 }; /* unknowns of the coarsest level: its factorisation stays below a percent of the set-up */
enum { MATRIX = CELL_DOF * LEVEL_ROW };

/* Where a grid line of nodes of the finer level lies among those of the coarser: first of three nodes, and weights. */
typedef struct line_weight {
  int32_t first;
  float w[3];
} line_weight;

typedef struct level {
  int nx, ny, nz, nnode, ncell;
  uint8_t *fixed;            /* [3 nnode] */
  float *matrix;             /* [ncell][81][LEVEL_ROW] */
  float *product;            /* [ncell][LEVEL_ROW] element results of apply */
  int32_t *cell;             /* [ncell][27] */
  int32_t *first, *incident; /* node -> offsets into product */
  int ngroup;
  star_kept *factor;    /* [ngroup][star_kept_size] */
  star_lanes *scale;    /* [ngroup][star_rows] */
  star_lanes *star;     /* [ngroup][star_rows] */
  line_weight *px, *py; /* [2 nx + 1], [2 ny + 1]: to the next level; NULL on the last */
} level;

struct levels {
  int nlevel;
  level level[MG_LEVELS];
  mg *mg;
  levels_fine *fine; /* the finest operator, without its matrices: reading them would cost more than computing */
  void *ctx;
  int nthread;
  star_lanes *matrix; /* [nthread][star_size] one group while it is factored: stays in the core's cache */
  double *dense, *rhs;
  int ndense;
};

static inline int grid_node(const level *v, int i, int j, int k) {
  return (j * (2 * v->nx + 1) + i) * (2 * v->nz + 1) + k;
}

static status level_topology(level *v, arena *a) {
  NEW(a, v->cell, (size_t)v->ncell * CELL_NODES);
  NEW(a, v->first, v->nnode + 1);
  NEW(a, v->incident, (size_t)v->ncell * CELL_NODES);
  for (int c = 0; c < v->ncell; c++) {
    int k = c % v->nz, i = c / v->nz % v->nx, j = c / v->nz / v->nx;
    for (int n = 0; n < CELL_NODES; n++) {
      int node = grid_node(v, 2 * i + n % 3, 2 * j + n / 3 % 3, 2 * k + n / 9);
      v->cell[CELL_NODES * c + n] = node;
      v->first[node + 1]++;
    }
  }
  for (int n = 0; n < v->nnode; n++) v->first[n + 1] += v->first[n];
  size_t mark = arena_mark(a);
  int32_t *fill;
  NEW(a, fill, v->nnode);
  for (int c = 0; c < v->ncell; c++)
    for (int n = 0; n < CELL_NODES; n++) {
      int node = v->cell[CELL_NODES * c + n];
      v->incident[v->first[node] + fill[node]++] = c * LEVEL_ROW + 3 * n;
    }
  arena_release(a, mark);
  return ST_OK;
}

/* Two elements become one; an odd last element stays what it is. Weights are those of the parent's quadratics. */
static status line_table(int nfine, arena *a, line_weight **out) {
  static const float w[5][3] = {{1, 0, 0}, {0.375f, 0.75f, -0.125f}, {0, 1, 0}, {-0.125f, 0.75f, 0.375f}, {0, 0, 1}};
  line_weight *p;
  NEW(a, p, 2 * nfine + 1);
  for (int i = 0; i <= 2 * nfine; i++) {
    int e = i / 4;
    if (e == (nfine + 1) / 2) e--; /* the last node */
    int single = 2 * e + 1 == nfine;
    p[i].first = 2 * e;
    int at = i - 4 * e;
    for (int k = 0; k < 3; k++) p[i].w[k] = single ? (float)(at == k) : w[at][k];
  }
  *out = p;
  return ST_OK;
}

static status level_storage(level *v, int last, arena *a) {
  NEW(a, v->matrix, (size_t)v->ncell * MATRIX);
  NEW(a, v->product, (size_t)v->ncell * LEVEL_ROW);
  if (last) return ST_OK;
  v->ngroup = ((v->nx + 1) * (v->ny + 1) + STAR_LANES - 1) / STAR_LANES;
  NEW(a, v->factor, (size_t)v->ngroup * star_kept_size(v->nz));
  NEW(a, v->scale, (size_t)v->ngroup * star_rows(v->nz));
  NEW(a, v->star, (size_t)v->ngroup * star_rows(v->nz));
  return ST_OK;
}

/* A coarse unknown is free when some free fine unknown hangs on it. */
static void coarse_mask(const level *f, level *c) {
  int NZ = 2 * f->nz + 1;
  memset(c->fixed, 1, 3 * (size_t)c->nnode);
  for (int j = 0; j <= 2 * f->ny; j++)
    for (int i = 0; i <= 2 * f->nx; i++)
      for (int b = 0; b < 3; b++)
        for (int e = 0; e < 3; e++) {
          const line_weight *x = f->px + i, *y = f->py + j;
          if (x->w[e] == 0 || y->w[b] == 0) continue;
          const uint8_t *from = f->fixed + 3 * (size_t)grid_node(f, i, j, 0);
          uint8_t *to = c->fixed + 3 * (size_t)grid_node(c, x->first + e, y->first + b, 0);
          for (int k = 0; k < 3 * NZ; k++) to[k] &= from[k];
        }
}

static void apply(void *ctx, int n, const float *x, float *y) {
  levels *L = ctx;
  level *v = L->level + n;
  if (n == 0) {
    L->fine(L->ctx, x, y);
    return;
  }
#pragma omp parallel for schedule(dynamic, 4) if (v->ncell > 64)
  for (int c = 0; c < v->ncell; c++) {
    const float *K = v->matrix + (size_t)c * MATRIX;
    float *p = v->product + (size_t)c * LEVEL_ROW;
    float s[LEVEL_ROW] = {0};
    for (int i = 0; i < CELL_NODES; i++) {
      const float *u = x + 3 * (size_t)v->cell[CELL_NODES * c + i];
      const float *k0 = K + 3 * (size_t)i * LEVEL_ROW, *k1 = k0 + LEVEL_ROW, *k2 = k1 + LEVEL_ROW;
      float a = u[0], b = u[1], d = u[2];
#pragma omp simd
      for (int r = 0; r < LEVEL_ROW; r++) s[r] += a * k0[r] + b * k1[r] + d * k2[r];
    }
    memcpy(p, s, sizeof s);
  }
#pragma omp parallel for schedule(static) if (3 * v->nnode > PAR_LEAST)
  for (int node = 0; node < v->nnode; node++) {
    float s[3] = {0, 0, 0};
    for (int i = v->first[node]; i < v->first[node + 1]; i++)
      for (int k = 0; k < 3; k++) s[k] += v->product[v->incident[i] + k];
    for (int k = 0; k < 3; k++) y[3 * node + k] = v->fixed[3 * node + k] ? 0 : s[k];
  }
}

/* Column (di, dj) of star (I, J), -1..1 each: its first unknown, or NULL outside the grid. */
static inline int star_column(const level *v, int I, int J, int pos) {
  int i = 2 * I + pos % 3 - 1, j = 2 * J + pos / 3 - 1;
  if (i < 0 || j < 0 || i > 2 * v->nx || j > 2 * v->ny) return -1;
  return 3 * grid_node(v, i, j, 0);
}

static void smooth(void *ctx, int n, const float *r, float *z) {
  level *v = ((levels *)ctx)->level + n;
  int NZ = 2 * v->nz + 1, VX = v->nx + 1, nstar = VX * (v->ny + 1);
  size_t rows = star_rows(v->nz);
#pragma omp parallel for schedule(dynamic, 1) if (v->ngroup > 1)
  for (int g = 0; g < v->ngroup; g++) {
    star_lanes *x = v->star + (size_t)g * rows;
    memset(x, 0, rows * sizeof *x);
    for (int l = 0; l < STAR_LANES && g * STAR_LANES + l < nstar; l++) {
      int I = (g * STAR_LANES + l) % VX, J = (g * STAR_LANES + l) / VX;
      for (int pos = 0; pos < 9; pos++) {
        int dof = star_column(v, I, J, pos);
        if (dof < 0) continue;
        float *to = (float *)x + 3 * pos * STAR_LANES + l;
        for (int k = 0; k < NZ; k++)
          for (int c = 0; c < 3; c++) to[(k * STAR_BLOCK + c) * STAR_LANES] = r[dof + 3 * k + c];
      }
    }
    star_solve(v->nz, v->factor + (size_t)g * star_kept_size(v->nz), v->scale + (size_t)g * rows, x);
  }
  /* Each column adds up its stars: one at a vertex, two on an edge, four inside. */
#pragma omp parallel for schedule(static) if (3 * v->nnode > PAR_LEAST)
  for (int column = 0; column < (2 * v->nx + 1) * (2 * v->ny + 1); column++) {
    int i = column % (2 * v->nx + 1), j = column / (2 * v->nx + 1);
    int dof = 3 * grid_node(v, i, j, 0);
    memset(z + dof, 0, 3 * (size_t)NZ * sizeof *z);
    for (int J = j / 2; J <= (j + 1) / 2; J++)
      for (int I = i / 2; I <= (i + 1) / 2; I++) {
        int s = J * VX + I, pos = (j - 2 * J + 1) * 3 + (i - 2 * I + 1);
        const float *from =
            (const float *)(v->star + (size_t)(s / STAR_LANES) * rows) + 3 * pos * STAR_LANES + s % STAR_LANES;
        for (int k = 0; k < NZ; k++)
          for (int c = 0; c < 3; c++) z[dof + 3 * k + c] += from[(k * STAR_BLOCK + c) * STAR_LANES];
      }
    for (int k = 0; k < 3 * NZ; k++)
      if (v->fixed[dof + k]) z[dof + k] = 0;
  }
}

static void restrict_to(void *ctx, int n, const float *fine, float *coarse) {
  level *f = ((levels *)ctx)->level + n, *c = f + 1;
  int NZ3 = 3 * (2 * f->nz + 1);
  /* Owner gathers: coarse node (I, J) looks at the fine nodes that hang on it, in order. */
#pragma omp parallel for schedule(static) if (3 * c->nnode > PAR_LEAST)
  for (int column = 0; column < (2 * c->nx + 1) * (2 * c->ny + 1); column++) {
    int I = column % (2 * c->nx + 1), J = column / (2 * c->nx + 1);
    float *to = coarse + 3 * (size_t)grid_node(c, I, J, 0);
    const uint8_t *fixed = c->fixed + 3 * (size_t)grid_node(c, I, J, 0);
    memset(to, 0, (size_t)NZ3 * sizeof *to);
    int i0 = 2 * I - 3 > 0 ? 2 * I - 3 : 0, j0 = 2 * J - 3 > 0 ? 2 * J - 3 : 0;
    for (int j = j0; j <= 2 * J + 3 && j <= 2 * f->ny; j++) {
      int b = J - f->py[j].first;
      if (b < 0 || b > 2 || f->py[j].w[b] == 0) continue;
      for (int i = i0; i <= 2 * I + 3 && i <= 2 * f->nx; i++) {
        int e = I - f->px[i].first;
        if (e < 0 || e > 2 || f->px[i].w[e] == 0) continue;
        float w = f->px[i].w[e] * f->py[j].w[b];
        const float *from = fine + 3 * (size_t)grid_node(f, i, j, 0);
        const uint8_t *held = f->fixed + 3 * (size_t)grid_node(f, i, j, 0);
        for (int k = 0; k < NZ3; k++) to[k] += held[k] ? 0 : w * from[k];
      }
    }
    for (int k = 0; k < NZ3; k++)
      if (fixed[k]) to[k] = 0;
  }
}

static void prolong_add(void *ctx, int n, const float *coarse, float *fine) {
  level *f = ((levels *)ctx)->level + n, *c = f + 1;
  int NZ3 = 3 * (2 * f->nz + 1);
#pragma omp parallel for schedule(static) if (3 * f->nnode > PAR_LEAST)
  for (int column = 0; column < (2 * f->nx + 1) * (2 * f->ny + 1); column++) {
    int i = column % (2 * f->nx + 1), j = column / (2 * f->nx + 1);
    float *to = fine + 3 * (size_t)grid_node(f, i, j, 0);
    const uint8_t *held = f->fixed + 3 * (size_t)grid_node(f, i, j, 0);
    for (int b = 0; b < 3; b++)
      for (int e = 0; e < 3; e++) {
        float w = f->px[i].w[e] * f->py[j].w[b];
        if (w == 0) continue;
        const float *from = coarse + 3 * (size_t)grid_node(c, f->px[i].first + e, f->py[j].first + b, 0);
        for (int k = 0; k < NZ3; k++) to[k] += held[k] ? 0 : w * from[k];
      }
  }
}

static void coarsest(void *ctx, const float *r, float *z) {
  levels *L = ctx;
  for (int i = 0; i < L->ndense; i++) L->rhs[i] = (double)r[i];
  dense_solve(L->ndense, L->dense, L->rhs);
  const level *v = L->level + L->nlevel - 1;
  for (int i = 0; i < L->ndense; i++) z[i] = v->fixed[i] ? 0 : (float)L->rhs[i];
}

/* K (rows and columns of 81 x LEVEL_ROW) <- P' K P for one in-plane direction: axis 0 combines ix, axis 1 iy. W[a][b]:
   weight of coarse node b in fine node a. First columns (whole vectors), then, transposed, the rows. */
static void transform_columns(const float *restrict K, const float W[3][3], int axis, float *restrict out) {
  int stride = axis ? 9 : 3; /* unknowns between neighbours along the axis: nodes are 3 unknowns, ix fastest */
  for (int z = 0; z < 3; z++)
    for (int o = 0; o < 3; o++)
      for (int c = 0; c < 3; c++) {
        int base = 27 * z + (axis ? 3 * o : 9 * o) + c;
        for (int b = 0; b < 3; b++) {
          const float *k0 = K + (size_t)base * LEVEL_ROW, *k1 = k0 + (size_t)stride * LEVEL_ROW,
                      *k2 = k1 + (size_t)stride * LEVEL_ROW;
          float w0 = W[0][b], w1 = W[1][b], w2 = W[2][b], *to = out + (size_t)(base + b * stride) * LEVEL_ROW;
#pragma omp simd
          for (int r = 0; r < LEVEL_ROW; r++) to[r] = w0 * k0[r] + w1 * k1[r] + w2 * k2[r];
        }
      }
}
static void transpose(const float *restrict A, float *restrict B) {
  for (int i0 = 0; i0 < 81; i0 += 9)
    for (int j0 = 0; j0 < 81; j0 += 9)
      for (int i = i0; i < i0 + 9; i++)
        for (int j = j0; j < j0 + 9; j++) B[j * LEVEL_ROW + i] = A[i * LEVEL_ROW + j];
}

static void galerkin(levels *L, int n) {
  level *f = L->level + n, *c = f + 1;
#pragma omp parallel for schedule(dynamic, 4)
  for (int cell = 0; cell < c->ncell; cell++) {
    int k = cell % c->nz, I = cell / c->nz % c->nx, J = cell / c->nz / c->nx;
    float A[MATRIX] = {0}, B[MATRIX] = {0}, *sum = c->matrix + (size_t)cell * MATRIX;
    memset(sum, 0, MATRIX * sizeof *sum);
    for (int j = 2 * J; j < 2 * J + 2 && j < f->ny; j++)
      for (int i = 2 * I; i < 2 * I + 2 && i < f->nx; i++) {
        float X[3][3], Y[3][3];
        for (int a = 0; a < 3; a++)
          memcpy(X[a], f->px[2 * i + a].w, sizeof X[a]), memcpy(Y[a], f->py[2 * j + a].w, sizeof Y[a]);
        /* A node shared with the next parent belongs to that one's table row; seen from here it is the last node. */
        if (f->px[2 * i + 2].first != 2 * I) X[2][0] = X[2][1] = 0, X[2][2] = 1;
        if (f->py[2 * j + 2].first != 2 * J) Y[2][0] = Y[2][1] = 0, Y[2][2] = 1;
        transform_columns(f->matrix + (size_t)((j * f->nx + i) * f->nz + k) * MATRIX, X, 0, A);
        transform_columns(A, Y, 1, B);
        transpose(B, A);
        transform_columns(A, X, 0, B);
        transform_columns(B, Y, 1, A);
#pragma omp simd
        for (int e = 0; e < MATRIX; e++) sum[e] += A[e];
      }
  }
}

/* Rows and columns of fixed unknowns leave the element matrices: P'KP then is the Galerkin operator of the masked P. */
static void mask_matrices(level *v) {
#pragma omp parallel for schedule(static) if (v->ncell > 256)
  for (int c = 0; c < v->ncell; c++) {
    float *K = v->matrix + (size_t)c * MATRIX;
    for (int i = 0; i < CELL_DOF; i++) {
      if (!v->fixed[3 * (size_t)v->cell[CELL_NODES * c + i / 3] + i % 3]) continue;
      memset(K + (size_t)i * LEVEL_ROW, 0, LEVEL_ROW * sizeof *K);
      for (int j = 0; j < CELL_DOF; j++) K[(size_t)j * LEVEL_ROW + i] = 0;
    }
  }
}

/* Adds the quarter of an element matrix that lies inside star lane l; (sx, sy) = 0: the element before the vertex. */
static void star_add(const float *K, int k, int sx, int sy, float *A) {
  int node[12], plane[12], pos[12], n = 0;
  for (int z = 0; z < 3; z++)
    for (int y = 0; y < 2; y++)
      for (int x = 0; x < 2; x++, n++) {
        int ix = sx ? x : x + 1, iy = sy ? y : y + 1;
        node[n] = ix + 3 * iy + 9 * z;
        plane[n] = 2 * k + z;
        pos[n] = (iy + 1 - 2 * (1 - sy)) * 3 + (ix + 1 - 2 * (1 - sx));
      }
  for (int a = 0; a < 12; a++)
    for (int b = 0; b < 12; b++) {
      if (plane[b] > plane[a] || (plane[b] == plane[a] && pos[b] > pos[a])) continue;
      float *block = A + (star_at(plane[a], plane[b]) + (size_t)(3 * pos[a] * STAR_BLOCK + 3 * pos[b])) * STAR_LANES;
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
          block[(i * STAR_BLOCK + j) * STAR_LANES] += K[(size_t)(3 * node[b] + j) * LEVEL_ROW + 3 * node[a] + i];
    }
}

static int factor(levels *L, level *v) {
  int VX = v->nx + 1, nstar = VX * (v->ny + 1), NZ = 2 * v->nz + 1, lifted = 0;
#pragma omp parallel for schedule(dynamic, 1) reduction(+ : lifted) num_threads(L->nthread)
  for (int g = 0; g < v->ngroup; g++) {
    star_lanes *A = L->matrix + (size_t)omp_get_thread_num() * star_size(v->nz);
    memset(A, 0, star_size(v->nz) * sizeof *A);
    for (int l = 0; l < STAR_LANES; l++) {
      int s = g * STAR_LANES + l, I = s % VX, J = s / VX;
      if (s < nstar)
        for (int sy = 0; sy < 2; sy++)
          for (int sx = 0; sx < 2; sx++) {
            int i = I - 1 + sx, j = J - 1 + sy;
            if (i < 0 || j < 0 || i >= v->nx || j >= v->ny) continue;
            for (int k = 0; k < v->nz; k++)
              star_add(v->matrix + (size_t)((j * v->nx + i) * v->nz + k) * MATRIX, k, sx, sy, (float *)A + l);
          }
      /* Fixed and missing unknowns: one on the diagonal, nothing else in their rows. */
      for (int p = 0; p < NZ; p++)
        for (int e = 0; e < STAR_BLOCK; e++) {
          float *d = (float *)(A + star_at(p, p) + (size_t)e * (STAR_BLOCK + 1)) + l;
          if (*d == 0) *d = 1;
        }
    }
    lifted +=
        star_factor(v->nz, A, v->factor + (size_t)g * star_kept_size(v->nz), v->scale + (size_t)g * star_rows(v->nz));
  }
  return lifted;
}

static int dense(levels *L) {
  level *v = L->level + L->nlevel - 1;
  int n = L->ndense;
  memset(L->dense, 0, (size_t)n * (size_t)n * sizeof *L->dense);
  for (int c = 0; c < v->ncell; c++)
    for (int j = 0; j < CELL_DOF; j++) {
      int col = 3 * v->cell[CELL_NODES * c + j / 3] + j % 3;
      for (int i = 0; i < CELL_DOF; i++)
        L->dense[(size_t)(3 * v->cell[CELL_NODES * c + i / 3] + i % 3) * (size_t)n + (size_t)col] +=
            (double)v->matrix[(size_t)c * MATRIX + (size_t)j * LEVEL_ROW + (size_t)i];
    }
  for (int i = 0; i < n; i++) {
    double *d = L->dense + (size_t)i * (size_t)n + i;
    if (v->fixed[i] || *d == 0) *d = 1;
  }
  return dense_cholesky(n, L->dense);
}

status levels_create(const mesh *m, const uint8_t *fixed, int steps, levels_fine *fine, void *ctx, arena *a,
                     levels **out) {
  levels *L;
  NEW(a, L, 1);
  L->fine = fine, L->ctx = ctx, L->nthread = par_nthread();
  NEW(a, L->matrix, (size_t)L->nthread * star_size(m->nz));
  mg_ops ops = {.ctx = L,
                .apply = apply,
                .smooth = smooth,
                .restrict_to = restrict_to,
                .prolong_add = prolong_add,
                .coarsest = coarsest};
  int nx = m->nx, ny = m->ny;
  for (int n = 0;; n++) {
    level *v = L->level + n;
    v->nx = nx, v->ny = ny, v->nz = m->nz;
    v->nnode = (2 * nx + 1) * (2 * ny + 1) * (2 * m->nz + 1);
    v->ncell = nx * ny * m->nz;
    NEW(a, v->fixed, 3 * (size_t)v->nnode);
    if (n == 0)
      memcpy(v->fixed, fixed, 3 * (size_t)v->nnode);
    else
      coarse_mask(v - 1, v);
    TRY(level_topology(v, a));
    int last = 3 * v->nnode <= DENSE_MOST || (nx == 1 && ny == 1) || n == MG_LEVELS - 1;
    TRY(level_storage(v, last, a));
    ops.n[n] = 3 * v->nnode;
    L->nlevel = n + 1;
    if (last) break;
    TRY(line_table(nx, a, &v->px));
    TRY(line_table(ny, a, &v->py));
    nx = (nx + 1) / 2, ny = (ny + 1) / 2;
  }
  L->ndense = 3 * L->level[L->nlevel - 1].nnode;
  NEW(a, L->dense, (size_t)L->ndense * (size_t)L->ndense);
  NEW(a, L->rhs, L->ndense);
  ops.nlevel = L->nlevel;
  TRY(mg_create(&ops, steps, 4, a, &L->mg));
  *out = L;
  return ST_OK;
}

float *levels_cell(levels *l, int cell) {
  return l->level[0].matrix + (size_t)cell * MATRIX;
}

int levels_setup(levels *L) {
  int lifted = 0;
  for (int n = 0; n < L->nlevel; n++) {
    mask_matrices(L->level + n);
    if (n + 1 == L->nlevel) break;
    galerkin(L, n);
    lifted += factor(L, L->level + n);
  }
  return lifted + dense(L);
}

void levels_cycle(levels *L, const float *r, float *z) {
  mg_cycle(L->mg, r, z);
}
