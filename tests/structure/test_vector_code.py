"""The kernels of every material law are vector code.

Whether a compiler vectorises a loop hangs by a thread: one call, one array that stays in memory, and the law costs
five times as much while every other test stays green. So this test reads the disassembly of each law's `stress` and
`tangent` and counts arithmetic: packed (mulpd, vfmadd231pd ...) against scalar (mulsd ...).

Only builds that ask for speed are held to it (-O3 and -march=native, no sanitizer), on x86-64.
"""

import json
import os
import platform
import re
import shlex
import subprocess
import sys
from pathlib import Path

SOURCE = Path(os.environ.get("KNEAD_SOURCE_DIR", Path(__file__).resolve().parents[2]))
BUILD = Path(os.environ.get("KNEAD_BUILD_DIR", SOURCE / "build" / "release"))
KERNELS = ("stress", "tangent")
ARITHMETIC = re.compile(r"\s(?:v?(?:add|sub|mul|div|sqrt)|vfn?m(?:add|sub)\d+)(p|s)[sd]\s")
# The smallest kernel, the stress of the compressible law, does some 60 operations a point: 30 packed ones are certain
# whatever the vector length, and by chance (two additions packed into one) there are none to a handful.
LEAST = 30


def objects():
    """(law, object file, command) of every law; None, None where this build has none."""
    laws = re.findall(r"^MEMBER\((\w+)\)", (SOURCE / "models/materials/materials.def").read_text(), re.M)
    database = json.loads((BUILD / "compile_commands.json").read_text())
    for law in laws:
        entry = next((e for e in database if Path(e["file"]).match(f"models/materials/{law}.c")), None)
        if not entry:
            yield law, None, None
            continue
        command = entry.get("arguments") or shlex.split(entry["command"])
        yield law, Path(entry["directory"]) / command[command.index("-o") + 1], command


def kernels(file):
    """{function: (packed, scalar)} of an object file; parts a compiler split off (tangent.part.0) count with it."""
    text = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", str(file)], check=True, capture_output=True, text=True
    ).stdout
    count, name = {}, None
    for line in text.splitlines():
        head = re.match(r"[0-9a-f]+ <([\w.]+)>:", line)
        if head:
            name = head.group(1).split(".")[0]
            continue
        found = ARITHMETIC.search(line)
        if found and name:
            packed, scalar = count.get(name, (0, 0))
            count[name] = (packed + 1, scalar) if found.group(1) == "p" else (packed, scalar + 1)
    return count


def main():
    if platform.machine() not in ("x86_64", "AMD64"):
        print(f"not looked at: no list of vector instructions for {platform.machine()}")
        return 0
    laws, bad = 0, 0
    for law, file, command in objects():
        laws += 1
        if not file:
            print(f"{law}: not compiled in this build")
            bad += 1
            continue
        if "-O3" not in command or "-march=native" not in command or any(c.startswith("-fsanitize") for c in command):
            print(f"{law}: not held to it: this build is not -O3 -march=native without sanitizers")
            continue
        count = kernels(file)
        for kernel in KERNELS:
            packed, scalar = count.get(kernel, (0, 0))
            # A scalar operation or two prepare constants outside the loop.
            fine = packed >= LEAST and packed >= 10 * scalar
            bad += not fine
            verdict = "" if fine else "  <- NOT VECTOR CODE"
            print(f"{law}: {kernel}: {packed} packed, {scalar} scalar{verdict}")
    return 1 if bad or not laws else 0


if __name__ == "__main__":
    sys.exit(main())
