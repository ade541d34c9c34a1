/* HDF5 in the few shapes the result file is made of, and its failures as a status with a message.

   A file is opened, appended to and closed; nothing stays open in between. Before an append the disk blocks it may need
   are reserved, so that a full disk is found out while the file is still whole: HDF5 1.10 neither survives a failed
   write (it crashes in its exit handler, tried) nor keeps earlier data safe through one. */
#ifndef KNEAD_OUT_H5_H
#define KNEAD_OUT_H5_H
#include <hdf5.h>
#include <stdbool.h>
#include "sim/base/err.h"

typedef struct h5_file {
  hid_t id;
  const char *name; /* for messages; the caller's */
  bool broken;      /* HDF5 failed on it: it must not be touched again */
} h5_file;

typedef struct h5_label {
  const char *unit;       /* NULL: "1" */
  const char *long_name;  /* NULL: "" */
  const char *components; /* "x,y,z"; NULL: none */
} h5_label;

typedef struct h5_array {
  hid_t stored, memory; /* element types */
  int rank;             /* 0 (one value) to 3 */
  hsize_t n[3];
  const void *data;
  int gzip; /* level with shuffle; 0: neither */
} h5_array;

enum { H5_CHUNK = 16384 };       /* rows of a frame in one chunk at most */
enum { H5_PER_DATASET = 24576 }; /* bytes to reserve for what HDF5 keeps about a dataset besides its values */
enum { H5_PER_APPEND = 1 << 20 };

void h5_setup(void); /* before anything else that calls HDF5; silences its own messages. More than once is fine */

/* A new, empty file (an existing one is replaced); it is closed again. */
status h5_create(const char *name) MUST_CHECK;
/* Opens for writing after reserving `bytes` beyond the present end. ST_OUTPUT when the disk has no room for them: the
   file is then as it was. what: "frame 12", for the message. */
status h5_append(h5_file *f, const char *name, size_t bytes, const char *what) MUST_CHECK;
status h5_open(h5_file *f, const char *name) MUST_CHECK; /* for reading; ST_INPUT */
status h5_close(h5_file *f) MUST_CHECK;                  /* no open file: fine */

/* Values of attributes and links are replaced when they exist; groups on the way to a path are made. */
status h5_text(h5_file *f, const char *object, const char *name, const char *text) MUST_CHECK;
status h5_number(h5_file *f, const char *object, const char *name, hid_t stored, hid_t memory, int n,
                 const void *value) MUST_CHECK; /* n 0: one value, not an array of one */
status h5_vtk_type(h5_file *f, const char *object,
                   const char *text) MUST_CHECK; /* attribute Type, fixed-length ASCII */

status h5_write(h5_file *f, const char *path, const h5_array *a, const h5_label *label) MUST_CHECK;
/* The same with a checksum over every chunk: a flipped bit is an error of the reader. */
status h5_write_checked(h5_file *f, const char *path, const h5_array *a, const h5_label *label) MUST_CHECK;
/* n texts (n < 0: a single one, not an array), stored with a fixed length: all readers can do that. */
status h5_write_texts(h5_file *f, const char *path, int n, const char *const *text, const h5_label *label) MUST_CHECK;
status h5_write_text_checked(h5_file *f, const char *path, const char *text,
                             const h5_label *label) MUST_CHECK; /* [1] */
/* Cuts a series back to n rows; removes a dataset, which need not be there. */
status h5_series_cut(h5_file *f, const char *path, hsize_t n) MUST_CHECK;
status h5_remove(h5_file *f, const char *path) MUST_CHECK;
status h5_link(h5_file *f, const char *path, const char *to) MUST_CHECK;

/* A dataset that grows: [0] or [0,ncomp] (ncomp > 1), unlimited in the first direction. */
status h5_series(h5_file *f, const char *path, hid_t stored, int ncomp, hsize_t chunk,
                 const h5_label *label) MUST_CHECK;
/* The same of shape [0,1]. */
status h5_column(h5_file *f, const char *path, hid_t stored, hsize_t chunk, const h5_label *label) MUST_CHECK;
/* Rows at .. at + n - 1 of a series; its new length is at + n. ncomp 1 fits a column too. */
status h5_series_put(h5_file *f, const char *path, hid_t memory, hsize_t at, hsize_t n, int ncomp,
                     const void *data) MUST_CHECK;

/* A view that grows by itself over the datasets source/0, source/1, ... of shape [n] or [n,ncomp]:
   stacked [T,n(,ncomp)], else one after the other [T n(,ncomp)]. */
status h5_view(h5_file *f, const char *path, const char *source, hsize_t n, int ncomp, bool stacked,
               const h5_label *label) MUST_CHECK;

#endif
