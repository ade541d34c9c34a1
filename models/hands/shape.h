/* Signed distances the hands are made of: an ellipsoid and a capsule, each with gradient and second derivative, and one
   closed surface for both. Everything in double: a distance enters the solver and its Newton iterations.

   Frame of a tool (sim/kinds/hand.h): z outward, lowest point at the origin. Hessians are xx yy zz xy yz xz. */
#ifndef KNEAD_HANDS_SHAPE_H
#define KNEAD_HANDS_SHAPE_H
#include <float.h>
#include <math.h>
#include <string.h>

/* Largest root tau = t + m of sum (a_i y_i / (t + a_i^2))^2 = 1, with m the smallest a_i^2: the Lagrange multiplier t
   of the nearest point of the ellipsoid. Negative t: y is inside. lift_i = a_i^2 - m >= 0; y_i >= 0.

   Newton on phi(tau) = 1 - 1/|s(tau)|, s_i = a_i y_i / (tau + lift_i): phi is concave and nearly linear, so from the
   left of the root Newton never overshoots, and from the right it lands on the left after one step (Conn, Gould, Toint,
   Trust Region Methods, section 7.3: the same equation). */
static inline double shape_secular(const double a[3], const double lift[3], double m, const double y[3]) {
  double ay[3], lo = 0, flat = 0;
  for (int i = 0; i < 3; i++) {
    ay[i] = a[i] * y[i];
    lo = fmax(lo, ay[i] - lift[i]); /* one term alone reaches 1 here, so the root is not to the left of it */
    if (lift[i] > 0) flat += (ay[i] / lift[i]) * (ay[i] / lift[i]);
  }
  /* Beyond the focal region near the middle plane the root hides next to tau = 0: begin at its lower bound. Everywhere
     that matters for contact begin on the surface itself, t = 0. */
  double tau = flat < 1 && lo < 0.5 * m ? lo : fmax(m, lo), hi = HUGE_VAL;
  for (int it = 0; it < 100; it++) {
    double g2 = 0, g3 = 0;
    for (int i = 0; i < 3; i++) {
      double den = tau + lift[i], s = ay[i] / den;
      g2 += s * s;
      g3 += s * s / den;
    }
    double g = sqrt(g2), to = tau + g2 * (g - 1) / g3;
    if (g < 1)
      hi = tau;
    else
      lo = tau;
    /* Outside the bracket by more than rounding: no Newton step, and halving it is no reason to stop. */
    int newton = to >= lo * (1 - 8 * DBL_EPSILON) && to <= hi * (1 + 8 * DBL_EPSILON);
    if (!newton) to = isinf(hi) ? 2 * tau : 0.5 * (lo + hi);
    /* the last step was quadratic: 1e-9 of change leaves nothing but rounding */
    int done = fabs(to - tau) <= (newton ? 1e-9 : 4 * DBL_EPSILON) * to;
    tau = to;
    if (done) break;
  }
  return tau;
}

/* Ellipsoid with half axes a[3], centred at (0, 0, a[2]). Strided as hand.gap asks: component k of point q at [k n +
   q].

   With t the multiplier, n'_i = y_i / (t + a_i^2) is the unscaled normal at the nearest point, N its length:
     gap = t N,   normal = n' / N,   hessian = P (E + t (E n')(E n')^T / q) P / N
   where E = diag(1 / (t + a_i^2)), P = I - n n^T and q = n' . (n' - t E n'); on the surface (t = 0) this is the second
   fundamental form. gap = t N keeps its sign and full accuracy through the surface. */
static inline void shape_ellipsoid(const double a[3], int n, const double *x, double *gap, double *normal,
                                   double *hess) {
  double m = fmin(a[0] * a[0], fmin(a[1] * a[1], a[2] * a[2])), lift[3];
  int least = a[2] <= a[0] && a[2] <= a[1] ? 2 : a[0] <= a[1] ? 0 : 1;
  for (int i = 0; i < 3; i++) lift[i] = i == least ? 0 : a[i] * a[i] - m;
  for (int q = 0; q < n; q++) {
    double sign[3], y[3], v[3], den[3];
    for (int i = 0; i < 3; i++) {
      double c = x[i * n + q] - (i == 2 ? a[2] : 0);
      sign[i] = c < 0 ? -1 : 1;
      y[i] = fabs(c);
    }
    /* In the middle plane of the thinnest axis, deep inside, both sides are equally near; this picks one. */
    if (y[least] < 1e-100) {
      y[least] = 1e-100;
      if (least == 2) sign[2] = -1;
    }
    double tau = shape_secular(a, lift, m, y), t = tau - m, N = 0;
    for (int i = 0; i < 3; i++) {
      den[i] = tau + lift[i];
      v[i] = sign[i] * y[i] / den[i];
      N += v[i] * v[i];
    }
    N = sqrt(N);
    gap[q] = t * N;
    if (normal)
      for (int i = 0; i < 3; i++) normal[i * n + q] = v[i] / N;
    if (!hess) continue;
    double w[3], B[3][3], p[3], nn[3], quad = 0, nBn = 0;
    for (int i = 0; i < 3; i++) {
      w[i] = v[i] / den[i];
      quad += v[i] * (v[i] - t * w[i]);
      nn[i] = v[i] / N;
    }
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) B[i][j] = (i == j ? 1 / den[i] : 0) + t * w[i] * w[j] / quad;
    for (int i = 0; i < 3; i++) {
      p[i] = B[i][0] * nn[0] + B[i][1] * nn[1] + B[i][2] * nn[2];
      nBn += nn[i] * p[i];
    }
    static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
    for (int k = 0; k < 6; k++) {
      int i = row[k], j = col[k];
      hess[k * n + q] = (B[i][j] - nn[i] * p[j] - p[i] * nn[j] + nBn * nn[i] * nn[j]) / N;
    }
  }
}

/* Capsule: all points nearer than r to the segment from (0, 0, r) + e0 d to (0, 0, r) + e1 d; d is a unit vector. The
   second derivative jumps where the caps meet the barrel; gap and normal do not. */
static inline void shape_capsule(double r, const double d[3], double e0, double e1, int n, const double *x, double *gap,
                                 double *normal, double *hess) {
  for (int q = 0; q < n; q++) {
    double y[3] = {x[q], x[n + q], x[2 * n + q] - r}, v[3];
    double e = y[0] * d[0] + y[1] * d[1] + y[2] * d[2];
    int barrel = e > e0 && e < e1;
    e = fmin(fmax(e, e0), e1);
    for (int i = 0; i < 3; i++) v[i] = y[i] - e * d[i];
    double rho = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    gap[q] = rho - r;
    if (rho < DBL_MIN) { /* on the middle line every direction is as good */
      rho = DBL_MIN;
      v[0] = v[1] = 0;
      v[2] = -rho;
    }
    for (int i = 0; i < 3; i++) v[i] /= rho;
    if (normal)
      for (int i = 0; i < 3; i++) normal[i * n + q] = v[i];
    if (!hess) continue;
    static const int row[6] = {0, 1, 2, 0, 1, 0}, col[6] = {0, 1, 2, 1, 2, 2};
    for (int k = 0; k < 6; k++) {
      int i = row[k], j = col[k];
      hess[k * n + q] = ((i == j ? 1 : 0) - v[i] * v[j] - (barrel ? d[i] * d[j] : 0)) / rho;
    }
  }
}

/* Axis of a capsule that leans by `tilt` from the outward normal (0: upright, pi/2: lying) toward +y turned by `turn`
   toward +x. */
static inline void shape_axis(double tilt, double turn, double d[3]) {
  d[0] = sin(tilt) * sin(turn);
  d[1] = sin(tilt) * cos(turn);
  d[2] = cos(tilt);
}

/* Closed surface of the points c + a_i u_i, u on the unit sphere with its poles along d, with the half on the side of d
   moved by `stretch` d. An ellipsoid has stretch 0 and d along z; a capsule has a_i = r. Rings and meridians are as
   many as fit, at most 16 and 32. Writes nothing when not even an octahedron fits. */
static inline void shape_surface(const double c[3], const double a[3], const double d[3], double stretch, int max_p,
                                 double *points, int *np, int max_t, int *triangles, int *nt) {
  int half = 8, lon = 32; /* half: ring steps from a pole to the equator */
  *np = *nt = 0;
  for (;; half--, lon = 4 * half) {
    int ring = 2 * half - (stretch > 0 ? 0 : 1);
    if (half < 1) return;
    if (2 + ring * lon <= max_p && 2 * ring * lon <= max_t) break;
  }
  int ring = 2 * half - (stretch > 0 ? 0 : 1);
  double h = hypot(d[0], d[1]), e1[3] = {h > 0 ? d[1] / h : 1, h > 0 ? -d[0] / h : 0, 0};
  double e2[3] = {d[1] * e1[2] - d[2] * e1[1], d[2] * e1[0] - d[0] * e1[2], d[0] * e1[1] - d[1] * e1[0]}; /* d x e1 */
  for (int k = -1; k <= ring; k++) {
    int upper = k >= half && stretch > 0; /* the equator comes twice when there is a barrel between */
    double angle = k < 0 ? 0 : k >= ring ? M_PI : M_PI * (k + (upper ? 0 : 1)) / (2 * half);
    int many = k < 0 || k >= ring ? 1 : lon;
    for (int l = 0; l < many; l++) {
      double phi = 2 * M_PI * l / lon, s = many == 1 ? 0 : sin(angle), z = -cos(angle);
      for (int i = 0; i < 3; i++) {
        double u = s * (cos(phi) * e1[i] + sin(phi) * e2[i]) + z * d[i];
        points[3 * *np + i] = c[i] + a[i] * u + (upper || k >= ring ? stretch * d[i] : 0);
      }
      ++*np;
    }
  }
  /* Counter-clockwise seen from outside. Point 0 is the lower pole, the last one the upper. */
  int last = *np - 1, *t = triangles;
  for (int l = 0; l < lon; l++) {
    int l1 = (l + 1) % lon;
    memcpy(t, (int[3]){0, 1 + l1, 1 + l}, sizeof(int[3]));
    t += 3;
    for (int k = 0; k + 1 < ring; k++) {
      int p = 1 + k * lon;
      memcpy(t, (int[6]){p + l, p + l1, p + lon + l1, p + l, p + lon + l1, p + lon + l}, sizeof(int[6]));
      t += 6;
    }
    int p = 1 + (ring - 1) * lon;
    memcpy(t, (int[3]){p + l, p + l1, last}, sizeof(int[3]));
    t += 3;
  }
  *nt = (int)(t - triangles) / 3;
}

#endif
