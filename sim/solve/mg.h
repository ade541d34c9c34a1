/* A multigrid cycle (V at the top, W below) in single precision, on callbacks. */
#ifndef KNEAD_MG_H
#define KNEAD_MG_H
#include "sim/base/arena.h"

enum { MG_LEVELS = 16 };

/* Level 0 is the finest. Every callback takes the level's number and vectors of that level's length. */
typedef struct mg_ops {
  void *ctx;
  int nlevel;
  int n[MG_LEVELS];
  void (*apply)(void *ctx, int level, const float *x, float *y);               /* y = A x */
  void (*smooth)(void *ctx, int level, const float *r, float *z);              /* z = B r, B symmetric positive */
  void (*restrict_to)(void *ctx, int level, const float *fine, float *coarse); /* coarse (level + 1) = P' fine */
  void (*prolong_add)(void *ctx, int level, const float *coarse, float *fine); /* fine += P coarse */
  void (*coarsest)(void *ctx, const float *r, float *z);                       /* z = A^-1 r on the last level */
} mg_ops;

typedef struct mg {
  mg_ops ops;
  int steps;   /* smoother applications before and after */
  float bound; /* upper bound of the eigenvalues of B A */
  float *x[MG_LEVELS], *b[MG_LEVELS], *r[MG_LEVELS], *z[MG_LEVELS], *d[MG_LEVELS];
} mg;

status mg_create(const mg_ops *ops, int steps, float bound, arena *a, mg **out) MUST_CHECK;
/* x = M b, M symmetric positive as long as the bound holds. */
void mg_cycle(mg *m, const float *b, float *x);

#endif
