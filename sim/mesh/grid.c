/* Grid lines that crowd around a point. */
#include "sim/mesh/mesh.h"

/* Wanted element size at distance d from `at`: h(d) = h0 (1 + (R - 1) d / D), D the longest distance; elements of a
   geometric series. The number of elements between `at` and x is the integral of 1/h, so lines at equal steps of that
   number have these sizes. Returns the integral in units of D/h0; signed. */
static double elements_to(double d, double far, double R) {
  double c = R - 1, s = fabs(d) / far;
  /* log1p(c s)/c loses nothing as c -> 0 except at 0 itself */
  double n = fabs(c) > 1e-12 ? log1p(c * s) / c : s;
  return d < 0 ? -n : n;
}

static double distance_of(double n, double far, double R) {
  double c = R - 1, m = fabs(n);
  double d = far * (fabs(c) > 1e-12 ? expm1(c * m) / c : m);
  return n < 0 ? -d : d;
}

static void lines_for(double lo, double hi, int n, double at, double R, double *line) {
  double far = fmax(at - lo, hi - at);
  double first = elements_to(lo - at, far, R), last = elements_to(hi - at, far, R);
  for (int i = 1; i < n; i++) line[i] = at + distance_of(first + (last - first) * i / n, far, R);
  line[0] = lo, line[n] = hi;
}

/* Farthest element over the one that holds `at`. */
static double size_ratio(int n, double at, const double *line) {
  int near = 0, far = at - line[0] > line[n] - at ? 0 : n - 1;
  while (near < n - 1 && line[near + 1] <= at) near++;
  return (line[far + 1] - line[far]) / (line[near + 1] - line[near]);
}

void mesh_grade(double lo, double hi, int n, double at, double ratio, double *line) {
  at = fmin(fmax(at, lo), hi);
  if (ratio == 1 || n == 1) {
    for (int i = 0; i <= n; i++) line[i] = i == n ? hi : lo + (hi - lo) * i / n;
    return;
  }
  /* R, the ratio of sizes at two points, gives a smaller ratio of whole elements: look for the R that gives the one
     asked for. R = ratio^(n/(n-1)) when `at` is an end, so never beyond ratio^2. Sixty halvings reach round-off. */
  double a = 0, b = 2 * log(ratio);
  for (int it = 0; it < 60; it++) {
    double mid = 0.5 * (a + b);
    lines_for(lo, hi, n, at, exp(mid), line);
    double got = size_ratio(n, at, line);
    if (ratio > 1 ? got < ratio : got > ratio)
      a = mid;
    else
      b = mid;
  }
  lines_for(lo, hi, n, at, exp(0.5 * (a + b)), line);
}
