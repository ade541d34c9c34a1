#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/posts.h"

/* How many chunks touch each post; returns the sum. seen [npost] zeros: chunk + 1 that touched it last. */
static int count_touches(int nchunk, const int32_t *chunk, int ntouch, const int32_t *post, int32_t *seen,
                         int32_t *count) {
  int n = 0;
  for (int c = 0; c < nchunk; c++)
    for (size_t i = (size_t)chunk[c] * (size_t)ntouch; i < (size_t)chunk[c + 1] * (size_t)ntouch; i++) {
      if (post[i] < 0 || seen[post[i]] == c + 1) continue;
      seen[post[i]] = c + 1, count[post[i]]++, n++;
    }
  return n;
}

status posts_create(int npost, int size, size_t bytes, int nchunk, const int32_t *chunk, int ntouch,
                    const int32_t *post, arena *a, posts *out) {
  posts *p = out;
  int n, nslot = 0;
  int32_t *seen, *count, *next, *at;
  size_t mark = arena_mark(a), most = 0;
  *p = (posts){.size = size};
  NEW(a, seen, npost);
  NEW(a, count, npost);
  n = count_touches(nchunk, chunk, ntouch, post, seen, count);
  for (int i = 0; i < npost; i++)
    if (count[i] > 1) p->nborder++, nslot += count[i];
  arena_release(a, mark);

  NEW(a, p->place, (size_t)chunk[nchunk] * (size_t)ntouch);
  NEW(a, p->first, nchunk + 1);
  NEW(a, p->post, n);
  NEW(a, p->slot, n);
  NEW(a, p->border, p->nborder);
  NEW(a, p->border_first, p->nborder + 1);
  NEW(a, p->border_slot, nslot);
  NEW(a, p->border_sum, (size_t)nslot * (size_t)size * bytes);
  mark = arena_mark(a);
  NEW(a, seen, npost);
  NEW(a, count, npost);
  NEW(a, next, npost); /* where its next sum is listed */
  NEW(a, at, npost);   /* its place among those of the chunk */
  count_touches(nchunk, chunk, ntouch, post, seen, count);
  for (int i = 0, b = 0; i < npost; i++) {
    if (count[i] < 2) continue;
    next[i] = p->border_first[b], p->border[b] = i;
    p->border_first[b + 1] = p->border_first[b] + count[i], b++;
  }
  memset(seen, 0, (size_t)npost * sizeof *seen);
  n = nslot = 0;
  for (int c = 0; c < nchunk; c++) {
    for (size_t i = (size_t)chunk[c] * (size_t)ntouch; i < (size_t)chunk[c + 1] * (size_t)ntouch; i++) {
      int k = post[i];
      p->place[i] = -1;
      if (k < 0) continue;
      if (seen[k] != c + 1) {
        seen[k] = c + 1, at[k] = n - p->first[c], p->slot[n] = count[k] > 1 ? nslot : -1, p->post[n++] = k;
        if (count[k] > 1) p->border_slot[next[k]++] = nslot++;
      }
      p->place[i] = at[k] * size;
    }
    p->first[c + 1] = n;
    size_t sum = (size_t)(n - p->first[c]) * (size_t)size * bytes;
    if (sum > most) most = sum;
  }
  arena_release(a, mark);
  p->nsum = (most + 63) / 64 * 64;
  p->nthread = par_nthread();
  NEW(a, p->sum, p->nsum * (size_t)p->nthread);
  return ST_OK;
}
