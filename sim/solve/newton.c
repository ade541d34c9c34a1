#include <math.h>
#include "sim/base/par.h"
#include "sim/solve/krylov.h"

const char *newton_reason(nl_reason r) {
  switch (r) {
  case NL_SMALL_RESIDUAL: return "converged";
  case NL_MAX_ITERS: return "too many Newton iterations";
  case NL_STALLED: return "the line search found no better state";
  case NL_INVERTED: return "an element turned inside out";
  case NL_NOT_FINITE: return "a value is not finite";
  case NL_INDEFINITE: return "no direction of descent";
  case NL_UNSETTLED: return "contact did not settle";
  }
  return "";
}

typedef struct newton_work {
  double *r, *b, *d, *trial, *part;
} newton_work;

static void add_to(int n, const double *u, double s, const double *d, double *out) {
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
  for (int i = 0; i < n; i++) out[i] = u[i] + s * d[i];
}

/* Numerical: shares of a stiffened tangent, three times more where the last was not positive, a quarter after each
   iteration; how far it is solved, which is not the tangent anyway. */
static const double STIFFEN_FIRST = 1 / 30.0, STIFFEN_LEAST = 1 / 200.0, STIFFEST = 1e5, STIFFENED = 1e-2;
enum { SEARCH_MAX = 12 };
/* Share of its slope that the energy may keep along a step. Numerical: Matthies and Strang 1979 take half, which saves
   2 to 10 % of the Newton iterations of the five programmes; but with that a Cook's membrane at bulk/shear 500 in two
   steps ran into elements turned inside out (0.2) or a tangent that is not positive (0.5, one of two compilers). */
static const double SLOPE_LEFT = 0.8;

/* A linear system is solved no farther than to this share of Newton's goal; and after an update of the problem,
   which the next step answers by points that open and close, to this share of its right-hand side. Numerical: on the
   draft meshes of swedish, deep_tissue and sports (6 s) 0.1 and 0 took 16 to 18 % more linear iterations and saved no
   Newton iterations; 0.06 after updates took 1 to 6 % more of these. */
static const double TO_THE_GOAL = 0.5, AFTER_UPDATE = 0.03;

/* Length s of the step along d: the slope r(u + s d).d of the energy shall fall to a share of what it was, found by
   regula falsi between a point of descent and one beyond the minimum. Elements that invert shorten the interval. Leaves
   the residual of the point it took in w->r. Steps that carry prescribed motion are taken whole or not at all: a
   shorter one would leave them half done. */
static status line_search(const nl_problem *p, int whole, double *u, newton_work *w, nl_reason *why) {
  double slope0 = par_dot(p->n, w->r, w->d, w->part);
  double lo = 0, glo = slope0, hi = 0, ghi = 0, s = 1, limit = 1;
  for (int k = 0; k < SEARCH_MAX; k++) {
    add_to(p->n, u, s, w->d, w->trial);
    status st = p->residual(p->ctx, w->trial, w->b);
    if (st < 0) return st;
    if (st == ST_RETRY) {
      *why = NL_INVERTED;
      if (whole) return ST_RETRY;
      limit = s;
      s = lo > 0 ? 0.5 * (lo + s) : 0.25 * s;
      continue;
    }
    double g = par_dot(p->n, w->b, w->d, w->part);
    if (!isfinite(g)) {
      *why = NL_NOT_FINITE;
      return ST_RETRY;
    }
    int good = whole || fabs(g) <= SLOPE_LEFT * fabs(slope0) || k + 1 == SEARCH_MAX || (g < 0 && s >= limit);
    if (good) {
#pragma omp parallel for schedule(static) if (p->n > PAR_LEAST)
      for (int i = 0; i < p->n; i++) u[i] = w->trial[i], w->r[i] = w->b[i];
      return ST_OK;
    }
    if (g > 0) {
      /* Illinois: halve the weight of an end that stays twice. */
      if (hi > 0 && s < hi) glo *= 0.5;
      hi = s, ghi = g;
    } else {
      if (s > lo && lo > 0) ghi *= 0.5;
      lo = s, glo = g;
    }
    if (hi > 0) {
      s = lo + (hi - lo) * glo / (glo - ghi);
      s = fmin(fmax(s, lo + 0.1 * (hi - lo)), hi - 0.1 * (hi - lo));
    } else {
      s = fmin(2 * s, limit);
    }
  }
  *why = *why == NL_INVERTED ? NL_INVERTED : NL_STALLED;
  return ST_RETRY;
}

/* b = -(r + K lift): the prescribed increment enters through the tangent. */
static void right_side(const nl_problem *p, const double *lift, newton_work *w) {
  if (lift) p->apply(p->ctx, lift, w->b);
#pragma omp parallel for schedule(static) if (p->n > PAR_LEAST)
  for (int i = 0; i < p->n; i++) w->b[i] = -(w->r[i] + (lift ? w->b[i] : 0));
}

status newton_solve(const nl_problem *p, const newton_opts *o, double *u, arena *scratch, nl_report *rep) {
  size_t mark = arena_mark(scratch);
  newton_work w;
  int n = p->n;
  NEW(scratch, w.r, n);
  NEW(scratch, w.b, n);
  NEW(scratch, w.d, n);
  NEW(scratch, w.trial, n);
  NEW(scratch, w.part, par_nblock(n));
  *rep = (nl_report){.reason = NL_MAX_ITERS};
  status st = ST_OK;
  const double *lift = o->lift;
  double top = 0, share = 0;

  if (p->fresh) p->fresh(p->ctx);
  TRY_OR(done, p->residual(p->ctx, u, w.r));
  rep->first = rep->last = p->size(p->ctx, w.r);
  for (; rep->newton < o->max_newton; rep->newton++) {
    if (!isfinite(rep->last)) {
      rep->reason = NL_NOT_FINITE;
      break;
    }
    int moved = 0;
    if (p->update && !lift && p->update(p->ctx, u, rep->last)) {
      moved = 1;
      TRY_OR(done, p->residual(p->ctx, u, w.r));
      rep->last = p->size(p->ctx, w.r);
    }
    if (rep->last <= 1 && !lift) {
      rep->reason = NL_SMALL_RESIDUAL;
      break;
    }
    TRY_OR(done, p->linearize(p->ctx, u));
    right_side(p, lift, &w);
    /* Forcing: a tenth of the ratio to the largest residual so far, for Newton itself will not get farther than about
       that ratio, and not beyond half of the goal. A hundredth, at most 1e-2, took 30 % more linear iterations in the
       massage programmes and saved no Newton iteration. */
    top = fmax(top, rep->last);
    double eta = fmax(TO_THE_GOAL / rep->last, lift ? 0 : 0.1 * rep->last / top);
    if (moved) eta = fmax(eta, AFTER_UPDATE);
    eta = fmin(o->krylov_most, fmax(o->krylov_least, lift ? o->krylov_least : eta));
    pcg_report kr;
    TRY_OR(done, pcg_solve(p, w.b, eta, o->max_krylov, w.d, scratch, &kr));
    if (kr.indefinite && p->renew && p->renew(p->ctx, u))
      TRY_OR(done, pcg_solve(p, w.b, eta, o->max_krylov, w.d, scratch, &kr));
    if (kr.indefinite && kr.iterations == 0 && !lift && p->steady && p->steady(p->ctx, u) == ST_OK)
      TRY_OR(done, pcg_solve(p, w.b, eta, o->max_krylov, w.d, scratch, &kr));
    while (kr.indefinite && o->stiffen && p->stiffen && share < STIFFEST) {
      p->stiffen(p->ctx, share = fmax(3 * share, STIFFEN_FIRST));
      TRY_OR(done, p->linearize(p->ctx, u));
      right_side(p, lift, &w);
      TRY_OR(done, pcg_solve(p, w.b, fmax(eta, STIFFENED), o->max_krylov, w.d, scratch, &kr));
    }
    if (share > 0) p->stiffen(p->ctx, share = share > STIFFEN_LEAST ? share / 4 : 0);
    rep->krylov += kr.iterations;
    if (lift)
      add_to(n, w.d, 1, lift, w.d);
    else if (!(par_dot(n, w.d, w.r, w.part) < 0)) {
      rep->reason = NL_INDEFINITE;
      break;
    }
    nl_reason why = NL_STALLED;
    st = line_search(p, lift != NULL, u, &w, &why);
    if (st == ST_RETRY) {
      rep->reason = why;
      st = ST_OK;
      break;
    }
    if (st) goto done;
    lift = NULL;
    rep->last = p->size(p->ctx, w.r);
  }
  if (rep->reason == NL_MAX_ITERS && rep->last <= 1 && !lift)
    rep->reason = p->update && p->update(p->ctx, u, rep->last) ? NL_UNSETTLED : NL_SMALL_RESIDUAL;
  if (rep->reason != NL_SMALL_RESIDUAL) st = ST_RETRY;
done:
  if (share > 0) p->stiffen(p->ctx, 0);
  arena_release(scratch, mark);
  return st;
}
