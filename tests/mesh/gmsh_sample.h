/* Writes what Gmsh writes: a curved grid of columns, its cells in any order and turned any way, for tests of its
   reader. The order of the 27 nodes is built from the list of edges and faces in Gmsh's manual, not from the reader's
   table. */
#ifndef KNEAD_GMSH_SAMPLE_H
#define KNEAD_GMSH_SAMPLE_H
#include "tests/test.h"

enum { SAMPLE_NX = 4, SAMPLE_NY = 3, SAMPLE_NZ = 3, SAMPLE_CELLS = SAMPLE_NX * SAMPLE_NY * SAMPLE_NZ };
enum { SAMPLE_X = 2 * SAMPLE_NX + 1, SAMPLE_Y = 2 * SAMPLE_NY + 1, SAMPLE_Z = 2 * SAMPLE_NZ + 1 };

/* Place of grid node (i, j, k), halves of cells, in mm: plane sides, curved sheets. */
static inline void sample_point(int i, int j, int k, double x[3]) {
  x[0] = 20.0 * (i - SAMPLE_NX), x[1] = 25.0 * j - 30;
  x[2] = 8.0 * k + 1e-3 * x[0] * x[1] * k / SAMPLE_Z - 2e-3 * x[0] * x[0];
}

/* Tags run through the nodes in a shuffled order; 7 and SAMPLE_X SAMPLE_Y SAMPLE_Z have no common divisor. */
static inline int sample_tag(int i, int j, int k) {
  int all = SAMPLE_X * SAMPLE_Y * SAMPLE_Z, n = (k * SAMPLE_Y + j) * SAMPLE_X + i;
  return 11 + 4 * (int)((n * 23L + 5) % all); /* holes between the tags, as after a coherence */
}

/* Turns (p, q, r) of 0..2 by the n-th of the 24 rotations of a cube. */
static inline void sample_turn(int n, const int in[3], int out[3]) {
  static const int order[6][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}};
  int odd = n % 6 >= 3, flips = n / 6; /* 0..3: which pair of axes is turned round; odd orders need one flip more */
  for (int d = 0; d < 3; d++) out[d] = in[order[n % 6][d]];
  for (int d = 0; d < 3; d++) {
    int flip = (flips > 0 && d != flips - 1) != odd;
    if (flip) out[d] = 2 - out[d];
  }
}

/* Local coordinates (0..2) of Gmsh's node v of a hexahedron. */
static inline void sample_node(int v, int out[3]) {
  static const int corner[8][3] = {{0, 0, 0}, {2, 0, 0}, {2, 2, 0}, {0, 2, 0},
                                   {0, 0, 2}, {2, 0, 2}, {2, 2, 2}, {0, 2, 2}};
  static const int edge[12][2] = {{0, 1}, {0, 3}, {0, 4}, {1, 2}, {1, 5}, {2, 3},
                                  {2, 6}, {3, 7}, {4, 5}, {4, 7}, {5, 6}, {6, 7}};
  static const int face[6][4] = {{0, 3, 2, 1}, {0, 1, 5, 4}, {0, 4, 7, 3}, {1, 2, 6, 5}, {2, 3, 7, 6}, {4, 5, 6, 7}};
  for (int d = 0; d < 3; d++) {
    if (v < 8)
      out[d] = corner[v][d];
    else if (v < 20)
      out[d] = (corner[edge[v - 8][0]][d] + corner[edge[v - 8][1]][d]) / 2;
    else if (v < 26)
      out[d] = (corner[face[v - 20][0]][d] + corner[face[v - 20][2]][d]) / 2;
    else
      out[d] = 1;
  }
}

typedef struct sample {
  int nodes;          /* 8 or 27 a cell */
  int turned;         /* cells lie any way */
  int leave_out;      /* this cell is missing; -1: none */
  const char *header; /* instead of "4.1 0 8"; NULL */
  int volume_type;    /* instead of that of hexahedra; 0 */
  int nameless;       /* the upper volume is in no physical group */
} sample;

/* Volume 1 "muscle" is the two lower sheets, volume 2 "skin layer" the third; surface 9 is the physical surface "skin".
 */
static inline void sample_write(const char *name, const sample *s) {
  FILE *f = fopen(name, "w");
  assert_non_null(f);
  int skip = s->leave_out >= 0, upper = SAMPLE_NX * SAMPLE_NY, nodes = s->nodes;
  fprintf(f, "$MeshFormat\n%s\n$EndMeshFormat\n", s->header ? s->header : "4.1 0 8");
  fprintf(f,
          "$PhysicalNames\n4\n0 3 \"a point\"\n2 5 \"skin\"\n3 7 \"muscle\"\n3 8 \"skin layer\"\n$EndPhysicalNames\n");
  fprintf(f, "$Entities\n1 1 1 2\n1 0 0 0 1 3 \n1 0 0 0 1 1 1 0 2 1 -1 \n");
  fprintf(f, "9 -1 -1 0 1 1 1 1 -5 1 1 \n1 -1 -1 0 1 1 1 1 7 2 1 -1 \n2 -1 -1 0 1 1 1 %s 1 9 \n$EndEntities\n",
          s->nameless ? "0" : "1 8");
  int all = SAMPLE_X * SAMPLE_Y * SAMPLE_Z, last = 11 + 4 * (all - 1), half = all / 2;
  fprintf(f, "$Nodes\n2 %d 11 %d\n", all, last);
  for (int block = 0; block < 2; block++) {
    int from = block ? half : 0, to = block ? all : half;
    fprintf(f, "%d %d 0 %d\n", 3, block + 1, to - from);
    for (int pass = 0; pass < 2; pass++)
      for (int n = from; n < to; n++) {
        int i = n % SAMPLE_X, j = n / SAMPLE_X % SAMPLE_Y, k = n / SAMPLE_X / SAMPLE_Y;
        double x[3];
        sample_point(i, j, k, x);
        if (pass)
          fprintf(f, "%.17g %.17g %.17g\n", x[0], x[1], x[2]);
        else
          fprintf(f, "%d\n", sample_tag(i, j, k));
      }
  }
  int lower = 2 * upper - skip, tag = 0;
  fprintf(f, "$EndNodes\n$Elements\n4 %d 1 %d\n0 1 15 1\n%d %d \n", 1 + 2 * upper + lower, 1 + 2 * upper + lower, ++tag,
          sample_tag(0, 0, 0));
  fprintf(f, "2 9 %d %d\n", nodes == 27 ? 10 : 3, upper);
  for (int c = 0; c < upper; c++) {
    static const int q[9][2] = {{0, 0}, {2, 0}, {2, 2}, {0, 2}, {1, 0}, {2, 1}, {1, 2}, {0, 1}, {1, 1}};
    fprintf(f, "%d", ++tag);
    for (int v = 0; v < (nodes == 27 ? 9 : 4); v++)
      fprintf(f, " %d", sample_tag(2 * (c % SAMPLE_NX) + q[v][0], 2 * (c / SAMPLE_NX) + q[v][1], 2 * SAMPLE_NZ));
    fprintf(f, " \n");
  }
  int type = s->volume_type ? s->volume_type : nodes == 27 ? 12 : 5;
  for (int volume = 1; volume <= 2; volume++) {
    int from = volume == 1 ? 0 : 2 * upper, to = volume == 1 ? 2 * upper : 3 * upper;
    fprintf(f, "3 %d %d %d\n", volume, type, volume == 1 ? lower : upper);
    for (int n = from; n < to; n++) {
      int c = volume == 1 ? (n * 5 + 3) % to : n; /* any order; 5 and 24 have no common divisor */
      int base[3] = {2 * (c % SAMPLE_NX), 2 * (c / SAMPLE_NX % SAMPLE_NY), 2 * (c / upper)};
      if (c == s->leave_out) continue;
      fprintf(f, "%d", ++tag);
      for (int v = 0; v < nodes; v++) {
        int local[3], at[3];
        sample_node(v, local);
        sample_turn(s->turned ? (7 * c + 1) % 24 : 0, local, at);
        fprintf(f, " %d", sample_tag(base[0] + at[0], base[1] + at[1], base[2] + at[2]));
      }
      fprintf(f, " \n");
    }
  }
  fprintf(f, "$EndElements\n$Periodic\n0\n$EndPeriodic\n");
  fclose(f);
}

#endif
