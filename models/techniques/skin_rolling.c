/* Skin rolling: thumbs and fingers gather a roll of skin between them and move it along. Two hands `together`, each
   with this technique and the same places; the second one, `opposed`, goes ahead.

     place, from the middle of both   -/+ (apart - gather closed(t)) / 2 along the way,  closed: 0 to 1 once landed
     middle                           at -> to,  once the roll is gathered
     force                            __/~~~~~~~~~~~~~~~~~~~\__
                                      land  gather  roll  lift

   What rigid tools with friction can do of it: they press, draw the skin together as far as friction holds it, and
   slide on. Skin comes up between them by what the tissue's volume has no other way to go: millimetres on soft fat, 0.2
   mm on the layered back of the tutorial. They do not lift it off or fold it over; that takes adhesion or fingers under
   it. */
#include <stdio.h>
#include "models/techniques/intensity.h"
#include "models/techniques/path.h"

typedef struct skin_rolling {
  place at, to;
  double press;
  int intensity, opposed;
  double apart, gather, close, speed, gain, ramp;
} skin_rolling;

static const param params[] = {
    PARAM(skin_rolling, at, .kind = PARAM_PLACE, .doc = "middle between the two hands where they land"),
    PARAM(skin_rolling, to, .kind = PARAM_PLACE, .doc = "and where they lift"),
    INTENSITY_ROWS(skin_rolling, skin_rolling, "force with which the hand presses"),
    PARAM(skin_rolling, opposed, .kind = PARAM_FLAG, .preset = 0,
          .doc = "the hand that goes ahead (fingers), not the one behind (thumbs)",
          .source = "numerical: one hand, or the one behind"),
    PARAM(skin_rolling, apart, .unit = "m", .lo = 0.005, .hi = 0.2, .preset = 0.05,
          .doc = "distance between the two where they land", .source = "assumed"),
    PARAM(skin_rolling, gather, .unit = "m", .lo = 0, .hi = 0.1, .preset = 0.015,
          .doc = "by how much they come nearer before they move on; less than `apart`", .source = "assumed"),
    PARAM(skin_rolling, close, .unit = "s", .lo = 0.01, .hi = 60, .preset = 1, .doc = "time for that",
          .source = "assumed"),
    PARAM(skin_rolling, speed, .unit = "m/s", .lo = 1e-4, .hi = 0.2, .preset = 0.02, .doc = "of the roll",
          .source = "assumed: 10-50 mm/s"),
    PARAM(skin_rolling, gain, .unit = "s", .lo = 0.01, .hi = 10, .preset = 0.3,
          .doc = "time to reach full speed, and to stop", .source = "assumed"),
    PARAM(skin_rolling, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.5, .doc = "time to land, and to lift",
          .source = "assumed"),
    {0},
};

/* Unit vector of the way, toward the head when there is none; its length. */
static double way_of(const skin_rolling *c, double d[2]) {
  d[0] = c->to.s - c->at.s, d[1] = c->to.t - c->at.t;
  double length = hypot(d[0], d[1]);
  for (int i = 0; i < 2; i++) d[i] = length > 0 ? d[i] / length : i == 0;
  return length;
}
static double rolling(const skin_rolling *c, double length) {
  return path_time(length, c->speed, c->gain);
}

static double duration(const void *par) {
  const skin_rolling *c = par;
  double d[2];
  return 2 * c->ramp + c->close + rolling(c, way_of(c, d));
}

static void drive_at(const void *par, double t, drive *out) {
  const skin_rolling *c = par;
  double d[2], length = way_of(c, d), total = rolling(c, length), up = path_gain(length, c->speed, c->gain), slope;
  double closed = path_ease((t - c->ramp) / c->close, &slope), side = c->opposed ? 0.5 : -0.5;
  double s = fmin(fmax(t - c->ramp - c->close, 0), total);
  double way = side * (c->apart - c->gather * closed), pace = -side * c->gather * slope / c->close;
  if (total > 0) {
    way += c->speed * path_travel(s, total, up);
    pace += c->speed * path_hill(s, total, up, up, NULL);
  }
  path_start(c->at.s + way * d[0], c->at.t + way * d[1], out);
  for (int i = 0; i < 2; i++) out->vel[i] = pace * d[i];
  path_press(intensity_skin_rolling(c->press, c->intensity) * path_hill(t, duration(c), c->ramp, c->ramp, NULL), out);
}

static int events(const void *par, int max, double *t) {
  const skin_rolling *c = par;
  double end = duration(c);
  int n = path_event(0, max, t, c->ramp, end);
  if (end - 2 * c->ramp > c->close) n = path_event(n, max, t, c->ramp + c->close, end);
  return path_event(n, max, t, end - c->ramp, end);
}

static const char *refuse(const void *par, char *why, size_t size) {
  const skin_rolling *c = par;
  if (c->gather < c->apart) return NULL;
  snprintf(why, size, "hands that are %g m apart meet before they are %g m nearer; gather must be less than apart",
           c->apart, c->gather);
  return "gather";
}

extern const technique technique_skin_rolling;
const technique technique_skin_rolling = {
    .name = "skin_rolling",
    .doc = "one of two hands that gather skin between them and move the roll along",
    .params = params,
    .par_size = sizeof(skin_rolling),
    .duration = duration,
    .drive = drive_at,
    .events = events,
    .refuse = refuse,
};
