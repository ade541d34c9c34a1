/* One run: build, open the result, step to the end or to whatever stops it, say how it went. */
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "sim/base/par.h"
#include "sim/cli/cli.h"
#include "sim/mesh/mesh.h"
#include "sim/out/out.h"

static atomic_int stop_signal; /* a signal may come to any thread */

/* The first one asks the loop to finish its step; the second one does not wait. A terminal that goes away may say so
   twice, by itself and through the shell. */
static void on_stop(int number) {
  if (stop_signal && number != SIGHUP) {
    signal(number, SIG_DFL);
    raise(number);
  }
  stop_signal = number;
}

static void watch_signals(void) {
  struct sigaction action = {.sa_handler = on_stop};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  struct sigaction before;
  if (!sigaction(SIGHUP, NULL, &before) && before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, NULL); /* nohup */
}

/* NAME of NAME.h5 in the cli's memory: -o, else the scenario's without folder and ending. */
static status result_name(cli *c, const char **out) {
  const char *from = c->output ? c->output : c->files[0], *slash = strrchr(from, '/'), *ends[] = {".h5", NULL, NULL};
  if (!c->output) {
    if (!strcmp(from, "-")) {
      cli_error(c, "a scenario from standard input has no name; give the result one: -o NAME");
      return ST_USAGE;
    }
    if (slash) from = slash + 1;
    ends[0] = ".yaml", ends[1] = ".yml";
  }
  size_t n = strlen(from);
  for (int i = 0; ends[i]; i++) {
    size_t k = strlen(ends[i]);
    if (n > k && !strcmp(from + n - k, ends[i])) {
      n -= k;
      break;
    }
  }
  static const char kept[] = ".ckpt";
  if (n >= strlen(kept) && !strncmp(from + n - strlen(kept), kept, strlen(kept))) {
    cli_error(c, "'%.*s' is no name for a result: %.*s.h5 would be taken for a checkpoint; give it another: -o NAME",
              (int)n, from, (int)n, from);
    return ST_USAGE;
  }
  if (!n || from[n - 1] == '/') {
    cli_error(c, "'%s' is no name for a result; give it one: -o NAME", from);
    return ST_USAGE;
  }
  char *name;
  NEW(c->memory, name, n + 1);
  memcpy(name, from, n);
  *out = name;
  return ST_OK;
}

/* The arguments as a shell would take them again. */
static status command_line(cli *c, const char **out) {
  char *text, *p;
  size_t n = 1;
  for (int i = 0; i < c->argc; i++) {
    n += 3; /* quotes and a space */
    for (const char *a = c->argv[i]; *a; a++) n += *a == '\'' ? 4 : 1;
  }
  NEW(c->memory, text, n);
  p = text;
  for (int i = 0; i < c->argc; i++) {
    const char *a = c->argv[i];
    int plain = *a && !a[strspn(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=+,:@%")];
    if (i) *p++ = ' ';
    if (!plain) *p++ = '\'';
    for (; *a; a++) {
      if (*a == '\'') {
        memcpy(p, "'\\'", 3); /* closes the quotes, adds a quote; the character itself opens them again */
        p += 3;
      }
      *p++ = *a;
    }
    if (!plain) *p++ = '\'';
  }
  *out = text;
  return ST_OK;
}

/* When a hand first passed a threshold; null in the document when it never did. */
static double pain_time(const report_tool *t, int limit) {
  return t->pain[limit].passed ? t->pain[limit].time : (double)NAN;
}

static void report_json(FILE *f, const model *m, const run_report *r) {
  const struct {
    const char *name;
    double value;
  } rows[] = {{"unknowns", model_unknowns(m)},
              {"steps", (double)r->steps},
              {"cutbacks", (double)r->cutbacks},
              {"newton_iterations", (double)r->newton},
              {"linear_iterations", (double)r->krylov},
              {"augmentations", (double)r->augmentations},
              {"frames", (double)r->frames},
              {"time_s", r->time},
              {"wall_s", r->wall},
              {"balance_max", r->balance_max},
              {"volume_least", r->volume_least},
              {"strain_energy_J", r->energy_end},
              {"cycles_computed", (double)r->cycles.computed},
              {"cycles_jumped", (double)r->cycles.jumped},
              {"cycle_jumps", (double)r->cycles.jumps},
              {"cycle_jumps_rejected", (double)r->cycles.rejected},
              {"cycle_error_max", r->cycles.error_max}};
  fputs("\"report\": {\"status\": ", f);
  json_text(f, r->status);
  fputs(", \"message\": ", f);
  json_text(f, r->message);
  fputs(", \"resolution\": ", f);
  json_text(f, model_resolutions[m->resolution]);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    fprintf(f, ", \"%s\": ", rows[i].name);
    json_number(f, rows[i].value);
  }
  fputs(",\n  \"hands\": {", f);
  for (int i = 0; i < m->ntool; i++) {
    const report_tool *t = &r->tool[i];
    const struct {
      const char *name;
      double value;
    } one[] = {{"force_max_N", t->force_max},
               {"indentation_max_m", t->indentation_max},
               {"area_max_m2", t->area_max},
               {"pressure_max_Pa", t->pressure_max},
               {"penetration_max_m", t->penetration_max},
               {"force_error_max", t->force_error_max},
               {"work_J", t->work},
               {"friction_work_J", t->friction_work},
               {"slip_distance_m", t->slip},
               {"contact_changes", (double)t->changes},
               {"pain_low_back_pain_time_s", pain_time(t, LIMIT_LOW_BACK_PAIN)},
               {"pain_healthy_time_s", pain_time(t, LIMIT_HEALTHY)}};
    fputs(i ? ", " : "", f);
    json_text(f, m->tools[i].name);
    for (size_t k = 0; k < sizeof one / sizeof *one; k++) {
      fprintf(f, "%s\"%s\": ", k ? ", " : ": {", one[k].name);
      json_number(f, one[k].value);
    }
    fputs("}", f);
  }
  fputs("},\n  \"layers\": {", f);
  for (int l = 0; l < m->geometry.nlayer; l++) {
    const report_layer *y = &r->layer[l];
    const struct {
      const char *name;
      double value;
    } one[] = {{"tension_mean_max_Pa", y->tension_mean_max}, {"tension_max_Pa", y->tension_max},
               {"perfusion_base", y->perfusion_base},        {"perfusion_min", y->perfusion_min},
               {"perfusion_max", y->perfusion_max},          {"perfusion_end", y->perfusion_end}};
    fputs(l ? ", " : "", f);
    json_text(f, m->geometry.layer[l]);
    for (size_t k = 0; k < sizeof one / sizeof *one; k++) {
      fprintf(f, "%s\"%s\": ", k ? ", " : ": {", one[k].name);
      json_number(f, one[k].value);
    }
    fputs("}", f);
  }
  fputs("},\n  \"seconds\": {", f);
  for (int i = 0; i < r->nphase; i++) {
    fputs(i ? ", " : "", f);
    json_text(f, r->phase[i].name);
    fputs(": ", f);
    json_number(f, r->phase[i].seconds);
  }
  fputs("}},\n", f);
}

/* The one line that says why a run did not reach its end. */
static void say_end(cli *c, status st, const char *name, const run_report *r) {
  if (st == ST_SIGINT || st == ST_SIGTERM || st == ST_WALL)
    cli_error(c,
              "%s at t = %.4g s; %s.h5 holds all %ld frames up to there, its status is '%s'; to go on: "
              "knead resume %s",
              st == ST_WALL ? "stopped by --max-wall" : "interrupted", r->time, name, r->frames, r->status, name);
  else if (st != ST_OK)
    cli_error(c, "%s", *r->message ? r->message : err_message());
  else if (!strcmp(r->status, "interrupted"))
    cli_say(c, "knead: %s; to go on: knead resume %s", r->message, name);
}

status cli_run(cli *c, const char *name, const scenario *s, const model *m, const char *resolved, const sink *out,
               const run_restart *from) {
  run_report report = {.status = "failed", .culprit = -1};
  progress bar;
  char unknowns[32], *file;
  size_t size = strlen(name) + sizeof ".h5";
  NEW(c->memory, file, size);
  snprintf(file, size, "%s.h5", name);
  const char *names[SCENARIO_SOURCES], *texts[SCENARIO_SOURCES];
  int nused = 0;
  for (int i = 1; i < s->nsource; i++) {
    if (s->source[i].again) continue;
    names[nused] = s->source[i].name;
    texts[nused++] = s->source[i].text;
  }
  run_info info = {.scenario_text = s->text,
                   .scenario_resolved = resolved,
                   .scenario_sha256 = s->sha256,
                   .used_names = names,
                   .used_texts = texts,
                   .nused = nused,
                   .overrides = c->sets,
                   .noverride = c->nset,
                   .nthread = par_nthread()};
  TRY(command_line(c, &info.command_line));
  progress_begin(&bar, c);
  run_opts opts = {.until = c->until,
                   .max_wall = c->max_wall,
                   .checkpoint_every = c->checkpoint_every,
                   .from = from,
                   .stop = &stop_signal,
                   .progress = progress_step,
                   .progress_ctx = &bar};
  cli_say(c, "knead: %s, %s unknowns, %d thread%s, result %s", s->file, cli_grouped(model_unknowns(m), unknowns),
          info.nthread, info.nthread == 1 ? "" : "s", file);
  watch_signals();
  status st = run_loop(m, &opts, &info, out, 1, &report);
  if (c->bar) fputc('\n', stderr); /* the last line stays */
  c->bar = 0;
  if (c->json) {
    fputs("\"result\": ", c->out);
    json_text(c->out, file);
    fputs(",\n", c->out);
    report_json(c->out, m, &report);
  } else if (!c->quiet) {
    report_print(c->out, m, &report);
    fprintf(c->out, "result: %s.h5, %s.xdmf\n", name, name);
    fflush(c->out);
  }
  say_end(c, st, name, &report);
  return st;
}

status cmd_run(cli *c) {
  const char *name;
  char *resolved = NULL;
  scenario *s;
  model *m;
  sink out;
  result_lock lock = {.fd = -1};
  TRY(result_name(c, &name));
  par_setup(c->threads);
  status st = cli_build(c, c->files[0], &s, &m, &resolved);
  if (st == ST_OK && c->dry_run) {
    if (c->json) {
      fputs("\"scenario\": ", c->out);
      check_json(c->out, s, m);
      fputs(",\n", c->out);
    } else {
      check_print(c->out, s, m);
    }
    cli_say(c, "knead: nothing was run; the result would be %s.h5", name);
  } else if (st == ST_OK) {
    st = result_lock_take(name, c->memory, &lock);
    if (st == ST_OK) st = result_sink(name, c->force, c->memory, &out);
    if (st == ST_OK)
      st = cli_run(c, name, s, m, resolved, &out, NULL);
    else
      cli_error(c, "%s", err_message());
  }
  result_lock_release(&lock);
  free(resolved);
  model_free(&m);
  return st;
}
