/* What `knead info` prints about a result file: how the run ended, what made it, times, and the range of every field.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/out/out.h"
#include "sim/out/read.h"

enum { INFO_FIELDS = 64, INFO_NAMES = 32 };

typedef struct field_info {
  char kind[8], name[64], unit[32];
  unsigned long long ncomp;
  double lo, hi; /* over all frames and components, NaN left out; lo > hi: none */
} field_info;

typedef struct info {
  char *text[16]; /* attributes, in the order of attribute_name; malloc */
  int version[2], threads;
  double wall, first, last;
  unsigned long long nnode, ncell, nframe, nrow;
  bool written; /* a run has the lock just now */
  long process; /* which, 0: unknown */
  int nfield, nhand;
  field_info field[INFO_FIELDS];
  char hand[INFO_NAMES][64];
  arena *memory;   /* of the names below */
  read_names used; /* what `use:` keys read: built-in tissues and files */
} info;

enum {
  A_FORMAT,
  A_STATUS,
  A_MESSAGE,
  A_TITLE,
  A_CREATED,
  A_FINISHED,
  A_VERSION,
  A_COMMIT,
  A_COMPILER,
  A_FLAGS,
  A_BUILD,
  A_CPU,
  A_COMMAND,
  A_SHA,
  A_COUNT
};
static const char *const attribute_name[A_COUNT] = {
    "format",     "status",   "status_message", "title",      "created_utc", "finished_utc", "version",
    "git_commit", "compiler", "compiler_flags", "build_type", "cpu_model",   "command_line", "scenario_sha256"};

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

static void read_times(hid_t file, info *x) {
  hsize_t n[3];
  x->first = x->last = NAN;
  if (read_shape(file, "/time", n) != 1 || n[0] == 0) return;
  double *t = malloc(n[0] * sizeof *t);
  hid_t d = H5Dopen2(file, "/time", H5P_DEFAULT);
  if (t && H5Dread(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, t) >= 0) {
    x->nframe = n[0];
    x->first = t[0], x->last = t[n[0] - 1];
  }
  H5Dclose(d);
  free(t);
}

/* The range over all frames, frame by frame. */
static void read_range(hid_t file, unsigned long long nframe, field_info *f) {
  char path[256];
  float *value = NULL;
  size_t room = 0;
  f->lo = INFINITY, f->hi = -INFINITY;
  for (unsigned long long i = 0; i < nframe; i++) {
    hsize_t n[3];
    snprintf(path, sizeof path, "/frames/%s/%s/%llu", f->kind, f->name, i);
    if (read_shape(file, path, n) < 1) continue;
    size_t count = (size_t)(n[0] * n[1] * n[2]);
    if (count > room) {
      free(value);
      value = malloc(count * sizeof *value);
      room = value ? count : 0;
    }
    hid_t d = H5Dopen2(file, path, H5P_DEFAULT);
    if (!i) {
      char *unit = read_text(d, "units");
      snprintf(f->unit, sizeof f->unit, "%s", unit ? unit : "");
      free(unit);
      f->ncomp = n[1];
    }
    if (room >= count && H5Dread(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0)
      for (size_t k = 0; k < count; k++) {
        double v = (double)value[k];
        if (v < f->lo) f->lo = v;
        if (v > f->hi) f->hi = v;
      }
    H5Dclose(d);
  }
  free(value);
}

typedef struct visit {
  info *x;
  const char *kind;
} visit;

static herr_t visit_field(hid_t group, const char *name, const H5L_info_t *l, void *ctx) {
  visit *v = ctx;
  (void)group, (void)l;
  if (v->x->nfield == INFO_FIELDS) return 1;
  field_info *f = &v->x->field[v->x->nfield++];
  *f = (field_info){.ncomp = 1};
  snprintf(f->kind, sizeof f->kind, "%s", v->kind);
  snprintf(f->name, sizeof f->name, "%s", name);
  return 0;
}

static herr_t visit_hand(hid_t group, const char *name, const H5L_info_t *l, void *ctx) {
  visit *v = ctx;
  (void)group, (void)l;
  if (v->x->nhand == INFO_NAMES) return 1;
  snprintf(v->x->hand[v->x->nhand++], sizeof v->x->hand[0], "%s", name);
  return 0;
}

static void list(hid_t file, const char *path, H5L_iterate_t each, visit *v) {
  if (!read_there(file, path)) return;
  hid_t g = H5Gopen2(file, path, H5P_DEFAULT);
  if (g < 0) return;
  hsize_t at = 0;
  H5Literate(g, H5_INDEX_NAME, H5_ITER_INC, &at, each, v);
  H5Gclose(g);
}

static void read_all(hid_t file, info *x) {
  hsize_t n[3];
  hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
  for (int i = 0; i < A_COUNT; i++) x->text[i] = read_text(root, attribute_name[i]);
  read_numbers(root, "format_version", H5T_NATIVE_INT, 2, x->version);
  read_numbers(root, "threads", H5T_NATIVE_INT, 1, &x->threads);
  read_numbers(root, "wall_s", H5T_NATIVE_DOUBLE, 1, &x->wall);
  H5Gclose(root);
  if (read_there(file, "/mesh/points") && read_shape(file, "/mesh/points", n) == 2) x->nnode = n[0];
  if (read_there(file, "/mesh/connectivity") && read_shape(file, "/mesh/connectivity", n) == 2) x->ncell = n[0];
  if (read_there(file, "/history/time") && read_shape(file, "/history/time", n) == 1) x->nrow = n[0];
  if (read_there(file, "/time")) read_times(file, x);
  list(file, "/frames/point", visit_field, &(visit){x, "point"});
  list(file, "/frames/cell", visit_field, &(visit){x, "cell"});
  list(file, "/hands", visit_hand, &(visit){x, NULL});
  for (int i = 0; i < x->nfield; i++) read_range(file, x->nframe, &x->field[i]);
}

/* ---- printing -----------------------------------------------------------------------------------------------------
 */

static void print(FILE *f, const char *file, const info *x) {
  char *const *t = x->text;
  fprintf(f, "%s: knead result, format %d.%d, %s", file, x->version[0], x->version[1], t[A_STATUS]);
  fprintf(f, "%s%s\n", t[A_MESSAGE][0] ? ": " : "", t[A_MESSAGE]);
  if (x->written && x->process)
    fprintf(f, "  writer    process %ld is writing it\n", x->process);
  else if (x->written)
    fprintf(f, "  writer    a process is writing it\n");
  else if (!strcmp(t[A_STATUS], "running"))
    fprintf(f, "  writer    none any more: the run was killed; `knead resume` goes on from its last checkpoint\n");
  fprintf(f, "  title     %s\n", t[A_TITLE]);
  fprintf(f, "  made      %s by knead %s (%s), %s %s, %d threads, %s\n", t[A_CREATED], t[A_VERSION], t[A_COMMIT],
          t[A_COMPILER], t[A_BUILD], x->threads, t[A_CPU]);
  fprintf(f, "  flags     %s\n", t[A_FLAGS]);
  if (t[A_FINISHED][0]) fprintf(f, "  finished  %s, %.1f s of wall time\n", t[A_FINISHED], x->wall);
  fprintf(f, "  command   %s\n  scenario  sha256 %s\n", t[A_COMMAND], t[A_SHA]);
  fprintf(f, "  mesh      %llu nodes, %llu cells of 27 nodes\n", x->nnode, x->ncell);
  for (int i = 0; i < x->used.n; i++) fprintf(f, "  %-9s %s\n", i ? "" : "uses", x->used.name[i]);
  for (int i = 0; i < x->nhand; i++) fprintf(f, "%s%s", i ? ", " : "  hands     ", x->hand[i]);
  if (x->nhand) fputc('\n', f);
  fprintf(f, "  history   %llu steps\n", x->nrow);
  if (!x->nframe) {
    fprintf(f, "  frames    none yet\n");
    return;
  }
  fprintf(f, "  frames    %llu, %g s to %g s\n\n", x->nframe, x->first, x->last);
  fprintf(f, "  %-24s %-6s %-16s %5s %14s %14s\n", "field", "on", "unit", "comp.", "smallest", "largest");
  for (int i = 0; i < x->nfield; i++) {
    const field_info *d = &x->field[i];
    fprintf(f, "  %-24s %-6s %-16s %5llu", d->name, d->kind, d->unit, d->ncomp);
    if (d->lo <= d->hi)
      fprintf(f, " %14.6g %14.6g\n", d->lo, d->hi);
    else
      fprintf(f, " %14s %14s\n", "no values", "");
  }
}

static void json_text(FILE *f, const char *text) {
  fputc('"', f);
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    if (*c == '"' || *c == '\\')
      fprintf(f, "\\%c", *c);
    else if (*c < 0x20)
      fprintf(f, "\\u%04x", *c);
    else
      fputc(*c, f);
  }
  fputc('"', f);
}

static void json_number(FILE *f, double x) {
  if (isfinite(x))
    fprintf(f, "%.9g", x);
  else
    fputs("null", f); /* JSON has no infinity */
}

static void print_json(FILE *f, const char *file, const info *x) {
  fputs("{\"ok\":true,\"file\":", f);
  json_text(f, file);
  for (int i = 0; i < A_COUNT; i++) {
    fprintf(f, ",\"%s\":", attribute_name[i]);
    json_text(f, x->text[i]);
  }
  fprintf(f, ",\"format_version\":[%d,%d],\"threads\":%d,\"wall_s\":", x->version[0], x->version[1], x->threads);
  json_number(f, x->wall);
  fprintf(f, ",\"being_written\":%s", x->written ? "true" : "false");
  fprintf(f, ",\"nodes\":%llu,\"cells\":%llu,\"steps\":%llu,\"frames\":%llu,\"first_s\":", x->nnode, x->ncell, x->nrow,
          x->nframe);
  json_number(f, x->first);
  fputs(",\"last_s\":", f);
  json_number(f, x->last);
  fputs(",\"hands\":[", f);
  for (int i = 0; i < x->nhand; i++) {
    if (i) fputc(',', f);
    json_text(f, x->hand[i]);
  }
  fputs("],\"uses\":[", f);
  for (int i = 0; i < x->used.n; i++) {
    if (i) fputc(',', f);
    json_text(f, x->used.name[i]);
  }
  fputs("],\"fields\":[", f);
  for (int i = 0; i < x->nfield; i++) {
    const field_info *d = &x->field[i];
    fputs(i ? ",{\"name\":" : "{\"name\":", f);
    json_text(f, d->name);
    fprintf(f, ",\"on\":\"%s\",\"unit\":", d->kind);
    json_text(f, d->unit);
    fprintf(f, ",\"components\":%llu,\"smallest\":", d->ncomp);
    json_number(f, d->lo);
    fputs(",\"largest\":", f);
    json_number(f, d->hi);
    fputc('}', f);
  }
  fputs("]}\n", f);
}

status result_info(const char *file, FILE *f, int json) {
  h5_file h;
  TRY(read_open(&h, file));
  info *x = calloc(1, sizeof *x);
  status st = ST_OK;
  if (!x) FAIL_OR(done, ST_INTERNAL, "out of memory: %zu bytes for %s", sizeof *x, file);
  x->memory = arena_create(1 << 16);
  TRY_OR(done, read_texts(&h, "/scenario/used_names", x->memory, &x->used));
  read_all(h.id, x);
  x->written = result_lock_held(file, &x->process);
  for (int i = 0; i < A_COUNT; i++)
    if (!x->text[i]) FAIL_OR(done, ST_INTERNAL, "out of memory for the attributes of %s", file);
  if (json)
    print_json(f, file, x);
  else
    print(f, file, x);
done:
  for (int i = 0; x && i < A_COUNT; i++) free(x->text[i]);
  if (x) arena_destroy(&x->memory);
  free(x);
  (void)!h5_close(&h); /* nothing was written */
  return st;
}
