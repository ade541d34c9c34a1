/* Reading a result back: for `knead info`, `compare` and `export`. What is missing is no failure of these functions,
   unless they return a status. */
#ifndef KNEAD_OUT_READ_H
#define KNEAD_OUT_READ_H
#include "sim/base/arena.h"
#include "sim/out/h5.h"

/* Opens for reading and makes sure that a run wrote it. ST_INPUT otherwise; the file is closed then. */
status read_open(h5_file *f, const char *name) MUST_CHECK;

/* A text attribute, "" when there is none; malloc, NULL when memory is out. */
char *read_text(hid_t object, const char *name);
/* A text attribute of the object at a path into text, cut to size. */
void read_text_at(hid_t file, const char *path, const char *name, char *text, size_t size);
/* Exactly n numbers of an attribute; when it has not so many, value stays as it was. */
void read_numbers(hid_t object, const char *name, hid_t memory, int n, void *value);

bool read_there(hid_t file, const char *path); /* a path need not exist, nor its parents */
bool read_is_group(hid_t file, const char *path);
/* Rank of a dataset and its shape, 1 where it has no more directions; -1: no dataset of rank 0 to 3. */
int read_shape(hid_t file, const char *path, hsize_t n[3]);

typedef struct read_array { /* values of a dataset as doubles, in the order of the file */
  int rank;                 /* 0 to 3 */
  hsize_t n[3];
  size_t count; /* n[0] n[1] n[2] */
  double *value;
} read_array;
/* ST_INPUT when it is not there or cannot be read. */
status read_values(const h5_file *f, const char *path, arena *a, read_array *out) MUST_CHECK;
/* A single text that h5_write_texts wrote; "" when there is none. */
status read_string(const h5_file *f, const char *path, arena *a, char **out) MUST_CHECK;

typedef struct read_names {
  int n;
  char **name;
} read_names;
/* A list of texts that h5_write_texts wrote; none when it is not there. */
status read_texts(const h5_file *f, const char *path, arena *a, read_names *out) MUST_CHECK;
/* What is in a group, by name; nothing when there is no such group. */
status read_group(const h5_file *f, const char *path, arena *a, read_names *out) MUST_CHECK;
/* Paths of all datasets below a group (or of the dataset that it is), by name. */
status read_datasets(const h5_file *f, const char *path, arena *a, read_names *out) MUST_CHECK;

#endif
