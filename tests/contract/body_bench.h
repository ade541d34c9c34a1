/* What tests of bodies share: a body from a line of scenario text, and its geometry once more, in other words than the
   program's. */
#ifndef KNEAD_BODY_BENCH_H
#define KNEAD_BODY_BENCH_H
#include "tests/test.h"
#include <unistd.h>
#include "models/catalog.h"
#include "sim/base/unit.h"
#include "sim/mesh/mesh.h"
#include "sim/scenario/scenario.h"

/* --------------------------------------------------------------------------------------------- from text to a body */

typedef struct built {
  const body *kind;
  void *par;
  body_geometry g;
  arena *a;
} built;

/* The body's own struct, bound from scenario text; NULL with the first message when the text is wrong. */
static inline void *bind(const body *kind, const char *text, arena *a, const char **message) {
  char name[64];
  snprintf(name, sizeof name, "body_bench_%ld.yaml", (long)getpid());
  FILE *f = fopen(name, "w");
  assert_non_null(f);
  fprintf(f, "body: {kind: %s%s%s}\n", kind->name, *text ? ", " : "", text);
  fclose(f);
  scenario *s = NULL;
  status st = scenario_open(name, 0, NULL, a, &s);
  remove(name);
  assert_ok(st);
  static const char *const also[] = {"kind", NULL};
  void *par = arena_alloc(a, kind->par_size);
  assert_non_null(par);
  scenario_bind(s, scenario_get(s->root, "body"), s->root, kind->params, also, par);
  *message = s->nerror ? s->error[0].text : NULL;
  return s->nerror ? NULL : par;
}

static inline const body *find(const char *name) {
  for (const body *const *b = models_catalog.bodies; *b; b++)
    if (!strcmp((*b)->name, name)) return *b;
  fail_msg("no body is called %s", name);
  return NULL;
}

static inline built make(const body *kind, const char *text) {
  built b = {.kind = kind, .a = arena_create(1 << 20)};
  const char *message;
  b.par = bind(kind, text, b.a, &message);
  if (!b.par) fail_msg("%s", message);
  assert_ok(kind->build(b.par, b.a, &b.g));
  return b;
}

/* ----------------------------------------------------------------------------------------- shape functions, again */

static inline void lagrange(double x, double N[3], double dN[3]) {
  N[0] = x * (x - 1) / 2, N[1] = (1 - x) * (1 + x), N[2] = x * (x + 1) / 2;
  dN[0] = x - 0.5, dN[1] = -2 * x, dN[2] = x + 0.5;
}

/* det(dx/dxi) of a cell at xi. */
static inline double jacobian(const mesh *m, int cell, const double xi[3]) {
  double N[3][3], dN[3][3], J[3][3] = {{0}};
  for (int d = 0; d < 3; d++) lagrange(xi[d], N[d], dN[d]);
  for (int a = 0; a < CELL_NODES; a++) {
    int at[3] = {a % 3, a / 3 % 3, a / 9};
    for (int c = 0; c < 3; c++) {
      double g = 1;
      for (int d = 0; d < 3; d++) g *= d == c ? dN[d][at[d]] : N[d][at[d]];
      for (int r = 0; r < 3; r++) J[r][c] += g * m->x[3 * m->cell[CELL_NODES * cell + a] + r];
    }
  }
  double sum = 0;
  for (int c = 0; c < 3; c++) {
    int p = (c + 1) % 3, q = (c + 2) % 3;
    sum += J[0][c] * (J[1][p] * J[2][q] - J[1][q] * J[2][p]);
  }
  return sum;
}

/* Volume by Gauss points; least: the smallest Jacobian of them. */
static inline double volume(const mesh *m, int cell, double *least) {
  const double x[3] = {-sqrt(0.6), 0, sqrt(0.6)}, w[3] = {5 / 9.0, 8 / 9.0, 5 / 9.0};
  double sum = 0;
  for (int q = 0; q < 27; q++) {
    double xi[3] = {x[q % 3], x[q / 3 % 3], x[q / 9]}, J = jacobian(m, cell, xi);
    sum += w[q % 3] * w[q / 3 % 3] * w[q / 9] * J;
    *least = fmin(*least, J);
  }
  return sum;
}

/* Finds the skin point over (x, y): height and outward normal. 0 when no facet holds it. */
static inline int on_skin(const mesh *m, double x, double y, double *z, double normal[3]) {
  for (int f = 0; f < m->nskin; f++) {
    double xi[2] = {0, 0};
    for (int it = 0; it < 8; it++) { /* Newton from the centre; straight facets need one step, curved ones a few */
      double N[2][3], dN[2][3], p[3] = {0}, t[2][3] = {{0}};
      lagrange(xi[0], N[0], dN[0]);
      lagrange(xi[1], N[1], dN[1]);
      for (int a = 0; a < FACET_NODES; a++)
        for (int d = 0; d < 3; d++) {
          double c = m->x[3 * m->skin[FACET_NODES * f + a] + d];
          p[d] += N[0][a % 3] * N[1][a / 3] * c;
          t[0][d] += dN[0][a % 3] * N[1][a / 3] * c;
          t[1][d] += N[0][a % 3] * dN[1][a / 3] * c;
        }
      double det = t[0][0] * t[1][1] - t[0][1] * t[1][0], rx = x - p[0], ry = y - p[1];
      xi[0] += (rx * t[1][1] - ry * t[1][0]) / det;
      xi[1] += (ry * t[0][0] - rx * t[0][1]) / det;
      double length = 0;
      for (int d = 0; d < 3; d++) {
        normal[d] = t[0][(d + 1) % 3] * t[1][(d + 2) % 3] - t[0][(d + 2) % 3] * t[1][(d + 1) % 3];
        length += normal[d] * normal[d];
      }
      for (int d = 0; d < 3; d++) normal[d] /= sqrt(length);
      *z = p[2];
    }
    if (fabs(xi[0]) <= 1 + 1e-6 && fabs(xi[1]) <= 1 + 1e-6) return 1;
  }
  return 0;
}

/* Nothing of the skin leaves the height of its first node. */
static inline int is_flat(const mesh *m) {
  for (int i = 0; i < FACET_NODES * m->nskin; i++)
    if (m->x[3 * m->skin[i] + 2] != m->x[3 * m->skin[0] + 2]) return 0;
  return 1;
}

/* Largest element of the skin in the plan, m. */
static inline double coarsest(const mesh *m) {
  double h = 0;
  for (int f = 0; f < m->nskin; f++)
    for (int d = 0; d < 2; d++)
      h = fmax(h, m->x[3 * m->skin[FACET_NODES * f + 8] + d] - m->x[3 * m->skin[FACET_NODES * f] + d]);
  return h;
}

static inline void bounds(const mesh *m, double lo[3], double hi[3]) {
  for (int d = 0; d < 3; d++) lo[d] = HUGE_VAL, hi[d] = -HUGE_VAL;
  for (int i = 0; i < 3 * m->nnode; i++) lo[i % 3] = fmin(lo[i % 3], m->x[i]), hi[i % 3] = fmax(hi[i % 3], m->x[i]);
}

/* Least scaled Jacobian of a body. */
static inline double worst_of_body(const char *kind, const char *text) {
  built b = make(find(kind), text);
  layer_shape shape[BODY_LAYERS];
  double worst = HUGE_VAL;
  assert_true(mesh_quality(b.g.mesh, NULL) > 0);
  mesh_layer_shapes(b.g.mesh, b.g.nlayer, shape);
  for (int l = 0; l < b.g.nlayer; l++) worst = fmin(worst, shape[l].scaled_least);
  arena_destroy(&b.a);
  return worst;
}

/* Ends of a parameter's range; rows of a group stand together. */
typedef struct body_corner {
  const char *group, *name, *lo, *hi; /* group "": none; name NULL ends a table */
} body_corner;

/* The same over n corners of all these ranges, drawn by a fixed rule: there are too many to look at all. */
static inline double worst_of_corners(const char *kind, const body_corner *row, int n) {
  double worst = HUGE_VAL;
  uint32_t seed = 1;
  for (int k = 0; k < n; k++) {
    char text[2048] = "";
    FILE *f = fmemopen(text, sizeof text, "w");
    const char *group = "";
    assert_non_null(f);
    for (const body_corner *r = row; r->name; r++) {
      seed = seed * 1664525u + 1013904223u; /* a linear congruence: its high bits are good enough for a coin */
      if (strcmp(group, r->group) && *group) fprintf(f, "}");
      if (r != row) fprintf(f, ", ");
      if (strcmp(group, r->group) && *r->group) fprintf(f, "%s: {", r->group);
      fprintf(f, "%s: %s", r->name, seed >> 31 ? r->hi : r->lo);
      group = r->group;
    }
    fprintf(f, "%s", *group ? "}" : "");
    fclose(f);
    worst = fmin(worst, worst_of_body(kind, text));
  }
  print_message("%s: least scaled Jacobian of %d corners of the parameters %.3f\n", kind, n, worst);
  return worst;
}

static inline int body_setup(void **state) {
  (void)state;
  return unit_setup() == ST_OK ? 0 : -1;
}

static inline int body_teardown(void **state) {
  (void)state;
  unit_teardown();
  return 0;
}

#endif
