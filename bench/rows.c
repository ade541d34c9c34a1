/* Timing, statistics, and the three forms of a result: table, CSV, JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bench/bench.h"
#include "sim/base/config.h"
#include "sim/base/par.h"

void bench_time(const bench *b, bench_call *fn, void *ctx, bench_samples *s) {
  double t0 = par_wall();
  fn(ctx);
  double once = par_wall() - t0, spent = once;
  s->n = 0;
  /* A call that fills a third of the budget alone is long enough to be cold no more: it counts. */
  if (once > b->budget / 3) s->seconds[s->n++] = once;
  int inner = once > 0 && once < b->least ? (int)fmin(1e6, ceil(b->least / once)) : 1;
  while (s->n < b->runs && (s->n == 0 || spent + once * inner < b->budget)) {
    t0 = par_wall();
    for (int i = 0; i < inner; i++) fn(ctx);
    double took = par_wall() - t0;
    spent += took;
    s->seconds[s->n++] = took / inner;
  }
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_value(FILE *f, double v) {
  if (isfinite(v))
    fprintf(f, "%12.5g", v);
  else
    fprintf(f, "%12s", "failed");
}

double bench_limit(int n, const double *value) {
  double last = value[n - 1] - value[n - 2], before = value[n - 2] - value[n - 3];
  return value[n - 1] + last * last / (before - last);
}

int bench_within(int n, const double *value, double limit, double share) {
  int first = n;
  while (first > 0 && fabs(value[first - 1] - limit) <= share * fabs(limit)) first--;
  return first;
}

void bench_table_head(FILE *f) {
  fprintf(f, "%-18s %-22s %9s %3s %4s %12s %12s %-12s %s\n", "case", "mesh", "unknowns", "thr", "runs", "median",
          "spread", "unit", "share of roof");
}

static status add(bench *b, const bench_row *r) {
  if (b->nrow == b->room) {
    int room = b->room ? 2 * b->room : 64;
    bench_row *rows = realloc(b->rows, (size_t)room * sizeof *rows);
    if (!rows) FAIL(ST_INTERNAL, "out of memory for %d rows", room);
    b->rows = rows, b->room = room;
  }
  b->rows[b->nrow++] = *r;
  fprintf(b->out, "%-18s %-22s %9ld %3d %4d ", r->name, r->mesh, r->unknowns, r->threads, r->runs);
  print_value(b->out, r->median);
  fputc(' ', b->out);
  print_value(b->out, r->spread);
  fprintf(b->out, " %-12s", r->unit);
  if (r->roof) fprintf(b->out, " %3.0f %% of %s", 100 * r->share, r->roof);
  fputc('\n', b->out);
  fflush(b->out);
  return ST_OK;
}

static bench_row row_of(const bench *b, const char *name, const char *mesh, long unknowns, const char *unit) {
  bench_row r = {.unknowns = unknowns, .threads = b->threads, .unit = unit, .share = (double)NAN};
  snprintf(r.name, sizeof r.name, "%s", name);
  snprintf(r.mesh, sizeof r.mesh, "%s", mesh);
  return r;
}

status bench_timed(bench *b, const char *name, const char *mesh, long unknowns, const bench_samples *s, double factor,
                   int rate, const char *unit, const bench_work *work) {
  bench_row r = row_of(b, name, mesh, unknowns, unit);
  double v[BENCH_RUNS], t[BENCH_RUNS];
  r.runs = s->n;
  for (int i = 0; i < s->n; i++) t[i] = s->seconds[i], v[i] = rate ? factor / t[i] : factor * t[i];
  qsort(v, (size_t)s->n, sizeof *v, by_value);
  qsort(t, (size_t)s->n, sizeof *t, by_value);
  r.median = 0.5 * (v[(s->n - 1) / 2] + v[s->n / 2]);
  r.spread = v[s->n - 1] - v[0];
  if (work) {
    double memory = work->bytes > b->roof.cache ? 1e-9 * work->bytes / b->roof.triad : 0;
    double fma = 1e-9 * work->flops / (work->single ? b->roof.fma_float : b->roof.fma_double);
    r.roof = memory > fma ? "memory" : "fma";
    r.share = fmax(memory, fma) / (0.5 * (t[(s->n - 1) / 2] + t[s->n / 2]));
  }
  return add(b, &r);
}

status bench_number(bench *b, const char *name, const char *mesh, long unknowns, double value, const char *unit) {
  bench_row r = row_of(b, name, mesh, unknowns, unit);
  r.runs = 1, r.median = value, r.spread = isfinite(value) ? 0 : (double)NAN;
  return add(b, &r);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* Class of the machine, never its name: model of the processor as the system reports it. */
static void machine(char *text, size_t size) {
  char line[256], model[128] = "unknown processor", family[16] = "", number[16] = "";
  FILE *f = fopen("/proc/cpuinfo", "r");
  while (f && fgets(line, sizeof line, f)) {
    char *value = strchr(line, ':');
    if (!value) {
      if (line[0] == '\n') break; /* one processor is enough */
      continue;
    }
    value += value[1] == ' ' ? 2 : 1;
    value[strcspn(value, "\n")] = 0;
    if (!strncmp(line, "model name", 10))
      snprintf(model, sizeof model, "%.127s", value);
    else if (!strncmp(line, "cpu family", 10))
      snprintf(family, sizeof family, "%.15s", value);
    else if (!strncmp(line, "model\t", 6))
      snprintf(number, sizeof number, "%.15s", value);
  }
  if (f) fclose(f);
  if (*family)
    snprintf(text, size, "%s (family %s model %s)", model, family, number);
  else
    snprintf(text, size, "%s", model);
}

static void today(char text[16]) {
  time_t now = time(NULL);
  struct tm t;
  gmtime_r(&now, &t);
  strftime(text, 16, "%Y-%m-%d", &t);
}

static void csv_text(FILE *f, const char *s) {
  if (!strpbrk(s, ",\"\n")) {
    fputs(s, f);
    return;
  }
  fputc('"', f);
  for (; *s; s++) fprintf(f, *s == '"' ? "\"\"" : "%c", *s);
  fputc('"', f);
}
static void json_text(FILE *f, const char *s) {
  fputc('"', f);
  for (; *s; s++) {
    if (*s == '"' || *s == '\\')
      fprintf(f, "\\%c", *s);
    else if ((unsigned char)*s < 32)
      fprintf(f, "\\u%04x", (unsigned)(unsigned char)*s);
    else
      fputc(*s, f);
  }
  fputc('"', f);
}
static void json_number(FILE *f, const char *key, double v) {
  if (isfinite(v))
    fprintf(f, ", \"%s\": %.9g", key, v);
  else
    fprintf(f, ", \"%s\": null", key);
}
static void csv_number(FILE *f, double v) {
  if (isfinite(v))
    fprintf(f, ",%.9g", v);
  else
    fputc(',', f);
}

static status finish(FILE *f, const char *path) {
  int bad = ferror(f);
  if (fclose(f) || bad) FAIL(ST_OUTPUT, "cannot write %s", path);
  return ST_OK;
}

status bench_csv(const bench *b, const char *path) {
  char cpu[192], date[16];
  machine(cpu, sizeof cpu);
  today(date);
  FILE *f = fopen(path, "w");
  if (!f) FAIL(ST_OUTPUT, "cannot write %s", path);
  fputs("machine,compiler,flags,commit,date,case,mesh,unknowns,threads,runs,median,spread,unit,roof,share\n", f);
  for (int i = 0; i < b->nrow; i++) {
    const bench_row *r = b->rows + i;
    const char *head[] = {cpu, KNEAD_COMPILER, KNEAD_FLAGS, KNEAD_COMMIT, date, r->name, r->mesh};
    for (size_t k = 0; k < sizeof head / sizeof *head; k++) csv_text(f, head[k]), fputc(',', f);
    fprintf(f, "%ld,%d,%d", r->unknowns, r->threads, r->runs);
    csv_number(f, r->median);
    csv_number(f, r->spread);
    fputc(',', f);
    csv_text(f, r->unit);
    fprintf(f, ",%s", r->roof ? r->roof : "");
    csv_number(f, r->share);
    fputc('\n', f);
  }
  return finish(f, path);
}

status bench_json(const bench *b, const char *path) {
  char cpu[192], date[16];
  machine(cpu, sizeof cpu);
  today(date);
  FILE *f = fopen(path, "w");
  if (!f) FAIL(ST_OUTPUT, "cannot write %s", path);
  const char *head[][2] = {
      {"machine", cpu}, {"compiler", KNEAD_COMPILER}, {"flags", KNEAD_FLAGS}, {"commit", KNEAD_COMMIT}, {"date", date}};
  fputs("{", f);
  for (size_t k = 0; k < sizeof head / sizeof *head; k++) {
    fprintf(f, "\"%s\": ", head[k][0]);
    json_text(f, head[k][1]);
    fputs(",\n ", f);
  }
  fputs("\"rows\": [", f);
  for (int i = 0; i < b->nrow; i++) {
    const bench_row *r = b->rows + i;
    fprintf(f, "%s\n  {\"case\": \"%s\", \"mesh\": \"%s\", \"unknowns\": %ld, \"threads\": %d, \"runs\": %d",
            i ? "," : "", r->name, r->mesh, r->unknowns, r->threads, r->runs);
    json_number(f, "median", r->median);
    json_number(f, "spread", r->spread);
    fprintf(f, ", \"unit\": \"%s\", \"roof\": ", r->unit);
    if (r->roof)
      json_text(f, r->roof);
    else
      fputs("null", f);
    json_number(f, "share", r->share);
    fputc('}', f);
  }
  fputs("\n ]}\n", f);
  return finish(f, path);
}
