/* One energy, two forms. A law gives what(B), an energy of a deformation B, its derivative S = dwhat/dB and the change
   dS along dB; this header makes of it

     uncoupled      W = what(J^(-1/3) F)          + U(J; K)
     compressible   W = what(F)      - drop ln J  + U(J; K)

   with `drop` such that the stress vanishes at rest. With B = y F (y = J^(-1/3) or 1, third = 1/3 or 0), G = cof F,
   t = F^-T : dF = dJ/J:

     P  = y S + b G,                      b = (JU' - drop - third S:B) / J
     dB = y (dF - third t F)
     dP = y (dS - third t S) + db G + b dG,   db = (J(JU')' t - third (dS:B + S:dB)) / J - b t

   A part with K = drop = 0 is added to P and dP of another, so that a matrix and its fibres may be of different form.
 */
#ifndef KNEAD_SPLIT_H
#define KNEAD_SPLIT_H
#include "models/materials/law.h"

typedef struct split {
  double iso;     /* 1: uncoupled; 0: compressible */
  double third;   /* iso/3 */
  double K, drop; /* Pa */
} split;

LAW_INLINE split split_of(int compressible, double K, double lambda, double drop) {
  return (split){.iso = compressible ? 0 : 1,
                 .third = compressible ? 0 : 1.0 / 3.0,
                 .K = compressible ? lambda : K,
                 .drop = compressible ? drop : 0};
}

/* B = y F, returns y. Arithmetic makes the choice, exactly: under a condition the loop would not vectorise. */
LAW_INLINE double split_deform(split s, double J, const double *F, double B[9]) {
  double y = s.iso * vm_rcbrt(J) + (1 - s.iso);
  for (int k = 0; k < 9; k++) B[k] = y * F[k * NB];
  return y;
}

LAW_INLINE double split_volume_energy(law_volume v, split s, double J) {
  return law_volume_energy(v, s.K, J) - s.drop * vm_log(J);
}

/* P, or P += with `add` */
LAW_INLINE void split_stress(int add, law_volume v, split s, double scale, double J, double y, const double G[9],
                             const double B[9], const double S[9], double *P) {
  double b = -s.third * dot3(S, 1, B, 1);
  if (!add) b += law_volume_first(v, s.K, J) - s.drop;
  double a = scale * y;
  b *= scale / J;
  for (int k = 0; k < 9; k++) P[k * NB] = (add ? P[k * NB] : 0) + (a * S[k] + b * G[k]);
}

/* dB, returns t */
LAW_INLINE double split_change(split s, double J, double y, const double *F, const double G[9], const double *dF,
                               double dB[9]) {
  double t = dot3(G, 1, dF, NB) / J;
  for (int k = 0; k < 9; k++) dB[k] = y * (dF[k * NB] - s.third * t * F[k * NB]);
  return t;
}

LAW_INLINE void split_tangent(int add, law_volume v, split s, double scale, const double *F, const double *dF, double J,
                              double y, double t, const double G[9], const double B[9], const double dB[9],
                              const double S[9], const double dS[9], double *dP) {
  double dG[9];
  dcof3(F, NB, dF, NB, dG);
  double b = -s.third * dot3(S, 1, B, 1), db = -s.third * (dot3(dS, 1, B, 1) + dot3(S, 1, dB, 1));
  if (!add) {
    b += law_volume_first(v, s.K, J) - s.drop;
    db += law_volume_second(v, s.K, J) * t;
  }
  double w = scale / J;
  b *= w;
  db = db * w - b * t;
  double a = scale * y, shrink = s.third * t;
  for (int k = 0; k < 9; k++)
    dP[k * NB] = (add ? dP[k * NB] : 0) + (a * (dS[k] - shrink * S[k]) + (db * G[k] + b * dG[k]));
}

#endif
