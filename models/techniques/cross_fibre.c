/* Cross-fibre friction: a fingertip or thumb pressed in and drawn to and fro across the fibres of the muscle.

     force  hill(t) press
     way    amplitude (-cos 2 pi frequency t'),  t' from the end of landing, whole periods

   It lands, and lifts, at rest at one end of the stroke; both reversals of each period are events. Whether the hand
   slides on the skin or takes it along is decided by friction, amplitude and the softness of what lies under it. */
#include "models/techniques/intensity.h"
#include "models/techniques/path.h"

typedef struct cross_fibre {
  place at;
  double press;
  int intensity;
  double amplitude, frequency;
  int cycles;
  double turn, ramp;
} cross_fibre;

static const param params[] = {
    PARAM(cross_fibre, at, .kind = PARAM_PLACE, .doc = "middle of the stroke"),
    INTENSITY_ROWS(cross_fibre, cross_fibre, "force with which the hand presses"),
    PARAM(cross_fibre, amplitude, .unit = "m", .lo = 0, .hi = 0.05, .preset = 0.008,
          .doc = "from the middle of the stroke to its ends", .source = "assumed"),
    PARAM(cross_fibre, frequency, .unit = "Hz", .lo = 0.01, .hi = 10, .preset = 2, .doc = "strokes to and fro a second",
          .source = "assumed: mobilisation is given at 0.1-4.5 Hz"),
    PARAM(cross_fibre, cycles, .kind = PARAM_INTEGER, .lo = 1, .hi = 2000, .preset = 10, .doc = "strokes to and fro",
          .source = "assumed; analgesia took 59-67 s (Chaves 2020)"),
    PARAM(cross_fibre, turn, .unit = "rad", .lo = -3.2, .hi = 3.2, .preset = 0,
          .doc = "0: across the spine, first to the right; 90 deg: along it, first toward the head",
          .source = "numerical: the fibres of the erector spinae run along the spine"),
    PARAM(cross_fibre, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.5, .doc = "time to land, and to lift",
          .source = "assumed"),
    {0},
};

static double duration(const void *par) {
  const cross_fibre *c = par;
  return 2 * c->ramp + c->cycles / c->frequency;
}

static void drive_at(const void *par, double t, drive *out) {
  const cross_fibre *c = par;
  double pace, way = path_swing(t - c->ramp, c->frequency, c->cycles, &pace), d[2] = {sin(c->turn), cos(c->turn)};
  path_start(c->at.s + c->amplitude * (2 * way - 1) * d[0], c->at.t + c->amplitude * (2 * way - 1) * d[1], out);
  for (int i = 0; i < 2; i++) out->vel[i] = 2 * c->amplitude * pace * d[i];
  path_press(intensity_cross_fibre(c->press, c->intensity) * path_hill(t, duration(c), c->ramp, c->ramp, NULL), out);
}

static int events(const void *par, int max, double *t) {
  const cross_fibre *c = par;
  int n = 0;
  for (int k = 0; k <= 2 * c->cycles; k++) n = path_event(n, max, t, c->ramp + 0.5 * k / c->frequency, duration(c));
  return n;
}

static technique_cycle cycle(const void *par) {
  const cross_fibre *c = par;
  return (technique_cycle){c->ramp, 1 / c->frequency, c->cycles};
}

extern const technique technique_cross_fibre;
const technique technique_cross_fibre = {
    .name = "cross_fibre",
    .doc = "friction to and fro across the fibres, pressed in",
    .params = params,
    .par_size = sizeof(cross_fibre),
    .duration = duration,
    .drive = drive_at,
    .events = events,
    .cycle = cycle,
};
