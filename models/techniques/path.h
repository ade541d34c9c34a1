/* What techniques are made of: smooth ramps with their derivatives.

   cglm is single precision. It makes what is fixed for a whole session or never touches the skin (way-points of a
   lifted return, the height of a lifted hand). Whatever moves a hand in contact is computed here in double, with its
   analytic derivative: a position rounded to float (1e-8 m at 0.2 m) jumps between two Newton iterations of a small
   step by more than the contact tolerates, and a difference of two such positions is no velocity. */
#ifndef KNEAD_TECHNIQUES_PATH_H
#define KNEAD_TECHNIQUES_PATH_H
#include <math.h>
#include "sim/kinds/technique.h"

/* glm's cubic "smoothstep" in double: 0 before u = 0, 1 after u = 1, slope 0 at both. slope: d/du; NULL: not needed. */
static inline double path_ease(double u, double *slope) {
  u = fmin(fmax(u, 0), 1);
  if (slope) *slope = 6 * u * (1 - u);
  return u * u * (3 - 2 * u);
}

/* Up in [0, up], 1 until `total - down`, back to 0 at `total`; smooth everywhere. slope: d/dt. */
static inline double path_hill(double t, double total, double up, double down, double *slope) {
  double a, b, rise = path_ease(t / up, &a), fall = path_ease((total - t) / down, &b);
  if (slope) *slope = a / up * fall - rise * b / down;
  return rise * fall;
}

/* Distance covered after time t by a motion that gains its speed in `gain` seconds, keeps it, and loses it in the last
   `gain` seconds of `total` (2 gain <= total); in units of full speed times seconds, total - gain at the end. The speed
   is path_hill with up = down = gain, so this is its integral: int_0^u (3 s^2 - 2 s^3) ds = u^3 - u^4/2 on each ramp.
 */
static inline double path_travel(double t, double total, double gain) {
  double u = fmin(fmax(t / gain, 0), 1), w = fmin(fmax((total - t) / gain, 0), 1);
  double in = gain * u * u * u * (1 - 0.5 * u), out = gain * w * w * w * (1 - 0.5 * w);
  double full = fmin(fmax(t - gain, 0), total - 2 * gain);
  return in + full + (0.5 * gain - out);
}

/* Share of the full load of n pulses, each of `pulse` seconds with its ramps up and down, one every `period` seconds;
   between them `low` of it stays. Smooth, and 0 at both ends. */
static inline double path_pulses(double t, int n, double pulse, double period, double up, double down, double low) {
  int k = (int)fmin(fmax(floor(t / period), 0), n - 1);
  double whole = path_hill(t, (n - 1) * period + pulse, up, down, NULL);
  return low * whole + (1 - low) * path_hill(t - k * period, pulse, up, down, NULL);
}

/* That gain for a way of `length` at `speed`: a short way is a triangle of speed. */
static inline double path_gain(double length, double speed, double gain) {
  return fmin(gain, length / speed);
}
/* The time such a way takes, `total` of path_travel. */
static inline double path_time(double length, double speed, double gain) {
  return length > 0 ? length / speed + path_gain(length, speed, gain) : 0;
}

/* To and fro between 0 and 1 from time 0 on, n whole periods; at rest at 0 before and after. slope: d/dt. */
static inline double path_swing(double t, double frequency, int n, double *slope) {
  double w = 2 * M_PI * frequency, total = n / frequency;
  int moves = t > 0 && t < total;
  if (slope) *slope = moves ? 0.5 * w * sin(w * t) : 0;
  return moves ? 0.5 * (1 - cos(w * t)) : 0;
}

/* Periods that hold `periods`: the next whole number, at least 1. 1e-9: what rounding may add to a whole one. */
static inline int path_whole(double periods) {
  return (int)fmax(ceil(periods - 1e-9), 1);
}

/* A drive that asks for nothing, upright at a place. */
static inline void path_start(double along, double across, drive *out) {
  *out = (drive){.along = along, .across = across, .rot = {0, 0, 0, 1}, .normal = DRIVE_FREE};
}

/* Asks for a force. Below a nano-newton, which only rounding at the ends of a ramp gives, the hand is lifted. */
static inline void path_press(double force, drive *out) {
  out->force = force > 1e-9 ? force : 0;
  out->normal = out->force > 0 ? DRIVE_FORCE : DRIVE_FREE;
}

/* Appends an event if it lies strictly inside (0, duration) and there is room. */
static inline int path_event(int n, int max, double *t, double at, double duration) {
  if (n < max && at > 0 && at < duration) t[n++] = at;
  return n;
}

#endif
