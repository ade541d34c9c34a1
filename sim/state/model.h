/* The frozen description of one simulation. Built once by run/build.c, const from then on; owns all it points to (its
   arena) except the catalogue's members. */
#ifndef KNEAD_MODEL_H
#define KNEAD_MODEL_H
#include <stdint.h>
#include "sim/kinds/catalog.h"
#include "sim/mesh/mesh.h"

enum {
  MODEL_HANDS = 4,
  MODEL_HAND_UNKNOWNS = 3 * MODEL_HANDS, /* depths, and offsets of those whose arms give sideways */
  MODEL_SESSION = 256,
  MODEL_RIGS = 8,
  MODEL_FIELDS = 64,
  MODEL_PROCESSES = 8,
  MODEL_PROBES = 16,
  MODEL_NODULES = 16,
  MODEL_STRETCHES = 64,
  MODEL_NAME = 64
};

typedef struct tissue {
  char name[MODEL_NAME]; /* key under `tissue:` */
  const material *law;
  void *par;
  double perfusion_rest; /* ml/min/(100 g) */
  double tone;           /* activation of its fibres at rest, 0..1 */
  double density;        /* kg/m^3 */
  int density_assumed;   /* 1: it was left to its preset */
  int skin_like;         /* perfusion law of skin, else of muscle */
  int muscle;            /* 1: its stretch is watched */
  int assumed;           /* 1: its defaults rest on unverified numbers */
} tissue;

/* What stands behind a hand, along inward and across it; sim/mechanics/arm.h. No stiffness and no damping: what is
   asked is met. */
typedef struct arm {
  double stiffness, damping, correct; /* N/m, N s/m, s */
  double most;                        /* N, NAN: any */
  double sideways, sideways_damping;  /* N/m, N s/m */
} arm;

typedef struct tool {    /* a hand of this session */
  char name[MODEL_NAME]; /* key under `hands:`, or the kind */
  const hand *kind;
  void *par;
  double friction; /* Coulomb coefficient with the skin */
  arm arm;
  int rests_on; /* number of the hand it stands on + 1; 0: on the skin */
} tool;

typedef struct entry { /* one technique on one hand */
  int tool;
  const technique *kind;
  void *par;
  double start, duration; /* s */
  int line;               /* in the scenario, for messages */
  double left;            /* m that the skin has moved away from its path, by the body's own motion, at most */
  int mirror;             /* 1: on the other side: t, and what turns with it, change sign */
  int assumed;            /* 1: its load is assumed ([M] in physics.md), the summary says so */
} entry;

typedef struct rig { /* prescribed motion of a face or of a rectangular patch of it */
  char name[MODEL_NAME];
  face_id face;
  int has_patch;
  double patch[4];          /* x0 x1 y0 y1 in the two coordinates of the face, m */
  double move[3];           /* displacement at the end, m */
  int held[3];              /* which directions are prescribed: bonded: all, sliding: the normal one */
  double start, ramp, hold; /* linear ramp, then held; s */
  int nnode;
  int32_t *node; /* nodes it moves */
} rig;

typedef struct stretch { /* of the body's motion, from where it is to an amount, and back */
  double amount;         /* in the unit of the motion */
  double start, ramp, hold;
  double back; /* s it takes to go back to where it was; 0: it stays */
  int line;
} stretch;

typedef struct probe {
  char name[MODEL_NAME];
  place at;
  double depth;   /* below the undeformed skin, m */
  int cell, node; /* that it lies in, nearest */
} probe;

/* An ellipsoid of one tissue with other properties. Either stiffness or activation is NAN: not changed. */
typedef struct nodule {
  char name[MODEL_NAME];
  const tissue *tissue;
  double centre[3], axes[9], half[3]; /* m; rows of axes: along, across, inward; half sizes along them, m */
  double stiffness, activation;       /* factor on the energy; 0..1 */
  int npoint;                         /* quadrature points inside, counted when the space is made */
} nodule;

typedef struct field_slot {
  field_decl decl;
  int process;          /* owner */
  size_t offset, count; /* doubles from the start of the state's block; entities */
} field_slot;

typedef enum inertia_choice { INERTIA_AUTO, INERTIA_ON, INERTIA_OFF } inertia_choice;
typedef enum cycles_choice { CYCLES_ALL, CYCLES_JUMP } cycles_choice;
typedef struct time_opts {
  double end, first, min, max; /* s */
  double travel, load;         /* m, N: what a hand may do within a step; NAN or 0: anything */
  double tolerance;            /* of the Newton residual, relative */
  int max_newton, max_krylov;
  int inertia;    /* INERTIA_AUTO in a scenario, ON or OFF once the model is built */
  double rho_inf; /* 0..1: what is left of the shortest oscillations after a step */
  int per_period; /* steps in a period of a technique that inertia matters to, at least */
  int smooth;     /* smoother applications before and after in a multigrid cycle; 0: what equilibrium.c thinks best */
  int cycles;     /* CYCLES_JUMP: many of those that are alike at a time, see sim/run/cycle.h */
  double cycle_error; /* of a slow field after a jump, share of its largest value */
} time_opts;

/* How the body lies or stands: which way its weight pulls. */
typedef enum posture { POSTURE_NONE, POSTURE_PRONE, POSTURE_UPRIGHT, POSTURE_LEFT, POSTURE_RIGHT } posture;
typedef struct gravity_opts {
  int posture;
  double strength; /* m/s^2 */
} gravity_opts;

/* What a summary warns of: pressure on the skin, Pa; stretch of muscle. */
enum { LIMIT_LOW_BACK_PAIN, LIMIT_HEALTHY, LIMITS };
typedef struct limit_opts {
  double pain[LIMITS];  /* pressure pain threshold; 0: not known */
  double muscle_strain; /* length over length at rest, less 1 */
} limit_opts;

typedef struct output_opts {
  double every; /* s between frames */
  int nfield;
  char field[MODEL_FIELDS][PARAM_TEXT_MAX]; /* names as asked for, checked */
  int compression;                          /* gzip level with shuffle; 0: none */
} output_opts;

/* Of the mesh: the body's own counts of elements, or what `body.resolution` makes of them. */
typedef enum resolution { RESOLUTION_DEFAULT, RESOLUTION_DRAFT, RESOLUTION_FINE } resolution;
extern const char *const model_resolutions[]; /* words for them, ended by NULL */

typedef struct model {
  char title[256];
  const catalog *cat;
  arena *memory;

  const body *body;
  void *body_par;
  body_geometry geometry;
  resolution resolution;
  const mesh *mesh;          /* = geometry.mesh */
  size_t nhistory;           /* doubles that materials remember, as the space lays them out */
  const struct space *space; /* its finite-element space (sim/fe), made by build_model */
  const tissue *layer_tissue[BODY_LAYERS];
  int ntissue;
  tissue tissues[BODY_LAYERS];

  int ntool;
  tool tools[MODEL_HANDS];
  int nentry;
  entry entries[MODEL_SESSION];
  int nrig;
  rig rigs[MODEL_RIGS];
  int motion; /* which of the body's, when nstretch > 0 */
  int nstretch;
  stretch stretches[MODEL_STRETCHES]; /* one after the other */
  int nevent;                         /* times at which a step must end, increasing, frames not included */
  double *event;
  int inertia; /* 1: the body's mass acts; 0: every step is an equilibrium */

  int nprocess;
  const process *processes[MODEL_PROCESSES]; /* in coupling order; processes[0] is mechanics */
  void *process_par[MODEL_PROCESSES];
  void *process_self[MODEL_PROCESSES];

  int nfield;
  field_slot fields[MODEL_FIELDS];
  size_t state_size; /* doubles */

  int nnodule;
  nodule nodules[MODEL_NODULES];

  int nprobe;
  probe probes[MODEL_PROBES];
  time_opts time;
  gravity_opts gravity;
  limit_opts limits;
  output_opts output;
} model;

/* Number of a field by name, -1 when there is none. */
int model_field(const model *m, const char *name);
/* Unknowns of a step: displacements, a depth per hand, two offsets of each hand whose arm gives sideways. */
int model_unknowns(const model *m);
/* Number of the first of these two after the displacements, -1: the hand has none. */
int model_sideways(const model *m, int tool);
/* Entities of a place kind: nnode, ncell, 27 ncell, 9 nskin, ntool, 1. */
size_t model_count(const model *m, place_kind at);
/* Adds the fields a process owns to the table; called by build in coupling order. */
status model_declare(model *m, int process, const field_decl *owns) MUST_CHECK;
/* Places all declared fields in the state's block; again when a count has changed (nhistory is known last). */
void model_place(model *m);
void model_free(model **m); /* everything, the arena last */

#endif
