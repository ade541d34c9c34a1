/* One row per scenario key: the parser, the range check, the help, --set, the resolved scenario and the reference all
   come from this table. A member of a kind has a plain struct and a table of rows ended by {0}. */
#ifndef KNEAD_PARAM_H
#define KNEAD_PARAM_H
#include <stddef.h>
#include <math.h>

typedef enum param_kind {
  PARAM_NUMBER = 0, /* double                                             scenario: 30 N                  */
  PARAM_INTEGER,    /* int                                                scenario: 4                     */
  PARAM_FLAG,       /* int 0 or 1                                         scenario: true                  */
  PARAM_CHOICE,     /* int index into choices                             scenario: sliding               */
  PARAM_TEXT,       /* char[PARAM_TEXT_MAX]                               scenario: skin                  */
  PARAM_VECTOR,     /* double[max], exactly max entries                   scenario: [30 cm, 20 cm]        */
  PARAM_INTEGERS,   /* int[max], exactly max entries                      scenario: [12, 8]               */
  PARAM_TEXTS,      /* char[max][PARAM_TEXT_MAX], up to max; count at count_offset (int)                  */
  PARAM_PLACE,      /* place                                              scenario: L5  or  [L3, 3 cm]    */
  PARAM_GROUP,      /* one nested struct read by `rows`                   scenario: {from: ..., to: ...}  */
  PARAM_LIST,       /* up to max nested structs; count at count_offset    scenario: [{...}, {...}]        */
  PARAM_TUPLES,     /* the same, each written as the values of its rows   scenario: [[0.3, 2 s], [0.2, 30 s]] */
  PARAM_LAW         /* law_choice: a law with its own keys                scenario: {law: ogden, ...}     */
} param_kind;

enum { PARAM_TEXT_MAX = 64 };

/* Whole numbers that count the elements of a body: what `body.resolution` multiplies. */
typedef enum param_count {
  COUNT_NONE = 0,
  COUNT_PLANE, /* along or across the skin */
  COUNT_DEPTH  /* through a layer */
} param_count;

/* A point on the skin chart: a landmark or a distance along the spine from L5, and a distance to the subject's right.
 */
typedef struct place {
  char landmark[16]; /* "" when `s` was given as a length */
  double s, t;       /* m; s is filled in from the landmark when the model is built */
} place;

/* A law inside a law, such as what a viscoelastic one begins from. It cannot itself hold one. */
typedef struct law_choice {
  const struct material *law; /* NULL: an optional one that was left out */
  const void *par;            /* its parameters, bound; live as long as the struct they are bound into */
} law_choice;

typedef struct param {
  const char *name;
  param_kind kind;
  size_t offset;           /* of the value in the member's struct */
  const char *unit;        /* UDUNITS text of the SI unit; NULL: a plain number */
  double lo, hi;           /* allowed range, in SI; lo == hi == 0: any finite value */
  double preset;           /* NAN: required. Choices: index. Vectors: every entry. Ignored for text, groups, lists */
  const char *preset_text; /* for PARAM_TEXT, PARAM_TEXTS, PARAM_PLACE, PARAM_VECTOR, ...: default as scenario text;
                              NULL with optional == 0: required */
  int optional;            /* may be left out: group: its rows' presets, nothing in it is required; list, texts: none;
                              text: ""; place, and number or vector with preset NAN: NAN; law: NULL */
  const char *const *choices; /* ended by NULL */
  int max;                    /* entries: vector, integers, texts, list, tuples */
  const struct param *rows;   /* group, list: table of the nested struct; tuples: numbers only, all required */
  param_count counts;         /* integer, integers: elements of a body */
  size_t row_size;            /* list, tuples: sizeof of the nested struct */
  size_t count_offset;        /* list, tuples, texts: where the int count goes */
  const char *instead_of;     /* the key of this table that this one replaces: both given is an error; NULL: none */
  const char *doc;            /* what it is, one line, REQUIRED */
  const char *source; /* where the default comes from: a paper, "assumed", "numerical"; REQUIRED with a preset */
} param;

/* PARAM(struct, member, .unit = "Pa", .lo = ..., .hi = ..., .preset = ..., .doc = "...", .source = "...") */
#define PARAM(type, member, ...)                                                                                       \
  { .name = #member, .offset = offsetof(type, member), __VA_ARGS__ }

#endif
