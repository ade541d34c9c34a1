/* Skeletal muscle, transversely isotropic, with active stress (Blemker, Pinsky, Delp 2005, J Biomech 38:657, after
   Criscione et al. 2001), parameters as in FEBio's "muscle material":

     uncoupled      W = g1 B1^2 + g2 B2^2 + 9/4 g3 (ln lbar)^2 + w(lbar) + U(J; bulk)      FEBio "muscle material"
     compressible   W = g1 B1^2 + g2 B2^2 + 9/4 g3 (ln l)^2 + w(l) + U(J; bulk - g3/2)     FEBio has none

   With B = J^(-1/3) F, b = B a, I1 = |B|^2, I4 = lbar^2 = |b|^2, I5 = |B^T b|^2:
     B1^2 = I5/I4^2 - 1                                   shear along the fibres, small-strain modulus 2 g1
     B2   = arcosh(w),  w = (I1 I4 - I5)/(2 sqrt I4)      shear across the fibres, small-strain modulus 2 g2
   Of the full F those would be I5/I4^2 - 1 again and w = (I1 I4 - I5)/(2 J sqrt I4): the same numbers, for both leave
   the volume out by themselves. So the forms differ in the fibres' stretch alone: l = |F a| in the compressible one,
   with g3 too. There g3 (ln l)^2 resists swelling with g3/2, which U is relieved of: `bulk` is the bulk modulus at rest
   in both forms, and all stress of relaxed muscle is zero there, for no part but U has a slope in J at l = 1.
   B1 and B2 are roots and have no slope at rest, but the energy has their squares only, and those are smooth: I5/I4^2
   is rational and A(w) = arcosh^2(w) is analytic at w = 1. It solves (w^2 - 1) A'' + w A' = 2; A'' is a series in w - 1
   near rest. Neither term resists a change of length at constant volume: with g3 = 0, Blemker's law, muscle that is
   shortened or below its optimal length lengthens and shortens for nothing, and a body of it alone is unstable. g3
   gives it a stiffness there: 4/3 g with g1 = g2 = g makes the relaxed muscle of the uncoupled form isotropic at small
   strains (of the compressible one it does not: there g3 is a stiffness of the fibres' own length).

   Fibres, x = l/lofl:  dw/dl = smax/lofl (fp(x) + activation fa(x)).
     passive  fp = p1 (exp(p2 r) - 1) r', r = r(x - 1) the switch of law.h: beyond a strain of `switch` Blemker's p1
              (exp(p2 (x - 1)) - 1), without its kink at x = 1; linear from lam_max/lofl on, with the same slope.
     active   fa = 1 - 4 (x - 1)^2 for |x - 1| < 5/12, 100/11 (0.6 - |x - 1|)^2 up to 0.6, else 0. Blemker has 9 for
              100/11 and joins at 0.4, where her slope jumps from 3.2 to 3.6; these meet with one slope, and differ from
              hers by 0.003 at most. So fp and fa are continuous with their slopes, whatever x.

   stretch: in the uncoupled form, isochoric is FEBio's law; full takes l = |F a| in w (not in g3): reasons in
   fascia_hgo.c. Only the first family is muscle fibres; a second one is not looked at. Without fibres (zero vector):
   the uncoupled neo-Hookean solid of shear modulus g1 + g2 in both forms. fibre_stress is l/J dw/dl, before any
   deviator is taken; g3 is matrix and not in it. */
#include "models/materials/split.h"

typedef struct muscle_transiso {
  double g1, g2, g3;    /* Pa */
  double p1, p2;        /* 1 */
  double lofl, lam_max; /* 1 */
  double smax;          /* Pa */
  double bulk;          /* Pa */
  double width;         /* strain over which a fibre takes up its load */
  int form;             /* law_form */
  int stretch;          /* law_stretch */
  int volumetric;       /* law_volume */
} muscle_transiso;

/* ---- matrix ------------------------------------------------------------------------------------------------------ */

typedef struct matrix {
  split form;
  double g1, g2, g3;
  double relief; /* of U where there are fibres, Pa */
} matrix;

/* The compressible form has g3 with the fibres, which feel the full stretch; its shears are those of both forms. */
static matrix matrix_of(const muscle_transiso *c) {
  int full = c->form == FORM_COMPRESSIBLE;
  return (matrix){.form = split_of(0, c->bulk, c->bulk, 0),
                  .g1 = c->g1,
                  .g2 = c->g2,
                  .g3 = full ? 0 : c->g3,
                  .relief = full ? 0.5 * c->g3 : 0};
}

/* The lane's own volume energy */
LAW_INLINE split matrix_volume(matrix c, double live) {
  split s = c.form;
  s.K -= live * c.relief;
  return s;
}

/* A = arcosh^2(1 + u) with derivatives. Below u = 0.1 A'' is its series, from A = 2 sum over n of (-1)^(n-1) (2u)^n /
   (n^2 (2n over n)); the first term left out is 1e-16. Else it comes from arcosh itself, which loses a digit there.
   Rounding makes u -1e-16 at rest: the series does not mind. A = (w^2 - 1) A'^2 / 4. */
LAW_INLINE void matrix_arcosh2(double u, double *A, double *A1, double *A2) {
  double big = u > 0.1 ? u : 0.1, w = 1 + big, root2 = big * (2 + big), root = sqrt(root2);
  double far1 = 2 * vm_log(w + root) / root, far2 = (2 - w * far1) / root2;
  double x = u < 0.1 ? u : 0.1;
  double s = -26624.0 / 35102025.0;
  s = s * x + 24576.0 / 16900975.0;
  s = s * x - 5632.0 / 2028117.0;
  s = s * x + 5120.0 / 969969.0;
  s = s * x - 2304.0 / 230945.0;
  s = s * x + 2048.0 / 109395.0;
  s = s * x - 224.0 / 6435.0;
  s = s * x + 64.0 / 1001.0;
  s = s * x - 80.0 / 693.0;
  s = s * x + 64.0 / 315.0;
  s = s * x - 12.0 / 35.0;
  s = s * x + 8.0 / 15.0;
  s = s * x - 2.0 / 3.0;
  double near1 = (2 - x * (2 + x) * s) / (1 + x);
  *A2 = u < 0.1 ? s : far2;
  *A1 = u < 0.1 ? near1 : far1;
  *A = 0.25 * u * (2 + u) * *A1 * *A1;
}

/* What the matrix needs of a lane. l4 is 1 where there is no fibre, so that nothing is divided by zero. */
typedef struct matrix_point {
  double live;                  /* 1, or 0 without a fibre */
  double I1, I4, I5, root, inv; /* root = sqrt I4, inv = 1 / I4 */
  double w1, w4, w5;            /* derivatives of w by I1, I4, I5 */
  double A, A1, A2;
} matrix_point;

/* b = B a, d = B^T b */
LAW_INLINE void matrix_lane(const double B[9], const double *a, double b[3], double d[3], matrix_point *m) {
  vec3(B, 1, a, NB, b);
  for (int k = 0; k < 3; k++) d[k] = B[k] * b[0] + B[3 + k] * b[1] + B[6 + k] * b[2];
  double n = a[0] * a[0] + a[NB] * a[NB] + a[2 * NB] * a[2 * NB];
  m->live = n > 0 ? 1 : 0;
  m->I1 = dot3(B, 1, B, 1);
  m->I4 = b[0] * b[0] + b[1] * b[1] + b[2] * b[2] + (1 - m->live);
  m->I5 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  m->root = sqrt(m->I4);
  m->inv = 1 / m->I4;
  m->w1 = 0.5 * m->root;
  m->w4 = 0.25 * (m->I1 + m->I5 * m->inv) * m->root * m->inv;
  m->w5 = -0.5 * m->root * m->inv;
  matrix_arcosh2(0.5 * (m->I1 * m->I4 - m->I5) * m->root * m->inv - 1, &m->A, &m->A1, &m->A2);
}

LAW_INLINE void matrix_energy(law_volume v, matrix c, const double *restrict F, const double *restrict a,
                              const double *restrict scale, double *restrict W) {
  LAW_LOOP(q) {
    double B[9], b[3], d[3], J = det3(F + q, NB);
    matrix_point m;
    split_deform(c.form, J, F + q, B);
    matrix_lane(B, a + q, b, d, &m);
    double e = vm_log(m.I4);
    double fibrous = c.g1 * (m.I5 * m.inv * m.inv - 1) + c.g2 * m.A + 9.0 / 16.0 * c.g3 * e * e;
    double plain = 0.5 * (c.g1 + c.g2) * (m.I1 - 3);
    W[q] = scale[q] * (m.live * fibrous + (1 - m.live) * plain + split_volume_energy(v, matrix_volume(c, m.live), J));
  }
}

/* S = 2 W1 B + (2 W4 b + 2 W5 B d) (x) a + 2 W5 b (x) d, with W1 = dW/dI1 and so on */
LAW_INLINE void matrix_stress(law_volume v, matrix c, const double *restrict F, const double *restrict a,
                              const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], B[9], S[9], b[3], d[3], f[3], J = cof3(F + q, NB, G), y = split_deform(c.form, J, F + q, B);
    matrix_point m;
    matrix_lane(B, a + q, b, d, &m);
    vec3(B, 1, d, 1, f);
    double k = m.live * c.g2 * m.A1, i2 = m.inv * m.inv;
    double W1 = k * m.w1 + (1 - m.live) * 0.5 * (c.g1 + c.g2);
    double W4 = k * m.w4 - 2 * c.g1 * m.I5 * i2 * m.inv + 9.0 / 8.0 * c.g3 * vm_log(m.I4) * m.inv;
    double W5 = k * m.w5 + m.live * c.g1 * i2;
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++)
        S[3 * i + j] = 2 * (W1 * B[3 * i + j] + (W4 * b[i] + W5 * f[i]) * a[j * NB + q] + W5 * b[i] * d[j]);
    split_stress(0, v, matrix_volume(c, m.live), scale[q], J, y, G, B, S, P + q);
  }
}

LAW_INLINE void matrix_tangent(law_volume v, matrix c, const double *restrict F, const double *restrict a,
                               const double *restrict scale, const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], B[9], S[9], b[3], d[3], f[3], J = cof3(F + q, NB, G), y = split_deform(c.form, J, F + q, B);
    double dB[9], dS[9], db[3], dd[3], df[3], t = split_change(c.form, J, y, F + q, G, dF + q, dB);
    matrix_point m;
    matrix_lane(B, a + q, b, d, &m);
    vec3(B, 1, d, 1, f);
    vec3(dB, 1, a + q, NB, db);
    for (int k = 0; k < 3; k++)
      dd[k] = dB[k] * b[0] + dB[3 + k] * b[1] + dB[6 + k] * b[2] + B[k] * db[0] + B[3 + k] * db[1] + B[6 + k] * db[2];
    for (int i = 0; i < 3; i++)
      df[i] = dB[3 * i] * d[0] + dB[3 * i + 1] * d[1] + dB[3 * i + 2] * d[2] + B[3 * i] * dd[0] + B[3 * i + 1] * dd[1] +
              B[3 * i + 2] * dd[2];
    double dI1 = 2 * dot3(B, 1, dB, 1), dI4 = 2 * (b[0] * db[0] + b[1] * db[1] + b[2] * db[2]);
    double dI5 = 2 * (d[0] * dd[0] + d[1] * dd[1] + d[2] * dd[2]);
    double i2 = m.inv * m.inv, e = vm_log(m.I4), less = 0.25 * m.root * m.inv;
    double k = m.live * c.g2 * m.A1, dk = m.live * c.g2 * m.A2 * (m.w1 * dI1 + m.w4 * dI4 + m.w5 * dI5);
    double W1 = k * m.w1 + (1 - m.live) * 0.5 * (c.g1 + c.g2);
    double W4 = k * m.w4 - 2 * c.g1 * m.I5 * i2 * m.inv + 9.0 / 8.0 * c.g3 * e * m.inv;
    double W5 = k * m.w5 + m.live * c.g1 * i2;
    double dw4 = less * (dI1 + dI5 * m.inv - 0.5 * dI4 * m.inv * (m.I1 + 3 * m.I5 * m.inv));
    double dW1 = dk * m.w1 + k * less * dI4;
    double dW4 = dk * m.w4 + k * dw4 - 2 * c.g1 * i2 * m.inv * (dI5 - 3 * m.I5 * m.inv * dI4) +
                 9.0 / 8.0 * c.g3 * (1 - e) * i2 * dI4;
    double dW5 = dk * m.w5 + k * less * m.inv * dI4 - 2 * m.live * c.g1 * i2 * m.inv * dI4;
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) {
        double aj = a[j * NB + q];
        S[3 * i + j] = 2 * (W1 * B[3 * i + j] + (W4 * b[i] + W5 * f[i]) * aj + W5 * b[i] * d[j]);
        dS[3 * i + j] =
            2 * (dW1 * B[3 * i + j] + W1 * dB[3 * i + j] + (dW4 * b[i] + W4 * db[i] + dW5 * f[i] + W5 * df[i]) * aj +
                 dW5 * b[i] * d[j] + W5 * (db[i] * d[j] + b[i] * dd[j]));
      }
    split_tangent(0, v, matrix_volume(c, m.live), scale[q], F + q, dF + q, J, y, t, G, B, dB, S, dS, dP + q);
  }
}

/* ---- fibres ------------------------------------------------------------------------------------------------------ */

typedef struct fibres {
  split form;
  double smax, less;     /* Pa; 1 / lofl */
  double g3;             /* Pa, of the compressible form, with which alone it is used */
  double p1, p2, s, inv; /* s: width of the switch in x, and 1 / s */
  double reach;          /* exponent from which on the passive force is linear */
} fibres;

static fibres fibres_of(const muscle_transiso *c) {
  double far = c->p2 * (c->lam_max / c->lofl - 1), least = c->p2 * c->width, most = LAW_REACH;
  /* the switch ends before the line begins */
  far = far < least ? least : far > most ? most : far;
  return (fibres){.form = split_of(c->stretch == STRETCH_FULL || c->form == FORM_COMPRESSIBLE, 0, 0, 0),
                  .smax = c->smax,
                  .less = 1 / c->lofl,
                  .g3 = c->g3,
                  .p1 = c->p1,
                  .p2 = c->p2,
                  .s = c->width,
                  .inv = 1 / c->width,
                  .reach = far};
}

/* Energy over smax, force and slope of the force over x, at x = l/lofl: law_exp turns the passive exponential into its
   tangent line at `reach`. */
LAW_INLINE void fibres_force(fibres c, double x, double active, double *w, double *f, double *f1) {
  double r, r1, r2, g, g1, g2, u = x - 1;
  law_taut(u, c.s, c.inv, &r, &r1, &r2);
  law_exp(c.p2 * r, c.reach, &g, &g1, &g2);
  double d = u < 0 ? -u : u, far = d < 0.6 ? 0.6 - d : 0, join = 5.0 / 12.0;
  double fa = d < join ? 1 - 4 * d * d : 100.0 / 11.0 * far * far;
  double slope = d < join ? -8 * d : -200.0 / 11.0 * far;
  double area =
      d < join ? d * (1 - 4.0 / 3.0 * d * d) : 61.0 / 180.0 - 100.0 / 33.0 * far * far * far; /* of fa, from 1 on */
  *w = c.p1 * ((g - 1) / c.p2 - r) + active * (u < 0 ? -area : area);
  *f = c.p1 * (g1 - 1) * r1 + active * fa;
  *f1 = c.p1 * (c.p2 * g2 * r1 * r1 + (g1 - 1) * r2) + active * (u < 0 ? -slope : slope);
}

/* b = B a, returns l; live = 1, or 0 without a fibre, where l is 1 */
LAW_INLINE double fibres_stretch(const double B[9], const double *a, double b[3], double *live) {
  vec3(B, 1, a, NB, b);
  double n = a[0] * a[0] + a[NB] * a[NB] + a[2 * NB] * a[2 * NB];
  *live = n > 0 ? 1 : 0;
  return sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2] + (1 - *live));
}

LAW_INLINE void fibres_add_energy(law_form form, fibres c, const double *restrict F, const double *restrict a,
                                  const double *restrict active, const double *restrict scale, double *restrict W) {
  LAW_LOOP(q) {
    double B[9], b[3], live, w, f, f1;
    split_deform(c.form, det3(F + q, NB), F + q, B);
    double l = fibres_stretch(B, a + q, b, &live);
    fibres_force(c, l * c.less, active[q], &w, &f, &f1);
    w *= c.smax;
    if (form == FORM_COMPRESSIBLE) w += 2.25 * c.g3 * vm_log(l) * vm_log(l);
    W[q] += scale[q] * live * w;
  }
}

/* S = w'/l b (x) a, with 9/4 g3 (ln l)^2 in w */
LAW_INLINE void fibres_add_stress(law_form form, fibres c, const double *restrict F, const double *restrict a,
                                  const double *restrict active, const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], B[9], S[9], b[3], live, w, f, f1, J = cof3(F + q, NB, G), y = split_deform(c.form, J, F + q, B);
    double l = fibres_stretch(B, a + q, b, &live);
    fibres_force(c, l * c.less, active[q], &w, &f, &f1);
    f *= c.smax * c.less;
    if (form == FORM_COMPRESSIBLE) f += 4.5 * c.g3 * vm_log(l) / l;
    double k = live * f / l;
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) S[3 * i + j] = k * b[i] * a[j * NB + q];
    split_stress(1, VOLUME_LOG, c.form, scale[q], J, y, G, B, S, P + q);
  }
}

/* dS = (w'/l db + (w'' - w'/l)/l^2 (b . db) b) (x) a */
LAW_INLINE void fibres_add_tangent(law_form form, fibres c, const double *restrict F, const double *restrict a,
                                   const double *restrict active, const double *restrict scale,
                                   const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], B[9], S[9], b[3], live, w, f, f1, J = cof3(F + q, NB, G), y = split_deform(c.form, J, F + q, B);
    double dB[9], dS[9], db[3], t = split_change(c.form, J, y, F + q, G, dF + q, dB);
    double l = fibres_stretch(B, a + q, b, &live);
    fibres_force(c, l * c.less, active[q], &w, &f, &f1);
    vec3(dB, 1, a + q, NB, db);
    f *= c.smax * c.less, f1 *= c.smax * c.less * c.less;
    if (form == FORM_COMPRESSIBLE) {
      double e = vm_log(l);
      f += 4.5 * c.g3 * e / l, f1 += 4.5 * c.g3 * (1 - e) / (l * l);
    }
    double k = live * f / l;
    double bend = (live * f1 - k) / (l * l) * (b[0] * db[0] + b[1] * db[1] + b[2] * db[2]);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) {
        S[3 * i + j] = k * b[i] * a[j * NB + q];
        dS[3 * i + j] = (k * db[i] + bend * b[i]) * a[j * NB + q];
      }
    split_tangent(1, VOLUME_LOG, c.form, scale[q], F + q, dF + q, J, y, t, G, B, dB, S, dS, dP + q);
  }
}

LAW_INLINE void fibres_tension(fibres c, const double *restrict F, const double *restrict a,
                               const double *restrict active, const double *restrict scale, double *restrict sigma) {
  LAW_LOOP(q) {
    double B[9], b[3], live, w, f, f1, J = det3(F + q, NB);
    split_deform(c.form, J, F + q, B);
    double l = fibres_stretch(B, a + q, b, &live);
    fibres_force(c, l * c.less, active[q], &w, &f, &f1);
    sigma[q] = scale[q] * live * c.smax * c.less * f * l / J;
  }
}

/* ---- the law ----------------------------------------------------------------------------------------------------- */

static const double law_none[3 * NB] = {0};
static const double *fibre_of(const material_in *in) {
  return in->nfam > 0 ? in->fibre : law_none;
}
static const double *active_of(const material_in *in) {
  return in->active ? in->active : law_none;
}

static void energy(const void *par, const material_in *in, double *W) {
  const muscle_transiso *c = par;
  if (c->volumetric == VOLUME_LOG)
    matrix_energy(VOLUME_LOG, matrix_of(c), in->F, fibre_of(in), law_scale(in), W);
  else
    matrix_energy(VOLUME_QUADRATIC, matrix_of(c), in->F, fibre_of(in), law_scale(in), W);
  if (c->form == FORM_UNCOUPLED)
    fibres_add_energy(FORM_UNCOUPLED, fibres_of(c), in->F, fibre_of(in), active_of(in), law_scale(in), W);
  else
    fibres_add_energy(FORM_COMPRESSIBLE, fibres_of(c), in->F, fibre_of(in), active_of(in), law_scale(in), W);
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const muscle_transiso *c = par;
  (void)h1;
  if (c->volumetric == VOLUME_LOG)
    matrix_stress(VOLUME_LOG, matrix_of(c), in->F, fibre_of(in), law_scale(in), P);
  else
    matrix_stress(VOLUME_QUADRATIC, matrix_of(c), in->F, fibre_of(in), law_scale(in), P);
  if (c->form == FORM_UNCOUPLED)
    fibres_add_stress(FORM_UNCOUPLED, fibres_of(c), in->F, fibre_of(in), active_of(in), law_scale(in), P);
  else
    fibres_add_stress(FORM_COMPRESSIBLE, fibres_of(c), in->F, fibre_of(in), active_of(in), law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const muscle_transiso *c = par;
  if (c->volumetric == VOLUME_LOG)
    matrix_tangent(VOLUME_LOG, matrix_of(c), in->F, fibre_of(in), law_scale(in), dF, dP);
  else
    matrix_tangent(VOLUME_QUADRATIC, matrix_of(c), in->F, fibre_of(in), law_scale(in), dF, dP);
  if (c->form == FORM_UNCOUPLED)
    fibres_add_tangent(FORM_UNCOUPLED, fibres_of(c), in->F, fibre_of(in), active_of(in), law_scale(in), dF, dP);
  else
    fibres_add_tangent(FORM_COMPRESSIBLE, fibres_of(c), in->F, fibre_of(in), active_of(in), law_scale(in), dF, dP);
}

static void fibre_stress(const void *par, const material_in *in, double *s) {
  if (in->nfam > 0) fibres_tension(fibres_of(par), in->F, in->fibre, active_of(in), law_scale(in), s);
  for (int k = NB; k < in->nfam * NB; k++) s[k] = 0;
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent, .fibre_stress = fibre_stress};

static double shear(const void *par) {
  const muscle_transiso *c = par;
  return c->g1 + c->g2;
}
static double bulk(const void *par) {
  return ((const muscle_transiso *)par)->bulk;
}

static const char *refuse(const void *par, char *why, size_t size) {
  const muscle_transiso *c = par;
  return law_refuse_bulk(c->form == FORM_COMPRESSIBLE, c->bulk, 0.5 * c->g3, why, size);
}

static const param params[] = {
    PARAM(muscle_transiso, g1, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
          .doc = "half the shear modulus along the fibres"),
    PARAM(muscle_transiso, g2, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
          .doc = "half the shear modulus across the fibres"),
    PARAM(
        muscle_transiso, g3, .unit = "Pa", .lo = 0, .hi = 1e8, .preset = (double)NAN,
        .doc =
            "matrix stiffness against a change of fibre length; 4/3 g1 with g1 = g2 is isotropic, 0 is unstable alone"),
    PARAM(muscle_transiso, p1, .lo = 0, .hi = 100, .preset = 0.05,
          .doc = "passive fibre force: factor of the exponential",
          .source = "assumed: Blemker et al. 2005, quoted from memory"),
    PARAM(muscle_transiso, p2, .lo = 0.1, .hi = 1000, .preset = 6.6, .doc = "passive fibre force: exponent",
          .source = "assumed: Blemker et al. 2005, quoted from memory"),
    PARAM(muscle_transiso, lofl, .lo = 0.5, .hi = 2, .preset = 1,
          .doc = "fibre stretch at which active force is largest and passive force begins",
          .source = "assumed: the body at rest is at its optimal length"),
    PARAM(muscle_transiso, lam_max, .lo = 1, .hi = 3, .preset = 1.4,
          .doc = "fibre stretch from which on the passive force is linear",
          .source = "assumed: Blemker et al. 2005, quoted "
                    "from memory"),
    PARAM(muscle_transiso, smax, .unit = "Pa", .lo = 0, .hi = 1e8, .preset = 3e5,
          .doc = "largest active stress; passive fibre force counts in it too",
          .source = "assumed: 250 to 300 kPa is usual, quoted from memory"),
    LAW_ROW_BULK(muscle_transiso),
    LAW_ROW_FORM(muscle_transiso, "uncoupled: shape and volume apart; compressible: fibres and g3 feel the true "
                                  "stretch, bulk must exceed g3/2"),
    LAW_ROW_SWITCH(muscle_transiso),
    LAW_ROW_STRETCH(muscle_transiso),
    LAW_ROW_VOLUMETRIC(muscle_transiso),
    {0}};

extern const material material_muscle_transiso;
const material material_muscle_transiso = {
    .name = "muscle_transiso",
    .doc =
        "muscle: shear along and across fibres, passive fibres that stiffen, active stress with a force-length curve",
    .params = params,
    .par_size = sizeof(muscle_transiso),
    .needs = MAT_FIBRE,
    .refuse = refuse,
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
