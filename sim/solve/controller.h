/* Step sizes: halve after a failure, grow after easy steps, land on events and frames. Decisions depend on the state of
   the run only, never on the clock or the number of threads. */
#ifndef KNEAD_CONTROLLER_H
#define KNEAD_CONTROLLER_H

typedef struct controller {
  double dt; /* what the next step would like to be, s */
  double least, most;
  int easy; /* iterations of a step that may grow */
} controller;

/* Step to take from t: dt, or to `stop` (the next event, frame or end) exactly; when less than 1.5 dt remains, the rest
   in one or two equal steps. *lands is 1 when the step ends on `stop`. */
double controller_step(const controller *c, double t, double stop, int *lands);
void controller_accept(controller *c, double taken, int iterations, int cut); /* cut: it was a retry */
int controller_reject(controller *c, double taken);                           /* 0: below the least */

#endif
