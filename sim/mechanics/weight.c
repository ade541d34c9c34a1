#include "sim/mechanics/weight.h"
#include "sim/fe/kernel.h"

const field_decl weight_owns[] = {{.name = "weight_work",
                                   .unit = "J",
                                   .doc = "work of the body's weight since the body had none",
                                   .ncomp = 1,
                                   .at = AT_MODEL,
                                   .hidden = 1},
                                  {0}};

/* x is the subject's right, y toward the head, z out of the back. */
int weight_axis(const gravity_opts *o) {
  return o->posture == POSTURE_PRONE ? 2 : o->posture == POSTURE_UPRIGHT ? 1 : 0;
}

/* Shapes add up to 1, so the load of a uniform field is the mass matrix times that field. */
status weight_load(const model *m, arena *a, double **load) {
  enum { VEC = CELL_DOF * NB };
  const space *s = m->space;
  double g[3] = {0}, *elem;
  *load = NULL;
  if (m->gravity.posture == POSTURE_NONE) return ST_OK;
  g[weight_axis(&m->gravity)] = (m->gravity.posture == POSTURE_RIGHT ? 1 : -1) * m->gravity.strength;
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
