#include <string.h>
#include "sim/base/par.h"
#include "sim/fe/assembly_parts.h"

/* Numerical. Bytes of a chunk's sum in double: it shall stay in a core's second cache beside what streams through.
   Chunks that there are at the least, to share among threads. */
enum { CHUNK_BYTES = 1 << 19, CHUNKS = 24 };

/* Whole blocks of lanes, all sheets of them. */
static status cut(assembly *a, arena *memory) {
  const space *s = a->s;
  int nz = mesh_in_columns(s->mesh) ? s->mesh->nz : 1, nblock = s->nsite / nz, size = nblock / CHUNKS;
  /* some four posts a column, 27 nodes a cell */
  int most = CHUNK_BYTES / (NB * (mesh_in_columns(s->mesh) ? 4 * a->height : CELL_NODES) * 3 * (int)sizeof(double));
  size = size > most ? most : size, size = size < 1 ? 1 : size;
  a->nchunk = (nblock + size - 1) / size;
  NEW(memory, a->batch, a->nchunk + 1);
  for (int c = 0; c < a->nchunk; c++)
    a->batch[c + 1] = s->site_first[((c + 1) * size < nblock ? (c + 1) * size : nblock) * nz];
  return ST_OK;
}

/* First nodes of the runs of a batch, at the bottom of their posts; how far the batch is above. */
static int batch_runs(const assembly *a, int b, int32_t node[]) {
  const int32_t *gather = a->s->gather + (size_t)b * CELL_NODES * NB;
  int up = gather[0] % a->height;
  for (int i = 0; i < a->nrun * NB; i++) node[i] = gather[i] - up;
  return up;
}

/* Neighbours on a column mesh share a table. In a first pass tables are only counted. */
static int make_tables(const assembly *a, int fill) {
  int32_t last[CELL_NODES * NB], now[CELL_NODES * NB];
  int n = 0;
  size_t size = (size_t)(a->nrun * NB);
  for (int c = 0; c < a->nchunk; c++)
    for (int b = a->batch[c]; b < a->batch[c + 1]; b++) {
      int up = batch_runs(a, b, now);
      if (b == a->batch[c] || memcmp(now, last, size * sizeof *now)) {
        if (fill) memcpy(a->node + (size_t)n * size, now, size * sizeof *now);
        memcpy(last, now, size * sizeof *now);
        n++;
      }
      if (fill) a->table[b] = n - 1, a->sheet[b] = up;
    }
  return n;
}

/* Marks the posts that chunk c touches with c + 1; seen [posts]. */
static void touch(const assembly *a, int c, int32_t *seen) {
  for (int b = a->batch[c]; b < a->batch[c + 1]; b++)
    for (int i = 0; i < a->nrun * NB; i++)
      seen[a->node[(size_t)(a->table[b] * a->nrun * NB) + (size_t)i] / a->height] = c + 1;
}

/* How many chunks touch each post; returns the sum. */
static int count_touches(const assembly *a, int npost, int32_t *seen, int32_t *count) {
  int n = 0;
  for (int c = 0; c < a->nchunk; c++) {
    touch(a, c, seen);
    for (int p = 0; p < npost; p++)
      if (seen[p] == c + 1) count[p]++, n++;
  }
  return n;
}

/* The n-th post, in the order of lanes: neighbours in memory that a chunk touches together. */
static int in_order(const mesh *g, int n) {
  int X = 2 * g->nx + 1, Y = 2 * g->ny + 1;
  return mesh_in_columns(g) ? n % Y * X + n / Y : n;
}

static status list_posts(assembly *a, arena *memory) {
  const mesh *g = a->s->mesh;
  int npost = g->nnode / a->height, n, nslot = 0;
  int32_t *seen, *count, *next, *at;
  size_t mark = arena_mark(memory), run = (size_t)(a->nrun * NB), post = (size_t)a->height * 3;
  NEW(memory, seen, npost);
  NEW(memory, count, npost);
  n = count_touches(a, npost, seen, count);
  for (int p = 0; p < npost; p++)
    if (count[p] > 1) a->nborder++, nslot += count[p];
  arena_release(memory, mark);

  NEW(memory, a->first, a->nchunk + 1);
  NEW(memory, a->post, n);
  NEW(memory, a->slot, n);
  NEW(memory, a->border, a->nborder);
  NEW(memory, a->border_first, a->nborder + 1);
  NEW(memory, a->border_slot, nslot);
  NEW(memory, a->border_sum, (size_t)nslot * post);
  mark = arena_mark(memory);
  NEW(memory, seen, npost);
  NEW(memory, count, npost);
  NEW(memory, next, npost); /* of a post: where its next sum is listed */
  NEW(memory, at, npost);   /* of a post: its place among those of the chunk */
  count_touches(a, npost, seen, count);
  for (int i = 0, b = 0; i < npost; i++) {
    int p = in_order(g, i);
    if (count[p] < 2) continue;
    next[p] = a->border_first[b], a->border[b] = p * a->height;
    a->border_first[b + 1] = a->border_first[b] + count[p], b++;
  }
  n = nslot = 0;
  for (int c = 0; c < a->nchunk; c++) {
    int begin = n;
    touch(a, c, seen);
    for (int i = 0; i < npost; i++) {
      int p = in_order(g, i);
      if (seen[p] != c + 1) continue;
      at[p] = n - begin, a->slot[n] = count[p] > 1 ? nslot : -1, a->post[n++] = p * a->height;
      if (count[p] > 1) a->border_slot[next[p]++] = nslot++;
    }
    a->first[c + 1] = n;
    if ((size_t)(n - begin) * post > a->nsum) a->nsum = (size_t)(n - begin) * post;
    size_t lo = (size_t)a->table[a->batch[c]] * run, hi = (size_t)(a->table[a->batch[c + 1] - 1] + 1) * run;
    for (size_t i = lo; i < hi; i++) a->place[i] = at[a->node[i] / a->height] * (int)post;
  }
  arena_release(memory, mark);
  return ST_OK;
}

status assembly_create(const space *s, arena *memory, assembly **out) {
  assembly *a;
  int stand = mesh_in_columns(s->mesh);
  NEW(memory, a, 1);
  a->s = s, a->height = stand ? 2 * s->mesh->nz + 1 : 1, a->run = stand ? 3 : 1, a->nrun = CELL_NODES / a->run;
  TRY(cut(a, memory));
  NEW(memory, a->table, s->nbatch);
  NEW(memory, a->sheet, s->nbatch);
  size_t size = (size_t)make_tables(a, 0) * (size_t)(a->nrun * NB);
  NEW(memory, a->node, size);
  NEW(memory, a->place, size);
  make_tables(a, 1);
  TRY(list_posts(a, memory));
  a->nsum = (a->nsum + 7) / 8 * 8;
  NEW(memory, a->sum, a->nsum * (size_t)par_nthread());
  *out = a;
  return ST_OK;
}
