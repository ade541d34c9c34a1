/* The reader. A file is a sequence of sections between $Name and $EndName; those that are not needed are passed over.
 */
#include "sim/mesh/gmsh.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEX8 = 5, HEX27 = 12, QUAD4 = 3, QUAD9 = 10, DIMENSIONS = 4 };

/* Position v of Gmsh's 27 nodes holds lexicographic node gmsh27[v]: corners, edges, faces (z- y- x- x+ y+ z+), centre.
 */
static const int gmsh27[CELL_NODES] = {0,  2,  8,  6,  18, 20, 26, 24, 1,  3,  9,  5,  11, 7,
                                       17, 15, 19, 21, 23, 25, 4,  10, 12, 14, 16, 22, 13};

typedef struct entity { /* a volume or surface of the geometry, and the physical group it belongs to; -1: none */
  int tag, group;
} entity;

typedef struct reader {
  const char *file;
  char *text, *at;
  arena *a;
  int nentity[DIMENSIONS];
  entity *entity[DIMENSIONS];                                   /* of surfaces (2) and volumes (3) */
  int physical[DIMENSIONS][GMSH_GROUPS], nphysical[DIMENSIONS]; /* tags, in the order of the names */
  long maxtag;
  int32_t *node; /* tag -> number, -1 */
  gmsh *g;
} reader;

static int line_of(const reader *r) {
  int line = 1;
  for (const char *c = r->text; c < r->at; c++) line += *c == '\n';
  return line;
}

/* The next number; what it is, for the message. */
static status number(reader *r, const char *what, double *out) {
  char *end;
  *out = strtod(r->at, &end);
  if (end == r->at) FAIL(ST_INPUT, "%s:%d: a number is expected here (%s)", r->file, line_of(r), what);
  r->at = end;
  return ST_OK;
}

static status whole(reader *r, const char *what, long lo, long hi, long *out) {
  char *end;
  *out = strtol(r->at, &end, 10);
  if (end == r->at || *out < lo || *out > hi)
    FAIL(ST_INPUT, "%s:%d: a whole number from %ld to %ld is expected here (%s)", r->file, line_of(r), lo, hi, what);
  r->at = end;
  return ST_OK;
}

static status skip(reader *r, long n) {
  double unused;
  for (long i = 0; i < n; i++) TRY(number(r, "part of a list", &unused));
  return ST_OK;
}

/* Goes behind the line of $name; 0 when there is no such section. */
static int section(reader *r, const char *name) {
  size_t n = strlen(name);
  for (char *c = r->text; c; c = strchr(c, '\n')) {
    while (*c == '\n') c++;
    if (c[0] != '$' || strncmp(c + 1, name, n) || (c[n + 1] != '\n' && c[n + 1] != '\r')) continue;
    char *end = strchr(c, '\n');
    r->at = end ? end + 1 : c + n + 1;
    return 1;
  }
  return 0;
}

static status need(reader *r, const char *name) {
  if (!section(r, name)) FAIL(ST_INPUT, "%s: section $%s is missing", r->file, name);
  return ST_OK;
}

/* ---------------------------------------------------------------------------------------------------- the sections */

static status read_format(reader *r) {
  double version;
  long binary;
  TRY(need(r, "MeshFormat"));
  TRY(number(r, "version", &version));
  TRY(whole(r, "0: text, 1: binary", 0, 1, &binary));
  if (binary || version < 4.05 || version >= 4.2)
    FAIL(ST_INPUT,
         "%s: a text file of version 4.1 is expected, this is version %g, %s; write it with Mesh.MshFileVersion = "
         "4.1 and Mesh.Binary = 0",
         r->file, version, binary ? "binary" : "text");
  return ST_OK;
}

static status read_names(reader *r) {
  long n, dimension, tag;
  TRY(need(r, "PhysicalNames"));
  TRY(whole(r, "how many names", 0, 1000, &n));
  for (long i = 0; i < n; i++) {
    TRY(whole(r, "dimension", 0, 3, &dimension));
    TRY(whole(r, "tag", 1, INT32_MAX, &tag));
    char *open = strchr(r->at, '"'), *end = open ? strchr(open + 1, '"') : NULL;
    if (!end || end - open > PARAM_TEXT_MAX)
      FAIL(ST_INPUT, "%s:%d: a name in quotes, of at most %d letters, is expected here", r->file, line_of(r),
           PARAM_TEXT_MAX - 1);
    r->at = end + 1;
    if (dimension < 2) continue;
    int *count = &r->nphysical[dimension];
    if (*count == GMSH_GROUPS) FAIL(ST_INPUT, "%s:%d: more than %d physical groups", r->file, line_of(r), GMSH_GROUPS);
    char *to = dimension == 3 ? r->g->group_name[*count] : r->g->surface_name[*count];
    snprintf(to, PARAM_TEXT_MAX, "%.*s", (int)(end - open - 1), open + 1);
    r->physical[dimension][(*count)++] = (int)tag;
  }
  r->g->nsurface = r->nphysical[2], r->g->ngroup = r->nphysical[3];
  return ST_OK;
}

static int group_of(const reader *r, int dimension, long physical) {
  for (int i = 0; i < r->nphysical[dimension]; i++)
    if (r->physical[dimension][i] == labs(physical)) return i;
  return -1;
}

/* One row: tag, a point or a box, physical groups, and what bounds it. */
static status read_entity(reader *r, int dimension, entity *e) {
  long tag, n, physical;
  TRY(whole(r, "tag of an entity", INT32_MIN, INT32_MAX, &tag));
  TRY(skip(r, dimension ? 6 : 3));
  TRY(whole(r, "how many physical groups", 0, GMSH_GROUPS, &n));
  int group = -1;
  for (long i = 0; i < n; i++) {
    TRY(whole(r, "physical group", INT32_MIN, INT32_MAX, &physical));
    if (group < 0 && dimension > 1) group = group_of(r, dimension, physical);
  }
  if (dimension) {
    TRY(whole(r, "how many boundaries", 0, INT32_MAX, &n));
    TRY(skip(r, n));
  }
  if (e) *e = (entity){(int)tag, group};
  return ST_OK;
}

static status read_entities(reader *r) {
  long n[DIMENSIONS];
  TRY(need(r, "Entities"));
  for (int d = 0; d < DIMENSIONS; d++) TRY(whole(r, "how many entities", 0, 10000000, &n[d]));
  for (int d = 0; d < DIMENSIONS; d++) {
    if (d > 1) NEW(r->a, r->entity[d], n[d] + 1);
    r->nentity[d] = (int)n[d];
    for (long i = 0; i < n[d]; i++) TRY(read_entity(r, d, d > 1 ? &r->entity[d][i] : NULL));
  }
  return ST_OK;
}

static status read_nodes(reader *r) {
  long nblock, n, least, in_block, parametric, tag, dimension;
  TRY(need(r, "Nodes"));
  TRY(whole(r, "how many blocks", 0, INT32_MAX, &nblock));
  TRY(whole(r, "how many nodes", 8, INT32_MAX / 27, &n));
  TRY(whole(r, "smallest tag", 1, INT32_MAX, &least));
  TRY(whole(r, "largest tag", 1, 16 * (long)INT32_MAX / 27, &r->maxtag));
  NEW(r->a, r->node, r->maxtag + 1);
  NEW(r->a, r->g->x, 3 * (size_t)n);
  for (long t = 0; t <= r->maxtag; t++) r->node[t] = -1;
  for (long b = 0; b < nblock; b++) {
    TRY(whole(r, "dimension", 0, 3, &dimension));
    TRY(whole(r, "entity", INT32_MIN, INT32_MAX, &tag));
    TRY(whole(r, "parametric", 0, 1, &parametric));
    TRY(whole(r, "nodes in this block", 0, n - r->g->nnode, &in_block));
    int first = r->g->nnode;
    for (long i = 0; i < in_block; i++) {
      TRY(whole(r, "tag of a node", 1, r->maxtag, &tag));
      r->node[tag] = r->g->nnode++;
    }
    for (int i = first; i < r->g->nnode; i++) {
      for (int d = 0; d < 3; d++) TRY(number(r, "coordinate", &r->g->x[3 * (size_t)i + (size_t)d]));
      if (parametric) TRY(skip(r, dimension));
    }
  }
  return ST_OK;
}

/* How many nodes an element of a type has that may stand in a file and is not used; 0: unknown. */
static int nodes_of(long type) {
  static const int n[] = {0, 2, 3, 4, 4, 8, 6, 5, 3, 6, 9, 10, 27, 18, 14, 1, 8, 20, 15, 13};
  return type > 0 && type < (long)(sizeof n / sizeof *n) ? n[type] : 0;
}

static status refuse(const reader *r, long type) {
  const char *what = type == 4 || type == 11                 ? "tetrahedra"
                     : type == 6 || type == 13 || type == 18 ? "prisms"
                     : type == 7 || type == 14 || type == 19 ? "pyramids"
                     : type == 17                            ? "20-node hexahedra"
                                                             : "elements of a type that is not known here";
  FAIL(
      ST_INPUT,
      "%s:%d: these are %s (type %ld of Gmsh). Bodies are made of hexahedra with 8 or 27 nodes, best in columns, which "
      "know no limit of size: mesh the skin with quadrangles and extrude it with Recombine, or use transfinite "
      "volumes%s",
      r->file, line_of(r), what, type, type == 17 ? "; Mesh.SecondOrderIncomplete = 0 gives 27 nodes" : "");
}

static status read_corner(reader *r, int32_t *out) {
  long tag;
  TRY(whole(r, "node of an element", 1, r->maxtag, &tag));
  if (r->node[tag] < 0) FAIL(ST_INPUT, "%s:%d: there is no node %ld", r->file, line_of(r), tag);
  *out = r->node[tag];
  return ST_OK;
}

static int entity_group(const reader *r, long dimension, long tag) {
  for (int i = 0; i < r->nentity[dimension]; i++)
    if (r->entity[dimension][i].tag == tag) return r->entity[dimension][i].group;
  return -1;
}

static status read_cell(reader *r, int n, int group) {
  gmsh *g = r->g;
  int32_t *cell = g->cell + CELL_NODES * (size_t)g->ncell;
  for (int v = 0; v < CELL_NODES; v++) cell[v] = -1;
  for (int v = 0; v < n; v++) TRY(read_corner(r, &cell[gmsh27[v]]));
  g->group[g->ncell++] = (uint8_t)group;
  return ST_OK;
}

static status read_quad(reader *r, int n, int surface) {
  gmsh *g = r->g;
  int32_t node;
  for (int v = 0; v < n; v++) {
    TRY(read_corner(r, &node));
    if (v < 4) g->quad[4 * g->nquad + v] = node;
  }
  if (surface >= 0) g->surface[g->nquad++] = (uint8_t)surface;
  return ST_OK;
}

static status read_elements(reader *r) {
  long nblock, n, unused, dimension, tag, type, in_block;
  gmsh *g = r->g;
  TRY(need(r, "Elements"));
  TRY(whole(r, "how many blocks", 0, INT32_MAX, &nblock));
  TRY(whole(r, "how many elements", 1, INT32_MAX / 27, &n));
  TRY(whole(r, "smallest tag", 0, INT32_MAX, &unused));
  TRY(whole(r, "largest tag", 0, INT32_MAX, &unused));
  NEW(r->a, g->cell, CELL_NODES * (size_t)n);
  NEW(r->a, g->group, n);
  NEW(r->a, g->quad, 4 * (size_t)n + 4);
  NEW(r->a, g->surface, n + 1);
  for (long b = 0, seen = 0; b < nblock; b++, seen += in_block) {
    TRY(whole(r, "dimension", 0, 3, &dimension));
    TRY(whole(r, "entity", INT32_MIN, INT32_MAX, &tag));
    TRY(whole(r, "type", 1, 200, &type));
    TRY(whole(r, "elements in this block", 0, n - seen, &in_block));
    int cell = type == HEX8 || type == HEX27, quad = type == QUAD4 || type == QUAD9, nodes = nodes_of(type);
    if ((dimension == 3 && !cell) || !nodes) return refuse(r, type);
    int group = dimension > 1 ? entity_group(r, dimension, tag) : -1;
    if (cell && group < 0)
      FAIL(ST_INPUT, "%s:%d: volume %ld is in no physical group with a name; each cell must have a tissue", r->file,
           line_of(r), tag);
    for (long i = 0; i < in_block; i++) {
      TRY(whole(r, "tag of an element", 0, INT32_MAX, &unused));
      if (cell)
        TRY(read_cell(r, nodes, group));
      else if (quad)
        TRY(read_quad(r, nodes, group));
      else
        TRY(skip(r, nodes));
    }
  }
  if (!g->ncell) FAIL(ST_INPUT, "%s: it holds no hexahedra", r->file);
  return ST_OK;
}

/* The whole file as text; the caller frees it. */
static status load(const char *file, char **text) {
  FILE *f = fopen(file, "rb");
  if (!f) FAIL(ST_INPUT, "%s: the file cannot be opened; its place is told from where the program is started", file);
  long size = fseek(f, 0, SEEK_END) ? -1 : ftell(f);
  *text = size >= 0 && !fseek(f, 0, SEEK_SET) ? malloc((size_t)size + 1) : NULL;
  size_t got = *text ? fread(*text, 1, (size_t)size, f) : 0;
  fclose(f);
  if (!*text || got != (size_t)size) {
    free(*text);
    *text = NULL;
    FAIL(ST_INPUT, "%s: the file cannot be read", file);
  }
  (*text)[size] = 0;
  return ST_OK;
}

status gmsh_read(const char *file, arena *a, gmsh **out) {
  status st = ST_OK;
  reader r = {.file = file, .a = a};
  TRY(load(file, &r.text));
  r.at = r.text;
  r.g = arena_alloc(a, sizeof *r.g);
  if (!r.g) FAIL_OR(done, ST_INTERNAL, "out of memory for %s", file);
  TRY_OR(done, read_format(&r));
  TRY_OR(done, read_names(&r));
  TRY_OR(done, read_entities(&r));
  TRY_OR(done, read_nodes(&r));
  TRY_OR(done, read_elements(&r));
  *out = r.g;
done:
  free(r.text);
  return st;
}
