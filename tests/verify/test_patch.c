/* The patch test: the boundary of a distorted mesh is moved by an affine map; every node inside then is on the map and
   the stress is the same everywhere, to round-off.

   All integrals of this test are exact on curved Q2 elements too: the cofactors of the geometry times a shape gradient
   have degree 5 in each direction, which three Gauss points integrate. So a curved mesh has to pass as well. */
#include "tests/contract/law_bench.h"
#include "tests/verify/block.h"

/* Stretch and shear of up to 10 %, 11 % of volume; and a shift. */
static const double map[9] = {0.08, 0.05, -0.03, 0.02, -0.05, 0.06, -0.04, 0.10, 0.07};
static const double shift[3] = {0.01, -0.02, 0.005};
static const double sides[3] = {0.06, 0.05, 0.03}; /* m */
static const double goal = 1e-13;                  /* |residual| over |forces on the boundary| */

static void affine(const mesh *g, int node, double u[3]) {
  const double *x = g->x + 3 * (size_t)node;
  for (int i = 0; i < 3; i++) u[i] = shift[i] + map[3 * i] * x[0] + map[3 * i + 1] * x[1] + map[3 * i + 2] * x[2];
}

/* ratio 0: the bulk modulus that the bench chose. */
static block *patch(const law *l, double ratio, int curved) {
  model *m = small_model();
  small_layer(m, l->kind->name);
  memcpy(m->tissues[0].par, l->par, l->kind->par_size);
  double shear = l->kind->shear(l->par);
  if (ratio > 0 && !bench_wraps(l->kind))
    small_par(m, 0, strcmp(l->kind->name, "neo_hookean_compressible") ? "bulk" : "lambda", ratio * shear);
  m->time.tolerance = goal;
  mesh *g = small_box(m, 4, 3, 3, sides[0], sides[1], sides[2]);
  if (l->kind->needs & MAT_FIBRE) {
    static const float a[6] = {0.6f, 0.8f, 0, 0.6f, -0.48f, 0.64f};
    g->nfam = 2;
    g->fibre = arena_alloc(m->memory, (size_t)(6 * g->ncell) * sizeof *g->fibre);
    for (int c = 0; c < g->ncell; c++) memcpy(g->fibre + 6 * c, a, sizeof a);
  }
  block_perturb(g, 0.2, 3);
  if (curved) block_curve(g, 0.2, 4);
  int worst;
  assert_true(mesh_quality(g, &worst) > 0.1);
  block_hold_all_faces(m);
  return block_create(m, g);
}

/* Smallest eigenvalue of the tangent at the last linearisation, by inverse iteration. The Rayleigh quotient comes from
   above; twenty rounds leave it within a few per cent, the caller takes half of it. */
static double softest(block *b) {
  int n = b->inner.n;
  double *v = calloc((size_t)n, sizeof *v), *w = calloc((size_t)n, sizeof *w), low = 0;
  nl_problem p = block_problem(b);
  unsigned seed = 9;
  for (int i = 0; i < n; i++) v[i] = equilibrium_fixed(b->e)[i] ? 0 : small_random(&seed);
  for (int round = 0; round < 20; round++) {
    pcg_report kr;
    double size = block_norm(n, v);
    for (int i = 0; i < n; i++) v[i] /= size;
    assert_ok(pcg_solve(&p, v, 1e-6, b->m->time.max_krylov, w, b->scratch, &kr));
    assert_int_equal(kr.indefinite, 0);
    double vw = 0;
    for (int i = 0; i < n; i++) vw += v[i] * w[i];
    low = vw / (block_norm(n, w) * block_norm(n, w));
    memcpy(v, w, (size_t)n * sizeof *v);
  }
  free(v), free(w);
  return low;
}

/* Largest over all points of |dN_a/dX|, as the norm of the vector over a: |dF| <= this times |du|_2 of a cell. */
static double steepest(const space *s) {
  double most = 0;
  for (int b = 0; b < s->nbatch; b++)
    for (int q = 0; q < QUAD_CELL; q++)
      for (int l = 0; l < NB; l++) {
        const double *B = s->geo + s->geo_first[b] + (s->flat[b] ? 0 : q * SPACE_GEO * NB) + l;
        double sum = 0;
        for (int a = 0; a < CELL_NODES; a++)
          for (int J = 0; J < 3; J++) {
            double g = 0;
            for (int k = 0; k < 3; k++) g += shape_cell_slope(q, a, k) * B[(3 * k + J) * NB];
            sum += g * g;
          }
        most = fmax(most, sqrt(sum));
      }
  return most;
}

/* Cauchy stress of the law itself under the affine map, and the norm of its tangent there. */
static void law_stress(const block *b, double sigma[6], double *stiffness) {
  static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
  const tissue *t = b->m->layer_tissue[0];
  double F[9], cof[9], sum = 0;
  for (int k = 0; k < 9; k++) F[k] = map[k] + (k % 4 == 0);
  batch lanes = bench_same(F);
  nine P, dF, dP;
  material_in in = bench_in(&lanes);
  in.nfam = b->m->space->nfam, in.fibre = b->m->space->fibre;
  t->law->ops->stress(t->par, &in, P.v, lanes.h1);
  double J = cof3(F, 1, cof);
  for (int v = 0; v < 6; v++) {
    sigma[v] = 0;
    for (int K = 0; K < 3; K++) sigma[v] += P.v[(3 * row[v] + K) * NB] * F[3 * col[v] + K] / J;
  }
  for (int e = 0; e < 9; e++) {
    memset(&dF, 0, sizeof dF);
    for (int q = 0; q < NB; q++) dF.v[e * NB + q] = 1;
    t->law->ops->tangent(t->par, &in, dF.v, dP.v);
    for (int k = 0; k < 9; k++) sum += dP.v[k * NB] * dP.v[k * NB];
  }
  *stiffness = sqrt(sum);
}

static void check(const law *l, double ratio, int curved) {
  block *b = patch(l, ratio, curved);
  const mesh *g = b->m->mesh;
  const uint8_t *fixed = equilibrium_fixed(b->e);
  size_t n = (size_t)b->inner.n;
  double *u = calloc(n, sizeof *u), *lift = calloc(n, sizeof *lift), *exact = calloc(n, sizeof *exact),
         *r = calloc(n, sizeof *r);
  unsigned seed = 21;

  /* Inside starts off the map: at rest, shaken by some of the distance between nodes; the stiffer the volume the less,
     or the start is a state of huge pressures. */
  double biggest = 0, shake = 0.2 * l->kind->shear(b->m->tissues[0].par) / l->kind->bulk(b->m->tissues[0].par);
  for (int i = 0; i < g->nnode; i++) {
    affine(g, i, exact + 3 * i);
    for (int c = 0; c < 3; c++) {
      biggest = fmax(biggest, fabs(exact[3 * i + c]));
      if (fixed[3 * i + c])
        lift[3 * i + c] = exact[3 * i + c];
      else
        u[3 * i + c] = shake * (0.03 / 6) * small_random(&seed);
    }
  }

  /* The map itself is in equilibrium, as far as round-off lets one see. */
  nl_problem p = block_problem(b);
  assert_ok(p.residual(p.ctx, exact, r));
  double allowed = block_norm((int)n, r) / p.size(p.ctx, r), left = p.size(p.ctx, r);
  assert_below(left, test_scale());

  nl_report rep = block_solve(b, 1e-10, lift, u);
  assert_ok(p.linearize(p.ctx, u));

  /* Two points with residuals up to `allowed` (N) each are up to 2 allowed/lambda apart; lambda is halved, see there.
   */
  double lambda = softest(b), off = 0, inside = 0, bound = 2 * allowed / (0.5 * lambda);
  for (size_t i = 0; i < n; i++) {
    double d = u[i] - exact[i];
    off += d * d;
    if (!fixed[i]) inside = fmax(inside, fabs(d));
  }
  off = sqrt(off);
  assert_below(off, bound * test_scale());

  /* Stress at the points against the law at the map's own F. What F is off by: the nodes' error, judged above, and the
     roundings of the sum over nodes (100 on its longest chain: 27 products, geometry, J and theta). */
  double sigma[6], stiffness, steep = steepest(b->m->space), spread = 0, worstF = 0;
  law_stress(b, sigma, &stiffness);
  for (int k = 0; k < b->m->space->nbatch; k++) {
    static kernel_points at;
    _Alignas(64) double ub[CELL_DOF * NB];
    kernel_in in = kernel_batch(b->m->space, k, 0);
    kernel_gather(b->m->space->gather + (size_t)k * CELL_NODES * NB, u, ub);
    kernel_look(&in, ub, &at);
    for (int q = 0; q < QUAD_CELL; q++)
      for (int lane = 0; lane < NB; lane++) {
        for (int v = 0; v < 6; v++) spread = fmax(spread, fabs(at.sigma[q][v][lane] - sigma[v]));
        for (int e = 0; e < 9; e++) worstF = fmax(worstF, fabs(at.F[q][e][lane] - map[e] - (e % 4 == 0)));
      }
  }
  double boundF = steep * (off + test_round(100) * biggest * sqrt(3.0 * CELL_NODES));
  /* sigma = P F'/J: the tangent's norm times |dF|, and the same once more for F', J and the mixed pressure. */
  double bound_stress = 2 * stiffness * boundF;
  print_message("%-25s shear %8.2g bulk %8.2g %-8s %d steps, map alone %.2f of its tolerance, inside off %.1e of %.1e "
                "m, stress off "
                "%.1e of %.1e (allowed %.1e) Pa\n",
                l->kind->name, l->kind->shear(b->m->tissues[0].par), l->kind->bulk(b->m->tissues[0].par),
                curved ? "curved" : "straight", rep.newton, left, inside, bound, spread, fabs(sigma[0]), bound_stress);
  assert_below(worstF, boundF * test_scale());
  assert_below(spread, bound_stress * test_scale());
  free(u), free(lift), free(exact), free(r);
  block_free(b);
}

/* Variant 0 of the bench: presets; 1: every choice at its last, so both volume energies are seen. */
static void every_law_keeps_an_affine_map(int curved) {
  for (const material *const *k = models_catalog.materials; *k; k++)
    for (int variant = 0; variant < 2; variant++) {
      law l = bench_law(*k, variant);
      check(&l, 0, curved);
      check(&l, 1000, curved);
    }
}
static void every_law_keeps_an_affine_map_on_straight_distorted_elements(void **unused) {
  (void)unused;
  every_law_keeps_an_affine_map(0);
}
static void every_law_keeps_an_affine_map_on_curved_elements(void **unused) {
  (void)unused;
  every_law_keeps_an_affine_map(1);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_law_keeps_an_affine_map_on_straight_distorted_elements),
      cmocka_unit_test(every_law_keeps_an_affine_map_on_curved_elements),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
