/* A thumb as a capsule that leans back over its rounded end; a light touch is that of a sphere of the same radius. */
#include "models/hands/solid.h"
#include "sim/kinds/hand.h"

static const param params[] = {
    PARAM(leaning, radius, .unit = "m", .lo = 0.002, .hi = 0.05, .preset = 0.01, .doc = "of the tip",
          .source = "assumed: small end of the 10-25 mm of deep tissue tools"),
    PARAM(leaning, length, .unit = "m", .lo = 0, .hi = 0.2, .preset = 0.03,
          .doc = "of the straight part behind the tip", .source = "assumed: last thumb joint"),
    PARAM(leaning, tilt, .unit = "rad", .lo = 0, .hi = 1.5707963267948966, .preset = 0.7853981633974483,
          .doc = "lean of the thumb away from upright, toward the head", .source = "assumed: 45 deg"),
    {0},
};

extern const hand hand_thumb;
const hand hand_thumb = {
    .name = "thumb",
    .doc = "end of a thumb: a leaning capsule that touches with its rounded cap",
    .params = params,
    .par_size = sizeof(leaning),
    .reach = leaning_reach,
    .gap = leaning_gap,
    .surface = leaning_surface,
};
