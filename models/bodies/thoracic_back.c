/* The upper back of a person lying prone, from T10 to T1: ribs and shoulder blades as the rigid floor, the deep muscles
   of the spine, rhomboids, trapezius and the top of latissimus over them. It is made like lumbar_back, which see for
   how bone is told; s counts from L5 here too, so that both bodies speak of the same places.

   sheets from the floor up                                  from above, right half
     skin                                                      T1 | up|per  .--
     fat                                                          | mi|ddle    trapezius over rhomboid
     fascia      the thin one over trapezius                      |\  rh|omb '-.____ spine of the scapula
     trapezius   lower, middle, upper; loose tissue beside it     | \  -| infra-  /
     rhomboid    latissimus below it, loose tissue elsewhere      |low\  | spina /
     gliding     over the deep muscles                         T7 | er \ '-tus /
     deep        transversospinales, erector spinae, muscles      |     \ latissimus
                 between the ribs, those on the shoulder blade  T10|      \

   The shoulder blade is held with the ribs: in a person it glides over them. */
#include <math.h>
#include <string.h>
#include "models/bodies/person.h"
#include "models/bodies/trunk.h"

enum {
  TRANSVERSE,
  ERECTOR,
  RIBS,
  INFRA,
  SUPRA,
  GLIDING,
  RHOMBOID,
  LATISSIMUS,
  LOWER,
  MIDDLE,
  UPPER,
  LOOSE,
  FASCIA,
  FAT,
  SKIN,
  NREGION
};
static const char *const names[NREGION] = {"transversospinales",
                                           "erector_spinae",
                                           "rib_muscles",
                                           "infraspinatus",
                                           "supraspinatus",
                                           "gliding",
                                           "rhomboid",
                                           "latissimus",
                                           "lower_trapezius",
                                           "middle_trapezius",
                                           "upper_trapezius",
                                           "loose",
                                           "fascia",
                                           "fat",
                                           "skin"};

enum { JOINTS = T1 - T10 }; /* of the body, from T9 on T10 to T1 on T2 */

typedef struct measures { /* NAN: from sex, height and BMI */
  double spine, fat;
} measures;

typedef struct relief {
  double kyphosis, radius, furrow, blade;
} relief;

typedef struct bone {
  double midline, gap, groove, ribs, rib, blade, spine;
} bone;

typedef struct borders {
  double transverse, erector, blade;
} borders;

typedef struct fibres {
  double transverse, erector, ribs, infraspinatus, supraspinatus, rhomboid, latissimus, lower, middle, upper;
} fibres;

typedef struct tissues {
  char name[NREGION][PARAM_TEXT_MAX];
} tissues;

typedef struct grading {
  double toward_s, toward_t, ratio;
} grading;

typedef struct thoracic_back {
  int sex;
  double height, bmi;
  measures measures;
  double size[2]; /* across, along: of the plan, m */
  double T7;
  int cells[2];
  int layer_cells[3]; /* skin, fat, deep muscle */
  double skin, fascia, trapezius, rhomboid, gliding;
  relief relief;
  bone bone;
  borders borders;
  trunk_motion motion;
  fibres fibres;
  tissues tissues;
  int sides;
  grading grading;
} thoracic_back;

static const char *const supports[] = {"free", "sliding", "fixed", NULL}; /* in the order of `support` */

/* ------------------------------------------------------------------------------------------------------------ tables
 */

#define DEGREE (3.14159265358979323846 / 180)
#define QUARTER 1.5708 /* rad; rounded up, so that 90 deg passes */

static const param measure_rows[] = {
    PARAM(measures, spine, .unit = "m", .lo = 0.3, .hi = 0.8, .preset = NAN, .optional = 1,
          .doc = "length of the skin from C7 to the level of the PSIS; 0.509 m at a height of 1.72 m when left out"),
    PARAM(measures, fat, .unit = "m", .lo = 3e-3, .hi = 0.05, .preset = NAN, .optional = 1,
          .doc = "thickness of the fat; two thirds of that over the lumbar spine, by sex and BMI, when left out"),
    {0}};

static const param relief_rows[] = {PARAM(relief, kyphosis, .unit = "m", .lo = 0.25, .hi = 100, .preset = 0.5,
                                          .source = "assumed, prone", .doc = "radius of the back along the midline"),
                                    PARAM(relief, radius, .unit = "m", .lo = 0.25, .hi = 100, .preset = 0.4,
                                          .source = "assumed", .doc = "radius of the back across"),
                                    PARAM(relief, furrow, .unit = "m", .lo = 0, .hi = 0.01, .preset = 4e-3,
                                          .source = "assumed", .doc = "depth of the furrow along the midline"),
                                    PARAM(relief, blade, .unit = "m", .lo = 0, .hi = 0.012, .preset = 5e-3,
                                          .source = "assumed", .doc = "how far the shoulder blades stand out"),
                                    {0}};

static const param bone_rows[] = {
    PARAM(bone, midline, .unit = "m", .lo = 4e-3, .hi = 0.02, .preset = 6e-3, .source = "assumed",
          .doc = "ligament and muscle over the tips of the spinous processes"),
    PARAM(bone, gap, .unit = "m", .lo = 0, .hi = 8e-3, .preset = 3e-3, .source = "assumed: they overlap like tiles",
          .doc = "how much deeper the floor lies between two spinous processes"),
    PARAM(bone, groove, .unit = "m", .lo = 0.01, .hi = 0.035, .preset = 0.02, .source = "assumed",
          .doc = "deep muscle in the groove beside the spine, over laminae and transverse processes"),
    PARAM(bone, ribs, .unit = "m", .lo = 4e-3, .hi = 0.02, .preset = 8e-3, .source = "assumed",
          .doc = "muscle over the ribs beside the erector spinae"),
    PARAM(bone, rib, .unit = "m", .lo = 0, .hi = 6e-3, .preset = 3e-3, .source = "assumed",
          .doc = "how much deeper the floor lies between two ribs"),
    PARAM(bone, blade, .unit = "m", .lo = 6e-3, .hi = 0.03, .preset = 0.015, .source = "assumed",
          .doc = "muscle over the shoulder blade"),
    PARAM(bone, spine, .unit = "m", .lo = 0, .hi = 0.01, .preset = 6e-3, .source = "assumed",
          .doc = "height of the spine of the scapula over the blade, as smoothed to what elements can show"),
    {0}};

static const param border_rows[] = {PARAM(borders, transverse, .unit = "m", .lo = 0.01, .hi = 0.04, .preset = 0.025,
                                          .source = "assumed", .doc = "outer border of semispinalis and multifidus"),
                                    PARAM(borders, erector, .unit = "m", .lo = 0.02, .hi = 0.09, .preset = 0.055,
                                          .source = "assumed", .doc = "outer border of the erector spinae"),
                                    PARAM(borders, blade, .unit = "m", .lo = 0.03, .hi = 0.12, .preset = 0.065,
                                          .source = "assumed", .doc = "inner border of the shoulder blade"),
                                    {0}};

#define ANGLE(member, fallback, from, what)                                                                            \
  PARAM(fibres, member, .unit = "rad", .lo = -2 * QUARTER, .hi = 2 * QUARTER, .preset = (fallback)*DEGREE,             \
        .source = "assumed: " from, .doc = what)
static const param fibre_rows[] = {
    ANGLE(transverse, -15, "from transverse to spinous processes, inward as they rise",
          "angle of its fibres from headward, outward as they rise"),
    ANGLE(erector, 5, "near headward", "angle of the erector spinae"),
    ANGLE(ribs, -60, "external intercostals, inward as they rise", "angle of the muscles between the ribs"),
    ANGLE(infraspinatus, 60, "toward the shoulder joint", "angle on the blade below its spine"),
    ANGLE(supraspinatus, 80, "toward the shoulder joint", "angle on the blade above its spine"),
    ANGLE(rhomboid, -45, "from the spine outward and down, C7-T5 to T2-T7", "angle of the rhomboids"),
    ANGLE(latissimus, 65, "from the spine outward and up", "angle of the upper latissimus"),
    ANGLE(lower, 40, "from T5-T12 outward and up to the spine of the scapula", "angle of the lower trapezius"),
    ANGLE(middle, 85, "across", "angle of the middle trapezius"),
    ANGLE(upper, 110, "from the neck outward and down", "angle of the upper trapezius"),
    {0}};

#define TISSUE(region, key, text)                                                                                      \
  {                                                                                                                    \
    .name = key, .kind = PARAM_TEXT, .offset = offsetof(tissues, name) + (region)*PARAM_TEXT_MAX, .preset_text = text, \
    .doc = "entry under `tissue:` for the " key, .source = "numerical: the tissue it is made of"                       \
  }
static const param tissue_rows[] = {TISSUE(TRANSVERSE, "transversospinales", "muscle"),
                                    TISSUE(ERECTOR, "erector_spinae", "muscle"),
                                    TISSUE(RIBS, "rib_muscles", "muscle"),
                                    TISSUE(INFRA, "infraspinatus", "muscle"),
                                    TISSUE(SUPRA, "supraspinatus", "muscle"),
                                    TISSUE(GLIDING, "gliding", "loose"),
                                    TISSUE(RHOMBOID, "rhomboid", "muscle"),
                                    TISSUE(LATISSIMUS, "latissimus", "muscle"),
                                    TISSUE(LOWER, "lower_trapezius", "muscle"),
                                    TISSUE(MIDDLE, "middle_trapezius", "muscle"),
                                    TISSUE(UPPER, "upper_trapezius", "muscle"),
                                    TISSUE(LOOSE, "loose", "loose"),
                                    TISSUE(FASCIA, "fascia", "fascia"),
                                    TISSUE(FAT, "fat", "fat"),
                                    TISSUE(SKIN, "skin", "skin"),
                                    {0}};

static const param grading_rows[] = {
    PARAM(grading, toward_s, .unit = "m", .lo = -1, .hi = 1, .preset = 0.33, .source = "numerical: about T4",
          .doc = "height over L5 near which elements are small"),
    PARAM(grading, toward_t, .unit = "m", .lo = -1, .hi = 1, .preset = 0, .source = "numerical",
          .doc = "distance to the right near which elements are small"),
    PARAM(grading, ratio, .lo = 1, .hi = 100, .preset = 1, .source = "numerical",
          .doc = "farthest element over nearest, along and across; 1: even across, and one vertebra after the other "
                 "along"),
    {0}};

static const param motion_rows[] = {
    TRUNK_MOTION_ROWS(JOINTS, "[1, 1, 1, 1, 1, 1, 1, 1, 1]", "assumed: all alike", "T9/T10 up to T1/T2"), {0}};

#define GROUP(member, table, from, what)                                                                               \
  PARAM(thoracic_back, member, .kind = PARAM_GROUP, .optional = 1, .rows = table, .row_size = sizeof(member),          \
        .source = from, .doc = what)
static const param params[] = {
    PARAM(thoracic_back, sex, .kind = PARAM_CHOICE, .choices = person_sexes, .preset = MALE, .source = "assumed",
          .doc = "sets the fat where it is not given"),
    PARAM(thoracic_back, height, .unit = "m", .lo = 1.4, .hi = 2.2, .preset = 1.72, .source = "assumed",
          .doc = "stature: sets lengths along the spine where they are not given"),
    PARAM(thoracic_back, bmi, .lo = 15, .hi = 45, .preset = 23, .source = "assumed",
          .doc = "body mass index, kg/m2: sets the fat where it is not given"),
    GROUP(measures, measure_rows, "assumed: from sex, height and BMI", "measures of one person"),
    PARAM(thoracic_back, size, .kind = PARAM_VECTOR, .max = 2, .unit = "m", .lo = 0.1, .hi = 0.6,
          .preset_text = "[28 cm, 26 cm]", .source = "assumed: both shoulder blades, from T10 to T1",
          .doc = "extent across and along, of the plan"),
    PARAM(thoracic_back, T7, .unit = "m", .lo = 0.01, .hi = 0.5, .preset = 0.085, .source = "assumed: T10 and a margin",
          .doc = "distance of T7 from the lower edge"),
    PARAM(thoracic_back, cells, .kind = PARAM_INTEGERS, .counts = COUNT_PLANE, .max = 2, .lo = 2, .hi = 500,
          .preset_text = "[10, 11]", .source = "numerical: 24 633 unknowns", .doc = "elements across and along"),
    PARAM(thoracic_back, layer_cells, .kind = PARAM_INTEGERS, .counts = COUNT_DEPTH, .max = 3, .lo = 1, .hi = 16,
          .preset_text = "[1, 1, 2]", .source = "numerical", .doc = "elements through skin, fat and deep muscle"),
    PARAM(thoracic_back, skin, .unit = "m", .lo = 0.5e-3, .hi = 10e-3, .preset = 3e-3,
          .source = "assumed: 2-3 mm on the back, thickest here", .doc = "thickness of the skin"),
    PARAM(thoracic_back, fascia, .unit = "m", .lo = 0.1e-3, .hi = 3e-3, .preset = 0.5e-3, .source = "assumed",
          .doc = "thickness of the fascia over trapezius and latissimus"),
    PARAM(thoracic_back, trapezius, .unit = "m", .lo = 2e-3, .hi = 0.01, .preset = 5e-3, .source = "assumed",
          .doc = "thickness of the trapezius"),
    PARAM(thoracic_back, rhomboid, .unit = "m", .lo = 2e-3, .hi = 0.01, .preset = 5e-3, .source = "assumed",
          .doc = "thickness of rhomboids and latissimus"),
    PARAM(thoracic_back, gliding, .unit = "m", .lo = 0.1e-3, .hi = 2e-3, .preset = 0.5e-3,
          .source = "assumed: 0.1-0.5 mm of loose tissue",
          .doc = "thickness of the gliding layer over the deep muscles"),
    GROUP(relief, relief_rows, "assumed", "shape of the skin"),
    GROUP(bone, bone_rows, "assumed", "the rigid floor, told by what covers it"),
    GROUP(borders, border_rows, "assumed", "where one muscle meets the next, from the midline"),
    PARAM(thoracic_back, motion, .kind = PARAM_GROUP, .optional = 1, .rows = motion_rows,
          .row_size = sizeof(trunk_motion), .source = "assumed", .doc = "how the spine bends"),
    GROUP(fibres, fibre_rows, "assumed", "directions of the fibres in their sheets"),
    GROUP(tissues, tissue_rows, "numerical", "what each region is made of"),
    PARAM(thoracic_back, sides, .kind = PARAM_CHOICE, .choices = supports, .preset = SUPPORT_SLIDING,
          .source = "assumed: the tissue around resists outward motion and lets the piece sink",
          .doc = "support of the four sides"),
    GROUP(grading, grading_rows, "numerical", "small elements near one place"),
    {0}};

/* -------------------------------------------------------------------------------------------------------------- skin
 */

static double spine(const thoracic_back *c) {
  return person_spine(c->measures.spine, c->height);
}

static double mix(double a, double b, double w) {
  return a + (b - a) * w;
}

static double skin_height(const void *shape, double x, double y, double slope[2]) {
  const thoracic_back *c = shape;
  const relief *r = &c->relief;
  const double crest = 0.06;                                  /* y of the top of the kyphosis, over T7, m */
  const double narrow = 0.028;                                /* of the furrow, m */
  const double at[2] = {0.095, 0.06}, wide[2] = {0.04, 0.06}; /* middle of a blade and its width, m */
  double d = y - crest, p = x / narrow, f = r->furrow * exp(-p * p);
  double z = -d * d / (2 * r->kyphosis) - x * x / (2 * r->radius) - f;
  slope[0] = -x / r->radius + 2 * p / narrow * f, slope[1] = -d / r->kyphosis;
  for (int side = -1; side <= 1; side += 2) {
    double v = (x - side * at[0]) / wide[0], w = (y - at[1]) / wide[1], b = r->blade * exp(-v * v - w * w);
    z += b, slope[0] -= 2 * v / wide[0] * b, slope[1] -= 2 * w / wide[1] * b;
  }
  return z;
}

/* --------------------------------------------------------------------------------------------------------- the floor
 */

typedef struct shape {
  thoracic_back c;             /* first, so that the skin's functions can take a shape */
  double level[PERSON_LEVELS]; /* plan y; T7 at 0 */
  double fat;                  /* m */
} shape;

static trunk_skin skin_of(const void *c) {
  const thoracic_back *b = c;
  return (trunk_skin){.lo = {-0.5 * b->size[0], -b->T7},
                      .hi = {0.5 * b->size[0], b->size[1] - b->T7},
                      .s0 = person_part[T7] * spine(b),
                      .shape = c,
                      .height = skin_height};
}

static shape shape_of(const thoracic_back *c) {
  double lumbar = person_fat(NAN, c->sex, c->bmi);
  shape s = {.c = *c, .fat = isnan(c->measures.fat) ? fmax(3e-3, lumbar * 2 / 3) : c->measures.fat};
  trunk_skin skin = skin_of(c);
  /* Levels far below the body are not asked for: the skin's formula ends there. */
  for (int i = 0; i < PERSON_LEVELS; i++)
    s.level[i] =
        i < T12 ? (person_part[i] - person_part[T7]) * spine(c) : trunk_midline(&skin, person_part[i] * spine(c));
  return s;
}

static double vertebra(const shape *s, double y) {
  int i = 0;
  while (i < PERSON_LEVELS - 2 && y > s->level[i + 1]) i++;
  return i + (y - s->level[i]) / (s->level[i + 1] - s->level[i]);
}

/* 0 at each whole number, 1 halfway between. */
static double between(double u) {
  return 0.5 * (1 - cos(360 * DEGREE * u));
}

/* Part of shoulder blade: inner border upright from T2 to T7, outer border from the tip 2 cm beside it outward and up.
 */
static double blade(const shape *s, double a, double y) {
  const double edge = 0.02; /* m: width of the rise from the ribs */
  double tip = s->c.borders.blade + 0.02, low = fmax(0, 1.3 * (a - tip));
  return trunk_step((a - s->c.borders.blade) / edge + 0.5) * trunk_step((y - s->level[T7] - low) / edge + 0.5) *
         trunk_step((s->level[T2] - y) / edge + 0.5);
}

/* The spine of the scapula: from the inner border at T3 outward, rising by one in four; height over it. */
static double over_blade_spine(const shape *s, double a, double y) {
  return y - s->level[T3] - 0.25 * (a - s->c.borders.blade);
}

/* Deep muscle between the floor and the gliding layer. */
static double deep_muscle(const shape *s, double a, double y) {
  const bone *b = &s->c.bone;
  const double ridge = 0.025, least = 3e-3, wide = 0.014, fall = 0.35; /* m, and slope of the ribs */
  double v = vertebra(s, y), o = over_blade_spine(s, a, y) / wide;
  double rib = b->ribs + b->rib * between(vertebra(s, y + fall * a));
  double m = mix(b->groove, rib, trunk_step((a - s->c.borders.erector) / 0.03 + 0.5));
  m = mix(m, b->blade - b->spine * exp(-o * o), blade(s, a, y));
  m = mix(m, fmin(m, b->midline + b->gap * between(v)), 1 - trunk_step(a / ridge));
  return least + 0.5 * (m - least + hypot(m - least, 2e-3)); /* smoothly above `least` */
}

/* ------------------------------------------------------------------------------------------------ sheets and regions
 */

/* From C7-T5 down and out to the inner border at T2-T7. */
static double rhomboid(const shape *s, double a, double y) {
  const double edge = 0.02;
  double inner = s->c.borders.blade, u = fmin(a / inner, 1);
  double low = mix(s->level[T5], s->level[T7], u), high = mix(s->level[C7], s->level[T2], u);
  return trunk_step((inner + 0.005 - a) / edge + 0.5) * trunk_step((y - low) / edge + 0.5) *
         trunk_step((high - y) / edge + 0.5);
}

/* Below a line from T7 outward, over the tip of the blade. */
static double latissimus(const shape *s, double a, double y) {
  return trunk_step((s->level[T7] + 0.15 * a - y) / 0.03) * trunk_step((a - 0.01) / 0.02);
}

/* From its tip at T12 out to the root of the scapula's spine, and above that out to the shoulder. */
static double trapezius(const shape *s, double a, double y) {
  double u = (y - s->level[T12]) / (s->level[T3] - s->level[T12]);
  double border = u < 1 ? 0.085 * u : 0.085 + 3 * (y - s->level[T3]);
  return trunk_step((border - a) / 0.04 + 0.5);
}

typedef struct stack {
  int deep, gliding, rhomboid, trapezius, fascia, fat, skin, n; /* deep: how many; others: the first of each */
} stack;

static stack stack_of(const thoracic_back *c) {
  stack k = {.deep = c->layer_cells[2]};
  k.gliding = k.deep, k.rhomboid = k.gliding + 1, k.trapezius = k.rhomboid + 1, k.fascia = k.trapezius + 1;
  k.fat = k.fascia + 1, k.skin = k.fat + c->layer_cells[1], k.n = k.skin + c->layer_cells[0];
  return k;
}

/* What is left of a muscle's sheet beside it (assumed). */
static const double LOOSE_LEFT = 2e-3;

static double thickness(const void *self, int sheet, double x, double y) {
  const shape *s = self;
  const thoracic_back *c = &s->c;
  stack k = stack_of(c);
  double a = fabs(x);
  if (sheet >= k.skin) return c->skin / c->layer_cells[0];
  if (sheet >= k.fat) return s->fat / c->layer_cells[1];
  if (sheet == k.fascia) return c->fascia;
  if (sheet == k.trapezius) return mix(LOOSE_LEFT, c->trapezius, trapezius(s, a, y));
  if (sheet == k.rhomboid) return mix(LOOSE_LEFT, c->rhomboid, fmax(rhomboid(s, a, y), latissimus(s, a, y)));
  if (sheet == k.gliding) return c->gliding;
  return deep_muscle(s, a, y) / k.deep;
}

static int deep_region(const shape *s, double a, double y) {
  if (blade(s, a, y) >= 0.5) return over_blade_spine(s, a, y) > 0 ? SUPRA : INFRA;
  if (a < s->c.borders.transverse) return TRANSVERSE;
  return a < s->c.borders.erector ? ERECTOR : RIBS;
}

static int region(const void *self, int sheet, double x, double y) {
  const shape *s = self;
  stack k = stack_of(&s->c);
  double a = fabs(x);
  if (sheet >= k.skin) return SKIN;
  if (sheet >= k.fat) return FAT;
  if (sheet == k.fascia) return FASCIA;
  if (sheet == k.trapezius) {
    if (trapezius(s, a, y) < 0.5) return LOOSE;
    return y < s->level[T5] ? LOWER : y < s->level[T1] ? MIDDLE : UPPER;
  }
  if (sheet == k.rhomboid) return rhomboid(s, a, y) >= 0.5 ? RHOMBOID : latissimus(s, a, y) >= 0.5 ? LATISSIMUS : LOOSE;
  return sheet == k.gliding ? GLIDING : deep_region(s, a, y);
}

static void regions_of(const thoracic_back *c, trunk_region r[NREGION]) {
  const fibres *f = &c->fibres;
  const double angle[NREGION] = {[TRANSVERSE] = f->transverse,
                                 [ERECTOR] = f->erector,
                                 [RIBS] = f->ribs,
                                 [INFRA] = f->infraspinatus,
                                 [SUPRA] = f->supraspinatus,
                                 [RHOMBOID] = f->rhomboid,
                                 [LATISSIMUS] = f->latissimus,
                                 [LOWER] = f->lower,
                                 [MIDDLE] = f->middle,
                                 [UPPER] = f->upper};
  for (int i = 0; i < NREGION; i++) {
    int none = i == GLIDING || i == LOOSE || i == FASCIA || i == FAT || i == SKIN;
    r[i] = (trunk_region){
        .name = names[i], .tissue = c->tissues.name[i], .nfam = none ? 0 : 1, .angle = {angle[i], -angle[i]}};
  }
}

/* ---------------------------------------------------------------------------------------------------------- the body
 */

static void place_landmarks(const shape *s, const trunk_skin *skin, body_geometry *out) {
  double length = spine(&s->c), across = s->c.borders.blade;
  out->nlandmark = 0;
  for (int i = 0; i < PERSON_LEVELS; i++) trunk_landmark(skin, person_level[i], person_part[i] * length, 0, out);
  /* the lower tip of the blade, and the root of its spine */
  trunk_landmark(skin, "scapula_left", person_part[T7] * length, -across - 0.02, out);
  trunk_landmark(skin, "scapula_right", person_part[T7] * length, across + 0.02, out);
  trunk_landmark(skin, "spina_left", person_part[T3] * length, -across, out);
  trunk_landmark(skin, "spina_right", person_part[T3] * length, across, out);
}

static status check(const thoracic_back *c) {
  const borders *b = &c->borders;
  if (c->T7 >= c->size[1])
    FAIL(ST_INPUT, "body.T7: %g m from the lower edge is off a body of %g m; it must lie on it", c->T7, c->size[1]);
  if (!(b->transverse < b->erector && b->erector < b->blade))
    FAIL(ST_INPUT,
         "body.borders: transverse, erector and blade must follow each other outward; they are %g, %g and %g m",
         b->transverse, b->erector, b->blade);
  TRY(trunk_check_motion(&c->motion, JOINTS));
  return ST_OK;
}

static status build(const void *par, arena *a, body_geometry *out) {
  const thoracic_back *c = par;
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
    mesh_grade(t.skin.lo[1], t.skin.hi[1], c->cells[1], c->grading.toward_s - t.skin.s0, c->grading.ratio, line[1]);
  t.line[0] = line[0], t.line[1] = line[1];
  TRY(trunk_mesh(&t, 1, a, out));

  for (int f = 0; f < FACE_COUNT; f++) out->faces[f] = (support)c->sides;
  out->faces[FACE_BOTTOM] = SUPPORT_FIXED;
  out->faces[FACE_TOP] = SUPPORT_FREE;
  place_landmarks(&s, &t.skin, out);
  out->landmark_note = PERSON_NOTE;
  return ST_OK;
}

static int chart(const void *par, double s, double t, double x[3], double axes[9]) {
  trunk_skin skin = skin_of(par);
  return trunk_chart(&skin, s, t, x, axes);
}

/* Flexion about the centres of the discs, half way between the spinous processes; the laminae are the floor of the
   groove beside them. Ribs and shoulder blades go with the vertebra of their height: in a person they keep their
   shape. */
static void move(const void *par, int motion, double amount, int n, const double *X, double *u) {
  const thoracic_back *c = par;
  shape s = shape_of(c);
  trunk_skin skin = skin_of(c);
  (void)motion; /* the only one */
  trunk_chain k =
      trunk_chain_of(&skin, &c->motion, JOINTS, s.level + T10,
                     c->skin + s.fat + c->fascia + c->trapezius + c->rhomboid + c->gliding + c->bone.groove);
  for (int i = 0; i < n; i++) trunk_bend(&k, amount, X + 3 * (size_t)i, NULL, u + 3 * (size_t)i);
}

const body body_thoracic_back = {.name = "thoracic_back",
                                 .doc = "the curved upper back from T10 to T1: trapezius and rhomboids over ribs and "
                                        "shoulder blades",
                                 .params = params,
                                 .par_size = sizeof(thoracic_back),
                                 .build = build,
                                 .chart = chart,
                                 .motions = trunk_motions,
                                 .move = move};
