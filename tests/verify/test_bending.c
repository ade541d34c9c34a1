/* A cantilever in plane strain at small strains, bent by a parabolic shear load on its end, against elasticity and beam
   theory. Elements that lock in bending or by their volume are too stiff here by factors.

   Its axis is z = 0, length L, height D = 2 c, thickness T, I = T D^3/12. Young's modulus and Poisson's ratio are those
   of plane strain, E/(1 - nu^2) and nu/(1 - nu). The engine has no tractions; the load is an extra term of the
   residual. */
#include "tests/verify/plane.h"

/* m, Pa. Why so short: README, "What they do not say" (other beams meet the rounding of the preconditioner's floats).
 */
static const double L = 0.4, D = 0.1, T = 0.05, MU = 1e8;
enum { MESHES = 4 };

/* The end goes down by 1e-4 of the length. More and the first linear step, which changes volumes by the square of the
   rotation, overshoots: at bulk/shear 1000 its pressure is then (1.5e-4)^2 of the bulk modulus, which is a tenth of the
   stresses. Rounding leaves some 1e-7 of the forces: 1e-6 of them can be asked for, far below what is
   compared. */
static const double SINK = 1e-4, TOLERANCE = 1e-6;

typedef struct beam {
  double E, nu, I, P; /* of plane strain; m^4; N downward */
} beam;

static beam beam_of(double ratio) {
  double K = ratio * MU, E = 9 * K * MU / (3 * K + MU), nu = (3 * K - 2 * MU) / (2 * (3 * K + MU));
  beam b = {.E = E / (1 - nu * nu), .nu = nu / (1 - nu), .I = T * D * D * D / 12};
  b.P = 3 * b.E * b.I * SINK / (L * L);
  return b;
}

/* Timoshenko and Goodier, Theory of Elasticity, sections 21 and 22 (as in Augarde and Deeks 2008, Finite Elem Anal Des
   44:595): stresses of beam theory, and the wall free to warp as it does without clamping:
     ux =  P z/(6 E I) ((6 L - 3 x) x + (2 + nu) (z^2 - D^2/4))
     uz = -P/(6 E I) (3 nu z^2 (L - x) + (4 + 5 nu) D^2 x/4 + (3 L - x) x^2)
     sxx = P (L - x) z/I, szz = 0, sxz = -P/(2 I) (D^2/4 - z^2) */
static void exact(const beam *b, double x, double z, double u[3]) {
  double k = b->P / (6 * b->E * b->I);
  u[0] = k * z * ((6 * L - 3 * x) * x + (2 + b->nu) * (z * z - D * D / 4));
  u[1] = 0;
  u[2] = -k * (3 * b->nu * z * z * (L - x) + (4 + 5 * b->nu) * D * D * x / 4 + (3 * L - x) * x * x);
}
static void shear(const void *ctx, double z, double t[3]) {
  const beam *b = ctx;
  t[0] = t[1] = 0, t[2] = -b->P / (2 * b->I) * (D * D / 4 - z * z);
}

/* n elements over the height, 4 n along; `share`: vertices inside moved by up to this of an element, the same across */
static mesh *beam_mesh(model *m, int n, double share) {
  mesh *g = small_box(m, 4 * n, 1, n, L, T, D);
  block_perturb(g, share, (unsigned)(300 + n));
  for (int i = 0; i <= 2 * g->nx; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k <= 2 * g->nz; k++) {
        const double *first = g->x + 3 * (size_t)mesh_node(g, i, 0, k);
        double *x = g->x + 3 * (size_t)mesh_node(g, i, j, k);
        x[0] = first[0], x[2] = first[2];
      }
  for (int i = 0; i < g->nnode; i++) g->x[3 * i + 2] -= D / 2;
  return g;
}

typedef struct answer {
  double tip, work; /* m downward: the axis at the end; the end's mean with the load as weight */
} answer;

static answer solve(double ratio, int n, double share, int clamped) {
  beam c = beam_of(ratio);
  model *m = small_model();
  small_layer(m, "neo_hookean");
  small_par(m, 0, "mu", MU), small_par(m, 0, "bulk", ratio * MU);
  m->time.tolerance = TOLERANCE;
  mesh *g = beam_mesh(m, n, share);
  m->geometry.faces[FACE_XM] = SUPPORT_FIXED;
  m->geometry.faces[FACE_YM] = m->geometry.faces[FACE_YP] = SUPPORT_SLIDING;
  block *b = block_create(m, g);
  double *u = calloc((size_t)b->inner.n, sizeof *u), *load = calloc((size_t)b->inner.n, sizeof *load);
  b->load = load;
  plane_end_load(g, FACE_XP, shear, &c, load);
  /* The start is the exact field: it sets the wall's displacements. Clamped: nothing has moved yet. */
  for (int i = 0; i < g->nnode && !clamped; i++)
    exact(&c, g->x[3 * (size_t)i], g->x[3 * (size_t)i + 2], u + 3 * (size_t)i);
  block_solve(b, 1e-4, NULL, u);
  answer a = {-u[3 * mesh_node(g, 2 * g->nx, 0, g->nz) + 2], 0};
  for (int i = 0; i < 3 * g->nnode; i++) a.work += load[i] * u[i] / c.P;
  free(u), free(load);
  block_free(b);
  return a;
}

/* ---- the wall warps as the exact solution does --------------------------------------------------------------------
 */

static void a_bent_beam_sinks_as_elasticity_says(void **unused) {
  (void)unused;
  static const char *const shape[2] = {"bricks", "distorted"};
  static const double ratio[2] = {10, 1000};
  double off[2][2][MESHES];
  for (int r = 0; r < 2; r++)
    for (int s = 0; s < 2; s++) {
      beam b = beam_of(ratio[r]);
      double u[3];
      exact(&b, L, 0, u);
      print_message("bulk/shear %4g, %-9s: tip off by", ratio[r], shape[s]);
      for (int k = 0; k < MESHES; k++) {
        char label[64];
        off[r][s][k] = solve(ratio[r], 1 << k, s ? 0.2 : 0, 0).tip / -u[2] - 1;
        print_message("  %+.2e", off[r][s][k]);
        snprintf(label, sizeof label, "bulk/shear %g, %s", ratio[r], shape[s]);
        figure_curve("bending", label, 1 << k, 100 * fabs(off[r][s][k]));
      }
      print_message("\n");
    }
  for (int r = 0; r < 2; r++)
    for (int s = 0; s < 2; s++)
      for (int k = 0; k < MESHES; k += MESHES - 1) {
        char what[96];
        beam b = beam_of(ratio[r]);
        double u[3];
        exact(&b, L, 0, u);
        snprintf(what, sizeof what, "tip, bulk/shear %g, %s, %d over the height", ratio[r], shape[s], 1 << k);
        /* Issue: 0.5 % of the converged tip. With one element over the height the cubic part of the exact field is out
           of its reach, and 1.8 % was measured, on the soft side; elements that lock have lost most of the tip there.
         */
        figure_show(.section = "bending", .what = what, .computed = -1e6 * u[2] * (1 + off[r][s][k]),
                    .target = -1e6 * u[2], .share = k ? 0.005 : 0.03, .unit = "um", .kind = FIGURE_EXACT,
                    .source = "Timoshenko and Goodier 1951, sections 21 and 22");
      }
}

/* ---- the wall is clamped --------------------------------------------------------------------------------------------
 */

static void a_clamped_beam_is_no_softer_than_beam_theory_with_shear(void **unused) {
  (void)unused;
  static const double ratio[2] = {10, 1000};
  double rate[2], coarse[2];
  for (int r = 0; r < 2; r++) {
    beam b = beam_of(ratio[r]);
    double work[MESHES];
    print_message("bulk/shear %4g, clamped: end, um:", ratio[r]);
    for (int k = 0; k < MESHES; k++) {
      work[k] = solve(ratio[r], 1 << k, 0, 1).work;
      print_message("  %.4f", 1e6 * work[k]);
    }
    double limit = plane_limit(MESHES, work, rate + r), euler = b.P * L * L * L / (3 * b.E * b.I);
    print_message("; limit %.4f, last rate %.2f\n", 1e6 * limit, rate[r]);
    coarse[r] = 1 - work[0] / limit;
    /* The stresses of beam theory balance the load, so their complementary energy is an upper bound of that of the
       clamped beam, and twice it over P is the end's displacement under the load: P L^3/(3 E I) + 6/5 P L/(G A), the
       beam with the shear correction 5/6. No bound from below is as simple: clamping holds back what the section would
       widen and makes the beam shorter by 0.05 of its height (measured, the same with L/D = 8); asked for is a tenth.
     */
    double timoshenko = euler + 1.2 * b.P * L / (MU * T * D);
    char what[96];
    snprintf(what, sizeof what, "clamped, bulk/shear %g: limit over the beam with shear", ratio[r]);
    figure_show(.section = "bending", .what = what, .computed = limit / timoshenko, .target = 1,
                .low = pow(1 - 0.1 * D / L, 3), .high = 1, .kind = FIGURE_EXACT,
                .source = "complementary energy of beam theory: an upper bound");
    snprintf(what, sizeof what, "clamped, bulk/shear %g: limit over the beam without shear", ratio[r]);
    figure_show(.section = "bending", .what = what, .computed = limit / euler, .target = 1, .kind = FIGURE_SHOWN,
                .source = "Euler and Bernoulli");
    snprintf(what, sizeof what, "clamped, bulk/shear %g: 8 elements over the height", ratio[r]);
    figure_show(.section = "bending", .what = what, .computed = 1e6 * work[MESHES - 1], .target = 1e6 * limit,
                .share = 0.005, .unit = "um", .kind = FIGURE_EXACT, .source = "its own Richardson limit");
  }
  /* Locking would make the first mesh some 100 times stiffer, as bulk/shear is; a factor of 3 leaves room for the
     limits' own errors in two numbers below half a percent. */
  figure_show(.section = "bending", .what = "clamped, one element over the height: error at bulk/shear 1000 over 10",
              .computed = coarse[1] / coarse[0], .target = 1, .low = 0.3, .high = 3, .kind = FIGURE_EXACT,
              .source = "no locking: the same error");
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_bent_beam_sinks_as_elasticity_says),
      cmocka_unit_test(a_clamped_beam_is_no_softer_than_beam_theory_with_shear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
