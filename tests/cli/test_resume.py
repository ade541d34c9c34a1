#!/usr/bin/env python3
"""A run that was stopped, by itself or by force, and resumed leaves the file it would have left without the break.

KNEAD_PROGRAM is the program; `knead compare` looks at every bit of every field and history (tests/cli/test_results.py
proves that it does), h5py at the rest.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import cases
import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_bad_inputs import BASE, PROGRAM  # noqa: E402

WAIT = 300  # s: a sanitized program on a busy machine
# More that a run remembers: a law with a history, a tone that the body settles under, a stroke that sticks and slips by an
# arm that gives sideways.
RICH = """\
knead: 1
body: {kind: layered_back, size: [12 cm, 14 cm], cells: [2, 3], L5: 2 cm}
tissue:
  skin:   {law: neo_hookean, mu: 50 kPa, bulk: 500 kPa, skin_like: true}
  fat:    {law: prony, terms: [[0.3, 0.2 s], [0.2, 2 s]], base: {law: neo_hookean, mu: 5 kPa, bulk: 50 kPa}}
  fascia: {law: neo_hookean, mu: 100 kPa, bulk: 1 MPa}
  muscle: {use: erector_spinae_relaxed, tone: 0.01}
hands: {oiled: {kind: palm, friction: 0.3, arm: {sideways: 1 N/mm, sideways_damping: 20 N s/m}}}
physiology: {perfusion: {}}
session:
  - {hand: oiled, technique: effleurage, from: L5, to: L4, press: 10 N, ramp: 0.1 s}
time: {first: 10 ms, min: 0.1 ms, max: 50 ms}
output: {every: 0.07 s, fields: [displacement, tension, perfusion, skin_pressure]}
"""

# The body's mass acts: velocities and forces of the step before are remembered, too.
GUN = """\
knead: 1
body: {kind: block, size: [60 mm, 60 mm], cells: [3, 3], layers: [{name: muscle, thickness: 25 mm, cells: 1}]}
tissue: {muscle: {law: neo_hookean, mu: 6 kPa, bulk: 60 kPa}}
hands: {ball: {kind: ball_head, friction: 0.3}}
session: [{hand: ball, technique: percussion, at: [0 mm, 0 mm], deepest: 3 mm, frequency: 25 Hz, hold: 0.08 s}, {rest: 10 ms}]
time: {first: 2 ms, min: 1 us, max: 50 ms}
output: {every: 0.02 s, fields: [displacement, velocity, acceleration, skin_pressure]}
"""

# Jumps over pulses, and one that is too long: what they rest on is remembered, too.
PULSES = """\
knead: 1
body:
  kind: block
  size: [6 cm, 6 cm]
  cells: [1, 1]
  layers: [{name: gel, thickness: 3 cm, cells: 1}]
  faces: {bottom: fixed}
tissue: {gel: {law: prony, terms: [[0.3, 0.3 s], [0.3, 10 s]], base: {law: neo_hookean, mu: 10 kPa, bulk: 50 kPa}}}
hands: {palm: {kind: palm, length: 8 cm, width: 8 cm, friction: 0}}
physiology: {perfusion: {}}
session:
  - {hand: palm, technique: compression, at: [0 cm, 0 cm], press: 8 N, ramp: 0.2 s, hold: 0 s, release: 0.2 s,
     wait: 0.1 s, pulses: 30}
time: {first: 0.1 s, min: 1 ms, max: 0.1 s, cycles: jump}
output: {every: 0.5 s, fields: [displacement, perfusion]}
"""

# The body moves by itself and has weight, which it settles under; a hand presses meanwhile.
BENT = """\
knead: 1
body: {kind: layered_back, size: [12 cm, 14 cm], cells: [2, 3], L5: 2 cm}
tissue:
  skin:   {law: neo_hookean, mu: 50 kPa, bulk: 500 kPa}
  fat:    {law: neo_hookean, mu: 5 kPa, bulk: 50 kPa}
  fascia: {law: neo_hookean, mu: 100 kPa, bulk: 1 MPa}
  muscle: {use: erector_spinae_relaxed}
gravity: {posture: upright}
session:
  - together:
      - {stretch: elongation, amount: 6 mm, ramp: 0.3 s, hold: 0.1 s, return: 0.2 s}
      - {hand: palm, technique: compression, at: [L4, 0 cm], press: 10 N, ramp: 0.1 s, hold: 0.2 s}
time: {first: 10 ms, min: 0.1 ms, max: 50 ms}
output: {every: 0.07 s, fields: [displacement, tension, skin_pressure]}
"""


def knead(folder, *args):
    return subprocess.run([PROGRAM, *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=WAIT)


def same(folder, n):
    """out.h5 is whole.h5, but for clocks; n: how often it was interrupted at least."""
    done = knead(folder, "compare", "whole.h5", "out.h5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not os.path.exists(folder + "/out.ckpt.h5")  # a complete run needs none
    assert not os.path.exists(folder + "/out.ckpt.h5.part")
    with h5py.File(folder + "/whole.h5") as a, h5py.File(folder + "/out.h5") as b:
        assert a.attrs["status"] == b.attrs["status"] and a.attrs["scenario_sha256"] == b.attrs["scenario_sha256"]
        np.testing.assert_array_equal(a["step"][:], b["step"][:])
        for f in (a, b):
            steps = f["VTKHDF/Steps"]
            assert steps.attrs["NSteps"] == len(f["time"]) == len(steps["NumberOfParts"]) > 2
        for view in ("fields/point/displacement", "VTKHDF/PointData/displacement", "VTKHDF/Steps/Values"):
            np.testing.assert_array_equal(a[view][:], b[view][:])
        assert set(a["frames/point/displacement"]) == set(b["frames/point/displacement"])
    assert pathlib.Path(folder, "out.xdmf").read_text().replace("out.h5", "whole.h5") == \
        pathlib.Path(folder, "whole.xdmf").read_text()
    assert n >= 1


def whole(folder, text, *more):
    pathlib.Path(folder, "s.yaml").write_text(text)
    done = knead(folder, "run", "s.yaml", "-o", "whole", *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_small_bites(folder, text, *more):
    """Interrupted after every step."""
    summary = whole(folder, text, *more)
    done = knead(folder, "run", "s.yaml", "-o", "out", *more, "--max-wall", "1e-6")
    n = 0
    while done.returncode == 6:
        n += 1
        assert "knead resume out" in done.stderr and n < 200, done.stderr
        done = knead(folder, "resume", ("out", "out.h5", "out.ckpt.h5")[n % 3], "--max-wall", "1e-6")
    assert done.returncode == 0, done.stderr
    same(folder, n)
    with h5py.File(folder + "/out.h5") as f:
        assert n == len(f["history/time"]) - 2  # one step each; the last one ends the run
    # The summary counts over all bites: everything above the times, which are clocks.
    told = [said[:said.index("of their volume at every node")].splitlines() for said in (summary, done.stdout)]
    told = [[line for line in lines if "real time" not in line] for lines in told]
    assert told[0] == told[1] and len(told[0]) > 5, told


def a_run_in_bites_of_one_step_leaves_the_same_bits(folder):
    by_small_bites(folder, BASE)


def so_does_one_with_memory_tone_and_friction(folder):
    by_small_bites(folder, RICH)


def so_does_one_with_inertia(folder):
    by_small_bites(folder, GUN)
    with h5py.File(folder + "/out.h5") as f:
        assert f.attrs["inertia"] == 1 and f["history/body/kinetic_energy"][-1] > 0
        assert np.abs(f["fields/point/velocity"][-1]).max() > 0


def so_does_one_that_jumps_over_cycles(folder):
    summary = whole(folder, PULSES)
    jumps, tried = (int(re.search(r, summary)[1]) for r in (r"jumped over in (\d+) jumps", r"\((\d+) more tried"))
    assert jumps > 1 and tried > 0, summary
    done = knead(folder, "run", "s.yaml", "-o", "out", "--max-wall", "1e-6")
    n = 0
    while done.returncode == 6:  # after every step, and after every jump
        n += 1
        assert n < 200, done.stderr
        done = knead(folder, "resume", "out", "--max-wall", "1e-6")
    assert done.returncode == 0, done.stderr
    same(folder, n)
    with h5py.File(folder + "/out.h5") as f:
        over = f["history/solver/jumped"][:]
        assert np.count_nonzero(over) == jumps and n == len(over) - 2 + jumps, (n, len(over), jumps)
        at = int(np.argmax(over))
        inside = f["history/time"][at - 1] + 0.5 * over[at]
    # In the middle of a jump: it is taken as a whole.
    assert knead(folder, "run", "s.yaml", "-o", "out", "--force", "--until", repr(float(inside))).returncode == 0
    assert state_of(folder)[0] == "interrupted"
    with h5py.File(folder + "/out.ckpt.h5") as f:
        assert f["time"][0] > inside
    assert knead(folder, "resume", "out").returncode == 0
    same(folder, 1)


def a_signal_during_the_trial_of_a_jump_changes_nothing(folder):
    whole(folder, PULSES)
    stops = 0
    command = [PROGRAM, "run", "s.yaml", "-o", "out"]
    while True:
        run = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if stops < 8:
            time.sleep(0.1 + 0.02 * stops)  # whenever: the bits must not tell
            run.send_signal(signal.SIGTERM)
        _, err = run.communicate(timeout=WAIT)
        if run.returncode == 0:
            break
        if b"knead resume out" in err:
            stops += 1
            command = [PROGRAM, "resume", "out"]
        else:  # before the program listened, or before there was a checkpoint
            assert run.returncode == -signal.SIGTERM and stops < 8, (run.returncode, err)
            time.sleep(0.1)
            if not os.path.exists(folder + "/out.ckpt.h5"):
                command = [PROGRAM, "run", "s.yaml", "-o", "out", "--force"]
    same(folder, max(stops, 1))


def so_does_one_whose_body_moves_and_has_weight(folder):
    by_small_bites(folder, BENT)
    with h5py.File(folder + "/out.h5") as f:
        work = f["history/motion/elongation/work"][:]
        assert work.max() > 0 and f["history/body/weight_work"][0] > 0


def sets_given_on_the_command_line_are_kept(folder):
    by_small_bites(folder, BASE, "--set", "session[0].press=1.7 N", "--set", "output.every=0.03 s")


def a_run_that_was_killed_goes_on_from_its_last_checkpoint(folder):
    fine = ["--set", "time.min=0.1 ms", "--set", "time.first=1 ms", "--set", "time.max=2 ms"]  # 150 steps
    whole(folder, BASE, *fine)
    kills = 0
    command = [PROGRAM, "run", "s.yaml", "-o", "out", *fine, "--checkpoint-every", "0.01 s"]
    while True:
        run = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        begun, before = time.monotonic(), stamp(folder)
        while run.poll() is None and (stamp(folder) == before or stopped_in_append(folder)):
            assert time.monotonic() - begun < WAIT
            time.sleep(0.001)
        if run.poll() is None and kills < 3:
            run.send_signal(signal.SIGKILL)
            kills += 1
        _, err = run.communicate(timeout=WAIT)
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL, err
        command = [PROGRAM, "resume", "out", "--checkpoint-every", "0.01 s"]
    same(folder, kills)


def stamp(where):
    try:
        return os.stat(where + "/out.ckpt.h5").st_ino
    except FileNotFoundError:
        return None


def stopped_in_append(where):
    """A kill during an append may lose frames (sim/out/README.md); it is not what is tried here. A file that is being
    appended to is longer than HDF5 says, because room is reserved."""
    try:
        with h5py.File(where + "/out.h5", "r", locking=False) as f:
            return f.id.get_filesize() != os.stat(where + "/out.h5").st_size
    except (OSError, TypeError):
        return True


def a_checkpoint_of_another_scenario_is_refused(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    pathlib.Path(folder, "t.yaml").write_text(BASE.replace("press: 1 N", "press: 2 N"))
    for name in ("s", "t"):
        assert knead(folder, "run", f"{name}.yaml", "--max-wall", "1e-6").returncode == 6
    os.replace(folder + "/t.ckpt.h5", folder + "/s.ckpt.h5")
    before = pathlib.Path(folder, "s.h5").read_bytes()
    done = knead(folder, "resume", "s")
    assert done.returncode == 3 and "not of the same scenario" in done.stderr, done
    assert pathlib.Path(folder, "s.h5").read_bytes() == before
    os.remove(folder + "/s.ckpt.h5")
    done = knead(folder, "resume", "s")
    assert done.returncode == 3 and "no checkpoint s.ckpt.h5" in done.stderr, done
    done = knead(folder, "run", "s.yaml", "-q", "--force")
    assert done.returncode == 0 and "nothing to go on with" in knead(folder, "resume", "s").stderr


def a_damaged_checkpoint_is_an_error_that_leaves_the_result(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    assert knead(folder, "run", "s.yaml", "--max-wall", "1e-6").returncode == 6
    before = pathlib.Path(folder, "s.h5").read_bytes()
    kept = pathlib.Path(folder, "s.ckpt.h5").read_bytes()

    def shorter(f, name):
        value = f[name][:-8]
        del f[name]
        f[name] = value
    for change in (lambda f: shorter(f, "state"), lambda f: shorter(f, "memory"), lambda f: f.pop("memory"),
                   lambda f: f.pop("counts")):
        with h5py.File(folder + "/s.ckpt.h5", "r+") as f:
            change(f)
        done = knead(folder, "resume", "s")
        assert done.returncode == 3 and done.stderr.startswith("knead: ") and "error: " in done.stderr, done
        assert pathlib.Path(folder, "s.h5").read_bytes() == before
        pathlib.Path(folder, "s.ckpt.h5").write_bytes(kept)
    pathlib.Path(folder, "s.ckpt.h5").write_bytes(kept[:len(kept) // 2])
    assert knead(folder, "resume", "s").returncode == 3
    assert pathlib.Path(folder, "s.h5").read_bytes() == before
    pathlib.Path(folder, "s.ckpt.h5").write_bytes(kept)
    assert knead(folder, "resume", "s", "-q").returncode == 0


def start(folder, *args):
    """A run or resume of out.h5 that is under way: a long one, stopped while it holds its lock."""
    running = subprocess.Popen([PROGRAM, *args, "--progress", "json"], cwd=folder, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    for line in running.stderr:
        if line.startswith(b"{"):
            break
    running.send_signal(signal.SIGSTOP)
    return running


SLOWLY = ("--set", "time.max=1 ms", "--set", "time.first=1 ms", "--set", "time.min=0.1 ms")  # 300 steps


def a_result_has_one_writer(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    assert knead(folder, "run", "s.yaml", "-o", "out", *SLOWLY, "--max-wall", "1e-6").returncode == 6
    assert not os.path.exists(folder + "/out.h5.lock")
    for args in (("resume", "out"), ("run", "s.yaml", "-o", "out", "--force", *SLOWLY)):
        running = start(folder, *args)
        try:
            before = pathlib.Path(folder, "out.h5").read_bytes(), os.listdir(folder)
            for more in (("resume", "out"), ("resume", "./out.ckpt.h5"), ("run", "s.yaml", "-o", "out"),
                         ("run", "s.yaml", "-o", "../" + os.path.basename(folder) + "/out", "--force")):
                done = knead(folder, *more)
                said = f"out.h5 is being written by another run (process {running.pid})"
                assert done.returncode == 5 and said in done.stderr, (more, done)
            assert (pathlib.Path(folder, "out.h5").read_bytes(), os.listdir(folder)) == before
            assert f"process {running.pid} is writing it" in knead(folder, "info", "out.h5").stdout
            assert json.loads(knead(folder, "info", "--json", "out.h5").stdout)["files"][0]["being_written"] is True
            assert knead(folder, "run", "s.yaml", "-q", "-o", "other", "--force").returncode == 0
        finally:
            running.kill()
            running.communicate(timeout=WAIT)
    # The lock file of a run that was killed is no lock.
    assert os.path.exists(folder + "/out.h5.lock")
    assert "the run was killed" in knead(folder, "info", "out.h5").stdout
    assert json.loads(knead(folder, "info", "--json", "out.h5").stdout)["files"][0]["being_written"] is False
    assert knead(folder, "run", "s.yaml", "-q", "-o", "out", "--force").returncode == 0
    assert not os.path.exists(folder + "/out.h5.lock")
    assert "killed" not in knead(folder, "info", "out.h5").stdout


def refused(folder, name, code, said, *args):
    """resume NAME fails with that, and changes nothing."""
    before = {p: pathlib.Path(folder, p).read_bytes() for p in os.listdir(folder)}
    done = knead(folder, "resume", name, *args)
    assert done.returncode == code and said in done.stderr, done
    assert {p: pathlib.Path(folder, p).read_bytes() for p in os.listdir(folder)} == before
    return done.stderr


def state_of(where):
    with h5py.File(where + "/out.h5") as f:
        return f.attrs["status"], f.attrs["status_message"], f["history/time"][-1]


def a_run_up_to_a_time_can_be_resumed(folder):
    whole(folder, BASE)
    done = knead(folder, "run", "s.yaml", "-o", "out", "--until", "0.12")
    assert done.returncode == 0 and "stopped by --until" in done.stderr and "knead resume out" in done.stderr, done
    status, message, t = state_of(folder)
    assert status == "interrupted" and message.startswith("stopped by --until at t = 0.1") and 0.12 <= t < 0.2
    said = refused(folder, "out", 2, "is not beyond the checkpoint", "--until", "0.1 s")
    assert "nothing was done" in said, said
    refused(folder, "out", 2, "is not beyond the checkpoint", "--until", repr(float(t)))  # where it stands
    done = knead(folder, "resume", "out", "--until", "0.22")
    assert done.returncode == 0 and "stopped by --until" in done.stderr and "to t = 0.22 s" in done.stderr, done
    status, _, t = state_of(folder)
    assert status == "interrupted" and 0.22 <= t < 0.3
    done = knead(folder, "resume", "out")  # to the end, whatever --until there was before
    assert done.returncode == 0 and "stopped" not in done.stderr and "to t = 0.3 s" in done.stderr, done
    same(folder, 2)
    assert knead(folder, "run", "s.yaml", "-o", "out", "--force", "--until", "0.3").returncode == 0
    same(folder, 1)  # the end is the end


def an_interrupted_run_up_to_a_time_goes_on_to_the_end(folder):
    whole(folder, BASE)
    assert knead(folder, "run", "s.yaml", "-o", "out", "--until", "0.12", "--max-wall", "1e-6").returncode == 6
    done = knead(folder, "resume", "out")
    assert done.returncode == 0 and "to t = 0.3 s" in done.stderr, done
    same(folder, 1)


GMSH = BASE.replace("""\
  kind: block
  size: [10 cm, 8 cm]
  cells: [2, 2]
  layers: [{name: gel, thickness: 3 cm, cells: 1}]
""", "  {kind: gmsh_body, file: gel.msh, unit: 1 mm}\n")


def write_mesh(folder, middle=0.0, name="gel.msh"):
    """2 x 2 x 1 cells of 8 nodes, 100 x 80 x 30 mm; middle: how far the node in the middle of the skin is moved, mm."""
    nodes = [(x, y, z) for z in (0, 30) for y in (-40, 0, 40) for x in (-50, 0, 50)]
    at = {p: i + 1 for i, p in enumerate(nodes)}
    corner = ((0, 0), (50, 0), (50, 40), (0, 40))
    cells = [[at[x + dx, y + dy, z] for z in (0, 30) for dx, dy in corner] for y in (-40, 0) for x in (-50, 0)]
    lines = ["$MeshFormat", "4.1 0 8", "$EndMeshFormat", "$PhysicalNames", "2", '2 5 "skin"', '3 7 "gel"',
             "$EndPhysicalNames", "$Entities", "0 0 1 1", "9 -50 -40 30 50 40 30 1 5 0", "1 -50 -40 0 50 40 30 1 7 0",
             "$EndEntities", "$Nodes", "1 18 1 18", "3 1 0 18", *map(str, range(1, 19))]
    lines += [f"{x} {y} {z + middle * ((x, y, z) == (0, 0, 30))!r}" for x, y, z in nodes]
    lines += ["$EndNodes", "$Elements", "2 8 1 8", "2 9 3 4"]
    lines += [f"{i + 1} " + " ".join(map(str, c[4:])) for i, c in enumerate(cells)] + ["3 1 5 4"]
    lines += [f"{i + 5} " + " ".join(map(str, c)) for i, c in enumerate(cells)] + ["$EndElements", ""]
    pathlib.Path(folder, name).write_text("\n".join(lines))


def a_mesh_from_elsewhere_has_no_motion_but_grips(folder):
    write_mesh(folder)
    pathlib.Path(folder, "s.yaml").write_text(GMSH)
    said = knead(folder, "check", "s.yaml", "--set", "session=[{stretch: elongation, amount: 1 mm}]")
    assert said.returncode == 3 and "it has none, a grip moves a face of any body: {grip:" in said.stderr, said
    grip = said.stderr.split("any body: ")[1].split("}")[0] + "}"
    said = knead(folder, "check", "s.yaml", "--set", f"session=[{grip.replace('NAME', 'pull')}]")
    assert said.returncode == 0, said.stderr


def another_mesh_is_refused(folder):
    assert "gmsh_body" in GMSH
    write_mesh(folder)
    whole(folder, GMSH)
    assert knead(folder, "run", "s.yaml", "-o", "out", "--max-wall", "1e-6").returncode == 6
    write_mesh(folder, 1e-3)  # 1 um in one coordinate of one node
    refused(folder, "out", 3, "its mesh has changed")
    pathlib.Path(folder, "gel.msh").write_text("no mesh\n")
    said = refused(folder, "out", 3, "out.h5:/scenario/resolved:")  # why it cannot be built, in the reader's words
    assert "gel.msh" in said and "cannot be built again" in said and "1 error" not in said, said
    os.remove(folder + "/gel.msh")
    assert "cannot be opened" in refused(folder, "out", 3, "gel.msh")
    write_mesh(folder)
    assert knead(folder, "resume", "out").returncode == 0
    same(folder, 1)


def a_checkpoint_of_other_set_values_is_refused(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    for name, press in (("out", "1 N"), ("b", "2 N")):
        assert knead(folder, "run", "s.yaml", "-o", name, "--set", f"session[0].press={press}", "--max-wall",
                     "1e-6").returncode == 6
    os.replace(folder + "/b.ckpt.h5", folder + "/out.ckpt.h5")
    refused(folder, "out", 3, "their --set values differ")


def a_result_that_is_shorter_than_its_checkpoint_says_is_not_cut(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    assert knead(folder, "run", "s.yaml", "-o", "out", "--until", "0.12").returncode == 0
    kept = pathlib.Path(folder, "out.h5").read_bytes()
    for path in ("time", "history/time", "history/hand/ball/force", "VTKHDF/Steps/PointDataOffsets/displacement"):
        with h5py.File(folder + "/out.h5", "r+") as f:
            f[path].resize(1, axis=0)
        refused(folder, "out", 3, f"/{path} is shorter than its checkpoint says")
        pathlib.Path(folder, "out.h5").write_bytes(kept)
    assert knead(folder, "resume", "out").returncode == 0


def a_flipped_bit_in_the_checkpoint_is_found(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    assert knead(folder, "run", "s.yaml", "-o", "out", "--max-wall", "1e-6").returncode == 6
    kept = pathlib.Path(folder, "out.ckpt.h5").read_bytes()
    for name in ("state", "memory", "scenario", "counts", "time", "mesh_sha256", "scenario_sha256", "version"):
        with h5py.File(folder + "/out.ckpt.h5") as f:
            chunk = f[name].id.get_chunk_info(0)
        at = chunk.byte_offset + chunk.size // 2
        spoiled = bytearray(kept)
        spoiled[at] ^= 1
        pathlib.Path(folder, "out.ckpt.h5").write_bytes(spoiled)
        refused(folder, "out", 3, f"/{name} cannot be read; the file is damaged")
    pathlib.Path(folder, "out.ckpt.h5").write_bytes(kept)
    assert knead(folder, "resume", "out", "-q").returncode == 0


def what_only_has_the_name_of_a_checkpoint_is_kept(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    for args in (["-o", "a.ckpt"], ["-o", "a.ckpt.h5"], ["-o", "a.ckpt", "--dry-run"]):
        done = knead(folder, "run", "s.yaml", *args)
        assert done.returncode == 2 and "would be taken for a checkpoint" in done.stderr, done
    os.link(folder + "/s.yaml", folder + "/b.ckpt.yaml")
    assert knead(folder, "run", "b.ckpt.yaml").returncode == 2
    assert knead(folder, "run", "s.yaml", "-q", "-o", "b").returncode == 0
    for make in (lambda: os.rename(folder + "/b.h5", folder + "/a.ckpt.h5"),  # a result
                 lambda: pathlib.Path(folder, "a.ckpt.h5").write_text("mine\n")):
        make()
        before = pathlib.Path(folder, "a.ckpt.h5").read_bytes()
        for force in ([], ["--force"]):
            done = knead(folder, "run", "s.yaml", "-o", "a", *force)
            assert done.returncode == 2 and "a.ckpt.h5 is no checkpoint" in done.stderr, done
            assert pathlib.Path(folder, "a.ckpt.h5").read_bytes() == before and not os.path.exists(folder + "/a.h5")
    # Put there while the run is under way.
    os.remove(folder + "/a.ckpt.h5")
    running = start(folder, "run", "s.yaml", "-o", "a", *SLOWLY)
    pathlib.Path(folder, "a.ckpt.h5").write_text("mine\n")
    running.send_signal(signal.SIGCONT)
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=WAIT)
    assert running.returncode == 2 and b"a.ckpt.h5 is no checkpoint" in err, (running.returncode, err)
    assert pathlib.Path(folder, "a.ckpt.h5").read_text() == "mine\n"


def a_run_that_was_killed_without_a_checkpoint_says_so(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    running = start(folder, "run", "s.yaml", "-o", "out", *SLOWLY)
    running.kill()
    running.communicate(timeout=WAIT)
    os.remove(folder + "/out.h5.lock")
    said = refused(folder, "out", 3, "there is no checkpoint out.ckpt.h5")
    assert "was killed before it wrote one" in said and "run the scenario again" in said, said


def the_rate_that_is_shown_counts_from_the_restart(folder):
    pathlib.Path(folder, "s.yaml").write_text(BASE)
    assert knead(folder, "run", "s.yaml", "-o", "out", "-q", *SLOWLY, "--until", "0.27").returncode == 0
    begun = time.monotonic()
    done = knead(folder, "resume", "out", "--progress", "lines")
    wall = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    rate = float(re.findall(r"([0-9.e+-]+)x real time", done.stderr)[-1])
    # 0.03 s were simulated here, in no more than `wall`. Counted from 0 the rate would be at least 0.3 s / wall; half of
    # that leaves room for the share of the wall time that is no stepping.
    assert 0 < rate < 0.15 / wall, (rate, wall)


if __name__ == "__main__":
    cases.needs_program()
    cases.run(cases.cases(globals(), "folder"), tempfile.TemporaryDirectory)
