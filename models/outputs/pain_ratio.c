/* Pressure of a hand over what people with low back pain call painful, `limits.pain_low_back_pain`: 1 is the threshold.
   0 where no threshold is known. A threshold belongs to a probe of 1 cm2; a point of the skin is a strict measure. */
#include "sim/kinds/output.h"
#include "sim/state/model.h"

static double skin(const struct model *m, double pressure) {
  double pain = m->limits.pain[LIMIT_LOW_BACK_PAIN];
  return pain > 0 ? pressure / pain : 0;
}

extern const output output_pain_ratio;
const output output_pain_ratio = {.name = "pain_ratio",
                                  .unit = "1",
                                  .ncomp = 1,
                                  .of = "skin_pressure",
                                  .skin = skin,
                                  .doc = "skin_pressure over the pressure pain threshold with low back pain"};
