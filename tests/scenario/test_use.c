/* `use:`: whose keys win, where errors point to, what a value rests on, and which texts the hash covers. */
#include "tests/test.h"
#include <sys/stat.h>
#include <unistd.h>
#include "sim/scenario/scenario.h"

static char folder[] = "/tmp/knead_test_use_XXXXXX";
static char path[sizeof folder + 32];
static arena *memory;

static const char gel[] =
    "about: a gel\nlaw: spring\nmu: {value: 2 kPa, mark: measured, source: \"Doe 2001, page 3\"}\n"
    "bulk: {value: 9 kPa, mark: assumed, source: of the order of mu}\n";
static const char stiff[] = "use: gel\nmu: 7 kPa\n";
static const char round_[] = "use: circle\n";
static const char nested[] =
    "law: outer\nbase:\n  law: spring\n  mu: {value: 1 kPa, mark: derived, source: x}\n  k: 3\n"
    "terms: {value: [[0.5, 1 s]], mark: measured, source: y}\n";
static const char broken[] = "law: spring\n  mu: 2\n";
static const builtin_text known[] = {{"gel", gel, sizeof gel - 1},
                                     {"stiff_gel", stiff, sizeof stiff - 1},
                                     {"circle", round_, sizeof round_ - 1},
                                     {"nested", nested, sizeof nested - 1},
                                     {"broken", broken, sizeof broken - 1},
                                     {"empty", "", 0},
                                     {"list", "[1, 2]\n", 7},
                                     {0}};

static const char *in_folder(const char *name) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}
static void write_file(const char *name, const char *text) {
  FILE *f = fopen(in_folder(name), "wb");
  assert_non_null(f);
  fputs(text, f);
  assert_int_equal(fclose(f), 0);
}

static int setup(void **unused) {
  (void)unused;
  return mkdtemp(folder) && mkdir(in_folder("sub"), 0700) == 0 ? 0 : -1;
}
static int teardown(void **unused) {
  (void)unused;
  static const char *const files[] = {"run.yaml", "own.yaml", "sub/own.yaml", "sub/other.yaml", "big.yaml"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) unlink(in_folder(files[i]));
  rmdir(in_folder("sub"));
  return rmdir(folder);
}
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

static scenario *open_with(const char *text, int nset, const char *const *sets) {
  static char name[sizeof path]; /* the scenario keeps the pointer */
  scenario *s = NULL;
  write_file("run.yaml", text);
  snprintf(name, sizeof name, "%s/run.yaml", folder);
  assert_ok(scenario_open(name, nset, sets, memory, &s));
  return s;
}

/* The keys of tissue.fat. */
static const node *used(scenario *s) {
  return scenario_use(s, scenario_get(scenario_get(s->root, "tissue"), "fat"), known);
}
static const node *good(const char *text, scenario **s) {
  *s = open_with(text, 0, NULL);
  const node *map = used(*s);
  for (int i = 0; i < (*s)->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", (*s)->error[i].text);
  assert_int_equal((*s)->nerror, 0);
  assert_non_null(map);
  return map;
}

static void assert_says(const char *text, const char *part) {
  if (strstr(text, part)) return;
  print_error("'%s' is not in:\n%s\n", part, text);
  fail();
}
static void assert_value(const node *map, const char *key, const char *text) {
  const node *n = scenario_get(map, key);
  assert_non_null(n);
  assert_string_equal(n->text, text);
}

/* One error, at this place of `origin`'s end, with these words in the whole of it; nothing to bind. */
static scenario *bad(const char *text, const char *origin, int line, int column, const char *part) {
  scenario *s = open_with(text, 0, NULL);
  assert_null(used(s));
  if (s->nerror != 1)
    for (int i = 0; i < s->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", s->error[i].text);
  assert_int_equal(s->nerror, 1);
  assert_says(s->error[0].text, part);
  assert_says(s->error[0].origin, origin);
  if (s->error[0].line != line || s->error[0].column != column) print_error("%s\n", s->error[0].text);
  assert_int_equal(s->error[0].line, line);
  assert_int_equal(s->error[0].column, column);
  return s;
}

/* --------------------------------------------------------------------------------------------------------- joining */

static void a_map_without_use_is_itself(void **unused) {
  (void)unused;
  scenario *s;
  const node *map = good("tissue: {fat: {law: spring, mu: 1 kPa}}\n", &s);
  assert_ptr_equal(map, scenario_get(scenario_get(s->root, "tissue"), "fat"));
  assert_int_equal(s->nsource, 1);
}

static void keys_beside_use_replace_those_of_the_text(void **unused) {
  (void)unused;
  scenario *s;
  const node *map = good("tissue: {fat: {use: gel, bulk: 5 kPa, perfusion: 3}}\n", &s);
  assert_int_equal(map->n, 4); /* law, mu, bulk, perfusion: neither `use` nor `about` */
  assert_value(map, "law", "spring");
  assert_value(map, "mu", "2 kPa");
  assert_value(map, "bulk", "5 kPa");
  assert_value(map, "perfusion", "3");
  assert_string_equal(scenario_get(map, "mu")->path, "tissue.fat.mu");
  assert_string_equal(scenario_get(map, "mu")->origin, "built-in gel");
  assert_string_equal(scenario_get(map, "bulk")->origin, s->file);
}

static void a_value_remembers_what_it_rests_on_until_it_is_replaced(void **unused) {
  (void)unused;
  scenario *s;
  const node *map = good("tissue: {fat: {use: gel}}\n", &s), *mu = scenario_get(map, "mu");
  assert_int_equal(mu->mark, MARK_MEASURED);
  assert_string_equal(mu->source, "Doe 2001, page 3");
  assert_int_equal(scenario_get(map, "bulk")->mark, MARK_ASSUMED);
  assert_int_equal(scenario_get(map, "law")->mark, MARK_NONE);
  assert_string_equal(scenario_marks[MARK_ASSUMED], "assumed");
  map = good("tissue: {fat: {use: gel, mu: 2 kPa}}\n", &s);
  assert_int_equal(scenario_get(map, "mu")->mark, MARK_NONE);
  assert_null(scenario_get(map, "mu")->source);
}

static void set_reaches_a_used_tissue(void **unused) {
  (void)unused;
  const char *const sets[] = {"tissue.fat.mu=3 kPa", "tissue.fat.use=stiff_gel"};
  scenario *s = open_with("tissue: {fat: {use: gel}}\n", 2, sets);
  const node *map = used(s);
  assert_value(map, "mu", "3 kPa");
  assert_value(map, "bulk", "9 kPa");
  assert_int_equal(s->nsource, 3);
}

static void a_text_may_use_another(void **unused) {
  (void)unused;
  scenario *s;
  const node *map = good("tissue: {fat: {use: stiff_gel}}\n", &s);
  assert_value(map, "mu", "7 kPa");
  assert_value(map, "bulk", "9 kPa");
  assert_int_equal(scenario_get(map, "bulk")->mark, MARK_ASSUMED);
  assert_int_equal(scenario_get(map, "mu")->mark, MARK_NONE);
}

static void a_law_inside_is_joined_key_by_key_or_replaced_by_another(void **unused) {
  (void)unused;
  scenario *s;
  const node *base = scenario_get(good("tissue: {fat: {use: nested, base: {mu: 4 kPa}}}\n", &s), "base");
  assert_int_equal(base->n, 3);
  assert_value(base, "law", "spring");
  assert_value(base, "mu", "4 kPa");
  assert_value(base, "k", "3");
  base = scenario_get(good("tissue: {fat: {use: nested, base: {law: other, c: 1}}}\n", &s), "base");
  assert_int_equal(base->n, 2);
  assert_value(base, "law", "other");
  const node *terms = scenario_get(good("tissue: {fat: {use: nested}}\n", &s), "terms");
  assert_int_equal(terms->kind, NODE_LIST);
  assert_int_equal(terms->mark, MARK_MEASURED);
  assert_string_equal(terms->child[0]->child[1]->text, "1 s");
}

static void a_path_is_relative_to_the_file_that_says_it(void **unused) {
  (void)unused;
  scenario *s;
  write_file("sub/own.yaml", "use: other.yaml\nmu: 1 Pa\n");
  write_file("sub/other.yaml", "law: spring\nmu: 5 Pa\nbulk: 6 Pa\n");
  const node *map = good("tissue: {fat: {use: sub/own.yaml}}\n", &s);
  assert_value(map, "mu", "1 Pa");
  assert_value(map, "bulk", "6 Pa");
  assert_int_equal(s->nsource, 3);
  char text[400];
  snprintf(text, sizeof text, "tissue: {fat: {use: %s/sub/other.yaml}}\n", folder);
  assert_value(good(text, &s), "mu", "5 Pa");
}

/* ---------------------------------------------------------------------------------------------------------- errors */

static void what_cannot_be_found_is_reported_where_it_is_asked_for(void **unused) {
  (void)unused;
  bad("tissue:\n  fat: {use: gell}\n", "run.yaml", 2, 14, "did you mean 'gel'?; there are: gel, stiff_gel");
  bad("tissue:\n  fat: {use: nowhere.yaml}\n", "run.yaml", 2, 14, "nowhere.yaml: No such file");
  bad("tissue:\n  fat: {use: sub/}\n", "run.yaml", 2, 14, "cannot read");
  bad("tissue:\n  fat: {use: [gel]}\n", "run.yaml", 2, 14, "the name of something built in or of a file");
  bad("tissue:\n  fat: {use: }\n", "run.yaml", 2, 14, "the name of something built in or of a file");
  bad("tissue:\n  fat: {use: empty}\n", "run.yaml", 2, 14, "built-in empty should be a map of keys");
}

static void an_error_inside_names_that_text_and_who_used_it(void **unused) {
  (void)unused;
  const char *text = "tissue:\n  fat: {use: own.yaml}\n";
  write_file("own.yaml", "law: spring\nmu: {value: 2 kPa, mark: measured}\n");
  scenario *s = bad(text, "/own.yaml", 2, 5, "'source: \"who, where\"' is missing");
  assert_says(s->error[0].text, "    2 | mu: {value: 2 kPa, mark: measured}\n      |     ^\n      | used by ");
  assert_says(s->error[0].text, "run.yaml:2:14: tissue.fat.use");
  assert_string_equal(s->error[0].path, "tissue.fat.mu");

  write_file("own.yaml", "mu: {value: 2, mark: mesured, source: x}\n");
  bad(text, "/own.yaml", 1, 22, "'mesured' is none of measured, derived, assumed; did you mean 'measured'?");
  write_file("own.yaml", "mu: {value: 2, mark: measured, sauce: x, source: y}\n");
  bad(text, "/own.yaml", 1, 32, "unknown key 'sauce' beside a value; did you mean 'source'?");
  write_file("own.yaml", "a: 1\na: 2\n");
  bad(text, "/own.yaml", 2, 1, "key 'a' is given twice");
  bad("tissue: {fat: {use: broken}}\n", "built-in broken", 2, 5, "used by ");
  bad("tissue: {fat: {use: list}}\n", "built-in list", 1, 1, "should be a map of keys");

  /* two steps: the text, who used it, and who used that */
  write_file("sub/own.yaml", "use: other.yaml\n");
  write_file("sub/other.yaml", "law: spring\nmu: !x 2\n");
  s = bad("tissue:\n  fat: {use: sub/own.yaml}\n", "sub/other.yaml", 2, 5, "sub/own.yaml:1:6: tissue.fat.use");
  assert_says(s->error[0].text, "run.yaml:2:14: tissue.fat.use");
}

static void a_key_that_no_table_knows_points_into_the_text_it_stands_in(void **unused) {
  (void)unused;
  typedef struct par {
    double mu;
  } par;
  static const param rows[] = {PARAM(par, mu, .unit = "Pa", .lo = 1, .hi = 1e3, .preset = NAN, .doc = "stiffness"),
                               {0}};
  static const char *const also[] = {"law", NULL};
  scenario *s;
  par out;
  const node *map = good("tissue: {fat: {use: gel}}\n", &s);
  scenario_bind(s, map, NULL, rows, also, &out);
  assert_int_equal(s->nerror, 2);
  assert_string_equal(s->error[0].origin, "built-in gel");
  assert_int_equal(s->error[0].line, 3);
  assert_says(s->error[0].message, "2 kPa is outside the allowed range");
  assert_int_equal(s->error[1].line, 4);
  assert_says(s->error[1].text, "unknown key 'bulk'");
  assert_says(s->error[1].text, "used by ");
}

static void a_circle_ends(void **unused) {
  (void)unused;
  bad("tissue: {fat: {use: circle}}\n", "built-in circle", 1, 6, "perhaps in a circle");
  write_file("own.yaml", "use: ./own.yaml\n");
  bad("tissue: {fat: {use: own.yaml}}\n", "own.yaml", 1, 6, "perhaps in a circle");
}

static void hostile_texts_meet_limits(void **unused) {
  (void)unused;
  bad("tissue: {fat: {use: /dev/zero}}\n", "run.yaml", 1, 21, "larger than 1 MiB");
  write_file("own.yaml", "a: &a [1]\nb: \x01\n");
  bad("tissue: {fat: {use: own.yaml}}\n", "own.yaml", 2, 4, "is no text");
  scenario *s = open_with("tissue: {fat: {use: gel}}\n", 0, NULL);
  for (int i = 1; i < SCENARIO_SOURCES; i++) assert_non_null(used(s));
  assert_null(used(s));
  assert_says(s->error[0].text, "more than 63 texts");
}

static void without_memory_there_is_an_error_and_no_crash(void **unused) {
  (void)unused;
  write_file("run.yaml", "tissue: {fat: {use: nested, base: {mu: 4 kPa}}}\n");
  snprintf(path, sizeof path, "%s/run.yaml", folder);
  int failed = 0, fine = 0;
  for (size_t limit = 0; limit < 40000; limit += 64) {
    arena *small = arena_create(1 << 12);
    scenario *s = NULL;
    arena_limit(small, limit);
    status st = scenario_open(path, 0, NULL, small, &s);
    if (st == ST_OK) {
      const node *map = used(s);
      assert_true(map || s->nerror);
      if (map)
        fine++;
      else
        failed++;
    }
    arena_destroy(&small);
  }
  assert_true(failed > 3 && fine > 3); /* the loop passed the point where memory suffices */
}

/* ------------------------------------------------------------------------------------------------------------ hash */

/* What the shell makes of these files; skips without coreutils. */
static void shell_hash(const char *files, char out[65]) {
  char command[400];
  snprintf(command, sizeof command, "cd %s && sha256sum %s | cut -c1-64 | sha256sum", folder, files);
  FILE *p = popen(command, "r");
  assert_non_null(p);
  int got = fscanf(p, "%64s", out);
  if (pclose(p) != 0 || got != 1) skip();
}

static void the_hash_covers_every_text_once_in_the_order_of_first_use(void **unused) {
  (void)unused;
  char expected[65], before[65];
  scenario *s;
  write_file("own.yaml", "law: spring\nmu: 1 Pa\n");
  write_file("sub/own.yaml", "law: spring\nmu: 2 Pa\n");
  s = open_with("tissue: {fat: {use: sub/own.yaml}, skin: {use: own.yaml}, other: {use: sub/own.yaml}}\n", 0, NULL);
  memcpy(before, s->sha256, sizeof before);
  const node *tissue = scenario_get(s->root, "tissue");
  for (int i = 0; i < 3; i++) assert_non_null(scenario_use(s, tissue->child[i], known));
  assert_string_not_equal(s->sha256, before);
  assert_int_equal(s->nsource, 4);
  assert_int_equal(s->source[2].again, 0);
  assert_int_equal(s->source[3].again, 1);
  assert_string_equal(s->source[0].sha256, before);
  shell_hash("run.yaml sub/own.yaml own.yaml", expected);
  assert_string_equal(s->sha256, expected);
  /* another byte in a used text is another hash */
  memcpy(before, s->sha256, sizeof before);
  write_file("own.yaml", "law: spring\nmu: 1 Pa \n");
  s = open_with("tissue: {fat: {use: sub/own.yaml}, skin: {use: own.yaml}, other: {use: sub/own.yaml}}\n", 0, NULL);
  for (int i = 0; i < 3; i++) assert_non_null(scenario_use(s, scenario_get(s->root, "tissue")->child[i], known));
  assert_string_not_equal(s->sha256, before);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
  const struct CMUnitTest tests[] = {
      TEST(a_map_without_use_is_itself),
      TEST(keys_beside_use_replace_those_of_the_text),
      TEST(a_value_remembers_what_it_rests_on_until_it_is_replaced),
      TEST(set_reaches_a_used_tissue),
      TEST(a_text_may_use_another),
      TEST(a_law_inside_is_joined_key_by_key_or_replaced_by_another),
      TEST(a_path_is_relative_to_the_file_that_says_it),
      TEST(what_cannot_be_found_is_reported_where_it_is_asked_for),
      TEST(an_error_inside_names_that_text_and_who_used_it),
      TEST(a_key_that_no_table_knows_points_into_the_text_it_stands_in),
      TEST(a_circle_ends),
      TEST(hostile_texts_meet_limits),
      TEST(without_memory_there_is_an_error_and_no_crash),
      TEST(the_hash_covers_every_text_once_in_the_order_of_first_use),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
