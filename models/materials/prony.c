/* Quasi-linear viscoelasticity around any law that remembers nothing (FEBio's "uncoupled viscoelastic"): the shape part
   of the base's stress relaxes, fibres included; the volume part is elastic.

     S = S_base + (g0 - 1) S_iso + sum over terms of g_i Q_i,   Q_i(t) = int exp(-(t - s)/tau_i) dS_iso/ds ds

   S_iso is the second Piola-Kirchhoff stress of the energy W(J^(-1/3) F); for an uncoupled base it is its shape part,
   for any base it has a potential, so the tangent stays symmetric. With g0 = 1 the base is the response after all has
   relaxed; with g0 + sum g_i = 1 it is the instantaneous one. Weights are shares, so sum g_i must stay below 1: a
   larger one is the same law around a stiffer base with all weights divided, and mostly a slip.

   Over a step of length dt in which S_iso runs straight, exactly (Taylor, Pister and Goudreau 1970):
     Q_i <- e_i Q_i + h_i (S_iso - S_iso at the start),   e = exp(-dt/tau), h = (1 - e) tau/dt.
   So P = P_base + (g0 - 1 + sum g_i h_i) P_iso + F H with a tensor H known at the start of the step.

   tau_i(T) = tau_i exp(-shift (T - 310.15 K)). History: S_iso, then Q_i of each term, six entries each (11 22 33 12 13
   23), Pa. */
#include "models/materials/law.h"

enum { PRONY_TERMS = 6, SYM = 6 };

typedef struct prony_term {
  double g, tau; /* 1, s */
} prony_term;

typedef struct prony {
  law_choice base;
  prony_term term[PRONY_TERMS];
  int nterm;
  double g0, shift; /* 1, 1/K */
} prony;

static const double prony_none[SYM * (PRONY_TERMS + 1) * NB];
static const double *start_of(const material_in *in) {
  return in->h0 ? in->h0 : prony_none;
}

static const material_ops *base_of(const prony *c) {
  return c->base.law->ops;
}

/* (1 - exp(-x))/x: near 0 its series, whose first term left out is x^9/10! < 3e-16 */
LAW_INLINE double mean_decay(double x, double e) {
  double y = x < 0.1 ? x : 0.1, s = 1;
  for (int n = 9; n > 1; n--) s = 1 - s * y / n;
  return x < 0.1 ? s : (1 - e) / (x < 0.1 ? 1 : x);
}

/* e and h of one term for every lane */
static void decay(const prony *c, int i, const material_in *in, double *restrict e, double *restrict h) {
  double rate = in->dt / c->term[i].tau, shift = c->shift;
  LAW_LOOP(q) {
    double x = in->temp ? rate * vm_exp(shift * (in->temp[q] - 310.15)) : rate;
    e[q] = vm_exp(-x);
    h[q] = mean_decay(x, e[q]);
  }
}

/* k = g0 - 1 + sum g_i h_i; H = sum g_i (e_i Q_i - h_i S_iso at the start), [6][NB] */
static void weights(const prony *c, const material_in *in, double *restrict k, double (*restrict H)[NB]) {
  const double *S0 = start_of(in);
  LAW_LOOP(q) k[q] = c->g0 - 1;
  for (int v = 0; v < SYM; v++) LAW_LOOP(q) H[v][q] = 0;
  for (int i = 0; i < c->nterm; i++) {
    _Alignas(64) double e[NB], h[NB];
    const double *Q0 = S0 + (size_t)((i + 1) * SYM) * NB;
    double g = c->term[i].g;
    decay(c, i, in, e, h);
    LAW_LOOP(q) k[q] += g * h[q];
    for (int v = 0; v < SYM; v++) LAW_LOOP(q) H[v][q] += g * (e[q] * Q0[v * NB + q] - h[q] * S0[v * NB + q]);
  }
}

/* y = J^(-1/3), Ft = y F */
static void unimodular(const double *restrict F, double *restrict y, double *restrict Ft) {
  LAW_LOOP(q) {
    y[q] = vm_rcbrt(det3(F + q, NB));
    for (int k = 0; k < 9; k++) Ft[k * NB + q] = y[q] * F[k * NB + q];
  }
}

/* P_iso = y (Pt - (Pt:F)/3 F^-T) */
static void project(const double *restrict F, const double *restrict y, const double *restrict Pt,
                    double *restrict Piso) {
  LAW_LOOP(q) {
    double G[9], J = cof3(F + q, NB, G), s = dot3(Pt + q, NB, F + q, NB) / (3 * J);
    for (int k = 0; k < 9; k++) Piso[k * NB + q] = y[q] * (Pt[k * NB + q] - s * G[k]);
  }
}

static const int sym_row[SYM] = {0, 1, 2, 0, 0, 1}, sym_col[SYM] = {0, 1, 2, 1, 2, 2};
static const int sym_at[9] = {0, 3, 4, 3, 1, 5, 4, 5, 2};

/* out += k A + F H, H symmetric */
static void add_scaled(const double *restrict k, const double *restrict A, const double *restrict F,
                       const double (*restrict H)[NB], double *restrict out) {
  LAW_LOOP(q) {
    for (int i = 0; i < 3; i++)
      for (int J = 0; J < 3; J++) {
        double s = k[q] * A[(3 * i + J) * NB + q];
        for (int K = 0; K < 3; K++) s += F[(3 * i + K) * NB + q] * H[sym_at[3 * K + J]][q];
        out[(3 * i + J) * NB + q] += s;
      }
  }
}

static material_in base_in(const material_in *in, const double *F) {
  material_in b = *in;
  b.F = F, b.h0 = NULL;
  return b;
}

static void energy(const void *par, const material_in *in, double *W) {
  const prony *c = par;
  _Alignas(64) double k[NB], y[NB], Ft[9 * NB], Wt[NB], H[SYM][NB];
  material_in at = base_in(in, in->F);
  base_of(c)->energy(c->base.par, &at, W);
  weights(c, in, k, H);
  unimodular(in->F, y, Ft);
  at.F = Ft;
  base_of(c)->energy(c->base.par, &at, Wt);
  LAW_LOOP(q) W[q] += k[q] * Wt[q];
  /* (F'F - 1):H/2: the potential of F H, zero at rest */
  for (int v = 0; v < SYM; v++) {
    int I = sym_row[v], K = sym_col[v];
    double half = I == K ? 0.5 : 1;
    LAW_LOOP(q) {
      double s = I == K ? -1 : 0;
      for (int i = 0; i < 3; i++) s += in->F[(3 * i + I) * NB + q] * in->F[(3 * i + K) * NB + q];
      W[q] += half * s * H[v][q];
    }
  }
}

/* S_iso = F^-1 P_iso; the entries by name, so that both compilers see lanes and no tables. */
static void pull_back(const double *restrict F, const double *restrict Piso, double *restrict S) {
  LAW_LOOP(q) {
    double G[9], inv = 1 / cof3(F + q, NB, G);
    const double *P = Piso + q;
    S[q] = inv * (G[0] * P[0] + G[3] * P[3 * NB] + G[6] * P[6 * NB]);
    S[NB + q] = inv * (G[1] * P[NB] + G[4] * P[4 * NB] + G[7] * P[7 * NB]);
    S[2 * NB + q] = inv * (G[2] * P[2 * NB] + G[5] * P[5 * NB] + G[8] * P[8 * NB]);
    S[3 * NB + q] = inv * (G[0] * P[NB] + G[3] * P[4 * NB] + G[6] * P[7 * NB]);
    S[4 * NB + q] = inv * (G[0] * P[2 * NB] + G[3] * P[5 * NB] + G[6] * P[8 * NB]);
    S[5 * NB + q] = inv * (G[1] * P[2 * NB] + G[4] * P[5 * NB] + G[7] * P[8 * NB]);
  }
}

/* Q <- e Q + h (S - S0), one entry */
static void recur(const double *restrict e, const double *restrict h, const double *restrict Q0,
                  const double *restrict S, const double *restrict S0, double *restrict Q) {
  LAW_LOOP(q) Q[q] = e[q] * Q0[q] + h[q] * (S[q] - S0[q]);
}

/* New history */
static void remember(const prony *c, const material_in *in, const double *Piso, double *h1) {
  const double *S0 = start_of(in);
  pull_back(in->F, Piso, h1);
  for (int i = 0; i < c->nterm; i++) {
    _Alignas(64) double e[NB], h[NB];
    size_t at = (size_t)((i + 1) * SYM) * NB;
    decay(c, i, in, e, h);
    for (size_t v = 0; v < SYM * NB; v += NB) recur(e, h, S0 + at + v, h1 + v, S0 + v, h1 + at + v);
  }
}

static void stress(const void *par, const material_in *in, double *P, double *h1) {
  const prony *c = par;
  _Alignas(64) double k[NB], y[NB], Ft[9 * NB], Pt[9 * NB], Piso[9 * NB], H[SYM][NB];
  material_in at = base_in(in, in->F);
  base_of(c)->stress(c->base.par, &at, P, NULL);
  unimodular(in->F, y, Ft);
  at.F = Ft;
  base_of(c)->stress(c->base.par, &at, Pt, NULL);
  project(in->F, y, Pt, Piso);
  weights(c, in, k, H);
  add_scaled(k, Piso, in->F, (const double(*)[NB])H, P);
  if (h1) remember(c, in, Piso, h1);
}

/* dFt = y (dF - t/3 F), t = F^-T:dF */
static void unimodular_change(const double *restrict F, const double *restrict y, const double *restrict dF,
                              double *restrict dFt) {
  LAW_LOOP(q) {
    double G[9], J = cof3(F + q, NB, G), t = dot3(G, 1, dF + q, NB) / (3 * J);
    for (int n = 0; n < 9; n++) dFt[n * NB + q] = y[q] * (dF[n * NB + q] - t * F[n * NB + q]);
  }
}

/* dP_iso = y (dPt - t/3 Pt) - y/3 [(dA - t/3 A - t A) G/J + A dG/J],  A = Pt:F, F^-T = G/J */
static void project_change(const double *restrict F, const double *restrict y, const double *restrict Pt,
                           const double *restrict dF, const double *restrict dPt, double *restrict dPiso) {
  LAW_LOOP(q) {
    double G[9], dG[9], inv = 1 / cof3(F + q, NB, G), third = 1.0 / 3;
    dcof3(F + q, NB, dF + q, NB, dG);
    double t = dot3(G, 1, dF + q, NB) * inv, A = dot3(Pt + q, NB, F + q, NB);
    double dA = dot3(dPt + q, NB, F + q, NB) + dot3(Pt + q, NB, dF + q, NB);
    double a = third * inv * (dA - A * t * (4.0 / 3)), b = third * inv * A;
    for (int n = 0; n < 9; n++)
      dPiso[n * NB + q] = y[q] * (dPt[n * NB + q] - third * t * Pt[n * NB + q] - a * G[n] - b * dG[n]);
  }
}

static void tangent(const void *par, const material_in *in, const double *dF, double *dP) {
  const prony *c = par;
  _Alignas(64) double k[NB], y[NB], Ft[9 * NB], dFt[9 * NB], Pt[9 * NB], dPt[9 * NB], dPiso[9 * NB], H[SYM][NB];
  material_in at = base_in(in, in->F);
  base_of(c)->tangent(c->base.par, &at, dF, dP);
  unimodular(in->F, y, Ft);
  unimodular_change(in->F, y, dF, dFt);
  at.F = Ft;
  base_of(c)->stress(c->base.par, &at, Pt, NULL);
  base_of(c)->tangent(c->base.par, &at, dFt, dPt);
  project_change(in->F, y, Pt, dF, dPt, dPiso);
  weights(c, in, k, H);
  add_scaled(k, dPiso, dF, (const double(*)[NB])H, dP);
}

/* The elastic part; what the fibres still hold from the past is in the stress, but belongs to no family. */
static void fibre_stress(const void *par, const material_in *in, double *s) {
  const prony *c = par;
  material_in at = base_in(in, in->F);
  if (base_of(c)->fibre_stress)
    base_of(c)->fibre_stress(c->base.par, &at, s);
  else
    for (int i = 0; i < in->nfam * NB; i++) s[i] = 0;
}

static const material_ops ops = {.energy = energy, .stress = stress, .tangent = tangent, .fibre_stress = fibre_stress};

static int nhist(const void *par) {
  return SYM * (1 + ((const prony *)par)->nterm);
}
/* What a fast load feels. */
static double shear(const void *par) {
  const prony *c = par;
  double g = c->g0;
  for (int i = 0; i < c->nterm; i++) g += c->term[i].g;
  return g * c->base.law->shear(c->base.par);
}
static double bulk(const void *par) {
  const prony *c = par;
  return c->base.law->bulk(c->base.par);
}

static const char *refuse(const void *par, char *why, size_t size) {
  const prony *c = par;
  double sum = 0;
  for (int i = 0; i < c->nterm; i++) sum += c->term[i].g;
  /* Weights that add up to 1 as text may do so within a rounding each. */
  if (sum >= 1 - 1e-12) {
    snprintf(
        why, size,
        "the weights add up to %g, and must stay below 1: make the base stiffer by %g instead and divide g0 and all "
        "weights by that",
        sum, c->g0 + sum);
    return "terms";
  }
  return c->base.law->refuse && c->base.law->refuse(c->base.par, why, size) ? "base" : NULL;
}

static const param term_rows[] = {
    PARAM(prony_term, g, .lo = 0, .hi = 1, .preset = (double)NAN, .doc = "weight of the term; all together below 1"),
    PARAM(prony_term, tau, .unit = "s", .lo = 1e-4, .hi = 1e6, .preset = (double)NAN, .doc = "its time constant"),
    {0}};
static const param params[] = {
    PARAM(prony, base, .kind = PARAM_LAW, .doc = "law that relaxes, with its own keys"),
    {.name = "terms",
     .kind = PARAM_TUPLES,
     .offset = offsetof(prony, term),
     .max = PRONY_TERMS,
     .rows = term_rows,
     .row_size = sizeof(prony_term),
     .count_offset = offsetof(prony, nterm),
     .doc = "weight and time constant of each term of the relaxation function g0 + sum g exp(-t/tau)"},
    PARAM(prony, g0, .lo = 0, .hi = 100, .preset = 1,
          .doc = "weight that never relaxes; 1: the base is the response after a long time",
          .source = "numerical: as in FEBio's uncoupled viscoelastic material"),
    PARAM(prony, shift, .unit = "1/K", .lo = 0, .hi = 0.2, .preset = 0,
          .doc = "time constants shrink by the factor exp(-shift) for each kelvin above 37 C",
          .source = "assumed: no temperature dependence"),
    {0}};

extern const material material_prony;
const material material_prony = {
    .name = "prony",
    .doc = "quasi-linear viscoelasticity around another law: its shape part, fibres included, relaxes",
    .params = params,
    .par_size = sizeof(prony),
    .nhist = nhist,
    .refuse = refuse,
    .shear = shear,
    .bulk = bulk,
    .ops = &ops,
};
