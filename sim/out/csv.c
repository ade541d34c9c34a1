/* A history as comma-separated values, for spreadsheets. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/out/out.h"
#include "sim/out/read.h"

typedef struct column {
  const double *value; /* [rows][ncomp] */
  size_t ncomp;
} column;

/* Quoted where a comma or a quote would be misread (RFC 4180). */
static void cell_text(FILE *f, const char *text) {
  if (!strpbrk(text, ",\"\n")) {
    fputs(text, f);
    return;
  }
  fputc('"', f);
  for (const char *c = text; *c; c++) {
    if (*c == '"') fputc('"', f);
    fputc(*c, f);
  }
  fputc('"', f);
}

/* The shortest text that reads back as the same number. */
static void cell_number(FILE *f, double v) {
  char text[40];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, v);
    if (strtod(text, NULL) == v) break;
  }
  fputs(isnan(v) ? "nan" : text, f);
}

/* "hand/palm/force.x [N]": one for each component. */
static void header(FILE *f, hid_t file, const char *path, size_t ncomp) {
  char unit[32], components[64], cell[256], *rest = components;
  read_text_at(file, path, "units", unit, sizeof unit);
  read_text_at(file, path, "components", components, sizeof components);
  for (size_t k = 0; k < ncomp; k++) {
    const char *word = strsep(&rest, ",");
    const char *name = path + strlen("/history/");
    if (ncomp == 1)
      snprintf(cell, sizeof cell, "%s [%s]", name, unit);
    else if (word && *word)
      snprintf(cell, sizeof cell, "%s.%s [%s]", name, word, unit);
    else
      snprintf(cell, sizeof cell, "%s.%zu [%s]", name, k, unit);
    fputc(',', f);
    cell_text(f, cell);
  }
}

/* "hand/palm, layer/gel, solver": the groups that hold datasets, each once. */
static status say_what_is_there(const h5_file *h, const char *history, arena *a) {
  read_names all;
  char list[512] = "", last[160] = "", group[160];
  TRY(read_datasets(h, "/history", a, &all));
  for (int i = 0; i < all.n; i++) {
    const char *path = all.name[i] + strlen("/history/"), *slash = strrchr(path, '/');
    if (!slash) continue;
    snprintf(group, sizeof group, "%.*s", (int)(slash - path), path);
    size_t n = strlen(list);
    if (!strcmp(group, last) || n + strlen(group) + 3 > sizeof list) continue;
    snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "", group);
    snprintf(last, sizeof last, "%s", group);
  }
  FAIL(ST_INPUT, "%s has no history '%s'; there are: all, %s", h->name, history, *list ? list : "none");
}

static status csv(const h5_file *h, const char *history, FILE *f, arena *a, long *nrow) {
  read_names all;
  read_array time, x;
  column *columns;
  char path[192];
  int n = 0;
  if (!strncmp(history, "/history/", 9)) history += 9;
  snprintf(path, sizeof path, "/history%s%s", strcmp(history, "all") ? "/" : "", strcmp(history, "all") ? history : "");
  if (path[strlen(path) - 1] == '/') path[strlen(path) - 1] = 0;
  TRY(read_datasets(h, path, a, &all));
  if (!all.n || !*history) return say_what_is_there(h, history, a);
  TRY(read_values(h, "/history/time", a, &time));
  NEW(a, columns, all.n);
  fputs("time [s]", f);
  for (int i = 0; i < all.n; i++) {
    if (!strcmp(all.name[i], "/history/time")) continue; /* the first column already */
    TRY(read_values(h, all.name[i], a, &x));
    if (x.n[0] < time.n[0]) FAIL(ST_INPUT, "%s: %s is too short; the file is damaged", h->name, all.name[i]);
    columns[n++] = (column){x.value, (size_t)(x.n[1] * x.n[2])};
    header(f, h->id, all.name[i], columns[n - 1].ncomp);
  }
  fputc('\n', f);
  for (size_t r = 0; r < time.count; r++) {
    cell_number(f, time.value[r]);
    for (int i = 0; i < n; i++)
      for (size_t k = 0; k < columns[i].ncomp; k++) {
        fputc(',', f);
        cell_number(f, columns[i].value[r * columns[i].ncomp + k]);
      }
    fputc('\n', f);
  }
  *nrow = (long)time.count;
  return ST_OK;
}

status result_csv(const char *file, const char *history, FILE *f, arena *a, long *nrow) {
  h5_file h;
  TRY(read_open(&h, file));
  status st = csv(&h, history, f, a, nrow);
  (void)!h5_close(&h); /* nothing was written */
  return st == ST_OK ? st : err_trace(st, __FILE__, __LINE__);
}
