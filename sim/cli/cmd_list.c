/* What a scenario can name. Everything comes from the catalogue and the tables of its members. */
#include <string.h>
#include "sim/cli/rows.h"
#include "sim/mechanics/inertia.h"
#include "sim/mechanics/mechanics.h"

static const char *const words[] = {"techniques", "materials", "bodies",  "hands",     "physiology",
                                    "motions",    "fields",    "tissues", "templates", NULL};
static const build_list lists[] = {LIST_TECHNIQUES, LIST_MATERIALS,  LIST_BODIES,
                                   LIST_HANDS,      LIST_PHYSIOLOGY, LIST_MOTIONS};
enum { FIELDS = 6, TISSUES, TEMPLATES };

static void item(cli *c, int *n, const char *name, const char *unit, const char *place, const char *doc) {
  if (c->json) {
    fputs((*n)++ ? ",\n  {\"name\": " : "\n  {\"name\": ", c->out);
    json_text(c->out, name);
    fputs(", \"doc\": ", c->out);
    json_text(c->out, doc);
    if (unit) {
      fputs(", \"unit\": ", c->out);
      json_text(c->out, unit);
      fprintf(c->out, ", \"place\": \"%s\"", place);
    }
    fputs("}", c->out);
  } else if (unit) {
    fprintf(c->out, "%-22s %-16s %-6s %s\n", name, unit, place, doc);
  } else {
    fprintf(c->out, "%-26s %s\n", name, doc);
  }
}

/* Where a state field ends up in the result: values on the skin go to its nodes, those at points to their cell. */
static void fields_of(cli *c, int *n, const field_decl *owns) {
  static const char *const places[] = {"point", "cell", "cell", "point", "", ""};
  for (const field_decl *d = owns; d && d->name; d++)
    if (!d->hidden && *places[d->at]) item(c, n, d->name, d->unit, places[d->at], d->doc);
}

status cmd_list(cli *c) {
  int which = 0, n = 0;
  while (words[which] && strcmp(words[which], c->files[0])) which++;
  if (!words[which]) {
    char all[256];
    cli_error(c, "there is no list of '%s'%s; there are: %s", c->files[0], cli_suggest(c, c->files[0], words),
              build_join(words, all, sizeof all));
    return ST_USAGE;
  }
  if (c->json) fprintf(c->out, "\"%s\": [", words[which]);
  if (which == FIELDS) {
    fields_of(c, &n, process_mechanics.owns);
    fields_of(c, &n, inertia_owns);
    for (int i = 0; i < build_count(c->cat, LIST_PHYSIOLOGY); i++) fields_of(c, &n, c->cat->physiology[i]->owns);
    for (int i = 0; c->cat->outputs && c->cat->outputs[i]; i++)
      item(c, &n, c->cat->outputs[i]->name, c->cat->outputs[i]->unit, c->cat->outputs[i]->skin ? "point" : "cell",
           c->cat->outputs[i]->doc);
  } else if (which == TISSUES) {
    for (const builtin_text *t = c->cat->tissues; t && t->name; t++)
      item(c, &n, t->name, NULL, NULL, tissue_about(c, t));
  } else if (which == TEMPLATES) {
    for (const builtin_text *t = c->cat->scenarios; t && t->name; t++)
      item(c, &n, t->name, NULL, NULL, template_title(c, t));
  } else {
    for (int i = 0; i < build_count(c->cat, lists[which]); i++) {
      build_member m = build_get(c->cat, lists[which], i);
      item(c, &n, m.name, NULL, NULL, m.doc);
      for (const param *row = m.params; row && row->name && c->verbose && !c->json; row++) {
        fprintf(c->out, "  %s\n", row->name);
        rows_print(c->out, row, 4);
      }
    }
  }
  if (c->json) fputs("],\n", c->out);
  if (!c->json && which == TISSUES) cli_say(c, "`knead explain NAME` tells every number of one and what it rests on");
  if (!c->json && which < FIELDS && !c->verbose)
    cli_say(c, "`knead explain NAME` tells the keys of one, -v those of all");
  return ST_OK;
}
