/* Vibration: a hand in contact trembles, in its press and sideways.

     force  hill(t) press (low + (1 - low) (1 - cos w) / 2)     w = 2 pi frequency t', t' from the end of landing
     way    amplitude (-cos w)

   Whole periods, so that it lifts as it landed: at rest, with the least force. The body's mass acts (shear waves of 10
   Hz are 0.2 m long and more), the hand's own does not: its force is given. */
#include "models/techniques/intensity.h"
#include "models/techniques/path.h"

typedef struct vibration {
  place at;
  double press;
  int intensity;
  double low, amplitude, turn, frequency, hold, ramp;
} vibration;

static const param params[] = {
    PARAM(vibration, at, .kind = PARAM_PLACE, .doc = "where the hand trembles"),
    INTENSITY_ROWS(vibration, vibration, "largest force of a period"),
    PARAM(vibration, low, .lo = 0.05, .hi = 1, .preset = 0.5, .doc = "least force of a period, share of the largest",
          .source = "assumed"),
    PARAM(vibration, amplitude, .unit = "m", .lo = 0, .hi = 0.02, .preset = 0.001,
          .doc = "of the motion along the skin, from its middle", .source = "assumed"),
    PARAM(vibration, turn, .unit = "rad", .lo = -3.2, .hi = 3.2, .preset = 0,
          .doc = "of that motion; 0: across the spine, 90 deg: along it", .source = "assumed: across"),
    PARAM(vibration, frequency, .unit = "Hz", .lo = 0.1, .hi = 30, .preset = 8, .doc = "periods a second",
          .source = "assumed: trembling of a hand, 5-12 Hz"),
    PARAM(vibration, hold, .unit = "s", .lo = 0.01, .hi = 600, .preset = 10,
          .doc = "how long it trembles, up to the next whole period", .source = "assumed"),
    PARAM(vibration, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.3, .doc = "time to land, and to lift",
          .source = "assumed"),
    {0},
};

static int cycles(const vibration *c) {
  return path_whole(c->hold * c->frequency);
}

static double duration(const void *par) {
  const vibration *c = par;
  return 2 * c->ramp + cycles(c) / c->frequency;
}

static void drive_at(const void *par, double t, drive *out) {
  const vibration *c = par;
  double pace, way = path_swing(t - c->ramp, c->frequency, cycles(c), &pace), d[2] = {sin(c->turn), cos(c->turn)};
  path_start(c->at.s + c->amplitude * (2 * way - 1) * d[0], c->at.t + c->amplitude * (2 * way - 1) * d[1], out);
  for (int i = 0; i < 2; i++) out->vel[i] = 2 * c->amplitude * pace * d[i];
  double hill = path_hill(t, duration(c), c->ramp, c->ramp, NULL);
  path_press(intensity_vibration(c->press, c->intensity) * hill * (c->low + (1 - c->low) * way), out);
}

static int events(const void *par, int max, double *t) {
  const vibration *c = par;
  int n = 0;
  for (int k = 0; k <= 2 * cycles(c); k++) n = path_event(n, max, t, c->ramp + 0.5 * k / c->frequency, duration(c));
  return n;
}

static double period(const void *par) {
  const vibration *c = par;
  return 1 / c->frequency;
}

static technique_cycle cycle(const void *par) {
  const vibration *c = par;
  return (technique_cycle){c->ramp, period(c), cycles(c)};
}

extern const technique technique_vibration;
const technique technique_vibration = {
    .name = "vibration",
    .doc = "a hand in contact trembles, in its press and along the skin",
    .params = params,
    .par_size = sizeof(vibration),
    .duration = duration,
    .drive = drive_at,
    .events = events,
    .period = period,
    .cycle = cycle,
};
