#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/block.h"
#include "models/catalog.h"
#include "sim/fe/point.h"

static const double PATCH = 0.02;       /* half width, m */
static const double STRIP = 5e-5;       /* width of a strip, m: a wide one folds along its length, too (README) */
extern const material material_springs; /* law_springs.c */

/* Muscle, fascia, fat, skin, with the fibres of the findings and of P1F. */
static void tissue_layers(block *b, int muscle, int fascia, int fat, int skin) {
  b->nlayer = 4;
  b->layer[0] = (block_layer){.thickness = 0.029, .mu = 6e3, .sheets = muscle, .along = 60e3};
  b->layer[1] =
      (block_layer){.thickness = 0.001, .mu = 300e3, .sheets = fascia, .matrix = 30e3, .along = 30e6, .across = 3e6};
  b->layer[2] = (block_layer){.thickness = 0.008, .mu = 2e3, .sheets = fat};
  b->layer[3] = (block_layer){.thickness = 0.002, .mu = 60e3, .sheets = skin};
}

block block_quarter(int refine, double ratio, int bent) {
  /* Findings, "Test problem": A 1, 1, 1, 3 sheets, B 1, 2, 1, 6, C 2, 4, 1, 12, D 4, 8, 2, 24 (skin, fat, fascia,
   * muscle). */
  block b = {.hi = 0.06, .cells = 6 * refine, .ratio = ratio, .move = -1e-3, .bent = bent};
  tissue_layers(&b, 3 * refine, refine == 8 ? 2 : 1, refine, refine > 1 ? refine / 2 : 1);
  return b;
}

char block_mesh_name(int refine) {
  return refine == 1 ? 'A' : refine == 2 ? 'B' : refine == 4 ? 'C' : 'D';
}

block block_p1(int cells, int sheets) {
  return (block){.lo = -0.06,
                 .hi = 0.06,
                 .cells = cells,
                 .nlayer = 1,
                 .ratio = 99,
                 .move = -8e-3,
                 .layer = {{.thickness = 0.04, .mu = 6e3, .sheets = sheets}}};
}

block block_p1_layers(int cells, int muscle, int fascia, int fat, int skin) {
  block b = {.lo = -0.06, .hi = 0.06, .cells = cells, .ratio = 99, .move = -8e-3};
  tissue_layers(&b, muscle, fascia, fat, skin);
  return b;
}

block block_p1_graded(int halve, int strip) {
  block b = block_p1(3 + 2 * halve, 2 + halve);
  b.lo = 0, b.halve = halve, b.strip = strip;
  return b;
}

block block_p1_rings(rings r, int strip) {
  block b = block_p1(0, 0);
  b.lo = 0, b.rings = r, b.strip = strip;
  return b;
}

double block_times(const block *b) {
  return b->strip ? 4 * PATCH / STRIP : b->lo < 0 ? 1 : 4;
}

static status set(const material *law, void *par, const char *key, double value) {
  for (const param *p = law->params; p->name; p++)
    if (!strcmp(p->name, key)) {
      memcpy((char *)par + p->offset, &value, sizeof value);
      return ST_OK;
    }
  FAIL(ST_INTERNAL, "law %s has no parameter %s", law->name, key);
}

static status law_named(const model *m, const char *name, const material **out) {
  for (const material *const *law = m->cat->materials; *law; law++)
    if (!strcmp((*law)->name, name)) {
      *out = *law;
      return ST_OK;
    }
  FAIL(ST_INTERNAL, "no law %s in the catalogue", name);
}

static status add_layer(model *m, const block_layer *l, double ratio, block_fibres fibres) {
  int n = m->geometry.nlayer++, plain = fibres == FIBRES_NONE || (l->along == 0 && l->across == 0);
  double mu = fibres != FIBRES_NONE && l->matrix > 0 ? l->matrix : l->mu;
  tissue *t = m->tissues + m->ntissue++;
  snprintf(t->name, sizeof t->name, "layer%d", n);
  snprintf(m->geometry.layer[n], sizeof m->geometry.layer[n], "layer%d", n);
  t->law = &material_springs;
  if (plain) TRY(law_named(m, "neo_hookean_compressible", &t->law));
  if (!plain && fibres == FIBRES_IN_TENSION) TRY(law_named(m, "fibre_neo_hookean", &t->law));
  char *par;
  NEW(m->memory, par, t->law->par_size);
  t->par = par;
  for (const param *p = t->law->params; p->name; p++)
    if (p->kind == PARAM_NUMBER && !isnan(p->preset)) TRY(set(t->law, par, p->name, p->preset));
  TRY(set(t->law, par, "mu", mu));
  if (t->law != &material_springs && !plain)
    TRY(set(t->law, par, "bulk", (ratio + 2.0 / 3.0) * mu));
  else
    TRY(set(t->law, par, "lambda", ratio * mu));
  if (!plain) {
    TRY(set(t->law, par, "fibre", l->along));
    TRY(set(t->law, par, "fibre2", l->across));
  }
  m->layer_tissue[n] = t;
  return ST_OK;
}

/* Families along y and along x, turned with the cell: its own lines through the middle. */
static void lay_fibres(const block *b, mesh *g) {
  static const int ends[2][2] = {{10, 16}, {12, 14}}; /* (1, 0, 1) to (1, 2, 1), (0, 1, 1) to (2, 1, 1) */
  for (int c = 0; c < g->ncell; c++)
    for (int f = 0; f < 2; f++) {
      const block_layer *l = b->layer + g->layer[c];
      const int32_t *node = g->cell + CELL_NODES * (size_t)c;
      const double *from = g->x + 3 * (size_t)node[ends[f][0]], *to = g->x + 3 * (size_t)node[ends[f][1]];
      double d[3], size = 0;
      for (int k = 0; k < 3; k++) d[k] = to[k] - from[k], size += d[k] * d[k];
      for (int k = 0; k < 3; k++)
        g->fibre[6 * (size_t)c + 3 * (size_t)f + (size_t)k] =
            (f ? l->across : l->along) > 0 ? (float)(d[k] / sqrt(size)) : 0;
    }
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

/* Line k from the patch's edge on: even steps, the first of them halved again and again, always the half at the edge.
   Halving once more keeps every old line. */
static double away(const block *b, int k, double step) {
  return k > b->halve ? step * (k - b->halve) : k > 0 ? ldexp(step, k - b->halve - 1) : 0;
}

/* Lines in x, or in y. */
static void plane_lines(const block *b, double *xs) {
  int n = b->cells;
  for (int i = 0; i <= n; i++) xs[i] = b->lo + (b->hi - b->lo) * i / n;
  if (b->halve == 0) return;
  double step = b->hi / (n - 2 * b->halve);
  int edge = (int)lround(PATCH / step) + b->halve;
  for (int i = 1; i <= n; i++) xs[i] = i < edge ? PATCH - away(b, edge - i, step) : PATCH + away(b, i - edge, step);
}

static void height_lines(const block *b, double *zs, uint8_t *sheet) {
  double top = 0;
  for (int l = 0, k = 0; l < b->nlayer; l++) {
    int n = b->layer[l].sheets;
    double thick = b->layer[l].thickness, step = thick / (n - b->halve);
    for (int s = 0; s <= n; s++) zs[k + s] = top + (b->halve ? thick - away(b, n - s, step) : thick * s / n);
    memset(sheet + k, l, (size_t)n);
    k += n, top += thick;
  }
}

static status columns(const block *b, arena *a, mesh **out) {
  int n = b->cells, nz = 0;
  for (int l = 0; l < b->nlayer; l++) nz += b->layer[l].sheets;
  double *xs, *zs;
  uint8_t *sheet;
  NEW(a, xs, n + 1);
  NEW(a, zs, nz + 1);
  NEW(a, sheet, nz);
  plane_lines(b, xs);
  height_lines(b, zs, sheet);
  return mesh_columns(n, b->strip ? 1 : n, nz, xs, b->strip ? (double[]){0, STRIP} : xs, zs, sheet,
                      b->fibres == FIBRES_NONE ? 0 : 2, a, out);
}

static double height(const block *b) {
  double z = 0;
  for (int l = 0; l < b->nlayer; l++) z += b->layer[l].thickness;
  return z;
}

/* Under the patch: itself and what it holds. */
static int bonded(const block *b, const double *x) {
  return fabs(x[0]) < PATCH + 1e-9 && fabs(x[1]) < PATCH + 1e-9 && x[2] > height(b) - 1e-9;
}

static status build(const block *b, model *m) {
  for (int l = 0; l < b->nlayer; l++) TRY(add_layer(m, b->layer + l, b->ratio, b->fibres));
  mesh *g;
  if (b->rings.cuts)
    TRY(rings_mesh(&b->rings, b->strip ? STRIP : 0, m->memory, &g));
  else
    TRY(columns(b, m->memory, &g));
  m->mesh = m->geometry.mesh = g;
  if (b->lo == 0) m->geometry.faces[FACE_XM] = m->geometry.faces[FACE_YM] = SUPPORT_SLIDING;
  if (b->strip) m->geometry.faces[FACE_YP] = SUPPORT_SLIDING;
  m->geometry.faces[FACE_BOTTOM] = SUPPORT_FIXED;

  m->nrig = b->move < 0;
  rig *k = m->rigs;
  *k = (rig){.name = "patch", .face = FACE_TOP, .move = {0, 0, b->move}, .held = {1, 1, 1}, .ramp = 1};
  NEW(m->memory, k->node, g->nnode);
  for (int node = 0; node < g->nnode; node++)
    if (bonded(b, g->x + 3 * (size_t)node)) k->node[k->nnode++] = node;
  if (b->bent) bend(g, b->hi);
  if (g->nfam) lay_fibres(b, g);
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
  m->time = (time_opts){.end = 1,
                        .first = 1,
                        .min = 1e-3,
                        .max = 1,
                        .tolerance = 1e-8,
                        .max_newton = 25,
                        .max_krylov = 500,
                        .smooth = b->smooth};
  status st = build(b, m);
  if (st) model_free(&m);
  *out = m;
  return st;
}

/* m. Numerical: with 0.6 mm instead, twelve cells beyond were inside out under the patch's corner after seven halvings.
 */
static const double ZONE = 5e-3;

/* Cells below the edge and to both sides of it whose centre lies within ZONE. */
status block_edge(const block *b, model *m, edge **out) {
  const mesh *g = m->mesh;
  double mu = b->layer[0].mu;
  int32_t *cell;
  int n = 0;
  space *s;
  NEW(m->memory, cell, g->ncell);
  for (int c = 0; c < g->ncell; c++) {
    enum { CENTRE = 13 };
    const double *x = g->x + 3 * (size_t)g->cell[CELL_NODES * (size_t)c + CENTRE];
    double from = (b->strip ? x[0] : fmax(x[0], x[1])) - PATCH;
    if (fabs(from) < ZONE && height(b) - x[2] < ZONE) cell[n++] = c;
  }
  TRY(space_create(m, m->memory, &s)); /* one of its own: it will lack those cells */
  m->space = s;
  return edge_create(s, n, cell, mu, b->ratio * mu, m->memory, out);
}

status block_equilibrium(model *m, solid **s, equilibrium **e) {
  contact *c;
  contact_fields none = {0};
  TRY(solid_create(m, m->memory, s));
  TRY(contact_create(m, none, m->memory, &c));
  TRY(equilibrium_create(m, *s, c, PRECONDITIONER_AUTO, m->memory, e));
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

int block_inside_out(const block *b, const model *m, const double *u) {
  const mesh *g = m->mesh;
  int count = 0;
  for (int c = 0; c < g->ncell; c++) {
    double J[CELL_NODES];
    int bad = 0;
    fe_node_volume(g, c, u, J);
    for (int a = 0; a < CELL_NODES; a++)
      bad |= !bonded(b, g->x + 3 * (size_t)g->cell[CELL_NODES * (size_t)c + (size_t)a]) && !(J[a] > 0);
    count += bad;
  }
  return count;
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
