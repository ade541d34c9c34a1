/* Motions of the body in a session: entries without a hand, and what they make of its supports. */
#include <math.h>
#include <string.h>
#include "sim/mesh/mesh.h"
#include "sim/run/build.h"
#include "sim/state/schedule.h"

/* Number of the body's motion of this name; -1 after collecting an error. */
static int find_motion(builder *b, const node *at, const char *name) {
  const body *k = b->m->body;
  const char *names[MODEL_STRETCHES + 1];
  char all[512];
  int n = 0;
  for (; k->motions && k->motions[n].name && n < MODEL_STRETCHES; n++) {
    if (!strcmp(k->motions[n].name, name)) return n;
    names[n] = k->motions[n].name;
  }
  names[n] = NULL;
  scenario_error(b->scn, at, "a body of kind %s has no motion '%s'; %s%s", k->name, name,
                 n ? "it has: " : "it has none, a grip moves a face of any body: ",
                 n ? build_join(names, all, sizeof all) : "{grip: NAME, face: head, move: [0 mm, 5 mm, 0 mm]}");
  return -1;
}

status build_stretch(builder *b, const node *map, double start, double *end, int ind) {
  model *m = b->m;
  bound k;
  int kind = build_choose(b, map, "stretch", LIST_MOTIONS, "motion"), before = b->scn->nerror;
  if (kind < 0) return ST_OK;
  TRY(build_bind(b, map, map, build_stretch_rows, sizeof(stretch_keys), build_get(b->cat, LIST_MOTIONS, kind), &k));
  if (b->scn->nerror > before || !b->body_ok) return ST_OK;
  const stretch_keys *keys = k.block;
  int motion = find_motion(b, scenario_get(map, "stretch"), keys->stretch);
  if (motion < 0) return ST_OK;
  if (m->nstretch == MODEL_STRETCHES) {
    scenario_error(b->scn, map, "more than %d motions of the body in a session", MODEL_STRETCHES);
    return ST_OK;
  }
  const stretch *last = m->nstretch ? &m->stretches[m->nstretch - 1] : NULL;
  if (last && m->motion != motion)
    scenario_error(b->scn, map, "a session moves the body in one way; line %d does so by %s", last->line,
                   m->body->motions[m->motion].name);
  /* Times are sums of the same durations: half of the shortest ramp is far above their rounding. */
  if (last && start < last->start + last->ramp + last->hold + last->back - 5e-4)
    scenario_error(b->scn, map, "the body still moves as line %d says; one motion comes after the other", last->line);
  m->motion = motion;
  b->stretch[m->nstretch] = scenario_get(map, "amount");
  m->stretches[m->nstretch++] = (stretch){.amount = *(const double *)k.par,
                                          .start = start,
                                          .ramp = keys->ramp,
                                          .hold = keys->hold,
                                          .back = keys->back,
                                          .line = map->line};
  fprintf(b->text, "%*s-\n", ind, "");
  scenario_emit(b->text, k.rows, k.block, ind + 2);
  *end = fmax(*end, start + keys->ramp + keys->hold + keys->back);
  return ST_OK;
}

/* Would bone that fills all of the body still be a body after each motion? Supports that change sides cannot be run. */
static status check_amounts(builder *b, const double *X, double *u) {
  model *m = b->m;
  mesh moved = *m->mesh;
  NEW(m->memory, moved.x, 3 * (size_t)moved.nnode);
  for (int i = 0; i < m->nstretch; i++) {
    const stretch *k = &m->stretches[i];
    m->body->move(m->body_par, m->motion, k->amount, moved.nnode, X, u);
    for (int j = 0; j < 3 * moved.nnode; j++) moved.x[j] = X[j] + u[j];
    int cell = 0;
    while (cell < moved.ncell && mesh_cell_shape(&moved, cell).volume > 0) cell++;
    if (cell == moved.ncell) continue;
    const double *at = X + 3 * (size_t)moved.cell[CELL_NODES * cell + CELL_NODES / 2];
    scenario_error(b->scn, b->stretch[i],
                   "%s by this amount turns the body inside out, first at %.1f %.1f %.1f mm; a smaller one does not",
                   m->body->motions[m->motion].name, 1e3 * at[0], 1e3 * at[1], 1e3 * at[2]);
  }
  return ST_OK;
}

/* A motion moves what supports hold and grips do not. node: [nnode] to work in. */
static status check_held(builder *b, int32_t *node) {
  model *m = b->m;
  char *gripped;
  NEW(m->memory, gripped, m->mesh->nnode);
  for (int g = 0; g < m->nrig; g++)
    for (int i = 0; i < m->rigs[g].nnode; i++) gripped[m->rigs[g].node[i]] = 1;
  for (int f = 0; f < FACE_COUNT; f++) {
    if (m->geometry.faces[f] == SUPPORT_FREE) continue;
    int n = mesh_face_nodes(m->mesh, (face_id)f, m->mesh->nnode, node);
    for (int i = 0; i < n; i++)
      if (!gripped[node[i]]) return ST_OK;
  }
  scenario_error(b->scn, b->stretch[0],
                 "%s has nothing to move: it takes along the faces that the body's supports hold, and all of them are "
                 "free or in a grip; hold one, for example by 'bottom: fixed', or use grips alone",
                 m->body->motions[m->motion].name);
  return ST_OK;
}

/* A support that slides holds its nodes across it. It can go on doing so where the motion takes all of the face equally
   far that way. What is tilted is bonded instead: it goes with the bone it belongs to. */
static status tilt_faces(builder *b) {
  static const int axis[FACE_COUNT] = {0, 0, 1, 1, 2, 2};
  model *m = b->m;
  const mesh *g = m->mesh;
  int32_t *node;
  double *X, *u;
  size_t mark = arena_mark(m->memory);
  NEW(m->memory, node, g->nnode);
  NEW(m->memory, X, 3 * (size_t)g->nnode);
  NEW(m->memory, u, 3 * (size_t)g->nnode);
  for (int f = 0; f < FACE_COUNT; f++) {
    if (m->geometry.faces[f] != SUPPORT_SLIDING) continue;
    int n = mesh_face_nodes(g, (face_id)f, g->nnode, node);
    for (int i = 0; i < 3 * n; i++) X[i] = g->x[3 * (size_t)node[i / 3] + (size_t)(i % 3)];
    for (int i = 0; i < m->nstretch && m->geometry.faces[f] == SUPPORT_SLIDING; i++) {
      double most = 0, uneven = 0;
      m->body->move(m->body_par, m->motion, m->stretches[i].amount, n, X, u);
      for (int j = 0; j < n; j++) {
        double here = u[3 * j + axis[f]];
        most = fmax(most, fabs(here)), uneven = fmax(uneven, fabs(here - u[axis[f]]));
      }
      if (uneven > 1e-9 * most) m->geometry.faces[f] = SUPPORT_FIXED; /* far above rounding, far below a tilt */
    }
  }
  arena_release(m->memory, mark);
  return ST_OK;
}

/* Hands keep to the skin at rest. How far has it gone from where they work? The skin over bone that moves goes about as
   far as bone of that height would. */
static void follow_paths(model *m) {
  enum { SAMPLES = 256 };
  for (int n = 0; n < m->nentry; n++) {
    entry *e = &m->entries[n];
    for (int i = 0; i <= SAMPLES; i++) {
      drive d = {0};
      double t = e->duration * i / SAMPLES, x[3], axes[9], u[3];
      schedule_entry_drive(e, t, &d);
      double amount = schedule_stretch(m, e->start + t);
      if (d.normal == DRIVE_FREE || amount == 0 || !m->body->chart(m->body_par, d.along, d.across, x, axes)) continue;
      m->body->move(m->body_par, m->motion, amount, 1, x, u);
      e->left = fmax(e->left, sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]));
    }
  }
}

static status check_moves(builder *b) {
  model *m = b->m;
  int32_t *node;
  double *u;
  size_t mark = arena_mark(m->memory);
  NEW(m->memory, node, m->mesh->nnode);
  NEW(m->memory, u, 3 * (size_t)m->mesh->nnode);
  status st = check_held(b, node);
  if (st == ST_OK) st = check_amounts(b, m->mesh->x, u);
  arena_release(m->memory, mark);
  return st;
}

status build_motion(builder *b) {
  if (!b->body_ok || !b->m->nstretch) return ST_OK;
  TRY(check_moves(b));
  TRY(tilt_faces(b));
  follow_paths(b->m);
  return ST_OK;
}
