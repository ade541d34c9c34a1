#include "sim/mechanics/stack.h"

int stack_level(const model *m, int who) {
  int level = 0;
  for (int t = who; m->tools[t].rests_on; t = m->tools[t].rests_on - 1) level++;
  return level;
}

double stack_thickness(const hand *kind, const void *par, const double up[3]) {
  enum { STEPS = 200 };
  const double near = 1e-7;             /* m; as contact_touch finds the skin */
  double height = 2 * kind->reach(par); /* above all of a hand that ends */
  for (int i = 0; i < STEPS; i++) {
    double x[3] = {height * up[0], height * up[1], height * up[2]}, gap;
    kind->gap(par, 1, x, &gap, NULL, NULL);
    if (gap < near) break; /* a signed distance never lets it go too far */
    height -= gap;
  }
  return height > 0 ? height : 0;
}

void stack_stand(const model *m, int who, const double *below, const double inward[3], double *pose) {
  const tool *under = m->tools + m->tools[who].rests_on - 1;
  double up[3] = {0};
  for (int j = 0; j < 3; j++)
    for (int k = 0; k < 3; k++) up[j] -= below[4 * k + j] * inward[k];
  double height = stack_thickness(under->kind, under->par, up);
  for (int k = 0; k < 3; k++) pose[4 * k + 3] = below[4 * k + 3] - height * inward[k];
}
