/* What a scenario became: sizes, session, coupling, memory, and everything that is assumed. */
#include <math.h>
#include <string.h>
#include "sim/cli/cli.h"
#include "sim/mechanics/mechanics.h"
#include "sim/mesh/mesh.h"

static const char *const face_words[FACE_COUNT] = {"left", "right", "tail", "head", "bottom", "top"};
static const char *const support_words[] = {"free", "sliding", "fixed"};
static const char *const place_words[] = {"node", "cell", "point", "skin", "hand", "run"};

status cli_build(cli *c, const char *file, scenario **s, model **m, char **resolved) {
  *m = NULL;
  if (resolved) *resolved = NULL;
  *s = NULL;
  status st = scenario_open(file, c->nset, c->sets, c->memory, s);
  if (st == ST_OK) st = build_model(*s, c->cat, m, resolved);
  if (*s && st != ST_OK) cli_diagnostics(c, *s);
  if (st != ST_OK && !(*s && (*s)->nerror)) cli_error(c, "%s: %s", file, err_message());
  return st;
}

static long unknowns(const model *m) {
  return model_unknowns(m);
}

static void extent(const mesh *g, double size[3]) {
  for (int d = 0; d < 3; d++) {
    double lo = INFINITY, hi = -INFINITY;
    for (int i = 0; i < g->nnode; i++) lo = fmin(lo, g->x[3 * (size_t)i + d]), hi = fmax(hi, g->x[3 * (size_t)i + d]);
    size[d] = hi - lo;
  }
}

/* "2 mm" or "8.1 .. 35 mm, 24 on average". Thicknesses of a plane layer differ by round-off only. */
static const char *thickness_text(const layer_shape *y, char text[64]) {
  if (y->thickness_most - y->thickness_least < 1e-6 * y->thickness)
    snprintf(text, 64, "%6.3g mm", 1e3 * y->thickness);
  else
    snprintf(text, 64, "%.3g .. %.3g mm (mean %.3g)", 1e3 * y->thickness_least, 1e3 * y->thickness_most,
             1e3 * y->thickness);
  return text;
}

static int name_width(const model *m) {
  size_t width = 10;
  for (int l = 0; l < m->geometry.nlayer; l++)
    if (strlen(m->geometry.layer[l]) > width) width = strlen(m->geometry.layer[l]);
  return (int)width;
}

/* Top layer first, as it is met by the hand. */
static void print_layers(FILE *f, const model *m, const layer_shape *shape) {
  int last = m->geometry.nlayer - 1, width = name_width(m);
  for (int l = last; l >= 0; l--) {
    const tissue *t = m->layer_tissue[l];
    const layer_shape *y = &shape[l];
    char text[64], sheets[32];
    snprintf(sheets, sizeof sheets, y->sheets[0] == y->sheets[1] ? "%d" : "%d to %d", y->sheets[0], y->sheets[1]);
    fprintf(f, "  %-9s %-*s %s", l == last ? "layers" : "", width, m->geometry.layer[l], thickness_text(y, text));
    if (y->sheets[1])
      fprintf(f, " in %s sheet%s of %s (%s)", sheets, y->sheets[1] == 1 ? "" : "s", t->name, t->law->name);
    else
      fprintf(f, " an element, of %s (%s)", t->name, t->law->name);
    if (model_field(m, "perfusion") >= 0)
      fprintf(f, ", perfusion %.3g ml/min/(100 g), %s", t->perfusion_rest, t->skin_like ? "as skin" : "as muscle");
    fprintf(f, "%s\n", t->assumed ? "; assumed" : "");
  }
  for (int l = last; l >= 0; l--) {
    const layer_shape *y = &shape[l];
    fprintf(f, "  %-9s %-*s %8.4g cm3, %5d elements, scaled Jacobian %.2f (mean %.2f), aspect ratio at most %.3g\n",
            l == last ? "shape" : "", width, m->geometry.layer[l], 1e6 * y->volume, y->ncell, y->scaled_least,
            y->scaled_mean, y->aspect_most);
  }
}

/* Those beside the midline with both their lengths. */
static void print_landmarks(FILE *f, const body_geometry *g) {
  if (!g->nlandmark) return;
  fprintf(f, "  landmarks");
  for (int i = 0; i < g->nlandmark; i++) {
    const landmark *p = &g->landmarks[i];
    fprintf(f, " %s %.4g", p->name, 1e3 * p->s);
    if (p->t != 0) fprintf(f, " / %.4g", 1e3 * p->t);
    fprintf(f, " mm%s", i + 1 < g->nlandmark ? "," : "");
  }
  fprintf(f, "; %s\n", g->landmark_note ? g->landmark_note : "measured");
}

static void print_body(FILE *f, const model *m) {
  const mesh *g = m->mesh;
  char a[32], b[32];
  double size[3];
  int worst = 0;
  extent(g, size);
  double quality = mesh_quality(g, &worst);
  fprintf(f, "  body      %s, %.4g x %.4g x %.4g mm\n", m->body->name, 1e3 * size[0], 1e3 * size[1], 1e3 * size[2]);
  fprintf(f, "  mesh      %s: ", model_resolutions[m->resolution]);
  if (mesh_in_columns(g)) fprintf(f, "%d x %d x %d = ", g->nx, g->ny, g->nz);
  fprintf(f, "%s elements of 27 nodes, %s unknowns", cli_grouped(g->ncell, a), cli_grouped(unknowns(m), b));
  fprintf(f, "\n  quality   smallest Jacobian over its element's mean %.3g, in element %d\n  supports ", quality,
          worst);
  for (int i = 0; i < FACE_COUNT; i++)
    fprintf(f, "%s %s %s", i ? "," : "", face_words[i], support_words[m->geometry.faces[i]]);
  fprintf(f, "\n");
  layer_shape shape[BODY_LAYERS];
  mesh_layer_shapes(g, m->geometry.nlayer, shape);
  print_layers(f, m, shape);
  print_landmarks(f, &m->geometry);
}

static void print_session(FILE *f, const scenario *s, const model *m) {
  for (int i = 0; i < m->ntool; i++) {
    const tool *t = &m->tools[i];
    fprintf(f, "  %-9s %s: %s, friction %.3g", i ? "" : "hands", t->name, t->kind->name, t->friction);
    if (t->arm.stiffness > 0 || t->arm.damping > 0)
      fprintf(f, ", arm of %.3g N/mm and %.3g N s/m that follows in %.3g s", 1e-3 * t->arm.stiffness, t->arm.damping,
              t->arm.correct);
    if (t->arm.sideways > 0 || t->arm.sideways_damping > 0)
      fprintf(f, ", arm of %.3g N/mm and %.3g N s/m sideways", 1e-3 * t->arm.sideways, t->arm.sideways_damping);
    if (t->rests_on) fprintf(f, ", rests on %s", m->tools[t->rests_on - 1].name);
    fprintf(f, "\n");
  }
  const node *hands = scenario_get(s->root, "hands");
  for (int k = 0; hands && hands->kind == NODE_MAP && k < hands->n; k++) {
    int used = 0;
    for (int i = 0; i < m->ntool; i++) used |= !strcmp(m->tools[i].name, hands->key[k]->text);
    if (!used) fprintf(f, "            %s: not used by the session\n", hands->key[k]->text);
  }
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = &m->entries[i];
    fprintf(f, "  %-9s %6.2f .. %6.2f s  %s by %s", i ? "" : "session", e->start, e->start + e->duration, e->kind->name,
            m->tools[e->tool].name);
    if (e->line) fprintf(f, " (line %d)", e->line);
    fprintf(f, "%s%s\n", e->mirror ? ", mirrored" : "", e->assumed ? "; load assumed" : "");
  }
  for (int i = 0; i < m->nrig; i++) {
    const rig *r = &m->rigs[i];
    fprintf(f, "  %-9s %6.2f .. %6.2f s  %s moves %d nodes of the %s face by (%.4g, %.4g, %.4g) mm, %s\n",
            i ? "" : "grips", r->start, r->start + r->ramp + r->hold, r->name, r->nnode, face_words[r->face],
            1e3 * r->move[0], 1e3 * r->move[1], 1e3 * r->move[2],
            r->held[0] && r->held[1] && r->held[2] ? "bonded" : "sliding");
  }
}

static void print_stretches(FILE *f, const model *m) {
  for (int i = 0; i < m->nstretch; i++) {
    const stretch *k = &m->stretches[i];
    char amount[32];
    fprintf(f, "  %-9s %6.2f .. %6.2f s  %s to %s in %.4g s, held %.4g s, %s\n", i ? "" : "motion", k->start,
            k->start + k->ramp + k->hold + k->back, m->body->motions[m->motion].name,
            report_amount(m, k->amount, amount, sizeof amount), k->ramp, k->hold,
            k->back > 0 ? "and back" : "and stays");
  }
  for (int i = 0; i < m->nentry; i++)
    if (m->entries[i].left > 0)
      fprintf(
          f,
          "            line %d: %s works up to %.3g mm from where the skin is by then: paths lie on the body at rest\n",
          m->entries[i].line, m->entries[i].kind->name, 1e3 * m->entries[i].left);
}

/* Does process i read a field of a later process, and so of the step before? */
static const char *lagging(const model *m, int i, int r, int *owner) {
  const char *field = m->processes[i]->reads ? m->processes[i]->reads[r] : NULL;
  if (!field) return NULL;
  int f = model_field(m, field);
  *owner = f >= 0 ? m->fields[f].process : -1;
  return field;
}

static void print_coupling(FILE *f, const model *m) {
  int nlag = 0;
  fprintf(f, "  coupling ");
  for (int i = 0; i < m->nprocess; i++) fprintf(f, "%s %s", i ? " ->" : "", m->processes[i]->name);
  for (int i = 0; i < m->nprocess; i++) {
    int owner = -1;
    const char *field;
    for (int r = 0; (field = lagging(m, i, r, &owner)); r++)
      if (owner > i) {
        fprintf(f, "%s %s reads %s of the step before", nlag ? "," : ";", m->processes[i]->name, field);
        nlag++;
      }
  }
  fprintf(f, "%s\n", nlag || m->nprocess == 1 ? "" : "; nothing lags");
}

static void print_inertia(FILE *f, const model *m) {
  if (!m->inertia) {
    fprintf(f, "  inertia   off: every step is an equilibrium\n");
    return;
  }
  fprintf(f, "  inertia   on, rho_inf %.3g, at least %d steps a period; density", m->time.rho_inf, m->time.per_period);
  for (int i = 0; i < m->ntissue; i++)
    fprintf(f, "%s %s %.4g kg/m3%s", i ? "," : "", m->tissues[i].name, m->tissues[i].density,
            m->tissues[i].density_assumed ? " (assumed)" : "");
  fprintf(f, "\n");
}

static void print_gravity(FILE *f, const model *m) {
  static const char *const words[] = {"none: the body has no weight", "prone", "upright", "on the left side",
                                      "on the right side"};
  fprintf(f, "  gravity   %s", words[m->gravity.posture]);
  if (m->gravity.posture) fprintf(f, ", %.4g m/s2", m->gravity.strength);
  fprintf(f, "\n");
}

static int is_whole(double x) {
  return fabs(x - floor(x + 0.5)) < 1e-6; /* far above rounding; a frame that drifts by less never cuts a step */
}

/* Frames end steps, and jumps want cycles whose steps are alike: frames should come at the same moments of each. */
static void print_cycles(FILE *f, const model *m) {
  double every = m->output.every;
  for (int i = 0; i < m->nentry && m->time.cycles == CYCLES_JUMP; i++) {
    const entry *e = &m->entries[i];
    technique_cycle c = e->kind->cycle ? e->kind->cycle(e->par) : (technique_cycle){0};
    if (c.count < 2) continue;
    int between = every > 1.5 * c.period && is_whole((e->start + c.first) / c.period); /* whole cycles, at their ends */
    if (is_whole(c.period / every) || (between && is_whole(every / c.period))) continue;
    double better = between ? c.period * floor(every / c.period + 0.5) : c.period / fmax(floor(c.period / every), 1);
    fprintf(f,
            "            line %d: frames every %.4g s come at other moments of one cycle of %s, %.4g s, than of the "
            "next: its steps may differ, and jumps be rare; not so with `output: {every: %.6g s}`\n",
            e->line, every, e->kind->name, c.period, better);
  }
}

static size_t memory(const model *m) {
  return arena_used(m->memory) + 2 * m->state_size * sizeof(double);
}

static double last_entry(const model *m) {
  double end = 0;
  for (int i = 0; i < m->nentry; i++) end = fmax(end, m->entries[i].start + m->entries[i].duration);
  for (int i = 0; i < m->nrig; i++) end = fmax(end, m->rigs[i].start + m->rigs[i].ramp + m->rigs[i].hold);
  for (int i = 0; i < m->nstretch; i++) {
    const stretch *k = &m->stretches[i];
    end = fmax(end, k->start + k->ramp + k->hold + k->back);
  }
  return end;
}

void check_print(FILE *f, const scenario *s, const model *m) {
  fprintf(f, "%s: fine%s%s\n", s->file, *m->title ? ", " : "", m->title);
  print_body(f, m);
  for (int i = 1, n = 0; i < s->nsource; i++)
    if (!s->source[i].again) fprintf(f, "  %-9s %s\n", n++ ? "" : "uses", s->source[i].name);
  print_session(f, s, m);
  print_stretches(f, m);
  for (int i = 0; i < m->nprobe; i++)
    fprintf(f, "  %-9s %s: element %d in %s, node %d\n", i ? "" : "probes", m->probes[i].name, m->probes[i].cell,
            m->geometry.layer[m->mesh->layer[m->probes[i].cell]], m->probes[i].node);
  for (int i = 0; i < m->nnodule; i++) {
    const nodule *n = &m->nodules[i];
    fprintf(f, "  %-9s %s: %d quadrature points of %s, ", i ? "" : "nodules", n->name, n->npoint, n->tissue->name);
    if (isnan(n->stiffness))
      fprintf(f, "activation %g\n", n->activation);
    else
      fprintf(f, "%g times as stiff\n", n->stiffness);
  }
  print_coupling(f, m);
  fprintf(f, "  solver    preconditioner %s\n", mechanics_preconditioner(m->process_self[0]));
  fprintf(f, "  time      %.4g s%s, first step %.3g s, then %.3g .. %.3g s, tolerance %.2g\n", m->time.end,
          m->time.end < last_entry(m) - 1e-9 ? " (the session is longer)" : "", m->time.first, m->time.min, m->time.max,
          m->time.tolerance);
  print_cycles(f, m);
  print_inertia(f, m);
  print_gravity(f, m);
  fprintf(f, "  output    %.0f frames, one every %.3g s:", floor(m->time.end / m->output.every + 1e-9) + 1,
          m->output.every);
  for (int i = 0; i < m->output.nfield; i++) fprintf(f, " %s", m->output.field[i]);
  fprintf(f, "\n  memory    %.3g MB\n", 1e-6 * (double)memory(m));
}

/* --------------------------------------------------------------------------------------------------------------------
 * JSON */

static void key(FILE *f, const char *name, const char *value) {
  fprintf(f, "\"%s\": ", name);
  json_text(f, value);
  fputs(", ", f);
}

static void number(FILE *f, const char *name, double v) {
  fprintf(f, "\"%s\": ", name);
  json_number(f, v);
  fputs(", ", f);
}

void check_json(FILE *f, const scenario *s, const model *m) {
  int worst = 0;
  layer_shape shape[BODY_LAYERS];
  mesh_layer_shapes(m->mesh, m->geometry.nlayer, shape);
  fputs("{", f);
  key(f, "file", s->file);
  key(f, "title", m->title);
  key(f, "body", m->body->name);
  key(f, "resolution", model_resolutions[m->resolution]);
  number(f, "elements", m->mesh->ncell);
  number(f, "nodes", m->mesh->nnode);
  number(f, "unknowns", (double)unknowns(m));
  key(f, "preconditioner", mechanics_preconditioner(m->process_self[0]));
  number(f, "quality", mesh_quality(m->mesh, &worst));
  number(f, "end_s", m->time.end);
  number(f, "memory_bytes", (double)memory(m));
  fprintf(f, "\"inertia\": %s, ", m->inertia ? "true" : "false");
  fputs("\"layers\": [", f);
  for (int l = 0; l < m->geometry.nlayer; l++) {
    fputs(l ? ", {" : "{", f);
    key(f, "name", m->geometry.layer[l]);
    key(f, "tissue", m->layer_tissue[l]->name);
    number(f, "elements", shape[l].ncell);
    number(f, "volume_m3", shape[l].volume);
    number(f, "thickness_m", shape[l].thickness);
    number(f, "thickness_least_m", shape[l].thickness_least);
    number(f, "thickness_most_m", shape[l].thickness_most);
    number(f, "scaled_jacobian_least", shape[l].scaled_least);
    number(f, "scaled_jacobian_mean", shape[l].scaled_mean);
    number(f, "aspect_ratio_most", shape[l].aspect_most);
    fprintf(f, "\"assumed\": %s}", m->layer_tissue[l]->assumed ? "true" : "false");
  }
  fputs("], \"landmarks\": [", f);
  for (int i = 0; i < m->geometry.nlandmark; i++) {
    const landmark *p = &m->geometry.landmarks[i];
    fputs(i ? ", {" : "{", f);
    key(f, "name", p->name);
    number(f, "s_m", p->s);
    fputs("\"t_m\": ", f);
    json_number(f, p->t);
    fputs("}", f);
  }
  fputs("], \"session\": [", f);
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = &m->entries[i];
    fputs(i ? ", {" : "{", f);
    key(f, "hand", m->tools[e->tool].name);
    key(f, "technique", e->kind->name);
    number(f, "start_s", e->start);
    number(f, "duration_s", e->duration);
    if (e->left > 0) number(f, "skin_has_left_m", e->left);
    fprintf(f, "\"mirror\": %s, \"assumed\": %s}", e->mirror ? "true" : "false", e->assumed ? "true" : "false");
  }
  fputs("], \"grips\": [", f);
  for (int i = 0; i < m->nrig; i++) {
    fputs(i ? ", " : "", f);
    json_text(f, m->rigs[i].name);
  }
  fputs("], \"motions\": [", f);
  for (int i = 0; i < m->nstretch; i++) {
    const stretch *k = &m->stretches[i];
    fputs(i ? ", {" : "{", f);
    key(f, "name", m->body->motions[m->motion].name);
    number(f, "amount_si", k->amount);
    number(f, "start_s", k->start);
    fputs("\"duration_s\": ", f);
    json_number(f, k->ramp + k->hold + k->back);
    fputs("}", f);
  }
  fputs("], \"processes\": [", f);
  for (int i = 0; i < m->nprocess; i++) {
    fputs(i ? ", " : "", f);
    json_text(f, m->processes[i]->name);
  }
  fputs("], \"fields\": [", f);
  for (int i = 0; i < m->output.nfield; i++) {
    int k = model_field(m, m->output.field[i]);
    fputs(i ? ", {" : "{", f);
    key(f, "name", m->output.field[i]);
    fputs("\"place\": ", f);
    json_text(f, k >= 0 ? place_words[m->fields[k].decl.at] : "cell");
    fputs("}", f);
  }
  fputs("]}", f);
}
