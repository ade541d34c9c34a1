/* Strokes in contact along a straight line on the chart, always the same way, with a return between them: lifted, or
   with a light touch.

   force  __/~~~~~~~~~~\__            __/~~~~~~~~~~\__
   place  from  ->  to   .   return   .  from  ->  to
          land  stroke lift    back      land  stroke lift

   The hand lands and lifts at rest, so that the skin is not sheared by a hand that has no grip yet; in between it gains
   its speed within `gain`, keeps it, and loses it. Equal offsets in `from` and `to` keep it parallel to the spine.
   After the last stroke it lifts where it is. */
#ifndef KNEAD_TECHNIQUES_STROKE_H
#define KNEAD_TECHNIQUES_STROKE_H
#include <cglm/cglm.h>
#include "models/techniques/path.h"

typedef struct stroke {
  place from, to;
  double press, speed;
  int intensity, repeat;
  double ramp, gain, back, lift, light;
} stroke;

/* What follows from the parameters. */
typedef struct stroke_plan {
  double gain, stroke, cycle, back, total; /* s; cycle: land, stroke, lift */
  double dir[2];                           /* unit vector from `from` to `to`, 0 when they are one place */
} stroke_plan;

static inline stroke_plan stroke_make_plan(const stroke *c) {
  double d[2] = {c->to.s - c->from.s, c->to.t - c->from.t}, length = hypot(d[0], d[1]);
  stroke_plan p = {0};
  p.gain = path_gain(length, c->speed, c->gain);
  p.stroke = path_time(length, c->speed, c->gain);
  p.cycle = p.stroke + 2 * c->ramp;
  p.back = length / c->back;
  p.total = c->repeat * p.cycle + (c->repeat - 1) * p.back;
  for (int i = 0; i < 2 && length > 0; i++) p.dir[i] = d[i] / length;
  return p;
}

static inline double stroke_duration(const void *par) {
  return stroke_make_plan(par).total;
}

/* The lifted return at time t of p->back: a cubic Bezier arc on the chart whose end tangents lead out of the last
   stroke and into the next. Its two inner way-points are cglm's; ends and evaluation are double, so that the arc begins
   and ends exactly where the strokes do. */
static inline void stroke_fly_back(const stroke *c, const stroke_plan *p, double t, drive *out) {
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

/* The return in contact: straight, in double. */
static inline void stroke_glide_back(const stroke *c, const stroke_plan *p, double t, drive *out) {
  double slope, u = path_ease(t / p->back, &slope);
  out->along = c->to.s + u * (c->from.s - c->to.s);
  out->across = c->to.t + u * (c->from.t - c->to.t);
  out->vel[0] = slope / p->back * (c->from.s - c->to.s);
  out->vel[1] = slope / p->back * (c->from.t - c->to.t);
}

/* press: full force, N. */
static inline void stroke_drive(const stroke *c, double press, double t, drive *out) {
  stroke_plan p = stroke_make_plan(c);
  double period = p.cycle + p.back, force = path_pulses(t, c->repeat, p.cycle, period, c->ramp, c->ramp, c->light);
  int lap = (int)fmin(fmax(floor(t / period), 0), c->repeat - 1);
  t -= lap * period;
  if (t > p.cycle && lap < c->repeat - 1) {
    path_start(c->to.s, c->to.t, out);
    if (c->light > 0)
      stroke_glide_back(c, &p, t - p.cycle, out);
    else
      stroke_fly_back(c, &p, t - p.cycle, out);
    path_press(press * force, out);
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
  path_press(press * force, out);
}

static inline int stroke_events(const void *par, int max, double *t) {
  const stroke *c = par;
  stroke_plan p = stroke_make_plan(c);
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

/* A stroke and its return. With a light touch on the way back, the first begins and the last ends without it. */
static inline technique_cycle stroke_cycle(const void *par) {
  const stroke *c = par;
  stroke_plan p = stroke_make_plan(c);
  int apart = c->light > 0;
  double period = p.cycle + p.back;
  return (technique_cycle){apart * period, period, c->repeat - 1 - apart};
}

#endif
