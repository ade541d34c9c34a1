/* A figure that a test proves, on one line that a machine reads: tools/validation.py gathers them, so that no number of
   tests/validate/VALIDATION.md is typed by hand. `figure_show` prints and judges at once: the tolerance on the page is
   the one that is tested.

     FIGURE|section|what|computed|target|low|high|unit|kind|mark|source
     CURVE|picture|label|x|y

   Text holds no `|`. A number that does not exist is `nan`. Python tests print the same lines. */
#ifndef KNEAD_TESTS_FIGURE_H
#define KNEAD_TESTS_FIGURE_H
#include "tests/test.h"

/* What agreement means */
#define FIGURE_EXACT "exact"           /* against mathematics: the code is right */
#define FIGURE_PUBLISHED "published"   /* nothing was chosen to meet it */
#define FIGURE_CALIBRATED "calibrated" /* constants were chosen by this very figure: it shows what the law can do */
#define FIGURE_SHOWN "shown"           /* no pass, no fail */

typedef struct figure {
  const char *section, *what, *unit, *kind;
  const char *mark;   /* of the target, as in the physics reference: V, VD, D, M+, M; empty: none needed */
  const char *source; /* of the target */
  double computed, target;
  double share;     /* allowed, as a share of the target; 0: low and high say it */
  double low, high; /* used when share is 0 */
} figure;

static inline void figure_print(const figure *f) {
  printf("FIGURE|%s|%s|%.10g|%.10g|%.10g|%.10g|%s|%s|%s|%s\n", f->section, f->what, f->computed, f->target, f->low,
         f->high, f->unit ? f->unit : "", f->kind, f->mark ? f->mark : "", f->source ? f->source : "");
  fflush(stdout);
}

static inline void figure_judge(figure f, const char *file, int line) {
  int shown = !strcmp(f.kind, FIGURE_SHOWN);
  if (shown)
    f.low = f.high = NAN;
  else if (f.share > 0)
    f.low = f.target - f.share * fabs(f.target), f.high = f.target + f.share * fabs(f.target);
  figure_print(&f);
  if (shown) return;
  if (f.share > 0)
    test_close(f.computed, f.target, f.share * fabs(f.target), f.what, file, line);
  else if (!(f.computed >= f.low && f.computed <= f.high)) {
    print_error("%s: %.6g is not within %.6g and %.6g\n", f.what, f.computed, f.low, f.high);
    _fail(file, line);
  }
}
/* figure_show(.section = ..., .what = ..., ...) */
#define figure_show(...) figure_judge((figure){__VA_ARGS__}, __FILE__, __LINE__)

static inline void figure_curve(const char *picture, const char *label, double x, double y) {
  printf("CURVE|%s|%s|%.6g|%.6g\n", picture, label, x, y);
}

#endif
