#include "sim/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_MAX = 2048, WHERE_MAX = 1024 };
static _Thread_local char message[MESSAGE_MAX];
static _Thread_local char where[WHERE_MAX];

/* The last two parts of a path: the compiler may have been given an absolute one, and a trace should read the same on
   every machine. */
static const char *short_name(const char *file) {
  const char *last = strrchr(file, '/');
  if (!last) return file;
  while (last > file && last[-1] != '/') last--;
  return last;
}

status err_set(status st, const char *file, int line, const char *format, ...) {
  char fresh[MESSAGE_MAX]; /* the arguments may point into the old message */
  va_list args;
  va_start(args, format);
  vsnprintf(fresh, sizeof fresh, format, args);
  va_end(args);
  memcpy(message, fresh, sizeof message);
  snprintf(where, sizeof where, "%s:%d", short_name(file), line);
  return st;
}

status err_trace(status st, const char *file, int line) {
  size_t used = strlen(where);
  snprintf(where + used, sizeof where - used, "%s%s:%d", used ? " < " : "", short_name(file), line);
  return st;
}

const char *err_message(void) {
  return message;
}
const char *err_where(void) {
  return where;
}

void err_clear(void) {
  message[0] = 0;
  where[0] = 0;
}
