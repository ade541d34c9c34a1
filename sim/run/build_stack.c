/* Hands that rest on others: which, and whether the session lets them. */
#include <math.h>
#include <string.h>
#include "sim/mechanics/arm.h"
#include "sim/run/build.h"
#include "sim/state/schedule.h"

enum { SAMPLES = 512 };
/* N; less than this is no push, as in sim/mechanics/mechanics.c. */
static const double LEAST = 0.005;

static const hand_keys *keys_of(const builder *b, int hand) {
  return b->hand[hand].b.block;
}

static const node *word_of(const builder *b, int hand) {
  return scenario_get(scenario_get(scenario_get(b->scn->root, "hands"), b->hand[hand].name), "rests_on");
}

/* The declared hand that one rests on; -1: none, or an error was collected. */
static int below(const builder *b, int hand) {
  for (int i = 0; i < b->nhand && *keys_of(b, hand)->rests_on; i++)
    if (!strcmp(b->hand[i].name, keys_of(b, hand)->rests_on)) return i;
  return -1;
}

/* May it rest there at all? */
static int check_hand(builder *b, int hand) {
  const node *word = word_of(b, hand);
  const char *name = b->hand[hand].name, *on = keys_of(b, hand)->rests_on, *names[BUILD_TOOLS + 1];
  char all[1024];
  int n = 0, i = hand;
  for (int k = 0; k < b->nhand; k++)
    if (k != hand) names[n++] = b->hand[k].name;
  names[n] = NULL;
  if (!strcmp(name, on)) {
    scenario_error(b->scn, word,
                   "%s rests on itself; it can rest on another one under hands, or on the skin without "
                   "rests_on",
                   name);
    return 0;
  }
  if (below(b, hand) < 0) {
    scenario_error(b->scn, word, "%s rests on '%s', and no hand is called that; others under hands: %s%s", name, on,
                   n ? build_join(names, all, sizeof all) : "none", scenario_suggest(b->scn, on, names));
    return 0;
  }
  for (int k = 0; k <= b->nhand && i >= 0; k++) {
    i = below(b, i);
    if (i != hand) continue;
    scenario_error(b->scn, word,
                   "%s rests on %s, and that in the end on %s again; one of them must be on the skin, "
                   "without rests_on",
                   name, on, name);
    return 0;
  }
  const arm *a = &keys_of(b, hand)->arm;
  if (!arm_acts(a) && !arm_sideways(a)) return 1;
  scenario_error(b->scn, word,
                 "%s rests on %s and has an arm, which would hold nothing: what is behind the hand on the "
                 "skin does; give %s the arm",
                 name, on, on);
  return 0;
}

/* Does the hand below press, by a force, whenever the upper one does, and in the same place? */
static void check_entry(builder *b, int n) {
  const model *m = b->m;
  const entry *e = m->entries + n;
  const tool *upper = m->tools + e->tool, *lower = m->tools + upper->rests_on - 1;
  const node *at = b->entry[n];
  for (int i = 0; i <= SAMPLES; i++) {
    drive up, low;
    double t = e->duration * i / SAMPLES;
    schedule_entry_drive(e, t, &up);
    if (up.normal == DRIVE_MOVE) {
      scenario_error(b->scn, at,
                     "%s rests on %s, which can only be pressed by a force, and %s asks for a depth; give it "
                     "a technique with 'press:', or give %s the depth and leave %s out",
                     upper->name, lower->name, e->kind->name, lower->name, upper->name);
      return;
    }
    if (up.normal != DRIVE_FORCE || !(up.force > LEAST)) continue;
    schedule_own_drive(m, upper->rests_on - 1, e->start + t, &low);
    if (low.normal == DRIVE_MOVE) {
      scenario_error(b->scn, at,
                     "%s rests on %s, which is asked for a depth %.4g s after the start: more force does not "
                     "move it; give %s a technique with 'press:'",
                     upper->name, lower->name, e->start + t, lower->name);
      return;
    }
    if (low.normal == DRIVE_FREE) {
      scenario_error(b->scn, at,
                     "%s presses with %.3g N at %.4g s, but %s, which it rests on, is lifted then; let %s "
                     "press as long, in the same 'together', or let %s rest",
                     upper->name, up.force, e->start + t, lower->name, lower->name, upper->name);
      return;
    }
    double away = hypot(up.along - low.along, up.across - low.across), reach = lower->kind->reach(lower->par);
    if (away > reach) {
      scenario_error(b->scn, at,
                     "%s rests on %s, but at %.4g s its technique is %.3g mm away from it, more than that "
                     "reaches (%.3g mm); give both the same place",
                     upper->name, lower->name, e->start + t, 1e3 * away, 1e3 * reach);
      return;
    }
  }
}

void build_stacks(builder *b) {
  model *m = b->m;
  int before = b->scn->nerror;
  if (before) return; /* keys or times may not be there */
  for (int i = 0; i < b->nhand; i++) {
    declared_hand *h = b->hand + i;
    if (!*keys_of(b, i)->rests_on || !check_hand(b, i) || !h->used) continue;
    const declared_hand *under = b->hand + below(b, i);
    if (under->used)
      m->tools[h->used - 1].rests_on = under->used;
    else
      scenario_error(b->scn, word_of(b, i),
                     "%s rests on %s, which has nothing to do in the session; let it press in the "
                     "same 'together'",
                     h->name, under->name);
  }
  for (int n = 0; n < m->nentry && b->scn->nerror == before; n++)
    if (m->tools[m->entries[n].tool].rests_on) check_entry(b, n);
}
