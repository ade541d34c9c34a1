#include <math.h>
#include "sim/solve/controller.h"

/* Numerical: a halved step grows back in a few steps; 1.5 never doubles the work of the one that just succeeded. */
static const double GROW = 1.5, SHRINK = 0.5;

double controller_step(const controller *c, double t, double stop, int *lands) {
  double left = stop - t;
  *lands = 0;
  if (left <= c->dt * (1 + 1e-12)) {
    *lands = 1;
    return left;
  }
  return left < 1.5 * c->dt ? 0.5 * left : c->dt;
}

void controller_accept(controller *c, double taken, int iterations, int cut) {
  if (cut) c->dt = taken;
  /* A step cut short by a frame says less about longer ones: from there at most to twice its length. */
  else if (iterations <= c->easy)
    c->dt = fmin(c->most, fmax(c->dt, fmin(GROW * c->dt, 2 * taken)));
  else if (iterations > 3 * c->easy)
    c->dt = fmax(c->least, 0.75 * fmin(c->dt, taken));
}

int controller_reject(controller *c, double taken) {
  c->dt = taken * SHRINK;
  return c->dt >= c->least;
}
