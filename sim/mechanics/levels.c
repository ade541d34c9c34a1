#include <omp.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/posts.h"
#include "sim/mesh/lanes.h"
#include "sim/solve/band.h"
#include "sim/solve/mg.h"
#include "sim/mechanics/levels.h"
#include "sim/mechanics/site.h"

/* Where a grid line of nodes of the finer level lies among those of the coarser: first of three nodes, and weights. */
typedef struct line_weight {
  int32_t first;
  float w[3];
} line_weight;

/* Over sites, or groups of stars, a chunk at a time; NB lanes of nine runs of nodes each. */
typedef struct lanes_loop {
  int nchunk;
  int32_t *begin; /* [nchunk + 1] */
  int32_t *table; /* [sites or groups] which runs */
  int32_t *first; /* [.][9][NB] their first numbers, -1: none */
  posts posts;
} lanes_loop;

typedef struct level {
  int nx, ny, nz, nnode, nsite, ngroup;
  uint8_t *fixed;   /* [3 nnode] */
  int nkept;        /* blocks of lanes that are kept: all, or on the finest level a ring of the last ones */
  float *matrix;    /* [nkept][nz][SITE_SIZE]; NB floats before and behind may be read */
  lanes_loop sites; /* not on the finest level, which has no use for its matrices in a product */
  /* Above the coarsest level only: */
  lanes_loop stars;
  star_kept *factor;    /* [ngroup][star_kept_size] */
  star_lanes *scale;    /* [ngroup][star_rows] */
  star_lanes *star;     /* [threads][star_rows] */
  line_weight *px, *py; /* [2 nx + 1], [2 ny + 1]: to the next level */
} level;

struct levels {
  int nlevel;
  level level[MG_LEVELS];
  mg mg;
  levels_fine *fine; /* the finest operator, without its matrices: reading them would cost more than computing */
  void *ctx;
  site_corner corner[2][2];
  double seconds;   /* of the last set-up, for element matrices */
  int chunk;        /* blocks of the finest level that are set up together */
  uint8_t *touched; /* [columns by lane number] a facet matrix waits for the next set-up */
  float *facet;     /* [.][FACET] */
  int nthread;
  float *work; /* [nthread][WORK] of a set-up */
  double *band, *rhs;
  int nband, plane; /* of the coarsest level: unknowns, of them on a plane */
};

/* The coarsest level has at most so many columns of nodes (2 x 2 cells, or 1 x 3), solved as a band: three unknowns of
   each on a plane, three planes coupled. Going down to one column of cells took longer: its levels have less than one
   group of stars, for one thread, and are visited most often. */
enum { COARSEST = 25 };
/* Diagonals of the coarsest level are larger by this: eight roundings of the single precision that its entries come in.
   An exact solve would trust them: a slender beam at bulk/shear 1000, soft only in bending, had its Newton step turned
   around. */
static const double LIFT = 1e-6;
enum { FACET = 27 * 28 / 2 };
/* Numerical: chunks of a loop that suffice to share among threads, each adds to the work of the borders; blocks, or
   groups, of a chunk at the most, whose sum shall stay in a core's second cache. */
enum { SITE_CHUNKS = 16, STAR_CHUNKS = 24, CHUNK_MOST = 8 };
/* Floats a thread works in: the blocks of a factorisation, or two sites and a row more. */
enum {
  STAR_FLOATS = STAR_WORK * STAR_LANES,
  WORK = STAR_FLOATS > 2 * SITE_SIZE + NB ? STAR_FLOATS : 2 * SITE_SIZE + NB
};

static inline int grid_node(const level *v, int i, int j, int k) {
  return (j * (2 * v->nx + 1) + i) * (2 * v->nz + 1) + k;
}

/* Columns of nodes (i, j) become runs: of a block of cells, of a group of stars; -1: no such column. */
static void block_runs(const level *v, int block, int32_t post[9 * NB]) {
  for (int l = 0; l < NB; l++) {
    int i, j, some = lanes_find(v->nx, v->ny, block, l, &i, &j);
    for (int r = 0; r < 9; r++) post[r * NB + l] = some ? (2 * j + r / 3) * (2 * v->nx + 1) + 2 * i + r % 3 : -1;
  }
}
static void group_runs(const level *v, int group, int32_t post[9 * NB]) {
  for (int l = 0; l < NB; l++) {
    int s = group * NB + l, I = s % (v->nx + 1), J = s / (v->nx + 1);
    for (int r = 0; r < 9; r++) {
      int i = 2 * I + r % 3 - 1, j = 2 * J + r / 3 - 1, some = i >= 0 && j >= 0 && i <= 2 * v->nx && j <= 2 * v->ny;
      post[r * NB + l] = some && J <= v->ny ? j * (2 * v->nx + 1) + i : -1;
    }
  }
}

/* n sites or groups, of which `deep` one above the other have the same runs. */
static status make_loop(const level *v, int n, int deep, int chunks,
                        void (*runs)(const level *v, int block, int32_t post[9 * NB]), arena *a, lanes_loop *out) {
  int even = (n + chunks - 1) / chunks, size = even < CHUNK_MOST * deep ? even : CHUNK_MOST * deep,
      height = 2 * v->nz + 1, ntable = 0;
  int32_t *chunk, *post;
  out->nchunk = (n + size - 1) / size;
  NEW(a, out->begin, out->nchunk + 1);
  NEW(a, out->table, n);
  NEW(a, chunk, out->nchunk + 1);
  for (int c = 0; c < out->nchunk; c++) {
    int lo = c * size, hi = lo + size < n ? lo + size : n;
    for (int i = lo; i < hi; i++) out->table[i] = ntable += i == lo || i % deep == 0;
    out->begin[c + 1] = hi, chunk[c + 1] = ntable;
  }
  NEW(a, out->first, ntable * 9 * NB);
  NEW(a, post, ntable * 9 * NB);
  for (int i = 0; i < n; i++) runs(v, i / deep, post + (size_t)--out->table[i] * 9 * NB);
  for (int i = 0; i < ntable * 9 * NB; i++) out->first[i] = post[i] < 0 ? -1 : 3 * height * post[i];
  return posts_create((2 * v->nx + 1) * (2 * v->ny + 1), 3 * height, sizeof(float), out->nchunk, chunk, 9 * NB, post, a,
                      &out->posts);
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
  par_deal(v->sites.nchunk, v->sites.nchunk > 1 ? L->nthread : 1);
#pragma omp parallel num_threads(L->nthread) if (v->sites.nchunk > 1)
  for (int c; (c = par_take()) >= 0;) {
    const lanes_loop *o = &v->sites;
    float *sum = posts_begin_f(&o->posts, c);
    for (int site = o->begin[c]; site < o->begin[c + 1]; site++) {
      _Alignas(64) float u[CELL_DOF * NB], r[CELL_DOF * NB];
      size_t table = (size_t)o->table[site] * 9 * NB, above = 6 * (size_t)(site % v->nz);
      posts_take_f(o->first + table, 3, x + above, u);
      site_multiply(v->matrix + (size_t)site * SITE_SIZE, u, r);
      posts_give_f(o->posts.place + table, 3, r, sum + above);
    }
    posts_end_f(&o->posts, c, sum, 1, y);
  }
  posts_border_f(&v->sites.posts, 1, y);
#pragma omp parallel for schedule(static) if (3 * v->nnode > PAR_LEAST)
  for (int i = 0; i < 3 * v->nnode; i++)
    if (v->fixed[i]) y[i] = 0;
}

/* What is fixed has a zero in r, and is alone in the factors of its stars: it stays zero. */
static void smooth(void *ctx, int n, const float *r, float *z) {
  levels *L = ctx;
  level *v = L->level + n;
  int height = 2 * v->nz + 1;
  size_t rows = star_rows(v->nz);
  par_deal(v->stars.nchunk, v->stars.nchunk > 1 ? L->nthread : 1);
#pragma omp parallel num_threads(L->nthread) if (v->stars.nchunk > 1)
  for (int c; (c = par_take()) >= 0;) {
    const lanes_loop *o = &v->stars;
    float *sum = posts_begin_f(&o->posts, c), *x = (float *)(v->star + (size_t)omp_get_thread_num() * rows);
    for (int g = o->begin[c]; g < o->begin[c + 1]; g++) {
      posts_take_f(o->first + (size_t)g * 9 * NB, height, r, x);
      star_solve(v->nz, v->factor + (size_t)g * star_kept_size(v->nz), v->scale + (size_t)g * rows, (star_lanes *)x);
      posts_give_f(o->posts.place + (size_t)g * 9 * NB, height, x, sum);
    }
    posts_end_f(&o->posts, c, sum, 1, z);
  }
  posts_border_f(&v->stars.posts, 1, z);
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

static void prolong(void *ctx, int n, const float *coarse, float *fine) {
  level *f = ((levels *)ctx)->level + n, *c = f + 1;
  int NZ3 = 3 * (2 * f->nz + 1);
#pragma omp parallel for schedule(static) if (3 * f->nnode > PAR_LEAST)
  for (int column = 0; column < (2 * f->nx + 1) * (2 * f->ny + 1); column++) {
    int i = column % (2 * f->nx + 1), j = column / (2 * f->nx + 1);
    float *to = fine + 3 * (size_t)grid_node(f, i, j, 0);
    const uint8_t *held = f->fixed + 3 * (size_t)grid_node(f, i, j, 0);
    memset(to, 0, (size_t)NZ3 * sizeof *to);
    for (int b = 0; b < 3; b++)
      for (int e = 0; e < 3; e++) {
        float w = f->px[i].w[e] * f->py[j].w[b];
        if (w == 0) continue;
        const float *from = coarse + 3 * (size_t)grid_node(c, f->px[i].first + e, f->py[j].first + b, 0);
        for (int k = 0; k < NZ3; k++) to[k] += held[k] ? 0 : w * from[k];
      }
  }
}

static inline int node_columns(int nx, int ny) {
  return (2 * nx + 1) * (2 * ny + 1);
}

/* Unknown of the band from component c of a node: planes first. */
static inline int band_row(const level *v, int node, int c) {
  int column = node / (2 * v->nz + 1), k = node % (2 * v->nz + 1);
  return 3 * (node_columns(v->nx, v->ny) * k + column) + c;
}

static void coarsest(void *ctx, const float *r, float *z) {
  levels *L = ctx;
  const level *v = L->level + L->nlevel - 1;
  for (int i = 0; i < L->nband; i++) L->rhs[band_row(v, i / 3, i % 3)] = (double)r[i];
  band_solve(L->nband, L->plane, L->band, L->rhs);
  for (int i = 0; i < L->nband; i++) z[i] = v->fixed[i] ? 0 : (float)L->rhs[band_row(v, i / 3, i % 3)];
}

static inline float *site_of(const level *v, int block, int sheet) {
  return v->matrix + ((size_t)(block % v->nkept) * (size_t)v->nz + (size_t)sheet) * SITE_SIZE;
}

static void add_facets(const levels *L, int block, float *K) {
  for (int l = 0; l < NB; l++) {
    size_t s = (size_t)(block * NB + l);
    if (!L->touched[s]) continue;
    const float *from = L->facet + s * FACET;
    for (int r = 0; r < 27; r++)
      for (int c = 0; c <= r; c++) K[site_at(54 + r, 54 + c) * NB + (size_t)l] += *from++;
  }
}

/* Rows and columns of fixed unknowns leave the element matrices: P'KP then is the Galerkin operator of the masked P. */
static void mask(const level *v, int block, int sheet, float *K) {
  _Alignas(64) float free[CELL_DOF * NB];
  int any = 0;
  for (int l = 0; l < NB; l++) {
    int i, j, cell = lanes_find(v->nx, v->ny, block, l, &i, &j);
    for (int r = 0; r < CELL_DOF; r++) {
      int n = r / 3, held = 0;
      if (cell) held = v->fixed[3 * grid_node(v, 2 * i + n % 3, 2 * j + n / 3 % 3, 2 * sheet + n / 9) + r % 3];
      free[r * NB + l] = (float)!held;
      any |= held;
    }
  }
  if (any) site_mask(K, free);
}

/* Weights of child a (0, 1) of coarse line I in n fine lines; all zero when there is no such child. */
static void child_line(int n, int I, int a, int lane, site_line *w) {
  int pair = 2 * I + 1 < n, some = 2 * I + a < n;
  w->first[0][lane] = (float)(some && a == 0), w->first[1][lane] = (float)(some && a == 1);
  w->middle[0][lane] = !some ? 0 : !pair ? 0 : a == 0 ? 0.375f : -0.125f;
  w->middle[1][lane] = !some ? 0 : !pair ? 1 : 0.75f;
  w->middle[2][lane] = !some ? 0 : !pair ? 0 : a == 0 ? -0.125f : 0.375f;
  w->last[0][lane] = (float)(some && pair && a == 0), w->last[1][lane] = (float)(some && (!pair || a == 1));
}

/* Adds one sheet of some blocks of level n to the next level: each element turned to its parent's basis along x, then
   y, in its own lane. A sheet of parents has one author, who takes block after block, so bits hang on no thread. */
static void galerkin(const levels *L, int n, int sheet, int block, int end) {
  const level *f = L->level + n, *c = f + 1;
  float *half = L->work + (size_t)omp_get_thread_num() * WORK, *whole = half + SITE_SIZE;
  for (int b = block; b < end; b++) {
    float *site[NB];
    int lane[NB];
    site_line x, y;
    for (int l = 0; l < NB; l++) {
      int i, j, cell = lanes_find(f->nx, f->ny, b, l, &i, &j), s = lanes_column(c->nx, i / 2, j / 2);
      child_line(cell ? f->nx : 0, i / 2, i % 2, l, &x);
      child_line(cell ? f->ny : 0, j / 2, j % 2, l, &y);
      site[l] = cell ? site_of(c, s / NB, sheet) : NULL, lane[l] = s % NB;
    }
    site_coarsen(site_of(f, b, sheet), &x, 0, half);
    site_coarsen(half, &y, 1, whole);
    memset(whole + SITE_SIZE, 0, NB * sizeof *whole);
    site_add_lanes(whole, site, lane, half);
  }
}

typedef struct group {
  const levels *L;
  const level *v;
  int number;
} group;

static void fill_stars(void *ctx, int e, star_lanes *blocks) {
  const group *g = ctx;
  const level *v = g->v;
  int nblock = v->nsite / v->nz;
  for (int sx = 0; sx < 2; sx++)
    for (int sy = 0; sy < 2; sy++) {
      /* Lane l's element is number NB g + l - shift. */
      int shift = (1 - sy) * (v->nx + 1) + (1 - sx), whole = (shift + NB - 1) / NB, first = whole * NB - shift;
      int b = g->number - whole;
      const float *K = b >= 0 && b < nblock ? site_of(v, b, e) : NULL,
                  *next = b + 1 >= 0 && b + 1 < nblock ? site_of(v, b + 1, e) : NULL;
      site_star(K, next, first, g->L->corner[sx] + sy, blocks);
    }
}

static int factor_group(levels *L, const level *v, int g) {
  group at = {L, v, g};
  return star_factor(v->nz, fill_stars, &at, (star_lanes *)(L->work + (size_t)omp_get_thread_num() * WORK),
                     v->factor + (size_t)g * star_kept_size(v->nz), v->scale + (size_t)g * star_rows(v->nz));
}

/* The finest level in chunks of blocks: matrices, their share of the next level, the stars that are complete. What the
   stars still to come need of earlier blocks stays in the ring. */
static int setup_finest(levels *L, levels_cells *cells, void *ctx) {
  level *v = L->level;
  int nblock = v->nsite / v->nz, lifted = 0, coarser = L->nlevel > 1;
  L->seconds = 0;
  for (int block = 0, g0 = 0; block < nblock; block += L->chunk) {
    int end = block + L->chunk < nblock ? block + L->chunk : nblock;
    int g1 = !coarser ? 0 : end < nblock ? end : v->ngroup;
    double t0 = par_wall();
#pragma omp parallel num_threads(L->nthread) reduction(+ : lifted)
    {
#pragma omp for schedule(dynamic, 1)
      for (int site = block * v->nz; site < end * v->nz; site++) {
        float *K = site_of(v, site / v->nz, site % v->nz);
        cells(ctx, site, K);
        if (site % v->nz == v->nz - 1) add_facets(L, site / v->nz, K);
        mask(v, site / v->nz, site % v->nz, K);
      }
#pragma omp master
      L->seconds += par_wall() - t0;
#pragma omp for schedule(dynamic, 1) nowait
      for (int k = 0; k < (coarser ? v->nz : 0); k++) galerkin(L, 0, k, block, end);
#pragma omp for schedule(dynamic, 1)
      for (int g = g0; g < g1; g++) lifted += factor_group(L, v, g);
    }
    g0 = g1;
  }
  memset(L->touched, 0, (size_t)nblock * NB);
  return lifted;
}

static int factor_coarsest(levels *L) {
  const level *v = L->level + L->nlevel - 1;
  memset(L->band, 0, band_size(L->nband, L->plane) * sizeof *L->band);
  for (int site = 0; site < v->nsite; site++)
    for (int l = 0; l < NB; l++) {
      int x, y, k = site % v->nz, row[CELL_DOF];
      size_t first[CELL_DOF];
      if (!lanes_find(v->nx, v->ny, site / v->nz, l, &x, &y)) continue;
      for (int r = 0; r < CELL_DOF; r++) {
        row[r] = band_row(v, grid_node(v, 2 * x + r / 3 % 3, 2 * y + r / 9 % 3, 2 * k + r / 27), r % 3);
        first[r] = band_at(L->plane, row[r], 0);
      }
      for (int r = 0; r < CELL_DOF; r++)
        for (int c = 0; c <= r; c++) {
          int lower = row[r] > row[c];
          L->band[lower ? first[r] + (size_t)row[c] : first[c] + (size_t)row[r]] +=
              (double)v->matrix[(size_t)site * SITE_SIZE + site_at(r, c) * NB + (size_t)l];
        }
    }
  for (int i = 0; i < L->nband; i++) {
    double *d = L->band + band_at(L->plane, i, i);
    *d = *d == 0 ? 1 : *d * (1 + LIFT); /* 0: fixed */
  }
  return band_cholesky(L->nband, L->plane, L->band);
}

/* All coarser levels in one loop: one of them alone has too few groups to keep the threads busy. */
static int factor_coarser(levels *L) {
  int lifted = 0, ngroup = 0;
  for (int n = 1; n + 1 < L->nlevel; n++) ngroup += L->level[n].ngroup;
#pragma omp parallel for schedule(dynamic, 1) reduction(+ : lifted) num_threads(L->nthread)
  for (int i = -1; i < ngroup; i++) {
    if (i < 0) { /* the longest first */
      lifted += factor_coarsest(L);
      continue;
    }
    int g = i;
    const level *v = L->level + 1;
    while (g >= v->ngroup) g -= v++->ngroup;
    lifted += factor_group(L, v, g);
  }
  return lifted;
}

/* Places in memory, given out from `at` on; without a base they are only counted. */
typedef struct room {
  char *base;
  size_t at, most;
} room;

static void *lay(room *r, size_t n, size_t each) {
  void *p = r->base ? r->base + r->at : NULL;
  r->at += (n * each + 63) / 64 * 64;
  if (r->at > r->most) r->most = r->at;
  return p;
}

static size_t matrix_size(const level *v) {
  return (size_t)v->nkept * (size_t)v->nz * SITE_SIZE + 2 * NB;
}
static void lay_matrix(level *v, room *r) {
  float *K = lay(r, matrix_size(v), sizeof *K);
  v->matrix = K ? K + NB : NULL;
}
static void lay_factor(level *v, room *r) {
  v->factor = lay(r, (size_t)v->ngroup * star_kept_size(v->nz), sizeof *v->factor);
  v->scale = lay(r, (size_t)v->ngroup * star_rows(v->nz), sizeof *v->scale);
}

/* What is not needed at the same time has the same place. Alone stand the finest factors and the matrices of the second
   level, which are made out of the finest ones and multiplied with ever after.

     set-up of the finest level    its ring of matrices ...... | . . . . . . . . | work
     set-up of the coarser levels  factors, matrices, band | coarsest matrices   | work
     cycles                        factors, matrices, band | stars, vectors

   Every set-up begins with the first line and makes all of the second anew. */
static void share(levels *L, room *r) {
  level *finest = L->level, *last = L->level + L->nlevel - 1;
  lay_matrix(finest, r);
  size_t ring = r->at;
  if (last > finest) r->at = 0; /* else its matrices become the band */
  for (level *v = finest + 1; v < last; v++) {
    lay_factor(v, r);
    if (v > finest + 1) lay_matrix(v, r);
  }
  L->band = lay(r, band_size(L->nband, L->plane), sizeof *L->band);
  size_t kept = r->at;
  if (last > finest + 1) lay_matrix(last, r);
  if (r->at < ring) r->at = ring;
  L->work = lay(r, (size_t)L->nthread * WORK, sizeof *L->work);
  r->at = kept;
  for (level *v = finest; v < last; v++) v->star = lay(r, (size_t)L->nthread * star_rows(v->nz), sizeof *v->star);
  L->rhs = lay(r, (size_t)L->nband, sizeof *L->rhs);
  mg_place(&L->mg, lay(r, mg_place(&L->mg, NULL), sizeof(float)));
}

static status storage(levels *L, arena *a) {
  const level *last = L->level + L->nlevel - 1;
  L->nband = 3 * last->nnode, L->plane = 3 * node_columns(last->nx, last->ny);
  room all = {0}, alone = {0};
  share(L, &all);
  NEW(a, all.base, all.most);
  all.at = 0;
  share(L, &all);
  for (int pass = 0; pass < 2 && L->nlevel > 1; pass++) {
    if (pass) NEW(a, alone.base, alone.most);
    alone.at = 0;
    lay_factor(L->level, &alone);
    lay_matrix(L->level + 1, &alone);
  }
  return ST_OK;
}

status levels_create(const mesh *m, const uint8_t *fixed, int steps, levels_fine *fine, void *ctx, arena *a,
                     levels **out) {
  levels *L;
  if (steps < 1 || steps > MG_STEPS) FAIL(ST_INTERNAL, "%d smoother applications: 1 to %d are known", steps, MG_STEPS);
  NEW(a, L, 1);
  L->fine = fine, L->ctx = ctx, L->nthread = par_nthread();
  L->chunk = L->nthread;
  for (int s = 0; s < 4; s++) site_corner_table(s / 2, s % 2, &L->corner[s / 2][s % 2]);
  mg_ops ops = {
      .ctx = L, .apply = apply, .smooth = smooth, .restrict_to = restrict_to, .prolong = prolong, .coarsest = coarsest};
  int nx = m->nx, ny = m->ny;
  for (int n = 0;; n++) {
    level *v = L->level + n;
    v->nx = nx, v->ny = ny, v->nz = m->nz;
    v->nnode = (2 * nx + 1) * (2 * ny + 1) * (2 * m->nz + 1);
    v->nsite = lanes_nblock(nx, ny) * m->nz;
    NEW(a, v->fixed, 3 * (size_t)v->nnode);
    if (n == 0)
      memcpy(v->fixed, fixed, 3 * (size_t)v->nnode);
    else
      coarse_mask(v - 1, v);
    int last = node_columns(nx, ny) <= COARSEST;
    if (!last && n == MG_LEVELS - 1)
      FAIL(ST_INPUT, "a mesh of %d x %d columns is finer than %d levels hold", m->nx, m->ny, MG_LEVELS);
    /* Stars of a group reach back over a row of columns and one more. */
    v->nkept = v->nsite / v->nz;
    if (n == 0) {
      int ring = L->chunk + (nx + 2 + NB - 1) / NB;
      NEW(a, L->touched, v->nkept * NB);
      NEW(a, L->facet, (size_t)(v->nkept * NB) * FACET);
      if (ring < v->nkept) v->nkept = ring;
    }
    ops.n[n] = 3 * v->nnode;
    L->nlevel = n + 1;
    if (last) break;
    v->ngroup = lanes_ngroup(nx, ny);
    if (n > 0) TRY(make_loop(v, v->nsite, v->nz, SITE_CHUNKS, block_runs, a, &v->sites));
    TRY(make_loop(v, v->ngroup, 1, STAR_CHUNKS, group_runs, a, &v->stars));
    TRY(line_table(nx, a, &v->px));
    TRY(line_table(ny, a, &v->py));
    nx = (nx + 1) / 2, ny = (ny + 1) / 2;
  }
  ops.nlevel = L->nlevel;
  L->mg = (mg){.ops = ops, .steps = steps, .bound = 4};
  TRY(storage(L, a));
  *out = L;
  return ST_OK;
}

void levels_facet(levels *L, int i, int j, const double k[27][27]) {
  size_t s = (size_t)lanes_column(L->level[0].nx, i, j);
  float *to = L->facet + s * FACET;
  for (int r = 0; r < 27; r++)
    for (int c = 0; c <= r; c++, to++) *to = (float)k[r][c] + (L->touched[s] ? *to : 0);
  L->touched[s] = 1;
}

static void clear(level *v) {
  memset(v->matrix - NB, 0, matrix_size(v) * sizeof *v->matrix);
}

int levels_setup(levels *L, levels_cells *cells, void *ctx) {
  if (L->nlevel > 1) clear(L->level + 1);
  int lifted = setup_finest(L, cells, ctx);
  for (int n = 2; n < L->nlevel; n++) clear(L->level + n); /* here were the finest matrices */
  for (int n = 1; n + 1 < L->nlevel; n++) {
    int nz = L->level[n].nz, nblock = L->level[n].nsite / nz;
#pragma omp parallel for schedule(dynamic, 1) num_threads(L->nthread)
    for (int k = 0; k < nz; k++) galerkin(L, n, k, 0, nblock);
  }
  return lifted + factor_coarser(L);
}

double levels_cells_seconds(const levels *L) {
  return L->seconds;
}

void levels_cycle(levels *L, float *r, float *z) {
  mg_cycle(&L->mg, r, z);
}
