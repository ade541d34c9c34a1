/* After the first accepted step nothing in the engine asks the system for memory (files, which may, are left out). */
#include "tests/verify/scenario_run.h"

/* Counted in gcc's builds: LLVM's OpenMP takes memory by malloc at each loop, which is not the engine's and cannot be
   told apart here. Sanitizers bring a malloc of their own. */
#if defined(__clang__)
#define COUNTED 0
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTED 0
#else
#define COUNTED 1
#endif

#if COUNTED
/* Every malloc and aligned_alloc of the program comes through here. */
static int counting, count;
extern void *__libc_malloc(size_t n), *__libc_memalign(size_t align, size_t n);
void *malloc(size_t n) {
  count += counting;
  return __libc_malloc(n);
}
void *aligned_alloc(size_t align, size_t n) {
  count += counting;
  return __libc_memalign(align, n);
}

typedef struct seen {
  int row, step_rows;
} seen;
static status on_open(void *self, const model *m, const run_info *info, const history *h) {
  (void)self, (void)m, (void)info, (void)h;
  return ST_OK;
}
static status on_row(void *self, double t, const history *h) {
  seen *s = self;
  (void)t, (void)h;
  /* Row 0 is the start, row 1 the first accepted step. */
  counting = ++s->row >= 2;
  return ST_OK;
}
static status on_frame(void *self, const model *m, const state *s, long step) {
  (void)self, (void)m, (void)s, (void)step;
  return ST_OK;
}
static status on_close(void *self, const run_end *end) {
  (void)self, (void)end;
  counting = 0;
  return ST_OK;
}

static void nothing_is_allocated(const char *preconditioner) {
  const char *root = getenv("KNEAD_SOURCE_DIR");
  assert_non_null(root);
  char file[512];
  snprintf(file, sizeof file, "%s/scenarios/swedish.yaml", root);
  const char *sets[] = {"body.cells=[3, 4]", "time.max=0.1 s", preconditioner};
  arena *a = arena_create(1 << 20);
  scenario *scn;
  model *m;
  assert_ok(scenario_open(file, 3, sets, a, &scn));
  assert_ok(build_model(scn, &models_catalog, &m, NULL));
  seen s = {0};
  const sink out = {.self = &s, .open = on_open, .row = on_row, .frame = on_frame, .close = on_close};
  const run_opts o = {.until = 0.5, .max_wall = INFINITY};
  const run_info info = {.command_line = "", .scenario_text = "", .scenario_resolved = "", .scenario_sha256 = ""};
  run_report rep;
  assert_ok(run_loop(m, &o, &info, &out, 1, &rep));
  print_message("%ld steps, %d allocations after the first\n", rep.steps, count);
  assert_true(rep.steps > 4);
  assert_int_equal(count, 0);
  model_free(&m);
  arena_destroy(&a);
}

static void nothing_is_allocated_after_the_first_accepted_step(void **unused) {
  (void)unused;
  nothing_is_allocated("mechanics.preconditioner=multigrid");
  nothing_is_allocated("mechanics.preconditioner=direct");
  counting = 1;
  void *volatile probe = malloc(1); /* the count does count; volatile: or it is optimised away */
  counting = 0;
  free(probe);
  assert_int_equal(count, 1);
}
#endif

int main(void) {
#if COUNTED
  par_setup(0);
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_allocated_after_the_first_accepted_step)};
  return cmocka_run_group_tests(tests, NULL, NULL);
#else
  return 0;
#endif
}
