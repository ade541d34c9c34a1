#include <assert.h>
#include <math.h>
#include <string.h>
#include "sim/base/mat3.h"
#include "sim/fe/point.h"
#include "sim/fe/shape.h"
#include "sim/mechanics/arm.h"
#include "sim/mechanics/mechanics.h"
#include "sim/mechanics/motion.h"
#include "sim/run/watch.h"

/* Those of a hand, a layer, a probe, a rig; of supports, motion, weight, energies, solver. */
enum { COLUMNS = 22 * MODEL_HANDS + 6 * BODY_LAYERS + 4 * MODEL_PROBES + MODEL_RIGS + 18 };

struct watcher {
  const model *m;
  history_column column[COLUMNS];
  double value[4 * COLUMNS];
  int nvalue;
  history h;
  const output *tension, *energy, *strain; /* strain: NULL without muscle */
  int perfusion, pressure, kinetic;        /* fields, -1: none */
  int motion, weight;
  int total_energy; /* the body's energy is one that it can give back */
  double *cell[5];  /* tension, energy, perfusion, pressure, strain over its limit: [ncell] */
  double *volume, layer_volume[BODY_LAYERS], base[BODY_LAYERS];
};

static void column(watcher *w, int ncomp, int integer, const char *unit, const char *doc, const char *path,
                   const char *name, const char *what) {
  assert(w->h.ncolumn < COLUMNS);
  history_column *c = w->column + w->h.ncolumn++;
  snprintf(c->path, sizeof c->path, "%s%s%s", path, name, what);
  snprintf(c->unit, sizeof c->unit, "%s", unit);
  snprintf(c->long_name, sizeof c->long_name, "%s", doc);
  c->ncomp = ncomp, c->integer = integer;
}

static const output *output_named(const model *m, const char *name) {
  for (const output *const *o = m->cat->outputs; o && *o; o++)
    if (!strcmp((*o)->name, name)) return *o;
  return NULL;
}

/* Columns of a hand: field of the state, name in the file. */
static const struct {
  const char *field, *what;
  int ncomp;
} hand_columns[] = {{"hand_force", "/force", 3},
                    {"hand_torque", "/torque", 3},
                    {"hand_position", "/position", 3},
                    {"hand_indentation", "/indentation", 1},
                    {"hand_area", "/contact_area", 1},
                    {"hand_speed", "/speed", 1},
                    {"hand_asked", "/asked", 1},
                    {"hand_normal", "/push", 1},
                    {"hand_pressure", "/pressure_max", 1},
                    {"hand_penetration", "/penetration", 1},
                    {"hand_pressure_mean", "/pressure_mean", 1},
                    {"hand_changes", "/contact_changes", 1},
                    {"hand_slip", "/slip_distance", 1},
                    {"hand_work", "/work", 1},
                    {"hand_friction_work", "/friction_work", 1},
                    {"hand_patch_penetration", "/patch_penetration", 1},
                    {"hand_loop_energy", "/loop_energy", 1},
                    {"hand_arm_energy", "/arm_energy", 1},
                    {"hand_arm_loss", "/arm_loss", 1},
                    {"hand_aside", "/aside", 3},
                    {"hand_arm_force", "/arm_force", 3}};
enum { HAND_COLUMNS = sizeof hand_columns / sizeof *hand_columns, ASIDE_COLUMN = HAND_COLUMNS - 2 };
enum { ARM_COLUMN = ASIDE_COLUMN - 2, LOOP_COLUMN = ARM_COLUMN - 1 };

/* Whether a hand has column k: loops those that do something again and again, the last four those with an arm, two of
   them when it gives sideways. */
static int hand_has(const model *m, int tool, int k) {
  const arm *a = &m->tools[tool].arm;
  if (k >= ASIDE_COLUMN) return arm_sideways(a);
  if (k >= ARM_COLUMN) return arm_acts(a) || arm_sideways(a);
  if (k < LOOP_COLUMN) return 1;
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = m->entries + i;
    if (e->tool == tool && e->kind->cycle && e->kind->cycle(e->par).count > 0) return 1;
  }
  return 0;
}

const tissue *watch_energy_unknown(const model *m) {
  for (int l = 0; l < m->geometry.nlayer; l++) {
    const tissue *t = m->layer_tissue[l];
    if (!t->law->ops->energy || (t->law->nhist && t->law->nhist(t->par) > 0)) return t;
  }
  return NULL;
}

status watch_create(const model *m, arena *a, watcher **out) {
  watcher *w;
  NEW(a, w, 1);
  w->m = m;
  w->tension = output_named(m, "tension"), w->energy = output_named(m, "strain_energy_density");
  w->perfusion = model_field(m, "perfusion"), w->pressure = model_field(m, "pressure");
  for (int l = 0; l < m->geometry.nlayer; l++)
    if (m->layer_tissue[l]->muscle) w->strain = output_named(m, "strain_ratio");
  for (int i = 0; i < 5; i++) NEW(a, w->cell[i], m->mesh->ncell);
  NEW(a, w->volume, m->mesh->ncell);
  fe_cell_volume(m, w->volume);
  for (int c = 0; c < m->mesh->ncell; c++) w->layer_volume[m->mesh->layer[c]] += w->volume[c];
  for (int t = 0; t < m->ntool; t++) {
    for (int k = 0; k < HAND_COLUMNS; k++) {
      if (!hand_has(m, t, k)) continue;
      const field_decl *d = &m->fields[model_field(m, hand_columns[k].field)].decl;
      column(w, hand_columns[k].ncomp, 0, d->unit, d->doc, "hand/", m->tools[t].name, hand_columns[k].what);
    }
    column(w, 4, 0, "1", "rotation of the hand, body from hand, as a quaternion", "hand/", m->tools[t].name,
           "/rotation");
  }
  for (int g = 0; g < m->nrig; g++)
    column(w, 3, 0, "N", "force of the rig on the body", "rig/", m->rigs[g].name, "/force");
  column(w, 3, 0, "N", "sum of forces of the supports on the body", "support", "", "/force");
  w->weight = model_field(m, "weight_work"), w->motion = model_field(m, "motion");
  if (w->motion >= 0) {
    const body_motion *k = &m->body->motions[m->motion];
    int angle = !strcmp(k->params->unit, "rad");
    column(w, 1, 0, k->params->unit, "how far the body has moved", "motion/", k->name, "/amount");
    column(w, 1, 0, angle ? "N m" : "N", "what holds it there, in the direction of the amount", "motion/", k->name,
           "/effort");
    column(w, 1, 0, "J", "work of the motion on the body since the start", "motion/", k->name, "/work");
    column(w, 3, 0, "N", "force on the supports that move", "motion/", k->name, "/force");
    column(w, 3, 0, "N m", "its moment about the origin of coordinates", "motion/", k->name, "/moment");
  }
  if (w->weight >= 0) column(w, 1, 0, "J", "work of the weight since there was none", "body", "", "/weight_work");
  for (int l = 0; l < m->geometry.nlayer; l++) {
    const char *n = m->geometry.layer[l];
    column(w, 1, 0, "Pa", "volume mean of tension", "layer/", n, "/tension_mean");
    column(w, 1, 0, "Pa", "largest cell mean of tension", "layer/", n, "/tension_max");
    column(w, 1, 0, "J", "strain energy", "layer/", n, "/strain_energy");
    if (w->strain && m->layer_tissue[l]->muscle)
      column(w, 1, 0, "1", "largest cell mean of strain_ratio", "layer/", n, "/strain_ratio_max");
    if (w->perfusion < 0) continue;
    column(w, 1, 0, "ml/min/(100 g)", "volume mean of perfusion", "layer/", n, "/perfusion_mean");
    column(w, 1, 0, "1", "mean perfusion over its baseline", "layer/", n, "/perfusion_vs_baseline");
  }
  w->total_energy = w->energy && !watch_energy_unknown(m);
  if (w->total_energy) column(w, 1, 0, "J", "strain energy of the body", "body", "", "/strain_energy");
  for (int p = 0; p < m->nprobe; p++) {
    const char *n = m->probes[p].name;
    column(w, 3, 0, "m", "displacement of the nearest node", "probe/", n, "/displacement");
    column(w, 1, 0, "Pa", "pressure of the cell it lies in", "probe/", n, "/pressure");
    column(w, 1, 0, "Pa", "tension of the cell it lies in", "probe/", n, "/tension");
    if (w->perfusion >= 0)
      column(w, 1, 0, "ml/min/(100 g)", "perfusion of the cell it lies in", "probe/", n, "/perfusion");
  }
  w->kinetic = model_field(m, "kinetic_energy");
  if (w->kinetic >= 0) column(w, 1, 0, "J", "kinetic energy of the body", "body", "", "/kinetic_energy");
  column(w, 1, 0, "s", "size of the step", "solver", "", "/dt");
  column(w, 1, 1, "1", "Newton iterations", "solver", "", "/newton_iterations");
  column(w, 1, 1, "1", "linear iterations", "solver", "", "/linear_iterations");
  column(w, 1, 1, "1", "contact augmentations", "solver", "", "/augmentations");
  column(w, 1, 0, "1", "residual over its tolerance", "solver", "", "/residual");
  column(w, 1, 0, "1", "sum of contact and support forces over the largest force (at least 1 N)", "solver", "",
         "/balance");
  column(w, 1, 0, "1", "least volume at a node of an element, over that at rest", "solver", "", "/volume_least");
  column(w, 1, 0, "s", "wall time of the step", "solver", "", "/wall_s");
  if (m->time.cycles == CYCLES_JUMP)
    column(w, 1, 0, "s", "time jumped over just before the step, without rows or frames", "solver", "", "/jumped");
  w->h.column = w->column, w->h.value = w->value;
  *out = w;
  return ST_OK;
}

const history *watch_columns(const watcher *w) {
  return &w->h;
}

double *watch_base(watcher *w) {
  return w->base;
}

static void put(watcher *w, int n, const double *x) {
  memcpy(w->value + w->nvalue, x, (size_t)n * sizeof *x);
  w->nvalue += n;
}
static void put1(watcher *w, double x) {
  put(w, 1, &x);
}

/* Where a hand presses most: the point of the undeformed skin. Returns the pressure there, Pa. */
static double worst_place(const model *m, const state *s, int tool, double x[3]) {
  const double *p = state_view(s, model_field(m, "skin_pressure")),
               *owner = state_view(s, model_field(m, "contact_owner"));
  int at = -1;
  for (int i = 0; i < m->mesh->nskin * QUAD_FACET; i++)
    if ((int)owner[i] == tool + 1 && (at < 0 || p[i] > p[at])) at = i;
  if (at < 0) return 0;
  for (int k = 0; k < 3; k++) {
    x[k] = 0;
    for (int n = 0; n < FACET_NODES; n++)
      x[k] += shape_facet_value(at % QUAD_FACET, n) *
              m->mesh->x[3 * m->mesh->skin[FACET_NODES * (at / QUAD_FACET) + n] + k];
  }
  return p[at];
}

static void watch_pain(const model *m, const state *s, int tool, double pressure, report_tool *r) {
  for (int l = 0; l < LIMITS; l++) {
    report_pain *p = r->pain + l;
    if (p->passed || !(m->limits.pain[l] > 0) || pressure <= m->limits.pain[l]) continue;
    p->passed = 1, p->time = s->time, p->value = worst_place(m, s, tool, p->x);
  }
}

static void watch_hands(watcher *w, const state *s, run_report *rep) {
  const model *m = w->m;
  for (int t = 0; t < m->ntool; t++) {
    double first[HAND_COLUMNS];
    for (int k = 0; k < HAND_COLUMNS; k++) {
      const double *x = state_view(s, model_field(m, hand_columns[k].field)) + t * hand_columns[k].ncomp;
      if (hand_has(m, t, k)) put(w, hand_columns[k].ncomp, x);
      first[k] = *x;
    }
    const double *P = state_view(s, model_field(m, "hand_pose")) + 16 * t;
    double turn[4];
    quat3((double[9]){P[0], P[1], P[2], P[4], P[5], P[6], P[8], P[9], P[10]}, turn);
    put(w, 4, turn);
    double indentation = first[3], area = first[4], asked = first[6], push = first[7], pressure = first[8],
           penetration = first[9];
    report_tool *r = rep->tool + t;
    const double *touching = state_view(s, model_field(m, "hand_touching"));
    r->force_max = fmax(r->force_max, push);
    r->indentation_max = fmax(r->indentation_max, indentation);
    r->area_max = fmax(r->area_max, area);
    r->pressure_max = fmax(r->pressure_max, pressure);
    r->penetration_max = fmax(r->penetration_max, penetration);
    r->gross += fabs(first[13] - r->work);
    r->slip = first[12], r->work = first[13], r->friction_work = first[14];
    r->loops = hand_has(m, t, LOOP_COLUMN), r->loop = first[LOOP_COLUMN];
    r->changes += (long)first[11];
    watch_pain(m, s, t, pressure, r);
    /* A force too small to touch for is no force to keep. */
    if (asked > 0 && touching[t] > 0)
      r->force_error_max = fmax(r->force_error_max, fabs(push - asked) / fmax(asked, 1));
  }
}

/* The cell of a layer that is stretched most, against the limit. Returns its share of it. */
static double watch_strain(const watcher *w, const state *s, int layer, report_strain *r) {
  const model *m = w->m;
  enum { CENTRE = 13 };
  int at = -1;
  for (int c = 0; c < m->mesh->ncell; c++)
    if (m->mesh->layer[c] == layer && (at < 0 || w->cell[4][c] > w->cell[4][at])) at = c;
  if (at < 0) return 0;
  double strain = w->cell[4][at] * m->limits.muscle_strain;
  r->most = fmax(r->most, strain);
  if (!r->passed && w->cell[4][at] > 1) {
    r->passed = 1, r->layer = layer, r->time = s->time, r->value = strain;
    for (int k = 0; k < 3; k++) r->x[k] = m->mesh->x[3 * m->mesh->cell[CELL_NODES * at + CENTRE] + k];
  }
  return w->cell[4][at];
}

static void watch_layers(watcher *w, const state *s, int base, run_report *rep) {
  const model *m = w->m;
  double sum[3][BODY_LAYERS] = {{0}}, most[BODY_LAYERS] = {0};
  for (int c = 0; c < m->mesh->ncell; c++) {
    int l = m->mesh->layer[c];
    for (int i = 0; i < 3; i++) sum[i][l] += w->volume[c] * w->cell[i][c];
    most[l] = fmax(most[l], w->cell[0][c]);
  }
  for (int l = 0; l < m->geometry.nlayer; l++) {
    double V = w->layer_volume[l], tension = sum[0][l] / V, q = sum[2][l] / V;
    report_layer *r = rep->layer + l;
    put1(w, tension), put1(w, most[l]), put1(w, sum[1][l]);
    if (w->strain && m->layer_tissue[l]->muscle) put1(w, watch_strain(w, s, l, &rep->strain));
    r->tension_mean_max = fmax(r->tension_mean_max, tension);
    r->tension_max = fmax(r->tension_max, most[l]);
    if (w->perfusion < 0) continue;
    if (base) w->base[l] = r->perfusion_base = r->perfusion_min = r->perfusion_max = q;
    r->perfusion_min = fmin(r->perfusion_min, q), r->perfusion_max = fmax(r->perfusion_max, q), r->perfusion_end = q;
    put1(w, q), put1(w, w->base[l] > 0 ? q / w->base[l] : 0);
  }
  rep->energy_end = NAN;
  if (!w->total_energy) return;
  double energy = 0;
  for (int l = 0; l < m->geometry.nlayer; l++) energy += sum[1][l];
  put1(w, energy);
  if (base) rep->energy_begin = energy;
  rep->energy_end = energy;
}

/* What moves and pulls the body besides hands. */
static void watch_body(watcher *w, const state *s, int base, run_report *rep) {
  if (w->motion >= 0) {
    const double *k = state_view(s, w->motion);
    put(w, MOTION_NUMBERS, k);
    if (fabs(k[MOTION_AMOUNT]) > fabs(rep->motion_most)) rep->motion_most = k[MOTION_AMOUNT];
    if (fabs(k[MOTION_EFFORT]) > fabs(rep->motion_effort)) rep->motion_effort = k[MOTION_EFFORT];
    rep->motion_gross += fabs(k[MOTION_WORK] - rep->motion_work), rep->motion_work = k[MOTION_WORK];
  }
  if (w->weight < 0) return;
  rep->weight_end = *state_view(s, w->weight);
  if (base) rep->weight_begin = rep->weight_end;
  put1(w, rep->weight_end);
}

status watch_step(watcher *w, const state *s, double dt, double wall, double jumped, int base, arena *scratch,
                  run_report *rep) {
  const model *m = w->m;
  const double *u = state_view(s, model_field(m, "displacement"));
  w->nvalue = 0;
  if (w->tension) TRY(fe_cell_mean(m, u, state_history(s), w->tension, scratch, w->cell[0]));
  if (w->energy) TRY(fe_cell_mean(m, u, state_history(s), w->energy, scratch, w->cell[1]));
  if (w->strain) TRY(fe_cell_mean(m, u, state_history(s), w->strain, scratch, w->cell[4]));
  if (w->perfusion >= 0) fe_point_mean(m, 1, state_view(s, w->perfusion), w->cell[2]);
  fe_point_mean(m, 1, state_view(s, w->pressure), w->cell[3]);
  watch_hands(w, s, rep);
  const double *rig = state_view(s, model_field(m, "rig_force"));
  for (int g = 0; g < m->nrig; g++) put(w, 3, rig + 3 * g);
  put(w, 3, state_view(s, model_field(m, "support_force")));
  watch_body(w, s, base, rep);
  watch_layers(w, s, base, rep);
  for (int p = 0; p < m->nprobe; p++) {
    put(w, 3, u + 3 * (size_t)m->probes[p].node);
    put1(w, w->cell[3][m->probes[p].cell]), put1(w, w->cell[0][m->probes[p].cell]);
    if (w->perfusion >= 0) put1(w, w->cell[2][m->probes[p].cell]);
  }
  if (w->kinetic >= 0) {
    double kinetic = *state_view(s, w->kinetic);
    put1(w, kinetic);
    rep->kinetic_max = fmax(rep->kinetic_max, kinetic);
  }
  const double *cost = state_view(s, model_field(m, "solver"));
  double volume = fe_least_volume(m->mesh, u);
  put1(w, dt), put1(w, cost[SOLVER_NEWTON]), put1(w, cost[SOLVER_KRYLOV]), put1(w, cost[SOLVER_AUGMENTATIONS]);
  put1(w, cost[SOLVER_RESIDUAL]), put1(w, cost[SOLVER_BALANCE]), put1(w, volume), put1(w, wall);
  if (m->time.cycles == CYCLES_JUMP) put1(w, jumped);
  rep->newton += (long)cost[SOLVER_NEWTON], rep->krylov += (long)cost[SOLVER_KRYLOV],
      rep->augmentations += (long)cost[SOLVER_AUGMENTATIONS];
  rep->volume_least = fmin(rep->volume_least, volume);
  rep->balance_max = fmax(rep->balance_max, cost[SOLVER_BALANCE]);
  return ST_OK;
}
