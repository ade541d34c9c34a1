/* The element: 27-node hexahedron, three-field form with a linear discontinuous dilatation (Q2/P1disc).

       theta = Pi J,  Fbar = (theta/J)^(1/3) F,  W = int W(Fbar),  p = Pi (P(Fbar):Fbar / (3 theta))

   Pi is the L2 projection on 1, X, Y, Z over the reference cell. theta and p are explicit functions of u, so the
   element has displacements only. Per batch of NB cells; everything [component][NB]. Each function exists in double
   (_d) and float (_f); the float one serves the preconditioner.

       stress   P = a Pbar + (p - t/J) cof F            a = (theta/J)^(1/3), t = Pbar:Fbar/3

   Fbar does not feel how J differs from theta inside an element, so under strong compression beside a free face points
   trade volume and the tangent loses its definiteness. Hence one more term, int c mu/2 (J/theta - 1)^2: zero where
   theta is J (any affine motion), of higher order than the element's error elsewhere, and far too soft to lock (c mu,
   not K). With rho = J/theta and m = c mu (rho - 1) it adds m/theta cof F to P and takes m rho/theta from what p is the
   projection of.

       tangent  exact derivative of that; `kernel_matrix` is the same thing as an 81 x 81 matrix  */
#ifndef KNEAD_KERNEL_H
#define KNEAD_KERNEL_H
#include "sim/fe/space.h"

enum { CELL_PACKED = CELL_DOF * (CELL_DOF + 1) / 2 };

/* What a batch keeps of the state it was linearised at: projections theta and p, [4][NB] each. */
#define KERNEL_TYPES(S, R)                                                                                             \
  typedef struct kernel_in_##S {                                                                                       \
    const material_ops_##S *law;                                                                                       \
    const void *par;                                                                                                   \
    int nfam, flat;                                                                                                    \
    double dt, stay;            /* stay: Pa, holds det F to theta at each point */                                     \
    const R *geo, *psi, *fibre; /* this batch's */                                                                     \
    const R *active, *scale;    /* [27][NB] activation and stiffness factor, or NULL */                                \
    int nhist;                                                                                                         \
    const R *hist; /* [27][nhist][NB] at the start of the step, or NULL; set after kernel_batch */                     \
  } kernel_in_##S;                                                                                                     \
  void kernel_gather_##S(const int32_t *nodes /*[27][NB]*/, const R *u /*[nnode][3]*/, R *v /*[81][NB]*/);             \
  /* r = dW/du [81][NB]; theta, p [4][NB] for later; worst [NB]: the smaller of min J and min theta of each lane, NaN  \
     when anything is not finite. energy [NB] or NULL. Returns 0 when some lane's worst is not positive. */            \
  int kernel_residual_##S(const kernel_in_##S *in, const R *u, R *r, R *theta, R *p, R *worst, R *energy);             \
  void kernel_apply_##S(const kernel_in_##S *in, const R *u, const R *theta, const R *p, const R *du, R *dr);          \
  /* Lower triangle by rows, packed: K[(i (i + 1) / 2 + j) NB], i >= j. on [NB]: 1, or 0 for a lane whose matrix shall \
     be zero. work: kernel_matrix_work() values. */                                                                    \
  void kernel_matrix_##S(const kernel_in_##S *in, const R *u, const R *theta, const R *p, const R *on, R *K, R *work); \
  /* r = M a, [81][NB] each; K += M, packed as above, in lanes with on = 1. density: kg/m^3, times any factor. */      \
  void kernel_mass_##S(const kernel_in_##S *in, R density, const R *a, R *r);                                          \
  void kernel_mass_matrix_##S(const kernel_in_##S *in, R density, const R *on, R *K);                                  \
  kernel_in_##S kernel_batch_##S(const space *s, int batch, double dt);
KERNEL_TYPES(d, double)
KERNEL_TYPES(f, float)
size_t kernel_matrix_work(void);

/* Everything at the points of a batch, for outputs (double). Arrays [27][comp][NB]. */
typedef struct kernel_points {
  double *h1; /* [27][nhist][NB] the law's new history goes here; NULL: not wanted */
  double F[QUAD_CELL][9][NB], J[QUAD_CELL][NB], sigma[QUAD_CELL][6][NB], pressure[QUAD_CELL][NB], W[QUAD_CELL][NB],
      weight[QUAD_CELL][NB], fibre_stress[QUAD_CELL][MAT_FAMILIES][NB];
} kernel_points;
void kernel_look(const kernel_in_d *in, const double *u, kernel_points *out);

#endif
