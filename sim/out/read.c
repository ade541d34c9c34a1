/* Reading a result back; see read.h. */
#include "sim/out/read.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 8 }; /* groups in groups: a result has 4 */

status read_open(h5_file *f, const char *name) {
  TRY(h5_open(f, name));
  char format[32];
  read_text_at(f->id, "/", "format", format, sizeof format);
  if (!strcmp(format, "knead-result")) return ST_OK;
  (void)!h5_close(f); /* nothing was written */
  FAIL(ST_INPUT, "%s is an HDF5 file, but not a result of knead", name);
}

/* ---- attributes ---------------------------------------------------------------------------------------------------
 */

char *read_text(hid_t object, const char *name) {
  char *text = NULL;
  hid_t a = H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : H5I_INVALID_HID;
  hid_t type = a >= 0 ? H5Aget_type(a) : H5I_INVALID_HID, space = a >= 0 ? H5Aget_space(a) : H5I_INVALID_HID;
  if (type >= 0 && H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1) {
    if (H5Tis_variable_str(type) > 0) {
      char *own = NULL;
      if (H5Aread(a, type, &own) >= 0 && own) text = strdup(own);
      H5free_memory(own);
    } else {
      text = calloc(H5Tget_size(type) + 1, 1);
      if (text) H5Aread(a, type, text);
    }
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  if (a >= 0) H5Aclose(a);
  return text ? text : strdup("");
}

void read_text_at(hid_t file, const char *path, const char *name, char *text, size_t size) {
  hid_t object = H5Oopen(file, path, H5P_DEFAULT);
  char *read = object >= 0 ? read_text(object, name) : NULL;
  snprintf(text, size, "%s", read ? read : "");
  free(read);
  if (object >= 0) H5Oclose(object);
}

void read_numbers(hid_t object, const char *name, hid_t memory, int n, void *value) {
  if (H5Aexists(object, name) <= 0) return;
  hid_t a = H5Aopen(object, name, H5P_DEFAULT);
  hid_t space = H5Aget_space(a);
  if (H5Sget_simple_extent_npoints(space) == n) H5Aread(a, memory, value);
  H5Sclose(space);
  H5Aclose(a);
}

/* ---- groups -------------------------------------------------------------------------------------------------------
 */

bool read_there(hid_t file, const char *path) {
  char part[256];
  for (const char *c = strchr(path + 1, '/');; c = strchr(c + 1, '/')) {
    int n = c ? (int)(c - path) : (int)strlen(path);
    snprintf(part, sizeof part, "%.*s", n, path);
    if (H5Lexists(file, part, H5P_DEFAULT) <= 0) return false;
    if (!c) return true;
  }
}

bool read_is_group(hid_t file, const char *path) {
  hid_t object = read_there(file, path) ? H5Oopen(file, path, H5P_DEFAULT) : H5I_INVALID_HID;
  if (object < 0) return false;
  bool group = H5Iget_type(object) == H5I_GROUP;
  H5Oclose(object);
  return group;
}

static herr_t count_name(hid_t group, const char *name, const H5L_info_t *l, void *ctx) {
  read_names *out = ctx;
  (void)group, (void)name, (void)l;
  out->n++;
  return 0;
}

typedef struct collecting {
  read_names *out;
  int room;
  arena *a;
} collecting;

static herr_t keep_name(hid_t group, const char *name, const H5L_info_t *l, void *ctx) {
  collecting *c = ctx;
  (void)group, (void)l;
  if (c->out->n == c->room) return 0; /* came since they were counted: a run is writing it */
  char *own = arena_alloc(c->a, strlen(name) + 1);
  if (!own) return -1;
  c->out->name[c->out->n++] = strcpy(own, name);
  return 0;
}

status read_group(const h5_file *f, const char *path, arena *a, read_names *out) {
  *out = (read_names){0};
  if (!read_is_group(f->id, path)) return ST_OK;
  hid_t g = H5Gopen2(f->id, path, H5P_DEFAULT);
  if (g < 0) FAIL(ST_INPUT, "%s: %s cannot be read; the file is damaged", f->name, path);
  status st = ST_OK;
  hsize_t at = 0;
  if (H5Literate(g, H5_INDEX_NAME, H5_ITER_INC, &at, count_name, out) < 0)
    FAIL_OR(done, ST_INPUT, "%s: %s cannot be read; the file is damaged", f->name, path);
  if (!(out->name = arena_alloc(a, (size_t)out->n * sizeof *out->name)))
    FAIL_OR(done, ST_INTERNAL, "out of memory for the names in %s", path);
  collecting all = {out, out->n, a};
  out->n = 0, at = 0;
  if (H5Literate(g, H5_INDEX_NAME, H5_ITER_INC, &at, keep_name, &all) < 0)
    FAIL_OR(done, ST_INTERNAL, "%s: the names in %s cannot be kept: out of memory, or the file is damaged", f->name,
            path);
done:
  if (st != ST_OK) *out = (read_names){0};
  H5Gclose(g);
  return st;
}

/* room < 0: counts only. */
static status datasets(const h5_file *f, const char *path, int depth, int room, arena *a, read_names *out) {
  read_names in;
  if (!read_is_group(f->id, path)) {
    if (!read_there(f->id, path) || out->n == room) return ST_OK;
    if (room > 0) {
      NEW(a, out->name[out->n], strlen(path) + 1);
      strcpy(out->name[out->n], path);
    }
    out->n++;
    return ST_OK;
  }
  if (depth == DEPTH) FAIL(ST_INPUT, "%s: %s lies too deep for a result", f->name, path);
  TRY(read_group(f, path, a, &in));
  for (int i = 0; i < in.n; i++) {
    char *inner;
    size_t size = strlen(path) + strlen(in.name[i]) + 2;
    NEW(a, inner, size);
    snprintf(inner, size, "%s/%s", path, in.name[i]);
    TRY(datasets(f, inner, depth + 1, room, a, out));
  }
  return ST_OK;
}

status read_datasets(const h5_file *f, const char *path, arena *a, read_names *out) {
  *out = (read_names){0};
  TRY(datasets(f, path, 0, -1, a, out));
  int room = out->n;
  NEW(a, out->name, room);
  out->n = 0;
  return datasets(f, path, 0, room, a, out);
}

/* ---- datasets -----------------------------------------------------------------------------------------------------
 */

int read_shape(hid_t file, const char *path, hsize_t n[3]) {
  n[0] = 0, n[1] = n[2] = 1;
  hid_t d = H5Dopen2(file, path, H5P_DEFAULT);
  if (d < 0) return -1;
  hid_t space = H5Dget_space(d);
  int rank = H5Sget_simple_extent_ndims(space);
  if (rank > 3)
    rank = -1;
  else if (rank > 0)
    H5Sget_simple_extent_dims(space, n, NULL);
  else if (rank == 0)
    n[0] = 1;
  H5Sclose(space);
  H5Dclose(d);
  return rank;
}

status read_values(const h5_file *f, const char *path, arena *a, read_array *out) {
  *out = (read_array){.rank = -1};
  if (read_there(f->id, path)) out->rank = read_shape(f->id, path, out->n);
  if (out->rank < 0) FAIL(ST_INPUT, "%s has no dataset %s that can be read", f->name, path);
  out->count = (size_t)(out->n[0] * out->n[1] * out->n[2]);
  NEW(a, out->value, out->count);
  hid_t d = H5Dopen2(f->id, path, H5P_DEFAULT);
  herr_t read = H5Dread(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out->value);
  H5Dclose(d);
  if (read < 0) FAIL(ST_INPUT, "%s: %s cannot be read; the file is damaged", f->name, path);
  return ST_OK;
}

status read_string(const h5_file *f, const char *path, arena *a, char **out) {
  hid_t d = read_there(f->id, path) ? H5Dopen2(f->id, path, H5P_DEFAULT) : H5I_INVALID_HID;
  hid_t type = d >= 0 ? H5Dget_type(d) : H5I_INVALID_HID;
  bool fixed = type >= 0 && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) <= 0;
  size_t size = fixed ? H5Tget_size(type) : 0;
  status st = ST_OK;
  if (!(*out = arena_alloc(a, size + 1)))
    st = err_set(ST_INTERNAL, __FILE__, __LINE__, "out of memory: %zu bytes for %s", size, path);
  else if (fixed && H5Dread(d, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *out) < 0)
    st = err_set(ST_INPUT, __FILE__, __LINE__, "%s: %s cannot be read; the file is damaged", f->name, path);
  if (type >= 0) H5Tclose(type);
  if (d >= 0) H5Dclose(d);
  return st;
}

status read_texts(const h5_file *f, const char *path, arena *a, read_names *out) {
  *out = (read_names){0};
  hid_t d = read_there(f->id, path) ? H5Dopen2(f->id, path, H5P_DEFAULT) : H5I_INVALID_HID;
  hid_t type = d >= 0 ? H5Dget_type(d) : H5I_INVALID_HID;
  bool fixed = type >= 0 && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) <= 0;
  hsize_t shape[3] = {0};
  status st = ST_OK;
  if (fixed && read_shape(f->id, path, shape) == 1 && shape[0] > 0) {
    size_t size = H5Tget_size(type), n = (size_t)shape[0];
    char *all = arena_alloc(a, n * size), *text = arena_alloc(a, n * (size + 1));
    out->name = arena_alloc(a, n * sizeof *out->name);
    if (!all || !text || !out->name)
      st = err_set(ST_INTERNAL, __FILE__, __LINE__, "out of memory: %zu bytes for %s", n * size, path);
    else if (H5Dread(d, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all) < 0)
      st = err_set(ST_INPUT, __FILE__, __LINE__, "%s: %s cannot be read; the file is damaged", f->name, path);
    for (size_t i = 0; st == ST_OK && i < n; i++) {
      out->name[i] = memcpy(text + i * (size + 1), all + i * size, size);
      out->name[i][size] = 0;
      out->n++;
    }
  }
  if (type >= 0) H5Tclose(type);
  if (d >= 0) H5Dclose(d);
  return st;
}
