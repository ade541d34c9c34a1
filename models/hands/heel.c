/* Heel of a hand: the two pads below the wrist, as a thick ellipsoid, wide across the stroke. */
#include "models/hands/solid.h"
#include "sim/kinds/hand.h"

static const param params[] = {
    PARAM(ellipsoid, length, .unit = "m", .lo = 0.01, .hi = 0.2, .preset = 0.06, .doc = "along the stroke",
          .source = "assumed: the pads of thumb and little finger below the palm"),
    PARAM(ellipsoid, width, .unit = "m", .lo = 0.01, .hi = 0.2, .preset = 0.08, .doc = "across the stroke",
          .source = "assumed: a little less than an adult hand's breadth"),
    PARAM(ellipsoid, thickness, .unit = "m", .lo = 0.01, .hi = 0.2, .preset = 0.05,
          .doc = "along the press; the thinner, the flatter", .source = "assumed: touches 20-30 cm2 at 8 mm"),
    {0},
};

extern const hand hand_heel;
const hand hand_heel = {
    .name = "heel",
    .doc = "heel of a hand: a thick ellipsoid",
    .params = params,
    .par_size = sizeof(ellipsoid),
    .reach = ellipsoid_reach,
    .gap = ellipsoid_gap,
    .surface = ellipsoid_surface,
};
