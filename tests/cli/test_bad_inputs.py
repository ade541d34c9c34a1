#!/usr/bin/env python3
"""Wrong input gets the right message and the right exit code, and never 0.

Table-driven. KNEAD_PROGRAM is the program (ctest sets it); a sanitized one will do. Each case runs twice: as it is, and
with --json, whose document must say the same. Before any case counts, the scenario they all start from must pass.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("KNEAD_PROGRAM")
CASES = []

# One soft block, one hand: everything small, and right. Each case below spoils one thing.
BASE = """\
knead: 1
title: a block under a ball
body:
  kind: block
  size: [10 cm, 8 cm]
  cells: [2, 2]
  layers: [{name: gel, thickness: 3 cm, cells: 1}]
tissue:
  gel: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}
hands:
  ball: {kind: sphere, radius: 2 cm}
physiology: {perfusion: {}}
session:
  - {hand: ball, technique: compression, at: [0 cm, 1 cm], press: 1 N, ramp: 0.1 s, hold: 0.1 s, release: 0.1 s}
probes:
  middle: {at: [0 cm, 0 cm], depth: 1 cm}
time: {first: 10 ms, min: 1 ms, max: 50 ms}
output: {every: 0.1 s, fields: [displacement, tension]}
"""
BACK = """\
knead: 1
body: {kind: layered_back, size: [12 cm, 14 cm], cells: [2, 2], L5: 2 cm}
tissue:
  skin:   {law: neo_hookean, mu: 50 kPa, bulk: 500 kPa}
  fat:    {law: neo_hookean, mu: 5 kPa, bulk: 50 kPa}
  fascia: {law: neo_hookean, mu: 100 kPa, bulk: 1 MPa}
  muscle: {law: neo_hookean, mu: 6 kPa, bulk: 60 kPa}
session:
  - {hand: palm, technique: effleurage, from: L5, to: L4, press: 10 N}
"""


def case(name, text=None, *, args=None, code=3, says=(), files=(), stdin=None):
    """text: the scenario; args: instead of `check bad.yaml`. says: fragments that must stand in the messages."""
    says = (says,) if isinstance(says, str) else tuple(says)
    assert says, name
    CASES.append((name, text, ["check", "bad.yaml"] if args is None else args, code, says, files, stdin))


def spoil(name, old, new, *says, base=BASE):
    """The base with one thing replaced; old must be there, so that a case cannot lose its point unnoticed."""
    assert base.count(old) == 1, f"{name}: {old!r} stands {base.count(old)} times in the base"
    case(name, base.replace(old, new), says=says)


# ---- text that is no scenario ---------------------------------------------------------------------------------------
case("empty file", "", says="the scenario is empty")
case("only a comment", "# nothing\n", says="the scenario is empty")
case("a list at the top", "- knead: 1\n", says="a scenario is a map of keys")
case("a single value", "knead\n", says="a scenario is a map of keys")
case("two documents", BASE + "---\n" + BASE, says="bad.yaml:")
case("broken indentation", BASE.replace("  size:", " size:"), says="bad.yaml:5:")
case("unclosed bracket", BASE.replace("cells: [2, 2]", "cells: [2, 2"), says="bad.yaml:")
case("tab as indentation", BASE.replace("  kind: block", "\tkind: block"), says="bad.yaml:4:1")
case("binary junk", bytes(range(256)) * 4, says="bad.yaml")
case("NUL bytes", BASE.replace("gel", "g\0l"), says="bad.yaml")
case("invalid UTF-8", BASE.encode().replace(b"ball", b"b\xffll"), says="bad.yaml")
case("cyclic alias", "knead: 1\nbody: &b {kind: block, again: *b}\n", says="bad.yaml:2")
case("a billion laughs", "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)), says="bad.yaml")
case("too deep", "knead: " + "[" * 200 + "]" * 200 + "\n", says="bad.yaml:1")
case("too long", "knead: 1\n" + "# " + "x" * (1 << 20) + "\n", says="larger than 1 MiB")
case("missing file", args=["check", "there_is_none.yaml"], says=("there_is_none.yaml", "No such file"))
case("a folder", args=["check", "."], says=".: error")
case("duplicate key", BASE + "title: again\n", says=("key 'title' is given twice", "line 2"))

# ---- keys ----------------------------------------------------------------------------------------------------------
spoil("unknown key", "  cells: [2, 2]", "  cells: [2, 2]\n  thicknes: 2 mm", "bad.yaml:7:3", "unknown key 'thicknes'")
spoil("misspelt key", "press: 1 N", "pres: 1 N", "session[0]", "unknown key 'pres'", "did you mean 'press'")
spoil("misspelt required key", "at: [0 cm, 1 cm], press", "att: [0 cm, 1 cm], press", "unknown key 'att'",
      "key 'at' is missing")
spoil("two loads", "press: 1 N", "press: 1 N, depth: 5 mm", "bad.yaml:14:79", "'depth' stands in place of 'press'")
spoil("unknown section", "probes:", "probs:", "unknown key 'probs'", "did you mean 'probes'")
spoil("merge key", "  kind: block", "  <<: {kind: block}\n  kind: block", "unknown key '<<'")
spoil("missing version", "knead: 1\n", "", "key 'knead' is missing")
spoil("version of the future", "knead: 1\n", "knead: 2\n", "bad.yaml:1:8", "outside the allowed range 1 .. 1")
spoil("missing required key", "size: [10 cm, 8 cm]", "", "key 'size' is missing")
spoil("a value where a group is due", "physiology: {perfusion: {}}", "physiology: yes", "physiology is a group of keys")
spoil("nothing behind a key", "physiology: {perfusion: {}}", "physiology: {perfusion: }", "'{}' for the defaults")
spoil("a list where a value is due", "press: 1 N", "press: [1 N]", "session[0].press", "this is a list")
spoil("wrong number of entries", "size: [10 cm, 8 cm]", "size: [10 cm]", "body.size", "exactly 2 are expected")

# ---- used files ----------------------------------------------------------------------------------------------------
GEL = "{law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}"


def use(name, own, *says, beside=""):
    """The gel of the base by a file of its own."""
    case(name, BASE.replace(GEL, "{use: own.yaml" + beside + "}"), says=says, files=[("own.yaml", own.encode())])


spoil("unknown tissue", GEL, "{use: fat_leen}", "bad.yaml:9:14", "did you mean 'fat_lean'")
spoil("missing tissue file", GEL, "{use: none.yaml}", "bad.yaml:9:14", "cannot open none.yaml")
use("number in a used file", "law: neo_hookean\nmu: 10\nbulk: 1 kPa\n", "own.yaml:2:5: error: tissue.gel.mu: 10 has no unit",
    "used by bad.yaml:9:14: tissue.gel.use")
use("syntax in a used file", "law: [neo_hookean\n", "own.yaml:2:1", "used by bad.yaml:9:14")
use("law in a used file", "law: neo\n", "own.yaml:1:6", "no law is called 'neo'", "used by bad.yaml:9:14")
use("key beside use", "law: neo_hookean\nmu: 1 kPa\nbulk: 9 kPa\n", "bad.yaml:9:24: error", "unknown key 'bulc'",
    beside=", bulc: 1 kPa")
use("circle of used files", "use: own.yaml\n", "own.yaml:1:6", "perhaps in a circle")
use("mark of a used file", "mu: {value: 1 kPa, mark: guessed, source: me}\n", "own.yaml:1:26", "'guessed' is none of")

# ---- values --------------------------------------------------------------------------------------------------------
spoil("no unit", "press: 1 N", "press: 1", "session[0].press", "1 has no unit", "a force is expected")
spoil("unit of the wrong dimension", "press: 1 N", "press: 1 kPa", "wrong dimension", "a force is expected")
spoil("unknown unit", "mu: 10 kPa", "mu: 10 kPal", "tissue.gel.mu", "a unit that is not known")
spoil("unit where none is due", "cells: [2, 2]", "cells: [2 mm, 2]", "body.cells[0]", "not a whole number")
spoil("out of range", "press: 1 N", "press: 3500 N", "3500 N is outside the allowed range", "0.01 N .. 500 N")
spoil("negative", "mu: 10 kPa", "mu: -10 kPa", "-10 kPa is outside the allowed range")
spoil("overflow", "press: 1 N", "press: 1e999 N", "1e999 N is not a finite number")
spoil("nan", "press: 1 N", "press: nan N", "session[0].press")
spoil("decimal comma", "press: 1 N", "press: '1,5 N'", "session[0].press")
spoil("hexadecimal", "press: 1 N", "press: 0x10 N", "session[0].press")
spoil("no whole number", "cells: 1}", "cells: 1.5}", "'1.5' is not a whole number")
spoil("huge whole number", "cells: [2, 2]", "cells: [2, 99999999999999999999]", "outside the allowed range")
spoil("not a choice", "cells: [2, 2]", "cells: [2, 2]\n  faces: {bottom: glued}",
      "'glued' is none of free, sliding, fixed")
spoil("not a flag", "mu: 10 kPa", "skin_like: maybe, mu: 10 kPa", "'maybe' is neither true nor false")

# ---- members -------------------------------------------------------------------------------------------------------
spoil("unknown body", "kind: block", "kind: blok", "no body is called 'blok'", "did you mean 'block'", "layered_back")
spoil("no body", BASE[BASE.index("body:"):BASE.index("tissue:")], "", "key 'body' is missing")
spoil("unknown law", "law: neo_hookean", "law: neo_hokean", "no law is called 'neo_hokean'",
      "did you mean 'neo_hookean'")
spoil("no law", "law: neo_hookean, ", "", "key 'law' is missing", "one of")
spoil("law without its fibres", "law: neo_hookean", "fibre: 1 MPa, law: fibre_neo_hookean",
      "needs a fibre direction, and layer 'gel' of this body has none")
spoil("layer without tissue", "  gel: {", "  gell: {", "layer 'gel' needs a tissue 'gel'", "did you mean 'gell'",
      "no layer of this body is of 'gell'")
spoil("several layers without tissue", "  gel: {", "  gell: {", "layer 'deep' and 1 more need a tissue 'gel'",
      base=BASE.replace("{name: gel, thickness: 3 cm, cells: 1}",
                        "{name: gel, thickness: 2 cm}, {name: deep, thickness: 1 cm, tissue: gel}"))
spoil("no tissue at all", "tissue:\n  gel: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}\n", "",
      "key 'tissue' is missing")
spoil("a name that is none", "  ball: {kind: sphere", "  a/b: {kind: sphere", "'a/b' cannot be a name")
spoil("unknown kind of hand", "kind: sphere", "kind: sphear", "no hand is called 'sphear'", "did you mean 'sphere'")
spoil("an arm that only corrects", "radius: 2 cm", "radius: 2 cm, arm: {correct: 1 s}", "bad.yaml:11:",
      "an arm without stiffness and damping")
# ---- hands on hands ------------------------------------------------------------------------------------------------
BALL = "  ball: {kind: sphere, radius: 2 cm}\n"
PRESS = "technique: compression, at: [0 cm, 1 cm], press: 1 N, ramp: 0.1 s, hold: 0.1 s, release: 0.1 s"
STACK = BASE.replace(BALL, BALL + "  upper: {kind: sphere, radius: 2 cm, rests_on: ball}\n").replace(
    "  - {hand: ball, " + PRESS + "}\n", "  - together:\n      - {hand: ball, " + PRESS + "}\n      - {hand: upper, " +
    PRESS + "}\n")
UPPER = "hand: upper, " + PRESS
spoil("it rests on nobody", "rests_on: ball", "rests_on: bal", "bad.yaml:12:", "upper rests on 'bal', and no hand is",
      "did you mean 'ball'?", "others under hands: ball", base=STACK)
spoil("it rests on itself", "rests_on: ball", "rests_on: upper", "bad.yaml:12:", "upper rests on itself", base=STACK)
spoil("they rest on each other", "  ball: {kind: sphere, radius: 2 cm}", "  ball: {kind: sphere, radius: 2 cm, rests_on: upper}",
      "bad.yaml:11:", "ball rests on upper, and that in the end on ball again", "bad.yaml:12:", base=STACK)
spoil("it has an arm", "rests_on: ball", "rests_on: ball, arm: {sideways: 1 N/mm}", "bad.yaml:12:",
      "upper rests on ball and has an arm, which would hold nothing", "give ball the arm", base=STACK)
spoil("it is asked for a depth", UPPER, UPPER.replace("press: 1 N", "depth: 2 mm"), "bad.yaml:17:",
      "upper rests on ball, which can only be pressed by a force", base=STACK)
spoil("the one below is asked for a depth", "hand: ball, " + PRESS, "hand: ball, " + PRESS.replace("press: 1 N", "depth: 2 mm"),
      "bad.yaml:17:", "upper rests on ball, which is asked for a depth", "give ball a technique with 'press:'", base=STACK)
spoil("it presses longer than the one below", UPPER, UPPER.replace("hold: 0.1 s", "hold: 0.2 s"), "bad.yaml:17:",
      "at 0.3 s, but ball, which it rests on, is lifted then", base=STACK)
spoil("it presses elsewhere", UPPER, UPPER.replace("[0 cm, 1 cm]", "[0 cm, -4 cm]"), "bad.yaml:17:",
      "its technique is 50 mm away from it, more than that reaches", base=STACK)
spoil("the one below does nothing", "      - {hand: ball, " + PRESS + "}\n", "", "bad.yaml:12:",
      "upper rests on ball, which has nothing to do in the session", base=STACK)

spoil("hands that roll through each other", "technique: compression, at: [0 cm, 1 cm], press: 1 N, ramp: 0.1 s, "
      "hold: 0.1 s, release: 0.1 s", "technique: skin_rolling, at: [0 cm, 0 cm], to: [1 cm, 0 cm], apart: 1 cm, "
      "gather: 1 cm", "session[0].gather", "gather must be less than apart")
spoil("unknown process", "{perfusion: {}}", "{perfusoin: {}}", "no process is called 'perfusoin'",
      "did you mean 'perfusion'")
spoil("a tissue of no layer", GEL, GEL + "\n  bone: " + GEL, "no layer of this body is of 'bone'; it has: gel\n",
      base=BASE.replace("{name: gel, thickness: 3 cm, cells: 1}",
                        "{name: gel, thickness: 2 cm}, {name: deep, thickness: 1 cm, tissue: gel}"))
spoil("layers of the same name", "{name: gel, thickness: 3 cm, cells: 1}",
      "{name: gel, thickness: 3 cm}, {name: gel, thickness: 1 cm}", "'gel'", "name")

# ---- the session ---------------------------------------------------------------------------------------------------
ENTRY = BASE[BASE.index("  - {hand"):BASE.index("probes:")]
spoil("no session", "session:\n" + ENTRY, "", "key 'session' is missing")
spoil("empty session", "session:\n" + ENTRY, "session: []\n", "session is a list with at least one entry")
spoil("session is no list", "session:\n" + ENTRY, "session: {rest: 1 s}\n", "session is a list")
spoil("entry is no group", ENTRY, "  - knead\n", "an entry of a session is a group of keys")
spoil("unknown technique", "technique: compression", "technique: compresion", "no technique is called 'compresion'",
      "did you mean 'compression'")
spoil("no technique", "technique: compression, ", "", "key 'technique' is missing", "one of")
spoil("misspelt technique", "technique: compression", "tecnique: compression", "key 'technique' is missing",
      "is 'tecnique' meant to be it?")
spoil("two techniques", "technique: compression", "technique: [compression, effleurage]",
      "exactly one technique is expected")
spoil("technique and rest in one", "technique: compression", "rest: 1 s, technique: compression",
      "exactly one of technique, together, rest, grip", "several")
spoil("entry that is nothing", ENTRY, "  - {tecnique: compression}\n", "this one has none", "did you mean 'technique'")
spoil("unknown hand", "hand: ball", "hand: bal", "no hand is called 'bal'", "did you mean 'ball'")
spoil("no hand", "hand: ball, ", "", "key 'hand' is missing")
spoil("one hand twice together", ENTRY, "  - together:\n" + "".join("  " + line for line in 2 * [ENTRY]),
      "one hand, 'ball', cannot do two things together")
spoil("rest together", ENTRY, "  - together: [{rest: 1 s}]\n", "only techniques, grips and stretches")
spoil("a motion the body has not", ENTRY, "  - {stretch: flexion, amount: 10 deg}\n",
      "a body of kind block has no motion 'flexion'", "elongation")
spoil("unknown motion", ENTRY, "  - {stretch: flexoin, amount: 10 deg}\n", "no motion is called 'flexoin'",
      "did you mean 'flexion'")
spoil("a motion by the wrong unit", ENTRY, "  - {stretch: elongation, amount: 10 deg}\n", "amount")
spoil("a motion by no amount", ENTRY, "  - {stretch: elongation}\n", "key 'amount' is missing")
spoil("two motions together", ENTRY, "  - together: [{stretch: elongation, amount: 1 mm}, "
      "{stretch: elongation, amount: 2 mm}]\n", "one motion comes after the other")
HELD = "  cells: [2, 2]\n  faces: {bottom: %s}"
FREE = BASE.replace("  cells: [2, 2]", HELD % "free")
STRETCH = "  - {stretch: elongation, amount: %s}\n"
spoil("a motion that turns the body inside out", ENTRY, STRETCH % "-9 cm", "bad.yaml:14:35",
      "turns the body inside out")
spoil("a motion of no supports", ENTRY, STRETCH % "5 mm", "bad.yaml:15:35", "elongation has nothing to move",
      "'bottom: fixed'", base=FREE)
spoil("a motion of supports that a grip has", ENTRY, "  - together: [{stretch: elongation, amount: 1 mm}, "
      "{grip: pull, face: bottom, move: [0 mm, 0 mm, 1 mm]}]\n", "elongation has nothing to move", "in a grip")
spoil("a strength of gravity without a direction", "time:", "gravity: {strength: 5 m/s2}\ntime:", "bad.yaml:17:21",
      "which way does it pull", "posture: prone")
spoil("a weight that nothing holds", "time:", "gravity: {posture: prone}\ntime:", "bad.yaml:18:20",
      "the body would fall", "along z", "'bottom: fixed'", base=FREE)
spoil("a weight along a face that slides", "time:", "gravity: {posture: upright}\ntime:", "along y",
      base=BASE.replace("  cells: [2, 2]", HELD % "sliding"))
spoil("an unknown posture", "time:", "gravity: {posture: prown}\ntime:", "'prown'", "did you mean 'prone'")
spoil("together is no list", ENTRY, "  - together: {rest: 1 s}\n", "together is a list of entries")
spoil("key beside together", ENTRY, "  - together: [{rest: 1 s}]\n    hand: ball\n", "unknown key 'hand'")
spoil("five hands", ENTRY, "".join(f"  - {{hand: {h}, technique: compression, at: [0 cm, 0 cm], press: 1 N}}\n" for h in
                                   ("ball", "palm", "thumb", "elbow", "knuckle")), "a session can use 4 hands")
spoil("landmark on a body without", "at: [0 cm, 1 cm]", "at: L3", "no landmark is called 'L3'", "has none")
spoil("unknown landmark", "to: L4", "to: L44", "no landmark is called 'L44'", "did you mean 'L4'", "L5", base=BACK)
spoil("off the body", "at: [0 cm, 1 cm]", "at: [30 cm, 1 cm]", "session[0].at", "is off the body")
spoil("a path that leaves the body", "technique: compression, at: [0 cm, 1 cm], press: 1 N, ramp: 0.1 s, hold: 0.1 s, "
      "release: 0.1 s", "technique: petrissage, at: [3.9 cm, 0 cm], press: 1 N, radius: 10 mm", "leaves the body")

# ---- grips, probes, time, output -----------------------------------------------------------------------------------
GRIP = "  - {grip: pull, face: top, move: [0 mm, 0 mm, 1 mm]%s}\n"
spoil("grip on no face", ENTRY, (GRIP % "").replace("top", "upper"), "'upper' is none of")
spoil("sliding grip that pulls aside", ENTRY, (GRIP % ", mode: sliding").replace("[0 mm", "[1 mm"),
      "a sliding grip moves its face only across itself, along z")
spoil("patch without a node", ENTRY, GRIP % ", patch: [1 mm, 2 mm, 1 mm, 2 mm]",
      "no node of the mesh lies in the patch",
      "the face spans")
spoil("patch inside out", ENTRY, GRIP % ", patch: [2 cm, 1 cm, 0 cm, 1 cm]", "each 'from' comes first")
spoil("two grips of one name", ENTRY, 2 * (GRIP % ""), "a grip is called 'pull' already")
spoil("probe below the body", "depth: 1 cm", "depth: 10 cm", "100 mm below the skin is outside the body",
      "30 mm thick")
spoil("probe off the body", "middle: {at: [0 cm, 0 cm]", "middle: {at: [9 cm, 0 cm]", "probes.middle.at",
      "off the body")
spoil("steps out of order", "min: 1 ms", "min: 20 ms", "min, first and max must be in this order")
spoil("unknown field", "tension]", "tensoin]", "output.fields[1]", "no field is called 'tensoin'",
      "did you mean 'tension'")
spoil("field given twice", "tension]", "displacement]", "field 'displacement' is in the list already")
spoil("field of a process that is off", "physiology: {perfusion: {}}\n", "mechanics: {}\n",
      "no field is called 'perfusion'", base=BASE.replace("tension]", "perfusion]"))
case("several errors at once", BASE.replace("press: 1 N", "press: 1").replace("mu: 10 kPa", "mu: 10").replace(
    "kind: sphere", "kind: sphear").replace("tension]", "tensoin]"),
    says=("session[0].press", "tissue.gel.mu", "'sphear'", "'tensoin'"))

# ---- --set ---------------------------------------------------------------------------------------------------------
for name, value, says in (
        ("--set out of range", "session[0].press=1 MN", ("--set #1", "outside the allowed range")),
        ("--set of an unknown key", "session[0].pres=1 N", ("--set #1", "unknown key 'pres'")),
        ("--set beyond the end", "session[7].press=1 N", ("--set #1",)),
        ("--set without a value", "session[0].press", ("--set #1",)),
        ("--set of broken YAML", "body.size=[1 cm", ("--set #1",)),
        ("--set of an empty key", "=3", ("--set #1",))):
    case(name, BASE, args=["check", "bad.yaml", "--set", value], says=says)

# ---- the command line ----------------------------------------------------------------------------------------------
for name, args, says in (
        ("no command", [], "no command"),
        ("unknown command", ["rnu", "bad.yaml"], ("unknown command 'rnu'", "did you mean 'run'")),
        ("unknown option", ["run", "bad.yaml", "--frce"], ("unknown option '--frce'", "did you mean '--force'")),
        ("unknown letter", ["run", "bad.yaml", "-x"], "unknown option '-x'"),
        ("option of another command", ["list", "hands", "--until", "1"], "--until is no option of `knead list`"),
        ("option without its value", ["run", "bad.yaml", "-o"], "-o needs a value"),
        ("long option without its value", ["run", "bad.yaml", "--threads"], "--threads needs a value"),
        ("value of a flag", ["run", "bad.yaml", "--force=yes"], "--force takes no value"),
        ("no threads", ["run", "bad.yaml", "--threads", "0"], "--threads is a whole number from 1"),
        ("threads in words", ["run", "bad.yaml", "--threads=two"], "not 'two'"),
        ("time before the start", ["run", "bad.yaml", "--until", "-1"], "--until is a time above 0"),
        ("infinite time", ["run", "bad.yaml", "--max-wall", "1e999"], "--max-wall is a time above 0"),
        ("unknown colour", ["check", "bad.yaml", "--color", "red"], "--color is one of auto|always|never"),
        ("no scenario", ["run"], "needs an argument"),
        ("two scenarios", ["run", "bad.yaml", "bad.yaml"], "one too many"),
        ("name that is a folder", ["run", "bad.yaml", "-o", "there/"], "no name for a result"),
        ("standard input without a name", ["run", "-"], "give the result one"),
        ("nothing to compare with", ["compare", "bad.h5"], "needs an argument: FIRST SECOND"),
        ("tolerance in words", ["compare", "bad.h5", "bad.h5", "--tol", "small"], "--tol is a number from 0 on"),
        ("tolerance with a unit", ["compare", "bad.h5", "bad.h5", "--tol", "1 mm"], "not '1 mm'"),
        ("tolerance that is none", ["compare", "bad.h5", "bad.h5", "--tol", "nan"], "--tol is a number from 0 on"),
        ("nothing to export", ["export", "bad.h5"], "one of --csv HISTORY and --vtu FOLDER"),
        ("unknown template", ["new", "swedsh"], "did you mean 'swedish'"),
        ("unknown shell", ["completion", "fish"], "none for 'fish'"),
        ("list of something", ["list", "hand"], ("no list of 'hand'", "did you mean 'hands'")),
        ("explain nothing", ["explain", "pres"], ("no key or member is called 'pres'", "did you mean 'press'")),
        ("help of nothing", ["help", "rum"], ("unknown command 'rum'", "did you mean 'run'"))):
    case(name, BASE, args=args, code=2, says=says)
case("existing result", BASE, args=["run", "bad.yaml"], code=2, says="bad.h5 exists already; --force",
     files=[("bad.h5", b"mine")])

# ---- files ---------------------------------------------------------------------------------------------------------
case("result in no folder", BASE, args=["run", "bad.yaml", "-o", "nowhere/out"], code=5, says="nowhere/out")
case("log in no folder", BASE, args=["check", "bad.yaml", "--log", "nowhere/log"], code=5,
     says="'nowhere/log' cannot be written")
case("info of no file", args=["info", "none.h5"], says="none.h5")
case("resuming nothing", args=["resume", "none"], says="none.h5")
case("resuming a scenario", BASE, args=["resume", "bad.yaml"], says="bad.yaml.h5")
case("comparing with no file", BASE, args=["compare", "none.h5", "bad.yaml"], says="none.h5")
case("comparing a scenario", BASE, args=["compare", "bad.yaml", "bad.yaml"], says="bad.yaml is not an HDF5 file")
case("exporting a scenario", BASE, args=["export", "bad.yaml", "--vtu", "out"], says="bad.yaml is not an HDF5 file")
case("new in no folder", args=["new", "-o", "nowhere/x.yaml"], code=5, says="nowhere/x.yaml")
case("new over a file", BASE, args=["new", "-o", "bad.yaml"], code=2, says="bad.yaml exists already; --force")
case("info of a torn result", args=["info", "torn.h5"], says="torn.h5", files=[("torn.h5",
     b"\211HDF\r\n\032\n" + bytes(64))])
case("scenario from standard input", args=["check", "-"], stdin=BASE.replace("press: 1 N", "press: 1"),
     says=("stdin:", "session[0].press"))


def run(args, folder, stdin):
    # 120 s: a sanitized program on a busy machine; the cases themselves take milliseconds.
    return subprocess.run([PROGRAM, *args], cwd=folder, input=(stdin or "").encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120)


def sanitizer(text):
    return any(word in text for word in ("runtime error:", "Sanitizer", "internal error"))


def one(name, text, args, code, says, files, stdin):
    """Problems of one case, as a list of lines."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        if text is not None:
            pathlib.Path(folder, "bad.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
        for file, content in files:
            pathlib.Path(folder, file).write_bytes(content)
        before = sorted(os.listdir(folder))
        plain = run(args, folder, stdin)
        message = plain.stderr.decode(errors="replace")
        if plain.returncode != code:
            problems.append(f"exit {plain.returncode}, expected {code}")
        for fragment in says:
            if fragment not in message:
                problems.append(f"does not say {fragment!r}")
        if sanitizer(message):
            problems.append("a sanitizer or an assertion spoke")
        if "\0" in message or "\x1b" in message:
            problems.append("control characters in the message")

        # The same as JSON; `--` would hide --json behind it, so it goes first.
        document = run(["--json", *args], folder, stdin)
        try:
            answer = json.loads(document.stdout.decode())
            if answer["ok"] or answer["exit"] != code or document.returncode != code:
                problems.append(f"JSON says ok {answer['ok']}, exit {answer['exit']}; exit code {document.returncode}")
            if not answer["errors"] or not all(e["message"] for e in answer["errors"]):
                problems.append("JSON has no errors")
        except (ValueError, KeyError) as reason:
            problems.append(f"JSON cannot be read: {reason}: {document.stdout[:200]!r}")
        if sorted(os.listdir(folder)) != before:
            problems.append(f"left {sorted(os.listdir(folder))}, there was {before}")
        for file, content in files:
            if pathlib.Path(folder, file).read_bytes() != content:
                problems.append(f"changed {file}")
    if not problems:
        return []
    shown = [f"    $ knead {' '.join(args)}", "    " + message.replace("\n", "\n    ")]
    return [f"{name}: {p}" for p in problems] + shown


def bases_pass():
    """What the cases spoil is right before: without this they could all fail for one reason."""
    problems = []
    for text in (BASE, BACK):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "good.yaml").write_text(text)
            done = run(["check", "good.yaml"], folder, None)
            if done.returncode or sanitizer(done.stderr.decode()):
                problems.append(f"the base itself fails: {done.stderr.decode()}")
    return problems


def full_disk():
    """A reader of standard output that cannot take it: exit 5, not 0."""
    with open("/dev/full", "w") as full:
        done = subprocess.run([PROGRAM, "list", "hands"], stdout=full, stderr=subprocess.PIPE)
    return [] if done.returncode == 5 else [f"standard output is full: exit {done.returncode}, expected 5"]


def main():
    if not PROGRAM:
        sys.exit("KNEAD_PROGRAM is not set: the path of the program")
    only = sys.argv[1:]
    problems = bases_pass() + full_disk()
    n = 0
    for name, text, args, code, says, files, stdin in CASES:
        if only and not any(word in name for word in only):
            continue
        problems += one(name, text, args, code, says, files, stdin)
        n += 1
    print("\n".join(problems))
    print(f"{n} wrong inputs, {'some answered wrongly' if problems else 'all answered as expected'}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
