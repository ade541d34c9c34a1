#!/usr/bin/env python3
"""The five programmes and the studies are what their README says: sizes, lengths, and every change a study makes is one
its scenario takes. Nothing is run but a moment of one programme: regress/ runs them.

KNEAD_PROGRAM is the program, KNEAD_SOURCE_DIR the project.
"""
import csv
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

import cases

ROOT = pathlib.Path(cases.SOURCE).resolve()
WAIT = 300  # s: a sanitized program on a busy machine; an idle one needs less than 2


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check(folder, file, *sets):
    line = [cases.PROGRAM, "check", "--json", str(file)]
    for pair in sets:
        line += ["--set", pair]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=WAIT)
    assert done.returncode == 0, f"{file} {sets}: {done.stdout} {done.stderr}"
    return json.loads(done.stdout)["scenarios"][0]


def programmes_last_minutes_on_sixty_thousand_unknowns_or_five_as_a_draft(folder):
    names = load(ROOT / "bench" / "programmes.py").NAMES
    assert len(names) == 5
    for name in names:
        file = ROOT / "scenarios" / f"{name}.yaml"
        plan, draft, fine = (check(folder, file, f"body.resolution={r}") for r in ("default", "draft", "fine"))
        assert 60 <= plan["end_s"] <= 300, f"{name} lasts {plan['end_s']} s"
        assert abs(plan["unknowns"] / 60e3 - 1) < 0.1, f"{name}: {plan['unknowns']}"
        assert abs(draft["unknowns"] / 5e3 - 1) < 0.1, f"{name}: {draft['unknowns']}"
        assert fine["elements"] == 4 * plan["elements"], f"{name}: {fine['elements']}"
        assert [draft["resolution"], plan["resolution"], fine["resolution"]] == ["draft", "default", "fine"]
        assert draft["end_s"] == plan["end_s"] and len(draft["session"]) == len(plan["session"])


def the_excerpt_is_five_seconds_on_a_mesh_twice_as_fine(folder):
    excerpt = load(ROOT / "bench" / "programmes.py").EXCERPT
    plan = check(folder, ROOT / "scenarios" / "swedish.yaml", *excerpt)
    assert abs(plan["end_s"] - 5) < 0.05 and plan["resolution"] == "fine" and plan["unknowns"] > 240e3, plan


def studies_take_what_their_tool_sets(folder):
    study = load(ROOT / "tools" / "study.py")
    files = {p.stem for p in study.FOLDER.glob("*.yaml")}
    assert files == {scenario for scenario, _, _ in study.SWEEPS.values()} | {"same_work"}, files
    for scenario, _, values in study.SWEEPS.values():
        for _, pair in values:
            check(folder, study.FOLDER / f"{scenario}.yaml", "body.resolution=draft", pair)
    for technique, (keys, press) in study.TECHNIQUES.items():
        plan = check(folder, study.FOLDER / "same_work.yaml", "body.resolution=draft",
                     f"session=[{{hand: heel, technique: {technique}, {keys}, press: {press} N}}]")
        assert [e["technique"] for e in plan["session"]] == [technique]


def the_bench_says_what_a_run_took(folder):
    table = pathlib.Path(folder, "table.csv")
    line = [sys.executable, ROOT / "bench" / "programmes.py", "--program", cases.PROGRAM, "--resolution", "draft",
            "--threads", "1", "--until", "0.02", "--csv", table, "trigger_point"]
    for _ in range(2):  # a second run is appended
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=WAIT)
        assert done.returncode == 0, done.stdout + done.stderr
    with open(table, newline="") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == 2 and rows[0]["programme"] == "trigger_point" and rows[0]["resolution"] == "draft", rows
    assert int(rows[0]["steps"]) >= 1 and int(rows[0]["newton"]) >= 1 and int(rows[0]["unknowns"]) > 5000, rows
    assert float(rows[0]["simulated_s"]) >= 0.02 and float(rows[0]["force_error"]) <= 1e-3, rows
    assert rows[0]["newton"] == rows[1]["newton"], "the same run"


if __name__ == "__main__":
    cases.needs_program()
    cases.run(cases.cases(globals(), "folder"), tempfile.TemporaryDirectory)
