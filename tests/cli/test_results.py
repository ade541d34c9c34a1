#!/usr/bin/env python3
"""`knead compare` and `knead export` against what h5py, numpy and meshio say of the same files.

KNEAD_PROGRAM is the program. One small run is made; its copies are spoiled by known amounts.
"""
import contextlib
import csv
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import cases
import h5py
import meshio
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_bad_inputs import BASE, PROGRAM  # noqa: E402

WAIT = 300  # s: a sanitized program on a busy machine; an idle one needs less than 1
FIELD, FRAME, NODE = "point/displacement", 2, 5


def knead(folder, *args):
    return subprocess.run([PROGRAM, *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=WAIT)


def compared(folder, *args, code):
    """The document of `compare`, its rows by name."""
    done = knead(folder, "compare", "--json", *args)
    assert done.returncode == code, (done.returncode, done.stderr)
    answer = json.loads(done.stdout)
    assert answer["exit"] == code and answer.get("equal", False) == (code == 0)
    return answer, {row["path"]: row for row in answer.get("datasets", [])}


def spoiled(folder, change, name="b.h5"):
    shutil.copy(folder + "/a.h5", f"{folder}/{name}")
    with h5py.File(f"{folder}/{name}", "r+") as f:
        change(f)


def add(path, at, by):
    def change(f):
        f[path][at] = f[path][at] + by
    return change


# ---- compare --------------------------------------------------------------------------------------------------------
def two_runs_of_one_scenario_are_the_same_bits(folder):
    assert knead(folder, "run", "base.yaml", "-q", "-o", "again").returncode == 0
    answer, rows = compared(folder, "a.h5", "again.h5", code=0)
    assert answer["same_scenario"] and answer["same_resolved"] and answer["nodes"] == 75 and answer["cells"] == 4
    with h5py.File(folder + "/a.h5") as f:
        names = ["history/" + n for n in _datasets(f["history"]) if n != "time"]
        names += ["point/" + n for n in f["frames/point"]] + ["cell/" + n for n in f["frames/cell"]]
        assert set(names) <= set(rows), set(names) - set(rows)
    assert rows["history/solver/wall_s"]["kind"] == "clock"
    assert all(row["unlike"] == 0 for row in rows.values() if row["kind"] == "values")
    plain = knead(folder, "compare", "a.h5", "again.h5")
    assert plain.returncode == 0 and "the same bits" in plain.stdout and not plain.stderr
    quiet = knead(folder, "compare", "a.h5", "again.h5", "-q")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def a_result_may_be_named_without_its_ending(folder):
    os.mkdir(folder + "/a")  # a folder of that name is no result
    try:
        assert knead(folder, "compare", "a", "a.h5").returncode == 0
        assert knead(folder, "info", "a").stdout == knead(folder, "info", "a.h5").stdout != ""
        table = knead(folder, "export", "a", "--csv", "hand/ball")
        assert table.returncode == 0 and table.stdout == knead(folder, "export", "a.h5", "--csv", "hand/ball").stdout
        done = knead(folder, "info", "nothing")
        assert done.returncode == 3 and "nothing" in done.stderr and "nothing.h5" not in done.stderr, done
    finally:
        os.rmdir(folder + "/a")


def a_reader_that_has_seen_enough_is_no_failure(folder):
    fine = ["--set", "time.max=0.1 ms", "--set", "time.first=0.1 ms", "--set", "time.min=0.01 ms", "--until", "0.02"]
    assert knead(folder, "run", "base.yaml", "-q", "-o", "long", *fine).returncode == 0
    whole = knead(folder, "export", "long", "--csv", "all").stdout
    assert len(whole) > 1 << 16  # more than a pipe holds, so that it is written to after it is closed
    for args in (("export", "long", "--csv", "all"), ("explain", "session")):
        run = subprocess.Popen([PROGRAM, *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run.stdout.read(10)
        run.stdout.close()
        err = run.stderr.read()
        assert (run.wait(WAIT), err) == (0, b""), (args, run.returncode, err)
        run.stderr.close()


def one_changed_value_is_found_with_place_time_and_size(folder):
    spoiled(folder, add(f"frames/{FIELD}/{FRAME}", (NODE, 1), 1e-3))
    answer, rows = compared(folder, "a.h5", "b.h5", code=1)
    with h5py.File(folder + "/a.h5") as a, h5py.File(folder + "/b.h5") as b:
        x = a[f"fields/{FIELD}"][:].astype(float)
        y = b[f"fields/{FIELD}"][:].astype(float)
        time = a["time"][FRAME]
    row = rows[FIELD]
    d = np.abs(x - y)
    # The same sums in another order: 900 values, one of them not 0.
    close = dict(rel_tol=900 * np.finfo(float).eps)
    assert row["largest"] == d.max() and row["size"] == max(abs(x).max(), abs(y).max())
    assert math.isclose(row["rms"], np.sqrt((d**2).mean()), **close), row
    assert math.isclose(row["rms_size"], np.sqrt(max((x**2).mean(), (y**2).mean())), **close), row
    assert (row["unlike"], row["count"], row["entity"], row["time_s"]) == (1, x.size, NODE, time)
    assert [r["path"] for r in rows.values() if not r["equal"]] == [FIELD]
    assert f"differ in 1 of {len(rows)} datasets" in answer["errors"][0]["message"]
    plain = knead(folder, "compare", "a.h5", "b.h5")
    assert plain.returncode == 1 and f"node {NODE}" in plain.stdout and FIELD in plain.stderr


def the_tolerance_is_a_share_of_the_dataset(folder):
    with h5py.File(folder + "/a.h5") as f:
        by = 0.01 * float(np.abs(f["history/hand/ball/force"][:]).max())
    spoiled(folder, add("history/hand/ball/force", (3, 2), by))  # not where it is largest, or the size would change
    assert compared(folder, "a.h5", "b.h5", "--tol", "0.0101", code=0)[1]["history/hand/ball/force"]["unlike"] == 1
    compared(folder, "a.h5", "b.h5", "--tol", "0.0099", code=1)
    compared(folder, "a.h5", "b.h5", code=1)
    assert knead(folder, "compare", "a.h5", "b.h5", "--tol=-1").returncode == 2


def a_difference_of_one_bit_counts_unless_there_is_a_tolerance(folder):
    def negate_zero(f):
        d = f["history/hand/ball/speed"]
        assert d[0] == 0
        d[0] = -0.0
    spoiled(folder, negate_zero)
    compared(folder, "a.h5", "b.h5", code=1)
    compared(folder, "a.h5", "b.h5", "--tol", "0", code=0)


def not_a_number_is_like_itself_and_unlike_any_number(folder):
    def put(f):
        f[f"frames/{FIELD}/0"][0, 0] = np.nan
    spoiled(folder, put)
    _, rows = compared(folder, "a.h5", "b.h5", "--tol", "1e6", code=1)
    assert rows[FIELD]["largest"] is None and not rows[FIELD]["equal"]  # JSON has no infinity
    shutil.copy(folder + "/b.h5", folder + "/c.h5")
    compared(folder, "b.h5", "c.h5", code=0)


def other_steps_are_compared_at_the_common_times(folder):
    assert knead(folder, "run", "base.yaml", "-q", "-o", "fine", "--set", "time.max=20 ms").returncode == 0
    answer, rows = compared(folder, "a.h5", "fine.h5", "--tol", "1", code=0)
    with h5py.File(folder + "/a.h5") as a, h5py.File(folder + "/fine.h5") as b:
        common = np.intersect1d(a["history/time"][:], b["history/time"][:])
        i = np.isin(a["history/time"][:], common)
        j = np.isin(b["history/time"][:], common)
        path = "history/hand/ball/indentation"
        d = np.abs(a[path][:][i] - b[path][:][j])
        assert 2 < len(common) < len(i) < len(j)
    assert answer["steps"]["common"] == len(common) and answer["steps"]["only_second"] == len(j) - len(common)
    assert rows[path]["count"] == len(common) and rows[path]["largest"] == d.max() > 0
    assert answer["same_scenario"] and not answer["same_resolved"]
    compared(folder, "a.h5", "fine.h5", code=1)


def a_shorter_run_is_not_equal_whatever_the_tolerance(folder):
    assert knead(folder, "run", "base.yaml", "-q", "-o", "short", "--until", "0.15").returncode == 0
    answer, rows = compared(folder, "a.h5", "short.h5", "--tol", "1e6", code=1)
    assert all(row["equal"] for row in rows.values())
    assert "same times" in answer["errors"][0]["message"]


def a_field_that_one_file_lacks_is_a_difference(folder):
    done = knead(folder, "run", "base.yaml", "-q", "-o", "less", "--set", "output.fields=[displacement]")
    assert done.returncode == 0, done.stderr
    _, rows = compared(folder, "a.h5", "less.h5", "--tol", "1", code=1)
    assert rows["cell/tension"]["kind"] == "only_first"
    _, rows = compared(folder, "less.h5", "a.h5", "--tol", "1", code=1)
    assert rows["cell/tension"]["kind"] == "only_second"


def unlike_meshes_cannot_be_compared(folder):
    assert knead(folder, "run", "base.yaml", "-q", "-o", "mesh", "--until", "0.02", "--set",
                 "body.cells=[3, 2]").returncode == 0
    answer, _ = compared(folder, "a.h5", "mesh.h5", code=3)
    assert "75 against 105 nodes" in answer["errors"][0]["message"]

    def move(f):
        f["mesh/points"][3, 0] += 1e-4
    spoiled(folder, move)  # the same cells elsewhere: compared, and said
    _, rows = compared(folder, "a.h5", "b.h5", code=1)
    assert rows["mesh/points"]["entity"] == 3 and abs(rows["mesh/points"]["largest"] - 1e-4) < 1e-16  # of 0.05
    assert compared(folder, "a.h5", "base.yaml", code=3)[0]["errors"]
    assert compared(folder, "none.h5", "a.h5", code=3)[0]["errors"]


# ---- export ---------------------------------------------------------------------------------------------------------
def table(text):
    rows = list(csv.reader(text.splitlines()))
    return rows[0], np.array(rows[1:], dtype=float)


def a_field_made_of_one_on_the_skin_is_that_field_node_by_node(folder):
    done = knead(folder, "run", "base.yaml", "-q", "-o", "skin", "--set", "limits.pain_low_back_pain=2 kPa", "--set",
                 "output.fields=[skin_pressure, pain_ratio]")
    assert done.returncode == 0, done.stderr
    with h5py.File(os.path.join(folder, "skin.h5")) as f:
        pressure, ratio = (f["fields/point/" + name][:].astype(float) for name in ("skin_pressure", "pain_ratio"))
    assert (np.isnan(pressure) == np.isnan(ratio)).all() and np.nanmax(pressure) > 100
    # Both are rounded to single precision.
    assert np.allclose(ratio * 2000, pressure, rtol=3 * np.finfo(np.float32).eps, atol=0, equal_nan=True)


def a_history_as_csv_holds_every_bit_and_its_units(folder):
    done = knead(folder, "export", "a.h5", "--csv", "all")
    assert done.returncode == 0, done.stderr
    names, values = table(done.stdout)
    expected, columns = ["time [s]"], []
    with h5py.File(folder + "/a.h5") as f:
        columns.append(f["history/time"][:])
        for path in sorted(n for n in _datasets(f["history"]) if n != "time"):
            d = f["history/" + path]
            unit = d.attrs["units"].decode() if isinstance(d.attrs["units"], bytes) else d.attrs["units"]
            if d.ndim == 1:
                expected.append(f"{path} [{unit}]")
                columns.append(d[:])
            else:
                expected += [f"{path}.{axis} [{unit}]" for axis in "xyzw"[:d.shape[1]]]
                columns += list(d[:].T)
    assert sorted(names) == sorted(expected) and names[0] == "time [s]"
    for name, column in zip(expected, columns):
        np.testing.assert_array_equal(values[:, names.index(name)], column, name)


def one_history_or_a_group_of_them_can_be_chosen(folder):
    names, values = table(knead(folder, "export", "a.h5", "--csv", "hand/ball/force").stdout)
    assert names == ["time [s]"] + [f"hand/ball/force.{axis} [N]" for axis in "xyz"] and values.shape[1] == 4
    assert knead(folder, "export", "a.h5", "--csv", "/history/hand/ball/force").stdout.startswith(",".join(names))
    group, _ = table(knead(folder, "export", "a.h5", "--csv", "layer").stdout)
    assert len(group) > 3 and all(name.startswith("layer/gel/") for name in group[1:])
    wrong = knead(folder, "export", "a.h5", "--csv", "hand/bal")
    assert wrong.returncode == 3 and "hand/ball" in wrong.stderr and not wrong.stdout


def a_table_is_not_overwritten_unless_forced(folder):
    args = ["export", "a.h5", "--csv", "solver", "-o", "table.csv"]
    assert knead(folder, *args).returncode == 0
    first = pathlib.Path(folder, "table.csv").read_text()
    assert first == knead(folder, "export", "a.h5", "--csv", "solver").stdout
    pathlib.Path(folder, "table.csv").write_text("mine")
    again = knead(folder, *args)
    assert again.returncode == 2 and "table.csv exists already" in again.stderr
    assert pathlib.Path(folder, "table.csv").read_text() == "mine"
    forced = knead(folder, *args, "--force", "--json")
    assert forced.returncode == 0 and json.loads(forced.stdout)["rows"] == first.count("\n") - 1
    assert pathlib.Path(folder, "table.csv").read_text() == first
    lost = knead(folder, "export", "a.h5", "--csv", "solver", "-o", "nowhere/table.csv")
    assert lost.returncode == 5 and "nowhere/table.csv" in lost.stderr
    missing = knead(folder, "export", "a.h5", "--csv", "none", "-o", "none.csv")
    assert missing.returncode == 3 and not os.path.exists(folder + "/none.csv")


def something_to_export_must_be_named(folder):
    for args in ([], ["--csv", "all", "--vtu", "there"], ["--vtu", "there", "-o", "x"], ["--json", "--csv", "all"]):
        done = knead(folder, "export", "a.h5", *args)
        assert done.returncode == 2 and "--csv" in done.stderr, (args, done)
        assert sorted(os.listdir(folder)) == ["a.h5", "base.yaml"]
    assert knead(folder, "export", "base.yaml", "--vtu", "there").returncode == 3


def frames_as_vtu_are_what_the_result_holds(folder):
    fields = "output.fields=[displacement, tension, skin_pressure, cauchy_stress]"
    layers = "body.layers=[{name: gel, thickness: 2 cm, cells: 1}, {name: top, thickness: 1 cm, cells: 1}]"
    top = "tissue.top={law: neo_hookean, mu: 20 kPa, bulk: 200 kPa}"
    done = knead(folder, "run", "base.yaml", "-q", "-o", "full", "--set", fields, "--set", layers, "--set", top)
    assert done.returncode == 0, done.stderr
    done = knead(folder, "export", "full.h5", "--vtu", "there")
    assert done.returncode == 0, done.stderr
    with h5py.File(folder + "/full.h5") as f:
        time = f["time"][:]
        listed = ET.parse(folder + "/there/full.pvd").getroot().findall("Collection/DataSet")
        assert [float(x.get("timestep")) for x in listed] == list(time)
        assert sorted(os.listdir(folder + "/there")) == sorted([x.get("file") for x in listed] + ["full.pvd"])
        for i, x in enumerate(listed):
            m = meshio.read(f"{folder}/there/{x.get('file')}")
            same = np.testing.assert_array_equal
            same(m.points, f["mesh/points"][:])
            assert [c.type for c in m.cells] == ["hexahedron27"]
            same(m.cells[0].data, f["mesh/connectivity"][:])
            same(m.cell_data["layer"][0], f["mesh/layer"][:])
            same(m.field_data["TimeValue"], [time[i]])
            assert set(m.point_data) == {"displacement", "skin_pressure"}
            assert set(m.cell_data) == {"layer", "tension", "cauchy_stress"}
            for name, value in m.point_data.items():
                same(value.ravel(), f[f"frames/point/{name}/{i}"][:].ravel())
            for name in ("tension", "cauchy_stress"):
                same(m.cell_data[name][0].ravel(), f[f"frames/cell/{name}/{i}"][:].ravel())
    again = knead(folder, "export", "full.h5", "--vtu", "there")
    assert again.returncode == 2 and "exists already" in again.stderr
    assert knead(folder, "export", "full.h5", "--vtu", "there", "--force").returncode == 0
    assert knead(folder, "export", "full.h5", "--vtu", "no/where").returncode == 5


def _datasets(group):
    names = []
    group.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
    return names


def main():
    cases.needs_program()
    with tempfile.TemporaryDirectory() as once:
        pathlib.Path(once, "base.yaml").write_text(BASE)
        done = knead(once, "run", "base.yaml", "-q", "-o", "a")
        assert done.returncode == 0, done.stderr

        @contextlib.contextmanager
        def copied():
            with tempfile.TemporaryDirectory() as folder:
                for name in ("base.yaml", "a.h5"):
                    shutil.copy(os.path.join(once, name), folder)
                yield folder

        cases.run(cases.cases(globals(), "folder"), copied)


if __name__ == "__main__":
    main()
