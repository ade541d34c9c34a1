/* The two roofs: memory (STREAM triad) and arithmetic (independent chains of fused multiply-adds in registers). */
#include <unistd.h>
#include "bench/bench.h"
#include "sim/base/par.h"

/* Vectors as wide as the registers, and enough chains to hide the latency of a multiply-add (4 cycles, 2 a cycle: 8)
   without running out of registers (AVX-512 has 32, the others 16). */
#if defined __AVX512F__
enum { WIDTH = 64, CHAINS = 16 };
#elif defined __AVX__
enum { WIDTH = 32, CHAINS = 12 };
#else
enum { WIDTH = 16, CHAINS = 12 };
#endif
typedef double vec_d __attribute__((vector_size(WIDTH)));
typedef float vec_f __attribute__((vector_size(WIDTH)));

enum { ROUNDS = 200000 };
static volatile double sunk; /* a result that is read is a result that is computed */

#define CHAIN(S, R)                                                                                                    \
  static void fma_##S(void *ctx) {                                                                                     \
    int rounds = *(const int *)ctx;                                                                                    \
    _Pragma("omp parallel") {                                                                                          \
      vec_##S x[CHAINS], a, c;                                                                                         \
      for (size_t l = 0; l < sizeof a / sizeof(R); l++) {                                                              \
        a[l] = (R)0.999, c[l] = (R)1e-3; /* converges to 1: no infinities, no subnormals */                            \
        for (int k = 0; k < CHAINS; k++) x[k][l] = (R)(0.5 + 0.01 * k);                                                \
      }                                                                                                                \
      for (int i = 0; i < rounds; i++)                                                                                 \
        for (int k = 0; k < CHAINS; k++) x[k] = x[k] * a + c;                                                          \
      vec_##S sum = x[0];                                                                                              \
      for (int k = 1; k < CHAINS; k++) sum += x[k];                                                                    \
      if (sum[0] < 0) sunk = (double)sum[0];                                                                           \
    }                                                                                                                  \
  }
CHAIN(d, double)
CHAIN(f, float)

typedef struct triad {
  size_t n;
  double *a, *b, *c;
} triad;

static void triad_call(void *ctx) {
  triad *t = ctx;
  double *restrict a = t->a;
  const double *restrict b = t->b, *restrict c = t->c;
#pragma omp parallel for simd schedule(static)
  for (size_t i = 0; i < t->n; i++) a[i] = b[i] + 3.0 * c[i];
}

static double best(const bench_samples *s) {
  double t = s->seconds[0];
  for (int i = 1; i < s->n; i++) t = s->seconds[i] < t ? s->seconds[i] : t;
  return t;
}

/* Bytes of the last-level cache, 0: unknown. The kernel's list first: the C library was seen to report ten times the
   cache of a virtual machine. */
static size_t last_cache(void) {
  size_t most = 0;
  for (int i = 0; i < 8; i++) {
    char path[80], unit = 0;
    unsigned long size;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size", i);
    FILE *f = fopen(path, "r");
    if (!f) break;
    if (fscanf(f, "%lu%c", &size, &unit) >= 1) {
      size_t bytes = (size_t)size << (unit == 'K' ? 10 : unit == 'M' ? 20 : 0);
      most = bytes > most ? bytes : most;
    }
    fclose(f);
  }
  long told = most ? 0 : sysconf(_SC_LEVEL3_CACHE_SIZE);
  return told > 0 ? (size_t)told : most;
}

status bench_measure_roof(bench *b) {
  /* Each array four times the last-level cache, as STREAM asks for; 32 MB where the system does not say. */
  size_t cache = last_cache();
  b->roof.cache = (double)cache;
  size_t bytes = b->size == SIZE_TINY ? 1 << 16 : 4 * (cache ? cache : 8 << 20);
  if (bytes > (size_t)1 << 30) bytes = (size_t)1 << 30;
  arena *memory = arena_create(3 * bytes + 1024);
  if (!memory) FAIL(ST_INTERNAL, "out of memory for the triad");
  triad t = {.n = bytes / sizeof(double)};
  bench_samples s;
  status st;
  t.a = arena_alloc(memory, bytes), t.b = arena_alloc(memory, bytes), t.c = arena_alloc(memory, bytes);
  if (!t.a || !t.b || !t.c) FAIL_OR(done, ST_INTERNAL, "out of memory for the triad");
  for (size_t i = 0; i < t.n; i++) t.b[i] = 1, t.c[i] = 2;
  bench_time(b, triad_call, &t, &s);
  double moved =
      1e-9 * 3 * (double)bytes; /* two read, one written; what the cache reads before a write is not counted */
  b->roof.triad = moved / best(&s);
  TRY_OR(done, bench_timed(b, "triad", "", 0, &s, moved, 1, "GB/s", NULL));

  int rounds = b->size == SIZE_TINY ? 1000 : ROUNDS;
  double flops = 1e-9 * 2.0 * rounds * CHAINS * b->threads;
  bench_time(b, fma_d, &rounds, &s);
  b->roof.fma_double = flops * (WIDTH / sizeof(double)) / best(&s);
  TRY_OR(done, bench_timed(b, "fma_double", "", 0, &s, flops * (WIDTH / sizeof(double)), 1, "GFlop/s", NULL));
  bench_time(b, fma_f, &rounds, &s);
  b->roof.fma_float = flops * (WIDTH / sizeof(float)) / best(&s);
  TRY_OR(done, bench_timed(b, "fma_float", "", 0, &s, flops * (WIDTH / sizeof(float)), 1, "GFlop/s", NULL));
done:
  arena_destroy(&memory);
  return st;
}
