/* Contract: geometry, regions, fibres and the skin chart. x is the subject's right, y toward the head, z outward (a
   prone subject: up). */
#ifndef KNEAD_BODY_H
#define KNEAD_BODY_H
#include "sim/base/arena.h"
#include "sim/kinds/param.h"

struct mesh;

typedef enum face_id { FACE_XM, FACE_XP, FACE_YM, FACE_YP, FACE_BOTTOM, FACE_TOP, FACE_COUNT } face_id;
typedef enum support { SUPPORT_FREE, SUPPORT_SLIDING, SUPPORT_FIXED } support; /* sliding: the normal motion is held */

typedef struct landmark {
  char name[16];
  double s; /* along the spine toward the head, m, L5 = 0 */
  double t; /* to the subject's right, m; 0: on the midline */
} landmark;

/* A layer is a region with a name: cells of one sheet may belong to several (muscles side by side), and one region may
   fill several sheets. */
enum { BODY_LAYERS = 16, BODY_LANDMARKS = 32 };
typedef struct body_geometry {
  struct mesh *mesh; /* in the arena given to build */
  support faces[FACE_COUNT];
  int nlayer;
  char layer[BODY_LAYERS][PARAM_TEXT_MAX];  /* layer names, bottom to top; mesh->layer holds the index */
  char tissue[BODY_LAYERS][PARAM_TEXT_MAX]; /* key in the scenario's `tissue:` for each layer */
  int nlandmark;
  landmark landmarks[BODY_LANDMARKS];
  const char *landmark_note; /* e.g. "assumed: evenly spaced"; NULL when the body has none */
} body_geometry;

/* A motion that a body can make, such as a bend of its spine. */
typedef struct body_motion {
  const char *name, *doc; /* name NULL ends a list */
  const param *params;    /* one row, its amount, at offset 0 */
} body_motion;

typedef struct body {
  const char *name, *doc;
  const param *params;
  size_t par_size;
  status (*build)(const void *par, arena *a, body_geometry *out);
  /* Chart: point x[3] on the undeformed skin at (s, t) and the frame there as rows of axes[9]: along, across, inward
     normal, orthonormal. s is the length along the midline of the skin, t that from the midline along the skin in the
     plane across it. No curved skin has both everywhere: beside the midline a step of s is longer or shorter than s
     says. Returns 0 when (s, t) is off the body. */
  int (*chart)(const void *par, double s, double t, double x[3], double axes[9]);
  const body_motion *motions; /* NULL: it stays where it is */
  /* How far an amount of a motion takes what is rigid at X [n][3] of the undeformed body: u [n][3], m. Nothing,
     exactly, at 0; smooth in the amount. Asked for whatever a support holds. NULL when motions is. */
  void (*move)(const void *par, int motion, double amount, int n, const double *X, double *u);
} body;

#endif
