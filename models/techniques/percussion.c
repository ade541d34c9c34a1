/* Percussion gun: its head goes up and down by a fixed stroke, many times a second.

     depth of the head's lowest point below the undeformed skin
         hill(t) deepest - stroke (1 + cos 2 pi frequency t) / 2

   so it begins a stroke above the skin, reaches `deepest` once the gun has been brought near within `ramp`, and ends
   where it began. The motion is given, the force is the result. A real motor stalls at 90-270 N (assumed): give the
   hand an arm that pushes no harder, `arm: {stiffness: 100 N/mm, most: 150 N}`; the head then stays behind its way. Not
   modelled is that a motor also slows down as it nears that force.
   The body's mass acts: shear waves of 30-50 Hz are as short as 40-130 mm in muscle, so depth and spread of the motion
   are not those of slow strokes. */
#include "models/techniques/intensity.h"
#include "models/techniques/path.h"

typedef struct percussion {
  place at;
  double deepest;
  int intensity;
  double stroke, frequency, hold, ramp;
} percussion;

static const param params[] = {
    PARAM(percussion, at, .kind = PARAM_PLACE, .doc = "where the head strikes"),
    PARAM(percussion, deepest, .unit = "m", .lo = 0, .hi = 0.03, .preset = NAN, .optional = 1,
          .doc = "depth of the head below the undeformed skin at its lowest; left out: what `intensity` says",
          .source = intensity_source_percussion),
    PARAM(percussion, intensity, .kind = PARAM_CHOICE, .choices = intensity_words, .preset = 1,
          .doc = "that depth in a word; `deepest` replaces it", .source = "assumed"),
    PARAM(percussion, stroke, .unit = "m", .lo = 1e-4, .hi = 0.03, .preset = 0.012,
          .doc = "way of the head, up to down", .source = "assumed: devices have 10-16 mm"),
    PARAM(percussion, frequency, .unit = "Hz", .lo = 1, .hi = 60, .preset = 30, .doc = "strokes a second",
          .source = "30, 38, 47 Hz: Needs 2023; 25 Hz: Greene 2024"),
    PARAM(percussion, hold, .unit = "s", .lo = 0.01, .hi = 600, .preset = 60,
          .doc = "how long, up to the next whole stroke", .source = "60 s: Greene 2024"),
    PARAM(percussion, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.3,
          .doc = "time in which the gun is brought near, and taken away", .source = "assumed"),
    {0},
};

static int cycles(const percussion *c) {
  return path_whole(c->hold * c->frequency);
}

static double duration(const void *par) {
  const percussion *c = par;
  return cycles(c) / c->frequency;
}

static void drive_at(const void *par, double t, drive *out) {
  const percussion *c = par;
  double end = duration(c), ramp = fmin(c->ramp, 0.5 * end), hill = path_hill(t, end, ramp, ramp, NULL);
  path_start(c->at.s, c->at.t, out);
  out->normal = DRIVE_MOVE;
  out->depth = hill * intensity_percussion(c->deepest, c->intensity) -
               c->stroke * (1 - path_swing(t, c->frequency, cycles(c), NULL));
}

static int events(const void *par, int max, double *t) {
  const percussion *c = par;
  int n = 0;
  for (int k = 1; k < 2 * cycles(c); k++) n = path_event(n, max, t, 0.5 * k / c->frequency, duration(c));
  return n;
}

static double period(const void *par) {
  const percussion *c = par;
  return 1 / c->frequency;
}

/* Strokes between those in which the gun is brought near and taken away. */
static technique_cycle cycle(const void *par) {
  const percussion *c = par;
  int near = path_whole(fmin(c->ramp * c->frequency, 0.5 * cycles(c)));
  return (technique_cycle){near * period(c), period(c), cycles(c) - 2 * near};
}

extern const technique technique_percussion;
const technique technique_percussion = {
    .name = "percussion",
    .doc = "head of a percussion gun, moved up and down by its stroke; the hand's `arm: {most}` is its stall force",
    .params = params,
    .par_size = sizeof(percussion),
    .duration = duration,
    .drive = drive_at,
    .events = events,
    .period = period,
    .cycle = cycle,
};
