/* From the tree of a scenario to a model. Errors of the scenario are collected and the building goes on as far as it
   makes sense, so that one look shows them all; nothing that costs time (spaces, processes) is made before the last of
   them is out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/fe/space.h"
#include "sim/mechanics/inertia.h"
#include "sim/mechanics/mechanics.h"
#include "sim/mechanics/motion.h"
#include "sim/mechanics/weight.h"
#include "sim/mesh/mesh.h"
#include "sim/run/build.h"
#include "sim/state/schedule.h"

/* ---------------------------------------------------------------------------------------------------- body and tissues
 */

static status build_body(builder *b) {
  model *m = b->m;
  bound k;
  const node *at = scenario_get(b->scn->root, "body");
  if (!at) scenario_error(b->scn, b->scn->root, "key 'body' is missing; for example 'body: {kind: layered_back}'");
  if (!build_is_map(b, at, "body")) return ST_OK;
  int kind = build_choose(b, at, "kind", LIST_BODIES, "body"), before = b->scn->nerror;
  if (kind < 0) return ST_OK;
  m->body = b->cat->bodies[kind];
  TRY(build_bind(b, at, at, build_body_rows, sizeof(body_keys), build_get(b->cat, LIST_BODIES, kind), &k));
  m->body_par = k.par;
  if (b->scn->nerror > before) return ST_OK;
  fprintf(b->text, "body:\n"); /* before its counts change: the text is read with the same resolution again */
  scenario_emit(b->text, k.rows, k.block, 2);
  m->resolution = (resolution)((const body_keys *)k.block)->resolution;
  if (!build_resolution(k.rows, k.block, m->resolution) && m->resolution != RESOLUTION_DEFAULT) {
    scenario_error(b->scn, scenario_get(at, "resolution"),
                   "a body of kind '%s' brings its own elements: only 'resolution: default' can be had", m->body->name);
    return ST_OK;
  }
  status st = m->body->build(m->body_par, m->memory, &m->geometry);
  if (st == ST_INPUT) {
    scenario_error(b->scn, at, "%s", err_message());
    return ST_OK;
  }
  TRY(st);
  m->mesh = m->geometry.mesh;
  b->body_ok = 1;
  return ST_OK;
}

/* Has every cell of a layer a first fibre family? */
static int has_fibres(const mesh *g, int layer) {
  if (!g->nfam) return 0;
  for (int c = 0; c < g->ncell; c++) {
    const float *a = g->fibre + (size_t)c * 3 * (size_t)g->nfam;
    if (g->layer[c] == layer && a[0] == 0 && a[1] == 0 && a[2] == 0) return 0;
  }
  return 1;
}

/* The law that needs fibres, or the one inside it; NULL: neither does. */
static const material *fibre_law(const material *law, const void *par) {
  if (law->needs & MAT_FIBRE) return law;
  for (const param *row = law->params; row && row->name; row++) {
    if (row->kind != PARAM_LAW) continue;
    const law_choice *inner = (const void *)((const char *)par + row->offset);
    if (inner->law && fibre_law(inner->law, inner->par)) return inner->law;
  }
  return NULL;
}

/* Gives each layer of the body its tissue; a tissue that no layer names would be ignored, which helps nobody. */
static void join_layers(builder *b, const node *section) {
  model *m = b->m;
  const body_geometry *g = &m->geometry;
  const char *named[BODY_LAYERS + 1], *wanted[BODY_LAYERS + 1];
  int nwanted = 0, first[BODY_LAYERS], more[BODY_LAYERS]; /* of a wanted tissue: its first layer, how many others */
  char all[BODY_LAYERS * (PARAM_TEXT_MAX + 2)];
  for (int i = 0; i < m->ntissue; i++) named[i] = m->tissues[i].name;
  for (int i = 0; i < g->nlayer; i++) {
    int k = 0;
    while (k < nwanted && strcmp(wanted[k], g->tissue[i])) k++;
    if (k < nwanted) {
      more[k]++; /* several layers may be of one tissue */
    } else {
      wanted[nwanted] = g->tissue[i], first[nwanted] = i, more[nwanted++] = 0;
    }
  }
  named[m->ntissue] = wanted[nwanted] = NULL;

  for (int l = 0; l < g->nlayer; l++) {
    int i = 0;
    while (i < m->ntissue && strcmp(m->tissues[i].name, g->tissue[l])) i++;
    if (i < m->ntissue) {
      m->layer_tissue[l] = &m->tissues[i];
      const material *law = fibre_law(m->tissues[i].law, m->tissues[i].par);
      if (law && !has_fibres(m->mesh, l))
        scenario_error(b->scn, scenario_get(section, m->tissues[i].name),
                       "law %s needs a fibre direction, and layer '%s' of this body has none", law->name, g->layer[l]);
    }
  }
  for (int k = 0; k < nwanted; k++) {
    char others[32] = "";
    if (m->layer_tissue[first[k]] || scenario_get(section, wanted[k]))
      continue; /* its own error is collected already */
    if (more[k]) snprintf(others, sizeof others, " and %d more", more[k]);
    scenario_error(b->scn, section ? section : b->scn->root, "layer '%s'%s need%s a tissue '%s'%s", g->layer[first[k]],
                   others, more[k] ? "" : "s", wanted[k], scenario_suggest(b->scn, wanted[k], named));
  }
  for (int i = 0; i < m->ntissue; i++) {
    int used = 0;
    for (int l = 0; l < g->nlayer; l++) used |= m->layer_tissue[l] == &m->tissues[i];
    if (!used)
      scenario_error(b->scn, scenario_get(section, m->tissues[i].name),
                     "no layer of this body is of '%s'%s; it has: %s", m->tissues[i].name,
                     scenario_suggest(b->scn, m->tissues[i].name, wanted), build_join(wanted, all, sizeof all));
  }
}

status build_tissue(builder *b, const node *map, bound *out, const material **law, int *assumed) {
  *law = NULL;
  b->scn->laws = b->cat->materials;
  b->scn->values = b->m->memory;
  map = scenario_use(b->scn, map, b->cat->tissues);
  int kind = map ? build_choose(b, map, "law", LIST_MATERIALS, "law") : -1;
  if (kind < 0) return ST_OK;
  TRY(build_bind(b, map, map, build_tissue_rows, sizeof(tissue_keys), build_get(b->cat, LIST_MATERIALS, kind), out));
  *law = b->cat->materials[kind];
  tissue_keys *keys = out->block;
  *assumed = keys->assumed || build_assumed(b, map, out->rows, NULL);
  keys->density_assumed = keys->assumed || build_assumed(b, map, out->rows, "kg/m3");
  keys->assumed = *assumed; /* the resolved text gives every number and so must say it */
  return ST_OK;
}

/* Each number is in its range by now, if there was no error; together they may still make no law. */
static void refuse_numbers(builder *b, const node *map, const material *law, const void *par) {
  char why[256];
  const char *key = law->refuse && !b->scn->nerror ? law->refuse(par, why, sizeof why) : NULL;
  if (!key) return;
  const node *at = scenario_get(map, key);
  scenario_error(b->scn, at ? at : map, "%s", why);
}

static status build_tissues(builder *b) {
  model *m = b->m;
  const node *section = scenario_get(b->scn->root, "tissue");
  if (!section)
    scenario_error(b->scn, b->scn->root, "key 'tissue' is missing; it says what each layer of the body is made of");
  if (!build_is_map(b, section, "tissue")) return ST_OK;
  fprintf(b->text, "tissue:\n");
  for (int i = 0; i < section->n; i++) {
    const node *key = section->key[i], *map = section->child[i];
    bound k;
    if (!build_name_ok(b, key) || !build_is_map(b, map, "a tissue")) continue;
    if (m->ntissue == BODY_LAYERS) {
      scenario_error(b->scn, key, "more than %d tissues", BODY_LAYERS);
      break;
    }
    const material *law;
    int assumed;
    TRY(build_tissue(b, map, &k, &law, &assumed));
    if (!law) continue;
    const tissue_keys *keys = k.block;
    tissue *t = &m->tissues[m->ntissue++];
    refuse_numbers(b, map, law, k.par);
    *t = (tissue){.law = law,
                  .par = k.par,
                  .perfusion_rest = keys->perfusion,
                  .tone = keys->tone,
                  .density = keys->density,
                  .density_assumed = keys->density_assumed,
                  .skin_like = keys->skin_like,
                  .muscle = keys->muscle,
                  .assumed = assumed};
    snprintf(t->name, sizeof t->name, "%s", key->text);
    if (t->tone > 0 && !law->ops->fibre_stress)
      scenario_error(b->scn, scenario_get(map, "tone") ? scenario_get(map, "tone") : map,
                     "law %s has no fibres, so it has no tone", law->name);
    fprintf(b->text, "  %s:\n", t->name);
    scenario_emit(b->text, k.rows, k.block, 4);
  }
  if (b->body_ok) join_layers(b, section);
  return ST_OK;
}

/* --------------------------------------------------------------------------------------------------------------
 * processes */

typedef struct candidate {
  const process *kind;
  void *par;
  int placed;
} candidate;

static int owns(const process *p, const char *name) {
  for (const field_decl *d = p->owns; d && d->name; d++)
    if (!strcmp(d->name, name)) return 1;
  return 0;
}

/* Does everything p reads belong to itself or to a process that has its place? */
static int is_ready(const process *p, const candidate *c, int n) {
  for (int r = 0; p->reads && p->reads[r]; r++)
    for (int i = 0; i < n; i++)
      if (c[i].kind != p && !c[i].placed && owns(c[i].kind, p->reads[r])) return 0;
  return 1;
}

/* Mechanics first, then each process after those it reads from; where they read each other, the first in the catalogue
   goes first and reads the values of the step before. */
static void order_processes(model *m, candidate *c, int n) {
  while (m->nprocess < n) {
    int next = -1;
    for (int i = 0; i < n && next < 0; i++)
      if (!c[i].placed && (m->nprocess == 0 || is_ready(c[i].kind, c, n))) next = i;
    for (int i = 0; i < n && next < 0; i++)
      if (!c[i].placed) next = i;
    m->processes[m->nprocess] = c[next].kind;
    m->process_par[m->nprocess++] = c[next].par;
    c[next].placed = 1;
  }
}

/* Every field that is read must be computed by somebody; names who could. */
static void check_reads(builder *b, const candidate *c, int n, const node *section) {
  for (int i = 0; i < n; i++)
    for (int r = 0; c[i].kind->reads && c[i].kind->reads[r]; r++) {
      const char *field = c[i].kind->reads[r], *who = NULL;
      int found = 0;
      for (int k = 0; k < n; k++) found |= owns(c[k].kind, field);
      for (int k = 0; !found && k < build_count(b->cat, LIST_PHYSIOLOGY); k++)
        if (owns(b->cat->physiology[k], field)) who = b->cat->physiology[k]->name;
      if (!found)
        scenario_error(b->scn, section ? section : b->scn->root,
                       "%s reads the field '%s', and no process computes it%s%s", c[i].kind->name, field,
                       who ? "; add the process " : "", who ? who : "");
    }
}

static status build_processes(builder *b) {
  model *m = b->m;
  bound k;
  candidate c[MODEL_PROCESSES] = {{.kind = &process_mechanics}};
  int n = 1;
  const param none[] = {{0}};
  const node *mechanics = scenario_get(b->scn->root, "mechanics");
  TRY(build_bind(b, mechanics, b->scn->root, none, 0, build_get(b->cat, LIST_MECHANICS, 0), &k));
  c[0].par = k.par;
  if (process_mechanics.params && process_mechanics.params->name) {
    fprintf(b->text, "mechanics:\n");
    scenario_emit(b->text, k.rows, k.block, 2);
  }

  const node *section = scenario_get(b->scn->root, "physiology");
  int maps = build_is_map(b, section, "physiology"), nknown = build_count(b->cat, LIST_PHYSIOLOGY);
  const char *known[MODEL_FIELDS + 1];
  char all[1024];
  for (int i = 0; i < nknown && i < MODEL_FIELDS; i++) known[i] = b->cat->physiology[i]->name;
  known[nknown < MODEL_FIELDS ? nknown : MODEL_FIELDS] = NULL;
  for (int i = 0; maps && i < section->n; i++) {
    int found = 0;
    for (int p = 0; known[p]; p++) found |= !strcmp(known[p], section->key[i]->text);
    if (!found)
      scenario_error(b->scn, section->key[i], "no process is called '%.64s'%s; there are: %s", section->key[i]->text,
                     scenario_suggest(b->scn, section->key[i]->text, known), build_join(known, all, sizeof all));
  }
  /* In the order of the catalogue, so that the order of keys in the file changes nothing. */
  if (maps && section->n) fprintf(b->text, "physiology:\n");
  for (int i = 0; maps && i < nknown; i++) {
    const node *map = scenario_get(section, known[i]);
    if (!map) continue;
    if (n == MODEL_PROCESSES) {
      scenario_error(b->scn, map, "more than %d processes besides mechanics", MODEL_PROCESSES - 1);
      break;
    }
    TRY(build_bind(b, map, section, none, 0, build_get(b->cat, LIST_PHYSIOLOGY, i), &k));
    build_places(b, map, map, k.rows, k.block);
    c[n++] = (candidate){.kind = b->cat->physiology[i], .par = k.par};
    fprintf(b->text, "  %s:%s\n", known[i], k.rows->name ? "" : " {}");
    scenario_emit(b->text, k.rows, k.block, 4);
  }
  check_reads(b, c, n, section);
  order_processes(m, c, n);
  return ST_OK;
}

/* ----------------------------------------------------------------------------------------------------------- time,
 * output */

static void build_time(builder *b) {
  time_opts *t = &b->m->time;
  const node *at = scenario_get(b->scn->root, "time");
  int before = b->scn->nerror;
  scenario_bind(b->scn, at, b->scn->root, build_time_rows, NULL, t);
  if (b->scn->nerror > before) return;
  if (!(t->min <= t->first && t->first <= t->max))
    scenario_error(b->scn, at ? at : b->scn->root,
                   "min, first and max must be in this order; they are %g s, %g s and %g s", t->min, t->first, t->max);
  if (t->end == 0) t->end = b->clock;
  b->m->inertia = t->inertia == INERTIA_ON;
  for (int i = 0; i < b->m->nentry; i++) b->m->inertia |= t->inertia == INERTIA_AUTO && b->m->entries[i].kind->period;
  t->inertia = b->m->inertia ? INERTIA_ON : INERTIA_OFF; /* the resolved text says which */
  fprintf(b->text, "time:\n");
  scenario_emit(b->text, build_time_rows, t, 2);
}

/* Does anything hold the body along an axis? */
static int is_held(const model *m, int axis) {
  int held = 0;
  for (int f = 0; f < FACE_COUNT; f++)
    held |= m->geometry.faces[f] == SUPPORT_FIXED || (m->geometry.faces[f] == SUPPORT_SLIDING && f / 2 == axis);
  for (int g = 0; g < m->nrig; g++) held |= m->rigs[g].held[axis] != 0;
  return held;
}

static void build_gravity(builder *b) {
  gravity_opts *g = &b->m->gravity;
  int before = b->scn->nerror;
  const node *at = scenario_get(b->scn->root, "gravity");
  scenario_bind(b->scn, at, b->scn->root, build_gravity_rows, NULL, g);
  if (scenario_get(at, "strength") && !scenario_get(at, "posture"))
    scenario_error(
        b->scn, scenario_get(at, "strength"),
        "which way does it pull? Give a posture, for example 'gravity: {posture: prone, strength: 1.62 m/s2}'; "
        "without one the body has no weight");
  if (b->scn->nerror > before) return;
  if (g->posture && b->body_ok && !is_held(b->m, weight_axis(g)))
    scenario_error(b->scn, scenario_get(at, "posture"),
                   "the body would fall: its weight pulls along %c, where no support and no grip holds it; one fixed "
                   "face does, for example 'bottom: fixed'",
                   "xyz"[weight_axis(g)]);
  fprintf(b->text, "gravity:\n");
  scenario_emit(b->text, build_gravity_rows, g, 2);
}

static void build_limits(builder *b) {
  limit_opts *l = &b->m->limits;
  int before = b->scn->nerror;
  scenario_bind(b->scn, scenario_get(b->scn->root, "limits"), b->scn->root, build_limit_rows, NULL, l);
  if (b->scn->nerror > before) return;
  fprintf(b->text, "limits:\n");
  scenario_emit(b->text, build_limit_rows, l, 2);
}

/* 1 when a field or an output of this name is there to be written. */
static int can_write(const model *m, const char *name) {
  int f = model_field(m, name);
  if (f >= 0) return !m->fields[f].decl.hidden;
  for (int i = 0; m->cat->outputs && m->cat->outputs[i]; i++)
    if (!strcmp(m->cat->outputs[i]->name, name)) return 1;
  return 0;
}

static void check_fields(builder *b, const node *list) {
  model *m = b->m;
  output_opts *o = &m->output;
  enum { NAMES = MODEL_FIELDS + 128 };
  const char *names[NAMES + 1];
  char all[2048];
  int n = 0, kept = 0;
  for (int i = 0; i < m->nfield; i++)
    if (!m->fields[i].decl.hidden && n < NAMES) names[n++] = m->fields[i].decl.name;
  for (int i = 0; b->cat->outputs && b->cat->outputs[i] && n < NAMES; i++) names[n++] = b->cat->outputs[i]->name;
  names[n] = NULL;

  for (int i = 0; i < o->nfield; i++) {
    const node *at = list && list->kind == NODE_LIST && i < list->n ? list->child[i] : list;
    int twice = 0;
    for (int k = 0; k < kept; k++) twice |= !strcmp(o->field[k], o->field[i]);
    if (twice) {
      scenario_error(b->scn, at, "field '%s' is in the list already", o->field[i]);
    } else if (can_write(m, o->field[i])) {
      memmove(o->field[kept++], o->field[i], PARAM_TEXT_MAX);
    } else if (list) { /* a default field that this run does not have is left out */
      scenario_error(b->scn, at, "no field is called '%s'%s; this run has: %s", o->field[i],
                     scenario_suggest(b->scn, o->field[i], names), build_join(names, all, sizeof all));
    }
  }
  o->nfield = kept;
}

static void build_output(builder *b) {
  output_opts *o = &b->m->output;
  const node *at = scenario_get(b->scn->root, "output");
  scenario_bind(b->scn, at, b->scn->root, build_output_rows, NULL, o);
  check_fields(b, scenario_get(at, "fields"));
  fprintf(b->text, "output:\n");
  scenario_emit(b->text, build_output_rows, o, 2);
}

/* ------------------------------------------------------------------------------------------------------------- the
 * whole */

static status build_tree(builder *b) {
  static const char *const sections[] = {"body",    "tissue", "hands",   "physiology", "mechanics", "session", "probes",
                                         "nodules", "time",   "gravity", "limits",     "output",    NULL};
  model *m = b->m;
  top_keys top;
  scenario_bind(b->scn, b->scn->root, b->scn->root, build_top_rows, sections, &top);
  memcpy(m->title, top.title, sizeof top.title);
  scenario_emit(b->text, build_top_rows, &top, 0);
  TRY(build_body(b));
  TRY(build_tissues(b));
  TRY(build_nodules(b));
  TRY(build_hands(b));
  TRY(build_processes(b));
  TRY(build_session(b));
  build_stacks(b);
  TRY(build_motion(b));
  build_emit_hands(b);
  TRY(build_probes(b));
  build_time(b);
  build_gravity(b);
  build_limits(b);
  if (!b->body_ok) { /* fields need a mesh; the keys of the section can be checked without */
    scenario_bind(b->scn, scenario_get(b->scn->root, "output"), b->scn->root, build_output_rows, NULL, &m->output);
    return ST_OK;
  }
  for (int i = 0; i < m->nprocess; i++) TRY(model_declare(m, i, m->processes[i]->owns));
  if (m->inertia) TRY(model_declare(m, 0, inertia_owns));
  if (m->nstretch) TRY(model_declare(m, 0, motion_owns));
  if (m->gravity.posture) TRY(model_declare(m, 0, weight_owns));
  build_output(b);
  return ST_OK;
}

/* Where the scenario speaks of what a process complains of: the key that its message begins with, else its section. */
static const node *process_node(const builder *b, const process *p) {
  const node *root = b->scn->root, *map = scenario_get(root, p->name);
  if (!map) map = scenario_get(scenario_get(root, "physiology"), p->name);
  size_t length = strcspn(err_message(), ":");
  for (int i = 0; map && map->kind == NODE_MAP && i < map->n; i++)
    if (strlen(map->key[i]->text) == length && !strncmp(map->key[i]->text, err_message(), length)) return map->child[i];
  return map ? map : root;
}

static status build_engine(builder *b) {
  model *m = b->m;
  space *s;
  TRY(schedule_events(m));
  TRY(space_create(m, m->memory, &s));
  m->space = s, m->nhistory = s->hist_first[s->nbatch];
  model_place(m);
  build_check_nodules(b);
  TRY(scenario_check(b->scn));
  for (int i = 0; i < m->nprocess; i++) {
    status st = m->processes[i]->create(m->process_par[i], m, m->memory, &m->process_self[i]);
    if (st == ST_INPUT) scenario_error(b->scn, process_node(b, m->processes[i]), "%s", err_message());
    TRY(st);
  }
  return ST_OK;
}

status build_model(scenario *scn, const catalog *cat, model **out, char **resolved) {
  status st = ST_OK;
  char *text = NULL;
  size_t size = 0;
  *out = NULL;
  if (resolved) *resolved = NULL;
  TRY(scenario_check(scn));

  arena *memory = arena_create(1 << 20);
  model *m = memory ? arena_alloc(memory, sizeof *m) : NULL;
  builder *b = memory ? arena_alloc(memory, sizeof *b) : NULL;
  if (!m || !b) {
    arena_destroy(&memory);
    FAIL(ST_INTERNAL, "out of memory for a model");
  }
  m->memory = memory;
  m->cat = cat;
  *b = (builder){.scn = scn, .cat = cat, .m = m, .text = open_memstream(&text, &size)};
  if (!b->text) FAIL_OR(done, ST_INTERNAL, "out of memory for the resolved scenario");
  TRY_OR(done, build_tree(b));
  TRY_OR(done, scenario_check(scn));
  TRY_OR(done, build_engine(b));
  if (fclose(b->text)) st = ST_INTERNAL;
  b->text = NULL;
  if (st) FAIL_OR(done, ST_INTERNAL, "out of memory for the resolved scenario");
  if (resolved) {
    *resolved = text;
    text = NULL;
  }
  *out = m;
  m = NULL;
done:
  if (m && b->text) fclose(b->text);
  free(text);
  model_free(&m);
  return st;
}
