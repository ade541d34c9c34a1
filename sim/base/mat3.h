/* 3x3 matrices, row-major, whose nine entries lie `stride` apart: a batch [9][NB] seen from lane q is (a + q, NB), a
   plain array of nine is (a, 1). Inlined, and with a stride known at compile time everything becomes scalars, so that a
   loop over q vectorises (a struct passed by value does not). Results are plain arrays of nine and never overlap the
   arguments. */
#ifndef KNEAD_MAT3_H
#define KNEAD_MAT3_H
#include <math.h>

#define MAT3_INLINE static inline __attribute__((always_inline))

/* g = cofactors of a (a^-T det a); returns det a */
MAT3_INLINE double cof3(const double *a, int n, double g[9]) {
  double a0 = a[0], a1 = a[n], a2 = a[2 * n], a3 = a[3 * n], a4 = a[4 * n], a5 = a[5 * n];
  double a6 = a[6 * n], a7 = a[7 * n], a8 = a[8 * n];
  g[0] = a4 * a8 - a5 * a7, g[1] = a5 * a6 - a3 * a8, g[2] = a3 * a7 - a4 * a6;
  g[3] = a2 * a7 - a1 * a8, g[4] = a0 * a8 - a2 * a6, g[5] = a1 * a6 - a0 * a7;
  g[6] = a1 * a5 - a2 * a4, g[7] = a2 * a3 - a0 * a5, g[8] = a0 * a4 - a1 * a3;
  return a0 * g[0] + a1 * g[1] + a2 * g[2];
}
/* g = change of the cofactors of a along b: the product of each entry of a cofactor, differentiated */
MAT3_INLINE void dcof3(const double *a, int n, const double *b, int m, double g[9]) {
  double a0 = a[0], a1 = a[n], a2 = a[2 * n], a3 = a[3 * n], a4 = a[4 * n], a5 = a[5 * n];
  double a6 = a[6 * n], a7 = a[7 * n], a8 = a[8 * n];
  double b0 = b[0], b1 = b[m], b2 = b[2 * m], b3 = b[3 * m], b4 = b[4 * m], b5 = b[5 * m];
  double b6 = b[6 * m], b7 = b[7 * m], b8 = b[8 * m];
  g[0] = a4 * b8 + b4 * a8 - a5 * b7 - b5 * a7;
  g[1] = a5 * b6 + b5 * a6 - a3 * b8 - b3 * a8;
  g[2] = a3 * b7 + b3 * a7 - a4 * b6 - b4 * a6;
  g[3] = a2 * b7 + b2 * a7 - a1 * b8 - b1 * a8;
  g[4] = a0 * b8 + b0 * a8 - a2 * b6 - b2 * a6;
  g[5] = a1 * b6 + b1 * a6 - a0 * b7 - b0 * a7;
  g[6] = a1 * b5 + b1 * a5 - a2 * b4 - b2 * a4;
  g[7] = a2 * b3 + b2 * a3 - a0 * b5 - b0 * a5;
  g[8] = a0 * b4 + b0 * a4 - a1 * b3 - b1 * a3;
}
MAT3_INLINE double det3(const double *a, int n) {
  return a[0] * (a[4 * n] * a[8 * n] - a[5 * n] * a[7 * n]) + a[n] * (a[5 * n] * a[6 * n] - a[3 * n] * a[8 * n]) +
         a[2 * n] * (a[3 * n] * a[7 * n] - a[4 * n] * a[6 * n]);
}
/* g = a^-1; returns det a. A singular matrix gives infinities or NaN, as division does */
MAT3_INLINE double inv3(const double *a, int n, double g[9]) {
  double c[9], det = cof3(a, n, c), s = 1 / det;
  g[0] = c[0] * s, g[1] = c[3] * s, g[2] = c[6] * s;
  g[3] = c[1] * s, g[4] = c[4] * s, g[5] = c[7] * s;
  g[6] = c[2] * s, g[7] = c[5] * s, g[8] = c[8] * s;
  return det;
}
/* a : b = sum of a_iJ b_iJ, in the order of the entries */
MAT3_INLINE double dot3(const double *a, int n, const double *b, int m) {
  return a[0] * b[0] + a[n] * b[m] + a[2 * n] * b[2 * m] + a[3 * n] * b[3 * m] + a[4 * n] * b[4 * m] +
         a[5 * n] * b[5 * m] + a[6 * n] * b[6 * m] + a[7 * n] * b[7 * m] + a[8 * n] * b[8 * m];
}
/* y = a x for a vector x, whose entries lie m apart */
MAT3_INLINE void vec3(const double *a, int n, const double *x, int m, double y[3]) {
  y[0] = a[0] * x[0] + a[n] * x[m] + a[2 * n] * x[2 * m];
  y[1] = a[3 * n] * x[0] + a[4 * n] * x[m] + a[5 * n] * x[2 * m];
  y[2] = a[6 * n] * x[0] + a[7 * n] * x[m] + a[8 * n] * x[2 * m];
}
/* g = a b */
MAT3_INLINE void mul3(const double *a, int n, const double *b, int m, double g[9]) {
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      g[3 * i + j] =
          a[3 * i * n] * b[j * m] + a[(3 * i + 1) * n] * b[(3 + j) * m] + a[(3 * i + 2) * n] * b[(6 + j) * m];
}
/* g = a b^T */
MAT3_INLINE void mul3t(const double *a, int n, const double *b, int m, double g[9]) {
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      g[3 * i + j] = a[3 * i * n] * b[3 * j * m] + a[(3 * i + 1) * n] * b[(3 * j + 1) * m] +
                     a[(3 * i + 2) * n] * b[(3 * j + 2) * m];
}

/* q = x y z w of the rotation R, w >= 0. From the largest of the four, so that nothing is divided by a small one. */
static inline void quat3(const double R[9], double q[4]) {
  double trace = R[0] + R[4] + R[8], s;
  int i = R[4] > R[0];
  if (R[8] > R[4 * i]) i = 2;
  if (trace >= R[4 * i]) {
    s = 2 * sqrt(1 + trace);
    q[0] = (R[7] - R[5]) / s, q[1] = (R[2] - R[6]) / s, q[2] = (R[3] - R[1]) / s, q[3] = 0.25 * s;
  } else {
    int j = (i + 1) % 3, k = (i + 2) % 3;
    s = 2 * sqrt(1 + R[4 * i] - R[4 * j] - R[4 * k]);
    q[i] = 0.25 * s, q[j] = (R[3 * i + j] + R[3 * j + i]) / s, q[k] = (R[3 * i + k] + R[3 * k + i]) / s;
    q[3] = (R[3 * k + j] - R[3 * j + k]) / s;
  }
  if (q[3] < 0)
    for (int c = 0; c < 4; c++) q[c] = -q[c];
}

#endif
