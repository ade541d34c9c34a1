/* The keys of a scenario that belong to the engine itself. Everything else a scenario may say is in the table of the
   member it names: a body, a law, a hand, a technique, a process. */
#include <string.h>
#include "sim/run/build.h"
#include "sim/mechanics/mechanics.h"

const param build_top_rows[] = {PARAM(top_keys, knead, .kind = PARAM_INTEGER, .lo = 1, .hi = 1, .preset = NAN,
                                      .doc = "version of the scenario format"),
                                PARAM(top_keys, title, .kind = PARAM_TEXT, .optional = 1, .source = "none",
                                      .doc = "what this run is, in a few words"),
                                {0}};

const param build_body_rows[] = {
    PARAM(body_keys, kind, .kind = PARAM_TEXT, .doc = "which body: see `knead list bodies`"),
    PARAM(body_keys, resolution, .kind = PARAM_CHOICE, .choices = model_resolutions, .preset = RESOLUTION_DEFAULT,
          .source = "numerical",
          .doc = "draft: a third of the elements the other keys ask for, each way; fine: elements half as wide"),
    {0}};

const param build_tissue_rows[] = {
    PARAM(tissue_keys, law, .kind = PARAM_TEXT, .doc = "material law: see `knead list materials`"),
    PARAM(tissue_keys, perfusion, .unit = "ml/min/(100 g)", .lo = 0, .hi = 500, .preset = 3,
          .source = "assumed: resting muscle 2-4 ml/min/(100 g)", .doc = "blood flow at rest"),
    PARAM(tissue_keys, tone, .lo = 0, .hi = 1, .preset = 0,
          .source = "relaxed lumbar muscle is mostly silent, PMC3088522",
          .doc = "activation of its fibres at rest; the run begins in the balance this makes"),
    PARAM(tissue_keys, density, .unit = "kg/m3", .lo = 100, .hi = 3000, .preset = 1050,
          .source = "assumed: between fat 911 and skin 1109, IT'IS tissue database v4 as recalled",
          .doc = "mass per volume; counts when inertia or gravity acts"),
    PARAM(tissue_keys, skin_like, .kind = PARAM_FLAG, .preset = 0, .source = "numerical",
          .doc = "perfusion answers to pressure as in skin, not as in muscle"),
    PARAM(tissue_keys, muscle, .kind = PARAM_FLAG, .preset = 0, .source = "numerical",
          .doc = "it is muscle: its stretch is watched (`limits: muscle_strain`, field `strain_ratio`)"),
    PARAM(tissue_keys, assumed, .kind = PARAM_FLAG, .preset = 0, .source = "numerical",
          .doc = "the numbers given here are assumed, not measured; the summary says so"),
    PARAM(tissue_keys, use, .kind = PARAM_TEXT, .optional = 1, .source = "none",
          .doc =
              "a tissue of `knead list tissues`, or a file relative to this one; the keys beside it replace its own"),
    {0}};

const param build_law_rows[] = {
    PARAM(law_keys, law, .kind = PARAM_TEXT, .doc = "material law: see `knead list materials`"), {0}};

/* Endpoint stiffness of arms is some hundred N/m at rest and grows with the force (Mussa-Ivaldi, Hogan and Bizzi 1985,
   J Neurosci 5:2732; Perreault 2001), but nobody measured it in massage: there is no default that could be one. */
static const param arm_rows[] = {
    PARAM(arm, stiffness, .unit = "N/m", .lo = 0, .hi = 1e12, .preset = 0,
          .source = "numerical: none; assumed of people: 0.2-2 N/mm, more with more force",
          .doc = "push that a millimetre between where the arm aims and where the hand is gives; 0: none"),
    PARAM(arm, damping, .unit = "N s/m", .lo = 0, .hi = 1e9, .preset = 0,
          .source = "numerical: none; of people 0.05 s times the stiffness, a model's figure: Selen 2009, PMC2784227",
          .doc = "push that a speed between the two gives; 0: none"),
    PARAM(arm, correct, .unit = "s", .lo = 1e-6, .hi = 1e9, .preset = 0.5,
          .source = "assumed: what is seen is answered after 0.2 s and more",
          .doc =
              "time in which the arm's aim follows a hand that is asked for a force; a hand that is asked for a depth "
              "aims at that"),
    PARAM(arm, most, .unit = "N", .lo = 1e-3, .hi = 1e5, .preset = (double)NAN, .optional = 1,
          .source = "numerical: no limit; assumed of percussion guns: they stall at 90-270 N",
          .doc = "largest push on a hand that is asked for a depth: what meets more than that stays behind"),
    PARAM(arm, sideways, .unit = "N/m", .lo = 0, .hi = 1e12, .preset = 0,
          .source = "numerical: none, the path is met; assumed of people: 0.2-2 N/mm, as along the push",
          .doc = "force along the skin that a millimetre between its path and the hand gives; 0: none"),
    PARAM(arm, sideways_damping, .unit = "N s/m", .lo = 0, .hi = 1e9, .preset = 0,
          .source = "numerical: none; of people 0.05 s times the stiffness, a model's figure: Selen 2009, PMC2784227",
          .doc = "force along the skin that a speed between the two gives; 0: none"),
    {0}};

const param build_hand_rows[] = {
    PARAM(hand_keys, kind, .kind = PARAM_TEXT, .doc = "shape of the hand: see `knead list hands`"),
    PARAM(hand_keys, friction, .lo = 0, .hi = 2, .preset = 0.1, .source = "assumed: massage oil 0.08-0.15",
          .doc = "Coulomb friction coefficient with the skin"),
    PARAM(hand_keys, arm, .kind = PARAM_GROUP, .optional = 1, .rows = arm_rows, .row_size = sizeof(arm),
          .source = "numerical: none",
          .doc = "springs and dampers behind the hand, along its push and along the skin; without: the force or depth "
                 "asked for and the path are met"),
    PARAM(hand_keys, rests_on, .kind = PARAM_TEXT, .optional = 1, .source = "none: on the skin",
          .doc =
              "hand under `hands:` that it stands on, as a thumb on a thumb: its force goes into that one, and it goes "
              "where that one goes"),
    {0}};

const param build_entry_rows[] = {
    PARAM(entry_keys, hand, .kind = PARAM_TEXT, .doc = "which hand: a name under `hands:`, or a kind"),
    PARAM(entry_keys, technique, .kind = PARAM_TEXT, .doc = "what it does: see `knead list techniques`"),
    PARAM(entry_keys, mirror, .kind = PARAM_FLAG, .preset = 0, .source = "numerical",
          .doc = "on the other side: places and turns mirrored in the spine"),
    PARAM(entry_keys, assumed, .kind = PARAM_FLAG, .preset = 0, .source = "numerical",
          .doc = "the load given here is assumed, not measured; the summary says so"),
    {0}};

const param build_sequence_rows[] = {PARAM(sequence_keys, repeat, .kind = PARAM_INTEGER, .lo = 1, .hi = 1000,
                                           .preset = 1, .source = "numerical",
                                           .doc = "how often its entries are done, one after the other"),
                                     PARAM(sequence_keys, both_sides, .kind = PARAM_FLAG, .preset = 0,
                                           .source = "numerical", .doc = "each time once as written and once mirrored"),
                                     {0}};

const param build_rest_rows[] = {
    PARAM(rest_keys, rest, .unit = "s", .lo = 1e-3, .hi = 86400, .preset = NAN, .doc = "time without any hand"), {0}};

/* Words for face_id, in its order; bodies use the same. */
static const char *const faces[] = {"left", "right", "tail", "head", "bottom", "top", NULL};
static const char *const modes[] = {"bonded", "sliding", NULL};

const param build_grip_rows[] = {
    PARAM(grip_keys, grip, .kind = PARAM_TEXT, .doc = "name of the grip in results"),
    PARAM(grip_keys, face, .kind = PARAM_CHOICE, .choices = faces, .preset = NAN,
          .doc = "face of the body that is moved"),
    PARAM(grip_keys, patch, .kind = PARAM_VECTOR, .max = 4, .unit = "m", .lo = -10, .hi = 10, .preset = 0,
          .source = "numerical: the whole face",
          .doc = "rectangle of the face [from, to, from, to] in its two coordinates; all 0: the whole face"),
    PARAM(grip_keys, move, .kind = PARAM_VECTOR, .max = 3, .unit = "m", .lo = -1, .hi = 1, .preset = NAN,
          .doc = "displacement at the end, x y z"),
    PARAM(grip_keys, ramp, .unit = "s", .lo = 1e-6, .hi = 86400, .preset = 1, .source = "numerical",
          .doc = "time to reach it, at constant speed"),
    PARAM(grip_keys, hold, .unit = "s", .lo = 0, .hi = 86400, .preset = 0, .source = "numerical",
          .doc = "time it is held"),
    PARAM(grip_keys, mode, .kind = PARAM_CHOICE, .choices = modes, .preset = 0, .source = "numerical",
          .doc = "bonded: all three directions are prescribed; sliding: only the one across the face"),
    {0}};

const param build_stretch_rows[] = {
    PARAM(stretch_keys, stretch, .kind = PARAM_TEXT, .doc = "motion of the body: see `knead list motions`"),
    PARAM(stretch_keys, ramp, .unit = "s", .lo = 1e-3, .hi = 86400, .preset = 3, .source = "numerical",
          .doc = "time to get there from where the motion is, smoothly"),
    PARAM(stretch_keys, hold, .unit = "s", .lo = 0, .hi = 86400, .preset = 0, .source = "numerical",
          .doc = "time it is held"),
    {.name = "return",
     .offset = offsetof(stretch_keys, back),
     .unit = "s",
     .lo = 0,
     .hi = 86400,
     .preset = 0,
     .source = "numerical: it stays",
     .doc = "time to go back to where it was; 0: it stays there"},
    {0}};

const param build_probe_rows[] = {
    PARAM(probe_keys, at, .kind = PARAM_PLACE, .doc = "place on the skin: L3 or [L3, 3 cm]"),
    PARAM(probe_keys, depth, .unit = "m", .lo = 0, .hi = 1, .preset = 0, .source = "numerical",
          .doc = "below the undeformed skin"),
    {0}};

/* Words for inertia_choice, in its order. */
static const char *const inertias[] = {"auto", "on", "off", NULL};
/* Words for cycles_choice, in its order. */
static const char *const cycles[] = {"all", "jump", NULL};

const param build_time_rows[] = {
    PARAM(time_opts, end, .unit = "s", .lo = 0, .hi = 86400, .preset = 0, .source = "numerical: the end of the session",
          .doc = "when the run ends; 0: with the session"),
    PARAM(time_opts, first, .unit = "s", .lo = 1e-7, .hi = 10, .preset = 10e-3, .source = "numerical",
          .doc = "first step"),
    PARAM(time_opts, min, .unit = "s", .lo = 1e-9, .hi = 10, .preset = 1e-5, .source = "numerical",
          .doc = "smallest step; below it the run gives up"),
    PARAM(time_opts, max, .unit = "s", .lo = 1e-7, .hi = 100, .preset = 0.1, .source = "numerical",
          .doc = "largest step"),
    PARAM(time_opts, travel, .unit = "m", .lo = 1e-6, .hi = 10, .preset = (double)NAN, .optional = 1,
          .source = "numerical: no limit but `max`",
          .doc = "largest way of a hand along the skin within a step; lets `max` be long where hands are at rest"),
    PARAM(time_opts, load, .unit = "N", .lo = 1e-6, .hi = 1e4, .preset = (double)NAN, .optional = 1,
          .source = "numerical: no limit but `max`",
          .doc = "largest change of the force asked of a hand within a step"),
    PARAM(time_opts, tolerance, .lo = 1e-14, .hi = 1e-2, .preset = 1e-7,
          .source = "numerical: a tenth of the imbalance of forces that is allowed, 1e-6",
          .doc = "residual of equilibrium that ends the iteration, relative"),
    PARAM(time_opts, max_newton, .kind = PARAM_INTEGER, .lo = 1, .hi = 1000, .preset = 25, .source = "numerical",
          .doc = "Newton iterations before the step is halved"),
    PARAM(time_opts, max_krylov, .kind = PARAM_INTEGER, .lo = 1, .hi = 100000, .preset = 500, .source = "numerical",
          .doc = "linear iterations a Newton iteration may take"),
    PARAM(time_opts, inertia, .kind = PARAM_CHOICE, .choices = inertias, .preset = INERTIA_AUTO, .source = "numerical",
          .doc = "does the body's mass act; auto: when a technique of the session is quick enough to need it"),
    PARAM(time_opts, rho_inf, .lo = 0, .hi = 1, .preset = 0.8,
          .source =
              "numerical: the shortest oscillations are gone (1 %) within 20 steps; those of 20 steps or more lose 2 % "
              "of their energy in 10 periods (tests/verify/test_inertia.c)",
          .doc = "of inertia: what is left of the shortest oscillations after a step; 1: all"),
    PARAM(time_opts, per_period, .kind = PARAM_INTEGER, .lo = 4, .hi = 1000, .preset = 20,
          .source = "numerical: the period is then right to 1 %",
          .doc = "of inertia: at least so many steps in a period of a technique that needs it"),
    PARAM(time_opts, cycles, .kind = PARAM_CHOICE, .choices = cycles, .preset = CYCLES_ALL,
          .source = "numerical: nothing is left out unless asked for",
          .doc = "cycles of a technique that are exactly alike; jump: most are jumped over, slow states (creep, blood "
                 "flow, work) are advanced over them and checked by two computed cycles"),
    PARAM(time_opts, cycle_error, .lo = 1e-6, .hi = 0.1, .preset = 1e-2,
          .source = "numerical: slow outputs stay within 2 % of a run of all cycles (tests/verify/test_cycle.c)",
          .doc = "of jumps: error of a slow field that one may make, share of the field's largest value"),
    {0}};

/* Words for posture, in its order. */
static const char *const postures[] = {"none", "prone", "upright", "left_side", "right_side", NULL};

const param build_gravity_rows[] = {
    PARAM(gravity_opts, posture, .kind = PARAM_CHOICE, .choices = postures, .preset = POSTURE_NONE,
          .source = "numerical: bodies have the shape they have under their weight, which is in it already",
          .doc =
              "how the body lies or stands, which says where its weight pulls: prone, into the table; upright, sitting "
              "or standing, toward the tail; on a side; none: it has no weight. It stays so while the body moves"),
    PARAM(gravity_opts, strength, .unit = "m/s2", .lo = 0, .hi = 100, .preset = 9.80665,
          .source = "standard gravity, 3rd CGPM 1901", .doc = "acceleration of gravity"),
    {0}};

/* No norm is agreed on (Suzuki 2022); measured is that they lie 265 kPa apart at L3 (Farasyn and Meeusen 2005, n =
 * 151). */
#define PAIN_SOURCE "assumed: lower end of what a 1 cm2 probe gives, "
const param build_limit_rows[] = {
    {.name = "pain_low_back_pain",
     .offset = offsetof(limit_opts, pain[LIMIT_LOW_BACK_PAIN]),
     .unit = "Pa",
     .lo = 1,
     .hi = 1e8,
     .preset = 250e3,
     .source = PAIN_SOURCE "250-400 kPa",
     .doc = "pressure on the skin that people with low back pain call painful; `pain_ratio` is over this one"},
    {.name = "pain_healthy",
     .offset = offsetof(limit_opts, pain[LIMIT_HEALTHY]),
     .unit = "Pa",
     .lo = 1,
     .hi = 1e8,
     .preset = 500e3,
     .source = PAIN_SOURCE "500-700 kPa",
     .doc = "pressure on the skin that healthy people call painful"},
    PARAM(limit_opts, muscle_strain, .lo = 1e-3, .hi = 10, .preset = 0.5,
          .source =
              "assumed: no figure for massage; models of sprinting have 0.56-0.72 in healthy fibres, where they tear "
              "(Fiorentino 2014, PMC3960352)",
          .doc = "stretch of muscle, less 1, that the summary warns of; `strain_ratio` is over this one"),
    {0}};

/* The index is the gzip level: above 1 it takes three times as long and saves 3 % (IO: measured on a noisy field). */
static const char *const compressions[] = {"none", "fast", NULL};

const param build_output_rows[] = {
    PARAM(output_opts, every, .unit = "s", .lo = 1e-6, .hi = 86400, .preset = 0.1, .source = "numerical",
          .doc = "time between frames"),
    {.name = "fields",
     .kind = PARAM_TEXTS,
     .offset = offsetof(output_opts, field),
     .max = MODEL_FIELDS,
     .count_offset = offsetof(output_opts, nfield),
     .optional = 1,
     .preset_text = "[displacement, tension, perfusion, pressure, skin_pressure]",
     .source = "numerical",
     .doc = "what is written at each frame: see `knead list fields`; the default takes those the run has"},
    PARAM(output_opts, compression, .kind = PARAM_CHOICE, .choices = compressions, .preset = 1, .source = "numerical",
          .doc = "of frames"),
    {0}};

const build_section build_sections[] = {
    {"", "top level", build_top_rows, LIST_NONE},
    {"body", "the body that is massaged", build_body_rows, LIST_BODIES},
    {"tissue.NAME", "one for each tissue the body names", build_tissue_rows, LIST_MATERIALS},
    {"hands.NAME", "hands other than a kind with its presets", build_hand_rows, LIST_HANDS},
    {"physiology", "processes besides mechanics", NULL, LIST_PHYSIOLOGY},
    {"mechanics", "how equilibrium and contact are solved", NULL, LIST_MECHANICS},
    {"session[]", "an entry: a technique by a hand", build_entry_rows, LIST_TECHNIQUES},
    {"session[]", "an entry: a sequence of entries", build_sequence_rows, LIST_NONE},
    {"session[]", "an entry: a rest", build_rest_rows, LIST_NONE},
    {"session[]", "an entry: prescribed motion of a face or a patch of it", build_grip_rows, LIST_NONE},
    {"session[]", "an entry: a motion of the body", build_stretch_rows, LIST_MOTIONS},
    {"probes.NAME", "points whose values go to the history", build_probe_rows, LIST_NONE},
    {"nodules.NAME", "places stiffer or more active than their tissue, such as a taut band", build_nodule_rows,
     LIST_NONE},
    {"gravity", "the weight of the body", build_gravity_rows, LIST_NONE},
    {"time", "length of the run and its steps", build_time_rows, LIST_NONE},
    {"limits", "what the summary warns of", build_limit_rows, LIST_NONE},
    {"output", "what goes to the result file", build_output_rows, LIST_NONE},
    {0}};

/* The n-th motion that has a name of its own; *count: how many there are. */
static const body_motion *motion_at(const catalog *cat, int n, int *count) {
  const body_motion *found = NULL;
  *count = 0;
  for (int i = 0; cat->bodies && cat->bodies[i]; i++)
    for (const body_motion *k = cat->bodies[i]->motions; k && k->name; k++) {
      int known = 0;
      for (int j = 0; j < i; j++)
        for (const body_motion *o = cat->bodies[j]->motions; o && o->name; o++) known |= !strcmp(o->name, k->name);
      if (known) continue;
      if (*count == n) found = k;
      ++*count;
    }
  return found;
}

int build_count(const catalog *cat, build_list list) {
  int n = 0;
  switch (list) {
  case LIST_BODIES:
    while (cat->bodies && cat->bodies[n]) n++;
    return n;
  case LIST_MATERIALS:
    while (cat->materials && cat->materials[n]) n++;
    return n;
  case LIST_HANDS:
    while (cat->hands && cat->hands[n]) n++;
    return n;
  case LIST_TECHNIQUES:
    while (cat->techniques && cat->techniques[n]) n++;
    return n;
  case LIST_PHYSIOLOGY:
    while (cat->physiology && cat->physiology[n]) n++;
    return n;
  case LIST_MOTIONS: motion_at(cat, -1, &n); return n;
  case LIST_MECHANICS: return 1;
  case LIST_NONE: break;
  }
  return 0;
}

#define MEMBER(p) ((build_member){(p)->name, (p)->doc, (p)->params, (p)->par_size})
build_member build_get(const catalog *cat, build_list list, int i) {
  switch (list) {
  case LIST_BODIES: return MEMBER(cat->bodies[i]);
  case LIST_MATERIALS: return MEMBER(cat->materials[i]);
  case LIST_HANDS: return MEMBER(cat->hands[i]);
  case LIST_TECHNIQUES: return MEMBER(cat->techniques[i]);
  case LIST_PHYSIOLOGY: return MEMBER(cat->physiology[i]);
  case LIST_MOTIONS: {
    int count;
    const body_motion *k = motion_at(cat, i, &count);
    return (build_member){k->name, k->doc, k->params, sizeof(double)};
  }
  case LIST_MECHANICS: return MEMBER(&process_mechanics);
  case LIST_NONE: break;
  }
  return (build_member){0};
}
