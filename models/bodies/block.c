/* A box of named layers, for material tests, indentation and convergence studies.

        head (y+)            z = 0 is the underside, the skin is the top; layers are given from the top down,
     +------------+          as a therapist meets them.
     |            |
left |     + y    | right    origin: centre   x = 0, y = 0 in the middle of the base
(x-) |     +-> x  | (x+)     origin: corner   x = 0 and y = 0 are faces: quarter models, with left and tail sliding
     +------------+
        tail (y-)            The chart is s = y, t = x, so a quarter model's axis is at s = 0, t = 0. */
#include <string.h>
#include "sim/mesh/slab.h"

enum { LAYER_CELLS_MAX = 64 };

typedef struct layer {
  char name[PARAM_TEXT_MAX], tissue[PARAM_TEXT_MAX];
  double thickness; /* m */
  int cells;
  double grade;
  double fibre, fibre2; /* rad; NAN: none */
} layer;

typedef struct faces {
  int left, right, tail, head, bottom, top; /* support */
} faces;

typedef struct grading {
  double toward_x, toward_y; /* m */
  double ratio;
} grading;

typedef struct block {
  double size[2]; /* m */
  int origin;
  int cells[2];
  int nlayer;
  layer layers[BODY_LAYERS];
  faces faces;
  grading grading;
  double distort;
} block;

enum { ORIGIN_CENTRE, ORIGIN_CORNER };
static const char *const origins[] = {"centre", "corner", NULL};
static const char *const supports[] = {"free", "sliding", "fixed", NULL}; /* in the order of `support` */

#define TURN 6.2832 /* rad; rounded up, so that 360 deg passes */

static const param layer_rows[] = {
    PARAM(layer, name, .kind = PARAM_TEXT, .doc = "what the layer is called in results"),
    PARAM(layer, tissue, .kind = PARAM_TEXT, .optional = 1, .source = "the layer's name",
          .doc = "its entry under `tissue:`; the layer's name when left out"),
    PARAM(layer, thickness, .unit = "m", .lo = 1e-5, .hi = 10, .preset = NAN, .doc = "thickness"),
    PARAM(layer, cells, .kind = PARAM_INTEGER, .counts = COUNT_DEPTH, .lo = 1, .hi = LAYER_CELLS_MAX, .preset = 1,
          .source = "numerical", .doc = "elements through the thickness"),
    PARAM(layer, grade, .lo = 0.01, .hi = 100, .preset = 1, .source = "numerical",
          .doc = "lowest element over uppermost: above 1 puts the small ones near the top"),
    PARAM(layer, fibre, .unit = "rad", .lo = -TURN, .hi = TURN, .preset = NAN, .optional = 1,
          .doc = "direction of its fibres in the plane, from headward (y) toward the right (x); none when left out"),
    PARAM(layer, fibre2, .unit = "rad", .lo = -TURN, .hi = TURN, .preset = NAN, .optional = 1,
          .doc = "direction of a second family of fibres; none when left out"),
    {0}};

#define FACE(member, fallback, where)                                                                                  \
  PARAM(faces, member, .kind = PARAM_CHOICE, .choices = supports, .preset = (fallback), .source = "numerical",         \
        .doc = "support of the " where " face")
static const param face_rows[] = {FACE(left, SUPPORT_FREE, "x-"),
                                  FACE(right, SUPPORT_FREE, "x+"),
                                  FACE(tail, SUPPORT_FREE, "y-"),
                                  FACE(head, SUPPORT_FREE, "y+"),
                                  FACE(bottom, SUPPORT_FIXED, "lower"),
                                  FACE(top, SUPPORT_FREE, "upper"),
                                  {0}};

static const param grading_rows[] = {PARAM(grading, toward_x, .unit = "m", .lo = -10, .hi = 10, .preset = 0,
                                           .source = "numerical", .doc = "x near which elements are small"),
                                     PARAM(grading, toward_y, .unit = "m", .lo = -10, .hi = 10, .preset = 0,
                                           .source = "numerical", .doc = "y near which elements are small"),
                                     PARAM(grading, ratio, .lo = 1, .hi = 1000, .preset = 1, .source = "numerical",
                                           .doc = "farthest element over nearest, in x and in y; 1 is even"),
                                     {0}};

static const param params[] = {
    PARAM(block, size, .kind = PARAM_VECTOR, .max = 2, .unit = "m", .lo = 1e-4, .hi = 10, .preset = NAN,
          .doc = "extent in x and in y"),
    PARAM(block, origin, .kind = PARAM_CHOICE, .choices = origins, .preset = ORIGIN_CENTRE, .source = "numerical",
          .doc = "where x = 0, y = 0 is on the base"),
    PARAM(block, cells, .kind = PARAM_INTEGERS, .counts = COUNT_PLANE, .max = 2, .lo = 1, .hi = 1000, .preset = NAN,
          .doc = "elements in x and in y"),
    PARAM(block, layers, .kind = PARAM_LIST, .max = BODY_LAYERS, .rows = layer_rows, .row_size = sizeof(layer),
          .count_offset = offsetof(block, nlayer), .doc = "layers from the top (skin) down"),
    PARAM(block, faces, .kind = PARAM_GROUP, .optional = 1, .rows = face_rows, .row_size = sizeof(faces),
          .source = "numerical", .doc = "supports of the six faces"),
    PARAM(block, grading, .kind = PARAM_GROUP, .optional = 1, .rows = grading_rows, .row_size = sizeof(grading),
          .source = "numerical", .doc = "small elements near one place"),
    PARAM(block, distort, .lo = 0, .hi = 0.3, .preset = 0, .source = "numerical",
          .doc = "corners inside move by up to this part of an element, for convergence tests"),
    {0}};

static double family(const layer *l, int k) {
  return k ? l->fibre2 : l->fibre;
}

static slab to_slab(const block *c) {
  slab s = {.cells = {c->cells[0], c->cells[1]},
            .toward = {c->grading.toward_x, c->grading.toward_y},
            .ratio = c->grading.ratio,
            .nlayer = c->nlayer};
  for (int d = 0; d < 2; d++) {
    s.lo[d] = c->origin == ORIGIN_CORNER ? 0 : -0.5 * c->size[d];
    s.hi[d] = s.lo[d] + c->size[d];
  }
  for (int l = 0; l < c->nlayer; l++) {
    const layer *from = &c->layers[c->nlayer - 1 - l]; /* the scenario's list runs down, the mesh up */
    s.layer[l] = (slab_layer){from->thickness, from->cells, from->grade};
  }
  return s;
}

static status check_names(const block *c) {
  if (c->nlayer < 1) FAIL(ST_INPUT, "body.layers: at least one layer is needed");
  for (int l = 0; l < c->nlayer; l++) {
    if (!c->layers[l].name[0]) FAIL(ST_INPUT, "body.layers[%d].name: it is empty", l);
    for (int m = 0; m < l; m++)
      if (!strcmp(c->layers[l].name, c->layers[m].name))
        FAIL(ST_INPUT, "body.layers[%d].name: '%s' is layers[%d] already; each layer needs a name of its own", l,
             c->layers[l].name, m);
  }
  return ST_OK;
}

static status build(const void *par, arena *a, body_geometry *out) {
  const block *c = par;
  slab s = to_slab(c);
  int nfam = 0, worst;
  TRY(check_names(c));
  for (int l = 0; l < c->nlayer; l++)
    for (int k = 0; k < 2; k++)
      if (!isnan(family(&c->layers[l], k)) && k >= nfam) nfam = k + 1;
  TRY(slab_mesh(&s, nfam, a, &out->mesh));
  slab_distort(out->mesh, c->distort);
  if (!(mesh_quality(out->mesh, &worst) > 0))
    FAIL(ST_INPUT, "body.distort: %g turns element %d inside out; try a smaller value", c->distort, worst);

  out->nlayer = c->nlayer;
  for (int l = 0; l < c->nlayer; l++) {
    const layer *from = &c->layers[c->nlayer - 1 - l];
    memcpy(out->layer[l], from->name, PARAM_TEXT_MAX);
    memcpy(out->tissue[l], from->tissue[0] ? from->tissue : from->name, PARAM_TEXT_MAX);
    for (int k = 0; k < nfam; k++)
      if (!isnan(family(from, k))) slab_fibre(out->mesh, l, k, family(from, k), 0);
  }
  const faces *f = &c->faces;
  out->faces[FACE_XM] = (support)f->left, out->faces[FACE_XP] = (support)f->right;
  out->faces[FACE_YM] = (support)f->tail, out->faces[FACE_YP] = (support)f->head;
  out->faces[FACE_BOTTOM] = (support)f->bottom, out->faces[FACE_TOP] = (support)f->top;
  out->nlandmark = 0;
  out->landmark_note = NULL;
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

const body body_block = {.name = "block",
                         .doc = "a box of named layers with a support on each face",
                         .params = params,
                         .par_size = sizeof(block),
                         .build = build,
                         .chart = chart,
                         .motions = slab_motions,
                         .move = move};
