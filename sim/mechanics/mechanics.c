#include <math.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/contact/contact.h"
#include "sim/mechanics/arm.h"
#include "sim/mechanics/equilibrium.h"
#include "sim/mechanics/ledger.h"
#include "sim/mechanics/mechanics.h"
#include "sim/mechanics/motion.h"
#include "sim/mechanics/stack.h"
#include "sim/fe/space.h"
#include "sim/state/schedule.h"

/* N; a force below this is no contact: half of what the force may be off by (1 % of 1 N). */
static const double FORCE_LEAST = 0.005;
/* A hand that is asked for less than this share of what it was asked for lets go, and starts from where the skin as it
   is would push with that. Numerical. */
static const double LETTING_GO = 0.5;
/* m; depth at which a lifted hand waits above the undeformed skin, for pictures only. */
#define LIFTED (-0.02)
/* s; beyond any time constant a law can have. */
static const double FOREVER = 1e12;
/* Bounds of Newton's forcing term. Numerical: farther than a tenth no first iteration goes while contact is still being
   found, and 1e-4 carries prescribed motion, which Newton takes whole. */
static const double KRYLOV_LEAST = 1e-4, KRYLOV_MOST = 0.1;
/* Tone and weight come on in at most so many steps. Numerical. */
enum { SETTLE_STEPS = 16 };

/* What mechanics owns: the compiler sees these names, the model numbers of its own. */
enum {
  F_DISPLACEMENT,
  F_PRESSURE,
  F_HISTORY,
  F_SKIN_PRESSURE,
  F_SKIN_TRACTION,
  F_SKIN_GAP,
  F_MULTIPLIER,
  F_OWNER,
  F_FRICTION,
  F_RELATIVE,
  F_DEPTH,
  F_TOUCHING,
  F_ASKED,
  F_FORCE,
  F_TORQUE,
  F_NORMAL,
  F_POSITION,
  F_INDENTATION,
  F_AREA,
  F_HAND_PRESSURE,
  F_PENETRATION,
  F_PRESSURE_MEAN,
  F_PATCH_PENETRATION,
  F_CHANGES,
  F_SLIP,
  F_WORK,
  F_FRICTION_WORK,
  F_LOOP_BEGIN,
  F_LOOP,
  F_AIM,
  F_ARM_ENERGY,
  F_ARM_LOSS,
  F_ASIDE,
  F_ARM_FORCE,
  F_SPEED,
  F_POSE,
  F_SUPPORT,
  F_RIG,
  F_SOLVER,
  F_COUNT
};

static const field_decl owns[] = {
    [F_DISPLACEMENT] =
        {.name = "displacement", .unit = "m", .doc = "displacement", .ncomp = 3, .at = AT_NODE, .jump = JUMP_LEADS},
    [F_PRESSURE] = {.name = "pressure",
                    .unit = "Pa",
                    .doc = "pressure of the three-field element, positive in compression",
                    .ncomp = 1,
                    .at = AT_POINT},
    [F_HISTORY] = {.name = "material_history",
                   .unit = "1",
                   .doc = "what the materials remember of the past",
                   .ncomp = 1,
                   .at = AT_HISTORY,
                   .hidden = 1,
                   .jump = JUMP_SLOW},
    [F_SKIN_PRESSURE] = {.name = "skin_pressure",
                         .unit = "Pa",
                         .doc = "normal traction on the skin, per undeformed area",
                         .ncomp = 1,
                         .at = AT_SKIN,
                         .jump = JUMP_FOLLOWS},
    [F_SKIN_TRACTION] = {.name = "skin_traction",
                         .unit = "Pa",
                         .doc = "traction of the hands on the skin, per undeformed area",
                         .ncomp = 3,
                         .at = AT_SKIN},
    [F_SKIN_GAP] = {.name = "skin_gap",
                    .unit = "m",
                    .doc = "distance from the skin to the nearest touching hand",
                    .ncomp = 1,
                    .at = AT_SKIN,
                    .initial = NAN},
    [F_MULTIPLIER] = {.name = "contact_multiplier",
                      .unit = "Pa",
                      .doc = "multiplier that gives skin_pressure at skin_gap with the plain penalty",
                      .ncomp = 1,
                      .at = AT_SKIN,
                      .hidden = 1,
                      .jump = JUMP_FOLLOWS},
    [F_OWNER] = {.name = "contact_owner",
                 .unit = "1",
                 .doc = "hand a skin point is pressed by, from 1; 0: none",
                 .ncomp = 1,
                 .at = AT_SKIN,
                 .hidden = 1},
    [F_FRICTION] = {.name = "contact_friction",
                    .unit = "Pa",
                    .doc = "friction, per undeformed area",
                    .ncomp = 3,
                    .at = AT_SKIN,
                    .hidden = 1,
                    .jump = JUMP_SLOW},
    [F_RELATIVE] = {.name = "contact_relative",
                    .unit = "m",
                    .doc = "position of a skin point relative to its hand",
                    .ncomp = 3,
                    .at = AT_SKIN,
                    .hidden = 1,
                    .jump = JUMP_FOLLOWS},
    [F_DEPTH] = {.name = "hand_depth",
                 .unit = "m",
                 .doc = "depth of the lowest point below the undeformed skin",
                 .ncomp = 1,
                 .at = AT_HAND,
                 .initial = LIFTED,
                 .hidden = 1,
                 .jump = JUMP_FOLLOWS},
    [F_TOUCHING] = {.name = "hand_touching",
                    .unit = "1",
                    .doc = "1 while the hand presses",
                    .ncomp = 1,
                    .at = AT_HAND,
                    .hidden = 1},
    [F_ASKED] = {.name = "hand_asked", .unit = "N", .doc = "force asked for", .ncomp = 1, .at = AT_HAND, .hidden = 1},
    [F_FORCE] = {.name = "hand_force",
                 .unit = "N",
                 .doc = "force of the hand on the skin",
                 .ncomp = 3,
                 .at = AT_HAND,
                 .hidden = 1},
    [F_TORQUE] = {.name = "hand_torque",
                  .unit = "N m",
                  .doc = "torque of the hand on the skin about the hand's origin",
                  .ncomp = 3,
                  .at = AT_HAND,
                  .hidden = 1},
    [F_NORMAL] = {.name = "hand_normal",
                  .unit = "N",
                  .doc = "push along the inward normal",
                  .ncomp = 1,
                  .at = AT_HAND,
                  .hidden = 1},
    [F_POSITION] = {.name = "hand_position",
                    .unit = "m",
                    .doc = "position of the hand's lowest point",
                    .ncomp = 3,
                    .at = AT_HAND,
                    .hidden = 1,
                    .jump = JUMP_FOLLOWS},
    [F_INDENTATION] = {.name = "hand_indentation",
                       .unit = "m",
                       .doc = "depth while touching, else 0",
                       .ncomp = 1,
                       .at = AT_HAND,
                       .hidden = 1},
    [F_AREA] =
        {.name = "hand_area", .unit = "m2", .doc = "deformed contact area", .ncomp = 1, .at = AT_HAND, .hidden = 1},
    [F_HAND_PRESSURE] =
        {.name = "hand_pressure", .unit = "Pa", .doc = "largest skin pressure", .ncomp = 1, .at = AT_HAND, .hidden = 1},
    [F_PENETRATION] = {.name = "hand_penetration",
                       .unit = "m",
                       .doc = "largest penetration of a skin point",
                       .ncomp = 1,
                       .at = AT_HAND,
                       .hidden = 1},
    [F_PATCH_PENETRATION] =
        {.name = "hand_patch_penetration",
         .unit = "m",
         .doc = "largest mean penetration, or gap where it is pressed wholly, over the patch of a skin node",
         .ncomp = 1,
         .at = AT_HAND,
         .hidden = 1},
    [F_PRESSURE_MEAN] = {.name = "hand_pressure_mean",
                         .unit = "Pa",
                         .doc = "mean skin pressure over the contact, per undeformed area",
                         .ncomp = 1,
                         .at = AT_HAND,
                         .hidden = 1},
    [F_CHANGES] = {.name = "hand_changes",
                   .unit = "1",
                   .doc = "skin points that came into contact or left it in the step",
                   .ncomp = 1,
                   .at = AT_HAND,
                   .hidden = 1},
    [F_SLIP] = {.name = "hand_slip",
                .unit = "m",
                .doc = "distance slipped over the skin since the start, mean weighted by pressure",
                .ncomp = 1,
                .at = AT_HAND,
                .hidden = 1,
                .jump = JUMP_COUNTS},
    [F_WORK] = {.name = "hand_work",
                .unit = "J",
                .doc = "work of the hand on the body since the start",
                .ncomp = 1,
                .at = AT_HAND,
                .hidden = 1,
                .jump = JUMP_COUNTS},
    [F_FRICTION_WORK] = {.name = "hand_friction_work",
                         .unit = "J",
                         .doc = "work lost to friction between hand and skin since the start",
                         .ncomp = 1,
                         .at = AT_HAND,
                         .hidden = 1,
                         .jump = JUMP_COUNTS},
    [F_LOOP_BEGIN] = {.name = "hand_loop_begin",
                      .unit = "J",
                      .doc = "hand_work at the start of the running cycle",
                      .ncomp = 1,
                      .at = AT_HAND,
                      .hidden = 1,
                      .jump = JUMP_COUNTS},
    [F_LOOP] = {.name = "hand_loop_energy",
                .unit = "J",
                .doc = "work of the hand in the last whole cycle: area of the loop of force over motion",
                .ncomp = 1,
                .at = AT_HAND,
                .hidden = 1},
    [F_AIM] = {.name = "hand_aim",
               .unit = "m",
               .doc = "depth an arm aims at",
               .ncomp = 1,
               .at = AT_HAND,
               .hidden = 1,
               .jump = JUMP_SLOW},
    [F_ARM_ENERGY] = {.name = "hand_arm_energy",
                      .unit = "J",
                      .doc = "energy in the springs of the arm behind the hand",
                      .ncomp = 1,
                      .at = AT_HAND,
                      .hidden = 1},
    [F_ARM_LOSS] = {.name = "hand_arm_loss",
                    .unit = "J",
                    .doc = "work lost in the dampers of the arm since the start",
                    .ncomp = 1,
                    .at = AT_HAND,
                    .hidden = 1,
                    .jump = JUMP_COUNTS},
    [F_ASIDE] = {.name = "hand_aside",
                 .unit = "m",
                 .doc = "offset of the hand from its path, along the skin",
                 .ncomp = 3,
                 .at = AT_HAND,
                 .hidden = 1,
                 .jump = JUMP_FOLLOWS},
    [F_ARM_FORCE] = {.name = "hand_arm_force",
                     .unit = "N",
                     .doc = "force of the arm on the hand along the skin",
                     .ncomp = 3,
                     .at = AT_HAND,
                     .hidden = 1},
    [F_SPEED] =
        {.name = "hand_speed", .unit = "m/s", .doc = "speed along the skin", .ncomp = 1, .at = AT_HAND, .hidden = 1},
    [F_POSE] = {.name = "hand_pose",
                .unit = "1",
                .doc = "body from tool frame, 4 x 4 by rows",
                .ncomp = 16,
                .at = AT_HAND,
                .hidden = 1,
                .jump = JUMP_FOLLOWS},
    [F_SUPPORT] = {.name = "support_force",
                   .unit = "N",
                   .doc = "sum of forces of the supports on the body",
                   .ncomp = 3,
                   .at = AT_MODEL,
                   .hidden = 1},
    [F_RIG] = {.name = "rig_force",
               .unit = "N",
               .doc = "force of each rig on the body",
               .ncomp = 3 * MODEL_RIGS,
               .at = AT_MODEL,
               .hidden = 1},
    [F_SOLVER] =
        {.name = "solver", .unit = "1", .doc = "cost of the step", .ncomp = SOLVER_COUNT, .at = AT_MODEL, .hidden = 1},
    [F_COUNT] = {0}};

typedef struct mechanics {
  const model *m;
  solid *solid;
  contact *contact;
  equilibrium *eq;
  motion *motion;  /* NULL: the body's supports stay */
  int weight_work; /* field, -1: it has no weight */
  carry *carry;    /* NULL: no columns */
  double *lift, *u, *r, *carried;
  int field[F_COUNT];
} mechanics;

typedef struct mechanics_keys {
  int preconditioner;
} mechanics_keys;

/* Words for `preconditioner`, in its order. */
static const char *const preconditioners[] = {"auto", "multigrid", "direct", NULL};
static const param params[] = {
    PARAM(mechanics_keys, preconditioner, .kind = PARAM_CHOICE, .choices = preconditioners,
          .preset = PRECONDITIONER_AUTO, .source = "numerical",
          .doc = "of linear systems; auto: multigrid on a mesh in columns, a direct solver on any other"),
    {0}};

/* par NULL: presets. */
static status create(const void *par, const model *m, arena *a, void **out) {
  mechanics *c;
  const mechanics_keys *keys = par;
  NEW(a, c, 1);
  c->m = m;
  for (int i = 0; i < F_COUNT; i++) c->field[i] = model_field(m, owns[i].name);
  contact_fields f = {.pressure = c->field[F_SKIN_PRESSURE],
                      .traction = c->field[F_SKIN_TRACTION],
                      .gap = c->field[F_SKIN_GAP],
                      .multiplier = c->field[F_MULTIPLIER],
                      .owner = c->field[F_OWNER],
                      .friction = c->field[F_FRICTION],
                      .relative = c->field[F_RELATIVE]};
  TRY(solid_create(m, a, &c->solid));
  TRY(contact_create(m, f, a, &c->contact));
  TRY(equilibrium_create(m, c->solid, c->contact, keys ? (preconditioner)keys->preconditioner : PRECONDITIONER_AUTO, a,
                         &c->eq));
  TRY(motion_create(m, c->eq, a, &c->motion));
  c->weight_work = model_field(m, "weight_work");
  size_t n = (size_t)model_unknowns(m);
  NEW(a, c->lift, n);
  NEW(a, c->u, n);
  NEW(a, c->r, n);
  TRY(carry_create(m, a, &c->carry));
  if (c->carry) NEW(a, c->carried, n);
  *out = c;
  return ST_OK;
}

/* Tool axes on the skin: z outward, y along, x = y x z; then the technique's own rotation. */
static void tool_pose(const mechanics *c, const drive *d, contact_tool *t) {
  double x[3], axes[9];
  if (!c->m->body->chart(c->m->body_par, d->along, d->across, x, axes)) /* build has checked the paths' ends */
    c->m->body->chart(c->m->body_par, 0, 0, x, axes);
  double X = d->rot[0], Y = d->rot[1], Z = d->rot[2], W = d->rot[3], n = X * X + Y * Y + Z * Z + W * W;
  double Q[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1}, B[9];
  if (n > 0) {
    double s = 2 / n;
    Q[0] = 1 - s * (Y * Y + Z * Z), Q[1] = s * (X * Y - Z * W), Q[2] = s * (X * Z + Y * W);
    Q[3] = s * (X * Y + Z * W), Q[4] = 1 - s * (X * X + Z * Z), Q[5] = s * (Y * Z - X * W);
    Q[6] = s * (X * Z - Y * W), Q[7] = s * (Y * Z + X * W), Q[8] = 1 - s * (X * X + Y * Y);
  }
  double z[3] = {-axes[6], -axes[7], -axes[8]}, y[3] = {axes[0], axes[1], axes[2]};
  double ex[3] = {y[1] * z[2] - y[2] * z[1], y[2] * z[0] - y[0] * z[2], y[0] * z[1] - y[1] * z[0]};
  for (int k = 0; k < 3; k++) {
    B[3 * k] = ex[k], B[3 * k + 1] = y[k], B[3 * k + 2] = z[k];
    t->origin[k] = x[k], t->inward[k] = axes[6 + k];
  }
  memcpy(t->side, axes, sizeof t->side);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) t->R[3 * i + j] = B[3 * i] * Q[j] + B[3 * i + 1] * Q[3 + j] + B[3 * i + 2] * Q[6 + j];
}

/* The hands of one attempt at a step. */
typedef struct attempt {
  contact_tool tools[MODEL_HANDS];
  drive drives[MODEL_HANDS];
  arm_step arms[MODEL_HANDS];
  arm_aside asides[MODEL_HANDS];
  double depth[MODEL_HANDS]; /* where Newton starts them */
  carry_way way[MODEL_HANDS];
} attempt;

/* How hand t came from `old` to where it is at the end of the step. */
static void turn_hand(const mechanics *c, const state *now, int t, const contact_tool *old, contact_tool *tool) {
  turn_begin(&tool->turn, c->m->tools[t].kind, c->m->tools[t].par, &(turn_end){old->R, old->inward, old->origin},
             &(turn_end){tool->R, tool->inward, tool->origin});
  tool->turn.pressed = state_view(now, c->field[F_NORMAL])[t] > 0;
  memcpy(tool->turn.from, tool->turn.pressed ? state_view(now, c->field[F_POSITION]) + 3 * t : old->origin,
         sizeof old->origin);
}

/* Where each hand is asked to be at the end of the step, and which hands press. */
static void aim_hands(mechanics *c, const step *s, attempt *a) {
  const model *m = c->m;
  for (int t = 0; t < m->ntool; t++) {
    drive *d = a->drives + t, before;
    contact_tool *tool = a->tools + t, old;
    schedule_drive(m, t, s->t, &before);
    schedule_drive(m, t, s->t + s->dt, d);
    *tool = (contact_tool){0};
    tool_pose(c, d, tool);
    int sprung = arm_acts(&m->tools[t].arm), moved = d->normal == DRIVE_MOVE;
    tool->force_controlled = d->normal == DRIVE_FORCE || (moved && sprung);
    tool->asked = d->normal == DRIVE_FORCE ? d->force : 0;
    tool->touching = moved || (tool->force_controlled && d->force > FORCE_LEAST);
    if (m->tools[t].rests_on) tool->touching = tool->force_controlled = 0;
    a->arms[t] = (arm_step){0};
    if (sprung && tool->touching) {
      int was = state_view(s->now, c->field[F_TOUCHING])[t] > 0;
      double aim = before.normal == DRIVE_MOVE ? before.depth : d->depth;
      arm_begin(a->arms + t, &m->tools[t].arm, d, was ? state_view(s->now, c->field[F_DEPTH])[t] : aim,
                moved ? aim : state_view(s->now, c->field[F_AIM])[t], s->dt, tool);
    }
    a->asides[t] = (arm_aside){0};
    if (arm_sideways(&m->tools[t].arm) && tool->touching)
      arm_aside_begin(a->asides + t, &m->tools[t].arm, state_view(s->now, c->field[F_ASIDE]) + 3 * t, s->dt, tool);
    tool_pose(c, &before, &old);
    a->way[t].reach =
        tool->touching && state_view(s->now, c->field[F_NORMAL])[t] > 0 ? m->tools[t].kind->reach(m->tools[t].par) : 0;
    memcpy(a->way[t].from, old.origin, sizeof old.origin), memcpy(a->way[t].to, tool->origin, sizeof tool->origin);
    turn_hand(c, s->now, t, &old, tool);
  }
}

/* Puts the hands where Newton starts them, on the skin as it is in c->u. */
static void put_hands(mechanics *c, const step *s, attempt *a, const contact_guess *guess) {
  const model *m = c->m;
  const double *u = state_view(s->now, c->field[F_DISPLACEMENT]);
  double *depth = a->depth;
  for (int t = 0; t < m->ntool; t++)
    depth[t] = a->drives[t].normal == DRIVE_MOVE ? a->drives[t].depth
               : a->tools[t].touching            ? state_view(s->now, c->field[F_DEPTH])[t]
                                                 : LIFTED;
  for (int t = 0; t < m->ntool; t++)
    if (a->tools[t].sideways > 0)
      arm_aside_start(a->asides + t, a->way[t].reach > 0 && !guess ? &a->way[t] : NULL, a->tools + t);
  /* Owners need poses; first touches need owners' stiffness. So: begin, look for the skin, begin again. */
  contact_begin(c->contact, s->now, u, a->tools, depth, guess);
  int landed = 0;
  for (int t = 0; t < m->ntool; t++) {
    if (!a->tools[t].touching || !a->tools[t].force_controlled) continue;
    if (state_view(s->now, c->field[F_NORMAL])[t] > 0) {
      depth[t] = state_view(s->now, c->field[F_DEPTH])[t];
      continue;
    }
    double touch = contact_touch(c->contact, t, c->u);
    const arm *k = &m->tools[t].arm;
    /* An arm that is to give a force stands still where its hand lands; one that is to go to a depth may stay above. */
    if (arm_acts(k) && a->drives[t].normal == DRIVE_FORCE)
      arm_begin(a->arms + t, k, a->drives + t, touch, touch, s->dt, a->tools + t);
    if (a->drives[t].normal == DRIVE_MOVE && a->tools[t].rest <= touch)
      depth[t] = a->tools[t].rest;
    else
      depth[t] = contact_press(c->contact, t, a->tools + t, c->u, touch);
    landed = 1;
  }
  if (landed) contact_begin(c->contact, s->now, u, a->tools, depth, guess);
  /* A hand that moved along while it hardly pressed may hang above the skin now: no point of it would be stiff, and
     Newton would press it into the void. It is put back on the skin, which is held still for that. */
  double *at = c->u + 3 * (size_t)m->mesh->nnode;
  for (int t = 0; t < m->ntool; t++) at[t] = depth[t];
  for (int t = 0; t < m->ntool; t++) {
    double before = state_view(s->now, c->field[F_ASKED])[t];
    depth[t] = contact_rest(c->contact, t, c->u, a->tools[t].asked < LETTING_GO * before);
  }
  memcpy(at, depth, (size_t)m->ntool * sizeof *at);
  for (int t = 0; t < m->ntool; t++)
    if (model_sideways(m, t) >= 0) memcpy(at + model_sideways(m, t), a->tools[t].aside, sizeof a->tools[t].aside);
}

/* Everything to where Newton starts, c->u: the state of before, or carried along by the hands. */
static void begin(mechanics *c, const step *s, attempt *a, int along) {
  size_t ndof = 3 * (size_t)c->m->mesh->nnode;
  const double *u = state_view(s->now, c->field[F_DISPLACEMENT]);
  const uint8_t *fixed = equilibrium_fixed(c->eq);
  contact_guess guess = {c->carried, c->carry};
  if (along) {
    carry_displacement(c->carry, u, c->carried);
    for (size_t i = 0; i < ndof; i++)
      if (fixed[i]) c->carried[i] = u[i];
  }
  memcpy(c->u, along ? c->carried : u, ndof * sizeof *u);
  put_hands(c, s, a, along ? &guess : NULL);
  solid_begin(c->solid, s->dt, state_view(s->now, c->field[F_HISTORY]));
  if (equilibrium_inertia(c->eq)) inertia_begin(equilibrium_inertia(c->eq), s->now, s->dt);
  equilibrium_begin(c->eq, a->tools);
  equilibrium_trust(c->eq, u, along);
}

/* How far c->u is from equilibrium. */
static double distance(mechanics *c) {
  nl_problem p = equilibrium_problem(c->eq);
  return p.residual(p.ctx, c->u, c->r) == ST_OK ? p.size(p.ctx, c->r) : (double)INFINITY;
}

/* Hands that glide take the state along, hands that hold the skin do not, and the residual tells them apart. */
static void begin_well(mechanics *c, const step *s, attempt *a) {
  begin(c, s, a, 0);
  if (!c->carry || !carry_along(c->carry, a->way)) return;
  double stays = distance(c);
  begin(c, s, a, 1);
  if (!(distance(c) < stays)) begin(c, s, a, 0);
}

/* What a step with inertia balances: forces are means over it, and some accelerate the body. */
static void balance_moving(mechanics *c, const step *s, double sum[3]) {
  double before[3] = {0}, after[3] = {0};
  for (int i = 0; i < 3 * c->m->ntool; i++) {
    before[i % 3] += state_view(s->now, c->field[F_FORCE])[i];
    after[i % 3] += state_view(s->next, c->field[F_FORCE])[i];
  }
  inertia_balance(equilibrium_inertia(c->eq), before, after, sum);
}

/* What hand t did in the step, added to what it did before; its pose, force and torque are those of `next` already. */
static void account(mechanics *c, const step *s, int t, const contact_tool *tool, double depth) {
  contact_change k;
  const double *u = state_view(s->now, c->field[F_DISPLACEMENT]);
  ledger_row now = {state_view(s->now, c->field[F_POSE]) + 16 * t, state_view(s->now, c->field[F_FORCE]) + 3 * t,
                    state_view(s->now, c->field[F_TORQUE]) + 3 * t},
             next = {state_view(s->next, c->field[F_POSE]) + 16 * t, state_view(s->next, c->field[F_FORCE]) + 3 * t,
                     state_view(s->next, c->field[F_TORQUE]) + 3 * t};
  int before = ledger_presses(&now), after = ledger_presses(&next);
  contact_account(c->contact, t, c->u, &k);
  state_edit(s->next, c->field[F_CHANGES])[t] = k.changes;
  state_edit(s->next, c->field[F_SLIP])[t] += k.slip;
  state_edit(s->next, c->field[F_FRICTION_WORK])[t] += k.friction_work;
  double *work = state_edit(s->next, c->field[F_WORK]) + t;
  if (before && after)
    *work +=
        ledger_work(&now, &next) + ledger_spin(&now, &next, c->m->tools[t].kind, c->m->tools[t].par, tool->turn.angle);
  else if (after) /* came down through the air first */
    *work += ledger_push(&next, tool->inward, depth - contact_touch(c->contact, t, u));
  else if (before) { /* and goes up through it: the skin followed as far as it now is */
    double was = 0;
    for (int i = 0; i < 3; i++) was += (now.pose[4 * i + 3] - tool->origin[i]) * tool->inward[i];
    *work -= ledger_push(&now, tool->inward, was - contact_touch(c->contact, t, c->u));
  }
  int running = schedule_entry(c->m, t, s->t + 0.5 * s->dt);
  const entry *e = running < 0 ? NULL : c->m->entries + running;
  if (!e || !e->kind->cycle) return;
  technique_cycle y = e->kind->cycle(e->par);
  y.first += e->start;
  if (y.count > 0)
    ledger_loop(&y, s->t, s->t + s->dt, state_view(s->now, c->field[F_WORK])[t], *work,
                state_edit(s->next, c->field[F_LOOP_BEGIN]) + t, state_edit(s->next, c->field[F_LOOP]) + t);
}

/* What the body's own motion and its weight did; now NULL: where a run begins. */
static void account_body(mechanics *c, double t, const state *now, state *next) {
  if (c->motion) motion_account(c->motion, c->eq, t, now, next);
  if (c->weight_work >= 0) *state_edit(next, c->weight_work) = equilibrium_weight_work(c->eq, c->u);
}

/* Where an arm that gives sideways let hand t go; after arm_end. */
static void store_aside(mechanics *c, const step *s, attempt *a, int t) {
  double *aside = state_edit(s->next, c->field[F_ASIDE]) + 3 * t;
  double *force = state_edit(s->next, c->field[F_ARM_FORCE]) + 3 * t;
  memset(aside, 0, 3 * sizeof *aside), memset(force, 0, 3 * sizeof *force);
  if (a->tools[t].sideways > 0)
    arm_aside_end(a->asides + t, a->tools + t, c->u + 3 * (size_t)c->m->mesh->nnode + model_sideways(c->m, t), aside,
                  force, state_edit(s->next, c->field[F_ARM_ENERGY]) + t,
                  state_edit(s->next, c->field[F_ARM_LOSS]) + t);
}

/* Hands that rest on others stand where those are and push them; those below come first. */
static void store_stacks(mechanics *c, state *next, const drive *drives, const contact_tool *tools) {
  const model *m = c->m;
  double *pose = state_edit(next, c->field[F_POSE]);
  for (int level = 1; level < m->ntool; level++)
    for (int t = 0; t < m->ntool; t++) {
      if (stack_level(m, t) != level) continue;
      stack_stand(m, t, pose + 16 * (m->tools[t].rests_on - 1), tools[t].inward, pose + 16 * t);
      for (int i = 0; i < 3; i++) state_edit(next, c->field[F_POSITION])[3 * t + i] = pose[16 * t + 4 * i + 3];
      double push = drives[t].normal == DRIVE_FORCE ? drives[t].force : 0;
      state_edit(next, c->field[F_ASKED])[t] = state_edit(next, c->field[F_NORMAL])[t] = push;
    }
}

static void store(mechanics *c, const step *s, attempt *a, const nl_report *rep) {
  const model *m = c->m;
  const contact_tool *tools = a->tools;
  size_t ndof = 3 * (size_t)m->mesh->nnode;
  memcpy(state_edit(s->next, c->field[F_DISPLACEMENT]), c->u, ndof * sizeof *c->u);
  contact_store(c->contact, c->u, s->next);
  solid_store(c->solid, c->u, state_edit(s->next, c->field[F_PRESSURE]), state_edit(s->next, c->field[F_HISTORY]));
  double sum[3] = {0}, largest = 1;
  for (int t = 0; t < m->ntool; t++) {
    contact_sum k = {0};
    if (tools[t].touching) contact_measure(c->contact, t, c->u, &k);
    double depth = c->u[ndof + (size_t)t], *pose = state_edit(s->next, c->field[F_POSE]) + 16 * t;
    state_edit(s->next, c->field[F_DEPTH])[t] = depth;
    state_edit(s->next, c->field[F_TOUCHING])[t] = tools[t].touching;
    state_edit(s->next, c->field[F_ASKED])[t] = tools[t].touching ? contact_given(tools + t, depth) : 0;
    arm_end(a->arms + t, tools + t, depth, state_edit(s->next, c->field[F_AIM]) + t,
            state_edit(s->next, c->field[F_ARM_ENERGY]) + t, state_edit(s->next, c->field[F_ARM_LOSS]) + t);
    state_edit(s->next, c->field[F_NORMAL])[t] = k.normal;
    state_edit(s->next, c->field[F_INDENTATION])[t] = tools[t].touching ? depth : 0;
    state_edit(s->next, c->field[F_AREA])[t] = k.area;
    state_edit(s->next, c->field[F_HAND_PRESSURE])[t] = k.pressure_max;
    state_edit(s->next, c->field[F_PENETRATION])[t] = k.penetration;
    state_edit(s->next, c->field[F_PRESSURE_MEAN])[t] = k.pressure_mean;
    state_edit(s->next, c->field[F_PATCH_PENETRATION])[t] = k.patch_penetration;
    state_edit(s->next, c->field[F_SPEED])[t] = hypot(a->drives[t].vel[0], a->drives[t].vel[1]);
    store_aside(c, s, a, t);
    double size = 0;
    for (int i = 0; i < 3; i++) {
      double x = tools[t].origin[i] + depth * tools[t].inward[i];
      state_edit(s->next, c->field[F_FORCE])[3 * t + i] = k.force[i];
      state_edit(s->next, c->field[F_TORQUE])[3 * t + i] = k.torque[i];
      state_edit(s->next, c->field[F_POSITION])[3 * t + i] = x;
      for (int j = 0; j < 3; j++) pose[4 * i + j] = tools[t].R[3 * i + j];
      pose[4 * i + 3] = x, pose[12 + i] = 0;
      sum[i] += k.force[i], size += k.force[i] * k.force[i];
    }
    pose[15] = 1;
    account(c, s, t, tools + t, depth);
    largest = fmax(largest, sqrt(size));
  }
  store_stacks(c, s->next, a->drives, tools);
  double *support = state_edit(s->next, c->field[F_SUPPORT]), *rig = state_edit(s->next, c->field[F_RIG]);
  equilibrium_reactions(c->eq, c->u, support, rig);
  account_body(c, s->t + s->dt, s->now, s->next);
  const double *weight = equilibrium_weight(c->eq);
  double size = 0, balance = 0;
  for (int i = 0; i < 3; i++) sum[i] += support[i], size += support[i] * support[i];
  largest = fmax(largest, sqrt(size));
  for (int g = 0; g < m->nrig; g++) {
    size = 0;
    for (int i = 0; i < 3; i++) sum[i] += rig[3 * g + i], size += rig[3 * g + i] * rig[3 * g + i];
    largest = fmax(largest, sqrt(size));
  }
  if (equilibrium_inertia(c->eq)) {
    inertia_store(equilibrium_inertia(c->eq), s->next);
    balance_moving(c, s, sum);
  }
  size = weight[0] * weight[0] + weight[1] * weight[1] + weight[2] * weight[2];
  largest = fmax(largest, sqrt(size));
  for (int i = 0; i < 3; i++) sum[i] += weight[i];
  for (int i = 0; i < 3; i++) balance += sum[i] * sum[i];
  double *cost = state_edit(s->next, c->field[F_SOLVER]);
  cost[SOLVER_NEWTON] = rep->newton, cost[SOLVER_KRYLOV] = rep->krylov;
  cost[SOLVER_AUGMENTATIONS] = equilibrium_augmentations(c->eq);
  cost[SOLVER_RESIDUAL] = rep->last, cost[SOLVER_BALANCE] = sqrt(balance) / largest, cost[SOLVER_LARGEST] = largest;
}

static status advance(void *self, const step *s) {
  mechanics *c = self;
  const model *m = c->m;
  size_t ndof = 3 * (size_t)m->mesh->nnode;
  attempt a;
  aim_hands(c, s, &a);
  begin_well(c, s, &a);

  /* Prescribed increments of the rigs. */
  memset(c->lift, 0, (size_t)model_unknowns(m) * sizeof *c->lift);
  int lifted = 0;
  for (int g = 0; g < m->nrig; g++) {
    const rig *k = m->rigs + g;
    double share = schedule_rig(k, s->t + s->dt);
    for (int i = 0; i < k->nnode; i++)
      for (int d = 0; d < 3; d++)
        if (k->held[d]) {
          size_t dof = 3 * (size_t)k->node[i] + (size_t)d;
          c->lift[dof] = share * k->move[d] - c->u[dof];
          lifted |= c->lift[dof] != 0;
        }
  }

  if (c->motion) lifted |= motion_lift(c->motion, c->eq, s->t, s->t + s->dt, c->u, c->lift);

  /* A hand moved by its depth carries the skin along through the tangent, like a rig: put there at once, it would stand
     in skin that has not moved yet. */
  for (int t = 0; t < m->ntool; t++) {
    double was = state_view(s->now, c->field[F_DEPTH])[t];
    if (!a.tools[t].touching || a.tools[t].force_controlled || !(state_view(s->now, c->field[F_NORMAL])[t] > 0))
      continue;
    c->u[ndof + (size_t)t] = was, c->lift[ndof + (size_t)t] = a.depth[t] - was;
    lifted |= a.depth[t] != was;
  }

  newton_opts o = {.max_newton = m->time.max_newton,
                   .max_krylov = m->time.max_krylov,
                   .krylov_least = KRYLOV_LEAST,
                   .krylov_most = KRYLOV_MOST,
                   .lift = lifted ? c->lift : NULL};
  nl_report rep;
  nl_problem p = equilibrium_problem(c->eq);
  status st = newton_solve(&p, &o, c->u, s->scratch, &rep);
  if (st == ST_RETRY)
    return err_set(ST_RETRY, __FILE__, __LINE__, "%s (residual %.3g times its tolerance after %d iterations)",
                   newton_reason(rep.reason), rep.last, rep.newton);
  TRY(st);
  store(c, s, &a, &rep);
  return ST_OK;
}

int mechanics_culprit(const void *self) {
  return solid_culprit(((const mechanics *)self)->solid);
}
const double *mechanics_seconds(const void *self) {
  return equilibrium_seconds(((const mechanics *)self)->eq);
}
const char *mechanics_preconditioner(const void *self) {
  return equilibrium_preconditioner(((const mechanics *)self)->eq);
}
const char *const mechanics_phase[MECH_PHASES] = {"element matrices", "coarse levels and factors", "residuals",
                                                  "tangent applies", "preconditioning"};

/* The body at rest: tone pulls and weight, nothing presses. Long ago begun, so what relaxes has relaxed. Both come on
   in one go; if that fails, in more and more steps. */
static status settle(mechanics *c, state *s) {
  const model *m = c->m;
  contact_tool tools[MODEL_HANDS] = {{0}};
  double depth[MODEL_HANDS];
  size_t ndof = 3 * (size_t)m->mesh->nnode;
  memset(c->u, 0, (size_t)model_unknowns(m) * sizeof *c->u);
  for (int t = 0; t < m->ntool; t++) c->u[ndof + (size_t)t] = depth[t] = LIFTED;
  contact_begin(c->contact, s, c->u, tools, depth, NULL);
  equilibrium_begin(c->eq, tools);
  solid_begin(c->solid, FOREVER, state_view(s, c->field[F_HISTORY]));
  arena *scratch = arena_create(1 << 20);
  if (!scratch) FAIL(ST_INTERNAL, "out of memory");
  newton_opts o = {.max_newton = m->time.max_newton,
                   .max_krylov = m->time.max_krylov,
                   .krylov_least = KRYLOV_LEAST,
                   .krylov_most = KRYLOV_MOST};
  status st = ST_RETRY;
  nl_report rep = {0};
  for (int n = 1; n <= SETTLE_STEPS && st == ST_RETRY; n *= 2) {
    memset(c->u, 0, ndof * sizeof *c->u);
    st = ST_OK;
    for (int k = 1; k <= n && st == ST_OK; k++) {
      solid_tone(c->solid, (double)k / n);
      equilibrium_weigh(c->eq, (double)k / n);
      nl_problem p = equilibrium_problem(c->eq);
      st = newton_solve(&p, &o, c->u, scratch, &rep);
    }
  }
  arena_destroy(&scratch);
  if (st == ST_RETRY)
    FAIL(ST_SOLVE,
         "the body does not come to rest under its tone and weight: %s; try a smaller `tone`, `activation` or gravity "
         "`strength`",
         newton_reason(rep.reason));
  TRY(st);
  memcpy(state_edit(s, c->field[F_DISPLACEMENT]), c->u, ndof * sizeof *c->u);
  solid_store(c->solid, c->u, state_edit(s, c->field[F_PRESSURE]), state_edit(s, c->field[F_HISTORY]));
  equilibrium_reactions(c->eq, c->u, state_edit(s, c->field[F_SUPPORT]), state_edit(s, c->field[F_RIG]));
  if (equilibrium_inertia(c->eq)) inertia_store(equilibrium_inertia(c->eq), s);
  account_body(c, 0, NULL, s);
  return ST_OK;
}

static status start(void *self, const model *m, state *s) {
  mechanics *c = self;
  if (m->space->tone || c->weight_work >= 0) TRY(settle(c, s));
  /* Hands wait above where their first entry begins. */
  drive drives[MODEL_HANDS];
  contact_tool tools[MODEL_HANDS];
  for (int t = 0; t < m->ntool; t++) {
    contact_tool *k = tools + t;
    schedule_drive(m, t, 0, drives + t);
    tool_pose(c, drives + t, k);
    double *pose = state_edit(s, c->field[F_POSE]) + 16 * t;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) pose[4 * i + j] = k->R[3 * i + j];
      pose[4 * i + 3] = k->origin[i] + LIFTED * k->inward[i];
      state_edit(s, c->field[F_POSITION])[3 * t + i] = pose[4 * i + 3];
    }
    pose[15] = 1;
  }
  store_stacks(c, s, drives, tools);
  return ST_OK;
}

static const char *const reads[] = {NULL};
const process process_mechanics = {.name = "mechanics",
                                   .doc = "equilibrium under hands, rigs and supports",
                                   .params = params,
                                   .par_size = sizeof(mechanics_keys),
                                   .owns = owns,
                                   .reads = reads,
                                   .create = create,
                                   .start = start,
                                   .advance = advance};
