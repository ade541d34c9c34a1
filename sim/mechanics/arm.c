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

int arm_sideways(const arm *a) {
  return a->sideways > 0 || a->sideways_damping > 0;
}

void arm_aside_begin(arm_aside *k, const arm *a, const double was[3], double dt, contact_tool *t) {
  *k = (arm_aside){.stiffness = a->sideways, .damping = a->sideways_damping, .dt = dt};
  t->sideways = k->stiffness + k->damping / dt;
  for (int i = 0; i < 2; i++) {
    for (int d = 0; d < 3; d++) k->was[i] += was[d] * t->side[i][d];
    t->aside[i] = k->was[i];
    t->ease[i] = k->damping / dt * k->was[i] / t->sideways;
  }
}

void arm_aside_start(const arm_aside *k, const carry_way *way, contact_tool *t) {
  for (int i = 0; i < 2; i++) {
    t->aside[i] = k->was[i];
    for (int d = 0; d < 3 && way; d++) t->aside[i] -= (way->to[d] - way->from[d]) * t->side[i][d];
  }
}

void arm_aside_end(const arm_aside *k, contact_tool *t, const double aside[2], double offset[3], double force[3],
                   double *energy, double *loss) {
  for (int d = 0; d < 3; d++) offset[d] = force[d] = 0;
  for (int i = 0; i < 2; i++) {
    double slip = aside[i] - k->was[i], pull = contact_aside(t, i, aside[i]);
    for (int d = 0; d < 3; d++) offset[d] += aside[i] * t->side[i][d], force[d] += pull * t->side[i][d];
    *energy += 0.5 * k->stiffness * aside[i] * aside[i];
    *loss += k->damping * slip * slip / k->dt;
  }
  for (int d = 0; d < 3; d++) t->origin[d] += offset[d];
}
