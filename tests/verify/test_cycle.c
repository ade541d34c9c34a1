/* Two hundred pulses over tissue that creeps, with friction and blood flow: a run that jumps over most of them against
   one that computes all. Every slow output is compared at every moment that both have, and the memory of the tissue at
   the end of the last pulse but one. */
#include "tests/figure.h"
#include "tests/verify/scenario_run.h"

/* Sides that only slide, so that the muscle is under pressure and its blood flow falls to a half; times of creep of one
   cycle and of fifteen; vessels that dilate within minutes. */
static const char text[] =
    "knead: 1\n"
    "body:\n"
    "  kind: block\n"
    "  size: [9 cm, 9 cm]\n"
    "  cells: [2, 2]\n"
    "  layers: [{name: skin, thickness: 2 mm, cells: 1}, {name: muscle, thickness: 28 mm, cells: 1}]\n"
    "  faces: {bottom: fixed, left: sliding, right: sliding, head: sliding, tail: sliding}\n"
    "tissue:\n"
    "  skin: {law: neo_hookean, mu: 50 kPa, bulk: 500 kPa, skin_like: true}\n"
    "  muscle: {law: prony, terms: [[0.3, 2 s], [0.3, 30 s]], base: {law: neo_hookean, mu: 10 kPa, bulk: 200 kPa}}\n"
    "hands: {palm: {kind: palm, length: 6 cm, width: 6 cm, friction: 0.3}}\n"
    "physiology: {perfusion: {}}\n"
    "session:\n"
    "  - {hand: palm, technique: compression, at: [0 mm, 0 mm], press: 50 N, ramp: 0.5 s, hold: 0.5 s, release: 0.5 "
    "s,\n"
    "     wait: 0.5 s, low: 0.3, pulses: 200}\n"
    "probes: {deep: {at: [0 mm, 0 mm], depth: 10 mm}}\n"
    "time: {first: 25 ms, max: 0.25 s}\n"
    "output: {every: 2 s, fields: [displacement, perfusion]}\n";

/* With a load that stays, the cycles are those from 2 to 398 s. */
enum { PERIOD = 2, CYCLES = 198, END = PERIOD * (1 + CYCLES) };

typedef struct kept {
  double *value; /* the state at END */
} kept;
static void keep(void *ctx, const model *m, const state *s) {
  kept *k = ctx;
  if (fabs(s->time - END) > 1e-6) return;
  k->value = malloc(m->state_size * sizeof *k->value);
  memcpy(k->value, s->value, m->state_size * sizeof *k->value);
}

typedef struct pair {
  scenario_run all, jump;
  kept all_end, jump_end;
} pair;

static int run_both(void **out) {
  static pair p;
  p.all.on_frame = p.jump.on_frame = keep;
  p.all.ctx = &p.all_end, p.jump.ctx = &p.jump_end;
  const char *file = run_write("verify_cycle.yaml", text);
  run_scenario(&p.all, file, 0, NULL);
  run_scenario(&p.jump, file, 1, (const char *[]){"time.cycles=jump"});
  *out = &p;
  return 0;
}
static int free_both(void **in) {
  pair *p = *in;
  free(p->all_end.value), free(p->jump_end.value);
  run_free(&p->all), run_free(&p->jump);
  return 0;
}

/* The row of `all` at the time of a row of `jump`, -1: none. Both land on the same events and frames. */
static int same_time(const pair *p, int row) {
  static int at;
  double t = run_time(&p->jump, row);
  while (at > 0 && run_time(&p->all, at) > t - 1e-9) at--;
  while (at < p->all.nrow - 1 && run_time(&p->all, at) < t - 1e-9) at++;
  return fabs(run_time(&p->all, at) - t) < 1e-6 ? at : -1;
}

/* The moment at which the jumping run is off most, in both; what is allowed is 2 % of the largest value. */
static void compare(const pair *p, const char *path, int part, const char *what, const char *unit, double factor) {
  double most = 0, worst = -1, computed = 0, target = 0;
  int common = 0;
  for (int row = 0; row < p->jump.nrow; row++) {
    int at = same_time(p, row);
    if (at < 0) continue;
    double x = run_at(&p->jump, row, path)[part], y = run_at(&p->all, at, path)[part];
    most = fmax(most, fabs(y));
    if (fabs(x - y) > worst) worst = fabs(x - y), computed = factor * x, target = factor * y;
    common++;
  }
  assert_true(common > 3 * p->jump.nrow / 4);
  /* 2 %: asked for by the task of jumping; the jumps' own estimate stays below cycle_error, 1 %. */
  figure_show(.section = "cycles", .what = what, .computed = computed, .target = target,
              .low = target - 0.02 * factor * most, .high = target + 0.02 * factor * most, .unit = unit,
              .kind = FIGURE_EXACT, .source = "the run that computes every cycle, where they differ most");
}

static void slow_outputs_are_those_of_a_run_of_all_cycles(void **in) {
  const pair *p = *in;
  compare(p, "hand/palm/indentation", 0, "indentation (creep)", "mm", 1e3);
  compare(p, "probe/deep/displacement", 2, "displacement at the probe, upward", "mm", 1e3);
  compare(p, "layer/skin/perfusion_mean", 0, "mean perfusion of the skin", "ml/min/(100 g)", 1);
  compare(p, "layer/muscle/perfusion_mean", 0, "mean perfusion of the muscle", "ml/min/(100 g)", 1);
  compare(p, "probe/deep/perfusion", 0, "perfusion at the probe", "ml/min/(100 g)", 1);
  compare(p, "hand/palm/work", 0, "work of the hand", "mJ", 1e3);
  compare(p, "hand/palm/friction_work", 0, "work lost to friction", "mJ", 1e3);
  compare(p, "hand/palm/slip_distance", 0, "distance slipped", "mm", 1e3);
}

/* The largest difference of a field over its largest value. */
static void compare_field(const pair *p, const char *field, const char *what) {
  const field_slot *f = &p->all.m->fields[model_field(p->all.m, field)];
  double off = 0, most = 0;
  for (size_t i = f->offset; i < f->offset + f->count * (size_t)f->decl.ncomp; i++) {
    off = fmax(off, fabs(p->jump_end.value[i] - p->all_end.value[i]));
    most = fmax(most, fabs(p->all_end.value[i]));
  }
  assert_true(most > 0);
  figure_show(.section = "cycles", .what = what, .computed = off / most, .target = 0, .low = 0, .high = 0.02,
              .kind = FIGURE_EXACT, .source = "the run that computes every cycle");
}

static void what_tissue_remembers_is_the_same_at_the_end_of_the_last_cycle(void **in) {
  const pair *p = *in;
  assert_non_null(p->all_end.value);
  assert_non_null(p->jump_end.value);
  compare_field(p, "material_history", "stresses that the muscle remembers: largest difference over the largest");
  compare_field(p, "oxygen", "oxygen store: largest difference over the largest");
  compare_field(p, "dilation", "dilation of the vessels: largest difference over the largest");
  compare_field(p, "displacement", "displacement: largest difference over the largest");
}

/* Something did creep, dilate and slip; and most of it was not computed. */
static void much_has_changed_and_most_cycles_were_jumped_over(void **in) {
  const pair *p = *in;
  const report_cycles *c = &p->jump.rep.cycles;
  double first = 0, last = 0, least = HUGE_VAL, most = 0;
  for (int row = 0; row < p->all.nrow; row++) {
    double t = run_time(&p->all, row), depth = *run_at(&p->all, row, "hand/palm/indentation");
    double flow = *run_at(&p->all, row, "probe/deep/perfusion");
    if (fabs(t - PERIOD) < 1e-6) first = depth;
    if (fabs(t - END) < 1e-6) last = depth;
    least = fmin(least, flow), most = fmax(most, flow);
  }
  print_message("depth at the end of a cycle %.3f mm, later %.3f mm; flow %.2f to %.2f\n", 1e3 * first, 1e3 * last,
                least, most);
  assert_true(last > 1.1 * first && least < 0.6 * most);
  assert_int_equal(c->computed + c->jumped, CYCLES);
  /* At least half of them; a change that makes jumps too short to be of use would be seen. */
  figure_show(.section = "cycles", .what = "cycles computed of 198", .computed = (double)c->computed, .target = NAN,
              .low = 1, .high = 99, .kind = FIGURE_EXACT, .source = "jumps that save nothing are no jumps");
  figure_show(.section = "cycles", .what = "steps of the run that jumps, lost ones included",
              .computed = (double)p->jump.rep.steps, .target = (double)p->all.rep.steps, .kind = FIGURE_SHOWN,
              .source = "steps of the run that computes every cycle");
  figure_show(.section = "cycles", .what = "error of a jump by its own estimate, largest", .computed = c->error_max,
              .target = 0, .low = 0, .high = p->jump.m->time.cycle_error, .kind = FIGURE_EXACT,
              .source = "time.cycle_error");
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(slow_outputs_are_those_of_a_run_of_all_cycles),
      cmocka_unit_test(what_tissue_remembers_is_the_same_at_the_end_of_the_last_cycle),
      cmocka_unit_test(much_has_changed_and_most_cycles_were_jumped_over),
  };
  return cmocka_run_group_tests(tests, run_both, free_both);
}
