/* Memory by lifetime: a chain of blocks, marks and releases. Nothing is freed one by one.

   The model, each state and the scratch of a step have one arena each. A scratch arena that was released to a mark
   keeps its blocks, so the second pass through the same code allocates nothing. */
#ifndef KNEAD_ARENA_H
#define KNEAD_ARENA_H
#include <stddef.h>
#include "sim/base/err.h"

typedef struct arena arena;

arena *arena_create(size_t first);         /* bytes of the first block; NULL when memory is out */
void arena_destroy(arena **a);             /* NULL is fine; sets the pointer to NULL */
void *arena_alloc(arena *a, size_t bytes); /* zeroed, 64-byte aligned; NULL when full. Never returns NULL for 0 bytes */
size_t arena_mark(const arena *a);
void arena_release(arena *a, size_t mark);  /* everything allocated after the mark is gone; blocks are kept */
size_t arena_used(const arena *a);          /* bytes in use */
size_t arena_peak(const arena *a);          /* the most that ever was in use */
void arena_limit(arena *a, size_t bytes);   /* tests: arena_alloc fails beyond this many bytes in use */
unsigned long arena_nblock(const arena *a); /* how often the system was asked: must not grow after the first step */

/* p is a pointer variable; it gets n zeroed things, or the function returns ST_INTERNAL. */
#define NEW(a, p, n)                                                                                                   \
  do {                                                                                                                 \
    if (!((p) = arena_alloc((a), (size_t)(n) * sizeof *(p))))                                                          \
      FAIL(ST_INTERNAL, "out of memory: %zu bytes for %s", (size_t)(n) * sizeof *(p), #p);                             \
  } while (0)

#endif
