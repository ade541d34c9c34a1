/* Principal stretches of a batch, and functions of them: C = B^T B = Q diag(c) Q^T by Jacobi rotations.

   Each rotation zeroes one entry by the small root t of t^2 + (d/a) t - 1 = 0, d = C_qq - C_pp, a = C_pq, written so
   that nothing is divided by zero:  t = 2 a sign(d) / (|d| + sqrt(d^2 + 4 a^2) + tiny). There is no branch and no
   sorting, and the number of sweeps is fixed: they converge cubically once entries are small, and four leave nothing
   but rounding (three million random C, equal and near eigenvalues among them, were tried once;
   tests/verify/test_law_spectrum.c tries forty thousand. Three are too few).

   A function h of the c_i gives the tensor H = Q diag(h) Q^T. Along dC it changes by
     dH = Q (theta o (Q^T dC Q)) Q^T,   theta_ij = (h_i - h_j) / (c_i - c_j),   theta_ii = h'(c_i),
   o being the product entry by entry. For h = c^n = e^(n l), l = ln c, the divided difference is
     theta_ij = n e^((n-1)(l_i + l_j)/2) phi(n delta) / phi(delta),   phi(z) = sinh(z)/z,   delta = (l_i - l_j)/2,
   which is exact at equal stretches and loses no digits near them: phi is a series in z^2 there. */
#ifndef KNEAD_SPECTRUM_H
#define KNEAD_SPECTRUM_H
#include "models/materials/split.h"

typedef struct spectrum {
  _Alignas(64) double l[3 * NB];   /* ln c_i */
  _Alignas(64) double Q[9 * NB];   /* column i belongs to c_i */
  _Alignas(64) double mid[3 * NB]; /* (l_i + l_j)/2 and delta of the pairs 12, 20, 01 */
  _Alignas(64) double delta[3 * NB];
  _Alignas(64) double rphi[3 * NB]; /* 1 / phi(delta) */
} spectrum;

/* sinh(z)/z: the series to z^16/17! below 1 (next term 8e-18), else as it stands */
LAW_INLINE double spectrum_phi(double z) {
  double a = z > 0 ? z : -z, big = a > 1 ? a : 1, small = a < 1 ? a : 1, x = small * small, e = vm_exp(big);
  double p = 1.0 / 355687428096000.0;
  p = p * x + 1.0 / 1307674368000.0;
  p = p * x + 1.0 / 6227020800.0;
  p = p * x + 1.0 / 39916800.0;
  p = p * x + 1.0 / 362880.0;
  p = p * x + 1.0 / 5040.0;
  p = p * x + 1.0 / 120.0;
  p = p * x + 1.0 / 6.0;
  p = p * x + 1;
  double direct = 0.5 * (e - 1 / e) / big;
  return a < 1 ? p : direct;
}

/* One rotation in the plane (p, q) of C = [pp qq rr pq pr qr] and of the columns p and q of Q */
LAW_INLINE void spectrum_turn(double *pp, double *qq, double *pq, double *pr, double *qr, double *Qp, double *Qq) {
  double d = *qq - *pp, a = *pq, size = d < 0 ? -d : d;
  double t = 2 * a / (size + sqrt(d * d + 4 * a * a) + 1e-30);
  t = d < 0 ? -t : t;
  double c = 1 / sqrt(1 + t * t), s = t * c, u = *pr, v = *qr;
  *pp -= t * a;
  *qq += t * a;
  *pq = 0;
  *pr = c * u - s * v;
  *qr = s * u + c * v;
  for (int i = 0; i < 3; i++) {
    double x = Qp[3 * i], y = Qq[3 * i];
    Qp[3 * i] = c * x - s * y;
    Qq[3 * i] = s * x + c * y;
  }
}

/* c = [c00 c11 c22 c12 c20 c01] */
LAW_INLINE void spectrum_sweep(double c[6], double Q[9]) {
  spectrum_turn(c, c + 1, c + 5, c + 4, c + 3, Q, Q + 1);
  spectrum_turn(c + 1, c + 2, c + 3, c + 5, c + 4, Q + 1, Q + 2);
  spectrum_turn(c + 2, c, c + 4, c + 3, c + 5, Q + 2, Q);
}

/* Q and l of a lane from B */
LAW_INLINE void spectrum_solve(const double B[9], double Q[9], double l[3]) {
  double c[6];
  for (int i = 0; i < 3; i++) {
    int j = (i + 1) % 3, k = (i + 2) % 3;
    c[i] = B[i] * B[i] + B[3 + i] * B[3 + i] + B[6 + i] * B[6 + i];
    c[3 + i] = B[j] * B[k] + B[3 + j] * B[3 + k] + B[6 + j] * B[6 + k];
  }
  for (int k = 0; k < 9; k++) Q[k] = k % 4 == 0;
  /* Written out: compilers do not unroll a loop of this size, and a loop inside a lane is not vectorised. */
  spectrum_sweep(c, Q);
  spectrum_sweep(c, Q);
  spectrum_sweep(c, Q);
  spectrum_sweep(c, Q);
  for (int i = 0; i < 3; i++) l[i] = vm_log(c[i]);
}

LAW_INLINE void spectrum_of(split s, const double *restrict F, spectrum *restrict e) {
  LAW_LOOP(q) {
    double B[9], Q[9], l[3];
    split_deform(s, det3(F + q, NB), F + q, B);
    spectrum_solve(B, Q, l);
    for (int k = 0; k < 9; k++) e->Q[k * NB + q] = Q[k];
    for (int i = 0; i < 3; i++) e->l[i * NB + q] = l[i];
  }
}

/* Means, differences and 1/phi of the pairs */
LAW_INLINE void spectrum_pair(const double *restrict li, const double *restrict lj, double *restrict mid,
                              double *restrict delta, double *restrict rphi) {
  LAW_LOOP(q) {
    double d = 0.5 * (li[q] - lj[q]);
    mid[q] = 0.5 * (li[q] + lj[q]);
    delta[q] = d;
    rphi[q] = 1 / spectrum_phi(d);
  }
}
LAW_INLINE void spectrum_pairs(spectrum *e) {
  for (int i = 0; i < 3; i++)
    spectrum_pair(e->l + (i + 1) % 3 * NB, e->l + (i + 2) % 3 * NB, e->mid + i * NB, e->delta + i * NB,
                  e->rphi + i * NB);
}

/* h_i += f c_i^n */
LAW_INLINE void spectrum_power(double f, double n, const spectrum *restrict e, double *restrict h) {
  for (int i = 0; i < 3; i++) LAW_LOOP(q) h[i * NB + q] += f * vm_exp(n * e->l[i * NB + q]);
}

/* theta_ii (first three) and theta of the pairs (last three) += those of f c^n */
LAW_INLINE void spectrum_slopes(double f, double n, const spectrum *restrict e, double *restrict theta) {
  for (int i = 0; i < 3; i++) LAW_LOOP(q) {
      theta[i * NB + q] += f * n * vm_exp((n - 1) * e->l[i * NB + q]);
      theta[(3 + i) * NB + q] +=
          f * n * vm_exp((n - 1) * e->mid[i * NB + q]) * spectrum_phi(n * e->delta[i * NB + q]) * e->rphi[i * NB + q];
    }
}

/* H = Q diag(h) Q^T of a lane */
LAW_INLINE void spectrum_tensor(const double *Q, const double *h, double H[9]) {
  double D[9];
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) D[3 * i + k] = Q[(3 * i + k) * NB] * h[k * NB];
  mul3t(D, 1, Q, NB, H);
}

/* dH of a lane along a symmetric dC */
LAW_INLINE void spectrum_change(const double *Q, const double *theta, const double dC[9], double dH[9]) {
  double A[9], D[9];
  mul3(dC, 1, Q, NB, A);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      double d = Q[i * NB] * A[j] + Q[(3 + i) * NB] * A[3 + j] + Q[(6 + i) * NB] * A[6 + j];
      D[3 * i + j] = d * theta[(i == j ? i : 6 - i - j) * NB];
    }
  mul3(Q, NB, D, 1, A);
  mul3t(A, 1, Q, NB, dH);
}

#endif
