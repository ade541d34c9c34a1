/* Laws at one point against closed forms: helpers.

   All closed forms are written in Kirchhoff stresses tau = J sigma along the principal directions, as for a
   hyperelastic solid tau_i = l_i dW/dl_i. An uncoupled law has tau_i = dev_i(lbar) + p, p = J U'(J), and dev does not
   see the volume. So tests choose the isochoric stretches lbar, get tau by hand, and the volume follows from the mean
   stress in closed form (volume_at): no side stretch has to be searched for. */
#ifndef KNEAD_LAW_FORMS_H
#define KNEAD_LAW_FORMS_H
#include "tests/contract/law_bench.h"

enum { LOG, QUADRATIC };          /* volumetric */
enum { UNCOUPLED, COMPRESSIBLE }; /* form */
enum { ISOCHORIC, FULL };         /* stretch */

typedef struct setting {
  const char *key;
  double value;
} setting;

/* A law with its presets and these settings, ended by a NULL key. */
static inline law law_with(const char *name, const setting *s) {
  law l = bench_law(bench_find(name), 0);
  for (; s->key; s++) bench_set(&l, s->key, s->value);
  return l;
}
#define LAW(name, ...) law_with(name, (const setting[]){__VA_ARGS__, {NULL, 0}})

/* What the issue asks of closed forms: 1e-8. Rounding alone would be 1e-13; all sums below stay within it. */
#define CLOSED 1e-8

/* The volume at which the volume energy answers with the mean Kirchhoff stress p. */
static inline double volume_at(int volumetric, double K, double p) {
  return volumetric == LOG ? exp(p / K) : 0.5 * (1 + sqrt(1 + 4 * p / K));
}

/* Kirchhoff stress tau = P F^T of lane 0 */
static inline void law_tau(const law *l, const batch *b, double tau[9]) {
  nine P = bench_stress(l, b);
  mul3t(P.v, NB, b->F, NB, tau);
}

/* F = diag(x, y, z) in all lanes */
static inline batch law_stretched(double x, double y, double z) {
  const double F[9] = {x, 0, 0, 0, y, 0, 0, 0, z};
  return bench_same(F);
}

/* The law must answer diag(x, y, z) with the principal Kirchhoff stresses tau and no shear, to 1e-8 of size. */
static inline void assert_tau(const law *l, const batch *b, const double tau[3], double size) {
  double t[9];
  law_tau(l, b, t);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      double expected = i == j ? tau[i] : 0, error = fabs(t[3 * i + j] - expected);
      if (error <= CLOSED * test_scale() * size) continue;
      print_error("%s: tau[%d%d] = %.12g, expected %.12g: off by %.3g of %.3g\n", l->kind->name, i, j, t[3 * i + j],
                  expected, error, size);
      fail();
    }
}

/* The root of f, which rises from lo to hi */
static inline double law_root(double (*f)(double x, const void *ctx), const void *ctx, double lo, double hi) {
  for (int i = 0; i < 200; i++) {
    double mid = (lo + hi) / 2;
    if (f(mid, ctx) > 0)
      hi = mid;
    else
      lo = mid;
  }
  return (lo + hi) / 2;
}

#endif
