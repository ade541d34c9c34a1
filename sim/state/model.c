#include "sim/state/model.h"
#include <string.h>

enum { ALIGN = 8 }; /* doubles in 64 bytes: every field begins on a cache line, so that loops over it vectorise */

const char *const model_resolutions[] = {
    [RESOLUTION_DEFAULT] = "default", [RESOLUTION_DRAFT] = "draft", [RESOLUTION_FINE] = "fine", NULL};

int model_field(const model *m, const char *name) {
  for (int i = 0; i < m->nfield; i++)
    if (strcmp(m->fields[i].decl.name, name) == 0) return i;
  return -1;
}

static int gives_sideways(const arm *a) {
  return a->sideways > 0 || a->sideways_damping > 0;
}

int model_sideways(const model *m, int who) {
  int at = m->ntool;
  for (int t = 0; t < who; t++) at += 2 * gives_sideways(&m->tools[t].arm);
  return gives_sideways(&m->tools[who].arm) ? at : -1;
}

int model_unknowns(const model *m) {
  int n = 3 * m->mesh->nnode + m->ntool;
  for (int t = 0; t < m->ntool; t++) n += 2 * gives_sideways(&m->tools[t].arm);
  return n;
}

size_t model_count(const model *m, place_kind at) {
  switch (at) {
  case AT_NODE: return (size_t)m->mesh->nnode;
  case AT_CELL: return (size_t)m->mesh->ncell;
  case AT_POINT: return 27 * (size_t)m->mesh->ncell;
  case AT_SKIN: return 9 * (size_t)m->mesh->nskin;
  case AT_HISTORY: return m->nhistory;
  case AT_HAND: return (size_t)m->ntool;
  case AT_MODEL: return 1;
  }
  return 0;
}

void model_place(model *m) {
  m->state_size = 0;
  for (int i = 0; i < m->nfield; i++) {
    field_slot *slot = &m->fields[i];
    slot->offset = m->state_size, slot->count = model_count(m, slot->decl.at);
    size_t size = slot->count * (size_t)slot->decl.ncomp;
    m->state_size += (size + ALIGN - 1) / ALIGN * ALIGN;
  }
}

status model_declare(model *m, int owner, const field_decl *owns) {
  for (const field_decl *d = owns; d && d->name; d++) {
    int other = model_field(m, d->name);
    if (other >= 0)
      FAIL(ST_INTERNAL, "field %s is owned by two processes, %d and %d; it must have one owner", d->name,
           m->fields[other].process, owner);
    if (m->nfield == MODEL_FIELDS) FAIL(ST_INTERNAL, "no room for field %s: %d is the most", d->name, MODEL_FIELDS);
    field_slot *slot = &m->fields[m->nfield++];
    *slot = (field_slot){.decl = *d, .process = owner};
  }
  model_place(m);
  return ST_OK;
}

/* The model itself lies in its arena, and so does what its processes keep. */
void model_free(model **m) {
  if (!*m) return;
  arena *memory = (*m)->memory;
  *m = NULL;
  arena_destroy(&memory);
}
