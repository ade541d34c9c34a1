/* The command line: what was asked and how to answer, in one struct. Results go to `out`, everything else to standard
   error and the log. A command returns a status; main makes it the exit code and, with --json, the document. */
#ifndef KNEAD_CLI_H
#define KNEAD_CLI_H
#include <stdio.h>
#include "sim/run/run.h"

typedef enum command {
#define COMMAND(id, ...) CMD_##id,
#include "sim/cli/commands.def"
#undef COMMAND
  CMD_COUNT
} command;

enum { CLI_NONE = CMD_COUNT, CLI_SETS = 256, CLI_FILES = 1000 };

typedef enum progress_mode { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_LINES, PROGRESS_JSON, PROGRESS_NONE } progress_mode;

typedef struct cli {
  const catalog *cat;
  arena *memory; /* of the whole program */
  int argc;
  char **argv;
  int command; /* CLI_NONE: none was given */
  /* options */
  int help, version, quiet, verbose, json, force, dry_run, threads;
  progress_mode progress;
  int color; /* 0 auto, 1 always, 2 never */
  const char *log_name, *output, *csv, *vtu;
  double until, max_wall, checkpoint_every; /* s, INFINITY: none */
  double tolerance;                         /* NAN: none */
  int nset, nfile;
  const char *sets[CLI_SETS], *files[CLI_FILES];
  /* answers */
  FILE *out;    /* standard output; with --json members of the document, each line ended by a comma */
  FILE *log;    /* NULL: none */
  FILE *errors; /* --json: array of errors so far, NULL: not wanted */
  int nerror;
  int paint; /* colour on standard error */
  int bar;   /* a progress line stands on the terminal and must be wiped first */
} cli;

typedef struct option_row { /* of options.def */
  const char *name;
  char letter;       /* 0: none */
  const char *value; /* what it takes, "auto|always|never"; "": a flag */
  unsigned commands; /* a bit for each */
  const char *help;
} option_row;

typedef struct command_row { /* of commands.def */
  const char *name, *alias, *arguments;
  int least, most;
  const char *help;
} command_row;

/* options.c */
const option_row *cli_option(int i);   /* NULL beyond the last */
const command_row *cli_command(int i); /* likewise */
status cli_parse(cli *c) MUST_CHECK;
void cli_usage(FILE *f, int command); /* CLI_NONE: the program's */
const char *cli_command_name(int command);
const char *cli_suggest(cli *c, const char *word, const char *const *names); /* "; did you mean 'x'?" or "" */

/* say.c */
void cli_say(cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));   /* not with -q */
void cli_error(cli *c, const char *format, ...) __attribute__((format(printf, 2, 3))); /* "knead: error: ..." */
void cli_diagnostics(cli *c, const scenario *s); /* all errors a scenario collected */
void cli_wipe(cli *c);                           /* takes the progress line off the terminal */
int cli_paint(const cli *c);
void json_text(FILE *f, const char *text); /* quoted and escaped; bytes that are no UTF-8 become U+FFFD */
void json_number(FILE *f, double v);       /* null when not finite */
/* "12 345" */
const char *cli_grouped(long n, char text[32]);

/* check.c: what `check`, `info` and --dry-run print of a model. */
void check_print(FILE *f, const scenario *s, const model *m);
void check_json(FILE *f, const scenario *s, const model *m);
/* Opens, binds and builds; errors are printed. Caller frees the model; resolved may be NULL. */
status cli_build(cli *c, const char *file, scenario **s, model **m, char **resolved) MUST_CHECK;

/* tissue.c */
const builtin_text *tissue_find(const cli *c, const char *name); /* "fat_lean" or "tissue.fat_lean"; NULL: none */
const char *tissue_about(cli *c, const builtin_text *t);         /* what it says of itself in one line, or "" */
status tissue_explain(cli *c, const builtin_text *t) MUST_CHECK; /* every number with mark and source */

/* cmd_run.c: steps to the end or to whatever stops it, and says how it went. from: a checkpoint, or NULL */
status cli_run(cli *c, const char *name, const scenario *s, const model *m, const char *resolved, const sink *out,
               const run_restart *from) MUST_CHECK;

/* cmd_info.c: of the arguments those that name no file, but a result without its .h5, get it. */
status cli_result_files(cli *c) MUST_CHECK;

/* cmd_new.c */
const char *template_title(cli *c, const builtin_text *t); /* of a scenario that is built in, or "" */

/* progress.c */
typedef struct progress {
  cli *c;
  progress_mode mode;
  double last_wall, last_share; /* of the line printed last */
  double begun;                 /* s: where this program began; a resumed run not at 0. NAN: not yet known */
} progress;
void progress_begin(progress *p, cli *c);
void progress_step(void *p, const model *m, double t, double dt, int newton, double wall, long step);

#define COMMAND(id, name, ...) status cmd_##name(cli *c) MUST_CHECK;
#include "sim/cli/commands.def"
#undef COMMAND

#endif
