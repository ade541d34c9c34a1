#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/assembly.h"
#include "sim/fe/kernel.h"
#include "sim/mechanics/inertia.h"

const field_decl inertia_owns[] = {
    {.name = "velocity", .unit = "m/s", .doc = "velocity, when inertia acts", .ncomp = 3, .at = AT_NODE},
    {.name = "acceleration", .unit = "m/s2", .doc = "acceleration, when inertia acts", .ncomp = 3, .at = AT_NODE},
    {.name = "body_force",
     .unit = "N",
     .doc = "forces on the nodes other than inertia",
     .ncomp = 3,
     .at = AT_NODE,
     .hidden = 1},
    {.name = "kinetic_energy",
     .unit = "J",
     .doc = "kinetic energy of the body",
     .ncomp = 1,
     .at = AT_MODEL,
     .hidden = 1},
    {0}};
enum { F_VELOCITY, F_ACCELERATION, F_FORCE, F_KINETIC, F_COUNT };

struct inertia {
  const model *m;
  const space *s;
  const uint8_t *fixed;
  int field[F_COUNT];
  size_t n;
  double am, af, beta, gamma;
  double dt, factor;                  /* factor: of M in the tangent, 1/s^2; 0: does not act */
  const double *v0, *a0, *F0;         /* of the state the step starts from */
  double *ahead;                      /* u0 + dt v0 */
  double *a1, *v1, *F1, *work, *part; /* at the end of the step */
  assembly *sum;
};

status inertia_create(const model *m, const uint8_t *fixed, arena *a, inertia **out) {
  *out = NULL;
  if (!m->inertia) return ST_OK;
  inertia *i;
  NEW(a, i, 1);
  i->m = m, i->s = m->space, i->fixed = fixed, i->n = 3 * (size_t)m->mesh->nnode;
  for (int k = 0; k < F_COUNT; k++) i->field[k] = model_field(m, inertia_owns[k].name);
  double rho = m->time.rho_inf;
  i->am = (2 * rho - 1) / (rho + 1), i->af = rho / (rho + 1);
  i->gamma = 0.5 - i->am + i->af, i->beta = 0.25 * (1 - i->am + i->af) * (1 - i->am + i->af);
  NEW(a, i->ahead, i->n);
  NEW(a, i->a1, i->n);
  NEW(a, i->v1, i->n);
  NEW(a, i->F1, i->n);
  NEW(a, i->work, i->n);
  NEW(a, i->part, par_nblock((int)i->n));
  TRY(assembly_create(i->s, a, &i->sum));
  *out = i;
  return ST_OK;
}

int inertia_acts(const inertia *i) {
  return i && i->factor > 0;
}

void inertia_begin(inertia *i, const state *now, double dt) {
  const double *u0 = state_view(now, model_field(i->m, "displacement"));
  i->v0 = state_view(now, i->field[F_VELOCITY]), i->a0 = state_view(now, i->field[F_ACCELERATION]);
  i->F0 = state_view(now, i->field[F_FORCE]);
  i->dt = dt, i->factor = (1 - i->am) / ((1 - i->af) * i->beta * dt * dt);
#pragma omp parallel for schedule(static) if (i->n > PAR_LEAST)
  for (size_t k = 0; k < i->n; k++) i->ahead[k] = u0[k] + dt * i->v0[k];
}

typedef struct job {
  const inertia *i;
  double factor; /* of the mass */
} job;

static void make_force(void *ctx, int b, const double *a, double *r) {
  const job *j = ctx;
  kernel_in in = kernel_batch(j->i->s, b, j->i->dt);
  kernel_mass_d(&in, j->factor * j->i->s->tissue[b]->density, a, r);
}
/* out += factor M a */
static void add_mass(inertia *i, double factor, const double *a, double *out) {
  assembly_add_d(i->sum, make_force, &(job){i, factor}, a, out);
}

/* With a1 from u1, all divided by 1 - af: factor M (u1 - ahead) + rest M a0 + af/(1 - af) F0. */
static status residual(void *self, const double *u, double *r) {
  inertia *i = self;
  double rest = (i->am - (1 - i->am) * (0.5 - i->beta) / i->beta) / (1 - i->af), share = i->af / (1 - i->af);
#pragma omp parallel for schedule(static) if (i->n > PAR_LEAST)
  for (size_t k = 0; k < i->n; k++) {
    i->work[k] = i->factor * (u[k] - i->ahead[k]) + rest * i->a0[k];
    r[k] += share * i->F0[k];
  }
  add_mass(i, 1, i->work, r);
  return ST_OK;
}

static status linearize(void *self, const double *u) {
  (void)self, (void)u;
  return ST_OK;
}

static void apply(void *self, const double *du, double *dr) {
  inertia *i = self;
  add_mass(i, i->factor, du, dr);
}

static void make_force_f(void *self, int b, const float *a, float *r) {
  const inertia *i = self;
  kernel_in in = kernel_batch(i->s, b, i->dt);
  kernel_mass_f(&in, (float)(i->factor * i->s->tissue[b]->density), a, r);
}
static void apply_f(void *self, const float *du, float *dr) {
  inertia *i = self;
  assembly_add_f(i->sum, make_force_f, i, du, dr);
}

static void cells(void *self, int site, float *K) {
  inertia *i = self;
  for (int b = i->s->site_first[site]; b < i->s->site_first[site + 1]; b++) {
    _Alignas(64) float on[NB];
    for (int l = 0; l < NB; l++) on[l] = (float)space_active(i->s, b, l);
    kernel_in in = kernel_batch(i->s, b, i->dt);
    kernel_mass_matrix(&in, (float)(i->factor * i->s->tissue[b]->density), on, K);
  }
}

term inertia_term(inertia *i) {
  return (term){
      .self = i, .residual = residual, .linearize = linearize, .apply = apply, .apply_f = apply_f, .cells = cells};
}

void inertia_reactions(inertia *i, const double *u, double *F) {
  memcpy(i->F1, F, i->n * sizeof *F);
  if (!inertia_acts(i)) return;
  double dt = i->dt, top = 1 / (i->beta * dt * dt), rest = (0.5 - i->beta) / i->beta;
#pragma omp parallel for schedule(static) if (i->n > PAR_LEAST)
  for (size_t k = 0; k < i->n; k++) {
    i->a1[k] = top * (u[k] - i->ahead[k]) - rest * i->a0[k];
    i->v1[k] = i->v0[k] + dt * ((1 - i->gamma) * i->a0[k] + i->gamma * i->a1[k]);
  }
  add_mass(i, 1, i->a1, F);
}

void inertia_store(inertia *i, state *next) {
  memcpy(state_edit(next, i->field[F_FORCE]), i->F1, i->n * sizeof *i->F1);
  if (!inertia_acts(i)) return;
  memcpy(state_edit(next, i->field[F_ACCELERATION]), i->a1, i->n * sizeof *i->a1);
  memcpy(state_edit(next, i->field[F_VELOCITY]), i->v1, i->n * sizeof *i->v1);
  memset(i->work, 0, i->n * sizeof *i->work);
  add_mass(i, 1, i->v1, i->work);
  *state_edit(next, i->field[F_KINETIC]) = 0.5 * par_dot((int)i->n, i->v1, i->work, i->part);
}

/* Forces inside the body add up to nothing, so over all nodes F is what the hands do with its sign turned; at
   prescribed ones it is what they are held with. */
void inertia_balance(inertia *i, const double hand0[3], const double hand1[3], double sum[3]) {
  double *drive = i->ahead; /* the step is over */
#pragma omp parallel for schedule(static) if (i->n > PAR_LEAST)
  for (size_t k = 0; k < i->n; k++) drive[k] = (1 - i->am) * i->a1[k] + i->am * i->a0[k], i->work[k] = 0;
  add_mass(i, 1, drive, i->work);
  for (int c = 0; c < 3; c++) sum[c] = (1 - i->af) * hand1[c] + i->af * hand0[c];
  for (size_t k = 0; k < i->n; k++) sum[k % 3] += i->fixed[k] ? (1 - i->af) * i->F1[k] + i->af * i->F0[k] : -i->work[k];
}
