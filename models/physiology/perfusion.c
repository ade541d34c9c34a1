/* Blood flow: pressing shuts the vessels, the debt dilates them, release overshoots. The laws of perfusion.h at each
   quadrature point, driven by the pressure that the loads add to that of frame 0.

   Parameters come from two fits: skin to laser Doppler curves under a pressed probe, muscle to the pressures of
   Thorsson 1987 and to reactive hyperaemia. What the fits cannot do: the rise at first touch, the first ramp, the
   difference between people; see the README of tests/validate. */
#include "models/physiology/perfusion.h"
#include "sim/state/state.h"

typedef struct perfusion {
  perfusion_law skin, muscle;
} perfusion;

#define FIT_SKIN                                                                                                       \
  "fitted to the median curve of Lavigne 2025, arXiv 2502.17354 (data CC0: tests/validate/ldf_pressure_skin.csv)"

static const param skin_rows[] = {
    PARAM(perfusion_law, pressure, .unit = "Pa", .lo = 100, .hi = 1e6, .preset = 7.2e3, .source = FIT_SKIN,
          .doc = "added pressure that leaves 1/e of the flow; of a probe: a mean stress in the skin may ask for 0.7-1 "
                 "of it"),
    PARAM(perfusion_law, power, .lo = 0.1, .hi = 10, .preset = 0.97, .source = FIT_SKIN,
          .doc = "exponent of the pressure"),
    PARAM(perfusion_law, gain, .lo = 0, .hi = 100, .preset = 6.0, .source = FIT_SKIN,
          .doc = "dilation that a full debt makes"),
    PARAM(perfusion_law, reserve, .lo = 0.01, .hi = 1, .preset = 0.36, .source = FIT_SKIN,
          .doc = "oxygen store under which debt begins"),
    PARAM(perfusion_law, time, .unit = "s", .lo = 1, .hi = 1e4, .preset = 105, .source = FIT_SKIN,
          .doc = "time of dilation at resting flow"),
    PARAM(perfusion_law, oxygen_time, .unit = "s", .lo = 0.01, .hi = 1e4, .preset = 10,
          .source = "assumed: 0 and 10 s fit the skin curves equally well", .doc = "time of the oxygen store"),
    {0}};

static const param muscle_rows[] = {
    PARAM(perfusion_law, pressure, .unit = "Pa", .lo = 100, .hi = 1e6, .preset = 11.3e3,
          .source = "Thorsson et al. 1987, Med Sci Sports Exerc 19:469-473: flow ceases at 85 mmHg",
          .doc = "added pressure at which flow ceases"),
    PARAM(perfusion_law, gain, .lo = 0, .hi = 100, .preset = 5.5,
          .source = "set by the peak of 5.8 in soleus, ISMRM 2009 #1920", .doc = "dilation that a full debt makes"),
    PARAM(perfusion_law, reserve, .lo = 0.01, .hi = 1, .preset = 0.40,
          .source = "assumed: as in skin, between its two fits (0.36, 0.44)",
          .doc = "oxygen store under which debt begins"),
    PARAM(perfusion_law, time, .unit = "s", .lo = 1, .hi = 1e4, .preset = 120,
          .source =
              "assumed: as in skin; gives a half-life inside 14-45 s, Imms et al. 1988, Q J Exp Physiol 73:203-215",
          .doc = "time of dilation at resting flow"),
    PARAM(perfusion_law, oxygen_time, .unit = "s", .lo = 0.01, .hi = 1e4, .preset = 10, .source = "assumed: as in skin",
          .doc = "time of the oxygen store"),
    {0}};

static const param params[] = {
    PARAM(perfusion, skin, .kind = PARAM_GROUP, .optional = 1, .rows = skin_rows, .row_size = sizeof(perfusion_law),
          .source = FIT_SKIN, .doc = "law of tissues that behave like skin"),
    PARAM(perfusion, muscle, .kind = PARAM_GROUP, .optional = 1, .rows = muscle_rows, .row_size = sizeof(perfusion_law),
          .source = "Thorsson et al. 1987; see its rows", .doc = "law of all other tissues"),
    {0}};

static const field_decl owns[] = {
    {"perfusion", "ml/min/(100 g)", "blood flow per tissue mass", 1, AT_POINT, 0, 0, JUMP_SAME},
    {"perfusion_change", "1", "blood flow over blood flow at rest", 1, AT_POINT, 1, 0, JUMP_SAME},
    {"oxygen", "1", "oxygen store of the tissue, 1 when full", 1, AT_POINT, 1, 1, JUMP_SLOW},
    {"dilation", "1", "vessel dilation beyond rest", 1, AT_POINT, 0, 1, JUMP_SLOW},
    {"pressure_rest", "Pa", "pressure of frame 0", 1, AT_POINT, 0, 1, JUMP_SAME},
    {0}};

static const char *const reads[] = {"pressure", NULL};

/* ----------------------------------------------------------------------------------------------------- one point */

double perfusion_open(const perfusion_law *law, double pressure) {
  if (!(pressure > 0)) return 1;
  double p = pressure / law->pressure;
  return law->skin ? exp(-pow(p, law->power)) : fmax(0, 1 - p);
}

/* Mean of f over a straight path of the pressure. Not f(mean p): f bends (skin under strokes of sin^2 with 10 kPa: mean
   f is 0.49, f of the mean pressure 0.40). Simpson's rule, since the solver knows the pressure at the two ends only. */
static double mean_open(const perfusion_law *law, double p0, double p1) {
  return (perfusion_open(law, p0) + 4 * perfusion_open(law, 0.5 * (p0 + p1)) + perfusion_open(law, p1)) / 6;
}

/* x' = (target - x) rate over dt: exact for constant target and rate, so positive and stable for any dt. */
static double relax(double x, double target, double rate, double dt) {
  return target + (x - target) * exp(-rate * dt);
}

double perfusion_point(const perfusion_law *law, double p0, double p1, double dt, double *oxygen, double *dilation) {
  const double f = mean_open(law, p0, p1), o0 = *oxygen, F0 = *dilation;
  double o1 = o0, F1 = F0;
  /* Flow is frozen over the step; the second pass takes it and the debt from the middle, which makes the pair second
     order in dt (one pass: 3 % on the peaks at 5 s). */
  for (int pass = 0; pass < 2; pass++) {
    double o = 0.5 * (o0 + o1), F = 0.5 * (F0 + F1);
    double q = f * (1 + F);
    double debt = fmax(0, 1 - o / law->reserve);
    double wash = fmax(1, q);
    o1 = relax(o0, fmin(q, 1), 1 / law->oxygen_time, dt);
    F1 = relax(F0, law->gain * debt / wash, wash / law->time, dt);
  }
  *oxygen = o1, *dilation = F1;
  return perfusion_open(law, p1) * (1 + F1);
}

/* ---------------------------------------------------------------------------------------------------- all points */

static status create(const void *par, const struct model *m, arena *a, void **self) {
  perfusion *own;
  (void)m;
  NEW(a, own, 1);
  *own = *(const perfusion *)par;
  own->skin.skin = 1;
  own->muscle.skin = 0;
  *self = own;
  return ST_OK;
}

typedef struct fields {
  int pressure, perfusion, change, oxygen, dilation, rest;
} fields;

/* By name at each call: six short searches, and no order of declaring and creating to rely on. */
static status find_fields(const model *m, fields *f) {
  f->pressure = model_field(m, "pressure");
  f->perfusion = model_field(m, "perfusion");
  f->change = model_field(m, "perfusion_change");
  f->oxygen = model_field(m, "oxygen");
  f->dilation = model_field(m, "dilation");
  f->rest = model_field(m, "pressure_rest");
  if (f->pressure < 0) FAIL(ST_INPUT, "physiology.perfusion: no process computes the field 'pressure' it reads");
  if (f->perfusion < 0 || f->change < 0 || f->oxygen < 0 || f->dilation < 0 || f->rest < 0)
    FAIL(ST_INTERNAL, "perfusion: a field of its own is missing from the state");
  return ST_OK;
}

enum { POINTS = 27 };
static const tissue *tissue_of(const model *m, int cell) {
  return m->layer_tissue[m->mesh->layer[cell]];
}

static status start(void *self, const struct model *m, struct state *s) {
  fields f;
  (void)self;
  TRY(find_fields(m, &f));
  const double *pressure = state_view(s, f.pressure);
  double *rest = state_edit(s, f.rest), *flow = state_edit(s, f.perfusion);
  for (int cell = 0; cell < m->mesh->ncell; cell++)
    for (size_t q = POINTS * (size_t)cell; q < POINTS * ((size_t)cell + 1); q++) {
      rest[q] = pressure[q];
      flow[q] = tissue_of(m, cell)->perfusion_rest;
    }
  return ST_OK;
}

static status advance(void *self, const step *s) {
  const perfusion *own = self;
  const model *m = s->m;
  fields f;
  TRY(find_fields(m, &f));
  const double *before = state_view(s->now, f.pressure), *after = state_view(s->next, f.pressure);
  const double *rest = state_view(s->now, f.rest);
  const double *oxygen0 = state_view(s->now, f.oxygen), *dilation0 = state_view(s->now, f.dilation);
  double *flow = state_edit(s->next, f.perfusion), *change = state_edit(s->next, f.change);
  double *oxygen = state_edit(s->next, f.oxygen), *dilation = state_edit(s->next, f.dilation);
  double *rest1 = state_edit(s->next, f.rest);
#pragma omp parallel for schedule(static)
  for (int cell = 0; cell < m->mesh->ncell; cell++) {
    const tissue *t = tissue_of(m, cell);
    const perfusion_law *law = t->skin_like ? &own->skin : &own->muscle;
    for (size_t q = POINTS * (size_t)cell; q < POINTS * ((size_t)cell + 1); q++) {
      double o = oxygen0[q], F = dilation0[q];
      /* tissue that is pulled on is no more open than at rest */
      double p0 = fmax(0, before[q] - rest[q]), p1 = fmax(0, after[q] - rest[q]);
      change[q] = perfusion_point(law, p0, p1, s->dt, &o, &F);
      flow[q] = change[q] * t->perfusion_rest;
      oxygen[q] = o, dilation[q] = F;
      rest1[q] = rest[q];
    }
  }
  return ST_OK;
}

const process process_perfusion = {.name = "perfusion",
                                   .doc = "blood flow under pressure, and its overshoot after release",
                                   .params = params,
                                   .par_size = sizeof(perfusion),
                                   .owns = owns,
                                   .reads = reads,
                                   .create = create,
                                   .start = start,
                                   .advance = advance,
                                   /* Its equations bend with the pressure within a cycle, and debt makes dilation only
                                      beyond a threshold; a cycle that is computed again keeps all of that, and bounds,
                                      while a line through three cycles would not. It costs no solve. */
                                   .replayed = 1};
