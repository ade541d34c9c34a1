/* Problems P1 and P1L: a bonded patch pressed 8 mm deep in equal steps, halved where one fails, as a run does it. */
#include <math.h>
#include <string.h>
#include "bench/block.h"
#include "sim/base/par.h"
#include "sim/mechanics/mechanics.h"
#include "sim/solve/controller.h"

enum { EASY = 12 }; /* as in run/loop.c */

typedef struct counted { /* the problem, with its calls counted */
  nl_problem p;
  long applies, cycles, newton;
} counted;

static status residual(void *ctx, const double *u, double *r) {
  counted *c = ctx;
  return c->p.residual(c->p.ctx, u, r);
}
static status linearize(void *ctx, const double *u) {
  counted *c = ctx;
  c->newton++;
  return c->p.linearize(c->p.ctx, u);
}
static void apply(void *ctx, const double *du, double *dr) {
  counted *c = ctx;
  c->applies++;
  c->p.apply(c->p.ctx, du, dr);
}
static void precondition(void *ctx, const double *r, double *z) {
  counted *c = ctx;
  c->cycles++;
  c->p.precondition(c->p.ctx, r, z);
}
static double size(void *ctx, const double *r) {
  counted *c = ctx;
  return c->p.size(c->p.ctx, r);
}

typedef struct indentation {
  model *m;
  equilibrium *e;
  int nstep;
  double *u, *trial, *lift;
  arena *scratch;
  counted c;
  int accepted, rejected;
  double wall, lost, force; /* s; s in rejected attempts; N */
  status st;
} indentation;

static status run(indentation *d) {
  const model *m = d->m;
  size_t bytes = (size_t)d->c.p.n * sizeof *d->u;
  nl_problem p = {.ctx = &d->c,
                  .n = d->c.p.n,
                  .residual = residual,
                  .linearize = linearize,
                  .apply = apply,
                  .precondition = precondition,
                  .size = size};
  controller c = {.dt = 1.0 / d->nstep, .least = 1.0 / (64 * d->nstep), .most = 1.0 / d->nstep, .easy = EASY};
  double t = 0;
  memset(d->u, 0, bytes);
  for (int k = 1; k <= d->nstep;) {
    int lands, cut = 0;
    for (;; cut = 1) {
      double t0 = par_wall(), dt = controller_step(&c, t, (double)k / d->nstep, &lands);
      memcpy(d->trial, d->u, bytes);
      block_lift(m, t + dt, d->u, d->lift);
      /* Forcing as in mechanics.c. */
      newton_opts o = {.max_newton = m->time.max_newton,
                       .max_krylov = m->time.max_krylov,
                       .krylov_least = 1e-4,
                       .krylov_most = 1e-2,
                       .lift = d->lift};
      nl_report rep;
      status st = newton_solve(&p, &o, d->trial, d->scratch, &rep);
      if (st < 0) return st;
      if (st == ST_OK) {
        double *swap = d->u;
        d->u = d->trial, d->trial = swap, d->accepted++;
        controller_accept(&c, dt, rep.newton, cut);
        t = lands ? (double)k++ / d->nstep : t + dt;
        break;
      }
      d->rejected++, d->lost += par_wall() - t0;
      if (!controller_reject(&c, dt)) FAIL(ST_SOLVE, "at %g of the motion: %s", t, newton_reason(rep.reason));
    }
  }
  double support[3], rig[3 * MODEL_RIGS];
  equilibrium_reactions(d->e, d->u, support, rig);
  d->force = rig[2];
  return ST_OK;
}

static void whole(void *ctx) {
  indentation *d = ctx;
  double t0 = par_wall();
  d->accepted = d->rejected = 0, d->lost = 0, d->c.applies = d->c.cycles = d->c.newton = 0;
  d->st = run(d);
  d->wall = par_wall() - t0;
}

static status measure(bench *b, indentation *d, const char *name, const char *label) {
  solid *s;
  bench_samples t;
  TRY(block_equilibrium(d->m, &s, &d->e));
  d->c.p = equilibrium_problem(d->e);
  NEW(d->m->memory, d->u, d->c.p.n);
  NEW(d->m->memory, d->trial, d->c.p.n);
  NEW(d->m->memory, d->lift, d->c.p.n);
  if (!(d->scratch = arena_create(1 << 20))) FAIL(ST_INTERNAL, "out of memory");
  bench_time(b, whole, d, &t);
  char row[BENCH_TEXT];
  long n = d->c.p.n;
#define ROW(what) (snprintf(row, sizeof row, "%s_" what, name), row)
  if (d->st) {
    /* A run that does not reach the end has no time: the table says so, and the program ends with a failure. */
    TRY(bench_number(b, ROW("wall"), label, n, (double)NAN, "s"));
    return d->st;
  }
  TRY(bench_timed(b, ROW("wall"), label, n, &t, 1, 0, "s", NULL));
  TRY(bench_number(b, ROW("steps"), label, n, d->accepted, "1"));
  TRY(bench_number(b, ROW("rejected"), label, n, d->rejected, "1"));
  TRY(bench_number(b, ROW("lost"), label, n, 100 * d->lost / d->wall, "% of time"));
  TRY(bench_number(b, ROW("newton"), label, n, (double)d->c.newton, "1"));
  TRY(bench_number(b, ROW("applies"), label, n, (double)d->c.applies, "1"));
  TRY(bench_number(b, ROW("cycles"), label, n, (double)d->c.cycles, "1"));
  return bench_number(b, ROW("force"), label, n, d->force, "N");
#undef ROW
}

static status indent(bench *b, block k, int nstep, const char *name) {
  char label[BENCH_TEXT];
  int nz = 0;
  for (int l = 0; l < k.nlayer; l++) nz += k.layer[l].sheets;
  snprintf(label, sizeof label, "%dx%dx%d", k.cells, k.cells, nz);
  indentation d = {.nstep = nstep};
  TRY(block_build(&k, &d.m));
  status st = measure(b, &d, name, label);
  arena_destroy(&d.scratch);
  model_free(&d.m);
  return st;
}

/* Cells in the plane: 53 k, 234 k, 931 k unknowns are 18, 30, 48; the quick one has 17 k. */
status case_p1(bench *b) {
  if (b->size < SIZE_FULL)
    return indent(b, block_p1(b->size == SIZE_TINY ? 6 : 12, b->size == SIZE_TINY ? 2 : 4), 4, "p1");
  TRY(indent(b, block_p1(18, 6), 4, "p1"));
  if (b->size < SIZE_LONG) return ST_OK;
  TRY(indent(b, block_p1(30, 10), 4, "p1"));
  return indent(b, block_p1(48, 16), 4, "p1");
}

/* 56 k, 151 k, 492 k unknowns: as near as uniform meshes come to 53 k, 154 k, 497 k. */
status case_p1l(bench *b) {
  if (b->size == SIZE_TINY) return indent(b, block_p1_layers(6, 2, 1, 1, 1), 8, "p1l");
  if (b->size == SIZE_QUICK) return indent(b, block_p1_layers(9, 3, 1, 1, 1), 8, "p1l");
  TRY(indent(b, block_p1_layers(16, 4, 1, 2, 1), 8, "p1l"));
  if (b->size < SIZE_LONG) return ST_OK;
  TRY(indent(b, block_p1_layers(24, 5, 1, 3, 1), 8, "p1l"));
  return indent(b, block_p1_layers(40, 6, 1, 4, 1), 8, "p1l");
}
