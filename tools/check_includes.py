#!/usr/bin/env python3
"""Who may include whom.

A file includes from its own room or from rooms with a lower number; rooms of equal number never include each other.
Knowledge (models/) sees the engine's rooms below its number and its own room. A foreign library's headers belong to one
room. tests/, bench/ and tools/ may include anything. Prints one line per violation; exit 1 when there is one.

    tools/check_includes.py [FOLDER]
"""
import pathlib
import re
import sys

# The same numbers stand in CMakeLists.txt and in sim/README.md.
ROOMS = {"base": 0, "kinds": 1, "scenario": 2, "mesh": 2, "solve": 2, "state": 3, "fe": 4, "contact": 5,
         "mechanics": 6, "run": 7, "out": 8, "dist": 8, "cli": 9}
MODELS = 4

# header pattern, where it may stand (a folder or one file, with what it is)
FOREIGN = [
    (r"(hdf5|H5\w*)\.h", ["sim/out/"]),
    (r"yaml\.h", ["sim/scenario/"]),
    (r"(udunits2/)?udunits2?\.h|converter\.h", ["sim/base/unit.c"]),
    (r"metis\.h", ["sim/solve/sparse_order.c"]),
    (r"cglm/.*", ["models/techniques/", "sim/contact/"]),
    (r"mpi\.h|petsc\w*\.h", ["sim/dist/"]),
    (r"cmocka\.h", []),
]
FREE = ("tests/", "bench/", "tools/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    """('sim/fe', 4), ('models/hands', 4), ('models', 4) for the catalogue; None for a file outside both."""
    part = path.split("/")
    if part[0] == "sim" and len(part) >= 3:
        return "sim/" + part[1], ROOMS.get(part[1])
    if part[0] == "models":
        return ("models/" + part[1] if len(part) >= 3 else "models"), MODELS
    return None, None


def allowed(path, target):
    """None, or why `path` may not include `target` (both from the root)."""
    room, number = room_of(path)
    other, other_number = room_of(target)
    if other is None:
        return f"{target.split('/')[0]}/ is for nobody but itself"
    if other_number is None:
        return f"room {other} has no number"
    if room == other:
        return None
    if other.startswith("models"):
        if room == "models" and target.endswith(".def"):
            return None  # the catalogue gathers the lists
        if path == "sim/cli/main.c" and target == "models/catalog.h":
            return None  # the one place that hands the catalogue to the engine
        if room.startswith("sim"):
            return "the engine knows no member of models/"
        return f"{room} and {other} are different rooms of models/"
    if other_number >= number:
        return f"{room} is number {number}, {other} is {other_number}"
    return None


def check(root):
    root = pathlib.Path(root)
    wrong = []
    files = sorted(f for top in ("sim", "models", "tests", "bench") for e in ("c", "h", "def")
                   for f in (root / top).rglob(f"*.{e}"))
    for file in files:
        path = file.relative_to(root).as_posix()
        if path.startswith(FREE):
            continue
        room, number = room_of(path)
        if room is None or number is None:
            wrong.append(f"{path}: room {room or path} has no number (tools/check_includes.py, CMakeLists.txt)")
            continue
        text = file.read_text(errors="replace")
        for match in INCLUDE.finditer(text):
            place = f"{path}:{text.count(chr(10), 0, match.start(2)) + 1}"
            target = match[2]
            for pattern, owners in FOREIGN:
                if re.fullmatch(pattern, target) and not any(path.startswith(o) for o in owners):
                    wrong.append(f"{place}: <{target}> belongs to {' and '.join(owners) or 'tests/'}")
            if match[1] == "<":
                continue
            if not (root / target).is_file() and not (root / (target + ".in")).is_file():
                if not any(re.fullmatch(p, target) for p, _ in FOREIGN):
                    wrong.append(f"{place}: \"{target}\" is no file of the repository (write it from the root)")
                continue
            why = allowed(path, target)
            if why:
                wrong.append(f"{place}: \"{target}\": {why}")
    return wrong


if __name__ == "__main__":
    top = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    found = check(top)
    print("\n".join(found) if found else "includes obey the rooms")
    sys.exit(1 if found else 0)
