#include "sim/run/cycle.h"
#include <float.h>
#include <math.h>
#include <string.h>
#include "sim/state/schedule.h"

/* Numerical. A jump over fewer cycles than LEAST saves nothing: TRIAL cycles to judge it and two more, to foretell
   from, are computed after it. An error that grows with the third power of the length (what the factors leave out is a
   change of a change of an increment) leaves SAFE of the length that would just do; a longer one than SHRINK of what
   failed is not tried. SPARE steps of a cycle beyond those of the largest size: cuts, frames, events. */
enum { LEAST = 2, TRIAL = CYCLE_TRIAL, SPARE = 64, SECTIONS = 3 };
static const double SHRINK = 0.5, SAFE = 0.8;

struct cycle {
  const model *m;
  cycle_book book;
  double *value; /* [nvalue]: sections, largest values, records; what a checkpoint keeps */
  size_t nvalue;
  double *section, *largest, *record[2];
  int capacity;                  /* steps of a record */
  size_t width;                  /* doubles a step: its length, then the fields */
  int nread, read[MODEL_FIELDS]; /* fields that replayed processes read and others own */
  /* of one jump */
  int n, tried; /* cycles jumped; of its trial that are judged */
  double error;
  state land, expected[TRIAL], middle, work[2];
};

static size_t field_size(const model *m, int f) {
  return m->fields[f].count * (size_t)m->fields[f].decl.ncomp;
}

static double *section_at(const cycle *c, int age) {
  return c->section + (size_t)((c->book.latest + SECTIONS - age) % SECTIONS) * c->m->state_size;
}

/* ------------------------------------------------------------------------------------------------------------ memory
 */

static int is_replayed(const model *m, int f) {
  return m->processes[m->fields[f].process]->replayed;
}

static void find_reads(cycle *c) {
  const model *m = c->m;
  c->width = 1;
  for (int p = 0; p < m->nprocess; p++) {
    if (!m->processes[p]->replayed) continue;
    for (const char *const *name = m->processes[p]->reads; name && *name; name++) {
      int f = model_field(m, *name), again = 0;
      for (int i = 0; i < c->nread; i++) again |= c->read[i] == f;
      if (f < 0 || again || is_replayed(m, f)) continue;
      c->read[c->nread++] = f;
      c->width += field_size(m, f);
    }
  }
}

/* Longest cycle of the session in steps of the largest size; 0: there is none. */
static int longest(const model *m) {
  double most = 0;
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = &m->entries[i];
    technique_cycle k = e->kind->cycle ? e->kind->cycle(e->par) : (technique_cycle){0};
    if (k.count < 2) continue;
    double dt = m->time.max;
    if (m->inertia) dt = fmin(dt, schedule_longest_step(m, e->start + k.first));
    most = fmax(most, k.period / dt);
  }
  return (int)ceil(most);
}

status cycle_create(const model *m, arena *a, cycle **out) {
  cycle *c;
  *out = NULL;
  int steps = longest(m);
  if (m->time.cycles != CYCLES_JUMP || steps == 0) return ST_OK;
  NEW(a, c, 1);
  c->m = m, c->capacity = 2 * steps + SPARE;
  find_reads(c);
  size_t record = (size_t)c->capacity * c->width, sections = SECTIONS * m->state_size;
  c->nvalue = sections + (size_t)m->nfield + 2 * record;
  NEW(a, c->value, c->nvalue);
  c->section = c->value, c->largest = c->value + sections;
  for (int i = 0; i < 2; i++) c->record[i] = c->largest + m->nfield + (size_t)i * record;
  for (state *const *s =
           (state *const[]){&c->land, &c->expected[0], &c->expected[1], &c->middle, &c->work[0], &c->work[1], NULL};
       *s; s++) {
    (*s)->m = m;
    NEW(a, (*s)->value, m->state_size);
  }
  *out = c;
  return ST_OK;
}

cycle_book *cycle_notes(cycle *c) {
  return &c->book;
}
double *cycle_values(cycle *c, size_t *n) {
  *n = c->nvalue;
  return c->value;
}

static double section_time(const cycle *c, int k) {
  return c->book.span.first + k * c->book.span.period;
}

/* The fields that replayed processes will want, at the end of a step. */
static void record_step(cycle *c, const state *s, double dt) {
  int *n = &c->book.nstep[c->book.turn];
  if (c->book.fresh) *n = 0, c->book.fresh = 0;
  if (*n < 0 || *n == c->capacity) {
    *n = -1;
    return;
  }
  double *to = c->record[c->book.turn] + (size_t)(*n)++ * c->width;
  *to++ = dt;
  for (int i = 0; i < c->nread; i++) {
    size_t size = field_size(c->m, c->read[i]);
    memcpy(to, state_view(s, c->read[i]), size * sizeof *to);
    to += size;
  }
}

/* Fields whose error decides: the rest follows from them. */
static int is_judged(const model *m, int f) {
  jump_rule rule = m->fields[f].decl.jump;
  return rule == JUMP_LEADS || rule == JUMP_SLOW || rule == JUMP_COUNTS;
}

static void note_largest(cycle *c, const state *s) {
  for (int f = 0; f < c->m->nfield; f++) {
    if (!is_judged(c->m, f)) continue;
    const double *x = state_view(s, f);
    for (size_t i = 0; i < field_size(c->m, f); i++) c->largest[f] = fmax(c->largest[f], fabs(x[i]));
  }
}

int cycle_note(cycle *c, const state *s, double dt) {
  cycle_book *b = &c->book;
  technique_cycle span;
  note_largest(c, s);
  if (!schedule_cycle(c->m, s->time, &span)) {
    b->nsection = 0;
    return 0;
  }
  if (span.first != b->span.first || span.period != b->span.period || span.count != b->span.count)
    b->span = span, b->nsection = 0, b->since = -1;
  if (b->nsection > 0) record_step(c, s, dt);
  int k = (int)floor((s->time - span.first) / span.period + 0.5), completed = 0;
  if (fabs(s->time - section_time(c, k)) > SAME_TIME) return 0;
  if (b->nsection > 0 && k == b->at + 1) {
    completed = 1;
    b->turn = 1 - b->turn;
  } else {
    b->nsection = 0;
  }
  if (b->since < 0) b->since = k, b->next = span.count, b->patience = LEAST;
  b->fresh = 1, b->at = k;
  b->nsection = b->nsection < SECTIONS ? b->nsection + 1 : SECTIONS;
  b->latest = (b->latest + 1) % SECTIONS;
  memcpy(section_at(c, 0), s->value, c->m->state_size * sizeof *s->value);
  return completed;
}

/* ------------------------------------------------------------------------------------------------------------ the jump
 */

int cycle_ready(const cycle *c) {
  const cycle_book *b = &c->book;
  if (b->nsection < SECTIONS || !b->fresh || b->nstep[1 - b->turn] < 0) return 0;
  /* A cycle after the trial is computed before the hand does something else. */
  int left = b->span.count - b->at - TRIAL - 1, known = b->at - b->since, n = b->next < left ? b->next : left;
  if (known < b->patience) return 0;
  if (n > known) n = known;
  return n < LEAST ? 0 : n;
}

/* By which increments shrink from one cycle to the next. */
static double factor(double latest, double before) {
  return before == 0 ? 0 : fmin(fmax(latest / before, 0), 1);
}

/* r + r^2 + ... + r^n */
static double geometric(double r, int n) {
  if (1 - r < 1e-9) return n; /* the next term is n^2 1e-9 / 2 */
  return r * (1 - pow(r, n)) / (1 - r);
}

/* One factor for all places: the least-squares one of those that lead. */
static double common_factor(const cycle *c) {
  double dot = 0, square = 0;
  for (int f = 0; f < c->m->nfield; f++) {
    if (c->m->fields[f].decl.jump != JUMP_LEADS) continue;
    size_t at = c->m->fields[f].offset;
    const double *x0 = section_at(c, 0) + at, *x1 = section_at(c, 1) + at, *x2 = section_at(c, 2) + at;
    for (size_t i = 0; i < field_size(c->m, f); i++) {
      dot += (x0[i] - x1[i]) * (x1[i] - x2[i]);
      square += (x1[i] - x2[i]) * (x1[i] - x2[i]);
    }
  }
  return factor(dot, square);
}

/* How many times its latest increment, d0, a number grows in n cycles. One that follows stays when its own factor is
   smaller than the common one: a point of the skin that changed hands has no increment, but another reference. */
static double times(jump_rule rule, double d0, double d1, double common, int n) {
  switch (rule) {
  case JUMP_SAME: return 0;
  case JUMP_LEADS: return geometric(common, n);
  case JUMP_FOLLOWS: return geometric(fmin(common, factor(d0, d1)), n);
  case JUMP_SLOW: return geometric(factor(d0, d1), n);
  case JUMP_COUNTS: return n;
  }
  return 0;
}

/* The latest section, n cycles on: all but what is replayed. */
static void foretell(const cycle *c, int n, double common, state *s) {
  memcpy(s->value, section_at(c, 0), c->m->state_size * sizeof *s->value);
  s->time = section_time(c, c->book.at + n);
  for (int f = 0; f < c->m->nfield; f++) {
    const field_slot *slot = &c->m->fields[f];
    if (slot->decl.jump == JUMP_SAME || is_replayed(c->m, f)) continue;
    const double *x0 = section_at(c, 0) + slot->offset, *x1 = section_at(c, 1) + slot->offset,
                 *x2 = section_at(c, 2) + slot->offset;
    double *x = s->value + slot->offset;
    for (size_t i = 0; i < field_size(c->m, f); i++) {
      double d0 = x0[i] - x1[i], d1 = x1[i] - x2[i];
      x[i] = x0[i] + times(slot->decl.jump, d0, d1, common, n) * d0;
    }
  }
}

/* What the replayed processes read at the end of step `step` of a cycle: as recorded, gone on by `shift` times what
   the last cycle changed, as far as the last two had the same steps. */
static void recall(const cycle *c, int step, double shift, state *s) {
  const int turn = c->book.turn, alike = c->book.nstep[0] == c->book.nstep[1];
  const double *x0 = c->record[1 - turn] + (size_t)step * c->width + 1;
  const double *x1 = c->record[turn] + (size_t)step * c->width + 1;
  for (int i = 0; i < c->nread; i++) {
    size_t size = field_size(c->m, c->read[i]);
    double *x = state_edit(s, c->read[i]);
    for (size_t k = 0; k < size; k++) x[k] = x0[k] + (alike ? shift * (x0[k] - x1[k]) : 0);
    x0 += size, x1 += size;
  }
}

/* c->work[0] goes on by one cycle. */
static status replay(cycle *c, double shift, arena *scratch) {
  const double *record = c->record[1 - c->book.turn];
  for (int k = 0; k < c->book.nstep[1 - c->book.turn]; k++) {
    double dt = record[(size_t)k * c->width];
    step s = {.m = c->m, .t = c->work[0].time, .dt = dt, .now = &c->work[0], .next = &c->work[1], .scratch = scratch};
    state_copy(&c->work[1], &c->work[0]);
    recall(c, k, shift, &c->work[1]);
    arena_release(scratch, 0);
    for (int p = 0; p < c->m->nprocess; p++)
      if (c->m->processes[p]->replayed) TRY(c->m->processes[p]->advance(c->m->process_self[p], &s));
    c->work[1].time = s.t + dt;
    state swap = c->work[0];
    c->work[0] = c->work[1], c->work[1] = swap;
  }
  return ST_OK;
}

static void take_replayed(const cycle *c, state *s) {
  for (int f = 0; f < c->m->nfield; f++)
    if (is_replayed(c->m, f))
      memcpy(state_edit(s, f), state_view(&c->work[0], f), field_size(c->m, f) * sizeof(double));
}

static int any_replayed(const model *m) {
  for (int p = 0; p < m->nprocess; p++)
    if (m->processes[p]->replayed) return 1;
  return 0;
}

status cycle_jump(cycle *c, int n, state *s, arena *scratch) {
  double common = common_factor(c);
  state *at[] = {&c->land, &c->expected[0], &c->expected[1]};
  for (int i = 0; i <= TRIAL; i++) foretell(c, n + i, common, at[i]);
  if (any_replayed(c->m)) {
    memcpy(c->work[0].value, section_at(c, 0), c->m->state_size * sizeof(double));
    c->work[0].time = section_time(c, c->book.at);
    for (int k = 1; k <= n + TRIAL; k++) {
      TRY(replay(c, geometric(common, k), scratch));
      if (k >= n) take_replayed(c, at[k - n]);
    }
  }
  c->n = n, c->tried = 0, c->error = 0;
  state_copy(s, &c->land);
  return ST_OK;
}

double cycle_due(const cycle *c) {
  return c->expected[c->tried].time;
}

void cycle_back(const cycle *c, state *s) {
  memcpy(s->value, section_at(c, 0), c->m->state_size * sizeof *s->value);
  s->time = section_time(c, c->book.at);
}

/* What a cycle of the trial changed against what was foretold that it would change: the largest difference in a field.
 */
static double surprise(const cycle *c, int f, const state *s) {
  const double *x1 = state_view(s, f), *y1 = state_view(&c->expected[c->tried], f);
  const double *x0 = state_view(c->tried ? &c->middle : &c->land, f);
  const double *y0 = state_view(c->tried ? &c->expected[0] : &c->land, f);
  double most = 0;
  for (size_t i = 0; i < field_size(c->m, f); i++) most = fmax(most, fabs((x1[i] - x0[i]) - (y1[i] - y0[i])));
  return most;
}

/* A cycle added d0 before the jump and d1 before that; the last one of the trial adds `after`. What the n cycles in
   between add: a parabola through the three. *unsure: what a straight line would make of it. */
static double fill_in(double d0, double d1, double after, int n, double *unsure) {
  double L = n + 1, slope = d0 - d1, first = 0.5 * n * (n + 1.0), second = first * (2.0 * n + 1) / 3;
  double straight = (after - d0) / L * first;
  double curved = slope * first + (after - d0 - slope * L) / (L * L) * second;
  *unsure = fabs(curved - straight);
  return n * d0 + curved;
}

/* Of a field that counts: what a jump may be wrong by. adopt: s gets its values. The first cycle of the trial is filled
   in, too: friction and the hand's place are not quite in balance where the run landed, and what evens out then is
   neither slip nor work of the session. */
static double count(const cycle *c, int f, state *s, int adopt) {
  size_t at = c->m->fields[f].offset;
  const double *x0 = section_at(c, 0) + at, *x1 = section_at(c, 1) + at, *x2 = section_at(c, 2) + at;
  double most = 0, unsure, *x = s->value + at;
  for (size_t i = 0; i < field_size(c->m, f); i++) {
    double after = x[i] - c->middle.value[at + i];
    double between = fill_in(x0[i] - x1[i], x1[i] - x2[i], after, c->n + TRIAL - 1, &unsure);
    most = fmax(most, unsure);
    if (adopt) x[i] = x0[i] + between + after;
  }
  return most;
}

/* Too long. As far as the next one will go the last cycles are still to be trusted. When even the shortest would be too
   long, twice as many cycles as the last time are computed before the next try: what keeps failing costs little. */
static cycle_verdict refuse(cycle *c, double by) {
  cycle_book *b = &c->book;
  b->next = (int)floor(c->n * by);
  b->since = b->at - b->next;
  if (b->next < LEAST) b->next = LEAST, b->since = b->at, b->nsection = 1, b->patience *= 2;
  return CYCLE_BACK;
}

cycle_verdict cycle_refuse(cycle *c) {
  return refuse(c, SHRINK);
}

cycle_verdict cycle_judge(cycle *c, state *s, double *error) {
  cycle_book *b = &c->book;
  for (int f = 0; f < c->m->nfield; f++) {
    int counts = c->m->fields[f].decl.jump == JUMP_COUNTS;
    if (!is_judged(c->m, f) || !(c->largest[f] > 0) || (counts && !c->tried)) continue;
    double off = counts ? count(c, f, s, 0) : 0.5 * (c->n + 1 + c->tried) * surprise(c, f, s);
    c->error = fmax(c->error, off / c->largest[f]);
  }
  *error = c->error;
  double better = SAFE * cbrt(c->m->time.cycle_error / fmax(c->error, DBL_MIN));
  if (!(c->error <= c->m->time.cycle_error)) return refuse(c, fmin(better, SHRINK));
  if (++c->tried < TRIAL) {
    state_copy(&c->middle, s);
    return CYCLE_TRY_ON;
  }
  for (int f = 0; f < c->m->nfield; f++)
    if (c->m->fields[f].decl.jump == JUMP_COUNTS) count(c, f, s, 1);
  b->next = (int)fmin(floor(c->n * fmax(better, 1)), b->span.count);
  b->patience = LEAST;
  b->nsection = 0; /* the first section here is where the trial ends */
  return CYCLE_TAKEN;
}
