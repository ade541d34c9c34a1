/* Compression: press, hold, release in one place. */
#include "models/techniques/path.h"

typedef struct compression {
  place at;
  double press, ramp, hold, release;
} compression;

static const param params[] = {
    PARAM(compression, at, .kind = PARAM_PLACE, .doc = "where to press"),
    PARAM(compression, press, .unit = "N", .lo = 0.01, .hi = 500, .preset = NAN,
          .doc = "force with which the hand presses"),
    PARAM(compression, ramp, .unit = "s", .lo = 0.01, .hi = 600, .preset = 1, .doc = "time to reach the full force",
          .source = "assumed"),
    PARAM(compression, hold, .unit = "s", .lo = 0, .hi = 3600, .preset = 90, .doc = "time at full force",
          .source = "90 s of static compression of a trigger point: PMC6358529"),
    PARAM(compression, release, .unit = "s", .lo = 0.01, .hi = 600, .preset = 1, .doc = "time to let go",
          .source = "assumed"),
    {0},
};

static double duration(const void *par) {
  const compression *c = par;
  return c->ramp + c->hold + c->release;
}

static void drive_at(const void *par, double t, drive *out) {
  const compression *c = par;
  path_start(c->at.s, c->at.t, out);
  path_press(c->press * path_hill(t, duration(c), c->ramp, c->release, NULL), out);
}

static int events(const void *par, int max, double *t) {
  const compression *c = par;
  int n = path_event(0, max, t, c->ramp, duration(c));
  return c->hold > 0 ? path_event(n, max, t, c->ramp + c->hold, duration(c)) : n;
}

extern const technique technique_compression;
const technique technique_compression = {
    .name = "compression",
    .doc = "press, hold and release in one place",
    .params = params,
    .par_size = sizeof(compression),
    .duration = duration,
    .drive = drive_at,
    .events = events,
};
