/* What the cases share: the run's settings, the roofs of the machine, timing, rows of results. */
#ifndef KNEAD_BENCH_H
#define KNEAD_BENCH_H
#include <stdio.h>
#include "sim/base/arena.h"

/* TINY: for tests of the runner itself, its numbers mean nothing. LONG: adds meshes of up to 2 million unknowns. */
typedef enum bench_size { SIZE_TINY, SIZE_QUICK, SIZE_FULL, SIZE_LONG } bench_size;

enum { BENCH_RUNS = 64, BENCH_TEXT = 48 };

typedef struct bench_roof {     /* best of the runs with the threads in use */
  double cache;                 /* bytes of the last-level cache, 0: unknown. What fits is not held to the triad */
  double triad;                 /* GB/s */
  double fma_double, fma_float; /* GFlop/s */
} bench_roof;

typedef struct bench_row {
  char name[BENCH_TEXT], mesh[BENCH_TEXT];
  long unknowns; /* 0: does not apply */
  int threads, runs;
  double median, spread;   /* spread: largest minus smallest of the runs. NAN: the case failed */
  const char *unit, *roof; /* roof: "memory", "fma", or NULL */
  double share;            /* time the roof allows over median time; NAN without a roof */
} bench_row;

typedef struct bench {
  bench_size size;
  int runs, threads;
  double least, budget; /* s: of one sample, at least; of all samples of one row, about at most */
  bench_roof roof;
  int nrow, room;
  bench_row *rows;
  FILE *out; /* the table */
} bench;

/* What a kernel must do at the least: every array moved between memory and core once; operations of the machine words
   in use (multiply, add, divide, each one), which the source of the kernel gives (counts.h). */
typedef struct bench_work {
  double bytes, flops;
  int single; /* flops are in float */
} bench_work;

typedef struct bench_samples {
  int n;
  double seconds[BENCH_RUNS]; /* of one call */
} bench_samples;

/* Calls fn until a sample lasts `least`, `runs` times, once before that for warmth; fewer when the budget is spent. */
typedef void bench_call(void *ctx);
void bench_time(const bench *b, bench_call *fn, void *ctx, bench_samples *s);

/* value = factor x seconds, or factor / seconds when `rate`. work: NULL without a roof. */
status bench_timed(bench *b, const char *name, const char *mesh, long unknowns, const bench_samples *s, double factor,
                   int rate, const char *unit, const bench_work *work) MUST_CHECK;
/* A number that is the same in every run. */
status bench_number(bench *b, const char *name, const char *mesh, long unknowns, double value,
                    const char *unit) MUST_CHECK;

/* Limit of n >= 3 values of which the last three differ as a geometric series does: Aitken, which is Richardson for an
   order that is not known. */
double bench_limit(int n, const double *value);
/* The first value from which on all are within that share of the limit; n: not even the last. */
int bench_within(int n, const double *value, double limit, double share);

void bench_table_head(FILE *f);
status bench_csv(const bench *b, const char *path) MUST_CHECK;
status bench_json(const bench *b, const char *path) MUST_CHECK;

/* Measures the roofs with the threads in use and adds their rows. */
status bench_measure_roof(bench *b) MUST_CHECK;

#define CASE(name, once, doc) status case_##name(bench *b) MUST_CHECK;
#include "bench/cases.def"
#undef CASE

#endif
