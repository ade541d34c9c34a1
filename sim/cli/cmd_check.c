#include "sim/base/par.h"
#include "sim/cli/cli.h"

/* Every file is looked at; the first failure is the answer. */
status cmd_check(cli *c) {
  status worst = ST_OK;
  int n = 0;
  par_setup(c->threads);
  if (c->json) fputs("\"scenarios\": [", c->out);
  for (int i = 0; i < c->nfile; i++) {
    scenario *s;
    model *m;
    status st = cli_build(c, c->files[i], &s, &m, NULL);
    if (st == ST_OK && c->json) {
      if (n++) fputs(",\n", c->out);
      check_json(c->out, s, m);
    } else if (st == ST_OK && !c->quiet) {
      check_print(c->out, s, m);
    }
    model_free(&m);
    if (worst == ST_OK) worst = st;
  }
  if (c->json) fputs("],\n", c->out);
  return worst;
}
