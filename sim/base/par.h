/* Threads and sums that do not depend on their number.

   Loops are parallel where their pieces write to separate places, so who does which piece changes no bit. In loops over
   heavy pieces (batches of cells, groups of stars) a thread takes those of its own share, then helps the others; light
   ones (vectors) are shared evenly and only above PAR_LEAST numbers. So a thread that lost its core on a shared machine
   does not hold up the other, and what a thread has read or made lies in its own caches the next time. A sum is taken
   in fixed blocks of PAR_BLOCK and the blocks are added in order. */
#ifndef KNEAD_PAR_H
#define KNEAD_PAR_H

enum { PAR_BLOCK = 1024 };
enum { PAR_LEAST = 8192 }; /* numbers in a vector below which waking the threads costs more than the loop */
static inline int par_nblock(int n) {
  return (n + PAR_BLOCK - 1) / PAR_BLOCK;
}

/* 0: OMP_NUM_THREADS, else the cores of the affinity mask. Binds one thread to a core when the threads fill the mask,
   so that two smaller runs on one machine do not share its first cores; OMP_PROC_BIND or OMP_PLACES: binds nothing. */
void par_setup(int nthread);
int par_nthread(void);
double par_wall(void); /* seconds of a monotonic clock */

/* A loop over heavy pieces 0 to n - 1, one such loop at a time:

     par_deal(n, nthread);
     #pragma omp parallel num_threads(nthread)
     for (int i; (i = par_take()) >= 0;) ... */
void par_deal(int n, int nthread);
int par_take(void); /* -1: none is left */

/* part: [par_nblock(n)] scratch */
double par_dot(int n, const double *x, const double *y, double *part);
double par_max_abs(int n, const double *x, double *part); /* NaN if any entry is NaN */

#endif
