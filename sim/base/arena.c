/* A chain of blocks. A position is one number: the sizes of all blocks before the current one plus the fill of the
   current one, so a mark stays a size_t.

       block 0           block 1                 block 2 (kept from before, empty)
       [#########...]    [######..............]  [....................]
                                ^ position = size of block 0 + 6

   A request that does not fit leaves the rest of its block unused and moves on; a release goes back and keeps the
   blocks. The same requests after the same mark therefore find the same blocks and ask the system for nothing. */
#include "sim/base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Under the address sanitizer what is not allocated is poisoned, so that a pointer that outlives its mark is caught. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 64 }; /* a cache line, and the widest vector register */

typedef struct block {
  struct block *next;
  unsigned char *data;
  size_t base;       /* sizes of all blocks before this one */
  size_t size, fill; /* bytes; fill is 0 in blocks behind the current one and in blocks that were jumped over */
} block;

struct arena {
  block *first, *last, *current;
  size_t used, peak, limit;
  unsigned long nblock;
};

static size_t round_up(size_t bytes) {
  return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

/* Pages of 2 MB for blocks of many of them: arrays of a model are read from end to end, and hardware fetches ahead
   within a page only. Where the system has none, or gives none, nothing happens. */
enum { PAGE = 2 << 20, PAGES = 4 }; /* bytes; numerical: below it a block wastes a quarter of its last page */
static void *pages(size_t size) {
  if (size < (size_t)PAGES * PAGE) return aligned_alloc(ALIGN, size);
  void *p = aligned_alloc(PAGE, (size + PAGE - 1) / PAGE * PAGE);
#ifdef MADV_HUGEPAGE
  if (p) madvise(p, size, MADV_HUGEPAGE);
#endif
  return p;
}

static block *block_create(size_t size) {
  block *b = malloc(sizeof *b);
  if (!b) return NULL;
  *b = (block){.size = size, .data = pages(size)};
  if (!b->data) {
    free(b);
    return NULL;
  }
  POISON(b->data, size);
  return b;
}

arena *arena_create(size_t first) {
  if (first > PTRDIFF_MAX - ALIGN) return NULL;
  arena *a = malloc(sizeof *a);
  if (!a) return NULL;
  block *b = block_create(first ? round_up(first) : ALIGN);
  if (!b) {
    free(a);
    return NULL;
  }
  *a = (arena){.first = b, .last = b, .current = b, .limit = SIZE_MAX, .nblock = 1};
  return a;
}

void arena_destroy(arena **a) {
  if (!a || !*a) return;
  for (block *b = (*a)->first, *next; b; b = next) {
    next = b->next;
    UNPOISON(b->data, b->size);
    free(b->data);
    free(b);
  }
  free(*a);
  *a = NULL;
}

/* The first block from the current one on that has room, or a new one at the end. */
static block *block_with_room(arena *a, size_t need) {
  for (block *b = a->current; b; b = b->next)
    if (b->size - b->fill >= need) return b;
  size_t size = a->last->size;
  size = size > SIZE_MAX / 4 ? size : 2 * size; /* doubling: the number of blocks stays small */
  if (size < need) size = need;
  block *b = block_create(size);
  if (!b && size > need) b = block_create(size = need);
  if (!b) return NULL;
  b->base = a->last->base + a->last->size;
  a->last->next = b;
  a->last = b;
  a->nblock++;
  return b;
}

void *arena_alloc(arena *a, size_t bytes) {
  if (bytes > PTRDIFF_MAX - ALIGN) return NULL; /* a negative count, or a product that wrapped */
  size_t need = bytes ? round_up(bytes) : ALIGN;
  if (need > a->limit || a->used > a->limit - need) return NULL;
  block *b = block_with_room(a, need);
  if (!b) return NULL;
  unsigned char *p = b->data + b->fill;
  b->fill += need;
  a->current = b;
  a->used += need;
  if (a->used > a->peak) a->peak = a->used;
  UNPOISON(p, bytes);
  memset(p, 0, bytes);
  return p;
}

size_t arena_mark(const arena *a) {
  return a->current->base + a->current->fill;
}

void arena_release(arena *a, size_t mark) {
  assert(mark <= arena_mark(a));
  a->used = 0;
  block *b = a->first;
  for (; b != a->current && b->base + b->size < mark; b = b->next) a->used += b->fill; /* all older than the mark */
  size_t keep = mark > b->base ? mark - b->base : 0;
  if (keep > b->fill) keep = b->fill; /* the mark is the very start of the next block */
  a->used += keep;
  a->current = b;
  POISON(b->data + keep, b->size - keep);
  b->fill = keep;
  for (b = b->next; b; b = b->next) {
    POISON(b->data, b->size);
    b->fill = 0;
  }
}

size_t arena_used(const arena *a) {
  return a->used;
}
size_t arena_peak(const arena *a) {
  return a->peak;
}
void arena_limit(arena *a, size_t bytes) {
  a->limit = bytes;
}
unsigned long arena_nblock(const arena *a) {
  return a->nblock;
}
