/* Tissues: each that is built in binds and says what every number rests on; a used tissue and a law inside a law become
   what a model needs. */
#include <ctype.h>
#include <unistd.h>
#include "models/catalog.h"
#include "sim/base/unit.h"
#include "sim/run/build.h"
#include "tests/figure.h"

static arena *memory;
static int fresh(void **unused) {
  (void)unused;
  memory = arena_create(1 << 18);
  return memory ? 0 : -1;
}
static int done(void **unused) {
  (void)unused;
  arena_destroy(&memory);
  return 0;
}

/* ------------------------------------------------------------------------------------------- those that are built in
 */

static int nwrong, nnumber;
static int silent;
static void wrong(const char *tissue, const char *path, const char *what) {
  if (!silent) print_error("%s: %s: %s\n", tissue, path, what);
  nwrong++;
}

static int has_year(const char *text) {
  for (const char *p = text; *p; p++)
    if ((!strncmp(p, "19", 2) || !strncmp(p, "20", 2)) && isdigit((unsigned char)p[2]) &&
        isdigit((unsigned char)p[3]) && !isdigit((unsigned char)p[4]) && (p == text || !isdigit((unsigned char)p[-1])))
      return 1;
  return 0;
}

/* Every scalar below n has a mark and a source, of its own or of a list around it. */
static void check_value(const char *tissue, const node *n, int marked) {
  if (n->mark) {
    marked = 1;
    if (!n->source || strlen(n->source) < 6) wrong(tissue, n->path, "its source says nothing");
    if (n->mark == MARK_MEASURED && n->source && !has_year(n->source))
      wrong(tissue, n->path, "is measured, and its source has no year to find it by");
  }
  for (int i = 0; i < n->n; i++) check_value(tissue, n->child[i], marked);
  if (n->kind != NODE_SCALAR) return;
  nnumber++;
  if (!marked) wrong(tissue, n->path, "has no mark and no source");
}

static void check_rows(const char *tissue, const param *rows, const node *map) {
  for (const param *row = rows; row && row->name; row++) {
    const node *at = scenario_get(map, row->name);
    if (!at || row->kind == PARAM_FLAG || row->kind == PARAM_CHOICE || row->kind == PARAM_TEXT) continue;
    if (row->kind != PARAM_LAW) {
      check_value(tissue, at, 0);
      continue;
    }
    const node *law = scenario_get(at, "law");
    for (int i = 0; law && models_catalog.materials[i]; i++)
      if (!strcmp(models_catalog.materials[i]->name, law->text))
        check_rows(tissue, models_catalog.materials[i]->params, at);
  }
}

/* Binds a text as `knead explain` does; NULL law after collecting an error. */
static const material *bind_text(const builtin_text *t, bound *k, int *assumed, scenario **s, const node **map) {
  builtin_text *known = arena_alloc(memory, 64 * sizeof *known);
  catalog *cat = arena_alloc(memory, sizeof *cat);
  builder *b = arena_alloc(memory, sizeof *b);
  char *use = arena_alloc(memory, 128);
  const material *law = NULL;
  int n = 0, found = 0;
  for (; models_catalog.tissues[n].name; n++) found |= &models_catalog.tissues[n] == t;
  assert_true(n < 62);
  memcpy(known, models_catalog.tissues, (size_t)n * sizeof *known);
  if (!found) known[n] = *t;
  *cat = models_catalog;
  cat->tissues = known;
  snprintf(use, 128, "use: %s", t->name);
  assert_ok(scenario_open_text("test", use, strlen(use), memory, s));
  b->scn = *s;
  b->cat = cat;
  b->m = arena_alloc(memory, sizeof *b->m);
  b->m->memory = memory;
  assert_ok(build_tissue(b, (*s)->root, k, &law, assumed));
  *map = (*s)->nerror ? NULL : scenario_use(*s, (*s)->root, known);
  return (*s)->nerror ? NULL : law;
}

static void check_tissue(const builtin_text *t) {
  bound k;
  scenario *s;
  const node *map;
  int assumed;
  const material *law = bind_text(t, &k, &assumed, &s, &map);
  for (int i = 0; i < s->nerror && i < SCENARIO_ERRORS; i++) wrong(t->name, "does not bind", s->error[i].text);
  if (!law) return;
  const node *about = scenario_get(s->source[1].root, "about");
  if (!about || strlen(about->text) < 6) wrong(t->name, "about", "does not say what it is");
  if (!scenario_get(map, "perfusion")) wrong(t->name, "perfusion", "is left to the default of all tissues");
  check_rows(t->name, k.rows, map);
}

static void every_tissue_binds_and_every_number_says_what_it_rests_on(void **unused) {
  (void)unused;
  int ntissue = 0;
  nwrong = nnumber = silent = 0;
  for (const builtin_text *t = models_catalog.tissues; t->name; t++, ntissue++) check_tissue(t);
  assert_int_equal(nwrong, 0);
  assert_true(ntissue >= 9 && nnumber >= 3 * ntissue); /* stiffness, bulk and flow each */
}

/* The check itself finds what it is for. */
static void a_number_without_a_source_is_found(void **unused) {
  (void)unused;
#define REST "perfusion: {value: 3 ml/min/(100 g), mark: assumed, source: as muscle}\n"
  static const struct {
    const char *text;
    int nwrong;
  } cases[] = {
      {"about: a good one\nlaw: neo_hookean\nmu: {value: 3 kPa, mark: measured, source: Doe 1999}\n"
       "bulk: {value: 90 kPa, mark: assumed, source: 30 mu}\n" REST,
       1}, /* "30 mu" is short of a source */
      {"about: a good one\nlaw: neo_hookean\nmu: 3 kPa\nbulk: {value: 90 kPa, mark: assumed, source: 30 times "
       "mu}\n" REST,
       1},
      {"about: a good one\nlaw: neo_hookean\nmu: {value: 3 kPa, mark: measured, source: somebody}\n"
       "bulk: {value: 90 kPa, mark: assumed, source: 30 times mu}\n" REST,
       1},
      {"law: neo_hookean\nmu: {value: 3 kPa, mark: derived, source: E / 3}\n"
       "bulk: {value: 90 kPa, mark: assumed, source: 30 times mu}\n",
       3}, /* about, perfusion, "E / 3" */
      {"about: a good one\nlaw: neo_hookean\nmu: {value: 3 GPa, mark: derived, source: a third of E}\n"
       "bulk: {value: 90 kPa, mark: assumed, source: 30 times mu}\n" REST,
       1}, /* range */
  };
  silent = 1;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    builtin_text t = {.name = "case", .text = cases[i].text, .size = strlen(cases[i].text)};
    nwrong = 0;
    check_tissue(&t);
    if (nwrong != cases[i].nwrong) print_error("case %zu\n", i);
    assert_int_equal(nwrong, cases[i].nwrong);
  }
  silent = 0;
}

static const material *find(const char *name, const void **par) {
  for (const builtin_text *t = models_catalog.tissues; t->name; t++) {
    if (strcmp(t->name, name)) continue;
    bound k;
    scenario *s;
    const node *map;
    int assumed;
    const material *law = bind_text(t, &k, &assumed, &s, &map);
    assert_non_null(law);
    *par = k.par;
    return law;
  }
  fail_msg("no tissue %s", name);
  return NULL;
}
static double shear_of(const char *name) {
  const void *par;
  const material *law = find(name, &par);
  return law->shear(par);
}

/* Nominal stress, Pa, of a strip pulled along x to a stretch, incompressible, its fibres along axis 0, 1 or 2: the
   pressure that keeps the sides free is the stress across. Tissue has a volume term, which is silent at J = 1. */
static double pull(const char *name, double stretch, int axis) {
  const void *par;
  const material *law = find(name, &par);
  _Alignas(64) double F[9 * NB] = {0}, fibre[3 * MAT_FAMILIES * NB] = {0}, P[9 * NB], h1[NB];
  const double side = 1 / sqrt(stretch);
  for (int q = 0; q < NB; q++) {
    F[q] = stretch;
    F[4 * NB + q] = F[8 * NB + q] = side;
    fibre[axis * NB + q] = 1;
  }
  material_in in = {.dt = 1, .nfam = 1, .F = F, .fibre = fibre};
  law->ops->stress(par, &in, P, h1);
  int free_axis = axis == 2 ? 1 : 2; /* a side without fibres */
  return P[0] - P[4 * free_axis * NB] * side / stretch;
}
static double slope(const char *name, double stretch, int axis) {
  const double h = 1e-5; /* of a strain of 1e-2 and more: truncation 1e-6, rounding 1e-9 */
  return (pull(name, stretch + h, axis) - pull(name, stretch - h, axis)) / (2 * h);
}

static void fascia_carries_what_the_strips_carried(void **unused) {
  (void)unused;
  /* The file's k1 and k2 have three and two digits; 0.05 of 6.0 in k2 is 0.1 % of the stress and 0.3 % of the slope,
     the matrix adds 0.2 %. */
  assert_close(pull("thoracolumbar_fascia", 1.06, 0), 7.1e6, 0.005 * 7.1e6);
  assert_close(slope("thoracolumbar_fascia", 1.06, 0), 150.9e6, 0.005 * 150.9e6);
}

static void muscle_is_fifteen_times_stiffer_along_than_across(void **unused) {
  (void)unused;
  static const char *const names[] = {"erector_spinae_relaxed", "erector_spinae_tense", "taut_band"};
  /* Fibres take up their load over the first percent of strain, so both are measured just beyond it. p1 has three
     digits: half of the last is 0.5 % at most, and g1 of the band as much. */
  for (int i = 0; i < 3; i++) assert_close(slope(names[i], 1.0101, 0) / slope(names[i], 1.0101, 1), 15, 0.01 * 15);
}

static void fat_stiffens_as_it_was_measured_to(void **unused) {
  (void)unused;
  /* Small shear on a body compressed to a stretch of ly, lx across: its moduli along and across the compression are b
     ly^2 and b lx^2 with b = (sy - sx)/(ly^2 - lx^2), s the Cauchy stresses of the compressed state (measured was one
     number that mixes them; their geometric mean is taken for it). 6.1 % is what one Ogden term can do, c1 is rounded
     by 0.2 %. */
  for (int i = 1; i <= 4; i++) {
    double ly = 1 - 0.1 * i, lx = 1 / sqrt(ly), measured = 748.5 * pow(ly * ly, -1.18);
    double sy = pull("fat_lean", ly, 0) * ly; /* sx = 0 */
    assert_close(sy / (ly * ly - lx * lx) * ly * lx, measured, 0.065 * measured);
  }
}

static void a_taut_band_is_as_much_stiffer_than_its_muscle_as_was_measured(void **unused) {
  (void)unused;
  /* Chen 2016: 11.5 against 5.8 kPa, printed as a ratio of 1.98: half a unit of its last digit. */
  figure_show(.section = "tissues", .what = "taut band over the muscle beside it, shear modulus",
              .computed = shear_of("taut_band") / shear_of("erector_spinae_relaxed"), .target = 1.98, .low = 1.975,
              .high = 1.985, .kind = FIGURE_CALIBRATED, .mark = "V",
              .source = "Chen et al. 2016, Arch Phys Med Rehabil 97:67-73, elastography of 65 people");
  /* Sadeghi 2020: 38.5 kPa with arms up against 18.6 kPa prone is 2.07; the file rounds to two digits (12 kPa). */
  figure_show(.section = "tissues", .what = "tense over relaxed erector spinae, shear modulus",
              .computed = shear_of("erector_spinae_tense") / shear_of("erector_spinae_relaxed"), .target = 38.5 / 18.6,
              .low = 38.5 / 18.6 - 0.05, .high = 38.5 / 18.6 + 0.05, .kind = FIGURE_CALIBRATED, .mark = "V",
              .source = "Sadeghi, Bible, Cortes 2020, doi 10.1115/1.4047651: multifidus, arms up over prone");
}

/* ------------------------------------------------------------------------------------------------- inside a scenario
 */

/* A law around another, as a viscoelastic one is. */
typedef struct slow_term {
  double g, tau;
} slow_term;
typedef struct slow {
  law_choice base;
  slow_term term[2];
  int nterm;
} slow;
static const param term_rows[] = {
    PARAM(slow_term, g, .lo = 0, .hi = 1, .preset = NAN, .doc = "share"),
    PARAM(slow_term, tau, .unit = "s", .lo = 1e-3, .hi = 1e3, .preset = NAN, .doc = "time"),
    {0}};
static const param slow_rows[] = {PARAM(slow, base, .kind = PARAM_LAW, .doc = "what relaxes"),
                                  {.name = "terms",
                                   .kind = PARAM_TUPLES,
                                   .offset = offsetof(slow, term),
                                   .max = 2,
                                   .rows = term_rows,
                                   .row_size = sizeof(slow_term),
                                   .count_offset = offsetof(slow, nterm),
                                   .doc = "how it relaxes"},
                                  {0}};
static double slow_shear(const void *par) {
  const slow *c = par;
  return c->base.law->shear(c->base.par);
}
static const material law_slow = {
    .name = "slow", .doc = "test", .params = slow_rows, .par_size = sizeof(slow), .shear = slow_shear};

typedef struct built {
  scenario *s;
  model *m;
  char *resolved;
  status st;
} built;

static built build(const char *tissue) {
  static const material *laws[64];
  static catalog cat;
  built b = {0};
  char text[2000];
  int n = 0;
  for (; models_catalog.materials[n]; n++) laws[n] = models_catalog.materials[n];
  assert_true(n < 62);
  laws[n] = &law_slow;
  laws[n + 1] = NULL;
  cat = models_catalog;
  cat.materials = laws;
  snprintf(text, sizeof text,
           "knead: 1\nbody: {kind: block, size: [4 cm, 4 cm], cells: [1, 1], layers: [{name: gel, thickness: 2 cm, "
           "cells: 1}]}\ntissue:\n  gel: %s\nsession: [{hand: sphere, technique: compression, at: [0 cm, 0 cm], press: "
           "1 N}]\n",
           tissue);
  assert_ok(scenario_open_text("run.yaml", text, strlen(text), memory, &b.s));
  b.st = build_model(b.s, &cat, &b.m, &b.resolved);
  return b;
}
static built good(const char *tissue) {
  built b = build(tissue);
  for (int i = 0; i < b.s->nerror && i < SCENARIO_ERRORS; i++) print_error("%s\n", b.s->error[i].text);
  assert_int_equal(b.st, ST_OK);
  return b;
}
static void drop(built *b) {
  free(b->resolved);
  model_free(&b->m);
}
static void assert_says(const char *text, const char *part) {
  if (strstr(text, part)) return;
  print_error("'%s' is not in:\n%s\n", part, text);
  fail();
}

#define GIVEN "perfusion: 3 ml/min/(100 g)"

static void a_law_around_another_reaches_the_model_and_comes_back_from_its_text(void **unused) {
  (void)unused;
  built a = good("{law: slow, " GIVEN ", base: {law: neo_hookean, mu: 7 kPa, bulk: 70 kPa}, terms: [[0.3, 2 s]]}");
  const slow *c = a.m->tissues[0].par;
  assert_ptr_equal(a.m->tissues[0].law, &law_slow);
  assert_string_equal(c->base.law->name, "neo_hookean");
  assert_true(a.m->tissues[0].law->shear(c) == 7000);
  assert_true(c->nterm == 1 && c->term[0].g == 0.3 && c->term[0].tau == 2);
  assert_int_equal(a.m->tissues[0].assumed, 0);
  assert_says(a.resolved, "    base:\n      law: neo_hookean\n      mu: 7000 Pa\n");
  assert_says(a.resolved, "    terms: [[0.3, 2 s]]\n");
  drop(&a);
}

/* Each number is in its range; together they make no law. The message stands at the key to blame. */
static void refused(const char *tissue, const char *path, const char *says) {
  built b = build(tissue);
  assert_int_equal(b.st, ST_INPUT);
  assert_string_equal(b.s->error[0].path, path);
  assert_true(b.s->error[0].line == 4);
  assert_says(b.s->error[0].text, says);
}
static void numbers_that_make_no_law_together_are_refused(void **unused) {
  (void)unused;
#define SOFT "base: {law: neo_hookean, mu: 7 kPa, bulk: 70 kPa}"
  refused("{law: prony, " SOFT ", terms: [[0.7, 1 s], [0.3, 10 s]]}", "tissue.gel.terms", "below 1");
  refused("{law: prony, g0: 0, " SOFT ", terms: [[0.7, 1 s], [0.5, 10 s]]}", "tissue.gel.terms", "add up to 1.2");
  built b = good("{law: prony, " GIVEN ", g0: 0.01, " SOFT ", terms: [[0.7, 1 s], [0.29, 10 s]]}");
  drop(&b);
  refused("{law: mooney_rivlin, c1: 3 kPa, c2: 3 kPa, bulk: 19.9 kPa, form: compressible}", "tissue.gel.bulk", "20000");
  refused("{law: prony, terms: [[0.2, 1 s]], base: {law: demiray, c1: 3 kPa, c2: 1, bulk: 15.9 kPa, form: "
          "compressible}}",
          "tissue.gel.base", "16000");
  b = good("{law: mooney_rivlin, " GIVEN ", c1: 3 kPa, c2: 3 kPa, bulk: 20.1 kPa, form: compressible}");
  drop(&b);
  b = good("{law: mooney_rivlin, " GIVEN ", c1: 3 kPa, c2: 3 kPa, bulk: 1 kPa}"); /* uncoupled: any will do */
  drop(&b);
}

static void errors_of_the_law_inside_stand_at_its_keys(void **unused) {
  (void)unused;
  built b = build("{law: slow, base: {law: neo_hookean, mu: 7, bulk: 70 kPa}, terms: [[0.3, 2 s]]}");
  assert_int_equal(b.st, ST_INPUT);
  assert_string_equal(b.s->error[0].path, "tissue.gel.base.mu");
  b = build("{law: slow, base: {law: slow}, terms: [[0.3, 2 s]]}");
  assert_says(b.s->error[0].text, "slow holds a law itself and cannot stand inside another");
}

static void fibres_that_the_law_inside_needs_are_asked_of_the_body(void **unused) {
  (void)unused;
  built b = build("{law: slow, base: {law: fibre_neo_hookean, mu: 7 kPa, bulk: 70 kPa, fibre: 1 kPa}, "
                  "terms: [[0.3, 2 s]]}");
  assert_int_equal(b.st, ST_INPUT);
  assert_says(b.s->error[0].text, "law fibre_neo_hookean needs a fibre direction");
}

static void what_a_used_tissue_marks_as_assumed_is_assumed_until_it_is_given(void **unused) {
  (void)unused;
  built b = good("{use: fat_lean}");
  assert_int_equal(b.m->tissues[0].assumed, 1);
  assert_true(strstr(b.resolved, "use:") == NULL); /* its numbers stand there instead */
  assert_int_equal(b.s->nsource, 2);
  drop(&b);
  b = good("{use: fat_lean, bulk: 70 kPa, " GIVEN "}"); /* what is left of the file is measured or derived */
  assert_int_equal(b.m->tissues[0].assumed, 0);
  drop(&b);
  b = build("{use: fat_leen}");
  assert_says(b.s->error[0].text, "did you mean 'fat_lean'?");
}

static int setup(void **unused) {
  (void)unused;
  return unit_setup();
}
static int teardown(void **unused) {
  (void)unused;
  unit_teardown();
  return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
  const struct CMUnitTest tests[] = {
      TEST(every_tissue_binds_and_every_number_says_what_it_rests_on),
      TEST(a_number_without_a_source_is_found),
      TEST(a_taut_band_is_as_much_stiffer_than_its_muscle_as_was_measured),
      TEST(fascia_carries_what_the_strips_carried),
      TEST(muscle_is_fifteen_times_stiffer_along_than_across),
      TEST(fat_stiffens_as_it_was_measured_to),
      TEST(a_law_around_another_reaches_the_model_and_comes_back_from_its_text),
      TEST(numbers_that_make_no_law_together_are_refused),
      TEST(errors_of_the_law_inside_stand_at_its_keys),
      TEST(fibres_that_the_law_inside_needs_are_asked_of_the_body),
      TEST(what_a_used_tissue_marks_as_assumed_is_assumed_until_it_is_given),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
