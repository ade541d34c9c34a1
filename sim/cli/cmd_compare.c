/* Two results side by side. The answer is the exit code: 0 equal, 1 not. */
#include <math.h>
#include <string.h>
#include "sim/cli/cli.h"
#include "sim/out/compare.h"

static const char *const words[] = {"", "only in the first", "only in the second", "unlike shapes",
                                    "a clock, not compared"};

static double relative(double difference, double size) {
  return difference == 0 ? 0 : size > 0 ? difference / size : (double)INFINITY;
}

static void print_times(FILE *f, const char *what, const compare_times *t) {
  fprintf(f, "  %-9s %zu common", what, t->common);
  if (t->n[0] != t->common) fprintf(f, ", %zu only in the first", t->n[0] - t->common);
  if (t->n[1] != t->common) fprintf(f, ", %zu only in the second", t->n[1] - t->common);
  if (!t->same_end) fprintf(f, "; the last at %g s and %g s", t->end[0], t->end[1]);
  fputc('\n', f);
}

static void print_where(FILE *f, const compare_row *r) {
  static const char *const kinds[][2] = {
      {"cell/", "cell"}, {"mesh/fibre", "cell"}, {"point/", "node"}, {"mesh/points", "node"}, {"hand/", "row"}};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strncmp(r->path, kinds[i][0], strlen(kinds[i][0]))) fprintf(f, "  %s %zu", kinds[i][1], r->entity);
  if (!isnan(r->time)) fprintf(f, "  t = %g s", r->time);
}

static void print_row(FILE *f, const compare_row *r) {
  fprintf(f, "  %-44s", r->path);
  if (r->kind != COMPARE_VALUES) {
    fprintf(f, " %s\n", words[r->kind]);
    return;
  }
  fprintf(f, " %-16s %11.4g", r->unit, r->size);
  if (r->unlike) {
    fprintf(f, " %10.3g %10.3g %9.2g %9.2g", r->largest, r->rms, relative(r->largest, r->size),
            relative(r->rms, r->rms_size));
    print_where(f, r);
    fputs(r->equal ? "\n" : "  *\n", f);
  } else {
    fputs(" the same bits\n", f);
  }
}

static void print(cli *c, const comparison *o) {
  FILE *f = c->out;
  fprintf(f, "%s (%s) and %s (%s)\n", c->files[0], o->status[0], c->files[1], o->status[1]);
  fprintf(f, "  mesh      %zu nodes, %zu cells in both\n", o->nnode, o->ncell);
  fprintf(f, "  scenario  %s\n",
          !o->same_scenario  ? "not the same text"
          : o->same_resolved ? "the same"
                             : "the same text, but not the same --set values");
  print_times(f, "frames", &o->frames);
  print_times(f, "steps", &o->steps);
  fprintf(f, "\n  %-44s %-16s %11s %10s %10s %9s %9s\n", "dataset", "unit", "size", "largest", "rms", "/ size",
          "rms/rms");
  for (int i = 0; i < o->nrow; i++) print_row(f, &o->row[i]);
  fputc('\n', f);
}

static void times_json(FILE *f, const char *name, const compare_times *t) {
  fprintf(f, "\"%s\": {\"common\": %zu, \"only_first\": %zu, \"only_second\": %zu, \"last_s\": [", name, t->common,
          t->n[0] - t->common, t->n[1] - t->common);
  json_number(f, t->end[0]);
  fputs(", ", f);
  json_number(f, t->end[1]);
  fputs("]},\n", f);
}

static void row_json(FILE *f, const compare_row *r) {
  static const char *const kinds[] = {"values", "only_first", "only_second", "shapes", "clock"};
  fputs("\n  {\"path\": ", f);
  json_text(f, r->path);
  fprintf(f, ", \"kind\": \"%s\", \"equal\": %s", kinds[r->kind], r->equal ? "true" : "false");
  if (r->kind == COMPARE_VALUES) {
    const struct {
      const char *name;
      double value;
    } one[] = {{"size", r->size}, {"largest", r->largest}, {"rms", r->rms}, {"rms_size", r->rms_size}};
    fputs(", \"unit\": ", f);
    json_text(f, r->unit);
    fprintf(f, ", \"count\": %zu, \"unlike\": %zu", r->count, r->unlike);
    for (int i = 0; i < 4; i++) {
      fprintf(f, ", \"%s\": ", one[i].name);
      json_number(f, one[i].value);
    }
    if (r->unlike) {
      fprintf(f, ", \"entity\": %zu, \"time_s\": ", r->entity);
      json_number(f, r->time);
    }
  }
  fputs("}", f);
}

static void document(cli *c, const comparison *o) {
  FILE *f = c->out;
  fprintf(f, "\"equal\": %s,\n\"same_scenario\": %s,\n\"same_resolved\": %s,\n\"nodes\": %zu,\n\"cells\": %zu,\n",
          o->equal ? "true" : "false", o->same_scenario ? "true" : "false", o->same_resolved ? "true" : "false",
          o->nnode, o->ncell);
  times_json(f, "frames", &o->frames);
  times_json(f, "steps", &o->steps);
  fputs("\"datasets\": [", f);
  for (int i = 0; i < o->nrow; i++) {
    if (i) fputs(",", f);
    row_json(f, &o->row[i]);
  }
  fputs("],\n", f);
}

/* What is not equal, in one line. */
static void say_difference(cli *c, const comparison *o) {
  char where[320] = "";
  if (o->worst >= 0) {
    const compare_row *r = &o->row[o->worst];
    snprintf(where, sizeof where, "; the largest difference: %s, %.3g of its size", r->path,
             relative(r->largest, r->size));
  }
  if (o->ndifferent)
    cli_error(c, "%s and %s differ in %d of %d datasets%s", c->files[0], c->files[1], o->ndifferent, o->nrow, where);
  else
    cli_error(c, "%s and %s do not have the same times%s", c->files[0], c->files[1], where);
}

status cmd_compare(cli *c) {
  comparison o;
  TRY(cli_result_files(c));
  TRY(result_compare(c->files, c->tolerance, c->memory, &o));
  if (c->json)
    document(c, &o);
  else if (!c->quiet)
    print(c, &o);
  if (o.equal) return ST_OK;
  fflush(c->out); /* the line below comes last, also where both go to one place */
  say_difference(c, &o);
  return ST_NO;
}
