/* Gathers the lists. A line MEMBER(palm) in models/hands/hands.def stands for `const hand hand_palm` in palm.c. */
#include "models/catalog.h"

extern const builtin_text models_tissues[], models_scenarios[]; /* made by models/tissues/embed.cmake */

#define MEMBER(name) extern const body body_##name;
#include "models/bodies/bodies.def"
#undef MEMBER
#define MEMBER(name) extern const material material_##name;
#include "models/materials/materials.def"
#undef MEMBER
#define MEMBER(name) extern const process process_##name;
#include "models/physiology/physiology.def"
#undef MEMBER
#define MEMBER(name) extern const hand hand_##name;
#include "models/hands/hands.def"
#undef MEMBER
#define MEMBER(name) extern const technique technique_##name;
#include "models/techniques/techniques.def"
#undef MEMBER
#define MEMBER(name) extern const output output_##name;
#include "models/outputs/outputs.def"
#undef MEMBER

static const body *const bodies[] = {
#define MEMBER(name) &body_##name,
#include "models/bodies/bodies.def"
#undef MEMBER
    NULL};
static const material *const materials[] = {
#define MEMBER(name) &material_##name,
#include "models/materials/materials.def"
#undef MEMBER
    NULL};
static const process *const physiology[] = {
#define MEMBER(name) &process_##name,
#include "models/physiology/physiology.def"
#undef MEMBER
    NULL};
static const hand *const hands[] = {
#define MEMBER(name) &hand_##name,
#include "models/hands/hands.def"
#undef MEMBER
    NULL};
static const technique *const techniques[] = {
#define MEMBER(name) &technique_##name,
#include "models/techniques/techniques.def"
#undef MEMBER
    NULL};
static const output *const outputs[] = {
#define MEMBER(name) &output_##name,
#include "models/outputs/outputs.def"
#undef MEMBER
    NULL};

const catalog models_catalog = {.bodies = bodies,
                                .materials = materials,
                                .physiology = physiology,
                                .hands = hands,
                                .techniques = techniques,
                                .outputs = outputs,
                                .tissues = models_tissues,
                                .scenarios = models_scenarios};
