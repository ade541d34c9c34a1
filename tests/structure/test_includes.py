"""Includes obey the room numbers; and the check finds each kind of violation when one is planted."""
import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("KNEAD_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(ROOT / "tools"))
import check_includes  # noqa: E402


class Includes(unittest.TestCase):
    def test_every_file_includes_from_its_own_room_or_lower_numbers(self):
        wrong = check_includes.check(ROOT)
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_each_planted_violation_is_found(self):
        headers = ["sim/base/err.h", "sim/mesh/mesh.h", "sim/solve/vec.h", "sim/run/run.h", "sim/fe/op.h",
                   "models/catalog.h", "models/hands/shape.h", "tests/test.h"]
        planted = [  # file, include, a word of the complaint
            ("sim/base/a.c", '"sim/mesh/mesh.h"', "number 0"),          # upwards
            ("sim/mesh/a.c", '"sim/solve/vec.h"', "number 2"),          # equal numbers
            ("sim/mesh/b.c", "<hdf5.h>", "belongs to sim/out"),         # a foreign header in the wrong room
            ("sim/out/a.c", "<yaml.h>", "belongs to sim/scenario"),
            ("sim/base/b.c", "<udunits2.h>", "belongs to sim/base/unit.c"),
            ("sim/fe/a.c", "<metis.h>", "belongs to sim/solve"),
            ("sim/run/a.c", '"models/catalog.h"', "knows no member"),   # only cli/main.c may
            ("sim/cli/cmd_run.c", '"models/catalog.h"', "knows no member"),
            ("models/hands/a.c", '"sim/fe/op.h"', "number 4"),          # knowledge sees rooms below 4
            ("models/bodies/a.c", '"models/hands/shape.h"', "different rooms"),
            ("models/bodies/b.c", '"models/catalog.h"', "different rooms"),
            ("sim/run/b.c", '"tests/test.h"', "for nobody but itself"),
            ("sim/run/c.c", '"run.h"', "no file of the repository"),    # not written from the root
            ("sim/attic/a.c", '"sim/base/err.h"', "has no number"),     # a room nobody numbered
        ]
        fine = [("sim/base/unit.c", "<udunits2.h>"), ("sim/out/b.c", "<hdf5.h>"), ("sim/run/d.c", '"sim/mesh/mesh.h"'),
                ("sim/cli/main.c", '"models/catalog.h"'), ("models/hands/b.c", '"models/hands/shape.h"'),
                ("models/bodies/c.c", '"sim/mesh/mesh.h"'), ("tests/run/a.c", '"sim/run/run.h"')]
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in headers:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text("")
            for name, include, *_ in planted + fine:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(f"/* */\n#include {include}\n")
            wrong = check_includes.check(root)
            for name, _, word in planted:
                hits = [w for w in wrong if w.startswith(name) and word in w]
                self.assertEqual(len(hits), 1, f"{name}: {wrong}")
            self.assertEqual(len(wrong), len(planted), wrong)

    def test_cmake_has_the_same_numbers(self):
        text = (ROOT / "CMakeLists.txt").read_text()
        for room in sorted((ROOT / "sim").iterdir()):
            if room.is_dir() and room.name != "cli" and list(room.glob("*.[ch]")):
                line = f"knead_room(sim/{room.name} {check_includes.ROOMS.get(room.name)})"
                self.assertIn(line, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
