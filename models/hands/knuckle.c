/* Knuckles of a fist: a small ellipsoid, wide across the stroke. */
#include "models/hands/solid.h"
#include "sim/kinds/hand.h"

static const param params[] = {
    PARAM(ellipsoid, length, .unit = "m", .lo = 0.005, .hi = 0.2, .preset = 0.036, .doc = "along the stroke",
          .source = "assumed: radius 10-25 mm of deep tissue tools"),
    PARAM(ellipsoid, width, .unit = "m", .lo = 0.005, .hi = 0.2, .preset = 0.06, .doc = "across the stroke",
          .source = "assumed: the middle joints of three fingers side by side"),
    PARAM(ellipsoid, thickness, .unit = "m", .lo = 0.005, .hi = 0.2, .preset = 0.036, .doc = "along the press",
          .source = "assumed: radius 10-25 mm of deep tissue tools"),
    {0},
};

extern const hand hand_knuckle;
const hand hand_knuckle = {
    .name = "knuckle",
    .doc = "back of a bent finger joint or a fist's front: a small ellipsoid",
    .params = params,
    .par_size = sizeof(ellipsoid),
    .reach = ellipsoid_reach,
    .gap = ellipsoid_gap,
    .surface = ellipsoid_surface,
};
