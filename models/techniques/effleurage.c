/* Effleurage: long strokes in contact, always in the same direction, with a lifted return.

   force  __/~~~~~~~~~~\__            __/~~~~~~~~~~\__
   place  from  ->  to   .  lifted .  from  ->  to
          land  stroke lift  back     land  stroke lift

   The hand lands and lifts at rest, so that the skin is not sheared by a hand that has no grip yet; in between it gains
   its speed within `gain`, keeps it, and loses it. The stroke is straight on the chart: equal offsets in `from` and
   `to` keep it parallel to the spine. */
#include <cglm/cglm.h>
#include "models/techniques/path.h"

typedef struct effleurage {
  place from, to;
  double press, speed;
  int repeat;
  double ramp, gain, back, lift;
} effleurage;

static const param params[] = {
    PARAM(effleurage, from, .kind = PARAM_PLACE, .doc = "where strokes begin"),
    PARAM(effleurage, to, .kind = PARAM_PLACE, .doc = "where strokes end"),
    PARAM(effleurage, press, .unit = "N", .lo = 0.01, .hi = 500, .preset = NAN,
          .doc = "force with which the hand presses"),
    PARAM(effleurage, speed, .unit = "m/s", .lo = 1e-4, .hi = 1, .preset = 0.08, .doc = "of the hand along the stroke",
          .source = "assumed: 50-300 mm/s; pleasant stroking is 10-100 mm/s"),
    PARAM(effleurage, repeat, .kind = PARAM_INTEGER, .lo = 1, .hi = 100, .preset = 1, .doc = "number of strokes",
          .source = "one stroke unless more are asked for"),
    PARAM(effleurage, ramp, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.4, .doc = "time to land, and to lift",
          .source = "assumed"),
    PARAM(effleurage, gain, .unit = "s", .lo = 0.01, .hi = 60, .preset = 0.3,
          .doc = "time to reach full speed, and to stop", .source = "assumed"),
    PARAM(effleurage, back, .unit = "m/s", .lo = 1e-3, .hi = 2, .preset = 0.3, .doc = "mean speed of the lifted return",
          .source = "assumed: upper end of 50-300 mm/s"),
    PARAM(effleurage, lift, .unit = "m", .lo = 0, .hi = 0.5, .preset = 0.05, .doc = "height of the lifted return",
          .source = "assumed"),
    {0},
};

/* What follows from the parameters. */
typedef struct plan {
  double gain, stroke, cycle, back, total; /* s; cycle: land, stroke, lift */
  double dir[2];                           /* unit vector from `from` to `to`, 0 when they are one place */
} plan;

static plan make_plan(const effleurage *c) {
  double d[2] = {c->to.s - c->from.s, c->to.t - c->from.t}, length = hypot(d[0], d[1]);
  plan p = {0};
  /* Short strokes gain less time: a triangle of speed whose peak is `speed`. */
  p.gain = fmin(c->gain, length / c->speed);
  p.stroke = length > 0 ? length / c->speed + p.gain : 0;
  p.cycle = p.stroke + 2 * c->ramp;
  p.back = length / c->back;
  p.total = c->repeat * p.cycle + (c->repeat - 1) * p.back;
  for (int i = 0; i < 2 && length > 0; i++) p.dir[i] = d[i] / length;
  return p;
}

static double duration(const void *par) {
  return make_plan(par).total;
}

/* The lifted return at time t of p->back: a cubic Bezier arc on the chart whose end tangents lead out of the last
   stroke and into the next. Its two inner way-points are cglm's; ends and evaluation are double, so that the arc begins
   and ends exactly where the strokes do. */
static void fly_back(const effleurage *c, const plan *p, double t, drive *out) {
  vec3 from = {(float)c->from.s, (float)c->from.t, 0}, to = {(float)c->to.s, (float)c->to.t, 0}, out_of, into;
  glm_vec3_lerp(to, from, -0.1f, out_of); /* overshoots the stroke's end by a tenth of it ... */
  glm_vec3_lerp(to, from, 1.1f, into);    /* ... and comes down from a tenth before its beginning */
  double slope, u = path_ease(t / p->back, &slope), v = 1 - u;
  const double p0[2] = {c->to.s, c->to.t}, p3[2] = {c->from.s, c->from.t};
  double pos[2];
  for (int i = 0; i < 2; i++) {
    double p1 = (double)out_of[i], p2 = (double)into[i];
    pos[i] = v * v * v * p0[i] + 3 * u * v * v * p1 + 3 * u * u * v * p2 + u * u * u * p3[i];
    out->vel[i] = 3 * (v * v * (p1 - p0[i]) + 2 * u * v * (p2 - p1) + u * u * (p3[i] - p2)) * slope / p->back;
  }
  out->along = pos[0];
  out->across = pos[1];
  out->depth = -c->lift * (double)glm_ease_sine_inout((float)(1 - fabs(2 * t / p->back - 1))); /* for pictures only */
}

static void drive_at(const void *par, double t, drive *out) {
  const effleurage *c = par;
  plan p = make_plan(c);
  double period = p.cycle + p.back;
  int lap = (int)fmin(fmax(floor(t / period), 0), c->repeat - 1);
  t -= lap * period;
  if (t > p.cycle && lap < c->repeat - 1) {
    path_start(c->to.s, c->to.t, out);
    fly_back(c, &p, t - p.cycle, out);
    return;
  }
  double way = 0, pace = 0, along = c->from.s, across = c->from.t;
  if (p.stroke > 0) {
    double s = fmin(fmax(t - c->ramp, 0), p.stroke);
    way = c->speed * path_travel(s, p.stroke, p.gain);
    pace = c->speed * path_hill(s, p.stroke, p.gain, p.gain, NULL);
    along += way * p.dir[0];
    across += way * p.dir[1];
  }
  path_start(along, across, out);
  out->vel[0] = pace * p.dir[0];
  out->vel[1] = pace * p.dir[1];
  path_press(c->press * path_hill(t, p.cycle, c->ramp, c->ramp, NULL), out);
}

static int events(const void *par, int max, double *t) {
  const effleurage *c = par;
  plan p = make_plan(c);
  int n = 0;
  for (int lap = 0; lap < c->repeat; lap++) {
    double start = lap * (p.cycle + p.back);
    n = path_event(n, max, t, start, p.total);
    n = path_event(n, max, t, start + c->ramp, p.total);
    if (p.stroke > 0) n = path_event(n, max, t, start + c->ramp + p.stroke, p.total);
    if (p.back > 0 && lap < c->repeat - 1) n = path_event(n, max, t, start + p.cycle, p.total);
  }
  return n;
}

extern const technique technique_effleurage;
const technique technique_effleurage = {
    .name = "effleurage",
    .doc = "long strokes in contact from one place to another, lifted on the way back",
    .params = params,
    .par_size = sizeof(effleurage),
    .duration = duration,
    .drive = drive_at,
    .events = events,
};
