#include "sim/mechanics/arm.h"
#include <math.h>

int arm_acts(const arm *a) {
  return a->stiffness > 0 || a->damping > 0;
}

void arm_begin(arm_step *k, const arm *a, const drive *d, double depth, double aim, double dt, contact_tool *t) {
  int moves = d->normal == DRIVE_MOVE;
  double firm = moves ? 1 : fmin(1, d->force / ARM_FIRM);
  *k = (arm_step){.acts = 1, .dt = dt, .depth = depth, .aim = moves ? d->depth : aim};
  k->stiffness = firm * a->stiffness, k->damping = firm * a->damping;
  k->follow = moves ? 0 : dt / a->correct;
  k->moved = moves ? d->depth - aim : 0;
  double spring = k->stiffness / (1 + k->follow), damper = k->damping / dt;
  t->stiff = spring + damper;
  t->rest = (spring * k->aim + damper * (depth + k->moved)) / t->stiff;
  t->most = moves && a->most > 0 ? a->most : 0; /* NAN: any */
}

void arm_end(const arm_step *k, const contact_tool *t, double depth, double *aim, double *energy, double *loss) {
  *energy = 0;
  if (!k->acts) return;
  double pull = (k->aim - depth) / (1 + k->follow), slip = k->moved - (depth - k->depth);
  *aim = depth + pull;
  double unbounded = t->stiff * (t->rest - depth);
  if (t->most > 0 && unbounded > t->most) pull *= t->most / unbounded, slip *= t->most / unbounded;
  *energy = 0.5 * k->stiffness * pull * pull;
  *loss += k->damping * slip * slip / k->dt;
}
