/* Hands over to knead_bench, the program beside this one: the engine does not carry its own benchmarks. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "sim/cli/cli.h"

static const char runner[] = "knead_bench";

status cmd_bench(cli *c) {
  char here[PATH_MAX], path[PATH_MAX + sizeof runner];
  ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);
  if (n < 0) FAIL(ST_INTERNAL, "where this program lies cannot be read from /proc/self/exe: %s", strerror(errno));
  here[n] = 0;
  const char *folder = dirname(here);
  snprintf(path, sizeof path, "%s/%s", folder, runner);
  if (access(path, X_OK)) {
    cli_error(c,
              "no %s in %s, where this program is: it is built together with the tests, "
              "`cmake -S . -B build/release -G Ninja && cmake --build build/release`, and is not installed",
              runner, folder);
    return ST_INPUT;
  }
  const char **argv;
  NEW(c->memory, argv, c->nfile + 2); /* ended by NULL */
  argv[0] = runner;
  memcpy(argv + 1, c->files, (size_t)c->nfile * sizeof *argv);
  execv(path, (char *const *)argv);
  cli_error(c, "%s cannot be run: %s", path, strerror(errno));
  return ST_INTERNAL;
}
