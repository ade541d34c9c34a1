/* The olecranon as the rounded end of a capsule; a broader, blunter thumb. */
#include "models/hands/solid.h"
#include "sim/kinds/hand.h"

static const param params[] = {
    PARAM(leaning, radius, .unit = "m", .lo = 0.005, .hi = 0.08, .preset = 0.02, .doc = "of the point of the elbow",
          .source = "assumed: within the 10-25 mm of deep tissue tools"),
    PARAM(leaning, length, .unit = "m", .lo = 0, .hi = 0.4, .preset = 0.1, .doc = "of the forearm behind it",
          .source = "assumed: what can come near the skin"),
    PARAM(leaning, tilt, .unit = "rad", .lo = 0, .hi = 1.5707963267948966, .preset = 0.7853981633974483,
          .doc = "lean of the forearm away from upright, toward the head", .source = "assumed: 45 deg"),
    {0},
};

extern const hand hand_elbow;
const hand hand_elbow = {
    .name = "elbow",
    .doc = "point of the elbow: a leaning capsule with a broad rounded cap",
    .params = params,
    .par_size = sizeof(leaning),
    .reach = leaning_reach,
    .gap = leaning_gap,
    .surface = leaning_surface,
};
