#include "sim/mechanics/site.h"

typedef int lane_mask __attribute__((vector_size(64), aligned(64)));
typedef float lanes_anywhere __attribute__((vector_size(64), aligned(4), may_alias));
typedef float lanes_half __attribute__((vector_size(32), aligned(32)));
_Static_assert((int)NB == STAR_LANES, "cells and stars stand side by side in the same lanes");

/* Numerical: so many entries ahead (32 KB) the matrix comes into the second-level cache; the coarser levels of a cycle
   take 0.88 of their time (mesh C, one thread). */
enum { AHEAD = 512 };

/* Node by node, so that each pass over x and y serves three rows. */
void site_multiply(const float *K, const float *x, float *y) {
  const star_lanes *v = (const star_lanes *)x, *k0 = (const star_lanes *)K;
  star_lanes *out = (star_lanes *)y;
  for (int i = 0; i < CELL_DOF; i += 3) {
    const star_lanes *k1 = k0 + i + 1, *k2 = k1 + i + 2;
    star_lanes x0 = v[i], x1 = v[i + 1], x2 = v[i + 2];
    star_lanes s0 = k0[i] * x0 + k1[i] * x1 + k2[i] * x2, s1 = k1[i] * x0 + k1[i + 1] * x1 + k2[i + 1] * x2,
               s2 = k2[i] * x0 + k2[i + 1] * x1 + k2[i + 2] * x2;
    for (int j = 0; j < 3 * i + 6; j++) __builtin_prefetch(k0 + AHEAD + j, 0, 2);
    for (int j = 0; j < i; j++) {
      s0 += k0[j] * v[j], s1 += k1[j] * v[j], s2 += k2[j] * v[j];
      out[j] += k0[j] * x0 + k1[j] * x1 + k2[j] * x2;
    }
    out[i] = s0, out[i + 1] = s1, out[i + 2] = s2;
    k0 = k2 + i + 3;
  }
}

void site_mask(float *K, const float *free) {
  const star_lanes *f = (const star_lanes *)free;
  star_lanes *k = (star_lanes *)K;
  for (int r = 0; r < CELL_DOF; r++)
    for (int c = 0; c <= r; c++, k++) *k *= f[r] * f[c];
}

/* Rows of the three nodes of a line along the axis: base, base + step, base + 2 step. */
static int line_base(int line, int axis) {
  int z = line / 9, other = line / 3 % 3, c = line % 3;
  return 27 * z + (axis == 0 ? 9 : 3) * other + c;
}

void site_coarsen(const float *K, const site_line *w, int axis, float *to) {
  const star_lanes *k = (const star_lanes *)K;
  star_lanes *out = (star_lanes *)to;
  int step = axis == 0 ? 3 : 9;
  for (int p = 0; p < 27; p++)
    for (int q = 0; q <= p; q++) {
      int row = line_base(p, axis), col = line_base(q, axis);
      star_lanes A[3][3], B[3][3];
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) A[i][j] = k[site_at(row + i * step, col + j * step)];
      for (int i = 0; i < 3; i++) {
        B[i][0] = A[i][0] * w->first[0] + A[i][1] * w->middle[0];
        B[i][1] = A[i][0] * w->first[1] + A[i][1] * w->middle[1] + A[i][2] * w->last[0];
        B[i][2] = A[i][1] * w->middle[2] + A[i][2] * w->last[1];
      }
      for (int j = 0; j < 3; j++) {
        A[0][j] = w->first[0] * B[0][j] + w->middle[0] * B[1][j];
        A[1][j] = w->first[1] * B[0][j] + w->middle[1] * B[1][j] + w->last[0] * B[2][j];
        A[2][j] = w->middle[2] * B[1][j] + w->last[1] * B[2][j];
      }
      /* A line with itself is symmetric: one triangle. */
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < (p == q ? i + 1 : 3); j++) out[site_at(row + i * step, col + j * step)] = A[i][j];
    }
}

/* Every second lane, from `odd` on, one after the other; SITE_SIZE / 2 numbers. */
static void pick_lanes(const star_lanes *K, int odd, lanes_half *to) {
  if (odd)
    for (int e = 0; e < CELL_PACKED; e++) to[e] = __builtin_shufflevector(K[e], K[e], 1, 3, 5, 7, 9, 11, 13, 15);
  else
    for (int e = 0; e < CELL_PACKED; e++) to[e] = __builtin_shufflevector(K[e], K[e], 0, 2, 4, 6, 8, 10, 12, 14);
}

void site_add_lanes(float *K, float *const site[NB], const int lane[NB], float *work) {
  star_lanes *k = (star_lanes *)K, with_next;
  int home[NB]; /* of what a lane brings; -1: it brings nothing, or the lane before it does */
  for (int l = 0; l < NB; l++) {
    with_next[l] = l + 1 < NB && site[l] && site[l] == site[l + 1] && lane[l] == lane[l + 1];
    home[l] = site[l] && !(l > 0 && with_next[l - 1] > 0) ? lane[l] : -1;
  }
  for (int e = 0; e < CELL_PACKED; e++) k[e] += with_next * *(const lanes_anywhere *)(K + e * NB + 1);
  for (int odd = 0; odd < 2; odd++) {
    float *picked = work + NB;
    for (int t = 0, done = 0; t < NB / 2; t++) {
      int l = 2 * t + odd, up = home[l] - t;
      if (home[l] < 0) continue;
      if (!done) pick_lanes(k, odd, (lanes_half *)picked), done = 1;
      /* Lane t of what was picked goes to lane t + up of its site, and others with it. */
      lane_mask mask = {0};
      for (int m = l; m < NB; m += 2)
        if (home[m] == m / 2 + up && site[m] == site[l]) mask[m / 2 + up] = -1, home[m] = -1;
      star_lanes *out = (star_lanes *)site[l];
      for (int e = 0; e < CELL_PACKED; e++) {
        lane_mask x = (lane_mask)(star_lanes) * (const lanes_anywhere *)(picked + e * NB / 2 - up);
        out[e] += (star_lanes)(x & mask);
      }
    }
  }
}

void site_corner_table(int sx, int sy, site_corner *t) {
  enum { CORNER = 12 };
  int node[CORNER], plane[CORNER], pos[CORNER], n = 0;
  for (int z = 0; z < 3; z++)
    for (int y = 0; y < 2; y++)
      for (int x = 0; x < 2; x++, n++) {
        int ix = sx ? x : x + 1, iy = sy ? y : y + 1;
        node[n] = ix + 3 * iy + 9 * z, plane[n] = z;
        pos[n] = (iy + 1 - 2 * (1 - sy)) * 3 + (ix + 1 - 2 * (1 - sx));
      }
  /* Corner nodes go up in plane and position, so this is the lower triangle of the star too. */
  static const int block[3][3] = {{STAR_BB}, {STAR_MB, STAR_MM}, {STAR_TB, STAR_TM, STAR_TT}};
  n = 0;
  for (int a = 0; a < 3 * CORNER; a++)
    for (int b = 0; b <= a; b++, n++) {
      int i = a / 3, j = b / 3;
      t->from[n] = (uint16_t)site_at(3 * node[i] + a % 3, 3 * node[j] + b % 3);
      t->to[n] =
          (uint16_t)(block[plane[i]][plane[j]] * STAR_SQUARE + (3 * pos[i] + a % 3) * STAR_BLOCK + 3 * pos[j] + b % 3);
    }
}

void site_star(const float *K, const float *next, int first, const site_corner *t, star_lanes *blocks) {
  if (K && first == 0) {
    const star_lanes *k = (const star_lanes *)K;
    for (int n = 0; n < SITE_CORNER; n++) blocks[t->to[n]] += k[t->from[n]];
    return;
  }
  if (!K && !next) return;
  lane_mask low, high;
  for (int l = 0; l < NB; l++) low[l] = K && l < NB - first ? -1 : 0, high[l] = next && l >= NB - first ? -1 : 0;
  const float *a = (K ? K : next) + (K ? first : 0), *b = next ? next - (NB - first) : a;
  for (int n = 0; n < SITE_CORNER; n++) {
    lane_mask x = (lane_mask)(star_lanes) * (const lanes_anywhere *)(a + (size_t)t->from[n] * NB);
    lane_mask y = (lane_mask)(star_lanes) * (const lanes_anywhere *)(b + (size_t)t->from[n] * NB);
    blocks[t->to[n]] += (star_lanes)((x & low) | (y & high));
  }
}
