/* Effleurage: long gliding strokes, toward the head by custom; stroke.h has the motion. */
#include "models/techniques/intensity.h"
#include "models/techniques/stroke.h"

static const param params[] = {
    PARAM(stroke, from, .kind = PARAM_PLACE, .doc = "where strokes begin"),
    PARAM(stroke, to, .kind = PARAM_PLACE, .doc = "where strokes end"),
    INTENSITY_ROWS(stroke, effleurage, "force with which the hand presses"),
    PARAM(stroke, speed, .unit = "m/s", .lo = 1e-4, .hi = 1, .preset = 0.08, .doc = "of the hand along the stroke",
          .source = "assumed: 50-300 mm/s; pleasant stroking is 10-100 mm/s"),
    PARAM(stroke, repeat, .kind = PARAM_INTEGER, .lo = 1, .hi = 100, .preset = 1, .doc = "number of strokes",
          .source = "one stroke unless more are asked for"),
    PARAM(stroke, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.4, .doc = "time to land, and to lift",
          .source = "assumed"),
    PARAM(stroke, gain, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.3,
          .doc = "time to reach full speed, and to stop", .source = "assumed"),
    PARAM(stroke, back, .unit = "m/s", .lo = 1e-3, .hi = 2, .preset = 0.3,
          .doc = "mean speed of the return between two strokes", .source = "assumed: upper end of 50-300 mm/s"),
    PARAM(stroke, lift, .unit = "m", .lo = 0, .hi = 0.5, .preset = 0.05, .doc = "height of a lifted return",
          .source = "assumed"),
    PARAM(stroke, light, .lo = 0, .hi = 1, .preset = 0,
          .doc = "share of the force that stays on the way back; 0: the hand is lifted", .source = "assumed: lifted"),
    {0},
};

static void drive_at(const void *par, double t, drive *out) {
  const stroke *c = par;
  stroke_drive(c, intensity_effleurage(c->press, c->intensity), t, out);
}

extern const technique technique_effleurage;
const technique technique_effleurage = {
    .name = "effleurage",
    .doc = "long strokes in contact from one place to another, lifted or light on the way back",
    .params = params,
    .par_size = sizeof(stroke),
    .duration = stroke_duration,
    .drive = drive_at,
    .events = stroke_events,
    .cycle = stroke_cycle,
};
