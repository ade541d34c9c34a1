/* Compression: press, hold, release in one place, once or in pulses; by a force, or to a depth as a test machine does.
 */
#include "models/techniques/intensity.h"
#include "models/techniques/path.h"

typedef struct compression {
  place at;
  double press;
  int intensity;
  double depth;
  double ramp, hold, release;
  int pulses;
  double wait, low;
} compression;

static const param params[] = {
    PARAM(compression, at, .kind = PARAM_PLACE, .doc = "where to press"),
    INTENSITY_ROWS(compression, compression, "force with which the hand presses"),
    PARAM(compression, depth, .unit = "m", .lo = 1e-6, .hi = 0.1, .preset = NAN, .optional = 1, .instead_of = "press",
          .doc = "depth of the hand below the undeformed skin, in place of `press`; the force is then the result",
          .source = "no default: a test machine's motion"),
    PARAM(compression, ramp, .unit = "s", .lo = 0.01, .hi = 600, .preset = 1, .doc = "time to reach the full force",
          .source = "assumed"),
    PARAM(compression, hold, .unit = "s", .lo = 0, .hi = 3600, .preset = 90, .doc = "time at full force",
          .source = "90 s of static compression of a trigger point: PMC6358529"),
    PARAM(compression, release, .unit = "s", .lo = 0.01, .hi = 600, .preset = 1, .doc = "time to let go",
          .source = "assumed"),
    PARAM(compression, pulses, .kind = PARAM_INTEGER, .lo = 1, .hi = 1000, .preset = 1,
          .doc = "how often, each with its ramp, hold and release", .source = "one unless more are asked for"),
    PARAM(compression, wait, .unit = "s", .lo = 0, .hi = 3600, .preset = 1, .doc = "time between two pulses",
          .source = "assumed"),
    PARAM(compression, low, .lo = 0, .hi = 1, .preset = 0,
          .doc = "share of the force that stays between pulses; 0: the hand is lifted", .source = "assumed: lifted"),
    {0},
};

static double pulse(const compression *c) {
  return c->ramp + c->hold + c->release;
}
static double period(const compression *c) {
  return pulse(c) + c->wait;
}

static double duration(const void *par) {
  const compression *c = par;
  return (c->pulses - 1) * period(c) + pulse(c);
}

static void drive_at(const void *par, double t, drive *out) {
  const compression *c = par;
  double share = path_pulses(t, c->pulses, pulse(c), period(c), c->ramp, c->release, c->low);
  path_start(c->at.s, c->at.t, out);
  if (isnan(c->depth)) {
    path_press(intensity_compression(c->press, c->intensity) * share, out);
  } else {
    out->normal = DRIVE_MOVE;
    out->depth = c->depth * share;
  }
}

static int events(const void *par, int max, double *t) {
  const compression *c = par;
  int n = 0;
  for (int k = 0; k < c->pulses; k++) {
    double start = k * period(c), end = duration(c);
    n = path_event(n, max, t, start, end);
    n = path_event(n, max, t, start + c->ramp, end);
    if (c->hold > 0) n = path_event(n, max, t, start + c->ramp + c->hold, end);
    if (c->wait > 0) n = path_event(n, max, t, start + pulse(c), end);
  }
  return n;
}

/* With a load that stays, the first pulse begins and the last one ends without it. */
static technique_cycle cycle(const void *par) {
  const compression *c = par;
  int apart = c->low > 0;
  return (technique_cycle){apart * period(c), period(c), c->pulses - 1 - apart};
}

extern const technique technique_compression;
const technique technique_compression = {
    .name = "compression",
    .doc = "press, hold and release in one place, once or in pulses",
    .params = params,
    .par_size = sizeof(compression),
    .duration = duration,
    .drive = drive_at,
    .events = events,
    .cycle = cycle,
};
