/* The history: one row an accepted step, kept in memory until the next frame. */
#include <stdio.h>
#include <string.h>
#include "sim/out/result.h"

status history_open(result *w, const history *columns) {
  rows *r = &w->history;
  history_column *own;
  *r = (rows){.ncolumn = columns ? columns->ncolumn : 0};
  NEW(w->memory, own, r->ncolumn);
  for (int i = 0; i < r->ncolumn; i++) {
    own[i] = columns->column[i];
    if (own[i].ncomp != 1 && own[i].ncomp != 3 && own[i].ncomp != 4)
      FAIL(ST_INTERNAL, "history column %s has %d components, 1, 3 or 4 are possible", own[i].path, own[i].ncomp);
    r->width += own[i].ncomp;
  }
  r->column = own;
  NEW(w->memory, r->time, ROWS);
  NEW(w->memory, r->value, (size_t)ROWS * (size_t)r->width);
  NEW(w->memory, r->gather, 4 * ROWS);
  return ST_OK;
}

status history_layout(const result *w, h5_file *f) {
  const rows *r = &w->history;
  char path[128];
  TRY(h5_series(f, "/history/time", H5T_IEEE_F64LE, 1, HISTORY_CHUNK,
                &(h5_label){"s", "time at the end of each step", NULL}));
  for (int i = 0; i < r->ncolumn; i++) {
    const history_column *c = &r->column[i];
    h5_label label = {c->unit[0] ? c->unit : "1", c->long_name,
                      c->ncomp == 3   ? "x,y,z"
                      : c->ncomp == 4 ? "x,y,z,w"
                                      : NULL};
    snprintf(path, sizeof path, "/history/%s", c->path);
    TRY(h5_series(f, path, c->integer ? H5T_STD_I32LE : H5T_IEEE_F64LE, c->ncomp, HISTORY_CHUNK, &label));
  }
  return ST_OK;
}

bool history_add(result *w, double t, const history *h) {
  rows *r = &w->history;
  r->time[r->n] = t;
  memcpy(r->value + (size_t)r->n * (size_t)r->width, h->value, (size_t)r->width * sizeof *r->value);
  r->n++;
  return r->n == ROWS;
}

status history_write(const result *w, h5_file *f) {
  const rows *r = &w->history;
  char path[128];
  int first = 0;
  for (int i = 0; i < r->ncolumn; first += r->column[i].ncomp, i++) {
    const history_column *c = &r->column[i];
    for (int k = 0; k < r->n; k++)
      memcpy(r->gather + k * c->ncomp, r->value + (size_t)k * (size_t)r->width + first,
             (size_t)c->ncomp * sizeof *r->gather);
    snprintf(path, sizeof path, "/history/%s", c->path);
    TRY(h5_series_put(f, path, H5T_NATIVE_DOUBLE, r->done, (hsize_t)r->n, c->ncomp, r->gather));
  }
  /* Last, so that a row counts only when all of it is there. */
  return h5_series_put(f, "/history/time", H5T_NATIVE_DOUBLE, r->done, (hsize_t)r->n, 1, r->time);
}

void history_written(result *w) {
  w->history.done += (hsize_t)w->history.n;
  w->history.n = 0;
}

/* Rows that wait may touch one more chunk than they fill. */
size_t history_bytes(const result *w) {
  const rows *r = &w->history;
  size_t chunks = (size_t)r->n / HISTORY_CHUNK + 2;
  return r->n ? chunks * HISTORY_CHUNK * sizeof(double) * (size_t)(r->width + 1) + (size_t)r->ncolumn * 4096 : 0;
}
