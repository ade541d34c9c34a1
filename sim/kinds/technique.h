/* Contract: a technique is where a hand is asked to be, as a function of time. */
#ifndef KNEAD_TECHNIQUE_H
#define KNEAD_TECHNIQUE_H
#include "sim/kinds/param.h"

typedef enum drive_mode {
  DRIVE_FREE = 0, /* lifted: no contact is asked for */
  DRIVE_MOVE,     /* the position is prescribed */
  DRIVE_FORCE     /* the force is prescribed, the position is an unknown */
} drive_mode;

/* Axes 0-2: along (toward the head), across (to the subject's right), inward normal of the undeformed skin at the
   chart point; 3-5: rotations about them. Velocities are the analytic derivatives of the path. */
typedef struct drive {
  double along, across; /* chart position, m */
  double depth;         /* of the tool's lowest point below the undeformed skin, m; used when normal mode is MOVE */
  double force;         /* along the inward normal, N; used when normal mode is FORCE */
  double rot[4];        /* quaternion x y z w of the tool in the skin frame; identity: tool axis = outward normal */
  double vel[2];        /* d(along)/dt, d(across)/dt, m/s */
  drive_mode normal;    /* mode of the inward axis; tangential axes and rotations are always MOVE for now */
} drive;

/* Cycles that are exactly alike: at first + k period + u, for k < count and u < period, place, depth and load are those
   at first + u. */
typedef struct technique_cycle {
  double first, period; /* s */
  int count;            /* 0: none */
} technique_cycle;

typedef struct technique {
  const char *name, *doc;
  const param *params;
  size_t par_size;
  double (*duration)(const void *par); /* s, > 0 */
  /* 0 <= t <= duration. Place, force and a prescribed depth are continuous with their first derivatives. At both ends
     the force is 0, and a prescribed depth is not below the skin. */
  void (*drive)(const void *par, double t, drive *out);
  /* Times inside (0, duration) at which the path has a kink (touch-down end, reversal): written to t[max], count
     returned. The step lands on each. */
  int (*events)(const void *par, int max, double *t);
  /* So quick that the body's mass matters: the time in which its load comes and goes once, s. A session with such a
     technique is run with inertia (`time: {inertia: auto}`) and enough steps in it. NULL: slow; a sequence of
     equilibria will do. */
  double (*period)(const void *par);
  /* Its cycles, of which many may be jumped over (`time: {cycles: jump}`). NULL: it does nothing twice, or not in the
     same place. */
  technique_cycle (*cycle)(const void *par);
  /* What is wrong with the parameters together, as of a material. */
  const char *(*refuse)(const void *par, char *why, size_t size);
} technique;

#endif
