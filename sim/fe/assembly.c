#include <string.h>
#include "sim/fe/assembly_parts.h"

/* Numerical. Bytes of a chunk's sum in double: it shall stay in a core's second cache beside what streams through.
   Chunks that there are at the least, to share among threads. */
enum { CHUNK_BYTES = 1 << 19, CHUNKS = 24 };

/* Whole blocks of lanes, all sheets of them. */
static status cut(assembly *a, arena *memory) {
  const space *s = a->s;
  int stand = mesh_in_columns(s->mesh), nz = stand ? s->mesh->nz : 1, nblock = s->nsite / nz, size = nblock / CHUNKS;
  /* some four posts a column, 27 nodes a cell */
  int most = CHUNK_BYTES / (NB * (stand ? 4 * a->height : CELL_NODES) * 3 * (int)sizeof(double));
  size = size > most ? most : size, size = size < 1 ? 1 : size;
  a->nchunk = (nblock + size - 1) / size;
  NEW(memory, a->batch, a->nchunk + 1);
  for (int c = 0; c < a->nchunk; c++)
    a->batch[c + 1] = s->site_first[((c + 1) * size < nblock ? (c + 1) * size : nblock) * nz];
  return ST_OK;
}

/* First numbers of the runs of a batch at the bottom of their posts, and these, -1 in lanes that do not count. Returns
   how far the batch is above. */
static int batch_runs(const assembly *a, int b, int32_t first[], int32_t post[]) {
  const int32_t *gather = a->s->gather + (size_t)b * CELL_NODES * NB;
  int up = gather[0] % a->height;
  for (int i = 0; i < a->ntouch; i++) {
    first[i] = 3 * (gather[i] - up);
    post[i] = space_active(a->s, b, i % NB) ? gather[i] / a->height : -1;
  }
  return 3 * up;
}

/* Neighbours on a column mesh share a table, which is within a chunk. Without `post` tables are only counted. */
static int make_tables(const assembly *a, int32_t *chunk, int32_t *post) {
  enum { MOST = CELL_NODES * NB };
  int32_t first[2][MOST], at[2][MOST];
  int n = 0;
  size_t size = (size_t)a->ntouch, bytes = size * sizeof **first;
  for (int c = 0; c < a->nchunk; c++) {
    for (int b = a->batch[c], now = 0; b < a->batch[c + 1]; b++, now = !now) {
      int up = batch_runs(a, b, first[now], at[now]), old = b > a->batch[c];
      if (!old || memcmp(first[now], first[!now], bytes) || memcmp(at[now], at[!now], bytes)) {
        if (post)
          memcpy(a->first + (size_t)n * size, first[now], bytes), memcpy(post + (size_t)n * size, at[now], bytes);
        n++;
      }
      a->table[b] = n - 1, a->above[b] = up;
    }
    chunk[c + 1] = n;
  }
  return n;
}

status assembly_create(const space *s, arena *memory, assembly **out) {
  assembly *a;
  const mesh *g = s->mesh;
  int stand = mesh_in_columns(g);
  int32_t *chunk, *post;
  NEW(memory, a, 1);
  a->s = s, a->height = stand ? 2 * g->nz + 1 : 1, a->ntouch = (stand ? 9 : CELL_NODES) * NB;
  TRY(cut(a, memory));
  NEW(memory, a->table, s->nbatch);
  NEW(memory, a->above, s->nbatch);
  NEW(memory, chunk, a->nchunk + 1);
  size_t size = (size_t)make_tables(a, chunk, NULL) * (size_t)a->ntouch;
  NEW(memory, a->first, size);
  NEW(memory, post, size);
  make_tables(a, chunk, post);
  TRY(posts_create(g->nnode / a->height, 3 * a->height, sizeof(double), a->nchunk, chunk, a->ntouch, post, memory,
                   &a->posts));
  *out = a;
  return ST_OK;
}
