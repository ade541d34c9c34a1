#!/usr/bin/env python3
"""Runs what is validated and writes tests/validate/VALIDATION.md with its pictures.

    tools/validation.py BUILD [-o FOLDER]

BUILD is a folder built with tests. Every number of the page comes from a line that a test prints (tests/figure.h):

    FIGURE|section|what|computed|target|low|high|unit|kind|mark|source
    CURVE|picture|label|x|y

so this file holds names and sentences and no figure. The page is written when all tests ran, failed ones too: the page
then says so, and the exit code is 1. Needs matplotlib for the pictures.
"""
import argparse
import hashlib
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
WAIT = 600  # s for one test; the longest needs 20 on an idle core


class Section:
    """key: in the FIGURE lines. tests: files that print them. pictures: name in CURVE lines and what it shows."""

    def __init__(self, key, title, tests, text, pictures=()):
        self.key, self.title, self.tests, self.text, self.pictures = key, title, tests, text, pictures


FIGURES = ["tests/verify/test_law_figures.c"]
SECTIONS = [
    Section("rung 1", "Rung 1: a block of fascia, compressed and sheared", FIGURES,
            "Law `demiray` at one point. The published forces are those of this law with these constants: agreement "
            "tests the code, not the tissue (collagen does not resist across the fascia).",
            [("pad", "Forces as compression and shear grow together")]),
    Section("rung 2", "Rung 2: relaxation of muscle under a ramp and a hold", ["tests/verify/test_law_prony.c"],
            "Law `prony` with one term, whose weight and time were set from these two figures: this shows that the "
            "integral over the past is right, and that one term can hold both.",
            [("relaxation", "Stress over the peak of the elastic solid")]),
    Section("rung 3", "Rung 3: skin, fat and fascia in series", FIGURES,
            "Law `demiray` at one point, three layers under one force. The stiffness of each layer is set from the "
            "published force for 9 %. How fast layers stiffen is not known; the figures are met without any stiffening "
            "and no longer with much of it, so that is a choice too.",
            [("series", "Strain of each layer under one force")]),
    Section("rung 4", "Rung 4: thoracolumbar fascia beside erector spinae", FIGURES,
            "Laws `fascia_hgo` and `muscle_transiso`, strips with free sides. Two constants of each were set from "
            "these figures: this shows that the laws can hold them, and predicts nothing but the slack side.",
            [("strips", "Cauchy stress of the strips against elongation")]),
    Section("rung 5", "Rung 5: muscle along and across its fibres", FIGURES,
            "Law `muscle_transiso`, with the constants of rung 4: the cross-fibre modulus was set from this ratio.",
            [("along", "Stress along over stress across")]),
    Section("rung 6", "Rung 6: fat and muscle stiffen under compression", FIGURES,
            "Law `ogden`, one term for each tissue. Two constants were fitted to these five points each: what is shown "
            "is how far one term can follow them.",
            [("stiffening", "Shear modulus against stretch along the compression")]),
    Section("hertz", "Hertz: a ball on a deep layer", ["tests/verify/test_hertz.c"],
            "`scenarios/validation/hertz.yaml` on three meshes, contact and solid together.",
            [("hertz", "Deviation from theory")]),
    Section("ball", "A ball deep in skin, fat, fascia and muscle", ["tests/verify/test_ball.c"],
            "A quarter of `scenarios/validation/ball.yaml`, 10 mm deep in ten steps, on three meshes.",
            [("ball", "Push against depth")]),
    Section("punch", "A flat disc, and a cylinder across a slice", ["tests/verify/test_punch.c"],
            "Without friction: pressure without bound at a rim, and plane strain."),
    Section("cattaneo", "Cattaneo and Mindlin: a pressed ball drawn along", ["tests/verify/test_cattaneo.c"],
            "`scenarios/validation/cattaneo.yaml` on three meshes: friction, its force control and the solid together.",
            [("cattaneo", "Tangential force over its bound against displacement")]),
    Section("sliding", "A ball that slides steadily", ["tests/verify/test_sliding.c"],
            "`scenarios/validation/sliding.yaml` on two meshes, with friction and without: the pressure must be the same."),
    Section("rolling", "A braked roller", ["tests/verify/test_rolling.c"],
            "`scenarios/validation/rolling.yaml` on three meshes, and at other creeps: where skin and roller stick to each other, "
            "and what the brake takes.",
            [("rolling", "Force over its bound against creep")]),
    Section("work", "The work of a hand", ["tests/verify/test_work.c", "tests/verify/test_loop.c"],
            "A palm lands, slides with friction and lifts. Work (force and motion of the hand), stored energy (the laws' "
            "energies over the volume) and friction (traction times slip over the skin) are three sums of their own. The loop is "
            "that of a plate that presses a relaxing column to and fro."),
    Section("reperfusion", "Reperfusion: a minute under the elbow", ["tests/verify/test_reperfusion.py"],
            "`scenarios/validation/reperfusion.yaml`. The perfusion law was fitted to the skin data and takes its "
            "closing pressure from Thorsson: what is tested is that the computed pressure drives it, everywhere.",
            [("reperfusion", "Flow over rest at three places")]),
    Section("indentation", "Indentation beside the spine", ["tests/verify/test_indentation.py"],
            "`scenarios/validation/indentation.yaml`: a flat probe of 20 mm at L3, 3 cm to the right of the midline of "
            "`lumbar_back`, built-in tissues, vertebrae rigid. The figures to compare with are remembered ones or of "
            "another instrument: nothing passes or fails by them, and no constant was chosen by them.",
            [("indentation", "Force against depth")]),
    Section("flexion", "Flexion of the lower back", ["tests/verify/test_flexion.c"],
            "A coarse `lumbar_back`, its vertebrae turned forward about their discs by 50 degrees in all. How joints share "
            "the angle and how deep their centres lie is assumed and was not chosen by this figure."),
    Section("resting", "Pressure in the multifidus at rest and in flexion", ["tests/verify/test_resting_pressure.py"],
            "`scenarios/validation/resting_pressure.yaml`, tone 0.01: medians over the multifidus of `lumbar_back`. "
            "Tone alone makes hardly any pressure: fibres are nearly straight, and the lordosis bends them away from the "
            "bone. Taut fascia around them does. How taut it is was chosen by the pressure at 0 degrees without weight; nothing "
            "else was chosen. Flexion is the body's own motion by 30 degrees: the pressure rises, by less than was measured. "
            "Weight, prone, adds about 2 mmHg.",
            [("resting", "Share of the multifidus below a pressure")]),
    Section("tissues", "Tissue files", ["tests/run/test_tissues.c"],
            "What `models/tissues` say of each other. Constants were taken from these sources."),
    Section("cook", "Cook's membrane", ["tests/verify/test_cook.c"],
            "Large strains, plane strain, skew elements. The load is an extra term of the residual in the test: the "
            "engine has no tractions.",
            [("cook", "Shortfall of the tip against its limit"), ("cook_shape", "The deformed mesh")]),
    Section("bending", "A bent beam", ["tests/verify/test_bending.c"],
            "Small strains, plane strain, a wall that warps as the exact solution does, then a clamped one.",
            [("bending", "Error of the tip")]),
    Section("inertia", "Inertia: waves, order in time, energy", ["tests/verify/test_inertia.c"],
            "Generalised-alpha steps of a shear column and of a vibrating block. Energy is that of the element itself, "
            "whose derivative the forces are."),
    Section("cycles", "Jumps over cycles", ["tests/verify/test_cycle.c"],
            "Two hundred pulses on tissue that creeps, with friction and perfusion: the run that jumps beside the run of "
            "all cycles, where they are farthest apart, and over the largest value."),
    Section("manufactured", "Manufactured solutions, with fibres too",
            ["tests/verify/test_manufactured.c", "tests/verify/test_manufactured_fibres.c"],
            "Slope of the error in L2 between the two finest meshes. Distorted: vertices moved by up to 20 % of an "
            "element, anew on each mesh.",
            [("manufactured", "Error of the displacement, bulk/shear 1000")]),
]
KINDS = {
    "exact": "against mathematics, or the limit of the meshes: the code does what it says",
    "published": "an outside figure that no constant was chosen by",
    "calibrated": "constants were chosen by this figure or by the data it comes from: it shows what a law can do, and "
                  "predicts nothing",
    "shown": "no pass, no fail",
}
COLUMNS = ["what", "computed", "target", "tolerance", "unit", "kind", "mark", "source", ""]


# ---- runs ------------------------------------------------------------------------------------------------------------
class Figure:
    def __init__(self, line):
        fields = line.split("|")
        if len(fields) != 11:
            raise ValueError(f"not a FIGURE line: {line}")
        _, self.section, self.what, *numbers, self.unit, self.kind, self.mark, self.source = fields
        self.computed, self.target, self.low, self.high = map(float, numbers)
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind '{self.kind}': {line}")

    @property
    def verdict(self):
        if self.kind == "shown":
            return ""
        return "holds" if self.low <= self.computed <= self.high else "FAILS"

    @property
    def tolerance(self):
        if self.kind == "shown":
            return "–"
        if math.isinf(self.high):
            return f"at least {number(self.low)}"
        up, down = self.high - self.target, self.target - self.low
        if self.target != 0 and abs(up - down) <= 1e-3 * abs(up):
            share = f"{100 * up / abs(self.target):.2g}"
            return f"± {share if 'e' not in share else power(share)} %"
        return f"{number(self.low)} to {number(self.high)}"


def power(text):
    mantissa, exponent = text.split("e")
    return f"{mantissa} · 10^{int(exponent)}"


def number(x):
    return "–" if math.isnan(x) else f"{x:.5g}"


def command(build, test):
    """How to run a test file, None when the build does not have it."""
    path = pathlib.Path(test)
    if path.suffix == ".py":
        return [sys.executable, "-B", str(ROOT / path)]
    program = build / "tests" / f"test_{path.parent.name}_{path.stem[len('test_'):]}"
    return [str(program)] if program.exists() else None


def run(build, test, folder):
    """Lines that the test printed, and whether it passed."""
    line = command(build, test)
    if not line:
        sys.exit(f"validation.py: {build} has no program of {test}; build it first")
    environment = dict(os.environ, KNEAD_PROGRAM=str(build / "knead"), KNEAD_SOURCE_DIR=str(ROOT), OMP_NUM_THREADS="1",
                       OMP_WAIT_POLICY="passive", PYTHONPATH=str(ROOT / "tests"), PYTHONDONTWRITEBYTECODE="1",
                       LC_ALL="C.UTF-8")
    print(f"{test} ...", end=" ", flush=True)
    done = subprocess.run(line, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=WAIT)
    print("passed" if done.returncode == 0 else f"exit {done.returncode}")
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
    return done.stdout.splitlines(), done.returncode == 0


# ---- pictures --------------------------------------------------------------------------------------------------------
def by_shape(label):
    return dict(linestyle="--" if "distorted" in label else "-", marker="o")


def by_source(label):
    return dict(linestyle="" if "published" in label else "-", marker="o" if "published" in label else "",
                color={"normal": "C0", "tangential": "C1", "skin": "C0", "fat": "C1", "fascia": "C2"}.get(
                    label.split(",")[0], "C0"))


PICTURES = {  # name: axis labels, scales, which labels, and the look of a line by its label
    "pad": dict(x="compression and shear, %", y="force, N", look=by_source),
    "relaxation": dict(x="time, s", y="stress", look=by_source),
    "series": dict(x="force, N", y="compression, %", look=by_source),
    "along": dict(x="elongation, %", y="along over across", look=by_source),
    "strips": dict(x="elongation, %", y="Cauchy stress, MPa", yscale=("symlog", dict(linthresh=1e-2))),
    "stiffening": dict(x="stretch", y="shear modulus, Pa", invert=True,
                       look=lambda label: dict(linestyle="-" if "law" in label else "",
                                               marker="" if "law" in label else "o",
                                               color="C0" if "fat" in label else "C1")),
    "cattaneo": dict(x="displacement, mm", y="Q / (mu P)", look=lambda _: dict(marker="o")),
    "rolling": dict(x="creep over that of full sliding", y="Q / (mu P)",
                    look=lambda label: dict(linestyle="" if label == "computed" else "-",
                                            marker="o" if label == "computed" else "")),
    "hertz": dict(x="elements on the contact radius", y="deviation, %", look=lambda _: dict(marker="o")),
    "ball": dict(x="depth, mm", y="push, N", look=lambda _: dict(marker="o")),
    "reperfusion": dict(x="time, s", y="flow over rest"),
    "indentation": dict(x="depth of the probe, mm", y="force, N",
                        look=lambda label: dict(linestyle="-" if label == "computed" else "--",
                                                marker="o" if label == "computed" else "")),
    "resting": dict(x="pressure, mmHg", y="elements below it, %",
                    look=lambda label: dict(linestyle=":" if "measured" in label else "--" if "weight" in label else "-",
                                            color="C1" if "30" in label else "C2" if "not taut" in label else "C0")),
    "cook": dict(x="elements a side", y="shortfall of the tip, %", xscale=("log", dict(base=2)), yscale=("log", {}),
                 look=lambda _: dict(marker="o")),
    "cook_shape": dict(x="mm", y="mm", legend=False, equal=True, look=lambda _: dict(color="C0", linewidth=0.8)),
    "bending": dict(x="elements over the height", y="error of the tip, %", xscale=("log", dict(base=2)),
                    yscale=("log", {}), look=by_shape),
    "manufactured": dict(x="elements a side", y="L2 error, m^2.5", xscale=("log", dict(base=2)), yscale=("log", {}),
                         only=lambda label: "1000" in label, look=by_shape,
                         short=lambda label: label.replace(", bulk/shear 1000", "")),
}


def draw(name, curves, file):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    style = PICTURES[name]
    keep = {label: points for label, points in curves.items() if style.get("only", lambda _: True)(label)}
    figure, axes = plt.subplots(figsize=(4.6, 3.2), dpi=90)
    for label, points in keep.items():
        axes.plot(*zip(*points), label=style.get("short", str)(label), markersize=4,
                  **style.get("look", lambda _: {})(label))
    axes.set_xlabel(style["x"]), axes.set_ylabel(style["y"])
    for way, setter in (("xscale", axes.set_xscale), ("yscale", axes.set_yscale)):
        if way in style:
            setter(style[way][0], **style[way][1])
    if style.get("invert"):
        axes.invert_xaxis()
    if style.get("equal"):
        axes.set_aspect("equal")
    if style.get("legend", True):
        axes.legend(fontsize=6)
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


# ---- page ------------------------------------------------------------------------------------------------------------
def literals(test):
    """Names of figures in a test's source and in the headers of its room, as written there."""
    text = (ROOT / test).read_text()
    for header in re.findall(r'^#include "(tests/[^/"]+/[^"]+)"', text, flags=re.M):
        text += (ROOT / header).read_text()
    text = re.sub(r'"\s*\n\s*"', "", text)
    found = re.findall(r'\.what = "([^"]*)"|snprintf\(what[^"]*"([^"]*)"|\bfigure\("([^"]*)"', text)
    return [a or b or c for a, b, c in found]


def stamp():
    """Of the page's structure: sections, their tests, and the figures that these name. Digits are not in it."""
    parts = [f"{s.key}|{s.title}|{' '.join(s.tests)}|{' '.join(name for name, _ in s.pictures)}" for s in SECTIONS]
    for test in sorted({test for s in SECTIONS for test in s.tests}):
        parts += [test, *literals(test)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def row(cells):
    return "| " + " | ".join(cells) + " |"


def page(figures):
    lines = ["# Validation: computed beside known", "",
             "Written by `tools/validation.py` from what the tests print; do not edit, run it again. "
             "`tests/validate/test_page.py` fails when sections or figures of the tests are no longer those of this "
             "page.",
             "", f"<!-- structure {stamp()} -->", "", "What `kind` means:", ""]
    lines += [f"- **{kind}**: {text}" for kind, text in KINDS.items()]
    lines += ["", "Marks are those of the source of a target: V read in the source, VD computed from its raw data, D "
              "derived from such, M+ remembered but corroborated, M remembered (then never a pass or fail); none: "
              "mathematics.",
              "Tolerances are the ones the tests judge by; their reasons stand in the tests."]
    for section in SECTIONS:
        lines += ["", f"## {section.title}", "", section.text]
        if section.tests:
            links = ", ".join(f"[{t}](../../{t})" for t in section.tests)
            lines += ["", f"Test: {links}"]
        rows = [f for f in figures if f.section == section.key]
        if rows:
            lines += ["", row(COLUMNS), "|" + "---|" * len(COLUMNS)]
            lines += [row([f.what, number(f.computed), number(f.target), f.tolerance, f.unit, f.kind, f.mark, f.source,
                           f.verdict]) for f in rows]
        for name, text in section.pictures:
            lines += ["", f"![{text}]({name}.png)"]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path, help="folder of a build with tests")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=ROOT / "tests" / "validate", metavar="FOLDER")
    options = parser.parse_args()
    build = options.build.resolve()
    figures, curves, passed = [], {}, True
    with tempfile.TemporaryDirectory() as folder:
        for test in dict.fromkeys(test for s in SECTIONS for test in s.tests):
            lines, good = run(build, test, folder)
            passed &= good
            for line in lines:
                # cmocka may print into the same line before
                if (at := line.find("FIGURE|")) >= 0:
                    figures.append(Figure(line[at:]))
                elif (at := line.find("CURVE|")) >= 0:
                    _, picture, label, x, y = line[at:].split("|")
                    curves.setdefault(picture, {}).setdefault(label, []).append((float(x), float(y)))
    known = {s.key for s in SECTIONS}
    if lost := {f.section for f in figures} - known:
        sys.exit(f"validation.py: no section for {', '.join(sorted(lost))}")
    if not passed:
        sys.exit("validation.py: a test failed, so figures may be missing; nothing was written")
    options.output.mkdir(parents=True, exist_ok=True)
    for section in SECTIONS:
        for name, _ in section.pictures:
            if name not in curves:
                sys.exit(f"validation.py: no test drew {name}")
            draw(name, curves[name], options.output / f"{name}.png")
    (options.output / "VALIDATION.md").write_text(page(figures))
    bad = [f for f in figures if f.verdict == "FAILS"]
    for f in bad:
        print(f"{f.section}: {f.what} is {f.computed:g}, not within {f.low:g} and {f.high:g}", file=sys.stderr)
    print(f"{options.output / 'VALIDATION.md'}: {len(figures)} figures, {len(bad)} fail")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
