/* The text sidecars: NAME.xdmf for the body, NAME.HAND.xdmf for each hand. They hold times and paths into NAME.h5 (its
   base name only, so that the files can be moved together), never values.

   Hands have a file of their own because a second time series in NAME.xdmf would turn the body into a part of a
   multi-block data set in ParaView, and meshio reads whichever series comes last. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/out/result.h"

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static void escaped(FILE *f, const char *text) {
  for (const char *c = text; *c; c++) switch (*c) {
    case '&': fputs("&amp;", f); break;
    case '<': fputs("&lt;", f); break;
    case '>': fputs("&gt;", f); break;
    case '"': fputs("&quot;", f); break;
    default: fputc(*c, f);
    }
}

/* <DataItem> of rows x ncomp values (ncomp 1: a plain row). type: "Float", "Int", "UChar" */
static void item(FILE *f, const result *w, const char *type, int precision, long rows, int ncomp, const char *path) {
  fprintf(f, "<DataItem NumberType=\"%s\" Precision=\"%d\" Format=\"HDF\" Dimensions=\"%ld", type, precision, rows);
  if (ncomp > 1) fprintf(f, " %d", ncomp);
  fputs("\">", f);
  escaped(f, base_name(w->file));
  fputc(':', f);
  escaped(f, path);
  fputs("</DataItem>", f);
}

static void begin(FILE *f, const char *name) {
  fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Xdmf Version=\"3.0\">\n<Domain>\n<Grid Name=\"", f);
  escaped(f, name);
  fputs("\" GridType=\"Collection\" CollectionType=\"Temporal\">\n", f);
}

static void end(FILE *f) {
  fputs("</Grid>\n</Domain>\n</Xdmf>\n", f);
}

/* Six components as Matrix: XDMF's Tensor6 has another order than VTK's arrays. */
static const char *attribute_type(int ncomp) {
  switch (ncomp) {
  case 1: return "Scalar";
  case 3: return "Vector";
  case 9: return "Tensor";
  default: return "Matrix";
  }
}

static void body_frame(FILE *f, const result *w, long frame) {
  const mesh *m = w->m->mesh;
  char path[192];
  fprintf(f, "<Grid Name=\"body\" GridType=\"Uniform\"><Time Value=\"%.15g\"/>\n", w->time[frame]);
  fprintf(f, "<Topology TopologyType=\"Hexahedron_27\" NumberOfElements=\"%d\">", m->ncell);
  item(f, w, "Int", 4, m->ncell, CELL_NODES, "/mesh/connectivity");
  fputs("</Topology>\n<Geometry GeometryType=\"XYZ\">", f);
  item(f, w, "Float", 8, m->nnode, 3, "/mesh/points");
  fputs("</Geometry>\n<Attribute Name=\"layer\" AttributeType=\"Scalar\" Center=\"Cell\">", f);
  item(f, w, "UChar", 1, m->ncell, 1, "/mesh/layer");
  fputs("</Attribute>\n", f);
  for (int i = 0; i < w->nfield; i++) {
    const frame_field *x = &w->field[i];
    snprintf(path, sizeof path, "/frames/%s/%s/%ld", x->on_cell ? "cell" : "point", x->name, frame);
    fprintf(f, "<Attribute Name=\"%s\" AttributeType=\"%s\" Center=\"%s\">", x->name, attribute_type(x->ncomp),
            x->on_cell ? "Cell" : "Node");
    item(f, w, "Float", 4, field_count(w, x), x->ncomp, path);
    fputs("</Attribute>\n", f);
  }
  fputs("</Grid>\n", f);
}

static void hand_frame(FILE *f, const result *w, const surface *s, long frame) {
  char path[192];
  fprintf(f, "<Grid Name=\"hand\" GridType=\"Uniform\"><Time Value=\"%.15g\"/>\n", w->time[frame]);
  fprintf(f, "<Topology TopologyType=\"Triangle\" NumberOfElements=\"%d\">", s->ntriangle);
  snprintf(path, sizeof path, "/hands/%s/triangles", s->name);
  item(f, w, "Int", 4, s->ntriangle, 3, path);
  fputs("</Topology>\n<Geometry GeometryType=\"XYZ\">", f);
  snprintf(path, sizeof path, "/frames/hand/%s/points/%ld", s->name, frame);
  item(f, w, "Float", 4, s->npoint, 3, path);
  fputs("</Geometry>\n</Grid>\n", f);
}

/* Written beside and renamed, so that a reader never sees half a file. hand NULL: the body. */
static status write_one(const result *w, const char *name, const surface *hand) {
  char *beside = malloc(strlen(name) + 8);
  if (!beside) FAIL(ST_INTERNAL, "out of memory for the name of %s", name);
  sprintf(beside, "%s.part", name);
  FILE *f = fopen(beside, "w");
  int error = f ? 0 : errno;
  if (f) {
    begin(f, hand ? hand->name : "body");
    for (long i = 0; i < w->nframe; i++) {
      if (hand)
        hand_frame(f, w, hand, i);
      else
        body_frame(f, w, i);
    }
    end(f);
    if (ferror(f)) error = errno ? errno : EIO;
    if (fclose(f) && !error) error = errno;
    if (!error && rename(beside, name)) error = errno;
    if (error) remove(beside);
  }
  free(beside);
  if (error)
    FAIL(ST_OUTPUT, "cannot write %s: %s; %s itself is whole. Free some space, or write elsewhere with -o", name,
         strerror(error), w->file);
  return ST_OK;
}

status xdmf_write(const result *w) {
  TRY(write_one(w, w->sidecar, NULL));
  for (int i = 0; i < w->nsurface && w->pose >= 0; i++) {
    const surface *s = &w->hand[i];
    if (!s->npoint || !s->ntriangle) continue;
    char *name = malloc(strlen(w->name) + strlen(s->name) + 8);
    if (!name) FAIL(ST_INTERNAL, "out of memory for the name of a sidecar");
    sprintf(name, "%s.%s.xdmf", w->name, s->name);
    status st = write_one(w, name, s);
    free(name);
    if (st != ST_OK) return err_trace(st, __FILE__, __LINE__);
  }
  return ST_OK;
}
