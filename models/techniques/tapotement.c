/* Tapotement: light quick taps. Each one lands, presses and lifts within its share of the period; between taps the hand
   is off the skin and may move on.

     force of a tap  press (1 - cos(2 pi t' / length)) / 2,  length = contact / frequency

   The force of a tap is given, not the speed and the mass of the hand before it (assumed). The body's own mass acts. */
#include "models/techniques/intensity.h"
#include "models/techniques/path.h"

typedef struct tapotement {
  place at, to;
  double press;
  int intensity;
  double frequency, contact;
  int taps;
  double lift;
} tapotement;

static const param params[] = {
    PARAM(tapotement, at, .kind = PARAM_PLACE, .doc = "where the first tap lands"),
    PARAM(tapotement, to, .kind = PARAM_PLACE, .optional = 1,
          .doc = "where the last one lands; left out: in one place"),
    INTENSITY_ROWS(tapotement, tapotement, "largest force of a tap"),
    PARAM(tapotement, frequency, .unit = "Hz", .lo = 0.1, .hi = 20, .preset = 4, .doc = "taps a second",
          .source = "4 Hz: McKechnie 2007; 5 Hz: Brain Sci 2024 14:119"),
    PARAM(tapotement, contact, .lo = 0.05, .hi = 0.95, .preset = 0.5, .doc = "share of the time in contact",
          .source = "assumed"),
    PARAM(tapotement, taps, .kind = PARAM_INTEGER, .lo = 1, .hi = 1000, .preset = 20, .doc = "how many",
          .source = "assumed: 5 s"),
    PARAM(tapotement, lift, .unit = "m", .lo = 0, .hi = 0.5, .preset = 0.03, .doc = "height between two taps",
          .source = "assumed"),
    {0},
};

static double duration(const void *par) {
  const tapotement *c = par;
  return (c->taps - 1 + c->contact) / c->frequency;
}

static void drive_at(const void *par, double t, drive *out) {
  const tapotement *c = par;
  double length = c->contact / c->frequency, period = 1 / c->frequency;
  int k = (int)fmin(fmax(floor(t / period), 0), c->taps - 1);
  double in = t - k * period, slope = 0, way = in > length ? path_ease((in - length) / (period - length), &slope) : 0;
  double step[2] = {0, 0};
  if (c->taps > 1 && !isnan(c->to.s)) {
    step[0] = (c->to.s - c->at.s) / (c->taps - 1);
    step[1] = (c->to.t - c->at.t) / (c->taps - 1);
  }
  path_start(c->at.s + (k + way) * step[0], c->at.t + (k + way) * step[1], out);
  for (int i = 0; i < 2; i++) out->vel[i] = slope / (period - length) * step[i];
  out->depth = -c->lift * 4 * way * (1 - way); /* for pictures only */
  path_press(intensity_tapotement(c->press, c->intensity) * path_swing(in, c->frequency / c->contact, 1, NULL), out);
}

static int events(const void *par, int max, double *t) {
  const tapotement *c = par;
  int n = 0;
  for (int k = 0; k < c->taps; k++)
    for (int i = 0; i < 3; i++) n = path_event(n, max, t, (k + 0.5 * i * c->contact) / c->frequency, duration(c));
  return n;
}

/* A tap: its load comes and goes within its share of the period. */
static double period(const void *par) {
  const tapotement *c = par;
  return c->contact / c->frequency;
}

/* The last tap has no way back. Taps that wander are not alike. */
static technique_cycle cycle(const void *par) {
  const tapotement *c = par;
  return (technique_cycle){0, 1 / c->frequency, isnan(c->to.s) ? c->taps - 1 : 0};
}

extern const technique technique_tapotement;
const technique technique_tapotement = {
    .name = "tapotement",
    .doc = "light quick taps, lifted between them; the force is given",
    .params = params,
    .par_size = sizeof(tapotement),
    .duration = duration,
    .drive = drive_at,
    .events = events,
    .period = period,
    .cycle = cycle,
};
