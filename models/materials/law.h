/* What the law files share: the batch loop, local stiffness, and the uncoupled neo-Hookean matrix.

   A kernel of this room is one loop `LAW_LOOP(q)` over the NB lanes in an inlined body. A choice that is the same for
   all lanes, such as the kind of volume term, is made outside the loop: the body is called with a constant.

   The local stiffness factor of material_in multiplies the whole energy, volume term included: a stiff nodule keeps its
   bulk-to-shear ratio. */
#ifndef KNEAD_LAW_H
#define KNEAD_LAW_H
#include "sim/base/mat3.h"
#include "sim/base/vmath.h"
#include "sim/kinds/material.h"

#define LAW_INLINE static inline __attribute__((always_inline))
/* No pragma: `restrict` on the arguments of the inlined bodies already says that the lanes are independent, and both
   compilers vectorise. Under `omp simd` gcc 12 keeps the small arrays of a lane in memory and gives the loop up. */
#define LAW_LOOP(q) for (int q = 0; q < NB; q++)

static const real law_one[NB] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
LAW_INLINE const real *law_scale(const material_in *in) {
  return in->scale ? in->scale : law_one;
}

/* P = a F + b G and dP = a dF + db G + b dG on the nine entries of a lane */
LAW_INLINE void law_sum2(real a, const real *F, real b, const real G[9], real *P) {
  for (int k = 0; k < 9; k++) P[k * NB] = a * F[k * NB] + b * G[k];
}
LAW_INLINE void law_sum3(real a, const real *dF, real db, const real G[9], real b, const real dG[9], real *dP) {
  for (int k = 0; k < 9; k++) dP[k * NB] = a * dF[k * NB] + db * G[k] + b * dG[k];
}

/* U(J) = K/2 (ln J)^2 or K/2 (J - 1)^2. Kernels use JU' and J(JU')', where ' is d/dJ. */
typedef enum law_volume { VOLUME_LOG, VOLUME_QUADRATIC } law_volume;

LAW_INLINE real law_volume_energy(law_volume v, real K, real J) {
  real e = v == VOLUME_LOG ? vm_log(J) : J - 1;
  return (real)0.5 * K * e * e;
}
LAW_INLINE real law_volume_first(law_volume v, real K, real J) {
  return v == VOLUME_LOG ? K * vm_log(J) : K * J * (J - 1);
}
LAW_INLINE real law_volume_second(law_volume v, real K, real J) {
  return v == VOLUME_LOG ? K : K * J * (2 * J - 1);
}

/* W = mu/2 (I1bar - 3) + U(J) with I1bar = j I1, j = J^(-2/3).

   I1bar - 3 loses all digits near rest if it is formed so; energies are only reported and compared, never summed into
   forces, so that is accepted. */
LAW_INLINE void uncoupled_energy(law_volume v, real mu, real K, const real *restrict F, const real *restrict scale,
                                 real *restrict W) {
  LAW_LOOP(q) {
    real J = det3(F + q, NB), y = vm_rcbrt(J);
    real I1 = dot3(F + q, NB, F + q, NB);
    W[q] = scale[q] * ((real)0.5 * mu * (y * y * I1 - 3) + law_volume_energy(v, K, J));
  }
}

/* P = a F + b G with G = cof F = J F^-T, a = mu j, b = (JU' - a I1/3) / J */
LAW_INLINE void uncoupled_stress(law_volume v, real mu, real K, const real *restrict F, const real *restrict scale,
                                 real *restrict P) {
  LAW_LOOP(q) {
    real G[9], J = cof3(F + q, NB, G), y = vm_rcbrt(J);
    real I1 = dot3(F + q, NB, F + q, NB);
    real a = scale[q] * mu * y * y;
    real b = (scale[q] * law_volume_first(v, K, J) - a * I1 * (real)(1.0 / 3.0)) * (y * y * y);
    law_sum2(a, F + q, b, G, P + q);
  }
}

/* dP = a (dF - 2/3 t F) + db G + b dG with t = F^-T : dF = dJ/J, dG = change of the cofactors along dF,
   db = (J(JU')' t - a (2 F:dF - 2/3 t I1)/3) / J - b t; the terms with 2/3 t come from da = -2/3 t a. */
LAW_INLINE void uncoupled_tangent(law_volume v, real mu, real K, const real *restrict F, const real *restrict scale,
                                  const real *restrict dF, real *restrict dP) {
  const real third = (real)(1.0 / 3.0);
  LAW_LOOP(q) {
    real G[9], dG[9], J = cof3(F + q, NB, G), y = vm_rcbrt(J), inv = y * y * y;
    dcof3(F + q, NB, dF + q, NB, dG);
    real I1 = dot3(F + q, NB, F + q, NB), FdF = dot3(F + q, NB, dF + q, NB);
    real t = dot3(G, 1, dF + q, NB) * inv;
    real a = scale[q] * mu * y * y, shrink = 2 * third * t * a;
    real b = (scale[q] * law_volume_first(v, K, J) - a * I1 * third) * inv;
    real db = (scale[q] * law_volume_second(v, K, J) * t - third * (2 * a * FdF - shrink * I1)) * inv - b * t;
    for (int k = 0; k < 9; k++) dP[k * NB + q] = a * dF[k * NB + q] - shrink * F[k * NB + q] + db * G[k] + b * dG[k];
  }
}

#endif
