#include "sim/base/par.h"

#include <math.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#ifdef _OPENMP
#include <omp.h>
#endif

static int nthread_set = 1;

/* Cores this process may use, as it was started: par_setup itself narrows the mask of the calling thread. */
static int cores(cpu_set_t *mask) {
  static cpu_set_t first;
  static int ncore;
  if (!ncore) {
    CPU_ZERO(&first);
    if (sched_getaffinity(0, sizeof first, &first) == 0) ncore = CPU_COUNT(&first);
    if (ncore < 1) ncore = 1; /* more than CPU_SETSIZE cores: the call fails, and we bind nothing */
  }
  *mask = first;
  return ncore;
}

#ifdef _OPENMP
static int threads_from_environment(void) {
  const char *text = getenv("OMP_NUM_THREADS"); /* may be a list "4,2": the first level counts */
  if (!text) return 0;
  long n = strtol(text, NULL, 10);
  return n > 0 && n <= 4096 ? (int)n : 0;
}

/* Thread i on the i-th core of the mask; with `one` 0 every thread may use all of them again. */
static void bind_threads(const cpu_set_t *mask, int one) {
#pragma omp parallel
  {
    cpu_set_t own = *mask;
    if (one) {
      int skip = omp_get_thread_num(), core = 0;
      for (; core < CPU_SETSIZE; core++)
        if (CPU_ISSET(core, mask) && skip-- == 0) break;
      CPU_ZERO(&own);
      if (core < CPU_SETSIZE) CPU_SET(core, &own);
    }
    if (CPU_COUNT(&own) > 0) sched_setaffinity(0, sizeof own, &own); /* a wish: when refused, only speed suffers */
  }
}
#endif

void par_setup(int nthread) {
  cpu_set_t mask;
  int ncore = cores(&mask);
#ifdef _OPENMP
  if (nthread <= 0) nthread = threads_from_environment();
  if (nthread <= 0) nthread = ncore;
  omp_set_dynamic(0);
  omp_set_num_threads(nthread);
  /* Bound only when the threads fill the mask. With fewer, two runs on one machine would both sit on its first cores
     and leave the others idle; with more, threads would share a core while another one is free. */
  int by_user = getenv("OMP_PROC_BIND") || getenv("OMP_PLACES");
  if (!by_user) bind_threads(&mask, nthread == ncore);
  nthread_set = nthread;
#else
  (void)nthread;
  (void)ncore;
#endif
}

int par_nthread(void) {
  return nthread_set;
}

double par_wall(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Shares of the threads; those beyond the last share help from the start. Each on cache lines of its own. */
enum { SHARES = 256 };
static struct share {
  _Alignas(128) atomic_int next;
  int end;
} share[SHARES];
static int nshare;

void par_deal(int n, int nthread) {
  nshare = nthread < 1 ? 1 : nthread < SHARES ? nthread : SHARES;
  for (int i = 0; i < nshare; i++) {
    atomic_store_explicit(&share[i].next, (int)((int64_t)n * i / nshare), memory_order_relaxed);
    share[i].end = (int)((int64_t)n * (i + 1) / nshare);
  }
}

int par_take(void) {
  int own = omp_get_thread_num();
  for (int k = 0; k < nshare; k++) {
    struct share *s = share + (own + k) % nshare;
    if (atomic_load_explicit(&s->next, memory_order_relaxed) >= s->end) continue;
    int i = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
    if (i < s->end) return i;
  }
  return -1;
}

double par_dot(int n, const double *x, const double *y, double *part) {
  int nblock = par_nblock(n);
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
  for (int b = 0; b < nblock; b++) {
    int end = b + 1 < nblock ? (b + 1) * PAR_BLOCK : n;
    double s = 0;
    for (int i = b * PAR_BLOCK; i < end; i++) s += x[i] * y[i];
    part[b] = s;
  }
  double s = 0;
  for (int b = 0; b < nblock; b++) s += part[b];
  return s;
}

/* A comparison with NaN is false, so a plain maximum loses it: counted apart. */
double par_max_abs(int n, const double *x, double *part) {
  int nblock = par_nblock(n);
#pragma omp parallel for schedule(static) if (n > PAR_LEAST)
  for (int b = 0; b < nblock; b++) {
    int end = b + 1 < nblock ? (b + 1) * PAR_BLOCK : n, nnan = 0;
    double largest = 0;
    for (int i = b * PAR_BLOCK; i < end; i++) {
      double a = fabs(x[i]);
      largest = a > largest ? a : largest;
      nnan += a != a;
    }
    part[b] = nnan ? (double)NAN : largest;
  }
  double largest = 0;
  for (int b = 0; b < nblock; b++)
    if (part[b] > largest || isnan(part[b])) {
      largest = part[b];
      if (isnan(largest)) break;
    }
  return largest;
}
