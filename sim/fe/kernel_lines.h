/* Sum factorisation over vectors of lanes: slopes at the points of a cell from its nodes, and back. Included by files
   that are compiled once for double and once for float (kernel_real.h).

   A batch has NB lanes, a vector of the processor's widest kind 64 bytes: NB/VEC_LANES passes. Compilers split vectors
   on processors with narrower ones. */
#ifndef KNEAD_KERNEL_LINES_H
#define KNEAD_KERNEL_LINES_H
#include "sim/fe/kernel_real.h"

typedef real vec __attribute__((vector_size(64)));
enum { VEC_LANES = 64 / sizeof(real) };

KERNEL_INLINE vec load(const real *x) {
  return *(const vec *)x;
}
/* What is kept in single precision. */
KERNEL_INLINE vec load_kept(const float *x) {
#ifdef KNEAD_FLOAT
  return *(const vec *)x;
#else
  typedef float half_vec __attribute__((vector_size(32)));
  return __builtin_convertvector(*(const half_vec *)x, vec);
#endif
}

/* The lines of kernel_real.h: values v and slopes d at three points from three nodes. */
KERNEL_INLINE void vec_both(vec a, vec b, vec c, vec *v, vec *d, int step) {
  vec e = a + c, h = (c - a) * (real)0.5, m = (real)0.3 * e + (real)0.4 * b, k = GAUSS * (2 * b - e);
  v[0] = m - GAUSS * h, v[step] = b, v[2 * step] = m + GAUSS * h;
  d[0] = h + k, d[step] = h, d[2 * step] = h - k;
}
KERNEL_INLINE void vec_value(vec a, vec b, vec c, vec *v, int step) {
  vec h = (c - a) * (real)0.5, m = (real)0.3 * (a + c) + (real)0.4 * b;
  v[0] = m - GAUSS * h, v[step] = b, v[2 * step] = m + GAUSS * h;
}
KERNEL_INLINE void vec_slope(vec a, vec b, vec c, vec *d, int step) {
  vec h = (c - a) * (real)0.5, k = GAUSS * (2 * b - (a + c));
  d[0] = h + k, d[step] = h, d[2 * step] = h - k;
}
/* Their transposes; results are set. */
KERNEL_INLINE void vec_both_back(const vec *v, const vec *d, vec *a, int step) {
  vec m = v[0] + v[2 * step], h = GAUSS * (v[2 * step] - v[0]) + d[0] + d[step] + d[2 * step],
      k = GAUSS * (d[0] - d[2 * step]);
  vec e = (real)0.3 * m - k, o = (real)0.5 * h;
  a[0] = e - o, a[step] = v[step] + (real)0.4 * m + 2 * k, a[2 * step] = e + o;
}
KERNEL_INLINE void vec_value_back(const vec *v, vec *a, int step) {
  vec m = v[0] + v[2 * step], o = (real)0.5 * GAUSS * (v[2 * step] - v[0]), e = (real)0.3 * m;
  a[0] = e - o, a[step] = v[step] + (real)0.4 * m, a[2 * step] = e + o;
}
KERNEL_INLINE void vec_slope_back(const vec *d, vec *a, int step) {
  vec k = GAUSS * (d[0] - d[2 * step]), o = (real)0.5 * (d[0] + d[step] + d[2 * step]);
  a[0] = -k - o, a[step] = 2 * k, a[2 * step] = o - k;
}

/* Pressure function b at point q, lanes from `lane` on, of a tangent t (kernel.h). */
KERNEL_INLINE vec psi_kept(const float *t, int flat, int lane, int q, int b) {
  if (!flat) return load_kept(t + (q * tangent_point(0) + TANGENT_PSI + b) * NB + lane);
  vec c = load_kept(t + tangent_matrix(1) + TANGENT_MATRIX * NB + lane);
  return b == 0 ? c : c * (b == 1 ? flat_psi[q % 3] : b == 2 ? flat_psi[q / 3 % 3] : flat_psi[q / 9]);
}

/* Kirchhoff moduli of a point, lower triangle, from what is kept of them (kernel_linearize.c):

     C : I = -2 tau + 3 (k + p J) I,   tau as kept,   3 k = -theta I : coupling

   law: moduli and stress, point: slopes, coupling, det F, from `lane` on. */
KERNEL_INLINE void moduli(const float *law, const float *point, vec theta, vec p, vec C[21]) {
  const float *s = point + TANGENT_COUPLING * NB, *tau = law + TANGENT_STRESS * NB;
  vec stay = 3 * p * load_kept(point + TANGENT_VOLUME * NB) -
             theta * (load_kept(s) + load_kept(s + NB) + load_kept(s + 2 * NB));
  for (int k = 0; k < TANGENT_STRESS; k++)
    C[tangent_row[k] * (tangent_row[k] + 1) / 2 + tangent_col[k]] = load_kept(law + k * NB);
  C[0] = stay - 2 * load_kept(tau) - C[1] - C[3];
  C[2] = stay - 2 * load_kept(tau + NB) - C[1] - C[4];
  C[5] = stay - 2 * load_kept(tau + 2 * NB) - C[3] - C[4];
  C[8] = -2 * load_kept(tau + 3 * NB) - C[6] - C[7];
  C[12] = -2 * load_kept(tau + 4 * NB) - C[10] - C[11];
  C[17] = -2 * load_kept(tau + 5 * NB) - C[15] - C[16];
}
/* theta, or p, at point q: a function of the pressure basis whose coefficients are kept from `at` on. */
KERNEL_INLINE vec function_kept(const float *t, int flat, int lane, int q, int at) {
  const float *c = t + tangent_matrix(flat) + at * NB + lane;
  vec x = psi_kept(t, flat, lane, q, 0) * load_kept(c);
  for (int b = 1; b < SPACE_PSI; b++) x += psi_kept(t, flat, lane, q, b) * load_kept(c + b * NB);
  return x;
}

/* H[q][3 k] = d u / d xi_k at point q of one component, whose nodes lie 3 NB apart in u. */
KERNEL_INLINE void slopes(const real *u, vec (*H)[9]) {
  vec A[27], B[27], C[27], D[27], E[27], s[3][27];
  for (int n = 0; n < 27; n += 3)
    vec_both(load(u + 3 * n * NB), load(u + (3 * n + 3) * NB), load(u + (3 * n + 6) * NB), A + n, B + n, 1);
  for (int z = 0; z < 27; z += 9)
    for (int n = z; n < z + 3; n++) {
      vec_both(A[n], A[n + 3], A[n + 6], C + n, D + n, 3);
      vec_value(B[n], B[n + 3], B[n + 6], E + n, 3);
    }
  for (int n = 0; n < 9; n++) {
    vec_value(E[n], E[n + 9], E[n + 18], s[0] + n, 9);
    vec_value(D[n], D[n + 9], D[n + 18], s[1] + n, 9);
    vec_slope(C[n], C[n + 9], C[n + 18], s[2] + n, 9);
    for (int q = n; q < 27; q += 9)
      for (int k = 0; k < 3; k++) H[q][3 * k] = s[k][q];
  }
}

/* The transpose: r of one component from Q[k][q], what d N / d xi_k is weighted with. */
KERNEL_INLINE void slopes_back(const vec (*Q)[27], real *r) {
  vec A[27], B[27], C[27], D[27], E[27], a[3];
  for (int n = 0; n < 9; n++) {
    vec_value_back(Q[0] + n, E + n, 9);
    vec_value_back(Q[1] + n, D + n, 9);
    vec_slope_back(Q[2] + n, C + n, 9);
  }
  for (int z = 0; z < 27; z += 9)
    for (int n = z; n < z + 3; n++) {
      vec_both_back(C + n, D + n, A + n, 3);
      vec_value_back(E + n, B + n, 3);
    }
  for (int n = 0; n < 27; n += 3) {
    vec_both_back(A + n, B + n, a, 1);
    for (int k = 0; k < 3; k++) *(vec *)(r + (3 * n + 3 * k) * NB) = a[k];
  }
}

#endif
