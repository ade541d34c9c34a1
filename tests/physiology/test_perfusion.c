/* The vascular law against the skin curves it was fitted to, the published muscle numbers, and its own sentences. The
   process around it is driven by a pressure field made here. */
#include "tests/test.h"
#include "models/catalog.h"
#include "models/physiology/perfusion.h"
#include "sim/state/state.h"

/* Fit to the peaks of single recordings (the published ones); the built-in parameters are the fit to the median curve.
 */
static const perfusion_law skin_peaks = {
    .skin = 1, .pressure = 6.2e3, .power = 0.90, .gain = 7.4, .reserve = 0.44, .time = 123, .oxygen_time = 10};

static const process *member(void) {
  for (const process *const *p = models_catalog.physiology; *p; p++)
    if (!strcmp((*p)->name, "perfusion")) return *p;
  fail_msg("perfusion is not in the catalogue");
  return NULL;
}

/* The built-in parameters, read from the table itself. */
static perfusion_law preset(const char *group) {
  perfusion_law law = {.skin = !strcmp(group, "skin")};
  int found = 0;
  for (const param *g = member()->params; g->name; g++)
    if (!strcmp(g->name, group))
      for (const param *row = g->rows; row->name; row++, found++)
        *(double *)(void *)((char *)&law + row->offset) = row->preset;
  assert_true(found >= 5);
  return law;
}

/* ------------------------------------------------------------------------------------ skin, the measured protocol */

enum { SECONDS = 860 };
typedef struct protocol {
  int n;
  double t[SECONDS], load[SECONDS], flux[SECONDS]; /* s, Pa, % of baseline */
} protocol;

static protocol *read_protocol(void) {
  static protocol c;
  char line[512];
  FILE *f = fopen(SOURCE_DIR "/tests/validate/ldf_pressure_skin.csv", "r");
  assert_non_null(f);
  c.n = 0;
  while (fgets(line, sizeof line, f) && c.n < SECONDS) {
    double t, kPa, median;
    if (sscanf(line, "%lf,%lf,%lf", &t, &kPa, &median) != 3) continue;
    c.t[c.n] = t, c.load[c.n] = 1e3 * kPa, c.flux[c.n] = median, c.n++;
  }
  fclose(f);
  assert_int_equal(c.n, SECONDS);
  return &c;
}

/* Flux in % as the instrument would show it: 20 % of the baseline signal is there without flow (biological zero). Steps
   of 1/n s, or of n s when n < 0; between steps the last value stays. */
static void simulate(const perfusion_law *law, const protocol *c, int n, double *flux) {
  double o = 1, F = 0;
  int stride = n < 0 ? -n : 1, part = n < 0 ? 1 : n;
  for (int i = 0; i < c->n; i++) flux[i] = 100;
  for (int i = 0; i + stride < c->n; i += stride) {
    double p0 = c->load[i], rise = c->load[i + stride] - p0, dt = (c->t[i + stride] - c->t[i]) / part, q = 1;
    for (int k = 0; k < part; k++)
      q = perfusion_point(law, p0 + rise * k / part, p0 + rise * (k + 1) / part, dt, &o, &F);
    for (int k = 1; k <= stride; k++) flux[i + k] = 20 + 80 * q;
  }
}

static double mean_over(const protocol *c, const double *flux, double from, double to) {
  double sum = 0;
  int n = 0;
  for (int i = 0; i < c->n; i++)
    if (c->t[i] >= from && c->t[i] <= to) sum += flux[i], n++;
  return sum / n;
}

/* Largest mean of 5 s, as multiple of the baseline. */
static double peak_over(const protocol *c, const double *flux, double from, double to) {
  double best = 0;
  for (double t = from; t + 4 <= to; t++) best = fmax(best, mean_over(c, flux, t, t + 4) / 100);
  return best;
}

/* Time constant of the excess over the baseline: straight line through its logarithm. */
static double decay_over(const protocol *c, const double *flux, double from, double to) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (int i = 0; i < c->n; i++)
    if (c->t[i] >= from && c->t[i] <= to && flux[i] > 100) {
      double a = c->t[i] - from, b = log(flux[i] - 100);
      n++, x += a, y += b, xx += a * a, xy += a * b;
    }
  return -(n * xx - x * x) / (n * xy - x * y);
}

static const double hold[4][2] = {{30, 80}, {192, 249}, {395, 452}, {595, 664}}; /* 15.8, 15.8, 31.6, 31.6 kPa */
static const double rest[4][2] = {{104, 167}, {272, 350}, {495, 557}, {714, 780}};
static const double released[4] = {80, 249, 452, 664}; /* ramps down begin */

static void skin_under_the_probe_keeps_the_measured_flux(void **state) {
  (void)state;
  const protocol *c = read_protocol();
  double flux[SECONDS];
  perfusion_law both[2] = {skin_peaks, preset("skin")};
  for (int l = 0; l < 2; l++) {
    simulate(&both[l], c, 1, flux);
    /* 2 % of the baseline flux: the quartiles over people are 12 to 29 apart; the curve's own plateaus wander by 2 */
    for (int k = 0; k < 4; k++)
      assert_close(mean_over(c, flux, hold[k][0], hold[k][1]), mean_over(c, c->flux, hold[k][0], hold[k][1]), 2);
  }
}

static void skin_rebounds_as_high_as_the_recordings(void **state) {
  (void)state;
  const protocol *c = read_protocol();
  double flux[SECONDS];
  simulate(&skin_peaks, c, 1, flux);
  for (int k = 0; k < 4; k++) {
    /* medians of the peaks of two holds of one pressure: 1.91, 2.31 and 2.98, 3.20. The law gives both holds nearly one
       height, so it must fall between the two, with 0.1 (a twentieth of a quartile) beyond the upper one. */
    double peak = peak_over(c, flux, released[k], rest[k][1]);
    assert_true(k < 2 ? peak > 1.9 && peak < 2.3 : peak > 2.9 && peak < 3.3);
  }
}

static void skin_median_curve_rebounds_as_high_as_measured(void **state) {
  (void)state;
  const protocol *c = read_protocol();
  double flux[SECONDS];
  perfusion_law law = preset("skin");
  simulate(&law, c, 1, flux);
  for (int pair = 0; pair < 4; pair += 2) {
    double computed = 0, measured = 0;
    for (int k = pair; k < pair + 2; k++) {
      computed += 0.5 * peak_over(c, flux, released[k], rest[k][1]);
      measured += 0.5 * peak_over(c, c->flux, released[k], rest[k][1]);
    }
    assert_close(computed, measured,
                 0.13); /* half of the difference between two holds of one pressure: 0.26 and 0.15 */
  }
}

static void skin_excess_decays_faster_after_the_bigger_rebound(void **state) {
  (void)state;
  const protocol *c = read_protocol();
  double flux[SECONDS], tau[4];
  simulate(&skin_peaks, c, 1, flux);
  for (int k = 0; k < 4; k++) {
    /* measured on the median curve: 57, 68 s after half load, 48, 56 s after full load; two values of one pressure
       differ by up to 11 s, hence 50-70 and 45-58 */
    tau[k] = decay_over(c, flux, rest[k][0], rest[k][1]);
    assert_true(k < 2 ? tau[k] > 50 && tau[k] < 70 : tau[k] > 45 && tau[k] < 58);
  }
  assert_true(fmax(tau[2], tau[3]) < fmin(tau[0], tau[1]));
}

static void the_answer_does_not_depend_on_the_step(void **state) {
  (void)state;
  const protocol *c = read_protocol();
  double fine[SECONDS], flux[SECONDS];
  simulate(&skin_peaks, c, 32, fine);
  /* Second order: at 1 s the law's fastest time is ten steps, (1/10)^2/12 of a change of 200 % is 0.2 % of the
     baseline; at 5 s the ramps of 20-40 s are followed in few steps, so only the peaks are asked for, to 2 % of their
     height. */
  simulate(&skin_peaks, c, 1, flux);
  for (int i = 0; i < c->n; i++) assert_close(flux[i], fine[i], 0.2);
  simulate(&skin_peaks, c, -5, flux);
  for (int k = 0; k < 4; k++) {
    double peak = peak_over(c, fine, released[k], rest[k][1]);
    assert_close(peak_over(c, flux, released[k], rest[k][1]), peak, 0.02 * peak);
  }
}

static void halving_the_step_quarters_the_error(void **state) {
  (void)state;
  perfusion_law law = preset("muscle");
  double end[4];
  for (int r = 0; r < 4; r++) {
    /* a smooth piece: open vessels, some dilation, store between the kinks */
    double o = 0.3, F = 2;
    int n = 8 << r;
    for (int i = 0; i < n; i++) end[r] = perfusion_point(&law, 9e3, 9e3, 8.0 / n, &o, &F);
  }
  double slope = log2((end[1] - end[2]) / (end[2] - end[3]));
  assert_close(slope, 2, 0.1); /* order, as the ladder says */
}

/* ---------------------------------------------------------------------------------------------------------- muscle */

static void muscle_flow_is_whole_half_and_none_at_the_published_pressures(void **state) {
  (void)state;
  perfusion_law law = preset("muscle");
  assert_true(perfusion_open(&law, 0) == 1);
  assert_true(perfusion_open(&law, 11.3e3) == 0);
  assert_true(perfusion_open(&law, 40e3) == 0);
  /* Thorsson 1987: about half at 40 +- 5 mmHg (5.3 kPa); his 5 mmHg are 0.06 of the flow */
  assert_close(perfusion_open(&law, 5.3e3), 0.5, 0.06);
}

/* Flow after muscle was shut for a time: peak, half-life of the excess and its later half-life, s. */
static void occlude(double shut, double dt, double *peak, double *half, double *late) {
  perfusion_law law = preset("muscle");
  double o = 1, F = 0, q = 0, t = 0, excess = 0, at200 = 0, at300 = 0;
  for (int i = 0; i < (int)lrint(shut / dt); i++) perfusion_point(&law, 20e3, 20e3, dt, &o, &F);
  *peak = 0, *half = 0;
  while (t < 300.5) {
    q = perfusion_point(&law, 0, 0, dt, &o, &F);
    t += dt;
    *peak = fmax(*peak, q);
    excess = q - 1;
    if (*half == 0 && excess < 0.5 * (*peak - 1)) *half = t;
    if (t <= 200 + dt / 2) at200 = excess;
    if (t <= 300 + dt / 2) at300 = excess;
  }
  *late = 100 * log(2) / log(at200 / at300);
}

static void muscle_overshoots_after_occlusion_as_published(void **state) {
  (void)state;
  double peak, half, late;
  occlude(300, 0.1, &peak, &half, &late);
  assert_close(peak, 5.8, 0.6);         /* soleus, 24 +- 7 to 139 +- 32 ml/min/100 g: 0.6 is well inside */
  assert_true(half > 14 && half < 45);  /* Imms 1988, range over people */
  assert_true(late > 50 && late < 560); /* same, slow tail */
  double long_peak, long_half;
  occlude(900, 0.1, &long_peak, &long_half, &late);
  assert_true(long_peak > peak && long_half > 14 && long_half < 45);
}

static void muscle_strokes_do_not_dilate(void **state) {
  (void)state;
  perfusion_law law = preset("muscle");
  double o = 1, F = 0, mean = 0;
  const double dt = 0.05, minutes = 10;
  int n = (int)lrint(minutes * 60 / dt);
  for (int i = 0; i < n; i++) { /* sin^2 with 2 kPa for 2 s in every 5 s: effleurage */
    double p[2];
    for (int e = 0; e < 2; e++) {
      double phase = fmod((i + e) * dt, 5);
      p[e] = phase < 2 ? 2e3 * pow(sin(acos(-1) * phase / 2), 2) : 0;
    }
    mean += perfusion_point(&law, p[0], p[1], dt, &o, &F) / n;
  }
  assert_true(F == 0);
  /* Shoemaker 1997 and Hinds 2004 saw no change; a session's mean within 10 % counts as none */
  assert_close(mean, 1, 0.1);
}

/* ---------------------------------------------------------------------------------------------------- its sentences */

static void any_step_keeps_store_and_dilation_in_their_bounds(void **state) {
  (void)state;
  const perfusion_law law[2] = {preset("skin"), preset("muscle")};
  uint64_t seed = 7;
  for (int l = 0; l < 2; l++) {
    double o = 1, F = 0, p = 0;
    for (int i = 0; i < 20000; i++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      double u = (double)(seed >> 40) / (1 << 24), next = u < 0.3 ? 0 : 60e3 * u;
      double q = perfusion_point(&law[l], p, next, pow(10, 8 * u - 4), &o, &F); /* 0.1 ms to 10 000 s */
      assert_true(o >= 0 && o <= 1);
      assert_true(F >= 0 && F <= law[l].gain);
      assert_true(q >= 0 && q <= 1 + law[l].gain);
      p = next;
    }
  }
}

static void rest_stays_rest_to_the_bit(void **state) {
  (void)state;
  perfusion_law law = preset("skin");
  double o = 1, F = 0;
  for (int i = 0; i < 1000; i++) assert_true(perfusion_point(&law, 0, 0, 0.37, &o, &F) == 1);
  assert_true(o == 1 && F == 0);
}

/* ------------------------------------------------------------------------------------- the process on a small model */

/* Two columns of two cells: muscle below, skin above, and a pressure that stands for the mechanics'. */
typedef struct bench {
  arena *a;
  model m;
  tissue tissues[2];
  state *now, *next;
  void *self;
  double pressure_at_start;
} bench;

static const field_decl pressure_owned[] = {{"pressure", "Pa", "given", 1, AT_POINT, 0, 0, JUMP_SAME}, {0}};
enum { POINTS = 4 * 27 };

static bench *bench_create(double at_start) {
  static bench b;
  memset(&b, 0, sizeof b);
  const double line[3] = {0, 1, 2};
  const uint8_t layer[2] = {0, 1};
  mesh *grid;
  b.a = arena_create(1 << 16);
  assert_ok(mesh_columns(2, 1, 2, line, line, line, layer, 0, b.a, &grid));
  b.m.mesh = grid;
  b.tissues[0] = (tissue){.name = "muscle", .perfusion_rest = 3.7};
  b.tissues[1] = (tissue){.name = "skin", .perfusion_rest = 10.6, .skin_like = 1};
  b.m.layer_tissue[0] = &b.tissues[0], b.m.layer_tissue[1] = &b.tissues[1];
  const process *p = member();
  assert_ok(model_declare(&b.m, 0, pressure_owned));
  assert_ok(model_declare(&b.m, 1, p->owns));
  char *par = arena_alloc(b.a, p->par_size);
  for (const param *g = p->params; g->name; g++) {
    perfusion_law law = preset(g->name);
    memcpy(par + g->offset, &law, sizeof law);
  }
  assert_ok(p->create(par, &b.m, b.a, &b.self));
  assert_ok(state_create(&b.m, &b.now));
  assert_ok(state_create(&b.m, &b.next));
  double *pressure = state_edit(b.now, model_field(&b.m, "pressure"));
  for (int q = 0; q < POINTS; q++) pressure[q] = at_start;
  assert_ok(p->start(b.self, &b.m, b.now));
  return &b;
}

static void bench_step(bench *b, double pressure, double dt) {
  state_copy(b->next, b->now);
  double *p = state_edit(b->next, model_field(&b->m, "pressure"));
  for (int q = 0; q < POINTS; q++) p[q] = pressure;
  const step s = {.m = &b->m, .t = b->now->time, .dt = dt, .now = b->now, .next = b->next};
  assert_ok(member()->advance(b->self, &s));
  state *swap = b->now;
  b->now = b->next, b->next = swap;
}

static double field(const bench *b, const char *name, int layer) { /* in the first cell of the layer */
  int f = model_field(&b->m, name);
  assert_true(f >= 0);
  return state_view(b->now, f)[27 * layer];
}

static void bench_free(bench *b) {
  state_free(&b->now);
  state_free(&b->next);
  arena_destroy(&b->a);
}

static void at_frame_0_all_tissue_has_its_resting_flow_whatever_the_pressure(void **state) {
  (void)state;
  bench *b = bench_create(3e3);
  for (int again = 0; again < 2; again++) {
    assert_true(field(b, "perfusion", 0) == 3.7 && field(b, "perfusion", 1) == 10.6);
    assert_true(field(b, "perfusion_change", 0) == 1 && field(b, "perfusion_change", 1) == 1);
    assert_true(field(b, "oxygen", 0) == 1 && field(b, "dilation", 1) == 0);
    bench_step(b, 3e3, 5); /* the same pressure goes on: nothing changes */
  }
  bench_step(b, 1e3, 5); /* less pressure than at rest opens nothing further */
  assert_true(field(b, "perfusion_change", 0) == 1 && field(b, "perfusion_change", 1) == 1);
  bench_free(b);
}

static void pressing_stops_the_flow_and_release_overshoots(void **state) {
  (void)state;
  bench *b = bench_create(1e3);
  const perfusion_law skin = preset("skin");
  bench_step(b, 41e3, 1);
  assert_true(field(b, "perfusion", 0) == 0);
  assert_close(field(b, "perfusion_change", 1), exp(-pow(40e3 / skin.pressure, skin.power)), test_round(10));
  for (int i = 0; i < 60; i++) bench_step(b, 41e3, 1);
  bench_step(b, 1e3, 1);
  double muscle = field(b, "perfusion_change", 0), skin_change = field(b, "perfusion_change", 1);
  assert_true(muscle > 2 && skin_change > 2); /* the tables of the law: 2.6 after 60 s in muscle, 2.6-3 in skin */
  assert_close(field(b, "perfusion", 0), 3.7 * muscle, test_round(4) * 10);
  assert_close(field(b, "perfusion", 1), 10.6 * skin_change, test_round(4) * 30);
  for (int i = 0; i < 1200; i++) bench_step(b, 1e3, 1);
  /* Ten times the 120 s of the dilation: e^-10 of an excess of 2 is 1e-4 */
  assert_close(field(b, "perfusion_change", 0), 1, 1e-3);
  assert_close(field(b, "perfusion_change", 1), 1, 1e-3);
  bench_free(b);
}

static void without_a_pressure_field_it_says_so(void **state) {
  (void)state;
  bench *b = bench_create(0);
  model empty = {.mesh = b->m.mesh};
  assert_ok(model_declare(&empty, 0, member()->owns));
  assert_int_equal(member()->start(b->self, &empty, b->now), ST_INPUT);
  assert_non_null(strstr(err_message(), "pressure"));
  bench_free(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(skin_under_the_probe_keeps_the_measured_flux),
      cmocka_unit_test(skin_rebounds_as_high_as_the_recordings),
      cmocka_unit_test(skin_median_curve_rebounds_as_high_as_measured),
      cmocka_unit_test(skin_excess_decays_faster_after_the_bigger_rebound),
      cmocka_unit_test(the_answer_does_not_depend_on_the_step),
      cmocka_unit_test(halving_the_step_quarters_the_error),
      cmocka_unit_test(muscle_flow_is_whole_half_and_none_at_the_published_pressures),
      cmocka_unit_test(muscle_overshoots_after_occlusion_as_published),
      cmocka_unit_test(muscle_strokes_do_not_dilate),
      cmocka_unit_test(any_step_keeps_store_and_dilation_in_their_bounds),
      cmocka_unit_test(rest_stays_rest_to_the_bit),
      cmocka_unit_test(at_frame_0_all_tissue_has_its_resting_flow_whatever_the_pressure),
      cmocka_unit_test(pressing_stops_the_flow_and_release_overshoots),
      cmocka_unit_test(without_a_pressure_field_it_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
