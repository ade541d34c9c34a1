/* A flat piece of back: skin, fat, fascia and muscle over a fixed underside (laminae and ribs are far stiffer than all
   of these). The chart's origin is L5 on the midline: s = y, t = x.

      y ^  T7 .                 The sides slide by default: the tissue around the piece keeps it from bulging outward
        |     .  landmarks      but lets it sink. Free sides would squeeze out fat under a broad hand; fixed ones would
        |  L5 .  (assumed)      carry part of the load. */
#include <stdio.h>
#include <string.h>
#include "sim/mesh/slab.h"

enum { MUSCLE, FASCIA, FAT, SKIN, NLAYER }; /* bottom to top */
static const char *const layer_names[NLAYER] = {"muscle", "fascia", "fat", "skin"};

/* From the tail up; T7 lies at about the lower tip of the shoulder blade. */
static const char *const levels[] = {"L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9", "T8", "T7"};
enum { NLEVEL = sizeof levels / sizeof *levels };

typedef struct grading {
  double toward_s, toward_t; /* m */
  double ratio;
} grading;

typedef struct layered_back {
  double size[2];                   /* across, along, m */
  int cells[2];                     /* across, along */
  double skin, fat, fascia, muscle; /* thickness, m */
  int layer_cells[NLAYER];          /* as the scenario says it: skin, fat, fascia, muscle */
  double muscle_grade;
  int sides;           /* support */
  double L5, level;    /* m */
  double muscle_angle; /* rad */
  int fascia_families;
  double fascia_angle; /* rad */
  grading grading;
} layered_back;

static const char *const supports[] = {"free", "sliding", "fixed", NULL}; /* in the order of `support` */

#define DEGREE (3.14159265358979323846 / 180)
#define QUARTER 1.5708 /* rad; rounded up, so that 90 deg passes */

static const param grading_rows[] = {
    PARAM(grading, toward_s, .unit = "m", .lo = -1, .hi = 1, .preset = 0.175, .source = "numerical",
          .doc = "s near which elements are small; the default is halfway from L5 to T7"),
    PARAM(grading, toward_t, .unit = "m", .lo = -1, .hi = 1, .preset = 0, .source = "numerical",
          .doc = "t near which elements are small"),
    PARAM(grading, ratio, .lo = 1, .hi = 100, .preset = 1, .source = "numerical",
          .doc = "farthest element over nearest, along and across; 1 is even"),
    {0}};

static const param params[] = {
    PARAM(layered_back, size, .kind = PARAM_VECTOR, .max = 2, .unit = "m", .lo = 0.01, .hi = 1,
          .preset_text = "[24 cm, 44 cm]", .source = "assumed: both paraspinal columns, from below L5 to above T7",
          .doc = "extent across and along the spine"),
    PARAM(layered_back, cells, .kind = PARAM_INTEGERS, .counts = COUNT_PLANE, .max = 2, .lo = 1, .hi = 500,
          .preset_text = "[16, 24]", .source = "numerical: 63 063 unknowns", .doc = "elements across and along"),
    PARAM(layered_back, skin, .unit = "m", .lo = 0.5e-3, .hi = 10e-3, .preset = 2e-3,
          .source = "assumed: 2-3 mm on the back", .doc = "thickness of the skin"),
    PARAM(layered_back, fat, .unit = "m", .lo = 1e-3, .hi = 0.1, .preset = 9e-3,
          .source = "between the cut-offs for women and men at L1-2, 8.45 and 9.40 mm: Eur Radiol 2022, "
                    "doi 10.1007/s00330-022-08775-7",
          .doc = "thickness of the fat under the skin"),
    PARAM(layered_back, fascia, .unit = "m", .lo = 0.2e-3, .hi = 5e-3, .preset = 1e-3,
          .source = "between MRI (median 0.86 mm) and ultrasound (1.5-2.9 mm): preprints 202602.0846",
          .doc = "thickness of the posterior thoracolumbar fascia"),
    PARAM(layered_back, muscle, .unit = "m", .lo = 5e-3, .hi = 0.1, .preset = 35e-3,
          .source = "assumed: erector spinae and multifidus 25-40 mm at L3", .doc = "thickness of the muscle"),
    PARAM(layered_back, layer_cells, .kind = PARAM_INTEGERS, .counts = COUNT_DEPTH, .max = NLAYER, .lo = 1, .hi = 32,
          .preset_text = "[1, 1, 1, 3]", .source = "numerical", .doc = "elements through skin, fat, fascia and muscle"),
    PARAM(layered_back, muscle_grade, .lo = 1, .hi = 100, .preset = 1.5, .source = "numerical",
          .doc = "deepest muscle element over the one under the fascia"),
    PARAM(layered_back, sides, .kind = PARAM_CHOICE, .choices = supports, .preset = SUPPORT_SLIDING,
          .source = "assumed: the tissue around resists outward motion and lets the piece sink",
          .doc = "support of the four sides"),
    PARAM(layered_back, L5, .unit = "m", .lo = 0, .hi = 1, .preset = 45e-3,
          .source = "numerical: a hand's half length of room, and as much above T7",
          .doc = "distance of L5 from the lower edge"),
    PARAM(layered_back, level, .unit = "m", .lo = 0.01, .hi = 0.06, .preset = 35e-3, .source = "assumed",
          .doc = "distance between neighbouring vertebrae"),
    PARAM(layered_back, muscle_angle, .unit = "rad", .lo = -QUARTER, .hi = QUARTER, .preset = 0,
          .source = "assumed: longissimus and iliocostalis near headward, at most 20 deg outward as they rise",
          .doc = "lean of the muscle fibres away from the midline as they rise"),
    PARAM(layered_back, fascia_families, .kind = PARAM_INTEGER, .lo = 1, .hi = 2, .preset = 2,
          .source = "two collagen families 75-80 deg apart, in fascia lata: Bonaldi 2023, "
                    "doi 10.3390/bioengineering10020226",
          .doc = "fibre families of the fascia: one, or two crossed ones"),
    PARAM(layered_back, fascia_angle, .unit = "rad", .lo = 0, .hi = QUARTER, .preset = 39 * DEGREE,
          .source = "half of 75-80 deg in fascia lata: Bonaldi 2023, doi 10.3390/bioengineering10020226",
          .doc = "angle of the fascia's families from headward, to both sides"),
    PARAM(layered_back, grading, .kind = PARAM_GROUP, .optional = 1, .rows = grading_rows, .row_size = sizeof(grading),
          .source = "numerical", .doc = "small elements near one place"),
    {0}};

static slab to_slab(const layered_back *c) {
  slab s = {.lo = {-0.5 * c->size[0], -c->L5},
            .hi = {0.5 * c->size[0], c->size[1] - c->L5},
            .cells = {c->cells[0], c->cells[1]},
            .toward = {c->grading.toward_t, c->grading.toward_s},
            .ratio = c->grading.ratio,
            .nlayer = NLAYER};
  s.layer[SKIN] = (slab_layer){c->skin, c->layer_cells[0], 1};
  s.layer[FAT] = (slab_layer){c->fat, c->layer_cells[1], 1};
  s.layer[FASCIA] = (slab_layer){c->fascia, c->layer_cells[2], 1};
  s.layer[MUSCLE] = (slab_layer){c->muscle, c->layer_cells[3], c->muscle_grade};
  return s;
}

/* Those of the levels that lie on the body. */
static int place_landmarks(const layered_back *c, landmark *out) {
  int n = 0;
  for (int i = 0; i < NLEVEL && i * c->level <= c->size[1] - c->L5; i++, n++) {
    snprintf(out[n].name, sizeof out[n].name, "%s", levels[i]);
    out[n].s = i * c->level, out[n].t = 0;
  }
  return n;
}

static status build(const void *par, arena *a, body_geometry *out) {
  const layered_back *c = par;
  slab s = to_slab(c);
  if (c->L5 >= c->size[1])
    FAIL(ST_INPUT, "body.L5: %g m from the lower edge is off a body of %g m; it must lie on it", c->L5, c->size[1]);
  TRY(slab_mesh(&s, c->fascia_families, a, &out->mesh));
  slab_fibre(out->mesh, MUSCLE, 0, c->muscle_angle, 1);
  slab_fibre(out->mesh, FASCIA, 0, c->fascia_angle, 0);
  if (c->fascia_families == 2) slab_fibre(out->mesh, FASCIA, 1, -c->fascia_angle, 0);

  out->nlayer = NLAYER;
  for (int l = 0; l < NLAYER; l++) {
    snprintf(out->layer[l], PARAM_TEXT_MAX, "%s", layer_names[l]);
    snprintf(out->tissue[l], PARAM_TEXT_MAX, "%s", layer_names[l]);
  }
  for (int f = 0; f < FACE_COUNT; f++) out->faces[f] = (support)c->sides;
  out->faces[FACE_BOTTOM] = SUPPORT_FIXED;
  out->faces[FACE_TOP] = SUPPORT_FREE;
  out->nlandmark = place_landmarks(c, out->landmarks);
  out->landmark_note = "assumed: evenly spaced";
  return ST_OK;
}

static int chart(const void *par, double s, double t, double x[3], double axes[9]) {
  slab shape = to_slab(par);
  return slab_chart(&shape, s, t, x, axes);
}

static void move(const void *par, int motion, double amount, int n, const double *X, double *u) {
  (void)motion; /* the only one */
  slab shape = to_slab(par);
  slab_lengthen(&shape, amount, n, X, u);
}

const body body_layered_back = {.name = "layered_back",
                                .doc = "skin, fat, fascia and muscle of a flat back over a fixed underside",
                                .params = params,
                                .par_size = sizeof(layered_back),
                                .build = build,
                                .chart = chart,
                                .motions = slab_motions,
                                .move = move};
