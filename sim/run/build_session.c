/* Hands, the session laid end to end, grips and probes. */
#include <math.h>
#include <string.h>
#include "sim/mesh/mesh.h"
#include "sim/run/build.h"
#include "sim/state/schedule.h"

/* ------------------------------------------------------------------------------------------------------------ hands */

static status declare_hand(builder *b, const char *name, int kind, const node *map, const node *owner) {
  if (b->nhand == BUILD_TOOLS) {
    scenario_error(b->scn, owner, "more than %d hands", BUILD_TOOLS);
    return ST_OK;
  }
  declared_hand *h = &b->hand[b->nhand];
  *h = (declared_hand){.kind = kind};
  snprintf(h->name, sizeof h->name, "%s", name);
  /* Without a map the session named the kind itself: all presets, and `kind`, the first row, is not missing. */
  TRY(build_bind(b, map, owner, map ? build_hand_rows : build_hand_rows + 1, sizeof(hand_keys),
                 build_get(b->cat, LIST_HANDS, kind), &h->b));
  build_places(b, map, owner, h->b.rows, h->b.block);
  const node *arm = scenario_get(map, "arm");
  if ((scenario_get(arm, "correct") || scenario_get(arm, "most")) && !scenario_get(arm, "stiffness") &&
      !scenario_get(arm, "damping"))
    scenario_error(
        b->scn, arm,
        "an arm without stiffness and damping gives no push, whatever it corrects or gives at most; give one "
        "of them, for example 'arm: {stiffness: 1 N/mm, correct: 1 s}'");
  b->nhand++;
  return ST_OK;
}

status build_hands(builder *b) {
  const node *hands = scenario_get(b->scn->root, "hands");
  if (!build_is_map(b, hands, "hands")) return ST_OK;
  for (int i = 0; i < hands->n; i++) {
    const node *key = hands->key[i], *map = hands->child[i];
    if (!build_name_ok(b, key) || !build_is_map(b, map, "a hand")) continue;
    int kind = build_choose(b, map, "kind", LIST_HANDS, "hand");
    if (kind >= 0) TRY(declare_hand(b, key->text, kind, map, map));
  }
  return ST_OK;
}

void build_emit_hands(builder *b) {
  if (b->nhand) fprintf(b->text, "hands:\n");
  for (int i = 0; i < b->nhand; i++) {
    fprintf(b->text, "  %s:\n", b->hand[i].name);
    if (b->hand[i].b.rows->offset != offsetof(hand_keys, kind))
      fprintf(b->text, "    kind: %s\n", b->cat->hands[b->hand[i].kind]->name);
    scenario_emit(b->text, b->hand[i].b.rows, b->hand[i].b.block, 4);
  }
}

/* Number of the tool that an entry names; -1 after collecting an error. */
static status find_tool(builder *b, const node *word, int *out) {
  model *m = b->m;
  *out = -1;
  int i = 0, nkind = build_count(b->cat, LIST_HANDS);
  while (i < b->nhand && strcmp(b->hand[i].name, word->text)) i++;
  for (int k = 0; i == b->nhand && k < nkind; k++)
    if (!strcmp(b->cat->hands[k]->name, word->text)) {
      TRY(declare_hand(b, word->text, k, NULL, word));
      if (i == b->nhand) return ST_OK;
    }
  if (i == b->nhand) {
    const char *names[2 * BUILD_TOOLS + 1];
    char all[1024];
    int n = 0;
    for (int k = 0; k < b->nhand; k++) names[n++] = b->hand[k].name;
    for (int k = 0; k < nkind && n < 2 * BUILD_TOOLS; k++) names[n++] = b->cat->hands[k]->name;
    names[n] = NULL;
    scenario_error(b->scn, word, "no hand is called '%.64s'%s; there are: %s", word->text,
                   scenario_suggest(b->scn, word->text, names), build_join(names, all, sizeof all));
    return ST_OK;
  }
  declared_hand *h = &b->hand[i];
  if (!h->used) {
    if (m->ntool == MODEL_HANDS) {
      scenario_error(b->scn, word, "a session can use %d hands, '%s' would be one more", MODEL_HANDS, word->text);
      return ST_OK;
    }
    tool *t = &m->tools[m->ntool];
    memcpy(t->name, h->name, sizeof t->name);
    t->kind = b->cat->hands[h->kind];
    t->par = h->b.par;
    /* Rows were not filled in if binding found errors; the model is not used then. */
    t->friction = ((const hand_keys *)h->b.block)->friction;
    t->arm = ((const hand_keys *)h->b.block)->arm;
    h->used = ++m->ntool;
  }
  *out = h->used - 1;
  return ST_OK;
}

/* --------------------------------------------------------------------------------------------------------- the session
 */

static void indent(builder *b, int n, const char *text) {
  fprintf(b->text, "%*s%s\n", n, "", text);
}

/* Does the path stay on the body? The footprint is not looked at: a hand may hang over the edge, its centre may not. */
static void check_path(builder *b, const node *at, const entry *e) {
  enum { SAMPLES = 256 };
  double x[3], axes[9];
  for (int i = 0; i <= SAMPLES; i++) {
    drive d = {0};
    double t = e->duration * i / SAMPLES;
    schedule_entry_drive(e, t, &d);
    if (d.normal == DRIVE_FREE || b->m->body->chart(b->m->body_par, d.along, d.across, x, axes)) continue;
    scenario_error(b->scn, at,
                   "%s leaves the body %.3g s after its start, at (%.4g mm toward the head, %.4g mm to the right)",
                   e->kind->name, t, 1e3 * d.along, 1e3 * d.across);
    return;
  }
}

/* Unit of what a technique loads the body with: a force, or a depth when it has no force. */
static const char *load_unit(const technique *t) {
  for (const param *p = t->params; p->name; p++)
    if (p->unit && !strcmp(p->unit, "N")) return "N";
  return "m";
}

/* One technique by one hand, from `start` on. Adds to *end. */
static status one_technique(builder *b, const node *map, double start, double *end, int ind) {
  model *m = b->m;
  bound k;
  int kind = build_choose(b, map, "technique", LIST_TECHNIQUES, "technique"), hand_number = -1;
  const node *word = scenario_get(map, "hand");
  if (word && word->kind == NODE_SCALAR) TRY(find_tool(b, word, &hand_number));
  if (kind < 0) return ST_OK;
  int before = b->scn->nerror;
  TRY(build_bind(b, map, map, build_entry_rows, sizeof(entry_keys), build_get(b->cat, LIST_TECHNIQUES, kind), &k));
  build_places(b, map, map, k.rows, k.block);
  if (m->nentry == MODEL_SESSION) {
    scenario_error(b->scn, map, "more than %d techniques in a session", MODEL_SESSION);
    return ST_OK;
  }
  if (b->scn->nerror > before) return ST_OK; /* its numbers cannot be used */

  const technique *t = b->cat->techniques[kind];
  char why[256];
  const char *blamed = t->refuse ? t->refuse(k.par, why, sizeof why) : NULL;
  if (blamed) {
    scenario_error(b->scn, scenario_get(map, blamed) ? scenario_get(map, blamed) : map, "%s", why);
    return ST_OK;
  }
  entry_keys *keys = k.block;
  keys->mirror ^= b->mirror;
  entry *e = &m->entries[m->nentry];
  *e = (entry){
      .tool = hand_number, .kind = t, .par = k.par, .start = start, .duration = t->duration(k.par), .line = map->line};
  e->mirror = keys->mirror;
  e->assumed = keys->assumed || build_assumed(b, map, t->params, load_unit(t));
  keys->assumed = e->assumed; /* as with tissues: the resolved text gives every number */
  if (!(e->duration > 0) || !isfinite(e->duration)) {
    scenario_error(b->scn, map, "%s would last %g s", t->name, e->duration);
    return ST_OK;
  }
  if (b->body_ok) check_path(b, map, e);
  indent(b, ind, "-");
  scenario_emit(b->text, k.rows, k.block, ind + 2);
  *end = fmax(*end, start + e->duration);
  if (hand_number >= 0) b->entry[m->nentry++] = map;
  return ST_OK;
}

/* Which two coordinates a face has, and the third one, across it. */
static const int face_axes[FACE_COUNT][3] = {{1, 2, 0}, {1, 2, 0}, {0, 2, 1}, {0, 2, 1}, {0, 1, 2}, {0, 1, 2}};

/* The nodes a grip moves. */
static status grip_nodes(builder *b, const node *at, rig *r) {
  const mesh *g = b->m->mesh;
  const int *ax = face_axes[r->face];
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  int n = mesh_face_nodes(g, r->face, 0, NULL);
  NEW(b->m->memory, r->node, n);
  mesh_face_nodes(g, r->face, n, r->node);
  for (int i = 0; i < n; i++) {
    const double *x = g->x + 3 * (size_t)r->node[i];
    int inside = 1;
    for (int d = 0; d < 2; d++) {
      lo[d] = fmin(lo[d], x[ax[d]]), hi[d] = fmax(hi[d], x[ax[d]]);
      /* Nodes on the rim belong to the patch. 1e-9 m: far above the rounding of a coordinate, far below an element. */
      if (r->has_patch && (x[ax[d]] < r->patch[2 * d] - 1e-9 || x[ax[d]] > r->patch[2 * d + 1] + 1e-9)) inside = 0;
    }
    if (inside) r->node[r->nnode++] = r->node[i];
  }
  if (!r->nnode)
    scenario_error(b->scn, at,
                   "no node of the mesh lies in the patch; the face spans %.4g .. %.4g mm by %.4g .. %.4g mm",
                   1e3 * lo[0], 1e3 * hi[0], 1e3 * lo[1], 1e3 * hi[1]);
  return ST_OK;
}

static status one_grip(builder *b, const node *map, double start, double *end, int ind) {
  model *m = b->m;
  bound k;
  const node *name = scenario_get(map, "grip"), *patch = scenario_get(map, "patch");
  int before = b->scn->nerror;
  TRY(build_bind(b, map, map, build_grip_rows, sizeof(grip_keys), (build_member){0}, &k));
  if (name && name->kind == NODE_SCALAR) build_name_ok(b, name);
  if (b->scn->nerror > before) return ST_OK;
  if (m->nrig == MODEL_RIGS) {
    scenario_error(b->scn, map, "more than %d grips in a session", MODEL_RIGS);
    return ST_OK;
  }
  const grip_keys *keys = k.block;
  rig *r = &m->rigs[m->nrig];
  *r = (rig){.face = (face_id)keys->face, .start = start, .ramp = keys->ramp, .hold = keys->hold};
  memcpy(r->name, keys->grip, sizeof r->name);
  memcpy(r->patch, keys->patch, sizeof r->patch);
  memcpy(r->move, keys->move, sizeof r->move);
  for (int i = 0; i < 4; i++) r->has_patch |= r->patch[i] != 0;
  const int *ax = face_axes[r->face];
  for (int i = 0; i < 3; i++) {
    int across = i == ax[2];
    r->held[i] = keys->mode == 0 || across;
    if (!r->held[i] && r->move[i] != 0)
      scenario_error(b->scn, scenario_get(map, "move"),
                     "a sliding grip moves its face only across itself, along %c; "
                     "'mode: bonded' moves it in all directions",
                     'x' + ax[2]);
  }
  for (int i = 0; i < m->nrig; i++)
    if (!strcmp(m->rigs[i].name, r->name)) scenario_error(b->scn, name, "a grip is called '%s' already", r->name);
  if (r->has_patch && (r->patch[0] > r->patch[1] || r->patch[2] > r->patch[3]))
    scenario_error(b->scn, patch, "a patch is [from, to, from, to], and each 'from' comes first");
  else if (b->body_ok)
    TRY(grip_nodes(b, patch ? patch : map, r));
  indent(b, ind, "-");
  scenario_emit(b->text, k.rows, k.block, ind + 2);
  *end = fmax(*end, start + r->ramp + r->hold);
  m->nrig++;
  return ST_OK;
}

static status one_rest(builder *b, const node *map, double start, double *end, int ind) {
  bound k;
  int before = b->scn->nerror;
  TRY(build_bind(b, map, map, build_rest_rows, sizeof(rest_keys), (build_member){0}, &k));
  if (b->scn->nerror > before) return ST_OK;
  indent(b, ind, "-");
  scenario_emit(b->text, k.rows, k.block, ind + 2);
  *end = fmax(*end, start + ((const rest_keys *)k.block)->rest);
  return ST_OK;
}

static const char *const entry_words[] = {"technique", "together", "rest", "grip", "sequence", "stretch", NULL};
enum { ENTRY_TECHNIQUE, ENTRY_TOGETHER, ENTRY_REST, ENTRY_GRIP, ENTRY_SEQUENCE, ENTRY_STRETCH, ENTRY_WORDS };

/* What an entry is: the one of entry_words it has; -1 after collecting an error. */
static int entry_word(builder *b, const node *map) {
  int found = -1, n = 0;
  if (map->kind != NODE_MAP) {
    scenario_error(b->scn, map, "an entry of a session is a group of keys, for example '{rest: 2 s}'");
    return -1;
  }
  for (int i = 0; i < ENTRY_WORDS; i++)
    if (scenario_get(map, entry_words[i])) n++, found = i;
  if (n == 1) return found;
  if (!n && scenario_get(map, "hand")) return ENTRY_TECHNIQUE; /* which will miss its technique */
  const char *hint = "";
  for (int i = 0; i < map->n && !n && !*hint; i++) hint = scenario_suggest(b->scn, map->key[i]->text, entry_words);
  scenario_error(b->scn, map,
                 "an entry has exactly one of technique, together, rest, grip, sequence, stretch; this one has %s%s",
                 n ? "several" : "none", hint);
  return -1;
}

/* Entries that begin at the same time. */
static status one_together(builder *b, const node *map, double start, double *end, int ind) {
  model *m = b->m;
  static const param no_rows[] = {{0}};
  static const char *const also[] = {"together", NULL};
  char unused[1];
  const node *list = scenario_get(map, "together");
  int first = m->nentry;
  scenario_bind(b->scn, map, map, no_rows, also, unused); /* any other key is unknown */
  if (list->kind != NODE_LIST || list->n < 1) {
    scenario_error(b->scn, list, "together is a list of entries, for example '[{...}, {...}]'");
    return ST_OK;
  }
  indent(b, ind, "-");
  indent(b, ind + 2, "together:");
  for (int i = 0; i < list->n; i++) {
    const node *child = list->child[i];
    int word = entry_word(b, child);
    if (word == ENTRY_TECHNIQUE)
      TRY(one_technique(b, child, start, end, ind + 4));
    else if (word == ENTRY_GRIP)
      TRY(one_grip(b, child, start, end, ind + 4));
    else if (word == ENTRY_STRETCH)
      TRY(build_stretch(b, child, start, end, ind + 4));
    else if (word >= 0)
      scenario_error(b->scn, child, "only techniques, grips and stretches can stand in together");
  }
  for (int i = first; i < m->nentry; i++)
    for (int j = first; j < i; j++)
      if (m->entries[i].tool == m->entries[j].tool)
        scenario_error(b->scn, list, "one hand, '%s', cannot do two things together; name a second one under hands",
                       m->tools[m->entries[i].tool].name);
  return ST_OK;
}

static status one_sequence(builder *b, const node *map);

/* One after the other, from b->clock on. The resolved scenario has no sequences: what they repeat is written out. */
static status in_order(builder *b, const node *list, int in_sequence) {
  for (int i = 0; i < list->n; i++) {
    const node *map = list->child[i];
    double start = b->clock;
    switch (entry_word(b, map)) {
    case ENTRY_TECHNIQUE: TRY(one_technique(b, map, start, &b->clock, 2)); break;
    case ENTRY_TOGETHER: TRY(one_together(b, map, start, &b->clock, 2)); break;
    case ENTRY_REST: TRY(one_rest(b, map, start, &b->clock, 2)); break;
    case ENTRY_GRIP:
      if (in_sequence)
        scenario_error(b->scn, map, "a grip moves the body once; it cannot stand in a sequence");
      else
        TRY(one_grip(b, map, start, &b->clock, 2));
      break;
    case ENTRY_SEQUENCE: TRY(one_sequence(b, map)); break;
    case ENTRY_STRETCH: TRY(build_stretch(b, map, start, &b->clock, 2)); break;
    default: break;
    }
  }
  return ST_OK;
}

/* Entries again and again, on one side or on both. */
static status one_sequence(builder *b, const node *map) {
  static const char *const also[] = {"sequence", NULL};
  const node *list = scenario_get(map, "sequence");
  sequence_keys keys;
  int before = b->scn->nerror, side = b->mirror;
  scenario_bind(b->scn, map, map, build_sequence_rows, also, &keys);
  if (list->kind != NODE_LIST || list->n < 1)
    scenario_error(b->scn, list, "sequence is a list of entries, for example '[{...}, {rest: 1 s}]'");
  for (int i = 0; i < keys.repeat * (keys.both_sides ? 2 : 1) && b->scn->nerror == before; i++) {
    b->mirror = side ^ (keys.both_sides && i % 2);
    TRY(in_order(b, list, 1));
  }
  b->mirror = side;
  return ST_OK;
}

status build_session(builder *b) {
  const node *session = scenario_get(b->scn->root, "session");
  if (!session) {
    scenario_error(b->scn, b->scn->root, "key 'session' is missing; it is the list of what is done, in order");
    return ST_OK;
  }
  if (session->kind != NODE_LIST || session->n < 1) {
    scenario_error(b->scn, session,
                   "session is a list with at least one entry: a technique, together, rest, grip, sequence or stretch");
    return ST_OK;
  }
  fprintf(b->text, "session:\n");
  return in_order(b, session, 0);
}

/* ----------------------------------------------------------------------------------------------------------------
 * probes */

static void nearest(const mesh *g, const double x[3], probe *p) {
  double best = INFINITY;
  for (int i = 0; i < g->nnode; i++) {
    const double *y = g->x + 3 * (size_t)i;
    double d2 = (x[0] - y[0]) * (x[0] - y[0]) + (x[1] - y[1]) * (x[1] - y[1]) + (x[2] - y[2]) * (x[2] - y[2]);
    if (d2 < best) best = d2, p->node = i;
  }
  p->cell = mesh_cell_at(g, x);
}

static void place_probe(builder *b, const node *at, probe *p) {
  const mesh *g = b->m->mesh;
  double x[3], axes[9], lo = INFINITY, hi = -INFINITY;
  if (!b->m->body->chart(b->m->body_par, p->at.s, p->at.t, x, axes)) return; /* build_places has said so */
  for (int i = 0; i < g->nnode; i++) lo = fmin(lo, g->x[3 * (size_t)i + 2]), hi = fmax(hi, g->x[3 * (size_t)i + 2]);
  if (p->depth > hi - lo) {
    scenario_error(b->scn, at, "%.4g mm below the skin is outside the body, which is %.4g mm thick", 1e3 * p->depth,
                   1e3 * (hi - lo));
    return;
  }
  for (int d = 0; d < 3; d++) x[d] += p->depth * axes[6 + d];
  nearest(g, x, p);
}

status build_probes(builder *b) {
  const node *probes = scenario_get(b->scn->root, "probes");
  if (!build_is_map(b, probes, "probes")) return ST_OK;
  if (probes->n) fprintf(b->text, "probes:\n");
  for (int i = 0; i < probes->n; i++) {
    const node *key = probes->key[i], *map = probes->child[i];
    bound k;
    if (!build_name_ok(b, key) || !build_is_map(b, map, "a probe")) continue;
    if (b->m->nprobe == MODEL_PROBES) {
      scenario_error(b->scn, key, "more than %d probes", MODEL_PROBES);
      break;
    }
    int before = b->scn->nerror;
    TRY(build_bind(b, map, map, build_probe_rows, sizeof(probe_keys), (build_member){0}, &k));
    build_places(b, map, map, k.rows, k.block);
    const probe_keys *keys = k.block;
    probe *p = &b->m->probes[b->m->nprobe++];
    snprintf(p->name, sizeof p->name, "%s", key->text);
    p->at = keys->at, p->depth = keys->depth;
    if (b->body_ok && b->scn->nerror == before) {
      const node *depth = scenario_get(map, "depth");
      place_probe(b, depth ? depth : map, p);
    }
    fprintf(b->text, "  %s:\n", p->name);
    scenario_emit(b->text, k.rows, k.block, 4);
  }
  return ST_OK;
}
