/* What the bodies know of people: where the vertebrae lie along the skin, and thicknesses by sex, height and BMI. */
#ifndef KNEAD_PERSON_H
#define KNEAD_PERSON_H
#include <math.h>

enum { FEMALE, MALE };
static const char *const person_sexes[] = {"female", "male", NULL};

/* From L5 up. */
enum { L5, L4, L3, L2, L1, T12, T11, T10, T9, T8, T7, T6, T5, T4, T3, T2, T1, C7, PERSON_LEVELS };
static const char *const person_level[PERSON_LEVELS] = {"L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9",
                                                        "T8", "T7", "T6", "T5", "T4", "T3",  "T2",  "T1",  "C7"};

/* Skin over the spinous processes, above L5, in parts of the length from the level of the PSIS to C7. L4, L1, T10, T7
   and T4 were palpated with a flexible ruler on the skin: 13.9, 29.1, 45.9, 61 and 79 % above the PSIS (Ernst 2013, BMC
   Res Notes 6:58). The others lie evenly between these and C7; L5 is as far from L4 as L4 from L3. */
static const double person_part[PERSON_LEVELS] = {0,      0.0507, 0.1013, 0.1520, 0.2027, 0.2587,
                                                  0.3147, 0.3707, 0.4210, 0.4713, 0.5217, 0.5817,
                                                  0.6417, 0.7017, 0.7542, 0.8067, 0.8592, 0.9117};
#define PERSON_PSIS_PART (-0.0883)
#define PERSON_NOTE "measured at L4, L1, T10, T7 and T4 (Ernst 2013), between them and beside the midline assumed"

/* Presets; NAN stands for a measure that was not given. */

/* 0.509 m is the mean of 22 people (same source); 1.72 m for them is assumed. */
static inline double person_spine(double measured, double height) {
  return isnan(measured) ? 0.509 * height / 1.72 : measured;
}

/* The cut-offs at L1-2 for healthy muscle, 8.45 mm for women and 9.40 mm for men (Eur Radiol 2022,
   doi 10.1007/s00330-022-08775-7), are taken for a BMI of 23; from there to 30 mm at 35, in the 20-40 mm of obese
   people, on a straight line (assumed); never below 3 mm. */
static inline double person_fat(double measured, int sex, double bmi) {
  double mean = sex == MALE ? 9.40e-3 : 8.45e-3;
  return isnan(measured) ? fmax(3e-3, mean + (30e-3 - mean) * (bmi - 23) / (35 - 23)) : measured;
}

/* Over the laminae at L3: 25-40 mm (assumed); men at 35, women at 30 mm, in proportion to height (assumed). */
static inline double person_muscle(double measured, int sex, double height) {
  return isnan(measured) ? (sex == MALE ? 35e-3 : 30e-3) * height / 1.72 : measured;
}

#endif
