/* Goes on where a checkpoint was written, to the end of the session or to its own --until. The scenario comes from the
   checkpoint, resolved: the same model again, also when the scenario and the tissues it uses have changed since. What a
   body reads from a mesh file is read again; a mesh that has changed is refused. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "sim/base/config.h"
#include "sim/base/par.h"
#include "sim/cli/cli.h"
#include "sim/out/out.h"

/* NAME of NAME, NAME.h5 or NAME.ckpt.h5 */
static status bare_name(cli *c, const char *given, char **out) {
  static const char *const ends[] = {".ckpt.h5", ".h5"};
  size_t n = strlen(given);
  for (int i = 0; i < 2; i++) {
    size_t k = strlen(ends[i]);
    if (n <= k || strcmp(given + n - k, ends[i])) continue;
    n -= k;
    break;
  }
  NEW(c->memory, *out, n + 1);
  memcpy(*out, given, n);
  return ST_OK;
}

/* The model as it was: from the resolved text in the checkpoint, whose lines the messages name. */
static status rebuild(cli *c, const char *name, const checkpoint *k, scenario **s, model **m) {
  char *origin;
  size_t size = strlen(name) + sizeof ".h5:/scenario/resolved";
  NEW(c->memory, origin, size);
  snprintf(origin, size, "%s.h5:/scenario/resolved", name);
  *s = NULL;
  status st = scenario_open_text(origin, k->scenario, strlen(k->scenario), c->memory, s);
  if (st == ST_OK) st = build_model(*s, c->cat, m, NULL);
  if (*s && (*s)->nerror) {
    cli_diagnostics(c, *s);
    cli_error(c, "%s: the model of its checkpoint cannot be built again; nothing was changed", name);
  }
  TRY(st);
  memcpy((*s)->sha256, k->sha256, sizeof(*s)->sha256); /* of the scenario as it was given */
  (*s)->file = name;
  return checkpoint_fits(k, *m, c->memory);
}

static status resume(cli *c, const char *name) {
  checkpoint k;
  scenario *s;
  model *m = NULL;
  sink out;
  TRY(checkpoint_read(name, c->memory, &k));
  if (c->until <= k.time) {
    cli_error(c, "--until %g s is not beyond the checkpoint of %s, which is at t = %g s; nothing was done", c->until,
              name, k.time);
    return ST_USAGE;
  }
  if (strcmp(k.version, KNEAD_VERSION " " KNEAD_COMMIT))
    cli_say(c, "knead: the checkpoint was written by version %s, this is %s %s: the last bits may differ", k.version,
            KNEAD_VERSION, KNEAD_COMMIT);
  status st = rebuild(c, name, &k, &s, &m);
  if (st == ST_OK) st = result_resume(name, &k, c->memory, &out);
  if (st == ST_OK) {
    run_restart from = {.time = k.time,
                        .value = k.value,
                        .nvalue = k.nvalue,
                        .bytes = k.bytes,
                        .size = k.size,
                        .more = k.more,
                        .nmore = k.nmore};
    cli_say(c, "knead: %s goes on at t = %g s, after %ld steps, to t = %g s", name, k.time, k.steps,
            fmin(m->time.end, c->until));
    st = cli_run(c, name, s, m, k.scenario, &out, &from);
  } else if (!c->nerror) {
    cli_error(c, "%s: %s", name, err_message());
  }
  model_free(&m);
  return st;
}

status cmd_resume(cli *c) {
  char *name;
  result_lock lock;
  par_setup(c->threads);
  TRY(bare_name(c, c->files[0], &name));
  TRY(result_lock_take(name, c->memory, &lock)); /* first: nobody else moves the checkpoint meanwhile */
  status st = resume(c, name);
  result_lock_release(&lock);
  return st;
}
