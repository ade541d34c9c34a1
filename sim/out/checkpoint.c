/* NAME.ckpt.h5: the state in double precision and whatever else a run needs to go on as if it had never stopped; and
   the cut that takes the result back to that moment.

   The result is never a checkpoint: its frames are single precision. What is in the result beyond the checkpoint (a
   frame written at the interruption, steps after the last checkpoint of a run that was killed) is computed again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "sim/base/config.h"
#include "sim/out/out.h"
#include "sim/out/read.h"
#include "sim/out/result.h"

static status file_of(const char *name, const char *end, arena *a, char **out) {
  size_t size = strlen(name) + strlen(end) + 1;
  NEW(a, *out, size);
  snprintf(*out, size, "%s%s", name, end);
  return ST_OK;
}

static status put_all(const result *w, h5_file *f, const state *s, const run_memory *memory) {
  const char *resolved = w->info->scenario_resolved ? w->info->scenario_resolved : "";
  hsize_t nvalue = (hsize_t)w->m->state_size, size = (hsize_t)memory->size;
  int64_t count[] = {memory->steps, (int64_t)w->history.done, w->nframe};
  TRY(h5_text(f, "/", "format", "knead-checkpoint"));
  TRY(h5_text(f, "/", "version", KNEAD_VERSION " " KNEAD_COMMIT));
  TRY(h5_text(f, "/", "scenario_sha256", w->info->scenario_sha256));
  TRY(h5_number(f, "/", "counts", H5T_STD_I64LE, H5T_NATIVE_INT64, 3, count));
  TRY(h5_number(f, "/", "time", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &s->time));
  TRY(h5_write_texts(f, "/scenario", -1, &resolved, &(h5_label){.long_name = "the scenario, resolved"}));
  TRY(h5_write(f, "/memory", &(h5_array){H5T_STD_U8LE, H5T_NATIVE_UINT8, 1, {size}, memory->bytes, 0},
               &(h5_label){.long_name = "the loop's own numbers"}));
  return h5_write(f, "/state", &(h5_array){H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, {nvalue}, s->value, 0},
                  &(h5_label){.long_name = "all fields of the state, one after the other, SI"});
}

status checkpoint_write(const result *w, const state *s, const run_memory *memory) {
  char *name, *beside;
  size_t mark = arena_mark(w->memory);
  TRY(file_of(w->name, ".ckpt.h5", w->memory, &name));
  TRY(file_of(w->name, ".ckpt.h5.part", w->memory, &beside));
  TRY(h5_create(beside));
  h5_file f;
  size_t resolved = w->info->scenario_resolved ? strlen(w->info->scenario_resolved) : 0;
  status st = h5_append(&f, beside, w->m->state_size * sizeof(double) + resolved + memory->size + H5_PER_APPEND,
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
  TRY(file_of(w->name, ".ckpt.h5", w->memory, &name));
  int error = unlink(name) ? errno : 0;
  arena_release(w->memory, mark);
  if (error && error != ENOENT && error != ENOTDIR)
    FAIL(ST_OUTPUT, "cannot remove %s.ckpt.h5: %s", w->name, strerror(error));
  return ST_OK;
}

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

static status get_all(const h5_file *f, arena *a, checkpoint *c) {
  char format[32];
  int64_t count[3] = {-1, -1, -1};
  read_array state, bytes;
  read_text_at(f->id, "/", "format", format, sizeof format);
  if (strcmp(format, "knead-checkpoint")) FAIL(ST_INPUT, "%s is no checkpoint of knead", f->name);
  read_text_at(f->id, "/", "scenario_sha256", c->sha256, sizeof c->sha256);
  read_text_at(f->id, "/", "version", c->version, sizeof c->version);
  hid_t root = H5Gopen2(f->id, "/", H5P_DEFAULT);
  read_numbers(root, "counts", H5T_NATIVE_INT64, 3, count);
  read_numbers(root, "time", H5T_NATIVE_DOUBLE, 1, &c->time);
  H5Gclose(root);
  if (count[0] < 0 || count[1] < 0 || count[2] < 0) FAIL(ST_INPUT, "%s: counts are missing; it is damaged", f->name);
  c->steps = (long)count[0], c->rows = (long)count[1], c->frames = (long)count[2];
  TRY(read_string(f, "/scenario", a, &c->scenario));
  TRY(read_values(f, "/state", a, &state));
  c->value = state.value, c->nvalue = state.count;
  TRY(read_values(f, "/memory", a, &bytes));
  unsigned char *b;
  NEW(a, b, bytes.count);
  for (size_t i = 0; i < bytes.count; i++) b[i] = (unsigned char)bytes.value[i];
  c->bytes = b, c->size = bytes.count;
  return ST_OK;
}

status checkpoint_read(const char *name, arena *a, checkpoint *out) {
  char *kept, *file, sha256[72];
  h5_file f;
  *out = (checkpoint){0};
  TRY(file_of(name, ".h5", a, &file));
  TRY(file_of(name, ".ckpt.h5", a, &kept));
  TRY(read_open(&f, file));
  char how[24];
  read_text_at(f.id, "/", "status", how, sizeof how);
  read_text_at(f.id, "/", "scenario_sha256", sha256, sizeof sha256);
  (void)!h5_close(&f); /* nothing was written */
  if (access(kept, F_OK))
    FAIL(ST_INPUT, "there is no checkpoint %s; the run of %s is %s%s", kept, file, *how ? how : "unknown",
         strcmp(how, "complete") ? ", run the scenario again" : ", there is nothing to go on with");
  TRY(h5_open(&f, kept));
  status st = get_all(&f, a, out);
  (void)!h5_close(&f);
  if (st != ST_OK) return err_trace(st, __FILE__, __LINE__);
  if (strcmp(sha256, out->sha256))
    FAIL(ST_INPUT, "%s and %s are not of the same scenario; move one of them away", file, kept);
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

/* In the order of a reader's trust: what says that there are frames goes before them. */
status checkpoint_cut(result *w, h5_file *f) {
  static const char *const series[] = {"/VTKHDF/Steps/PartOffsets",
                                       "/VTKHDF/Steps/PointOffsets",
                                       "/VTKHDF/Steps/CellOffsets",
                                       "/VTKHDF/Steps/ConnectivityIdOffsets",
                                       "/VTKHDF/Steps/CellDataOffsets/layer",
                                       "/VTKHDF/Steps/NumberOfParts",
                                       "/step",
                                       "/time"};
  const hsize_t frames = (hsize_t)w->from->frames, rows = (hsize_t)w->from->rows;
  int64_t nstep = w->from->frames;
  char path[192];
  TRY(layout_status(f, "running", ""));
  TRY(h5_number(f, "/VTKHDF/Steps", "NSteps", H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &nstep));
  for (int i = 0; i < w->nfield; i++) {
    const frame_field *x = &w->field[i];
    snprintf(path, sizeof path, "/VTKHDF/Steps/%s/%s", x->on_cell ? "CellDataOffsets" : "PointDataOffsets", x->name);
    TRY(h5_series_cut(f, path, frames));
  }
  for (size_t i = 0; i < sizeof series / sizeof *series; i++) TRY(h5_series_cut(f, series[i], frames));
  TRY(h5_series_cut(f, "/history/time", rows));
  for (int i = 0; i < w->history.ncolumn; i++) {
    snprintf(path, sizeof path, "/history/%s", w->history.column[i].path);
    TRY(h5_series_cut(f, path, rows));
  }
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
