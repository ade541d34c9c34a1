/* Writes results of a small body that is stretched and pressed by formulas, and tries to make writing fail.
   out_sample.h5 stays for test_read.py, which reads everything back with other people's programs and knows the same
   formulas. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sim/out/out.h"
#include "sim/out/result.h"
#include "tests/small_model.h"

enum { NX = 3, NY = 4, NZ = 3, FRAMES = 5, ROWS_PER_FRAME = 7 };

static const field_decl owned[] = {
    {.name = "displacement", .unit = "m", .doc = "displacement", .ncomp = 3, .at = AT_NODE},
    {.name = "pressure", .unit = "Pa", .doc = "pressure", .ncomp = 1, .at = AT_POINT},
    {.name = "skin_pressure", .unit = "Pa", .doc = "pressure on the skin", .ncomp = 1, .at = AT_SKIN},
    {.name = "skin_traction", .unit = "Pa", .doc = "traction on the skin", .ncomp = 3, .at = AT_SKIN},
    {.name = "damage", .unit = "1", .doc = "a field of cells", .ncomp = 1, .at = AT_CELL},
    {.name = "hand_pose", .unit = "1", .doc = "pose", .ncomp = 16, .at = AT_HAND, .hidden = 1},
    {0},
};
static const char *const asked[] = {"displacement", "tension",      "pressure",     "skin_pressure", "skin_traction",
                                    "damage",       "green_strain", "volume_ratio", "tension"};

static const history_column column[] = {
    {"hand/palm/force", "N", "force of the hand", 3, 0},
    {"hand/palm/indentation", "m", "indentation", 1, 0},
    {"layer/muscle/tension_mean", "Pa", "mean tension", 1, 0},
    {"solver/newton_iterations", "1", "Newton iterations", 1, 1},
};
enum { COLUMNS = 4 };

static model *make_model(int gzip, int fine) {
  model *m = small_model();
  small_layer(m, "fibre_neo_hookean");
  small_layer(m, "neo_hookean");
  for (int l = 0; l < 2; l++) { /* small_layer leaves numbers without a preset at 0 */
    for (const param *p = m->tissues[l].law->params; p->name; p++)
      if (isnan(p->preset)) small_par(m, l, p->name, strcmp(p->name, "bulk") ? 3e3 : 3e5);
  }
  snprintf(m->title, sizeof m->title, "a small \"body\" <for tests> & nothing else");
  snprintf(m->geometry.layer[0], PARAM_TEXT_MAX, "muscle");
  snprintf(m->geometry.layer[1], PARAM_TEXT_MAX, "fat");
  snprintf(m->geometry.tissue[0], PARAM_TEXT_MAX, "muscle_adult");
  snprintf(m->geometry.tissue[1], PARAM_TEXT_MAX, "fat_adult");
  m->geometry.faces[FACE_BOTTOM] = SUPPORT_FIXED, m->geometry.faces[FACE_XM] = SUPPORT_SLIDING;
  double xs[64], ys[64], zs[] = {0, 0.01, 0.02, 0.03};
  const uint8_t layer[] = {0, 0, 1};
  for (int i = 0; i <= fine * NX; i++) xs[i] = 0.02 * i / fine;
  for (int i = 0; i <= fine * NY; i++) ys[i] = 0.02 * i / fine;
  mesh *g;
  assert_ok(mesh_columns(fine * NX, fine * NY, NZ, xs, ys, zs, layer, 1, m->memory, &g));
  for (int c = 0; c < g->ncell; c++) g->fibre[3 * c + 1] = g->layer[c] == 0;
  small_mesh(m, g);
  for (const hand *const *h = models_catalog.hands; *h; h++)
    if (!strcmp((*h)->name, "palm")) m->tools[0].kind = *h;
  assert_non_null(m->tools[0].kind);
  m->ntool = 1;
  snprintf(m->tools[0].name, MODEL_NAME, "palm");
  m->tools[0].par = arena_alloc(m->memory, m->tools[0].kind->par_size);
  for (const param *p = m->tools[0].kind->params; p->name; p++)
    if (p->kind == PARAM_NUMBER) *(double *)((char *)m->tools[0].par + p->offset) = p->preset;
  m->nprobe = 1;
  m->probes[0] = (probe){.name = "knot", .cell = 7, .node = 11};
  assert_ok(model_declare(m, 0, owned));
  m->output = (output_opts){.every = 0.1, .compression = gzip, .nfield = sizeof asked / sizeof *asked};
  for (int i = 0; i < m->output.nfield; i++) snprintf(m->output.field[i], PARAM_TEXT_MAX, "%s", asked[i]);
  return m;
}

static double *field(state *s, const char *name) {
  return state_edit(s, model_field(s->m, name));
}

/* The formulas of test_read.py: uniform stretch e = 0.01 (frame + 1) along y, pressure 1000 (frame + 1) + cell. */
static void set_state(state *s, int frame, double noise) {
  const mesh *g = s->m->mesh;
  unsigned seed = 7;
  s->time = 0.1 * frame;
  double *u = field(s, "displacement"), *p = field(s, "pressure"), *on = field(s, "skin_pressure"),
         *pull = field(s, "skin_traction"), *d = field(s, "damage"), *pose = field(s, "hand_pose");
  for (int n = 0; n < g->nnode; n++)
    for (int k = 0; k < 3; k++)
      u[3 * n + k] = (k == 1 ? 0.01 * (frame + 1) * g->x[3 * n + 1] : 0) + noise * small_random(&seed);
  for (int c = 0; c < g->ncell; c++) {
    for (int q = 0; q < 27; q++) p[27 * c + q] = 1000 * (frame + 1) + c + noise * 1e6 * small_random(&seed);
    d[c] = c + 0.5 * frame;
  }
  for (int q = 0; q < 9 * g->nskin; q++) {
    on[q] = 50 * frame;
    for (int k = 0; k < 3; k++) pull[3 * q + k] = frame + k;
  }
  /* a quarter turn about z, and away */
  const double turn[16] = {0, -1, 0, 0.03, 1, 0, 0, 0.04, 0, 0, 1, 0.03 - 0.001 * frame, 0, 0, 0, 1};
  memcpy(pose, turn, sizeof turn);
}

static const char *const overrides[] = {"time.end=1 s", "title=\xc3\xbc"};
static const char *const used[] = {"built-in fat_lean", "my/skin.yaml"}, *const used_texts[] = {"law: a\n", "law: b\n"};
static const run_info info = {.command_line = "knead run test.yaml",
                              .scenario_text = "knead: 1\ntitle: t\xc3\xa4st\n",
                              .scenario_resolved = "knead: 1\n",
                              .scenario_sha256 = "0123",
                              .overrides = overrides,
                              .noverride = 2,
                              .used_names = used,
                              .used_texts = used_texts,
                              .nused = 2,
                              .nthread = 2};
static const run_end complete = {.status = "complete", .message = "", .wall = 1.5, .culprit = -1};
static const history columns = {COLUMNS, column, NULL};

static void add_rows(const sink *s, int first, int n) {
  for (int i = first; i < first + n; i++) {
    double v[6] = {1.0 * i, 2.0 * i, 3.0 * i, 1e-3 * i, 100.0 * i, 2 + i % 3};
    assert_ok(s->row(s->self, 0.01 * i, &(history){COLUMNS, column, v}));
  }
}

typedef struct writing {
  model *m;
  state *s;
  arena *a;
  sink out;
} writing;

static writing start(const char *name, int gzip, int fine) {
  writing w = {.m = make_model(gzip, fine), .a = arena_create(1 << 20)};
  assert_ok(state_create(w.m, &w.s));
  assert_ok(result_sink(name, 1, w.a, &w.out));
  assert_ok(w.out.open(w.out.self, w.m, &info, &columns));
  return w;
}

static void frame(writing *w, int i, double noise) {
  set_state(w->s, i, noise);
  assert_ok(w->out.frame(w->out.self, w->m, w->s, i * ROWS_PER_FRAME));
}

static void stop(writing *w) {
  state_free(&w->s);
  arena_destroy(&w->a);
  model_free(&w->m);
}

static char *whole_file(const char *name, size_t *size) {
  FILE *f = fopen(name, "rb");
  assert_non_null(f);
  fseek(f, 0, SEEK_END);
  *size = (size_t)ftell(f);
  rewind(f);
  char *text = calloc(*size + 1, 1);
  assert_int_equal(fread(text, 1, *size, f), *size);
  fclose(f);
  return text;
}

/* ---- */

static void a_run_is_written_for_the_reader_test(void **unused) {
  (void)unused;
  writing w = start("out_sample", 1, 1);
  for (int i = 0; i < FRAMES; i++) {
    add_rows(&w.out, i * ROWS_PER_FRAME, ROWS_PER_FRAME);
    frame(&w, i, 0);
  }
  add_rows(&w.out, FRAMES * ROWS_PER_FRAME, 3); /* after the last frame: written by close */
  assert_ok(w.out.close(w.out.self, &complete));
  stop(&w);
}

static void history_outlasts_its_buffer_without_frames(void **unused) {
  (void)unused;
  writing w = start("out_long", 0, 1);
  const int n = 2 * ROWS + 5;
  add_rows(&w.out, 0, n);
  assert_ok(w.out.close(w.out.self, &complete));
  h5_file f;
  assert_ok(h5_open(&f, "out_long.h5"));
  double *t = calloc((size_t)n, sizeof *t);
  int *newton = calloc((size_t)n, sizeof *newton);
  hid_t d = H5Dopen2(f.id, "/history/time", H5P_DEFAULT), space = H5Dget_space(d);
  assert_int_equal(H5Sget_simple_extent_npoints(space), n);
  assert_true(H5Dread(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, t) >= 0);
  H5Sclose(space);
  H5Dclose(d);
  d = H5Dopen2(f.id, "/history/solver/newton_iterations", H5P_DEFAULT);
  assert_true(H5Dread(d, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, newton) >= 0);
  H5Dclose(d);
  for (int i = 0; i < n; i++) {
    assert_true(t[i] == 0.01 * i);
    assert_int_equal(newton[i], 2 + i % 3);
  }
  assert_ok(h5_close(&f));
  free(t);
  free(newton);
  stop(&w);
}

/* Noise does not compress: the worst case. With and without compression, one and several chunks a field. */
static void an_append_needs_less_than_it_reserves(void **unused) {
  (void)unused;
  const int fine[] = {1, 1, 8};
  for (int i = 0; i < 3; i++) {
    writing w = start("out_reserve", i == 0 ? 0 : 1, fine[i]);
    for (int k = 0; k < (fine[i] == 1 ? 40 : 2); k++) {
      add_rows(&w.out, k * ROWS_PER_FRAME, ROWS_PER_FRAME);
      frame(&w, k, 1e-4);
    }
    assert_ok(w.out.close(w.out.self, &complete));
    const result *r = w.out.self;
    assert_true(r->reserve_used > 0);
    assert_below(r->reserve_used, 0.9); /* the rest is the margin */
    stop(&w);
  }
}

/* Files of this process may not grow beyond the present size of `name` plus `more`. Undone by unlimited(). */
static void limited(const char *name, long more) {
  struct stat s;
  struct rlimit r;
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(stat(name, &s), 0);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &r), 0);
  r.rlim_cur = (rlim_t)(s.st_size + more);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void unlimited(void) {
  struct rlimit r;
  getrlimit(RLIMIT_FSIZE, &r);
  r.rlim_cur = r.rlim_max;
  setrlimit(RLIMIT_FSIZE, &r);
}

static void a_full_disk_is_an_error_that_leaves_the_file_as_it_was(void **unused) {
  (void)unused;
  writing w = start("out_full", 1, 1);
  add_rows(&w.out, 0, 3);
  frame(&w, 0, 0);
  size_t size, size_after;
  char *before = whole_file("out_full.h5", &size);
  limited("out_full.h5", 20000);
  add_rows(&w.out, 3, 3);
  set_state(w.s, 1, 0);
  assert_int_equal(w.out.frame(w.out.self, w.m, w.s, 9), ST_OUTPUT);
  assert_non_null(strstr(err_message(), "out_full.h5: no room for frame 1"));
  assert_non_null(strstr(err_message(), "File too large"));
  char *after = whole_file("out_full.h5", &size_after);
  assert_int_equal(size, size_after);
  assert_memory_equal(before, after, size);
  free(after);

  /* The end of the run cannot be written either: an error, no crash, and still nothing is lost. */
  assert_int_equal(w.out.close(w.out.self, &(run_end){"failed", "disk full", 1, -1}), ST_OUTPUT);
  after = whole_file("out_full.h5", &size_after);
  assert_int_equal(size, size_after);
  assert_memory_equal(before, after, size);
  free(after);
  free(before);

  /* Somebody makes room: the run could go on. */
  unlimited();
  assert_ok(w.out.frame(w.out.self, w.m, w.s, 9));
  assert_ok(w.out.close(w.out.self, &complete));
  char *told = NULL;
  FILE *f = open_memstream(&told, &size);
  assert_ok(result_info("out_full.h5", f, 0));
  fclose(f);
  assert_non_null(strstr(told, "frames    2, 0 s to 0.1 s"));
  assert_non_null(strstr(told, "history   6 steps"));
  free(told);
  stop(&w);
}

/* What reserving cannot see coming, such as a broken disk: here a reservation that is too small. In a process of its
   own, because HDF5 keeps what it could not write. */
static void a_write_that_fails_inside_hdf5_is_an_error_and_no_crash(void **unused) {
  (void)unused;
  assert_ok(h5_create("out_broken.h5"));
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    h5_file f;
    static double noise[50000];
    limited("out_broken.h5", 30000);
    if (h5_append(&f, "out_broken.h5", 16, "a test") != ST_OK) exit(1);
    h5_array a = {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, {50000}, noise, 0};
    if (h5_write(&f, "/group/noise", &a, NULL) != ST_OUTPUT) exit(2);
    if (!f.broken || !strstr(err_message(), "/group/noise") || !strstr(err_message(), "File too large")) exit(3);
    (void)!h5_close(&f);
    exit(0); /* through the exit handlers */
  }
  int how = 0;
  assert_int_equal(waitpid(child, &how, 0), child);
  assert_true(WIFEXITED(how));
  assert_int_equal(WEXITSTATUS(how), 0);
}

static void an_existing_result_is_kept_unless_forced(void **unused) {
  (void)unused;
  writing w = start("out_kept", 1, 1);
  assert_ok(w.out.close(w.out.self, &complete));
  sink again;
  assert_int_equal(result_sink("out_kept", 0, w.a, &again), ST_USAGE);
  assert_non_null(strstr(err_message(), "out_kept.h5 exists already; --force replaces it"));
  assert_ok(result_sink("out_kept", 1, w.a, &again));
  assert_int_equal(result_sink("", 1, w.a, &again), ST_USAGE);
  assert_int_equal(result_sink("folder/", 1, w.a, &again), ST_USAGE);
  stop(&w);
}

static void a_place_that_cannot_be_written_is_named(void **unused) {
  (void)unused;
  writing w = start("out_place", 1, 1);
  assert_ok(w.out.close(w.out.self, &complete));
  sink lost;
  assert_ok(result_sink("no/such/folder/run", 0, w.a, &lost));
  assert_int_equal(lost.open(lost.self, w.m, &info, &columns), ST_OUTPUT);
  assert_non_null(strstr(err_message(), "no/such/folder/run.h5"));
  assert_non_null(strstr(err_message(), "No such file or directory"));
  assert_ok(lost.close(lost.self, &complete)); /* after a failed open: nothing to do */

  /* The file is taken away during a run. */
  assert_ok(result_sink("out_place", 1, w.a, &lost));
  assert_ok(lost.open(lost.self, w.m, &info, &columns));
  assert_int_equal(unlink("out_place.h5"), 0);
  set_state(w.s, 0, 0);
  assert_int_equal(lost.frame(lost.self, w.m, w.s, 0), ST_OUTPUT);
  assert_non_null(strstr(err_message(), "out_place.h5: cannot write frame 0: No such file or directory"));
  stop(&w);
}

static void unknown_and_placeless_fields_are_refused(void **unused) {
  (void)unused;
  const char *const wrong[] = {"tensoin", "hand_pose"};
  for (int i = 0; i < 2; i++) {
    model *m = make_model(1, 1);
    arena *a = arena_create(1 << 20);
    sink s;
    snprintf(m->output.field[1], PARAM_TEXT_MAX, "%s", wrong[i]);
    assert_ok(result_sink("out_wrong", 1, a, &s));
    assert_int_equal(s.open(s.self, m, &info, &columns), ST_INPUT);
    assert_non_null(strstr(err_message(), wrong[i]));
    assert_int_equal(access("out_wrong.h5", F_OK), -1);
    arena_destroy(&a);
    model_free(&m);
  }
}

static void info_tells_status_times_ranges_and_units(void **unused) {
  (void)unused;
  size_t n;
  char *told = NULL;
  FILE *f = open_memstream(&told, &n);
  assert_ok(result_info("out_sample.h5", f, 0));
  fclose(f);
  const char *const said[] = {"format 1.0, complete\n",
                              "title     a small \"body\" <for tests>",
                              "frames    5, 0 s to 0.4 s",
                              "history   38 steps",
                              "441 nodes, 36 cells",
                              "hands     palm",
                              "uses      built-in fat_lean\n            my/skin.yaml\n"};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    if (!strstr(told, said[i])) fail_msg("info does not say '%s':\n%s", said[i], told);
  /* largest displacement: 5 % of 80 mm; pressure 1000 .. 5035 */
  const char *d = strstr(told, "  displacement"), *p = strstr(told, "  pressure");
  assert_true(d && p);
  char unit[16];
  double lo, hi;
  assert_int_equal(sscanf(d, " displacement point %15s 3 %lf %lf", unit, &lo, &hi), 3);
  assert_string_equal(unit, "m");
  assert_true(lo == 0);
  assert_close(hi, 0.004, 1e-8); /* printed with six digits */
  assert_int_equal(sscanf(p, " pressure cell %15s 1 %lf %lf", unit, &lo, &hi), 3);
  assert_string_equal(unit, "Pa");
  assert_close(lo, 1000, 1e-3); /* means of equal numbers, in single precision */
  assert_close(hi, 5035, 1e-3);
  free(told);

  f = open_memstream(&told, &n);
  assert_ok(result_info("out_sample.h5", f, 1));
  fclose(f);
  assert_non_null(strstr(told, "\"status\":\"complete\""));
  assert_non_null(strstr(told, "\"uses\":[\"built-in fat_lean\",\"my/skin.yaml\"]"));
  assert_non_null(strstr(told, "a small \\\"body\\\" <for tests>"));
  free(told);
}

static void info_of_something_else_is_an_input_error(void **unused) {
  (void)unused;
  FILE *f = fopen("out_text.h5", "w");
  fputs("this is no HDF5 file, though it is long enough to hold a superblock of one, if it were. ......", f);
  fclose(f);
  assert_int_equal(result_info("out_text.h5", stderr, 0), ST_INPUT);
  assert_non_null(strstr(err_message(), "not an HDF5 file"));
  assert_int_equal(result_info("out_missing.h5", stderr, 0), ST_INPUT);
  assert_ok(h5_create("out_empty.h5"));
  assert_int_equal(result_info("out_empty.h5", stderr, 0), ST_INPUT);
  assert_non_null(strstr(err_message(), "not a result of knead"));
}

int main(void) {
  h5_setup(); /* before HDF5 is used in any other way */
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(
          a_write_that_fails_inside_hdf5_is_an_error_and_no_crash), /* first: it forks, better without threads */
      cmocka_unit_test(a_run_is_written_for_the_reader_test),
      cmocka_unit_test(info_tells_status_times_ranges_and_units),
      cmocka_unit_test(info_of_something_else_is_an_input_error),
      cmocka_unit_test(history_outlasts_its_buffer_without_frames),
      cmocka_unit_test(an_append_needs_less_than_it_reserves),
      cmocka_unit_test(a_full_disk_is_an_error_that_leaves_the_file_as_it_was),
      cmocka_unit_test(an_existing_result_is_kept_unless_forced),
      cmocka_unit_test(a_place_that_cannot_be_written_is_named),
      cmocka_unit_test(unknown_and_placeless_fields_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
