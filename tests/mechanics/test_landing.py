#!/usr/bin/env python3
"""A hand that circles while it lands on a coarse mesh loses its first points of contact between two steps: it is put back
on the skin, and no step has to be cut.

KNEAD_PROGRAM is the program.
"""
import json
import os
import subprocess
import tempfile

import cases

TEXT = """knead: 1
body: {kind: layered_back, size: [24 cm, 32 cm], cells: [5, 8], layer_cells: [1, 1, 1, 1], L5: 8 cm}
tissue:
  skin:   {law: neo_hookean, mu: 50 kPa, bulk: 2.5 MPa}
  fat:    {law: neo_hookean, mu: 8.7 kPa, bulk: 435 kPa}
  fascia: {law: fibre_neo_hookean, mu: 100 kPa, bulk: 5 MPa, fibre: 10 MPa, fibre2: 10 MPa}
  muscle: {law: fibre_neo_hookean, mu: 6 kPa, bulk: 300 kPa, fibre: 252 kPa}
hands: {heel: {kind: palm, length: 10 cm, width: 8 cm, thickness: 4 cm, friction: 0.36}}
session: [{hand: heel, technique: petrissage, at: [L2, 4 cm], press: 40 N, frequency: 0.5 Hz, radius: 8 mm, cycles: 1}]
time: {first: 10 ms, min: 0.1 ms, max: 0.1 s}
output: {every: 0.1 s, fields: [displacement]}
"""


def a_hand_that_moves_while_it_lands_cuts_no_step(folder):
    with open(os.path.join(folder, "landing.yaml"), "w") as f:
        f.write(TEXT)
    done = subprocess.run([os.environ["KNEAD_PROGRAM"], "run", "landing.yaml", "--until", "0.5", "--json", "--progress",
                           "none"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)["report"]
    print(report["steps"], "steps,", report["cutbacks"], "cut-backs,", report["newton_iterations"], "Newton iterations")
    assert report["cutbacks"] == 0 and report["steps"] < 15, report


if __name__ == "__main__":
    cases.needs_program()
    cases.run(cases.cases(globals(), "folder"), tempfile.TemporaryDirectory)
