/* Every technique is a smooth path with a force that begins and ends at nothing: walks the catalogue. */
#include "tests/test.h"
#include "models/catalog.h"

enum { NSAMPLE = 20001, NEVENT = 4096 };

/* The struct of a technique with all presets; what has none gets a value a therapist would give. Places are two ends of
   a slanting stroke, in the order of the table. */
static void *typical(const technique *k, double factor) {
  static const place ends[2] = {{"L5", 0.01, 0.03}, {"T12", 0.18, 0.05}};
  char *par = calloc(1, k->par_size);
  int nplace = 0;
  for (const param *p = k->params; p->name; p++) {
    void *at = par + p->offset;
    switch (p->kind) {
    case PARAM_NUMBER: {
      double value = isnan(p->preset) ? 40 : p->preset; /* only forces have no preset: 40 N; the range must allow it */
      value *= factor;
      *(double *)at = p->lo == p->hi ? value : fmin(fmax(value, p->lo), p->hi);
      break;
    }
    case PARAM_INTEGER: *(int *)at = (isnan(p->preset) ? 1 : (int)p->preset) + (factor > 1 ? 2 : 0); break;
    case PARAM_CHOICE:
    case PARAM_FLAG: *(int *)at = (int)p->preset; break;
    case PARAM_PLACE:
      assert_true(nplace < 2);
      *(place *)at = ends[nplace++];
      break;
    default: fail_msg("%s.%s: this test does not know how to fill this kind of parameter", k->name, p->name);
    }
  }
  return par;
}

static const double factors[] = {1, 0.3, 2.5};

static void duration_is_positive_and_finite(void **unused) {
  (void)unused;
  for (const technique *const *k = models_catalog.techniques; *k; k++)
    for (int f = 0; f < 3; f++) {
      void *par = typical(*k, factors[f]);
      double end = (*k)->duration(par);
      assert_true(end > 0 && isfinite(end));
      free(par);
    }
}

static void force_is_never_negative_and_nothing_at_both_ends(void **unused) {
  (void)unused;
  for (const technique *const *k = models_catalog.techniques; *k; k++)
    for (int f = 0; f < 3; f++) {
      void *par = typical(*k, factors[f]);
      double end = (*k)->duration(par), most = 0;
      for (int i = 0; i < NSAMPLE; i++) {
        drive d;
        (*k)->drive(par, i + 1 == NSAMPLE ? end : end * i / (NSAMPLE - 1), &d);
        assert_true(d.force >= 0);
        assert_true((d.normal == DRIVE_FORCE) == (d.force > 0)); /* no force asked for: lifted */
        assert_true(isfinite(d.along) && isfinite(d.across) && isfinite(d.depth));
        assert_close(d.rot[0] * d.rot[0] + d.rot[1] * d.rot[1] + d.rot[2] * d.rot[2] + d.rot[3] * d.rot[3], 1,
                     test_round(4));
        if (i == 0 || i + 1 == NSAMPLE) assert_true(d.force == 0);
        most = fmax(most, d.force);
      }
      /* what was asked for is reached: the nearest sample is within 2e-4 s of the peak of a cosine of at most 1.25 Hz,
         which misses (2 pi 1.25 2e-4)^2 / 2 = 1.2e-6 of it */
      double press = NAN;
      for (const param *p = (*k)->params; p->name; p++)
        if (strcmp(p->name, "press") == 0) press = *(double *)((char *)par + p->offset);
      assert_close(most / press, 1, 2e-6);
      free(par);
    }
}

/* Nothing jumps, and the velocity is the derivative of the position. Central differences of step h = 1e-6 s on paths of
   size 0.2 m, whose way-points may be floats but which are evaluated in double: rounding 0.2 eps / h = 4e-11 m/s;
   truncation h^2 / 6 times a third derivative of at most 1e4 m/s^3: 2e-9. Where an acceleration jumps (ends of ramps,
   by up to 6 0.2 / 0.1^2 = 120 m/s^2) the difference is off by h / 4 of that, 3e-5, if a sample lies within h of it; at
   20 000 samples of some seconds none does. */
static void velocity_is_the_derivative_of_the_position(void **unused) {
  (void)unused;
  for (const technique *const *k = models_catalog.techniques; *k; k++)
    for (int f = 0; f < 3; f++) {
      void *par = typical(*k, factors[f]);
      double end = (*k)->duration(par), h = 1e-6, speed = 0;
      for (int i = 1; i + 1 < NSAMPLE; i++) {
        double t = end * i / (NSAMPLE - 1);
        drive a, b, d;
        (*k)->drive(par, t - h, &a);
        (*k)->drive(par, t, &d);
        (*k)->drive(par, t + h, &b);
        assert_close((b.along - a.along) / (2 * h), d.vel[0], 1e-7);
        assert_close((b.across - a.across) / (2 * h), d.vel[1], 1e-7);
        speed = fmax(speed, hypot(d.vel[0], d.vel[1]));
      }
      if (strcmp((*k)->name, "compression") != 0) assert_true(speed > 1e-3); /* so the above compared something */
      free(par);
    }
}

static void position_and_force_are_continuous(void **unused) {
  (void)unused;
  for (const technique *const *k = models_catalog.techniques; *k; k++)
    for (int f = 0; f < 3; f++) {
      void *par = typical(*k, factors[f]);
      double end = (*k)->duration(par), events[NEVENT];
      int n = (*k)->events ? (*k)->events(par, NEVENT, events) : 0;
      /* Both sides of every event and of 20 000 other times, 1e-9 s apart: a motion of at most 10 m/s and a force of at
         most 1e5 N/s change by less than 1e-8 m and 1e-4 N. Techniques are far slower; a jump is far larger. */
      for (int i = 0; i < NSAMPLE + n; i++) {
        double t = i < NSAMPLE ? end * i / (NSAMPLE - 1) : events[i - NSAMPLE];
        drive a, b;
        (*k)->drive(par, fmax(t - 5e-10, 0), &a);
        (*k)->drive(par, fmin(t + 5e-10, end), &b);
        assert_close(a.along, b.along, 1e-8);
        assert_close(a.across, b.across, 1e-8);
        assert_close(a.force, b.force, 1e-4);
      }
      free(par);
    }
}

static void events_lie_inside_in_order_and_fit_the_room_given(void **unused) {
  (void)unused;
  for (const technique *const *k = models_catalog.techniques; *k; k++)
    for (int f = 0; f < 3; f++) {
      void *par = typical(*k, factors[f]);
      double end = (*k)->duration(par), events[NEVENT];
      int n = (*k)->events ? (*k)->events(par, NEVENT, events) : 0;
      assert_true(n < NEVENT);
      for (int i = 0; i < n; i++) {
        assert_true(events[i] > 0 && events[i] < end);
        assert_true(i == 0 || events[i] > events[i - 1]);
      }
      if (n > 1) {
        double guard[2] = {-1, -1};
        assert_int_equal((*k)->events(par, 1, guard), 1);
        assert_true(guard[1] == -1);
      }
      free(par);
    }
}

/* Kinks are events: away from them the second derivative of the force is bounded by what its ramps and periods give. */
static void the_force_has_no_corner(void **unused) {
  (void)unused;
  for (const technique *const *k = models_catalog.techniques; *k; k++)
    for (int f = 0; f < 3; f++) {
      void *par = typical(*k, factors[f]);
      double end = (*k)->duration(par), h = 1e-5;
      for (int i = 1; i + 1 < NSAMPLE; i++) {
        double t = fmin(fmax(end * i / (NSAMPLE - 1), 2 * h), end - 2 * h);
        drive a, b, d;
        (*k)->drive(par, t - h, &a);
        (*k)->drive(par, t, &d);
        (*k)->drive(par, t + h, &b);
        /* a change of slope within h: second derivative <= 6 press / ramp^2, ramp >= 0.09 s, press <= 100 N: 7.4e4
           N/s^2 times h, so 0.74 N/s; a corner of a straight ramp of 0.09 s would be 100 / 0.09 = 1100 N/s */
        assert_below(fabs((b.force - d.force) / h - (d.force - a.force) / h), 1);
      }
      free(par);
    }
}

static const technique *find(const char *name) {
  for (const technique *const *k = models_catalog.techniques; *k; k++)
    if (strcmp((*k)->name, name) == 0) return *k;
  fail_msg("no technique %s", name);
  return NULL;
}

static double *number(const technique *k, void *par, const char *name) {
  for (const param *p = k->params; p->name; p++)
    if (strcmp(p->name, name) == 0) return (double *)((char *)par + p->offset);
  fail_msg("%s has no %s", k->name, name);
  return NULL;
}

static void effleurage_keeps_its_speed_and_ends_where_it_was_sent(void **unused) {
  (void)unused;
  const technique *k = find("effleurage");
  void *par = typical(k, 1);
  double ramp = *number(k, par, "ramp"), gain = *number(k, par, "gain"), speed = *number(k, par, "speed");
  double length = hypot(0.17, 0.02), stroke = length / speed + gain;
  drive d;
  assert_close(k->duration(par), 2 * ramp + stroke, test_round(16));
  for (int i = 0; i <= 10; i++) {
    k->drive(par, ramp + gain + (stroke - 2 * gain) * i / 10, &d);
    assert_close(hypot(d.vel[0], d.vel[1]), speed, test_round(32));
    assert_close((d.along - 0.01) * 0.02, (d.across - 0.03) * 0.17, test_round(32)); /* straight on the chart */
    assert_close(d.force, 40, 40 * test_round(8));
  }
  k->drive(par, ramp + stroke, &d);
  assert_close(d.along, 0.18, test_round(8));
  assert_close(d.across, 0.05, test_round(8));
  /* at rest while it lands and lifts */
  k->drive(par, 0.5 * ramp, &d);
  assert_true(d.vel[0] == 0 && d.along == 0.01 && d.force > 0);
  free(par);
}

static void a_stroke_too_short_for_full_speed_still_arrives_smoothly(void **unused) {
  (void)unused;
  const technique *k = find("effleurage");
  void *par = typical(k, 1);
  double ramp = *number(k, par, "ramp"), speed = *number(k, par, "speed"), fastest = 0;
  for (const param *p = k->params; p->name; p++) /* 8 mm at 80 mm/s, gained in 300 ms: half of it would be too far */
    if (strcmp(p->name, "to") == 0) *(place *)((char *)par + p->offset) = (place){.s = 0.018, .t = 0.03};
  double stroke = 2 * 0.008 / speed, last = 0.01;
  assert_close(k->duration(par), 2 * ramp + stroke, test_round(16));
  for (int i = 0; i <= 1000; i++) {
    drive d;
    k->drive(par, ramp + stroke * i / 1000, &d);
    assert_true(d.along >= last - test_round(4));
    last = d.along;
    fastest = fmax(fastest, d.vel[0]);
  }
  assert_close(last, 0.018, test_round(8));
  assert_close(fastest, speed, test_round(32));
  free(par);
}

static void strokes_of_no_length_press_in_place(void **unused) {
  (void)unused;
  const technique *k = find("effleurage");
  void *par = typical(k, 2.5);
  for (const param *p = k->params; p->name; p++)
    if (p->kind == PARAM_PLACE) *(place *)((char *)par + p->offset) = (place){.s = 0.01, .t = 0.03};
  double end = k->duration(par);
  assert_true(end > 0);
  for (int i = 0; i <= 1000; i++) {
    drive d;
    k->drive(par, end * i / 1000, &d);
    assert_true(d.along == 0.01 && d.across == 0.03 && d.vel[0] == 0 && d.vel[1] == 0 && d.force >= 0);
  }
  free(par);
}

static void effleurage_comes_back_lifted(void **unused) {
  (void)unused;
  const technique *k = find("effleurage");
  void *par = typical(k, 2.5); /* three strokes */
  double end = k->duration(par), back = 0;
  int lifted = 0;
  for (int i = 0; i < NSAMPLE; i++) {
    drive d;
    k->drive(par, end * i / (NSAMPLE - 1), &d);
    if (d.vel[0] < -1e-9) {
      assert_true(d.normal == DRIVE_FREE && d.force == 0);
      assert_true(d.depth < 0);
      back = fmin(back, d.vel[0]);
      lifted++;
    }
    if (d.normal == DRIVE_FORCE) assert_true(d.vel[0] >= 0);
  }
  assert_true(lifted > 10 && back < -0.1);
  free(par);
}

static void petrissage_circles_and_presses_once_a_cycle(void **unused) {
  (void)unused;
  const technique *k = find("petrissage");
  void *par = typical(k, 1);
  double ramp = *number(k, par, "ramp"), f = *number(k, par, "frequency"), r = *number(k, par, "radius");
  double low = *number(k, par, "low"), end = k->duration(par);
  int peaks = 0;
  double last = 0, least = HUGE_VAL, slope = 1;
  for (int i = 0; i < NSAMPLE; i++) {
    double t = ramp + (end - 2 * ramp) * i / (NSAMPLE - 1);
    drive d;
    k->drive(par, t, &d);
    assert_close(hypot(d.along - 0.01, d.across - 0.03), r, test_round(64));
    assert_close(hypot(d.vel[0], d.vel[1]), 2 * M_PI * f * r, test_round(64));
    if (d.force < last && slope > 0) peaks++;
    if (i) slope = d.force - last;
    last = d.force;
    least = fmin(least, d.force);
  }
  assert_close(peaks, (end - 2 * ramp) * f, test_round(16) + 1e-9); /* counted, so exact; the right side is rounded */
  assert_close(least, low * 40, 40e-6);                             /* 20 000 samples of 4 cosines: 1 - cos(pi/5000) */
  free(par);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(duration_is_positive_and_finite),
      cmocka_unit_test(force_is_never_negative_and_nothing_at_both_ends),
      cmocka_unit_test(velocity_is_the_derivative_of_the_position),
      cmocka_unit_test(position_and_force_are_continuous),
      cmocka_unit_test(events_lie_inside_in_order_and_fit_the_room_given),
      cmocka_unit_test(the_force_has_no_corner),
      cmocka_unit_test(effleurage_keeps_its_speed_and_ends_where_it_was_sent),
      cmocka_unit_test(a_stroke_too_short_for_full_speed_still_arrives_smoothly),
      cmocka_unit_test(strokes_of_no_length_press_in_place),
      cmocka_unit_test(effleurage_comes_back_lifted),
      cmocka_unit_test(petrissage_circles_and_presses_once_a_cycle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
