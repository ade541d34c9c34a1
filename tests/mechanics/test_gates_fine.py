#!/usr/bin/env python3
"""The gates that take minutes: mesh C (281 thousand unknowns), 4 and 8 mm deep, every disc and ball."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from test_gates import BALL, DISCS, LAWS, judge, measure, rows_of  # noqa: E402

PRESSED = ["4mm", "8mm"]


def main():
    if os.environ.get("KNEAD_SANITIZE"):
        return
    found = measure("iterations", "contact", "pressed")
    expected = rows_of("C", ["flat", "bent"]) | rows_of("B", DISCS + BALL) | rows_of("B", PRESSED, LAWS[1::2])
    sys.exit(judge(found, expected) > 0)


if __name__ == "__main__":
    main()
