/* Iterations of PCG from zero to 1e-8, with the meshes, tissues and numbers of smoother steps of the gates. */
#include <math.h>
#include <string.h>
#include "bench/linear.h"
#include "bench/march.h"
#include "models/catalog.h"
#include "sim/state/state.h"

/* "B bent aniso r=99 k=3": block, fibres, lambda / mu, smoother applications before and after. */
static void name_row(char label[BENCH_TEXT], const block *k, int refine, const char *what) {
  snprintf(label, BENCH_TEXT, "%c %.20s %s r=%g k=%d", block_mesh_name(refine), what,
           k->fibres == FIBRES_NONE ? "iso" : "aniso", k->ratio, k->smooth);
}

/* ---- undeformed ------------------------------------------------------------------------------------------------- */

static status undeformed(bench *b, const block *k, const char *label) {
  model *m;
  solid *s;
  equilibrium *e;
  linear l = {0};
  TRY(block_build(k, &m));
  status st = block_equilibrium(m, &s, &e);
  if (st == ST_OK) st = linear_create(&l, equilibrium_problem(e));
  if (st == ST_OK) {
    block_lift(m, 1, l.u, l.x);
    st = linear_load(&l);
  }
  if (st == ST_OK) st = linear_count(b, &l, label);
  linear_free(&l);
  model_free(&m);
  return st;
}

static status flat_and_bent(bench *b, int refine, int smooth) {
  for (int bent = 0; bent < 2; bent++)
    for (int hard = 0; hard < 2; hard++)
      for (int sheet = 0; sheet < 2; sheet++) {
        char label[BENCH_TEXT];
        block k = block_quarter(refine, hard ? 999 : 99, bent);
        k.fibres = sheet ? FIBRES_BOTH_WAYS : FIBRES_NONE, k.smooth = smooth;
        name_row(label, &k, refine, bent ? "bent" : "flat");
        TRY(undeformed(b, &k, label));
      }
  return ST_OK;
}

/* Mesh D: growth to 2 million unknowns, once; a bent or layered one would tell the same and take as long again. */
status case_iterations(bench *b) {
  if (b->size == SIZE_TINY) return flat_and_bent(b, 1, 3);
  TRY(flat_and_bent(b, 2, 3));
  if (b->size == SIZE_QUICK) return ST_OK;
  for (int smooth = 1; smooth < 3; smooth++) TRY(flat_and_bent(b, 2, smooth));
  TRY(flat_and_bent(b, 4, 3));
  if (b->size < SIZE_LONG) return ST_OK;
  char label[BENCH_TEXT];
  block k = block_quarter(8, 99, 0);
  k.smooth = 3;
  name_row(label, &k, 8, "flat");
  return undeformed(b, &k, label);
}

/* ---- pressed in: fibres taut on one side, slack on the other ------------------------------------------------------
 */

enum { MILLIMETRES = 8 };

/* Tangents where a run linearises at 4 and at 8 mm; the right-hand side is the next millimetre's. */
static status count_at(bench *b, march *d, linear *l, const block *k, int refine) {
  char label[BENCH_TEXT], what[BENCH_TEXT];
  snprintf(what, sizeof what, "%dmm", d->done);
  name_row(label, k, refine, what);
  memcpy(l->u, d->u, (size_t)d->p.n * sizeof *l->u);
  block_lift(d->m, (d->done + 1.0) / d->nstep, l->u, l->x);
  TRY(linear_load(l));
  return linear_count(b, l, label);
}

static status pressed(bench *b, march *d, linear *l, const block *k, int refine) {
  for (int half = 0; half < 2; half++) {
    TRY(march_on(d, MILLIMETRES / 2));
    TRY(count_at(b, d, l, k, refine));
  }
  return ST_OK;
}

static status press(bench *b, int refine, double ratio) {
  model *m;
  solid *s;
  equilibrium *e;
  linear l = {0};
  march d = {0};
  block k = block_quarter(refine, ratio, 0);
  k.fibres = FIBRES_IN_TENSION, k.smooth = 3, k.move = -1e-3 * MILLIMETRES;
  TRY(block_build(&k, &m));
  status st = block_equilibrium(m, &s, &e);
  if (st == ST_OK) st = linear_create(&l, equilibrium_problem(e));
  if (st == ST_OK) st = march_create(&d, m, equilibrium_problem(e), MILLIMETRES);
  if (st == ST_OK) st = pressed(b, &d, &l, &k, refine);
  march_free(&d);
  linear_free(&l);
  model_free(&m);
  return st;
}

status case_pressed(bench *b) {
  TRY(press(b, b->size < SIZE_FULL ? 1 : 2, 99));
  if (b->size < SIZE_FULL) return ST_OK;
  TRY(press(b, 2, 999));
  return b->size < SIZE_LONG ? ST_OK : press(b, 4, 99);
}

/* ---- contact ------------------------------------------------------------------------------------------------------
 */

/* A flat disc whose distance is stretched: contact's normal stiffness is then that factor squared times its own. Not a
   hand by the contract (the normal is not of unit length), which is why it stands here. */
typedef struct disc {
  double radius, stretch; /* m */
} disc;

static double disc_reach(const void *par) {
  return 2 * ((const disc *)par)->radius;
}
static void disc_gap(const void *par, int n, const double *x, double *gap, double *normal, double *hess) {
  const disc *c = par;
  for (int q = 0; q < n; q++) {
    int under = hypot(x[q], x[n + q]) < c->radius;
    gap[q] = under ? -c->stretch * x[2 * n + q] : c->radius;
    if (normal) normal[q] = normal[n + q] = 0, normal[2 * n + q] = -c->stretch;
  }
  if (hess) memset(hess, 0, 6 * (size_t)n * sizeof *hess);
}
static const hand hand_disc = {.name = "disc", .reach = disc_reach, .gap = disc_gap};

/* What contact keeps from step to step; in a run these are fields of mechanics. */
static const field_decl kept[] = {
    {.name = "skin_pressure", .ncomp = 1, .at = AT_SKIN},    {.name = "skin_traction", .ncomp = 3, .at = AT_SKIN},
    {.name = "skin_gap", .ncomp = 1, .at = AT_SKIN},         {.name = "contact_multiplier", .ncomp = 1, .at = AT_SKIN},
    {.name = "contact_owner", .ncomp = 1, .at = AT_SKIN},    {.name = "contact_friction", .ncomp = 3, .at = AT_SKIN},
    {.name = "contact_relative", .ncomp = 3, .at = AT_SKIN}, {0}};

typedef struct touch { /* one hand on the middle of the block, straight down */
  model *m;
  contact *c;
  equilibrium *e;
  nl_problem p;
  state *now, *next;
  contact_tool tool;
  size_t ndof;
  linear l;
} touch;

static status touch_create(touch *t, const block *k, const hand *kind, void *par, double friction) {
  solid *s;
  TRY(block_build(k, &t->m));
  model *m = t->m;
  m->ntool = 1;
  m->tools[0] = (tool){.name = "hand", .kind = kind, .par = par, .friction = friction};
  TRY(model_declare(m, 0, kept));
  contact_fields f = {0, 1, 2, 3, 4, 5, 6}; /* in the order of `kept`, which is that of the struct */
  TRY(solid_create(m, m->memory, &s));
  TRY(contact_create(m, f, m->memory, &t->c));
  TRY(equilibrium_create(m, s, t->c, PRECONDITIONER_AUTO, m->memory, &t->e));
  TRY(state_create(m, &t->now));
  TRY(state_create(m, &t->next));
  t->p = equilibrium_problem(t->e), t->ndof = 3 * (size_t)m->mesh->nnode;
  double top = 0;
  for (int i = 0; i < k->nlayer; i++) top += k->layer[i].thickness;
  t->tool =
      (contact_tool){.touching = 1, .origin = {0, 0, top}, .inward = {0, 0, -1}, .R = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
  return linear_create(&t->l, t->p);
}

static void touch_free(touch *t) {
  linear_free(&t->l);
  state_free(&t->now);
  state_free(&t->next);
  model_free(&t->m);
}

/* Hand and skin as they are in t->l.u, the hand on its way to `depth`. */
static void touch_begin(touch *t, double depth) {
  contact_begin(t->c, t->now, t->l.u, &t->tool, &depth, NULL);
  equilibrium_begin(t->e, &t->tool);
}

/* The next bit of depth, or of force where the depth is an unknown. */
static status touch_count(bench *b, touch *t, const char *label) {
  linear *l = &t->l;
  memset(l->x, 0, (size_t)t->p.n * sizeof *l->x);
  if (!t->tool.force_controlled) l->x[t->ndof] = 1e-3;
  TRY(linear_load(l));
  if (t->tool.force_controlled) l->b[t->ndof] = 1;
  return linear_count(b, l, label);
}

/* Stiffness per area of contact as it comes, from the force of a plate larger than the skin. */
static status own_stiffness(touch *t, disc *d, double area, double *out) {
  const double depth = 1e-6;
  *d = (disc){.radius = 1, .stretch = 1};
  t->l.u[t->ndof] = depth;
  touch_begin(t, depth);
  double *r = t->l.b;
  memset(r, 0, (size_t)t->p.n * sizeof *r);
  term k = contact_term(t->c);
  TRY(k.residual(k.self, t->l.u, r));
  *out = fabs(r[t->ndof]) / (area * depth);
  return ST_OK;
}

/* The load of the disc without its stiffness: what contact adds to, or takes away. */
static const double NO_STIFFNESS = 1e-9;

static status press_disc(bench *b, touch *t, disc *d, const block *k, int refine, double factor) {
  char label[BENCH_TEXT], what[BENCH_TEXT];
  const block_layer *skin = k->layer + k->nlayer - 1;
  double own, side = k->hi - k->lo, depth = 1e-6;
  TRY(own_stiffness(t, d, side * side, &own));
  *d = (disc){.radius = 0.0175, .stretch = sqrt(fmax(factor, NO_STIFFNESS) * skin->mu / skin->thickness / own)};
  for (int force = 0; force < (factor > 0 ? 2 : 1); force++) {
    t->tool.force_controlled = force;
    touch_begin(t, depth);
    snprintf(what, sizeof what, "disc%s f=%g", force ? " force" : "", factor);
    name_row(label, k, refine, what);
    TRY(touch_count(b, t, label));
  }
  t->tool.force_controlled = 0;
  return ST_OK;
}

static status on_disc(bench *b, int refine, double ratio, int sheet) {
  static const double factor[] = {0, 10, 100, 1000};
  touch t = {0};
  disc d = {.radius = 1, .stretch = 1}; /* contact looks at the reach once */
  block k = block_quarter(refine, ratio, 0);
  k.fibres = sheet ? FIBRES_BOTH_WAYS : FIBRES_NONE, k.smooth = 3, k.move = 0;
  status st = touch_create(&t, &k, &hand_disc, &d, 0);
  for (int i = 0; i < 4 && st == ST_OK; i++) st = press_disc(b, &t, &d, &k, refine, factor[i]);
  touch_free(&t);
  return st;
}

/* Equilibrium at a depth, multipliers included, as mechanics.c finds it; the skin's first move is the tangent's. */
static status settle(touch *t, double depth) {
  enum { MOST = 12 };
  const model *m = t->m;
  newton_opts o = {.max_newton = m->time.max_newton,
                   .max_krylov = m->time.max_krylov,
                   .krylov_least = 1e-4,
                   .krylov_most = 0.1,
                   .lift = t->l.x};
  nl_report rep;
  memset(t->l.x, 0, (size_t)t->p.n * sizeof *t->l.x);
  t->l.x[t->ndof] = depth - t->l.u[t->ndof];
  touch_begin(t, depth);
  for (int i = 0; i < MOST; i++) {
    status st = newton_solve(&t->p, &o, t->l.u, t->l.scratch, &rep);
    if (st) return st;
    o.lift = NULL;
    if (contact_augment(t->c, t->l.u, 0)) continue;
    contact_store(t->c, t->l.u, t->next);
    state *swap = t->now;
    t->now = t->next, t->next = swap;
    return ST_OK;
  }
  return ST_RETRY;
}

/* A ball 5 mm deep, by millimetres, halved where one fails; the friction makes its rim slip. */
static status press_ball(bench *b, touch *t, const block *k, int refine) {
  const double deep = 5e-3, least = 3e-5;
  size_t bytes = (size_t)t->p.n * sizeof *t->l.u;
  char label[BENCH_TEXT];
  for (double depth = 0, step = 1e-3; depth < deep;) {
    double next = depth + step > deep - 1e-9 ? deep : depth + step;
    memcpy(t->l.b, t->l.u, bytes);
    status st = settle(t, next);
    if (st < 0) return st;
    if (st == ST_OK) {
      depth = next;
      continue;
    }
    memcpy(t->l.u, t->l.b, bytes);
    if ((step /= 2) < least) FAIL(ST_SOLVE, "the ball stays %g mm deep, however short a step", 1e3 * depth);
  }
  for (int force = 0; force < 2; force++) {
    t->tool.force_controlled = force;
    equilibrium_begin(t->e, &t->tool);
    name_row(label, k, refine, force ? "ball force" : "ball 5mm");
    TRY(touch_count(b, t, label));
  }
  return ST_OK;
}

static status on_ball(bench *b, int refine, double ratio, int sheet) {
  touch t = {0};
  block k = block_quarter(refine, ratio, 0);
  k.fibres = sheet ? FIBRES_IN_TENSION : FIBRES_NONE, k.smooth = 3, k.move = 0;
  const hand *const *kind = models_catalog.hands;
  while (*kind && strcmp((*kind)->name, "sphere") != 0) kind++;
  if (!*kind) FAIL(ST_INTERNAL, "no ball in the catalogue");
  double radius = (*kind)->params->preset;
  status st = touch_create(&t, &k, *kind, &radius, 0.3);
  if (st == ST_OK) st = press_ball(b, &t, &k, refine);
  touch_free(&t);
  return st;
}

status case_contact(bench *b) {
  if (b->size == SIZE_TINY) {
    TRY(on_disc(b, 1, 99, 0));
    return on_ball(b, 1, 99, 0);
  }
  for (int hard = 0; hard <= (b->size >= SIZE_FULL); hard++)
    for (int sheet = 0; sheet < 2; sheet++) TRY(on_disc(b, 2, hard ? 999 : 99, sheet));
  if (b->size == SIZE_QUICK) return on_ball(b, 1, 99, 0);
  for (int hard = 0; hard < 2; hard++)
    for (int sheet = 0; sheet < 2; sheet++) TRY(on_ball(b, 2, hard ? 999 : 99, sheet));
  if (b->size < SIZE_LONG) return ST_OK;
  for (int sheet = 0; sheet < 2; sheet++) TRY(on_disc(b, 4, 99, sheet));
  return on_ball(b, 4, 99, 0);
}
