/* A bound struct as YAML that binds to the same bits: SI units, every number with as many digits as it needs. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "sim/kinds/material.h"
#include "sim/scenario/scenario.h"

typedef struct writer {
  FILE *f;
  int indent;
  int dash; /* the next line opens an entry of a list: "- " in place of two spaces */
} writer;

static void emit_rows(writer *w, const param *rows, const char *par);

static void start_line(writer *w, const char *name) {
  fprintf(w->f, "%*s%s%s:", w->indent - (w->dash ? 2 : 0), "", w->dash ? "- " : "", name);
  w->dash = 0;
}

static void number(FILE *f, double v, const char *unit) {
  char text[40];
  for (int digits = 15; digits <= 17; digits++) { /* the shortest that reads back as the same double */
    snprintf(text, sizeof text, "%.*g", digits, v);
    if (strtod(text, NULL) == v) break;
  }
  fputs(text, f);
  if (unit && strcmp(unit, "1") != 0) fprintf(f, " %s", unit);
}

/* A plain word where it cannot be taken for anything else, else in double quotes. */
static void text(FILE *f, const char *value) {
  static const char *const taken[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  int plain = isalpha((unsigned char)*value);
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) plain = plain && strcasecmp(value, taken[i]) != 0;
  for (const char *p = value; *p; p++) plain = plain && (isalnum((unsigned char)*p) || strchr("_-./", *p));
  if (plain) {
    fputs(value, f);
    return;
  }
  fputc('"', f);
  for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
    if (*p == '"' || *p == '\\')
      fprintf(f, "\\%c", *p);
    else if (*p < 0x20 || *p == 0x7f)
      fprintf(f, "\\x%02x", *p);
    else
      fputc(*p, f);
  }
  fputc('"', f);
}

static const double *reals(const param *row, const char *par) {
  return (const double *)(const void *)(par + row->offset);
}
static const int *whole(const param *row, const char *par) {
  return (const int *)(const void *)(par + row->offset);
}
static int count(const param *row, const char *par) {
  return *(const int *)(const void *)(par + row->count_offset);
}

/* Was the key left out, and has no value of its own? NAN stands for an absent optional number; an infinite preset
   ("no limit") cannot be written and comes back by leaving the key out. */
static int is_absent(const param *row, const char *par) {
  switch (row->kind) {
  case PARAM_NUMBER: return !isfinite(reals(row, par)[0]);
  case PARAM_VECTOR:
    for (int i = 0; i < row->max; i++)
      if (!isfinite(reals(row, par)[i])) return 1;
    return 0;
  case PARAM_INTEGER: /* 0 stands for an absent one that may not be 0 */
    return row->optional && isnan(row->preset) && whole(row, par)[0] == 0 && row->lo > 0;
  case PARAM_TEXT: return !par[row->offset];
  case PARAM_PLACE: {
    const place *p = (const place *)(const void *)(par + row->offset);
    return isnan(p->t) || (!*p->landmark && isnan(p->s));
  }
  case PARAM_LAW: return !((const law_choice *)(const void *)(par + row->offset))->law;
  case PARAM_TEXTS:
  case PARAM_TUPLES:
  case PARAM_LIST: return row->optional && !row->preset_text && count(row, par) == 0;
  case PARAM_GROUP: /* an optional group that was left out lacks what its rows require */
    for (const param *inner = row->rows; row->optional && inner && inner->name; inner++)
      if (!inner->optional && is_absent(inner, par + row->offset)) return 1;
    return 0;
  default: return 0;
  }
}

static void emit_place(FILE *f, const place *p) {
  fputs(" [", f);
  if (*p->landmark)
    text(f, p->landmark);
  else
    number(f, p->s, "m");
  fputs(", ", f);
  number(f, p->t, "m");
  fputs("]", f);
}

static void emit_group(writer *w, const param *rows, const char *par) {
  int any = 0;
  for (const param *row = rows; row && row->name; row++) any = any || !is_absent(row, par);
  fputs(any ? "\n" : " {}\n", w->f);
  if (!any) return;
  w->indent += 2;
  emit_rows(w, rows, par);
  w->indent -= 2;
}

static void emit_list(writer *w, const param *row, const char *par) {
  int n = count(row, par);
  fputs(n ? "\n" : " []\n", w->f);
  w->indent += 4;
  for (int i = 0; i < n; i++) {
    w->dash = 1;
    emit_rows(w, row->rows, par + row->offset + (size_t)i * row->row_size);
    if (w->dash) fprintf(w->f, "%*s- {}\n", w->indent - 2, "");
    w->dash = 0;
  }
  w->indent -= 4;
}

static void emit_flow(FILE *f, const param *row, const char *par) {
  int n = row->kind == PARAM_TEXTS ? count(row, par) : row->max;
  fputs(" [", f);
  for (int i = 0; i < n; i++) {
    if (i) fputs(", ", f);
    if (row->kind == PARAM_VECTOR)
      number(f, reals(row, par)[i], row->unit);
    else if (row->kind == PARAM_INTEGERS)
      fprintf(f, "%d", whole(row, par)[i]);
    else
      text(f, par + row->offset + (size_t)i * PARAM_TEXT_MAX);
  }
  fputs("]", f);
}

static void emit_tuples(FILE *f, const param *row, const char *par) {
  int n = count(row, par);
  fputs(" [", f);
  for (int i = 0; i < n; i++) {
    const char *one = par + row->offset + (size_t)i * row->row_size;
    fputs(i ? ", [" : "[", f);
    for (const param *in = row->rows; in->name; in++) {
      if (in != row->rows) fputs(", ", f);
      if (in->kind == PARAM_NUMBER)
        number(f, reals(in, one)[0], in->unit);
      else
        fprintf(f, "%d", whole(in, one)[0]);
    }
    fputs("]", f);
  }
  fputs("]", f);
}

static void emit_law(writer *w, const law_choice *choice) {
  fprintf(w->f, "\n%*slaw: %s\n", w->indent + 2, "", choice->law->name);
  w->indent += 2;
  emit_rows(w, choice->law->params, choice->par);
  w->indent -= 2;
}

static void emit_rows(writer *w, const param *rows, const char *par) {
  FILE *f = w->f;
  for (const param *row = rows; row && row->name; row++) {
    if (is_absent(row, par)) continue;
    start_line(w, row->name);
    switch (row->kind) {
    case PARAM_GROUP: emit_group(w, row->rows, par + row->offset); continue; /* these three end their own lines */
    case PARAM_LIST: emit_list(w, row, par); continue;
    case PARAM_LAW: emit_law(w, (const law_choice *)(const void *)(par + row->offset)); continue;
    case PARAM_NUMBER:
      fputc(' ', f);
      number(f, reals(row, par)[0], row->unit);
      break;
    case PARAM_INTEGER: fprintf(f, " %d", whole(row, par)[0]); break;
    case PARAM_FLAG: fputs(whole(row, par)[0] ? " true" : " false", f); break;
    case PARAM_CHOICE: fprintf(f, " %s", row->choices[whole(row, par)[0]]); break;
    case PARAM_TEXT:
      fputc(' ', f);
      text(f, par + row->offset);
      break;
    case PARAM_VECTOR:
    case PARAM_INTEGERS:
    case PARAM_TEXTS: emit_flow(f, row, par); break;
    case PARAM_TUPLES: emit_tuples(f, row, par); break;
    case PARAM_PLACE: emit_place(f, (const place *)(const void *)(par + row->offset)); break;
    }
    fputc('\n', f);
  }
}

void scenario_emit(FILE *f, const param *rows, const void *par, int indent) {
  writer w = {.f = f, .indent = indent};
  emit_rows(&w, rows, par);
}
