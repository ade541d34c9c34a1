#include "sim/state/state.h"
#include <stdlib.h>
#include <string.h>

enum { LINE = 64 }; /* bytes of a cache line: the struct takes the first one, the values the rest */
_Static_assert(sizeof(state) <= LINE, "a state's head must fit in one line");

status state_create(const model *m, state **out) {
  size_t bytes = LINE + m->state_size * sizeof(double);
  bytes = (bytes + LINE - 1) / LINE * LINE;
  state *s = aligned_alloc(LINE, bytes);
  *out = s;
  if (!s) FAIL(ST_INTERNAL, "out of memory: %zu bytes for a state", bytes);
  memset(s, 0, bytes); /* the padding between fields too: checkpoints and hashes see all of the block */
  *s = (state){.m = m, .time = 0, .value = (double *)((char *)s + LINE)};
  for (int i = 0; i < m->nfield; i++) {
    const field_slot *f = &m->fields[i];
    size_t n = f->count * (size_t)f->decl.ncomp;
    for (size_t k = 0; k < n; k++) s->value[f->offset + k] = f->decl.initial;
  }
  return ST_OK;
}

void state_free(state **s) {
  free(*s);
  *s = NULL;
}

void state_copy(state *to, const state *from) {
  to->time = from->time;
  memcpy(to->value, from->value, from->m->state_size * sizeof(double));
}

const double *state_view(const state *s, int field) {
  return s->value + s->m->fields[field].offset;
}

double *state_edit(state *s, int field) {
  return s->value + s->m->fields[field].offset;
}

const double *state_history(const state *s) {
  int field = model_field(s->m, "material_history");
  return field >= 0 ? state_view(s, field) : NULL;
}
