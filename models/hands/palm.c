/* A flat hand as an ellipsoid. Real palms are soft and keep closer to the body; the default curvature is chosen so that
   an indentation of 6 mm touches 40-80 cm^2 (80-150 cm^2 are usual in effleurage). */
#include "models/hands/solid.h"
#include "sim/kinds/hand.h"

static const param params[] = {
    PARAM(ellipsoid, length, .unit = "m", .lo = 0.02, .hi = 0.4, .preset = 0.18,
          .doc = "from the wrist to the finger tips", .source = "assumed: adult hand length"),
    PARAM(ellipsoid, width, .unit = "m", .lo = 0.02, .hi = 0.2, .preset = 0.085,
          .doc = "across the knuckles, thumb not counted", .source = "assumed: adult hand breadth"),
    PARAM(ellipsoid, thickness, .unit = "m", .lo = 0.005, .hi = 0.1, .preset = 0.03,
          .doc = "the thinner, the flatter the palm", .source = "assumed: flat enough to touch 40-80 cm2 at 6 mm"),
    {0},
};

extern const hand hand_palm;
const hand hand_palm = {
    .name = "palm",
    .doc = "flat hand with the fingers along the stroke: an ellipsoid",
    .params = params,
    .par_size = sizeof(ellipsoid),
    .reach = ellipsoid_reach,
    .gap = ellipsoid_gap,
    .surface = ellipsoid_surface,
};
