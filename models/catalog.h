/* All that the models know, as the lists the engine takes. Written by nobody: each room's .def file is its list. */
#ifndef KNEAD_MODELS_CATALOG_H
#define KNEAD_MODELS_CATALOG_H
#include "sim/kinds/catalog.h"

extern const catalog models_catalog;

#endif
