/* What the law files share: the batch loop, local stiffness, and the neo-Hookean matrix in both forms.

   A kernel of this room is one loop `LAW_LOOP(q)` over the NB lanes in an inlined body. A choice that is the same for
   all lanes, such as the kind of volume term, is made outside the loop: the body is called with a constant.

   The local stiffness factor of material_in multiplies the whole energy, volume term included: a stiff nodule keeps its
   bulk-to-shear ratio. */
#ifndef KNEAD_LAW_H
#define KNEAD_LAW_H
#include <stdio.h>
#include "sim/base/mat3.h"
#include "sim/base/vmath.h"
#include "sim/kinds/material.h"

#define LAW_INLINE static inline __attribute__((always_inline))
/* No pragma: `restrict` on the arguments of the inlined bodies already says that the lanes are independent, and both
   compilers vectorise. Under `omp simd` gcc 12 keeps the small arrays of a lane in memory and gives the loop up. */
#define LAW_LOOP(q) for (int q = 0; q < NB; q++)

static const double law_one[NB] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
LAW_INLINE const double *law_scale(const material_in *in) {
  return in->scale ? in->scale : law_one;
}

/* P = a F + b G and dP = a dF + db G + b dG on the nine entries of a lane */
LAW_INLINE void law_sum2(double a, const double *F, double b, const double G[9], double *P) {
  for (int k = 0; k < 9; k++) P[k * NB] = a * F[k * NB] + b * G[k];
}
LAW_INLINE void law_sum3(double a, const double *dF, double db, const double G[9], double b, const double dG[9],
                         double *dP) {
  for (int k = 0; k < 9; k++) dP[k * NB] = a * dF[k * NB] + db * G[k] + b * dG[k];
}

/* U(J) = K/2 (ln J)^2 or K/2 (J - 1)^2. Kernels use JU' and J(JU')', where ' is d/dJ. */
typedef enum law_volume { VOLUME_LOG, VOLUME_QUADRATIC } law_volume;

LAW_INLINE double law_volume_energy(law_volume v, double K, double J) {
  double e = v == VOLUME_LOG ? vm_log(J) : J - 1;
  return 0.5 * K * e * e;
}
LAW_INLINE double law_volume_first(law_volume v, double K, double J) {
  return v == VOLUME_LOG ? K * vm_log(J) : K * J * (J - 1);
}
LAW_INLINE double law_volume_second(law_volume v, double K, double J) {
  return v == VOLUME_LOG ? K : K * J * (2 * J - 1);
}

typedef enum law_form { FORM_UNCOUPLED, FORM_COMPRESSIBLE } law_form;
typedef enum law_stretch { STRETCH_ISOCHORIC, STRETCH_FULL } law_stretch;

/* The exponential of a law, x <= reach; beyond it the parabola that meets it with its first and second derivative:
     g(x) = e^x,   g(x) = e^reach (1 + d + d^2/2), d = x - reach.
   So no trial step of Newton's overflows, and stresses stay continuous and their tangents too. Laws of one exponential
   over all strains stop at LAW_REACH: 5e8 times the stiffness at rest, past any tissue. */
#define LAW_REACH 20.0
LAW_INLINE void law_exp(double x, double reach, double *g, double *g1, double *g2) {
  double e = vm_exp(x < reach ? x : reach), d = x > reach ? x - reach : 0;
  *g = e * (1 + d * (1 + 0.5 * d));
  *g1 = e * (1 + d);
  *g2 = e;
}

/* The slack-to-taut switch of a fibre: laws are written in r(x) instead of max(x, 0), with r = 0 for x <= 0, r = x from
   x = s on, and between them, t = x/s,
     r = s (3 t^2 - 3 t^3 + t^4),   r' = 6t - 9 t^2 + 4 t^3,   r'' = (6 - 18 t + 12 t^2)/s.
   From s on the law is the published one, unshifted. r, r' and r'' are continuous but for r'' at x = 0, where it meets
   r = 0: an energy f(r) with f'(0) = 0 (as r^2, exp(r^2)) has (f')' = f'' r'^2 + f' r'', whose terms vanish there, so
   the tangent is continuous with a bounded slope and Newton does not chatter when fibres go slack. For f = r^2/2 that
   tangent stays within 0 and 1.71. */
LAW_INLINE void law_taut(double x, double s, double inv, double *r, double *r1, double *r2) {
  double u = x * inv, e = x > s ? x - s : 0;
  u = u > 0 ? u : 0;
  double t = u < 1 ? u : 1;
  *r = s * (t * t) * (3 - t * (3 - t)) + e;
  *r1 = t * (6 - t * (9 - 4 * t));
  *r2 = (6 - t * (18 - 12 * t)) * inv;
}

/* W = mu/2 (I1bar - 3) + U(J) with I1bar = j I1, j = J^(-2/3).

   I1bar - 3 loses all digits near rest if it is formed so; energies are only reported and compared, never summed into
   forces, so that is accepted. */
LAW_INLINE void uncoupled_energy(law_volume v, double mu, double K, const double *restrict F,
                                 const double *restrict scale, double *restrict W) {
  LAW_LOOP(q) {
    double J = det3(F + q, NB), y = vm_rcbrt(J);
    double I1 = dot3(F + q, NB, F + q, NB);
    W[q] = scale[q] * (0.5 * mu * (y * y * I1 - 3) + law_volume_energy(v, K, J));
  }
}

/* P = a F + b G with G = cof F = J F^-T, a = mu j, b = (JU' - a I1/3) / J */
LAW_INLINE void uncoupled_stress(law_volume v, double mu, double K, const double *restrict F,
                                 const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], J = cof3(F + q, NB, G), y = vm_rcbrt(J);
    double I1 = dot3(F + q, NB, F + q, NB);
    double a = scale[q] * mu * y * y;
    double b = (scale[q] * law_volume_first(v, K, J) - a * I1 * (1.0 / 3.0)) * (y * y * y);
    law_sum2(a, F + q, b, G, P + q);
  }
}

/* dP = a (dF - 2/3 t F) + db G + b dG with t = F^-T : dF = dJ/J, dG = change of the cofactors along dF,
   db = (J(JU')' t - a (2 F:dF - 2/3 t I1)/3) / J - b t; the terms with 2/3 t come from da = -2/3 t a. */
LAW_INLINE void uncoupled_tangent(law_volume v, double mu, double K, const double *restrict F,
                                  const double *restrict scale, const double *restrict dF, double *restrict dP) {
  const double third = 1.0 / 3.0;
  LAW_LOOP(q) {
    double G[9], dG[9], J = cof3(F + q, NB, G), y = vm_rcbrt(J), inv = y * y * y;
    dcof3(F + q, NB, dF + q, NB, dG);
    double I1 = dot3(F + q, NB, F + q, NB), FdF = dot3(F + q, NB, dF + q, NB);
    double t = dot3(G, 1, dF + q, NB) * inv;
    double a = scale[q] * mu * y * y, shrink = 2 * third * t * a;
    double b = (scale[q] * law_volume_first(v, K, J) - a * I1 * third) * inv;
    double db = (scale[q] * law_volume_second(v, K, J) * t - third * (2 * a * FdF - shrink * I1)) * inv - b * t;
    for (int k = 0; k < 9; k++) dP[k * NB + q] = a * dF[k * NB + q] - shrink * F[k * NB + q] + db * G[k] + b * dG[k];
  }
}

/* W = mu/2 (I1 - 3) - mu ln J + U(J; lambda) */
LAW_INLINE void coupled_energy(law_volume v, double mu, double lambda, const double *restrict F,
                               const double *restrict scale, double *restrict W) {
  LAW_LOOP(q) {
    double I1 = dot3(F + q, NB, F + q, NB), J = det3(F + q, NB);
    W[q] = scale[q] * (0.5 * mu * (I1 - 3) - mu * vm_log(J) + law_volume_energy(v, lambda, J));
  }
}

/* P = mu F + b G with G = cof F = J F^-T, b = (JU' - mu) / J */
LAW_INLINE void coupled_stress(law_volume v, double mu, double lambda, const double *restrict F,
                               const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], J = cof3(F + q, NB, G);
    double a = scale[q] * mu, b = scale[q] * (law_volume_first(v, lambda, J) - mu) / J;
    law_sum2(a, F + q, b, G, P + q);
  }
}

/* dP = mu dF + db G + b dG with t = F^-T : dF = dJ/J, db = J(JU')' t / J - b t */
LAW_INLINE void coupled_tangent(law_volume v, double mu, double lambda, const double *restrict F,
                                const double *restrict scale, const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], dG[9], J = cof3(F + q, NB, G), inv = 1 / J;
    dcof3(F + q, NB, dF + q, NB, dG);
    double t = dot3(G, 1, dF + q, NB) * inv;
    double a = scale[q] * mu, b = scale[q] * (law_volume_first(v, lambda, J) - mu) * inv;
    double db = scale[q] * law_volume_second(v, lambda, J) * t * inv - b * t;
    law_sum3(a, dF + q, db, G, b, dG, dP + q);
  }
}

/* The neo-Hookean matrix as a law's keys ask for it; bulk: its small-strain bulk modulus in both forms. */
LAW_INLINE void law_matrix_energy(int form, int volumetric, double mu, double bulk, const material_in *in, double *W) {
  double lambda = bulk - 2.0 / 3.0 * mu;
  if (form == FORM_COMPRESSIBLE && volumetric == VOLUME_LOG)
    coupled_energy(VOLUME_LOG, mu, lambda, in->F, law_scale(in), W);
  else if (form == FORM_COMPRESSIBLE)
    coupled_energy(VOLUME_QUADRATIC, mu, lambda, in->F, law_scale(in), W);
  else if (volumetric == VOLUME_LOG)
    uncoupled_energy(VOLUME_LOG, mu, bulk, in->F, law_scale(in), W);
  else
    uncoupled_energy(VOLUME_QUADRATIC, mu, bulk, in->F, law_scale(in), W);
}

LAW_INLINE void law_matrix_stress(int form, int volumetric, double mu, double bulk, const material_in *in, double *P) {
  double lambda = bulk - 2.0 / 3.0 * mu;
  if (form == FORM_COMPRESSIBLE && volumetric == VOLUME_LOG)
    coupled_stress(VOLUME_LOG, mu, lambda, in->F, law_scale(in), P);
  else if (form == FORM_COMPRESSIBLE)
    coupled_stress(VOLUME_QUADRATIC, mu, lambda, in->F, law_scale(in), P);
  else if (volumetric == VOLUME_LOG)
    uncoupled_stress(VOLUME_LOG, mu, bulk, in->F, law_scale(in), P);
  else
    uncoupled_stress(VOLUME_QUADRATIC, mu, bulk, in->F, law_scale(in), P);
}

LAW_INLINE void law_matrix_tangent(int form, int volumetric, double mu, double bulk, const material_in *in,
                                   const double *dF, double *dP) {
  double lambda = bulk - 2.0 / 3.0 * mu;
  if (form == FORM_COMPRESSIBLE && volumetric == VOLUME_LOG)
    coupled_tangent(VOLUME_LOG, mu, lambda, in->F, law_scale(in), dF, dP);
  else if (form == FORM_COMPRESSIBLE)
    coupled_tangent(VOLUME_QUADRATIC, mu, lambda, in->F, law_scale(in), dF, dP);
  else if (volumetric == VOLUME_LOG)
    uncoupled_tangent(VOLUME_LOG, mu, bulk, in->F, law_scale(in), dF, dP);
  else
    uncoupled_tangent(VOLUME_QUADRATIC, mu, bulk, in->F, law_scale(in), dF, dP);
}

/* For `refuse` of laws with a compressible form, in which all but U resists volume change by `rest`, Pa */
static inline const char *law_refuse_bulk(int compressible, double bulk, double rest, char *why, size_t size) {
  if (!compressible || !(bulk < rest)) return NULL;
  snprintf(why, size,
           "bulk = %g Pa is less than the %g Pa with which the rest of the compressible form resists volume "
           "change",
           bulk, rest);
  return "bulk";
}

/* Rows that the tables of several laws have */
static const char *const law_volumes[] = {"log", "quadratic", NULL};
static const char *const law_forms[] = {"uncoupled", "compressible", NULL};
static const char *const law_stretches[] = {"isochoric", "full", NULL};
#define LAW_ROW_BULK(type)                                                                                             \
  PARAM(type, bulk, .unit = "Pa", .lo = 1, .hi = 1e11, .preset = (double)NAN,                                          \
        .doc = "small-strain bulk modulus, the resistance to volume change")
#define LAW_ROW_VOLUMETRIC(type)                                                                                       \
  PARAM(type, volumetric, .kind = PARAM_CHOICE, .choices = law_volumes, .preset = VOLUME_LOG,                          \
        .doc = "volume energy: log is bulk/2 (ln J)^2, quadratic is bulk/2 (J - 1)^2",                                 \
        .source = "numerical: log grows without bound as a volume shrinks to nothing, quadratic does not")
#define LAW_ROW_FORM(type, text)                                                                                       \
  PARAM(type, form, .kind = PARAM_CHOICE, .choices = law_forms, .preset = FORM_UNCOUPLED, .doc = text,                 \
        .source = "numerical: soft tissue is nearly incompressible, where the uncoupled form is the better behaved")
#define LAW_ROW_SWITCH(type)                                                                                           \
  {                                                                                                                    \
    .name = "switch", .offset = offsetof(type, width), .lo = 1e-4, .hi = 0.2, .preset = 0.01,                          \
    .doc = "fibre strain over which slack fibres become taut; shortened fibres carry nothing",                         \
    .source = "assumed: a toe of the order of 1 % strain"                                                              \
  }
#define LAW_ROW_STRETCH(type)                                                                                          \
  PARAM(type, stretch, .kind = PARAM_CHOICE, .choices = law_stretches, .preset = STRETCH_ISOCHORIC,                    \
        .doc =                                                                                                         \
            "what fibres feel: isochoric leaves the volume change out (FEBio's meaning); full is the true stretch, "   \
            "which fibres stiffer than the bulk modulus need, and what they feel in a compressible law",               \
        .source = "numerical: the meaning with which published parameter sets were fitted")

#endif
