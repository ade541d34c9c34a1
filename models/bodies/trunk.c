#include "models/bodies/trunk.h"
#include <math.h>
#include <stdio.h>

double trunk_step(double u) {
  if (!(u > 0)) return 0;
  if (u >= 1) return 1;
  return u * u * u * (10 + u * (6 * u - 15));
}

/* ------------------------------------------------------------------------------------------------------- the chart */

/* Length of the skin from 0 to `to` in one direction; the other coordinate is held at `at`. Five Gauss points to every
   centimetre: the skin's shapes are 2 cm and more, the error is then below a nanometre. */
static double length(const trunk_skin *skin, int axis, double at, double to) {
  static const double g[3] = {0, 0.538469310105683091, 0.906179845938663993};
  static const double w[3] = {0.568888888888888889, 0.478628670499366468, 0.236926885056189088};
  const double panel = 0.01; /* m */
  int n = (int)ceil(fabs(to) / panel);
  double sum = 0;
  for (int i = 0; i < n; i++)
    for (int q = 0; q < 5; q++) {
      int k = q < 3 ? q : q - 2;
      double u = to * (i + 0.5 + (q < 3 ? 0.5 : -0.5) * g[k]) / n, slope[2];
      skin->height(skin->shape, axis ? at : u, axis ? u : at, slope);
      sum += 0.5 * w[k] * to / n * sqrt(1 + slope[axis] * slope[axis]);
    }
  return sum;
}

/* Newton from the flat answer: at the slopes of a back a handful of rounds. */
static double inverse(const trunk_skin *skin, int axis, double at, double wanted) {
  double u = wanted;
  for (int it = 0; it < 30; it++) {
    double slope[2], miss = length(skin, axis, at, u) - wanted;
    skin->height(skin->shape, axis ? at : u, axis ? u : at, slope);
    u -= miss / sqrt(1 + slope[axis] * slope[axis]);
    if (fabs(miss) < 1e-14) break;
  }
  return u;
}

double trunk_midline(const trunk_skin *skin, double s) {
  return inverse(skin, 1, 0, s - skin->s0);
}

int trunk_chart(const trunk_skin *skin, double s, double t, double x[3], double axes[9]) {
  const double slack = 1e-9; /* a nanometre, so that a place on the very edge is not lost to rounding */
  const double reach = 4;    /* skin over plan: more than any slope that makes a mesh */
  if (!(fabs(s - skin->s0) <= reach * fmax(fabs(skin->lo[1]), fabs(skin->hi[1])))) return 0;
  if (!(fabs(t) <= reach * fmax(fabs(skin->lo[0]), fabs(skin->hi[0])))) return 0;
  x[1] = trunk_midline(skin, s);
  if (!(x[1] >= skin->lo[1] - slack && x[1] <= skin->hi[1] + slack)) return 0;
  x[0] = inverse(skin, 0, x[1], t);
  if (!(x[0] >= skin->lo[0] - slack && x[0] <= skin->hi[0] + slack)) return 0;
  double slope[2];
  x[2] = skin->height(skin->shape, x[0], x[1], slope);
  double n = sqrt(1 + slope[0] * slope[0] + slope[1] * slope[1]), a = sqrt(1 + slope[0] * slope[0]);
  double *along = axes, *across = axes + 3, *inward = axes + 6;
  across[0] = 1 / a, across[1] = 0, across[2] = slope[0] / a;
  inward[0] = slope[0] / n, inward[1] = slope[1] / n, inward[2] = -1 / n;
  for (int d = 0; d < 3; d++) {
    int p = (d + 1) % 3, q = (d + 2) % 3;
    along[d] = across[p] * inward[q] - across[q] * inward[p];
  }
  return 1;
}

/* ---------------------------------------------------------------------------------------------------- the columns */

void trunk_lines(int npiece, const double *cut, int n, double *line) {
  const double ends[2] = {cut[0], cut[npiece]};
  if (n < npiece) npiece = 1, cut = ends;
  int at = 0;
  line[0] = cut[0];
  for (int i = 0; i < npiece; i++) {
    /* The rest is shared out by length, the last piece takes what is left; one is kept for each piece to come. */
    double share = (cut[i + 1] - cut[i]) / (cut[npiece] - cut[i]);
    int room = n - at - (npiece - 1 - i), k = (int)floor((n - at) * share + 0.5);
    k = k < 1 ? 1 : k > room ? room : k;
    for (int j = 1; j <= k; j++) line[at + j] = cut[i] + (cut[i + 1] - cut[i]) * j / k;
    at += k;
    line[at] = cut[i + 1];
  }
}

void trunk_lines_along(const trunk_skin *skin, int nlevel, const double *level, int n, double *line) {
  enum { MOST = 32 };
  const double least = 5e-3; /* m: no sliver at an end */
  double cut[MOST + 2];
  int k = 0;
  cut[k++] = skin->lo[1];
  for (int i = -1; i < nlevel; i++) { /* one more gap below the first and above the last */
    double below = i < 0 ? 2 * level[0] - level[1] : level[i];
    double above = i + 1 < nlevel ? level[i + 1] : 2 * level[nlevel - 1] - level[nlevel - 2];
    double at = 0.5 * (below + above);
    if (at > cut[0] + least && at < skin->hi[1] - least && k <= MOST) cut[k++] = at;
  }
  cut[k] = skin->hi[1];
  trunk_lines(k, cut, n, line);
}

int trunk_landmark(const trunk_skin *skin, const char *name, double s, double t, body_geometry *out) {
  double x[3], axes[9];
  if (out->nlandmark == BODY_LANDMARKS || !trunk_chart(skin, s, t, x, axes)) return 0;
  landmark *p = &out->landmarks[out->nlandmark++];
  snprintf(p->name, sizeof p->name, "%s", name);
  p->s = s, p->t = t;
  return 1;
}

/* Heights of a column of nodes: sheets hang from the skin, their middle nodes halfway. */
static void place_column(const trunk_sheets *t, double *column) {
  double slope[2], x = column[0], y = column[1];
  double z = t->skin.height(t->skin.shape, x, y, slope);
  double upright = sqrt(1 + slope[0] * slope[0] + slope[1] * slope[1]);
  column[3 * 2 * t->n + 2] = z;
  for (int k = t->n - 1; k >= 0; k--) {
    double h = upright * t->thickness(t->skin.shape, k, x, y);
    column[3 * (2 * k + 1) + 2] = z - 0.5 * h;
    column[3 * (2 * k) + 2] = z -= h;
  }
}

/* Along the sheet in the middle of the cell: the plan's direction is lifted onto it. */
void trunk_fibre(mesh *m, int cell, const trunk_region *r) {
  const int32_t *node = m->cell + CELL_NODES * (size_t)cell;
  const double *left = m->x + 3 * (size_t)node[12], *right = m->x + 3 * (size_t)node[14];
  const double *tail = m->x + 3 * (size_t)node[10], *head = m->x + 3 * (size_t)node[16];
  double a[3], b[3], sx, sy;
  for (int d = 0; d < 3; d++) a[d] = right[d] - left[d], b[d] = head[d] - tail[d];
  double det = a[0] * b[1] - a[1] * b[0];
  if (!(det > 0))
    sx = sy = 0; /* a sheet that stands upright has no plan to lift from */
  else if (a[1] == 0 && b[0] == 0)
    sx = a[2] / a[0], sy = b[2] / b[1]; /* the engine's own bodies: fewer roundings */
  else
    sx = (a[2] * b[1] - b[2] * a[1]) / det, sy = (b[2] * a[0] - a[2] * b[0]) / det;
  double n = sqrt(1 + sx * sx + sy * sy), middle = 0.5 * (left[0] + right[0]);
  /* A cell across the midline has both halves: one family runs straight, two keep their crossing. */
  double side = fabs(middle) > 1e-6 * (right[0] - left[0]) ? (middle < 0 ? -1 : 1) : (r->nfam == 2);
  for (int k = 0; k < r->nfam; k++) {
    float *f = m->fibre + 3 * ((size_t)m->nfam * (size_t)cell + (size_t)k);
    double px = sin(side * r->angle[k]), py = cos(r->angle[k]);
    double v[3] = {px, py, sx * px + sy * py}, size = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    const double normal[3] = {-sx / n, -sy / n, 1 / n};
    for (int d = 0; d < 3; d++) f[d] = (float)(cos(r->tilt) * v[d] / size + sin(r->tilt) * normal[d]);
  }
}

/* Regions without a cell leave the list. */
static void keep_used(const trunk_sheets *t, body_geometry *out) {
  int used[BODY_LAYERS] = {0}, number[BODY_LAYERS];
  mesh *m = out->mesh;
  for (int cell = 0; cell < m->ncell; cell++) used[m->layer[cell]] = 1;
  out->nlayer = 0;
  for (int r = 0; r < t->nregion; r++) {
    if (!used[r]) continue;
    number[r] = out->nlayer;
    snprintf(out->layer[out->nlayer], PARAM_TEXT_MAX, "%s", t->regions[r].name);
    snprintf(out->tissue[out->nlayer++], PARAM_TEXT_MAX, "%s", t->regions[r].tissue);
  }
  for (int cell = 0; cell < m->ncell; cell++) m->layer[cell] = (uint8_t)number[m->layer[cell]];
}

status trunk_mesh(const trunk_sheets *t, int nfam, arena *a, body_geometry *out) {
  double *zs;
  uint8_t *sheet;
  NEW(a, zs, t->n + 1);
  NEW(a, sheet, t->n);
  for (int k = 0; k <= t->n; k++) zs[k] = k; /* replaced below */
  TRY(mesh_columns(t->cells[0], t->cells[1], t->n, t->line[0], t->line[1], zs, sheet, nfam, a, &out->mesh));
  mesh *m = out->mesh;
  for (int column = 0; column < m->nnode; column += 2 * t->n + 1) place_column(t, m->x + 3 * (size_t)column);
  for (int cell = 0; cell < m->ncell; cell++) {
    const double *x = m->x + 3 * (size_t)m->cell[CELL_NODES * (size_t)cell + 13];
    int r = t->region(t->skin.shape, cell % t->n, x[0], x[1]);
    m->layer[cell] = (uint8_t)r;
    trunk_fibre(m, cell, &t->regions[r]);
  }
  keep_used(t, out);
  int worst;
  double quality = mesh_quality(m, &worst);
  if (!(quality > 0))
    FAIL(ST_INPUT, "body: element %d is inside out (Jacobian %.2g of its mean); gentler shapes or more elements help",
         worst, quality);
  return ST_OK;
}

/* ------------------------------------------------------------------------------------------------------- the spine */

#define DEGREE (3.14159265358979323846 / 180)
static const param flexion_rows[] = {
    {.name = "amount",
     .unit = "rad",
     .lo = -30 * DEGREE,
     .hi = 90 * DEGREE,
     .preset = NAN,
     .doc = "angle between the lowest and the highest vertebra of the body, beyond that at rest; negative: backward"},
    {0}};

const body_motion trunk_motions[] = {
    {"flexion",
     "the spine bends forward about its discs, its lower end held; the head's end of the body goes with the highest "
     "vertebra",
     flexion_rows},
    {0}};

status trunk_check_motion(const trunk_motion *motion, int njoint) {
  double share = 0;
  for (int i = 0; i < njoint; i++) share += motion->share[i];
  if (!(share > 0)) FAIL(ST_INPUT, "body.motion.share: all joints are stiff; at least one must bend");
  return ST_OK;
}

trunk_chain trunk_chain_of(const trunk_skin *skin, const trunk_motion *motion, int njoint, const double *part,
                           double laminae) {
  const double beside = 0.04; /* m from the midline, where thicknesses are told */
  trunk_chain k = {.n = njoint, .middle = {part[0]}};
  for (int i = 0; i < njoint; i++) {
    double slope[2];
    k.middle[i + 1] = part[i + 1], k.share[i] = motion->share[i];
    k.y[i] = 0.5 * (k.middle[i] + k.middle[i + 1]);
    k.z[i] = skin->height(skin->shape, beside, k.y[i], slope) - (laminae + motion->axis);
  }
  return k;
}

/* Turning by phi and then going by d: of a vertebra, from where it was. */
typedef struct place_of {
  double phi, d[2];
} place_of;

static void shift(const place_of *p, const double X[3], double u[3]) {
  double c = cos(p->phi) - 1, s = sin(p->phi);
  u[0] = 0;
  u[1] = c * X[1] + s * X[2] + p->d[0];
  u[2] = c * X[2] - s * X[1] + p->d[1];
}

void trunk_bend(const trunk_chain *c, double angle, const double X[3], const int *part, double u[3]) {
  double sum = 0, low[3] = {0}, high[3];
  place_of p = {0};
  int last = part ? *part : c->n;
  for (int k = 0; k < c->n; k++) sum += c->share[k];
  u[0] = u[1] = u[2] = 0;
  for (int k = 0; k < last; k++) {
    /* the joint's centre goes where the vertebra below takes it, and is where the one above begins */
    double centre[3] = {0, c->y[k], c->z[k]}, was[3], is[3];
    shift(&p, centre, was);
    p.phi += angle * c->share[k] / sum;
    shift(&p, centre, is);
    for (int d = 0; d < 2; d++) p.d[d] += was[d + 1] - is[d + 1];
    shift(&p, X, high);
    double w = part ? (k + 1 == last) : trunk_step((X[1] - c->middle[k]) / (c->middle[k + 1] - c->middle[k]));
    for (int d = 0; d < 3; d++) u[d] = low[d] + w * (high[d] - low[d]);
    if (!part && w < 1) return;
    for (int d = 0; d < 3; d++) low[d] = high[d];
  }
}
