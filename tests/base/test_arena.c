#include "tests/test.h"
#include "sim/base/arena.h"

static int all_zero(const unsigned char *p, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (p[i]) return 0;
  return 1;
}

static void every_piece_is_zeroed_aligned_and_apart(void **unused) {
  (void)unused;
  arena *a = arena_create(1000);
  unsigned char *p[200];
  size_t size[200];
  unsigned long random = 1;
  for (int i = 0; i < 200; i++) {
    random = random * 6364136223846793005UL + 1442695040888963407UL;
    size[i] = (random >> 33) % 700;
    p[i] = arena_alloc(a, size[i]);
    assert_non_null(p[i]);
    assert_int_equal((uintptr_t)p[i] % 64, 0);
    assert_true(all_zero(p[i], size[i]));
    memset(p[i], i % 255 + 1, size[i]);
  }
  for (int i = 0; i < 200; i++)
    for (size_t k = 0; k < size[i]; k++) assert_int_equal(p[i][k], i % 255 + 1);
  arena_destroy(&a);
  assert_null(a);
  arena_destroy(&a);
}

static void released_memory_is_zeroed_when_it_comes_back(void **unused) {
  (void)unused;
  arena *a = arena_create(256);
  size_t mark = arena_mark(a);
  unsigned char *first = arena_alloc(a, 200);
  memset(first, 0xff, 200);
  arena_release(a, mark);
  unsigned char *again = arena_alloc(a, 200);
  assert_ptr_equal(first, again);
  assert_true(all_zero(again, 200));
  arena_destroy(&a);
}

/* The work of one step: nested marks and sizes that do not fit into the first blocks. */
static void one_step(arena *a) {
  arena_release(a, 0);
  assert_non_null(arena_alloc(a, 100));
  for (int i = 0; i < 20; i++) {
    size_t mark = arena_mark(a);
    assert_non_null(arena_alloc(a, (size_t)i * 300));
    assert_non_null(arena_alloc(a, 5000));
    size_t inner = arena_mark(a);
    assert_non_null(arena_alloc(a, 20000 - (size_t)i * 500));
    arena_release(a, inner);
    assert_non_null(arena_alloc(a, 64));
    if (i % 3) arena_release(a, mark);
  }
}

static void the_second_pass_asks_the_system_for_nothing(void **unused) {
  (void)unused;
  arena *a = arena_create(128);
  one_step(a);
  unsigned long blocks = arena_nblock(a);
  size_t used = arena_used(a), peak = arena_peak(a);
  assert_true(blocks > 1);
  for (int i = 0; i < 5; i++) one_step(a);
  assert_int_equal(arena_nblock(a), blocks);
  assert_int_equal(arena_used(a), used);
  assert_int_equal(arena_peak(a), peak);
  arena_destroy(&a);
}

static void a_release_goes_back_to_the_mark_and_no_further(void **unused) {
  (void)unused;
  arena *a = arena_create(64);
  size_t marks[12], used[12];
  unsigned char *p[12];
  for (int i = 0; i < 12; i++) { /* sizes that fill blocks exactly, spill over, and are nothing at all */
    marks[i] = arena_mark(a);
    used[i] = arena_used(a);
    size_t bytes = (size_t)(i % 4) * 64;
    p[i] = arena_alloc(a, bytes);
    memset(p[i], 7, bytes);
  }
  for (int i = 11; i >= 0; i--) {
    arena_release(a, marks[i]);
    assert_int_equal(arena_used(a), used[i]);
    for (int k = 0; k < i; k++)
      for (size_t j = 0; j < (size_t)(k % 4) * 64; j++) assert_int_equal(p[k][j], 7);
  }
  assert_int_equal(arena_used(a), 0);
  arena_destroy(&a);
}

static void a_request_for_nothing_gives_something(void **unused) {
  (void)unused;
  arena *a = arena_create(0);
  assert_non_null(a);
  assert_non_null(arena_alloc(a, 0));
  arena_destroy(&a);
}

static status ask(arena *a, int n, double **out) {
  NEW(a, *out, n);
  return ST_OK;
}

static void a_full_arena_is_a_status_not_a_crash(void **unused) {
  (void)unused;
  arena *a = arena_create(100);
  double *x;
  arena_limit(a, 1024);
  assert_ok(ask(a, 64, &x));
  assert_ok(ask(a, 64, &x));
  assert_int_equal(ask(a, 1, &x), ST_INTERNAL);
  assert_non_null(strstr(err_message(), "out of memory: 8 bytes for *out"));
  arena_limit(a, SIZE_MAX);
  assert_ok(ask(a, 1, &x));
  assert_int_equal(ask(a, -1, &x), ST_INTERNAL); /* a count that went negative */
  arena_destroy(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_piece_is_zeroed_aligned_and_apart),
      cmocka_unit_test(released_memory_is_zeroed_when_it_comes_back),
      cmocka_unit_test(the_second_pass_asks_the_system_for_nothing),
      cmocka_unit_test(a_release_goes_back_to_the_mark_and_no_further),
      cmocka_unit_test(a_request_for_nothing_gives_something),
      cmocka_unit_test(a_full_arena_is_a_status_not_a_crash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
