/* Petrissage: kneading in one place. The hand circles and takes the skin along, and presses and eases once a circle.

     phase  w = 2 pi frequency t
     along  s + hill(t) radius sin w       across  t - hill(t) radius cos w
     force  hill(t) (low + (press - low) (1 - cos w) / 2)

   hill rises from 0 to 1 while the hand lands and falls while it lifts, so the circle opens and closes in a spiral and
   nothing jumps. The hand presses most at one side of its circle and least at the other: it pushes tissue together,
   then lets it go. A second hand to its right that is `opposed` does the mirror image: both press most where they meet,
   and squeeze what is between them. */
#include "models/techniques/intensity.h"
#include "models/techniques/path.h"

typedef struct petrissage {
  place at;
  double press;
  int intensity;
  double low, frequency, radius;
  int cycles, opposed;
  double ramp;
} petrissage;

static const param params[] = {
    PARAM(petrissage, at, .kind = PARAM_PLACE, .doc = "middle of the circle"),
    INTENSITY_ROWS(petrissage, petrissage, "largest force of a circle"),
    PARAM(petrissage, low, .lo = 0.05, .hi = 1, .preset = 0.4, .doc = "least force of a circle, share of the largest",
          .source = "assumed"),
    PARAM(petrissage, frequency, .unit = "Hz", .lo = 0.01, .hi = 5, .preset = 0.5, .doc = "circles a second",
          .source = "assumed: 0.3-1 Hz"),
    PARAM(petrissage, radius, .unit = "m", .lo = 0, .hi = 0.05, .preset = 0.008, .doc = "of the circle",
          .source = "assumed"),
    PARAM(petrissage, cycles, .kind = PARAM_INTEGER, .lo = 1, .hi = 1000, .preset = 4, .doc = "full circles",
          .source = "assumed"),
    PARAM(petrissage, opposed, .kind = PARAM_FLAG, .preset = 0,
          .doc = "mirror image: presses most at the left end of its circle, not at the right one; for the right one of "
                 "two hands that knead together",
          .source = "numerical: one hand, or the left one"),
    PARAM(petrissage, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.5, .doc = "time to land, and to lift",
          .source = "assumed"),
    {0},
};

static double duration(const void *par) {
  const petrissage *c = par;
  return 2 * c->ramp + c->cycles / c->frequency;
}

static void drive_at(const void *par, double t, drive *out) {
  const petrissage *c = par;
  double slope, hill = path_hill(t, duration(c), c->ramp, c->ramp, &slope);
  double rate = 2 * M_PI * c->frequency, w = rate * t, r = c->radius;
  double side = c->opposed ? r : -r; /* where across it lands */
  path_start(c->at.s + hill * r * sin(w), c->at.t + hill * side * cos(w), out);
  out->vel[0] = r * (slope * sin(w) + hill * rate * cos(w));
  out->vel[1] = side * (slope * cos(w) - hill * rate * sin(w));
  path_press(hill * intensity_petrissage(c->press, c->intensity) * (c->low + 0.5 * (1 - c->low) * (1 - cos(w))), out);
}

static int events(const void *par, int max, double *t) {
  const petrissage *c = par;
  int n = path_event(0, max, t, c->ramp, duration(c));
  return path_event(n, max, t, duration(c) - c->ramp, duration(c));
}

/* Between landing and lifting; the circle goes on from wherever it was when the hand had landed. */
static technique_cycle cycle(const void *par) {
  const petrissage *c = par;
  return (technique_cycle){c->ramp, 1 / c->frequency, c->cycles};
}

extern const technique technique_petrissage;
const technique technique_petrissage = {
    .name = "petrissage",
    .doc = "kneading in one place: circles that press and ease",
    .params = params,
    .par_size = sizeof(petrissage),
    .duration = duration,
    .drive = drive_at,
    .events = events,
    .cycle = cycle,
};
