/* knead_bench: runs the cases of cases.def, prints a table, writes CSV and JSON. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "bench/bench.h"
#include "sim/base/par.h"

static const struct {
  const char *name;
  int once;
  status (*run)(bench *b);
  const char *doc;
} cases[] = {
#define CASE(name, once, doc) {#name, once, case_##name, doc},
#include "bench/cases.def"
#undef CASE
};
enum { NCASE = sizeof cases / sizeof *cases, MAX_THREADS = 16 };

static void usage(FILE *f) {
  fputs("usage: knead_bench [CASE...] [--quick | --long] [--threads 1,2] [--runs N] [--csv FILE] [--json FILE]\n\n"
        "  --quick      small meshes, under a minute on two cores\n"
        "  --long       adds meshes of up to 2 million unknowns (some 8 GB, half an hour)\n"
        "  --tiny       for tests of this program; the numbers mean nothing\n"
        "  --threads L  numbers of threads, in this order; default: 1 and all cores\n"
        "  --runs N     samples of each number (default 7; 5 with --quick), fewer where one takes long\n"
        "  --csv FILE, --json FILE\n\ncases (default: all):\n",
        f);
  for (int i = 0; i < NCASE; i++) fprintf(f, "  %-12s %s\n", cases[i].name, cases[i].doc);
}

static int wrong(const char *what, const char *text) {
  fprintf(stderr, "knead_bench: %s '%s'\n", what, text);
  return -ST_USAGE;
}

/* A whole number from lo to hi, or -1. */
static int whole(const char *text, char **end, int lo, int hi) {
  long n = strtol(text, end, 10);
  return *end == text || n < lo || n > hi ? -1 : (int)n;
}

static status fail(const char *what, status st) {
  fprintf(stderr, "knead_bench: %s: %s (%s)\n", what, err_message(), err_where());
  return st < 0 ? st : ST_SOLVE;
}

/* All cases, also after one that failed; the last failure is what the program ends with. */
static status run(bench *b, const int *wanted, const int *threads, int nthreads) {
  int most = 0;
  status st, result = ST_OK;
  for (int i = 0; i < nthreads; i++) most = threads[i] > most ? threads[i] : most;
  bench_table_head(b->out);
  for (int i = 0; i < nthreads; i++) {
    par_setup(threads[i]);
    b->threads = threads[i];
    if ((st = bench_measure_roof(b))) return fail("roof", st);
    for (int c = 0; c < NCASE; c++) {
      if (!wanted[c] || (cases[c].once && threads[i] != most)) continue;
      if ((st = cases[c].run(b))) result = fail(cases[c].name, st);
    }
  }
  return result;
}

int main(int argc, char **argv) {
  enum { QUICK = 256, LONG, TINY, THREADS, RUNS, CSV, JSON };
  static const struct option options[] = {
      {"quick", 0, NULL, QUICK},     {"long", 0, NULL, LONG}, {"tiny", 0, NULL, TINY},
      {"threads", 1, NULL, THREADS}, {"runs", 1, NULL, RUNS}, {"csv", 1, NULL, CSV},
      {"json", 1, NULL, JSON},       {"help", 0, NULL, 'h'},  {0}};
  bench b = {.size = SIZE_FULL, .out = stdout};
  const char *csv = NULL, *json = NULL;
  int threads[MAX_THREADS], nthreads = 0, wanted[NCASE] = {0}, any = 0;
  for (int o; (o = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
    char *end;
    switch (o) {
    case QUICK: b.size = SIZE_QUICK; break;
    case LONG: b.size = SIZE_LONG; break;
    case TINY: b.size = SIZE_TINY; break;
    case CSV: csv = optarg; break;
    case JSON: json = optarg; break;
    case 'h': usage(stdout); return 0;
    case RUNS:
      b.runs = whole(optarg, &end, 1, BENCH_RUNS);
      if (b.runs < 0 || *end) return wrong("not a number of runs:", optarg);
      break;
    case THREADS:
      for (end = optarg, nthreads = 0; *end; end += *end == ',') {
        if (nthreads == MAX_THREADS) return wrong("too many entries:", optarg);
        threads[nthreads] = whole(end, &end, 1, 4096);
        if (threads[nthreads++] < 0 || (*end && *end != ',')) return wrong("not a list of threads:", optarg);
      }
      if (!nthreads) return wrong("not a list of threads:", optarg);
      break;
    default: usage(stderr); return -ST_USAGE;
    }
  }
  for (int i = optind; i < argc; i++) {
    int found = 0;
    for (int c = 0; c < NCASE; c++)
      if (!strcmp(argv[i], cases[c].name)) wanted[c] = found = any = 1;
    if (!found) return wrong("no case is called", argv[i]);
  }
  for (int c = 0; c < NCASE && !any; c++) wanted[c] = 1;
  if (!nthreads) {
    par_setup(0);
    threads[nthreads++] = 1;
    if (par_nthread() > 1) threads[nthreads++] = par_nthread();
  }
  /* Numerical: a sample far above the clock's grain; of each number no more samples than fit into some time. */
  static const double least[] = {0, 0.02, 0.05, 0.05}, budget[] = {0, 1.5, 30, 60};
  b.least = least[b.size], b.budget = budget[b.size];
  if (!b.runs) b.runs = b.size == SIZE_QUICK ? 5 : 7;

  status st = run(&b, wanted, threads, nthreads);
  status written[] = {csv ? bench_csv(&b, csv) : ST_OK, json ? bench_json(&b, json) : ST_OK};
  for (int i = 0; i < 2; i++)
    if (written[i]) st = fail("output", written[i]);
  free(b.rows);
  return -st;
}
