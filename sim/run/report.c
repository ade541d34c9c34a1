/* The summary of a run on one screen: loads, tissue, effort, and what was measured in people where a reader might take
   a number of ours for more than it is. */
#include <math.h>
#include <string.h>
#include "sim/run/build.h"
#include "sim/run/watch.h"

/* Length of an interval of time a person reads at a glance. */
static void print_wall(FILE *f, double s) {
  if (s < 120)
    fprintf(f, "%.1f s", s);
  else
    fprintf(f, "%.0f min %02.0f s", floor(s / 60), floor(fmod(s, 60)));
}

static void print_effort(FILE *f, const model *m, const run_report *r) {
  fprintf(f, "simulated %.4g of %.4g s in ", r->time, m->time.end);
  print_wall(f, r->wall);
  if (r->wall > 0) fprintf(f, " (%.2g x real time)", r->time / r->wall);
  fprintf(f, "\n%s mesh of %d unknowns", model_resolutions[m->resolution], model_unknowns(m));
  fprintf(f, "\n%ld steps, %ld cut-backs, %ld Newton and %ld linear iterations, %ld augmentations, %ld frames\n",
          r->steps, r->cutbacks, r->newton, r->krylov, r->augmentations, r->frames);
  const report_cycles *k = &r->cycles;
  if (m->time.cycles == CYCLES_JUMP)
    fprintf(f, "of %ld cycles that are alike %ld were computed, %ld jumped over in %ld jumps", k->computed + k->jumped,
            k->computed, k->jumped, k->jumps);
  if (m->time.cycles == CYCLES_JUMP && (k->jumps || k->rejected))
    fprintf(f, " (%ld more tried, too long), error at most %.2g %%", k->rejected, 1e2 * k->error_max);
  if (m->time.cycles == CYCLES_JUMP) fprintf(f, "\n");
}

static void print_hands(FILE *f, const model *m, const run_report *r) {
  if (!m->ntool) return;
  fprintf(f, "\n%-16s %9s %12s %9s %10s %12s %12s\n", "hand, largest", "force", "indentation", "area", "pressure",
          "penetration", "force error");
  for (int i = 0; i < m->ntool; i++) {
    const report_tool *t = &r->tool[i];
    int assumed = 0;
    for (int e = 0; e < m->nentry; e++) assumed |= m->entries[e].tool == i && m->entries[e].assumed;
    fprintf(f, "%-16s %7.1f N %9.2f mm %5.1f cm2 %6.1f kPa %9.1f um %10.2g %%%s\n", m->tools[i].name, t->force_max,
            1e3 * t->indentation_max, 1e4 * t->area_max, 1e-3 * t->pressure_max, 1e6 * t->penetration_max,
            1e2 * t->force_error_max, assumed ? "  load assumed" : "");
    if (m->tools[i].rests_on)
      fprintf(f, "%-16s rests on %s, whose force holds its own\n", "", m->tools[m->tools[i].rests_on - 1].name);
  }
}

/* Share of the work above which the summary says that the sums do not close: what tests/verify/test_work.c allows. */
static const double UNBALANCED = 0.01;
/* m; a hand whose place has moved by less works where it was meant to: a fingertip. Assumed. */
static const double LEFT_LEAST = 0.01;

/* What hands did over the whole run. */
static void print_work(FILE *f, const model *m, const run_report *r) {
  if (!m->ntool) return;
  fprintf(f, "\n%-16s %11s %16s %11s %20s\n", "hand, in all", "work", "lost to friction", "slipped",
          "points on and off");
  for (int i = 0; i < m->ntool; i++) {
    const report_tool *t = &r->tool[i];
    fprintf(f, "%-16s %9.4g J %14.4g J %8.4g mm %13ld, %.1f/step\n", m->tools[i].name, t->work, t->friction_work,
            1e3 * t->slip, t->changes, r->steps ? (double)t->changes / (double)r->steps : 0);
  }
  for (int i = 0; i < m->ntool; i++)
    if (r->tool[i].loops)
      fprintf(f, "%-16s %9.4g J in its last whole cycle (loop of force over motion)\n", m->tools[i].name,
              r->tool[i].loop);
}

static int is_turn(const model *m) {
  return !strcmp(m->body->motions[m->motion].params->unit, "rad");
}

const char *report_amount(const model *m, double amount, char *text, size_t size) {
  const double degree = 3.14159265358979323846 / 180, mm = 1e-3;
  snprintf(text, size, is_turn(m) ? "%.4g deg" : "%.4g mm", amount / (is_turn(m) ? degree : mm));
  return text;
}

/* The body's own motion. */
static void print_motion(FILE *f, const model *m, const run_report *r) {
  if (!m->nstretch) return;
  char amount[32];
  fprintf(f, "\n%s by up to %s, held with up to %.4g %s; work %.4g J\n", m->body->motions[m->motion].name,
          report_amount(m, r->motion_most, amount, sizeof amount), r->motion_effort, is_turn(m) ? "N m" : "N",
          r->motion_work);
  for (int i = 0; i < m->nentry; i++)
    if (m->entries[i].left > LEFT_LEAST)
      fprintf(
          f,
          "warning: %s by %s (line %d) works where the skin was before it moved, by up to %.0f mm: paths lie on the "
          "body at rest\n",
          m->entries[i].kind->name, m->tools[m->entries[i].tool].name, m->entries[i].line, 1e3 * m->entries[i].left);
}

/* Where the work of hands, of the body's motion and of its weight went, as far as that is known. */
static void print_energy(FILE *f, const model *m, const run_report *r) {
  if (!m->ntool && !m->nstretch) return;
  const tissue *t = watch_energy_unknown(m);
  if (t) {
    fprintf(f, "energy stored in the body: not known, for the law %s of %s %s\n", t->law->name, t->name,
            t->law->ops->energy ? "remembers" : "has no energy");
    return;
  }
  double stored = r->energy_end - r->energy_begin, weight = r->weight_end - r->weight_begin;
  double work = r->motion_gross + fabs(weight), left = r->motion_work + weight - stored;
  for (int i = 0; i < m->ntool; i++) work += r->tool[i].gross, left += r->tool[i].work - r->tool[i].friction_work;
  fprintf(f, "energy stored in the body: %.3g J more at the end than at the start", stored);
  if (m->gravity.posture) fprintf(f, "; its weight did %.3g J", weight);
  fprintf(f, "\n");
  /* With inertia the time integration damps too. */
  if (!m->inertia && fabs(left) > UNBALANCED * work)
    fprintf(f,
            "energy not accounted for: %.2g J, %.1f %% of the work in and out; the sums are trapezoids over steps (a "
            "smaller "
            "`time: {max: ...}` brings that down), and a hand stands in or off the skin by up to 1 %% of its depth\n",
            left, 100 * left / work);
}

/* Where a limit comes from: a given one is the reader's own. */
static const char *limit_source(double limit, const char *name, const char *preset) {
  for (const param *p = build_limit_rows; p->name; p++)
    if (!strcmp(p->name, name) && limit == p->preset) return preset;
  return "limits, as given";
}

/* Once a hand: the higher threshold that it passed. */
static void print_pain(FILE *f, const model *m, const run_report *r) {
  static const char *const who[LIMITS] = {[LIMIT_LOW_BACK_PAIN] = "with low back pain", [LIMIT_HEALTHY] = "in health"};
  static const char *const key[LIMITS] = {
      [LIMIT_LOW_BACK_PAIN] = "pain_low_back_pain", [LIMIT_HEALTHY] = "pain_healthy"};
#define LEVELS                                                                                                         \
  "no norm is agreed on; at L3\n    health and low back pain lie 265 kPa apart, Farasyn and Meeusen 2005, n = 151"
  static const char *const range[LIMITS] = {
      [LIMIT_LOW_BACK_PAIN] = "limits; assumed: a 1 cm2 probe gives 250-400 kPa, " LEVELS,
      [LIMIT_HEALTHY] = "limits; assumed: a 1 cm2 probe gives 500-700 kPa, " LEVELS};
  int any = 0;
  for (int i = 0; i < m->ntool; i++) {
    const report_tool *t = &r->tool[i];
    int l = t->pain[LIMIT_HEALTHY].passed ? LIMIT_HEALTHY : LIMIT_LOW_BACK_PAIN;
    const report_pain *p = &t->pain[l];
    if (!p->passed) continue;
    if (!any++) fprintf(f, "\n");
    fprintf(f,
            "warning: %s presses with %.0f kPa at t = %.3f s, x y z = %.0f %.0f %.0f mm: above the pressure pain "
            "threshold\n    %s, %.0f kPa (%s); the most was %.0f kPa\n",
            m->tools[i].name, 1e-3 * p->value, p->time, 1e3 * p->x[0], 1e3 * p->x[1], 1e3 * p->x[2], who[l],
            1e-3 * m->limits.pain[l], limit_source(m->limits.pain[l], key[l], range[l]), 1e-3 * t->pressure_max);
  }
}

/* The first cell of muscle that was stretched too far. */
static void print_strain(FILE *f, const model *m, const run_report *r) {
  const report_strain *s = &r->strain;
  if (!s->passed) return;
  fprintf(f,
          "\nwarning: %s is stretched by %.3g %% at t = %.3f s, x y z = %.0f %.0f %.0f mm (mean of a cell): above the "
          "limit for\n    muscle, %.3g %% (%s); the most was %.3g %%\n",
          m->geometry.layer[s->layer], 1e2 * s->value, s->time, 1e3 * s->x[0], 1e3 * s->x[1], 1e3 * s->x[2],
          1e2 * m->limits.muscle_strain,
          limit_source(m->limits.muscle_strain, "muscle_strain",
                       "limits; assumed: no figure for massage; of sprinting 56-72 %, Fiorentino 2014"),
          1e2 * s->most);
}

/* Round-off of a body at rest is no tension. */
static double kilopascals(double v) {
  return fabs(v) < 1e-3 ? 0 : 1e-3 * v;
}

/* Top layer first, as it is met by the hand. */
static void print_layers(FILE *f, const model *m, const run_report *r) {
  int flow = model_field(m, "perfusion") >= 0;
  fprintf(f, "\n%-16s %14s %9s", "layer", "mean tension", "highest");
  if (flow) fprintf(f, "   %s", "perfusion at rest    least     most   at end  (ml/min/(100 g))");
  fprintf(f, "\n");
  for (int l = m->geometry.nlayer - 1; l >= 0; l--) {
    const report_layer *y = &r->layer[l];
    fprintf(f, "%-16s %10.3g kPa %5.3g kPa", m->geometry.layer[l], kilopascals(y->tension_mean_max),
            kilopascals(y->tension_max));
    if (flow) {
      fprintf(f, "   %17.2f %8.2f %8.2f %8.2f", y->perfusion_base, y->perfusion_min, y->perfusion_max,
              y->perfusion_end);
      if (y->perfusion_base > 0)
        fprintf(f, "  (%.0f .. %.0f, end %.0f %%)", 1e2 * y->perfusion_min / y->perfusion_base,
                1e2 * y->perfusion_max / y->perfusion_base, 1e2 * y->perfusion_end / y->perfusion_base);
    }
    fprintf(f, "%s\n", m->layer_tissue[l] && m->layer_tissue[l]->assumed ? "  assumed" : "");
  }
}

/* The slowest first; those under 1 % of the run are left out. */
static void print_phases(FILE *f, const run_report *r) {
  int order[REPORT_PHASES], n = 0;
  for (int i = 0; i < r->nphase; i++) {
    int k = n;
    if (!(r->phase[i].seconds > 0.01 * r->wall)) continue;
    while (k > 0 && r->phase[order[k - 1]].seconds < r->phase[i].seconds) order[k] = order[k - 1], k--;
    order[k] = i;
    n++;
  }
  if (!n) return;
  fprintf(f, "time went to");
  for (int k = 0; k < n; k++)
    fprintf(f, "%s %s %.0f %%", k ? "," : "", r->phase[order[k]].name, 1e2 * r->phase[order[k]].seconds / r->wall);
  fprintf(f, "\n");
}

/* What measurements on people say where the numbers above invite a claim of the trade. A row holds when the session has
   its technique (NULL: any), the run has its field (NULL: any) and the body its layer (NULL: any). Words and numbers of
   the cited papers only. */
static const struct evidence {
  const char *technique, *field, *layer, *text;
} evidence[] = {
    {"compression", "perfusion", NULL,
     "flow in trigger points did not differ from a sham after compression (Moraska 2018, n = 25)"},
    {"effleurage", "perfusion", NULL,
     "no change of arm or leg blood flow by massage (Shoemaker 1997, Hinds 2004); 24-30 % less after exercise\n"
     "    while hands press (Wiltshire 2010)"},
    {"petrissage", "perfusion", NULL, NULL /* as for effleurage */},
    {NULL, "tension", "fascia",
     "fascia was as stiff after a myofascial technique as before (Bioengineering 2023, 10:332, n = 49)"},
    {NULL, "tension", "muscle", "erector spinae were no softer after 5 x 30 min of massage (Jelen 2024)"},
};
enum { EVIDENCE = sizeof evidence / sizeof *evidence, EVIDENCE_SHOWN = 3 };

static int has_technique(const model *m, const char *name) {
  for (int i = 0; i < m->nentry; i++)
    if (!name || !strcmp(m->entries[i].kind->name, name)) return 1;
  return 0;
}

static int has_layer(const model *m, const char *name) {
  for (int i = 0; i < m->geometry.nlayer; i++)
    if (!name || !strcmp(m->geometry.layer[i], name)) return 1;
  return 0;
}

static int has_field(const model *m, const char *name) {
  for (int i = 0; i < m->output.nfield; i++)
    if (!name || !strcmp(m->output.field[i], name)) return 1;
  return 0;
}

static void print_evidence(FILE *f, const model *m) {
  const char *shown[EVIDENCE];
  int n = 0;
  for (int i = 0; i < EVIDENCE && n < EVIDENCE_SHOWN; i++) {
    const struct evidence *e = &evidence[i];
    const char *text = e->text ? e->text : e[-1].text;
    int again = 0;
    for (int k = 0; k < n; k++) again |= shown[k] == text;
    if (again || !has_technique(m, e->technique) || !has_field(m, e->field) || !has_layer(m, e->layer)) continue;
    if (!n) fprintf(f, "measured in people:\n");
    fprintf(f, "  - %s\n", text);
    shown[n++] = text;
  }
}

static void print_inertia(FILE *f, const model *m, const run_report *r) {
  int assumed = 0;
  for (int i = 0; i < m->ntissue; i++) assumed |= m->tissues[i].density_assumed;
  if (!m->inertia)
    fprintf(f, "\ninertia off: every step is an equilibrium");
  else
    fprintf(f, "\ninertia on (rho_inf %.3g), kinetic energy at most %.3g J%s", m->time.rho_inf, r->kinetic_max,
            assumed ? ", densities assumed" : "");
}

void report_print(FILE *f, const model *m, const run_report *r) {
  /* Why it is not complete is an error's to say, not the summary's. */
  fprintf(f, "%s%s%s\n", m->title, *m->title ? ": " : "", r->status);
  print_effort(f, m, r);
  print_hands(f, m, r);
  print_work(f, m, r);
  print_motion(f, m, r);
  print_energy(f, m, r);
  print_pain(f, m, r);
  print_strain(f, m, r);
  print_layers(f, m, r);
  print_inertia(f, m, r);
  fprintf(f, "\nforces of hands, grips and supports%s add up to at most %.1g of the largest (at least 1 N)\n",
          m->inertia ? ", less what accelerates the body," : "", r->balance_max);
  if (r->volume_least > 0)
    fprintf(f, "elements kept at least %.2g of their volume at every node\n", r->volume_least);
  else
    fprintf(
        f,
        "an element was inside out at a node (%.2g of its volume), where no law resists: what is near it is doubtful "
        "(history/solver/volume_least)\n",
        r->volume_least);
  print_phases(f, r);
  if (m->geometry.landmark_note) fprintf(f, "landmarks are %s\n", m->geometry.landmark_note);
  print_evidence(f, m);
}
