/* The loop over elements: what comes back to the nodes, with spare lanes, several tissues, also side by side on a
   sheet, with and without columns. */
#include <omp.h>
#include "sim/fe/assembly.h"
#include "tests/verify/scenario_run.h"

static const char text[] = "knead: 1\n"
                           "body: {kind: block, size: [140 mm, 130 mm], cells: [7, 13], layers: [{name: muscle, "
                           "thickness: 20 mm, cells: 2}, {name: fat, thickness: 10 mm, cells: 1}]}\n"
                           "tissue: {muscle: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}, "
                           "fat: {law: neo_hookean, mu: 2 kPa, bulk: 200 kPa}}\n"
                           "hands: {ball: {kind: sphere, radius: 40 mm}}\n"
                           "session: [{hand: ball, technique: compression, at: [0 mm, 0 mm], press: 3 N, ramp: 0.1 s, "
                           "hold: 0.1 s, release: 0.1 s}]\n";

/* Whole numbers, below 2^24 also when added up: exact in any order, in float too. */
static double weight(int batch, int row) {
  return (batch % 40 + 1) * (row + 1);
}
static void make_d(void *ctx, int b, const double *x, double *r) {
  (void)ctx;
  for (int i = 0; i < CELL_DOF * NB; i++) r[i] = weight(b, i / NB) * x[i];
}
static void make_f(void *ctx, int b, const float *x, float *r) {
  (void)ctx;
  for (int i = 0; i < CELL_DOF * NB; i++) r[i] = (float)weight(b, i / NB) * x[i];
}

/* One cell after the other. */
static void look(const space *s, arena *a) {
  int n = 3 * s->mesh->nnode, spare = 0;
  double *from = arena_alloc(a, (size_t)n * sizeof *from), *out = arena_alloc(a, (size_t)n * sizeof *out),
         *want = arena_alloc(a, (size_t)n * sizeof *want);
  float *from_f = arena_alloc(a, (size_t)n * sizeof *from_f), *out_f = arena_alloc(a, (size_t)n * sizeof *out_f);
  assembly *sum;
  assert_ok(assembly_create(s, a, &sum));
  for (int i = 0; i < n; i++) from[i] = from_f[i] = (float)(i % 17), out[i] = want[i] = out_f[i] = (float)(i % 5);
  for (int b = 0; b < s->nbatch; b++)
    for (int l = 0; l < NB; l++)
      for (int i = 0; i < CELL_DOF; i++) {
        size_t dof = 3 * (size_t)s->mesh->cell[CELL_NODES * s->cell[b * NB + l] + i / 3] + (size_t)(i % 3);
        if (space_active(s, b, l))
          want[dof] += weight(b, i) * from[dof];
        else
          spare++;
      }
  omp_set_num_threads(5); /* more than it was made for must not come */
  assembly_add_d(sum, make_d, NULL, from, out);
  assembly_add_f(sum, make_f, NULL, from_f, out_f);
  for (int i = 0; i < n; i++) {
    if (want[i] != out[i] || want[i] != (double)out_f[i])
      fail_msg("unknown %d: %g in double and %g in float, not %g", i, out[i], (double)out_f[i], want[i]);
  }
  assert_true(spare > 0 && s->nbatch > 20); /* several chunks, of one block of lanes each */
}

static void nodes_get_what_their_cells_make(void **unused) {
  (void)unused;
  enum { SHEETS, PATCHWORK, LOOSE, KINDS };
  for (int threads = 1; threads <= 2; threads++)
    for (int kind = 0; kind < KINDS; kind++) {
      scenario *scn;
      model *m;
      space *s;
      arena *a = arena_create(1 << 20);
      par_setup(threads);
      assert_ok(scenario_open(run_write("assembly.yaml", text), 0, NULL, a, &scn));
      assert_ok(build_model(scn, &models_catalog, &m, NULL));
      mesh g = *m->mesh;
      if (kind == LOOSE) g.nx = 0;
      if (kind == PATCHWORK) {
        g.layer = arena_alloc(a, (size_t)g.ncell);
        for (int cell = 0; cell < g.ncell; cell++) g.layer[cell] = (uint8_t)(cell * 7 / 3 % 2);
      }
      m->mesh = &g;
      assert_int_equal(mesh_in_columns(m->mesh), kind != LOOSE);
      assert_ok(space_create(m, a, &s));
      look(s, a);
      model_free(&m);
      arena_destroy(&a);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nodes_get_what_their_cells_make)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
