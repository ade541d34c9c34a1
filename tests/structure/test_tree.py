"""The house is in order: lists name what the folders hold, files stay short, rooms are explained, text belongs here."""
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(os.environ.get("KNEAD_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
KINDS = {"bodies": "body", "materials": "material", "physiology": "process", "hands": "hand",
         "techniques": "technique", "outputs": "output"}
TEXT = {".c", ".h", ".def", ".in", ".cmake", ".py", ".md", ".yaml", ".yml", ".txt", ".csv", ".sh", ""}


def files():
    """What belongs to the repository: what git knows or would add; without git, all but builds and hidden folders."""
    git = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "--cached", "--others",
                          "--exclude-standard"], capture_output=True, text=True, check=False)
    if git.returncode == 0 and (ROOT / ".git").exists():
        found = [ROOT / line for line in git.stdout.splitlines()]
    else:
        found = [f for f in ROOT.rglob("*") if not any(p.startswith("build") or p in (".git", "__pycache__")
                                                       for p in f.relative_to(ROOT).parts)]
    return sorted(f for f in found if f.is_file())


FILES = files()


def name(file):
    return file.relative_to(ROOT).as_posix()


class Tree(unittest.TestCase):
    def test_there_is_something_to_check(self):
        self.assertGreater(len([f for f in FILES if f.suffix in (".c", ".h")]), 30)

    def test_every_list_names_the_members_its_folder_defines(self):
        for room, kind in KINDS.items():
            folder = ROOT / "models" / room
            text = re.sub(r"/\*.*?\*/", "", (folder / f"{room}.def").read_text(), flags=re.S)
            listed = re.findall(r"MEMBER\((\w+)\)", text)
            self.assertEqual(text.split(), [f"MEMBER({m})" for m in listed], f"{room}.def holds more than its list")
            self.assertEqual(len(listed), len(set(listed)), f"{room}.def names a member twice")
            defined = {}
            for file in folder.glob("*.c"):
                for member in re.findall(rf"^const {kind} {kind}_(\w+) *=", file.read_text(), flags=re.M):
                    defined[member] = file.stem
            self.assertEqual(sorted(listed), sorted(defined), f"{room}.def and the folder differ")
            for member, stem in defined.items():
                self.assertEqual(member, stem, f"models/{room}/{stem}.c defines {kind}_{member}")

    def test_nothing_that_a_test_or_a_run_wrote_lies_in_the_root(self):
        self.assertEqual([f.name for f in FILES if f.parent == ROOT and f.suffix in (".yaml", ".yml", ".h5", ".xdmf", ".lock")],
                         [])

    def test_no_source_file_is_longer_than_800_lines(self):
        for file in FILES:
            if file.suffix in (".c", ".h", ".py", ".cmake"):
                with self.subTest(name(file)):
                    self.assertLessEqual(len(file.read_text().splitlines()), 800)

    def test_every_room_has_a_readme_of_one_screen(self):
        rooms = {ROOT, ROOT / "sim", ROOT / "models", ROOT / "tests", ROOT / "tools", ROOT / "bench", ROOT / "scenarios"}
        rooms |= {f.parent for f in FILES if name(f).startswith(("sim/", "models/")) and f.suffix in (".c", ".h", ".yaml")}
        for room in sorted(rooms):
            with self.subTest(str(room.relative_to(ROOT))):
                readme = room / "README.md"
                self.assertTrue(readme.is_file(), "has no README.md")
                if room not in (ROOT, ROOT / "sim"):  # those two are tours
                    self.assertLessEqual(len(readme.read_text().splitlines()), 60)

    def test_links_in_readmes_lead_somewhere(self):
        for file in FILES:
            if file.suffix == ".md":
                for target in re.findall(r"\]\(([^)#\s]+)", file.read_text()):
                    if not target.startswith(("http://", "https://")):
                        with self.subTest(f"{name(file)} -> {target}"):
                            self.assertTrue((file.parent / target).exists())

    def test_every_include_guard_is_unique(self):
        seen = {}
        for file in FILES:
            if file.suffix == ".h":
                for guard in re.findall(r"^#ifndef (KNEAD_\w+_H)$", file.read_text(), flags=re.M):
                    self.assertNotIn(guard, seen, f"{name(file)} and {seen.get(guard)}")
                    seen[guard] = name(file)

    def test_text_holds_no_path_of_a_machine_and_no_word_about_who_typed_it(self):
        # Written in pieces, so that this file passes its own test.
        words = ["chat" + "gpt", "co" + "pilot", "anth" + "ropic", "clau" + "de", "open" + "ai", r"language mod" + "els?",
                 r"as an a" + "i", r"\bll" + "ms?", r"a" + r"i[ -]generated"]
        banned = re.compile(r"\b(" + "|".join(words) + r")\b", re.I)
        path = re.compile(r"(?<![\w./$}-])/(" + "home|work|root|Users" + r")/\w")
        for file in FILES:
            if file.suffix not in TEXT or file.suffix == ".csv":
                continue
            for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
                for found in (banned.search(line), path.search(line)):
                    if found:
                        with self.subTest(f"{name(file)}:{number}"):
                            self.fail(f"'{found[0]}'")


if __name__ == "__main__":
    unittest.main(verbosity=2)
