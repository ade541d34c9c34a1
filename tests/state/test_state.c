#include "tests/test.h"
#include "sim/state/state.h"

static mesh two_cells = {.nx = 2, .ny = 1, .nz = 1, .nnode = 45, .ncell = 2, .nskin = 2};

static const field_decl first[] = {
    {.name = "displacement", .unit = "m", .doc = "d", .ncomp = 3, .at = AT_NODE, .initial = 0.5},
    {.name = "gap", .unit = "m", .doc = "d", .ncomp = 1, .at = AT_SKIN, .initial = -1},
    {.name = "depth", .unit = "m", .doc = "d", .ncomp = 1, .at = AT_HAND},
    {0}};
static const field_decl second[] = {
    {.name = "store", .unit = "1", .doc = "d", .ncomp = 1, .at = AT_POINT, .initial = 1},
    {.name = "mean", .unit = "1", .doc = "d", .ncomp = 6, .at = AT_CELL, .initial = 2},
    {.name = "clock", .unit = "s", .doc = "d", .ncomp = 1, .at = AT_MODEL, .initial = 3},
    {0}};

static model *make(void) {
  arena *a = arena_create(sizeof(model) + 4096);
  model *m = arena_alloc(a, sizeof *m);
  m->memory = a;
  m->mesh = &two_cells;
  m->ntool = 2;
  assert_ok(model_declare(m, 0, first));
  assert_ok(model_declare(m, 1, second));
  return m;
}

static void counts_follow_the_place(void **unused) {
  (void)unused;
  model *m = make();
  assert_int_equal(model_count(m, AT_NODE), 45);
  assert_int_equal(model_count(m, AT_CELL), 2);
  assert_int_equal(model_count(m, AT_POINT), 54);
  assert_int_equal(model_count(m, AT_SKIN), 18);
  assert_int_equal(model_count(m, AT_HAND), 2);
  assert_int_equal(model_count(m, AT_MODEL), 1);
  model_free(&m);
  assert_null(m);
  model_free(&m); /* again is fine */
}

static void fields_are_found_by_name_and_know_their_owner(void **unused) {
  (void)unused;
  model *m = make();
  assert_int_equal(m->nfield, 6);
  assert_int_equal(model_field(m, "displacement"), 0);
  assert_int_equal(model_field(m, "clock"), 5);
  assert_int_equal(model_field(m, "displacemen"), -1);
  assert_int_equal(m->fields[2].process, 0);
  assert_int_equal(m->fields[3].process, 1);
  model_free(&m);
}

static void fields_do_not_overlap_and_begin_on_cache_lines(void **unused) {
  (void)unused;
  model *m = make();
  size_t end = 0;
  for (int i = 0; i < m->nfield; i++) {
    const field_slot *f = &m->fields[i];
    assert_int_equal(f->offset % 8, 0);
    assert_true(f->offset >= end);
    end = f->offset + f->count * (size_t)f->decl.ncomp;
  }
  assert_true(m->state_size >= end);
  state *s;
  assert_ok(state_create(m, &s));
  for (int i = 0; i < m->nfield; i++) assert_int_equal((uintptr_t)state_view(s, i) % 64, 0);
  state_free(&s);
  assert_null(s);
  model_free(&m);
}

static void a_new_state_holds_the_declared_values_and_zero_between(void **unused) {
  (void)unused;
  model *m = make();
  state *s;
  assert_ok(state_create(m, &s));
  assert_true(s->time == 0);
  size_t owned = 0, zeros = 0, ones = 0;
  for (int i = 0; i < m->nfield; i++) {
    const field_slot *f = &m->fields[i];
    size_t n = f->count * (size_t)f->decl.ncomp;
    for (size_t k = 0; k < n; k++) assert_true(state_view(s, i)[k] == f->decl.initial);
    owned += n;
    if (f->decl.initial == 0) zeros += n;
  }
  for (size_t k = 0; k < m->state_size; k++) ones += s->value[k] != 0;
  assert_int_equal(ones, owned - zeros); /* so all padding is zero */
  state_free(&s);
  model_free(&m);
}

static void a_copy_has_the_same_bits_and_its_own_memory(void **unused) {
  (void)unused;
  model *m = make();
  state *a, *b;
  assert_ok(state_create(m, &a));
  assert_ok(state_create(m, &b));
  for (size_t k = 0; k < m->state_size; k++) a->value[k] = sin((double)k);
  a->time = 1.25;
  state_copy(b, a);
  assert_true(b->time == 1.25);
  assert_memory_equal(a->value, b->value, m->state_size * sizeof(double));
  state_edit(b, 3)[7] = 42;
  assert_true(state_view(a, 3)[7] != 42);
  assert_true(a->m == m && b->m == m);
  state_free(&a);
  state_free(&b);
  model_free(&m);
}

static void two_owners_of_one_field_are_refused(void **unused) {
  (void)unused;
  model *m = make();
  static const field_decl again[] = {{.name = "gap", .unit = "m", .doc = "d", .ncomp = 1, .at = AT_CELL}, {0}};
  assert_int_equal(model_declare(m, 2, again), ST_INTERNAL);
  assert_non_null(strstr(err_message(), "gap"));
  model_free(&m);
}

static void more_fields_than_there_is_room_for_are_refused(void **unused) {
  (void)unused;
  model *m = make();
  static char name[MODEL_FIELDS][8];
  status st = ST_OK;
  for (int i = 0; i < MODEL_FIELDS && st == ST_OK; i++) {
    snprintf(name[i], sizeof name[i], "f%d", i);
    field_decl one[2] = {{.name = name[i], .unit = "1", .doc = "d", .ncomp = 1, .at = AT_MODEL}};
    st = model_declare(m, 2, one);
  }
  assert_int_equal(st, ST_INTERNAL);
  assert_int_equal(m->nfield, MODEL_FIELDS);
  model_free(&m);
}

static void a_model_without_fields_has_a_state(void **unused) {
  (void)unused;
  model m = {.mesh = &two_cells};
  state *s, *to;
  assert_ok(state_create(&m, &s));
  assert_ok(state_create(&m, &to));
  state_copy(to, s);
  state_free(&s);
  state_free(&to);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_follow_the_place),
      cmocka_unit_test(fields_are_found_by_name_and_know_their_owner),
      cmocka_unit_test(fields_do_not_overlap_and_begin_on_cache_lines),
      cmocka_unit_test(a_new_state_holds_the_declared_values_and_zero_between),
      cmocka_unit_test(a_copy_has_the_same_bits_and_its_own_memory),
      cmocka_unit_test(two_owners_of_one_field_are_refused),
      cmocka_unit_test(more_fields_than_there_is_room_for_are_refused),
      cmocka_unit_test(a_model_without_fields_has_a_state),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
