/* Two hands of skin rolling on a soft block: what they gather comes up between them, and both then push it along. */
#include "tests/verify/scenario_run.h"

static const char roll[] =
    "knead: 1\n"
    "body: {kind: block, size: [80 mm, 168 mm], cells: [4, 12], layers: [{name: fat, thickness: 20 mm, cells: 1}], "
    "faces: {bottom: fixed}}\n"
    "tissue: {fat: {law: neo_hookean, mu: 3 kPa, bulk: 150 kPa}}\n"
    "hands:\n"
    "  thumbs: {kind: sphere, radius: 20 mm, friction: 0.5}\n"
    "  fingers: {kind: sphere, radius: 20 mm, friction: 0.5}\n"
    "session:\n"
    "  - together:\n"
    "      - {hand: thumbs, technique: skin_rolling, at: [0 mm, 0 mm], to: [28 mm, 0 mm], press: 3 N, apart: 56 mm, "
    "gather: 10 mm, close: 0.5 s, speed: 40 mm/s, ramp: 0.3 s}\n"
    "      - {hand: fingers, technique: skin_rolling, at: [0 mm, 0 mm], to: [28 mm, 0 mm], press: 3 N, apart: 56 mm, "
    "gather: 10 mm, close: 0.5 s, speed: 40 mm/s, ramp: 0.3 s, opposed: true}\n"
    "time: {first: 25 ms, max: 50 ms}\n"
    "output: {every: 50 ms, fields: [displacement]}\n";

typedef struct seen {
  double landed, gathered; /* m, height of the skin in the middle between the hands */
} seen;

static void look(void *ctx, const model *m, const state *s) {
  seen *k = ctx;
  const mesh *g = m->mesh;
  const double *u = state_view(s, model_field(m, "displacement"));
  int middle = -1;
  for (int i = 0; i < g->nnode; i++) {
    const double *x = g->x + 3 * (size_t)i;
    if (fabs(x[0]) < 1e-6 && fabs(x[1]) < 1e-6 && fabs(x[2] - 20e-3) < 1e-6) middle = i;
  }
  assert_true(middle >= 0);
  if (fabs(s->time - 0.3) < 1e-6) k->landed = u[3 * middle + 2];
  if (fabs(s->time - 0.8) < 1e-6) k->gathered = u[3 * middle + 2];
}

static void what_is_gathered_comes_up_and_is_pushed_along(void **unused) {
  (void)unused;
  scenario_run r = {0};
  seen k = {0};
  r.on_frame = look, r.ctx = &k;
  run_scenario(&r, run_write("skin_rolling.yaml", roll), 0, NULL);
  double closing[2] = {0}, rolling[2] = {0};
  for (int i = 0; i < r.nrow; i++) {
    double t = run_time(&r, i), f[2] = {run_at(&r, i, "hand/thumbs/force")[1], run_at(&r, i, "hand/fingers/force")[1]};
    for (int h = 0; h < 2; h++) {
      if (fabs(t - 0.8) < 1e-6) closing[h] = f[h];
      if (t > 1.2 && t < 1.6) rolling[h] += f[h];
    }
  }
  print_message(
      "skin in the middle %.2f mm after landing, %.2f mm gathered; along: %.2f %.2f N gathered, %.2f %.2f N rolled\n",
      1e3 * k.landed, 1e3 * k.gathered, closing[0], closing[1], rolling[0], rolling[1]);
  assert_true(k.gathered > k.landed + 0.5e-3); /* 10 mm of a layer of 20 mm; two thirds slip away */
  assert_true(closing[0] > 0.5 && closing[1] < -0.5);
  assert_close(closing[0] + closing[1], 0, 1e-4 * closing[0]); /* mirror images; Newton stops at 1e-7 */
  assert_true(rolling[0] > 0 && rolling[1] > 0);
  run_free(&r);
}

int main(void) {
  par_setup(0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_gathered_comes_up_and_is_pushed_along),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
