/* A multigrid cycle (V at the top, W below) in single precision, on callbacks. */
#ifndef KNEAD_MG_H
#define KNEAD_MG_H
#include <stddef.h>

enum { MG_LEVELS = 16, MG_STEPS = 4 };

/* Level 0 is the finest. Every callback takes the level's number and vectors of that level's length. */
typedef struct mg_ops {
  void *ctx;
  int nlevel;
  int n[MG_LEVELS];
  void (*apply)(void *ctx, int level, const float *x, float *y);               /* y = A x */
  void (*smooth)(void *ctx, int level, const float *r, float *z);              /* z = B r, B symmetric positive */
  void (*restrict_to)(void *ctx, int level, const float *fine, float *coarse); /* coarse (level + 1) = P' fine */
  void (*prolong)(void *ctx, int level, const float *coarse, float *fine);     /* fine = P coarse */
  void (*coarsest)(void *ctx, const float *r, float *z);                       /* z = A^-1 r on the last level */
} mg_ops;

typedef struct mg {
  mg_ops ops;
  int steps;   /* smoother applications before and after, 1 to MG_STEPS */
  float bound; /* upper bound of the eigenvalues of B A */
  float *x[MG_LEVELS], *r[MG_LEVELS], *z[MG_LEVELS], *d[MG_LEVELS];
} mg;

/* Gives the vectors, all but the finest x and r, their places in `work`: the cycle's while it runs, nobody's from one
   to the next. Returns how many floats they take, which is all it does when there is none. */
size_t mg_place(mg *m, float *work);
/* x = M r, M symmetric positive as long as the bound holds; r is overwritten. */
void mg_cycle(mg *m, float *r, float *x);

#endif
