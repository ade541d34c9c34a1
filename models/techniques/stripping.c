/* Stripping: a slow deep glide along a muscle with a thumb, a knuckle or an elbow; stroke.h has the motion. */
#include "models/techniques/intensity.h"
#include "models/techniques/stroke.h"

static const param params[] = {
    PARAM(stroke, from, .kind = PARAM_PLACE, .doc = "where the glide begins"),
    PARAM(stroke, to, .kind = PARAM_PLACE, .doc = "where it ends"),
    INTENSITY_ROWS(stroke, stripping, "force with which the hand presses"),
    PARAM(stroke, speed, .unit = "m/s", .lo = 1e-4, .hi = 0.2, .preset = 0.02, .doc = "of the hand along the muscle",
          .source = "assumed: 10-50 mm/s"),
    PARAM(stroke, repeat, .kind = PARAM_INTEGER, .lo = 1, .hi = 100, .preset = 1, .doc = "number of glides",
          .source = "one glide unless more are asked for"),
    PARAM(stroke, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 1, .doc = "time to sink in, and to let go",
          .source = "assumed"),
    PARAM(stroke, gain, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.5,
          .doc = "time to reach full speed, and to stop", .source = "assumed"),
    PARAM(stroke, back, .unit = "m/s", .lo = 1e-3, .hi = 2, .preset = 0.1,
          .doc = "mean speed of the return between two glides", .source = "assumed"),
    PARAM(stroke, lift, .unit = "m", .lo = 0, .hi = 0.5, .preset = 0.03, .doc = "height of a lifted return",
          .source = "assumed"),
    PARAM(stroke, light, .lo = 0, .hi = 1, .preset = 0,
          .doc = "share of the force that stays on the way back; 0: the hand is lifted", .source = "assumed: lifted"),
    {0},
};

static void drive_at(const void *par, double t, drive *out) {
  const stroke *c = par;
  stroke_drive(c, intensity_stripping(c->press, c->intensity), t, out);
}

extern const technique technique_stripping;
const technique technique_stripping = {
    .name = "stripping",
    .doc = "slow deep glide along a muscle",
    .params = params,
    .par_size = sizeof(stroke),
    .duration = stroke_duration,
    .drive = drive_at,
    .events = stroke_events,
    .cycle = stroke_cycle,
};
