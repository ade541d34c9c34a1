"""knead_bench runs every case and writes tables that other programs can read. Speed is not judged here."""
import csv
import importlib.util
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.environ.get("KNEAD_SOURCE_DIR", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PROGRAM = os.path.join(os.environ.get("KNEAD_BUILD_DIR", os.path.join(ROOT, "build", "release")), "knead_bench")
PLOT = os.path.join(ROOT, "tools", "plot_bench.py")
spec = importlib.util.spec_from_file_location("plot_bench", PLOT)
plot = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plot)

# The slowest cases show a sanitizer nothing that those before have not shown.
PROBLEMS = {"p1": 4, "p1l": 8, "p1f": 8, "p1g": 8, "p1s": 8, "p1e": 8}
if os.environ.get("KNEAD_SANITIZE"):
    for name in ("p1l", "p1f", "p1g", "p1s", "p1e"):
        del PROBLEMS[name]
CASES = ["kernels", "multigrid", "linear", "iterations", "pressed", "contact", *PROBLEMS]

# Rows of every case; those of the last two lines for the largest number of threads only.
EACH = ["triad", "fma_double", "fma_float", "apply_double", "apply_float", "residual_double", "element_matrices",
        "factors", "setup", "smoother", "cycle_coarse", "cycle", "cycle_applies", "newton_step", "newton_setup",
        "newton_solve", "newton_iterations", "memory"]
ONCE = ["pcg_iterations"] + [f"{p}_{what}" for p in PROBLEMS
                             for what in ("wall", "steps", "rejected", "lost", "newton", "applies", "cycles", "force")]
ONCE += [f"{p}_inside_out" for p in PROBLEMS if p in ("p1g", "p1s", "p1e")]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=150)


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.csv, cls.json = (os.path.join(cls.folder.name, "b." + e) for e in ("csv", "json"))
        some = CASES if os.environ.get("KNEAD_SANITIZE") else []
        cls.done = run(*some, "--tiny", "--threads", "1,2", "--csv", cls.csv, "--json", cls.json)
        if cls.done.returncode:
            raise AssertionError(cls.done.stdout + cls.done.stderr)
        cls.rows = plot.read(cls.csv)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def values(self, case, **more):
        return [r["median"] for r in self.rows if r["case"] == case and all(r[k] == v for k, v in more.items())]

    def test_every_case_gives_its_rows_for_every_number_of_threads(self):
        for threads in (1, 2):
            found = [r["case"] for r in self.rows if r["threads"] == threads]
            self.assertEqual(sorted(set(found)), sorted(EACH + (ONCE if threads == 2 else [])))

    def test_every_number_is_finite_and_sensible(self):
        for r in self.rows:
            with self.subTest(r["case"]):
                self.assertTrue(math.isfinite(r["median"]) and r["spread"] >= 0 and r["runs"] >= 1)
                if r["case"].endswith("_force"):
                    self.assertLess(r["median"], 0)  # the body pushes the patch up, the patch pushes down
                elif not r["case"].endswith(("_lost", "_rejected", "_inside_out")):
                    self.assertGreater(r["median"], 0)
                self.assertEqual(math.isfinite(r["share"]), bool(r["roof"]))

    def test_what_is_counted_does_not_depend_on_the_number_of_threads(self):
        for case in ("newton_iterations", "cycle_applies"):
            self.assertEqual(self.values(case, threads=1), self.values(case, threads=2))

    def test_a_stiffer_volume_takes_more_iterations_than_a_soft_one(self):
        counts = {r["mesh"]: r["median"] for r in self.rows if r["case"] == "pcg_iterations"}
        self.assertLess(counts["A flat iso r=99 k=3"], counts["A flat iso r=999 k=3"])

    def test_iterations_are_counted_with_and_without_fibres_bent_pressed_and_in_contact(self):
        found = [r["mesh"] for r in self.rows if r["case"] == "pcg_iterations"]
        both = [f"A {what} {law} r={ratio} k=3" for what in ("flat", "bent") for ratio in (99, 999)
                for law in ("iso", "aniso")]
        deep = [f"A {depth}mm aniso r=99 k=3" for depth in (4, 8)]
        disc = ["A disc f=0 iso r=99 k=3"] + [f"A disc{force} f={f} iso r=99 k=3" for f in (10, 100, 1000) for force in ("", " force")]
        self.assertEqual(found, both + deep + disc + ["A ball 5mm iso r=99 k=3", "A ball force iso r=99 k=3"])

    def test_fibres_make_the_block_stiffer(self):
        # A fascia of 30 kPa with fibres of 30 MPa against one of 300 kPa without: the sheet carries as a membrane.
        if "p1f" in PROBLEMS:
            self.assertLess(self.values("p1f_force")[0], self.values("p1l_force")[0])

    def test_the_patch_goes_down_in_the_steps_asked_for_or_in_more(self):
        # The force converges to -20.5 +- 0.3 N like the element size (issue 3). -20.88 N with 12 elements and -20.63 N with
        # 18 make that 9.2 N over the number of elements, 1.5 N for the 6 here; twice that, and the 0.3 N.
        self.assertAlmostEqual(self.values("p1_force")[0], -20.5, delta=3.3)
        for problem, steps in PROBLEMS.items():
            self.assertGreaterEqual(self.values(problem + "_steps")[0], steps)
            self.assertGreaterEqual(self.values(problem + "_cycles")[0], self.values(problem + "_newton")[0])
        # Cells of 5 mm at the edge are too coarse to be inside out between their points of integration.
        for problem in set(PROBLEMS) & {"p1g", "p1s", "p1e"}:
            self.assertEqual(set(self.values(problem + "_inside_out")), {0})

    def test_forces_fall_as_the_innermost_cells_become_smaller(self):
        # P1's limit is -19.4, its strip's -23.3 N (bench/results/README.md); cells are of 3.5 and 2.5 mm.
        if "p1e" in PROBLEMS:
            for body, end in (("strip", -23.3), ("quarter", -19.4)):
                first, second = (self.values("p1e_force", mesh=f"sides 2 cuts {cuts} {body}")[0] for cuts in (1, 2))
                self.assertLess(first, second)
                self.assertLess(second, end)

    def test_the_program_apart_is_softer_on_the_same_rings(self):
        # One ring, innermost cells of 2.5 mm: two cuts. Degree 4 lacks less than degree 2 of what the strip has, -23.3 N.
        if "p1e" in PROBLEMS:
            done = subprocess.run([sys.executable, os.path.join(ROOT, "bench", "plane.py"), "1"], capture_output=True,
                                  text=True, timeout=120)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            force = float(re.search(r": (\S+) N", done.stdout).group(1))
            self.assertLess(self.values("p1e_force", mesh="sides 2 cuts 2 strip")[0], force)
            self.assertLess(force, -23.3)

    def test_table_csv_and_json_say_the_same(self):
        with open(self.json) as f:
            document = json.load(f)
        self.assertEqual([(r["case"], r["mesh"], r["threads"], r["unit"]) for r in document["rows"]],
                         [(r["case"], r["mesh"], r["threads"], r["unit"]) for r in self.rows])
        for a, b in zip(document["rows"], self.rows):
            self.assertEqual(a["median"], b["median"])
        self.assertEqual(len(self.done.stdout.splitlines()), 1 + len(self.rows))

    def test_files_name_the_class_of_machine_and_the_build_but_no_host(self):
        with open(self.csv, newline="") as f:
            for line in csv.DictReader(f):
                self.assertTrue(line["machine"] and line["compiler"])
                self.assertRegex(line["date"], r"^\d{4}-\d\d-\d\d$")
        node = os.uname().nodename
        with open(self.csv) as f:
            self.assertIsNone(re.search(r"\b" + re.escape(node) + r"\b", f.read()))

    def test_a_case_can_be_asked_for_by_name(self):
        done = run("kernels", "--tiny", "--threads", "1")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        names = [line.split()[0] for line in done.stdout.splitlines()[1:]]
        self.assertEqual(names, ["triad", "fma_double", "fma_float", "apply_double", "apply_float", "residual_double"])

    def test_wrong_arguments_are_refused(self):
        for arguments in (["nothing"], ["--threads", "x"], ["--threads", "0"], ["--runs", "0"], ["--runs", "3x"],
                          ["--no"]):
            with self.subTest(arguments):
                done = run("--tiny", *arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertNotEqual(done.stderr, "")

    def test_a_place_that_cannot_be_written_is_named(self):
        done = run("kernels", "--tiny", "--threads", "1", "--csv", os.path.join(self.folder.name, "no", "b.csv"))
        self.assertEqual(done.returncode, 5)
        self.assertIn("cannot write", done.stderr)

    def test_the_plot_is_drawn_and_refuses_what_is_no_table(self):
        done = subprocess.run([sys.executable, PLOT, self.csv, "--dpi", "40"], capture_output=True, text=True,
                              timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        import matplotlib.image
        pixels = matplotlib.image.imread(self.csv[:-4] + ".png")[:, :, :3]
        self.assertGreater((pixels.min(axis=2) < 0.95).mean(), 0.05)  # bars and text cover more; an empty page has 0
        done = subprocess.run([sys.executable, PLOT, self.json], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 3)
        self.assertNotIn("Traceback", done.stderr)

    def test_goals_belong_to_rows_that_exist(self):
        known = set(EACH + ONCE + ["newton_gain", "pcg_growth", "p1l_wall", "p1f_wall", "p1e_one_percent"])
        for case, _, must, aim in plot.GOALS:
            self.assertIn(case, known)
            if aim is not None:
                self.assertNotEqual(must, aim)

    def test_the_gain_of_threads_is_one_over_many(self):
        values = ["m", "c", "f", "h", "d", "newton_step", "C", 300000, 1, 1, 4.0, 0, "us/unknown", "", math.nan]
        row = dict(zip(plot.COLUMNS, values))
        triad = dict(row, case="triad", mesh="", unit="GB/s")
        rows = [row, dict(row, threads=2, median=2.5), dict(triad, median=20.0), dict(triad, threads=2, median=30.0)]
        gain = plot.with_gains(rows)[-1]
        self.assertEqual((gain["case"], gain["median"]), ("newton_gain", 1.6))
        self.assertEqual(plot.goal(gain), (1.6, 0.95 * 30 / 20))

    def test_gates_are_for_meshes_b_and_c_and_three_smoother_steps(self):
        self.assertEqual(plot.gate("C flat aniso r=999 k=3"), (19, 18))
        self.assertEqual(plot.gate("B bent iso r=99 k=3"), (13, 12))
        self.assertEqual(plot.gate("B disc f=1000 iso r=99 k=3"), (13, 10))
        self.assertEqual(plot.gate("B 8mm aniso r=99 k=3"), (15, 14))
        for mesh in ("A flat iso r=99 k=3", "B flat iso r=99 k=2", "D flat iso r=99 k=3"):
            self.assertIsNone(plot.gate(mesh))

    def test_growth_is_finest_mesh_over_mesh_b(self):
        values = ["m", "c", "f", "h", "d", "pcg_iterations", "B flat iso r=99 k=3", 39375, 2, 1, 8.0, 0, "1", "", math.nan]
        row = dict(zip(plot.COLUMNS, values))
        growth = plot.with_gains([row, dict(row, mesh="D flat iso r=99 k=3", unknowns=2000000, median=10.0)])[-1]
        self.assertEqual((growth["case"], growth["median"], plot.goal(growth)), ("pcg_growth", 1.25, (1.6, 1.3)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
