#include "bench/edge.h"
#include <math.h>
#include <omp.h>
#include <string.h>
#include "sim/base/mat3.h"
#include "sim/base/par.h"

enum { LINE = 5, POINTS = LINE * LINE * LINE, PSI = SPACE_PSI, PACKED = CELL_DOF * (CELL_DOF + 1) / 2 };

/* Part of lambda, in mu, that holds the volume at each point. Numerical: the quarter in columns halved six times at the
   edge ends at -19.98 N with all of it, -19.75 with 10 mu, -19.69 with 3 mu; P1's is -19.39. With 1 mu, not softened,
   the strip halved seven times does not arrive. */
static const double HOLD = 3;

/* Slopes of the shapes at the points of a cell, along lines of the rest and, by F^-1, along lines as they are; weights
   of the sums that make its matrix. */
typedef struct slopes {
  double rest[3][CELL_NODES][POINTS], now[3][CELL_NODES][POINTS];
  double same[POINTS], turn[POINTS], change[POINTS], press[POINTS];
} slopes;

/* At the points of a cell at rest. */
typedef struct undeformed {
  double map[POINTS][9];   /* dxi_k/dX_J, 1/m */
  double volume[POINTS];   /* m^3 */
  double psi[POINTS][PSI]; /* 1, X, Y, Z made orthonormal over the cell, 1/m^1.5 */
} undeformed;

struct edge {
  const space *s;
  double mu, lambda, hold, stiffen; /* Pa, the last a share of mu */
  double least;                     /* edge_soften */
  int n, nthread;
  const int32_t *cell;                                                            /* [n] */
  int32_t *number;                                                                /* [ncell] in that list, -1 */
  double value[POINTS][CELL_NODES], slope[POINTS][CELL_NODES][3], weight[POINTS]; /* of a cell from 0 to 1 */
  undeformed *place;                                                              /* [n] */
  double *K;                 /* [n][PACKED] where it was linearised */
  double (*force)[CELL_DOF]; /* [n] */
  int *bad;                  /* [n] inside out at a point */
  slopes *work;              /* [threads] */
};

/* Points on 0..1: both ends, and where the slope of Legendre's polynomial P of degree n - 1 is zero; weights
   1 / (n (n - 1) P^2). Source: Abramowitz and Stegun, 25.4.32. */
static void lobatto(int n, double *x, double *w) {
  static const double pi = 3.14159265358979323846;
  for (int i = 0; i < n; i++) {
    double t = -cos(pi * i / (n - 1)), P = t;
    for (int k = 0; k < 20; k++) { /* Newton: four are enough */
      double before = 1;
      P = t;
      for (int d = 2; d < n; d++) {
        double next = ((2 * d - 1) * t * P - (d - 1) * before) / d;
        before = P, P = next;
      }
      if (i == 0 || i == n - 1) break;
      t -= (t * P - before) / (n * P); /* P' = (n - 1) (before - t P) / (1 - t^2), P'' there by Legendre's equation */
    }
    x[i] = 0.5 * (1 + t), w[i] = 1 / (n * (n - 1) * P * P);
  }
}

static void tables(edge *e) {
  double x[LINE], w[LINE], N[LINE][3], D[LINE][3];
  lobatto(LINE, x, w);
  for (int i = 0; i < LINE; i++) {
    double t = x[i];
    N[i][0] = (1 - t) * (1 - 2 * t), N[i][1] = 4 * t * (1 - t), N[i][2] = t * (2 * t - 1);
    D[i][0] = 4 * t - 3, D[i][1] = 4 - 8 * t, D[i][2] = 4 * t - 1;
  }
  for (int q = 0; q < POINTS; q++) {
    int at[3] = {q % LINE, q / LINE % LINE, q / LINE / LINE};
    e->weight[q] = w[at[0]] * w[at[1]] * w[at[2]];
    for (int a = 0; a < CELL_NODES; a++) {
      int node[3] = {a % 3, a / 3 % 3, a / 9};
      e->value[q][a] = N[at[0]][node[0]] * N[at[1]][node[1]] * N[at[2]][node[2]];
      for (int k = 0; k < 3; k++) {
        double *slope = &e->slope[q][a][k];
        *slope = 1;
        for (int j = 0; j < 3; j++) *slope *= (j == k ? D : N)[at[j]][node[j]];
      }
    }
  }
}

/* For the element of sim/fe their lanes are spare ones, flat on the column of nodes that is farthest away, of a mesh
   without columns on its last node: it does sums there, too, and must not find them inside out. */
static void take_away(space *s, const int32_t *number) {
  const mesh *g = s->mesh;
  for (int b = 0; b < s->nbatch; b++)
    for (int l = 0; l < NB; l++) {
      int cell = s->cell[b * NB + l];
      if (number[cell] < 0) continue;
      s->active[b] &= ~(1u << l);
      for (int k = 0; k < CELL_NODES; k++)
        s->gather[((size_t)b * CELL_NODES + (size_t)k) * NB + (size_t)l] =
            mesh_in_columns(g) ? mesh_node(g, 2 * g->nx, 2 * g->ny, 2 * (cell % g->nz) + k / 9) : g->nnode - 1;
    }
}

/* Orthonormal twice over, for round-off. */
static void make_psi(undeformed *p, double (*x)[3]) {
  for (int b = 0; b < PSI; b++) {
    for (int q = 0; q < POINTS; q++) p->psi[q][b] = b ? x[q][b - 1] : 1;
    for (int pass = 0; pass < 2; pass++) {
      for (int c = 0; c < b; c++) {
        double s = 0;
        for (int q = 0; q < POINTS; q++) s += p->volume[q] * p->psi[q][b] * p->psi[q][c];
        for (int q = 0; q < POINTS; q++) p->psi[q][b] -= s * p->psi[q][c];
      }
      double size = 0;
      for (int q = 0; q < POINTS; q++) size += p->volume[q] * p->psi[q][b] * p->psi[q][b];
      for (int q = 0; q < POINTS; q++) p->psi[q][b] /= sqrt(size);
    }
  }
}

static status find_place(const edge *e, int cell, undeformed *p) {
  const mesh *g = e->s->mesh;
  const int32_t *node = g->cell + CELL_NODES * (size_t)cell;
  const double *first = g->x + 3 * (size_t)node[0];
  double x[POINTS][3] = {{0}};
  for (int q = 0; q < POINTS; q++) {
    double G[9] = {0};
    for (int a = 0; a < CELL_NODES; a++)
      for (int k = 0; k < 3; k++) {
        double d = g->x[3 * (size_t)node[a] + (size_t)k] - first[k];
        x[q][k] += e->value[q][a] * d;
        for (int j = 0; j < 3; j++) G[3 * k + j] += e->slope[q][a][j] * d;
      }
    double det = inv3(G, 1, p->map[q]);
    if (!(det > 0)) FAIL(ST_INPUT, "cell %d of the mesh is inside out before anything moved", cell);
    p->volume[q] = e->weight[q] * det;
  }
  make_psi(p, x);
  return ST_OK;
}

status edge_create(space *s, int n, const int32_t *cell, double mu, double lambda, arena *a, edge **out) {
  edge *e;
  NEW(a, e, 1);
  e->s = s, e->mu = mu, e->lambda = lambda, e->hold = HOLD * mu, e->n = n, e->cell = cell, e->nthread = par_nthread();
  NEW(a, e->number, s->mesh->ncell);
  NEW(a, e->K, (size_t)n * PACKED);
  NEW(a, e->force, n);
  NEW(a, e->bad, n);
  NEW(a, e->work, e->nthread);
  tables(e);
  for (int c = 0; c < s->mesh->ncell; c++) e->number[c] = -1;
  for (int i = 0; i < n; i++) e->number[cell[i]] = i;
  NEW(a, e->place, n);
  for (int i = 0; i < n; i++) TRY(find_place(e, cell[i], e->place + i));
  take_away(s, e->number);
  *out = e;
  return ST_OK;
}

/* ---- one cell --------------------------------------------------------------------------------------------------- */

static const int32_t *nodes(const edge *e, int i) {
  return e->s->mesh->cell + CELL_NODES * (size_t)e->cell[i];
}

/* ln J or, from `least` down, its parabola there; with two derivatives. */
typedef struct logarithm {
  double value, d, dd;
} logarithm;
static logarithm ln(const edge *e, double J) {
  if (J >= e->least) return (logarithm){log(J), 1 / J, -1 / (J * J)};
  double inv = 1 / e->least, x = J * inv - 1;
  return (logarithm){log(e->least) + x - 0.5 * x * x, (1 - x) * inv, -inv * inv};
}

/* Of shape a along lines of the rest, 1/m. */
static void rest_slope(const edge *e, const undeformed *at, int q, int a, double G[3]) {
  const double *s = e->slope[q][a], *m = at->map[q];
  for (int j = 0; j < 3; j++) G[j] = s[0] * m[j] + s[1] * m[3 + j] + s[2] * m[6 + j];
}

/* At the points of cell i F and p = hold ln J + (lambda - hold) Pi ln J - mu. 0: it is inside out. */
static int state(const edge *e, int i, const double *u, double (*F)[9], double *p) {
  const int32_t *node = nodes(e, i);
  const undeformed *at = e->place + i;
  double C[9], mean[PSI] = {0};
  for (int q = 0; q < POINTS; q++) {
    double D[9] = {0};
    for (int a = 0; a < CELL_NODES; a++)
      for (int k = 0; k < 3; k++)
        for (int j = 0; j < 3; j++) D[3 * k + j] += u[3 * (size_t)node[a] + (size_t)k] * e->slope[q][a][j];
    for (int k = 0; k < 3; k++)
      for (int j = 0; j < 3; j++) {
        F[q][3 * k + j] = k == j;
        for (int l = 0; l < 3; l++) F[q][3 * k + j] += D[3 * k + l] * at->map[q][3 * l + j];
      }
    double J = cof3(F[q], 1, C);
    if (!(J > 0) && !(e->least > 0 && isfinite(J))) return 0;
    p[q] = ln(e, J).value;
    for (int c = 0; c < PSI; c++) mean[c] += at->volume[q] * at->psi[q][c] * p[q];
  }
  for (int q = 0; q < POINTS; q++) {
    double projected = 0;
    for (int c = 0; c < PSI; c++) projected += mean[c] * at->psi[q][c];
    p[q] = e->hold * p[q] + (e->lambda - e->hold) * projected - e->mu;
  }
  return 1;
}

/* P = mu F + p (ln J)' cof F */
static int forces(const edge *e, int i, const double *u, double *r) {
  double F[POINTS][9], p[POINTS], C[9], P[9];
  const undeformed *at = e->place + i;
  memset(r, 0, CELL_DOF * sizeof *r);
  if (!state(e, i, u, F, p)) return 0;
  for (int q = 0; q < POINTS; q++) {
    double slope = ln(e, cof3(F[q], 1, C)).d;
    for (int k = 0; k < 9; k++) P[k] = at->volume[q] * (e->mu * F[q][k] + p[q] * slope * C[k]);
    for (int a = 0; a < CELL_NODES; a++) {
      double G[3];
      rest_slope(e, at, q, a, G);
      for (int k = 0; k < 3; k++) r[3 * a + k] += P[3 * k] * G[0] + P[3 * k + 1] * G[1] + P[3 * k + 2] * G[2];
    }
  }
  return 1;
}

/* K += weight * second derivative of J at point q: e_ikm F_mn (G_a x G_b)_n, which no J divides. */
static void turning(const slopes *s, int q, const double F[9], double weight, double *K) {
  for (int a = 0; a < CELL_NODES; a++)
    for (int b = 0; b < a; b++) {
      double A[3], B[3], v[3];
      for (int k = 0; k < 3; k++) A[k] = s->rest[k][a][q], B[k] = s->rest[k][b][q];
      double c[3] = {A[1] * B[2] - A[2] * B[1], A[2] * B[0] - A[0] * B[2], A[0] * B[1] - A[1] * B[0]};
      for (int m = 0; m < 3; m++) v[m] = weight * (F[3 * m] * c[0] + F[3 * m + 1] * c[1] + F[3 * m + 2] * c[2]);
      for (int i = 0; i < 3; i++) {
        int k = (i + 1) % 3, m = (i + 2) % 3;
        K[(3 * a + i) * (3 * a + i + 1) / 2 + 3 * b + k] += v[m];
        K[(3 * a + k) * (3 * a + k + 1) / 2 + 3 * b + i] -= v[m];
      }
    }
}

static double sum(const double *restrict w, const double *restrict x, const double *restrict y) {
  double s = 0;
#pragma omp simd reduction(+ : s)
  for (int q = 0; q < POINTS; q++) s += w[q] * x[q] * y[q];
  return s;
}

/* With G and g = (ln J)' cof F G the slopes of a shape along lines of the rest and as they are, B the projection of g:
     K_(a i)(b k) = sum of mu G_a . G_b (i = k) + hold g_ai g_bk - p g_ak g_bi,  + (lambda - hold) B_ai . B_bk
   On the parabola hold + p (ln J)'' / (ln J)'^2 takes hold's place, and the third summand is that of `turning`. */
static int matrix(const edge *e, int i, const double *u, slopes *s, double *K) {
  double F[POINTS][9], p[POINTS], C[9], B[CELL_DOF][PSI] = {{0}}, rest = e->lambda - e->hold;
  const undeformed *at = e->place + i;
  if (!state(e, i, u, F, p)) return 0;
  for (int q = 0; q < POINTS; q++) {
    double J = cof3(F[q], 1, C), w = at->volume[q];
    logarithm l = ln(e, J);
    int low = J < e->least;
    s->same[q] = w * e->mu, s->turn[q] = w * e->mu * e->stiffen / l.d;
    s->change[q] = w * (e->hold + (low ? p[q] * l.dd / (l.d * l.d) : 0)), s->press[q] = low ? 0 : w * p[q];
    for (int a = 0; a < CELL_NODES; a++) {
      double G[3];
      rest_slope(e, at, q, a, G);
      for (int k = 0; k < 3; k++) {
        s->rest[k][a][q] = G[k];
        double g = s->now[k][a][q] = (C[3 * k] * G[0] + C[3 * k + 1] * G[1] + C[3 * k + 2] * G[2]) * l.d;
        for (int c = 0; c < PSI; c++) B[3 * a + k][c] += w * at->psi[q][c] * g;
      }
    }
  }
  for (int a = 0; a < CELL_NODES; a++)
    for (int b = 0; b <= a; b++) {
      double same = 0;
      for (int k = 0; k < 3; k++) same += sum(s->same, s->rest[k][a], s->rest[k][b]);
      for (int k = 0; k < 3 && e->stiffen > 0; k++) same += sum(s->turn, s->now[k][a], s->now[k][b]);
      for (int k = 0; k < 3; k++)
        for (int l = 0; l < (b < a ? 3 : k + 1); l++) {
          int row = 3 * a + k, col = 3 * b + l;
          double x = k == l ? same : 0;
          x += sum(s->change, s->now[k][a], s->now[l][b]) - sum(s->press, s->now[l][a], s->now[k][b]);
          for (int c = 0; c < PSI; c++) x += rest * B[row][c] * B[col][c];
          K[row * (row + 1) / 2 + col] = x;
        }
    }
  for (int q = 0; q < POINTS; q++) {
    double J = cof3(F[q], 1, C);
    if (J < e->least) turning(s, q, F[q], at->volume[q] * p[q] * ln(e, J).d, K);
  }
  return 1;
}

/* y = K x */
static void product(const double *restrict K, const double *restrict x, double *restrict y) {
  memset(y, 0, CELL_DOF * sizeof *y);
  for (int i = 0; i < CELL_DOF; K += ++i) {
    double s = K[i] * x[i];
    for (int j = 0; j < i; j++) s += K[j] * x[j], y[j] += K[j] * x[i];
    y[i] += s;
  }
}

/* ---- the term --------------------------------------------------------------------------------------------------- */

static status good(const edge *e) {
  for (int i = 0; i < e->n; i++)
    if (e->bad[i]) return ST_RETRY;
  return ST_OK;
}

/* out += forces, in the order of the cells */
static void add_forces(const edge *e, double *out, float *out_f) {
  for (int i = 0; i < e->n; i++)
    for (int k = 0; k < CELL_DOF; k++) {
      size_t dof = 3 * (size_t)nodes(e, i)[k / 3] + (size_t)(k % 3);
      if (out)
        out[dof] += e->force[i][k];
      else
        out_f[dof] += (float)e->force[i][k];
    }
}

static status residual(void *self, const double *u, double *r) {
  edge *e = self;
#pragma omp parallel for schedule(dynamic) num_threads(e->nthread)
  for (int i = 0; i < e->n; i++) e->bad[i] = !forces(e, i, u, e->force[i]);
  status st = good(e);
  if (st == ST_OK) add_forces(e, r, NULL);
  return st;
}

static status linearize(void *self, const double *u) {
  edge *e = self;
#pragma omp parallel for schedule(dynamic) num_threads(e->nthread)
  for (int i = 0; i < e->n; i++)
    e->bad[i] = !matrix(e, i, u, e->work + omp_get_thread_num(), e->K + (size_t)i * PACKED);
  return good(e);
}

static void products(edge *e, const double *from, const float *from_f) {
#pragma omp parallel for schedule(static) num_threads(e->nthread)
  for (int i = 0; i < e->n; i++) {
    double x[CELL_DOF];
    for (int k = 0; k < CELL_DOF; k++) {
      size_t dof = 3 * (size_t)nodes(e, i)[k / 3] + (size_t)(k % 3);
      x[k] = from ? from[dof] : (double)from_f[dof];
    }
    product(e->K + (size_t)i * PACKED, x, e->force[i]);
  }
}
static void apply(void *self, const double *du, double *dr) {
  products(self, du, NULL);
  add_forces(self, dr, NULL);
}
static void apply_f(void *self, const float *du, float *dr) {
  products(self, NULL, du);
  add_forces(self, NULL, dr);
}

static void cells(void *self, int site, float *K) {
  const edge *e = self;
  for (int l = 0; l < NB; l++) {
    int cell = space_site_cell(e->s, site, l), i = cell < 0 ? -1 : e->number[cell];
    for (size_t k = 0; k < PACKED && i >= 0; k++) K[k * NB + (size_t)l] += (float)e->K[(size_t)i * PACKED + k];
  }
}

static void stiffen(void *self, double share) {
  edge *e = self;
  e->stiffen = share;
}

void edge_soften(edge *e, double least) {
  e->least = least;
}

term edge_term(edge *e) {
  return (term){.self = e,
                .residual = residual,
                .linearize = linearize,
                .apply = apply,
                .apply_f = apply_f,
                .cells = cells,
                .stiffen = stiffen};
}
