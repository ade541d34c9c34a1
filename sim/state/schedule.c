#include "sim/state/schedule.h"
#include <stdlib.h>

static double entry_end(const entry *e) {
  return e->start + e->duration;
}

int schedule_entry(const model *m, int who, double t) {
  int found = -1;
  /* Where one entry ends and another begins both are at rest with no force; the later one goes on. */
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = &m->entries[i];
    if (e->tool != who || t < e->start - SAME_TIME || t > entry_end(e) + SAME_TIME) continue;
    if (found < 0 || e->start > m->entries[found].start) found = i;
  }
  return found;
}

/* The entry of a tool that is nearest in time; of two equally near ones the later. */
static int nearest_entry(const model *m, int who, double t) {
  int found = -1;
  double least = HUGE_VAL;
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = &m->entries[i];
    if (e->tool != who) continue;
    double away = fmax(fmax(e->start - t, t - entry_end(e)), 0);
    if (away < least || (away == least && found >= 0 && e->start > m->entries[found].start)) {
      least = away;
      found = i;
    }
  }
  return found;
}

/* Mirrored in the plane of the spine: across changes sign, and of a rotation the parts about the two axes in that plane
   (in the tool's frame: y along, z outward). */
void schedule_entry_drive(const entry *e, double t, drive *out) {
  e->kind->drive(e->par, fmin(fmax(t, 0), e->duration), out);
  if (!e->mirror) return;
  out->across = -out->across;
  out->vel[1] = -out->vel[1];
  out->rot[1] = -out->rot[1];
  out->rot[2] = -out->rot[2];
}

void schedule_own_drive(const model *m, int who, double t, drive *out) {
  *out = (drive){.rot = {0, 0, 0, 1}, .normal = DRIVE_FREE};
  int running = schedule_entry(m, who, t), i = running >= 0 ? running : nearest_entry(m, who, t);
  if (i < 0) return; /* this tool has nothing to do in the whole session */
  const entry *e = &m->entries[i];
  schedule_entry_drive(e, t - e->start, out);
  if (running < 0) { /* waits where it will begin, or where it ended */
    out->force = out->vel[0] = out->vel[1] = 0;
    out->normal = DRIVE_FREE;
  }
  if (out->normal == DRIVE_FORCE && !(out->force > 0)) out->normal = DRIVE_FREE;
}

/* N, on what a hand stands on: its own and that of all above it. */
static double weighs(const model *m, int who, double t) {
  drive own;
  schedule_own_drive(m, who, t, &own);
  double force = own.normal == DRIVE_FORCE ? own.force : 0;
  for (int i = 0; i < m->ntool; i++)
    if (m->tools[i].rests_on == who + 1) force += weighs(m, i, t);
  return force;
}

void schedule_drive(const model *m, int who, double t, drive *out) {
  schedule_own_drive(m, who, t, out);
  if (out->normal == DRIVE_FORCE)
    for (int i = 0; i < m->ntool; i++)
      if (m->tools[i].rests_on == who + 1) out->force += weighs(m, i, t);
  if (!m->tools[who].rests_on) return;
  int under = who;
  while (m->tools[under].rests_on) under = m->tools[under].rests_on - 1;
  drive below;
  schedule_own_drive(m, under, t, &below);
  out->along = below.along, out->across = below.across;
  out->vel[0] = below.vel[0], out->vel[1] = below.vel[1];
}

double schedule_longest_step(const model *m, double t) {
  double least = HUGE_VAL;
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = &m->entries[i];
    if (!e->kind->period || t < e->start - SAME_TIME || t > entry_end(e) + SAME_TIME) continue;
    least = fmin(least, e->kind->period(e->par) / m->time.per_period);
  }
  return least;
}

/* Way and change of load of a tool from t to t + dt, each over what is allowed: the larger one. Sampled, for a way may
   lead back to where it began. */
static double share_of_limits(const model *m, int who, double t, double dt) {
  enum { SAMPLES = 8 };
  double way = 0, least = HUGE_VAL, most = -HUGE_VAL;
  drive last, d;
  for (int i = 0; i <= SAMPLES; i++) {
    schedule_drive(m, who, t + dt * i / SAMPLES, &d);
    double force = d.normal == DRIVE_FORCE ? d.force : 0;
    least = fmin(least, force), most = fmax(most, force);
    if (i && (d.normal != DRIVE_FREE || last.normal != DRIVE_FREE))
      way += hypot(d.along - last.along, d.across - last.across);
    last = d;
  }
  return fmax(m->time.travel > 0 ? way / m->time.travel : 0, m->time.load > 0 ? (most - least) / m->time.load : 0);
}

double schedule_gentle_step(const model *m, double t, double dt) {
  const double round_off = 1e-9; /* so that a way of just the limit is not cut in two */
  if (!(m->time.travel > 0) && !(m->time.load > 0)) return dt;
  for (int who = 0; who < m->ntool; who++)
    for (int i = 0; i < 60; i++) { /* each takes a tenth at least: down to 2e-3 of dt where none takes more */
      double share = share_of_limits(m, who, t, dt);
      if (share <= 1 + round_off || dt <= m->time.min) break;
      dt = fmax(m->time.min, dt * fmax(0.25, fmin(0.9, 1 / share)));
    }
  return dt;
}

/* What lies between two entries, or two motions of a rig or of the body, that the cycles must keep clear of. */
typedef struct span {
  double from, to;
} span;

static void idle_hand(const model *m, int tool, double t, span *clear) {
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = &m->entries[i];
    if (e->tool != tool) continue;
    if (e->start > t) clear->to = fmin(clear->to, e->start);
    if (entry_end(e) < t) clear->from = fmax(clear->from, entry_end(e));
  }
}

/* Is what moves from `start` to `end` at rest at t? */
static int resting(double start, double end, double t, span *clear) {
  if (t < start)
    clear->to = fmin(clear->to, start);
  else if (t >= end)
    clear->from = fmax(clear->from, end);
  else
    return 0;
  return 1;
}

int schedule_cycle(const model *m, double t, technique_cycle *out) {
  span clear = {-HUGE_VAL, m->time.end};
  *out = (technique_cycle){0};
  for (int who = 0; who < m->ntool; who++) {
    int i = schedule_entry(m, who, t);
    if (i < 0) {
      idle_hand(m, who, t, &clear);
      continue;
    }
    const entry *e = &m->entries[i];
    technique_cycle c = e->kind->cycle ? e->kind->cycle(e->par) : (technique_cycle){0};
    if (c.count < 2 || (out->period > 0 && fabs(c.period - out->period) > SAME_TIME)) return 0;
    double first = e->start + c.first;
    clear.to = fmin(clear.to, first + c.count * c.period);
    /* The latest of several hands: by then all of them go round. */
    if (!(out->period > 0) || first > out->first) out->first = first;
    out->period = c.period;
  }
  for (int i = 0; i < m->nrig; i++)
    if (!resting(m->rigs[i].start, m->rigs[i].start + m->rigs[i].ramp, t, &clear)) return 0;
  for (int i = 0; i < m->nstretch; i++) {
    const stretch *k = &m->stretches[i];
    double there = k->start + k->ramp, leave = there + k->hold;
    if (!resting(k->start, there, t, &clear) || !resting(leave, leave + k->back, t, &clear)) return 0;
  }
  if (!(out->period > 0)) return 0;
  double skipped = fmax(ceil((clear.from - out->first - SAME_TIME) / out->period), 0);
  out->first += skipped * out->period;
  out->count = (int)floor((clear.to - out->first + SAME_TIME) / out->period);
  double end = out->first + out->count * out->period;
  return out->count >= 2 && t >= out->first - SAME_TIME && t <= end + SAME_TIME;
}

double schedule_rig(const rig *r, double t) {
  double into = t - r->start;
  if (!(into > 0)) return 0;
  return into < r->ramp ? into / r->ramp : 1;
}

/* 0 to 1 over a time, with two vanishing derivatives at both ends; exact there, also when a step lands there to a
   rounding. */
static double ease(double into, double length) {
  double t = into / length;
  if (into > length - SAME_TIME) return 1;
  return t > 0 ? t * t * t * (10 - t * (15 - 6 * t)) : 0;
}

static double between(double from, double to, double share) {
  return share < 1 ? from + share * (to - from) : to;
}

double schedule_stretch(const model *m, double t) {
  double at = 0;
  for (int i = 0; i < m->nstretch && t > m->stretches[i].start; i++) {
    const stretch *k = &m->stretches[i];
    double into = t - k->start, from = at;
    at = between(from, k->amount, ease(into, k->ramp));
    if (k->back > 0 && into > k->ramp + k->hold) at = between(k->amount, from, ease(into - k->ramp - k->hold, k->back));
  }
  return at;
}

static int by_time(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Those that may be jumped over. */
static technique_cycle cycles_of(const model *m, const entry *e) {
  return m->time.cycles == CYCLES_JUMP && e->kind->cycle ? e->kind->cycle(e->par) : (technique_cycle){0};
}

enum { TECHNIQUE_EVENTS = 16384 }; /* of one entry: 100 strokes have 400, two minutes of a percussion gun 12 000 */

status schedule_events(model *m) {
  double *buffer;
  size_t most = 1 + 3 * (size_t)m->nrig + 4 * (size_t)m->nstretch + (size_t)m->nentry * (TECHNIQUE_EVENTS + 2);
  for (int i = 0; i < m->nentry; i++) most += (size_t)fmax(cycles_of(m, &m->entries[i]).count + 1, 0);
  /* Gathered in a place of their own, so that the model keeps only those that remain. */
  arena *scratch = arena_create(most * sizeof(double) + 4096);
  if (!scratch) FAIL(ST_INTERNAL, "out of memory: %zu bytes for events", most * sizeof(double));
  status st = ST_OK;
  int n = 0, kept = 0;
  if (!(buffer = arena_alloc(scratch, most * sizeof *buffer)))
    FAIL_OR(done, ST_INTERNAL, "out of memory: %zu bytes for events", most * sizeof *buffer);
  for (int i = 0; i < m->nentry; i++) {
    const entry *e = &m->entries[i];
    int inside = e->kind->events ? e->kind->events(e->par, TECHNIQUE_EVENTS, buffer + n) : 0;
    if (inside >= TECHNIQUE_EVENTS)
      FAIL_OR(done, ST_INPUT, "line %d: %s has %d or more turns; split the entry", e->line, e->kind->name, inside);
    for (int k = 0; k < inside; k++) buffer[n + k] += e->start;
    n += inside;
    /* What is kept of a cycle is kept at its ends. */
    technique_cycle c = cycles_of(m, e);
    for (int k = 0; k <= c.count && c.count > 1; k++) buffer[n++] = e->start + c.first + k * c.period;
    buffer[n++] = e->start;
    buffer[n++] = entry_end(e);
  }
  for (int i = 0; i < m->nrig; i++) {
    const rig *r = &m->rigs[i];
    buffer[n++] = r->start;
    buffer[n++] = r->start + r->ramp;
    buffer[n++] = r->start + r->ramp + r->hold;
  }
  for (int i = 0; i < m->nstretch; i++) {
    const stretch *k = &m->stretches[i];
    buffer[n++] = k->start;
    buffer[n++] = k->start + k->ramp;
    buffer[n++] = k->start + k->ramp + k->hold;
    buffer[n++] = k->start + k->ramp + k->hold + k->back;
  }
  qsort(buffer, (size_t)n, sizeof *buffer, by_time);
  /* Sorted; those after the end or next to it are the end, those next to 0 or to the one before are none. */
  for (int i = 0; i < n; i++)
    if (buffer[i] > SAME_TIME && buffer[i] < m->time.end - SAME_TIME &&
        (kept == 0 || buffer[i] > buffer[kept - 1] + SAME_TIME))
      buffer[kept++] = buffer[i];
  buffer[kept++] = m->time.end;
  m->event = arena_alloc(m->memory, (size_t)kept * sizeof *m->event);
  if (!m->event) FAIL_OR(done, ST_INTERNAL, "out of memory: %zu bytes for events", (size_t)kept * sizeof *m->event);
  for (int i = 0; i < kept; i++) m->event[i] = buffer[i];
  m->nevent = kept;
done:
  arena_destroy(&scratch);
  return st;
}

double schedule_next_event(const model *m, double t) {
  for (int i = 0; i < m->nevent; i++)
    if (m->event[i] > t + SAME_TIME) return m->event[i];
  return HUGE_VAL;
}
