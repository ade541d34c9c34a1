/* A body meshed elsewhere: hexahedra of Gmsh under a skin, best in columns. Physical volumes are its layers, and each
   is the tissue of that name; the physical surface `skin` is what hands touch. Hexahedra that are no grid of columns
   run with the direct preconditioner, up to its limit; their faces are the physical surfaces `left`, `right`, `tail`,
   `head`, `bottom`, or `sides` for the four in one. The file is in Gmsh's coordinates times `unit`: x to the subject's
   right, y to the head, z out of the skin.

   The chart is that of the curved bodies on the mesh's own skin, which has to be a height over the plan: s from the
   place called L5 along x = 0, t from there across. */
#include <math.h>
#include <string.h>
#include "models/bodies/trunk.h"
#include "sim/mesh/gmsh.h"

typedef struct layer {
  char name[PARAM_TEXT_MAX], tissue[PARAM_TEXT_MAX];
  double fibre, fibre2; /* rad; NAN: none */
} layer;

typedef struct mark {
  char name[PARAM_TEXT_MAX];
  double at[2]; /* s, t */
} mark;

typedef struct gmsh_body {
  char file[PARAM_TEXT_MAX], skin[PARAM_TEXT_MAX];
  double unit;
  double L5;
  int nlayer, nmark;
  layer layers[BODY_LAYERS];
  mark landmarks[BODY_LANDMARKS];
  int sides, bottom;
  const mesh *mesh; /* made by build, for the chart */
  double *box;      /* [nskin][4] of facets in the plan: x, then y; of a mesh without columns, else NULL */
} gmsh_body;

static const char *const supports[] = {"free", "sliding", "fixed", NULL}; /* in the order of `support` */

#define TURN 6.2832 /* rad; rounded up, so that 360 deg passes */

static const param layer_rows[] = {
    PARAM(layer, name, .kind = PARAM_TEXT, .doc = "physical volume of the file"),
    PARAM(layer, tissue, .kind = PARAM_TEXT, .optional = 1, .source = "the layer's name",
          .doc = "its entry under `tissue:`; the volume's name when left out"),
    PARAM(layer, fibre, .unit = "rad", .lo = -TURN, .hi = TURN, .preset = NAN, .optional = 1,
          .doc = "direction of its fibres from headward outward, away from x = 0 as they rise; none when left out"),
    PARAM(layer, fibre2, .unit = "rad", .lo = -TURN, .hi = TURN, .preset = NAN, .optional = 1,
          .doc = "direction of a second family"),
    {0}};

static const param mark_rows[] = {
    PARAM(mark, name, .kind = PARAM_TEXT, .doc = "what scenarios call it, at most 15 letters"),
    PARAM(mark, at, .kind = PARAM_VECTOR, .max = 2, .unit = "m", .lo = -2, .hi = 2, .preset = NAN,
          .doc = "along the midline from L5 and across, on the skin"),
    {0}};

static const param params[] = {
    PARAM(gmsh_body, file, .kind = PARAM_TEXT,
          .doc = "mesh of Gmsh, version 4.1 in text; its place is told from where the program is started"),
    PARAM(gmsh_body, skin, .kind = PARAM_TEXT, .preset_text = "skin", .source = "numerical: a name",
          .doc = "physical surface that hands touch"),
    PARAM(gmsh_body, unit, .unit = "m", .lo = 1e-6, .hi = 1e3, .preset = NAN,
          .doc = "what 1 means in the file, for example 1 mm"),
    PARAM(gmsh_body, L5, .unit = "m", .lo = -10, .hi = 10, .preset = 0, .source = "numerical: the file's own origin",
          .doc = "y of L5, from which lengths along the skin count"),
    PARAM(gmsh_body, layers, .kind = PARAM_LIST, .max = BODY_LAYERS, .optional = 1, .rows = layer_rows,
          .row_size = sizeof(layer), .count_offset = offsetof(gmsh_body, nlayer),
          .source = "numerical: every volume is the tissue of its name, without fibres",
          .doc = "tissues and fibres of physical volumes, where they are not plain"),
    PARAM(gmsh_body, landmarks, .kind = PARAM_LIST, .max = BODY_LANDMARKS, .optional = 1, .rows = mark_rows,
          .row_size = sizeof(mark), .count_offset = offsetof(gmsh_body, nmark), .source = "numerical: none",
          .doc = "names of places on the skin"),
    PARAM(gmsh_body, sides, .kind = PARAM_CHOICE, .choices = supports, .preset = SUPPORT_SLIDING,
          .source = "assumed: the tissue around resists outward motion and lets the piece sink",
          .doc = "support of the four sides; sliding sides must be plane"),
    PARAM(gmsh_body, bottom, .kind = PARAM_CHOICE, .choices = supports, .preset = SUPPORT_FIXED,
          .source = "numerical: bone", .doc = "support of the underside"),
    {0}};

/* --------------------------------------------------------------------------------------------- the skin as a height */

static void shape(double u, double N[3], double dN[3]) {
  N[0] = 0.5 * u * (u - 1), N[1] = 1 - u * u, N[2] = 0.5 * u * (u + 1);
  dN[0] = u - 0.5, dN[1] = -2 * u, dN[2] = u + 0.5;
}

/* Position and both tangents of a facet at u. */
static void facet(const mesh *m, int f, const double u[2], double p[3], double a[3], double b[3]) {
  double N[2][3], dN[2][3];
  for (int d = 0; d < 2; d++) shape(u[d], N[d], dN[d]);
  for (int d = 0; d < 3; d++) p[d] = a[d] = b[d] = 0;
  for (int n = 0; n < FACET_NODES; n++)
    for (int d = 0; d < 3; d++) {
      double x = m->x[3 * (size_t)m->skin[FACET_NODES * f + n] + (size_t)d];
      p[d] += x * N[0][n % 3] * N[1][n / 3];
      a[d] += x * dN[0][n % 3] * N[1][n / 3], b[d] += x * N[0][n % 3] * dN[1][n / 3];
    }
}

/* The plane of u where a facet has (x, y), by Newton. */
static void find_in(const mesh *m, int f, double x, double y, double u[2]) {
  double p[3], a[3], b[3];
  u[0] = u[1] = 0;
  for (int it = 0; it < 8; it++) {
    facet(m, f, u, p, a, b);
    double det = a[0] * b[1] - a[1] * b[0], rx = x - p[0], ry = y - p[1];
    double du[2] = {(rx * b[1] - ry * b[0]) / det, (ry * a[0] - rx * a[1]) / det};
    for (int d = 0; d < 2; d++) u[d] = fmin(fmax(u[d] + du[d], -4), 4); /* a far point needs its direction only */
    if (fabs(du[0]) + fabs(du[1]) < 1e-14) break;
  }
}

static const double edge = 1 + 1e-9; /* of a facet, in u */

/* In columns: on to the neighbour that u points to. Beyond the edge the last facet goes on; *out says so. */
static int walk(const mesh *m, double x, double y, double u[2], int *out) {
  int i = m->nx / 2, j = m->ny / 2;
  *out = 1;
  for (int step = 0; step < 4 * (m->nx + m->ny); step++) {
    find_in(m, j * m->nx + i, x, y, u);
    int ni = i + (u[0] > edge) - (u[0] < -edge), nj = j + (u[1] > edge) - (u[1] < -edge);
    ni = ni < 0 ? 0 : ni >= m->nx ? m->nx - 1 : ni, nj = nj < 0 ? 0 : nj >= m->ny ? m->ny - 1 : nj;
    if (ni == i && nj == j) {
      *out = fabs(u[0]) > edge || fabs(u[1]) > edge;
      break;
    }
    i = ni, j = nj;
  }
  return j * m->nx + i;
}

/* In any order: all facets whose box holds the point. Off the skin the facet nearest by its centre goes on. */
static int search(const gmsh_body *c, double x, double y, double u[2], int *out) {
  const mesh *m = c->mesh;
  double best = HUGE_VAL;
  int near = 0;
  for (int f = 0; f < m->nskin; f++) {
    const double *box = c->box + 4 * f;
    double dx = x - 0.5 * (box[0] + box[1]), dy = y - 0.5 * (box[2] + box[3]);
    if (dx * dx + dy * dy < best) best = dx * dx + dy * dy, near = f;
    if (x < box[0] || x > box[1] || y < box[2] || y > box[3]) continue;
    find_in(m, f, x, y, u);
    *out = fabs(u[0]) > edge || fabs(u[1]) > edge;
    if (!*out) return f;
  }
  find_in(m, near, x, y, u);
  *out = 1;
  return near;
}

static double height(const gmsh_body *c, double x, double y, double slope[2], int *out) {
  const mesh *m = c->mesh;
  double p[3], a[3], b[3], u[2];
  int f = mesh_in_columns(m) ? walk(m, x, y, u, out) : search(c, x, y, u, out);
  facet(m, f, u, p, a, b);
  double det = a[0] * b[1] - a[1] * b[0];
  slope[0] = (a[2] * b[1] - b[2] * a[1]) / det, slope[1] = (b[2] * a[0] - a[2] * b[0]) / det;
  return p[2] + slope[0] * (x - p[0]) + slope[1] * (y - p[1]); /* the last two: beyond the edge */
}

/* Boxes of the facets in the plan, wider by a tenth for edges that bulge; each facet has to be seen from above. */
static status make_boxes(gmsh_body *c, const mesh *m, arena *a) {
  NEW(a, c->box, 4 * (size_t)m->nskin);
  for (int f = 0; f < m->nskin; f++) {
    double *box = c->box + 4 * f;
    for (int d = 0; d < 2; d++) {
      double lo = HUGE_VAL, hi = -HUGE_VAL;
      for (int n = 0; n < FACET_NODES; n++) {
        double x = m->x[3 * (size_t)m->skin[FACET_NODES * f + n] + (size_t)d];
        lo = fmin(lo, x), hi = fmax(hi, x);
      }
      box[2 * d] = lo - 0.1 * (hi - lo), box[2 * d + 1] = hi + 0.1 * (hi - lo);
    }
    for (int n = 0; n < FACET_NODES; n++) {
      double p[3], s[3], t[3], u[2] = {n % 3 - 1, n / 3 - 1};
      facet(m, f, u, p, s, t);
      if (!(s[0] * t[1] - s[1] * t[0] > 0))
        FAIL(ST_INPUT,
             "body.skin: at (%.4g, %.4g, %.4g) m the surface '%s' cannot be seen from above (z); a skin has to be a "
             "height over the plan",
             p[0], p[1], p[2], c->skin);
    }
  }
  return ST_OK;
}

/* For trunk_chart, whose y = 0 is L5. */
static double skin_height(const void *self, double x, double y, double slope[2]) {
  const gmsh_body *c = self;
  int out;
  return height(c, x, y + c->L5, slope, &out);
}

static int chart(const void *par, double s, double t, double x[3], double axes[9]) {
  const gmsh_body *c = par;
  const mesh *m = c->mesh;
  trunk_skin skin = {.lo = {HUGE_VAL, HUGE_VAL}, .hi = {-HUGE_VAL, -HUGE_VAL}, .shape = c, .height = skin_height};
  for (int i = 0; i < FACET_NODES * m->nskin; i++)
    for (int d = 0; d < 2; d++) {
      double at = m->x[3 * (size_t)m->skin[i] + (size_t)d] - (d ? c->L5 : 0);
      skin.lo[d] = fmin(skin.lo[d], at), skin.hi[d] = fmax(skin.hi[d], at);
    }
  if (!trunk_chart(&skin, s, t, x, axes)) return 0;
  double slope[2];
  int out;
  x[1] += c->L5;
  height(c, x[0], x[1], slope, &out);
  return !out;
}

/* ---------------------------------------------------------------------------------------------------------- the body
 */

/* A sliding face holds the motion along x or y, which is its normal only where it is plane. */
static status check_plane(const mesh *m, face_id face, arena *a) {
  int axis = face / 2, n;
  int32_t *node;
  size_t mark_ = arena_mark(a);
  NEW(a, node, m->nnode);
  n = mesh_face_nodes(m, face, m->nnode, node);
  double lo = HUGE_VAL, hi = -HUGE_VAL, size = 0;
  for (int i = 0; i < n; i++) {
    double at = m->x[3 * (size_t)node[i] + (size_t)axis];
    lo = fmin(lo, at), hi = fmax(hi, at), size = fmax(size, fabs(at));
  }
  arena_release(a, mark_);
  if (hi - lo > 1e-6 * fmax(size, 1e-3))
    FAIL(ST_INPUT,
         "body.sides: sliding sides must be plane, and that at %c = %g m is bent by %.2g m; fixed or free ones "
         "may be",
         axis ? 'y' : 'x', hi, hi - lo);
  return ST_OK;
}

/* Without columns a face is what the file says it is. */
static status check_faces(const gmsh_body *c, const mesh *m) {
  int nside = 0;
  for (int f = FACE_XM; f <= FACE_YP; f++) nside += mesh_face_nodes(m, (face_id)f, 0, NULL);
  if (c->sides != SUPPORT_FREE && !nside)
    FAIL(ST_INPUT,
         "body.sides: %s, but the mesh has no columns and so no sides but those it names: no physical surface 'sides' "
         "(or 'left', 'right', 'tail', 'head') is in %s",
         supports[c->sides], c->file);
  if (c->bottom != SUPPORT_FREE && !mesh_face_nodes(m, FACE_BOTTOM, 0, NULL))
    FAIL(ST_INPUT,
         "body.bottom: %s, but the mesh has no columns and so no underside but that it names: no physical surface "
         "'bottom' is in %s",
         supports[c->bottom], c->file);
  return ST_OK;
}

/* Layers from the bottom up: by the mean number of their sheets, without columns by their mean height. */
static void sort_layers(const gmsh *g, mesh *m, int order[GMSH_GROUPS], int *n) {
  double sum[GMSH_GROUPS] = {0};
  int count[GMSH_GROUPS] = {0};
  for (int cell = 0; cell < m->ncell; cell++) {
    int centre = m->cell[(size_t)CELL_NODES * (size_t)cell + CELL_NODES / 2];
    sum[m->layer[cell]] += mesh_in_columns(m) ? cell % m->nz : m->x[3 * (size_t)centre + 2];
    count[m->layer[cell]]++;
  }
  *n = 0;
  for (int l = 0; l < g->ngroup; l++) {
    if (!count[l]) continue;
    sum[l] /= count[l];
    int k = (*n)++;
    for (; k > 0 && sum[order[k - 1]] > sum[l]; k--) order[k] = order[k - 1];
    order[k] = l;
  }
}

static status name_layers(const gmsh_body *c, const gmsh *g, body_geometry *out) {
  mesh *m = out->mesh;
  int order[GMSH_GROUPS], number[GMSH_GROUPS] = {0}, n;
  sort_layers(g, m, order, &n);
  if (n > BODY_LAYERS) FAIL(ST_INPUT, "body.file: %d physical volumes, at most %d are possible", n, BODY_LAYERS);
  out->nlayer = n;
  trunk_region region[BODY_LAYERS];
  memset(region, 0, sizeof region);
  for (int l = 0; l < n; l++) {
    const char *name = g->group_name[order[l]];
    number[order[l]] = l;
    memcpy(out->layer[l], name, PARAM_TEXT_MAX);
    memcpy(out->tissue[l], name, PARAM_TEXT_MAX);
  }
  for (int k = 0; k < c->nlayer; k++) {
    const layer *y = &c->layers[k];
    int l = 0;
    while (l < n && strcmp(out->layer[l], y->name)) l++;
    if (l == n) FAIL(ST_INPUT, "body.layers[%d].name: the file has no physical volume '%s' with a cell", k, y->name);
    if (y->tissue[0]) memcpy(out->tissue[l], y->tissue, PARAM_TEXT_MAX);
    region[l].nfam = isnan(y->fibre) ? 0 : isnan(y->fibre2) ? 1 : 2;
    region[l].angle[0] = y->fibre, region[l].angle[1] = y->fibre2;
  }
  for (int cell = 0; cell < m->ncell; cell++) {
    m->layer[cell] = (uint8_t)number[m->layer[cell]];
    if (m->nfam) trunk_fibre(m, cell, &region[m->layer[cell]]);
  }
  return ST_OK;
}

static status place_landmarks(const gmsh_body *c, body_geometry *out) {
  double x[3], axes[9];
  out->nlandmark = 0;
  for (int i = 0; i < c->nmark; i++) {
    const mark *k = &c->landmarks[i];
    if (strlen(k->name) >= sizeof out->landmarks[0].name)
      FAIL(ST_INPUT, "body.landmarks[%d].name: '%s' is longer than %zu letters", i, k->name,
           sizeof out->landmarks[0].name - 1);
    if (!chart(c, k->at[0], k->at[1], x, axes))
      FAIL(ST_INPUT, "body.landmarks[%d]: (%g, %g) m is off the skin", i, k->at[0], k->at[1]);
    landmark *p = &out->landmarks[out->nlandmark++];
    memcpy(p->name, k->name, sizeof p->name - 1);
    p->s = k->at[0], p->t = k->at[1];
  }
  out->landmark_note = out->nlandmark ? "as the scenario says" : NULL;
  return ST_OK;
}

/* What the file holds is wanted until the mesh is made of it. */
static status read_mesh(const gmsh_body *c, int nfam, arena *scratch, arena *a, body_geometry *out) {
  gmsh *g;
  TRY(gmsh_read(c->file, scratch, &g));
  TRY(gmsh_mesh(g, c->skin, c->unit, nfam, scratch, a, &out->mesh));
  return name_layers(c, g, out);
}

static status build(const void *par, arena *a, body_geometry *out) {
  const gmsh_body *c = par;
  int nfam = 0;
  for (int k = 0; k < c->nlayer; k++) {
    int has = isnan(c->layers[k].fibre) ? 0 : isnan(c->layers[k].fibre2) ? 1 : 2;
    nfam = has > nfam ? has : nfam;
  }
  arena *scratch = arena_create(1 << 20);
  if (!scratch) FAIL(ST_INTERNAL, "out of memory for %s", c->file);
  status st = read_mesh(c, nfam, scratch, a, out);
  arena_destroy(&scratch);
  TRY(st);
  /* The chart is asked with these parameters and nothing else; they are the model's own and not const. */
  gmsh_body *own = (gmsh_body *)(uintptr_t)par;
  own->mesh = out->mesh;
  if (!mesh_in_columns(out->mesh)) {
    TRY(make_boxes(own, out->mesh, a));
    TRY(check_faces(c, out->mesh));
  }
  for (int f = FACE_XM; f <= FACE_YP; f++) {
    out->faces[f] = mesh_face_nodes(out->mesh, (face_id)f, 0, NULL) ? (support)c->sides : SUPPORT_FREE;
    if (out->faces[f] == SUPPORT_SLIDING) TRY(check_plane(out->mesh, (face_id)f, a));
  }
  out->faces[FACE_BOTTOM] = (support)c->bottom;
  out->faces[FACE_TOP] = SUPPORT_FREE;
  return place_landmarks(c, out);
}

const body body_gmsh_body = {.name = "gmsh_body",
                             .doc = "a mesh of Gmsh: hexahedra, best in columns; physical volumes as layers",
                             .params = params,
                             .par_size = sizeof(gmsh_body),
                             .build = build,
                             .chart = chart};
