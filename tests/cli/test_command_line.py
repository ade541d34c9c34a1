#!/usr/bin/env python3
"""What the program says and does when the input is right: exit codes, standard output, results, signals.

KNEAD_PROGRAM is the program; its wrong inputs are in test_bad_inputs.py, whose base scenario is run here.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

import cases
import h5py

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_bad_inputs import BACK, BASE, PROGRAM, STACK  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("KNEAD_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
WAIT = 300  # s: a sanitized program on a busy machine; an idle one needs 2
LONG = ["--set", "time.min=0.1 ms", "--set", "time.first=1 ms", "--set", "time.max=1 ms"]  # 300 steps, to be stopped


def knead(folder, *args, **more):
    return subprocess.run([PROGRAM, *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=WAIT, **more)


def begin(where):
    pathlib.Path(where, "base.yaml").write_text(BASE)


def a_run_ends_with_a_summary_and_a_complete_result(folder):
    done = knead(folder, "run", "base.yaml", "-o", "out", "--set", "session[0].press=2 N", "--threads", "1")
    assert done.returncode == 0, done.stderr
    for words in ("a block under a ball: complete", "ball", "gel", "Newton", "out.h5", "time went to"):
        assert words in done.stdout, words
    assert "226 unknowns, 1 thread" in done.stderr
    with h5py.File(folder + "/out.h5") as f:
        assert f.attrs["status"] in ("complete", b"complete")
        resolved = f["scenario/resolved"][()].decode()
        assert f["scenario/source"][()].decode() == BASE
        line = f.attrs["command_line"]
        assert "'session[0].press=2 N'" in (line.decode() if isinstance(line, bytes) else line)
        assert [s.decode() for s in f["scenario/overrides"][:]] == ["session[0].press=2 N"]
        # 2 N were asked for; the contract of force control is 1 %.
        pressed = abs(f["history/hand/ball/force"][:, 2]).max()
        assert abs(pressed - 2) < 0.02, pressed
    assert "press: 2 N" in resolved
    pathlib.Path(folder, "again.yaml").write_text(resolved)
    assert knead(folder, "check", "again.yaml").returncode == 0


def json_is_one_document_with_the_report(folder):
    done = knead(folder, "run", "base.yaml", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and answer["ok"] and answer["exit"] == 0 and answer["errors"] == []
    assert answer["result"] == "base.h5" and answer["report"]["status"] == "complete"
    # The palm's summary and the file tell the same story; 1 N within force control's 1 %.
    assert abs(answer["report"]["hands"]["ball"]["force_max_N"] - 1) < 0.01
    info = json.loads(knead(folder, "info", "base.h5", "base.yaml", "--json").stdout)
    assert info["ok"] and len(info["files"]) == 2
    checked = json.loads(knead(folder, "check", "base.yaml", "--json").stdout)
    assert checked["scenarios"][0]["unknowns"] == 226
    version = json.loads(knead(folder, "--version", "--json").stdout)
    assert version["version"] and version["compiler"]


def a_dry_run_and_check_print_the_plan_and_write_nothing(folder):
    for args in (["run", "base.yaml", "--dry-run"], ["check", "base.yaml"], ["validate", "base.yaml"],
                 ["info", "base.yaml"]):
        done = knead(folder, *args)
        assert done.returncode == 0, done.stderr
        for words in ("226 unknowns", "compression by ball", "mechanics -> perfusion", "quality", "probes", "assumed"):
            assert words in done.stdout, (args, words)
    assert os.listdir(folder) == ["base.yaml"]


def quiet_says_nothing(folder):
    done = knead(folder, "run", "base.yaml", "-q", "--until", "0.02")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done


def until_stops_after_the_step_that_reaches_it(folder):
    done = knead(folder, "run", "base.yaml", "--until", "0.15 s", "--progress", "json")
    assert done.returncode == 0, done.stderr
    steps = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert steps[-1]["t"] >= 0.15 - 1e-9 > steps[-1]["t"] - steps[-1]["dt"], steps[-1]
    with h5py.File(folder + "/base.h5") as f:
        assert f["history/time"][-1] < 0.3


def standard_input_is_a_scenario(folder):
    done = knead(folder, "check", "-", input=BASE)
    assert done.returncode == 0 and "a block under a ball" in done.stdout, done.stderr


def max_wall_stops_with_6_and_keeps_the_frames(folder):
    done = knead(folder, "run", "base.yaml", *LONG, "--max-wall", "0.001")
    assert done.returncode == 6, (done.returncode, done.stderr)
    assert "stopped by --max-wall" in done.stderr
    with h5py.File(folder + "/base.h5") as f:
        assert f.attrs["status"] in ("interrupted", b"interrupted")
        assert len(f["time"]) >= 1


def stop_by(folder, number, code, hangup=signal.SIG_DFL):
    run = subprocess.Popen([PROGRAM, "run", "base.yaml", *LONG, "-v", "--progress", "none"], cwd=folder,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           preexec_fn=lambda: signal.signal(signal.SIGHUP, hangup))
    line = run.stderr.readline()
    while line and not line.startswith("step"):
        line = run.stderr.readline()
    if hangup == signal.SIG_IGN:
        run.send_signal(signal.SIGHUP)
        for _ in range(3):
            line = run.stderr.readline()
            assert line.startswith("step"), line
    run.send_signal(number)
    if number == signal.SIGHUP:
        run.send_signal(number)  # a closing terminal may say it twice
    out, err = run.communicate(timeout=WAIT)
    assert run.returncode == code, (run.returncode, err)
    assert "interrupted at t =" in err and "status is 'interrupted'" in err, err
    with h5py.File(folder + "/base.h5") as f:
        assert f.attrs["status"] in ("interrupted", b"interrupted")
        n = len(f["time"])
        assert n >= 1 and f["fields/point/displacement"].shape[0] == n
    assert "interrupted" in out


def ctrl_c_finishes_the_step_and_exits_130(folder):
    stop_by(folder, signal.SIGINT, 130)


def sigterm_finishes_the_step_and_exits_143(folder):
    stop_by(folder, signal.SIGTERM, 143)


def a_terminal_that_goes_away_is_like_sigterm(folder):
    stop_by(folder, signal.SIGHUP, 143)
    assert os.path.exists(folder + "/base.ckpt.h5")


def nohup_is_heeded(folder):
    stop_by(folder, signal.SIGTERM, 143, signal.SIG_IGN)


def a_failed_solve_exits_4_and_says_when_during_what_and_what_next(folder):
    done = knead(folder, "run", "base.yaml", "--json", "--set", "time.max_newton=1", "--set", "time.min=5 ms")
    answer = json.loads(done.stdout)
    assert done.returncode == answer["exit"] == 4 and not answer["ok"], done.stderr
    for words in ("at t = ", "during compression by ball", "try a "):
        assert words in done.stderr and words in answer["errors"][0]["message"], done.stderr
    assert answer["report"]["status"] == "failed"
    with h5py.File(folder + "/base.h5") as f:
        assert f.attrs["status"] in ("failed", b"failed")


def a_result_that_cannot_grow_exits_5(folder):
    if os.environ.get("KNEAD_SANITIZE") == "thread":
        return  # the limit meets the thread sanitizer's own memory file: it dies of SIGBUS before our code runs
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (60000, 60000))  # bytes; the mesh alone takes more
    done = knead(folder, "run", "base.yaml", preexec_fn=limit)
    assert done.returncode == 5 and "base.h5" in done.stderr, (done.returncode, done.stderr)


def colour_is_for_terminals_unless_it_is_asked_for(folder):
    assert "\x1b[" not in knead(folder, "check", "none.yaml").stderr
    assert "\x1b[" in knead(folder, "check", "none.yaml", "--color=always").stderr
    assert "\x1b[" not in knead(folder, "check", "none.yaml", "--color", "never").stderr


def the_log_has_all_messages_also_with_quiet(folder):
    knead(folder, "run", "base.yaml", "-q", "--until", "0.02", "--log", "log.txt")
    assert "226 unknowns" in pathlib.Path(folder, "log.txt").read_text()


def bench_hands_its_arguments_to_the_runner_beside_the_program(folder):
    done = knead(folder, "bench", "kernels", "--tiny", "--threads", "1", "--csv", "b.csv")
    assert done.returncode == 0 and "apply_double" in done.stdout and not done.stderr, done.stderr
    assert "apply_double" in pathlib.Path(folder, "b.csv").read_text()
    assert knead(folder, "bench", "no_such_case").returncode == 2
    listed = knead(folder, "bench", "--", "--help")
    assert listed.returncode == 0 and listed.stdout.startswith("usage: knead_bench"), listed.stdout
    alone = pathlib.Path(folder, "knead")
    shutil.copy(PROGRAM, alone)
    done = subprocess.run([alone, "bench"], cwd=folder, capture_output=True, text=True, timeout=WAIT)
    assert (done.returncode, done.stdout) == (3, ""), done
    assert f"no knead_bench in {os.path.realpath(folder)}" in done.stderr and "cmake" in done.stderr, done.stderr


def help_is_for_every_command_and_goes_to_standard_output(folder):
    listed = knead(folder, "help").stdout
    for command in ("run", "resume", "check", "info", "compare", "export", "list", "explain", "schema", "bench", "new",
                    "completion", "help"):
        assert f"\n  {command} " in listed, command
        done = knead(folder, command, "--help")
        assert done.returncode == 0 and done.stdout.startswith(f"usage: knead {command}") and not done.stderr
        assert knead(folder, "help", command).stdout == done.stdout


def a_run_on_a_mesh_too_coarse_for_its_hand_says_so(folder):
    text = BACK.replace("cells: [2, 2]", "cells: [3, 3], resolution: draft").replace(
        "{hand: palm, technique: effleurage, from: L5, to: L4, press: 10 N}",
        "{hand: thumb, technique: cross_fibre, at: L4, press: 20 N}") + "time: {min: 1 ms}\n"
    pathlib.Path(folder, "coarse.yaml").write_text(text)
    done = knead(folder, "run", "coarse.yaml")
    assert done.returncode == 4 and "during cross_fibre by thumb" in done.stderr, done
    assert re.search("thumb meets only [012] points? of the skin: try smaller elements than 'resolution: draft'",
                     done.stderr), done.stderr


def check_tells_of_the_arm_of_a_hand_that_has_one(folder):
    pathlib.Path(folder, "a.yaml").write_text(BASE)
    assert "arm" not in knead(folder, "check", "a.yaml").stdout
    said = knead(folder, "check", "a.yaml", "--set", "hands.ball.arm={stiffness: 2 N/mm, damping: 10 N s/m}").stdout
    assert "ball: sphere, friction 0.1, arm of 2 N/mm and 10 N s/m that follows in 0.5 s" in said, said
    said = [knead(folder, "check", "a.yaml", "--json", "--set", f"hands.ball.arm={arm}").stdout
            for arm in ("{}", "{sideways: 2 N/mm, sideways_damping: 10 N s/m}")]
    few, more = (int(re.search(r'"unknowns": ?(\d+)', text)[1]) for text in said)
    assert more == few + 2, (few, more)
    said = knead(folder, "check", "a.yaml", "--set", "hands.ball.arm={sideways: 2 N/mm}").stdout
    assert "ball: sphere, friction 0.1, arm of 2 N/mm and 0 N s/m sideways" in said, said


def check_tells_which_hand_rests_on_which(folder):
    pathlib.Path(folder, "stack.yaml").write_text(STACK)  # what wrong ones are made of is right
    said = knead(folder, "check", "stack.yaml").stdout
    assert "upper: sphere, friction 0.1, rests on ball" in said, said


def check_tells_of_frames_that_make_cycles_unlike(folder):
    """Pulses of 0.4 s from 0 or from 0.3 s on: which frames come at the same moments of each."""
    pulses = "technique: compression, wait: 0.1 s, pulses: 9"
    text = BASE.replace("technique: compression", pulses)
    assert text != BASE
    late = text.replace("session:\n", "session:\n  - {rest: 0.3 s}\n")
    pathlib.Path(folder, "c.yaml").write_text(text)
    pathlib.Path(folder, "late.yaml").write_text(late)
    for file, every, better in (("c", "0.4", None), ("c", "0.2", None), ("c", "0.8", None), ("c", "0.3", "0.4"),
                                ("c", "0.15", "0.2"), ("c", "0.9", "0.8"), ("late", "0.2", None),
                                ("late", "0.8", "0.4")):
        sets = ["--set", f"output.every={every} s"]
        assert "frames every" not in knead(folder, "check", f"{file}.yaml", *sets).stdout
        said = knead(folder, "check", f"{file}.yaml", *sets, "--set", "time.cycles=jump")
        assert said.returncode == 0, said
        advice = f"not so with `output: {{every: {better} s}}`"
        assert ("frames every" in said.stdout) == bool(better) and (not better or advice in said.stdout), said


def help_and_completion_name_every_list(folder):
    there_are = knead(folder, "list", "nothing").stderr.split("there are: ")[1].split("\n")[0].split(", ")
    assert "motions" in there_are and "fields" in there_are, there_are
    usage = knead(folder, "list", "--help").stdout.split("\n")[0]
    offered = next(line for line in knead(folder, "completion", "bash").stdout.split("\n")
                   if "(list) _knead_words" in line and "--" not in line)
    for name in there_are:
        assert name in re.split(r"[{|}]", usage) and name in re.split(r"[ ;]", offered), (name, usage, offered)


def every_row_of_every_list_can_be_explained(folder):
    for kind in ("techniques", "materials", "bodies", "hands", "physiology", "motions", "tissues"):
        rows = json.loads(knead(folder, "list", kind, "--json").stdout)[kind]
        assert rows, kind
        for row in rows:
            done = knead(folder, "explain", row["name"])
            assert done.returncode == 0 and row["doc"] in done.stdout, row
    fields = {row["name"] for row in json.loads(knead(folder, "list", "fields", "--json").stdout)["fields"]}
    assert {"displacement", "tension", "perfusion", "pressure", "skin_pressure"} <= fields
    for key in ("session[0].press", "tissue.gel.mu", "time.max", "body.layers[0].thickness", "press",
                "compression.press"):
        done = knead(folder, "explain", key)
        assert done.returncode == 0 and key.split(".")[-1] in done.stdout, key
    # A word that begins a section is no name of a tissue.
    said = knead(folder, "explain", "session[].stretch").stdout
    assert "motion of the body" in said and "tissue" not in said, said
    assert "tissue.NAME.stretch" in knead(folder, "explain", "tissue.gel.stretch").stdout
    one = json.loads(knead(folder, "explain", "time.max", "--json").stdout)["keys"]
    assert len(one) == 1 and one[0]["unit"] == "s" and one[0]["default"] == "0.1 s"


def every_section_can_be_explained(folder):
    for section, words in (("nodules", "nodules.NAME.stiffness"), ("nodules.NAME", "nodules.NAME.stiffness"),
                           ("probes", "probes.NAME.depth"), ("time", "time.max_newton"), ("output", "output.every"),
                           ("session", "session[].rest"), ("body", "layered_back"), ("hands", "hands.NAME.friction"),
                           ("tissue", "tissue.NAME.law"), ("physiology", "physiology.perfusion.skin.time"),
                           ("mechanics", "mechanics")):
        done = knead(folder, "explain", section)
        assert done.returncode == 0 and words in done.stdout, (section, done)
        done = knead(folder, "explain", section, "--json")
        assert done.returncode == 0 and (json.loads(done.stdout)["keys"] or section == "mechanics"), (section, done)
    assert "effleurage.from" not in knead(folder, "explain", "nodules").stdout
    assert knead(folder, "explain", "nodule").returncode == 2


def an_example_in_a_message_is_one_that_passes(folder):
    said = knead(folder, "explain", "terms").stdout
    assert "for example [[0.5, 2 s]]" in said, said
    text = BASE.replace("{law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}",
                        "{law: prony, terms: TERMS, base: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}}")
    pathlib.Path(folder, "p.yaml").write_text(text.replace("TERMS", "2"))
    done = knead(folder, "check", "p.yaml")
    assert done.returncode == 3 and "[[0.5, 2 s]]" in done.stderr, done.stderr
    pathlib.Path(folder, "p.yaml").write_text(text.replace("TERMS", "[[0.5, 2 s]]"))
    assert knead(folder, "check", "p.yaml").returncode == 0


def a_tissue_is_explained_number_by_number_with_mark_and_source(folder):
    for asked in ("taut_band", "tissue.taut_band"):
        done = knead(folder, "explain", asked)
        assert done.returncode == 0 and "derived: half of 11.5 kPa, taut bands of trapezius" in done.stdout, done.stdout
    answer = json.loads(knead(folder, "explain", "taut_band", "--json").stdout)
    keys = {row["key"]: row for row in answer["keys"]}
    assert answer["tissue"] == "taut_band" and answer["assumed"] is True and answer["law"]
    assert keys["perfusion"]["value"].startswith("3.7 ml/min") and keys["perfusion"]["mark"] == "assumed", keys
    assert all(row["mark"] in ("", "measured", "derived", "assumed", "default") for row in keys.values())
    assert "did you mean 'fat_lean'" in knead(folder, "explain", "fat_leen").stderr


OWN = """\
law: neo_hookean
mu: {value: 10 kPa, mark: measured, source: "this test"}
bulk: 100 kPa
"""
GEL = "gel: {law: neo_hookean, mu: 10 kPa, bulk: 100 kPa}"


def the_result_holds_every_text_that_was_used_and_a_hash_over_all(folder):
    text = BASE.replace(GEL, "gel: {use: own.yaml}")
    pathlib.Path(folder, "own.yaml").write_text(OWN)
    pathlib.Path(folder, "base.yaml").write_text(text)
    checked = knead(folder, "check", "base.yaml")
    assert checked.returncode == 0 and "uses      own.yaml" in checked.stdout, checked.stdout + checked.stderr
    assert knead(folder, "run", "base.yaml", "-q", "--until", "0.02").returncode == 0
    lines = "".join(hashlib.sha256(t.encode()).hexdigest() + "\n" for t in (text, OWN))
    with h5py.File(folder + "/base.h5") as f:
        assert [s.decode() for s in f["scenario/used_names"][:]] == ["own.yaml"]
        assert [s.decode() for s in f["scenario/used_texts"][:]] == [OWN]
        kept = f.attrs["scenario_sha256"]
        assert (kept.decode() if isinstance(kept, bytes) else kept) == hashlib.sha256(lines.encode()).hexdigest()
        resolved = f["scenario/resolved"][()].decode()
    assert "use:" not in resolved and "mu: 10000 Pa" in resolved  # runs again without the file


def the_schema_is_json_and_knows_every_section(folder):
    schema = json.loads(knead(folder, "schema").stdout)
    for section in ("knead", "title", "body", "tissue", "hands", "physiology", "session", "probes", "time", "output"):
        assert section in schema["properties"], section
    try:
        import jsonschema
        import yaml
    except ImportError:
        return  # the rest needs both
    for text in [BASE] + [p.read_text() for p in sorted(SOURCE.rglob("scenarios/**/*.yaml"))]:
        jsonschema.validate(yaml.safe_load(text), schema)
    for tissue, fine in (({"use": "fat_lean", "mu": "2 kPa"}, True), ({"use": "own.yaml"}, True), ({"use": "fat"}, False)):
        wanted = dict(yaml.safe_load(BASE), tissue={"gel": tissue})
        assert (list(jsonschema.Draft7Validator(schema).iter_errors(wanted)) == []) == fine, tissue


def the_scenarios_of_the_repository_pass_check(folder):
    files = sorted(str(p) for p in SOURCE.rglob("scenarios/**/*.yaml"))
    assert files
    done = knead(folder, "check", *files)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": fine") == len(files)


@contextlib.contextmanager
def prepared():
    with tempfile.TemporaryDirectory() as folder:
        begin(folder)
        yield folder


if __name__ == "__main__":
    cases.needs_program()
    cases.run(cases.cases(globals(), "folder"), prepared)
