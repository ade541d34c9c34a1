/* Ball head of a percussion gun. */
#include "models/hands/solid.h"
#include "sim/kinds/hand.h"

static const param params[] = {
    PARAM(leaning, radius, .unit = "m", .lo = 0.002, .hi = 0.1, .preset = 0.022, .doc = "of the ball",
          .source = "assumed: usual balls have diameters of 40-50 mm"),
    {0},
};

/* A capsule without length: length and tilt have no rows and stay 0. */
extern const hand hand_ball_head;
const hand hand_ball_head = {
    .name = "ball_head",
    .doc = "ball head of a percussion gun",
    .params = params,
    .par_size = sizeof(leaning),
    .reach = leaning_reach,
    .gap = leaning_gap,
    .surface = leaning_surface,
};
