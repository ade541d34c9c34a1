/* Every member of the catalogue is documented: each row of each table has what the help, the range check and the
   reference are made from. There is no list of members here; the catalogue is walked. */
#include "tests/test.h"
#include "models/catalog.h"
#include "sim/base/unit.h"

static int nwrong, nrow, nmember;

static void wrong(const char *member, const char *row, const char *what) {
  print_error("%s%s%s: %s\n", member, row ? "." : "", row ? row : "", what);
  nwrong++;
}

static int blank(const char *s) { return !s || !*s; }

/* Bytes of the value in the struct. */
static size_t row_bytes(const param *p) {
  size_t n = p->max > 0 ? (size_t)p->max : 1;
  switch (p->kind) {
  case PARAM_NUMBER: return sizeof(double);
  case PARAM_INTEGER:
  case PARAM_FLAG:
  case PARAM_CHOICE: return sizeof(int);
  case PARAM_TEXT: return PARAM_TEXT_MAX;
  case PARAM_VECTOR: return n * sizeof(double);
  case PARAM_INTEGERS: return n * sizeof(int);
  case PARAM_TEXTS: return n * PARAM_TEXT_MAX;
  case PARAM_PLACE: return sizeof(place);
  case PARAM_GROUP: return 0; /* its own rows are checked */
  case PARAM_LIST:
  case PARAM_TUPLES: return n * p->row_size;
  case PARAM_LAW: return sizeof(law_choice);
  }
  return 0;
}

static int has_default(const param *p) {
  switch (p->kind) {
  case PARAM_NUMBER:
  case PARAM_INTEGER:
  case PARAM_FLAG:
  case PARAM_CHOICE: return !isnan(p->preset);
  case PARAM_VECTOR:
  case PARAM_INTEGERS: return p->preset_text || !isnan(p->preset);
  default: return p->preset_text != NULL;
  }
}

static void check_default(const char *member, const param *p) {
  if (p->kind == PARAM_CHOICE) {
    int n = 0;
    while (p->choices && p->choices[n]) n++;
    if (n < 2) wrong(member, p->name, "a choice of fewer than two");
    if (!isnan(p->preset) && !(p->preset >= 0 && p->preset < n && p->preset == floor(p->preset)))
      wrong(member, p->name, "the default is not one of the choices");
  }
  if (p->kind == PARAM_FLAG && !isnan(p->preset) && p->preset != 0 && p->preset != 1)
    wrong(member, p->name, "the default of a flag is 0 or 1");
  int ranged = !(p->lo == 0 && p->hi == 0), number = p->kind == PARAM_NUMBER || p->kind == PARAM_INTEGER;
  if (ranged && !(p->lo < p->hi)) wrong(member, p->name, "an empty range");
  if (number && ranged && !isnan(p->preset) && !(p->preset >= p->lo && p->preset <= p->hi))
    wrong(member, p->name, "the default is outside the range");
  if (number && isinf(p->preset)) wrong(member, p->name, "an infinite default");
}

static void check_rows(const char *member, const param *rows, size_t size) {
  if (!rows) {
    wrong(member, NULL, "has no table (an empty one is {{0}})");
    return;
  }
  for (const param *p = rows; p->name; p++) {
    nrow++;
    if (blank(p->doc)) wrong(member, p->name, "has no doc");
    if (has_default(p) && blank(p->source)) wrong(member, p->name, "has a default without a source");
    double value;
    /* "1 Pa" read as Pa fails exactly when UDUNITS does not know the unit */
    if (p->unit && strcmp(p->unit, "1") != 0) {
      char text[96];
      snprintf(text, sizeof text, "1 %s", p->unit);
      if (unit_read(text, p->unit, &value) != UNIT_OK) wrong(member, p->name, "its unit is unknown to UDUNITS");
    }
    for (const char *c = p->name; *c; c++)
      if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '_')) {
        wrong(member, p->name, "a key is letters, digits and _");
        break;
      }
    if (p->offset + row_bytes(p) > size) wrong(member, p->name, "lies outside its struct");
    for (const param *q = rows; q != p; q++)
      if (strcmp(p->name, q->name) == 0) wrong(member, p->name, "stands twice in its table");
    check_default(member, p);
    if (p->kind == PARAM_GROUP && p->offset <= size) check_rows(member, p->rows, size - p->offset);
    if (p->kind == PARAM_LIST || p->kind == PARAM_TUPLES) check_rows(member, p->rows, p->row_size);
    if ((p->kind == PARAM_LIST || p->kind == PARAM_TUPLES || p->kind == PARAM_TEXTS) && p->count_offset + sizeof(int) > size)
      wrong(member, p->name, "its count lies outside the struct");
  }
}

static void check_member(const char *name, const char *doc, const param *rows, size_t size) {
  nmember++;
  if (blank(name)) wrong("a member", NULL, "has no name");
  if (blank(doc)) wrong(name, NULL, "has no doc");
  check_rows(name, rows, size);
}

static void every_parameter_has_a_doc_and_every_default_a_source(void **state) {
  (void)state;
  const catalog *c = &models_catalog;
  nwrong = nrow = nmember = 0;
  for (int i = 0; c->bodies[i]; i++)
    check_member(c->bodies[i]->name, c->bodies[i]->doc, c->bodies[i]->params, c->bodies[i]->par_size);
  for (int i = 0; c->materials[i]; i++)
    check_member(c->materials[i]->name, c->materials[i]->doc, c->materials[i]->params, c->materials[i]->par_size);
  for (int i = 0; c->physiology[i]; i++)
    check_member(c->physiology[i]->name, c->physiology[i]->doc, c->physiology[i]->params, c->physiology[i]->par_size);
  for (int i = 0; c->hands[i]; i++)
    check_member(c->hands[i]->name, c->hands[i]->doc, c->hands[i]->params, c->hands[i]->par_size);
  for (int i = 0; c->techniques[i]; i++)
    check_member(c->techniques[i]->name, c->techniques[i]->doc, c->techniques[i]->params, c->techniques[i]->par_size);
  assert_int_equal(nwrong, 0);
  assert_true(nmember > 10 && nrow > 30); /* the walk saw the catalogue, not an empty list */
}

static void every_field_has_a_unit_that_udunits_knows(void **state) {
  (void)state;
  const catalog *c = &models_catalog;
  nwrong = 0;
  double value;
  char text[96];
  for (int i = 0; c->outputs[i]; i++) {
    const output *o = c->outputs[i];
    if (blank(o->doc)) wrong(o->name, NULL, "has no doc");
    if (o->ncomp != 1 && o->ncomp != 3 && o->ncomp != 6) wrong(o->name, NULL, "has neither 1, 3 nor 6 components");
    if (!o->point == !(o->skin && o->of)) wrong(o->name, NULL, "has no formula, or two");
    snprintf(text, sizeof text, "1 %s", o->unit);
    if (blank(o->unit) || (strcmp(o->unit, "1") != 0 && unit_read(text, o->unit, &value) != UNIT_OK))
      wrong(o->name, NULL, "has no unit that UDUNITS knows");
  }
  for (int i = 0; c->physiology[i]; i++)
    for (const field_decl *f = c->physiology[i]->owns; f && f->name; f++) {
      if (blank(f->doc)) wrong(f->name, NULL, "has no doc");
      if (f->ncomp < 1) wrong(f->name, NULL, "has no components");
      snprintf(text, sizeof text, "1 %s", f->unit);
      if (blank(f->unit) || (strcmp(f->unit, "1") != 0 && unit_read(text, f->unit, &value) != UNIT_OK))
        wrong(f->name, NULL, "has no unit that UDUNITS knows");
    }
  assert_int_equal(nwrong, 0);
}

/* The check itself: a table with one row of each fault must give that many complaints. */
static void a_row_without_doc_source_or_sense_is_found(void **state) {
  (void)state;
  typedef struct bad { double a, b, c, d, e; } bad;
  static const char *const one[] = {"only", NULL};
  static const param rows[] = {
      PARAM(bad, a, .unit = "Pa", .lo = 1, .hi = 2, .preset = NAN),                                       /* no doc */
      PARAM(bad, b, .unit = "Pa", .lo = 1, .hi = 3, .preset = 2, .doc = "x"),                          /* no source */
      PARAM(bad, c, .unit = "furlongz", .preset = NAN, .doc = "x"),                                         /* unit */
      PARAM(bad, d, .lo = 1, .hi = 2, .preset = 5, .doc = "x", .source = "x"),                             /* range */
      PARAM(bad, e, .kind = PARAM_CHOICE, .choices = one, .preset = 0, .doc = "x", .source = "x"),    /* one choice */
      PARAM(bad, a, .preset = NAN, .doc = "x"),                                                            /* twice */
      {0}};
  FILE *keep = stderr;
  stderr = fopen("/dev/null", "w"); /* the complaints are expected: keep them out of the log */
  nwrong = 0;
  check_rows("bad", rows, sizeof(bad));
  int found = nwrong;
  fclose(stderr);
  stderr = keep;
  assert_int_equal(found, 6);
}

static int setup(void **state) {
  (void)state;
  return unit_setup() == ST_OK ? 0 : -1;
}
static int teardown(void **state) {
  (void)state;
  unit_teardown();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_parameter_has_a_doc_and_every_default_a_source),
      cmocka_unit_test(every_field_has_a_unit_that_udunits_knows),
      cmocka_unit_test(a_row_without_doc_source_or_sense_is_found),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
