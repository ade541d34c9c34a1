/* NAME.ckpt.h5: the state in double precision and whatever else a run needs to go on as if it had never stopped; and
   the cut that takes the result back to that moment.

   It belongs to one result: the resolved scenario of both must be the same text, the mesh that is built from it the
   same mesh. Its datasets carry checksums.

   The result is never a checkpoint: its frames are single precision. What is in the result beyond the checkpoint (a
   frame written at the interruption, steps after the last checkpoint of a run that was killed) is computed again. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "sim/base/config.h"
#include "sim/base/sha256.h"
#include "sim/out/out.h"
#include "sim/out/read.h"
#include "sim/out/result.h"

static status file_of(const char *name, const char *end, arena *a, char **out) {
  size_t size = strlen(name) + strlen(end) + 1;
  NEW(a, *out, size);
  snprintf(*out, size, "%s%s", name, end);
  return ST_OK;
}

/* Node places to 0.1 um: another compiler's last bit is no other mesh. The odd share keeps round numbers, which most
   places are, away from where rounding tips. */
static status mesh_hash(const mesh *g, arena *a, char hex[72]) {
  char part[3][65];
  int64_t *place;
  size_t mark = arena_mark(a), n = 3 * (size_t)g->nnode, ncell = (size_t)g->ncell;
  NEW(a, place, n);
  for (size_t i = 0; i < n; i++) place[i] = (int64_t)floor(1e7 * g->x[i] + 0.37);
  sha256_hex(place, n * sizeof *place, part[0]);
  sha256_hex(g->cell, ncell * CELL_NODES * sizeof *g->cell, part[1]);
  sha256_hex(g->layer, ncell * sizeof *g->layer, part[2]);
  sha256_hex(part, sizeof part, hex);
  arena_release(a, mark);
  return ST_OK;
}

status checkpoint_fits(const checkpoint *c, const model *m, arena *a) {
  char now[72] = "";
  TRY(mesh_hash(m->mesh, a, now));
  if (strcmp(now, c->mesh))
    FAIL(ST_INPUT, "the body is not the one the run began with: its mesh has changed since (a file that `body` names, "
                   "or this program); run the scenario again");
  return ST_OK;
}

static status put_all(const result *w, h5_file *f, const state *s, const run_memory *memory) {
  const char *resolved = w->info->scenario_resolved ? w->info->scenario_resolved : "";
  hsize_t nvalue = (hsize_t)w->m->state_size, size = (hsize_t)memory->size;
  int64_t count[] = {memory->steps, (int64_t)w->history.done, w->nframe};
  h5_array counts = {H5T_STD_I64LE, H5T_NATIVE_INT64, 1, {3}, count, 0};
  h5_array time = {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, {1}, &s->time, 0};
  h5_array bytes = {H5T_STD_U8LE, H5T_NATIVE_UINT8, 1, {size}, memory->bytes, 0};
  h5_array more = {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, {(hsize_t)memory->nmore}, memory->more, 0};
  h5_array value = {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, {nvalue}, s->value, 0};
  /* Attributes have no checksums: none but the format, which says what it is. */
  TRY(h5_text(f, "/", "format", "knead-checkpoint"));
  TRY(h5_write_text_checked(f, "/version", KNEAD_VERSION " " KNEAD_COMMIT, NULL));
  TRY(h5_write_text_checked(f, "/scenario_sha256", w->info->scenario_sha256, NULL));
  TRY(h5_write_text_checked(f, "/mesh_sha256", w->mesh, NULL));
  TRY(h5_write_checked(f, "/counts", &counts, &(h5_label){.long_name = "steps, rows of history, frames"}));
  TRY(h5_write_checked(f, "/time", &time, &(h5_label){.unit = "s", .long_name = "time of the state"}));
  TRY(h5_write_text_checked(f, "/scenario", resolved, &(h5_label){.long_name = "the scenario, resolved"}));
  TRY(h5_write_checked(f, "/memory", &bytes, &(h5_label){.long_name = "the loop's own numbers"}));
  if (memory->nmore)
    TRY(h5_write_checked(f, "/more", &more, &(h5_label){.long_name = "more of the loop's own numbers"}));
  return h5_write_checked(f, "/state", &value,
                          &(h5_label){.long_name = "all fields of the state, one after the other, SI"});
}

status checkpoint_place(const result *w) {
  char *name, format[32] = "";
  size_t mark = arena_mark(w->memory);
  h5_file f;
  TRY(file_of(w->name, ".ckpt.h5", w->memory, &name));
  if (!access(name, F_OK)) {
    if (h5_open(&f, name) == ST_OK) {
      read_text_at(f.id, "/", "format", format, sizeof format);
      (void)!h5_close(&f); /* nothing was written */
    }
    if (strcmp(format, "knead-checkpoint"))
      FAIL(ST_USAGE, "%s is no checkpoint, but has the name that the one of %s would have; move it away", name,
           w->file);
  }
  arena_release(w->memory, mark);
  return ST_OK;
}

status checkpoint_write(result *w, const state *s, const run_memory *memory) {
  char *name, *beside;
  size_t mark = arena_mark(w->memory);
  TRY(checkpoint_place(w));
  if (!*w->mesh) TRY(mesh_hash(w->m->mesh, w->memory, w->mesh));
  TRY(file_of(w->name, ".ckpt.h5", w->memory, &name));
  TRY(file_of(w->name, ".ckpt.h5.part", w->memory, &beside));
  TRY(h5_create(beside));
  h5_file f;
  size_t resolved = w->info->scenario_resolved ? strlen(w->info->scenario_resolved) : 0;
  status st = h5_append(&f, beside,
                        (w->m->state_size + memory->nmore) * sizeof(double) + resolved + memory->size + H5_PER_APPEND,
                        "the checkpoint");
  if (st == ST_OK) st = put_all(w, &f, s, memory);
  status closed = h5_close(&f);
  if (st == ST_OK) st = closed;
  if (st == ST_OK && rename(beside, name))
    st = err_set(ST_OUTPUT, __FILE__, __LINE__, "cannot write %s: %s", name, strerror(errno));
  if (st != ST_OK) unlink(beside);
  arena_release(w->memory, mark);
  return st;
}

status checkpoint_remove(const result *w) {
  char *name;
  size_t mark = arena_mark(w->memory);
  TRY(checkpoint_place(w));
  TRY(file_of(w->name, ".ckpt.h5", w->memory, &name));
  int error = unlink(name) ? errno : 0;
  arena_release(w->memory, mark);
  if (error && error != ENOENT && error != ENOTDIR)
    FAIL(ST_OUTPUT, "cannot remove %s.ckpt.h5: %s", w->name, strerror(error));
  return ST_OK;
}

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

static status get_text(const h5_file *f, const char *path, arena *a, char *text, size_t size) {
  char *whole;
  TRY(read_string(f, path, a, &whole));
  snprintf(text, size, "%s", whole);
  return ST_OK;
}

static status get_all(const h5_file *f, arena *a, checkpoint *c) {
  char format[32];
  read_array state, bytes, count, time;
  read_text_at(f->id, "/", "format", format, sizeof format);
  if (strcmp(format, "knead-checkpoint")) FAIL(ST_INPUT, "%s is no checkpoint of knead", f->name);
  TRY(get_text(f, "/version", a, c->version, sizeof c->version));
  TRY(get_text(f, "/scenario_sha256", a, c->sha256, sizeof c->sha256));
  TRY(get_text(f, "/mesh_sha256", a, c->mesh, sizeof c->mesh));
  TRY(read_values(f, "/counts", a, &count));
  TRY(read_values(f, "/time", a, &time));
  if (count.count != 3 || time.count != 1 || !(count.value[0] >= 0 && count.value[1] >= 0 && count.value[2] >= 0))
    FAIL(ST_INPUT, "%s: /counts and /time are not those of a checkpoint; it is damaged", f->name);
  c->steps = (long)count.value[0], c->rows = (long)count.value[1], c->frames = (long)count.value[2];
  c->time = time.value[0];
  TRY(read_string(f, "/scenario", a, &c->scenario));
  TRY(read_values(f, "/state", a, &state));
  c->value = state.value, c->nvalue = state.count;
  TRY(read_values(f, "/memory", a, &bytes));
  if (read_there(f->id, "/more")) {
    read_array more;
    TRY(read_values(f, "/more", a, &more));
    c->more = more.value, c->nmore = more.count;
  }
  unsigned char *b;
  NEW(a, b, bytes.count);
  for (size_t i = 0; i < bytes.count; i++) b[i] = (unsigned char)bytes.value[i];
  c->bytes = b, c->size = bytes.count;
  return ST_OK;
}

status checkpoint_read(const char *name, arena *a, checkpoint *out) {
  char *kept, *file, *resolved, sha256[72], how[24];
  h5_file f;
  *out = (checkpoint){0};
  TRY(file_of(name, ".h5", a, &file));
  TRY(file_of(name, ".ckpt.h5", a, &kept));
  TRY(read_open(&f, file));
  read_text_at(f.id, "/", "status", how, sizeof how);
  read_text_at(f.id, "/", "scenario_sha256", sha256, sizeof sha256);
  status st = read_string(&f, "/scenario/resolved", a, &resolved);
  (void)!h5_close(&f); /* nothing was written */
  if (st != ST_OK) return err_trace(st, __FILE__, __LINE__);
  if (access(kept, F_OK) && !strcmp(how, "running"))
    FAIL(ST_INPUT,
         "there is no checkpoint %s; the run of %s was killed before it wrote one (--checkpoint-every says how "
         "often it does); run the scenario again",
         kept, file);
  if (access(kept, F_OK))
    FAIL(ST_INPUT, "there is no checkpoint %s; the run of %s is %s%s", kept, file, *how ? how : "unknown",
         strcmp(how, "complete") ? ", run the scenario again" : ", there is nothing to go on with");
  TRY(h5_open(&f, kept));
  st = get_all(&f, a, out);
  (void)!h5_close(&f);
  if (st != ST_OK) return err_trace(st, __FILE__, __LINE__);
  if (strcmp(sha256, out->sha256))
    FAIL(ST_INPUT, "%s and %s are not of the same scenario; move one of them away", file, kept);
  if (strcmp(resolved, out->scenario))
    FAIL(ST_INPUT, "%s and %s are not of the same run: their --set values differ; move one of them away", file, kept);
  return ST_OK;
}

/* ---- the cut ------------------------------------------------------------------------------------------------------
 */

/* Removes the frames of a group from number `from` on. */
static status cut_frames(h5_file *f, const char *group, long from) {
  char path[224];
  for (long i = from;; i++) {
    snprintf(path, sizeof path, "%s/%ld", group, i);
    if (!read_there(f->id, path)) return ST_OK;
    TRY(h5_remove(f, path));
  }
}

/* Everything that has a row a frame or a step, in the order of a reader's trust: what says that there are frames goes
   before them. */
static status each_series(const result *w, h5_file *f, status (*act)(h5_file *f, const char *path, hsize_t n)) {
  static const char *const series[] = {"/VTKHDF/Steps/PartOffsets",
                                       "/VTKHDF/Steps/PointOffsets",
                                       "/VTKHDF/Steps/CellOffsets",
                                       "/VTKHDF/Steps/ConnectivityIdOffsets",
                                       "/VTKHDF/Steps/CellDataOffsets/layer",
                                       "/VTKHDF/Steps/NumberOfParts",
                                       "/step",
                                       "/time"};
  const hsize_t frames = (hsize_t)w->from->frames, rows = (hsize_t)w->from->rows;
  char path[192];
  for (int i = 0; i < w->nfield; i++) {
    const frame_field *x = &w->field[i];
    snprintf(path, sizeof path, "/VTKHDF/Steps/%s/%s", x->on_cell ? "CellDataOffsets" : "PointDataOffsets", x->name);
    TRY(act(f, path, frames));
  }
  for (size_t i = 0; i < sizeof series / sizeof *series; i++) TRY(act(f, series[i], frames));
  TRY(act(f, "/history/time", rows));
  for (int i = 0; i < w->history.ncolumn; i++) {
    snprintf(path, sizeof path, "/history/%s", w->history.column[i].path);
    TRY(act(f, path, rows));
  }
  return ST_OK;
}

static status check_series(h5_file *f, const char *path, hsize_t n) {
  hsize_t shape[3];
  if (!read_there(f->id, path) || read_shape(f->id, path, shape) < 1 || shape[0] < n)
    FAIL(ST_INPUT, "%s: %s is shorter than its checkpoint says; one of the two is damaged", f->name, path);
  return ST_OK;
}

status checkpoint_check(const result *w) {
  h5_file f;
  TRY(h5_open(&f, w->file));
  status st = each_series(w, &f, check_series);
  (void)!h5_close(&f); /* nothing was written */
  return st;
}

status checkpoint_cut(result *w, h5_file *f) {
  const hsize_t rows = (hsize_t)w->from->rows;
  int64_t nstep = w->from->frames;
  char path[192];
  TRY(layout_status(f, "running", ""));
  TRY(h5_number(f, "/VTKHDF/Steps", "NSteps", H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &nstep));
  TRY(each_series(w, f, h5_series_cut));
  for (int i = 0; i < w->nfield; i++) {
    snprintf(path, sizeof path, "/frames/%s/%s", w->field[i].on_cell ? "cell" : "point", w->field[i].name);
    TRY(cut_frames(f, path, w->from->frames));
  }
  for (int i = 0; i < w->nsurface && w->pose >= 0; i++)
    for (int part = 0; part < 2; part++) {
      snprintf(path, sizeof path, "/frames/hand/%s/%s", w->hand[i].name, part ? "points" : "pose");
      TRY(cut_frames(f, path, w->from->frames));
    }
  size_t mark = arena_mark(w->memory);
  read_array t;
  TRY(read_values(f, "/time", w->memory, &t));
  memcpy(w->time, t.value, t.count * sizeof *t.value);
  arena_release(w->memory, mark);
  w->nframe = w->from->frames;
  w->history.done = rows;
  return ST_OK;
}
