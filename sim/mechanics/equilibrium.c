#include <math.h>
#include <stdio.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/mechanics/direct.h"
#include "sim/mechanics/equilibrium.h"
#include "sim/mechanics/levels.h"
#include "sim/mechanics/mechanics.h"
#include "sim/mechanics/weight.h"
#include "sim/solve/sparse.h"

/* Smoother applications before and after: with 1 the swedish scenario took 472 linear iterations where 2 took 244, each
   about half as dear, so no time was gained; with stiff fibres 2 is the safer choice (solver findings, section 2). */
enum { SMOOTH_STEPS = 2 };
/* The hand's row may be off by this share of its force: far below the 1 % that is promised, above round-off. */
static const double HAND_TOLERANCE = 1e-7;
/* Residual as a share of the forces below which contact updates its multipliers. Numerical.
   Tried on three technique scenarios: 1e-3 costs 14 to 39 % more Newton iterations than 0.1, and at 0.5 friction bounds
   follow states that are none, so that steps fail (deep_tissue: 12 cut-backs where there was 1). */
static const double NEAR = 0.05;
/* Residual as a share of the forces below which a preconditioner stays what it was, if it was made where less than
   SETTLING was left, and not less than now: farther away, or after prescribed motion, the tangent is another one. Nor
   when contact has become stiffer somewhere: a smoother that knows nothing of a stiffness need not be positive (kept
   all the same, steps failed by the dozen). Numerical: in three programmes (draft, 5 s) 0.01 costs no Newton and no
   linear iteration, 0.05 up to 5 %. */
static const double SETTLED = 0.01, SETTLING = 0.1;
/* Half of the 1e-6 that is promised at every accepted step. */
static const double BALANCE = 5e-7;

enum { SOLID, GUEST, INERTIA, CONTACT, TERMS };

struct equilibrium {
  const model *m;
  inertia *inertia; /* NULL: none */
  contact *contact;
  term term[TERMS];
  double *load, share; /* [3 nnode] the body's weight, N, NULL: none; how much of it acts */
  double weight[3];    /* N, all of it */
  int nhand;           /* unknowns of hands: depths first, then offsets */
  size_t ndof, n;
  uint8_t *fixed; /* [n] */
  int8_t *rig_of; /* [3 nnode] rig that holds an unknown, -1 */
  levels *levels; /* NULL: direct */
  direct *direct;
  char words[512]; /* which, and why */
  float *rf, *zf;
  double *part, *work;
  contact_tool tool[MODEL_HANDS];
  int hand_of[MODEL_HAND_UNKNOWNS], unknown[MODEL_HAND_UNKNOWNS]; /* whose it is; 1 in steps that solve for it */
  double given[MODEL_HANDS]; /* force of each hand in its unknown directions at the last residual, N */
  double *border[MODEL_HAND_UNKNOWNS], *solved[MODEL_HAND_UNKNOWNS];
  double corner[MODEL_HAND_UNKNOWNS][MODEL_HAND_UNKNOWNS];
  double schur[MODEL_HAND_UNKNOWNS][MODEL_HAND_UNKNOWNS]; /* inverse, between those that are unknown */
  int augmentations;                                      /* of this attempt */
  const double *known;                                    /* displacements of a state in balance, NULL: none */
  const double *trusted; /* where the body's next tangent is taken, NULL: where Newton is */
  double scale;          /* N: forces that meet in the residual */
  double left;           /* size of a residual since the last linearisation, as a share of the forces; INFINITY: none */
  double built;          /* the same where the preconditioner was made; INFINITY: not in this solve */
  int kept;              /* the last linearisation left it as it was */
  double seconds[MECH_PHASES];
};

const double *equilibrium_seconds(const equilibrium *e) {
  return e->seconds;
}
const uint8_t *equilibrium_fixed(const equilibrium *e) {
  return e->fixed;
}

const double *equilibrium_forces(const equilibrium *e) {
  return e->work;
}
int equilibrium_supported(const equilibrium *e, size_t unknown) {
  return e->fixed[unknown] && e->rig_of[unknown] < 0;
}

void equilibrium_weigh(equilibrium *e, double share) {
  e->share = share;
}
const double *equilibrium_weight(const equilibrium *e) {
  return e->weight;
}
double equilibrium_weight_work(const equilibrium *e, const double *u) {
  return e->load ? par_dot((int)e->ndof, e->load, u, e->part) : 0;
}
static void hang(const equilibrium *e, double *r) {
  if (!e->load) return;
#pragma omp parallel for schedule(static) if (e->n > PAR_LEAST)
  for (size_t i = 0; i < e->ndof; i++) r[i] -= e->share * e->load[i];
}

static status hold_supports(equilibrium *e, arena *a) {
  static const int axis[FACE_COUNT] = {0, 0, 1, 1, 2, 2};
  const model *m = e->m;
  int32_t *node;
  size_t mark = arena_mark(a);
  NEW(a, node, m->mesh->nnode);
  for (int f = 0; f < FACE_COUNT; f++) {
    if (m->geometry.faces[f] == SUPPORT_FREE) continue;
    int n = mesh_face_nodes(m->mesh, (face_id)f, m->mesh->nnode, node);
    for (int i = 0; i < n; i++)
      for (int k = 0; k < 3; k++)
        if (m->geometry.faces[f] == SUPPORT_FIXED || k == axis[f]) e->fixed[3 * (size_t)node[i] + (size_t)k] = 1;
  }
  arena_release(a, mark);
  for (size_t i = 0; i < e->ndof; i++) e->rig_of[i] = -1;
  for (int g = 0; g < m->nrig; g++)
    for (int i = 0; i < m->rigs[g].nnode; i++)
      for (int k = 0; k < 3; k++)
        if (m->rigs[g].held[k]) {
          size_t dof = 3 * (size_t)m->rigs[g].node[i] + (size_t)k;
          e->fixed[dof] = 1, e->rig_of[dof] = (int8_t)g;
        }
  return ST_OK;
}

inertia *equilibrium_inertia(equilibrium *e) {
  return e->inertia;
}

static int acts(const equilibrium *e, int i) {
  switch (i) {
  case INERTIA: return inertia_acts(e->inertia);
  case CONTACT: return contact_any(e->contact);
  case GUEST: return e->term[GUEST].self != NULL;
  default: return 1;
  }
}

static void fine(void *ctx, const float *x, float *y) {
  equilibrium *e = ctx;
#pragma omp parallel for schedule(static) if (e->n > PAR_LEAST)
  for (size_t i = 0; i < e->ndof; i++) y[i] = 0;
  for (int i = 0; i < TERMS; i++)
    if (acts(e, i)) e->term[i].apply_f(e->term[i].self, x, y);
#pragma omp parallel for schedule(static) if (e->n > PAR_LEAST)
  for (size_t i = 0; i < e->ndof; i++)
    if (e->fixed[i]) y[i] = 0;
}

static status choose(equilibrium *e, preconditioner which, arena *a) {
  const model *m = e->m;
  int stand = mesh_in_columns(m->mesh);
  if (which == PRECONDITIONER_MULTIGRID && !stand)
    FAIL(ST_INPUT, "preconditioner: multigrid needs a mesh in columns, and this is none: %s", m->mesh->why);
  if (which == PRECONDITIONER_MULTIGRID || (which == PRECONDITIONER_AUTO && stand)) {
    snprintf(e->words, sizeof e->words, "multigrid, %s", which ? "as asked" : "because the mesh stands in columns");
    return levels_create(m->mesh, e->fixed, m->time.smooth ? m->time.smooth : SMOOTH_STEPS, fine, e, a, &e->levels);
  }
  TRY(direct_create(m->space, e->fixed, a, &e->direct));
  snprintf(e->words, sizeof e->words,
           "direct, %s%s; %d of at most %d unknowns, factor of %.3g million entries (%.3g MB)",
           which ? "as asked" : "because the mesh has no columns: ", which ? "" : m->mesh->why,
           direct_unknowns(e->direct), DIRECT_MOST, 1e-6 * (double)direct_nfactor(e->direct),
           1e-6 * (double)(direct_nfactor(e->direct) * sizeof(double)));
  return ST_OK;
}

const char *equilibrium_preconditioner(const equilibrium *e) {
  return e->words;
}

status equilibrium_create(const model *m, solid *s, contact *c, preconditioner which, arena *a, equilibrium **out) {
  equilibrium *e;
  NEW(a, e, 1);
  e->m = m, e->contact = c;
  e->ndof = 3 * (size_t)m->mesh->nnode, e->n = (size_t)model_unknowns(m), e->nhand = (int)(e->n - e->ndof);
  for (int t = 0; t < m->ntool; t++) {
    int side = model_sideways(m, t);
    e->hand_of[t] = t;
    if (side >= 0) e->hand_of[side] = e->hand_of[side + 1] = t;
  }
  NEW(a, e->fixed, e->n);
  NEW(a, e->rig_of, e->ndof);
  NEW(a, e->rf, e->ndof);
  NEW(a, e->zf, e->ndof);
  NEW(a, e->work, e->n);
  NEW(a, e->part, par_nblock((int)e->n));
  for (int h = 0; h < e->nhand; h++) {
    NEW(a, e->border[h], e->n); /* mask() writes all unknowns */
    NEW(a, e->solved[h], e->ndof);
  }
  TRY(hold_supports(e, a));
  TRY(weight_load(m, a, &e->load));
  for (size_t i = 0; e->load && i < e->ndof; i++) e->weight[i % 3] += e->load[i];
  e->share = 1;
  TRY(inertia_create(m, e->fixed, a, &e->inertia));
  e->term[SOLID] = solid_term(s), e->term[INERTIA] = inertia_term(e->inertia), e->term[CONTACT] = contact_term(c);
  TRY(choose(e, which, a));
  e->built = e->left = INFINITY;
  *out = e;
  return ST_OK;
}

void equilibrium_add(equilibrium *e, term guest) {
  e->term[GUEST] = guest;
}

void equilibrium_begin(equilibrium *e, const contact_tool *tools) {
  e->augmentations = 0, e->known = e->trusted = NULL;
  for (int t = 0; t < e->m->ntool; t++) e->tool[t] = tools[t];
  for (int h = 0; h < e->nhand; h++) {
    const contact_tool *t = tools + e->hand_of[h];
    e->unknown[h] = t->touching && (h < e->m->ntool ? t->force_controlled : t->sideways > 0);
    e->fixed[e->ndof + (size_t)h] = !e->unknown[h];
  }
}

void equilibrium_trust(equilibrium *e, const double *u, int now) {
  e->known = u, e->trusted = now ? u : NULL;
}

static void mask(const equilibrium *e, double *r) {
#pragma omp parallel for schedule(static) if (e->n > PAR_LEAST)
  for (size_t i = 0; i < e->n; i++)
    if (e->fixed[i]) r[i] = 0;
}

static status residual(void *ctx, const double *u, double *r) {
  equilibrium *e = ctx;
  double t0 = par_wall();
  memset(r, 0, e->n * sizeof *r);
  for (int i = SOLID; i <= GUEST; i++) {
    status st = acts(e, i) ? e->term[i].residual(e->term[i].self, u, r) : ST_OK;
    if (st) return st; /* an inverted element is part of a line search, not worth a trace */
  }
  /* Scale: what the supports and rigs carry, and what the hands are asked for. */
  double held = 0;
  for (size_t i = 0; i < e->ndof; i++)
    if (e->fixed[i]) held += r[i] * r[i];
  e->scale = fmax(1, sqrt(held));
  for (int h = 0; h < e->nhand; h++) {
    int t = e->hand_of[h], side = h - model_sideways(e->m, t);
    double x = u[e->ndof + (size_t)h];
    if (!e->unknown[h]) continue;
    if (h < e->m->ntool)
      e->given[t] = fabs(contact_given(e->tool + t, x));
    else
      e->given[t] = fmax(e->unknown[t] || side ? e->given[t] : 0, fabs(contact_aside(e->tool + t, side, x)));
    e->scale = fmax(e->scale, e->given[t]);
  }
  for (int i = GUEST + 1; i < TERMS; i++)
    if (acts(e, i)) TRY(e->term[i].residual(e->term[i].self, u, r));
  hang(e, r);
  mask(e, r);
  e->seconds[MECH_RESIDUALS] += par_wall() - t0;
  return ST_OK;
}

static double size(void *ctx, const double *r) {
  equilibrium *e = ctx;
  double part = sqrt(par_dot((int)e->ndof, r, r, e->part)) / (e->m->time.tolerance * e->scale);
  /* What is left must not add up either: hands and supports balance to this share of the largest force. */
  double sum[3] = {0};
  for (size_t i = 0; i < e->ndof; i++) sum[i % 3] += r[i];
  part = fmax(part, sqrt(sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]) / (BALANCE * e->scale));
  for (int h = 0; h < e->nhand; h++)
    if (e->unknown[h])
      part = fmax(part, fabs(r[e->ndof + (size_t)h]) / (HAND_TOLERANCE * fmax(1, e->given[e->hand_of[h]])));
  e->left = part * e->m->time.tolerance;
  return part;
}

/* Multipliers and friction bounds follow Newton once it is near: then the pressures mean something. */
static int update(void *ctx, double *u, double size_now) {
  equilibrium *e = ctx;
  if (!contact_any(e->contact) || size_now * e->m->time.tolerance > NEAR) return 0;
  if (!contact_augment(e->contact, u, e->augmentations == 0)) return 0;
  for (int t = 0; t < e->m->ntool; t++) u[e->ndof + (size_t)t] = contact_rest(e->contact, t, u, 0);
  e->augmentations++;
  return 1;
}

int equilibrium_augmentations(const equilibrium *e) {
  return e->augmentations;
}

/* ---- blocks into the preconditioner ---------------------------------------------------------------------------- */

static void cells(void *ctx, int site, float *K) {
  const equilibrium *e = ctx;
  for (int i = 0; i < TERMS; i++)
    if (e->term[i].cells && acts(e, i)) e->term[i].cells(e->term[i].self, site, K);
}

static void take_facet(void *self, int facet, const double k[27][27]) {
  equilibrium *e = self;
  const mesh *g = e->m->mesh;
  if (e->direct) {
    direct_facet(e->direct, facet, k);
    return;
  }
  int column = g->skin_cell[facet] / g->nz;
  levels_facet(e->levels, column % g->nx, column / g->nx, k);
}

static void take_border(void *self, int h, int node, const double k[3]) {
  equilibrium *e = self;
  for (int i = 0; i < 3; i++) e->border[h][3 * node + i] += k[i];
}

static void take_corner(void *self, int h, int i, double k) {
  equilibrium *e = self;
  e->corner[h][i] += k;
  if (i != h) e->corner[i][h] += k;
}

static void cycle(equilibrium *e, const double *r, double *z) {
  double t0 = par_wall();
  if (e->direct) {
    direct_solve(e->direct, r, z);
    e->seconds[MECH_CYCLES] += par_wall() - t0;
    return;
  }
  /* Float holds 38 decades, a residual near its tolerance is far from that: no scaling needed but for the smallest. */
#pragma omp parallel for schedule(static) if (e->n > PAR_LEAST)
  for (size_t i = 0; i < e->ndof; i++) e->rf[i] = e->fixed[i] ? 0 : (float)r[i];
  levels_cycle(e->levels, e->rf, e->zf);
#pragma omp parallel for schedule(static) if (e->n > PAR_LEAST)
  for (size_t i = 0; i < e->ndof; i++) z[i] = (double)e->zf[i];
  e->seconds[MECH_CYCLES] += par_wall() - t0;
}

/* The hands' rows by block elimination with one cycle per unknown in place of the inverse:
   S = corner - border' M border, inverted (Gauss-Jordan on a small positive matrix). */
static void border_setup(equilibrium *e) {
  int list[MODEL_HAND_UNKNOWNS], n = 0;
  memset(e->schur, 0, sizeof e->schur);
  for (int h = 0; h < e->nhand; h++)
    if (e->unknown[h]) {
      list[n++] = h;
      mask(e, e->border[h]);
      cycle(e, e->border[h], e->solved[h]);
    }
  double S[MODEL_HAND_UNKNOWNS][2 * MODEL_HAND_UNKNOWNS] = {{0}};
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      S[i][j] = -par_dot((int)e->ndof, e->border[list[i]], e->solved[list[j]], e->part);
      S[i][j] += e->corner[list[i]][list[j]];
    }
    /* The cycle is below the inverse, so S is positive; should round-off say otherwise, fall back to the corner. */
    double corner = e->corner[list[i]][list[i]];
    if (!(S[i][i] > 1e-6 * corner)) S[i][i] = corner > 0 ? corner : 1;
    S[i][n + i] = 1;
  }
  for (int i = 0; i < n; i++) {
    double pivot = S[i][i];
    for (int j = 0; j < 2 * n; j++) S[i][j] /= pivot;
    for (int k = 0; k < n; k++) {
      double f = S[k][i];
      if (k == i) continue;
      for (int j = 0; j < 2 * n; j++) S[k][j] -= f * S[i][j];
    }
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) e->schur[list[i]][list[j]] = 0.5 * (S[i][n + j] + S[j][n + i]);
}

static status linearize(void *ctx, const double *u) {
  equilibrium *e = ctx;
  double t0 = par_wall();
  for (int i = 0; i < TERMS; i++)
    if (acts(e, i)) TRY(e->term[i].linearize(e->term[i].self, i == SOLID && e->trusted ? e->trusted : u));
  e->kept = e->levels && !e->trusted && e->left < SETTLED && e->left <= e->built && e->built < SETTLING &&
            !contact_stiffer(e->contact);
  double left = e->left;
  e->trusted = NULL, e->left = INFINITY;
  if (e->kept) {
    e->seconds[MECH_MATRICES] += par_wall() - t0;
    return ST_OK;
  }
  contact_mark(e->contact);
  e->built = left;
  if (e->direct) direct_begin(e->direct);
  block_sink sink = {e, take_facet, take_border, take_corner};
  for (int h = 0; h < e->nhand; h++) memset(e->border[h], 0, e->ndof * sizeof *e->border[h]);
  memset(e->corner, 0, sizeof e->corner);
  for (int i = 0; i < TERMS; i++)
    if (e->term[i].blocks && acts(e, i)) e->term[i].blocks(e->term[i].self, &sink);
  double t1 = par_wall();
  if (e->direct)
    direct_setup(e->direct, cells, e);
  else
    levels_setup(e->levels, cells, e);
  double t2 = par_wall();
  double matrices = e->direct ? direct_cells_seconds(e->direct) : levels_cells_seconds(e->levels);
  e->seconds[MECH_MATRICES] += t1 - t0 + matrices, e->seconds[MECH_FACTORS] += t2 - t1 - matrices;
  border_setup(e);
  return ST_OK;
}

static status steady(void *ctx, const double *u) {
  equilibrium *e = ctx;
  if (!e->known) return ST_RETRY;
  e->trusted = e->known;
  return linearize(ctx, u);
}

static void apply(void *ctx, const double *du, double *dr) {
  equilibrium *e = ctx;
  double t0 = par_wall();
#pragma omp parallel for schedule(static) if (e->n > PAR_LEAST)
  for (size_t i = 0; i < e->n; i++) dr[i] = 0;
  for (int i = 0; i < TERMS; i++)
    if (acts(e, i)) e->term[i].apply(e->term[i].self, du, dr);
  mask(e, dr);
  e->seconds[MECH_APPLIES] += par_wall() - t0;
}

static void precondition(void *ctx, const double *r, double *z) {
  equilibrium *e = ctx;
  cycle(e, r, z);
  double left[MODEL_HAND_UNKNOWNS], way[MODEL_HAND_UNKNOWNS];
  for (int h = 0; h < e->nhand; h++)
    left[h] = e->unknown[h] ? r[e->ndof + (size_t)h] - par_dot((int)e->ndof, e->solved[h], r, e->part) : 0;
  for (int h = 0; h < e->nhand; h++) {
    way[h] = 0;
    for (int i = 0; i < e->nhand; i++) way[h] += e->schur[h][i] * left[i];
    z[e->ndof + (size_t)h] = way[h];
  }
  for (int h = 0; h < e->nhand; h++) {
    if (!e->unknown[h]) continue;
    const double *w = e->solved[h];
    double d = way[h];
#pragma omp parallel for schedule(static) if (e->n > PAR_LEAST)
    for (size_t i = 0; i < e->ndof; i++) z[i] -= d * w[i];
  }
}

static int renew(void *ctx, const double *u) {
  equilibrium *e = ctx;
  if (!e->kept) return 0;
  e->built = INFINITY;
  return linearize(ctx, u) == ST_OK;
}

static void stiffen(void *ctx, double share) {
  equilibrium *e = ctx;
  for (int i = 0; i < TERMS; i++)
    if (e->term[i].stiffen) e->term[i].stiffen(e->term[i].self, share);
  e->built = INFINITY; /* what was made of another tangent is not kept */
}

static void fresh(void *ctx) {
  equilibrium *e = ctx;
  e->built = e->left = INFINITY;
}

nl_problem equilibrium_problem(equilibrium *e) {
  return (nl_problem){.ctx = e,
                      .n = (int)e->n,
                      .fresh = fresh,
                      .residual = residual,
                      .linearize = linearize,
                      .apply = apply,
                      .precondition = precondition,
                      .size = size,
                      .update = update,
                      .renew = renew,
                      .steady = steady,
                      .stiffen = stiffen};
}

void equilibrium_reactions(equilibrium *e, const double *u, double *support, double *rig) {
  double *r = e->work;
  memset(r, 0, e->n * sizeof *r);
  memset(support, 0, 3 * sizeof *support);
  memset(rig, 0, 3 * MODEL_RIGS * sizeof *rig);
  /* All terms: a hand may press on skin that a support holds too. */
  for (int i = 0; i < TERMS; i++)
    if (i != INERTIA && acts(e, i) && e->term[i].residual(e->term[i].self, u, r)) return;
  hang(e, r);
  if (e->inertia) inertia_reactions(e->inertia, u, r);
  for (size_t i = 0; i < e->ndof; i++) {
    if (!e->fixed[i]) continue;
    if (e->rig_of[i] >= 0)
      rig[3 * e->rig_of[i] + (int)(i % 3)] += r[i];
    else
      support[i % 3] += r[i];
  }
}
