/* What "light", "medium", "firm" and "deep" mean: one table for all techniques. A load given in the scenario (`press:`)
   replaces it.

   Measured pressures become forces by the area they were measured on; that a thumb or a palm has this area is assumed,
   and so is every range without a source. Summaries therefore call each of these loads assumed. */
#ifndef KNEAD_TECHNIQUES_INTENSITY_H
#define KNEAD_TECHNIQUES_INTENSITY_H
#include <math.h>
#include "sim/kinds/param.h"

enum { INTENSITY_LEVELS = 4 };
static const char *const intensity_words[INTENSITY_LEVELS + 1] = {"light", "medium", "firm", "deep", NULL};

/* X(technique, light, medium, firm, deep, source); N, percussion: m. */
#define INTENSITY_TABLE(X)                                                                                             \
  /* ends and steps of the range; 1.25 and 2.5 kPa of Goldberg 1992 on 115 cm2 are 14 and 29 N */                      \
  X(effleurage, 10, 25, 40, 50, "assumed: 10-50 N on 80-150 cm2")                                                      \
  X(petrissage, 20, 40, 60, 80, "assumed: 20-80 N on 20-60 cm2")                                                       \
  /* 1 cm2 under 98, 245 (2.5 kgf, Fernandez-de-las-Penas 2006) and 412 kPa (Chaves 2020); mobilisation: 0-128 N, 36   \
     studies (medRxiv 2023.07.20.23292952) */                                                                          \
  X(compression, 10, 24.5, 41, 100,                                                                                    \
    "assumed: 98, 245 and 412 kPa on the 1 cm2 of a thumb; deep: of the 0-128 N of "                                   \
    "spinal mobilisation")                                                                                             \
  /* 40 physiotherapists: quartiles 100 and 408, median 227 kPa (Chaves 2020, Appl Sci 10:2705) */                     \
  X(cross_fibre, 10, 23, 41, 60,                                                                                       \
    "assumed: 100, 227 and 408 kPa (Chaves 2020) on the 1 cm2 of a thumb; deep: half as "                              \
    "much again")                                                                                                      \
  X(stripping, 50, 80, 120, 200, "assumed: 50-200 N on 4-15 cm2")                                                      \
  X(myofascial_hold, 10, 20, 35, 50, "assumed: 10-50 N")                                                               \
  X(skin_rolling, 5, 10, 15, 20, "assumed: light, on two fingertips and more")                                         \
  X(vibration, 5, 10, 20, 30, "assumed")                                                                               \
  X(tapotement, 5, 10, 20, 30, "assumed: largest force of a tap")                                                      \
  X(percussion, 3e-3, 6e-3, 9e-3, 12e-3, "assumed: deepest place of the head; strokes are 10-16 mm")

#define INTENSITY_ROW(name, light, medium, firm, deep, source)                                                         \
  static inline double intensity_##name(double given, int level) {                                                     \
    static const double figure[INTENSITY_LEVELS] = {light, medium, firm, deep};                                        \
    return isnan(given) ? figure[level] : given;                                                                       \
  }
INTENSITY_TABLE(INTENSITY_ROW)
#undef INTENSITY_ROW

#define INTENSITY_SOURCE(name, light, medium, firm, deep, source)                                                      \
  static const char intensity_source_##name[] __attribute__((unused)) = source;
INTENSITY_TABLE(INTENSITY_SOURCE)
#undef INTENSITY_SOURCE

/* The two rows of the load of technique `name`, whose struct is `type`. */
#define INTENSITY_ROWS(type, name, what)                                                                               \
  PARAM(type, press, .unit = "N", .lo = 0.01, .hi = 500, .preset = NAN, .optional = 1,                                 \
        .doc = what "; left out: what `intensity` says", .source = intensity_source_##name),                           \
      PARAM(type, intensity, .kind = PARAM_CHOICE, .choices = intensity_words, .preset = 1,                            \
            .doc = "the load in a word, in the range of this technique; `press` replaces it", .source = "assumed")

#endif
