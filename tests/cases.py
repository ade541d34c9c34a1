"""Sentences as functions, run one after the other: what the tests in Python share. ctest puts this folder on their path.

A case is a function of the test's own file with exactly one argument, named as the test says (`folder`, `r`); helpers take
others. Each prints one line, and the next runs whatever this one met.
"""
import contextlib
import inspect
import os
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("KNEAD_PROGRAM")
SOURCE = os.environ.get("KNEAD_SOURCE_DIR", ".")


def cases(names, argument):
    """The cases among globals(), in the order of the file."""
    return [f for name, f in names.items()
            if inspect.isfunction(f) and f.__module__ == names["__name__"] and not name.startswith("_")
            and list(inspect.signature(f).parameters) == [argument]]


def run(tests, make):
    """make() is a context that gives a case its argument. Ends the program: 1 when a case failed, or when there is none."""
    failed = not tests
    for test in tests:
        try:
            with make() as given:
                test(given)
            print(f"[ OK ] {test.__name__}", flush=True)
        except Exception as reason:
            failed = True
            print(f"[FAIL] {test.__name__}: {type(reason).__name__}: {reason}", flush=True)
    sys.exit(1 if failed else 0)


def needs_program():
    if not PROGRAM:
        sys.exit("KNEAD_PROGRAM is not set: the path of the program")


@contextlib.contextmanager
def result_of(scenario, wait):
    """The result of a scenario of the repository, open; it must run to its end within so many seconds, with one thread."""
    import h5py
    needs_program()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([PROGRAM, "run", os.path.join(SOURCE, "scenarios", scenario), "-o", "out", "--progress", "none",
                               "--threads", "1"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=wait)
        if done.returncode:
            sys.exit(f"exit {done.returncode}\n{done.stderr}")
        with h5py.File(os.path.join(folder, "out.h5")) as f:
            yield f
