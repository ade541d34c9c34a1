/* A body in motion as the tests of inertia drive it: built in code, mechanics alone, steps of one length, and its
   energy summed by the element itself. */
#ifndef KNEAD_VERIFY_MOVING_H
#define KNEAD_VERIFY_MOVING_H
#include "sim/mechanics/inertia.h"
#include "sim/mechanics/mechanics.h"
#include "sim/run/step.h"
#include "tests/small_model.h"

typedef struct moving {
  model *m;
  state *now, *next;
  arena *scratch;
} moving;

/* A model with one neo-Hookean layer: mu, bulk in Pa, density in kg/m^3. */
static inline model *moving_model(double mu, double bulk, double density, double rho_inf) {
  model *m = small_model();
  int l = small_layer(m, "neo_hookean");
  small_par(m, l, "mu", mu), small_par(m, l, "bulk", bulk);
  m->tissues[l].density = density;
  m->inertia = 1, m->time.rho_inf = rho_inf;
  m->time.tolerance = 1e-12; /* of at least 1 N: forces here are some mN */
  return m;
}

/* Holds components of every node for which `which` says so: bit i of its answer is component i. */
static inline void moving_hold(model *m, const mesh *g, int (*which)(const double x[3])) {
  for (int mask = 1; mask < 8; mask++) {
    rig *r = m->rigs + m->nrig;
    *r = (rig){.ramp = 1, .node = arena_alloc(m->memory, (size_t)g->nnode * sizeof *r->node)};
    assert_non_null(r->node);
    for (int n = 0; n < g->nnode; n++)
      if (which(g->x + 3 * (size_t)n) == mask) r->node[r->nnode++] = n;
    for (int i = 0; i < 3; i++) r->held[i] = mask >> i & 1;
    m->nrig += r->nnode > 0;
  }
}

static inline moving moving_create(model *m, mesh *g) {
  moving b = {.m = m};
  small_mesh(m, g);
  m->nprocess = 1, m->processes[0] = &process_mechanics;
  assert_ok(model_declare(m, 0, process_mechanics.owns));
  if (m->inertia) assert_ok(model_declare(m, 0, inertia_owns));
  assert_ok(process_mechanics.create(NULL, m, m->memory, &m->process_self[0]));
  assert_ok(state_create(m, &b.now));
  assert_ok(state_create(m, &b.next));
  assert_ok(process_mechanics.start(m->process_self[0], m, b.now));
  b.scratch = arena_create(1 << 20);
  assert_non_null(b.scratch);
  return b;
}

static inline void moving_free(moving *b) {
  state_free(&b->now), state_free(&b->next);
  arena_destroy(&b->scratch);
  model_free(&b->m);
}

static inline double *moving_field(moving *b, const char *name) {
  return state_edit(b->now, model_field(b->m, name));
}

static inline void moving_step(moving *b, double dt) {
  double error;
  assert_ok(step_try(b->m, dt, b->now, b->next, b->scratch, &error));
  state *swap = b->now;
  b->now = b->next, b->next = swap;
}

/* Of the element's own energy, so the one whose derivative the forces are. */
static inline double moving_strain_energy(moving *b) {
  const space *s = b->m->space;
  const double *u = moving_field(b, "displacement");
  double sum = 0;
  for (int i = 0; i < s->nbatch; i++) {
    _Alignas(64) double x[CELL_DOF * NB], r[CELL_DOF * NB], worst[NB], W[NB];
    kernel_in in = kernel_batch(s, i, 1);
    kernel_gather(s->gather + (size_t)i * CELL_NODES * NB, u, x);
    assert_true(kernel_residual(&in, x, r, worst, W));
    for (int l = 0; l < NB; l++) sum += space_active(s, i, l) ? W[l] : 0;
  }
  return sum;
}

static inline double moving_kinetic_energy(moving *b) {
  return *moving_field(b, "kinetic_energy");
}

#endif
