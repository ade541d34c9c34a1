#include "sim/mechanics/weight.h"
#include "sim/fe/assembly.h"
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

static void make_force(void *ctx, int b, const double *x, double *r) {
  const space *const *s = ctx;
  kernel_in in = kernel_batch(*s, b, 1);
  kernel_mass_d(&in, (*s)->tissue[b]->density, x, r);
}

/* Shapes add up to 1, so the load of a uniform field is the mass matrix times that field. */
status weight_load(const model *m, arena *a, double **load) {
  int axis = weight_axis(&m->gravity), n = m->mesh->nnode;
  double pull = (m->gravity.posture == POSTURE_RIGHT ? 1 : -1) * m->gravity.strength, *g;
  const space *s = m->space;
  assembly *sum;
  *load = NULL;
  if (m->gravity.posture == POSTURE_NONE) return ST_OK;
  NEW(a, *load, 3 * (size_t)n);
  size_t mark = arena_mark(a);
  NEW(a, g, 3 * (size_t)n);
  for (int i = 0; i < n; i++) g[3 * i + axis] = pull;
  TRY(assembly_create(s, a, &sum));
  assembly_add_d(sum, make_force, &s, g, *load);
  arena_release(a, mark);
  return ST_OK;
}
