/* The element tangent on a vector, from what kernel_linearize keeps (kernel.h). */
#include "sim/fe/kernel_lines.h"

/* sum over j of C[v][j] e[j], the moduli packed by rows of their lower triangle */
KERNEL_INLINE vec moduli_row(const vec C[21], int v, const vec e[6]) {
  vec s = C[v * (v + 1) / 2] * e[0];
  for (int w = 1; w < 6; w++) s += C[w <= v ? v * (v + 1) / 2 + w : w * (w + 1) / 2 + v] * e[w];
  return s;
}

/* What point AHEAD after this one needs comes into the second-level cache meanwhile: big models are bound by memory
   (over a million unknowns, one thread: 28 against 23 MDoF/s in double). */
enum { AHEAD = 6 };
KERNEL_INLINE void ahead(const float *point, int size) {
  for (int k = 0; k < size; k++) __builtin_prefetch(point + (AHEAD * size + k) * NB, 0, 2);
}

KERNEL_INLINE void apply(const float *t, int flat, int lane, const real *du, real *dr) {
  const int size = tangent_point(flat);
  const float *S_matrix = t + tangent_matrix(flat) + lane;
  vec L[27][9], dth[SPACE_PSI] = {{0}}, dp[SPACE_PSI] = {{0}};
  for (int i = 0; i < 3; i++) slopes(du + i * NB + lane, (vec(*)[9])(L[0] + i));

  /* Reference slopes become those along deformed axes; what the projections of dtheta and dp are made of. */
  for (int q = 0; q < 27; q++) {
    const float *point = t + q * size * NB + lane, *s = point + TANGENT_COUPLING * NB;
    vec l[9];
    if (lane == 0) ahead(point, size);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++)
        l[3 * i + j] = L[q][i] * load_kept(point + j * NB) + L[q][3 + i] * load_kept(point + (3 + j) * NB) +
                       L[q][6 + i] * load_kept(point + (6 + j) * NB);
    vec trace = (l[0] + l[4] + l[8]) * load_kept(point + TANGENT_VOLUME * NB);
    vec pull = load_kept(s) * l[0] + load_kept(s + NB) * l[4] + load_kept(s + 2 * NB) * l[8] +
               load_kept(s + 3 * NB) * (l[1] + l[3]) + load_kept(s + 4 * NB) * (l[5] + l[7]) +
               load_kept(s + 5 * NB) * (l[2] + l[6]);
    for (int b = 0; b < SPACE_PSI; b++) {
      vec psi = psi_kept(t, flat, lane, q, b);
      dth[b] += psi * trace, dp[b] += psi * pull;
    }
    for (int k = 0; k < 9; k++) L[q][k] = l[k];
  }
  for (int b = 0; b < SPACE_PSI; b++)
    for (int e = 0; e < SPACE_PSI; e++)
      dp[b] += load_kept(S_matrix + (b >= e ? b * (b + 1) / 2 + e : e * (e + 1) / 2 + b) * NB) * dth[e];

  vec Q[3][3][27];
  for (int q = 0; q < 27; q++) {
    const float *point = t + q * size * NB + lane, *law = t + tangent_law(flat) + q * TANGENT_LAW * NB + lane,
                *T = law + TANGENT_STRESS * NB, *s = point + TANGENT_COUPLING * NB;
    const vec *l = L[q];
    if (lane == 0) ahead(law, TANGENT_LAW);
    vec theta = {0}, p = {0}, strain[6] = {l[0], l[4], l[8], l[1] + l[3], l[5] + l[7], l[2] + l[6]}, S[6], C[21];
    moduli(law, point, function_kept(t, flat, lane, q, TANGENT_THETA), function_kept(t, flat, lane, q, TANGENT_P), C);
    for (int b = 0; b < SPACE_PSI; b++) {
      vec psi = psi_kept(t, flat, lane, q, b);
      theta += psi * dth[b], p += psi * dp[b];
    }
    p *= load_kept(point + TANGENT_VOLUME * NB);
    for (int v = 0; v < 6; v++) S[v] = moduli_row(C, v, strain) + load_kept(s + v * NB) * theta;
    for (int v = 0; v < 3; v++) S[v] += p;
    vec tau[6];
    for (int v = 0; v < 6; v++) tau[v] = load_kept(T + v * NB);
    for (int i = 0; i < 3; i++) {
      vec row[3];
      for (int j = 0; j < 3; j++)
        row[j] = S[voigt[3 * i + j]] + l[3 * i] * tau[voigt[j]] + l[3 * i + 1] * tau[voigt[3 + j]] +
                 l[3 * i + 2] * tau[voigt[6 + j]];
      for (int k = 0; k < 3; k++)
        Q[i][k][q] = row[0] * load_kept(point + 3 * k * NB) + row[1] * load_kept(point + (3 * k + 1) * NB) +
                     row[2] * load_kept(point + (3 * k + 2) * NB);
    }
  }
  for (int i = 0; i < 3; i++) slopes_back((const vec(*)[27])Q[i], dr + i * NB + lane);
}

void REAL_NAME(kernel_apply)(const float *t, int flat, const real *du, real *dr) {
  for (int lane = 0; lane < NB; lane += VEC_LANES)
    if (flat)
      apply(t, 1, lane, du, dr);
    else
      apply(t, 0, lane, du, dr);
}
