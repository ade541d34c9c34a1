/* Scripts with which a shell completes commands, options and names: made from the same tables as the help. The two
   shells share the choice; how the line is taken apart and how words are offered differs. */
#include <string.h>
#include "sim/cli/cli.h"
#include "sim/run/build.h"

static const char bash_begin[] =
    "# knead for bash:  source <(knead completion bash)  in ~/.bashrc\n"
    "_knead_words() { COMPREPLY=($(compgen -W \"$*\" -- \"$word\")); }\n"
    "_knead_files() { COMPREPLY=($(compgen -f -- \"$word\")); }\n"
    "_knead() {\n"
    "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" command= i\n"
    "  COMPREPLY=()\n"
    "  # bash takes `--color=never` for three words\n"
    "  if [[ $word == '=' ]]; then word=; before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
    "  elif [[ $before == '=' ]]; then before=\"${COMP_WORDS[COMP_CWORD-2]}\"; fi\n"
    "  for ((i = 1; i < COMP_CWORD && ${#command} == 0; i++)); do\n"
    "    case \"${COMP_WORDS[i]}\" in\n";
static const char bash_end[] = "}\ncomplete -o filenames -F _knead knead\n";

static const char zsh_begin[] = "#compdef knead\n"
                                "# knead for zsh:  knead completion zsh > _knead  in a folder of $fpath\n"
                                "_knead_words() { compadd -- \"$@\"; }\n"
                                "_knead_files() { _files; }\n"
                                "_knead() {\n"
                                "  local word=\"${words[CURRENT]}\" before=\"${words[CURRENT-1]}\" command= i\n"
                                "  if [[ $word == --*=* ]]; then before=\"${word%%=*}\"; compset -P '*='; fi\n"
                                "  for ((i = 2; i < CURRENT && ${#command} == 0; i++)); do\n"
                                "    case \"${words[i]}\" in\n";
static const char zsh_end[] =
    "}\nif [[ \"${funcstack[1]}\" == _knead ]]; then _knead \"$@\"; else compdef _knead knead; fi\n";

/* "a|b|c", with or without braces, as words */
static void choices(FILE *f, const char *text) {
  fputs("_knead_words", f);
  for (const char *p = text; *p && *p != '}'; p++) {
    if (p == text || *p == '|') fputc(' ', f);
    if (*p != '|' && *p != '{') fputc(*p, f);
  }
}

static void command_names(FILE *f, const char *between) {
  for (int i = 0; cli_command(i); i++) {
    fprintf(f, "%s%s", i ? between : "", cli_command(i)->name);
    if (*cli_command(i)->alias) fprintf(f, "%s%s", between, cli_command(i)->alias);
  }
}

/* What may follow an option. */
static void values(FILE *f) {
  fputs("  case \"$before\" in\n", f);
  for (int i = 0; cli_option(i); i++) {
    const option_row *o = cli_option(i);
    if (!*o->value) continue;
    fprintf(f, "    (--%s", o->name);
    if (o->letter) fprintf(f, "|-%c", o->letter);
    fputs(") ", f);
    if (strchr(o->value, '|')) {
      choices(f, o->value);
      fputs("; ", f);
    } else if (!strcmp(o->value, "FILE") || !strcmp(o->value, "NAME") || !strcmp(o->value, "FOLDER")) {
      fputs("_knead_files; ", f);
    }
    fputs("return;;\n", f);
  }
  fputs("  esac\n", f);
}

static void option_names(FILE *f) {
  fputs("  if [[ $word == -* ]]; then\n    case \"$command\" in\n", f);
  for (int c = 0; cli_command(c); c++) {
    fprintf(f, "      (%s", cli_command(c)->name);
    if (*cli_command(c)->alias) fprintf(f, "|%s", cli_command(c)->alias);
    fputs(") _knead_words", f);
    for (int i = 0; cli_option(i); i++)
      if (cli_option(i)->commands >> c & 1) fprintf(f, " --%s", cli_option(i)->name);
    fputs(";;\n", f);
  }
  fputs("      (*) _knead_words", f);
  for (int i = 0; cli_option(i); i++)
    if (cli_option(i)->commands == ~0u) fprintf(f, " --%s", cli_option(i)->name);
  fputs(";;\n    esac\n    return\n  fi\n", f);
}

/* What a command takes, told by its line of arguments. */
static void arguments(FILE *f, const cli *c) {
  fputs("  case \"$command\" in\n    ('') _knead_words ", f);
  command_names(f, " ");
  fputs(";;\n", f);
  for (int i = 0; cli_command(i); i++) {
    const char *takes = cli_command(i)->arguments;
    fprintf(f, "    (%s) ", cli_command(i)->name);
    if (*takes == '{') {
      choices(f, takes);
    } else if (!strcmp(takes, "[COMMAND]")) {
      fputs("_knead_words ", f);
      command_names(f, " ");
    } else if (!strcmp(takes, "[TEMPLATE]")) {
      fputs("_knead_words", f);
      for (const builtin_text *t = c->cat->scenarios; t && t->name; t++) fprintf(f, " %s", t->name);
    } else if (!strcmp(takes, "KEY")) {
      static const build_list lists[] = {LIST_TECHNIQUES, LIST_MATERIALS,  LIST_BODIES,
                                         LIST_HANDS,      LIST_PHYSIOLOGY, LIST_MOTIONS};
      fputs("_knead_words", f);
      for (int l = 0; l < 6; l++)
        for (int k = 0; k < build_count(c->cat, lists[l]); k++) fprintf(f, " %s", build_get(c->cat, lists[l], k).name);
      for (const builtin_text *t = c->cat->tissues; t && t->name; t++) fprintf(f, " %s", t->name);
    } else if (*takes) {
      fputs("_knead_files", f);
    }
    fputs(";;\n", f);
  }
  fputs("    (*) _knead_files;;\n  esac\n", f);
}

status cmd_completion(cli *c) {
  int zsh = !strcmp(c->files[0], "zsh");
  FILE *f = stdout; /* a script, also with --json */
  if (!zsh && strcmp(c->files[0], "bash")) {
    cli_error(c, "there is a completion for bash and one for zsh, none for '%s'", c->files[0]);
    return ST_USAGE;
  }
  fputs(zsh ? zsh_begin : bash_begin, f);
  fputs("      (", f);
  command_names(f, "|");
  fputs(zsh ? ") command=\"${words[i]}\";;\n" : ") command=\"${COMP_WORDS[i]}\";;\n", f);
  fputs("    esac\n  done\n", f);
  values(f);
  option_names(f);
  arguments(f, c);
  fputs(zsh ? zsh_end : bash_end, f);
  c->json = 0;
  return ST_OK;
}
