#!/usr/bin/env python3
"""The five scenarios of the repository, coarse and short, run to their end, keep their contracts at every step, and
give the stored values.

    tests/regress/test_scenarios.py [--show | --update] [NAME...]

KNEAD_PROGRAM is the program; README.md explains the values and their tolerances.

The files are not touched: --set makes the meshes coarse, strokes short and leaves one circle of kneading, so that each
still has its own main stroke, kneading or held pressure.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

PROGRAM = os.environ.get("KNEAD_PROGRAM")
HERE = pathlib.Path(__file__).resolve().parent
SOURCE = pathlib.Path(os.environ.get("KNEAD_SOURCE_DIR", HERE.parents[1]))
VALUES = HERE / "values.json"
WAIT = 300  # s: an idle core needs 5 to 13

# Landing at 25 ms needs half the steps of landing at 10 ms. Frames are where values are taken, see probes().
ALL = ["time.first=25 ms", "output.every=0.25 s", "output.compression=none"]
DRAFT = ["body.resolution=draft"]  # 5 thousand unknowns


def one_stroke(entry, left, right):
    """Two palms go once, to there."""
    return [f"session[{entry}].together[{hand}].{key}" for hand, to in ((0, left), (1, right))
            for key in ("repeat=1", f"to={to}")]


SHORT = {
    "swedish": [*DRAFT, *one_stroke(0, "[L3, -5 cm]", "[L3, 5 cm]"), *one_stroke(5, "[L4, -5 cm]", "[L4, 5 cm]"),
                "session[2].both_sides=false", "session[2].sequence[0].cycles=1", "session[2].sequence[1].cycles=1",
                "session[3].cycles=1", "session[6].rest=0.3 s"],
    "deep_tissue": [*DRAFT, "time.travel=8 mm", "session[0].repeat=1", "session[0].to=[L3, 3 cm]",
                    "session[2].cycles=1", "session[4].hold=1 s", "session[6].to=[L3, 3 cm]", "session[7].rest=0.5 s"],
    # Elements as wide as a thumb: on those of a draft it meets one or two points of the skin.
    "trigger_point": ["body.cells=[9, 12]", "body.layer_cells=[1, 1, 1, 1]", "time.travel=6 mm", "session[0].hold=2 s", "session[1].rest=1 s",
                      "session[2].to=[L3, 2 cm]", "session[4].hold=1 s", "session[5].rest=1 s"],
    "myofascial_release": [*DRAFT, *(f"session[0].together[{hand}].{key}" for hand in (0, 1)
                                     for key in ("hold=3 s", "draw=6 mm", "ramp=1 s")), "session[1].rest=1 s"],
    "sports": [*DRAFT, "session[0].repeat=1", "session[0].sequence[0].to=[L3, -4 cm]",
               "session[0].sequence[1].to=[L3, 4 cm]",
               "session[2].both_sides=false", "session[2].sequence[0].cycles=1", "session[2].sequence[1].cycles=1",
               "session[3].pulses=1", "session[5].taps=2", *one_stroke(7, "[L4, -5 cm]", "[L4, 5 cm]"),
               "session[8].rest=0.3 s"],
    "lumbar_swedish": ["body.cells=[4, 6]", "time.max=0.2 s", "session[0].to=[L3, 5 cm]"],
}

# ---- contracts: numbers of the issue, none is a measured one ---------------------------------------------------------
BALANCE = 1e-6      # sum of contact and support forces over the largest force (or 1 N)
FORCE = 1e-3        # |push - asked| over max(asked, 1 N), at every step in contact
PENETRATION = 0.01  # of the indentation, or 5 um
LEAST_PENETRATION = 5e-6
PATCH = 0.001  # in the mean over a patch, or 1 um
LEAST_PATCH = 1e-6


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def contracts(f, where):
    """What is wrong with a result: a list of sentences."""
    wrong = []

    def at_most(what, value, limit, time):
        i = int(np.argmax(value - limit))
        if not (value <= limit).all():  # a NaN is wrong, too
            wrong.append(f"{what}: {value[i]:.3g} at t = {time[i]:g} s, at most {limit[i]:.3g} is allowed")

    if text(f.attrs["status"]) != "complete":
        wrong.append(f"status {text(f.attrs['status'])}: {text(f.attrs['status_message'])}")
    h = f["history"]
    time, worst = h["time"][:], 0
    at_most("imbalance of forces", h["solver/balance"][:], np.full(len(time), BALANCE), time)
    for name, hand in h["hand"].items():
        asked, push = hand["asked"][:], hand["push"][:]
        # FORCE_LEAST of sim/mechanics: below half of what the force may be off by, nothing needs to touch
        pressing = asked > 0.005
        if pressing.sum() < 5 or asked.max() < 10:
            wrong.append(f"{name} pressed in {pressing.sum()} steps, at most {asked.max():g} N: its load is lost")
        # ... and a hand that is asked for less than that waits above the skin.
        held = (hand["contact_area"][:] > 0) & (asked > 0)
        if (pressing & ~held).any():
            wrong.append(f"{name} is asked to press and does not touch at t = {time[np.argmax(pressing & ~held)]:g} s")
        error = np.where(held, abs(push - asked) / np.maximum(asked, 1), 0)
        at_most(f"{name}: error of the force", error, np.full(len(time), FORCE), time)
        worst = max(worst, error.max())
        at_most(f"{name}: penetration", hand["penetration"][:],
                np.maximum(PENETRATION * hand["indentation"][:], LEAST_PENETRATION), time)
        at_most(f"{name}: penetration in the mean over a patch", hand["patch_penetration"][:],
                np.maximum(PATCH * hand["indentation"][:], LEAST_PATCH), time)
    print(f"FIGURE|force|largest error of a force in contact, share of max(asked, 1 N), {where}|{worst:.10g}|0|0|{FORCE}"
          "||exact||force control", flush=True)
    return wrong


# ---- values ----------------------------------------------------------------------------------------------------------
# Class of a value: what it may differ by, relative, and the size under which that is taken of it. Two to four times the
# largest difference between builds: README.md has the measurement.
TOLERANCE = {
    "force": (1e-4, 0),            # measured 0 in six digits: force control holds it far below its 1 %
    "indentation": (3e-3, 0),      # 0.09 %
    "area": None,                  # by contact points, see compare()
    "tension": (3e-2, 0),          # 1.4 %
    "perfusion": (1e-3, 0),        # 0.02 %
    "displacement": (4e-2, 1e-3),  # 1.7 %; m: a point that hardly moves may move otherwise by as much as one that does
    "steps": (0.25, 0),            # 11 %: one more Newton iteration, and the controller takes another way
}


def contact_point(f):
    """Reference area of the largest contact point: the middle one (weight (8/18)^2) of the skin's largest facet."""
    x, cells = f["mesh/points"][:], f["mesh/connectivity"][:]
    edges = x[cells[:, :8]]
    skin = ~np.isin(np.sort(cells[:, 4:8], axis=1)[:, 0] * len(x) + np.sort(cells[:, 4:8], axis=1)[:, 3],
                    np.sort(cells[:, :4], axis=1)[:, 0] * len(x) + np.sort(cells[:, :4], axis=1)[:, 3])  # on no cell
    a, b = edges[skin, 5] - edges[skin, 4], edges[skin, 7] - edges[skin, 4]
    return (8 / 18) ** 2 * np.linalg.norm(np.cross(a, b), axis=1).max()


def probes(f):
    """Values at the frames. Steps land on frames whatever they were before, so that these are states of the same times
    in each build; the steps between are not, and neither are extremes over all steps."""
    h = f["history"]
    row = np.flatnonzero(np.isin(h["time"][:], f["time"][:]))
    assert len(row) == len(f["time"]), "a frame is not at the end of a step"
    values = {}
    for name, hand in h["hand"].items():
        values[f"{name}: force"] = hand["push"][:][row].max()
        values[f"{name}: indentation"] = hand["indentation"][:][row].max()
        values[f"{name}: area"] = hand["contact_area"][:][row].max()
    for name, layer in h["layer"].items():
        values[f"{name}: tension"] = layer["tension_mean"][:][row].max()
        values[f"{name}: perfusion"] = layer["perfusion_vs_baseline"][:][row].min()
    for name, probe in h["probe"].items():
        values[f"{name}: displacement"] = np.linalg.norm(probe["displacement"][:][row], axis=1).max()
    values["steps"] = len(h["time"]) - 1
    return {key: float(f"{value:.6g}") for key, value in values.items()}


def compare(new, stored, area):
    wrong = [f"{key}: not in both" for key in sorted(set(new) ^ set(stored))]
    for key in sorted(set(new) & set(stored)):
        kind = key.split(": ")[-1]
        # A point on the edge of the contact touches or not by a rounding of its pressure, which is 0 there.
        limit = area if kind == "area" else TOLERANCE[kind][0] * max(abs(stored[key]), TOLERANCE[kind][1])
        if not abs(new[key] - stored[key]) <= limit:
            wrong.append(f"{key}: {new[key]:.6g}, stored {stored[key]:.6g}; they may differ by {limit:.2g}")
        elif "--show" in sys.argv[1:] and new[key] != stored[key]:
            print(f"    {key}: {new[key] / stored[key] - 1:+.1e} of it")
    return wrong


# ---- running ---------------------------------------------------------------------------------------------------------

def run(folder, name, more=()):
    """The result file of a coarse run; an exception says what the program said."""
    scenario = SOURCE / "scenarios" / f"{name}.yaml"
    args = [PROGRAM, "run", str(scenario), "-o", name, "--progress", "none", "--threads", "1"]
    for pair in [*ALL, *SHORT[name], *more]:
        args += ["--set", pair]
    done = subprocess.run(args, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=WAIT)
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode}\n{done.stderr}")
    return pathlib.Path(folder, name + ".h5")


def main():
    if not PROGRAM:
        sys.exit("KNEAD_PROGRAM is not set: the path of the program")
    update = "--update" in sys.argv[1:]
    names = [a for a in sys.argv[1:] if not a.startswith("--")] or list(SHORT)
    stored = json.loads(VALUES.read_text()) if VALUES.exists() else {}
    scenarios = {p.stem for p in SOURCE.glob("scenarios/*.yaml")}
    failed = [f"scenarios/{n}.yaml has no coarse variant here" for n in sorted(scenarios - set(SHORT))]
    failed += [f"scenarios/{n}.yaml is gone" for n in sorted(set(SHORT) - scenarios)]
    print("\n".join(failed), end="\n" if failed else "", flush=True)
    for name in names:
        wrong = []
        with tempfile.TemporaryDirectory() as folder:
            try:
                with h5py.File(run(folder, name)) as f:
                    wrong = contracts(f, name)
                    asked = "draft" if DRAFT[0] in SHORT[name] else "default"
                    if text(f.attrs["mesh_resolution"]) != asked:
                        wrong.append(f"mesh_resolution is {text(f.attrs['mesh_resolution'])}, not {asked}")
                    new, wall = probes(f), float(f.attrs["wall_s"])
                    if update:
                        stored[name] = new
                    else:
                        wrong += compare(new, stored.get(name, {}), contact_point(f))
                print(f"[{'FAIL' if wrong else ' OK '}] {name}: {new['steps']:.0f} steps, {wall:.1f} s", flush=True)
            except Exception as reason:  # the next one must run, whatever this one met
                wrong = [f"{type(reason).__name__}: {reason}"]
                print(f"[FAIL] {name}", flush=True)
        for sentence in wrong:
            print(f"    {sentence}", flush=True)
        failed += wrong
    if update and not failed:
        VALUES.write_text(json.dumps(stored, indent=2, sort_keys=True) + "\n")
        print(f"{VALUES} is written; look at the difference before it is committed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
