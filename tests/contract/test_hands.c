/* Every hand is a signed distance with exact derivatives: walks the catalogue, so a new hand is proved by being listed.
 */
#include "tests/test.h"
#include "models/catalog.h"

enum { NPOINT = 4000 };

static uint64_t seed = 12345;
static double uniform(double lo, double hi) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return lo + (hi - lo) * (double)(seed >> 11) / 9007199254740992.0;
}

/* The struct of a hand with all presets; hands have only numbers, and every one a preset. */
static double *presets(const hand *h) {
  char *par = calloc(1, h->par_size);
  for (const param *p = h->params; p->name; p++) {
    assert_int_equal(p->kind, PARAM_NUMBER);
    assert_false(isnan(p->preset));
    *(double *)(par + p->offset) = p->preset;
  }
  return (double *)(void *)par;
}

/* Another shape of the same kind: every number somewhere between half and one and a half of its preset. */
static void vary(const hand *h, double *par) {
  for (const param *p = h->params; p->name; p++)
    *(double *)((char *)par + p->offset) = fmin(fmax(p->preset * uniform(0.5, 1.5), p->lo), p->hi);
}

/* Radius of a ball that rolls everywhere inside the tool, by what it says of itself: the largest curvature of its
   surface, met by shooting from its outside. Depths below are shares of it. */
static double smallest_radius(const hand *h, const double *par) {
  double most = 0;
  for (int i = 0; i < NPOINT; i++) {
    double x[3], g, n[3], H[6], reach = h->reach(par);
    for (int k = 0; k < 3; k++) x[k] = uniform(-reach, reach) + (k == 2 ? 0.5 * reach : 0);
    h->gap(par, 1, x, &g, n, NULL);
    for (int again = 0; again < 3; again++) { /* onto the surface */
      for (int k = 0; k < 3; k++) x[k] -= g * n[k];
      h->gap(par, 1, x, &g, n, H);
    }
    if (fabs(g) > 1e-9) continue; /* came from beyond the middle, where the nearest side changes */
    double norm = sqrt(H[0] * H[0] + H[1] * H[1] + H[2] * H[2] + 2 * (H[3] * H[3] + H[4] * H[4] + H[5] * H[5]));
    most = fmax(most, norm); /* >= the larger curvature */
  }
  return 1 / most;
}

/* How far outside the gap is smooth. */
static double smooth_out(const hand *h, const double *par) {
  return h->smooth ? h->smooth(par) : HUGE_VAL;
}

/* A point around the tool, at most `deep` inside, where its gap is smooth. Half of them near the surface. */
static void near_point(const hand *h, const double *par, double deep, double x[3]) {
  double reach = h->reach(par), out = smooth_out(h, par), g, n[3];
  do {
    for (int k = 0; k < 3; k++) x[k] = uniform(-1.2 * reach, 1.2 * reach) + (k == 2 ? 0.3 * reach : 0);
    h->gap(par, 1, x, &g, n, NULL);
    if (g > 0 && uniform(0, 1) < 0.5) {
      double to = uniform(-deep, deep);
      for (int k = 0; k < 3; k++) x[k] -= (g - to) * n[k];
      h->gap(par, 1, x, &g, NULL, NULL);
    }
  } while (g < -deep || g > 0.99 * out);
}

static void gap_grows_by_the_distance_walked_along_its_normal(void **unused) {
  (void)unused;
  for (const hand *const *h = models_catalog.hands; *h; h++) {
    double *par = presets(*h);
    for (int shape = 0; shape < 4; shape++) {
      double reach = (*h)->reach(par), deep = smallest_radius(*h, par) / 3;
      for (int i = 0; i < NPOINT; i++) {
        double x[3], y[3], g, g1, n[3], n1[3], d = uniform(0, reach);
        near_point(*h, par, deep, x);
        (*h)->gap(par, 1, x, &g, n, NULL);
        d = fmin(d, 0.99 * smooth_out(*h, par) - g);
        assert_close(n[0] * n[0] + n[1] * n[1] + n[2] * n[2], 1, test_round(32));
        /* That the gap is the *nearest* distance: outward along the normal it grows by exactly the way walked, with the
           same normal. Numbers of size reach go through some 100 roundings in the multiplier; x itself is rounded. */
        for (int k = 0; k < 3; k++) y[k] = x[k] + d * n[k];
        (*h)->gap(par, 1, y, &g1, n1, NULL);
        assert_close(g1, g + d, test_round(200) * 4 * reach);
        /* A turn of the normal is a rounding of the place times a curvature, at most 1/radius, with radius 3 deep and
           two thirds of it left at the depth `deep`. */
        for (int k = 0; k < 3; k++) assert_close(n1[k], n[k], test_round(200) * 4 * reach / (2 * deep));
      }
      vary(*h, par);
    }
    free(par);
  }
}

static void no_two_gaps_differ_by_more_than_their_points(void **unused) {
  (void)unused;
  for (const hand *const *h = models_catalog.hands; *h; h++) {
    double *par = presets(*h), reach = (*h)->reach(par);
    for (int i = 0; i < NPOINT; i++) { /* anywhere, to the middle of the tool */
      double x[6], g[2], way = 0, small = i % 2 ? 1 : 1e-3;
      for (int k = 0; k < 3; k++) {
        x[2 * k] = uniform(-1.5 * reach, 1.5 * reach);
        x[2 * k + 1] = x[2 * k] + small * uniform(-reach, reach);
        way += (x[2 * k + 1] - x[2 * k]) * (x[2 * k + 1] - x[2 * k]);
      }
      (*h)->gap(par, 2, x, g, NULL, NULL);
      assert_below(fabs(g[1] - g[0]), sqrt(way) + test_round(200) * 4 * reach);
    }
    free(par);
  }
}

static void normal_is_the_derivative_of_the_gap_and_hessian_of_the_normal(void **unused) {
  (void)unused;
  static const int entry_of[3][3] = {{0, 3, 5}, {3, 1, 4}, {5, 4, 2}};
  for (const hand *const *h = models_catalog.hands; *h; h++) {
    double *par = presets(*h);
    for (int shape = 0; shape < 4; shape++) {
      double radius = smallest_radius(*h, par), dx = test_step() * radius;
      int compared = 0;
      for (int i = 0; i < NPOINT; i++) {
        double x[3], y[6], g, n[3], H[6], g2[2], n2[6], H2[12];
        near_point(*h, par, radius / 3, x);
        (*h)->gap(par, 1, x, &g, n, H);
        for (int k = 0; k < 3; k++) {
          for (int l = 0; l < 3; l++) {
            y[2 * l] = x[l] + (l == k) * dx;
            y[2 * l + 1] = x[l] - (l == k) * dx;
          }
          (*h)->gap(par, 2, y, g2, n2, H2);
          /* gap is scaled by the radius; rounding of the gap counts reach / radius times (reach is what x is made of).
             100: third derivatives of an ellipsoid over its smallest radius, and 2/3 of it left at depth. */
          double scale = (*h)->reach(par) / radius;
          /* A second derivative may jump (a capsule's cap and barrel meet): there both sides differ by far more than
             a smooth change over the step. Few points may lie there, and the difference of gaps is off by up to a
             quarter of the jump times dx. */
          double jump = 0;
          for (int l = 0; l < 6; l++) jump = fmax(jump, fabs(H2[2 * l] - H2[2 * l + 1]));
          if (jump <= 0.01 / radius) jump = 0;
          assert_close((g2[0] - g2[1]) / (2 * dx), n[k], 100 * scale * test_difference() + 0.25 * jump * dx);
          if (jump > 0) continue;
          compared++;
          for (int l = 0; l < 3; l++)
            assert_close((n2[2 * l] - n2[2 * l + 1]) / (2 * dx) * radius, H[entry_of[l][k]] * radius,
                         1000 * scale * test_difference());
        }
      }
      assert_true(compared > 3 * NPOINT * 9 / 10);
      vary(*h, par);
    }
    free(par);
  }
}

static void hessian_has_the_normal_in_its_kernel_and_bends_outward(void **unused) {
  (void)unused;
  for (const hand *const *h = models_catalog.hands; *h; h++) {
    double *par = presets(*h), radius = smallest_radius(*h, par);
    for (int i = 0; i < NPOINT; i++) {
      double x[3], g, n[3], H[6], v[3] = {uniform(-1, 1), uniform(-1, 1), uniform(-1, 1)};
      near_point(*h, par, radius / 3, x);
      (*h)->gap(par, 1, x, &g, n, H);
      /* entries are below 1.5 / radius at this depth */
      double tol = test_round(2000) / radius;
      assert_close(H[0] * n[0] + H[3] * n[1] + H[5] * n[2], 0, tol);
      assert_close(H[3] * n[0] + H[1] * n[1] + H[4] * n[2], 0, tol);
      assert_close(H[5] * n[0] + H[4] * n[1] + H[2] * n[2], 0, tol);
      /* convex tools have convex distances, and where one prong of others is nearest, it alone counts */
      double bend = v[0] * v[0] * H[0] + v[1] * v[1] * H[1] + v[2] * v[2] * H[2] +
                    2 * (v[0] * v[1] * H[3] + v[1] * v[2] * H[4] + v[0] * v[2] * H[5]);
      assert_true(bend >= -3 * tol);
    }
    free(par);
  }
}

static void lowest_point_is_the_origin_and_the_tool_lies_above(void **unused) {
  (void)unused;
  for (const hand *const *h = models_catalog.hands; *h; h++) {
    double *par = presets(*h);
    for (int shape = 0; shape < 8; shape++) {
      double x[3] = {0}, g, n[3], reach = (*h)->reach(par);
      (*h)->gap(par, 1, x, &g, n, NULL);
      if ((*h)->smooth) { /* two lowest points: walk along the plane to one of them, and there must be its like */
        assert_true(g > (*h)->smooth(par) * (1 - test_round(64)) / 2);
        for (int k = 0; k < 100; k++) {
          for (int i = 0; i < 2; i++) x[i] -= g * n[i] / (n[0] * n[0] + n[1] * n[1] + DBL_MIN) * (n[2] > -0.999999);
          (*h)->gap(par, 1, x, &g, n, NULL);
        }
        double y[3] = {-x[0], -x[1], 0}, g1;
        (*h)->gap(par, 1, y, &g1, NULL, NULL);
        assert_close(g1, g, test_round(64) * reach);
        assert_below(g, 1e-6 * reach); /* where the walk stops, normal within 1.4e-3 of upright: 1e-6 of the radius */
        assert_true(hypot(x[0], x[1]) > (*h)->smooth(par));
      } else {
        assert_close(g, 0, test_round(16) * reach);
        assert_close(n[2], -1, test_round(16));
      }
      for (int i = 0; i < 500; i++) {
        double p[3] = {uniform(-reach, reach), uniform(-reach, reach), -uniform(1e-3, 1) * reach};
        (*h)->gap(par, 1, p, &g, NULL, NULL);
        assert_true(g >= -p[2] - test_round(200) * reach); /* no nearer than the plane z = 0 */
      }
      for (double z = 1e-6; z < 1e-3 && !(*h)->smooth; z *= 2) { /* above the origin begins the tool, below it is air */
        double p[6] = {0, 0, 0, 0, z, -z}, gg[2];
        (*h)->gap(par, 2, p, gg, NULL, NULL);
        assert_close(gg[0], -z, test_round(200) * reach);
        assert_close(gg[1], z, test_round(200) * reach);
      }
      vary(*h, par);
    }
    free(par);
  }
}

static void reach_holds_the_whole_tool(void **unused) {
  (void)unused;
  for (const hand *const *h = models_catalog.hands; *h; h++) {
    double *par = presets(*h);
    for (int shape = 0; shape < 8; shape++) {
      double reach = (*h)->reach(par);
      for (int i = 0; i < 500; i++) { /* outside of the ball of that radius nothing is inside */
        double p[3] = {uniform(-1, 1), uniform(-1, 1), uniform(-1, 1)}, g;
        double r = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
        for (int k = 0; k < 3; k++) p[k] *= reach / r * (1 + test_round(4));
        (*h)->gap(par, 1, p, &g, NULL, NULL);
        assert_true(g >= -test_round(200) * reach);
      }
      vary(*h, par);
    }
    free(par);
  }
}

static void many_points_at_once_give_the_bits_of_one_at_a_time(void **unused) {
  (void)unused;
  for (const hand *const *h = models_catalog.hands; *h; h++) {
    enum { N = 7 };
    double *par = presets(*h), reach = (*h)->reach(par), x[3 * N], g[N], n[3 * N], H[6 * N];
    for (int i = 0; i < 3 * N; i++) x[i] = uniform(-reach, reach);
    (*h)->gap(par, N, x, g, n, H);
    for (int i = 0; i < N; i++) {
      double y[3] = {x[i], x[N + i], x[2 * N + i]}, g1, n1[3], H1[6];
      (*h)->gap(par, 1, y, &g1, n1, H1);
      assert_true(g1 == g[i]);
      for (int k = 0; k < 3; k++) assert_true(n1[k] == n[k * N + i]);
      for (int k = 0; k < 6; k++) assert_true(H1[k] == H[k * N + i]);
    }
    free(par);
  }
}

static void special_points_give_finite_numbers(void **unused) {
  (void)unused;
  for (const hand *const *h = models_catalog.hands; *h; h++) {
    double *par = presets(*h), reach = (*h)->reach(par);
    double z[] = {-1, 0, 0.05, 0.1, 0.2, 0.25, 0.5, 1};
    for (int i = 0; i < 8; i++)
      for (int j = 0; j < 27; j++) { /* axes and planes of symmetry, also deep inside */
        double x[3] = {(j % 3 - 1) * 0.2 * reach, (j / 3 % 3 - 1) * 0.2 * reach, z[i] * reach * (j / 9) * 0.5}, g, n[3];
        double H[6];
        (*h)->gap(par, 1, x, &g, n, H);
        assert_true(isfinite(g));
        assert_close(n[0] * n[0] + n[1] * n[1] + n[2] * n[2], 1, test_round(64));
        for (int k = 0; k < 6; k++) assert_false(isnan(H[k]));
      }
    for (const param *p = (*h)->params; p->name; p++) { /* the middle planes of every shape, by its own sizes */
      double size = *(double *)((char *)par + p->offset);
      double x[3] = {0, 0, 0.5 * size}, y[3] = {0, 0, size}, g, n[3];
      (*h)->gap(par, 1, x, &g, n, NULL);
      assert_true(isfinite(g) && isfinite(n[0]) && isfinite(n[1]) && isfinite(n[2]));
      (*h)->gap(par, 1, y, &g, n, NULL);
      assert_true(isfinite(g) && isfinite(n[0]) && isfinite(n[1]) && isfinite(n[2]));
    }
    free(par);
  }
}

/* Each edge is used once in each direction, all points lie on the tool, and the triangles hold its volume. */
static void surface_is_closed_turned_outward_and_on_the_tool(void **unused) {
  (void)unused;
  static const int room[] = {6, 8, 40, 200, 1000};
  for (const hand *const *h = models_catalog.hands; *h; h++)
    for (int r = 0; r < 5; r++) {
      enum { MAXP = 1000, MAXT = 2000 };
      static double p[3 * MAXP];
      static int t[3 * MAXT], edge[MAXP][MAXP];
      double *par = presets(*h), volume = 0, reach = (*h)->reach(par);
      int np, nt, open = 0;
      (*h)->surface(par, room[r], p, &np, 2 * room[r], t, &nt);
      if (room[r] >= 10) assert_true(np > 0);
      assert_true(np <= room[r] && nt <= 2 * room[r]);
      if (np) assert_int_equal(nt, 2 * np - 4 * ((*h)->smooth ? 2 : 1)); /* Euler: closed pieces without handles */
      for (int i = 0; i < np; i++) {
        double x[3] = {p[3 * i], p[3 * i + 1], p[3 * i + 2]}, g;
        (*h)->gap(par, 1, x, &g, NULL, NULL);
        assert_close(g, 0, test_round(200) * reach);
      }
      memset(edge, 0, sizeof edge);
      for (int i = 0; i < nt; i++) {
        const int *c = t + 3 * i;
        const double *a = p + 3 * c[0], *b = p + 3 * c[1], *d = p + 3 * c[2];
        for (int k = 0; k < 3; k++) {
          assert_in_range(c[k], 0, np - 1);
          edge[c[k]][c[(k + 1) % 3]]++;
        }
        volume += (a[0] * (b[1] * d[2] - b[2] * d[1]) + a[1] * (b[2] * d[0] - b[0] * d[2]) +
                   a[2] * (b[0] * d[1] - b[1] * d[0])) /
                  6;
      }
      for (int i = 0; i < np; i++)
        for (int j = 0; j < np; j++) open += edge[i][j] > 1 || edge[i][j] != edge[j][i];
      assert_int_equal(open, 0);
      assert_true(np == 0 || volume > 0);
      free(par);
    }
}

static const hand *find(const char *name) {
  for (const hand *const *h = models_catalog.hands; *h; h++)
    if (strcmp((*h)->name, name) == 0) return *h;
  fail_msg("no hand %s", name);
  return NULL;
}

static double size_of(const hand *h, const double *par, const char *name) {
  for (const param *p = h->params; p->name; p++)
    if (strcmp(p->name, name) == 0) return *(const double *)((const char *)par + p->offset);
  fail_msg("%s has no %s", h->name, name);
  return NAN;
}

static void a_palm_has_the_length_width_and_thickness_it_says(void **unused) {
  (void)unused;
  const hand *h = find("palm");
  double *par = presets(h), g[4], n[12];
  double a = size_of(h, par, "width") / 2, b = size_of(h, par, "length") / 2, c = size_of(h, par, "thickness") / 2;
  double x[12] = {a, 0, 0, a * 0.48, 0, -b, 0, b * 0.6, c, c, 2 * c, c + c * 0.64}; /* 0.48^2 + 0.6^2 + 0.64^2 = 1 */
  h->gap(par, 4, x, g, n, NULL);
  for (int i = 0; i < 4; i++) assert_close(g[i], 0, test_round(16) * b);
  assert_close(n[0], 1, test_round(8));
  assert_close(n[4 + 1], -1, test_round(8));
  assert_close(n[8 + 2], 1, test_round(8));
  free(par);
}

static void an_ellipsoid_of_equal_axes_is_the_ball(void **unused) {
  (void)unused;
  const hand *h = find("palm"), *ball = find("sphere");
  double r = 0.05, *par = presets(h);
  for (const param *p = h->params; p->name; p++) *(double *)((char *)par + p->offset) = 2 * r;
  for (int i = 0; i < NPOINT; i++) { /* also right through the middle's surroundings */
    double x[3] = {uniform(-0.1, 0.1), uniform(-0.1, 0.1), uniform(-0.1, 0.2)}, g[2], n[2][3], H[2][6];
    h->gap(par, 1, x, &g[0], n[0], H[0]);
    ball->gap(&r, 1, x, &g[1], n[1], H[1]);
    double far = r + g[1]; /* from the middle: curvatures are 1 / far */
    assert_close(g[0], g[1], test_round(32) * 0.2);
    for (int k = 0; k < 3; k++) assert_close(n[0][k], n[1][k], test_round(32));
    for (int k = 0; k < 6; k++) assert_close(H[0][k], H[1][k], test_round(256) * 0.2 / (far * far));
  }
  free(par);
}

static void a_thumb_touches_like_a_ball_of_its_tip_radius(void **unused) {
  (void)unused;
  const hand *h = find("thumb"), *ball = find("sphere");
  double *par = presets(h), r = size_of(h, par, "radius");
  for (int i = 0; i < NPOINT; i++) { /* below its middle and on the side it does not lean to */
    double x[3] = {uniform(-r, r), uniform(-2 * r, 0), uniform(-r, r)}, g[2], n[2][3], H[2][6];
    h->gap(par, 1, x, &g[0], n[0], H[0]);
    ball->gap(&r, 1, x, &g[1], n[1], H[1]);
    assert_true(g[0] == g[1]);
    assert_memory_equal(n[0], n[1], sizeof n[0]);
  }
  double far[3] = {0, 0.5 * r, 1.5 * r}, near[2]; /* where it leans to there is more of it than of the ball */
  h->gap(par, 1, far, &near[0], NULL, NULL);
  ball->gap(&r, 1, far, &near[1], NULL, NULL);
  assert_true(near[0] < near[1]);
  free(par);
}

static void set_size(const hand *h, double *par, const char *name, double value) {
  for (const param *p = h->params; p->name; p++)
    if (strcmp(p->name, name) == 0) {
      *(double *)((char *)par + p->offset) = value;
      return;
    }
  fail_msg("%s has no %s", h->name, name);
}

static void palm_and_heel_are_one_shape_of_two_sizes(void **unused) {
  (void)unused;
  static const char *const sizes[] = {"length", "width", "thickness"};
  const hand *h = find("palm"), *k = find("heel");
  double *a = presets(h), *b = presets(k);
  for (int i = 0; i < 3; i++) set_size(k, b, sizes[i], size_of(h, a, sizes[i]));
  for (int i = 0; i < 100; i++) {
    double x[3] = {uniform(-0.1, 0.1), uniform(-0.1, 0.1), uniform(-0.1, 0.1)}, g[2];
    h->gap(a, 1, x, g, NULL, NULL);
    k->gap(b, 1, x, g + 1, NULL, NULL);
    assert_true(g[0] == g[1]);
  }
  free(a), free(b);
}

static void fingers_without_spacing_are_a_thumb_and_a_bullet_without_taper_an_upright_one(void **unused) {
  (void)unused;
  const hand *thumb = find("thumb"), *fingers = find("fingertips"), *bullet = find("bullet_head");
  double *a = presets(thumb), *b = presets(fingers), *c = presets(bullet), r = 0.009, length = 0.02;
  set_size(thumb, a, "radius", r), set_size(fingers, b, "radius", r), set_size(bullet, c, "tip", r);
  set_size(thumb, a, "length", length), set_size(fingers, b, "length", length), set_size(bullet, c, "length", length);
  set_size(fingers, b, "spacing", 0), set_size(bullet, c, "taper", 0);
  for (int upright = 0; upright < 2; upright++) {
    set_size(thumb, a, "tilt", upright ? 0 : 0.7), set_size(fingers, b, "tilt", upright ? 0 : 0.7);
    for (int i = 0; i < NPOINT; i++) {
      double x[3] = {uniform(-0.03, 0.03), uniform(-0.03, 0.03), uniform(-0.03, 0.05)}, g[3], n[3][3];
      thumb->gap(a, 1, x, g, n[0], NULL);
      if (g[0] < -0.5 * r) continue; /* near its middle line a direction is not exact */
      fingers->gap(b, 1, x, g + 1, n[1], NULL);
      bullet->gap(c, 1, x, g + 2, n[2], NULL);
      for (int k = 1; k < 2 + upright; k++) {
        assert_close(g[k], g[0], test_round(32) * 0.1);
        /* a direction is a rounding of the place, 0.1 m, over the way to the middle line, r / 2 and more */
        for (int l = 0; l < 3; l++) assert_close(n[k][l], n[0][l], test_round(32) * 0.1 / (0.5 * r));
      }
    }
  }
  free(a), free(b), free(c);
}

static void flat_head_and_roller_have_the_sizes_they_say(void **unused) {
  (void)unused;
  const hand *h = find("flat_head");
  double *par = presets(h), R = size_of(h, par, "radius"), T = size_of(h, par, "thickness"),
         e = size_of(h, par, "edge");
  double q = e * (1 - sqrt(0.5)); /* half way round the rim */
  double x[15] = {R, 0, 0.6 * (R - e), R - q, 0, 0, -R, 0.8 * (R - e), 0, 0, T / 2, T / 2, 0, q, T}, g[5];
  h->gap(par, 5, x, g, NULL, NULL);
  for (int i = 0; i < 5; i++) assert_close(g[i], 0, test_round(16) * R);
  free(par);
  h = find("roller");
  par = presets(h), R = size_of(h, par, "radius"), T = size_of(h, par, "length"), e = size_of(h, par, "edge");
  double y[12] = {T / 2, 0, T / 2 - e, 0, 0, R, 0, -0.6 * R, R, R, 2 * R, R - 0.8 * R};
  h->gap(par, 4, y, g, NULL, NULL);
  for (int i = 0; i < 4; i++) assert_close(g[i], 0, test_round(32) * T);
  free(par);
}

/* Turned about its axle a tool looks the same, and it stands on the ground by its radius. */
static void a_hand_with_an_axle_is_round_about_it(void **unused) {
  (void)unused;
  int some = 0;
  for (int i = 0; models_catalog.hands[i]; i++) {
    const hand *h = models_catalog.hands[i];
    if (!h->axle) continue;
    some++;
    double *par = presets(h);
    for (int again = 0; again < 10; again++, vary(h, par)) {
      hand_axle k;
      h->axle(par, &k);
      const double *a = k.axis;
      assert_close(a[0] * a[0] + a[1] * a[1] + a[2] * a[2], 1, test_round(8));
      assert_close(k.centre[2], k.radius, test_round(8));
      for (int p = 0; p < 100; p++) {
        double x[3], y[3], r[3], along = 0, g[2], turned = uniform(-3, 3), c = cos(turned), s = sin(turned);
        for (int d = 0; d < 3; d++) {
          x[d] = uniform(-1, 1) * h->reach(par);
          r[d] = x[d] - k.centre[d], along += a[d] * r[d];
        }
        for (int d = 0; d < 3; d++) {
          int e = (d + 1) % 3, f = (d + 2) % 3;
          y[d] = k.centre[d] + c * r[d] + s * (a[e] * r[f] - a[f] * r[e]) + (1 - c) * along * a[d];
        }
        h->gap(par, 1, x, g, NULL, NULL), h->gap(par, 1, y, g + 1, NULL, NULL);
        assert_close(g[0], g[1], test_round(64) * h->reach(par));
      }
    }
    free(par);
  }
  assert_true(some > 0);
}

static void a_bullet_grows_by_its_taper(void **unused) {
  (void)unused;
  const hand *h = find("bullet_head");
  double *par = presets(h), r = size_of(h, par, "tip"), L = size_of(h, par, "length"), s = size_of(h, par, "taper");
  double R = r + L * sin(s); /* of the upper ball: both balls touch one cone of that half angle */
  double x[9] = {r * cos(s), R * cos(s), 0, 0, 0, 0, r - r * sin(s), r + L - R * sin(s), r + L + R}, g[3];
  h->gap(par, 3, x, g, NULL, NULL);
  for (int i = 0; i < 3; i++) assert_close(g[i], 0, test_round(16) * (L + R));
  free(par);
}

static void between_the_prongs_of_a_fork_is_room(void **unused) {
  (void)unused;
  const hand *h = find("fork_head");
  double *par = presets(h), half = size_of(h, par, "spacing") / 2, r = size_of(h, par, "radius");
  double x[9] = {0, half, -half, 0, 0, 0, r, 0, 0}, g[3];
  h->gap(par, 3, x, g, NULL, NULL);
  assert_close(g[0], half - r, test_round(8) * half);
  assert_close(g[1], 0, test_round(8) * half);
  assert_close(g[2], 0, test_round(8) * half);
  free(par);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gap_grows_by_the_distance_walked_along_its_normal),
      cmocka_unit_test(no_two_gaps_differ_by_more_than_their_points),
      cmocka_unit_test(normal_is_the_derivative_of_the_gap_and_hessian_of_the_normal),
      cmocka_unit_test(hessian_has_the_normal_in_its_kernel_and_bends_outward),
      cmocka_unit_test(lowest_point_is_the_origin_and_the_tool_lies_above),
      cmocka_unit_test(reach_holds_the_whole_tool),
      cmocka_unit_test(many_points_at_once_give_the_bits_of_one_at_a_time),
      cmocka_unit_test(special_points_give_finite_numbers),
      cmocka_unit_test(surface_is_closed_turned_outward_and_on_the_tool),
      cmocka_unit_test(a_palm_has_the_length_width_and_thickness_it_says),
      cmocka_unit_test(an_ellipsoid_of_equal_axes_is_the_ball),
      cmocka_unit_test(a_thumb_touches_like_a_ball_of_its_tip_radius),
      cmocka_unit_test(palm_and_heel_are_one_shape_of_two_sizes),
      cmocka_unit_test(fingers_without_spacing_are_a_thumb_and_a_bullet_without_taper_an_upright_one),
      cmocka_unit_test(flat_head_and_roller_have_the_sizes_they_say),
      cmocka_unit_test(a_hand_with_an_axle_is_round_about_it),
      cmocka_unit_test(a_bullet_grows_by_its_taper),
      cmocka_unit_test(between_the_prongs_of_a_fork_is_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
