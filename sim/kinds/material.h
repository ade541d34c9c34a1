/* Contract: a constitutive law is a pure formula over NB points. It allocates nothing, fails never, knows no mesh.

   Arrays are [component][NB], 64-byte aligned, never overlapping; 3x3 tensors are row-major (F[3*i+J]); spare lanes
   repeat the last point. The loop above the law checks det F > 0 and finiteness. The element gives the laws its own F
   (Fbar of the three-field form), so the law's volumetric part sees the element's mean dilatation.

   energy        W per reference volume, J/m^3                        [1]
   stress        P = dW/dF, first Piola-Kirchhoff, Pa                 [9], new history h1 [nhist]
   tangent       dP = d2W/dF2 : dF                                    [9]
   fibre_stress  Cauchy stress along each deformed family, the fibre part only, Pa, >= 0     [nfam] */
#ifndef KNEAD_MATERIAL_H
#define KNEAD_MATERIAL_H
#include "sim/kinds/param.h"

enum { NB = 16, MAT_FAMILIES = 2 };
enum { MAT_FIBRE = 1 }; /* needs: the body gives at least one fibre direction */

typedef struct material_in {
  double dt;
  int nfam;
  const double *F;      /* [9] */
  const double *fibre;  /* [3 nfam] unit vectors of the reference configuration */
  const double *active; /* [1] activation 0..1, NULL: none */
  const double *temp;   /* [1] K, NULL: 310.15 */
  const double *scale;  /* [1] local stiffness factor, NULL: 1 */
  const double *h0;     /* [nhist] history at the start of the step */
} material_in;
typedef struct material_ops {
  void (*energy)(const void *par, const material_in *in, double *W);
  void (*stress)(const void *par, const material_in *in, double *P, double *h1);
  void (*tangent)(const void *par, const material_in *in, const double *dF, double *dP);
  void (*fibre_stress)(const void *par, const material_in *in, double *s); /* NULL: no fibres */
} material_ops;

typedef struct material {
  const char *name, *doc;
  const param *params;
  size_t par_size;
  unsigned needs;                /* MAT_FIBRE */
  int (*nhist)(const void *par); /* NULL: no history */
  /* What is wrong with the parameters together, each being in its range: the key to blame, and `why` in words; NULL:
     nothing. May be NULL: nothing ever. */
  const char *(*refuse)(const void *par, char *why, size_t size);
  double (*shear)(const void *par); /* small-strain shear modulus of the matrix, Pa: scales penalties and tolerances */
  double (*bulk)(const void *par);  /* small-strain bulk modulus, Pa */
  const material_ops *ops;
} material;

#endif
