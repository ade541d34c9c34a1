#!/usr/bin/env python3
"""The lumbar back carries whole runs: its scenario is checked as it stands and stepped on a coarse mesh.

KNEAD_PROGRAM is the program. What is proved here is that body, chart, contact and solver fit together; values are the
business of the tests of each.
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
SOURCE = pathlib.Path(os.environ.get("KNEAD_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
SCENARIO = SOURCE / "scenarios" / "lumbar_swedish.yaml"
WAIT = 300  # s: a sanitized program on a busy machine; an idle core needs 5
COARSE = ["--set", "body.cells=[4, 6]", "--set", "output.every=0.05 s"]


def knead(folder, *args):
    done = subprocess.run([PROGRAM, *args], cwd=folder, capture_output=True, text=True, timeout=WAIT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_tells_volumes_thicknesses_and_shapes(folder):
    text = knead(folder, "check", str(SCENARIO))
    for words in ("multifidus", "cm3", "scaled Jacobian", "aspect ratio", "PSIS_right", "mean"):
        assert words in text, words
    plan = json.loads(knead(folder, "check", "--json", str(SCENARIO)))["scenarios"][0]
    assert plan["unknowns"] < 25000
    for layer in plan["layers"]:
        assert 0 < layer["scaled_jacobian_least"] <= layer["scaled_jacobian_mean"] <= 1, layer
        assert 0 < layer["thickness_least_m"] <= layer["thickness_m"] <= layer["thickness_most_m"], layer
    # A patch of 24 x 30 cm, some 4-7 cm deep: between 2 and 6 litres.
    assert 2e-3 < sum(layer["volume_m3"] for layer in plan["layers"]) < 6e-3
    right = [m for m in plan["landmarks"] if m["name"] == "PSIS_right"]
    assert len(right) == 1 and right[0]["t_m"] > 0 > right[0]["s_m"], right


def a_landmark_beside_the_midline_is_a_place_and_survives_the_resolved_text(folder):
    moved = ["--set", "session[0].from=[PSIS_right, 1 cm]", "--set", "session[0].to=[L4, 5 cm]"]
    knead(folder, "run", str(SCENARIO), *COARSE, *moved, "--until", "0.001", "-o", "psis")
    with h5py.File(folder + "/psis.h5") as f:
        resolved = f["scenario/resolved"][()].decode()
        at = f["history/hand/oiled/position"][-1]
    # 4 cm of the spine itself and 1 cm more along the skin, which slopes by less than 30 degrees: 87-100 % of it
    assert 0.87 * 0.05 < at[0] <= 0.05, at
    pathlib.Path(folder, "again.yaml").write_text(resolved)
    knead(folder, "run", "again.yaml", "--until", "0.001", "-o", "again")
    with h5py.File(folder + "/again.h5") as f:
        assert np.abs(f["history/hand/oiled/position"][-1] - at).max() < 1e-9


def a_palm_presses_and_glides(folder):
    knead(folder, "run", str(SCENARIO), *COARSE, "--until", "1.1 s", "-o", "palm")
    with h5py.File(folder + "/palm.h5") as f:
        h = f["history"]
        asked, push = h["hand/oiled/asked"][:], h["hand/oiled/push"][:]
        at, force = h["hand/oiled/position"][:], h["hand/oiled/force"][:]
        assert asked.max() > 5
        assert (np.abs(push - asked) <= 0.01 * np.maximum(asked, 1)).all()  # force control's contract
        assert (h["solver/balance"][:] <= 1e-6).all()
        assert at[-1, 1] > at[0, 1] + 0.03  # it went headward, at 8 cm/s for half of the time
        # The frame is the skin's own: on the right the skin falls outward by some 0.1, so a push along its normal has a
        # part toward the midline.
        pressing = push > 5
        assert (force[pressing, 0] < -0.05 * push[pressing]).all(), force


def main():
    tests = [check_tells_volumes_thicknesses_and_shapes, a_palm_presses_and_glides,
             a_landmark_beside_the_midline_is_a_place_and_survives_the_resolved_text]
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            test(folder)
            print(f"ok   {test.__name__}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
