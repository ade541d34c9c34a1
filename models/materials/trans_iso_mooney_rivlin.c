/* A Mooney-Rivlin matrix with one family of fibres that uncrimp and then pull straight (Weiss, Maker, Govindjee 1996,
   Comput Methods Appl Mech Eng 135:107), parameters as in FEBio:

     uncoupled      W = c1 (I1bar - 3) + c2 (I2bar - 3) + w(lbar) + U(J; bulk)        FEBio "trans iso Mooney-Rivlin"
     compressible   W = c1 (I1 - 3) + c2 (I2 - 3) - 2 (c1 + 2 c2) ln J + w(l) + U(J; lambda)
                                                                            FEBio "coupled trans-iso Mooney-Rivlin"

   FEBio's k is bulk in the first and lambda in the second; here `bulk` is the bulk modulus at rest in both, and lambda
   = bulk - 4/3 c1 - 16/3 c2, as in mooney_rivlin.c. Matrix: there too.

   Fibres, l = |B a|:  l dw/dl = f(l),
     f = 0                              l <= 1
     f = c3 (exp(c4 (l - 1)) - 1)       up to lam_max
     f = f(lam_max) + c5 (l - lam_max)  beyond: FEBio's c5 l + c6
   FEBio's slope jumps at 1, and at lam_max for any c5 but c3 c4 exp(c4 (lam_max - 1)). Here each jump is spread over a
   fibre strain of `switch`, beginning where it was, by the switch r of law.h:
     f = c3 (exp(c4 r) - 1) r', r = r(l - 1);   beyond lam_max  f = fm + sm d + (c5 - sm) r(d), d = l - lam_max,
   fm and sm being force and slope there. From 1 + switch to lam_max, and from lam_max + switch on, this is FEBio's law.
   Past an exponent of LAW_REACH the exponential goes on straight. w has no closed form (an exponential integral), so
   the energy is summed by Gauss's rule; forces do not use it.

   Only the first family is looked at; a zero vector is no fibre. fibre_stress is f/J, before any deviator is taken.
   With b = B a:   S = 2 c1 B + 2 c2 H x B + f/l^2 b (x) a, dS = ... + (f/l^2 db + (l f' - 2 f)/l^4 (b . db) b) (x) a.
 */
#include "models/materials/split.h"

typedef struct trans_iso_mooney_rivlin {
  double c1, c2, c3; /* Pa */
  double c4;         /* 1 */
  double c5;         /* Pa */
  double lam_max;    /* 1 */
  double bulk;       /* Pa */
  double width;      /* strain over which the slope of the fibre force changes */
  int form;          /* law_form */
  int volumetric;    /* law_volume */
} trans_iso_mooney_rivlin;

typedef struct numbers {
  split form;
  double c1, c2, c3, c4, c5;
  double far;    /* lam_max, beyond the first switch */
  double s, inv; /* width of the switches, and 1 / s */
} numbers;

static numbers numbers_of(const trans_iso_mooney_rivlin *c) {
  double lambda = c->bulk - 4.0 / 3.0 * c->c1 - 16.0 / 3.0 * c->c2, least = 1 + c->width;
  return (numbers){.form = split_of(c->form == FORM_COMPRESSIBLE, c->bulk, lambda, 2 * c->c1 + 4 * c->c2),
                   .c1 = c->c1,
                   .c2 = c->c2,
                   .c3 = c->c3,
                   .c4 = c->c4,
                   .c5 = c->c5,
                   .far = c->lam_max > least ? c->lam_max : least,
                   .s = c->width,
                   .inv = 1 / c->width};
}

/* f and its slope at the stretch l */
LAW_INLINE void fibre_force(numbers c, double l, double *f, double *f1) {
  double r, r1, r2, g, g1, g2, near = l < c.far ? l : c.far, d = l - c.far, straight = d > 0 ? d : 0;
  law_taut(near - 1, c.s, c.inv, &r, &r1, &r2);
  law_exp(c.c4 * r, LAW_REACH, &g, &g1, &g2);
  double slope = c.c3 * (c.c4 * g2 * r1 * r1 + (g1 - 1) * r2);
  *f = c.c3 * (g1 - 1) * r1;
  law_taut(d, c.s, c.inv, &r, &r1, &r2);
  *f += slope * straight + (c.c5 - slope) * r;
  *f1 = slope + (c.c5 - slope) * r1;
}

/* b = B a, returns l; live = 1, or 0 without a fibre, where l is 1 */
LAW_INLINE double fibre_stretch(const double B[9], const double *a, double b[3], double *live) {
  vec3(B, 1, a, NB, b);
  double n = a[0] * a[0] + a[NB] * a[NB] + a[2 * NB] * a[2 * NB];
  *live = n > 0 ? 1 : 0;
  return sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2] + (1 - *live));
}

/* Half of the symmetric 16-point rule of Gauss and Legendre on [-1, 1]: exp(20 t) over a piece to 3e-12 of itself */
enum { HALF = 8 };
static const double gauss_x[HALF] = {0.0950125098376374402, 0.2816035507792589132, 0.4580167776572273863,
                                     0.6178762444026437484, 0.7554044083550030339, 0.8656312023878317439,
                                     0.9445750230732325761, 0.9894009349916499326};
static const double gauss_w[HALF] = {0.1894506104550684963, 0.1826034150449235889, 0.1691565193950025382,
                                     0.1495959888165767321, 0.1246289712555338720, 0.0951585116824927848,
                                     0.0622535239386478929, 0.0271524594117540949};

/* W += the integral of f/l over the part of [from, to] below each lane's l, and beyond `to` of the line, if it is last
 */
static void fibre_add_energy(numbers c, double from, double to, int last, const double *restrict l,
                             const double *restrict scale, double *restrict W) {
  for (int i = 0; i < 2 * HALF; i++) {
    double x = i % 2 ? gauss_x[i / 2] : -gauss_x[i / 2], w = gauss_w[i / 2];
    LAW_LOOP(q) {
      double top = l[q] < to ? l[q] : to, half = top > from ? 0.5 * (top - from) : 0, f, f1;
      double at = from + half * (1 + x);
      fibre_force(c, at, &f, &f1);
      W[q] += scale[q] * w * half * f / at;
    }
  }
  if (last) LAW_LOOP(q) {
      double f, f1, top = l[q] > to ? l[q] : to;
      fibre_force(c, to, &f, &f1);
      W[q] += scale[q] * ((f - c.c5 * to) * vm_log(top / to) + c.c5 * (top - to));
    }
}

LAW_INLINE void energy_batch(law_volume v, numbers c, const double *restrict F, const double *restrict a,
                             const double *restrict scale, double *restrict l, double *restrict W) {
  LAW_LOOP(q) {
    double B[9], H[9], b[3], live, J = det3(F + q, NB);
    split_deform(c.form, J, F + q, B);
    cof3(B, 1, H);
    l[q] = fibre_stretch(B, a + q, b, &live);
    W[q] =
        scale[q] * (c.c1 * (dot3(B, 1, B, 1) - 3) + c.c2 * (dot3(H, 1, H, 1) - 3) + split_volume_energy(v, c.form, J));
  }
}

LAW_INLINE void stress_batch(law_volume v, numbers c, const double *restrict F, const double *restrict a,
                             const double *restrict scale, double *restrict P) {
  LAW_LOOP(q) {
    double G[9], B[9], H[9], S[9], b[3], live, f, f1, J = cof3(F + q, NB, G), y = split_deform(c.form, J, F + q, B);
    for (int k = 0; k < 9; k++) H[k] = y * y * G[k];
    dcof3(H, 1, B, 1, S);
    double l = fibre_stretch(B, a + q, b, &live);
    fibre_force(c, l, &f, &f1);
    double k2 = live * f / (l * l);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++)
        S[3 * i + j] = 2 * (c.c1 * B[3 * i + j] + c.c2 * S[3 * i + j]) + k2 * b[i] * a[j * NB + q];
    split_stress(0, v, c.form, scale[q], J, y, G, B, S, P + q);
  }
}

LAW_INLINE void tangent_batch(law_volume v, numbers c, const double *restrict F, const double *restrict a,
                              const double *restrict scale, const double *restrict dF, double *restrict dP) {
  LAW_LOOP(q) {
    double G[9], B[9], H[9], S[9], b[3], live, f, f1, J = cof3(F + q, NB, G), y = split_deform(c.form, J, F + q, B);
    double dB[9], dH[9], dS[9], part[9], db[3], t = split_change(c.form, J, y, F + q, G, dF + q, dB);
    for (int k = 0; k < 9; k++) H[k] = y * y * G[k];
    dcof3(B, 1, dB, 1, dH);
    dcof3(H, 1, B, 1, S);
    dcof3(dH, 1, B, 1, dS);
    dcof3(H, 1, dB, 1, part);
    double l = fibre_stretch(B, a + q, b, &live), less = 1 / (l * l);
    fibre_force(c, l, &f, &f1);
    vec3(dB, 1, a + q, NB, db);
    double k2 = live * f * less;
    double bend = live * (l * f1 - 2 * f) * less * less * (b[0] * db[0] + b[1] * db[1] + b[2] * db[2]);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) {
        int k = 3 * i + j;
        S[k] = 2 * (c.c1 * B[k] + c.c2 * S[k]) + k2 * b[i] * a[j * NB + q];
        dS[k] = 2 * (c.c1 * dB[k] + c.c2 * (dS[k] + part[k])) + (k2 * db[i] + bend * b[i]) * a[j * NB + q];
      }
    split_tangent(0, v, c.form, scale[q], F + q, dF + q, J, y, t, G, B, dB, S, dS, dP + q);
  }
}

static const double law_none[3 * NB] = {0};
static const double *fibre_of(const material_in *in) {
  return in->nfam > 0 ? in->fibre : law_none;
}

static void energy(const void *par, const material_in *in, double *W) {
  const trans_iso_mooney_rivlin *c = par;
  const numbers n = numbers_of(c);
  _Alignas(64) double l[NB];
  if (c->volumetric == VOLUME_LOG)
    energy_batch(VOLUME_LOG, n, in->F, fibre_of(in), law_scale(in), l, W);
  else
    energy_batch(VOLUME_QUADRATIC, n, in->F, fibre_of(in), law_scale(in), l, W);
  fibre_add_energy(n, 1, 1 + n.s, 0, l, law_scale(in), W);
  fibre_add_energy(n, 1 + n.s, n.far, 0, l, law_scale(in), W);
  fibre_add_energy(n, n.far, n.far + n.s, 1, l, law_scale(in), W);
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const trans_iso_mooney_rivlin *c = par;
  (void)h1;
  if (c->volumetric == VOLUME_LOG)
    stress_batch(VOLUME_LOG, numbers_of(c), in->F, fibre_of(in), law_scale(in), P);
  else
    stress_batch(VOLUME_QUADRATIC, numbers_of(c), in->F, fibre_of(in), law_scale(in), P);
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const trans_iso_mooney_rivlin *c = par;
  if (c->volumetric == VOLUME_LOG)
    tangent_batch(VOLUME_LOG, numbers_of(c), in->F, fibre_of(in), law_scale(in), dF, dP);
  else
    tangent_batch(VOLUME_QUADRATIC, numbers_of(c), in->F, fibre_of(in), law_scale(in), dF, dP);
}

LAW_INLINE void tension_batch(numbers c, const double *restrict F, const double *restrict a,
                              const double *restrict scale, double *restrict sigma) {
  LAW_LOOP(q) {
    double B[9], b[3], live, f, f1, J = det3(F + q, NB);
    split_deform(c.form, J, F + q, B);
    double l = fibre_stretch(B, a + q, b, &live);
    fibre_force(c, l, &f, &f1);
    sigma[q] = scale[q] * live * f / J;
  }
}

static void fibre_stress(const void *par, const material_in *in, double *s) {
  tension_batch(numbers_of(par), in->F, fibre_of(in), law_scale(in), s);
  for (int k = NB; k < in->nfam * NB; k++) s[k] = 0;
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent, .fibre_stress = fibre_stress};

static double shear(const void *par) {
  const trans_iso_mooney_rivlin *c = par;
  return 2 * (c->c1 + c->c2);
}
static double bulk(const void *par) {
  return ((const trans_iso_mooney_rivlin *)par)->bulk;
}

static const char *refuse(const void *par, char *why, size_t size) {
  const trans_iso_mooney_rivlin *c = par;
  return law_refuse_bulk(c->form == FORM_COMPRESSIBLE, c->bulk, 4.0 / 3.0 * c->c1 + 16.0 / 3.0 * c->c2, why, size);
}

static const param params[] = {
    PARAM(trans_iso_mooney_rivlin, c1, .unit = "Pa", .lo = 1, .hi = 1e8, .preset = (double)NAN,
          .doc = "factor of I1 - 3; c1 + c2 is half the small-strain shear modulus of the matrix"),
    PARAM(trans_iso_mooney_rivlin, c2, .unit = "Pa", .lo = 0, .hi = 1e8, .preset = 0, .doc = "factor of I2 - 3",
          .source = "numerical: a neo-Hookean matrix"),
    PARAM(trans_iso_mooney_rivlin, c3, .unit = "Pa", .lo = 0, .hi = 1e9, .preset = (double)NAN,
          .doc = "fibre force: factor of the exponential; fibres just taut have Young's modulus c3 c4"),
    PARAM(trans_iso_mooney_rivlin, c4, .lo = 0.1, .hi = 1000, .preset = (double)NAN,
          .doc = "fibre force: how fast it rises while fibres uncrimp"),
    PARAM(trans_iso_mooney_rivlin, c5, .unit = "Pa", .lo = 0, .hi = 1e11, .preset = (double)NAN,
          .doc = "modulus of straightened fibres"),
    PARAM(trans_iso_mooney_rivlin, lam_max, .lo = 1, .hi = 3, .preset = (double)NAN,
          .doc = "fibre stretch at which fibres are straight"),
    LAW_ROW_BULK(trans_iso_mooney_rivlin),
    LAW_ROW_FORM(trans_iso_mooney_rivlin,
                 "uncoupled: shape and volume apart; compressible: c1 and c2 resist volume change too and fibres feel "
                 "their true stretch, bulk must exceed 4/3 c1 + 16/3 c2"),
    LAW_ROW_SWITCH(trans_iso_mooney_rivlin),
    LAW_ROW_VOLUMETRIC(trans_iso_mooney_rivlin),
    {0}};

extern const material material_trans_iso_mooney_rivlin;
const material material_trans_iso_mooney_rivlin = {
    .name = "trans_iso_mooney_rivlin",
    .doc = "tendon, ligament, aponeurosis: a Mooney-Rivlin matrix with fibres that uncrimp exponentially, then pull "
           "straight",
    .params = params,
    .par_size = sizeof(trans_iso_mooney_rivlin),
    .needs = MAT_FIBRE,
    .refuse = refuse,
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
