/* Goes on where a checkpoint was written. The scenario comes from the checkpoint, resolved: the same model again, also
   when files have changed since. */
#include <stdlib.h>
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

static status resume(cli *c, const char *name) {
  char *resolved = NULL;
  checkpoint k;
  scenario *s;
  model *m = NULL;
  sink out;
  TRY(checkpoint_read(name, c->memory, &k));
  if (strcmp(k.version, KNEAD_VERSION " " KNEAD_COMMIT))
    cli_say(c, "knead: the checkpoint was written by version %s, this is %s %s: the last bits may differ", k.version,
            KNEAD_VERSION, KNEAD_COMMIT);
  status st = scenario_open_text(name, k.scenario, strlen(k.scenario), c->memory, &s);
  if (st == ST_OK) st = build_model(s, c->cat, &m, &resolved);
  if (st == ST_OK) st = result_resume(name, &k, c->memory, &out);
  if (st == ST_OK) {
    run_restart from = {.time = k.time, .value = k.value, .nvalue = k.nvalue, .bytes = k.bytes, .size = k.size};
    memcpy(s->sha256, k.sha256, sizeof s->sha256); /* of the scenario as it was given */
    cli_say(c, "knead: %s goes on at t = %g s, after %ld steps", name, k.time, k.steps);
    st = cli_run(c, name, s, m, resolved, &out, &from);
  } else if (!c->nerror) {
    cli_error(c, "%s: %s", name, err_message());
  }
  free(resolved);
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
