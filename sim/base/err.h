/* Status, messages and the one way out.

   A status is zero (fine), positive (ST_RETRY: a smaller step may help) or negative (stop). The negative of a
   stopping status is the exit code of the program, so this list and IO-AND-CLI section 3 are the same list.
   The message of the last failure is kept per thread; TRY adds a line of trace to it on the way out. */
#ifndef KNEAD_ERR_H
#define KNEAD_ERR_H

typedef int status;
enum {
  ST_OK = 0,
  ST_RETRY = 1,      /* not converged or inverted: try again with a smaller step */
  ST_NO = -1,        /* the answer is no */
  ST_USAGE = -2,     /* wrong usage of the command line */
  ST_INPUT = -3,     /* scenario or input file wrong or unreadable */
  ST_SOLVE = -4,     /* no convergence, inverted element, non-finite value */
  ST_OUTPUT = -5,    /* result not writable, disk full */
  ST_WALL = -6,      /* stopped at --max-wall */
  ST_INTERNAL = -70, /* our mistake, or memory ran out */
  ST_SIGINT = -130,
  ST_SIGTERM = -143
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Keeps the message (printf form), clears the trace, returns st. */
status err_set(status st, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds one line to the trace and returns st. */
status err_trace(status st, const char *file, int line);
const char *err_message(void); /* of the last failure on this thread; "" when there was none */
const char *err_where(void);   /* its trace, "file:line < file:line < ..." */
void err_clear(void);

/* Both return the status itself, not what the call hands back: so the compiler sees that it is not ST_OK, and that what
   the caller asked for is not read. */
#define FAIL(st, ...) return err_set((st), __FILE__, __LINE__, __VA_ARGS__), (st)
/* Variadic, so that a compound literal may stand in the call. */
#define TRY(...)                                                                                                       \
  do {                                                                                                                 \
    status try_st_ = (__VA_ARGS__);                                                                                    \
    if (try_st_ != ST_OK) return err_trace(try_st_, __FILE__, __LINE__), try_st_;                                      \
  } while (0)
/* The caller holds something: needs a local `status st`, leaves through the label. */
#define TRY_OR(label, ...)                                                                                             \
  do {                                                                                                                 \
    st = (__VA_ARGS__);                                                                                                \
    if (st != ST_OK) {                                                                                                 \
      err_trace(st, __FILE__, __LINE__);                                                                               \
      goto label;                                                                                                      \
    }                                                                                                                  \
  } while (0)
#define FAIL_OR(label, code, ...)                                                                                      \
  do {                                                                                                                 \
    st = err_set((code), __FILE__, __LINE__, __VA_ARGS__);                                                             \
    goto label;                                                                                                        \
  } while (0)

#endif
