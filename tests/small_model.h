/* A model built in code for tests of the solver: layers of any law on a column mesh, no scenario. */
#ifndef KNEAD_TEST_SMALL_MODEL_H
#define KNEAD_TEST_SMALL_MODEL_H
#include "models/catalog.h"
#include "sim/base/par.h"
#include "sim/fe/kernel.h"
#include "sim/state/state.h"
#include "tests/test.h"

static inline const material *small_law(const char *name) {
  for (const material *const *l = models_catalog.materials; *l; l++)
    if (!strcmp((*l)->name, name)) return *l;
  fail_msg("no law %s", name);
  return NULL;
}

/* Sets one number or choice of a parameter struct through its table. */
static inline void small_set(const material *law, void *par, const char *key, double value) {
  for (const param *p = law->params; p->name; p++) {
    if (strcmp(p->name, key)) continue;
    if (p->kind == PARAM_CHOICE)
      *(int *)((char *)par + p->offset) = (int)value;
    else
      *(double *)((char *)par + p->offset) = value;
    return;
  }
  fail_msg("law %s has no parameter %s", law->name, key);
}

static inline model *small_model(void) {
  arena *a = arena_create(1 << 20);
  model *m = arena_alloc(a, sizeof *m);
  m->memory = a, m->cat = &models_catalog;
  m->time =
      (time_opts){.end = 1, .first = 1, .min = 1e-4, .max = 1, .tolerance = 1e-9, .max_newton = 30, .max_krylov = 200};
  return m;
}

/* One more layer on top, with its own tissue; returns the tissue's number. Presets are filled in, NAN ones are 0. */
static inline int small_layer(model *m, const char *law) {
  int l = m->geometry.nlayer++;
  tissue *t = m->tissues + m->ntissue++;
  snprintf(t->name, sizeof t->name, "layer%d", l);
  memcpy(m->geometry.layer[l], t->name, sizeof t->name);
  t->law = small_law(law);
  t->par = arena_alloc(m->memory, t->law->par_size);
  for (const param *p = t->law->params; p->name; p++)
    if (!isnan(p->preset)) small_set(t->law, t->par, p->name, p->preset);
  m->layer_tissue[l] = t;
  return l;
}
static inline void small_par(model *m, int layer, const char *key, double value) {
  small_set(m->tissues[layer].law, m->tissues[layer].par, key, value);
}

/* After the layers: the mesh (given), the space. */
static inline void small_mesh(model *m, mesh *g) {
  space *s;
  m->mesh = m->geometry.mesh = g;
  assert_ok(space_create(m, m->memory, &s));
  m->space = s;
}

static inline mesh *small_box(model *m, int nx, int ny, int nz, double X, double Y, double Z) {
  double xs[65], ys[65], zs[65];
  uint8_t layer[64] = {0};
  mesh *g;
  for (int i = 0; i <= nx; i++) xs[i] = X * i / nx;
  for (int i = 0; i <= ny; i++) ys[i] = Y * i / ny;
  for (int i = 0; i <= nz; i++) zs[i] = Z * i / nz;
  assert_ok(mesh_columns(nx, ny, nz, xs, ys, zs, layer, 0, m->memory, &g));
  return g;
}

/* A repeatable number in [-1, 1]. */
static inline double small_random(unsigned *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return (double)(*seed >> 8) / (double)(1u << 23) - 1;
}

#endif
