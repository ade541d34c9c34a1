/* Newton's method converges quadratically when its linear systems are solved exactly: on blocks that are stretched, squeezed
   and sheared by 20 to 30 %. A tangent that is not the derivative of the residual shows here as an exponent near 1. */
#include "tests/verify/block.h"

typedef struct trial {
  const char *name;
  double move[3]; /* of the top face, over the block's height */
} trial;
static const trial trials[] = {
    {"stretch 30 %", {0, 0, 0.3}}, {"squeeze 20 %", {0, 0, -0.2}}, {"shear 30 %", {0.3, 0, 0}}};
enum { NTRIAL = sizeof trials / sizeof *trials, NSIDE = 3, NSTEP = 6 };

/* A cube of 4 cm, skewed elements, bottom held, top moved as a whole. */
static block *cube(const material *law, double ratio, const trial *t) {
  const double L = 0.04, mu = 6e3;
  model *m = small_model();
  int nfam = law->needs & MAT_FIBRE ? 1 : 0;
  small_layer(m, law->name);
  small_par(m, 0, "mu", mu);
  if (!strcmp(law->name, "neo_hookean_compressible")) small_par(m, 0, "lambda", ratio * mu);
  else small_par(m, 0, "bulk", ratio * mu);
  if (nfam) small_par(m, 0, "fibre", 5 * mu), small_par(m, 0, "width", 0.1);
  m->time.tolerance = 1e-12; /* low enough to see the whole fall, above the round-off of the residual */
  double lines[NSIDE + 1];
  uint8_t layer[NSIDE] = {0};
  mesh *g;
  for (int i = 0; i <= NSIDE; i++) lines[i] = L * i / NSIDE;
  assert_ok(mesh_columns(NSIDE, NSIDE, NSIDE, lines, lines, lines, layer, nfam, m->memory, &g));
  block_perturb(g, 0.1, 5);
  for (int c = 0; c < nfam * g->ncell; c++) g->fibre[3 * c] = 0.6f, g->fibre[3 * c + 2] = 0.8f;
  m->geometry.faces[FACE_BOTTOM] = SUPPORT_FIXED;
  m->nrig = 1;
  rig *k = m->rigs;
  *k = (rig){.name = "top", .face = FACE_TOP, .held = {1, 1, 1}};
  for (int c = 0; c < 3; c++) k->move[c] = L * t->move[c];
  k->node = arena_alloc(m->memory, (size_t)g->nnode * sizeof *k->node);
  k->nnode = mesh_face_nodes(g, FACE_TOP, g->nnode, k->node);
  return block_create(m, g);
}

/* The exponent q of r_{k+1} = C r_k^q from three norms: the last three or the three before, whichever gives more. Where
   r_{k+1} is already round-off it is too large and the exponent too small, never the other way round. */
static double exponent(const block *b) {
  double best = 0;
  assert_true(b->nnorm >= 5); /* [0] is the state before the step; the moved face enters with the first step */
  for (int k = b->nnorm - 2; k < b->nnorm; k++)
    best = fmax(best, log(b->norm[k] / b->norm[k - 1]) / log(b->norm[k - 1] / b->norm[k - 2]));
  return best;
}

static double quadratic(const material *law, double ratio, const trial *t) {
  block *b = cube(law, ratio, t);
  double *u = calloc((size_t)b->inner.n, sizeof *u), *lift = calloc((size_t)b->inner.n, sizeof *lift);
  const rig *k = b->m->rigs;
  for (int i = 0; i < k->nnode; i++)
    for (int c = 0; c < 3; c++) lift[3 * k->node[i] + c] = k->move[c] / NSTEP;
  /* In one step the corners of a nearly incompressible block would turn inside out; the last step is the one measured. */
  for (int step = 0; step < NSTEP; step++) block_solve(b, 1e-12, lift, u);
  double q = exponent(b);
  print_message("%-25s bulk/shear %4g, %-12s |r|", law->name, ratio, t->name);
  for (int i = 1; i < b->nnorm; i++) print_message(" %.1e", b->norm[i]);
  print_message(" N, exponent %.2f\n", q);
  free(u), free(lift);
  block_free(b);
  return q;
}

/* 1.8: two, less what the terms of third order take where the last but two residual is not small yet. A tangent that lacks
   a term gives 1. */
static void last_residuals_fall_with_their_square(void **unused) {
  (void)unused;
  double least = INFINITY;
  for (const material *const *l = models_catalog.materials; *l; l++)
    for (int r = 0; r < 2; r++)
      for (int t = 0; t < NTRIAL; t++) least = fmin(least, quadratic(*l, r ? 1000 : 10, trials + t));
  assert_below(1.8 / least, test_scale());
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(last_residuals_fall_with_their_square),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
