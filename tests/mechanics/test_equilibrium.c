/* The solver core on the quarter block of the solver findings: iteration counts that do not grow, the energy's
 * derivative. */
#include "sim/mechanics/equilibrium.h"
#include "sim/mechanics/mechanics.h"
#include "sim/solve/krylov.h"
#include "tests/small_model.h"

/* Layers from the bottom: muscle 29 mm, fascia 1, fat 8, skin 2; mu 6, 300, 2, 60 kPa; lambda = r mu. nx, ny elements
   in plane over 60 mm, `fine` times the layers 1, 1, 1, 3 of mesh A in z. Quarter symmetry, bottom fixed, a 20 mm patch
   moved down. */
static model *brick(int nx, int ny, int fine, double r, const char *law) {
  static const double mu[4] = {6e3, 300e3, 2e3, 60e3}, thick[4] = {0.029, 0.001, 0.008, 0.002};
  const int sheets[4] = {3 * fine, 1, fine, fine};
  model *m = small_model();
  double xs[65], ys[65], zs[65] = {0};
  uint8_t layer[64];
  int nz = 0;
  for (int l = 0; l < 4; l++) {
    small_layer(m, law);
    small_par(m, l, "mu", mu[l]);
    small_par(m, l, strcmp(law, "neo_hookean_compressible") ? "bulk" : "lambda", r * mu[l]);
    for (int k = 0; k < sheets[l]; k++, nz++) layer[nz] = (uint8_t)l, zs[nz + 1] = zs[nz] + thick[l] / sheets[l];
  }
  for (int i = 0; i <= nx; i++) xs[i] = 0.06 * i / nx;
  for (int j = 0; j <= ny; j++) ys[j] = 0.06 * j / ny;
  mesh *g;
  assert_ok(mesh_columns(nx, ny, nz, xs, ys, zs, layer, 0, m->memory, &g));
  m->geometry.faces[FACE_XM] = m->geometry.faces[FACE_YM] = SUPPORT_SLIDING;
  m->geometry.faces[FACE_BOTTOM] = SUPPORT_FIXED;
  m->nrig = 1;
  rig *k = m->rigs;
  *k = (rig){.name = "patch", .face = FACE_TOP, .move = {0, 0, -0.001}, .held = {1, 1, 1}, .ramp = 1};
  k->node = arena_alloc(m->memory, (size_t)g->nnode * sizeof *k->node);
  for (int j = 0; j <= 2 * ny; j++)
    for (int i = 0; i <= 2 * nx; i++) {
      int n = mesh_node(g, i, j, 2 * nz);
      if (g->x[3 * n] < 0.02 + 1e-9 && g->x[3 * n + 1] < 0.02 + 1e-9) k->node[k->nnode++] = n;
    }
  small_mesh(m, g);
  return m;
}
static model *quarter(int N, int fine, double r, const char *law) {
  return brick(N, N, fine, r, law);
}

static equilibrium *equilibrium_of(model *m) {
  solid *s;
  contact *c;
  equilibrium *e;
  contact_fields none = {0};
  assert_ok(solid_create(m, m->memory, &s));
  assert_ok(contact_create(m, none, m->memory, &c));
  assert_ok(equilibrium_create(m, s, c, PRECONDITIONER_AUTO, m->memory, &e));
  equilibrium_begin(e, NULL);
  return e;
}

/* Iterations of PCG to 1e-8 for the first tangent, the patch moved by 1 mm. */
static int iterations(int N, int fine, double r) {
  model *m = quarter(N, fine, r, "neo_hookean_compressible");
  equilibrium *e = equilibrium_of(m);
  nl_problem p = equilibrium_problem(e);
  arena *scratch = arena_create(1 << 20);
  double *u = arena_alloc(scratch, (size_t)p.n * sizeof *u), *b = arena_alloc(scratch, (size_t)p.n * sizeof *b),
         *x = arena_alloc(scratch, (size_t)p.n * sizeof *x);
  for (int i = 0; i < m->rigs[0].nnode; i++) x[3 * m->rigs[0].node[i] + 2] = -0.001;
  assert_ok(p.residual(p.ctx, u, b));
  assert_ok(p.linearize(p.ctx, u));
  p.apply(p.ctx, x, b);
  for (int i = 0; i < p.n; i++) b[i] = -b[i];
  pcg_report rep;
  assert_ok(pcg_solve(&p, b, 1e-8, 100, x, scratch, &rep));
  print_message("N %d, %d unknowns, bulk/shear %g: %d iterations\n", N, p.n, r, rep.iterations);
  assert_int_equal(rep.indefinite, 0);
  arena_destroy(&scratch);
  model_free(&m);
  return rep.iterations;
}

/* Findings, table of section 2: two smoother applications take 9 iterations on mesh B at bulk/shear 99 and 14 at 999;
   our coarsest level is one element wide instead of three, so two (three at 999) more are allowed. Mesh A is one
   refinement coarser: no growth beyond a quarter. */
static void iterations_stay_flat(void **unused) {
  (void)unused;
  int a = iterations(6, 1, 99), b = iterations(12, 2, 99);
  assert_in_range(b, 1, 11);
  assert_true(4 * b <= 5 * a + 4);
  assert_in_range(iterations(12, 2, 999), 1, 18); /* 17 or 18 by how the last float is rounded: 1.00e-8 at 17 */
}

static void preconditioner_is_symmetric_and_positive(void **unused) {
  (void)unused;
  model *m = quarter(6, 1, 99, "neo_hookean_compressible");
  equilibrium *e = equilibrium_of(m);
  nl_problem p = equilibrium_problem(e);
  size_t n = (size_t)p.n;
  double *u = calloc(n, sizeof *u), *a = calloc(n, sizeof *a), *b = calloc(n, sizeof *b), *x = calloc(n, sizeof *x),
         *y = calloc(n, sizeof *y);
  unsigned seed = 3;
  assert_ok(p.linearize(p.ctx, u));
  for (size_t i = 0; i < n; i++)
    if (!equilibrium_fixed(e)[i]) a[i] = small_random(&seed), b[i] = small_random(&seed);
  p.precondition(p.ctx, a, x);
  p.precondition(p.ctx, b, y);
  double ay = 0, bx = 0, ax = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < n; i++)
    ay += a[i] * y[i], bx += b[i] * x[i], ax += a[i] * x[i], xx += x[i] * x[i], yy += y[i] * y[i];
  assert_true(ax > 0);
  /* The cycle is in single precision: a few hundred roundings along its longest chain, relative to |a||y|. */
  assert_close(ay, bx, 500 * FLT_EPSILON * sqrt((double)n / 3) * sqrt(yy));
  free(u), free(a), free(b), free(x), free(y);
  model_free(&m);
}

/* Set-up and cycles share memory: what one leaves behind must not matter to the next. One level, two, three, four;
   and with a last block of lanes that is empty. */
static void a_set_up_leaves_nothing_of_the_one_before(void **unused) {
  (void)unused;
  static const int cells[][2] = {{2, 2}, {4, 4}, {6, 6}, {12, 12}, {3, 10}};
  for (int k = 0; k < 5; k++) {
    model *m = brick(cells[k][0], cells[k][1], 1, 99, "neo_hookean");
    equilibrium *e = equilibrium_of(m);
    nl_problem p = equilibrium_problem(e);
    size_t n = (size_t)p.n;
    double *rest = calloc(n, sizeof *rest), *bent = calloc(n, sizeof *bent), *r = calloc(n, sizeof *r), *z[4];
    unsigned seed = 7;
    for (size_t i = 0; i < n; i++) bent[i] = 1e-5 * small_random(&seed), r[i] = small_random(&seed);
    for (int i = 0; i < 4; i++) z[i] = calloc(n, sizeof *z[i]);
    for (int i = 0; i < 4; i++) {
      if (i != 1) assert_ok(p.linearize(p.ctx, i == 2 ? bent : rest));
      p.precondition(p.ctx, r, z[i]);
    }
    assert_memory_equal(z[1], z[0], n * sizeof *r);
    assert_true(memcmp(z[2], z[0], n * sizeof *r) != 0);
    assert_memory_equal(z[3], z[0], n * sizeof *r);
    for (int i = 0; i < 4; i++) free(z[i]);
    free(rest), free(bent), free(r);
    model_free(&m);
  }
}

/* Kept is what `renew` makes anew. */
static void a_preconditioner_is_kept_when_little_is_left_and_only_then(void **unused) {
  (void)unused;
  model *m = quarter(6, 1, 99, "neo_hookean");
  equilibrium *e = equilibrium_of(m);
  nl_problem p = equilibrium_problem(e);
  size_t n = (size_t)p.n;
  double *rest = calloc(n, sizeof *rest), *bent = calloc(n, sizeof *bent), *r = calloc(n, sizeof *r), *z[3];
  double *little = calloc(n, sizeof *little);
  unsigned seed = 7;
  for (size_t i = 0; i < n; i++) bent[i] = 1e-5 * small_random(&seed);
  for (int i = 0; i < 3; i++) z[i] = calloc(n, sizeof *z[i]);
  assert_ok(p.residual(p.ctx, bent, r));
  for (size_t i = 0; i < n; i++) little[i] = 1e-6 * r[i];
  /* Nothing is known of what is left; much was left where it was made; more is left than there. */
  static const int order[3][2] = {{-1, -1}, {0, 1}, {1, 0}};
  for (int k = 0; k < 3; k++) {
    p.fresh(p.ctx);
    for (int i = 0; i < 2; i++) {
      if (order[k][i] >= 0) (void)p.size(p.ctx, order[k][i] ? little : r);
      assert_ok(p.linearize(p.ctx, i ? bent : rest));
    }
    assert_int_equal(p.renew(p.ctx, bent), 0);
  }
  p.precondition(p.ctx, r, z[0]);
  p.fresh(p.ctx);
  assert_true(p.size(p.ctx, little) * m->time.tolerance < 1e-3);
  assert_ok(p.linearize(p.ctx, rest));
  assert_true(p.size(p.ctx, little) * m->time.tolerance < 1e-3);
  assert_ok(p.linearize(p.ctx, bent)); /* kept */
  p.precondition(p.ctx, r, z[1]);
  assert_int_equal(p.renew(p.ctx, bent), 1);
  p.precondition(p.ctx, r, z[2]);
  assert_true(memcmp(z[1], z[0], n * sizeof *r) != 0);
  assert_memory_equal(z[2], z[0], n * sizeof *r);
  assert_int_equal(p.renew(p.ctx, bent), 0);
  assert_true(p.size(p.ctx, little) * m->time.tolerance < 1e-3);
  p.fresh(p.ctx); /* nothing of another solve */
  assert_ok(p.linearize(p.ctx, bent));
  assert_int_equal(p.renew(p.ctx, bent), 0);
  for (int i = 0; i < 3; i++) free(z[i]);
  free(rest), free(bent), free(r), free(little);
  model_free(&m);
}

static void residual_and_tangent_agree_with_reactions(void **unused) {
  (void)unused;
  model *m = quarter(6, 1, 99, "neo_hookean");
  equilibrium *e = equilibrium_of(m);
  nl_problem p = equilibrium_problem(e);
  size_t n = (size_t)p.n;
  arena *scratch = arena_create(1 << 20);
  double *u = calloc(n, sizeof *u), *lift = calloc(n, sizeof *lift), support[3], rig[3 * MODEL_RIGS];
  for (int i = 0; i < m->rigs[0].nnode; i++) lift[3 * m->rigs[0].node[i] + 2] = -0.001;
  newton_opts o = {.max_newton = 20, .max_krylov = 100, .krylov_least = 1e-6, .krylov_most = 1e-2, .lift = lift};
  nl_report rep;
  assert_ok(newton_solve(&p, &o, u, scratch, &rep));
  print_message("%d Newton steps, %d PCG iterations\n", rep.newton, rep.krylov);
  assert_in_range(rep.newton, 2, 8);
  equilibrium_reactions(e, u, support, rig);
  print_message("patch %g N, support %g N\n", rig[2], support[2]);
  assert_true(rig[2] < -0.5); /* the patch is pushed down against resistance */
  /* Sum of all forces: what is left of the residual, tolerance times scale times the square root of the unknowns. */
  assert_close(rig[2] + support[2], 0, 1e-9 * fabs(rig[2]) * sqrt((double)n) * 2);
  free(u), free(lift);
  arena_destroy(&scratch);
  model_free(&m);
}

/* K x of the next tangent, at u. */
static void next_tangent(nl_problem *p, const double *u, const double *x, double *y) {
  assert_ok(p->linearize(p->ctx, u));
  p->apply(p->ctx, x, y);
}

static void one_tangent_is_that_of_a_trusted_state_and_the_next_that_of_newton(void **unused) {
  (void)unused;
  model *m = quarter(6, 1, 99, "neo_hookean");
  equilibrium *e = equilibrium_of(m);
  nl_problem p = equilibrium_problem(e);
  size_t n = (size_t)p.n;
  double *rest = calloc(n, sizeof *rest), *guess = calloc(n, sizeof *guess), *x = calloc(n, sizeof *x), *K[4];
  unsigned seed = 5;
  for (size_t i = 0; i < n; i++) guess[i] = 1e-5 * small_random(&seed), x[i] = small_random(&seed);
  for (int i = 0; i < 4; i++) K[i] = calloc(n, sizeof *K[i]);
  next_tangent(&p, rest, x, K[0]);
  next_tangent(&p, guess, x, K[1]);
  equilibrium_trust(e, rest, 1);
  next_tangent(&p, guess, x, K[2]);
  next_tangent(&p, guess, x, K[3]);
  assert_true(memcmp(K[0], K[1], n * sizeof *x) != 0);
  assert_memory_equal(K[2], K[0], n * sizeof *x);
  assert_memory_equal(K[3], K[1], n * sizeof *x);
  /* A new attempt forgets it. */
  equilibrium_trust(e, rest, 1);
  equilibrium_begin(e, NULL);
  next_tangent(&p, guess, x, K[2]);
  assert_memory_equal(K[2], K[1], n * sizeof *x);
  for (int i = 0; i < 4; i++) free(K[i]);
  free(rest), free(guess), free(x);
  model_free(&m);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(iterations_stay_flat),
      cmocka_unit_test(preconditioner_is_symmetric_and_positive),
      cmocka_unit_test(a_set_up_leaves_nothing_of_the_one_before),
      cmocka_unit_test(a_preconditioner_is_kept_when_little_is_left_and_only_then),
      cmocka_unit_test(residual_and_tangent_agree_with_reactions),
      cmocka_unit_test(one_tangent_is_that_of_a_trusted_state_and_the_next_that_of_newton),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
