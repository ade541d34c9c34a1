/* Who does what when: drives of the hands and of the rigs, and the times a step must land on. */
#ifndef KNEAD_SCHEDULE_H
#define KNEAD_SCHEDULE_H
#include "sim/state/model.h"

/* s; two times nearer than this are one: far below any step, far above the rounding of a sum of durations. */
#define SAME_TIME 1e-9

/* What is asked of a tool at time t. Outside its entries, or when the force asked for is 0: mode DRIVE_FREE with the
   position of the nearest entry. A hand that presses is asked for what those that rest on it give, too, and they go
   where it goes. */
void schedule_drive(const model *m, int tool, double t, drive *out);
/* The same by its own entries alone. */
void schedule_own_drive(const model *m, int tool, double t, drive *out);
/* What an entry asks at time t of its own, 0..duration: its technique's drive, mirrored when it says so. */
void schedule_entry_drive(const entry *e, double t, drive *out);
/* Entry running on a tool at time t, -1: none. */
int schedule_entry(const model *m, int tool, double t);
/* Longest step that still has time.per_period steps in the period of every technique that begins, runs or ends at t;
   INFINITY: any. Without inertia it is not asked for. */
double schedule_longest_step(const model *m, double t);
/* The longest part of dt in which no tool goes farther along the skin than time.travel and none changes its load by
   more than time.load; not below time.min. Both unset: dt. */
double schedule_gentle_step(const model *m, double t, double dt);
/* Cycles that go on at time t and that all hands at work do alike, in one period, while no rig and no support moves and
   no other hand begins or ends. The times in it are those of the run, the same for any t in these cycles. 0: fewer than
   two. */
int schedule_cycle(const model *m, double t, technique_cycle *out);
/* Share of the rig's final motion at time t, 0..1. */
double schedule_rig(const rig *r, double t);
/* Amount of the body's motion at time t: from one stretch to the next with no jump of speed or acceleration. */
double schedule_stretch(const model *m, double t);
/* Fills m->event (arena memory) from entries, their technique's events, rigs and the end time. */
status schedule_events(model *m) MUST_CHECK;
/* Next event strictly later than t (by more than SAME_TIME); INFINITY when there is none. */
double schedule_next_event(const model *m, double t);

#endif
