/* Newton's method with a line search and a preconditioned conjugate-gradient solve, on vectors and callbacks: this room
   has never heard of a mesh. */
#ifndef KNEAD_NEWTON_H
#define KNEAD_NEWTON_H
#include "sim/base/arena.h"

typedef enum nl_reason {
  NL_SMALL_RESIDUAL = 1, /* done */
  NL_MAX_ITERS = -1,     /* still falling, but too slowly */
  NL_STALLED = -2,       /* the line search found nothing better */
  NL_INVERTED = -3,      /* an element turned inside out however short the step */
  NL_NOT_FINITE = -4,
  NL_INDEFINITE = -5, /* no direction of descent, or no finite one */
  NL_UNSETTLED = -6   /* the residual is small, but `update` would change it again */
} nl_reason;

typedef struct nl_report {
  nl_reason reason;
  int newton, krylov;
  double first, last; /* size of the residual */
} nl_report;

/* n unknowns, some of them fixed: entries of residual and apply at fixed unknowns are zeroed by the problem. */
typedef struct nl_problem {
  void *ctx;
  int n;
  void (*fresh)(
      void *ctx); /* a solve begins: what linearize kept of earlier ones is not for it. NULL: nothing is kept */
  status (*residual)(void *ctx, const double *u, double *r);   /* gradient of the energy; ST_RETRY: inverted */
  status (*linearize)(void *ctx, const double *u);             /* keeps what apply and precondition need */
  void (*apply)(void *ctx, const double *du, double *dr);      /* dr = K du; du may be nonzero at fixed unknowns */
  void (*precondition)(void *ctx, const double *r, double *z); /* symmetric positive; zero at fixed unknowns */
  double (*size)(void *ctx, const double *r);                  /* residual over its tolerance: done at 1 */
  /* May change what residual holds fixed (contact multipliers), and u with it, given the size at u. Asked once an
     iteration; 1: changed, 0: good as it is. NULL: nothing to change. */
  int (*update)(void *ctx, double *u, double size);
  /* Asked when a direction was met along which tangent or preconditioner is not positive: 1, the preconditioner was
     kept from an earlier iteration and is now that of u; 0, or NULL: it was already. */
  int (*renew)(void *ctx, const double *u);
  /* As linearize, but with the tangent of a state near u that was in equilibrium, asked for when that of u is not
     positive along the very first direction. ST_RETRY, or NULL: there is none. */
  status (*steady)(void *ctx, const double *u);
  /* From the next linearize on, the tangent is stiffer, the more so the larger the share, and some share makes it
     positive; 0: exact again. NULL: cannot be. */
  void (*stiffen)(void *ctx, double share);
} nl_problem;

typedef struct newton_opts {
  int max_newton, max_krylov;
  double krylov_least, krylov_most; /* bounds of the forcing term, relative to the residual */
  const double *lift;               /* [n] prescribed increments at fixed unknowns, or NULL */
  /* Where the tangent is not positive it is stiffened until it is, and softened again as Newton goes on: it arrives in
     many iterations where it would have stopped, or not at all. For problems that are unstable, not for fast steps. */
  int stiffen;
} newton_opts;

/* Solves residual(u) = 0 from the start in u. The lift is carried by the first linear solve, on its right-hand side
   (moving only the fixed nodes would invert the elements next to them). ST_OK or ST_RETRY, with the reason in rep. */
status newton_solve(const nl_problem *p, const newton_opts *o, double *u, arena *scratch, nl_report *rep) MUST_CHECK;

const char *newton_reason(nl_reason r);

#endif
