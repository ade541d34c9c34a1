#include <math.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif
#include "sim/solve/star.h"

enum { N = STAR_BLOCK, T = 3 };
/* A pivot that is not positive becomes 1e8 times its diagonal: the unknown stands still in this star and its column is
   too small to spoil the pivots after it (lifted to the diagonal alone, they were seen to run away to infinity). */
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

/* A <- D A D with D = 1/sqrt(diagonal): entries and pivots are at most 1, which half precision holds. */
static void equilibrate(int nz, star_lanes *A, star_lanes *scale) {
  int planes = 2 * nz + 1;
  for (int p = 0; p < planes; p++)
    for (int i = 0; i < N; i++) {
      star_lanes d = A[star_at(p, p) + (size_t)(i * (N + 1))], s;
      for (int l = 0; l < STAR_LANES; l++) s[l] = d[l] > 0 ? 1 / sqrtf(d[l]) : d[l] < 0 ? 1 / sqrtf(-d[l]) : 1;
      scale[p * N + i] = s;
    }
  for (int p = 0; p < planes; p++)
    for (int c = p; c >= 0 && c >= (p % 2 ? p - 1 : p - 2); c--) {
      star_lanes *B = A + star_at(p, c);
      for (int i = 0; i < N; i++)
        for (int j = 0; j < (c == p ? i + 1 : N); j++) B[i * N + j] *= scale[p * N + i] * scale[c * N + j];
    }
}

#ifdef __AVX512F__
static inline star_kept keep(star_lanes x) {
  return (star_kept)_mm512_cvtps_ph((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
static inline star_lanes kept(const star_kept *x) {
  return (star_lanes)_mm512_cvtph_ps(*(const __m256i *)x);
}
#else
static inline star_kept keep(star_lanes x) {
  return x;
}
static inline star_lanes kept(const star_kept *x) {
  return *x;
}
#endif

/* Blocks in the order of elimination, diagonal ones as rows of their triangle. */
static void keep_all(int nz, const star_lanes *A, star_kept *L) {
  for (int b = 0; b < 1 + 5 * nz; b++, A += STAR_SQUARE) {
    int diagonal = b % 5 == 0 || b % 5 == 2;
    for (int i = 0; i < N; i++)
      for (int j = 0; j < (diagonal ? i + 1 : N); j++) *L++ = keep(A[i * N + j]);
  }
}

int star_factor(int nz, star_lanes *A, star_kept *L, star_lanes *scale) {
  equilibrate(nz, A, scale);
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
  keep_all(nz, A, L);
  return lifted;
}

static inline void forward(const star_kept *L, star_lanes *x) {
  for (int i = 0; i < N; i++, L += i) {
    star_lanes s = x[i];
    for (int k = 0; k < i; k++) s -= kept(L + k) * x[k];
    x[i] = s * kept(L + i);
  }
}
static inline void backward(const star_kept *L, star_lanes *x) {
  L += STAR_TRIANGLE;
  for (int i = N - 1; i >= 0; i--) {
    L -= i + 1;
    star_lanes s = x[i] * kept(L + i);
    x[i] = s;
    for (int k = 0; k < i; k++) x[k] -= s * kept(L + k);
  }
}
/* y -= B x; three rows share each load of x. */
static inline void subtract(const star_kept *B, const star_lanes *x, star_lanes *y) {
  for (int i = 0; i < N; i += T, B += T * N) {
    star_lanes a = y[i], b = y[i + 1], c = y[i + 2];
    for (int k = 0; k < N; k++) a -= kept(B + k) * x[k], b -= kept(B + N + k) * x[k], c -= kept(B + 2 * N + k) * x[k];
    y[i] = a, y[i + 1] = b, y[i + 2] = c;
  }
}
static inline void subtract_transposed(const star_kept *B, const star_lanes *x, star_lanes *y) {
  for (int i = 0; i < N; i += T, B += T * N) {
    star_lanes a = x[i], b = x[i + 1], c = x[i + 2];
    for (int k = 0; k < N; k++) y[k] -= kept(B + k) * a + kept(B + N + k) * b + kept(B + 2 * N + k) * c;
  }
}

/* Kept vectors from one element's blocks to the next: middle|below, middle, top|below, top|middle, top. */
enum { ELEMENT = 3 * STAR_SQUARE + 2 * STAR_TRIANGLE };

void star_solve(int nz, const star_kept *L, const star_lanes *scale, star_lanes *x) {
  size_t rows = star_rows(nz);
  for (size_t i = 0; i < rows; i++) x[i] *= scale[i];
  forward(L, x);
  const star_kept *B = L + STAR_TRIANGLE;
  for (int e = 0; e < nz; e++, B += ELEMENT) {
    const star_kept *mm = B + STAR_SQUARE, *tb = mm + STAR_TRIANGLE, *tm = tb + STAR_SQUARE, *tt = tm + STAR_SQUARE;
    star_lanes *xb = x + 2 * e * N, *xm = xb + N, *xt = xm + N;
    subtract(B, xb, xm);
    forward(mm, xm);
    subtract(tb, xb, xt);
    subtract(tm, xm, xt);
    forward(tt, xt);
  }
  for (int e = nz - 1; e >= 0; e--) {
    B -= ELEMENT;
    const star_kept *mm = B + STAR_SQUARE, *tb = mm + STAR_TRIANGLE, *tm = tb + STAR_SQUARE, *tt = tm + STAR_SQUARE;
    star_lanes *xb = x + 2 * e * N, *xm = xb + N, *xt = xm + N;
    backward(tt, xt);
    subtract_transposed(tm, xt, xm);
    subtract_transposed(tb, xt, xb);
    backward(mm, xm);
    subtract_transposed(B, xm, xb);
  }
  backward(L, x);
  for (size_t i = 0; i < rows; i++) x[i] *= scale[i];
}
