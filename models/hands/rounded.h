/* Tools with flats: a ball of radius r rolled over a core. The distance to a rounded tool is that to its core minus r,
   so edges are round by r and the distance is exact; inside the core, deeper than r, it is that to the nearest face.

      core  box of half sizes h[3] along three axes; a size of 0 gives a plate, a rod or a point
            cylinder of half length h[0] along its axis and radius h[1]
            two balls, one above the other, with the cone that touches both

   Curvature jumps where a flat meets its edge; gap and normal do not. Hessians are xx yy zz xy yz xz. */
#ifndef KNEAD_HANDS_ROUNDED_H
#define KNEAD_HANDS_ROUNDED_H
#include "models/hands/shape.h"

/* Adds s a b^T, symmetric part, to the packed hessian of point q. */
static inline void rounded_add(double s, const double a[3], int n, int q, double *hess) {
  static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
  for (int k = 0; k < 6; k++) hess[k * n + q] += s * a[row[k]] * a[col[k]];
}

/* c: middle of the core; axes: rows, orthonormal; h >= 0. */
static inline void rounded_box(double r, const double c[3], const double axes[9], const double h[3], int n,
                               const double *x, double *gap, double *normal, double *hess) {
  for (int q = 0; q < n; q++) {
    double e[3], over[3], N[3] = {0}, rho = 0;
    int most = 0;
    for (int i = 0; i < 3; i++) {
      e[i] = 0;
      for (int k = 0; k < 3; k++) e[i] += axes[3 * i + k] * (x[k * n + q] - c[k]);
      over[i] = fabs(e[i]) - h[i];
      if (over[i] > over[most]) most = i;
      if (over[i] > 0) rho += over[i] * over[i];
    }
    rho = sqrt(rho);
    int outside = rho > DBL_MIN;
    gap[q] = (outside ? rho : over[most]) - r;
    for (int i = 0; i < 3; i++) {
      /* In the very middle the lower side is taken: that is where a tool is touched. */
      double side = e[i] > 0 ? 1 : -1, w = outside ? fmax(over[i], 0) / rho : i == most;
      for (int k = 0; k < 3; k++) N[k] += w * side * axes[3 * i + k];
    }
    if (normal)
      for (int k = 0; k < 3; k++) normal[k * n + q] = N[k];
    if (!hess) continue;
    for (int k = 0; k < 6; k++) hess[k * n + q] = 0;
    if (!outside) continue;
    for (int i = 0; i < 3; i++)
      if (over[i] > 0) rounded_add(1 / rho, axes + 3 * i, n, q, hess);
    rounded_add(-1 / rho, N, n, q, hess);
  }
}

/* c: middle of the core; axis: unit vector; half: half length; radius: of the core. */
static inline void rounded_cylinder(double r, const double c[3], const double axis[3], double half, double radius,
                                    int n, const double *x, double *gap, double *normal, double *hess) {
  /* any direction across the axis, for points on it */
  double f[3] = {0, 0, -1}, along = axis[2] * -1;
  if (fabs(along) > 0.9) f[0] = 1, f[2] = 0, along = axis[0];
  for (int k = 0; k < 3; k++) f[k] -= along * axis[k];
  double size = sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]);
  for (int q = 0; q < n; q++) {
    double y[3], u[3], e = 0, s = 0;
    for (int k = 0; k < 3; k++) y[k] = x[k * n + q] - c[k], e += axis[k] * y[k];
    for (int k = 0; k < 3; k++) u[k] = y[k] - e * axis[k], s += u[k] * u[k];
    s = sqrt(s);
    for (int k = 0; k < 3; k++) u[k] = s > DBL_MIN ? u[k] / s : f[k] / size;
    double end = fabs(e) - half, side = s - radius, cap = e > 0 ? 1 : -1, v0 = fmax(end, 0), v1 = fmax(side, 0);
    double rho = hypot(v0, v1), w0, w1, N[3];
    int outside = rho > DBL_MIN;
    if (outside)
      w0 = v0 / rho, w1 = v1 / rho;
    else
      w0 = end > side, w1 = !w0;
    gap[q] = (outside ? rho : fmax(end, side)) - r;
    for (int k = 0; k < 3; k++) N[k] = w0 * cap * axis[k] + w1 * u[k];
    if (normal)
      for (int k = 0; k < 3; k++) normal[k * n + q] = N[k];
    if (!hess) continue;
    for (int k = 0; k < 6; k++) hess[k * n + q] = 0;
    double b[3] = {axis[1] * u[2] - axis[2] * u[1], axis[2] * u[0] - axis[0] * u[2], axis[0] * u[1] - axis[1] * u[0]};
    if (w1 > 0 && s > DBL_MIN) rounded_add(w1 / s, b, n, q, hess); /* round about the axis */
    if (!outside) continue;
    if (v0 > 0) rounded_add(1 / rho, axis, n, q, hess);
    if (v1 > 0) rounded_add(1 / rho, u, n, q, hess);
    rounded_add(-1 / rho, N, n, q, hess);
  }
}

/* Upright cone with a rounded tip below: a ball of radius r at height r, and one at `length` above it whose radius is
   larger by length sin(taper). */
static inline void rounded_cone(double r, double length, double taper, int n, const double *x, double *gap,
                                double *normal, double *hess) {
  double b = sin(taper), a = cos(taper);
  for (int q = 0; q < n; q++) {
    double s = hypot(x[q], x[n + q]), z = x[2 * n + q] - r, u[2] = {1, 0}, g = b * s + a * z, N[3];
    if (s > DBL_MIN) u[0] = x[q] / s, u[1] = x[n + q] / s;
    int barrel = g > 0 && g < length * a;
    double up = g >= length * a && !barrel ? length : 0, rho = hypot(s, z - up);
    if (barrel) {
      gap[q] = a * s - b * z - r;
      N[0] = a * u[0], N[1] = a * u[1], N[2] = -b;
    } else {
      gap[q] = rho - (r + b * up);
      if (rho < DBL_MIN)
        rho = DBL_MIN, N[0] = N[1] = 0, N[2] = up > 0 ? 1 : -1;
      else
        N[0] = x[q] / rho, N[1] = x[n + q] / rho, N[2] = (z - up) / rho;
    }
    if (normal)
      for (int k = 0; k < 3; k++) normal[k * n + q] = N[k];
    if (!hess) continue;
    for (int k = 0; k < 6; k++) hess[k * n + q] = 0;
    if (barrel) {
      if (s > DBL_MIN) rounded_add(a / s, (double[]){-u[1], u[0], 0}, n, q, hess);
      continue;
    }
    for (int k = 0; k < 3; k++) hess[k * n + q] = 1 / rho;
    rounded_add(-1 / rho, N, n, q, hess);
  }
}

/* Surfaces. shape_surface meshes the ball of all normals u; each normal touches the tool at the point of the core that
   lies farthest along u, plus r u. Few triangles land on flats and many on edges, where they are needed. */
static inline double rounded_side(double h, double along) {
  return along > 0 ? h : -h;
}

static inline void rounded_box_surface(double r, const double c[3], const double axes[9], const double h[3], int max_p,
                                       double *points, int *np, int max_t, int *triangles, int *nt) {
  shape_surface((double[]){0, 0, 0}, (double[]){1, 1, 1}, axes + 6, 0, max_p, points, np, max_t, triangles, nt);
  for (int p = 0; p < *np; p++) {
    double *x = points + 3 * p, u[3] = {x[0], x[1], x[2]};
    for (int k = 0; k < 3; k++) x[k] = c[k] + r * u[k];
    for (int i = 0; i < 3; i++) {
      double to = rounded_side(h[i], axes[3 * i] * u[0] + axes[3 * i + 1] * u[1] + axes[3 * i + 2] * u[2]);
      for (int k = 0; k < 3; k++) x[k] += to * axes[3 * i + k];
    }
  }
}

static inline void rounded_cylinder_surface(double r, const double c[3], const double axis[3], double half,
                                            double radius, int max_p, double *points, int *np, int max_t,
                                            int *triangles, int *nt) {
  shape_surface((double[]){0, 0, 0}, (double[]){1, 1, 1}, axis, 0, max_p, points, np, max_t, triangles, nt);
  for (int p = 0; p < *np; p++) {
    double *x = points + 3 * p, u[3] = {x[0], x[1], x[2]};
    double e = axis[0] * u[0] + axis[1] * u[1] + axis[2] * u[2], w[3], s = 0;
    for (int k = 0; k < 3; k++) w[k] = u[k] - e * axis[k], s += w[k] * w[k];
    /* at the poles the middle of the flat stands for all of it */
    double out = s > 1e-20 ? radius / sqrt(s) : 0;
    for (int k = 0; k < 3; k++) x[k] = c[k] + r * u[k] + rounded_side(half, e) * axis[k] + out * w[k];
  }
}

static inline void rounded_cone_surface(double r, double length, double taper, int max_p, double *points, int *np,
                                        int max_t, int *triangles, int *nt) {
  double grow = length * sin(taper);
  shape_surface((double[]){0, 0, 0}, (double[]){1, 1, 1}, (double[]){0, 0, 1}, 0, max_p, points, np, max_t, triangles,
                nt);
  for (int p = 0; p < *np; p++) {
    double *x = points + 3 * p;
    int upper = length * x[2] + grow > 0; /* the upper ball reaches farther along this normal */
    double R = r + (upper ? grow : 0);
    for (int k = 0; k < 3; k++) x[k] *= R;
    x[2] += r + (upper ? length : 0);
  }
}

#endif
