#include "tests/test.h"
#include <sys/stat.h>
#include <unistd.h>
#include "sim/scenario/scenario.h"

static char folder[] = "/tmp/knead_test_read_XXXXXX";
static char path[sizeof folder + 16];
static arena *memory;

static int setup(void **unused) {
  (void)unused;
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/run.yaml", folder);
  return 0;
}
static int teardown(void **unused) {
  (void)unused;
  unlink(path);
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

static void write_bytes(const char *text, size_t size) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, size, f), size);
  assert_int_equal(fclose(f), 0);
}

static scenario *open_bytes(const char *text, size_t size, status expected, int nset, const char *const *sets) {
  scenario *s = NULL;
  write_bytes(text, size);
  status st = scenario_open(path, nset, sets, memory, &s);
  assert_non_null(s);
  if (st != expected)
    for (int i = 0; i < s->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", s->error[i].text);
  assert_int_equal(st, expected);
  assert_int_equal(s->root != NULL, expected == ST_OK);
  return s;
}
static scenario *good(const char *text) {
  return open_bytes(text, strlen(text), ST_OK, 0, NULL);
}

static void assert_says(const char *text, const char *part) {
  if (strstr(text, part)) return;
  print_error("'%s' is not in:\n%s\n", part, text);
  fail();
}

/* One error, at this place, with this in its message. */
static void bad_bytes(const char *text, size_t size, int line, int column, const char *part) {
  scenario *s = open_bytes(text, size, ST_INPUT, 0, NULL);
  if (s->nerror != 1)
    for (int i = 0; i < s->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", s->error[i].text);
  assert_int_equal(s->nerror, 1);
  assert_says(s->error[0].message, part);
  assert_string_equal(s->error[0].origin, path);
  if (s->error[0].line != line || s->error[0].column != column) print_error("%s\n", s->error[0].text);
  assert_int_equal(s->error[0].line, line);
  assert_int_equal(s->error[0].column, column);
}
static void bad(const char *text, int line, int column, const char *part) {
  bad_bytes(text, strlen(text), line, column, part);
}
/* Some errors, the first with this in its text. */
static void refused(const char *text, size_t size, const char *part) {
  scenario *s = open_bytes(text, size, ST_INPUT, 0, NULL);
  assert_true(s->nerror >= 1);
  assert_says(s->error[0].text, part);
}

/* ------------------------------------------------------------------------------------------------------ well formed */

static void every_node_knows_its_place_and_path(void **unused) {
  (void)unused;
  scenario *s = good("title: x\nbody:\n  size: [30 cm, '20 cm']\n  layers:\n    - name: skin\n");
  const node *size = scenario_get(scenario_get(s->root, "body"), "size");
  assert_int_equal(size->kind, NODE_LIST);
  assert_int_equal(size->line, 3);
  assert_int_equal(size->column, 9);
  assert_string_equal(size->child[1]->path, "body.size[1]");
  assert_string_equal(size->child[1]->text, "20 cm");
  assert_int_equal(size->child[0]->quoted, 0);
  assert_int_equal(size->child[1]->quoted, 1);
  const node *layer = scenario_get(scenario_get(s->root, "body"), "layers")->child[0];
  assert_string_equal(scenario_get(layer, "name")->path, "body.layers[0].name");
  assert_int_equal(layer->key[0]->line, 5);
  assert_int_equal(layer->key[0]->column, 7);
  assert_null(scenario_get(layer, "size"));
  assert_null(scenario_get(NULL, "size"));
  assert_null(scenario_get(size, "size"));
}

static void the_text_is_kept_byte_for_byte_with_its_hash(void **unused) {
  (void)unused;
  const char *text = "\xef\xbb\xbftitle: a\r\n# caf\xc3\xa9\r\n";
  scenario *s = good(text);
  assert_int_equal(s->size, strlen(text));
  assert_memory_equal(s->text, text, s->size);
  char command[200], expected[65] = "";
  snprintf(command, sizeof command, "sha256sum < %s", path);
  FILE *p = popen(command, "r");
  assert_non_null(p);
  int got = fscanf(p, "%64s", expected);
  if (pclose(p) != 0 || got != 1) skip(); /* no coreutils to compare with */
  assert_string_equal(s->sha256, expected);
}

static void an_alias_is_written_out_with_a_path_of_its_own(void **unused) {
  (void)unused;
  scenario *s = good("a: &x {b: [1, 2]}\nc: *x\n");
  const node *b = scenario_get(scenario_get(s->root, "c"), "b");
  assert_string_equal(b->child[1]->path, "c.b[1]");
  assert_int_equal(b->child[1]->line, 1);
}

static void a_merge_key_is_just_a_key(void **unused) {
  (void)unused;
  scenario *s = good("a: &x {b: 1}\nc:\n  <<: *x\n");
  assert_non_null(scenario_get(scenario_get(s->root, "c"), "<<"));
  assert_null(scenario_get(scenario_get(s->root, "c"), "b"));
}

/* ------------------------------------------------------------------------------------------------------ hostile text
 */

static void an_empty_file_is_an_error(void **unused) {
  (void)unused;
  bad("", 0, 0, "the scenario is empty");
  bad("# only a comment\n\n", 0, 0, "the scenario is empty");
}

static void a_scenario_that_is_no_map_is_an_error(void **unused) {
  (void)unused;
  bad("- a\n- b\n", 1, 1, "this is a list");
  bad("hello\n", 1, 1, "this is a single value");
}

static void broken_yaml_is_reported_where_it_breaks(void **unused) {
  (void)unused;
  bad("a: [1, 2\nb: 3\n", 2, 2, "did not find expected ',' or ']'");
  bad("a: {b: 1\n", 2, 1, "did not find expected ',' or '}'");
  bad("a: 'b\n", 2, 1, "found unexpected end of stream");
  bad("a:\n\tb: 1\n", 2, 1, "indent with spaces, not tabs");
  bad("a: *nobody\n", 1, 4, "found undefined alias");
  bad("a: b: c\n", 1, 5, "mapping values are not allowed");
}

static void a_second_document_is_an_error(void **unused) {
  (void)unused;
  bad("a: 1\n---\nb: 2\n", 3, 1, "a second YAML document");
}

static void binary_junk_and_nul_bytes_are_errors(void **unused) {
  (void)unused;
  bad_bytes("a: 1\nb: x\0y\n", 12, 2, 5, "byte 0x00 is no text");
  bad_bytes("\x7f"
            "ELF\x02\x01",
            6, 1, 1, "byte 0x7f is no text");
  bad("a: 1\nb: \x1b[2J\n", 2, 4, "byte 0x1b");
  bad("a: \"x\\0y\"\n", 1, 4, "NUL");
  char junk[4096];
  unsigned long random = 7;
  for (int round = 0; round < 50; round++) {
    for (size_t i = 0; i < sizeof junk; i++) {
      random = random * 6364136223846793005UL + 1442695040888963407UL;
      junk[i] = (char)(random >> 56);
    }
    refused(junk, sizeof junk, "is no text");
  }
}

static void text_that_is_not_utf8_is_an_error(void **unused) {
  (void)unused;
  bad("a: caf\xe9\n", 1, 7, "byte 0xe9 is no text");       /* Latin-1 */
  bad("a: \xc0\xaf\n", 1, 4, "byte 0xc0");                 /* '/' in two bytes */
  bad("a: \xed\xa0\x80\n", 1, 4, "byte 0xed");             /* half a surrogate pair */
  bad("a: \xf5\x80\x80\x80\n", 1, 4, "byte 0xf5");         /* beyond U+10FFFF */
  bad("caf\xc3\xa9: 1\nb: \xe2\x82\n", 2, 4, "byte 0xe2"); /* cut short */
  bad_bytes("\xff\xfe"
            "a\0:\0",
            6, 1, 1, "byte 0xff is no text"); /* UTF-16 */
}

static void duplicate_keys_are_errors_that_name_the_first(void **unused) {
  (void)unused;
  bad("a: 1\nb: 2\na: 3\n", 3, 1, "key 'a' is given twice; the first is on line 1");
  scenario *s = open_bytes("x: {a: 1, a: 2}\ny: {b: 1, b: 2}\n", 32, ST_INPUT, 0, NULL);
  assert_int_equal(s->nerror, 2);
  assert_string_equal(s->error[1].path, "y");
}

static void a_key_must_be_a_short_word(void **unused) {
  (void)unused;
  bad("? [a, b]\n: 1\n", 1, 3, "a key must be a plain word");
  bad("? {a: b}\n: 1\n", 1, 3, "a key must be a plain word");
  bad("'': 1\n", 1, 1, "a key is missing");
  bad("a2345678901234567890123456789012345678901234567890123456789012345: 1\n", 1, 1, "longer than 64 bytes");
}

static void tags_are_errors(void **unused) {
  (void)unused;
  bad("a: !!python/object:os.system x\n", 1, 4, "no YAML tags");
  bad("a: !!int 3\n", 1, 4, "no YAML tags");
}

static void a_cyclic_alias_is_an_error(void **unused) {
  (void)unused;
  bad("a: &x [1, *x]\n", 1, 4, "contains itself");
  bad("a: &x\n  b: {c: *x}\n", 1, 4, "contains itself"); /* places are those of the anchor */
}

static void a_billion_laughs_are_an_error(void **unused) {
  (void)unused;
  char text[4096] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; i++)
    snprintf(text + strlen(text), sizeof text - strlen(text), "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n",
             i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
  refused(text, strlen(text), "more than 20000 values");
}

/* The scalar is kept once: written out 19000 times it would be 10 GB. */
static void a_long_text_behind_many_aliases_costs_its_length_once(void **unused) {
  (void)unused;
  enum { LONG = 500000, MANY = 19000 };
  char *text = malloc(LONG + 4 * MANY + 100);
  assert_non_null(text);
  size_t n = (size_t)sprintf(text, "a: &x ");
  memset(text + n, 'y', LONG);
  n += LONG;
  n += (size_t)sprintf(text + n, "\nb: [");
  for (int i = 0; i < MANY; i++) n += (size_t)sprintf(text + n, "*x ,");
  n += (size_t)sprintf(text + n, "]\n");
  open_bytes(text, n, ST_OK, 0, NULL);
  assert_true(arena_used(memory) < 20u << 20);
  free(text);
}

static void nesting_too_deep_is_an_error(void **unused) {
  (void)unused;
  char text[300] = "a: ";
  for (int i = 0; i < 40; i++) strcat(text, "[");
  for (int i = 0; i < 40; i++) strcat(text, "]");
  strcat(text, "\n");
  bad(text, 1, 35, "nested more than 32 deep");
  char *deep = malloc(1000000);
  assert_non_null(deep);
  memset(deep, '[', 1000000);
  refused(deep, 1000000, "error");
  for (int i = 0; i < 1000000; i++) deep[i] = "- "[i % 2];
  refused(deep, 1000000, "error");
  free(deep);
}

static void a_file_larger_than_a_mebibyte_is_an_error(void **unused) {
  (void)unused;
  size_t size = (1 << 20) + 1;
  char *text = malloc(size);
  assert_non_null(text);
  memset(text, '#', size);
  bad_bytes(text, size, 0, 0, "larger than 1 MiB");
  free(text);
}

static void a_file_that_cannot_be_read_is_an_error(void **unused) {
  (void)unused;
  scenario *s;
  assert_int_equal(scenario_open("/nowhere/at/all.yaml", 0, NULL, memory, &s), ST_INPUT);
  assert_string_equal(s->error[0].text,
                      "/nowhere/at/all.yaml: error: cannot open the scenario: No such file or directory");
  assert_int_equal(scenario_open(folder, 0, NULL, memory, &s), ST_INPUT);
  assert_says(s->error[0].text, "cannot read the scenario: Is a directory");
  assert_int_equal(scenario_open("/dev/zero", 0, NULL, memory, &s), ST_INPUT);
  assert_says(s->error[0].text, "larger than 1 MiB");
  assert_int_equal(scenario_open("/dev/null", 0, NULL, memory, &s), ST_INPUT);
  assert_says(s->error[0].text, "the scenario is empty");
}

static void memory_that_runs_out_is_a_status_not_a_crash(void **unused) {
  (void)unused;
  const char *text = "a: [1, 2, {b: c}]\nd: {e: f, e: g}\n";
  write_bytes(text, strlen(text));
  int refusals = 0;
  for (size_t limit = 0; limit < 20000; limit += 64) {
    arena *small = arena_create(1 << 16);
    arena_limit(small, limit);
    scenario *s = NULL;
    status st = scenario_open(path, 0, NULL, small, &s);
    assert_true(st == ST_INTERNAL || st == ST_INPUT);
    refusals += st == ST_INTERNAL;
    arena_destroy(&small);
  }
  assert_true(refusals > 0);
}

/* -------------------------------------------------------------------------------------------------------- messages */

static void a_message_shows_the_line_and_a_caret(void **unused) {
  (void)unused;
  scenario *s = good("a: 1\n# \xc3\xa4\n\xc3\xa4\xc3\xb6: {x: 5}\n");
  const node *x = s->root->child[1]->child[0];
  scenario_error(s, x, "%d is too much", 5);
  char expected[200];
  snprintf(expected, sizeof expected,
           "%s:3:9: error: \xc3\xa4\xc3\xb6.x: 5 is too much\n    3 | \xc3\xa4\xc3\xb6: {x: 5}\n      |         ^",
           path);
  assert_string_equal(s->error[0].text, expected);
  assert_int_equal(scenario_check(s), ST_INPUT);
}

static void a_long_line_is_shown_around_its_caret(void **unused) {
  (void)unused;
  char text[5000];
  int n = sprintf(text, "a: [");
  for (int i = 0; i < 500; i++) n += sprintf(text + n, "%d, ", 1000 + i);
  sprintf(text + n, "]\n");
  scenario *s = good(text);
  scenario_error(s, s->root->child[0]->child[300], "x");
  const char *caret = strchr(s->error[0].text, '^'), *first = strchr(s->error[0].text, '\n') + 1;
  assert_true(strlen(s->error[0].text) < 400);
  const char *second = strchr(first, '\n') + 1;
  assert_memory_equal(first + (caret - second), "1300", 4);
}

static void errors_beyond_the_twentieth_are_counted_only(void **unused) {
  (void)unused;
  scenario *s = good("a: 1\n");
  for (int i = 0; i < 30; i++) scenario_error(s, NULL, "number %d", i);
  assert_int_equal(s->nerror, 30);
  assert_string_equal(s->error[19].message, "number 19");
  assert_int_equal(scenario_check(s), ST_INPUT);
  assert_says(err_message(), "30 errors");
}

static void a_message_never_drives_the_terminal(void **unused) {
  (void)unused;
  scenario *s = good("a: \"\\e[2J\\rX\"\n");
  scenario_error(s, s->root->child[0], "'%s'", s->root->child[0]->text);
  assert_string_equal(s->error[0].message, "'?[2J?X'");
  scenario_error(s, NULL, "cut \xc3");
  assert_string_equal(s->error[1].message, "cut ?");
}

static void a_word_that_is_near_is_suggested_and_no_other(void **unused) {
  (void)unused;
  static const char *const names[] = {"thickness", "cells", "tissue", "at", "shear_modulus", NULL};
  scenario *s = good("a: 1\n");
  assert_string_equal(scenario_suggest(s, "thicknes", names), "; did you mean 'thickness'?");
  assert_string_equal(scenario_suggest(s, "tihckness", names), "; did you mean 'thickness'?");
  assert_string_equal(scenario_suggest(s, "Cells", names), "; did you mean 'cells'?");
  assert_string_equal(scenario_suggest(s, "shear-modulus", names), "; did you mean 'shear_modulus'?");
  assert_string_equal(scenario_suggest(s, "shearmdl", names), "");
  assert_string_equal(scenario_suggest(s, "xy", names), "");
  assert_string_equal(scenario_suggest(s, "", names), "");
  assert_string_equal(scenario_suggest(s, "speed", NULL), "");
}

/* ------------------------------------------------------------------------------------------------------------- --set
 */

static void set_replaces_and_adds(void **unused) {
  (void)unused;
  static const char *const sets[] = {"session[0].press=30 N",
                                     "body.size=[30 cm, 20 cm]",
                                     "output.every=0.1 s",
                                     "session[1]={hand: thumb}",
                                     "title=",
                                     "time.end=2 s",
                                     "a=b=c"};
  const char *text = "title: x\nbody: {size: [1 m, 1 m]}\nsession:\n  - {press: 5 N, hold: 1 s}\noutput:\n";
  scenario *s = open_bytes(text, strlen(text), ST_OK, 7, sets);
  const node *session = scenario_get(s->root, "session");
  const node *press = scenario_get(session->child[0], "press");
  assert_string_equal(press->text, "30 N");
  assert_string_equal(press->path, "session[0].press");
  assert_string_equal(press->origin, "--set #1");
  assert_int_equal(press->line, 0);
  assert_string_equal(scenario_get(session->child[0], "hold")->text, "1 s");
  assert_string_equal(scenario_get(scenario_get(s->root, "body"), "size")->child[0]->text, "30 cm");
  assert_string_equal(scenario_get(scenario_get(s->root, "output"), "every")->text, "0.1 s");
  assert_int_equal(session->n, 2);
  assert_string_equal(scenario_get(session->child[1], "hand")->path, "session[1].hand");
  assert_string_equal(scenario_get(s->root, "title")->text, "");
  assert_string_equal(scenario_get(scenario_get(s->root, "time"), "end")->text, "2 s");
  assert_string_equal(scenario_get(s->root, "a")->text, "b=c");
}

static void a_bad_set_is_an_error_located_at_it(void **unused) {
  (void)unused;
  static const struct {
    const char *set, *part;
  } cases[] = {
      {"press", "KEY=VALUE is expected"},
      {"", "KEY=VALUE is expected"},
      {"=5", "KEY=VALUE is expected"},
      {"[0]=5", "KEY=VALUE is expected"},
      {"a..b=5", "KEY=VALUE is expected"},
      {"a[x]=5", "KEY=VALUE is expected"},
      {"a[-1]=5", "KEY=VALUE is expected"},
      {"a[99999999999]=5", "KEY=VALUE is expected"},
      {"a[0=5", "KEY=VALUE is expected"},
      {"a.=5", "KEY=VALUE is expected"},
      {"session[5].press=5 N", "session[5]: there is only 1; [1] would add one"},
      {"title.x=5", "'title' is no map of keys"},
      {"title[0]=5", "'title' is no list"},
      {"session.press=5", "'session' is no map of keys"},
      {"a=[1, 2", "did not find expected ',' or ']'"},
      {"a={b: 1, b: 2}", "key 'b' is given twice"},
      {"a=&x [*x]", "contains itself"},
      {"a=\xff", "byte 0xff is no text"},
      {"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1", "nested more than 32 deep"},
  };
  const char *text = "title: x\nsession: [{press: 5 N}]\n";
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *sets[] = {"title=y", cases[i].set};
    scenario *s = open_bytes(text, strlen(text), ST_INPUT, 2, sets);
    assert_int_equal(s->nerror, 1);
    assert_string_equal(s->error[0].origin, "--set #2");
    assert_says(s->error[0].text, "--set #2: error: ");
    assert_says(s->error[0].text, cases[i].part);
  }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_node_knows_its_place_and_path),
      TEST(the_text_is_kept_byte_for_byte_with_its_hash),
      TEST(an_alias_is_written_out_with_a_path_of_its_own),
      TEST(a_merge_key_is_just_a_key),
      TEST(an_empty_file_is_an_error),
      TEST(a_scenario_that_is_no_map_is_an_error),
      TEST(broken_yaml_is_reported_where_it_breaks),
      TEST(a_second_document_is_an_error),
      TEST(binary_junk_and_nul_bytes_are_errors),
      TEST(text_that_is_not_utf8_is_an_error),
      TEST(duplicate_keys_are_errors_that_name_the_first),
      TEST(a_key_must_be_a_short_word),
      TEST(tags_are_errors),
      TEST(a_cyclic_alias_is_an_error),
      TEST(a_billion_laughs_are_an_error),
      TEST(a_long_text_behind_many_aliases_costs_its_length_once),
      TEST(nesting_too_deep_is_an_error),
      TEST(a_file_larger_than_a_mebibyte_is_an_error),
      TEST(a_file_that_cannot_be_read_is_an_error),
      TEST(memory_that_runs_out_is_a_status_not_a_crash),
      TEST(a_message_shows_the_line_and_a_caret),
      TEST(a_long_line_is_shown_around_its_caret),
      TEST(errors_beyond_the_twentieth_are_counted_only),
      TEST(a_message_never_drives_the_terminal),
      TEST(a_word_that_is_near_is_suggested_and_no_other),
      TEST(set_replaces_and_adds),
      TEST(a_bad_set_is_an_error_located_at_it),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
