#!/usr/bin/env python3
"""Each technique has a tutorial, each tutorial is a right scenario, and those with the quickest loads run as they say.

KNEAD_PROGRAM is the program. The runs are coarse: what is proved is that drive, events, contact and steps fit together.
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
TUTORIALS = SOURCE / "scenarios" / "tutorial"
WAIT = 300  # s: a sanitized program on a busy machine; an idle core needs 6
COARSE = ["--set", "body.cells=[4, 4]", "--set", "output.every=10 s"]


def knead(folder, *args):
    done = subprocess.run([PROGRAM, *args], cwd=folder, capture_output=True, text=True, timeout=WAIT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(folder, name, hand, *more):
    """Columns of the hand, and the time."""
    knead(folder, "run", str(TUTORIALS / f"{name}.yaml"), *COARSE, *more, "-o", name)
    with h5py.File(f"{folder}/{name}.h5") as f:
        h = f["history"]
        return {"time": h["time"][:]} | {k: np.squeeze(h[f"hand/{hand}/{k}"][:]) for k in h[f"hand/{hand}"]}


def every_tutorial_is_right_and_small_and_every_technique_has_one(folder):
    names = {m["name"] for m in json.loads(knead(folder, "list", "techniques", "--json"))["techniques"]}
    assert len(names) >= 9, names
    seen = set()
    for file in sorted(TUTORIALS.glob("*.yaml")):
        plan = json.loads(knead(folder, "check", "--json", str(file)))["scenarios"][0]
        assert plan["unknowns"] < 12000, file
        seen |= {e["technique"] for e in plan["session"]}
    assert seen == names, names ^ seen


def taps_press_with_their_force_and_lift_between(folder):
    h = run(folder, "tapotement", "heel", "--set", "session[0].taps=3")
    landed = np.flatnonzero((h["push"][1:] > 0) & (h["push"][:-1] == 0))
    assert len(landed) == 3, h["push"]
    # 10 N is `medium`; its middle is an event, so a step ends there; forces are solved to 1e-6, with inertia too
    tops = [p.max() for p in np.split(h["push"], landed + 1)[1:]]
    assert np.allclose(tops, 10, rtol=1e-5), tops
    where = h["position"][landed + 1][:, 1]
    assert (np.diff(where) > 5e-3).all(), where
    assert h["push"][-1] == 0


def strokes_of_percussion_are_alike_once_the_gun_is_near(folder):
    h = run(folder, "percussion", "gun", "--set", "session[0].hold=0.4 s", "--set", "session[0].ramp=0.1 s")
    t, push, depth = h["time"], h["push"], h["indentation"]
    assert np.diff(t).max() < 2.5e-3 * (1 + 1e-9)  # 20 steps in each stroke
    # Clear of the skin there is no force. The skin itself moves: less than 2 mm, without a hand on it.
    assert (push[depth < -2e-3] == 0).all() and push[-1] == 0
    tops, impulses = [], []
    for k in range(8):  # deepest in the middle of each stroke of 50 ms, an event
        i = np.argmin(np.abs(t - (0.025 + 0.05 * k)))
        assert abs(t[i] - (0.025 + 0.05 * k)) < 1e-9
        tops.append(push[i])
        if 2 <= k <= 5:  # between the ramps: `medium` is 6 mm, prescribed, so exact
            assert abs(depth[i] - 6e-3) < 1e-12
        of_it = (t > 0.05 * k - 1e-9) & (t < 0.05 * (k + 1) + 1e-9)
        impulses.append(np.sum(0.5 * (push[of_it][1:] + push[of_it][:-1]) * np.diff(t[of_it])))
    # Waves of earlier strokes are still about, so the force in the middle differs by some percent; but what a stroke
    # gives to the body over its time is nearly all that its depth asks for
    assert np.ptp(tops[3:6]) < 0.1 * tops[3], tops
    assert np.ptp(impulses[3:6]) < 0.03 * impulses[3], impulses
    assert 0 < tops[0] < tops[2], tops


def a_reinforced_thumb_presses_the_skin_with_the_sum(folder):
    h = run(folder, "reinforced_thumb", "lower")
    with h5py.File(f"{folder}/reinforced_thumb.h5") as f:
        upper = {k: f[f"history/hand/upper/{k}"][:] for k in ("push", "asked", "position")}
    assert upper["push"].max() == 25 and (upper["asked"] == upper["push"]).all(), upper
    assert np.isclose(h["push"].max(), 41, rtol=1e-6), h["push"].max()
    own = h["asked"] - upper["push"]
    assert np.isclose(own.max(), 16) and (own > -1e-9).all(), own
    # It stands on the back of a capsule of 12 mm that leans by 45 degrees: straight up through it, r + r / cos 45.
    assert np.allclose(upper["position"] - h["position"], [0, 0, 12e-3 * (1 + 2 ** 0.5)], atol=2e-7)


def inertia_is_said_and_can_be_left_out(folder):
    short = ["--set", "session[0].hold=0.1 s", "--set", "session[0].ramp=0.05 s"]
    for name, wanted, more in (("on", 1, []), ("off", 0, ["--set", "time.inertia=off",
                                                          "--set", "output.fields=[displacement]"])):
        file = str(TUTORIALS / "percussion.yaml")
        assert f"inertia   {name}" in knead(folder, "check", file, *more)
        plan = json.loads(knead(folder, "check", "--json", file, *more))["scenarios"][0]
        assert plan["inertia"] is bool(wanted)
        summary = knead(folder, "run", file, *COARSE, *short, *more, "-o", name)
        assert f"inertia {name}" in summary, summary
        with h5py.File(f"{folder}/{name}.h5") as f:
            assert f.attrs["inertia"] == wanted
            assert ("velocity" in f["fields/point"]) == ("body/kinetic_energy" in f["history"]) == bool(wanted)
            if wanted:
                assert f["history/body/kinetic_energy"][:].max() > 0
                assert np.abs(f["fields/point/velocity"][-1]).max() > 0  # the last one is written at the end


def both_sides_are_mirror_images(folder):
    h = run(folder, "both_sides", "heel", "--set", "session[0].sequence[0].cycles=1", "--set", "time.max=50 ms")
    n = int(np.argmin(np.abs(h["time"] - 2)))  # the second side begins at 2 s
    first, second = slice(0, n), slice(n, len(h["time"]))
    for t in (0.4, 1.4):  # events of both: landed, lifting
        i, j = np.argmin(np.abs(h["time"] - t)), np.argmin(np.abs(h["time"] - 2 - t))
        assert abs(h["position"][i][0] + h["position"][j][0]) < 1e-9
        assert abs(h["push"][i] - h["push"][j]) < 1e-5 * h["push"][i]
    # With friction a state depends a little on its steps, which differ: a tenth of the largest side force
    side = max(abs(h["force"][first, 0]).max(), 1e-9)
    assert abs(h["force"][first, 0].max() + h["force"][second, 0].min()) < 0.1 * side, side


def main():
    failed = 0
    for test in (every_tutorial_is_right_and_small_and_every_technique_has_one,
                 taps_press_with_their_force_and_lift_between,
                 strokes_of_percussion_are_alike_once_the_gun_is_near, inertia_is_said_and_can_be_left_out,
                 both_sides_are_mirror_images):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
                print(f"[ ok ] {test.__name__}")
            except (AssertionError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"[FAIL] {test.__name__}: {error!r}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
