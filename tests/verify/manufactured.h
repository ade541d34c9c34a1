/* A displacement field made up beforehand, and the body force that holds a neo-Hookean solid in it.

   The field is a small stretch followed by three shears, each by an amount that does not depend on the coordinate it
   moves:

       y = X + s v(X)
       x1 = y1 + A sin(pi y2) cos(pi y3)
       x2 = y2 + A sin(pi y3) cos(pi x1)
       x3 = y3 + A sin(pi x1) cos(pi x2)

   The shears keep volumes exactly, strains reach pi A; det F = det(1 + s grad v), so with s ~ shear/bulk the pressure
   stays of the size of the shear modulus however stiff the volume is, and still varies in space.

   Fibres that shall be taut everywhere need more than shears: a last affine map may lengthen them, x = H (...), det H
   = 1.

   Everything is evaluated in complex numbers. F is written out by hand; f = -Div P(F(X)) is taken by the complex step,
   df/dX = Im f(X + i h) / h, which is exact to round-off as h = 1e-40 has a square that vanishes beside 1. */
#ifndef KNEAD_VERIFY_MANUFACTURED_H
#define KNEAD_VERIFY_MANUFACTURED_H
#include <complex.h>
#include <math.h>
#undef I /* a name that other headers use for an index */

typedef struct manufactured {
  double amplitude, stretch; /* A, s; lengths in m on a cube of 1 m */
  double mu, modulus;        /* Pa; bulk modulus, or lambda of the compressible law */
  int compressible;          /* 0: mu/2 (I1bar - 3) + K/2 (ln J)^2;  1: mu/2 (I1 - 3) - mu ln J + lambda/2 (ln J)^2 */
  const double *last;        /* [9] H by rows, NULL: none */
  /* P += what fibres (or anything else) carry; NULL: nothing */
  void (*more)(const void *par, const double complex F[9], double complex P[9]);
  const void *par;
} manufactured;

#define MANUFACTURED_STEP 1e-40

/* v = H v, of n columns */
static inline void manufactured_last(const double H[9], int n, double complex *v) {
  for (int J = 0; J < n; J++) {
    double complex a = v[J], b = v[n + J], c = v[2 * n + J];
    for (int i = 0; i < 3; i++) v[n * i + J] = H[3 * i] * a + H[3 * i + 1] * b + H[3 * i + 2] * c;
  }
}

/* x at X, and F[3 i + J] = dx_i/dX_J unless NULL. */
static inline void manufactured_map(const manufactured *m, const double complex X[3], double complex x[3],
                                    double complex *F) {
  const double pi = 3.14159265358979323846, A = m->amplitude, s = m->stretch;
  /* v = (sin(2X + 0.3) cos Y, cos(2Y) sin(Z + 0.5), sin(1.5 Z + X)) */
  double complex a = 2 * X[0] + 0.3, b = X[2] + 0.5, c = 1.5 * X[2] + X[0];
  double complex y[3] = {X[0] + s * csin(a) * ccos(X[1]), X[1] + s * ccos(2 * X[1]) * csin(b), X[2] + s * csin(c)};
  double complex s1 = csin(pi * y[1]), c1 = ccos(pi * y[1]), s2 = csin(pi * y[2]), c2 = ccos(pi * y[2]);
  x[0] = y[0] + A * s1 * c2;
  double complex s3 = csin(pi * x[0]), c3 = ccos(pi * x[0]);
  x[1] = y[1] + A * s2 * c3;
  double complex s4 = csin(pi * x[1]), c4 = ccos(pi * x[1]);
  x[2] = y[2] + A * s3 * c4;
  if (!F) {
    if (m->last) manufactured_last(m->last, 1, x);
    return;
  }
  double complex G[9] = {0};
  G[0] = 1 + 2 * s * ccos(a) * ccos(X[1]), G[1] = -s * csin(a) * csin(X[1]);
  G[4] = 1 - 2 * s * csin(2 * X[1]) * csin(b), G[5] = s * ccos(2 * X[1]) * ccos(b);
  G[6] = s * ccos(c), G[8] = 1 + 1.5 * s * ccos(c);
  /* Each shear adds to one row of F the other two, by the slopes of its amount. */
  for (int J = 0; J < 3; J++) {
    F[J] = G[J] + A * pi * (c1 * c2 * G[3 + J] - s1 * s2 * G[6 + J]);
    F[3 + J] = G[3 + J] + A * pi * (c2 * c3 * G[6 + J] - s2 * s3 * F[J]);
    F[6 + J] = G[6 + J] + A * pi * (c3 * c4 * F[J] - s3 * s4 * F[3 + J]);
  }
  if (m->last) manufactured_last(m->last, 1, x), manufactured_last(m->last, 3, F);
}

/* P = dW/dF, written here from the energies above and not taken from the code under test. */
static inline void manufactured_stress(const manufactured *m, const double complex F[9], double complex P[9]) {
  double complex C[9] = {F[4] * F[8] - F[5] * F[7], F[5] * F[6] - F[3] * F[8], F[3] * F[7] - F[4] * F[6],
                         F[2] * F[7] - F[1] * F[8], F[0] * F[8] - F[2] * F[6], F[1] * F[6] - F[0] * F[7],
                         F[1] * F[5] - F[2] * F[4], F[2] * F[3] - F[0] * F[5], F[0] * F[4] - F[1] * F[3]};
  double complex J = F[0] * C[0] + F[1] * C[1] + F[2] * C[2], e = clog(J), a, b, I1 = 0;
  for (int k = 0; k < 9; k++) I1 += F[k] * F[k];
  if (m->compressible) {
    a = m->mu;
    b = (m->modulus * e - m->mu) / J;
  } else {
    a = m->mu * cexp(-2.0 / 3 * e);
    b = (m->modulus * e - a * I1 / 3) / J;
  }
  for (int k = 0; k < 9; k++) P[k] = a * F[k] + b * C[k];
  if (m->more) m->more(m->par, F, P);
}

static inline void manufactured_displacement(const manufactured *m, const double X[3], double u[3]) {
  double complex Z[3] = {X[0], X[1], X[2]}, x[3];
  manufactured_map(m, Z, x, NULL);
  for (int i = 0; i < 3; i++) u[i] = creal(x[i]) - X[i];
}

/* Mean pressure, positive in compression: -P:F / (3 J), Pa. */
static inline double manufactured_pressure(const manufactured *m, const double X[3]) {
  double complex Z[3] = {X[0], X[1], X[2]}, x[3], F[9], P[9], s = 0;
  manufactured_map(m, Z, x, F);
  manufactured_stress(m, F, P);
  for (int k = 0; k < 9; k++) s += P[k] * F[k];
  double complex J =
      F[0] * (F[4] * F[8] - F[5] * F[7]) - F[1] * (F[3] * F[8] - F[5] * F[6]) + F[2] * (F[3] * F[7] - F[4] * F[6]);
  return -creal(s / (3 * J));
}

/* f per reference volume, N/m^3 */
static inline void manufactured_force(const manufactured *m, const double X[3], double f[3]) {
  f[0] = f[1] = f[2] = 0;
  for (int J = 0; J < 3; J++) {
    double complex Z[3] = {X[0], X[1], X[2]}, x[3], F[9], P[9];
    Z[J] += _Complex_I * MANUFACTURED_STEP;
    manufactured_map(m, Z, x, F);
    manufactured_stress(m, F, P);
    for (int i = 0; i < 3; i++) f[i] -= cimag(P[3 * i + J]) / MANUFACTURED_STEP;
  }
}

#endif
