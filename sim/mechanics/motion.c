#include "sim/mechanics/motion.h"
#include "sim/state/schedule.h"

const field_decl motion_owns[] = {{.name = "motion",
                                   .unit = "1",
                                   .doc = "amount, effort, work, force and moment of the body's motion, SI",
                                   .ncomp = MOTION_NUMBERS,
                                   .at = AT_MODEL,
                                   .hidden = 1},
                                  {0}};

struct motion {
  const model *m;
  int displacement, field;
  int n;                 /* nodes that supports hold */
  int32_t *node;         /* [n] */
  double *X, *u, *ahead; /* [n][3] */
  double step;           /* of the amount, for differences */
};

status motion_create(const model *m, const equilibrium *e, arena *a, motion **out) {
  motion *k;
  *out = NULL;
  if (!m->nstretch) return ST_OK;
  NEW(a, k, 1);
  k->m = m, k->displacement = model_field(m, "displacement"), k->field = model_field(m, motion_owns[0].name);
  for (int pass = 0; pass < 2; pass++) {
    int n = 0;
    for (int i = 0; i < m->mesh->nnode; i++) {
      int held = 0;
      for (int d = 0; d < 3; d++) held |= equilibrium_supported(e, 3 * (size_t)i + (size_t)d);
      if (!held) continue;
      for (int d = 0; pass && d < 3; d++) k->X[3 * n + d] = m->mesh->x[3 * (size_t)i + (size_t)d];
      if (pass) k->node[n] = i;
      n++;
    }
    if (pass) break;
    k->n = n;
    NEW(a, k->node, n);
    NEW(a, k->X, 3 * (size_t)n);
    NEW(a, k->u, 3 * (size_t)n);
    NEW(a, k->ahead, 3 * (size_t)n);
  }
  /* Truncation h^2 and rounding eps/h are both below 1e-9 of the derivative of a bend. */
  const param *row = m->body->motions[m->motion].params;
  k->step = 1e-5 * (row->hi - row->lo);
  *out = k;
  return ST_OK;
}

static void where(const motion *k, double amount, double *u) {
  k->m->body->move(k->m->body_par, k->m->motion, amount, k->n, k->X, u);
}

int motion_lift(motion *k, const equilibrium *e, double t0, double t1, const double *u, double *lift) {
  double to = schedule_stretch(k->m, t1);
  if (schedule_stretch(k->m, t0) == to) return 0;
  where(k, to, k->u);
  for (int i = 0; i < k->n; i++)
    for (int d = 0; d < 3; d++) {
      size_t dof = 3 * (size_t)k->node[i] + (size_t)d;
      if (equilibrium_supported(e, dof)) lift[dof] = k->u[3 * i + d] - u[dof];
    }
  return 1;
}

void motion_account(motion *k, const equilibrium *e, double t, const state *now, state *next) {
  const double *u = state_view(next, k->displacement), *F = equilibrium_forces(e);
  double *v = state_edit(next, k->field), amount = schedule_stretch(k->m, t), effort = 0;
  for (int d = 0; d < 3; d++) v[MOTION_FORCE + d] = v[MOTION_MOMENT + d] = 0;
  where(k, amount - k->step, k->u);
  where(k, amount + k->step, k->ahead);
  for (int i = 0; i < k->n; i++) {
    double f[3] = {0}, x[3], moves = 0;
    for (int d = 0; d < 3; d++) {
      size_t dof = 3 * (size_t)k->node[i] + (size_t)d;
      double rate = (k->ahead[3 * i + d] - k->u[3 * i + d]) / (2 * k->step);
      if (equilibrium_supported(e, dof)) f[d] = F[dof];
      effort += f[d] * rate, moves += rate * rate, x[d] = k->X[3 * i + d] + u[dof];
    }
    if (!(moves > 0)) continue;
    for (int d = 0; d < 3; d++) {
      v[MOTION_FORCE + d] += f[d];
      v[MOTION_MOMENT + d] += x[(d + 1) % 3] * f[(d + 2) % 3] - x[(d + 2) % 3] * f[(d + 1) % 3];
    }
  }
  if (now) {
    const double *w = state_view(now, k->field);
    v[MOTION_WORK] = w[MOTION_WORK] + 0.5 * (w[MOTION_EFFORT] + effort) * (amount - w[MOTION_AMOUNT]);
  }
  v[MOTION_AMOUNT] = amount, v[MOTION_EFFORT] = effort;
}
