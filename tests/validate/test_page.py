"""VALIDATION.md is the page that tools/validation.py would write of these tests: same sections, figures and pictures.
Its digits are not looked at; the tests that print them judge them."""
import importlib.util
import os
import pathlib
import re
import unittest

ROOT = pathlib.Path(os.environ.get("KNEAD_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
HERE = ROOT / "tests" / "validate"
AGAIN = "run tools/validation.py BUILD"


def tool():
    spec = importlib.util.spec_from_file_location("validation", ROOT / "tools" / "validation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = tool()
PAGE = (HERE / "VALIDATION.md").read_text()


def rows(title):
    """Cells of a section's table."""
    text = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


class Page(unittest.TestCase):
    def test_the_page_has_the_structure_of_the_tests(self):
        found = re.search(r"<!-- structure (\w+) -->", PAGE)
        self.assertIsNotNone(found, AGAIN)
        self.assertEqual(found[1], TOOL.stamp(), f"sections or names of figures changed: {AGAIN}")

    def test_every_section_is_there_in_its_order(self):
        titles = re.findall(r"^## (.*)$", PAGE, flags=re.M)
        self.assertEqual(titles, [s.title for s in TOOL.SECTIONS], AGAIN)
        for rung in range(1, 7):
            self.assertTrue(any(t.startswith(f"Rung {rung}:") for t in titles), f"rung {rung}")

    def test_every_section_with_a_test_has_figures(self):
        for section in TOOL.SECTIONS:
            with self.subTest(section.key):
                for test in section.tests:
                    self.assertTrue((ROOT / test).is_file(), test)
                if section.tests:
                    self.assertGreater(len(rows(section.title)), 0, AGAIN)

    def test_every_figure_of_the_page_holds(self):
        seen = 0
        for section in TOOL.SECTIONS:
            for cells in rows(section.title):
                with self.subTest(f"{section.key}: {cells[0]}"):
                    self.assertEqual(len(cells), len(TOOL.COLUMNS))
                    self.assertIn(cells[5], TOOL.KINDS)
                    self.assertEqual(cells[8], "" if cells[5] == "shown" else "holds")
                    self.assertNotEqual(cells[7], "", "no source")
                    self.assertFalse(cells[6] == "M" and cells[5] != "shown", "a remembered number is no target")
                    seen += 1
        self.assertGreater(seen, 50)

    def test_what_was_calibrated_is_called_so(self):
        for key in ("rung 3", "rung 4", "rung 5", "rung 6"):
            title = next(s.title for s in TOOL.SECTIONS if s.key == key)
            for cells in rows(title):
                self.assertEqual(cells[5], "calibrated", f"{key}: {cells[0]}")

    def test_no_test_prints_for_a_section_that_is_not_there(self):
        known = {s.key for s in TOOL.SECTIONS}
        listed = {test for s in TOOL.SECTIONS for test in s.tests}
        for file in sorted((ROOT / "tests").glob("*/*.[ch]")):
            name = file.relative_to(ROOT).as_posix()
            keys = set(re.findall(r'\.section = "([^"]*)"', file.read_text()))
            self.assertLessEqual(keys, known, name)
            if keys and file.suffix == ".c":
                self.assertIn(name, listed, "prints figures and no section runs it")

    def test_every_picture_is_there(self):
        shown = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", PAGE)
        self.assertEqual(shown, [f"{name}.png" for s in TOOL.SECTIONS for name, _ in s.pictures], AGAIN)
        for name in shown:
            self.assertEqual((HERE / name).read_bytes()[:8], b"\x89PNG\r\n\x1a\n", name)
            self.assertLess((HERE / name).stat().st_size, 100_000, f"{name} is too large for a repository")


class Lines(unittest.TestCase):
    def test_a_figure_is_judged_by_its_bounds(self):
        make = "FIGURE|rung 1|x|{}|2|1.9|2.1|N|{}|V|paper".format
        self.assertEqual(TOOL.Figure(make("2.05", "exact")).verdict, "holds")
        self.assertEqual(TOOL.Figure(make("2.11", "exact")).verdict, "FAILS")
        self.assertEqual(TOOL.Figure(make("nan", "exact")).verdict, "FAILS")
        self.assertEqual(TOOL.Figure(make("9", "shown")).verdict, "")
        self.assertEqual(TOOL.Figure(make("2", "exact")).tolerance, "± 5 %")
        self.assertEqual(TOOL.Figure("FIGURE|a|b|1|nan|0.5|2||exact||s").tolerance, "0.5 to 2")
        self.assertEqual(TOOL.Figure("FIGURE|a|b|3|3|2.9|inf||exact||s").tolerance, "at least 2.9")

    def test_a_broken_line_is_refused(self):
        for line in ("FIGURE|rung 1|x|1|2|3", "FIGURE|a|b|1|2|1|3|N|guessed|V|paper",
                     "FIGURE|a|b|one|2|1|3|N|exact|V|paper"):
            with self.assertRaises(ValueError):
                TOOL.Figure(line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
