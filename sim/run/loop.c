/* The loop over steps: attempts, retries, frames, history, stopping. */
#include <math.h>
#include <signal.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/shape.h"
#include "sim/mechanics/mechanics.h"
#include "sim/mesh/mesh.h"
#include "sim/run/cycle.h"
#include "sim/run/step.h"
#include "sim/run/watch.h"
#include "sim/solve/controller.h"
#include "sim/state/schedule.h"

/* Newton iterations of an easy step, all augmentations together: up to this many the next step may grow. Numerical. */
enum { EASY = 12 };

typedef struct loop {
  const model *m;
  const sink *sinks;
  int nsink;
  state *now, *next;
  arena *scratch, *memory;
  watcher *watch;
  cycle *cycles; /* NULL: every one is computed */
  double jumped; /* s jumped over since the last row */
  run_report *rep;
  double wall0, fields, output;
  double spent;     /* s of wall time before a restart */
  double kept_wall; /* when the last checkpoint was written */
  long framed;      /* step of the last frame */
  int opened;       /* the sinks take rows and frames */
} loop;

/* All of the loop that is neither state nor rebuilt: what run_memory.bytes is. */
typedef struct kept {
  double dt, spent, base[BODY_LAYERS], jumped;
  cycle_book cycles;
  long framed;
  run_report rep;
} kept;

static status write_frame(loop *l) {
  double t0 = par_wall();
  if (l->framed == l->rep->steps) return ST_OK;
  for (int i = 0; i < l->nsink; i++) TRY(l->sinks[i].frame(l->sinks[i].self, l->m, l->now, l->rep->steps));
  l->framed = l->rep->steps;
  l->rep->frames++;
  l->output += par_wall() - t0;
  return ST_OK;
}

static status write_row(loop *l, double dt, double wall, int base) {
  double t0 = par_wall();
  TRY(watch_step(l->watch, l->now, dt, wall, l->jumped, base, l->scratch, l->rep));
  l->jumped = 0;
  double t1 = par_wall();
  for (int i = 0; i < l->nsink; i++) TRY(l->sinks[i].row(l->sinks[i].self, l->now->time, watch_columns(l->watch)));
  l->fields += t1 - t0, l->output += par_wall() - t1;
  return ST_OK;
}

static status keep(loop *l, const controller *c) {
  kept k;
  memset(&k, 0, sizeof k); /* the padding, too */
  k.dt = c->dt, k.spent = l->spent + par_wall() - l->wall0, k.framed = l->framed;
  memcpy(k.base, watch_base(l->watch), sizeof k.base);
  k.rep = *l->rep;
  k.rep.status = NULL;
  run_memory memory = {.steps = l->rep->steps, .bytes = &k, .size = sizeof k};
  if (l->cycles) k.cycles = *cycle_notes(l->cycles), memory.more = cycle_values(l->cycles, &memory.nmore);
  k.jumped = l->jumped;
  for (int i = 0; i < l->nsink; i++)
    if (l->sinks[i].checkpoint) TRY(l->sinks[i].checkpoint(l->sinks[i].self, l->m, l->now, &memory));
  l->kept_wall = par_wall();
  return ST_OK;
}

static status take_up(loop *l, controller *c, const run_restart *from) {
  kept k;
  size_t nmore = 0;
  double *more = l->cycles ? cycle_values(l->cycles, &nmore) : NULL;
  if (from->nvalue != l->m->state_size || from->size != sizeof k || from->nmore != nmore)
    FAIL(ST_INPUT, "the checkpoint does not fit: it was written by another version of this program");
  memcpy(&k, from->bytes, sizeof k);
  memcpy(l->now->value, from->value, from->nvalue * sizeof *from->value);
  l->now->time = from->time;
  c->dt = k.dt, l->spent = k.spent, l->framed = k.framed;
  memcpy(watch_base(l->watch), k.base, sizeof k.base);
  l->jumped = k.jumped;
  if (l->cycles) *cycle_notes(l->cycles) = k.cycles, memcpy(more, from->more, nmore * sizeof *more);
  k.rep.status = l->rep->status;
  *l->rep = k.rep;
  return ST_OK;
}

/* A hand that presses on so few points of the skin stands between them: elements are too coarse for it. Numerical: a
   tripod is the least that stands. */
enum { POINTS_LEAST = 3 };

/* The hand at work at t that presses on too few points, -1: none. *n: on how many. */
static int poorly_met(const loop *l, double t, int *n) {
  const model *m = l->m;
  const double *owner = state_view(l->now, model_field(m, "contact_owner"));
  const double *pressure = state_view(l->now, model_field(m, "skin_pressure"));
  const double *touching = state_view(l->now, model_field(m, "hand_touching"));
  for (int i = 0; i < m->ntool; i++) {
    if (schedule_entry(m, i, t) < 0 || !(touching[i] > 0)) continue;
    *n = 0;
    for (int k = 0; k < m->mesh->nskin * QUAD_FACET; k++) *n += (int)owner[k] == i + 1 && pressure[k] > 0;
    if (*n < POINTS_LEAST) return i;
  }
  return -1;
}

static void advise(const loop *l, double t, char *text, size_t size) {
  int n, tool = poorly_met(l, t, &n);
  snprintf(text, size, "try a smaller time.max or a lower press");
  if (tool >= 0)
    snprintf(text, size, "%s meets only %d point%s of the skin: try smaller elements%s, or a smaller time.max",
             l->m->tools[tool].name, n, n == 1 ? "" : "s",
             l->m->resolution == RESOLUTION_DRAFT ? " than 'resolution: draft'" : "");
}

/* Why it ended: what, where, when, doing what, what is kept, what to try. */
static void explain(loop *l, double dt, status st) {
  const model *m = l->m;
  run_report *r = l->rep;
  char where[160] = "", during[128] = "", advice[160];
  long frames = r->frames + (l->framed != r->steps); /* the last good state is still to be written */
  int cell = mechanics_culprit(m->process_self[0]);
  r->culprit = cell;
  if (cell >= 0) {
    const double *x = m->mesh->x + 3 * (size_t)m->mesh->cell[CELL_NODES * cell + 13];
    snprintf(where, sizeof where, "element %d (layer %s, centre %.1f %.1f %.1f mm): ", cell,
             m->geometry.layer[m->mesh->layer[cell]], 1e3 * x[0], 1e3 * x[1], 1e3 * x[2]);
  }
  for (int t = 0; t < m->ntool; t++) {
    int e = schedule_entry(m, t, l->now->time + dt);
    if (e < 0) continue;
    snprintf(during, sizeof during, " during %s by %s (session entry at line %d)", m->entries[e].kind->name,
             m->tools[t].name, m->entries[e].line);
    break;
  }
  advise(l, l->now->time + dt, advice, sizeof advice);
  snprintf(r->message, sizeof r->message, "%s%s at t = %g s%s; %s%ld frames up to t = %g s are kept; %s", where,
           err_message(), l->now->time + dt, during, st == ST_RETRY ? "the step could not be made small enough; " : "",
           frames, l->now->time, advice);
}

static int is_over(const loop *l) {
  return l->now->time >= l->m->time.end * (1 - 1e-12);
}

static double next_frame(const loop *l, long *k) {
  double every = l->m->output.every, t = l->now->time;
  while ((double)*k * every <= t + 1e-9 * every) ++*k;
  return (double)*k * every;
}

/* What an accepted step is good for: a row, and what is remembered of its cycle. A trial's is only counted. */
static status accept(loop *l, double dt, double wall, const run_opts *o) {
  const double *cost = state_view(l->now, model_field(l->m, "solver"));
  TRY(write_row(l, dt, wall, 0));
  if (l->cycles) l->rep->cycles.computed += cycle_note(l->cycles, l->now, dt);
  if (o->progress)
    o->progress(o->progress_ctx, l->m, l->now->time, dt, (int)cost[SOLVER_NEWTON], par_wall() - l->wall0,
                l->rep->steps);
  return ST_OK;
}

static void count_trial(loop *l) {
  const double *cost = state_view(l->now, model_field(l->m, "solver"));
  l->rep->newton += (long)cost[SOLVER_NEWTON], l->rep->krylov += (long)cost[SOLVER_KRYLOV],
      l->rep->augmentations += (long)cost[SOLVER_AUGMENTATIONS];
}

/* trial: ST_RETRY when it cannot be made, which is then no failure of the run. */
static status step_once(loop *l, controller *c, double stop, int trial, const run_opts *o) {
  double error, t0 = par_wall();
  int cut = 0;
  for (;;) {
    int lands;
    controller asked = *c;
    asked.dt = schedule_gentle_step(l->m, l->now->time, c->dt);
    if (l->m->inertia) asked.dt = fmin(asked.dt, schedule_longest_step(l->m, l->now->time));
    double dt = controller_step(&asked, l->now->time, stop, &lands);
    status st = step_try(l->m, dt, l->now, l->next, l->scratch, &error);
    if (st < 0) {
      explain(l, dt, st);
      return st;
    }
    if (st == ST_OK && error <= 1) {
      if (lands) l->next->time = stop;
      state *swap = l->now;
      l->now = l->next, l->next = swap;
      l->rep->steps++, l->rep->time = l->now->time;
      controller_accept(c, dt, (int)state_view(l->now, model_field(l->m, "solver"))[SOLVER_NEWTON], cut);
      if (!trial) return accept(l, dt, par_wall() - t0, o);
      count_trial(l);
      return ST_OK;
    }
    cut = 1;
    l->rep->cutbacks++;
    if (!controller_reject(c, dt)) {
      if (trial) return ST_RETRY;
      explain(l, dt, ST_RETRY);
      return err_set(ST_SOLVE, __FILE__, __LINE__, "%s", l->rep->message);
    }
  }
}

/* Computes the next cycle after a jump, of which nobody hears. frame: of the next one that would be due. */
static status try_cycle(loop *l, controller *c, long *frame, const run_opts *o) {
  double until = cycle_due(l->cycles);
  while (l->now->time < until - 1e-9 && !(o->stop && *o->stop))
    TRY(step_once(l, c, fmin(next_frame(l, frame), schedule_next_event(l->m, l->now->time)), 1, o));
  return ST_OK;
}

/* Jumps over cycles when it is time to. A signal ends the trial as if the jump had never begun, so that a restart tries
   it again; the time a run may take does not, for a restart must get further. *moved: the run is somewhere else now, or
   a signal came. */
static status jump(loop *l, controller *c, long frame, const run_opts *o, int *moved) {
  int n;
  *moved = 0;
  while (l->cycles && (n = cycle_ready(l->cycles)) > 0) {
    const run_report before = *l->rep;
    const controller start = *c;
    double from = l->now->time, error = 0;
    long due = frame; /* a copy: those passed in a trial may be due again */
    cycle_verdict verdict;
    TRY(cycle_jump(l->cycles, n, l->now, l->scratch));
    do {
      status st = try_cycle(l, c, &due, o);
      if (st < 0) return st;
      if (o->stop && *o->stop) {
        cycle_back(l->cycles, l->now);
        *l->rep = before, *c = start, *moved = 1;
        return ST_OK;
      }
      verdict = st == ST_OK ? cycle_judge(l->cycles, l->now, &error) : cycle_refuse(l->cycles);
    } while (verdict == CYCLE_TRY_ON);
    report_cycles *r = &l->rep->cycles;
    if (verdict == CYCLE_TAKEN) {
      r->jumps++, r->jumped += n, r->computed += CYCLE_TRIAL;
      r->error_max = fmax(r->error_max, error);
      l->jumped = l->now->time - from;
      (void)cycle_note(l->cycles, l->now, 0);
      *moved = 1;
      return ST_OK;
    }
    r->rejected++;
    cycle_back(l->cycles, l->now);
    l->rep->time = from, *c = start;
  }
  return ST_OK;
}

static status run(loop *l, const run_opts *o, const run_info *info) {
  const model *m = l->m;
  controller c = {.dt = m->time.first, .least = m->time.min, .most = m->time.max, .easy = EASY};
  long frame = 1;
  for (int i = 0; i < m->nprocess; i++)
    if (m->processes[i]->start) TRY(m->processes[i]->start(m->process_self[i], m, l->now));
  /* What `start` put into the processes themselves is wanted after a restart, too; the state it made is not. */
  if (o->from) TRY(take_up(l, &c, o->from));
  for (int i = 0; i < l->nsink; i++) TRY(l->sinks[i].open(l->sinks[i].self, m, info, watch_columns(l->watch)));
  l->opened = 1;
  if (!o->from) {
    TRY(write_row(l, 0, 0, 1));
    TRY(write_frame(l));
    if (l->cycles) (void)cycle_note(l->cycles, l->now, 0);
  }
  while (!is_over(l)) {
    int jumped;
    TRY(jump(l, &c, frame, o, &jumped));
    if (!jumped) {
      double due = next_frame(l, &frame), event = fmin(schedule_next_event(m, l->now->time), m->time.end);
      TRY(step_once(l, &c, fmin(due, event), 0, o));
      if (l->now->time >= due - 1e-9) TRY(write_frame(l));
    }
    int stop = o->stop ? *o->stop : 0, late = par_wall() - l->wall0 > o->max_wall;
    int over = is_over(l), done = over || l->now->time >= o->until;
    if (stop || (done ? !over : late) || (o->checkpoint_every > 0 && par_wall() - l->kept_wall > o->checkpoint_every))
      TRY(keep(l, &c)); /* before the frame that an interruption adds: a restart must not see it */
    if (stop)
      return err_set(stop == SIGINT ? ST_SIGINT : ST_SIGTERM, __FILE__, __LINE__, "interrupted at t = %g s",
                     l->now->time);
    if (done) break;
    if (late) return err_set(ST_WALL, __FILE__, __LINE__, "stopped at --max-wall, t = %g s", l->now->time);
  }
  return write_frame(l);
}

status run_loop(const model *m, const run_opts *o, const run_info *info, const sink *sinks, int nsink,
                run_report *rep) {
  *rep = (run_report){.status = "failed", .culprit = -1, .volume_least = 1};
  loop l = {.m = m, .sinks = sinks, .nsink = nsink, .rep = rep, .wall0 = par_wall(), .framed = -1};
  l.kept_wall = l.wall0;
  status st = ST_OK;
  l.memory = arena_create(1 << 16), l.scratch = arena_create(1 << 20);
  if (!l.memory || !l.scratch) FAIL_OR(done, ST_INTERNAL, "out of memory for the loop");
  TRY_OR(done, watch_create(m, l.memory, &l.watch));
  TRY_OR(done, cycle_create(m, l.memory, &l.cycles));
  TRY_OR(done, state_create(m, &l.now));
  TRY_OR(done, state_create(m, &l.next));
  st = run(&l, o, info);
  if (st == ST_OK && is_over(&l)) {
    rep->status = "complete";
  } else if (st == ST_OK) { /* as asked, so no failure; but there is more to come */
    rep->status = "interrupted";
    snprintf(rep->message, sizeof rep->message, "stopped by --until at t = %g s", l.now->time);
  } else if (st == ST_SIGINT || st == ST_SIGTERM || st == ST_WALL) {
    rep->status = "interrupted";
  }
  if (st && !rep->message[0]) snprintf(rep->message, sizeof rep->message, "%s", err_message());
  /* What was computed is kept: the last good state becomes the last frame. Before the sinks are open there is none: the
     body did not come to rest, or a checkpoint did not fit. */
  if (st && st != ST_OUTPUT && l.opened && write_frame(&l) != ST_OK)
    snprintf(rep->message, sizeof rep->message, "%s", err_message());
done:
  rep->wall = l.spent + par_wall() - l.wall0;
  run_end end = {.status = rep->status, .message = rep->message, .wall = rep->wall, .culprit = rep->culprit};
  for (int i = 0; i < nsink; i++) {
    status closed = sinks[i].close(sinks[i].self, &end);
    if (st == ST_OK) st = closed;
  }
  const double *seconds = mechanics_seconds(m->process_self[0]);
  for (rep->nphase = 0; rep->nphase < MECH_PHASES; rep->nphase++)
    rep->phase[rep->nphase] = (report_phase){mechanics_phase[rep->nphase], seconds[rep->nphase]};
  rep->phase[rep->nphase++] = (report_phase){"fields and history", l.fields};
  rep->phase[rep->nphase++] = (report_phase){"output", l.output};
  state_free(&l.now);
  state_free(&l.next);
  arena_destroy(&l.scratch);
  arena_destroy(&l.memory);
  return st;
}
