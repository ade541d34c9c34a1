/* Where a run is: one redrawn line on a terminal, a line now and then elsewhere. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sim/cli/cli.h"

static const double redraw = 0.1, line_every = 10, line_share = 0.05; /* s, s, of the run */

void progress_begin(progress *p, cli *c) {
  const char *term = getenv("TERM");
  *p = (progress){.c = c, .mode = c->progress, .last_wall = -INFINITY, .begun = NAN};
  if (p->mode == PROGRESS_AUTO)
    p->mode = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 ? PROGRESS_BAR : PROGRESS_LINES;
  if (c->quiet) p->mode = PROGRESS_NONE;
}

/* Which entry of the session runs at t, from 1; grips count, too. */
static int running(const model *m, double t, int *of) {
  int n = 0, began = 0;
  for (int i = 0; i < m->nentry; i++) n++, began += m->entries[i].start < t - 1e-9;
  for (int i = 0; i < m->nrig; i++) n++, began += m->rigs[i].start < t - 1e-9;
  *of = n;
  return began;
}

/* "01:12", "1:02:03" */
static const char *clock_text(double s, char text[32]) {
  if (!(s < 360000)) return "--:--";
  long whole = lround(s), h = whole / 3600;
  if (h)
    snprintf(text, 32, "%ld:%02ld:%02ld", h, whole / 60 % 60, whole % 60);
  else
    snprintf(text, 32, "%02ld:%02ld", whole / 60, whole % 60);
  return text;
}

void progress_step(void *self, const model *m, double t, double dt, int newton, double wall, long step) {
  progress *p = self;
  enum { WIDTH = 8 };
  char bar[WIDTH + 1], eta[32], line[200];
  double goal = fmin(m->time.end, p->c->until), share = goal > 0 ? fmin(t / goal, 1) : 1;
  int of, at = running(m, t, &of), full = (int)(share * WIDTH), last = t >= goal - 1e-9;
  if (isnan(p->begun)) p->begun = t - dt;
  if (p->c->verbose) cli_say(p->c, "step %ld  t %.6g s  dt %.3g ms  newton %d", step, t, 1e3 * dt, newton);
  if (p->mode == PROGRESS_NONE) return;
  double waited = wall - p->last_wall;
  if (p->mode == PROGRESS_BAR ? waited < redraw && !last
                              : waited < line_every && share - p->last_share < line_share && !last)
    return;
  p->last_wall = wall;
  p->last_share = share;
  for (int i = 0; i < WIDTH; i++) bar[i] = i < full ? '=' : i == full ? '>' : ' ';
  bar[WIDTH] = 0;
  if (p->mode == PROGRESS_JSON) {
    fprintf(stderr, "{\"step\": %ld, \"t\": %.9g, \"end\": %.9g, \"dt\": %.6g, \"newton\": %d, \"wall_s\": %.3f}\n",
            step, t, goal, dt, newton, wall);
    return;
  }
  double rate = wall > 0 ? (t - p->begun) / wall : 0;
  snprintf(line, sizeof line, "knead %d/%d [%s] %3.0f%%  t %.2f/%.2f s  dt %.3g ms  newton %d  %.2gx real time  eta %s",
           at, of, bar, floor(1e2 * share), t, goal, 1e3 * dt, newton, rate, clock_text(fmax(goal - t, 0) / rate, eta));
  if (p->mode == PROGRESS_BAR) {
    cli_wipe(p->c);
    fputs(line, stderr);
    fflush(stderr);
    p->c->bar = 1;
  } else {
    fprintf(stderr, "%s\n", line);
  }
}
