/* Inside of build: the tables of the scenario's own sections and what the build_*.c files share. Besides them only
   `knead explain` and `knead schema` look in here, for the tables. */
#ifndef KNEAD_RUN_BUILD_H
#define KNEAD_RUN_BUILD_H
#include "sim/run/run.h"

enum { BUILD_TOOLS = 32 }; /* hands under `hands:` and kinds named in the session */

/* One section of a scenario: the engine's rows, and the list of members whose rows come in addition. */
typedef enum build_list {
  LIST_NONE,
  LIST_BODIES,
  LIST_MATERIALS,
  LIST_HANDS,
  LIST_TECHNIQUES,
  LIST_PHYSIOLOGY,
  LIST_MOTIONS, /* of any body; of two with one name the first */
  LIST_MECHANICS
} build_list;
typedef struct build_section {
  const char *key; /* where it stands: "tissue.NAME", "session[]" */
  const char *doc;
  const param *rows; /* NULL: only the members' */
  build_list list;   /* whose member the section names */
} build_section;
extern const build_section build_sections[]; /* ended by a NULL key */

/* The common part of every member of a kind. */
typedef struct build_member {
  const char *name, *doc;
  const param *params; /* NULL: none */
  size_t par_size;
} build_member;
/* Number of members of a list; member i into *out. 0 <= i < count. */
int build_count(const catalog *cat, build_list list);
build_member build_get(const catalog *cat, build_list list, int i);

/* The engine's own keys of each section; the structs they fill are below. */
extern const param build_top_rows[], build_body_rows[], build_tissue_rows[], build_law_rows[], build_hand_rows[],
    build_entry_rows[], build_sequence_rows[], build_rest_rows[], build_grip_rows[], build_stretch_rows[],
    build_probe_rows[], build_nodule_rows[], build_time_rows[], build_gravity_rows[], build_limit_rows[],
    build_output_rows[];

typedef struct top_keys {
  int knead;
  char title[PARAM_TEXT_MAX];
} top_keys;
typedef struct body_keys {
  char kind[PARAM_TEXT_MAX];
  int resolution;
} body_keys;
typedef struct tissue_keys {
  char law[PARAM_TEXT_MAX];
  double perfusion, tone, density;
  int skin_like, muscle, assumed, density_assumed; /* the last one is no key */
  char use[PARAM_TEXT_MAX];                        /* empty once bound: the keys of what it names stand in its place */
} tissue_keys;
typedef struct law_keys {
  char law[PARAM_TEXT_MAX];
} law_keys;
typedef struct hand_keys {
  char kind[PARAM_TEXT_MAX];
  double friction;
  arm arm;
  char rests_on[PARAM_TEXT_MAX];
} hand_keys;
typedef struct entry_keys {
  char hand[PARAM_TEXT_MAX], technique[PARAM_TEXT_MAX];
  int mirror, assumed;
} entry_keys;
typedef struct sequence_keys {
  int repeat, both_sides;
} sequence_keys;
typedef struct rest_keys {
  double rest;
} rest_keys;
typedef struct grip_keys {
  char grip[PARAM_TEXT_MAX];
  int face, mode;
  double patch[4], move[3], ramp, hold;
} grip_keys;
typedef struct stretch_keys {
  char stretch[PARAM_TEXT_MAX];
  double ramp, hold, back;
} stretch_keys;
typedef struct probe_keys {
  place at;
  double depth;
} probe_keys;

/* A bound section: the engine's keys first, the member's struct behind them in the same block. */
typedef struct bound {
  const param *rows; /* both tables in one, offsets into block */
  void *block, *par;
} bound;

typedef struct declared_hand {
  char name[MODEL_NAME];
  bound b;
  int kind; /* in the catalogue */
  int used; /* tool number + 1; 0: not used by the session */
} declared_hand;

typedef struct builder {
  scenario *scn;
  const catalog *cat;
  model *m;
  int body_ok; /* geometry and chart can be used */
  FILE *text;  /* the resolved scenario */
  int nhand;
  declared_hand hand[BUILD_TOOLS];
  double clock;                         /* end of the session, s */
  const node *entry[MODEL_SESSION];     /* where the model's entries stand */
  int mirror;                           /* entries are now read for the other side */
  const node *stretch[MODEL_STRETCHES]; /* where the model's motions got their amounts */
} builder;

/* Binds a map to common rows plus a member's rows in one pass, so that an unknown key is reported once and suggestions
   come from both. map NULL: all presets. */
status build_bind(builder *b, const node *map, const node *owner, const param *common, size_t common_size,
                  build_member own, bound *out) MUST_CHECK;
/* Member that the scalar at map.key names, -1 after collecting an error. */
int build_choose(builder *b, const node *map, const char *key, build_list list, const char *what);
/* Is the node a map? Collects an error when it is something else; NULL is none. */
int build_is_map(builder *b, const node *n, const char *what);
/* Names become groups of the result file. 0 after collecting an error. */
int build_name_ok(builder *b, const node *key);
/* Multiplies what a body's rows count elements in, within their ranges. Number of rows that count in the plane. */
int build_resolution(const param *rows, void *block, resolution r);
/* Landmarks to lengths, for every place in a bound table, and the test that it lies on the body. */
void build_places(builder *b, const node *map, const node *owner, const param *rows, void *block);
/* A row of unit `unit` (NULL: any) whose preset is marked "assumed" was left to its preset, or a used text marks the
   value it gives so. Laws inside a law count. */
int build_assumed(builder *b, const node *map, const param *rows, const char *unit);
/* "a, b, c" of names into text. Returns text. */
const char *build_join(const char *const *names, char *text, size_t size);

/* A map of the tissue section: follows its `use:`, finds its law, binds it. *law is NULL after collecting an error.
   Needs scn, cat and m->memory of *b. */
status build_tissue(builder *b, const node *map, bound *out, const material **law, int *assumed) MUST_CHECK;
status build_hands(builder *b) MUST_CHECK;   /* those under `hands:` */
status build_session(builder *b) MUST_CHECK; /* entries, rigs, tools */
/* An entry of the session that moves the body, from `start` on; adds to *end. */
status build_stretch(builder *b, const node *map, double start, double *end, int ind) MUST_CHECK;
/* After the session: what the body's motion makes of its supports and of the hands' paths. */
status build_motion(builder *b) MUST_CHECK;
/* After the session: which hand rests on which, and whether it can. */
void build_stacks(builder *b);
status build_probes(builder *b) MUST_CHECK;
status build_nodules(builder *b) MUST_CHECK; /* after the tissues */
void build_check_nodules(builder *b);        /* after the space */
void build_emit_hands(builder *b);

#endif
