#include "sim/mesh/slab.h"
#include <string.h>

double slab_top(const slab *s) {
  double z = 0;
  for (int l = 0; l < s->nlayer; l++) z += s->layer[l].thickness;
  return z;
}

status slab_mesh(const slab *s, int nfam, arena *a, mesh **out) {
  int nz = 0;
  for (int l = 0; l < s->nlayer; l++) nz += s->layer[l].cells;
  if (nz < 1 || s->cells[0] < 1 || s->cells[1] < 1) FAIL(ST_INPUT, "body: it has no elements");

  /* Lines live in the model's arena: a few kilobytes, and the mesh is the only other thing made here. */
  double *line[2], *zs;
  uint8_t *sheet;
  for (int d = 0; d < 2; d++) {
    NEW(a, line[d], s->cells[d] + 1);
    mesh_grade(s->lo[d], s->hi[d], s->cells[d], s->toward[d], s->ratio, line[d]);
  }
  NEW(a, zs, nz + 1);
  NEW(a, sheet, nz);
  double z = 0;
  int k = 0;
  for (int l = 0; l < s->nlayer; l++) {
    const slab_layer *L = &s->layer[l];
    mesh_grade(z, z + L->thickness, L->cells, z + L->thickness, L->grade, zs + k);
    memset(sheet + k, l, (size_t)L->cells);
    z += L->thickness, k += L->cells;
  }
  TRY(mesh_columns(s->cells[0], s->cells[1], nz, line[0], line[1], zs, sheet, nfam, a, out));
  return ST_OK;
}

void slab_fibre(mesh *m, int layer, int family, double angle, int mirror) {
  for (int cell = 0; cell < m->ncell; cell++) {
    if (m->layer[cell] != layer) continue;
    double x = m->x[3 * (size_t)m->cell[(size_t)CELL_NODES * (size_t)cell + CELL_NODES / 2]];
    double turn = mirror && x < 0 ? -angle : angle;
    float *f = m->fibre + 3 * ((size_t)m->nfam * (size_t)cell + (size_t)family);
    f[0] = (float)sin(turn), f[1] = (float)cos(turn), f[2] = 0;
  }
}

/* splitmix64's finaliser (Steele, Lea, Flood 2014): a number in [-1, 1) that depends on n alone. */
static double scatter(uint64_t n) {
  n = (n + 1) * 0x9e3779b97f4a7c15u;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
  n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
  n ^= n >> 31;
  return (double)(n >> 11) * 0x1p-52 - 1;
}

/* Nodes that are no grid corners go halfway between their neighbours, one direction after the other. */
static void straighten(mesh *m) {
  int n[3] = {2 * m->nx, 2 * m->ny, 2 * m->nz};
  for (int d = 0; d < 3; d++)
    for (int j = 0; j <= n[1]; j++)
      for (int i = 0; i <= n[0]; i++)
        for (int k = 0; k <= n[2]; k++) {
          int at[3] = {i, j, k};
          /* directions not yet done must be at a corner plane, or their neighbours are not final */
          int due = at[d] % 2;
          for (int e = d + 1; e < 3; e++) due &= at[e] % 2 == 0;
          if (!due) continue;
          int before[3] = {i, j, k}, after[3] = {i, j, k};
          before[d]--, after[d]++;
          const double *p = m->x + 3 * (size_t)mesh_node(m, before[0], before[1], before[2]);
          const double *q = m->x + 3 * (size_t)mesh_node(m, after[0], after[1], after[2]);
          double *x = m->x + 3 * (size_t)mesh_node(m, i, j, k);
          for (int c = 0; c < 3; c++) x[c] = 0.5 * (p[c] + q[c]);
        }
}

void slab_distort(mesh *m, double amount) {
  if (amount == 0) return;
  /* A corner's room is taken from the midside nodes around it, which stay unmoved until straighten(). */
  for (int j = 2; j < 2 * m->ny; j += 2)
    for (int i = 2; i < 2 * m->nx; i += 2)
      for (int k = 2; k < 2 * m->nz; k += 2) {
        double *x = m->x + 3 * (size_t)mesh_node(m, i, j, k);
        for (int d = 0; d < 3; d++) {
          int at[3] = {i, j, k};
          at[d]--;
          double below = x[d] - m->x[3 * (size_t)mesh_node(m, at[0], at[1], at[2]) + (size_t)d];
          at[d] += 2;
          double above = m->x[3 * (size_t)mesh_node(m, at[0], at[1], at[2]) + (size_t)d] - x[d];
          uint64_t number = 3 * (uint64_t)mesh_node(m, i, j, k) + (uint64_t)d;
          x[d] += amount * 2 * fmin(below, above) * scatter(number);
        }
      }
  straighten(m);
}

int slab_chart(const slab *s, double along, double across, double x[3], double axes[9]) {
  /* a nanometre, so that a place on the very edge is not lost to rounding */
  const double slack = 1e-9;
  if (!(across >= s->lo[0] - slack && across <= s->hi[0] + slack)) return 0;
  if (!(along >= s->lo[1] - slack && along <= s->hi[1] + slack)) return 0;
  const double frame[9] = {0, 1, 0, 1, 0, 0, 0, 0, -1};
  x[0] = across, x[1] = along, x[2] = slab_top(s);
  memcpy(axes, frame, sizeof frame);
  return 1;
}

static const param elongation_rows[] = {{.name = "amount",
                                         .unit = "m",
                                         .lo = -10,
                                         .hi = 10,
                                         .preset = NAN,
                                         .doc = "by how much the body's supports are drawn apart along the spine"},
                                        {0}};
const body_motion slab_motions[] = {
    {"elongation", "the supports are drawn out along the spine, in proportion; the lower end stays", elongation_rows},
    {0}};

void slab_lengthen(const slab *s, double amount, int n, const double *X, double *u) {
  for (int i = 0; i < n; i++) {
    u[3 * i] = u[3 * i + 2] = 0;
    u[3 * i + 1] = amount * ((X[3 * i + 1] - s->lo[1]) / (s->hi[1] - s->lo[1]));
  }
}
