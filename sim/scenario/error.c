/* Collecting errors, and wording them the way a compiler does:

       run.yaml:15:16: error: session[1].press: 3500 N is outside the allowed range 0 N .. 500 N (...)
          15 |     press: 3500 N
             |            ^                                                                              */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario/tree.h"

enum { SHOWN = 100, BEFORE = 60 }; /* characters of a source line shown, and of them in front of the caret at most */

static char nothing[1] = "";

static char *text_v(scenario *s, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  char *text = length < 0 ? NULL : arena_alloc(s->memory, (size_t)length + 1);
  if (!text) return nothing;
  vsnprintf(text, (size_t)length + 1, format, args);
  return text;
}

char *tree_text(scenario *s, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = text_v(s, format, args);
  va_end(args);
  return text;
}

const char *tree_path_key(scenario *s, const char *path, const char *key) {
  return *path ? tree_text(s, "%s.%s", path, key) : key;
}

const char *tree_path_index(scenario *s, const char *path, int index) {
  return tree_text(s, "%s[%d]", path, index);
}

/* A quoted scalar may hold "\e[2J", an argument of the command line any byte, and %.60s may cut a character: what we
   print is one line of UTF-8 that drives no terminal. */
static void tame(char *text) {
  size_t left = strlen(text);
  for (char *p = text; left;) {
    size_t length = tree_character(p, left);
    if (length < 2 && (!length || iscntrl((unsigned char)*p))) *p = '?';
    if (!length) length = 1;
    p += length;
    left -= length;
  }
}

/* libyaml also breaks lines at U+0085, U+2028 and U+2029; we count as it does. Bytes of the break at p, 0: none. */
static size_t line_break(const char *p, const char *end) {
  if (p < end && *p == '\n') return 1;
  if (p < end && *p == '\r') return p + 1 < end && p[1] == '\n' ? 2 : 1;
  if (end - p >= 2 && memcmp(p, "\xc2\x85", 2) == 0) return 2;
  if (end - p >= 3 && (memcmp(p, "\xe2\x80\xa8", 3) == 0 || memcmp(p, "\xe2\x80\xa9", 3) == 0)) return 3;
  return 0;
}

static const char *next_character(const char *p, const char *end) {
  for (p++; p < end && ((unsigned char)*p & 0xc0) == 0x80; p++) {}
  return p;
}

/* The source line and a caret under its column, or "" when there is no such line. */
static const char *excerpt(scenario *s, const scenario_source *in, int line, int column) {
  if (!in || !in->text || line < 1) return "";
  const char *p = in->text, *end = p + in->size;
  if (in->size >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) p += 3;
  for (int at = 1; at < line; p++) {
    size_t jump = line_break(p, end);
    if (p >= end) return "";
    if (!jump) continue;
    p += jump - 1;
    at++;
  }
  const char *from = p, *prefix = "";
  int skip = column - 1 > BEFORE ? column - 1 - BEFORE : 0;
  for (int i = 0; i < skip && from < end && !line_break(from, end); i++) from = next_character(from, end);
  if (skip) prefix = "...";
  const char *to = from;
  for (int i = 0; i < SHOWN && to < end && !line_break(to, end); i++) to = next_character(to, end);
  const char *suffix = to < end && !line_break(to, end) ? "..." : "";
  char *shown = tree_text(s, "%s%.*s%s", prefix, (int)(to - from), from, suffix);
  tame(shown);
  int pad = column - 1 - skip + (int)strlen(prefix);
  return tree_text(s, "\n%5d | %s\n      | %*s^", line, shown, pad, "");
}

const scenario_source *tree_source(const scenario *s, const char *origin) {
  for (int i = 0; i < s->nsource; i++)
    if (s->source[i].name == origin) return &s->source[i]; /* the pointer: two may have read the same file */
  return NULL;
}

static const char *position(scenario *s, int line, int column) {
  return line > 0 ? tree_text(s, ":%d:%d", line, column) : "";
}

/* "\n      | used by run.yaml:7:13: tissue.fat.use", and who used that. */
static const char *users(scenario *s, const scenario_source *from) {
  const char *text = "";
  for (; from && from->use; from = tree_source(s, from->use->origin))
    text = tree_text(s, "%s\n      | used by %s%s: %s", text, from->use->origin,
                     position(s, from->use->line, from->use->column), from->use->path);
  return text;
}

static void collect(scenario *s, const char *origin, int line, int column, const char *path, char *message) {
  if (s->nerror++ >= SCENARIO_ERRORS) return;
  diagnostic *d = &s->error[s->nerror - 1];
  tame(message);
  d->origin = tree_text(s, "%s", origin);
  d->path = tree_text(s, "%s", path);
  d->message = message;
  d->line = line;
  d->column = column;
  tame(d->origin);
  tame(d->path);
  const scenario_source *from = tree_source(s, origin);
  const char *source = excerpt(s, from, line, column);
  char *used = tree_text(s, "%s", users(s, from));
  if (strncmp(origin, "--set #", 7) == 0) { /* no line, but the whole argument fits on one */
    int number = atoi(origin + 7);
    if (number >= 1 && number <= s->nset) {
      char *argument = tree_text(s, "%.*s", SHOWN, s->sets[number - 1]);
      tame(argument);
      source = tree_text(s, "\n      | %s", argument);
    }
  }
  d->text = tree_text(s, "%s%s: error: %s%s%s%s%s", d->origin, position(s, line, column), d->path, *path ? ": " : "",
                      message, source, used);
}

void tree_error(scenario *s, const char *origin, int line, int column, const char *path, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *message = text_v(s, format, args);
  va_end(args);
  collect(s, origin, line, column, path, message);
}

void scenario_error(scenario *s, const node *at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *message = text_v(s, format, args);
  va_end(args);
  collect(s, at ? at->origin : s->source[0].name, at ? at->line : 0, at ? at->column : 0, at ? at->path : "", message);
}

status scenario_check(const scenario *s) {
  if (s->nerror) FAIL(ST_INPUT, "%s: %d error%s", s->file, s->nerror, s->nerror == 1 ? "" : "s");
  return ST_OK;
}

/* ------------------------------------------------------------------------------------------------- did you mean */

static int least(int a, int b) {
  return a < b ? a : b;
}

/* Damerau-Levenshtein with adjacent swaps, without regard to case, '-' counting as '_'. Words up to TREE_KEY bytes. */
static int distance(const char *a, const char *b) {
  int na = (int)strlen(a), nb = (int)strlen(b);
  if (na > TREE_KEY || nb > TREE_KEY) return TREE_KEY;
  char x[TREE_KEY + 1], y[TREE_KEY + 1];
  for (int i = 0; i <= na; i++) x[i] = a[i] == '-' ? '_' : (char)tolower((unsigned char)a[i]);
  for (int j = 0; j <= nb; j++) y[j] = b[j] == '-' ? '_' : (char)tolower((unsigned char)b[j]);
  int row[3][TREE_KEY + 1], *before = row[0], *last = row[1], *now = row[2];
  for (int j = 0; j <= nb; j++) last[j] = j;
  for (int i = 1; i <= na; i++) {
    now[0] = i;
    for (int j = 1; j <= nb; j++) {
      now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x[i - 1] != y[j - 1]));
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) now[j] = least(now[j], before[j - 2] + 1);
    }
    int *free_row = before;
    before = last;
    last = now;
    now = free_row;
  }
  return last[nb];
}

const char *scenario_suggest(scenario *s, const char *word, const char *const *names) {
  int length = (int)strlen(word);
  int limit = length <= 3 ? 1 : length / 3 > 2 ? length / 3 : 2; /* in three letters, two changes are another word */
  const char *best = NULL;
  for (int i = 0; names && names[i]; i++) {
    int d = distance(word, names[i]);
    if (d > limit || d >= length) continue;
    if (!best || d < distance(word, best)) best = names[i];
  }
  return best ? tree_text(s, "; did you mean '%s'?", best) : "";
}
