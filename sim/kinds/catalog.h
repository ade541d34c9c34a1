/* The lists of all members. The engine gets one from its caller (the program: models/catalog.c; a test: its own). */
#ifndef KNEAD_CATALOG_H
#define KNEAD_CATALOG_H
#include "sim/kinds/material.h"
#include "sim/kinds/hand.h"
#include "sim/kinds/technique.h"
#include "sim/kinds/process.h"
#include "sim/kinds/output.h"
#include "sim/kinds/body.h"
#include "sim/kinds/text.h"

typedef struct catalog {
  const body *const *bodies; /* every list ends with NULL */
  const material *const *materials;
  const process *const *physiology;
  const hand *const *hands;
  const technique *const *techniques;
  const output *const *outputs;
  const builtin_text *tissues;   /* what `use: NAME` may name; ended by a NULL name, NULL: none */
  const builtin_text *scenarios; /* what `knead new NAME` begins from; likewise */
} catalog;

#endif
