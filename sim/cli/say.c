/* Messages: standard error, the log, and the errors of the JSON document. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sim/cli/cli.h"

#define RED "\033[1;31m"
#define PLAIN "\033[0m"

int cli_paint(const cli *c) {
  const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
  if (c->color) return c->color == 1;
  return isatty(STDERR_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void cli_wipe(cli *c) {
  if (c->bar) fputs("\r\033[K", stderr);
  c->bar = 0;
}

void cli_say(cli *c, const char *format, ...) {
  va_list args;
  if (c->log) {
    va_start(args, format);
    vfprintf(c->log, format, args);
    va_end(args);
    fputc('\n', c->log);
  }
  if (c->quiet) return;
  cli_wipe(c);
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fputc('\n', stderr);
}

/* A text with one "error:" in it, that word in red on a terminal. */
static void print_error(cli *c, const char *text) {
  const char *mark = "error:", *at = c->paint ? strstr(text, mark) : NULL;
  cli_wipe(c);
  if (at)
    fprintf(stderr, "%.*s" RED "%s" PLAIN "%s\n", (int)(at - text), text, mark, at + strlen(mark));
  else
    fprintf(stderr, "%s\n", text);
  if (c->log) fprintf(c->log, "%s\n", text);
}

/* {file,line,column,path,message}: NULL and 0 are left out. */
static void json_error(cli *c, const diagnostic *d, const char *message) {
  int first = c->nerror++ == 0;
  if (!c->errors) return;
  fputs(first ? "\n  {" : ",\n  {", c->errors);
  if (d) {
    fputs("\"file\": ", c->errors);
    json_text(c->errors, d->origin);
    if (d->line) fprintf(c->errors, ", \"line\": %d, \"column\": %d", d->line, d->column);
    fputs(", \"path\": ", c->errors);
    json_text(c->errors, d->path);
    fputs(", ", c->errors);
  }
  fputs("\"message\": ", c->errors);
  json_text(c->errors, message);
  fputc('}', c->errors);
}

void cli_error(cli *c, const char *format, ...) {
  char text[2048], line[2100];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  /* An argument that is shown again must not drive the terminal. */
  for (unsigned char *p = (unsigned char *)text; *p; p++)
    if ((*p < 0x20 && *p != '\n') || *p == 0x7f) *p = '?';
  snprintf(line, sizeof line, "knead: error: %s", text);
  print_error(c, line);
  json_error(c, NULL, text);
}

void cli_diagnostics(cli *c, const scenario *s) {
  int n = s->nerror < SCENARIO_ERRORS ? s->nerror : SCENARIO_ERRORS;
  for (int i = 0; i < n; i++) {
    print_error(c, s->error[i].text);
    json_error(c, &s->error[i], s->error[i].message);
  }
  if (s->nerror > n) cli_error(c, "%d more errors like these", s->nerror - n);
}

const char *cli_grouped(long n, char text[32]) {
  char digits[24];
  size_t length = (size_t)snprintf(digits, sizeof digits, "%ld", n), k = 0;
  for (size_t i = 0; i < length; i++) {
    if (i && (length - i) % 3 == 0 && digits[i - 1] != '-') text[k++] = ' ';
    text[k++] = digits[i];
  }
  text[k] = 0;
  return text;
}

/* -----------------------------------------------------------------------------------------------------------------
 * JSON */

/* Bytes of a well-formed UTF-8 character at p, 0: none. */
static int utf8(const unsigned char *p) {
  int n = *p < 0x80 ? 1 : *p >= 0xc2 && *p < 0xe0 ? 2 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xf0 && *p < 0xf5 ? 4 : 0;
  for (int i = 1; i < n; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  if (n == 3 && ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f))) return 0; /* overlong, surrogates */
  if (n == 4 && ((*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))) return 0;
  return n;
}

void json_text(FILE *f, const char *text) {
  fputc('"', f);
  for (const unsigned char *p = (const unsigned char *)text; *p;) {
    int n = utf8(p);
    if (*p == '"' || *p == '\\')
      fprintf(f, "\\%c", *p);
    else if (*p == '\n')
      fputs("\\n", f);
    else if (*p < 0x20)
      fprintf(f, "\\u%04x", *p);
    else if (!n)
      fputs("\\ufffd", f);
    else
      fwrite(p, 1, (size_t)n, f);
    p += n ? n : 1;
  }
  fputc('"', f);
}

void json_number(FILE *f, double v) {
  char text[40];
  if (!isfinite(v)) {
    fputs("null", f);
    return;
  }
  for (int digits = 15; digits <= 17; digits++) { /* the shortest that reads back as the same double */
    snprintf(text, sizeof text, "%.*g", digits, v);
    if (strtod(text, NULL) == v) break;
  }
  fputs(text, f);
}
