/* knead: from arguments to an exit code. The only file of the engine that knows the models' catalogue. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "models/catalog.h"
#include "sim/base/config.h"
#include "sim/base/unit.h"
#include "sim/cli/cli.h"

/* An assertion is our mistake; it has an exit code of its own. Only what is safe in a signal handler. */
static void on_abort(int signal_number) {
  static const char text[] = "knead: internal error; please report it, with the scenario and the lines above\n";
  (void)signal_number;
  ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);
  (void)n;
  _exit(-ST_INTERNAL);
}

static void print_version(FILE *f, int json) {
  static const char *const rows[][2] = {{"version", KNEAD_VERSION},   {"commit", KNEAD_COMMIT},
                                        {"compiler", KNEAD_COMPILER}, {"build", KNEAD_BUILD_TYPE},
                                        {"flags", KNEAD_FLAGS},       {"sanitizers", KNEAD_SANITIZE},
                                        {"hdf5", KNEAD_HDF5_VERSION}, {"openmp", KNEAD_OPENMP_VERSION}};
  if (!json) fprintf(f, "knead %s\n", KNEAD_VERSION);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (json) {
      fprintf(f, "\"%s\": ", rows[i][0]);
      json_text(f, rows[i][1]);
      fputs(",\n", f);
    } else if (i && *rows[i][1]) {
      fprintf(f, "  %-10s %s\n", rows[i][0], rows[i][1]);
    }
  }
}

/* The help texts of --json are text, too: they are for people. */
status cmd_help(cli *c) {
  int about = CLI_NONE;
  if (c->nfile) {
    for (int i = 0; i < CMD_COUNT; i++)
      if (!strcmp(c->files[0], cli_command_name(i))) about = i;
    if (about == CLI_NONE) {
      const char *names[CMD_COUNT + 1] = {0};
      for (int i = 0; i < CMD_COUNT; i++) names[i] = cli_command_name(i);
      cli_error(c, "unknown command '%s'%s", c->files[0], cli_suggest(c, c->files[0], names));
      return ST_USAGE;
    }
  }
  cli_usage(stdout, about);
  c->json = 0;
  return ST_OK;
}

static status dispatch(cli *c) {
  if (c->version) {
    print_version(c->out, c->json);
    return ST_OK;
  }
  if (c->help) {
    cli_usage(stdout, c->command);
    c->json = 0;
    return ST_OK;
  }
  switch (c->command) {
#define COMMAND(id, name, ...)                                                                                         \
  case CMD_##id:                                                                                                       \
    return cmd_##name(c);
#include "sim/cli/commands.def"
#undef COMMAND
  }
  return ST_INTERNAL;
}

/* --json counts wherever it stands, also behind a mistake. */
static int wants_json(int argc, char **argv) {
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (!strcmp(argv[i], "--json")) return 1;
  return 0;
}

/* No failure without a message; with -vv also the way it took. */
static void word_failure(cli *c, status st) {
  if (st == ST_OK) return;
  if (!c->nerror) cli_error(c, "%s", *err_message() ? err_message() : "failed");
  if (c->verbose >= 2 && *err_where()) cli_say(c, "  from %s", err_where());
}

/* `knead ... | head` has seen enough: no failure. errno does not tell, the write that failed may be long ago. */
static int reader_left(void) {
  struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&p, 1, 0) == 1 && p.revents & POLLERR;
}

static int exit_code(status st) {
  return st > 0 ? -ST_INTERNAL : -st;
}

int main(int argc, char **argv) {
  cli c = {.cat = &models_catalog, .argc = argc, .argv = argv, .out = stdout, .json = wants_json(argc, argv)};
  char *members = NULL, *errors = NULL;
  size_t members_size = 0, errors_size = 0;
  signal(SIGABRT, on_abort);
  signal(SIGPIPE, SIG_IGN); /* a reader that went away is a write error, not a reason to lose a run */
  signal(SIGXFSZ, SIG_IGN); /* likewise a file that may not grow */
  c.memory = arena_create(1 << 16);
  if (c.json) {
    c.out = open_memstream(&members, &members_size);
    c.errors = open_memstream(&errors, &errors_size);
  }
  if (!c.memory || !c.out || (c.json && !c.errors)) {
    fprintf(stderr, "knead: error: out of memory\n");
    return -ST_INTERNAL;
  }
  c.paint = cli_paint(&c);

  status st = unit_setup();
  if (st) cli_error(&c, "%s", err_message());
  if (!st) st = cli_parse(&c);
  c.paint = cli_paint(&c);
  if (st == ST_USAGE && !c.json) fprintf(stderr, "`knead help` says more\n");
  if (!st && c.log_name && !(c.log = fopen(c.log_name, "w"))) {
    cli_error(&c, "the log '%s' cannot be written: %s", c.log_name, strerror(errno));
    st = ST_OUTPUT;
  }
  if (!st) st = dispatch(&c);
  word_failure(&c, st);

  if (c.errors) {
    int complete = !fclose(c.out);
    complete &= !fclose(c.errors);
    c.errors = NULL;
    if (!complete) st = ST_INTERNAL;
    if (c.json && complete)
      printf("{\"ok\": %s, \"exit\": %d,\n%s\"errors\": [%s]}\n", st ? "false" : "true", exit_code(st), members,
             errors);
    c.out = stdout;
  }
  if ((fflush(stdout) | ferror(stdout)) && !reader_left()) {
    cli_error(&c, "standard output cannot be written: %s", strerror(errno));
    st = ST_OUTPUT;
  }
  if (c.log && (ferror(c.log) | fclose(c.log))) {
    c.log = NULL;
    cli_error(&c, "the log '%s' cannot be written: %s", c.log_name, strerror(errno));
    if (!st) st = ST_OUTPUT;
  }
  free(members);
  free(errors);
  arena_destroy(&c.memory);
  unit_teardown();
  return exit_code(st);
}
