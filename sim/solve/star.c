#include "sim/solve/star.h"
#include <math.h>

enum { N = STAR_BLOCK, T = 3 };
/* A pivot that is not positive becomes 1e8 times its diagonal: the unknown stands still in this star and its column is too
   small to spoil the pivots after it (lifted to the diagonal alone, they were seen to run away to infinity). */
#define STAR_FREEZE 1e-4f

/* C[3][3] -= sum over k < K of A[i][k] B[j][k]: nine accumulators in registers, six loads for nine products. */
static inline void tile(star_lanes *C, const star_lanes *A, const star_lanes *B, int K) {
  star_lanes c00 = C[0], c01 = C[1], c02 = C[2], c10 = C[N], c11 = C[N + 1], c12 = C[N + 2], c20 = C[2 * N],
             c21 = C[2 * N + 1], c22 = C[2 * N + 2];
  for (int k = 0; k < K; k++) {
    star_lanes a0 = A[k], a1 = A[N + k], a2 = A[2 * N + k], b0 = B[k], b1 = B[N + k], b2 = B[2 * N + k];
    c00 -= a0 * b0, c01 -= a0 * b1, c02 -= a0 * b2;
    c10 -= a1 * b0, c11 -= a1 * b1, c12 -= a1 * b2;
    c20 -= a2 * b0, c21 -= a2 * b1, c22 -= a2 * b2;
  }
  C[0] = c00, C[1] = c01, C[2] = c02, C[N] = c10, C[N + 1] = c11, C[N + 2] = c12, C[2 * N] = c20, C[2 * N + 1] = c21,
  C[2 * N + 2] = c22;
}

/* C -= A B^T; lower: only tiles on and below the diagonal. */
static void update(star_lanes *C, const star_lanes *A, const star_lanes *B, int lower) {
  for (int i = 0; i < N; i += T)
    for (int j = 0; j < (lower ? i + T : N); j += T) tile(C + i * N + j, A + i * N, B + j * N, N);
}

/* X L^T = X in place, L with inverse diagonal. */
static void right_solve(star_lanes *X, const star_lanes *L) {
  for (int i = 0; i < N; i += T)
    for (int j = 0; j < N; j += T) {
      tile(X + i * N + j, X + i * N, L + j * N, j);
      for (int r = i; r < i + T; r++)
        for (int c = j; c < j + T; c++) {
          star_lanes s = X[r * N + c];
          for (int k = j; k < c; k++) s -= X[r * N + k] * L[c * N + k];
          X[r * N + c] = s * L[c * N + c];
        }
    }
}

static int cholesky(star_lanes *A) {
  int lifted = 0;
  star_lanes own[N];
  for (int i = 0; i < N; i++) own[i] = A[i * N + i];
  for (int j = 0; j < N; j += T) {
    /* The diagonal tile, then the rows below it. */
    tile(A + j * N + j, A + j * N, A + j * N, j);
    for (int c = j; c < j + T; c++)
      for (int r = c; r < j + T; r++) {
        star_lanes s = A[r * N + c];
        for (int k = j; k < c; k++) s -= A[r * N + k] * A[c * N + k];
        if (r > c) {
          A[r * N + c] = s * A[c * N + c];
          continue;
        }
        for (int l = 0; l < STAR_LANES; l++) {
          float d = own[c][l], x = s[l];
          int bad = !(x > 1e-6f * fabsf(d)); /* a few float roundings of the diagonal: nothing of the pivot is left */
          lifted += bad;
          s[l] = bad ? STAR_FREEZE / sqrtf(fabsf(d) > 0 ? fabsf(d) : 1) : 1 / sqrtf(x);
        }
        A[c * N + c] = s;
      }
    for (int i = j + T; i < N; i += T) {
      tile(A + i * N + j, A + i * N, A + j * N, j);
      for (int r = i; r < i + T; r++)
        for (int c = j; c < j + T; c++) {
          star_lanes s = A[r * N + c];
          for (int k = j; k < c; k++) s -= A[r * N + k] * A[c * N + k];
          A[r * N + c] = s * A[c * N + c];
        }
    }
  }
  return lifted;
}

int star_factor(int nz, star_lanes *A) {
  int lifted = cholesky(A);
  for (int e = 0; e < nz; e++) {
    int below = 2 * e, middle = below + 1, top = below + 2;
    const star_lanes *Lb = A + star_at(below, below);
    star_lanes *mb = A + star_at(middle, below), *mm = A + star_at(middle, middle);
    star_lanes *tb = A + star_at(top, below), *tm = A + star_at(top, middle), *tt = A + star_at(top, top);
    right_solve(mb, Lb);
    update(mm, mb, mb, 1);
    lifted += cholesky(mm);
    right_solve(tb, Lb);
    update(tm, tb, mb, 0);
    right_solve(tm, mm);
    update(tt, tb, tb, 1);
    update(tt, tm, tm, 1);
    lifted += cholesky(tt);
  }
  return lifted;
}

static inline void forward(const star_lanes *L, star_lanes *x) {
  for (int i = 0; i < N; i++) {
    star_lanes s = x[i];
    for (int k = 0; k < i; k++) s -= L[i * N + k] * x[k];
    x[i] = s * L[i * N + i];
  }
}
static inline void backward(const star_lanes *L, star_lanes *x) {
  for (int i = N - 1; i >= 0; i--) {
    star_lanes s = x[i] * L[i * N + i];
    x[i] = s;
    for (int k = 0; k < i; k++) x[k] -= s * L[i * N + k];
  }
}
/* y -= B x; four rows share each load of x. */
static inline void subtract(const star_lanes *B, const star_lanes *x, star_lanes *y) {
  for (int i = 0; i < N; i += T) {
    star_lanes a = y[i], b = y[i + 1], c = y[i + 2];
    for (int k = 0; k < N; k++) a -= B[i * N + k] * x[k], b -= B[(i + 1) * N + k] * x[k], c -= B[(i + 2) * N + k] * x[k];
    y[i] = a, y[i + 1] = b, y[i + 2] = c;
  }
}
static inline void subtract_transposed(const star_lanes *B, const star_lanes *x, star_lanes *y) {
  for (int i = 0; i < N; i += T) {
    star_lanes a = x[i], b = x[i + 1], c = x[i + 2];
    for (int k = 0; k < N; k++) y[k] -= B[i * N + k] * a + B[(i + 1) * N + k] * b + B[(i + 2) * N + k] * c;
  }
}

void star_solve(int nz, const star_lanes *L, star_lanes *x) {
  forward(L, x);
  for (int e = 0; e < nz; e++) {
    star_lanes *xb = x + 2 * e * N, *xm = xb + N, *xt = xm + N;
    int below = 2 * e, middle = below + 1, top = below + 2;
    subtract(L + star_at(middle, below), xb, xm);
    forward(L + star_at(middle, middle), xm);
    subtract(L + star_at(top, below), xb, xt);
    subtract(L + star_at(top, middle), xm, xt);
    forward(L + star_at(top, top), xt);
  }
  for (int e = nz - 1; e >= 0; e--) {
    star_lanes *xb = x + 2 * e * N, *xm = xb + N, *xt = xm + N;
    int below = 2 * e, middle = below + 1, top = below + 2;
    backward(L + star_at(top, top), xt);
    subtract_transposed(L + star_at(top, middle), xt, xm);
    subtract_transposed(L + star_at(top, below), xt, xb);
    backward(L + star_at(middle, middle), xm);
    subtract_transposed(L + star_at(middle, below), xm, xb);
  }
  backward(L, x);
}
