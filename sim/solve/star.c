#include <math.h>
#include <string.h>
#if defined __AVX512F__ || defined __F16C__
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

/* Scaling of a plane from its diagonal block: A <- D A D with D = 1/sqrt(diagonal) has entries and pivots of at most 1,
   which half precision holds. */
static void plane_scale(star_lanes *diagonal, star_lanes *scale) {
  for (int i = 0; i < N; i++) {
    star_lanes *d = diagonal + (size_t)(i * (N + 1));
    for (int l = 0; l < STAR_LANES; l++) {
      float x = (*d)[l] == 0 ? 1 : (*d)[l];
      (*d)[l] = x;
      scale[i][l] = 1 / sqrtf(fabsf(x));
    }
  }
}
static void apply_scale(star_lanes *B, const star_lanes *rows, const star_lanes *columns, int lower) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < (lower ? i + 1 : N); j++) B[i * N + j] *= rows[i] * columns[j];
}

#ifdef __AVX512F__
static inline star_kept keep(star_lanes x) {
  return (star_kept)_mm512_cvtps_ph((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
static inline star_lanes kept(const star_kept *x) {
  return (star_lanes)_mm512_cvtph_ps(*(const __m256i *)x);
}
#elif defined __F16C__
typedef union halves {
  star_lanes all;
  __m256 half[2];
} halves;
typedef union kept_halves {
  star_kept all;
  __m128i half[2];
} kept_halves;
static inline star_kept keep(star_lanes x) {
  halves from = {x};
  kept_halves to = {.half = {_mm256_cvtps_ph(from.half[0], _MM_FROUND_TO_NEAREST_INT),
                             _mm256_cvtps_ph(from.half[1], _MM_FROUND_TO_NEAREST_INT)}};
  return to.all;
}
static inline star_lanes kept(const star_kept *x) {
  kept_halves from = {*x};
  halves to = {.half = {_mm256_cvtph_ps(from.half[0]), _mm256_cvtph_ps(from.half[1])}};
  return to.all;
}
#else
static inline star_kept keep(star_lanes x) {
  return x;
}
static inline star_lanes kept(const star_kept *x) {
  return *x;
}
#endif

static star_kept *keep_block(const star_lanes *A, int lower, star_kept *L) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < (lower ? i + 1 : N); j++) *L++ = keep(A[i * N + j]);
  return L;
}

static void copy_lower(const star_lanes *from, star_lanes *to, int add) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j <= i; j++) to[i * N + j] = add ? to[i * N + j] + from[i * N + j] : from[i * N + j];
}

int star_factor(int nz, star_fill *fill, void *ctx, star_lanes *work, star_kept *L, star_lanes *scale) {
  enum { ELEMENT = STAR_BLOCKS * STAR_SQUARE };
  star_lanes *now = work, *next = work + ELEMENT;
  int lifted = 0;
  memset(now, 0, ELEMENT * sizeof *now);
  fill(ctx, 0, now);
  plane_scale(now, scale);
  apply_scale(now, scale, scale, 1);
  lifted += cholesky(now);
  L = keep_block(now, 1, L);
  for (int e = 0; e < nz; e++, scale += 2 * N) {
    const star_lanes *sb = scale, *Lb = now + STAR_BB * STAR_SQUARE;
    star_lanes *sm = scale + N, *st = sm + N;
    star_lanes *mb = now + STAR_MB * STAR_SQUARE, *mm = now + STAR_MM * STAR_SQUARE, *tb = now + STAR_TB * STAR_SQUARE,
               *tm = now + STAR_TM * STAR_SQUARE, *tt = now + STAR_TT * STAR_SQUARE;
    /* The top plane is whole only with what the next element has in it. */
    if (e + 1 < nz) {
      memset(next, 0, ELEMENT * sizeof *next);
      fill(ctx, e + 1, next);
      copy_lower(next, tt, 1);
    }
    plane_scale(mm, sm);
    plane_scale(tt, st);
    apply_scale(mb, sm, sb, 0), apply_scale(mm, sm, sm, 1), apply_scale(tb, st, sb, 0);
    apply_scale(tm, st, sm, 0), apply_scale(tt, st, st, 1);
    right_solve(mb, Lb);
    update(mm, mb, mb, 1);
    lifted += cholesky(mm);
    right_solve(tb, Lb);
    update(tm, tb, mb, 0);
    right_solve(tm, mm);
    update(tt, tb, tb, 1);
    update(tt, tm, tm, 1);
    lifted += cholesky(tt);
    L = keep_block(mb, 0, L), L = keep_block(mm, 1, L), L = keep_block(tb, 0, L), L = keep_block(tm, 0, L);
    L = keep_block(tt, 1, L);
    copy_lower(tt, next, 0);
    star_lanes *swap = now;
    now = next, next = swap;
  }
  return lifted;
}

/* A block ahead, `way` 1, or back, -1, comes into the second-level cache meanwhile: the factor of a deep star is larger
   than that. */
static inline void ahead(const star_kept *L, int n, int way) {
  for (int k = 0; k < n; k += 64 / (int)sizeof *L) __builtin_prefetch(L + way * STAR_SQUARE + k, 0, 2);
}

/* L x = x and L' x = x in place, three rows at a time: one row after the other is a chain of additions that wait for
   each other, or a store for each product. */
static inline void forward(const star_kept *L, star_lanes *x) {
  for (int i = 0; i < N; i += T) {
    const star_kept *M = L + i + 1, *R = M + i + 2;
    ahead(L, 3 * i + 6, 1);
    star_lanes a = x[i], b = x[i + 1], c = x[i + 2];
    for (int k = 0; k < i; k++) a -= kept(L + k) * x[k], b -= kept(M + k) * x[k], c -= kept(R + k) * x[k];
    x[i] = a *= kept(L + i);
    x[i + 1] = b = (b - kept(M + i) * a) * kept(M + i + 1);
    x[i + 2] = (c - kept(R + i) * a - kept(R + i + 1) * b) * kept(R + i + 2);
    L = R + i + 3;
  }
}
static inline void backward(const star_kept *L, star_lanes *x) {
  L += STAR_TRIANGLE;
  for (int i = N - T; i >= 0; i -= T) {
    const star_kept *R = L - i - 3, *M = R - i - 2;
    L = M - i - 1;
    ahead(L, 3 * i + 6, -1);
    star_lanes c = x[i + 2] * kept(R + i + 2), b = (x[i + 1] - kept(R + i + 1) * c) * kept(M + i + 1),
               a = (x[i] - kept(R + i) * c - kept(M + i) * b) * kept(L + i);
    x[i] = a, x[i + 1] = b, x[i + 2] = c;
    for (int k = 0; k < i; k++) x[k] -= kept(L + k) * a + kept(M + k) * b + kept(R + k) * c;
  }
}
/* y -= B x; three rows share each load of x. */
static inline void subtract(const star_kept *B, const star_lanes *x, star_lanes *y) {
  for (int i = 0; i < N; i += T, B += T * N) {
    star_lanes a = y[i], b = y[i + 1], c = y[i + 2];
    ahead(B, T * N, 1);
    for (int k = 0; k < N; k++) a -= kept(B + k) * x[k], b -= kept(B + N + k) * x[k], c -= kept(B + 2 * N + k) * x[k];
    y[i] = a, y[i + 1] = b, y[i + 2] = c;
  }
}
static inline void subtract_transposed(const star_kept *B, const star_lanes *x, star_lanes *y) {
  for (int i = 0; i < N; i += T, B += T * N) {
    star_lanes a = x[i], b = x[i + 1], c = x[i + 2];
    ahead(B, T * N, -1);
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
