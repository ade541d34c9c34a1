/* Writes hexahedra that are no grid of columns as Gmsh does: an irregular plan of quadrangles, extruded. The plan is a
   square whose middle is a square of cells and whose rest are four trapezia, so that three cells meet at the corners
   of the middle; or a plain grid, for comparison.

       +-----------+        plan RING: 1 inner square of n x n cells,
       |\    3    /|        4 trapezia of n x k cells
       | +-------+ |
       |4|   1   |2|        plan GRID: n x n cells
       | +-------+ |
       |/    5    \|        two sheets of "muscle", one of "fat" on top
       +-----------+  */
#ifndef KNEAD_LOOSE_SAMPLE_H
#define KNEAD_LOOSE_SAMPLE_H
#include "tests/mesh/gmsh_sample.h"

enum { LOOSE_SHEETS = 3, LOOSE_Z = 2 * LOOSE_SHEETS + 1, LOOSE_QUADS = 1024, LOOSE_POINTS = 5000 };
static const double loose_half = 50, loose_cut[LOOSE_SHEETS + 1] = {0, 15, 30, 40}; /* mm */

typedef struct loose_sample {
  int ring, n, k; /* plan */
  int nodes;      /* 8 or 27 a cell */
  double lean;    /* the extrusion leans by this share of its height, in x and half as much in y; bent */
  int hole;       /* one quadrangle, at a corner of the plan, is not on the skin */
  int no_bottom;  /* no physical surface `bottom` */
  int split;      /* one cell of 27 nodes has its own copy of a node in the middle of a face */
  int flip;       /* upside down, so that cells are mirrored too */
} loose_sample;

typedef struct loose_plan {
  int npoint, nquad;
  double point[LOOSE_POINTS][2];
  int quad[LOOSE_QUADS][9]; /* lexicographic */
} loose_plan;

static inline int loose_point(loose_plan *p, double x, double y) {
  for (int i = 0; i < p->npoint; i++)
    if (fabs(p->point[i][0] - x) < 1e-9 && fabs(p->point[i][1] - y) < 1e-9) return i;
  assert_true(p->npoint < LOOSE_POINTS);
  p->point[p->npoint][0] = x, p->point[p->npoint][1] = y;
  return p->npoint++;
}

/* Cells a x b of a patch; place of its parameters s, t in -1 .. 1. way 0: the inner square, 1..4: a trapezium. */
static inline void loose_patch(loose_plan *p, int way, double inner, int a, int b) {
  for (int j = 0; j < b; j++)
    for (int i = 0; i < a; i++)
      for (int v = 0; v < 9; v++) {
        double s = -1 + (2 * i + v % 3) / (double)a, t = -1 + (2 * j + v / 3) / (double)b, x, y;
        if (way == 0)
          x = inner * s, y = inner * t;
        else {
          double r = inner + (loose_half - inner) * 0.5 * (s + 1), along = r * t;
          x = way == 1 ? r : way == 3 ? -r : way == 2 ? -along : along;
          y = way == 2 ? r : way == 4 ? -r : way == 3 ? -along : along;
        }
        if (v == 0) assert_true(p->nquad++ < LOOSE_QUADS);
        p->quad[p->nquad - 1][v] = loose_point(p, x, y);
      }
}

static inline void loose_make_plan(loose_plan *p, const loose_sample *s) {
  p->npoint = p->nquad = 0;
  loose_patch(p, 0, s->ring ? loose_half / 2 : loose_half, s->n, s->n);
  for (int way = 1; way <= 4 && s->ring; way++) loose_patch(p, way, loose_half / 2, s->k, s->n);
}

/* Place of plan point i at height k, halves of sheets; in mm. */
static inline void loose_place(const loose_plan *p, const loose_sample *s, int i, int k, double x[3]) {
  double z = k % 2 ? 0.5 * (loose_cut[k / 2] + loose_cut[k / 2 + 1]) : loose_cut[k / 2];
  double bend = s->nodes == 27 ? z * z / 40 : z;
  x[0] = p->point[i][0] + s->lean * bend, x[1] = p->point[i][1] + 0.5 * s->lean * bend, x[2] = s->flip ? -z : z;
}

/* Shuffles what it does not divide. */
static const long loose_prime = 10007;

/* Tags run through the nodes in a shuffled order. */
static inline int loose_tag(const loose_plan *p, int i, int k) {
  int all = p->npoint * LOOSE_Z;
  assert_true(all % loose_prime != 0);
  return 5 + 2 * (int)((loose_prime * (i * LOOSE_Z + k)) % all);
}

/* Is edge e (tail, right, head, left of the patch) of a quadrangle on the rim? Only one quadrangle then has it. */
static inline int loose_on_rim(const loose_plan *p, int q, int e) {
  static const int middle[4] = {1, 5, 7, 3};
  int n = 0;
  for (int o = 0; o < p->nquad; o++)
    for (int v = 0; v < 9; v++) n += p->quad[o][v] == p->quad[q][middle[e]];
  return n == 1;
}

/* Surfaces 1 skin, 2 bottom, 3 sides and 4, in no group; volumes 1 muscle, 2 fat. */
static inline void loose_write(const char *name, const loose_sample *s) {
  static loose_plan plan;
  loose_plan *p = &plan;
  FILE *f = fopen(name, "w");
  assert_non_null(f);
  loose_make_plan(p, s);
  int all = p->npoint * LOOSE_Z, extra = s->split, nside = 0;
  for (int q = 0; q < p->nquad; q++)
    for (int e = 0; e < 4; e++) nside += LOOSE_SHEETS * loose_on_rim(p, q, e);
  fprintf(f,
          "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$PhysicalNames\n5\n2 1 \"skin\"\n2 2 \"%s\"\n2 3 \"sides\"\n"
          "3 1 \"muscle\"\n3 2 \"fat\"\n$EndPhysicalNames\n",
          s->no_bottom ? "underside" : "bottom");
  fprintf(f, "$Entities\n0 0 4 2\n");
  for (int e = 1; e <= 4; e++) fprintf(f, e < 4 ? "%d 0 0 0 1 1 1 1 %d 0\n" : "%d 0 0 0 1 1 1 0 0\n", e, e);
  for (int e = 1; e <= 2; e++) fprintf(f, "%d 0 0 0 1 1 1 1 %d 0\n", e, e);
  fprintf(f, "$EndEntities\n$Nodes\n1 %d 5 %d\n3 1 0 %d\n", all + extra, 5 + 2 * (all + extra), all + extra);
  for (int pass = 0; pass < 2; pass++)
    for (int n = 0; n < all + extra; n++) {
      double x[3];
      int at = n < all ? n : p->quad[0][5] * LOOSE_Z + 1; /* the copy, at the end */
      loose_place(p, s, at / LOOSE_Z, at % LOOSE_Z, x);
      if (pass)
        fprintf(f, "%.17g %.17g %.17g\n", x[0], x[1], x[2]);
      else
        fprintf(f, "%d\n", n < all ? loose_tag(p, at / LOOSE_Z, at % LOOSE_Z) : 5 + 2 * all);
    }
  int hole = s->hole, cells = LOOSE_SHEETS * p->nquad, total = 2 * p->nquad + nside + cells, tag = 0;
  static const int ring[9] = {0, 2, 8, 6, 1, 5, 7, 3, 4};
  int nine = s->nodes == 27, type = nine ? 10 : 3;
  fprintf(f, "$EndNodes\n$Elements\n%d %d 1 %d\n", 5 + hole, total, total);
  for (int level = 0; level < 2; level++) { /* skin, bottom */
    int skin = level == 0, part = skin && hole;
    for (int block = 0; block <= part; block++) { /* the hole is on a surface of its own, without a name */
      fprintf(f, "2 %d %d %d\n", block ? 4 : level + 1, type, block ? 1 : p->nquad - part);
      for (int q = block ? p->nquad - 1 : 0; q < p->nquad - (part && !block); q++) {
        fprintf(f, "%d", ++tag);
        for (int v = 0; v < (nine ? 9 : 4); v++)
          fprintf(f, " %d", loose_tag(p, p->quad[q][ring[v]], skin ? LOOSE_Z - 1 : 0));
        fprintf(f, "\n");
      }
    }
  }
  static const int edge[4][3] = {{0, 1, 2}, {2, 5, 8}, {8, 7, 6}, {6, 3, 0}};
  fprintf(f, "2 3 %d %d\n", type, nside);
  for (int q = 0; q < p->nquad; q++)
    for (int e = 0; e < 4; e++)
      for (int k = 0; k < LOOSE_SHEETS && loose_on_rim(p, q, e); k++) {
        static const int at[9][2] = {{0, 0}, {2, 0}, {2, 2}, {0, 2}, {1, 0}, {2, 1}, {1, 2}, {0, 1}, {1, 1}};
        fprintf(f, "%d", ++tag);
        for (int v = 0; v < (nine ? 9 : 4); v++)
          fprintf(f, " %d", loose_tag(p, p->quad[q][edge[e][at[v][0]]], 2 * k + at[v][1]));
        fprintf(f, "\n");
      }
  for (int volume = 1; volume <= 2; volume++) {
    int from = volume == 1 ? 0 : 2, to = volume == 1 ? 2 : 3, n = (to - from) * p->nquad;
    fprintf(f, "3 %d %d %d\n", volume, nine ? 12 : 5, n);
    for (int c = 0; c < n; c++) {
      int g = volume == 1 ? n - 1 - c : (int)((c * loose_prime + 1) % n); /* any order */
      int q = g % p->nquad, k = from + g / p->nquad;
      fprintf(f, "%d", ++tag);
      for (int v = 0; v < s->nodes; v++) {
        int local[3], at[3];
        sample_node(v, local);
        sample_turn((5 * g + volume) % 24, local, at);
        int copy = s->split && q == 0 && k == 0 && at[0] == 2 && at[1] == 1 && at[2] == 1;
        fprintf(f, " %d", copy ? 5 + 2 * all : loose_tag(p, p->quad[q][at[0] + 3 * at[1]], 2 * k + at[2]));
      }
      fprintf(f, "\n");
    }
  }
  fprintf(f, "$EndElements\n");
  fclose(f);
}

#endif
