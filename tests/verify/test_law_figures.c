/* Laws at one point against published figures (rungs 1, 3, 4, 5 and 6 of the ladder of tests). Each test prints what is
   computed beside what was published. The constants are those of the papers where they are known; where only figures
   are known, constants are chosen by some of them and the others are what is tested, and the test says which: a figure
   that a constant was chosen by is called calibrated (tests/figure.h). */
#include "tests/figure.h"
#include "tests/verify/law_forms.h"

static void row(const char *what, double got, double published, const char *unit) {
  printf("  %-58s %10.4g   %10.4g %s\n", what, got, published, unit);
}

/* ---- rung 1: a block of fascia, 1 % compressed and 1 % sheared -----------------------------------------------------
 */

/* Chaudhry et al. 2008 (JAOA 108:379): x1 = X1 + k1 X3, x2 = X2/k3, x3 = k3 X3, face 1 free. Forces on the face normal
   to axis 3. With the shear's second-order stress k1^2 in T11 (T11 = -p + 2 W' (1 + k1^2) = 0), which the paper drops,
   the ratio would be 2.0202; T33 = s33 - s11 + s13 k1/k3 takes it out again, since s13 = 2 W' k1 k3. */
#define CHAUDHRY_2008 "Chaudhry et al. 2008, doi 10.7556/jaoa.2008.108.8.379; constants quoted from memory"
typedef struct pad {
  double normal, shear; /* Pa */
} pad;
static pad press(const law *l, double k3, double k1) {
  const double F[9] = {1, 0, k1, 0, 1 / k3, 0, 0, 0, k3};
  batch b = bench_same(F);
  double s[9];
  law_tau(l, &b, s); /* J = 1 */
  return (pad){-(s[8] - s[0] + s[2] * k1 / k3), s[2]};
}

static void a_block_of_fascia_needs_the_published_forces(void **unused) {
  (void)unused;
  /* c1, c2: quoted from memory, but they, both forces and one round area close on each other (the reference gives the
     arithmetic). K does not matter: J is 1. */
  law lata = LAW("demiray", {"c1", 2.883e6}, {"c2", 32.419}, {"bulk", 1e10});
  pad p = press(&lata, 0.99, 0.01);
  const double area = 24e-4;
  printf("rung 1: fascia lata, 1 %% compression and 1 %% shear          computed    published\n");
  row("normal force on 24.0 cm2", p.normal * area, 9075, "N");
  row("tangential force on 24.0 cm2", p.shear * area, 4515, "N");
  row("their ratio", p.normal / p.shear, 2.0101, "");
  /* 0.1 %: the figures are given to a kilogramme-force */
  figure_show(.section = "rung 1", .what = "normal force on 24.0 cm2", .computed = p.normal * area, .target = 9075,
              .share = 1e-3, .unit = "N", .kind = FIGURE_CALIBRATED, .mark = "V",
              .source = CHAUDHRY_2008 "; the area follows from this force");
  figure_show(.section = "rung 1", .what = "tangential force on 24.0 cm2", .computed = p.shear * area, .target = 4515,
              .share = 1e-3, .unit = "N", .kind = FIGURE_PUBLISHED, .mark = "M+", .source = CHAUDHRY_2008);
  figure_show(.section = "rung 1", .what = "their ratio, free of any parameter", .computed = p.normal / p.shear,
              .target = 0.0199 / 0.0099, .share = 1e-8, .kind = FIGURE_EXACT, .mark = "D",
              .source = "closed form; the published forces give 2.00997");
  for (int i = 0; i <= 10; i++) {
    pad at = press(&lata, 1 - 1e-3 * i, 1e-3 * i);
    figure_curve("pad", "normal, computed", 0.1 * i, at.normal * area);
    figure_curve("pad", "tangential, computed", 0.1 * i, at.shear * area);
  }
  figure_curve("pad", "normal, published", 1, 9075);
  figure_curve("pad", "tangential, published", 1, 4515);
  /* the law by hand: 2 W' = 2 c1 c2 exp(c2 (I1 - 3)), I1 - 3 = k1^2 + k3^2 + 1/k3^2 - 2 */
  double I = 1e-4 + 0.99 * 0.99 + 1 / (0.99 * 0.99) - 2, twice = 2 * 2.883e6 * 32.419 * exp(32.419 * I);
  assert_close(p.normal, twice * (1 - 0.99 * 0.99), CLOSED * twice);
  assert_close(p.shear, twice * 0.0099, CLOSED * twice);
}

/* ---- rung 3: skin, fat and fascia under one force ------------------------------------------------------------------
 */

typedef struct layer {
  law l;
  double force; /* over the area, Pa */
} layer;
static double missing(double squeeze, const void *ctx) {
  const layer *y = ctx;
  return press(&y->l, 1 - squeeze, 0).normal - y->force;
}

/* Strains of skin, fat and fascia under one force; c2 is how fast all of them stiffen. */
static void series(double c2, double force, double strain[3]) {
  static const double need[3] = {50, 36, 100}; /* N for 9 %, over a unit area */
  for (int i = 0; i < 3; i++) {
    law unit = LAW("demiray", {"c1", 1000}, {"c2", c2}, {"bulk", 1e8});
    layer y = {.force = force};
    y.l = LAW("demiray", {"c1", 1000 * need[i] / press(&unit, 0.91, 0).normal}, {"c2", c2}, {"bulk", 1e8});
    strain[i] = law_root(missing, &y, 0, 0.6);
    assert_close(press(&y.l, 1 - strain[i], 0).normal, force, CLOSED * force); /* the force passes unchanged */
  }
}

static void three_layers_in_series_share_one_force(void **unused) {
  (void)unused;
  for (int n = 0; n <= 10; n++) {
    static const char *const name[3] = {"skin", "fat", "fascia"};
    double s[3];
    series(0.01, fmax(5 * n, 1e-3), s);
    for (int i = 0; i < 3; i++) figure_curve("series", name[i], 5 * n, 100 * s[i]);
  }
  /* what set them: the forces published for 9 % */
  figure_curve("series", "skin, published", 50, 9);
  figure_curve("series", "fat, published", 36, 9);
  /* Chaudhry et al. 2014 (JAOA 114:780): 9 % compression needs 50, 36 and about 100 N of skin, fat and fascia; these
     set the stiffness of each layer. Published too, and tested: under one force skin gives 1.5 to 2 times as much as
     fascia, fat 2.5 to 3.5 times as much as fascia and about 1.5 times as much as skin. How fast the layers stiffen
     (c2) was not recovered; with none of it the figures agree. With one c2 for all, stiffening lowers all three: 1.5
     for skin and 2.5 for fat are not reached together. That is shown, not judged. */
  printf("rung 3: strain under one force                         c2, N    skin/fascia  fat/fascia  fat/skin\n");
  printf("  published                                                       1.5-2     2.5-3.5   1.4-1.5\n");
  const double c2[] = {0.01, 0.01, 0.01, 5, 5, 12.5, 12.5}, force[] = {2, 14, 50, 14, 50, 14, 50};
  for (int n = 0; n < 7; n++) {
    double s[3];
    series(c2[n], force[n], s);
    printf("  %52.3g, %3.0f      %6.2f      %6.2f    %6.2f\n", c2[n], force[n], s[0] / s[2], s[1] / s[2], s[1] / s[0]);
    if (c2[n] > 1) continue;
    /* the published ranges, widened by the rounding of 36 and 50 N to whole newtons (1.4 and 1 %) and of "about 100" to
       two digits (0.5 %) */
    static const char *const pair[3] = {"skin over fascia", "fat over fascia", "fat over skin"};
    const double lo[3] = {1.5, 2.5, 1.4 / 1.024}, hi[3] = {2.0 * 1.025, 3.5, 1.5};
    const double got[3] = {s[0] / s[2], s[1] / s[2], s[1] / s[0]};
    for (int i = 0; i < 3; i++) {
      char what[64];
      snprintf(what, sizeof what, "strain under %g N, %s", force[n], pair[i]);
      figure_show(.section = "rung 3", .what = what, .computed = got[i], .target = NAN, .low = lo[i], .high = hi[i],
                  .kind = FIGURE_CALIBRATED, .mark = "V",
                  .source =
                      "Chaudhry et al. 2014, JAOA 114:780; layers as stiff as their forces at 9 %, no stiffening");
    }
  }
}

/* ---- rungs 4 and 5: thoracolumbar fascia beside erector spinae ------------------------------------------------------
 */

/* Cauchy stress along axis 1 at stretch x, sides free; the fibre along 1 or along 2. The sides follow by two nested
   searches, the outer for axis 3: nothing here knows the law. */
typedef struct strip {
  const law *l;
  double x, y;
  int across;
} strip;
static batch strip_at(const strip *s, double z) {
  batch b = law_stretched(s->x, s->y, z);
  bench_fibre(&b, 0, !s->across, s->across, 0);
  return b;
}
static double third_side(double z, const void *ctx) {
  const strip *s = ctx;
  batch b = strip_at(s, z);
  return bench_stress(s->l, &b).v[8 * NB];
}
static double second_side(double y, const void *ctx) {
  strip s = *(const strip *)ctx;
  s.y = y;
  batch b = strip_at(&s, law_root(third_side, &s, 0.5, 2));
  return bench_stress(s.l, &b).v[4 * NB];
}
static double strip_stress(const law *l, double x, int across) {
  strip s = {l, x, 1, across};
  double lo = 0.7, hi = 1.4;
  s.y = law_root(second_side, &s, lo, hi);
  batch b = strip_at(&s, law_root(third_side, &s, 0.5, 2));
  double tau[9];
  law_tau(l, &b, tau);
  return tau[0] / det3(b.F, NB);
}

/* Strips pulled to 6 % (IEEE Trans Biomed Eng 2024, human thoracolumbar fascia, erector spinae): modulus of the fascia
   150.9 MPa; side by side fascia carries 7.1 MPa and muscle 0.07 MPa. Two constants of each law (k1, k2; p1 and g) are
   set from two figures each, by the incompressible closed forms below, on paper:

     fascia   nominal stress 2 k1 E e^(k2 E^2) x + c (x - 1/x^2), E = x^2 - 1: 7.1/1.06 MPa and slope 150.9 MPa at 1.06
              with c = 0.5 MPa (a matrix of 0.1 to 1 MPa is assumed in the reference)
     muscle   0.07 MPa along, a 15th of it across (Chaudhry et al. 2008, biceps, 15 : 1)

   The laws must give them back as strips with free sides, by search, with a finite bulk modulus. */
static law erector_spinae(void) {
  /* across, isotropic at small strains: 0.07/15 MPa = 3 (2 g) 0.06, so g = 13 kPa; along: the rest is 3e5 Pa 1.06 p1
     (e^(6.6 0.06) - 1) = 0.0653 MPa */
  return LAW("muscle_transiso", {"g1", 13e3}, {"g2", 13e3}, {"g3", 13e3 * 4 / 3}, {"p1", 0.4228}, {"p2", 6.6},
             {"smax", 3e5}, {"bulk", 1e8}, {"switch", 0.01});
}
static law thoracolumbar_fascia(void) {
  return LAW("fascia_hgo", {"c", 5e5}, {"k1", 22.12e6}, {"k2", 8.625}, {"bulk", 1e9}, {"stretch", FULL});
}

static void fascia_shields_the_muscle_beside_it(void **unused) {
  (void)unused;
  law tlf = thoracolumbar_fascia(), es = erector_spinae();
  const double x = 1.06, h = 1e-4;
  double fascia = strip_stress(&tlf, x, 0), muscle = strip_stress(&es, x, 0);
  double modulus = (strip_stress(&tlf, x + h, 0) / (x + h) - strip_stress(&tlf, x - h, 0) / (x - h)) / (2 * h);
  printf("rung 4: strips of back, stretched by 6 %%                       computed    measured\n");
  row("thoracolumbar fascia", fascia / 1e6, 7.1, "MPa");
  row("erector spinae", muscle / 1e6, 0.07, "MPa");
  row("fascia over muscle", fascia / muscle, 7.1 / 0.07, "");
  row("fascia, modulus at 6 % (nominal stress)", modulus / 1e6, 150.9, "MPa");
  row("fascia, shortened by 6 %", strip_stress(&tlf, 0.94, 0) / 1e6, NAN, "MPa (none measured)");
  /* 20 %: the scatter the reference allows. */
  const char *source = "IEEE Trans Biomed Eng 2024, human strips; constants set by these figures";
  figure_show(.section = "rung 4", .what = "thoracolumbar fascia at 6 %", .computed = fascia / 1e6, .target = 7.1,
              .share = 0.2, .unit = "MPa", .kind = FIGURE_CALIBRATED, .mark = "V", .source = source);
  figure_show(.section = "rung 4", .what = "erector spinae at 6 %", .computed = muscle / 1e6, .target = 0.07,
              .share = 0.2, .unit = "MPa", .kind = FIGURE_CALIBRATED, .mark = "V", .source = source);
  figure_show(.section = "rung 4", .what = "fascia over muscle", .computed = fascia / muscle, .target = 7.1 / 0.07,
              .share = 0.2, .kind = FIGURE_CALIBRATED, .mark = "V", .source = source);
  figure_show(.section = "rung 4", .what = "fascia, modulus at 6 %", .computed = modulus / 1e6, .target = 150.9,
              .share = 0.2, .unit = "MPa", .kind = FIGURE_CALIBRATED, .mark = "V", .source = source);
  for (int i = -4; i <= 8; i++) {
    figure_curve("strips", "thoracolumbar fascia", i, strip_stress(&tlf, 1 + 0.01 * i, 0) / 1e6);
    figure_curve("strips", "erector spinae, along", i, strip_stress(&es, 1 + 0.01 * i, 0) / 1e6);
    figure_curve("strips", "erector spinae, across", i, strip_stress(&es, 1 + 0.01 * i, 1) / 1e6);
  }
  /* and the closed forms to the compressibility: stress/(3 K) of a volume, 2e-3 here, times the exponent's slope (20)
   */
  double E = x * x - 1, hand = 2 * 22.12e6 * E * exp(8.625 * E * E) * x * x + 5e5 * (x * x - 1 / x);
  assert_close(fascia, hand, 5e-3 * hand);
  /* the fibres shield in tension only: shortened, the strip is its matrix */
  double matrix = 5e5 * (0.94 * 0.94 - 1 / 0.94);
  assert_close(strip_stress(&tlf, 0.94, 0), matrix, 1e-3 * fabs(matrix));
}

static void muscle_is_fifteen_times_stiffer_along_its_fibres(void **unused) {
  (void)unused;
  law es = erector_spinae();
  printf("rung 5: muscle along over across its fibres                    computed    published\n");
  double ratio = strip_stress(&es, 1.06, 0) / strip_stress(&es, 1.06, 1);
  row("at 6 % extension", ratio, 15, "");
  row("at 3 %", strip_stress(&es, 1.03, 0) / strip_stress(&es, 1.03, 1), NAN, "(not published)");
  row("at 10 %", strip_stress(&es, 1.10, 0) / strip_stress(&es, 1.10, 1), NAN, "(not published)");
  row("at 10 % compression (fibres slack)", strip_stress(&es, 0.9, 0) / strip_stress(&es, 0.9, 1), NAN,
      "(not published)");
  for (int i = 1; i <= 10; i++)
    figure_curve("along", "computed", i, strip_stress(&es, 1 + 0.01 * i, 0) / strip_stress(&es, 1 + 0.01 * i, 1));
  figure_curve("along", "published", 6, 15);
  /* 10 %, the ladder's */
  figure_show(.section = "rung 5", .what = "muscle, along over across its fibres at 6 %", .computed = ratio,
              .target = 15, .share = 0.1, .kind = FIGURE_CALIBRATED, .mark = "V",
              .source = "Chaudhry et al. 2008, doi 10.7556/jaoa.2008.108.12.680; constants set by this figure");
}

/* ---- rung 6: shear stiffness of compressed fat and muscle
 * ------------------------------------------------------------ */

/* Magnetic resonance elastography at 50 Hz of the compressed buttock (JMBBM 2023): |G*| = 748.5 Cyy^-1.18 Pa in fat,
   956.4 Cyy^-0.36 Pa in gluteal muscle, Cyy the square of the stretch along the compression.

   A small shear on a body stretched to (l, l^-1/2, l^-1/2) travels along y and moves along x with the modulus A_xyxy,
   or the other way with A_yxyx: dtau against dF F^-1. The inversion of the measurement takes tissue for isotropic and
   mixes them; their geometric mean is taken for it, and both are printed. */
typedef struct waves {
  double along, across; /* Pa */
} waves;
static waves shear_waves(const law *l, double y) {
  const double x = 1 / sqrt(y), F[9] = {x, 0, 0, 0, y, 0, 0, 0, x};
  batch b = bench_same(F);
  nine d = {.v = {0}}, e = d;
  for (int q = 0; q < NB; q++) {
    d.v[1 * NB + q] = y; /* dF = (ex (x) ey) F: moves along x, varies along y */
    e.v[3 * NB + q] = x; /* dF = (ey (x) ex) F */
  }
  /* A_xyxy = (dP F^T)_xy, J = 1. The pressure of the undeformed batch is that of J = 1, none; the real one, with free
     sides, adds the same to A_xyyx only. */
  nine A = bench_tangent(l, &b, &d), B = bench_tangent(l, &b, &e);
  return (waves){A.v[1 * NB] * y, B.v[3 * NB] * x};
}

static void compressed_fat_and_muscle_stiffen_as_measured(void **unused) {
  (void)unused;
  /* One Ogden term each; c and m minimise the largest relative error of the five points. */
  struct {
    const char *name;
    double c, m, G, n;
  } tissue[] = {{"fat", 1587.4, -5.34, 748.5, 1.18}, {"muscle", 1925.2, -2.48, 956.4, 0.36}};
  printf("rung 6: shear modulus under compression, Pa         stretch   along  across    mean   measured    off\n");
  for (int t = 0; t < 2; t++) {
    law l = LAW("ogden", {"c1", tissue[t].c}, {"m1", tissue[t].m}, {"bulk", 1e5});
    for (int i = 0; i < 5; i++) {
      double y = 1 - 0.1 * i, G = tissue[t].G * pow(y * y, -tissue[t].n);
      waves w = shear_waves(&l, y);
      double mean = sqrt(w.along * w.across);
      printf("  %-48s    %4.1f    %6.0f  %6.0f  %6.0f     %6.0f  %+5.1f %%\n", tissue[t].name, y, w.along, w.across,
             mean, G, 100 * (mean / G - 1));
      char what[64];
      snprintf(what, sizeof what, "%s compressed to %.1f", tissue[t].name, y);
      /* the ladder's 15 % */
      figure_show(.section = "rung 6", .what = what, .computed = mean, .target = G, .share = 0.15, .unit = "Pa",
                  .kind = FIGURE_CALIBRATED, .mark = "D",
                  .source =
                      "JMBBM 2023, elastography at 50 Hz, its power law; two constants fitted to the five points");
      for (int c = 0; c < 2; c++) {
        snprintf(what, sizeof what, "%s, %s", tissue[t].name, c ? "measured" : "law");
        figure_curve("stiffening", what, y, c ? G : mean);
      }
      /* by hand: c/m (y^m - y^(-m/2)) / (y^2 - 1/y) times y^2 and 1/y; c/2 at y = 1 */
      double m = tissue[t].m,
             beta = i ? tissue[t].c / m * (pow(y, m) - pow(y, -m / 2)) / (y * y - 1 / y) : tissue[t].c / 2;
      assert_close(w.along, beta * y * y, CLOSED * 1e5);
      assert_close(w.across, beta / y, CLOSED * 1e5);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_block_of_fascia_needs_the_published_forces),
      cmocka_unit_test(three_layers_in_series_share_one_force),
      cmocka_unit_test(fascia_shields_the_muscle_beside_it),
      cmocka_unit_test(muscle_is_fifteen_times_stiffer_along_its_fibres),
      cmocka_unit_test(compressed_fat_and_muscle_stiffen_as_measured),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
