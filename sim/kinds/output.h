/* Contract: a derived field, computed when a frame is written, never stored. Either a formula over NB quadrature points
   of one tissue; the engine takes the volume mean over each cell (whatever jumps at a layer is never averaged to
   nodes). Or a formula at the contact points of the skin, of a field that is kept there; the engine takes it to the
   nodes. */
#ifndef KNEAD_OUTPUT_H
#define KNEAD_OUTPUT_H

struct model;
struct tissue;

typedef struct output_in {
  int nfam;
  const double *F;            /* [9][NB] deformation gradient */
  const double *J;            /* [NB] det F */
  const double *sigma;        /* [6][NB] Cauchy stress xx yy zz xy yz xz, with the element's mixed pressure, Pa */
  const double *pressure;     /* [NB] mixed pressure, positive in compression, Pa */
  const double *W;            /* [NB] energy per reference volume, J/m^3 */
  const double *fibre;        /* [3 nfam][NB] reference fibre directions */
  const double *fibre_stress; /* [nfam][NB] fibre part of the Cauchy stress, Pa; NULL when nfam = 0 */
  const struct model *model;
  const struct tissue *tissue; /* of these points */
} output_in;

typedef struct output {
  const char *name, *unit, *doc;
  int ncomp;                                                         /* 1, 3 or 6 (xx yy zz xy yz xz) */
  void (*point)(const output_in *in, double *value /*[ncomp][NB]*/); /* or NULL, and then: */
  const char *of;                                                    /* a field of one component AT_SKIN, */
  double (*skin)(const struct model *m, double value);               /* what is made of its value; ncomp is 1 */
} output;

#endif
