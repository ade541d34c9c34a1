/* argv to struct: one table of options, and every wrong word answered with what would be right. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sim/base/unit.h"
#include "sim/cli/cli.h"

#define BIT(id) (1u << CMD_##id)

enum {
#define OPTION(id, ...) OPT_##id,
#include "sim/cli/options.def"
#undef OPTION
  OPT_COUNT
};

static const option_row options[OPT_COUNT + 1] = {
#define OPTION(id, name, letter, value, commands, help) {name, letter, value, commands, help},
#include "sim/cli/options.def"
#undef OPTION
};

static const command_row commands[CMD_COUNT] = {
#define COMMAND(id, name, alias, arguments, least, most, help) {#name, alias, arguments, least, most, help},
#include "sim/cli/commands.def"
#undef COMMAND
};

const option_row *cli_option(int i) {
  return i < OPT_COUNT ? &options[i] : NULL;
}

const command_row *cli_command(int i) {
  return i < CMD_COUNT ? &commands[i] : NULL;
}

const char *cli_command_name(int command) {
  return command < CMD_COUNT ? commands[command].name : "knead";
}

const char *cli_suggest(cli *c, const char *word, const char *const *names) {
  scenario holder = {.memory = c->memory};
  return scenario_suggest(&holder, word, names);
}

void cli_usage(FILE *f, int command) {
  if (command >= CMD_COUNT) {
    fprintf(f, "usage: knead COMMAND [OPTION]...\n\n"
               "Simulates massage of layered soft tissue: tension and blood flow under hands.\n\ncommands\n");
    for (int i = 0; i < CMD_COUNT; i++) fprintf(f, "  %-10s %s\n", commands[i].name, commands[i].help);
  } else {
    const command_row *r = &commands[command];
    fprintf(f, "usage: knead %s [OPTION]...%s%s\n\n%s\n", r->name, *r->arguments ? " " : "", r->arguments, r->help);
    if (*r->alias) fprintf(f, "also called: %s\n", r->alias);
  }
  for (int every = 0; every <= 1; every++) {
    int n = 0;
    for (int i = 0; i < OPT_COUNT; i++) {
      const option_row *o = &options[i];
      char left[64];
      if ((o->commands == ~0u) != every || (!every && (command >= CMD_COUNT || !(o->commands >> command & 1))))
        continue;
      if (!n++) fprintf(f, "\n%s\n", every ? "options of every command" : "options");
      snprintf(left, sizeof left, "%c%c%s --%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
               o->letter ? "," : " ", o->name, *o->value ? " " : "", o->value);
      fprintf(f, "  %-38s %s\n", left, o->help);
    }
  }
  fprintf(f, "\nexit codes: 0 done, 1 no, 2 wrong usage, 3 wrong input, 4 solve failed, 5 not writable, 6 --max-wall,\n"
             "70 internal error, 130 and 143 interrupted\n");
}

/* ------------------------------------------------------------------------------------------------------------- values
 */

static status choose(cli *c, const option_row *o, const char *text, int *out) {
  char copy[64];
  snprintf(copy, sizeof copy, "%s", o->value);
  int i = 0;
  for (char *rest = copy, *word; (word = strsep(&rest, "|")); i++)
    if (!strcmp(word, text)) {
      *out = i;
      return ST_OK;
    }
  cli_error(c, "--%s is one of %s, not '%s'", o->name, o->value, text);
  return ST_USAGE;
}

/* Seconds: a plain number, or a time with its unit. */
static status seconds(cli *c, const option_row *o, const char *text, double *out) {
  if ((unit_read(text, NULL, out) == UNIT_OK || unit_read(text, "s", out) == UNIT_OK) && *out > 0) return ST_OK;
  cli_error(c, "--%s is a time above 0 in seconds, not '%s'", o->name, text);
  return ST_USAGE;
}

static status share(cli *c, const option_row *o, const char *text, double *out) {
  if (unit_read(text, NULL, out) == UNIT_OK && *out >= 0) return ST_OK;
  cli_error(c, "--%s is a number from 0 on, not '%s'", o->name, text);
  return ST_USAGE;
}

static status whole(cli *c, const option_row *o, const char *text, int lo, int hi, int *out) {
  char *end;
  long v = strtol(text, &end, 10);
  if (*text >= '0' && *text <= '9' && !*end && v >= lo && v <= hi) {
    *out = (int)v;
    return ST_OK;
  }
  cli_error(c, "--%s is a whole number from %d to %d, not '%s'", o->name, lo, hi, text);
  return ST_USAGE;
}

static status take(cli *c, int id, const char *value) {
  const option_row *o = &options[id];
  int mode = 0;
  switch (id) {
  case OPT_HELP: c->help = 1; break;
  case OPT_VERSION: c->version = 1; break;
  case OPT_QUIET: c->quiet = 1; break;
  case OPT_VERBOSE: c->verbose++; break;
  case OPT_LOG: c->log_name = value; break;
  case OPT_JSON: c->json = 1; break;
  case OPT_PROGRESS:
    TRY(choose(c, o, value, &mode));
    c->progress = (progress_mode)mode;
    break;
  case OPT_COLOR: TRY(choose(c, o, value, &c->color)); break;
  case OPT_OUTPUT: c->output = value; break;
  case OPT_SET:
    if (c->nset == CLI_SETS) {
      cli_error(c, "--set can be given %d times", CLI_SETS);
      return ST_USAGE;
    }
    c->sets[c->nset++] = value;
    break;
  case OPT_THREADS: TRY(whole(c, o, value, 1, 1024, &c->threads)); break;
  case OPT_UNTIL: TRY(seconds(c, o, value, &c->until)); break;
  case OPT_MAX_WALL: TRY(seconds(c, o, value, &c->max_wall)); break;
  case OPT_TOLERANCE: TRY(share(c, o, value, &c->tolerance)); break;
  case OPT_CSV: c->csv = value; break;
  case OPT_VTU: c->vtu = value; break;
  case OPT_CHECKPOINT_EVERY: TRY(seconds(c, o, value, &c->checkpoint_every)); break;
  case OPT_FORCE: c->force = 1; break;
  case OPT_DRY_RUN: c->dry_run = 1; break;
  default: break;
  }
  return ST_OK;
}

/* ------------------------------------------------------------------------------------------------------------
 * arguments */

static status unknown_option(cli *c, const char *word, size_t length) {
  const char *names[OPT_COUNT + 1];
  char name[64], dashed[OPT_COUNT][32]; /* the suggestion is to be typed as it stands */
  int n = 0;
  snprintf(name, sizeof name, "--%.*s", (int)length, word);
  for (int i = 0; i < OPT_COUNT; i++) {
    if (c->command < CMD_COUNT && !(options[i].commands >> c->command & 1)) continue;
    snprintf(dashed[n], sizeof dashed[n], "--%s", options[i].name);
    names[n] = dashed[n], n++;
  }
  names[n] = NULL;
  cli_error(c, "unknown option '%s'%s", name, cli_suggest(c, name, names));
  return ST_USAGE;
}

static status find_command(cli *c, const char *word) {
  const char *names[2 * CMD_COUNT + 1];
  int n = 0;
  for (int i = 0; i < CMD_COUNT; i++) {
    if (!strcmp(word, commands[i].name) || (*word && !strcmp(word, commands[i].alias))) {
      c->command = i;
      return ST_OK;
    }
    names[n++] = commands[i].name;
    if (*commands[i].alias) names[n++] = commands[i].alias;
  }
  names[n] = NULL;
  cli_error(c, "unknown command '%s'%s", word, cli_suggest(c, word, names));
  return ST_USAGE;
}

static status positional(cli *c, const char *word) {
  if (c->command == CLI_NONE) return find_command(c, word);
  if (c->nfile == CLI_FILES) {
    cli_error(c, "more than %d arguments", CLI_FILES);
    return ST_USAGE;
  }
  c->files[c->nfile++] = word;
  return ST_OK;
}

/* --name, --name=value or --name value; *i moves over the value. */
static status long_option(cli *c, int *i, unsigned *seen) {
  const char *word = c->argv[*i] + 2, *equals = strchr(word, '=');
  size_t length = equals ? (size_t)(equals - word) : strlen(word);
  int id = 0;
  while (id < OPT_COUNT && (strlen(options[id].name) != length || strncmp(options[id].name, word, length))) id++;
  if (id == OPT_COUNT) return unknown_option(c, word, length);
  *seen |= 1u << id;
  const char *value = equals ? equals + 1 : NULL;
  if (!*options[id].value && value) {
    cli_error(c, "--%s takes no value", options[id].name);
    return ST_USAGE;
  }
  if (*options[id].value && !value) {
    if (*i + 1 >= c->argc) {
      cli_error(c, "--%s needs a value: %s", options[id].name, options[id].value);
      return ST_USAGE;
    }
    value = c->argv[++*i];
  }
  return take(c, id, value);
}

/* -q, -vv, -o NAME, -oNAME */
static status letters(cli *c, int *i, unsigned *seen) {
  for (const char *p = c->argv[*i] + 1; *p; p++) {
    int id = 0;
    while (id < OPT_COUNT && options[id].letter != *p) id++;
    if (id == OPT_COUNT) {
      cli_error(c, "unknown option '-%c'; `knead %s --help` lists them", *p,
                c->command < CMD_COUNT ? commands[c->command].name : "");
      return ST_USAGE;
    }
    *seen |= 1u << id;
    if (!*options[id].value) {
      TRY(take(c, id, NULL));
      continue;
    }
    const char *value = p[1] ? p + 1 : *i + 1 < c->argc ? c->argv[++*i] : NULL;
    if (!value) {
      cli_error(c, "-%c needs a value: %s", *p, options[id].value);
      return ST_USAGE;
    }
    return take(c, id, value);
  }
  return ST_OK;
}

static status check_use(cli *c, unsigned seen) {
  const command_row *r = &commands[c->command];
  for (int i = 0; i < OPT_COUNT; i++)
    if (seen >> i & 1 && !(options[i].commands >> c->command & 1)) {
      cli_error(c, "--%s is no option of `knead %s`", options[i].name, r->name);
      return ST_USAGE;
    }
  if (c->help || c->version) return ST_OK;
  if (c->nfile < r->least) {
    cli_error(c, "`knead %s` needs an argument: %s", r->name, r->arguments);
    return ST_USAGE;
  }
  if (c->nfile > r->most) {
    cli_error(c, "`knead %s` takes %d argument%s, '%s' is one too many", r->name, r->most, r->most == 1 ? "" : "s",
              c->files[r->most]);
    return ST_USAGE;
  }
  return ST_OK;
}

status cli_parse(cli *c) {
  unsigned seen = 0;
  int only_files = 0;
  c->command = CLI_NONE;
  c->until = c->max_wall = INFINITY;
  c->checkpoint_every = 600; /* numerical: little work is lost, and writing one takes a second at most */
  c->tolerance = NAN;
  for (int i = 1; i < c->argc; i++) {
    const char *word = c->argv[i];
    /* All that follows `bench` is for knead_bench, but for a question that this program answers. */
    int passed_on = c->command == CMD_BENCH && strcmp(word, "-h") && strcmp(word, "--help") && strcmp(word, "--");
    if (only_files || passed_on || word[0] != '-' || !word[1])
      TRY(positional(c, word));
    else if (!strcmp(word, "--"))
      only_files = 1;
    else if (word[1] == '-')
      TRY(long_option(c, &i, &seen));
    else
      TRY(letters(c, &i, &seen));
  }
  if (c->command < CMD_COUNT) return check_use(c, seen);
  if (c->help || c->version) return ST_OK;
  cli_error(c, "no command; `knead help` lists them");
  return ST_USAGE;
}
