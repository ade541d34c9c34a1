/* The contact term on a small block under a ball: gradient, tangent, stick and slip, and what augmentation promises. */
#include "sim/contact/contact.h"
#include "sim/fe/shape.h"
#include "tests/verify/scenario_run.h"

/* 8 x 8 facets of 10 mm, so that some 30 points of the skin lie under the ball. */
static const char text[] =
    "knead: 1\n"
    "body: {kind: block, size: [80 mm, 80 mm], cells: [8, 8], layers: [{name: fat, thickness: 20 mm, cells: 2}]}\n"
    "tissue: {fat: {law: neo_hookean, mu: 5 kPa, bulk: 500 kPa}}\n"
    "hands: {ball: {kind: sphere, radius: 40 mm, friction: 0.4, arm: {sideways: 0.25 N/mm}}}\n"
    "session: [{hand: ball, technique: compression, at: [3 mm, 2 mm], press: 3 N, ramp: 0.3 s, hold: 0.1 s, release: "
    "0.3 s}]\n"
    "time: {first: 50 ms, max: 0.1 s}\n";

enum { POINTS = QUAD_FACET };
static const double MU = 0.4;

typedef struct bench {
  arena *memory;
  model *m;
  contact *c;
  term t;
  contact_fields f;
  contact_tool tool;
  int gives; /* 1: the arm gives sideways, else its two unknowns are idle */
  state *now, *next;
  size_t n, ndof;
  double *u;
} bench;

static const double *next_of(const bench *b, int field) {
  return state_view(b->next, field);
}

/* The ball `depth` below the flat skin, its place moved by `shift` along and across. */
static void begin(bench *b, double depth, const double shift[2]) {
  b->tool = (contact_tool){
      .touching = 1, .force_controlled = 1, .asked = 2, .inward = {0, 0, -1}, .stiff = 300, .rest = 1e-3};
  b->tool.origin[0] = 0.002 + shift[0], b->tool.origin[1] = 0.003 + shift[1], b->tool.origin[2] = 0.02;
  b->tool.R[0] = b->tool.R[4] = b->tool.R[8] = 1;
  b->tool.side[0][1] = b->tool.side[1][0] = 1;
  if (b->gives) b->tool.sideways = 250, b->tool.ease[0] = 4e-4, b->tool.ease[1] = -3e-4;
  b->u[b->ndof] = depth;
  contact_begin(b->c, b->now, b->u, &b->tool, &depth, NULL);
}

static bench bench_open(int gives) {
  bench b = {.memory = arena_create(1 << 20), .gives = gives};
  scenario *scn;
  assert_ok(scenario_open(run_write("contact.yaml", text), 0, NULL, b.memory, &scn));
  assert_ok(build_model(scn, &models_catalog, &b.m, NULL));
  b.f = (contact_fields){.pressure = model_field(b.m, "skin_pressure"),
                         .traction = model_field(b.m, "skin_traction"),
                         .gap = model_field(b.m, "skin_gap"),
                         .multiplier = model_field(b.m, "contact_multiplier"),
                         .owner = model_field(b.m, "contact_owner"),
                         .friction = model_field(b.m, "contact_friction"),
                         .relative = model_field(b.m, "contact_relative")};
  assert_ok(contact_create(b.m, b.f, b.memory, &b.c));
  assert_ok(state_create(b.m, &b.now));
  assert_ok(state_create(b.m, &b.next));
  b.t = contact_term(b.c);
  b.ndof = 3 * (size_t)b.m->mesh->nnode, b.n = (size_t)model_unknowns(b.m);
  b.u = arena_alloc(b.memory, b.n * sizeof *b.u);
  /* A skin that is not flat: up to 0.1 mm up and down. */
  unsigned seed = 7;
  for (size_t i = 0; i < b.ndof; i++) {
    seed = seed * 1664525u + 1013904223u;
    b.u[i] = 1e-4 * ((double)(seed >> 8) / (double)(1u << 23) - 1);
  }
  return b;
}

static void bench_close(bench *b) {
  state_free(&b->now);
  state_free(&b->next);
  model_free(&b->m);
  arena_destroy(&b->memory);
}

/* Reference area of point q of any facet: 10 mm squares. */
static double weight(int q) {
  return 0.25 * 0.01 * 0.01 * shape_weight[q % 3] * shape_weight[q / 3];
}

static void residual_at(bench *b, const double *u, double *r) {
  memset(r, 0, b->n * sizeof *r);
  assert_ok(b->t.residual(b->t.self, u, r));
}

/* Any direction of all unknowns, seeded; the hand moves as far as a node. */
static void direction(const bench *b, unsigned seed, double *d) {
  for (size_t i = 0; i < b->n; i++) {
    seed = seed * 1664525u + 1013904223u;
    d[i] = (double)(seed >> 8) / (double)(1u << 23) - 1;
  }
}

/* sum of w p^2 / (2 eps) over the points, from pressures and gaps as they are stored; asked x depth is the load's part,
   and the arm behind the hand is three springs. */
static double energy(bench *b, const double *u, double eps) {
  contact_store(b->c, u, b->next);
  const double *p = next_of(b, b->f.pressure);
  double stretch = b->tool.rest - u[b->ndof], e = -b->tool.asked * u[b->ndof] + 0.5 * b->tool.stiff * stretch * stretch;
  for (int i = 0; i < b->m->mesh->nskin * POINTS; i++) e += weight(i % POINTS) * p[i] * p[i] / (2 * eps);
  for (int i = 0; i < 2; i++) {
    stretch = b->tool.ease[i] - u[b->ndof + 1 + (size_t)i];
    e += 0.5 * b->tool.sideways * stretch * stretch;
  }
  return e;
}

static void gradient_of(int gives) {
  bench b = bench_open(gives);
  begin(&b, 2e-3, (double[2]){0, 0});
  /* The first solve has no multipliers: p = -eps g gives eps; the same at every point, since the mesh is even. */
  contact_store(b.c, b.u, b.next);
  const double *p = next_of(&b, b.f.pressure), *gap = next_of(&b, b.f.gap);
  double eps = 0;
  int touching = 0;
  for (int i = 0; i < b.m->mesh->nskin * POINTS; i++)
    if (p[i] > 0) {
      if (eps == 0) eps = -p[i] / gap[i];
      assert_close(p[i], -eps * gap[i], test_round(64) * p[i]);
      touching++;
    }
  assert_in_range(touching, 20, 500);
  /* Now with multipliers; friction's energy is not in the sum: see below. */
  assert_int_equal(contact_augment(b.c, b.u, 0), 1);
  double *r = calloc(b.n, sizeof *r), *d = calloc(b.n, sizeof *d), *v = calloc(b.n, sizeof *v);
  begin(&b, 2e-3, (double[2]){0, 0}); /* drops the friction bounds again, and the multipliers */
  for (unsigned seed = 1; seed <= 4; seed++) {
    direction(&b, seed, d);
    residual_at(&b, b.u, r);
    double slope = 0, size = 0, e[2];
    for (size_t i = 0; i < b.n; i++) slope += r[i] * d[i], size += fabs(r[i] * d[i]);
    /* E is quadratic with a third derivative from the ball's curvature 1/R and from points that open; nodes move by h.
     */
    double h = 1e-7;
    for (int k = 0; k < 2; k++) {
      for (size_t i = 0; i < b.n; i++) v[i] = b.u[i] + (k ? h : -h) * d[i];
      e[k] = energy(&b, v, eps);
    }
    /* Rounding of E, eps |E| / h; truncation ~ h^2 over the squared length on which E changes, the depth of 2 mm. */
    double tol = test_round(100) * fabs(e[0]) / h + 10 * (h / 2e-3) * (h / 2e-3) * size;
    assert_true(fabs(slope) > 100 * tol);
    assert_close((e[1] - e[0]) / (2 * h), slope, tol);
  }
  free(r), free(d), free(v);
  bench_close(&b);
}

static void residual_without_friction_is_the_gradient_of_the_energy(void **unused) {
  (void)unused;
  for (int gives = 0; gives < 2; gives++) gradient_of(gives);
}

/* A state in which the ball has pressed and then moved by `shift`: multipliers and friction bounds are there. */
static void pressed_and_moved(bench *b, const double shift[2]) {
  begin(b, 2e-3, (double[2]){0, 0});
  for (int k = 0; k < 3; k++) contact_augment(b->c, b->u, 0);
  contact_store(b->c, b->u, b->next);
  state *swap = b->now;
  b->now = b->next, b->next = swap;
  begin(b, 2e-3, shift);
}

/* How many points carry friction, and how many of them slip. The bound is mu times the stored pressure of `now`. */
static void count(bench *b, int *holding, int *slipping) {
  contact_store(b->c, b->u, b->next);
  const double *before = state_view(b->now, b->f.pressure), *tau = next_of(b, b->f.friction);
  *holding = *slipping = 0;
  for (int i = 0; i < b->m->mesh->nskin * POINTS; i++) {
    double size = sqrt(tau[3 * i] * tau[3 * i] + tau[3 * i + 1] * tau[3 * i + 1] + tau[3 * i + 2] * tau[3 * i + 2]);
    if (size == 0) continue;
    if (size > MU * before[i] * (1 - 1e-12))
      ++*slipping;
    else
      ++*holding;
    assert_below(size, MU * before[i] * (1 + 1e-12));
  }
}

static void tangent_at(bench *b) {
  double *r[2] = {calloc(b->n, sizeof(double)), calloc(b->n, sizeof(double))};
  double *d = calloc(b->n, sizeof *d), *v = calloc(b->n, sizeof *v), *K = calloc(b->n, sizeof *K),
         *z = calloc(b->n, sizeof *z);
  double *Kz = calloc(b->n, sizeof *Kz);
  assert_ok(b->t.linearize(b->t.self, b->u));
  direction(b, 11, z);
  b->t.apply(b->t.self, z, Kz);
  for (unsigned seed = 1; seed <= 4 + 2 * (unsigned)b->gives; seed++) {
    direction(b, seed, d);
    /* The depth alone, and each of the offsets. */
    if (seed >= 4) memset(d, 0, b->n * sizeof *d), d[b->ndof + seed - 4] = 1;
    memset(K, 0, b->n * sizeof *K);
    assert_ok(b->t.linearize(b->t.self, b->u));
    b->t.apply(b->t.self, d, K);
    double h = 1e-8, largest = 0, force = 0, symmetric = 0, size = 0;
    for (size_t i = 0; i < b->n; i++) symmetric += K[i] * z[i] - Kz[i] * d[i], size += fabs(K[i] * z[i]);
    assert_close(symmetric, 0, test_round(1000) * size);
    for (int k = 0; k < 2; k++) {
      for (size_t i = 0; i < b->n; i++) v[i] = b->u[i] + (k ? h : -h) * d[i];
      residual_at(b, v, r[k]);
    }
    for (size_t i = 0; i < b->n; i++) largest = fmax(largest, fabs(K[i])), force = fmax(force, fabs(r[0][i]));
    assert_true(largest > 0);
    /* Rounding of r over h; truncation h^2 over the squared length on which friction turns, some 10 um of sliding. */
    double tol = test_round(100) * (force + b->tool.asked) / h + 10 * (h / 1e-5) * (h / 1e-5) * largest;
    assert_true(tol < 1e-3 * largest);
    for (size_t i = 0; i < b->n; i++) assert_close((r[1][i] - r[0][i]) / (2 * h), K[i], tol);
  }
  free(r[0]), free(r[1]), free(d), free(v), free(K), free(z), free(Kz);
}

static void sticking_tangent(int gives) {
  bench b = bench_open(gives);
  int holding, slipping;
  pressed_and_moved(&b, (double[2]){8e-6, -3e-6}); /* elastic slip is 0.5 % of 10 mm: 50 um */
  count(&b, &holding, &slipping);
  assert_true(holding > 20 && slipping == 0);
  tangent_at(&b);
  bench_close(&b);
}

static void tangent_is_the_derivative_of_the_residual_while_the_skin_sticks(void **unused) {
  (void)unused;
  for (int gives = 0; gives < 2; gives++) sticking_tangent(gives);
}

static void slipping_tangent(int gives) {
  bench b = bench_open(gives);
  int holding, slipping;
  pressed_and_moved(&b, (double[2]){3e-4, 1e-4});
  count(&b, &holding, &slipping);
  assert_true(slipping > 20);
  tangent_at(&b);
  bench_close(&b);
}

static void tangent_is_the_derivative_of_the_residual_while_the_skin_slips(void **unused) {
  (void)unused;
  for (int gives = 0; gives < 2; gives++) slipping_tangent(gives);
}

/* An augmentation turns the direction that friction uses; what the step began with must turn with it. */
static void augmented_tangent(int gives) {
  bench b = bench_open(gives);
  pressed_and_moved(&b, (double[2]){3e-5, 1e-5});
  contact_store(b.c, b.u, b.next);
  state *swap = b.now;
  b.now = b.next, b.next = swap;
  begin(&b, 2e-3, (double[2]){1e-4, 5e-5});
  b.u[b.ndof] = 4e-3; /* deeper by 2 mm on a ball of 40 mm: normals turn by up to 0.02 */
  assert_int_equal(contact_augment(b.c, b.u, 0), 1);
  tangent_at(&b);
  bench_close(&b);
}

static void tangent_is_the_derivative_of_the_residual_after_an_augmentation_too(void **unused) {
  (void)unused;
  for (int gives = 0; gives < 2; gives++) augmented_tangent(gives);
}

static void friction_takes_the_skin_along_with_the_hand(void **unused) {
  (void)unused;
  bench b = bench_open(0);
  contact_sum before, after;
  pressed_and_moved(&b, (double[2]){0, 0});
  double *r = calloc(b.n, sizeof *r);
  residual_at(&b, b.u, r);
  contact_measure(b.c, 0, b.u, &before);
  pressed_and_moved(&b, (double[2]){0, 1e-3});
  residual_at(&b, b.u, r);
  contact_measure(b.c, 0, b.u, &after);
  /* Slipping everywhere: mu times the push, less what the tilt of the normals takes (a / R = 0.25, squared), and normal
     forces that the ball's move of 1 mm turns the other way: push times 1 mm / 40 mm. */
  assert_close(after.force[1] - before.force[1], MU * after.normal, (0.07 * MU + 0.06) * after.normal);
  /* Forces on the skin are minus the residual, and so is their sum. */
  double sum[3] = {0};
  for (size_t i = 0; i < b.ndof; i++) sum[i % 3] += r[i];
  for (int k = 0; k < 3; k++) assert_close(after.force[k], -sum[k], test_round(1000) * after.normal);
  assert_close(r[b.ndof], after.normal - contact_given(&b.tool, b.u[b.ndof]), test_round(1000) * after.normal);
  free(r);
  bench_close(&b);
}

static void points_that_close_make_it_stiffer_and_points_that_open_do_not(void **unused) {
  (void)unused;
  bench b = bench_open(0);
  begin(&b, 2e-3, (double[2]){0, 0});
  assert_ok(b.t.linearize(b.t.self, b.u));
  contact_mark(b.c);
  assert_int_equal(contact_stiffer(b.c), 0);
  b.u[b.ndof] = 1e-3;
  assert_ok(b.t.linearize(b.t.self, b.u));
  assert_int_equal(contact_stiffer(b.c), 0);
  contact_mark(b.c);
  b.u[b.ndof] = 2e-3;
  assert_ok(b.t.linearize(b.t.self, b.u));
  assert_int_equal(contact_stiffer(b.c), 1);
  bench_close(&b);
}

/* The ball as it was, then turned by `angle` about inward and moved by `way` along. */
static void moved(bench *b, double angle, double way) {
  pressed_and_moved(b, (double[2]){0, 0});
  turn *t = &b->tool.turn;
  *t = (turn){.known = 1, .pressed = 1, .D = {cos(angle), -sin(angle), 0, sin(angle), cos(angle), 0, 0, 0, 1}};
  for (int i = 0; i < 3; i++) t->from[i] = b->tool.origin[i] + b->u[b->ndof] * b->tool.inward[i];
  b->tool.origin[1] += way;
  contact_begin(b->c, b->now, b->u, &b->tool, b->u + b->ndof, NULL);
}

/* Twisted in place by 0.2 rad, points at 10 mm go 2 mm: all slip, so the torque is mu p r over the contact. A hand
   whose stick points stayed as they were would have none. */
static void friction_turns_the_skin_with_a_hand_that_twists(void **unused) {
  (void)unused;
  bench b = bench_open(0);
  contact_sum k;
  moved(&b, 0.2, 0);
  double *r = calloc(b.n, sizeof *r), arm = 0;
  residual_at(&b, b.u, r);
  contact_measure(b.c, 0, b.u, &k);
  contact_store(b.c, b.u, b.next);
  const double *p = state_view(b.now, b.f.pressure), *rel = next_of(&b, b.f.relative);
  for (int i = 0; i < b.m->mesh->nskin * POINTS; i++)
    if (next_of(&b, b.f.owner)[i] > 0) arm += MU * weight(i % POINTS) * p[i] * hypot(rel[3 * i], rel[3 * i + 1]);
  /* Points within 0.25 mm of the axis stick, and normals of a skin that is not flat, 0.1 mm over 5, lean by 2 %. */
  print_message("torque %.6g N m, mu p r %.6g\n", k.torque[2], arm);
  assert_close(k.torque[2], arm, 0.02 * arm);
  free(r);
  bench_close(&b);
}

/* On a skin held still the ball moves by 8 mm, and points come under it ahead. */
static void points_that_come_under_a_hand_slip_like_those_that_were_there(void **unused) {
  (void)unused;
  bench b = bench_open(0);
  moved(&b, 0, 8e-3);
  int n = b.m->mesh->nskin * POINTS, fresh = 0;
  double *bound = calloc((size_t)n, sizeof *bound), all = 0, full = 0;
  contact_store(b.c, b.u, b.next);
  for (int i = 0; i < n; i++) bound[i] = MU * next_of(&b, b.f.pressure)[i];
  assert_int_equal(contact_augment(b.c, b.u, 0), 1); /* bounds follow the pressures */
  contact_store(b.c, b.u, b.next);
  for (int i = 0; i < n; i++) {
    if (bound[i] <= 0 || state_view(b.now, b.f.pressure)[i] > 0) continue;
    fresh++, all += bound[i], full -= next_of(&b, b.f.friction)[3 * i + 1];
  }
  print_message("%d points came under it: friction forward %.4f of its bound\n", fresh, full / all);
  assert_true(fresh > 5);
  /* Normals lean by up to 10 mm / 40 mm: friction along them has a cosine of 0.97 with the way. */
  assert_close(full, all, 0.03 * all);
  free(bound);
  bench_close(&b);
}

static void a_step_starts_with_the_pressures_the_last_one_ended_with(void **unused) {
  (void)unused;
  bench b = bench_open(0);
  double depth = 3e-3, shift[2] = {1e-4, 0};
  begin(&b, depth, shift);
  /* Three augmentations: multipliers far from the pressures, and a penalty stiffer than the plain one. */
  for (int k = 0; k < 3; k++) assert_int_equal(contact_augment(b.c, b.u, 0), 1);
  contact_store(b.c, b.u, b.next);
  int n = b.m->mesh->nskin * POINTS, some = 0;
  double *ended = calloc((size_t)n, sizeof *ended);
  memcpy(ended, next_of(&b, b.f.pressure), (size_t)n * sizeof *ended);
  state *swap = b.now;
  b.now = b.next, b.next = swap;
  begin(&b, depth, shift);
  contact_store(b.c, b.u, b.next);
  for (int i = 0; i < n; i++) {
    some += ended[i] > 0;
    assert_close(next_of(&b, b.f.pressure)[i], ended[i],
                 test_round(8) * ended[i] + test_round(8) * 1e6); /* eps g, Pa */
  }
  assert_true(some > 3);
  free(ended);
  bench_close(&b);
}

/* ---- the blocks that the preconditioner is made of ----------------------------------------------------------------
 */

typedef struct dense {
  const bench *b;
  const double *in;
  double *out;
} dense;

static void take_facet(void *self, int facet, const double k[27][27]) {
  dense *s = self;
  const int32_t *node = s->b->m->mesh->skin + FACET_NODES * facet;
  for (int i = 0; i < 27; i++)
    for (int j = 0; j < 27; j++) s->out[3 * node[i / 3] + i % 3] += k[i][j] * s->in[3 * node[j / 3] + j % 3];
}
static void take_border(void *self, int hand, int node, const double k[3]) {
  dense *s = self;
  size_t h = s->b->ndof + (size_t)hand;
  for (int i = 0; i < 3; i++) s->out[3 * node + i] += k[i] * s->in[h], s->out[h] += k[i] * s->in[3 * node + i];
}
static void take_corner(void *self, int hand, int other, double k) {
  dense *s = self;
  size_t h = s->b->ndof + (size_t)hand, i = s->b->ndof + (size_t)other;
  s->out[h] += k * s->in[i];
  if (i != h) s->out[i] += k * s->in[h];
}
static void blocks_of(int gives) {
  bench b = bench_open(gives);
  pressed_and_moved(&b, (double[2]){6e-5, -2e-5});
  double *d = calloc(b.n, sizeof *d), *K = calloc(b.n, sizeof *K), *s = calloc(b.n, sizeof *s), largest = 0;
  direction(&b, 5, d);
  assert_ok(b.t.linearize(b.t.self, b.u));
  b.t.apply(b.t.self, d, K);
  dense to = {&b, d, s};
  block_sink sink = {&to, take_facet, take_border, take_corner};
  b.t.blocks(b.t.self, &sink);
  for (size_t i = 0; i < b.n; i++) largest = fmax(largest, fabs(K[i]));
  assert_true(largest > 0);
  /* Both are sums over the same points: some hundred roundings of the largest entry. */
  for (size_t i = 0; i < b.n; i++) assert_close(s[i], K[i], test_round(1000) * largest);
  free(d), free(K), free(s);
  bench_close(&b);
}

static void blocks_add_up_to_the_tangent(void **unused) {
  (void)unused;
  for (int gives = 0; gives < 2; gives++) blocks_of(gives);
}

/* ---- landing ------------------------------------------------------------------------------------------------------
 */

static void a_hand_comes_down_until_it_touches(void **unused) {
  (void)unused;
  bench b = bench_open(0);
  begin(&b, -0.02, (double[2]){0, 0});
  double touch = contact_touch(b.c, 0, b.u), least = INFINITY;
  begin(&b, touch, (double[2]){0, 0});
  contact_store(b.c, b.u, b.next);
  for (int i = 0; i < b.m->mesh->nskin * POINTS; i++) least = fmin(least, next_of(&b, b.f.gap)[i]);
  assert_close(least, 0, 2e-7); /* contact_touch stops below 0.1 um */
  /* The guess of the first depth pushes with the force that was asked for, on a skin that stands still. */
  contact_sum k;
  contact_tool asks = {.asked = 2};
  double press = contact_press(b.c, 0, &asks, b.u, touch);
  begin(&b, press, (double[2]){0, 0});
  contact_store(b.c, b.u, b.next);
  contact_measure(b.c, 0, b.u, &k);
  assert_close(k.normal, 2, 1e-6 * 2); /* 40 halvings of a first interval of at most twice the depth */
  bench_close(&b);
}

/* ---- whole runs ----------------------------------------------------------------------------------------------------
 */

typedef struct seen {
  int frames, holding, slipping;
  double excess; /* worst over frames: sum w max(0, |tau| - mu p) over mu max(push, 1 N); */
  double across; /* and: gap across which some point is pressed, over what is allowed */
} seen;

static void look_at_friction(void *ctx, const model *m, const state *s) {
  seen *k = ctx;
  const double *p = state_view(s, model_field(m, "skin_pressure")),
               *tau = state_view(s, model_field(m, "contact_friction")),
               *gap = state_view(s, model_field(m, "skin_gap"));
  double over = 0, push = 0, allowed = fmax(0.01 * *state_view(s, model_field(m, "hand_indentation")), 5e-6);
  for (int i = 0; i < m->mesh->nskin * POINTS; i++) {
    double w = weight(i % POINTS),
           size = sqrt(tau[3 * i] * tau[3 * i] + tau[3 * i + 1] * tau[3 * i + 1] + tau[3 * i + 2] * tau[3 * i + 2]);
    over += w * fmax(0, size - MU * p[i]), push += w * MU * p[i];
    if (p[i] <= 0) continue;
    k->across = fmax(k->across, gap[i] / allowed);
    if (size > 0.98 * MU * p[i])
      k->slipping++;
    else
      k->holding++;
  }
  if (push <= 0) return;
  k->frames++;
  k->excess = fmax(k->excess, over / fmax(push, MU * 1)); /* N: contact.c promises no share of less than 1 N */
}

static void penetration_stays_within_its_promise_and_friction_below_mu_times_pressure(void **unused) {
  (void)unused;
  scenario_run r = {0};
  seen k = {0};
  r.on_frame = look_at_friction, r.ctx = &k;
  static const char stroke[] = "session=[{hand: ball, technique: effleurage, from: [-10 mm, 0 mm], to: [15 mm, 4 mm], "
                               "press: 2 N, speed: 5 cm/s, ramp: 0.2 s, gain: 0.1 s}]";
  const char *sets[] = {stroke, "output.every=50 ms", "hands.ball.arm={}"};
  run_scenario(&r, run_write("contact.yaml", text), 3, sets);
  long augmented = 0;
  double worst = 0, wide = 0;
  for (int row = 0; row < r.nrow; row++) {
    double d = *run_at(&r, row, "hand/ball/indentation"), pen = *run_at(&r, row, "hand/ball/penetration");
    double mean = *run_at(&r, row, "hand/ball/patch_penetration");
    assert_below(pen, fmax(0.01 * d, 5e-6));   /* contact.h: 1 % of the indentation, at least 5 um, at a point */
    assert_below(mean, fmax(0.001 * d, 1e-6)); /* 0.1 %, at least 1 um, in the mean over a node's patch */
    worst = fmax(worst, pen), wide = fmax(wide, mean), augmented += (long)*run_at(&r, row, "solver/augmentations");
  }
  assert_true(augmented > 0 && worst > 0 && wide > 0); /* the penalty alone would not have kept it */
  print_message("%d steps, %ld augmentations, largest penetration %.2g um, %.2g um over a patch; %d frames with "
                "friction, %d points holding, %d slipping, excess over mu p %.2g\n",
                r.nrow - 1, augmented, 1e6 * worst, 1e6 * wide, k.frames, k.holding, k.slipping, k.excess);
  /* The hand lifts at the end: what it loses in force it must lose in contact, and not hold the skin through the air.
   */
  assert_below(k.across, 1);
  assert_true(k.across > 0);
  assert_true(k.frames >= 5 && k.holding > 20 && k.slipping > 20);
  /* Bounds follow the pressure until they move by less than 1 % of the friction, that of 1 N at least (contact.c). */
  assert_below(k.excess, 0.01);
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(residual_without_friction_is_the_gradient_of_the_energy),
      cmocka_unit_test(tangent_is_the_derivative_of_the_residual_while_the_skin_sticks),
      cmocka_unit_test(tangent_is_the_derivative_of_the_residual_while_the_skin_slips),
      cmocka_unit_test(tangent_is_the_derivative_of_the_residual_after_an_augmentation_too),
      cmocka_unit_test(friction_turns_the_skin_with_a_hand_that_twists),
      cmocka_unit_test(points_that_come_under_a_hand_slip_like_those_that_were_there),
      cmocka_unit_test(friction_takes_the_skin_along_with_the_hand),
      cmocka_unit_test(a_step_starts_with_the_pressures_the_last_one_ended_with),
      cmocka_unit_test(blocks_add_up_to_the_tangent),
      cmocka_unit_test(points_that_close_make_it_stiffer_and_points_that_open_do_not),
      cmocka_unit_test(a_hand_comes_down_until_it_touches),
      cmocka_unit_test(penetration_stays_within_its_promise_and_friction_below_mu_times_pressure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
