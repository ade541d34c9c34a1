#include "sim/mechanics/weight.h"
#include "sim/fe/kernel.h"
#include "sim/state/model.h"

const field_decl weight_owns[] = {{.name = "weight_work",
                                   .unit = "J",
                                   .doc = "work of the body's weight since the body had none",
                                   .ncomp = 1,
                                   .at = AT_MODEL,
                                   .hidden = 1},
                                  {0}};

/* x is the subject's right, y toward the head, z out of the back. */
static void pull(const gravity_opts *o, double g[3]) {
  g[0] = o->posture == POSTURE_LEFT ? -o->strength : o->posture == POSTURE_RIGHT ? o->strength : 0;
  g[1] = o->posture == POSTURE_UPRIGHT ? -o->strength : 0;
  g[2] = o->posture == POSTURE_PRONE ? -o->strength : 0;
}

/* Shapes add up to 1, so the load of a uniform field is the mass matrix times that field. */
status weight_load(const model *m, arena *a, double **load) {
  enum { VEC = CELL_DOF * NB };
  const space *s = m->space;
  double g[3], *elem;
  *load = NULL;
  if (m->gravity.posture == POSTURE_NONE) return ST_OK;
  pull(&m->gravity, g);
  NEW(a, *load, 3 * (size_t)m->mesh->nnode);
  size_t mark = arena_mark(a);
  NEW(a, elem, (size_t)s->nbatch * VEC);
  for (int b = 0; b < s->nbatch; b++) {
    _Alignas(64) double x[VEC];
    kernel_in in = kernel_batch(s, b, 1);
    for (int i = 0; i < VEC; i++) x[i] = g[i / NB % 3];
    kernel_mass_d(&in, s->tissue[b]->density, x, elem + (size_t)b * VEC);
  }
  space_collect_d(s, elem, *load);
  arena_release(a, mark);
  return ST_OK;
}
