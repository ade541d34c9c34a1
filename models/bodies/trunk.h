/* What curved bodies share: a skin that is a height over the plan (x, y), its chart, and columns of sheets under it.

        z ^      skin                        Columns stand upright, so the sides of the body stay plane and a sliding
          |  .-''''-._.-''''-.               support on them is what it says. A thickness is measured along the normal
          | /  fat    furrow  \\              of the skin: upright it is longer by sqrt(1 + slope^2).
          |/__ fascia _________\\
          |    muscle           |            A sheet is a layer of elements; its cells may belong to different regions.
          +---~~~ bone ~~~~~----+---> x */
#ifndef KNEAD_TRUNK_H
#define KNEAD_TRUNK_H
#include "sim/mesh/mesh.h"

typedef struct trunk_skin {
  double lo[2], hi[2]; /* plan: x and y, m */
  double s0;           /* s at y = 0, m: L5 is s = 0, also where it lies off the body */
  const void *shape;   /* handed back to height */
  double (*height)(const void *shape, double x, double y, double slope[2]); /* m; slope dz/dx, dz/dy */
} trunk_skin;

/* y of the midline at s. */
double trunk_midline(const trunk_skin *skin, double s);
int trunk_chart(const trunk_skin *skin, double s, double t, double x[3], double axes[9]);

typedef struct trunk_region {
  const char *name, *tissue;
  int nfam;
  double angle[2]; /* rad, of each family from headward to the side, away from the midline as it rises */
  double tilt;     /* rad, out of the sheet toward the skin as it rises */
} trunk_region;

/* Fibres of one cell, along its middle sheet; mesh->nfam families, those beyond the region's are zero. */
void trunk_fibre(mesh *m, int cell, const trunk_region *r);

typedef struct trunk_sheets {
  trunk_skin skin;
  int cells[2], n;                                                       /* n sheets, 0 the deepest */
  const double *line[2];                                                 /* grid lines in x and in y, m */
  double (*thickness)(const void *shape, int sheet, double x, double y); /* m, > 0 */
  int (*region)(const void *shape, int sheet, double x, double y);       /* of the cell with this centre */
  int nregion;                                                           /* at most BODY_LAYERS */
  const trunk_region *regions;
} trunk_sheets;

/* Mesh, regions that have a cell (in their order, numbered anew) and fibres. Supports and landmarks are the caller's.
 */
status trunk_mesh(const trunk_sheets *t, int nfam, arena *a, body_geometry *out) MUST_CHECK;

/* n elements over pieces between the given cuts, as evenly as whole numbers allow and at least one in each: writes n +
   1 lines. Without room for that (n < npiece) the lines are even and meet no cut. */
void trunk_lines(int npiece, const double *cut, int n, double *line);
/* The same along the spine, cut at half height between vertebrae, so that each spinous process is in the middle of an
   element and each gap on an edge, or near it. level: y of the spinous processes, upward. */
void trunk_lines_along(const trunk_skin *skin, int nlevel, const double *level, int n, double *line);

/* Appends a landmark when it lies on the body; returns whether it does. */
int trunk_landmark(const trunk_skin *skin, const char *name, double s, double t, body_geometry *out);

/* Vertebrae that turn about the discs between them, in the sagittal plane: the lowest part stays, each one above a disc
   turns with all below it and by that joint's own share. Between the middles of two neighbours what is rigid goes from
   the one to the other. */
enum { TRUNK_JOINTS = 18 };   /* room for those from L5 on S1 to C7 on T1 */
typedef struct trunk_motion { /* a group `motion` of a body */
  double axis, share[TRUNK_JOINTS];
} trunk_motion;
#define TRUNK_MOTION_ROWS(joints, shares, from, what)                                                                  \
  PARAM(trunk_motion, axis, .unit = "m", .lo = 0.02, .hi = 0.08, .preset = 0.04,                                       \
        .source = "assumed: a lamina, the spinal canal and half a disc",                                               \
        .doc = "depth of the discs' centres, about which vertebrae turn, below the laminae"),                          \
      PARAM(trunk_motion, share, .kind = PARAM_VECTOR, .max = joints, .lo = 0, .hi = 100, .preset_text = shares,       \
            .source = from, .doc = "how the joints share in flexion, from " what "; only ratios count")

typedef struct trunk_chain {
  int n;
  double y[TRUNK_JOINTS], z[TRUNK_JOINTS]; /* centres of the discs, upward, m */
  double middle[TRUNK_JOINTS + 1];         /* y of the parts that turn; [0]: the lowest, which stays */
  double share[TRUNK_JOINTS];              /* of the whole, any sum > 0 */
} trunk_chain;

/* Is there a joint that bends? */
status trunk_check_motion(const trunk_motion *motion, int njoint);
/* part [njoint + 1]: y of the parts that turn, from the lowest up. Discs lie half way between two of them, `laminae`
   and the motion's axis below the skin. */
trunk_chain trunk_chain_of(const trunk_skin *skin, const trunk_motion *motion, int njoint, const double *part,
                           double laminae);
/* Displacement u of X after a bend by `angle`, rad, positive: forward, the back grows longer. part NULL: as high as X
   is; else the vertebra to go with, 0 to n. */
void trunk_bend(const trunk_chain *c, double angle, const double X[3], const int *part, double u[3]);
extern const body_motion trunk_motions[]; /* flexion, by an angle */

/* 0 below 0, 1 above 1, with two continuous derivatives between. */
double trunk_step(double u);

#endif
