/* Frames as VTU files: XML that describes raw blocks behind it (VTK's "appended raw"), so that no number is rounded and
   no library is needed. */
#include <errno.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sim/out/out.h"
#include "sim/out/read.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the files say LittleEndian");

typedef enum number { FLOAT64, FLOAT32, INT32, UINT8 } number;
static const char *const number_name[] = {"Float64", "Float32", "Int32", "UInt8"};
static const size_t number_size[] = {8, 4, 4, 1};

typedef struct block { /* one DataArray */
  const char *name;
  number type;
  size_t ncomp;
  char components[64]; /* "x,y,z"; "": none */
  size_t count;        /* numbers in all */
  const double *value;
} block;

typedef struct exporting {
  h5_file h;
  arena *a;
  const char *folder, *base; /* base: NAME, nbase characters */
  int nbase;
  read_names field[2]; /* of points, of cells */
  block mesh[5];       /* points, connectivity, offsets, types, layer */
  hsize_t nnode, ncell, nframe;
  const double *time;
} exporting;
enum { POINTS, CONNECTIVITY, OFFSETS, TYPES, LAYER };

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

static status load(exporting *e, const char *path, const char *name, number type, block *b) {
  read_array x;
  TRY(read_values(&e->h, path, e->a, &x));
  *b = (block){.name = name, .type = type, .ncomp = (size_t)(x.n[1] * x.n[2]), .count = x.count, .value = x.value};
  read_text_at(e->h.id, path, "components", b->components, sizeof b->components);
  return ST_OK;
}

static status load_mesh(exporting *e) {
  TRY(load(e, "/mesh/points", "Points", FLOAT64, &e->mesh[POINTS]));
  TRY(load(e, "/mesh/connectivity", "connectivity", INT32, &e->mesh[CONNECTIVITY]));
  TRY(load(e, "/mesh/offsets", "offsets", INT32, &e->mesh[OFFSETS]));
  TRY(load(e, "/mesh/types", "types", UINT8, &e->mesh[TYPES]));
  TRY(load(e, "/mesh/layer", "layer", UINT8, &e->mesh[LAYER]));
  e->mesh[CONNECTIVITY].ncomp = 1;
  e->mesh[OFFSETS].value++, e->mesh[OFFSETS].count--; /* VTU wants where each cell ends */
  e->nnode = e->mesh[POINTS].count / 3, e->ncell = e->mesh[TYPES].count;
  read_array t;
  TRY(read_values(&e->h, "/time", e->a, &t));
  e->nframe = t.n[0], e->time = t.value;
  TRY(read_group(&e->h, "/frames/point", e->a, &e->field[0]));
  return read_group(&e->h, "/frames/cell", e->a, &e->field[1]);
}

/* ---- writing ------------------------------------------------------------------------------------------------------
 */

static void describe(FILE *f, const block *b, uint64_t *offset) {
  fprintf(f, "<DataArray type=\"%s\" Name=\"%s\"", number_name[b->type], b->name);
  if (b->ncomp > 1) fprintf(f, " NumberOfComponents=\"%zu\"", b->ncomp);
  if (b->ncomp > 1 && *b->components) {
    char copy[64], *rest = copy, *word;
    memcpy(copy, b->components, sizeof copy);
    for (int k = 0; (word = strsep(&rest, ",")); k++) fprintf(f, " ComponentName%d=\"%s\"", k, word);
  }
  fprintf(f, " format=\"appended\" offset=\"%llu\"/>\n", (unsigned long long)*offset);
  *offset += sizeof(uint64_t) + b->count * number_size[b->type];
}

static void append(FILE *f, const block *b) {
  uint64_t bytes = b->count * number_size[b->type];
  fwrite(&bytes, sizeof bytes, 1, f);
  for (size_t i = 0; i < b->count; i++) {
    double v = b->value[i];
    float single = (float)v; /* stored in single precision: nothing is lost */
    int32_t whole = b->type == INT32 || b->type == UINT8 ? (int32_t)v : 0;
    uint8_t small = (uint8_t)whole;
    const void *const from[] = {&v, &single, &whole, &small};
    fwrite(from[b->type], number_size[b->type], 1, f);
  }
}

static void write_frame(FILE *f, const exporting *e, size_t frame, const block *point, const block *cell) {
  uint64_t offset = 0;
  fputs("<?xml version=\"1.0\"?>\n<VTKFile type=\"UnstructuredGrid\" version=\"1.0\" byte_order=\"LittleEndian\" "
        "header_type=\"UInt64\">\n<UnstructuredGrid>\n<FieldData>\n",
        f);
  fprintf(f, "<DataArray type=\"Float64\" Name=\"TimeValue\" NumberOfTuples=\"1\" format=\"ascii\">%.17g</DataArray>\n",
          e->time[frame]);
  fprintf(f, "</FieldData>\n<Piece NumberOfPoints=\"%llu\" NumberOfCells=\"%llu\">\n<Points>\n",
          (unsigned long long)e->nnode, (unsigned long long)e->ncell);
  describe(f, &e->mesh[POINTS], &offset);
  fputs("</Points>\n<Cells>\n", f);
  for (int i = CONNECTIVITY; i <= TYPES; i++) describe(f, &e->mesh[i], &offset);
  fputs("</Cells>\n<PointData>\n", f);
  for (int i = 0; i < e->field[0].n; i++) describe(f, &point[i], &offset);
  fputs("</PointData>\n<CellData>\n", f);
  describe(f, &e->mesh[LAYER], &offset);
  for (int i = 0; i < e->field[1].n; i++) describe(f, &cell[i], &offset);
  fputs("</CellData>\n</Piece>\n</UnstructuredGrid>\n<AppendedData encoding=\"raw\">\n_", f);
  for (int i = POINTS; i <= TYPES; i++) append(f, &e->mesh[i]);
  for (int i = 0; i < e->field[0].n; i++) append(f, &point[i]);
  append(f, &e->mesh[LAYER]);
  for (int i = 0; i < e->field[1].n; i++) append(f, &cell[i]);
  fputs("\n</AppendedData>\n</VTKFile>\n", f);
}

/* frame < 0: the list of all. with_folder: as a path, else as a name inside the folder. */
static char *file_name(const exporting *e, long frame, int with_folder, char *text, size_t size) {
  const char *folder = with_folder ? e->folder : "", *slash = with_folder ? "/" : "";
  if (frame < 0)
    snprintf(text, size, "%s%s%.*s.pvd", folder, slash, e->nbase, e->base);
  else
    snprintf(text, size, "%s%s%.*s_%04ld.vtu", folder, slash, e->nbase, e->base, frame);
  return text;
}

static void escaped(FILE *f, const char *text) {
  for (const char *c = text; *c; c++) switch (*c) {
    case '&': fputs("&amp;", f); break;
    case '<': fputs("&lt;", f); break;
    case '"': fputs("&quot;", f); break;
    default: fputc(*c, f);
    }
}

static void write_list(FILE *f, const exporting *e, char *text, size_t size) {
  fputs("<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"1.0\" byte_order=\"LittleEndian\">\n"
        "<Collection>\n",
        f);
  for (long i = 0; i < (long)e->nframe; i++) {
    fprintf(f, "<DataSet timestep=\"%.17g\" file=\"", e->time[i]);
    escaped(f, file_name(e, i, 0, text, size));
    fputs("\"/>\n", f);
  }
  fputs("</Collection>\n</VTKFile>\n", f);
}

/* Written beside and renamed, so that a reader never sees half a file. frame -1: the list. */
static status one(exporting *e, long frame, size_t size) {
  block *fields[2] = {NULL, NULL};
  char path[256], *name, *beside, *text;
  NEW(e->a, name, size);
  NEW(e->a, beside, size);
  NEW(e->a, text, size);
  for (int kind = 0; kind < 2 && frame >= 0; kind++) {
    NEW(e->a, fields[kind], e->field[kind].n);
    for (int i = 0; i < e->field[kind].n; i++) {
      snprintf(path, sizeof path, "/frames/%s/%s/%ld", kind ? "cell" : "point", e->field[kind].name[i], frame);
      TRY(load(e, path, e->field[kind].name[i], FLOAT32, &fields[kind][i]));
    }
  }
  file_name(e, frame, 1, name, size);
  snprintf(beside, size, "%s.part", name);
  FILE *f = fopen(beside, "wb");
  int error = f ? 0 : errno;
  if (f) {
    if (frame >= 0)
      write_frame(f, e, (size_t)frame, fields[0], fields[1]);
    else
      write_list(f, e, text, size);
    if (ferror(f)) error = errno ? errno : EIO;
    if (fclose(f) && !error) error = errno;
    if (!error && rename(beside, name)) error = errno;
    if (error) remove(beside);
  }
  if (error) FAIL(ST_OUTPUT, "cannot write %s: %s", name, strerror(error));
  return ST_OK;
}

static status vtu(exporting *e, int force, long *nframe) {
  size_t size = strlen(e->folder) + (size_t)e->nbase + 64;
  char *name;
  TRY(load_mesh(e));
  NEW(e->a, name, size);
  for (long i = -1; i < (long)e->nframe && !force; i++)
    if (!access(file_name(e, i, 1, name, size), F_OK))
      FAIL(ST_USAGE, "%s exists already; --force replaces it, or name another folder", name);
  if (mkdir(e->folder, 0777) && errno != EEXIST)
    FAIL(ST_OUTPUT, "cannot make the folder %s: %s", e->folder, strerror(errno));
  for (long i = 0; i < (long)e->nframe; i++) {
    size_t mark = arena_mark(e->a);
    TRY(one(e, i, size));
    arena_release(e->a, mark);
  }
  *nframe = (long)e->nframe;
  return one(e, -1, size); /* last: it names only files that are there */
}

status result_vtu(const char *file, const char *folder, int force, arena *a, long *nframe) {
  const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
  size_t n = strlen(base);
  if (n > 3 && !strcmp(base + n - 3, ".h5")) n -= 3;
  exporting e = {.a = a, .folder = folder, .base = base, .nbase = (int)n};
  TRY(read_open(&e.h, file));
  status st = vtu(&e, force, nframe);
  (void)!h5_close(&e.h); /* nothing was written */
  return st == ST_OK ? st : err_trace(st, __FILE__, __LINE__);
}
