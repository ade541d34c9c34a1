#include <math.h>
#include <string.h>
#include "sim/fe/kernel_real.h"

/* c of the term that holds det F to theta (kernel.h), in shear moduli of the law. Numerical: without it a ball pressed
   half its radius into the layers of the validation ends at 10.4 mm after 879 Newton iterations, with 0.1, 0.25, 1 it
   arrives in 142, 109, 106; a coarse Cook's membrane (2 x 2, bulk/shear 1000) is 1.5 % short without, 1.8, 2.3, 4.0 %
   with. */
#define KERNEL_STAY 0.25

kernel_in REAL_NAME(kernel_batch)(const space *s, int batch, double dt) {
  const tissue *t = s->tissue[batch];
#ifdef KNEAD_FLOAT
  const material_ops_f *law = t->law->f;
  const space_geo_f *g = &s->f;
#else
  const material_ops_d *law = t->law->d;
  const space_geo_d *g = &s->d;
#endif
  const real *geo = g->geo + s->geo_first[batch];
  return (kernel_in){.law = law,
                     .par = t->par,
                     .nfam = s->nfam,
                     .flat = s->flat[batch],
                     .dt = dt,
                     .stay = KERNEL_STAY * t->law->shear(t->par),
                     .geo = geo,
                     .active = g->active ? g->active + (size_t)batch * QUAD_CELL * NB : NULL,
                     .scale = g->scale ? g->scale + (size_t)batch * QUAD_CELL * NB : NULL,
                     .nhist = (int)((s->hist_first[batch + 1] - s->hist_first[batch]) / (QUAD_CELL * NB)),
                     .psi = geo + (s->flat[batch] ? 1 : QUAD_CELL) * SPACE_GEO * NB,
                     .fibre = g->fibre + (size_t)batch * 3 * MAT_FAMILIES * NB};
}

void REAL_NAME(kernel_gather)(const int32_t *nodes, const real *u, real *v) {
  for (int n = 0; n < CELL_NODES; n++)
    for (int l = 0; l < NB; l++) {
      const real *x = u + 3 * (size_t)nodes[n * NB + l];
      v[3 * n * NB + l] = x[0], v[(3 * n + 1) * NB + l] = x[1], v[(3 * n + 2) * NB + l] = x[2];
    }
}

KERNEL_INLINE int residual(const kernel_in *in, int flat, const real *u, real *r, real *theta, real *p, real *worst,
                           real *energy) {
  ALIGNED real F[27][9][NB], t[27][NB];
  memset(theta, 0, SPACE_PSI * NB * sizeof *theta);
  memset(p, 0, SPACE_PSI * NB * sizeof *p);
  displacement_gradient(in, flat, u, 1, F);
  for (int l = 0; l < NB; l++) worst[l] = INFINITY;
  for (int q = 0; q < 27; q++) POINT_LANES {
      real f[9];
      take9((const real(*)[NB])F[q], l, f);
      real J = det3(f, 1);
      project_at(in, flat, q, J, theta, l);
      worst[l] = J > worst[l] ? worst[l] : J;
    }
  for (int q = 0; q < 27; q++) POINT_LANES {
      real th = value_at(in, flat, q, theta, l);
      worst[l] = th > worst[l] ? worst[l] : th;
    }
  for (int l = 0; l < NB; l++)
    if (!(worst[l] > 0) || !isfinite(worst[l])) return 0;

  /* p first needs every point's t. */
  ALIGNED real aP[27][9][NB], hold[27][NB];
  if (energy) memset(energy, 0, NB * sizeof *energy);
  for (int q = 0; q < 27; q++) {
    ALIGNED real Fbar[9][NB], P[9][NB], a[NB], th[NB], W[NB];
    POINT_LANES {
      real f[9];
      take9((const real(*)[NB])F[q], l, f);
      th[l] = value_at(in, flat, q, theta, l);
      a[l] = vm_rcbrt(det3(f, 1) / th[l]);
      for (int k = 0; k < 9; k++) Fbar[k][l] = a[l] * f[k];
    }
    material_in at = material_at(in, q, Fbar[0]);
    in->law->stress(in->par, &at, P[0], NULL);
    if (energy) {
      in->law->energy(in->par, &at, W);
      LANES {
        real e = det3(F[q][0] + l, NB) / th[l] - 1;
        energy[l] += weight_at(in, flat, q, l) * (W[l] + (real)0.5 * stay_at(in, q, l) * e * e);
      }
    }
    POINT_LANES {
      t[q][l] = dot3(P[0] + l, NB, Fbar[0] + l, NB) * (real)(1.0 / 3);
      real inv = 1 / th[l], rho = det3(F[q][0] + l, NB) * inv, m = stay_at(in, q, l) * (rho - 1);
      project_at(in, flat, q, (t[q][l] - m * rho) * inv, p, l);
      hold[q][l] = m * inv;
      for (int k = 0; k < 9; k++) aP[q][k][l] = a[l] * P[k][l];
    }
  }
  for (int q = 0; q < 27; q++) POINT_LANES {
      real f[9], C[9];
      take9((const real(*)[NB])F[q], l, f);
      real J = cof3(f, 1, C), s = value_at(in, flat, q, p, l) - t[q][l] / J + hold[q][l];
      for (int k = 0; k < 9; k++) aP[q][k][l] += s * C[k];
    }
  stress_back(in, flat, (const real(*)[9][NB])aP, r);
  return 1;
}

int REAL_NAME(kernel_residual)(const kernel_in *in, const real *u, real *r, real *theta, real *p, real *worst,
                               real *energy) {
  return in->flat ? residual(in, 1, u, r, theta, p, worst, energy) : residual(in, 0, u, r, theta, p, worst, energy);
}

KERNEL_INLINE void apply(const kernel_in *in, int flat, const real *u, const real *theta, const real *p, const real *du,
                         real *dr) {
  ALIGNED real F[27][9][NB], D[27][9][NB], dth[SPACE_PSI][NB] = {{0}}, dp[SPACE_PSI][NB] = {{0}};
  ALIGNED real invJ[27][NB], tr[27][NB], invth[27][NB], a[27][NB];
  displacement_gradient(in, flat, u, 1, F);
  displacement_gradient(in, flat, du, 0, D);
  /* Long chains of arithmetic (divisions, the cube root) stand here, where points do not wait for each other. */
  for (int q = 0; q < 27; q++) POINT_LANES {
      real f[9], d[9], C[9];
      take9((const real(*)[NB])F[q], l, f);
      take9((const real(*)[NB])D[q], l, d);
      real J = cof3(f, 1, C), dJ = dot3(C, 1, d, 1);
      project_at(in, flat, q, dJ, dth[0], l);
      invJ[q][l] = 1 / J, tr[q][l] = dJ * invJ[q][l];
      invth[q][l] = 1 / value_at(in, flat, q, theta, l);
      a[q][l] = vm_rcbrt(J * invth[q][l]);
    }
  for (int q = 0; q < 27; q++) {
    ALIGNED real Fbar[9][NB], dFbar[9][NB], P[9][NB], dP[9][NB], dln[NB], e[NB];
    /* dFbar = a (dF + e F), e = (dtheta/theta - dJ/J)/3; dln = dtheta/theta, tr = dJ/J */
    POINT_LANES {
      dln[l] = value_at(in, flat, q, dth[0], l) * invth[q][l];
      e[l] = (dln[l] - tr[q][l]) * (real)(1.0 / 3);
      for (int k = 0; k < 9; k++)
        Fbar[k][l] = a[q][l] * F[q][k][l], dFbar[k][l] = a[q][l] * (D[q][k][l] + e[l] * F[q][k][l]);
    }
    material_in at = material_at(in, q, Fbar[0]);
    in->law->stress(in->par, &at, P[0], NULL);
    in->law->tangent(in->par, &at, dFbar[0], dP[0]);
    /* d[(p - t/J) C] without dp: C (-dt/J + t dJ/J^2) + (p - t/J) dC */
    POINT_LANES {
      real f[9], d[9], C[9], dC[9];
      real t = dot3(P[0] + l, NB, Fbar[0] + l, NB) * (real)(1.0 / 3);
      real dt = (dot3(dP[0] + l, NB, Fbar[0] + l, NB) + dot3(P[0] + l, NB, dFbar[0] + l, NB)) * (real)(1.0 / 3);
      real stay = stay_at(in, q, l), ith = invth[q][l], rho = ith / invJ[q][l], drho = rho * (tr[q][l] - dln[l]);
      real tJ = t * invJ[q][l], s = value_at(in, flat, q, p, l) - tJ + stay * (rho - 1) * ith;
      real lead = tJ * tr[q][l] - dt * invJ[q][l] + stay * ith * (drho - (rho - 1) * dln[l]);
      real dg = dt - t * dln[l] - stay * ((2 * rho - 1) * drho - (rho - 1) * rho * dln[l]);
      project_at(in, flat, q, dg * ith, dp[0], l);
      take9((const real(*)[NB])F[q], l, f);
      take9((const real(*)[NB])D[q], l, d);
      cof3(f, 1, C);
      dcof3(f, 1, d, 1, dC);
      for (int k = 0; k < 9; k++) D[q][k][l] = a[q][l] * (dP[k][l] + e[l] * P[k][l]) + lead * C[k] + s * dC[k];
    }
  }
  for (int q = 0; q < 27; q++) POINT_LANES {
      real f[9], C[9];
      take9((const real(*)[NB])F[q], l, f);
      cof3(f, 1, C);
      real s = value_at(in, flat, q, dp[0], l);
      for (int k = 0; k < 9; k++) D[q][k][l] += s * C[k];
    }
  stress_back(in, flat, (const real(*)[9][NB])D, dr);
}

void REAL_NAME(kernel_apply)(const kernel_in *in, const real *u, const real *theta, const real *p, const real *du,
                             real *dr) {
  if (in->flat)
    apply(in, 1, u, theta, p, du, dr);
  else
    apply(in, 0, u, theta, p, du, dr);
}

#ifndef KNEAD_FLOAT
KERNEL_INLINE void look(const kernel_in *in, int flat, const double *u, kernel_points *out) {
  ALIGNED real aP[27][9][NB], t[27][NB], hold[27][NB], theta[SPACE_PSI][NB] = {{0}}, p[SPACE_PSI][NB] = {{0}};
  displacement_gradient(in, flat, u, 1, out->F);
  for (int q = 0; q < 27; q++) POINT_LANES {
      out->J[q][l] = det3(out->F[q][0] + l, NB);
      project_at(in, flat, q, out->J[q][l], theta[0], l);
    }
  for (int q = 0; q < 27; q++) {
    ALIGNED real Fbar[9][NB], P[9][NB], th[NB], a[NB];
    POINT_LANES {
      th[l] = value_at(in, flat, q, theta[0], l);
      a[l] = vm_rcbrt(out->J[q][l] / th[l]);
      for (int k = 0; k < 9; k++) Fbar[k][l] = a[l] * out->F[q][k][l];
    }
    material_in at = material_at(in, q, Fbar[0]);
    in->law->stress(in->par, &at, P[0], out->h1 ? out->h1 + (size_t)(q * in->nhist) * NB : NULL);
    in->law->energy(in->par, &at, out->W[q]);
    if (in->law->fibre_stress && in->nfam)
      in->law->fibre_stress(in->par, &at, out->fibre_stress[q][0]);
    else
      memset(out->fibre_stress[q], 0, sizeof out->fibre_stress[q]);
    POINT_LANES {
      t[q][l] = dot3(P[0] + l, NB, Fbar[0] + l, NB) * (real)(1.0 / 3);
      real rho = out->J[q][l] / th[l], m = stay_at(in, q, l) * (rho - 1);
      project_at(in, flat, q, (t[q][l] - m * rho) / th[l], p[0], l);
      hold[q][l] = m / th[l];
      for (int k = 0; k < 9; k++) aP[q][k][l] = a[l] * P[k][l];
    }
  }
  static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
  for (int q = 0; q < 27; q++) POINT_LANES {
      /* sigma = P F^T / J; the mixed pressure output is positive in compression. */
      real C[9], J = cof3(out->F[q][0] + l, NB, C), pq = value_at(in, flat, q, p[0], l);
      for (int v = 0; v < 6; v++) {
        int i = row[v], j = col[v];
        real s = 0;
        for (int K = 0; K < 3; K++)
          s += (aP[q][3 * i + K][l] + (pq - t[q][l] / J + hold[q][l]) * C[3 * i + K]) * out->F[q][3 * j + K][l];
        out->sigma[q][v][l] = s / J;
      }
      out->pressure[q][l] = -pq;
      out->weight[q][l] = weight_at(in, flat, q, l);
    }
}

void kernel_look(const kernel_in_d *in, const double *u, kernel_points *out) {
  if (in->flat)
    look(in, 1, u, out);
  else
    look(in, 0, u, out);
}
#endif
