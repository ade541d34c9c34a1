/* Where columns of cells stand side by side: NB at a time, so that one instruction works on NB cells or NB stars.

   Column (i, j) of an nx x ny mesh has number j (nx + 1) + i. The place after the last column of each row stays empty:
   so the star of columns around a vertex (I, J), numbered alike, touches the columns s, s - 1, s - (nx + 1) and
   s - (nx + 2) of its own number s, everywhere. NB numbers are a block; a block on one sheet of cells is a site, number
   block nz + k. Along x, as nodes are numbered: an equal share of blocks is nearly the same share of a vector, so what
   a thread adds up it also scales and adds to, in its own caches.

   Without columns (nx = 0) a site is NB cells one after the other. */
#ifndef KNEAD_LANES_H
#define KNEAD_LANES_H
#include "sim/kinds/material.h"

static inline int lanes_column(int nx, int i, int j) {
  return j * (nx + 1) + i;
}
/* Blocks with cells; with stars (their numbers go one row further). */
static inline int lanes_nblock(int nx, int ny) {
  return (ny * (nx + 1) + NB - 1) / NB;
}
static inline int lanes_ngroup(int nx, int ny) {
  return ((nx + 1) * (ny + 1) + NB - 1) / NB;
}
/* The column in a lane; 0 when the place is empty. */
static inline int lanes_find(int nx, int ny, int block, int lane, int *i, int *j) {
  int s = block * NB + lane;
  *i = s % (nx + 1), *j = s / (nx + 1);
  return *i < nx && *j < ny;
}

static inline int lanes_nsite(int nx, int ny, int nz, int ncell) {
  return nx ? lanes_nblock(nx, ny) * nz : (ncell + NB - 1) / NB;
}
/* The cell in a lane of a site; -1 when the place is empty. */
static inline int lanes_cell(int nx, int ny, int nz, int ncell, int site, int lane) {
  int i, j;
  if (!nx) return site * NB + lane < ncell ? site * NB + lane : -1;
  return lanes_find(nx, ny, site / nz, lane, &i, &j) ? (j * nx + i) * nz + site % nz : -1;
}

#endif
