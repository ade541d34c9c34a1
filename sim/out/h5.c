/* HDF5 in the few shapes the result file is made of; see h5.h. */
#include "sim/out/h5.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void h5_setup(void) {
  /* The exit handler flushes what a failed close left behind and crashes on it; it must be declined before any other
     call. All files are closed by then, so there is nothing it could do for us. */
  static bool done;
  if (done) return;
  done = true;
  H5dont_atexit();
  H5open();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* ---- why HDF5 failed ----------------------------------------------------------------------------------------------
 */

typedef struct reason {
  char text[160];
  bool system; /* the operating system said so: better than anything HDF5 adds */
} reason;

static herr_t read_reason(unsigned depth, const H5E_error2_t *e, void *ctx) {
  (void)depth;
  reason *r = ctx;
  if (r->system || !e->desc) return 0;
  const char *said = strstr(e->desc, "error message = '");
  if (said) {
    said += strlen("error message = '");
    const char *end = strchr(said, '\'');
    int n = end ? (int)(end - said) : (int)strlen(said);
    snprintf(r->text, sizeof r->text, "%.*s", n, said);
    r->system = true;
  } else if (!r->text[0]) {
    snprintf(r->text, sizeof r->text, "%s", e->desc);
  }
  return 0;
}

/* Must be called before the next HDF5 call: that one clears the reason. */
static status h5_fail(h5_file *f, const char *doing, const char *path) {
  reason r = {{0}, false};
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, read_reason, &r);
  f->broken = true;
  return err_set(ST_OUTPUT, __FILE__, __LINE__,
                 "%s: cannot %s %s: %s; free some space or repair the disk, or write elsewhere with -o", f->name, doing,
                 path, r.text[0] ? r.text : "HDF5 gave no reason");
}

/* ---- opening and closing ------------------------------------------------------------------------------------------
 */

static hid_t access_list(void) {
  hid_t p = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(p, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110);
  /* With locking a reader (a plot of a running job) would make our next append fail. */
  H5Pset_file_locking(p, 0, 1);
  H5Pset_fclose_degree(p, H5F_CLOSE_STRONG);
  return p;
}

status h5_create(const char *name) {
  h5_setup();
  h5_file f = {.name = name};
  /* Not truncated but replaced: somebody may have the old one open. */
  if (unlink(name) && errno != ENOENT) FAIL(ST_OUTPUT, "cannot replace %s: %s", name, strerror(errno));
  hid_t p = access_list();
  f.id = H5Fcreate(name, H5F_ACC_EXCL, H5P_DEFAULT, p);
  status st = f.id < 0 ? h5_fail(&f, "create", "it") : ST_OK;
  H5Pclose(p);
  if (st == ST_OK) st = h5_close(&f);
  return st;
}

/* Lengthens the file by blocks that are really on the disk. HDF5 uses them from its own end of file on and gives the
   rest back when it closes. */
static status reserve(const char *name, size_t bytes, const char *what) {
  int fd = open(name, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    FAIL(ST_OUTPUT, "%s: cannot write %s: %s; is it still there and writable? Or write elsewhere with -o", name, what,
         strerror(errno));
  struct stat s;
  struct rlimit r;
  int error = fstat(fd, &s) ? errno : 0;
  /* Beyond the limit of the shell the system would send a signal instead of an error. */
  if (!error && !getrlimit(RLIMIT_FSIZE, &r) && r.rlim_cur != RLIM_INFINITY &&
      (rlim_t)s.st_size + (rlim_t)bytes > r.rlim_cur)
    error = EFBIG;
  if (!error) {
    do error = posix_fallocate(fd, s.st_size, (off_t)bytes);
    while (error == EINTR);
    if (error && error != EOPNOTSUPP && error != EINVAL) {
      if (ftruncate(fd, s.st_size)) error = errno;
    } else {
      error = 0; /* a file system that cannot reserve: go on without */
    }
  }
  close(fd);
  if (error)
    FAIL(ST_OUTPUT,
         "%s: no room for %s (%.1f MB): %s; what is in it stays readable. Free some space, or write elsewhere with -o, "
         "fewer output.fields or a longer output.every",
         name, what, 1e-6 * (double)bytes, strerror(error));
  return ST_OK;
}

status h5_append(h5_file *f, const char *name, size_t bytes, const char *what) {
  h5_setup();
  *f = (h5_file){.id = H5I_INVALID_HID, .name = name};
  TRY(reserve(name, bytes, what));
  hid_t p = access_list();
  status st = ST_OK;
  for (int attempt = 0; attempt < 2; attempt++) { /* another program may hold a lock just now */
    f->id = H5Fopen(name, H5F_ACC_RDWR, p);
    if (f->id >= 0) break;
    if (attempt)
      st = h5_fail(f, "open", "it");
    else
      usleep(20000);
  }
  H5Pclose(p);
  return st;
}

status h5_open(h5_file *f, const char *name) {
  h5_setup();
  *f = (h5_file){.id = H5I_INVALID_HID, .name = name};
  if (access(name, R_OK)) FAIL(ST_INPUT, "cannot read %s: %s", name, strerror(errno));
  hid_t p = access_list();
  for (int attempt = 0; attempt < 2 && f->id < 0; attempt++) { /* a run may be appending to it */
    if (attempt) usleep(50000);
    f->id = H5Fopen(name, H5F_ACC_RDONLY, p);
  }
  H5Pclose(p);
  if (f->id < 0) FAIL(ST_INPUT, "%s is not an HDF5 file, or is damaged", name);
  return ST_OK;
}

status h5_close(h5_file *f) {
  if (f->id < 0) return ST_OK;
  hid_t id = f->id;
  f->id = H5I_INVALID_HID;
  if (H5Fclose(id) < 0 && !f->broken) return h5_fail(f, "finish", "it");
  return ST_OK;
}

/* ---- attributes ---------------------------------------------------------------------------------------------------
 */

/* Text of any length, UTF-8: what h5py gives as str. */
static hid_t text_type(void) {
  hid_t t = H5Tcopy(H5T_C_S1);
  H5Tset_size(t, H5T_VARIABLE);
  H5Tset_cset(t, H5T_CSET_UTF8);
  return t;
}

static status put_attribute(h5_file *f, hid_t object, const char *name, hid_t stored, hid_t memory, hid_t space,
                            const void *value) {
  htri_t there = H5Aexists(object, name);
  hid_t a = there > 0 ? H5Aopen(object, name, H5P_DEFAULT)
                      : H5Acreate2(object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT);
  status st = ST_OK;
  if (a < 0 || H5Awrite(a, memory, value) < 0) st = h5_fail(f, "write the attribute", name);
  if (a >= 0 && H5Aclose(a) < 0 && st == ST_OK) st = h5_fail(f, "write the attribute", name);
  return st;
}

static status text_on(h5_file *f, hid_t object, const char *name, const char *text) {
  hid_t type = text_type(), space = H5Screate(H5S_SCALAR);
  if (!text) text = "";
  status st = put_attribute(f, object, name, type, type, space, &text);
  H5Sclose(space);
  H5Tclose(type);
  return st;
}

static status label_on(h5_file *f, hid_t object, const h5_label *label) {
  TRY(text_on(f, object, "units", label && label->unit ? label->unit : "1"));
  TRY(text_on(f, object, "long_name", label ? label->long_name : NULL));
  if (label && label->components) TRY(text_on(f, object, "components", label->components));
  return ST_OK;
}

/* The object at a path; "/" is the file's root. Groups that are missing are made. */
static hid_t object_open(const h5_file *f, const char *path) {
  if (!strcmp(path, "/") || H5Lexists(f->id, path, H5P_DEFAULT) > 0) return H5Oopen(f->id, path, H5P_DEFAULT);
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  hid_t g = H5Gcreate2(f->id, path, links, H5P_DEFAULT, H5P_DEFAULT);
  H5Pclose(links);
  return g;
}

status h5_text(h5_file *f, const char *object, const char *name, const char *text) {
  hid_t o = object_open(f, object);
  if (o < 0) return h5_fail(f, "open", object);
  status st = text_on(f, o, name, text);
  H5Oclose(o);
  return st;
}

status h5_number(h5_file *f, const char *object, const char *name, hid_t stored, hid_t memory, int n,
                 const void *value) {
  hsize_t count = (hsize_t)n;
  hid_t o = object_open(f, object);
  if (o < 0) return h5_fail(f, "open", object);
  hid_t space = n ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
  status st = put_attribute(f, o, name, stored, memory, space, value);
  H5Sclose(space);
  H5Oclose(o);
  return st;
}

status h5_vtk_type(h5_file *f, const char *object, const char *text) {
  hid_t o = object_open(f, object);
  if (o < 0) return h5_fail(f, "open", object);
  hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  H5Tset_size(type, strlen(text));
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  status st = put_attribute(f, o, "Type", type, type, space, text);
  H5Sclose(space);
  H5Tclose(type);
  H5Oclose(o);
  return st;
}

/* ---- datasets -----------------------------------------------------------------------------------------------------
 */

/* Creates a labelled dataset. times: left out, so that two equal runs write equal files. */
static status create(h5_file *f, const char *path, hid_t type, hid_t space, hid_t p, const h5_label *label, hid_t *d) {
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  H5Pset_obj_track_times(p, false);
  *d = H5Dcreate2(f->id, path, type, space, links, p, H5P_DEFAULT);
  status st = *d < 0 ? h5_fail(f, "create", path) : ST_OK;
  H5Pclose(links);
  if (st == ST_OK) st = label_on(f, *d, label);
  return st;
}

/* Values wait in the chunk cache until here: a full disk may show only now. */
static status dataset_close(h5_file *f, hid_t d, const char *path, status st) {
  if (d >= 0 && H5Dclose(d) < 0 && st == ST_OK) st = h5_fail(f, "write", path);
  return st;
}

static status write_array(h5_file *f, const char *path, const h5_array *a, bool checked, const h5_label *label) {
  hsize_t total = 1;
  for (int i = 0; i < a->rank; i++) total *= a->n[i];
  hid_t space = a->rank ? H5Screate_simple(a->rank, a->n, NULL) : H5Screate(H5S_SCALAR);
  hid_t p = H5Pcreate(H5P_DATASET_CREATE), d = H5I_INVALID_HID;
  if ((a->gzip > 0 || checked) && a->rank > 0 && total > 0) {
    hsize_t chunk[3] = {a->n[0] < H5_CHUNK ? a->n[0] : H5_CHUNK, a->n[1], a->n[2]};
    H5Pset_chunk(p, a->rank, chunk);
    if (a->gzip > 0) {
      H5Pset_shuffle(p);
      H5Pset_deflate(p, (unsigned)a->gzip);
    }
    if (checked) H5Pset_fletcher32(p);
  }
  status st = create(f, path, a->stored, space, p, label, &d);
  if (st == ST_OK && total > 0 && H5Dwrite(d, a->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, a->data) < 0)
    st = h5_fail(f, "write", path);
  st = dataset_close(f, d, path, st);
  H5Pclose(p);
  H5Sclose(space);
  return st;
}

status h5_write(h5_file *f, const char *path, const h5_array *a, const h5_label *label) {
  return write_array(f, path, a, false, label);
}

status h5_write_checked(h5_file *f, const char *path, const h5_array *a, const h5_label *label) {
  return write_array(f, path, a, true, label);
}

static status write_texts(h5_file *f, const char *path, int n, const char *const *text, bool checked,
                          const h5_label *label) {
  size_t longest = 1, count = n < 0 ? 1 : (size_t)n;
  for (size_t i = 0; i < count; i++) longest = strlen(text[i]) > longest ? strlen(text[i]) : longest;
  char *row = calloc(count ? count : 1, longest);
  if (!row) FAIL(ST_INTERNAL, "out of memory: %zu bytes for %s", count * longest, path);
  for (size_t i = 0; i < count; i++) memcpy(row + i * longest, text[i], strlen(text[i]));
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, longest);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  h5_array a = {.stored = type, .memory = type, .rank = n < 0 ? 0 : 1, .n = {count}, .data = row};
  status st = write_array(f, path, &a, checked, label);
  H5Tclose(type);
  free(row);
  return st;
}

status h5_write_texts(h5_file *f, const char *path, int n, const char *const *text, const h5_label *label) {
  return write_texts(f, path, n, text, false, label);
}

status h5_write_text_checked(h5_file *f, const char *path, const char *text, const h5_label *label) {
  return write_texts(f, path, 1, &text, true, label);
}

status h5_link(h5_file *f, const char *path, const char *to) {
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  status st = H5Lcreate_hard(f->id, to, f->id, path, links, H5P_DEFAULT) < 0 ? h5_fail(f, "link", path) : ST_OK;
  H5Pclose(links);
  return st;
}

/* ---- datasets that grow -------------------------------------------------------------------------------------------
 */

static status series(h5_file *f, const char *path, hid_t stored, int rank, int ncomp, hsize_t chunk,
                     const h5_label *label) {
  hsize_t now[2] = {0, (hsize_t)ncomp}, most[2] = {H5S_UNLIMITED, (hsize_t)ncomp}, part[2] = {chunk, (hsize_t)ncomp};
  hid_t space = H5Screate_simple(rank, now, most), p = H5Pcreate(H5P_DATASET_CREATE), d = H5I_INVALID_HID;
  H5Pset_chunk(p, rank, part);
  status st = create(f, path, stored, space, p, label, &d);
  st = dataset_close(f, d, path, st);
  H5Pclose(p);
  H5Sclose(space);
  return st;
}

status h5_series(h5_file *f, const char *path, hid_t stored, int ncomp, hsize_t chunk, const h5_label *label) {
  return series(f, path, stored, ncomp > 1 ? 2 : 1, ncomp, chunk, label);
}

status h5_column(h5_file *f, const char *path, hid_t stored, hsize_t chunk, const h5_label *label) {
  return series(f, path, stored, 2, 1, chunk, label);
}

status h5_series_put(h5_file *f, const char *path, hid_t memory, hsize_t at, hsize_t n, int ncomp, const void *data) {
  hsize_t size[2] = {at + n, (hsize_t)ncomp}, start[2] = {at, 0}, count[2] = {n, (hsize_t)ncomp};
  if (n == 0) return ST_OK;
  hid_t d = H5Dopen2(f->id, path, H5P_DEFAULT);
  if (d < 0) return h5_fail(f, "open", path);
  status st = H5Dset_extent(d, size) < 0 ? h5_fail(f, "lengthen", path) : ST_OK;
  if (st == ST_OK) {
    hid_t file = H5Dget_space(d), mem = H5Screate_simple(H5Sget_simple_extent_ndims(file), count, NULL);
    H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL);
    if (H5Dwrite(d, memory, mem, file, H5P_DEFAULT, data) < 0) st = h5_fail(f, "append to", path);
    H5Sclose(mem);
    H5Sclose(file);
  }
  return dataset_close(f, d, path, st);
}

status h5_view(h5_file *f, const char *path, const char *source, hsize_t n, int ncomp, bool stacked,
               const h5_label *label) {
  char pattern[512];
  hsize_t c = (hsize_t)ncomp, shape[2] = {n, c};
  int rank = ncomp > 1 ? 2 : 1;
  /* stacked: one frame a row; else the frames' rows one after the other. In both an unlimited count of blocks. */
  hsize_t now[3] = {0, n, c}, most[3] = {H5S_UNLIMITED, n, c}, start[3] = {0}, stride[3] = {1, n, c};
  hsize_t count[3] = {H5S_UNLIMITED, 1, 1}, block[3] = {1, n, c};
  if (!stacked) {
    now[1] = most[1] = c;
    stride[0] = block[0] = n;
    stride[1] = block[1] = c;
  }
  snprintf(pattern, sizeof pattern, "%s/%%b", source);
  hid_t from = H5Screate_simple(rank, shape, NULL), to = H5Screate_simple(stacked ? rank + 1 : rank, now, most);
  hid_t p = H5Pcreate(H5P_DATASET_CREATE), d = H5I_INVALID_HID;
  H5Sselect_all(from);
  status st = ST_OK;
  if (H5Sselect_hyperslab(to, H5S_SELECT_SET, start, stride, count, block) < 0 ||
      H5Pset_virtual(p, to, ".", pattern, from) < 0)
    st = h5_fail(f, "describe the view", path);
  /* What is off the skin, and what an interrupted append did not write, is not a number. */
  float nan_value = NAN;
  H5Pset_fill_value(p, H5T_NATIVE_FLOAT, &nan_value);
  if (st == ST_OK) st = create(f, path, H5T_IEEE_F32LE, to, p, label, &d);
  st = dataset_close(f, d, path, st);
  H5Pclose(p);
  H5Sclose(to);
  H5Sclose(from);
  return st;
}

status h5_series_cut(h5_file *f, const char *path, hsize_t n) {
  hsize_t size[3];
  hid_t d = H5Dopen2(f->id, path, H5P_DEFAULT);
  if (d < 0) return h5_fail(f, "open", path);
  hid_t space = H5Dget_space(d);
  status st = ST_OK;
  if (H5Sget_simple_extent_ndims(space) > 3 || H5Sget_simple_extent_dims(space, size, NULL) < 1 || size[0] < n)
    st = err_set(ST_INPUT, __FILE__, __LINE__, "%s: %s is shorter than its checkpoint says; the file is damaged",
                 f->name, path);
  H5Sclose(space);
  size[0] = n;
  if (st == ST_OK && H5Dset_extent(d, size) < 0) st = h5_fail(f, "shorten", path);
  return dataset_close(f, d, path, st);
}

status h5_remove(h5_file *f, const char *path) {
  if (H5Lexists(f->id, path, H5P_DEFAULT) <= 0) return ST_OK;
  return H5Ldelete(f->id, path, H5P_DEFAULT) < 0 ? h5_fail(f, "remove", path) : ST_OK;
}
