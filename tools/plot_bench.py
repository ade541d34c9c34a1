#!/usr/bin/env python3
"""Draws the results of knead_bench as bars against their goals.

    tools/plot_bench.py FILE.csv... [-o PICTURE.png] [--all]

One panel per figure, one bar per mesh and number of threads, one colour per file. A bar is the median, the thin line on
it half the spread to either side. Solid lines: what must be reached; dashed: what is aimed at. Counts without a goal are
left out; --all draws them too. Needs matplotlib.
"""
import argparse
import csv
import math
import os
import re
import sys

try:
    import matplotlib
except ImportError as lacking:
    sys.exit(f"plot_bench.py: {lacking}; tools/install installs it, and Debian's own /usr/bin/python3 finds it")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

COLUMNS = ["machine", "compiler", "flags", "commit", "date", "case", "mesh", "unknowns", "threads", "runs", "median",
           "spread", "unit", "roof", "share"]

# PCG iterations to 1e-8 with three smoother applications, meshes B and C: must, aim. Source: issue 3.
GATES = {
    ("flat", "iso", 99): (9, 8), ("flat", "aniso", 99): (15, 14),
    ("flat", "iso", 999): (14, 13), ("flat", "aniso", 999): (19, 18),
    ("bent", "iso", 99): (13, 12), ("bent", "aniso", 99): (20, 18),
    ("bent", "iso", 999): (20, 18), ("bent", "aniso", 999): (24, 21),
}


def gate(mesh):
    """(must, aim) of a row pcg_iterations by its mesh, such as "B disc f=10 iso r=99 k=3"; None where there is none."""
    found = re.fullmatch(r"[BC] (.+) (iso|aniso) r=(99|999) k=3", mesh)
    if not found or found[1] == "disc f=0":  # no contact, what the others are compared with
        return None
    what, law, ratio = found[1], found[2], int(found[3])
    if what in ("flat", "bent"):
        return GATES[what, law, ratio]
    must, aim = GATES["flat", law, ratio]
    # In contact: so many more than flat. Pressed in: the issue gives no figure of its own, so those of the flat block.
    return (must + 4, aim + 2) if what.startswith(("disc", "ball")) else (must, aim)


# case, test of (mesh, unknowns), must, aim. Source: issue 3, "Figures to reach", for two threads.
GOALS = [
    ("apply_double", lambda m, n: n > 1e6 and "affine" in m, 65, 100),
    ("apply_float", lambda m, n: n > 1e6 and "affine" in m, 130, 200),
    ("apply_double", lambda m, n: n > 1e6 and "bent" in m, 40, 80),
    ("apply_float", lambda m, n: n > 1e6 and "bent" in m, 80, 160),
    ("setup", lambda m, n: n > 2e5, 0.7, 0.35),
    ("smoother", lambda m, n: n > 2e5, 20, 10),
    ("newton_step", lambda m, n: n > 2.5e5 and "flat iso r=99" in m, 4, 1.5),
    ("newton_step", lambda m, n: n > 2.5e5 and "flat aniso r=99" in m, 7, 2.8),
    ("memory", lambda m, n: n > 2.5e5, 1300, 650),
    ("p1_wall", lambda m, n: 50e3 < n < 60e3, 8, 1.5),
    ("p1_wall", lambda m, n: 200e3 < n < 260e3, 35, 6),
    ("p1_wall", lambda m, n: 900e3 < n < 960e3, 150, 22),
    ("p1_lost", lambda m, n: True, 20, None),
    ("p1l_wall", lambda m, n: 50e3 < n < 60e3, 10, 2),
    ("p1l_wall", lambda m, n: 140e3 < n < 160e3, 28, 6),
    ("p1l_wall", lambda m, n: 480e3 < n < 510e3, 90, 20),
    ("p1e_one_percent", lambda m, n: "quarter" in m, 60e3, 30e3),
    ("pcg_growth", lambda m, n: n > 1e6, 1.6, 1.3),
    ("newton_gain", lambda m, n: n > 2.5e5, 1.6, None),  # aim: 0.95 of what the triad gains, from the run itself
]
COUNTS = ("_steps", "_rejected", "_newton", "_applies", "_cycles", "newton_iterations", "p1l_lost", "p1f_lost",
          "p1g_lost", "p1s_lost", "p1g_inside_out", "p1s_inside_out", "p1e_lost", "p1e_inside_out")
COLOURS = ["#3f7f93", "#c77d2e", "#8c2d3f", "#5b5ea6", "#4e8f5a"]


def number(text):
    return float(text) if text else math.nan


def read(path):
    with open(path, newline="") as f:
        lines = csv.DictReader(f)
        if lines.fieldnames != COLUMNS:
            raise ValueError(f"{path} is no table of knead_bench: its first line should name {', '.join(COLUMNS)}")
        rows = []
        for line in lines:
            for key in ("median", "spread", "share"):
                line[key] = number(line[key])
            for key in ("unknowns", "threads", "runs"):
                line[key] = int(line[key])
            rows.append(line)
    if not rows:
        raise ValueError(f"{path} holds no row")
    return rows


def best(rows, case, mesh, threads):
    found = [r["median"] for r in rows if (r["case"], r["mesh"], r["threads"]) == (case, mesh, threads)]
    return found[-1] if found else math.nan


def with_gains(rows):
    """Adds newton_gain: one thread over all threads; and what 0.95 of the triad's gain would be, as its aim. And
    pcg_growth: iterations of the finest mesh over those of mesh B."""
    most = max(r["threads"] for r in rows)
    more = []
    for r in rows:
        if r["case"] == "pcg_iterations" and r["mesh"].startswith("D "):
            coarse = best(rows, "pcg_iterations", "B" + r["mesh"][1:], r["threads"])
            if math.isfinite(coarse):
                more.append(dict(r, case="pcg_growth", median=r["median"] / coarse))
    for r in rows:
        if r["case"] == "newton_step" and r["threads"] == most > 1:
            gain = best(rows, "newton_step", r["mesh"], 1) / r["median"]
            aim = 0.95 * best(rows, "triad", "", most) / best(rows, "triad", "", 1)
            if math.isfinite(gain):
                more.append(dict(r, case="newton_gain", unit="x", median=gain, spread=0, roof="", share=math.nan,
                                 aim=aim))
    return rows + more


def goal(r):
    """(must, aim) of a row, NaN where there is none. Times are for two threads or more; counts are what they are."""
    if r["case"] == "pcg_iterations":
        return gate(r["mesh"]) or (math.nan, math.nan)
    if r["threads"] > 1 or r["case"] == "pcg_growth":
        for case, fits, must, aim in GOALS:
            if case == r["case"] and fits(r["mesh"], r["unknowns"]):
                return must, r.get("aim", math.nan) if aim is None else aim
    return math.nan, math.nan


def panel(axis, case, files):
    labels, keys = [], []
    for rows in files:
        for r in rows:
            key = (r["mesh"], r["threads"])
            if r["case"] == case and key not in keys:
                keys.append(key)
    height = 0.8 / len(files)
    for at, (mesh, threads) in enumerate(keys):
        size = ""
        for k, rows in enumerate(files):
            for r in rows:
                if (r["case"], r["mesh"], r["threads"]) != (case, mesh, threads):
                    continue
                y = at - 0.4 + (k + 0.5) * height
                axis.set_xlabel(r["unit"] if r["unit"] != "1" else "")
                size = f" ({r['unknowns'] / 1e3:.0f} k)" if r["unknowns"] else ""
                if not math.isfinite(r["median"]):
                    axis.text(0, y, " failed", va="center", color="#b00020", fontsize=7)
                    continue
                axis.barh(y, r["median"], height, color=COLOURS[k % len(COLOURS)], xerr=r["spread"] / 2,
                          ecolor="#333333")
                share = f"  {100 * r['share']:.0f} % of {r['roof']}" if math.isfinite(r["share"]) else ""
                end = r["median"] + r["spread"] / 2 if r["median"] > 0 else 0
                axis.text(end, y, f"  {r['median']:.4g}{share}", va="center", fontsize=6)
                must, aim = goal(r)
                for value, style in ((must, "-"), (aim, "--")):
                    if math.isfinite(value):
                        axis.vlines(value, at - 0.45, at + 0.45, color="#b00020", linewidth=1.4, linestyle=style)
        labels.append(f"{mesh}{size}{', ' if mesh else ''}{threads} thr")
    axis.set_yticks(range(len(labels)), labels, fontsize=6)
    axis.invert_yaxis()
    axis.set_title(case, fontsize=8, loc="left")
    axis.tick_params(axis="x", labelsize=6)
    axis.xaxis.label.set_size(6)
    axis.margins(x=0.25, y=0.3 / max(len(labels), 1))
    if not any(r["median"] < 0 for rows in files for r in rows if r["case"] == case):
        axis.set_xlim(left=0)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def stacked(cases, files, columns):
    """Columns of (case, inches): panels as high as their bars need, each put where the pile is lowest."""
    stacks = [[] for _ in range(columns)]
    for case in cases:
        bars = len({(r["mesh"], r["threads"]) for rows in files for r in rows if r["case"] == case})
        lowest = min(stacks, key=lambda stack: sum(size for _, size in stack))
        lowest.append((case, 0.6 + 0.12 * max(bars, 3) * max(1, 0.6 * len(files))))
    return stacks


def draw(files, names, path, dpi, everything):
    cases = list(dict.fromkeys(r["case"] for rows in files for r in rows))
    cases = [c for c in cases if everything or not c.endswith(COUNTS)]
    if not cases:
        raise ValueError("no row to draw but counts: try --all")
    columns = min(3, len(cases))
    stacks = stacked(cases, files, columns)
    height = max(sum(size for _, size in stack) for stack in stacks)
    figure = plt.figure(figsize=(5 * columns, height), layout="constrained")
    for part, stack in zip(figure.subfigures(1, columns, squeeze=False).flat, stacks):
        rest = height - sum(size for _, size in stack)
        sizes = [size for _, size in stack] + ([rest] if rest > 0 else [])
        axes = part.subplots(len(sizes), 1, squeeze=False, gridspec_kw={"height_ratios": sizes}).flat
        for axis, (case, _) in zip(axes, stack):
            panel(axis, case, files)
        for axis in axes[len(stack):]:
            axis.set_axis_off()
    about = [f"{n}: {rows[0]['machine']}, {rows[0]['compiler']}, {rows[0]['date']}, {rows[0]['commit'][:8]}"
             for n, rows in zip(names, files)]
    for k, text in enumerate(about):
        y = -0.18 * (k + 1) / max(height, 4)
        figure.text(0.01, y, text, fontsize=7, color=COLOURS[k % len(COLOURS)])
    figure.savefig(path, dpi=dpi, bbox_inches="tight")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("files", nargs="+", metavar="FILE.csv")
    arguments.add_argument("-o", "--output", metavar="PICTURE.png", help="default: beside the first file")
    arguments.add_argument("--all", action="store_true", help="counts too")
    arguments.add_argument("--dpi", type=float, default=140)
    given = arguments.parse_args()
    path = given.output or os.path.splitext(given.files[0])[0] + ".png"
    try:
        files = [with_gains(read(f)) for f in given.files]
        draw(files, [os.path.basename(f) for f in given.files], path, given.dpi, given.all)
    except (OSError, ValueError, TypeError) as wrong:
        print(f"plot_bench.py: {wrong}", file=sys.stderr)
        return 5 if getattr(wrong, "filename", None) == path else 3
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
