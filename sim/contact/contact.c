#include <float.h>
#include <math.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/contact/contact.h"
#include "sim/contact/patch.h"
#include "sim/fe/shape.h"

enum { FP = QUAD_FACET };
/* Normal stiffness over mu / thickness of the outermost element. Numerical: the augmentation bounds the penetration,
   the stiffness only decides how many it takes; a stiffer one (50) costs Newton iterations for every point that opens
   or closes, a softer one (5) 4 to 10 % fewer in four of the five programmes, but then the ball of Cattaneo and Mindlin
   has a radius of stick that is 8 % off instead of 1 %. Friction slips by this share of a facet's size before it is
   full: a rigid stick makes Newton chatter; 0.5 % is what finite-element codes take for stroking contact, some 50 um
   here. STIFFEN: factor on the stiffness each time multipliers alone were too slow. */
static const double STIFFNESS = 10, ELASTIC_SLIP = 0.005, STIFFEN = 4;
/* A hand that keeps less than this share of its force after an update is put back on the skin. Numerical: it acts only
   where points opened by the dozen; Newton mends smaller losses itself. */
static const double RESTING = 0.5;
/* A point is stiffer than before from this factor on. Numerical: a smoother of bound 4 has that much to spare. */
static const double STIFFER = 1.5;
/* What is promised: of the indentation; m; at a point, and of its means over patches; change of the friction force, of
   itself. */
static const double PENETRATION_SHARE = 0.01, PENETRATION_LEAST = 5e-6;
static const double PATCH_SHARE = 0.001, PATCH_LEAST = 1e-6, FRICTION_SHARE = 0.01;

typedef struct point {
  int owner;                                 /* tool, -1: none */
  int was;                                   /* tool that pressed at the start of the step, -1: none */
  double weight;                             /* reference area, m^2 */
  double eps, slip, lambda, bound, p, gap;   /* slip: elastic slip, m */
  double p0, bound0;                         /* pressure and friction bound at the start of the step */
  double hat[3];                             /* normal that friction uses */
  double tau0[3], rel0[3], tau[3], force[3]; /* friction and position relative to the hand at the start of the step */
  double marked;                             /* trace of H at the last mark */
  double H[6];                               /* xx yy zz xy yz xz */
} point;

struct contact {
  const model *m;
  contact_fields field;
  contact_tool tool[MODEL_HANDS];
  double path[MODEL_HANDS][3]; /* chart points; tool.origin of those that give sideways is off it */
  double depth[MODEL_HANDS];   /* of the last residual */
  double yields[MODEL_HANDS];  /* N/m, of the arms in the last tangent */
  double reach[MODEL_HANDS];
  int sideways[MODEL_HANDS];   /* as of model_sideways */
  double stiffen[MODEL_HANDS]; /* factor on eps in this attempt */
  int loosened[MODEL_HANDS];   /* augmentations that found it too soft */
  int npoint;
  point *point;
  uint8_t *active; /* [nskin] some point of the facet has a stiffness */
  patches *patch;
  /* [npoint] for the patches: reference areas; points under the hand in question, what is looked at there */
  double *weight, *value, *rise;
  uint8_t *pressed;
};

static const mesh *grid(const contact *c) {
  return c->m->mesh;
}
static size_t hand_dof(const contact *c, int tool) {
  return 3 * (size_t)grid(c)->nnode + (size_t)tool;
}
/* Of the first of its two offsets; only of a hand whose arm gives sideways. */
static size_t side_dof(const contact *c, int tool) {
  return 3 * (size_t)grid(c)->nnode + (size_t)c->sideways[tool];
}

static double along(const double v[3], const double e[3]) {
  return v[0] * e[0] + v[1] * e[1] + v[2] * e[2];
}

/* Reference area of point q of a facet and, where asked for, its deformed area. */
static double facet_area(const contact *c, int facet, int q, const double *u) {
  const mesh *g = grid(c);
  double a[3] = {0}, b[3] = {0};
  for (int n = 0; n < FACET_NODES; n++) {
    int node = g->skin[FACET_NODES * facet + n];
    double sx = shape_slope[q % 3][n % 3] * shape_value[q / 3][n / 3],
           sy = shape_value[q % 3][n % 3] * shape_slope[q / 3][n / 3];
    for (int k = 0; k < 3; k++) {
      double x = g->x[3 * node + k] + (u ? u[3 * node + k] : 0);
      a[k] += sx * x, b[k] += sy * x;
    }
  }
  double n0 = a[1] * b[2] - a[2] * b[1], n1 = a[2] * b[0] - a[0] * b[2], n2 = a[0] * b[1] - a[1] * b[0];
  return sqrt(n0 * n0 + n1 * n1 + n2 * n2) * shape_weight[q % 3] * shape_weight[q / 3];
}

static void facet_positions(const contact *c, int facet, const double *u, double x[FP][3]) {
  const mesh *g = grid(c);
  memset(x, 0, FP * sizeof *x);
  for (int n = 0; n < FACET_NODES; n++) {
    int node = g->skin[FACET_NODES * facet + n];
    for (int q = 0; q < FP; q++) {
      double s = shape_facet_value(q, n);
      for (int k = 0; k < 3; k++) x[q][k] += s * (g->x[3 * node + k] + (u ? u[3 * node + k] : 0));
    }
  }
}

status contact_create(const model *m, contact_fields f, arena *a, contact **out) {
  contact *c;
  const mesh *g = m->mesh;
  NEW(a, c, 1);
  c->m = m, c->field = f, c->npoint = FP * g->nskin;
  NEW(a, c->point, c->npoint);
  NEW(a, c->active, g->nskin);
  NEW(a, c->weight, c->npoint);
  NEW(a, c->value, c->npoint);
  NEW(a, c->rise, c->npoint);
  NEW(a, c->pressed, c->npoint);
  for (int t = 0; t < m->ntool; t++)
    c->reach[t] = m->tools[t].kind->reach(m->tools[t].par), c->sideways[t] = model_sideways(m, t);
  for (int s = 0; s < g->nskin; s++) {
    int cell = g->skin_cell[s];
    const tissue *t = m->layer_tissue[g->layer[cell]];
    const double *top = g->x + 3 * (size_t)g->cell[CELL_NODES * cell + 22],
                 *low = g->x + 3 * (size_t)g->cell[CELL_NODES * cell + 4];
    double h = sqrt((top[0] - low[0]) * (top[0] - low[0]) + (top[1] - low[1]) * (top[1] - low[1]) +
                    (top[2] - low[2]) * (top[2] - low[2]));
    double area = 0;
    for (int q = 0; q < FP; q++) area += c->point[FP * s + q].weight = facet_area(c, s, q, NULL);
    for (int q = 0; q < FP; q++) {
      point *p = c->point + FP * s + q;
      p->eps = STIFFNESS * t->law->shear(t->par) / h;
      p->slip = ELASTIC_SLIP * sqrt(area);
      c->weight[FP * s + q] = p->weight;
    }
  }
  TRY(patches_create(g, c->weight, a, &c->patch));
  *out = c;
  return ST_OK;
}

static void tool_origin(const contact_tool *t, double depth, double x[3]) {
  for (int k = 0; k < 3; k++) x[k] = t->origin[k] + depth * t->inward[k];
}

/* Distance, normal and curvature of n <= FP points in body axes. */
static void tool_gap(const contact *c, int tool, double depth, int n, const double (*x)[3], double *gap,
                     double (*normal)[3], double (*hess)[6]) {
  const contact_tool *t = c->tool + tool;
  double o[3], y[3 * FP], nl[3 * FP], hl[6 * FP];
  tool_origin(t, depth, o);
  for (int q = 0; q < n; q++)
    for (int j = 0; j < 3; j++) {
      double s = 0;
      for (int k = 0; k < 3; k++) s += t->R[3 * k + j] * (x[q][k] - o[k]);
      y[j * n + q] = s;
    }
  c->m->tools[tool].kind->gap(c->m->tools[tool].par, n, y, gap, normal ? nl : NULL, hess ? hl : NULL);
  static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
  for (int q = 0; q < n; q++) {
    if (normal)
      for (int k = 0; k < 3; k++)
        normal[q][k] = t->R[3 * k] * nl[q] + t->R[3 * k + 1] * nl[n + q] + t->R[3 * k + 2] * nl[2 * n + q];
    if (hess) {
      double h[9] = {hl[q],         hl[3 * n + q], hl[5 * n + q], hl[3 * n + q], hl[n + q],
                     hl[4 * n + q], hl[5 * n + q], hl[4 * n + q], hl[2 * n + q]};
      for (int v = 0; v < 6; v++) {
        double s = 0;
        for (int a = 0; a < 3; a++)
          for (int b = 0; b < 3; b++) s += t->R[3 * row[v] + a] * h[3 * a + b] * t->R[3 * col[v] + b];
        hess[q][v] = s;
      }
    }
  }
}

/* Nearer than the tool's reach plus the facet's own size: worth asking. */
static int facet_near(const contact *c, int tool, double depth, const double x[FP][3]) {
  double o[3], d = 0, size = 0;
  tool_origin(c->tool + tool, depth, o);
  for (int k = 0; k < 3; k++) {
    d += (x[4][k] - o[k]) * (x[4][k] - o[k]);
    size = fmax(size, fabs(x[8][k] - x[0][k]));
  }
  return sqrt(d) < c->reach[tool] + 2 * size;
}

/* A point of the skin at x that the hand did not press slips from where the hand was when the step began: from where it
   is put now, friction at the leading edge of a hand that glides would be one step late. */
static void came_under(const contact_tool *t, double depth, const double x[3], double rel[3]) {
  const double *from = t->turn.known ? t->turn.from : t->origin;
  double r[3];
  for (int k = 0; k < 3; k++) r[k] = x[k] - from[k] - (t->turn.pressed ? 0 : depth * t->inward[k]);
  turn_point(&t->turn, r, rel);
}

void contact_begin(contact *c, const state *now, const double *u, const contact_tool *tools, const double *depth,
                   const contact_guess *guess) {
  const mesh *g = grid(c);
  const double *pressure = state_view(now, c->field.pressure), *owner = state_view(now, c->field.owner);
  const double *multiplier = state_view(now, c->field.multiplier);
  const double *friction = state_view(now, c->field.friction), *relative = state_view(now, c->field.relative);
  memcpy(c->tool, tools, (size_t)c->m->ntool * sizeof *tools);
  memcpy(c->depth, depth, (size_t)c->m->ntool * sizeof *depth);
  for (int t = 0; t < c->m->ntool; t++) c->stiffen[t] = 1, c->loosened[t] = 0;
  for (int t = 0; t < c->m->ntool; t++) {
    memcpy(c->path[t], tools[t].origin, sizeof c->path[t]);
    if (tools[t].sideways > 0) contact_shift(c->tool + t, c->path[t], tools[t].aside);
  }
  for (int s = 0; s < g->nskin; s++) {
    double x[FP][3], was[FP][3], best[FP], normal[FP][3];
    facet_positions(c, s, u, was);
    memcpy(x, was, sizeof x);
    if (guess) facet_positions(c, s, guess->u, x);
    for (int q = 0; q < FP; q++) {
      point *p = c->point + FP * s + q;
      p->owner = -1, best[q] = INFINITY;
      p->was = (int)owner[FP * s + q] - 1, p->p0 = pressure[FP * s + q];
      p->lambda = p->bound = p->bound0 = p->p = 0, p->gap = INFINITY;
      memset(p->tau0, 0, sizeof p->tau0), memset(p->tau, 0, sizeof p->tau), memset(p->force, 0, sizeof p->force),
          memset(p->H, 0, sizeof p->H);
    }
    c->active[s] = 0;
    for (int t = 0; t < c->m->ntool; t++) {
      double gap[FP], n[FP][3];
      if (!c->tool[t].touching || !facet_near(c, t, depth[t], (const double(*)[3])x)) continue;
      tool_gap(c, t, depth[t], FP, (const double(*)[3])x, gap, n, NULL);
      for (int q = 0; q < FP; q++)
        if (gap[q] < best[q]) best[q] = gap[q], c->point[FP * s + q].owner = t, memcpy(normal[q], n[q], sizeof n[q]);
    }
    for (int q = 0; q < FP; q++) {
      size_t i = (size_t)(FP * s + q);
      point *p = c->point + i;
      if (p->owner < 0) continue;
      memcpy(p->hat, normal[q], sizeof p->hat);
      if ((int)owner[i] == p->owner + 1) { /* stored + 1, so that the initial zero means nobody */
        p->lambda = multiplier[i];
        p->bound = p->bound0 = c->m->tools[p->owner].friction * pressure[i];
        double dot = 0;
        turn_vector(&c->tool[p->owner].turn, friction + 3 * i, p->tau0);
        turn_point(&c->tool[p->owner].turn, relative + 3 * i, p->rel0);
        for (int k = 0; k < 3; k++) dot += p->hat[k] * p->tau0[k];
        for (int k = 0; k < 3; k++) p->tau0[k] -= dot * p->hat[k];
      } else
        came_under(c->tool + p->owner, depth[p->owner], was[q], p->rel0);
      if (guess) {
        p->lambda = carry_skin(guess->along, (int)i, p->owner, owner, multiplier);
        p->bound = c->m->tools[p->owner].friction * carry_skin(guess->along, (int)i, p->owner, owner, pressure);
      }
    }
  }
}

double contact_touch(contact *c, int tool, const double *u) {
  const mesh *g = grid(c);
  double x[FP][3], gap[FP];
  const contact_tool *t = c->tool + tool;
  /* Start above everything, then come down by the smallest gap: a signed distance never lets it overshoot. */
  double depth = INFINITY;
  for (int s = 0; s < g->nskin; s++) {
    facet_positions(c, s, u, x);
    for (int q = 0; q < FP; q++) {
      double h = 0;
      for (int k = 0; k < 3; k++) h += (x[q][k] - t->origin[k]) * t->inward[k];
      depth = fmin(depth, h);
    }
  }
  depth -= 1e-3;
  for (int it = 0; it < 200; it++) {
    double least = INFINITY;
    for (int s = 0; s < g->nskin; s++) {
      facet_positions(c, s, u, x);
      if (!facet_near(c, tool, depth, (const double(*)[3])x)) continue;
      tool_gap(c, tool, depth, FP, (const double(*)[3])x, gap, NULL, NULL);
      for (int q = 0; q < FP; q++) least = fmin(least, gap[q]);
    }
    if (!isfinite(least)) least = 1e-3;
    depth += least;
    if (least < 1e-7) break;
  }
  return depth;
}

static double penalty_force(const contact *c, int tool, const double *u, double depth) {
  const mesh *g = grid(c);
  double force = 0;
  for (int s = 0; s < g->nskin; s++) {
    double x[FP][3], gap[FP], n[FP][3];
    facet_positions(c, s, u, x);
    if (!facet_near(c, tool, depth, (const double(*)[3])x)) continue;
    tool_gap(c, tool, depth, FP, (const double(*)[3])x, gap, n, NULL);
    for (int q = 0; q < FP; q++) {
      const point *p = c->point + FP * s + q;
      double push = 0;
      for (int k = 0; k < 3; k++) push += n[q][k] * c->tool[tool].inward[k];
      if (gap[q] < 0) force -= p->weight * p->eps * gap[q] * push;
    }
  }
  return force;
}

double contact_press(contact *c, int tool, const contact_tool *t, const double *u, double touch) {
  double lo = touch, hi = touch + 1e-6;
  for (int k = 0; k < 24 && penalty_force(c, tool, u, hi) < contact_given(t, hi); k++)
    lo = hi, hi = touch + 2 * (hi - touch);
  for (int k = 0; k < 40; k++) {
    double mid = 0.5 * (lo + hi);
    if (penalty_force(c, tool, u, mid) < contact_given(t, mid))
      lo = mid;
    else
      hi = mid;
  }
  return hi;
}

/* Force and stiffness of every point at displacements u and depths in u. */
static void evaluate(contact *c, const double *u, int stiffness) {
  const mesh *g = grid(c);
  for (int t = 0; t < c->m->ntool; t++) {
    c->depth[t] = u[hand_dof(c, t)];
    if (c->tool[t].sideways > 0) contact_shift(c->tool + t, c->path[t], u + side_dof(c, t));
  }
#pragma omp parallel for schedule(static) if (c->npoint > PAR_LEAST / 8)
  for (int s = 0; s < g->nskin; s++) {
    double x[FP][3], gap[FP], n[FP][3], h[FP][6];
    int some = 0;
    for (int q = 0; q < FP; q++) some |= c->point[FP * s + q].owner >= 0;
    c->active[s] = 0;
    if (!some) continue;
    facet_positions(c, s, u, x);
    for (int t = 0; t < c->m->ntool; t++) {
      if (!c->tool[t].touching) continue;
      double o[3];
      tool_origin(c->tool + t, c->depth[t], o);
      tool_gap(c, t, c->depth[t], FP, (const double(*)[3])x, gap, n, stiffness ? h : NULL);
      for (int q = 0; q < FP; q++) {
        point *p = c->point + FP * s + q;
        if (p->owner != t) continue;
        p->gap = gap[q];
        double eps = p->eps * c->stiffen[t];
        p->p = fmax(0, p->lambda - eps * gap[q]);
        for (int k = 0; k < 3; k++) p->force[k] = -p->p * n[q][k];
        if (stiffness) {
          double e = p->p > 0 ? eps : 0;
          static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
          for (int v = 0; v < 6; v++) p->H[v] = e * n[q][row[v]] * n[q][col[v]] - p->p * h[q][v];
        }
        memset(p->tau, 0, sizeof p->tau);
        if (p->bound > 0) {
          /* All of tau in the plane of hat, also the part from the last step: only then is the slip stiffness
           * symmetric. */
          double et = p->bound / p->slip, dot = 0, size = 0, tau[3];
          for (int k = 0; k < 3; k++)
            tau[k] = p->tau0[k] + et * (x[q][k] - o[k] - p->rel0[k]), dot += tau[k] * p->hat[k];
          for (int k = 0; k < 3; k++) tau[k] -= dot * p->hat[k], size += tau[k] * tau[k];
          size = sqrt(size);
          double shrink = size > p->bound ? p->bound / size : 1;
          for (int k = 0; k < 3; k++) p->tau[k] = shrink * tau[k], p->force[k] += p->tau[k];
          if (stiffness) {
            static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
            for (int v = 0; v < 6; v++) {
              double T = (row[v] == col[v]) - p->hat[row[v]] * p->hat[col[v]];
              double mm = shrink < 1 ? tau[row[v]] * tau[col[v]] / (size * size) : 0;
              p->H[v] += et * shrink * (T - mm);
            }
          }
        }
        if (p->p > 0 || p->bound > 0) c->active[s] = 1;
      }
    }
  }
}

static status residual(void *self, const double *u, double *r) {
  contact *c = self;
  const mesh *g = grid(c);
  evaluate(c, u, 0);
  for (int s = 0; s < g->nskin; s++) {
    if (!c->active[s]) continue;
    for (int q = 0; q < FP; q++) {
      const point *p = c->point + FP * s + q;
      if (p->owner < 0) continue;
      const contact_tool *t = c->tool + p->owner;
      const double *in = t->inward;
      for (int n = 0; n < FACET_NODES; n++) {
        double w = p->weight * shape_facet_value(q, n);
        double *to = r + 3 * (size_t)g->skin[FACET_NODES * s + n];
        for (int k = 0; k < 3; k++) to[k] += w * p->force[k];
      }
      r[hand_dof(c, p->owner)] -= p->weight * (p->force[0] * in[0] + p->force[1] * in[1] + p->force[2] * in[2]);
      for (int i = 0; i < 2 && t->sideways > 0; i++)
        r[side_dof(c, p->owner) + (size_t)i] -= p->weight * along(p->force, t->side[i]);
    }
  }
  for (int t = 0; t < c->m->ntool; t++) {
    const contact_tool *k = c->tool + t;
    if (k->touching && k->force_controlled) r[hand_dof(c, t)] -= contact_given(k, u[hand_dof(c, t)]);
    for (int i = 0; i < 2 && k->touching && k->sideways > 0; i++)
      r[side_dof(c, t) + (size_t)i] -= contact_aside(k, i, u[side_dof(c, t) + (size_t)i]);
  }
  return ST_OK;
}

static status linearize(void *self, const double *u) {
  contact *c = self;
  evaluate(c, u, 1);
  for (int t = 0; t < c->m->ntool; t++) c->yields[t] = contact_yields(c->tool + t, c->depth[t]);
  return ST_OK;
}

static void times(const double H[6], const double v[3], double out[3]) {
  out[0] = H[0] * v[0] + H[3] * v[1] + H[5] * v[2];
  out[1] = H[3] * v[0] + H[1] * v[1] + H[4] * v[2];
  out[2] = H[5] * v[0] + H[4] * v[1] + H[2] * v[2];
}

/* The tangent of a point whose hand gives sideways. Apart from the others: compiled together they would round anew. */
static void apply_aside(const contact *c, int facet, int q, const double *du, double *dr) {
  const point *p = c->point + FP * facet + q;
  const contact_tool *t = c->tool + p->owner;
  const int32_t *node = grid(c)->skin + FACET_NODES * facet;
  size_t depth = hand_dof(c, p->owner), side = side_dof(c, p->owner);
  double w[3], f[3];
  for (int k = 0; k < 3; k++)
    w[k] = -du[depth] * t->inward[k] - du[side] * t->side[0][k] - du[side + 1] * t->side[1][k];
  for (int n = 0; n < FACET_NODES; n++)
    for (int k = 0; k < 3; k++) w[k] += shape_facet_value(q, n) * du[3 * (size_t)node[n] + (size_t)k];
  times(p->H, w, f);
  for (int n = 0; n < FACET_NODES; n++)
    for (int k = 0; k < 3; k++) dr[3 * (size_t)node[n] + (size_t)k] += p->weight * shape_facet_value(q, n) * f[k];
  dr[depth] -= p->weight * along(f, t->inward);
  for (size_t i = 0; i < 2; i++) dr[side + i] -= p->weight * along(f, t->side[i]);
}

static void apply(void *self, const double *du, double *dr) {
  contact *c = self;
  const mesh *g = grid(c);
  for (int s = 0; s < g->nskin; s++) {
    if (!c->active[s]) continue;
    for (int q = 0; q < FP; q++) {
      const point *p = c->point + FP * s + q;
      if (p->owner < 0) continue;
      if (c->tool[p->owner].sideways > 0) {
        apply_aside(c, s, q, du, dr);
        continue;
      }
      const double *in = c->tool[p->owner].inward, depth = du[hand_dof(c, p->owner)];
      double w[3], f[3];
      for (int k = 0; k < 3; k++) w[k] = -depth * in[k];
      for (int n = 0; n < FACET_NODES; n++) {
        double v = shape_facet_value(q, n);
        const double *from = du + 3 * (size_t)g->skin[FACET_NODES * s + n];
        for (int k = 0; k < 3; k++) w[k] += v * from[k];
      }
      times(p->H, w, f);
      for (int n = 0; n < FACET_NODES; n++) {
        double v = p->weight * shape_facet_value(q, n);
        double *to = dr + 3 * (size_t)g->skin[FACET_NODES * s + n];
        for (int k = 0; k < 3; k++) to[k] += v * f[k];
      }
      dr[hand_dof(c, p->owner)] -= p->weight * (f[0] * in[0] + f[1] * in[1] + f[2] * in[2]);
    }
  }
  for (int t = 0; t < c->m->ntool; t++) {
    if (!c->tool[t].touching) continue;
    dr[hand_dof(c, t)] += c->yields[t] * du[hand_dof(c, t)];
    for (size_t i = 0; i < 2 && c->tool[t].sideways > 0; i++)
      dr[side_dof(c, t) + i] += c->tool[t].sideways * du[side_dof(c, t) + i];
  }
}

static void apply_f(void *self, const float *du, float *dr) {
  contact *c = self;
  const mesh *g = grid(c);
  for (int s = 0; s < g->nskin; s++) {
    if (!c->active[s]) continue;
    for (int q = 0; q < FP; q++) {
      const point *p = c->point + FP * s + q;
      if (p->owner < 0) continue;
      double w[3] = {0}, f[3];
      for (int n = 0; n < FACET_NODES; n++) {
        const float *from = du + 3 * (size_t)g->skin[FACET_NODES * s + n];
        for (int k = 0; k < 3; k++) w[k] += shape_facet_value(q, n) * (double)from[k];
      }
      times(p->H, w, f);
      for (int n = 0; n < FACET_NODES; n++) {
        double v = p->weight * shape_facet_value(q, n);
        float *to = dr + 3 * (size_t)g->skin[FACET_NODES * s + n];
        for (int k = 0; k < 3; k++) to[k] += (float)(v * f[k]);
      }
    }
  }
}

/* Unknowns of a hand in this step and the directions they move it in: depth, along, across. Returns how many. */
static int unknowns_of(const contact *c, int tool, int h[3], const double *e[3]) {
  const contact_tool *t = c->tool + tool;
  int n = 0;
  if (t->force_controlled) h[n] = tool, e[n++] = t->inward;
  for (int i = 0; i < 2 && t->sideways > 0; i++) h[n] = c->sideways[tool] + i, e[n++] = t->side[i];
  return n;
}

static void blocks(void *self, block_sink *out) {
  contact *c = self;
  const mesh *g = grid(c);
  for (int s = 0; s < g->nskin; s++) {
    if (!c->active[s]) continue;
    double K[27][27] = {{0}};
    for (int q = 0; q < FP; q++) {
      const point *p = c->point + FP * s + q;
      if (p->owner < 0) continue;
      double H[9] = {p->H[0], p->H[3], p->H[5], p->H[3], p->H[1], p->H[4], p->H[5], p->H[4], p->H[2]}, he[3][3];
      const double *e[3];
      int h[3], n = unknowns_of(c, p->owner, h, e);
      for (int v = 0; v < n; v++) times(p->H, e[v], he[v]);
      for (int a = 0; a < FACET_NODES; a++) {
        double wa = p->weight * shape_facet_value(q, a);
        for (int b = 0; b < FACET_NODES; b++) {
          double w = wa * shape_facet_value(q, b);
          for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) K[3 * a + i][3 * b + j] += w * H[3 * i + j];
        }
        for (int v = 0; v < n; v++)
          out->border(out->self, h[v], g->skin[FACET_NODES * s + a],
                      (double[3]){-wa * he[v][0], -wa * he[v][1], -wa * he[v][2]});
      }
      for (int v = 0; v < n; v++)
        for (int w = 0; w <= v; w++) out->corner(out->self, h[v], h[w], p->weight * along(he[v], e[w]));
    }
    out->facet(out->self, s, (const double(*)[27])K);
  }
  for (int t = 0; t < c->m->ntool; t++) {
    const contact_tool *k = c->tool + t;
    if (k->touching && c->yields[t] > 0) out->corner(out->self, t, t, c->yields[t]);
    for (int i = 0; i < 2 && k->touching && k->sideways > 0; i++)
      out->corner(out->self, c->sideways[t] + i, c->sideways[t] + i, k->sideways);
  }
}

term contact_term(contact *c) {
  return (term){
      .self = c, .residual = residual, .linearize = linearize, .apply = apply, .apply_f = apply_f, .blocks = blocks};
}

/* How deep a hand is in the skin in the mean over the patch of a node, or above one that it presses wholly, m, at the
   worst. Skin beyond its reach is outside, by how much is not known: gap 0, so that the truth is not above this. */
static double patch_penetration(const contact *c, int tool) {
  for (int i = 0; i < c->npoint; i++) {
    const point *p = c->point + i;
    c->pressed[i] = p->owner == tool && p->p > 0;
    c->value[i] = p->owner == tool ? p->gap : 0;
  }
  return patches_worst(c->patch, c->pressed, c->value);
}

/* Multipliers, smoothly, by what the penalty carries. */
static void update_patches(contact *c, int tool) {
  for (int i = 0; i < c->npoint; i++) {
    const point *p = c->point + i;
    c->pressed[i] = p->owner == tool && p->p > 0;
    c->value[i] = c->pressed[i] ? p->p - p->lambda : 0, c->rise[i] = 0;
  }
  patches_add(c->patch, c->pressed, c->value, c->rise);
  for (int i = 0; i < c->npoint; i++)
    if (c->pressed[i]) c->point[i].lambda = fmax(0, c->point[i].lambda + c->rise[i]);
}

int contact_augment(contact *c, const double *u, int anyway) {
  evaluate(c, u, 0);
  int again = 0;
  for (int t = 0; t < c->m->ntool; t++) {
    if (!c->tool[t].touching) continue;
    double worst = 0, pulled = 0, moved = 0, push = 0, mu = c->m->tools[t].friction;
    for (int i = 0; i < c->npoint; i++) {
      point *p = c->point + i;
      if (p->owner != t) continue;
      if (p->p > 0) worst = fmax(worst, -p->gap), pulled = fmax(pulled, p->gap);
      moved += p->weight * fabs(mu * p->p - p->bound);
      push += p->weight * p->p;
    }
    double allowed = fmax(PENETRATION_SHARE * c->depth[t], PENETRATION_LEAST);
    /* Pressure across a gap is the other way to be wrong: multipliers of a hand that lifts must fall with its force. */
    int deep = worst > allowed, loose = deep || pulled > allowed;
    int slipping = mu > 0 && moved > FRICTION_SHARE * mu * fmax(push, 1); /* N: below it, 1 % of nothing */
    /* One update an attempt whatever the penetration: the area that is pressed gains most from it. Not with friction:
       it moves the bound too, and hands that lift then never settled (tried). */
    int free_update = anyway && mu == 0;
    /* Points may be as near as that; their means over patches, which the skin can follow, are held ten times nearer. */
    int wide = !loose && !free_update && patch_penetration(c, t) > fmax(PATCH_SHARE * c->depth[t], PATCH_LEAST);
    again |= loose || slipping || free_update || wide;
    if (!loose && !slipping && !free_update && !wide) continue;
    if (wide) update_patches(c, t);
    /* Multipliers alone are slow where the element is stiffer against a single point than the penalty is. */
    if (deep && ++c->loosened[t] > 1) c->stiffen[t] *= STIFFEN;
    for (int i = 0; i < c->npoint; i++) {
      point *p = c->point + i;
      if (p->owner != t) continue;
      if (loose || free_update) p->lambda = p->p;
      p->bound = mu * p->p;
    }
  }
  if (!again) return 0;
  /* The direction that friction uses follows too. */
  for (int s = 0; s < grid(c)->nskin; s++) {
    if (!c->active[s]) continue;
    double x[FP][3], gap[FP], n[FP][3];
    facet_positions(c, s, u, x);
    for (int t = 0; t < c->m->ntool; t++) {
      if (!c->tool[t].touching) continue;
      tool_gap(c, t, c->depth[t], FP, (const double(*)[3])x, gap, n, NULL);
      for (int q = 0; q < FP; q++)
        if (c->point[FP * s + q].owner == t) memcpy(c->point[FP * s + q].hat, n[q], sizeof n[q]);
    }
  }
  return 1;
}

/* Push of a tool along inward at a depth, with the multipliers there are, on a skin held still. */
static double held_push(const contact *c, int tool, const double *u, double depth) {
  const mesh *g = grid(c);
  double push = 0;
  for (int s = 0; s < g->nskin; s++) {
    double x[FP][3], gap[FP], n[FP][3];
    int some = 0;
    for (int q = 0; q < FP; q++) some |= c->point[FP * s + q].owner == tool;
    if (!some) continue;
    facet_positions(c, s, u, x);
    tool_gap(c, tool, depth, FP, (const double(*)[3])x, gap, n, NULL);
    for (int q = 0; q < FP; q++) {
      const point *p = c->point + FP * s + q;
      if (p->owner != tool) continue;
      double along = 0;
      for (int k = 0; k < 3; k++) along += n[q][k] * c->tool[tool].inward[k];
      push += p->weight * along * fmax(0, p->lambda - p->eps * c->stiffen[tool] * gap[q]);
    }
  }
  return push;
}

double contact_rest(const contact *c, int tool, const double *u, int lift) {
  const contact_tool *t = c->tool + tool;
  double lo = u[hand_dof(c, tool)], size = 1e-6, hi = lo, push;
  if (!t->touching || !t->force_controlled) return lo;
  push = held_push(c, tool, u, lo);
  if (push < RESTING * contact_given(t, lo))
    for (int k = 0; k < 24 && held_push(c, tool, u, hi) < contact_given(t, hi); k++) lo = hi, hi += size, size *= 2;
  else if (lift && RESTING * push > contact_given(t, lo))
    for (int k = 0; k < 24 && held_push(c, tool, u, lo) > contact_given(t, lo); k++) hi = lo, lo -= size, size *= 2;
  else
    return lo;
  for (int k = 0; k < 30; k++) {
    double mid = 0.5 * (lo + hi);
    if (held_push(c, tool, u, mid) < contact_given(t, mid))
      lo = mid;
    else
      hi = mid;
  }
  return hi;
}

void contact_store(contact *c, const double *u, state *next) {
  const mesh *g = grid(c);
  double *pressure = state_edit(next, c->field.pressure), *traction = state_edit(next, c->field.traction);
  double *gap = state_edit(next, c->field.gap), *owner = state_edit(next, c->field.owner);
  double *multiplier = state_edit(next, c->field.multiplier);
  double *friction = state_edit(next, c->field.friction), *relative = state_edit(next, c->field.relative);
  evaluate(c, u, 0);
  for (int s = 0; s < g->nskin; s++) {
    double x[FP][3];
    facet_positions(c, s, u, x);
    for (int q = 0; q < FP; q++) {
      size_t i = (size_t)(FP * s + q);
      const point *p = c->point + i;
      int on = p->owner >= 0 && p->p > 0;
      pressure[i] = on ? p->p : 0;
      /* The multiplier that starts the next step where this one ended, whatever factor its penalty had: a step that
         began out of balance would open points that were closed. */
      multiplier[i] = on ? p->p + p->eps * p->gap : 0;
      gap[i] = p->owner >= 0 ? p->gap : (double)NAN;
      owner[i] = on ? p->owner + 1 : 0;
      double o[3] = {0};
      if (on) tool_origin(c->tool + p->owner, c->depth[p->owner], o);
      for (int k = 0; k < 3; k++) {
        traction[3 * i + (size_t)k] = p->owner >= 0 ? -p->force[k] : 0;
        friction[3 * i + (size_t)k] = on ? p->tau[k] : 0;
        relative[3 * i + (size_t)k] = on ? x[q][k] - o[k] : 0;
      }
    }
  }
}

void contact_measure(const contact *c, int tool, const double *u, contact_sum *out) {
  const mesh *g = grid(c);
  *out = (contact_sum){0};
  double o[3], area = 0, push = 0;
  tool_origin(c->tool + tool, c->depth[tool], o);
  for (int s = 0; s < g->nskin; s++) {
    if (!c->active[s]) continue;
    double x[FP][3];
    facet_positions(c, s, u, x);
    for (int q = 0; q < FP; q++) {
      const point *p = c->point + FP * s + q;
      if (p->owner != tool) continue;
      double f[3], d[3];
      for (int k = 0; k < 3; k++) f[k] = -p->weight * p->force[k], d[k] = x[q][k] - o[k], out->force[k] += f[k];
      out->torque[0] += d[1] * f[2] - d[2] * f[1];
      out->torque[1] += d[2] * f[0] - d[0] * f[2];
      out->torque[2] += d[0] * f[1] - d[1] * f[0];
      if (p->p <= 0) continue;
      out->area += facet_area(c, s, q, u);
      area += p->weight, push += p->weight * p->p;
      out->pressure_max = fmax(out->pressure_max, p->p);
      out->penetration = fmax(out->penetration, -p->gap);
    }
  }
  for (int k = 0; k < 3; k++) out->normal += out->force[k] * c->tool[tool].inward[k];
  out->pressure_mean = area > 0 ? push / area : 0;
  out->patch_penetration = patch_penetration(c, tool);
}

/* How far a point slipped in this step, m: its path along the skin less what the elastic stick took up, where the law
   let it slip. Without friction nothing sticks. A stick whose bound changed keeps its length, not its traction. */
static double point_slip(const point *p, const double x[3], const double o[3]) {
  double et = p->bound > 0 ? p->bound / p->slip : 0, path[3], trial[3], dot = 0, turn = 0, size = 0, slip = 0;
  for (int k = 0; k < 3; k++) {
    path[k] = x[k] - o[k] - p->rel0[k];
    trial[k] = p->tau0[k] + et * path[k];
    dot += path[k] * p->hat[k], turn += trial[k] * p->hat[k];
  }
  for (int k = 0; k < 3; k++) path[k] -= dot * p->hat[k], trial[k] -= turn * p->hat[k], size += trial[k] * trial[k];
  if (et > 0 && !(size > p->bound * p->bound)) return 0;
  for (int k = 0; k < 3; k++) {
    double stick = et > 0 ? p->tau[k] / et - (p->bound0 > 0 ? p->tau0[k] / p->bound0 * p->slip : 0) : 0;
    slip += (path[k] - stick) * (path[k] - stick);
  }
  return sqrt(slip);
}

void contact_account(const contact *c, int tool, const double *u, contact_change *out) {
  const mesh *g = grid(c);
  *out = (contact_change){0};
  double o[3], push = 0;
  tool_origin(c->tool + tool, c->depth[tool], o);
  for (int s = 0; s < g->nskin; s++) {
    double x[FP][3];
    int some = 0;
    for (int q = 0; q < FP; q++) some |= c->point[FP * s + q].owner == tool || c->point[FP * s + q].was == tool;
    if (!some) continue;
    facet_positions(c, s, u, x);
    for (int q = 0; q < FP; q++) {
      const point *p = c->point + FP * s + q;
      int before = p->was == tool, after = p->owner == tool && p->p > 0;
      out->changes += before != after;
      if (p->owner != tool || !(before || after)) continue;
      /* Trapezoid, as for the work of the hand: a point that comes slips half of a step with what it has at the end. */
      double slip = point_slip(p, x[q], o), w = 0.5 * p->weight * ((before ? p->p0 : 0) + p->p);
      out->friction_work += 0.5 * p->weight * (p->bound0 + p->bound) * slip;
      out->slip += w * slip, push += w;
    }
  }
  if (push > 0) out->slip /= push;
}

static double trace(const point *p) {
  return p->owner < 0 ? 0 : p->H[0] + p->H[1] + p->H[2];
}

void contact_mark(contact *c) {
  for (int i = 0; i < c->npoint; i++) c->point[i].marked = trace(c->point + i);
}

int contact_stiffer(const contact *c) {
  int some = 0;
  for (int i = 0; i < c->npoint; i++)
    some |= trace(c->point + i) > STIFFER * c->point[i].marked + 1e-3 * c->point[i].eps;
  return some;
}

int contact_any(const contact *c) {
  for (int t = 0; t < c->m->ntool; t++)
    if (c->tool[t].touching) return 1;
  return 0;
}
