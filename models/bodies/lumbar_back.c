/* The lower back of a person lying prone, from the sacrum to about T10: skin curved both ways, muscles side by side,
   bone as a shaped rigid floor. All fields are smooth functions of the plan (x, y); a is |x|, the distance from the
   midline.

   across, at L3                                             from above, right half
        .-''''-._.-''''-.       skin                          T10 |mu|lo | il  / la
     .-'     fat  furrow  '-.   fat, superficial fascia           |lt|ng | io / ti    mu(ltifidus) lo(ngissimus)
    /__lat.___ fascia ______ \  gliding layer under it        T12 |if|is | co ---.    il(iocostalis)
     wall  il  lo |mu| mu lo    muscles                           |id|si | st     '-  quadratus lumborum under it
      --._ql_.-.__|^^|__.-.     laminae, transverse       L4-crest|us|mu |.-'''-._    between crest and 12th rib
                                and spinous processes             |__ |_.PSIS gluteus

   The floor is where muscle ends, so bone is told by what covers it. It is smoothed to what elements of 1-2 cm can
   show: a spinous process is the crest of a ridge 3 cm to each side, and beside the ribs the floor stands for the deep
   wall of the abdomen, which is soft in a person. Nothing here is fitted to one body: sources say what was measured. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "models/bodies/person.h"
#include "models/bodies/trunk.h"

enum { MULTIFIDUS, LONGISSIMUS, ILIOCOSTALIS, QUADRATUS, WALL, GLUTEUS, GLIDING, FASCIA, LATISSIMUS, WEB, FAT, SKIN };
enum { NREGION = SKIN + 1 };
static const char *const names[NREGION] = {
    "multifidus", "longissimus", "iliocostalis", "quadratus_lumborum", "body_wall", "gluteus",
    "gliding",    "fascia",      "latissimus",   "superficial_fascia", "fat",       "skin"};

typedef struct measures { /* NAN: from sex, height and BMI */
  double spine, fat, muscle;
} measures;

typedef struct relief {
  double lordosis, furrow, bulge, radius;
} relief;

typedef struct bone {
  double midline, gap, transverse, ribs, rib, ilium, sacrum, flank;
} bone;

typedef struct borders {
  double multifidus, longissimus, iliocostalis;
} borders;

enum { JOINTS = 5 }; /* of the lumbar spine, from L5 on the sacrum to L1 on L2 */

typedef struct fibres {
  double multifidus, multifidus_tilt, longissimus, iliocostalis, quadratus, wall, gluteus, latissimus, fascia;
} fibres;

typedef struct tissues {
  char name[NREGION][PARAM_TEXT_MAX];
} tissues;

typedef struct grading {
  double toward_s, toward_t, ratio;
} grading;

typedef struct lumbar_back {
  int sex;
  double height, bmi;
  measures measures;
  double size[2]; /* across, along: of the plan, m */
  double L5;
  int cells[2];
  int layer_cells[3]; /* skin, fat, muscle */
  double skin, superficial_fascia, latissimus, fascia, gliding;
  double fat_midline, fat_flank;
  relief relief;
  bone bone;
  borders borders;
  trunk_motion motion;
  fibres fibres;
  tissues tissues;
  int sides;
  grading grading;
} lumbar_back;

static const char *const supports[] = {"free", "sliding", "fixed", NULL}; /* in the order of `support` */

/* ---------------------------------------------------------------------------------------------------------- tables */

#define DEGREE (3.14159265358979323846 / 180)
#define QUARTER 1.5708 /* rad; rounded up, so that 90 deg passes */

static const param measure_rows[] = {
    PARAM(measures, spine, .unit = "m", .lo = 0.3, .hi = 0.8, .preset = NAN, .optional = 1,
          .doc = "length of the skin from C7 to the level of the PSIS; 0.509 m at a height of 1.72 m when left out"),
    PARAM(measures, fat, .unit = "m", .lo = 3e-3, .hi = 0.05, .preset = NAN, .optional = 1,
          .doc = "thickness of the fat 3-5 cm beside the midline; by sex and BMI when left out"),
    PARAM(measures, muscle, .unit = "m", .lo = 0.015, .hi = 0.05, .preset = NAN, .optional = 1,
          .doc = "thickness of the muscle over the laminae at L3; by sex and height when left out"),
    {0}};

static const param relief_rows[] = {
    PARAM(relief, lordosis, .unit = "m", .lo = 0, .hi = 0.03, .preset = 0.015, .source = "assumed, prone",
          .doc = "depth of the hollow of the back at L3, below sacrum and T10"),
    PARAM(relief, furrow, .unit = "m", .lo = 0, .hi = 0.012, .preset = 7e-3, .source = "assumed",
          .doc = "depth of the furrow along the midline at L3"),
    PARAM(relief, bulge, .unit = "m", .lo = 0, .hi = 0.01, .preset = 4e-3, .source = "assumed",
          .doc = "height of the bulges of the muscles on both sides of the furrow"),
    PARAM(relief, radius, .unit = "m", .lo = 0.2, .hi = 100, .preset = 0.3, .source = "assumed",
          .doc = "radius of the back across, at the midline"),
    {0}};

static const param bone_rows[] = {
    PARAM(bone, midline, .unit = "m", .lo = 6e-3, .hi = 0.03, .preset = 8e-3, .source = "assumed",
          .doc = "ligament and muscle over the tips of the spinous processes"),
    PARAM(bone, gap, .unit = "m", .lo = 0, .hi = 0.01, .preset = 5e-3,
          .source = "assumed: the gaps are smoothed to what elements can show",
          .doc = "how much deeper the floor lies between two spinous processes"),
    PARAM(bone, transverse, .unit = "m", .lo = 0, .hi = 0.01, .preset = 5e-3, .source = "assumed",
          .doc = "height of the transverse processes over the floor, 4 cm beside the midline"),
    PARAM(bone, ribs, .unit = "m", .lo = 0.01, .hi = 0.03, .preset = 16e-3, .source = "assumed",
          .doc = "muscle over ribs 10 to 12 beside the longissimus"),
    PARAM(bone, rib, .unit = "m", .lo = 0, .hi = 0.01, .preset = 4e-3, .source = "assumed",
          .doc = "how much deeper the floor lies between two ribs"),
    PARAM(bone, ilium, .unit = "m", .lo = 8e-3, .hi = 0.04, .preset = 15e-3, .source = "assumed",
          .doc = "muscle over the ilium below its crest"),
    PARAM(bone, sacrum, .lo = 0.3, .hi = 1, .preset = 0.5, .source = "assumed",
          .doc = "muscle over the sacrum 8 cm below L5, as part of that at L3"),
    PARAM(bone, flank, .unit = "m", .lo = 0.015, .hi = 0.045, .preset = 28e-3, .source = "assumed",
          .doc = "muscle beside the erector spinae, between ribs and crest"),
    {0}};

static const param border_rows[] = {
    PARAM(borders, multifidus, .unit = "m", .lo = 0.01, .hi = 0.06, .preset = 0.028, .source = "assumed",
          .doc = "outer border of the multifidus at L3; wider below and narrower above"),
    PARAM(borders, longissimus, .unit = "m", .lo = 0.02, .hi = 0.09, .preset = 0.055, .source = "assumed",
          .doc = "outer border of the longissimus"),
    PARAM(borders, iliocostalis, .unit = "m", .lo = 0.03, .hi = 0.12, .preset = 0.088, .source = "assumed",
          .doc = "outer border of the iliocostalis, and of the quadratus lumborum under it"),
    {0}};

static const param motion_rows[] = {
    TRUNK_MOTION_ROWS(JOINTS, "[9, 13, 12, 10, 8]",
                      "assumed: degrees in full flexion, Pearcy, Portek and Shepherd 1984 as recalled",
                      "L5/S1 up to L1/L2"),
    {0}};

#define ANGLE(member, fallback, from, what)                                                                            \
  PARAM(fibres, member, .unit = "rad", .lo = -QUARTER, .hi = QUARTER, .preset = (fallback)*DEGREE, .source = from,     \
        .doc = what)
static const param fibre_rows[] = {
    ANGLE(multifidus, -20, "assumed: 15-25 deg, Bogduk, Macintosh and Willard 2012 as recalled",
          "angle of its fibres from headward, outward as they rise; negative: toward the midline"),
    ANGLE(multifidus_tilt, 7.5, "assumed: 5-10 deg, same", "toward the skin as they rise"),
    ANGLE(longissimus, 5, "assumed: near headward, at most 20 deg", "angle outward as they rise"),
    ANGLE(iliocostalis, 10, "assumed: near headward, at most 20 deg", "angle outward as they rise"),
    ANGLE(quadratus, -10, "assumed: from the crest inward to the 12th rib", "angle outward as they rise"),
    ANGLE(wall, -15, "assumed: from the crest inward to the ribs", "angle of the muscles of the flank"),
    ANGLE(gluteus, -45, "assumed: from the ilium outward and down", "angle of the gluteal muscles"),
    ANGLE(latissimus, 30, "assumed: from spine and crest outward and up", "angle outward as they rise"),
    ANGLE(fascia, 65,
          "assumed: both laminae 20-30 deg off the horizontal, Bogduk, Macintosh and Willard 2012 as recalled",
          "angle of the two families of the thoracolumbar fascia from headward, to both sides"),
    {0}};

#define TISSUE(region, key, text)                                                                                      \
  {                                                                                                                    \
    .name = key, .kind = PARAM_TEXT, .offset = offsetof(tissues, name) + (region)*PARAM_TEXT_MAX, .preset_text = text, \
    .doc = "entry under `tissue:` for the " key, .source = "numerical: the tissue it is made of"                       \
  }
static const param tissue_rows[] = {TISSUE(MULTIFIDUS, "multifidus", "muscle"),
                                    TISSUE(LONGISSIMUS, "longissimus", "muscle"),
                                    TISSUE(ILIOCOSTALIS, "iliocostalis", "muscle"),
                                    TISSUE(QUADRATUS, "quadratus_lumborum", "muscle"),
                                    TISSUE(WALL, "body_wall", "muscle"),
                                    TISSUE(GLUTEUS, "gluteus", "muscle"),
                                    TISSUE(GLIDING, "gliding", "loose"),
                                    TISSUE(FASCIA, "fascia", "fascia"),
                                    TISSUE(LATISSIMUS, "latissimus", "muscle"),
                                    TISSUE(WEB, "superficial_fascia", "superficial_fascia"),
                                    TISSUE(FAT, "fat", "fat"),
                                    TISSUE(SKIN, "skin", "skin"),
                                    {0}};

static const param grading_rows[] = {
    PARAM(grading, toward_s, .unit = "m", .lo = -1, .hi = 1, .preset = 0.05, .source = "numerical: L3",
          .doc = "height over L5 near which elements are small"),
    PARAM(grading, toward_t, .unit = "m", .lo = -1, .hi = 1, .preset = 0, .source = "numerical",
          .doc = "distance to the right near which elements are small"),
    PARAM(grading, ratio, .lo = 1, .hi = 100, .preset = 1, .source = "numerical",
          .doc = "farthest element over nearest, along and across; 1: even across, and one vertebra after the other "
                 "along"),
    {0}};

#define GROUP(member, table, from, what)                                                                               \
  PARAM(lumbar_back, member, .kind = PARAM_GROUP, .optional = 1, .rows = table, .row_size = sizeof(member),            \
        .source = from, .doc = what)
static const param params[] = {
    PARAM(lumbar_back, sex, .kind = PARAM_CHOICE, .choices = person_sexes, .preset = MALE, .source = "assumed",
          .doc = "sets fat and muscle where they are not given"),
    PARAM(lumbar_back, height, .unit = "m", .lo = 1.4, .hi = 2.2, .preset = 1.72, .source = "assumed",
          .doc = "stature: sets lengths along the spine and muscle where they are not given"),
    PARAM(lumbar_back, bmi, .lo = 15, .hi = 45, .preset = 23, .source = "assumed",
          .doc = "body mass index, kg/m2: sets the fat where it is not given"),
    GROUP(measures, measure_rows, "assumed: from sex, height and BMI", "measures of one person"),
    PARAM(lumbar_back, size, .kind = PARAM_VECTOR, .max = 2, .unit = "m", .lo = 0.1, .hi = 0.6,
          .preset_text = "[24 cm, 30 cm]", .source = "assumed: both paraspinal columns, from the sacrum to T10",
          .doc = "extent across and along, of the plan"),
    PARAM(lumbar_back, L5, .unit = "m", .lo = 0.01, .hi = 0.5, .preset = 0.09, .source = "assumed: a hand of sacrum",
          .doc = "distance of L5 from the lower edge"),
    PARAM(lumbar_back, cells, .kind = PARAM_INTEGERS, .counts = COUNT_PLANE, .max = 2, .lo = 2, .hi = 500,
          .preset_text = "[10, 11]", .source = "numerical: 24 633 unknowns", .doc = "elements across and along"),
    PARAM(lumbar_back, layer_cells, .kind = PARAM_INTEGERS, .counts = COUNT_DEPTH, .max = 3, .lo = 1, .hi = 16,
          .preset_text = "[1, 1, 2]", .source = "numerical",
          .doc = "elements through skin, fat over the superficial fascia, and muscle"),
    PARAM(lumbar_back, skin, .unit = "m", .lo = 0.5e-3, .hi = 10e-3, .preset = 2e-3,
          .source = "assumed: 2-3 mm on the back", .doc = "thickness of the skin"),
    PARAM(lumbar_back, superficial_fascia, .unit = "m", .lo = 0.1e-3, .hi = 3e-3, .preset = 0.7e-3, .source = "assumed",
          .doc = "thickness of the membrane within the fat"),
    PARAM(lumbar_back, latissimus, .unit = "m", .lo = 2e-3, .hi = 0.012, .preset = 6e-3, .source = "assumed",
          .doc = "thickness of the latissimus dorsi"),
    PARAM(lumbar_back, fascia, .unit = "m", .lo = 0.2e-3, .hi = 5e-3, .preset = 1e-3,
          .source = "between MRI (median 0.86 mm) and ultrasound (1.5-2.9 mm): preprints 202602.0846",
          .doc = "thickness of the posterior thoracolumbar fascia"),
    PARAM(lumbar_back, gliding, .unit = "m", .lo = 0.1e-3, .hi = 2e-3, .preset = 0.5e-3,
          .source = "assumed: 0.1-0.5 mm of loose tissue", .doc = "thickness of the gliding layer under the fascia"),
    PARAM(lumbar_back, fat_midline, .lo = 0.4, .hi = 1.5, .preset = 0.6, .source = "assumed",
          .doc = "fat on the midline, as part of that beside it"),
    PARAM(lumbar_back, fat_flank, .lo = 0.5, .hi = 2, .preset = 1.3, .source = "assumed",
          .doc = "fat at the side edges, as part of that beside the midline"),
    GROUP(relief, relief_rows, "assumed", "shape of the skin"),
    GROUP(bone, bone_rows, "assumed", "the rigid floor, told by what covers it"),
    GROUP(borders, border_rows, "assumed", "where one muscle meets the next, from the midline"),
    PARAM(lumbar_back, motion, .kind = PARAM_GROUP, .optional = 1, .rows = motion_rows,
          .row_size = sizeof(trunk_motion), .source = "assumed", .doc = "how the spine bends"),
    GROUP(fibres, fibre_rows, "assumed", "directions of the fibres in their sheets"),
    GROUP(tissues, tissue_rows, "numerical", "what each region is made of"),
    PARAM(lumbar_back, sides, .kind = PARAM_CHOICE, .choices = supports, .preset = SUPPORT_SLIDING,
          .source = "assumed: the tissue around resists outward motion and lets the piece sink",
          .doc = "support of the four sides"),
    GROUP(grading, grading_rows, "numerical", "small elements near one place"),
    {0}};

/* ------------------------------------------------------------------------------------------------------------ skin */

static double spine(const lumbar_back *c) {
  return person_spine(c->measures.spine, c->height);
}

static double mix(double a, double b, double w) {
  return a + (b - a) * w;
}

/* Plan of the skin alone needs no level: the hollow is centred where L3 is by length; the two differ by a millimetre.
 */
static double skin_height(const void *shape, double x, double y, double slope[2]) {
  const lumbar_back *c = shape;
  const relief *r = &c->relief;
  const double half = 0.16;                  /* from L3 to where the hollow ends, m */
  const double at = 0.045, wide = 0.03;      /* crest and width of a bulge, m */
  const double narrow = 0.028, long_ = 0.12; /* of the furrow, across and along, m */
  const double pi = 180 * DEGREE;
  double d = y - person_part[L3] * spine(c), u = fmin(fmax(d / half, -1), 1);
  double z = -0.5 * r->lordosis * (1 + cos(pi * u));
  slope[1] = 0.5 * r->lordosis * sin(pi * u) * pi / half;
  z -= x * x / (2 * r->radius), slope[0] = -x / r->radius;
  for (int side = -1; side <= 1; side += 2) {
    double v = (x - side * at) / wide, b = r->bulge * exp(-v * v);
    z += b, slope[0] -= 2 * v / wide * b;
  }
  double p = x / narrow, q = d / long_, f = r->furrow * exp(-p * p - q * q);
  z -= f, slope[0] += 2 * p / narrow * f, slope[1] += 2 * q / long_ * f;
  return z;
}

/* ------------------------------------------------------------------------------------------------------- the floor */

typedef struct shape {
  lumbar_back c;                     /* first, so that the skin's functions can take a shape */
  double level[PERSON_LEVELS], psis; /* plan y */
  double fat, muscle;                /* m */
} shape;

static trunk_skin skin_of(const void *c) {
  const lumbar_back *b = c;
  return (trunk_skin){.lo = {-0.5 * b->size[0], -b->L5},
                      .hi = {0.5 * b->size[0], b->size[1] - b->L5},
                      .shape = c,
                      .height = skin_height};
}

static shape shape_of(const lumbar_back *c) {
  shape s = {.c = *c,
             .fat = person_fat(c->measures.fat, c->sex, c->bmi),
             .muscle = person_muscle(c->measures.muscle, c->sex, c->height)};
  trunk_skin skin = skin_of(c);
  for (int i = 0; i < PERSON_LEVELS; i++) s.level[i] = trunk_midline(&skin, person_part[i] * spine(c));
  s.psis = trunk_midline(&skin, PERSON_PSIS_PART * spine(c));
  return s;
}

/* Which vertebra: 0 at L5, 1 at L4; evenly on beyond the ends. */
static double vertebra(const shape *s, double y) {
  int i = 0;
  while (i < PERSON_LEVELS - 2 && y > s->level[i + 1]) i++;
  return i + (y - s->level[i]) / (s->level[i + 1] - s->level[i]);
}

/* 0 at each whole number, 1 halfway between. */
static double between(double u) {
  return 0.5 * (1 - cos(360 * DEGREE * u));
}

#define PSIS_ACROSS 0.04  /* m: about 4 cm from the midline (anatomy text, assumed) */
#define CREST_ACROSS 0.10 /* m: where the crest of the ilium is highest in this body (assumed) */

/* Depth below the line from the PSIS to the crest's top, which lies at L4 (59 of 100: McGaugh 2007, Clin Anat
   20:819-825), as the part that is ilium. */
static double ilium(const shape *s, double a, double y) {
  double along[2] = {CREST_ACROSS - PSIS_ACROSS, s->level[L4] - s->psis}, size = hypot(along[0], along[1]);
  double below = ((a - PSIS_ACROSS) * along[1] - (y - s->psis) * along[0]) / size;
  return trunk_step((below + 0.01) / 0.03) * trunk_step((a - 0.02) / 0.02);
}

/* Height over the 12th rib, square to it: it leaves T12 3 cm beside the midline and runs outward and down by 35 degrees
   (assumed). */
static double over_rib(const shape *s, double a, double y) {
  const double fall = 35 * DEGREE;
  return (y - s->level[T12]) * cos(fall) + (a - 0.03) * sin(fall);
}

static double ribcage(const shape *s, double a, double y) {
  return trunk_step((over_rib(s, a, y) + 0.01) / 0.04) * trunk_step((a - 0.025) / 0.025);
}

/* Muscle between the floor and the gliding layer. */
static double muscle_depth(const shape *s, double a, double y) {
  const bone *b = &s->c.bone;
  const double ridge = 0.03, least = 4e-3; /* m: half width of the spinous ridge; what is always left */
  const double thorax = 0.7;               /* at T10, as part of that at L3 (assumed) */
  double v = vertebra(s, y), rib_step = (s->level[T10] - s->level[T12]) / 2;
  double m = s->muscle;
  m *= mix(1, b->sacrum, trunk_step((s->level[L5] - y) / 0.08));
  m *= mix(1, thorax, trunk_step((y - s->level[L1]) / (s->level[T10] - s->level[L1])));
  m = mix(m, b->flank, trunk_step((a - 0.06) / 0.04));
  double lumbar = trunk_step((v + 0.5) / 0.5) * trunk_step((4.5 - v) / 0.5), w = (a - 0.04) / 0.015;
  m -= b->transverse * exp(-w * w) * (1 - between(v)) * lumbar;
  double rib = b->ribs + b->rib * between(over_rib(s, a, y) / rib_step);
  m = mix(m, rib, ribcage(s, a, y));
  m = mix(m, b->ilium, ilium(s, a, y));
  m = mix(m, fmin(m, b->midline + b->gap * between(v)), 1 - trunk_step(a / ridge));
  return least + 0.5 * (m - least + hypot(m - least, 2e-3)); /* smoothly above `least` */
}

/* ---------------------------------------------------------------------------------------------- sheets and regions */

/* Part of latissimus: beside a line from 4.5 cm at T10 down to the crest; only its aponeurosis reaches farther. */
static double latissimus(const shape *s, double a, double y) {
  double u = (y - s->level[L4]) / (s->level[T10] - s->level[L4]);
  return trunk_step((a - mix(CREST_ACROSS, 0.045, u)) / 0.03 + 0.5) * trunk_step(u / 0.2);
}

static double fat_depth(const shape *s, double a) {
  double far = 0.5 * s->c.size[0];
  double beside = mix(s->c.fat_midline, 1, trunk_step(a / 0.03));
  return s->fat * mix(beside, s->c.fat_flank, trunk_step((a - 0.05) / fmax(far - 0.05, 0.01)));
}

/* Sheet numbers from the floor up. */
typedef struct stack {
  int muscle, gliding, fascia, latissimus, web, fat, skin, n; /* muscle: how many; others: the first of each */
} stack;

static stack stack_of(const lumbar_back *c) {
  stack k = {.muscle = c->layer_cells[2]};
  k.gliding = k.muscle, k.fascia = k.gliding + 1, k.latissimus = k.fascia + 1, k.web = k.latissimus + 1;
  k.fat = k.web + 1, k.skin = k.fat + c->layer_cells[1], k.n = k.skin + c->layer_cells[0];
  return k;
}

/* Two fifths of the fat, at most 1 cm, lie under the superficial fascia (assumed), where the latissimus leaves them
   room. */
static const double DEEP_FAT = 0.4, DEEP_MOST = 0.01;

static double thickness(const void *self, int sheet, double x, double y) {
  const shape *s = self;
  const lumbar_back *c = &s->c;
  stack k = stack_of(c);
  double a = fabs(x), f = fat_depth(s, a);
  if (sheet >= k.skin) return c->skin / c->layer_cells[0];
  if (sheet < k.gliding) return muscle_depth(s, a, y) / k.muscle;
  if (sheet == k.gliding) return c->gliding;
  if (sheet == k.fascia) return c->fascia;
  if (sheet == k.web) return c->superficial_fascia;
  double w = latissimus(s, a, y), deep = fmin(DEEP_FAT * f, DEEP_MOST) * (1 - w);
  if (sheet == k.latissimus) return deep + c->latissimus * w;
  return (f - deep) / c->layer_cells[1];
}

static int muscle_region(const shape *s, int sheet, int n, double a, double y) {
  const borders *b = &s->c.borders;
  double v = vertebra(s, y);
  /* A sixth wider with each vertebra down and narrower up, never below half (assumed). */
  double multifidus = b->multifidus * fmin(fmax(1 - (v - 2) / 6, 0.5), 1.8);
  int lumbar = ribcage(s, a, y) < 0.5 && ilium(s, a, y) < 0.5;
  if (ilium(s, a, y) >= 0.5) return GLUTEUS;
  if (a < multifidus) return MULTIFIDUS;
  if (a < b->longissimus) return LONGISSIMUS;
  if (a >= b->iliocostalis) return WALL;
  return lumbar && 2 * sheet + 1 < n ? QUADRATUS : ILIOCOSTALIS; /* the lower half of the sheets */
}

static int region(const void *self, int sheet, double x, double y) {
  const shape *s = self;
  stack k = stack_of(&s->c);
  if (sheet < k.gliding) return muscle_region(s, sheet, k.muscle, fabs(x), y);
  if (sheet == k.gliding) return GLIDING;
  if (sheet == k.fascia) return FASCIA;
  if (sheet == k.latissimus) return latissimus(s, fabs(x), y) >= 0.5 ? LATISSIMUS : FAT;
  if (sheet == k.web) return WEB;
  return sheet < k.skin ? FAT : SKIN;
}

static void regions_of(const lumbar_back *c, trunk_region r[NREGION]) {
  const fibres *f = &c->fibres;
  const double angle[NREGION] = {[MULTIFIDUS] = f->multifidus,
                                 [LONGISSIMUS] = f->longissimus,
                                 [ILIOCOSTALIS] = f->iliocostalis,
                                 [QUADRATUS] = f->quadratus,
                                 [WALL] = f->wall,
                                 [GLUTEUS] = f->gluteus,
                                 [FASCIA] = f->fascia,
                                 [LATISSIMUS] = f->latissimus};
  for (int i = 0; i < NREGION; i++) {
    int none = i == GLIDING || i == WEB || i == FAT || i == SKIN;
    r[i] = (trunk_region){.name = names[i],
                          .tissue = c->tissues.name[i],
                          .nfam = none          ? 0
                                  : i == FASCIA ? 2
                                                : 1,
                          .angle = {angle[i], -angle[i]},
                          .tilt = i == MULTIFIDUS ? f->multifidus_tilt : 0};
  }
}

/* ------------------------------------------------------------------------------------------------------------- the
 * body */

/* Midline first, from L5 up; then what lies beside it. */
static void place_landmarks(const shape *s, const trunk_skin *skin, body_geometry *out) {
  double length = spine(&s->c);
  out->nlandmark = 0;
  for (int i = 0; i < PERSON_LEVELS; i++)
    if (!trunk_landmark(skin, person_level[i], person_part[i] * length, 0, out)) break;
  trunk_landmark(skin, "PSIS_left", PERSON_PSIS_PART * length, -PSIS_ACROSS, out);
  trunk_landmark(skin, "PSIS_right", PERSON_PSIS_PART * length, PSIS_ACROSS, out);
  trunk_landmark(skin, "crest_left", person_part[L4] * length, -CREST_ACROSS, out);
  trunk_landmark(skin, "crest_right", person_part[L4] * length, CREST_ACROSS, out);
}

static status check(const lumbar_back *c) {
  const borders *b = &c->borders;
  if (c->L5 >= c->size[1])
    FAIL(ST_INPUT, "body.L5: %g m from the lower edge is off a body of %g m; it must lie on it", c->L5, c->size[1]);
  TRY(trunk_check_motion(&c->motion, JOINTS));
  if (!(b->multifidus < b->longissimus && b->longissimus < b->iliocostalis))
    FAIL(ST_INPUT,
         "body.borders: multifidus, longissimus and iliocostalis must follow each other outward; they end at "
         "%g, %g and %g m",
         b->multifidus, b->longissimus, b->iliocostalis);
  return ST_OK;
}

static status build(const void *par, arena *a, body_geometry *out) {
  const lumbar_back *c = par;
  TRY(check(c));
  shape s = shape_of(c);
  trunk_region r[NREGION];
  regions_of(c, r);
  trunk_sheets t = {.skin = skin_of(&s),
                    .cells = {c->cells[0], c->cells[1]},
                    .n = stack_of(c).n,
                    .thickness = thickness,
                    .region = region,
                    .nregion = NREGION,
                    .regions = r};
  double *line[2];
  for (int d = 0; d < 2; d++) NEW(a, line[d], c->cells[d] + 1);
  mesh_grade(t.skin.lo[0], t.skin.hi[0], c->cells[0], c->grading.toward_t, c->grading.ratio, line[0]);
  if (c->grading.ratio == 1)
    trunk_lines_along(&t.skin, PERSON_LEVELS, s.level, c->cells[1], line[1]);
  else
    mesh_grade(t.skin.lo[1], t.skin.hi[1], c->cells[1], c->grading.toward_s, c->grading.ratio, line[1]);
  t.line[0] = line[0], t.line[1] = line[1];
  TRY(trunk_mesh(&t, 2, a, out));

  for (int f = 0; f < FACE_COUNT; f++) out->faces[f] = (support)c->sides;
  out->faces[FACE_BOTTOM] = SUPPORT_FIXED;
  out->faces[FACE_TOP] = SUPPORT_FREE;
  place_landmarks(&s, &t.skin, out);
  out->landmark_note = PERSON_NOTE;
  return ST_OK;
}

/* Flexion about the centres of the discs, half way between the spinous processes. The ilium stays with the sacrum, the
   ribs go with T12. */
static void move(const void *par, int motion, double amount, int n, const double *X, double *u) {
  const lumbar_back *c = par;
  const int thorax = JOINTS;
  shape s = shape_of(c);
  double part[JOINTS + 1] = {s.level[L5] - (s.level[L4] - s.level[L5])}; /* middle of the sacrum's uppermost part */
  trunk_skin skin = skin_of(c);
  (void)motion; /* the only one */
  for (int i = 0; i < JOINTS; i++) part[i + 1] = s.level[L5 + i];
  trunk_chain k = trunk_chain_of(&skin, &c->motion, JOINTS, part,
                                 c->skin + s.fat + c->superficial_fascia + c->fascia + c->gliding + s.muscle);
  for (int i = 0; i < n; i++) {
    const double *x = X + 3 * (size_t)i;
    double *v = u + 3 * (size_t)i, ribs[3], a = fabs(x[0]);
    trunk_bend(&k, amount, x, NULL, v);
    trunk_bend(&k, amount, x, &thorax, ribs);
    for (int d = 0; d < 3; d++) v[d] = mix(mix(v[d], ribs[d], ribcage(&s, a, x[1])), 0, ilium(&s, a, x[1]));
  }
}

static int chart(const void *par, double s, double t, double x[3], double axes[9]) {
  trunk_skin skin = skin_of(par);
  return trunk_chart(&skin, s, t, x, axes);
}

const body body_lumbar_back = {.name = "lumbar_back",
                               .doc =
                                   "the curved lower back from sacrum to T10: muscles, fasciae, fat and skin over bone",
                               .params = params,
                               .par_size = sizeof(lumbar_back),
                               .build = build,
                               .chart = chart,
                               .motions = trunk_motions,
                               .move = move};
