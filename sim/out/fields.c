/* Which fields a frame holds, and their values: from the state, or from the catalogue's outputs. */
#include <math.h>
#include <string.h>
#include "sim/fe/point.h"
#include "sim/out/result.h"

static const char *component_names(int ncomp) {
  switch (ncomp) {
  case 3: return "x,y,z";
  case 6: return "xx,yy,zz,xy,yz,xz";
  case 9: return "xx,xy,xz,yx,yy,yz,zx,zy,zz";
  default: return NULL;
  }
}

static status choose(const model *m, const char *name, frame_field *f) {
  *f = (frame_field){.name = name, .slot = model_field(m, name)};
  if (f->slot >= 0) {
    const field_decl *d = &m->fields[f->slot].decl;
    if (d->at == AT_HAND || d->at == AT_MODEL || d->at == AT_HISTORY)
      FAIL(ST_INPUT, "output.fields: '%s' has no place in the body; look for it in the history", name);
    f->name = d->name;
    f->label = (h5_label){d->unit, d->doc, component_names(d->ncomp)};
    f->ncomp = d->ncomp;
    f->on_cell = d->at == AT_CELL || d->at == AT_POINT; /* what jumps at a layer is never averaged to nodes */
    return ST_OK;
  }
  for (const output *const *o = m->cat->outputs; o && *o; o++)
    if (!strcmp((*o)->name, name)) {
      f->out = *o;
      f->name = (*o)->name;
      f->label = (h5_label){(*o)->unit, (*o)->doc, component_names((*o)->ncomp)};
      f->ncomp = (*o)->ncomp;
      f->on_cell = (*o)->point != NULL;
      return ST_OK;
    }
  FAIL(ST_INPUT, "output.fields: there is no field '%s'; `knead list fields` names all", name);
}

static bool chosen(const result *w, const char *name) {
  for (int i = 0; i < w->nfield; i++)
    if (!strcmp(w->field[i].name, name)) return true;
  return false;
}

static status choose_surfaces(result *w) {
  enum { POINTS = 4096, TRIANGLES = 8192 }; /* a picture needs no more: 1 mm edges on a palm */
  const model *m = w->m;
  w->pose = model_field(m, "hand_pose");
  if (w->pose >= 0 && (m->fields[w->pose].decl.at != AT_HAND || m->fields[w->pose].decl.ncomp != 16))
    FAIL(ST_INTERNAL, "hand_pose must be a 4x4 matrix for each hand");
  w->nsurface = m->ntool;
  for (int i = 0; i < m->ntool; i++) {
    surface *s = &w->hand[i];
    memcpy(s->name, m->tools[i].name, sizeof s->name);
    for (char *c = s->name; *c; c++)
      if (*c == '/') *c = '_';
    if (!m->tools[i].kind->surface) continue;
    double *point;
    int *triangle;
    NEW(w->memory, point, 3 * POINTS);
    NEW(w->memory, triangle, 3 * TRIANGLES);
    m->tools[i].kind->surface(m->tools[i].par, POINTS, point, &s->npoint, TRIANGLES, triangle, &s->ntriangle);
    if (s->npoint > POINTS || s->ntriangle > TRIANGLES)
      FAIL(ST_INTERNAL, "the surface of hand %s has more points than it was given room for", s->name);
    s->point = point, s->triangle = triangle;
    NEW(w->memory, s->moved, 3 * (size_t)s->npoint);
  }
  return ST_OK;
}

status fields_choose(result *w) {
  const model *m = w->m;
  size_t longest = 0;
  w->nfield = 0;
  for (int i = 0; i < m->output.nfield; i++) {
    if (chosen(w, m->output.field[i])) continue; /* asked for twice */
    frame_field *f = &w->field[w->nfield];
    TRY(choose(m, m->output.field[i], f));
    w->nfield++;
    size_t n = (size_t)field_count(w, f) * (size_t)f->ncomp;
    NEW(w->memory, f->value, n);
    longest = n > longest ? n : longest;
  }
  NEW(w->memory, w->value, longest);
  return choose_surfaces(w);
}

static const double *state_values(const result *w, const frame_field *f, const state *s) {
  const field_decl *d = &w->m->fields[f->slot].decl;
  const double *value = state_view(s, f->slot);
  switch (d->at) {
  case AT_POINT: fe_point_mean(w->m, d->ncomp, value, w->value); return w->value;
  case AT_SKIN: fe_skin_to_node(w->m, d->ncomp, value, w->value); return w->value;
  default: return value;
  }
}

static status skin_values(const result *w, const output *o, const state *s, double *value) {
  const model *m = w->m;
  int slot = model_field(m, o->of);
  if (slot < 0 || m->fields[slot].decl.at != AT_SKIN || m->fields[slot].decl.ncomp != 1)
    FAIL(ST_INTERNAL, "%s is made of '%s', which is no field of one component on the skin", o->name, o->of);
  const double *from = state_view(s, slot);
  double *made;
  size_t mark = arena_mark(w->memory), n = model_count(m, AT_SKIN);
  NEW(w->memory, made, n);
  for (size_t i = 0; i < n; i++) made[i] = o->skin(m, from[i]);
  fe_skin_to_node(m, 1, made, value);
  arena_release(w->memory, mark);
  return ST_OK;
}

/* Where the hand's surface is: pose (row-major 4x4, body <- tool) times its points. */
static void move_surface(const surface *s, const double *pose) {
  for (int p = 0; p < s->npoint; p++)
    for (int i = 0; i < 3; i++) {
      const double *x = s->point + 3 * p, *r = pose + 4 * i;
      s->moved[3 * p + i] = (float)(r[0] * x[0] + r[1] * x[1] + r[2] * x[2] + r[3]);
    }
}

status fields_evaluate(result *w, const state *s) {
  const model *m = w->m;
  int u = model_field(m, "displacement");
  for (int i = 0; i < w->nfield; i++) {
    frame_field *f = &w->field[i];
    const double *value = w->value;
    if (f->out && f->out->skin) {
      TRY(skin_values(w, f->out, s, w->value));
    } else if (f->out) {
      if (u < 0) FAIL(ST_INTERNAL, "%s needs displacements, which nobody owns", f->name);
      size_t mark = arena_mark(w->memory);
      TRY(fe_cell_mean(m, state_view(s, u), state_history(s), f->out, w->memory, w->value));
      arena_release(w->memory, mark);
    } else {
      value = state_values(w, f, s);
    }
    size_t n = (size_t)field_count(w, f) * (size_t)f->ncomp;
    for (size_t k = 0; k < n; k++) f->value[k] = (float)value[k];
  }
  if (w->pose >= 0)
    for (int i = 0; i < w->nsurface; i++) move_surface(&w->hand[i], state_view(s, w->pose) + 16 * (size_t)i);
  return ST_OK;
}
