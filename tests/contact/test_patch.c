/* Means over the patches of skin nodes: what they see, what they do not, and that the smooth field takes them away. */
#include "sim/contact/patch.h"
#include "sim/fe/shape.h"
#include "tests/verify/scenario_run.h"

static const char text[] =
    "knead: 1\n"
    "body: {kind: block, size: [120 mm, 90 mm], cells: [6, 5], layers: [{name: fat, thickness: 20 mm, cells: 1}]}\n"
    "tissue: {fat: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}}\n"
    "hands: {ball: {kind: sphere, radius: 40 mm}}\n"
    "session: [{hand: ball, technique: compression, at: [0 mm, 0 mm], press: 3 N, ramp: 0.1 s, hold: 0.1 s, release: "
    "0.1 s}]\n";

enum { NX = 6, NY = 5, POINTS = QUAD_FACET, COUNT = NX * NY * POINTS };
static const double ROUND = 1e-14; /* sums of some hundred numbers near 1 */

typedef struct fixture {
  arena *memory;
  model *m;
  patches *k;
  double weight[COUNT], v[COUNT], to[COUNT];
  uint8_t counts[COUNT];
} fixture;

static fixture *fixture_open(void) {
  static fixture f;
  f = (fixture){.memory = arena_create(1 << 20)};
  scenario *scn;
  assert_ok(scenario_open(run_write("patch.yaml", text), 0, NULL, f.memory, &scn));
  assert_ok(build_model(scn, &models_catalog, &f.m, NULL));
  assert_int_equal(f.m->mesh->nskin, NX * NY);
  for (int i = 0; i < COUNT; i++) {
    int q = i % POINTS;
    f.weight[i] = 0.25 * 0.02 * 0.018 * shape_weight[q % 3] * shape_weight[q / 3];
    f.counts[i] = 1;
  }
  assert_ok(patches_create(f.m->mesh, f.weight, f.memory, &f.k));
  return &f;
}

static void fixture_close(fixture *f) {
  model_free(&f->m);
  arena_destroy(&f->memory);
}

/* Facets at the edge of the skin do not count. */
static void leave_the_edge_out(fixture *f) {
  for (int s = 0; s < NX * NY; s++) {
    int column = f->m->mesh->skin_cell[s] / f->m->mesh->nz, i = column % NX, j = column / NX;
    if (i == 0 || j == 0 || i == NX - 1 || j == NY - 1) memset(f->counts + POINTS * s, 0, POINTS);
  }
}

static void a_constant_is_seen_and_added_as_it_is(void **unused) {
  (void)unused;
  fixture *f = fixture_open();
  leave_the_edge_out(f);
  for (int i = 0; i < COUNT; i++) f->v[i] = f->counts[i] ? -2 : 77;
  assert_close(patches_worst(f->k, f->counts, f->v), 2, ROUND);
  patches_add(f->k, f->counts, f->v, f->to);
  for (int i = 0; i < COUNT; i++) assert_close(f->to[i], f->counts[i] ? -2 : 0, ROUND);
  fixture_close(f);
}

/* +1, 0, -1 along every facet: its points go in and out, no patch in the mean. */
static void what_points_do_within_a_facet_is_not_seen(void **unused) {
  (void)unused;
  fixture *f = fixture_open();
  leave_the_edge_out(f);
  for (int i = 0; i < COUNT; i++) f->v[i] = 1 - i % 3;
  assert_below(patches_worst(f->k, f->counts, f->v), ROUND);
  for (int i = 0; i < COUNT; i++) f->v[i] += 0.5;
  assert_close(patches_worst(f->k, f->counts, f->v), 0.5, ROUND);
  fixture_close(f);
}

/* A patch that counts in part is judged by how deep it is, over all of its points, and not by how far off. */
static void a_patch_that_counts_in_part_is_judged_by_its_depth(void **unused) {
  (void)unused;
  fixture *f = fixture_open();
  int facet = 2 + 2 * NX, middle = POINTS * facet + 4;
  f->v[middle] = 1;
  /* One line of the patch of a facet's middle: 1 at the middle point, 1 - sqrt(3/5) at the two beside it. */
  double beside = shape_weight[0] * (1 - shape_point[2]), line = shape_weight[1] + 2 * beside,
         share = shape_weight[1] * shape_weight[1] / (line * line), below = beside * shape_weight[1] / (line * line);
  assert_close(patches_worst(f->k, f->counts, f->v), share, ROUND);
  f->counts[middle - 3] = 0;
  assert_close(patches_worst(f->k, f->counts, f->v), 0, ROUND);
  f->v[middle] = -1;
  assert_close(patches_worst(f->k, f->counts, f->v), share, ROUND);
  f->v[middle - 3] = 2; /* open, and its gap is a part of the mean */
  assert_close(patches_worst(f->k, f->counts, f->v), share - 2 * below, ROUND);
  memset(f->counts, 0, sizeof f->counts);
  assert_close(patches_worst(f->k, f->counts, f->v), 0, ROUND);
  fixture_close(f);
}

static void again_and_again_it_takes_all_means_away(void **unused) {
  (void)unused;
  fixture *f = fixture_open();
  double left[COUNT], first = 0, worst = 0;
  for (int i = 0; i < COUNT; i++) f->v[i] = cos(0.7 * (i / POINTS % NX)) + 0.3 * (i / POINTS / NX) + 0.1 * (i % 7);
  for (int turn = 0; turn < 60; turn++) {
    for (int i = 0; i < COUNT; i++) left[i] = f->v[i] - f->to[i];
    double now = patches_worst(f->k, f->counts, left);
    if (!turn) first = now;
    worst = now;
    patches_add(f->k, f->counts, left, f->to);
  }
  print_message("worst mean: %.3g at first, %.3g in the end\n", first, worst);
  assert_below(worst, 1e-3 * first); /* the lumped mass is the larger one: nothing can stay */
  fixture_close(f);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_constant_is_seen_and_added_as_it_is),
      cmocka_unit_test(what_points_do_within_a_facet_is_not_seen),
      cmocka_unit_test(a_patch_that_counts_in_part_is_judged_by_its_depth),
      cmocka_unit_test(again_and_again_it_takes_all_means_away),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
