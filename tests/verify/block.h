/* A block as the verification tests drive it: a cuboid of one law, its nodes moved off the regular grid, its faces
   held, under a body force, and a Newton solve that remembers the norm of every residual. */
#ifndef KNEAD_VERIFY_BLOCK_H
#define KNEAD_VERIFY_BLOCK_H
#include "sim/mechanics/equilibrium.h"
#include "sim/solve/krylov.h"
#include "tests/small_model.h"

enum { BLOCK_NORMS = 64 };

typedef struct block {
  model *m;
  equilibrium *e;
  nl_problem inner;   /* the engine's */
  const double *load; /* [3 nnode] consistent nodal forces, N; NULL: none */
  int nnorm;
  double norm[BLOCK_NORMS]; /* |r|_2 at the start and after each Newton step, N */
  arena *scratch;
} block;

/* ---- mesh ------------------------------------------------------------------------------------------------------- */

/* Every vertex of the mesh moves by up to `share` of the element's edges, at random, boundary vertices within their
   face, so the block stays the same cuboid. The other nodes are put in the middle of their edge, face or cell: edges
   are straight and the geometry is trilinear. */
static inline void block_perturb(mesh *g, double share, unsigned seed) {
  const double *last = g->x + 3 * (size_t)(g->nnode - 1);
  const int n[3] = {g->nx, g->ny, g->nz};
  const double h[3] = {last[0] / g->nx, last[1] / g->ny, last[2] / g->nz};
  for (int j = 0; j <= 2 * g->ny; j += 2)
    for (int i = 0; i <= 2 * g->nx; i += 2)
      for (int k = 0; k <= 2 * g->nz; k += 2) {
        const int at[3] = {i, j, k};
        for (int c = 0; c < 3; c++) {
          double move = share * h[c] * small_random(&seed);
          if (at[c] > 0 && at[c] < 2 * n[c]) g->x[3 * mesh_node(g, i, j, k) + c] += move;
        }
      }
  for (int j = 0; j <= 2 * g->ny; j++)
    for (int i = 0; i <= 2 * g->nx; i++)
      for (int k = 0; k <= 2 * g->nz; k++) {
        if (i % 2 == 0 && j % 2 == 0 && k % 2 == 0) continue;
        double sum[3] = {0};
        for (int v = 0; v < 8; v++) {
          int node = mesh_node(g, i + (v & 1 ? i % 2 : -(i % 2)), j + (v & 2 ? j % 2 : -(j % 2)),
                               k + (v & 4 ? k % 2 : -(k % 2)));
          for (int c = 0; c < 3; c++) sum[c] += g->x[3 * node + c];
        }
        for (int c = 0; c < 3; c++) g->x[3 * mesh_node(g, i, j, k) + c] = sum[c] / 8;
      }
}

/* Every node, on the boundary too, moves by up to `share` of the distance between nodes: edges and faces are curved. */
static inline void block_curve(mesh *g, double share, unsigned seed) {
  const double *last = g->x + 3 * (size_t)(g->nnode - 1);
  const double h[3] = {last[0] / (2 * g->nx), last[1] / (2 * g->ny), last[2] / (2 * g->nz)};
  for (int i = 0; i < 3 * g->nnode; i++) g->x[i] += share * h[i % 3] * small_random(&seed);
}

/* ---- the problem ------------------------------------------------------------------------------------------------ */

static inline status block_residual(void *ctx, const double *u, double *r) {
  block *b = ctx;
  status st = b->inner.residual(b->inner.ctx, u, r);
  if (st || !b->load) return st;
  const uint8_t *fixed = equilibrium_fixed(b->e);
  for (int i = 0; i < b->inner.n; i++)
    if (!fixed[i]) r[i] -= b->load[i];
  return ST_OK;
}
static inline status block_linearize(void *ctx, const double *u) {
  block *b = ctx;
  return b->inner.linearize(b->inner.ctx, u);
}
static inline void block_apply(void *ctx, const double *du, double *dr) {
  block *b = ctx;
  b->inner.apply(b->inner.ctx, du, dr);
}
static inline void block_precondition(void *ctx, const double *r, double *z) {
  block *b = ctx;
  b->inner.precondition(b->inner.ctx, r, z);
}
static inline int block_renew(void *ctx, const double *u) {
  block *b = ctx;
  return b->inner.renew(b->inner.ctx, u);
}

static inline double block_norm(int n, const double *x) {
  double s = 0;
  for (int i = 0; i < n; i++) s += x[i] * x[i];
  return sqrt(s);
}

/* Newton asks for the size once at the start and once after each step it takes. */
static inline double block_size(void *ctx, const double *r) {
  block *b = ctx;
  if (b->nnorm < BLOCK_NORMS) b->norm[b->nnorm++] = block_norm(b->inner.n, r);
  return b->inner.size(b->inner.ctx, r);
}

static inline nl_problem block_problem(block *b) {
  /* No contact in these blocks: nothing to update. */
  return (nl_problem){.ctx = b,
                      .n = b->inner.n,
                      .residual = block_residual,
                      .linearize = block_linearize,
                      .apply = block_apply,
                      .precondition = block_precondition,
                      .size = block_size,
                      .renew = block_renew};
}

/* Takes a model with its layer, mesh, supports and rigs; makes space, solid and equilibrium. */
static inline block *block_create(model *m, mesh *g) {
  solid *s;
  contact *c;
  contact_fields none = {0};
  block *b = calloc(1, sizeof *b);
  small_mesh(m, g);
  assert_ok(solid_create(m, m->memory, &s));
  assert_ok(contact_create(m, none, m->memory, &c));
  assert_ok(equilibrium_create(m, s, c, PRECONDITIONER_AUTO, m->memory, &b->e));
  equilibrium_begin(b->e, NULL);
  b->m = m, b->inner = equilibrium_problem(b->e), b->scratch = arena_create(1 << 20);
  assert_non_null(b->scratch);
  return b;
}

static inline void block_free(block *b) {
  arena_destroy(&b->scratch);
  model_free(&b->m);
  free(b);
}

static inline void block_hold_all_faces(model *m) {
  for (int f = 0; f < FACE_COUNT; f++) m->geometry.faces[f] = SUPPORT_FIXED;
}

/* Solves from u, in place. krylov: every linear solve is taken to this, relative to its right-hand side. */
static inline nl_report block_solve(block *b, double krylov, const double *lift, double *u) {
  nl_problem p = block_problem(b);
  newton_opts o = {.max_newton = b->m->time.max_newton,
                   .max_krylov = b->m->time.max_krylov,
                   .krylov_least = krylov,
                   .krylov_most = krylov,
                   .lift = lift};
  nl_report rep;
  b->nnorm = 0;
  status st = newton_solve(&p, &o, u, b->scratch, &rep);
  if (st) print_error("Newton stopped: %s, residual %.3g of its tolerance\n", newton_reason(rep.reason), rep.last);
  assert_int_equal(st, ST_OK);
  return rep;
}

#endif
