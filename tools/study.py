#!/usr/bin/env python3
"""Runs a study of scenarios/studies: one scenario for several values of one thing, and what tissue felt of each.

    tools/study.py force|speed|oil|work [--resolution draft|default|fine] [-o PICTURE] [--keep FOLDER] [--program FILE]

KNEAD_PROGRAM is the program where --program does not say. Exit 1 when a run did not complete.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "scenarios" / "studies"
WORK, NEAR, TRIES = 0.4, 0.03, 5  # J; share of it that is near enough; runs that the search may take

# What a sweep changes: scenario, name of the axis, and (value, --set).
SWEEPS = {
    "force": ("force_sweep", "press, N", [(v, f"session[0].press={v} N") for v in (10, 20, 40, 80)]),
    "speed": ("speed_sweep", "speed, cm/s", [(v, f"session[0].speed={v} cm/s") for v in (4, 8, 16, 30)]),
    "oil": ("oil_or_dry", "friction", [(v, f"hands.palm.friction={v}") for v in (0.08, 0.15, 0.36, 0.52)]),
}
# One technique each around [L3, 3 cm], with the press left open, and the press to begin from.
TECHNIQUES = {
    "effleurage": ("from: [L4, 3 cm], to: [L2, 3 cm], speed: 8 cm/s", 20),
    "petrissage": ("at: [L3, 3 cm], frequency: 0.5 Hz, radius: 8 mm, cycles: 1", 20),
    "compression": ("at: [L3, 3 cm], ramp: 1 s, hold: 1 s, release: 1 s", 60),
    "cross_fibre": ("at: [L3, 3 cm], amplitude: 6 mm, frequency: 0.5 Hz, cycles: 1", 20),
    "stripping": ("from: [L4, 3 cm], to: [L2, 3 cm], speed: 4 cm/s", 20),
}
COLUMNS = [("largest force", "N", 1), ("work", "J", 1), ("to friction", "J", 1), ("sinks in", "mm", 1e3),
           ("pressure", "kPa", 1e-3), ("fascia tension", "kPa", 1e-3), ("muscle tension", "kPa", 1e-3),
           ("skin flow", "%", 100), ("muscle flow", "%", 100), ("flow at 18 mm", "%", 100)]


def measure(path):
    """Extremes over the run, in the order of COLUMNS; work is what the hand did while it pressed and moved: the sum of
    what it put in, without what the tissue gave back."""
    with h5py.File(path) as f:
        h = f["history"]
        hand = next(iter(h["hand"].values()))
        gain = np.diff(hand["work"][:])
        probe = h["probe/knot/perfusion"][:]
        return [hand["push"][:].max(), gain[gain > 0].sum(), hand["friction_work"][-1], hand["indentation"][:].max(),
                hand["pressure_max"][:].max(), h["layer/fascia/tension_mean"][:].max(),
                h["layer/muscle/tension_mean"][:].max(), h["layer/skin/perfusion_vs_baseline"][:].min(),
                h["layer/muscle/perfusion_vs_baseline"][:].min(), probe.min() / probe[0]]


def run(args, folder, scenario, name, sets):
    path = os.path.join(folder, name)
    line = [args.program, "run", FOLDER / f"{scenario}.yaml", "-o", path, "--force", "--progress", "none", "--quiet",
            "--set", f"body.resolution={args.resolution}"]
    for pair in sets:
        line += ["--set", pair]
    done = subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    return measure(path + ".h5")


def same_work(args, folder, technique):
    """The press at which a technique does WORK, by the secant rule on log work over log press. (press, row)."""
    keys, press = TECHNIQUES[technique]
    past, row = [], None
    for _ in range(TRIES):
        row = run(args, folder, "same_work", technique,
                  [f"session=[{{hand: heel, technique: {technique}, {keys}, press: {press:.4g} N, assumed: true}}, "
                   "{rest: 1 s}]"])
        past.append((np.log(press), np.log(row[1])))
        if abs(row[1] / WORK - 1) < NEAR:
            break
        slope = 2.0  # of an elastic body under a punch
        if len(past) > 1 and past[-1][0] != past[-2][0]:
            slope = (past[-1][1] - past[-2][1]) / (past[-1][0] - past[-2][0])
        press = float(np.exp(past[-1][0] + (np.log(WORK) - past[-1][1]) / np.clip(slope, 0.5, 4)))
    return press, row


def show(axis, rows):
    print(f"{axis:>14} " + " ".join(f"{name:>14}" for name, _, _ in COLUMNS))
    print(f"{'':>14} " + " ".join(f"{unit:>14}" for _, unit, _ in COLUMNS))
    for value, row in rows:
        print(f"{value:>14} " + " ".join(f"{x * c[2]:14.4g}" for x, c in zip(row, COLUMNS)))


def draw(axis, rows, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    at = np.arange(len(rows)) if isinstance(rows[0][0], str) else [v for v, _ in rows]
    for picture, columns, unit in zip(axes, ((5, 6), (7, 8, 9)), ("largest mean tension, kPa", "least flow, %")):
        for i in columns:
            name, _, scale = COLUMNS[i]
            picture.plot(at, [row[i] * scale for _, row in rows], "o-", label=name)
        picture.set_xlabel(axis)
        picture.set_ylabel(unit)
        picture.set_ylim(bottom=0)
        picture.legend()
        if isinstance(rows[0][0], str):
            picture.set_xticks(at, [v for v, _ in rows], rotation=20)
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("study", choices=[*SWEEPS, "work"])
    parser.add_argument("--resolution", default="draft", choices=["draft", "default", "fine"])
    parser.add_argument("--program", default=os.environ.get("KNEAD_PROGRAM"))
    parser.add_argument("-o", "--output", metavar="PICTURE")
    parser.add_argument("--keep", metavar="FOLDER", help="for the result files; it must be there")
    args = parser.parse_args()
    if not args.program:
        parser.error("no program: --program or KNEAD_PROGRAM")
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or scratch
        if args.study == "work":
            axis, rows = "technique", []
            for technique in TECHNIQUES:
                press, row = same_work(args, folder, technique)
                rows.append((technique, row))
                print(f"{technique}: {press:.3g} N asked for", flush=True)
        else:
            scenario, axis, values = SWEEPS[args.study]
            rows = [(v, run(args, folder, scenario, f"{args.study}_{v}", [pair])) for v, pair in values]
    show(axis, rows)
    if args.output:
        draw(axis, rows, args.output)


if __name__ == "__main__":
    main()
