/* A law inside a law and lists of tuples, on toy laws: values, what is written back, and the words of errors. */
#include "tests/test.h"
#include <unistd.h>
#include "sim/kinds/material.h"
#include "sim/scenario/scenario.h"

typedef struct spring {
  double mu;
  int kind;
} spring;
typedef struct pair {
  double g, tau;
} pair;
enum { TERMS = 3 };
typedef struct chain {
  double scale;
  law_choice base, spare;
  pair term[TERMS];
  int nterm;
} chain;

static const char *const kinds[] = {"soft", "hard", NULL};
static const param spring_rows[] = {
    PARAM(spring, mu, .unit = "Pa", .lo = 1, .hi = 1e6, .preset = NAN, .doc = "stiffness of the spring"),
    PARAM(spring, kind, .kind = PARAM_CHOICE, .choices = kinds, .preset = 0, .doc = "kind", .source = "numerical"),
    {0}};
static const param pair_rows[] = {
    PARAM(pair, g, .lo = 0, .hi = 1, .preset = NAN, .doc = "share of the stress that relaxes"),
    PARAM(pair, tau, .unit = "s", .lo = 1e-3, .hi = 1e4, .preset = NAN, .doc = "time it takes"),
    {0}};
static const param chain_rows[] = {
    PARAM(chain, scale, .lo = 0, .hi = 9, .preset = 1, .doc = "a factor", .source = "numerical"),
    PARAM(chain, base, .kind = PARAM_LAW, .doc = "what relaxes"),
    PARAM(chain, spare, .kind = PARAM_LAW, .optional = 1, .doc = "may be left out"),
    {.name = "terms",
     .kind = PARAM_TUPLES,
     .offset = offsetof(chain, term),
     .max = TERMS,
     .rows = pair_rows,
     .row_size = sizeof(pair),
     .count_offset = offsetof(chain, nterm),
     .doc = "how it relaxes"},
    {0}};
static const material law_spring = {.name = "spring", .doc = "toy", .params = spring_rows, .par_size = sizeof(spring)};
static const material law_chain = {.name = "chain", .doc = "toy", .params = chain_rows, .par_size = sizeof(chain)};
static const material *const laws[] = {&law_spring, &law_chain, NULL};

static arena *memory;
static int fresh(void **unused) {
  (void)unused;
  memory = arena_create(1 << 16);
  return memory ? 0 : -1;
}
static int done(void **unused) {
  (void)unused;
  arena_destroy(&memory);
  return 0;
}

static scenario *bind(const char *text, chain *out) {
  scenario *s = NULL;
  assert_ok(scenario_open_text("toy.yaml", text, strlen(text), memory, &s));
  s->laws = laws;
  memset(out, 0, sizeof *out);
  scenario_bind(s, s->root, NULL, chain_rows, NULL, out);
  return s;
}

/* One error, with this path and exactly this message. */
static void says(const char *text, const char *where, const char *message) {
  chain c;
  scenario *s = bind(text, &c);
  for (int i = 0; s->nerror != 1 && i < s->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", s->error[i].text);
  assert_int_equal(s->nerror, 1);
  assert_string_equal(s->error[0].message, message);
  assert_string_equal(s->error[0].path, where);
}

static void a_law_and_its_terms_are_bound(void **unused) {
  (void)unused;
  chain c;
  scenario *s = bind("base: {law: spring, mu: 2 kPa, kind: hard}\nterms: [[0.25, 2 s], [0.5, 1 min]]\n", &c);
  assert_int_equal(s->nerror, 0);
  assert_true(c.scale == 1);
  assert_ptr_equal(c.base.law, &law_spring);
  const spring *inner = c.base.par;
  assert_true(inner->mu == 2000 && inner->kind == 1);
  assert_null(c.spare.law);
  assert_int_equal(c.nterm, 2);
  assert_true(c.term[0].g == 0.25 && c.term[0].tau == 2 && c.term[1].g == 0.5 && c.term[1].tau == 60);
}

static void parameters_of_a_law_inside_live_where_they_were_asked_for(void **unused) {
  (void)unused;
  arena *model = arena_create(1 << 12);
  scenario *s = NULL;
  chain c;
  const char *text = "base: {law: spring, mu: 2 kPa}\nterms: [[0.25, 2 s]]\n";
  assert_ok(scenario_open_text("toy.yaml", text, strlen(text), memory, &s));
  s->laws = laws;
  s->values = model;
  size_t before = arena_used(model);
  scenario_bind(s, s->root, NULL, chain_rows, NULL, &c);
  assert_true(arena_used(model) >= before + sizeof(spring));
  arena_destroy(&memory); /* the scenario is gone, the model stays */
  assert_true(((const spring *)c.base.par)->mu == 2000);
  arena_destroy(&model);
}

static void what_is_written_back_binds_to_the_same(void **unused) {
  (void)unused;
  chain a, b;
  char *text = NULL;
  size_t size = 0;
  bind("base: {law: spring, mu: 0.1 kPa}\nspare: {law: spring, mu: 3 Pa}\nterms: [[0.1, 7 ms], [0.2, 0.3 s]]\n", &a);
  FILE *f = open_memstream(&text, &size);
  scenario_emit(f, chain_rows, &a, 0);
  assert_int_equal(fclose(f), 0);
  assert_string_equal(text, "scale: 1\nbase:\n  law: spring\n  mu: 100 Pa\n  kind: soft\nspare:\n  law: spring\n"
                            "  mu: 3 Pa\n  kind: soft\nterms: [[0.1, 0.007 s], [0.2, 0.3 s]]\n");
  scenario *s = bind(text, &b);
  assert_int_equal(s->nerror, 0);
  assert_memory_equal(a.term, b.term, sizeof a.term);
  assert_memory_equal(a.base.par, b.base.par, sizeof(spring));
  free(text);
}

#define TERMS_OK "terms: [[0.5, 1 s]]\n"
#define BASE_OK "base: {law: spring, mu: 1 kPa}\n"

static void errors_of_the_law_inside_say_what_is_wrong(void **unused) {
  (void)unused;
  says(TERMS_OK, "", "key 'base' is missing: what relaxes; for example 'base: {law: NAME, ...}'");
  says(TERMS_OK "base: 3\n", "base",
       "this is a single value; a law with its keys is expected, for example '{law: NAME, ...}' (what relaxes)");
  says(TERMS_OK "base: {mu: 1 kPa}\n", "base", "key 'law' is missing; it names one law, one of: spring (what relaxes)");
  says(TERMS_OK "base: {law: [spring]}\n", "base.law", "'law' names one law, one of: spring (what relaxes)");
  says(TERMS_OK "base: {law: sprink, mu: 1 kPa}\n", "base.law",
       "no law is called 'sprink'; did you mean 'spring'?; there are: spring");
  says(TERMS_OK "base: {law: chain}\n", "base.law",
       "chain holds a law itself and cannot stand inside another; there are: spring");
  says(TERMS_OK "base: {law: spring}\n", "base",
       "key 'mu' is missing: stiffness of the spring; for example 'mu: 4.5 kPa'");
  says(TERMS_OK "base: {law: spring, mu: 2 N}\n", "base.mu",
       "'2 N' has a unit of the wrong dimension; a pressure or stiffness is expected, for example '4.5 kPa'");
  says(TERMS_OK "base: {law: spring, mu: 1 kPa, knd: soft}\n", "base", "unknown key 'knd'; did you mean 'kind'?");
}

static void errors_of_tuples_say_what_is_wrong(void **unused) {
  (void)unused;
  says(BASE_OK, "", "key 'terms' is missing: how it relaxes; for example 'terms: [[0.5, 2 s]]'");
  says(BASE_OK "terms: 3\n", "terms",
       "this is a single value; a list of lists, each of g, tau, is expected, for example '[[0.5, 2 s]]' "
       "(how it relaxes)");
  says(BASE_OK "terms: [0.3]\n", "terms[0]",
       "this is a single value; a list of 2 is expected: g, tau; for example '[0.5, 2 s]' (how it relaxes)");
  says(BASE_OK "terms: [[0.3, 2 s], [0.3]]\n", "terms[1]",
       "this is a list of 1; a list of 2 is expected: g, tau; for example '[0.5, 2 s]' (how it relaxes)");
  says(BASE_OK "terms: [[0.3, 2]]\n", "terms[0][1]", "2 has no unit; a time is expected, for example '2 s'");
  says(BASE_OK "terms: [[1.3, 2 s]]\n", "terms[0][0]",
       "1.3 is outside the allowed range 0 .. 1 (share of the stress that relaxes)");
  says(BASE_OK "terms: []\n", "terms", "this list is empty; at least one entry is expected (how it relaxes)");
  says(BASE_OK "terms: [[0.1, 1 s], [0.1, 1 s], [0.1, 1 s], [0.1, 1 s]]\n", "terms",
       "this list has 4 entries; at most 3 are allowed (how it relaxes)");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
  const struct CMUnitTest tests[] = {
      TEST(a_law_and_its_terms_are_bound),          TEST(parameters_of_a_law_inside_live_where_they_were_asked_for),
      TEST(what_is_written_back_binds_to_the_same), TEST(errors_of_the_law_inside_say_what_is_wrong),
      TEST(errors_of_tuples_say_what_is_wrong),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
