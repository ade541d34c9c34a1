#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/block.h"
#include "models/catalog.h"

static const double PATCH = 0.02; /* half width, m */

block block_quarter(int refine, double ratio, int bent) {
  /* Findings, "Test problem": A 1, 1, 1, 3 sheets, B 1, 2, 1, 6, C 2, 4, 1, 12, D 4, 8, 2, 24 (skin, fat, fascia,
   * muscle). */
  int half = refine > 1 ? refine / 2 : 1;
  return (block){
      .hi = 0.06,
      .cells = 6 * refine,
      .nlayer = 4,
      .ratio = ratio,
      .move = -1e-3,
      .bent = bent,
      .layer = {
          {0.029, 6e3, 3 * refine}, {0.001, 300e3, refine == 8 ? 2 : 1}, {0.008, 2e3, refine}, {0.002, 60e3, half}}};
}

block block_p1(int cells, int sheets) {
  return (block){
      .lo = -0.06, .hi = 0.06, .cells = cells, .nlayer = 1, .ratio = 99, .move = -8e-3, .layer = {{0.04, 6e3, sheets}}};
}

block block_p1_layers(int cells, int muscle, int fascia, int fat, int skin) {
  return (block){.lo = -0.06,
                 .hi = 0.06,
                 .cells = cells,
                 .nlayer = 4,
                 .ratio = 99,
                 .move = -8e-3,
                 .layer = {{0.029, 6e3, muscle}, {0.001, 300e3, fascia}, {0.008, 2e3, fat}, {0.002, 60e3, skin}}};
}

static status set(const material *law, void *par, const char *key, double value) {
  for (const param *p = law->params; p->name; p++)
    if (!strcmp(p->name, key)) {
      memcpy((char *)par + p->offset, &value, sizeof value);
      return ST_OK;
    }
  FAIL(ST_INTERNAL, "law %s has no parameter %s", law->name, key);
}

static status add_layer(model *m, const block_layer *l, double ratio) {
  const material *const *law = m->cat->materials;
  while (*law && strcmp((*law)->name, "neo_hookean_compressible") != 0) law++;
  if (!*law) FAIL(ST_INTERNAL, "no compressible neo-Hookean law in the catalogue");
  int n = m->geometry.nlayer++;
  tissue *t = m->tissues + m->ntissue++;
  snprintf(t->name, sizeof t->name, "layer%d", n);
  snprintf(m->geometry.layer[n], sizeof m->geometry.layer[n], "layer%d", n);
  t->law = *law;
  char *par;
  NEW(m->memory, par, t->law->par_size);
  t->par = par;
  TRY(set(t->law, par, "mu", l->mu));
  TRY(set(t->law, par, "lambda", ratio * l->mu));
  m->layer_tissue[n] = t;
  return ST_OK;
}

/* Thickness +- 30 %, columns that lean by up to 20 degrees at the far edges, then convex across (radius 80 mm) and
   concave along (300 mm): the harder geometry of the findings, section 8. x = 0 and y = 0 stay planes. */
static void bend(mesh *g, double far) {
  static const double pi = 3.14159265358979323846, across = 0.08, along = 0.3;
  double lean = 20 * pi / 180;
  for (int n = 0; n < g->nnode; n++) {
    double *x = g->x + 3 * (size_t)n;
    double z = x[2] * (1 + 0.3 * cos(pi * x[0] / far) * cos(pi * x[1] / far));
    double X = x[0] + z * tan(lean * x[0] / far), Y = x[1] + z * tan(lean * x[1] / far);
    double up = (across + z) * cos(X / across) - across;
    x[0] = (across + z) * sin(X / across);
    x[1] = (along - up) * sin(Y / along);
    x[2] = along - (along - up) * cos(Y / along);
  }
}

static status build(const block *b, model *m) {
  int n = b->cells, nz = 0;
  for (int l = 0; l < b->nlayer; l++) {
    TRY(add_layer(m, b->layer + l, b->ratio));
    nz += b->layer[l].sheets;
  }
  double *xs, *zs;
  uint8_t *sheet;
  NEW(m->memory, xs, n + 1);
  NEW(m->memory, zs, nz + 1);
  NEW(m->memory, sheet, nz);
  for (int i = 0; i <= n; i++) xs[i] = b->lo + (b->hi - b->lo) * i / n;
  for (int l = 0, k = 0; l < b->nlayer; l++)
    for (int s = 0; s < b->layer[l].sheets; s++, k++)
      sheet[k] = (uint8_t)l, zs[k + 1] = zs[k] + b->layer[l].thickness / b->layer[l].sheets;
  mesh *g;
  TRY(mesh_columns(n, n, nz, xs, xs, zs, sheet, 0, m->memory, &g));
  m->mesh = m->geometry.mesh = g;
  if (b->lo == 0) m->geometry.faces[FACE_XM] = m->geometry.faces[FACE_YM] = SUPPORT_SLIDING;
  m->geometry.faces[FACE_BOTTOM] = SUPPORT_FIXED;

  m->nrig = 1;
  rig *k = m->rigs;
  *k = (rig){.name = "patch", .face = FACE_TOP, .move = {0, 0, b->move}, .held = {1, 1, 1}, .ramp = 1};
  NEW(m->memory, k->node, (2 * n + 1) * (2 * n + 1));
  for (int j = 0; j <= 2 * n; j++)
    for (int i = 0; i <= 2 * n; i++) {
      int node = mesh_node(g, i, j, 2 * nz);
      const double *x = g->x + 3 * (size_t)node;
      if (fabs(x[0]) < PATCH + 1e-9 && fabs(x[1]) < PATCH + 1e-9) k->node[k->nnode++] = node;
    }
  if (b->bent) bend(g, b->hi);
  space *s;
  TRY(space_create(m, m->memory, &s));
  m->space = s;
  return ST_OK;
}

status block_build(const block *b, model **out) {
  arena *a = arena_create(1 << 20);
  model *m = a ? arena_alloc(a, sizeof *m) : NULL;
  if (!m) {
    arena_destroy(&a);
    FAIL(ST_INTERNAL, "out of memory for a model");
  }
  m->memory = a, m->cat = &models_catalog;
  /* Relative residual 1e-8, as problem P1 asks for; the bounds on iterations are those a scenario has. */
  m->time =
      (time_opts){.end = 1, .first = 1, .min = 1e-3, .max = 1, .tolerance = 1e-8, .max_newton = 25, .max_krylov = 500};
  status st = build(b, m);
  if (st) model_free(&m);
  *out = m;
  return st;
}

status block_equilibrium(model *m, solid **s, equilibrium **e) {
  contact *c;
  contact_fields none = {0};
  TRY(solid_create(m, m->memory, s));
  TRY(contact_create(m, none, m->memory, &c));
  TRY(equilibrium_create(m, *s, c, m->memory, e));
  equilibrium_begin(*e, NULL);
  return ST_OK;
}

void block_lift(const model *m, double share, const double *u, double *lift) {
  const rig *k = m->rigs;
  memset(lift, 0, 3 * (size_t)m->mesh->nnode * sizeof *lift);
  for (int i = 0; i < k->nnode; i++)
    for (int d = 0; d < 3; d++) {
      size_t dof = 3 * (size_t)k->node[i] + (size_t)d;
      lift[dof] = share * k->move[d] - u[dof];
    }
}

void block_deform(const model *m, double *u) {
  for (int n = 0; n < m->mesh->nnode; n++) {
    const double *x = m->mesh->x + 3 * (size_t)n;
    u[3 * n] = 0.03 * x[2], u[3 * n + 1] = 0.02 * x[0], u[3 * n + 2] = -0.01 * x[2] + 0.1 * x[0] * x[1];
  }
}

void block_noise(size_t n, double *x) {
  unsigned seed = 3;
  for (size_t i = 0; i < n; i++) {
    seed = seed * 1664525u + 1013904223u;
    x[i] = (double)(seed >> 8) / (double)(1u << 23) - 1;
  }
}
