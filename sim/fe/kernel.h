/* The element: 27-node hexahedron, three-field form with a linear discontinuous dilatation (Q2/P1disc).

       theta = Pi J,  Fbar = (theta/J)^(1/3) F,  W = int W(Fbar),  p = Pi (P(Fbar):Fbar / (3 theta))

   Pi is the L2 projection on 1, X, Y, Z over the reference cell. theta and p are explicit functions of u, so the
   element has displacements only. Per batch of NB cells; everything [component][NB]. Gathering and products
   exist in double (_d) and, for the preconditioner, in float (_f); laws are asked in double.

       stress   P = a Pbar + (p - t/J) cof F            a = (theta/J)^(1/3), t = Pbar:Fbar/3

   Fbar does not feel how J differs from theta inside an element, so under strong compression beside a free face points
   trade volume and the tangent loses its definiteness. Hence one more term, int c mu/2 (J/theta - 1)^2: zero where
   theta is J (any affine motion), of higher order than the element's error elsewhere, and far too soft to lock (c mu,
   not K). With rho = J/theta and m = c mu (rho - 1) it adds m/theta cof F to P and takes m rho/theta from what p is the
   projection of.

       tangent  exact derivative of that, kept at the points in single precision (kernel_linearize.c);
                kernel_apply multiplies it, kernel_matrix makes it an 81 x 81 matrix  */
#ifndef KNEAD_KERNEL_H
#define KNEAD_KERNEL_H
#include "sim/fe/space.h"

enum { CELL_PACKED = CELL_DOF * (CELL_DOF + 1) / 2 };

typedef struct kernel_in {
  const material_ops *law;
  const void *par;
  int nfam, flat;
  double dt, stay; /* stay: Pa, holds det F to theta at each point */
  double stiffen;  /* Pa, of the tangent only: adds grad du : grad du / 2 of it, per volume as it is; 0 */
  const double *geo, *psi, *fibre; /* this batch's */
  const double *active, *scale;    /* [27][NB] activation and stiffness factor, or NULL */
  int nhist;
  const double *hist; /* [27][nhist][NB] at the start of the step, or NULL; set after kernel_batch */
} kernel_in;
kernel_in kernel_batch(const space *s, int batch, double dt);

/* r = dW/du [81][NB]; worst [NB]: the smaller of min J and min theta of each lane, NaN when anything is not finite.
   energy [NB] or NULL. Returns 0 when some lane's worst is not positive. */
int kernel_residual(const kernel_in *in, const double *u, double *r, double *worst, double *energy);

/* What a tangent is made of, in the order in which a product reads it; [.][NB] each.
   Of each point: dxi_k/dx_j (9); the change of the Kirchhoff stress with theta (6); det F (1); on curved cells the
   pressure basis (4). Then the matrix that dp is made of dtheta by (lower triangle), theta and p, and on flat cells the
   constant of the basis. Then of each point: 15 of the 21 Kirchhoff moduli (shear strains as twice the tensor's; what
   they do to a pure change of volume is known, so the other six follow: `moduli` of kernel_lines.h), Kirchhoff
   stress (6). All but slopes, basis, theta and p times the point's weight. */
enum {
  TANGENT_COUPLING = 9,
  TANGENT_VOLUME = TANGENT_COUPLING + 6,
  TANGENT_PSI = TANGENT_VOLUME + 1,
  TANGENT_THETA = SPACE_PSI * (SPACE_PSI + 1) / 2,
  TANGENT_P = TANGENT_THETA + SPACE_PSI,
  TANGENT_MATRIX = TANGENT_P + SPACE_PSI,
  TANGENT_STRESS = 15,
  TANGENT_LAW = TANGENT_STRESS + 6
};
/* Rows and columns of those. */
static const int tangent_row[TANGENT_STRESS] = {1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5},
                 tangent_col[TANGENT_STRESS] = {0, 0, 1, 0, 1, 3, 0, 1, 3, 4, 0, 1, 3, 4, 5};
static inline int tangent_point(int flat) { /* numbers of a point and lane, in the first part */
  return TANGENT_PSI + (flat ? 0 : SPACE_PSI);
}
static inline int tangent_matrix(int flat) { /* where parts begin */
  return QUAD_CELL * tangent_point(flat) * NB;
}
static inline int tangent_law(int flat) {
  return tangent_matrix(flat) + (TANGENT_MATRIX + 1) * NB;
}
static inline size_t tangent_size(int flat) { /* floats a batch */
  return (size_t)(tangent_law(flat) + QUAD_CELL * TANGENT_LAW * NB);
}
/* Returns 0, with `worst` as kernel_residual does, and then leaves t half done. */
int kernel_linearize(const kernel_in *in, const double *u, float *t, double *worst);

void kernel_gather(const int32_t *nodes /*[27][NB]*/, const double *u /*[nnode][3]*/, double *v /*[81][NB]*/);
#define KERNEL_TYPES(S, R)                                                                                             \
  void kernel_apply_##S(const float *t, int flat, const R *du, R *dr);                                                 \
  /* r = M a, [81][NB] each; K += M, packed as below, in lanes with on = 1. density: kg/m^3, times any factor. */      \
  void kernel_mass_##S(const kernel_in *in, R density, const R *a, R *r);
KERNEL_TYPES(d, double)
KERNEL_TYPES(f, float)
/* Lower triangle by rows, packed: K[(i (i + 1) / 2 + j) NB], i >= j. on [NB]: 1, or 0 for a lane whose matrix shall be
   zero. work: kernel_matrix_work() floats. */
void kernel_matrix(const float *t, int flat, const float *on, float *K, float *work);
size_t kernel_matrix_work(void);
void kernel_mass_matrix(const kernel_in *in, float density, const float *on, float *K); /* K += M */

/* Everything at the points of a batch, for outputs (double). Arrays [27][comp][NB]. */
typedef struct kernel_points {
  double *h1; /* [27][nhist][NB] the law's new history goes here; NULL: not wanted */
  double F[QUAD_CELL][9][NB], J[QUAD_CELL][NB], sigma[QUAD_CELL][6][NB], pressure[QUAD_CELL][NB], W[QUAD_CELL][NB],
      weight[QUAD_CELL][NB], fibre_stress[QUAD_CELL][MAT_FAMILIES][NB];
} kernel_points;
void kernel_look(const kernel_in *in, const double *u, kernel_points *out);

#endif
