/* The patch test on the bodies' own meshes: with one material throughout, an affine map is in equilibrium at every node
   inside, however curved, thin and uneven the cells are. (tests/verify/test_patch.c proves the same with a solve, for
   every law, on a small block.) */
#include "tests/contract/body_bench.h"
#include "sim/mechanics/solid.h"
#include "tests/small_model.h"

static const double map[9] = {0.08, 0.05, -0.03, 0.02, -0.05, 0.06, -0.04, 0.10, 0.07};

static void keeps_affine_map(const char *kind, const char *text) {
  built b = make(find(kind), text);
  model *m = small_model();
  solid *solid;
  mesh *g = b.g.mesh;
  small_par(m, small_layer(m, "neo_hookean"), "mu", 5e3);
  small_par(m, 0, "bulk", 250e3);
  memset(g->layer, 0, (size_t)g->ncell); /* one material, so that the stress is the same everywhere */
  g->nfam = 0;
  small_mesh(m, g);
  assert_ok(solid_create(m, m->memory, &solid));
  size_t n = 3 * (size_t)g->nnode;
  double *u = calloc(n, sizeof *u), *r = calloc(n, sizeof *r), inside = 0, held = 0;
  int32_t *list = malloc((size_t)g->nnode * sizeof *list);
  unsigned char *outside = calloc((size_t)g->nnode, 1);
  for (int f = 0; f < FACE_COUNT; f++)
    for (int i = mesh_face_nodes(g, (face_id)f, g->nnode, list) - 1; i >= 0; i--) outside[list[i]] = 1;
  for (int i = 0; i < g->nnode; i++)
    for (int c = 0; c < 3; c++)
      for (int d = 0; d < 3; d++) u[3 * i + c] += map[3 * c + d] * g->x[3 * i + d];
  term t = solid_term(solid);
  assert_ok(t.residual(t.self, u, r));
  for (size_t i = 0; i < n; i++) *(outside[i / 3] ? &held : &inside) += r[i] * r[i];
  double share = sqrt(inside / held);
  print_message("%-14s %6d unknowns: inside %.1e of the boundary's forces\n", kind, (int)n, share);
  /* F is a sum of 27 products of displacements, some 1 cm, with gradients of up to 3/h, h = 0.5 mm the thinnest sheet:
     60 times F's own size, rounded 27 times; bulk over shear (50) makes of it a stress. */
  assert_true(held > 0);
  assert_below(share, test_round(60 * 27) * test_scale());
  free(u), free(r), free(list), free(outside);
  model_free(&m);
  arena_destroy(&b.a);
}

static void an_affine_map_is_in_equilibrium_on_every_body(void **state) {
  (void)state;
  keeps_affine_map("layered_back", "cells: [4, 5]");
  keeps_affine_map("lumbar_back", "");
  keeps_affine_map("thoracic_back", "cells: [6, 8]");
  keeps_affine_map("lumbar_back", "cells: [5, 7], relief: {furrow: 12 mm, bulge: 10 mm, radius: 20 cm}");
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {cmocka_unit_test(an_affine_map_is_in_equilibrium_on_every_body)};
  return cmocka_run_group_tests(tests, body_setup, body_teardown);
}
