/* The Mooney-Rivlin law with fibres that uncrimp, at one point, closed forms to 1e-8. With b = F F^T, n = F a/|F a| and
   f(l) = l dw/dl, FEBio's three pieces:
     uncoupled      tau = dev (2 c1 bbar + 2 c2 (I1bar bbar - bbar^2) + f(lbar) n (x) n) + J U'(J; bulk) 1
     compressible   tau = 2 c1 b + 2 c2 (I1 b - b^2) + f(l) n (x) n + (J U'(J; lambda) - 2 (c1 + 2 c2)) 1 */
#include "tests/verify/law_forms.h"

static const double c1 = 2e4, c2 = 7e3, c3 = 4e4, c4 = 11, K = 1e7, width = 0.01, lam_max = 1.12;
static const double stiff = 3e6, soft = 5e4; /* c5 above and below the exponential's slope at lam_max, 1.6 MPa */

static law tendon(double c5, int form, int volumetric) {
  return LAW("trans_iso_mooney_rivlin", {"c1", c1}, {"c2", c2}, {"c3", c3}, {"c4", c4}, {"c5", c5},
             {"lam_max", lam_max}, {"bulk", K}, {"switch", width}, {"form", form}, {"volumetric", volumetric});
}

/* FEBio's force. NAN within a switch, where this law rounds FEBio's corner. */
static double hand_force(double c5, double l) {
  double c6 = c3 * (exp(c4 * (lam_max - 1)) - 1) - c5 * lam_max;
  if ((l > 1 && l < 1 + width) || (l > lam_max && l < lam_max + width)) return NAN;
  return l <= 1 ? 0 : l <= lam_max ? c3 * (exp(c4 * (l - 1)) - 1) : c5 * l + c6;
}

/* tau at F with the fibre a. Returns the force of the fibre, NAN within a switch. */
static double hand_tau(double c5, int form, int volumetric, const double F[9], const double a[3], double tau[9]) {
  double J = det3(F, 1), y = form == UNCOUPLED ? 1 / cbrt(J) : 1, B[9], b[9], b2[9], n[3], l = 0;
  for (int k = 0; k < 9; k++) B[k] = y * F[k];
  mul3t(B, 1, B, 1, b);
  mul3(b, 1, b, 1, b2);
  vec3(B, 1, a, 1, n);
  for (int i = 0; i < 3; i++) l += n[i] * n[i];
  l = sqrt(l);
  double I1 = b[0] + b[4] + b[8], f = hand_force(c5, l), lambda = K - 4.0 / 3 * c1 - 16.0 / 3 * c2, mean = 0;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      tau[3 * i + j] = 2 * c1 * b[3 * i + j] + 2 * c2 * (I1 * b[3 * i + j] - b2[3 * i + j]) + f * n[i] * n[j] / (l * l);
  if (form == UNCOUPLED)
    mean = (tau[0] + tau[4] + tau[8]) / 3;
  else
    mean = 2 * (c1 + 2 * c2);
  double modulus = form == UNCOUPLED ? K : lambda, p = volumetric == LOG ? modulus * log(J) : modulus * J * (J - 1);
  for (int i = 0; i < 9; i += 4) tau[i] += p - mean;
  return f;
}

/* Confined, equibiaxial, pure and simple shear, each with fibres along axis 1 and across it at 0.6 */
static void a_deformed_tendon_is_the_closed_form(void **unused) {
  (void)unused;
  int slack = 0, crimped = 0, straight = 0;
  for (int kind = 0; kind < 2 * 2 * 2; kind++)
    for (double x = 0.7; x < 1.36; x += 0.0217)
      for (int shape = 0; shape < 5; shape++)
        for (double angle = 0; angle < 0.7; angle += 0.6) {
          int form = kind & 1, volumetric = kind >> 1 & 1;
          double c5 = kind & 4 ? stiff : soft, tau[9], got[9];
          const double all[5][9] = {{x, 0, 0, 0, 1, 0, 0, 0, 1},
                                    {1, 0, 0, 0, 1, 0, 0, 0, x},
                                    {x, 0, 0, 0, x, 0, 0, 0, 1 / (x * x)},
                                    {x, 0, 0, 0, 1 / x, 0, 0, 0, 1},
                                    {1, 2 * (x - 1), 0, 0, 1, 0, 0, 0, 1}};
          const double a[3] = {cos(angle), sin(angle), 0};
          double f = hand_tau(c5, form, volumetric, all[shape], a, tau);
          if (isnan(f)) continue;
          double end = c3 * (exp(c4 * (lam_max - 1)) - 1);
          slack += f <= 0, crimped += f > 0 && f <= end, straight += f > end;
          law l = tendon(c5, form, volumetric);
          batch b = bench_same(all[shape]);
          bench_fibre(&b, 0, a[0], a[1], a[2]);
          law_tau(&l, &b, got);
          for (int k = 0; k < 9; k++) assert_close(got[k], tau[k], CLOSED * K);
        }
  assert_true(slack > 300 && crimped > 300 && straight > 100);
}

/* Uncoupled, pulled along the fibres with free sides: lbar = (x, x^-1/2, x^-1/2), tau = (t, 0, 0), mean t/3 */
static void uniaxial_tension_is_the_closed_form(void **unused) {
  (void)unused;
  for (int volumetric = 0; volumetric < 2; volumetric++)
    for (double x = 0.75; x < 1.3; x += 0.0137) {
      double f = hand_force(stiff, x), s = 1 / sqrt(x);
      if (isnan(f)) continue;
      double t = 2 * c1 * (x * x - 1 / x) + 2 * c2 * (x - 1 / (x * x)) + f;
      double g = cbrt(volume_at(volumetric, K, t / 3));
      law l = tendon(stiff, UNCOUPLED, volumetric);
      batch b = law_stretched(g * x, g * s, g * s);
      bench_fibre(&b, 0, 1, 0, 0);
      assert_tau(&l, &b, (const double[3]){t, 0, 0}, K);
    }
}

/* Compressible: the side stretch y is where the side's stress by hand vanishes; the fibres do not pull there. */
static double side_stress(double y, const void *ctx) {
  const double x = *(const double *)ctx, I1 = x * x + 2 * y * y, lambda = K - 4.0 / 3 * c1 - 16.0 / 3 * c2;
  return 2 * c1 * y * y + 2 * c2 * y * y * (I1 - y * y) - 2 * (c1 + 2 * c2) + lambda * log(x * y * y);
}
static void the_compressible_form_pulls_by_its_closed_form(void **unused) {
  (void)unused;
  for (double x = 0.75; x < 1.3; x += 0.0137) {
    double y = law_root(side_stress, &x, 0.5, 2), I1 = x * x + 2 * y * y, f = hand_force(stiff, x);
    if (isnan(f)) continue;
    /* tau2 = 0 says what the rest of tau1 is */
    double t = 2 * c1 * (x * x - y * y) + 2 * c2 * (x * x * (I1 - x * x) - y * y * (I1 - y * y)) + f;
    law l = tendon(stiff, COMPRESSIBLE, LOG);
    batch b = law_stretched(x, y, y);
    bench_fibre(&b, 0, 1, 0, 0);
    assert_tau(&l, &b, (const double[3]){t, 0, 0}, K);
  }
}

/* Without fibres it is mooney_rivlin, in both forms */
static void without_fibres_it_is_mooney_rivlin(void **unused) {
  (void)unused;
  for (int form = 0; form < 2; form++) {
    law l = tendon(stiff, form, LOG), m = LAW("mooney_rivlin", {"c1", c1}, {"c2", c2}, {"bulk", K}, {"form", form});
    batch b = bench_random();
    b.nfam = 0;
    nine P = bench_stress(&l, &b), Q = bench_stress(&m, &b);
    bench_size size = bench_measure(&m, &b);
    for (int k = 0; k < 9 * NB; k++) assert_close(P.v[k], Q.v[k], test_round(20) * size.P[k % NB]);
  }
}

/* Both corners are rounded: the force has no jump and its slope none either. The slope by differences over h: the
   force bends by at most about 4 |c5 - slope| / width (law_taut's r'' <= 6/s), so slopes h apart differ by less than
   24 h stiff / width, and by rounding, eps of the largest force over h. */
static void corners_of_the_force_are_rounded(void **unused) {
  (void)unused;
  const double h = 1e-5;
  for (int k = 0; k < 2; k++) {
    law l = tendon(k ? stiff : soft, COMPRESSIBLE, LOG);
    double last = 0, slope = NAN;
    for (double x = 0.99; x < 1.14; x += h) {
      batch b = law_stretched(x, 1, 1);
      bench_fibre(&b, 0, 1, 0, 0);
      _Alignas(64) double s[MAT_FAMILIES * NB];
      material_in in = bench_in(&b);
      l.kind->ops->fibre_stress(l.par, &in, s);
      double f = s[0] * x, now = (f - last) / h; /* J = x */
      if (x <= 1) assert_true(f == 0);
      if (!isnan(slope)) assert_close(now, slope, 24 * h * stiff / width + test_round(100) * 1e6 / h);
      last = f, slope = x > 0.99 ? now : NAN;
    }
  }
}

/* The energy is summed by a rule: against the work of the force, by Simpson's rule with libm, outside the switches'
   reach of the hand's formula; 1e-8 of c3. */
static double hand_switch(double x, double *r1) {
  double t = fmin(fmax(x / width, 0), 1);
  *r1 = x > width ? 1 : t * (6 - t * (9 - 4 * t));
  return x > width ? x : width * (3 * t * t - 3 * t * t * t + t * t * t * t);
}
static double rounded_force(double c5, double l) {
  double r1, near = fmin(l, lam_max), r = hand_switch(near - 1, &r1);
  double f = c3 * (exp(c4 * r) - 1) * r1, sm = c3 * c4 * exp(c4 * (lam_max - 1)), d = fmax(l - lam_max, 0);
  return f + sm * d + (c5 - sm) * hand_switch(d, &r1);
}
static void the_energy_is_the_work_of_the_force(void **unused) {
  (void)unused;
  law l = tendon(stiff, COMPRESSIBLE, LOG), m = LAW("mooney_rivlin", {"c1", c1}, {"c2", c2}, {"bulk", K}, {"form", 1});
  double work = 0, at = 1;
  const double h = 1e-5;
  for (int i = 1; i <= 30000; i++, at += h) {
    /* steps end at both ends of both switches, so the kinks of f'' do not spoil the rule */
    work += h / 6 *
            (rounded_force(stiff, at) / at + 4 * rounded_force(stiff, at + h / 2) / (at + h / 2) +
             rounded_force(stiff, at + h) / (at + h));
    if (i % 1500) continue;
    double W[NB], M[NB];
    batch b = law_stretched(at + h, 1, 1), none = b;
    bench_fibre(&b, 0, 1, 0, 0);
    bench_energy(&l, &b, W);
    bench_energy(&m, &none, M);
    assert_close(W[0] - M[0], work, CLOSED * K);
  }
  assert_true(work > 1e4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_deformed_tendon_is_the_closed_form),
      cmocka_unit_test(uniaxial_tension_is_the_closed_form),
      cmocka_unit_test(the_compressible_form_pulls_by_its_closed_form),
      cmocka_unit_test(without_fibres_it_is_mooney_rivlin),
      cmocka_unit_test(corners_of_the_force_are_rounded),
      cmocka_unit_test(the_energy_is_the_work_of_the_force),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
