/* Problems P1 (even and graded), P1L and P1F: a bonded patch pressed 8 mm deep in equal steps. */
#include <math.h>
#include <string.h>
#include "bench/march.h"
#include "bench/nest.h"
#include "sim/base/par.h"

/* The end of a march, which the one on the next finer mesh sets out from; m NULL: none yet. */
typedef struct ended {
  model *m;
  double *u; /* the model's */
} ended;

/* Numerical (edge_soften), of the strip. Two sides: with 0.01 instead nine cuts take half as many iterations again, ten
   had not arrived after a minute (1.0 s with 0.03); forces are the same to 0.001 N. Four sides: with 0.03 seven cuts
   had not after two minutes, with 0.01 eight do. With 0.1 and more Newton ended in folds that are no body's, in
   columns. */
static const double LEAST = 0.03;

typedef struct indentation {
  march *d;
  const ended *from; /* NULL: from rest */
  double wall;
  status st;
} indentation;

static void whole(void *ctx) {
  indentation *i = ctx;
  double t0 = par_wall();
  march_rest(i->d);
  if (i->from && i->from->m) {
    i->st = nest_bring(i->from->m->mesh, i->from->u, i->d->m->mesh, i->d->u);
    if (i->st == ST_OK) i->st = march_settle(i->d);
  } else {
    i->st = march_on(i->d, i->d->nstep);
  }
  i->wall = par_wall() - t0;
}

static status measure(bench *b, const block *k, march *d, equilibrium *e, const ended *from, const char *name,
                      const char *label, double *force) {
  indentation i = {.d = d, .from = from};
  bench_samples t;
  char row[BENCH_TEXT];
  long n = d->p.n;
  bench_time(b, whole, &i, &t);
#define ROW(what) (snprintf(row, sizeof row, "%s_" what, name), row)
  if (i.st) {
    /* A run that does not reach the end has no time: the table says so, and the program ends with a failure. */
    TRY(bench_number(b, ROW("wall"), label, n, (double)NAN, "s"));
    return i.st;
  }
  double support[3], rig[3 * MODEL_RIGS];
  equilibrium_reactions(e, d->u, support, rig);
  TRY(bench_timed(b, ROW("wall"), label, n, &t, 1, 0, "s", NULL));
  TRY(bench_number(b, ROW("steps"), label, n, d->accepted, "1"));
  TRY(bench_number(b, ROW("rejected"), label, n, d->rejected, "1"));
  TRY(bench_number(b, ROW("lost"), label, n, 100 * d->lost / i.wall, "% of time"));
  TRY(bench_number(b, ROW("newton"), label, n, (double)d->newton, "1"));
  TRY(bench_number(b, ROW("applies"), label, n, (double)d->applies, "1"));
  TRY(bench_number(b, ROW("cycles"), label, n, (double)d->cycles, "1"));
  if (k->lo == 0) TRY(bench_number(b, ROW("inside_out"), label, n, block_inside_out(k, d->m, d->u), "1"));
  *force = block_times(k) * rig[2];
  return bench_number(b, ROW("force"), label, n, *force, "N");
#undef ROW
}

static status keep(ended *end, const march *d) {
  NEW(end->m->memory, end->u, d->p.n);
  memcpy(end->u, d->u, (size_t)d->p.n * sizeof *d->u);
  return ST_OK;
}

/* Returns the force, N, and the number of unknowns. from: NULL, or where it begins and then has ended. */
static status indent_as(bench *b, block k, int nstep, const char *name, int patient, ended *from, double *force,
                        long *unknowns) {
  char label[BENCH_TEXT];
  int nz = 0;
  for (int l = 0; l < k.nlayer; l++) nz += k.layer[l].sheets;
  if (k.rings.cuts)
    snprintf(label, sizeof label, "sides %d cuts %d%s", k.rings.sides, k.rings.cuts, k.strip ? " strip" : " quarter");
  else
    snprintf(label, sizeof label, "%dx%dx%d%s", k.cells, k.strip ? 1 : k.cells, nz,
             k.lo < 0  ? ""
             : k.strip ? " strip"
                       : " quarter");
  model *m;
  solid *s;
  equilibrium *e;
  march d = {0};
  TRY(block_build(&k, &m));
  edge *about = NULL;
  status st = k.rings.cuts ? block_edge(&k, m, &about) : ST_OK;
  if (st == ST_OK) st = block_equilibrium(m, &s, &e);
  if (st == ST_OK && about) edge_soften(about, LEAST), equilibrium_add(e, edge_term(about));
  if (st == ST_OK) st = march_create(&d, m, equilibrium_problem(e), nstep);
  d.patient = patient;
  if (st == ST_OK) st = measure(b, &k, &d, e, from, name, label, force);
  *unknowns = 3L * m->mesh->nnode;
  if (st == ST_OK && from) {
    model *old = from->m;
    from->m = m, m = old;
    st = keep(from, &d);
  }
  march_free(&d);
  model_free(&m);
  return st;
}
static status indent(bench *b, block k, int nstep, const char *name) {
  double force;
  long unknowns;
  return indent_as(b, k, nstep, name, 0, NULL, &force, &unknowns);
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
static status layered(bench *b, block_fibres fibres, const char *name) {
  static const int sheets[][5] = {
      {6, 2, 1, 1, 1}, {9, 3, 1, 1, 1}, {16, 4, 1, 2, 1}, {24, 5, 1, 3, 1}, {40, 6, 1, 4, 1}};
  static const int first[] = {0, 1, 2, 2}, last[] = {0, 1, 2, 4};
  for (int i = first[b->size]; i <= last[b->size]; i++) {
    block k = block_p1_layers(sheets[i][0], sheets[i][1], sheets[i][2], sheets[i][3], sheets[i][4]);
    k.fibres = fibres;
    TRY(indent(b, k, 8, name));
  }
  return ST_OK;
}
status case_p1l(bench *b) {
  return layered(b, FIBRES_NONE, "p1l");
}
status case_p1f(bench *b) {
  return layered(b, FIBRES_IN_TENSION, "p1f");
}

/* Quarters, nested; their forces times four, those of strips are of 40 mm. Eight steps, since thin elements at the
   patch's edge turn inside out sooner; the skin there folds, in a way that is not stable on the way (README). */
static status graded(bench *b, int strip, int last, const char *name) {
  for (int halve = b->size == SIZE_LONG ? 1 : last; halve <= last; halve++) {
    double force;
    long unknowns;
    TRY(indent_as(b, block_p1_graded(halve, strip), 8, name, 1, NULL, &force, &unknowns));
  }
  return ST_OK;
}
status case_p1g(bench *b) {
  static const int last[] = {2, 2, 3, 5};
  return graded(b, 0, last[b->size], "p1g");
}
status case_p1s(bench *b) {
  static const int last[] = {2, 4, 6, 8};
  return graded(b, 1, last[b->size], "p1s");
}

/* In rings, looked at to their corners. Only the coarsest is marched from rest. */
enum { CUTS = 12 };
typedef struct series {
  int n;
  double force[CUTS];
  long unknowns[CUTS];
} series;

static status ringed(bench *b, rings r, int strip, int last, series *s) {
  status st = ST_OK;
  ended from = {0};
  for (s->n = 0; s->n < last && st == ST_OK; s->n++) {
    r.cuts = s->n + 1;
    st = indent_as(b, block_p1_rings(r, strip), 8, "p1e", 1, &from, s->force + s->n, s->unknowns + s->n);
  }
  model_free(&from.m);
  return st;
}

/* P1's strip, N, +- 0.01: bench/plane.py, which goes on to where cells of degree 2 do not. */
static const double STRIP_FORCE = -23.33;

/* Innermost cells become small, but those around them stay as coarse as they are: for each number of sides the forces
   have a limit of their own. Aitken's, of every second of them, which halve the innermost cells. */
static status sides_limit(bench *b, const char *label, const series *s) {
  const double every[3] = {s->force[s->n - 5], s->force[s->n - 3], s->force[s->n - 1]};
  return bench_number(b, "p1e_limit", label, s->unknowns[s->n - 1], bench_limit(3, every), "N");
}

status case_p1e(bench *b) {
  static const int last[] = {2, 2, 4, CUTS};
  const rings r = {.sides = 2, .along = b->size < SIZE_FULL ? 1 : 4};
  int cuts = last[b->size];
  series one, two, quarter;
  TRY(ringed(b, (rings){.sides = 1}, 1, cuts, &one));
  TRY(ringed(b, r, 1, cuts, &two));
  TRY(ringed(b, r, 0, cuts, &quarter));
  if (b->size < SIZE_LONG) return ST_OK;
  /* The quarter lacks at its edge what the strip lacks on the same rings: from four cuts on their forces differ by 3.90
     to 3.94 N, those of the finest meshes in columns by 3.94 to 3.95 (results/README.md). */
  double end = STRIP_FORCE + quarter.force[cuts - 1] - two.force[cuts - 1];
  int first = bench_within(quarter.n, quarter.force, end, 0.01);
  long unknowns = quarter.unknowns[cuts - 1];
  TRY(sides_limit(b, "sides 1 strip", &one));
  TRY(sides_limit(b, "sides 2 strip", &two));
  TRY(bench_number(b, "p1e_limit", "quarter", unknowns, end, "N"));
  if (first == quarter.n) return ST_OK; /* no such row when none are */
  return bench_number(b, "p1e_one_percent", "quarter", unknowns, (double)quarter.unknowns[first], "unknowns");
}
