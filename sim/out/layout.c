/* What a result holds before its first frame: who made it, the scenario, the mesh, the hands, and the empty series and
   growing views. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "sim/base/config.h"
#include "sim/out/result.h"

void layout_now(char text[32]) {
  time_t now = time(NULL);
  struct tm utc;
  strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
}

/* ---- who, when, with what -----------------------------------------------------------------------------------------
 */

static void cpu_model(char *text, size_t size) {
  char line[256];
  snprintf(text, size, "unknown");
  FILE *f = fopen("/proc/cpuinfo", "r");
  while (f && fgets(line, sizeof line, f)) {
    char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) || !colon) continue;
    colon[strcspn(colon, "\n")] = 0;
    snprintf(text, size, "%s", colon + 2);
    break;
  }
  if (f) fclose(f);
}

status layout_status(h5_file *f, const char *name, const char *message) {
  TRY(h5_text(f, "/", "status", name));
  return h5_text(f, "/", "status_message", message);
}

static status provenance(const result *w, h5_file *f, const run_info *info) {
  char now[32], cpu[128];
  layout_now(now);
  cpu_model(cpu, sizeof cpu);
  const char *text[][2] = {{"format", "knead-result"},
                           {"title", w->m->title},
                           {"created_utc", now},
                           {"finished_utc", ""},
                           {"program", "knead"},
                           {"version", KNEAD_VERSION},
                           {"git_commit", KNEAD_COMMIT},
                           {"compiler", KNEAD_COMPILER},
                           {"compiler_flags", KNEAD_FLAGS},
                           {"build_type", KNEAD_BUILD_TYPE},
                           {"cpu_model", cpu},
                           {"command_line", info->command_line},
                           {"scenario_sha256", info->scenario_sha256}};
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) TRY(h5_text(f, "/", text[i][0], text[i][1]));
  TRY(layout_status(f, "running", ""));
  int32_t version[2] = {1, 0}, threads = info->nthread;
  uint64_t seed = 0; /* no random numbers are drawn during a run */
  double wall = 0;
  TRY(h5_number(f, "/", "format_version", H5T_STD_I32LE, H5T_NATIVE_INT32, 2, version));
  TRY(h5_number(f, "/", "threads", H5T_STD_I32LE, H5T_NATIVE_INT32, 0, &threads));
  TRY(h5_number(f, "/", "seed", H5T_STD_U64LE, H5T_NATIVE_UINT64, 0, &seed));
  TRY(h5_text(f, "/", "mesh_resolution", model_resolutions[w->m->resolution]));
  int32_t inertia = w->m->inertia;
  TRY(h5_number(f, "/", "inertia", H5T_STD_I32LE, H5T_NATIVE_INT32, 0, &inertia));
  TRY(h5_number(f, "/", "wall_s", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &wall));
  const char *source = info->scenario_text ? info->scenario_text : "";
  const char *resolved = info->scenario_resolved ? info->scenario_resolved : "";
  TRY(h5_write_texts(f, "/scenario/source", -1, &source, &(h5_label){.long_name = "the scenario as it was given"}));
  TRY(h5_write_texts(f, "/scenario/resolved", -1, &resolved,
                     &(h5_label){.long_name = "the scenario with all defaults and --set values filled in"}));
  TRY(h5_write_texts(f, "/scenario/used_names", info->nused, info->used_names,
                     &(h5_label){.long_name = "what its `use:` keys read, in the order of first use"}));
  TRY(h5_write_texts(f, "/scenario/used_texts", info->nused, info->used_texts,
                     &(h5_label){.long_name = "the same as texts"}));
  return h5_write_texts(f, "/scenario/overrides", info->noverride, info->overrides,
                        &(h5_label){.long_name = "the --set arguments"});
}

/* ---- mesh ---------------------------------------------------------------------------------------------------------
 */

static status node_set(h5_file *f, const char *kind, const char *name, int n, const int32_t *member,
                       const char *long_name) {
  char path[160];
  snprintf(path, sizeof path, "/mesh/sets/%s/%s", kind, name);
  for (char *c = path + strlen("/mesh/sets/node/"); *c; c++)
    if (*c == '/') *c = '_';
  return h5_write(f, path, &(h5_array){H5T_STD_I32LE, H5T_NATIVE_INT32, 1, {(hsize_t)n}, member, 0},
                  &(h5_label){.long_name = long_name});
}

static status sets(const result *w, h5_file *f) {
  static const char *const face_name[FACE_COUNT] = {"x_minus", "x_plus", "y_minus", "y_plus", "bottom", "top"};
  static const char *const held[] = {"free", "sliding", "fixed"};
  const model *m = w->m;
  int32_t *node;
  char name[MODEL_NAME + 16];
  size_t mark = arena_mark(w->memory);
  NEW(w->memory, node, m->mesh->nnode);
  int n = mesh_face_nodes(m->mesh, FACE_TOP, m->mesh->nnode, node);
  TRY(node_set(f, "node", "skin_surface", n, node, "nodes of the skin's surface"));
  for (int face = 0; face < FACE_COUNT; face++) {
    if (m->geometry.faces[face] == SUPPORT_FREE) continue;
    n = mesh_face_nodes(m->mesh, (face_id)face, m->mesh->nnode, node);
    snprintf(name, sizeof name, "%s_%s", face_name[face], held[m->geometry.faces[face]]);
    TRY(node_set(f, "node", name, n, node, "nodes of a supported face"));
  }
  for (int i = 0; i < m->nrig; i++) {
    snprintf(name, sizeof name, "grip_%s", m->rigs[i].name);
    TRY(node_set(f, "node", name, m->rigs[i].nnode, m->rigs[i].node, "nodes that a grip moves"));
  }
  for (int i = 0; i < m->nprobe; i++) {
    snprintf(name, sizeof name, "probe_%s", m->probes[i].name);
    int32_t at_node = m->probes[i].node, at_cell = m->probes[i].cell;
    TRY(node_set(f, "node", name, 1, &at_node, "node nearest to a probe"));
    TRY(node_set(f, "cell", name, 1, &at_cell, "cell nearest to a probe"));
  }
  arena_release(w->memory, mark);
  return ST_OK;
}

static status layers(const result *w, h5_file *f) {
  const model *m = w->m;
  const char *layer[BODY_LAYERS], *tissue[BODY_LAYERS];
  for (int i = 0; i < m->geometry.nlayer; i++) layer[i] = m->geometry.layer[i], tissue[i] = m->geometry.tissue[i];
  TRY(h5_write_texts(f, "/mesh/layer_names", m->geometry.nlayer, layer,
                     &(h5_label){.long_name = "names of the layers, bottom to top"}));
  return h5_write_texts(f, "/mesh/layer_tissues", m->geometry.nlayer, tissue,
                        &(h5_label){.long_name = "tissue of each layer"});
}

static status fibres(const result *w, h5_file *f, int gzip) {
  const mesh *m = w->m->mesh;
  float *one;
  size_t mark = arena_mark(w->memory);
  NEW(w->memory, one, 3 * (size_t)m->ncell);
  for (int family = 0; m->fibre && family < m->nfam; family++) {
    for (int c = 0; c < m->ncell; c++) memcpy(one + 3 * c, m->fibre + 3 * (c * m->nfam + family), 3 * sizeof *one);
    TRY(h5_write(f, family ? "/mesh/fibre2" : "/mesh/fibre",
                 &(h5_array){H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, {(hsize_t)m->ncell, 3}, one, gzip},
                 &(h5_label){"1", family ? "second fibre direction" : "fibre direction", "x,y,z"}));
  }
  arena_release(w->memory, mark);
  return ST_OK;
}

static status mesh_layout(const result *w, h5_file *f) {
  enum { TRIQUADRATIC_HEXAHEDRON = 29 };
  const mesh *m = w->m->mesh;
  const int gzip = w->m->output.compression;
  hsize_t nnode = (hsize_t)m->nnode, ncell = (hsize_t)m->ncell;
  TRY(h5_write(f, "/mesh/points", &(h5_array){H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 2, {nnode, 3}, m->x, gzip},
               &(h5_label){"m", "reference coordinates", "x,y,z"}));

  int32_t *corner, *offset;
  uint8_t *type;
  size_t mark = arena_mark(w->memory);
  NEW(w->memory, corner, CELL_NODES * (size_t)m->ncell);
  NEW(w->memory, offset, (size_t)m->ncell + 1);
  NEW(w->memory, type, m->ncell);
  for (size_t c = 0; c < (size_t)m->ncell; c++) {
    for (size_t v = 0; v < CELL_NODES; v++)
      corner[CELL_NODES * c + v] = m->cell[CELL_NODES * c + (size_t)mesh_vtk27[v]];
    offset[c + 1] = offset[c] + CELL_NODES;
    type[c] = TRIQUADRATIC_HEXAHEDRON;
  }
  TRY(h5_write(f, "/mesh/connectivity",
               &(h5_array){H5T_STD_I32LE, H5T_NATIVE_INT32, 2, {ncell, CELL_NODES}, corner, gzip},
               &(h5_label){.long_name = "nodes of each cell, VTK order"}));
  int32_t vtk = TRIQUADRATIC_HEXAHEDRON;
  TRY(h5_number(f, "/mesh/connectivity", "vtk_cell_type", H5T_STD_I32LE, H5T_NATIVE_INT32, 0, &vtk));
  TRY(h5_write(f, "/mesh/types", &(h5_array){H5T_STD_U8LE, H5T_NATIVE_UINT8, 1, {ncell}, type, 0},
               &(h5_label){.long_name = "VTK type of each cell"}));
  TRY(h5_write(f, "/mesh/offsets", &(h5_array){H5T_STD_I32LE, H5T_NATIVE_INT32, 1, {ncell + 1}, offset, 0},
               &(h5_label){.long_name = "where the nodes of each cell begin"}));
  TRY(h5_write(f, "/mesh/layer", &(h5_array){H5T_STD_U8LE, H5T_NATIVE_UINT8, 1, {ncell}, m->layer, 0},
               &(h5_label){.long_name = "layer of each cell, a row of layer_names"}));
  /* The reader of VTKHDF wants the connectivity as one long row. */
  TRY(h5_write(f, "/VTKHDF/Connectivity",
               &(h5_array){H5T_STD_I32LE, H5T_NATIVE_INT32, 1, {CELL_NODES * ncell}, corner, gzip},
               &(h5_label){.long_name = "nodes of all cells, VTK order"}));
  arena_release(w->memory, mark);
  TRY(layers(w, f));
  TRY(fibres(w, f, gzip));
  return sets(w, f);
}

/* ---- hands --------------------------------------------------------------------------------------------------------
 */

static status hands_layout(const result *w, h5_file *f) {
  char path[160];
  for (int i = 0; i < w->nsurface; i++) {
    const surface *s = &w->hand[i];
    snprintf(path, sizeof path, "/hands/%s/points", s->name);
    TRY(h5_write(f, path, &(h5_array){H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 2, {(hsize_t)s->npoint, 3}, s->point, 0},
                 &(h5_label){"m", "surface of the hand in its own frame", "x,y,z"}));
    snprintf(path, sizeof path, "/hands/%s/triangles", s->name);
    TRY(h5_write(f, path, &(h5_array){H5T_STD_I32LE, H5T_NATIVE_INT, 2, {(hsize_t)s->ntriangle, 3}, s->triangle, 0},
                 &(h5_label){.long_name = "corners of each triangle"}));
    snprintf(path, sizeof path, "/hands/%s", s->name);
    TRY(h5_text(f, path, "kind", w->m->tools[i].kind->name));
    if (w->pose < 0) continue;
    snprintf(path, sizeof path, "/frames/hand/%s/pose", s->name);
    TRY(h5_text(f, path, "long_name", "pose of the hand: body <- hand, 4x4"));
    snprintf(path, sizeof path, "/frames/hand/%s/points", s->name);
    TRY(h5_text(f, path, "long_name", "surface of the hand where it is"));
  }
  return ST_OK;
}

/* ---- series and views ---------------------------------------------------------------------------------------------
 */

/* The groups of the frames come first: a reader (h5wasm) cannot open a view whose source has no parent. */
static status field_layout(const result *w, h5_file *f) {
  char source[160], path[160];
  for (int i = 0; i < w->nfield; i++) {
    const frame_field *x = &w->field[i];
    const char *kind = x->on_cell ? "cell" : "point";
    hsize_t n = (hsize_t)field_count(w, x);
    snprintf(source, sizeof source, "/frames/%s/%s", kind, x->name);
    TRY(h5_text(f, source, "long_name", x->label.long_name));
    snprintf(path, sizeof path, "/fields/%s/%s", kind, x->name);
    TRY(h5_view(f, path, source, n, x->ncomp, true, &x->label));
    snprintf(path, sizeof path, "/VTKHDF/%s/%s", x->on_cell ? "CellData" : "PointData", x->name);
    TRY(h5_view(f, path, source, n, x->ncomp, false, &x->label));
  }
  return ST_OK;
}

static status steps_layout(const result *w, h5_file *f) {
  static const char *const zero[] = {"PartOffsets", "PointOffsets", "NumberOfParts"};
  static const char *const zero_by_part[] = {"CellOffsets", "ConnectivityIdOffsets"};
  const h5_label row = {.long_name = "first row of each frame"};
  char path[160];
  TRY(h5_series(f, "/time", H5T_IEEE_F64LE, 1, STEP_CHUNK, &(h5_label){"s", "time of each frame", NULL}));
  TRY(h5_series(f, "/step", H5T_STD_I64LE, 1, STEP_CHUNK, &(h5_label){.long_name = "solver step of each frame"}));
  int64_t none = 0;
  TRY(h5_number(f, "/VTKHDF/Steps", "NSteps", H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &none));
  TRY(h5_link(f, "/VTKHDF/Steps/Values", "/time"));
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "/VTKHDF/Steps/%s", zero[i]);
    TRY(h5_series(f, path, H5T_STD_I64LE, 1, STEP_CHUNK, &row));
  }
  for (int i = 0; i < 2; i++) {
    snprintf(path, sizeof path, "/VTKHDF/Steps/%s", zero_by_part[i]);
    TRY(h5_column(f, path, H5T_STD_I64LE, STEP_CHUNK, &row));
  }
  TRY(h5_series(f, "/VTKHDF/Steps/CellDataOffsets/layer", H5T_STD_I64LE, 1, STEP_CHUNK, &row));
  for (int i = 0; i < w->nfield; i++) {
    const char *kind = w->field[i].on_cell ? "CellDataOffsets" : "PointDataOffsets";
    snprintf(path, sizeof path, "/VTKHDF/Steps/%s/%s", kind, w->field[i].name);
    TRY(h5_series(f, path, H5T_STD_I64LE, 1, STEP_CHUNK, &row));
  }
  return ST_OK;
}

static status vtkhdf_layout(const result *w, h5_file *f) {
  const mesh *m = w->m->mesh;
  int64_t version[2] = {2, 0};
  TRY(h5_number(f, "/VTKHDF", "Version", H5T_STD_I64LE, H5T_NATIVE_INT64, 2, version));
  TRY(h5_vtk_type(f, "/VTKHDF", "UnstructuredGrid"));
  const char *name[] = {"NumberOfPoints", "NumberOfCells", "NumberOfConnectivityIds"};
  int64_t count[] = {m->nnode, m->ncell, CELL_NODES * (int64_t)m->ncell};
  char path[64];
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "/VTKHDF/%s", name[i]);
    TRY(h5_write(f, path, &(h5_array){H5T_STD_I64LE, H5T_NATIVE_INT64, 1, {1}, &count[i], 0},
                 &(h5_label){.long_name = "for the reader of VTKHDF"}));
  }
  TRY(h5_link(f, "/VTKHDF/Points", "/mesh/points"));
  TRY(h5_link(f, "/VTKHDF/Offsets", "/mesh/offsets"));
  TRY(h5_link(f, "/VTKHDF/Types", "/mesh/types"));
  return h5_link(f, "/VTKHDF/CellData/layer", "/mesh/layer");
}

size_t layout_bytes(const result *w, const run_info *info) {
  const mesh *m = w->m->mesh;
  size_t nnode = (size_t)m->nnode, ncell = (size_t)m->ncell;
  size_t text = (info->scenario_text ? strlen(info->scenario_text) : 0) +
                (info->scenario_resolved ? strlen(info->scenario_resolved) : 0);
  for (int i = 0; i < info->noverride; i++) text += (size_t)info->noverride * strlen(info->overrides[i]);
  for (int i = 0; i < info->nused; i++) text += (size_t)info->nused * (strlen(info->used_texts[i]) + 64);
  size_t bytes = 24 * nnode + (2 * 4 * CELL_NODES + 2 * 12 + 6) * ncell; /* points; corners twice, fibres, the small */
  bytes += 4 * nnode * (size_t)(FACE_COUNT + 1 + w->m->nrig) + 2 * text; /* sets; texts are padded to the longest */
  bytes += 16 * (nnode + (size_t)CELL_NODES * ncell) / H5_CHUNK * 256;   /* index of the chunks */
  for (int i = 0; i < w->nsurface; i++) bytes += 24 * (size_t)w->hand[i].npoint + 12 * (size_t)w->hand[i].ntriangle;
  size_t ndataset = 64 + 4 * (size_t)w->nfield + (size_t)w->history.ncolumn + 6 * (size_t)w->nsurface +
                    2 * (size_t)(w->m->nprobe + w->m->nrig);
  return bytes + ndataset * H5_PER_DATASET + H5_PER_APPEND + 2 * 12 * H5_CHUNK * CELL_NODES; /* last chunks are whole */
}

status layout_write(result *w, h5_file *f, const run_info *info) {
  TRY(provenance(w, f, info));
  TRY(mesh_layout(w, f));
  TRY(hands_layout(w, f));
  TRY(vtkhdf_layout(w, f));
  TRY(field_layout(w, f));
  TRY(steps_layout(w, f));
  return history_layout(w, f);
}
