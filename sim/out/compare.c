/* Two results side by side: meshes must be alike, times are paired, and every dataset gives one row. */
#include "sim/out/compare.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "sim/out/read.h"

enum { EXTRA = 8 }; /* rows that are neither frames nor history */

typedef struct comparing {
  h5_file f[2];
  arena *a;
  double tolerance;
  comparison *out;
} comparing;

/* ---- values -------------------------------------------------------------------------------------------------------
 */

static bool same_bits(double a, double b) {
  return !memcmp(&a, &b, sizeof a) || (isnan(a) && isnan(b));
}

typedef struct sums {
  double difference, size[2]; /* of squares */
} sums;

/* n entities of ncomp values; sums wait for the other times. */
static void add(compare_row *r, sums *s, size_t n, size_t ncomp, const double *a, const double *b, double time) {
  for (size_t i = 0; i < n * ncomp; i++) {
    if (isfinite(a[i])) r->size = fmax(r->size, fabs(a[i])), s->size[0] += a[i] * a[i];
    if (isfinite(b[i])) r->size = fmax(r->size, fabs(b[i])), s->size[1] += b[i] * b[i];
    if (same_bits(a[i], b[i])) continue;
    double d = fabs(a[i] - b[i]);
    if (isnan(d)) d = INFINITY;
    if (d > r->largest || !r->unlike) r->largest = d, r->time = time, r->entity = i / ncomp;
    r->unlike++;
    s->difference += d * d;
  }
  r->count += n * ncomp;
}

static void finish(const comparing *c, compare_row *r, const sums *s) {
  double n = r->count ? (double)r->count : 1;
  r->rms = sqrt(s->difference / n);
  r->rms_size = sqrt(fmax(s->size[0], s->size[1]) / n);
  r->equal = isnan(c->tolerance) ? !r->unlike : r->largest <= c->tolerance * r->size;
  /* How it was computed, not what came out: iterations and the like. */
  if (!isnan(c->tolerance) && !strncmp(r->path, "history/solver/", 15)) r->equal = true;
}

static compare_row *new_row(comparing *c, const char *path) {
  compare_row *r = &c->out->row[c->out->nrow++];
  *r = (compare_row){.time = NAN};
  snprintf(r->path, sizeof r->path, "%s", path);
  return r;
}

/* ---- times --------------------------------------------------------------------------------------------------------
 */

static bool same_time(double a, double b) {
  /* Frames land on their times exactly; what differs by less is the same multiple, rounded in another way. */
  return fabs(a - b) <= 1e-12 * fmax(fabs(a), fabs(b));
}

static status pair_times(comparing *c, const char *path, compare_times *t) {
  read_array x[2] = {0};
  for (int k = 0; k < 2; k++) {
    if (read_there(c->f[k].id, path)) TRY(read_values(&c->f[k], path, c->a, &x[k]));
    t->n[k] = x[k].count;
    t->end[k] = x[k].count ? x[k].value[x[k].count - 1] : (double)NAN;
  }
  NEW(c->a, t->pair, t->n[0] < t->n[1] ? t->n[0] : t->n[1]);
  for (size_t i = 0, j = 0; i < t->n[0] && j < t->n[1];) {
    double a = x[0].value[i], b = x[1].value[j];
    if (same_time(a, b)) {
      t->pair[t->common][0] = i++, t->pair[t->common++][1] = j++;
    } else if (a < b) {
      i++;
    } else {
      j++;
    }
  }
  t->time = x[0].value;
  t->same_end = (!t->n[0] && !t->n[1]) || same_time(t->end[0], t->end[1]);
  return ST_OK;
}

/* ---- mesh ---------------------------------------------------------------------------------------------------------
 */

/* Datasets that no field can be compared without: they must be the same in every bit. */
static status must_agree(comparing *c, const char *path, const char *what, size_t *count) {
  size_t mark = arena_mark(c->a);
  read_array x[2];
  for (int k = 0; k < 2; k++) TRY(read_values(&c->f[k], path, c->a, &x[k]));
  if (x[0].n[0] != x[1].n[0] || x[0].n[1] != x[1].n[1])
    FAIL(ST_INPUT, "%s and %s cannot be compared: %llu against %llu %s; only results on the same mesh can",
         c->f[0].name, c->f[1].name, (unsigned long long)x[0].n[0], (unsigned long long)x[1].n[0], what);
  for (size_t i = 0; i < x[0].count; i++)
    if (x[0].value[i] != x[1].value[i])
      FAIL(ST_INPUT, "%s and %s cannot be compared: %s of cell %zu is another; only results on the same mesh can",
           c->f[0].name, c->f[1].name, path, i / (size_t)(x[0].n[1] * x[0].n[2]));
  *count = (size_t)x[0].n[0];
  arena_release(c->a, mark);
  return ST_OK;
}

static status same_counts(comparing *c) {
  hsize_t n[2][3];
  for (int k = 0; k < 2; k++)
    if (!read_there(c->f[k].id, "/mesh/points") || read_shape(c->f[k].id, "/mesh/points", n[k]) != 2)
      FAIL(ST_INPUT, "%s has no /mesh/points; it was ended while it began", c->f[k].name);
  if (n[0][0] != n[1][0])
    FAIL(ST_INPUT, "%s and %s cannot be compared: %llu against %llu nodes; only results on the same mesh can",
         c->f[0].name, c->f[1].name, (unsigned long long)n[0][0], (unsigned long long)n[1][0]);
  c->out->nnode = (size_t)n[0][0];
  TRY(must_agree(c, "/mesh/connectivity", "cells", &c->out->ncell));
  size_t count;
  return must_agree(c, "/mesh/layer", "cells", &count);
}

/* ---- datasets -----------------------------------------------------------------------------------------------------
 */

static bool alike(const read_array x[2]) {
  return x[0].rank == x[1].rank && x[0].n[0] == x[1].n[0] && x[0].n[1] == x[1].n[1] && x[0].n[2] == x[1].n[2];
}

/* What does not change in time: where nodes are, where fibres point. */
static status compare_fixed(comparing *c, const char *path) {
  bool there[2] = {read_there(c->f[0].id, path), read_there(c->f[1].id, path)};
  if (!there[0] && !there[1]) return ST_OK;
  compare_row *r = new_row(c, path + 1);
  if (!there[0] || !there[1]) {
    r->kind = there[0] ? COMPARE_ONLY_A : COMPARE_ONLY_B;
    return ST_OK;
  }
  size_t mark = arena_mark(c->a);
  read_array x[2];
  sums s = {0};
  for (int k = 0; k < 2; k++) TRY(read_values(&c->f[k], path, c->a, &x[k]));
  read_text_at(c->f[0].id, path, "units", r->unit, sizeof r->unit);
  if (alike(x)) {
    add(r, &s, (size_t)x[0].n[0], (size_t)(x[0].n[1] * x[0].n[2]), x[0].value, x[1].value, (double)NAN);
    finish(c, r, &s);
  } else {
    r->kind = COMPARE_SHAPES;
  }
  arena_release(c->a, mark);
  return ST_OK;
}

static status compare_frames(comparing *c, compare_row *r, const char *group) {
  const compare_times *t = &c->out->frames;
  sums s = {0};
  for (size_t i = 0; i < t->common; i++) {
    size_t mark = arena_mark(c->a);
    read_array x[2];
    char path[256];
    for (int k = 0; k < 2; k++) {
      snprintf(path, sizeof path, "%s/%zu", group, t->pair[i][k]);
      TRY(read_values(&c->f[k], path, c->a, &x[k]));
    }
    if (!i) read_text_at(c->f[1].id, path, "units", r->unit, sizeof r->unit);
    if (!alike(x)) {
      r->kind = COMPARE_SHAPES;
      return ST_OK;
    }
    add(r, &s, (size_t)x[0].n[0], (size_t)(x[0].n[1] * x[0].n[2]), x[0].value, x[1].value, t->time[t->pair[i][0]]);
    arena_release(c->a, mark);
  }
  finish(c, r, &s);
  return ST_OK;
}

static status compare_history(comparing *c, compare_row *r, const char *path) {
  const compare_times *t = &c->out->steps;
  size_t mark = arena_mark(c->a);
  read_array x[2];
  sums s = {0};
  for (int k = 0; k < 2; k++) {
    TRY(read_values(&c->f[k], path, c->a, &x[k]));
    /* /history/time is written last: a longer column belongs to an append that was broken off. */
    if (x[k].n[0] < t->n[k])
      FAIL(ST_INPUT, "%s: %s has %llu rows, /history/time has %zu; the file is damaged", c->f[k].name, path,
           (unsigned long long)x[k].n[0], t->n[k]);
  }
  read_text_at(c->f[0].id, path, "units", r->unit, sizeof r->unit);
  size_t ncomp = (size_t)(x[0].n[1] * x[0].n[2]);
  if (x[0].n[1] * x[0].n[2] != x[1].n[1] * x[1].n[2]) {
    r->kind = COMPARE_SHAPES;
  } else {
    for (size_t i = 0; i < t->common; i++)
      add(r, &s, 1, ncomp, x[0].value + ncomp * t->pair[i][0], x[1].value + ncomp * t->pair[i][1],
          t->time[t->pair[i][0]]);
    finish(c, r, &s);
  }
  arena_release(c->a, mark);
  return ST_OK;
}

/* ---- the lists of both files --------------------------------------------------------------------------------------
 */

/* Groups of frames below /frames: those of fields, and two for each hand. */
static status frame_groups(comparing *c, int k, read_names *out) {
  static const char *const kinds[] = {"/frames/point", "/frames/cell", "/frames/hand"};
  read_names in[3];
  *out = (read_names){0};
  int room = 0;
  for (int i = 0; i < 3; i++) {
    TRY(read_group(&c->f[k], kinds[i], c->a, &in[i]));
    room += 2 * in[i].n;
  }
  NEW(c->a, out->name, room);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < in[i].n; j++)
      for (int part = 0; part < (i == 2 ? 2 : 1); part++) {
        char **name = &out->name[out->n];
        size_t size = strlen(kinds[i]) + strlen(in[i].name[j]) + 16;
        NEW(c->a, *name, size);
        snprintf(*name, size, "%s/%s%s", kinds[i], in[i].name[j], i < 2 ? "" : part ? "/points" : "/pose");
        read_names frames; /* a hand without a surface has no points */
        TRY(read_group(&c->f[k], *name, c->a, &frames));
        if (frames.n || i < 2) out->n++;
      }
  return ST_OK;
}

static bool has(const read_names *list, const char *name) {
  for (int i = 0; i < list->n; i++)
    if (!strcmp(list->name[i], name)) return true;
  return false;
}

typedef status (*compare_one)(comparing *c, compare_row *r, const char *path);

/* skip: what of a path is not shown */
static status both_lists(comparing *c, const read_names list[2], size_t skip, compare_one one) {
  for (int i = 0; i < list[0].n; i++) {
    const char *path = list[0].name[i];
    if (!strcmp(path, "/history/time")) continue; /* paired, not compared */
    compare_row *r = new_row(c, path + skip);
    if (!has(&list[1], path))
      r->kind = COMPARE_ONLY_A;
    else if (!strcmp(path, "/history/solver/wall_s"))
      r->kind = COMPARE_CLOCK, r->equal = true;
    else
      TRY(one(c, r, path));
  }
  for (int i = 0; i < list[1].n; i++)
    if (!has(&list[0], list[1].name[i])) new_row(c, list[1].name[i] + skip)->kind = COMPARE_ONLY_B;
  return ST_OK;
}

static void conclude(comparing *c) {
  comparison *o = c->out;
  double worst = -1;
  o->worst = -1;
  for (int i = 0; i < o->nrow; i++) {
    const compare_row *r = &o->row[i];
    o->ndifferent += !r->equal;
    double relative = r->unlike && r->size > 0 ? r->largest / r->size : 0;
    if (!r->equal && r->unlike && relative > worst) worst = relative, o->worst = i;
  }
  bool times = o->frames.same_end && o->steps.same_end;
  if (isnan(c->tolerance))
    for (int k = 0; k < 2; k++) times = times && o->frames.n[k] == o->frames.common && o->steps.n[k] == o->steps.common;
  o->equal = times && !o->ndifferent;
}

static status compare(comparing *c) {
  comparison *o = c->out;
  read_names frames[2], steps[2];
  for (int k = 0; k < 2; k++) {
    read_text_at(c->f[k].id, "/", "scenario_sha256", o->sha256[k], sizeof o->sha256[k]);
    read_text_at(c->f[k].id, "/", "status", o->status[k], sizeof o->status[k]);
  }
  o->same_scenario = !strcmp(o->sha256[0], o->sha256[1]);
  char *resolved[2];
  for (int k = 0; k < 2; k++) TRY(read_string(&c->f[k], "/scenario/resolved", c->a, &resolved[k]));
  o->same_resolved = !strcmp(resolved[0], resolved[1]);
  TRY(same_counts(c));
  TRY(pair_times(c, "/time", &o->frames));
  TRY(pair_times(c, "/history/time", &o->steps));
  if (!o->frames.common && !o->steps.common)
    FAIL(ST_INPUT, "%s and %s have no time in common: their last steps are at %g s and %g s", c->f[0].name,
         c->f[1].name, o->steps.end[0], o->steps.end[1]);
  int room = EXTRA;
  for (int k = 0; k < 2; k++) {
    TRY(frame_groups(c, k, &frames[k]));
    TRY(read_datasets(&c->f[k], "/history", c->a, &steps[k]));
    room += frames[k].n + steps[k].n;
  }
  NEW(c->a, o->row, room);
  TRY(compare_fixed(c, "/mesh/points"));
  TRY(compare_fixed(c, "/mesh/fibre"));
  TRY(compare_fixed(c, "/mesh/fibre2"));
  TRY(both_lists(c, frames, strlen("/frames/"), compare_frames));
  TRY(both_lists(c, steps, 1, compare_history));
  conclude(c);
  return ST_OK;
}

status result_compare(const char *const file[2], double tolerance, arena *a, comparison *out) {
  comparing c = {.a = a, .tolerance = tolerance, .out = out};
  *out = (comparison){.worst = -1};
  TRY(read_open(&c.f[0], file[0]));
  status st = read_open(&c.f[1], file[1]);
  if (st == ST_OK) {
    st = compare(&c);
    (void)!h5_close(&c.f[1]); /* nothing was written */
  }
  (void)!h5_close(&c.f[0]);
  return st == ST_OK ? st : err_trace(st, __FILE__, __LINE__);
}
