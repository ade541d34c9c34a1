/* Problems P1 (even and graded), P1L and P1F: a bonded patch pressed 8 mm deep in equal steps. */
#include <math.h>
#include "bench/march.h"
#include "sim/base/par.h"

typedef struct indentation {
  march *d;
  double wall;
  status st;
} indentation;

static void whole(void *ctx) {
  indentation *i = ctx;
  double t0 = par_wall();
  march_rest(i->d);
  i->st = march_on(i->d, i->d->nstep);
  i->wall = par_wall() - t0;
}

static status measure(bench *b, const block *k, march *d, equilibrium *e, const char *name, const char *label,
                      double *force) {
  indentation i = {.d = d};
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
  if (k->halve) TRY(bench_number(b, ROW("inside_out"), label, n, block_inside_out(d->m, d->u), "1"));
  *force = block_times(k) * rig[2];
  return bench_number(b, ROW("force"), label, n, *force, "N");
#undef ROW
}

/* Returns the force, N, and the number of unknowns. */
static status indent_as(bench *b, block k, int nstep, const char *name, int patient, double *force, long *unknowns) {
  char label[BENCH_TEXT];
  int nz = 0;
  for (int l = 0; l < k.nlayer; l++) nz += k.layer[l].sheets;
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
  status st = k.corners ? block_edge(&k, m, &about) : ST_OK;
  if (st == ST_OK) st = block_equilibrium(m, &s, &e);
  if (st == ST_OK && about) equilibrium_add(e, edge_term(about));
  if (st == ST_OK) st = march_create(&d, m, equilibrium_problem(e), nstep);
  d.patient = patient;
  if (st == ST_OK) st = measure(b, &k, &d, e, name, label, force);
  *unknowns = 3L * m->mesh->nnode;
  march_free(&d);
  model_free(&m);
  return st;
}
static status indent(bench *b, block k, int nstep, const char *name) {
  double force;
  long unknowns;
  return indent_as(b, k, nstep, name, 0, &force, &unknowns);
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

/* The limit of the forces, and the fewest unknowns that come within 1 % of it; no such row when none do. */
static status limit(bench *b, const char *name, const char *label, int n, const double *force, const long *unknowns) {
  char row[BENCH_TEXT];
  double end = bench_limit(n, force);
  int first = bench_within(n, force, end, 0.01);
  snprintf(row, sizeof row, "%s_limit", name);
  TRY(bench_number(b, row, label, unknowns[n - 1], end, "N"));
  if (first == n) return ST_OK;
  snprintf(row, sizeof row, "%s_one_percent", name);
  return bench_number(b, row, label, unknowns[n - 1], (double)unknowns[first], "unknowns");
}

/* Quarters, nested; their forces times four, those of strips are of 40 mm. Eight steps, since thin elements at the
   patch's edge turn inside out sooner; the skin there folds, in a way that is not stable on the way (README). */
enum { HALVES = 8 };
static status graded(bench *b, int strip, int corners, int last, const char *name) {
  double force[HALVES];
  long unknowns[HALVES];
  int n = 0;
  for (int halve = b->size == SIZE_LONG ? 1 : last; halve <= last; halve++, n++) {
    block k = block_p1_graded(halve, strip);
    k.corners = corners;
    TRY(indent_as(b, k, 8, name, 1, force + n, unknowns + n));
  }
  return corners && n > 2 ? limit(b, name, strip ? "strip" : "quarter", n, force, unknowns) : ST_OK;
}
status case_p1g(bench *b) {
  static const int last[] = {2, 2, 3, 5};
  return graded(b, 0, 0, last[b->size], "p1g");
}
status case_p1s(bench *b) {
  static const int last[] = {2, 4, 6, HALVES};
  return graded(b, 1, 0, last[b->size], "p1s");
}
status case_p1e(bench *b) {
  static const int last[] = {2, 2, 3, 6}, strip[] = {2, 3, 4, 7};
  TRY(graded(b, 1, 1, strip[b->size], "p1e"));
  return graded(b, 0, 1, last[b->size], "p1e");
}
