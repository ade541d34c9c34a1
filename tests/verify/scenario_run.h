/* A scenario run from start to end inside a test, its history rows and last state kept in memory: no files but the
   scenario itself. */
#ifndef KNEAD_TESTS_SCENARIO_RUN_H
#define KNEAD_TESTS_SCENARIO_RUN_H
#include "models/catalog.h"
#include "sim/base/par.h"
#include "sim/run/run.h"
#include "tests/test.h"

typedef struct scenario_run {
  arena *memory;
  model *m;
  run_report rep;
  history columns;                                             /* its `value` is the loop's: use run_at */
  int nrow, nvalue;                                            /* doubles in a row: time, then the columns in order */
  double *row;                                                 /* [nrow][nvalue] */
  double *last;                                                /* [m->state_size] state of the last frame */
  void (*on_frame)(void *ctx, const model *m, const state *s); /* or NULL */
  void *ctx;
} scenario_run;

static inline status run_sink_open(void *self, const model *m, const run_info *info, const history *columns) {
  scenario_run *r = self;
  (void)info;
  r->columns = *columns;
  r->nvalue = 1;
  for (int c = 0; c < columns->ncolumn; c++) r->nvalue += columns->column[c].ncomp;
  r->columns.column = memcpy(calloc((size_t)columns->ncolumn, sizeof(history_column)), columns->column,
                             (size_t)columns->ncolumn * sizeof(history_column));
  r->last = calloc(m->state_size, sizeof *r->last);
  return ST_OK;
}
static inline status run_sink_row(void *self, double t, const history *h) {
  scenario_run *r = self;
  size_t n = (size_t)r->nvalue;
  r->row = realloc(r->row, (size_t)(r->nrow + 1) * n * sizeof *r->row);
  double *to = r->row + (size_t)r->nrow++ * n;
  to[0] = t;
  memcpy(to + 1, h->value, (n - 1) * sizeof *to);
  return ST_OK;
}
static inline status run_sink_frame(void *self, const model *m, const state *s, long step) {
  scenario_run *r = self;
  (void)step;
  memcpy(r->last, s->value, m->state_size * sizeof *s->value);
  if (r->on_frame) r->on_frame(r->ctx, m, s);
  return ST_OK;
}
static inline status run_sink_close(void *self, const run_end *end) {
  (void)self, (void)end;
  return ST_OK;
}

/* Runs the scenario in `file` with nset overrides; the run must be complete. */
static inline void run_scenario_of(scenario_run *r, const catalog *cat, const char *file, int nset,
                                   const char *const *sets) {
  scenario *scn;
  r->memory = arena_create(1 << 20);
  status st = scenario_open(file, nset, sets, r->memory, &scn);
  if (st == ST_OK) st = build_model(scn, cat, &r->m, NULL);
  for (int i = 0; i < scn->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", scn->error[i].text);
  assert_ok(st);
  const run_opts o = {.until = INFINITY, .max_wall = INFINITY};
  const run_info info = {.command_line = "",
                         .scenario_text = scn->text,
                         .scenario_resolved = "",
                         .scenario_sha256 = scn->sha256,
                         .nthread = par_nthread()};
  const sink s = {
      .self = r, .open = run_sink_open, .row = run_sink_row, .frame = run_sink_frame, .close = run_sink_close};
  st = run_loop(r->m, &o, &info, &s, 1, &r->rep);
  if (st) print_error("%s\n", r->rep.message);
  assert_ok(st);
}

static inline void run_scenario(scenario_run *r, const char *file, int nset, const char *const *sets) {
  run_scenario_of(r, &models_catalog, file, nset, sets);
}

/* Writes the text as a scenario file in the build's folder for such, wherever the test is started. The path is good
   until the next call. */
static inline const char *run_write(const char *name, const char *text) {
  static char path[1024];
  assert_true((size_t)snprintf(path, sizeof path, "%s/%s", OUTPUT_DIR, name) < sizeof path);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  assert_int_equal(fclose(f), 0);
  return path;
}

/* Place of a column in a row. */
static inline int run_column(const scenario_run *r, const char *path) {
  int at = 1;
  for (int c = 0; c < r->columns.ncolumn; at += r->columns.column[c++].ncomp)
    if (!strcmp(r->columns.column[c].path, path)) return at;
  fail_msg("the history has no column %s", path);
  return -1;
}
static inline const double *run_at(const scenario_run *r, int row, const char *path) {
  return r->row + (size_t)row * (size_t)r->nvalue + run_column(r, path);
}
static inline double run_time(const scenario_run *r, int row) {
  return r->row[(size_t)row * (size_t)r->nvalue];
}

static inline void run_free(scenario_run *r) {
  model_free(&r->m);
  arena_destroy(&r->memory);
  free((void *)(uintptr_t)r->columns.column), free(r->row), free(r->last);
  *r = (scenario_run){0};
}

/* Largest difference of a column over its largest value in the first run. */
static inline double run_differ(const scenario_run *a, const scenario_run *b, const char *column, int ncomp) {
  double most = 0, off = 0;
  assert_int_equal(a->nrow, b->nrow);
  for (int row = 0; row < a->nrow; row++)
    for (int k = 0; k < ncomp; k++) {
      double x = run_at(a, row, column)[k], y = run_at(b, row, column)[k];
      most = fmax(most, fabs(x)), off = fmax(off, fabs(x - y));
    }
  assert_true(most > 0);
  return off / most;
}

/* Runs with one thread and with two: last states and history rows are the same bits, but for the clock's. */
static inline void run_same_bits(const char *file, int nset, const char *const *sets) {
  scenario_run r[2] = {{0}};
  for (int n = 0; n < 2; n++) {
    par_setup(n + 1); /* before the model: its scratch is made for this many */
    run_scenario(r + n, file, nset, sets);
  }
  par_setup(0);
  int wall = run_column(r, "solver/wall_s");
  assert_true(r[0].nrow > 1);
  assert_int_equal(r[0].nrow, r[1].nrow);
  for (int i = 0; i < r[0].nrow * r[0].nvalue; i++)
    if (i % r[0].nvalue != wall) assert_memory_equal(r[0].row + i, r[1].row + i, sizeof *r[0].row);
  assert_memory_equal(r[0].last, r[1].last, r[0].m->state_size * sizeof *r[0].last);
  run_free(r), run_free(r + 1);
}

#endif
