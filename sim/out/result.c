/* The sink that writes NAME.h5 and its sidecars.

   open    creates the file with all that does not change, closes it
   row     keeps a row in memory
   frame   evaluates the fields, then append(): reserve, open, fields, history, /time, /step, Steps, NSteps, close
   close   what history is left, the status, the sidecars */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sim/base/par.h"
#include "sim/out/out.h"
#include "sim/out/result.h"

enum { SIDECAR_EVERY = 5 }; /* s of wall time */

static long file_length(const char *name) {
  struct stat s;
  return stat(name, &s) ? 0 : (long)s.st_size;
}

/* Closes after an append that began at length `before`, and keeps how much of its reservation it needed. */
static status finish(result *w, h5_file *f, long before, size_t reserved, status st) {
  status closed = h5_close(f);
  if (st == ST_OK) st = closed;
  w->broken = w->broken || f->broken;
  double used = (double)(file_length(w->file) - before) / (double)reserved;
  if (st == ST_OK && used > w->reserve_used) w->reserve_used = used;
  return st;
}

static status check_broken(const result *w) {
  if (w->broken)
    FAIL(ST_OUTPUT, "%s: an earlier failure to write may have damaged it; nothing more is written", w->file);
  return ST_OK;
}

/* ---- open ---------------------------------------------------------------------------------------------------------
 */

/* The file as it was when the checkpoint was written. */
static status result_reopen(result *w) {
  h5_file f;
  TRY(checkpoint_check(w));
  long before = file_length(w->file);
  w->made = true;
  TRY(h5_append(&f, w->file, H5_PER_APPEND, "the restart"));
  TRY(finish(w, &f, before, H5_PER_APPEND, checkpoint_cut(w, &f)));
  return xdmf_write(w);
}

static status result_open(void *self, const model *m, const run_info *info, const history *columns) {
  result *w = self;
  w->m = m, w->info = info;
  TRY(fields_choose(w));
  TRY(history_open(w, columns));
  w->room = 256;
  if (w->from && w->from->frames >= w->room) w->room = 2 * w->from->frames;
  NEW(w->memory, w->time, w->room);
  if (w->from) return result_reopen(w);
  if (!w->force && !access(w->file, F_OK)) FAIL(ST_USAGE, "%s exists already; --force replaces it", w->file);
  TRY(checkpoint_remove(w)); /* of the result that is replaced */
  TRY(h5_create(w->file));
  w->made = true;
  h5_file f;
  size_t bytes = layout_bytes(w, info);
  long before = file_length(w->file);
  TRY(h5_append(&f, w->file, bytes, "the mesh"));
  TRY(finish(w, &f, before, bytes, layout_write(w, &f, info)));
  return xdmf_write(w);
}

/* ---- frames -------------------------------------------------------------------------------------------------------
 */

static size_t frame_bytes(const result *w) {
  size_t bytes = H5_PER_APPEND, ndataset = (size_t)w->nfield + 2 * (size_t)w->nsurface;
  for (int i = 0; i < w->nfield; i++) {
    size_t n = (size_t)field_count(w, &w->field[i]), chunk = n < H5_CHUNK ? n : H5_CHUNK;
    size_t nchunk =
        (n + chunk - 1) / chunk; /* the last one is stored whole; values that do not compress stay as they are */
    bytes += nchunk * (chunk * (size_t)w->field[i].ncomp * sizeof(float) + 256);
  }
  for (int i = 0; i < w->nsurface; i++) bytes += 12 * (size_t)w->hand[i].npoint + 16 * sizeof(double);
  size_t nseries = 8 + (size_t)w->nfield;
  return bytes + ndataset * H5_PER_DATASET + nseries * (STEP_CHUNK * sizeof(int64_t) + 4096) + history_bytes(w);
}

static status write_fields(const result *w, h5_file *f, const state *s) {
  char path[192];
  const hsize_t frame = (hsize_t)w->nframe;
  for (int i = 0; i < w->nfield; i++) {
    const frame_field *x = &w->field[i];
    h5_array a = {.stored = H5T_IEEE_F32LE, .memory = H5T_NATIVE_FLOAT, .data = x->value};
    a.rank = x->ncomp > 1 ? 2 : 1;
    a.n[0] = (hsize_t)field_count(w, x), a.n[1] = (hsize_t)x->ncomp;
    a.gzip = w->m->output.compression;
    snprintf(path, sizeof path, "/frames/%s/%s/%llu", x->on_cell ? "cell" : "point", x->name, frame);
    TRY(h5_write(f, path, &a, &x->label));
  }
  for (int i = 0; i < w->nsurface && w->pose >= 0; i++) {
    const surface *h = &w->hand[i];
    h5_array pose = {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 2, {4, 4}, state_view(s, w->pose) + 16 * (size_t)i, 0};
    h5_array moved = {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, {(hsize_t)h->npoint, 3}, h->moved, 0};
    snprintf(path, sizeof path, "/frames/hand/%s/pose/%llu", h->name, frame);
    TRY(h5_write(f, path, &pose, &(h5_label){"1", "pose: body <- hand; the last column in m", NULL}));
    snprintf(path, sizeof path, "/frames/hand/%s/points/%llu", h->name, frame);
    TRY(h5_write(f, path, &moved, &(h5_label){"m", "surface of the hand", "x,y,z"}));
  }
  return ST_OK;
}

static status write_steps(const result *w, h5_file *f, double t, int64_t step) {
  static const char *const zero[] = {"PartOffsets", "PointOffsets", "CellOffsets", "ConnectivityIdOffsets",
                                     "CellDataOffsets/layer"};
  const hsize_t at = (hsize_t)w->nframe;
  const int64_t none = 0, one = 1;
  char path[192];
  TRY(h5_series_put(f, "/time", H5T_NATIVE_DOUBLE, at, 1, 1, &t));
  TRY(h5_series_put(f, "/step", H5T_NATIVE_INT64, at, 1, 1, &step));
  for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) {
    snprintf(path, sizeof path, "/VTKHDF/Steps/%s", zero[i]);
    TRY(h5_series_put(f, path, H5T_NATIVE_INT64, at, 1, 1, &none));
  }
  TRY(h5_series_put(f, "/VTKHDF/Steps/NumberOfParts", H5T_NATIVE_INT64, at, 1, 1, &one));
  for (int i = 0; i < w->nfield; i++) {
    const frame_field *x = &w->field[i];
    int64_t first = w->nframe * (int64_t)field_count(w, x);
    snprintf(path, sizeof path, "/VTKHDF/Steps/%s/%s", x->on_cell ? "CellDataOffsets" : "PointDataOffsets", x->name);
    TRY(h5_series_put(f, path, H5T_NATIVE_INT64, at, 1, 1, &first));
  }
  int64_t nstep = w->nframe + 1;
  return h5_number(f, "/VTKHDF/Steps", "NSteps", H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &nstep);
}

/* The one place where the file grows during a run: all or, as far as a reader of /time can see, nothing. s NULL: only
   the history that waits. A record to undo a broken append belongs around the inside of this function. */
static status append(result *w, const state *s, long step) {
  char what[48];
  h5_file f;
  size_t bytes = frame_bytes(w);
  long before = file_length(w->file);
  if (s)
    snprintf(what, sizeof what, "frame %ld", w->nframe);
  else
    snprintf(what, sizeof what, "the history");
  TRY(check_broken(w));
  status st = h5_append(&f, w->file, bytes, what);
  if (st == ST_OK && s) st = write_fields(w, &f, s);
  if (st == ST_OK) st = history_write(w, &f);
  if (st == ST_OK && s) st = write_steps(w, &f, s->time, step);
  return finish(w, &f, before, bytes, st);
}

/* Room for one more frame time; the old row stays in the arena. */
static status make_room(result *w) {
  if (w->nframe < w->room) return ST_OK;
  double *longer;
  NEW(w->memory, longer, 2 * w->room);
  memcpy(longer, w->time, (size_t)w->nframe * sizeof *longer);
  w->time = longer;
  w->room *= 2;
  return ST_OK;
}

static status result_row(void *self, double t, const history *h) {
  result *w = self;
  if (history_add(w, t, h)) {
    TRY(append(w, NULL, 0));
    history_written(w);
  }
  return ST_OK;
}

static status result_frame(void *self, const model *m, const state *s, long step) {
  result *w = self;
  (void)m;
  TRY(make_room(w));
  TRY(fields_evaluate(w, s));
  TRY(append(w, s, step));
  history_written(w);
  w->time[w->nframe++] = s->time;
  if (par_wall() - w->sidecar_wall >= SIDECAR_EVERY || w->nframe == 1) {
    TRY(xdmf_write(w));
    w->sidecar_wall = par_wall();
  }
  return ST_OK;
}

/* The result first: it must hold all that the checkpoint counts. */
static status result_checkpoint(void *self, const model *m, const state *s, const run_memory *memory) {
  result *w = self;
  (void)m;
  if (w->history.n > 0) {
    TRY(append(w, NULL, 0));
    history_written(w);
  }
  return checkpoint_write(w, s, memory);
}

/* ---- close --------------------------------------------------------------------------------------------------------
 */

static status write_end(result *w, const run_end *end) {
  char now[32];
  h5_file f;
  layout_now(now);
  long before = file_length(w->file);
  TRY(check_broken(w));
  status st = h5_append(&f, w->file, H5_PER_APPEND, "the end of the run");
  if (st == ST_OK) st = layout_status(&f, end->status, end->message);
  if (st == ST_OK) st = h5_text(&f, "/", "finished_utc", now);
  if (st == ST_OK) st = h5_number(&f, "/", "wall_s", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &end->wall);
  if (st == ST_OK && end->culprit >= 0) {
    int32_t cell = end->culprit;
    st = h5_number(&f, "/", "culprit_cell", H5T_STD_I32LE, H5T_NATIVE_INT32, 0, &cell);
  }
  return finish(w, &f, before, H5_PER_APPEND, st);
}

/* Goes on after a failure: each of the three parts is worth having without the others. */
static status result_close(void *self, const run_end *end) {
  result *w = self;
  if (!w->made) return ST_OK; /* open failed before there was a file of ours */
  status st = ST_OK;
  if (w->history.n > 0) {
    st = append(w, NULL, 0);
    if (st == ST_OK) history_written(w);
  }
  status ended = write_end(w, end);
  status sidecar = xdmf_write(w);
  if (st == ST_OK && ended == ST_OK && !strcmp(end->status, "complete")) st = checkpoint_remove(w);
  return st != ST_OK ? st : ended != ST_OK ? ended : sidecar;
}

static status new_sink(const char *name, arena *a, sink *out) {
  result *w;
  size_t n = strlen(name);
  if (n == 0 || name[n - 1] == '/') FAIL(ST_USAGE, "'%s' is no name for a result", name);
  NEW(a, w, 1);
  *w = (result){.memory = a};
  NEW(a, w->name, n + 1);
  NEW(a, w->file, n + 8);
  NEW(a, w->sidecar, n + 8);
  strcpy(w->name, name);
  sprintf(w->file, "%s.h5", name);
  sprintf(w->sidecar, "%s.xdmf", name);
  h5_setup();
  *out = (sink){.self = w,
                .open = result_open,
                .row = result_row,
                .frame = result_frame,
                .checkpoint = result_checkpoint,
                .close = result_close};
  return ST_OK;
}

status result_sink(const char *name, int force, arena *a, sink *out) {
  TRY(new_sink(name, a, out));
  result *w = out->self;
  w->force = force != 0;
  if (!force && !access(w->file, F_OK)) FAIL(ST_USAGE, "%s exists already; --force replaces it", w->file);
  return checkpoint_place(w);
}

status result_resume(const char *name, const checkpoint *from, arena *a, sink *out) {
  TRY(new_sink(name, a, out));
  ((result *)out->self)->from = from;
  return ST_OK;
}
