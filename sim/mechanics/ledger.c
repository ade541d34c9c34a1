#include "sim/mechanics/ledger.h"
#include <math.h>
#include "sim/state/schedule.h"

int ledger_presses(const ledger_row *r) {
  return r->force[0] != 0 || r->force[1] != 0 || r->force[2] != 0;
}

/* Rotation vector of R1 R0': its sine times its axis is the skew part. */
static void turning(const double *p0, const double *p1, double theta[3]) {
  double D[3][3] = {{0}};
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 3; k++) D[i][j] += p1[4 * i + k] * p0[4 * j + k];
  double v[3] = {0.5 * (D[2][1] - D[1][2]), 0.5 * (D[0][2] - D[2][0]), 0.5 * (D[1][0] - D[0][1])};
  double sine = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]), cosine = 0.5 * (D[0][0] + D[1][1] + D[2][2] - 1);
  double scale = sine > 0 ? atan2(sine, cosine) / sine : 1;
  for (int k = 0; k < 3; k++) theta[k] = scale * v[k];
}

double ledger_work(const ledger_row *now, const ledger_row *next) {
  double theta[3], work = 0;
  turning(now->pose, next->pose, theta);
  for (int k = 0; k < 3; k++) {
    double path = next->pose[4 * k + 3] - now->pose[4 * k + 3];
    work += 0.5 * (now->force[k] + next->force[k]) * path + 0.5 * (now->torque[k] + next->torque[k]) * theta[k];
  }
  return work;
}

/* Torque about the axle: T . a - (C x F) . a, with C from the origin to its centre. */
static double torque_about(const ledger_row *r, const hand_axle *k) {
  double C[3] = {0}, a[3] = {0};
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) C[i] += r->pose[4 * i + j] * k->centre[j], a[i] += r->pose[4 * i + j] * k->axis[j];
  const double *F = r->force, *T = r->torque;
  return a[0] * (T[0] - C[1] * F[2] + C[2] * F[1]) + a[1] * (T[1] - C[2] * F[0] + C[0] * F[2]) +
         a[2] * (T[2] - C[0] * F[1] + C[1] * F[0]);
}

double ledger_spin(const ledger_row *now, const ledger_row *next, const hand *kind, const void *par, double angle) {
  hand_axle k;
  if (!kind->axle) return 0;
  kind->axle(par, &k);
  return 0.5 * (torque_about(now, &k) + torque_about(next, &k)) * angle;
}

double ledger_push(const ledger_row *r, const double inward[3], double depth) {
  double push = 0;
  for (int k = 0; k < 3; k++) push += r->force[k] * inward[k];
  return 0.5 * push * fmax(depth, 0);
}

void ledger_loop(const technique_cycle *c, double t0, double t1, double work0, double work1, double *begin,
                 double *loop) {
  for (int k = (int)fmax(0, floor((t0 - c->first) / c->period)); k <= c->count; k++) {
    double b = c->first + k * c->period, work = work0 + (work1 - work0) * (b - t0) / (t1 - t0);
    if (b > t1 + SAME_TIME) return; /* a step that ends with a cycle ends it */
    if (k == 0 && b >= t0 - SAME_TIME && b < t1 - SAME_TIME) *begin = work;
    if (k == 0 || b <= t0 + SAME_TIME) continue;
    *loop = work - *begin, *begin = work;
  }
}
