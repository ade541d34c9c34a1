/* Myofascial hold: a light press, then the skin is drawn along slowly and held. The draw is a displacement; the
   traction it takes, and its fall while tissue creeps, are results (history: force along the skin). Two hands
   `together`, drawn toward each other, raise a fold of skin; drawn apart, they stretch what is between them.

   force  __/~~~~~~~~~~~~~~~~~\__
   place    . at -> drawn  .  .
          land   draw   hold  lift */
#include "models/techniques/intensity.h"
#include "models/techniques/path.h"

typedef struct myofascial_hold {
  place at;
  double press;
  int intensity;
  double draw, turn, speed, gain, hold, ramp;
} myofascial_hold;

static const param params[] = {
    PARAM(myofascial_hold, at, .kind = PARAM_PLACE, .doc = "where the hand lands"),
    INTENSITY_ROWS(myofascial_hold, myofascial_hold, "force with which the hand presses"),
    PARAM(myofascial_hold, draw, .unit = "m", .lo = 0, .hi = 0.1, .preset = 0.01, .doc = "how far the hand is drawn",
          .source = "assumed"),
    PARAM(myofascial_hold, turn, .unit = "rad", .lo = -3.2, .hi = 3.2, .preset = 0,
          .doc = "0: toward the head, 90 deg: to the right, 180 deg: toward the feet",
          .source = "assumed: along the spine"),
    PARAM(myofascial_hold, speed, .unit = "m/s", .lo = 1e-5, .hi = 0.05, .preset = 0.002, .doc = "of the draw",
          .source = "assumed: 1-5 mm/s"),
    PARAM(myofascial_hold, gain, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.5,
          .doc = "time to reach full speed, and to stop", .source = "assumed"),
    PARAM(myofascial_hold, hold, .unit = "s", .lo = 0, .hi = 3600, .preset = 120, .doc = "time drawn and held",
          .source = "assumed: 90-300 s"),
    PARAM(myofascial_hold, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 1, .doc = "time to land, and to lift",
          .source = "assumed"),
    {0},
};

static double moving(const myofascial_hold *c) {
  return path_time(c->draw, c->speed, c->gain);
}

static double duration(const void *par) {
  const myofascial_hold *c = par;
  return 2 * c->ramp + moving(c) + c->hold;
}

static void drive_at(const void *par, double t, drive *out) {
  const myofascial_hold *c = par;
  double total = moving(c), s = fmin(fmax(t - c->ramp, 0), total), d[2] = {cos(c->turn), sin(c->turn)};
  double up = path_gain(c->draw, c->speed, c->gain);
  double way = total > 0 ? c->speed * path_travel(s, total, up) : 0;
  double pace = total > 0 ? c->speed * path_hill(s, total, up, up, NULL) : 0;
  path_start(c->at.s + way * d[0], c->at.t + way * d[1], out);
  for (int i = 0; i < 2; i++) out->vel[i] = pace * d[i];
  path_press(intensity_myofascial_hold(c->press, c->intensity) * path_hill(t, duration(c), c->ramp, c->ramp, NULL),
             out);
}

static int events(const void *par, int max, double *t) {
  const myofascial_hold *c = par;
  int n = path_event(0, max, t, c->ramp, duration(c));
  if (moving(c) > 0) n = path_event(n, max, t, c->ramp + moving(c), duration(c));
  return c->hold > 0 ? path_event(n, max, t, c->ramp + moving(c) + c->hold, duration(c)) : n;
}

extern const technique technique_myofascial_hold;
const technique technique_myofascial_hold = {
    .name = "myofascial_hold",
    .doc = "light press, then the skin is drawn along slowly and held",
    .params = params,
    .par_size = sizeof(myofascial_hold),
    .duration = duration,
    .drive = drive_at,
    .events = events,
};
