#!/usr/bin/env python3
"""The five programmes of scenarios/, run whole: what each took, as a table and as CSV.

    bench/programmes.py [--program FILE] [--resolution draft|default|fine] [--threads N] [--csv FILE] [--until S]
                        [NAME...]
    bench/programmes.py --excerpt                 # 5 s with touch-down, reversal and lift-off on a mesh twice as fine

KNEAD_PROGRAM is the program where --program does not say. Results go to a folder that is removed; --keep FOLDER keeps
them. Exit 1 when a programme did not complete. A wall time says something on an idle machine only.
"""
import argparse
import csv
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
NAMES = ["swedish", "deep_tissue", "trigger_point", "myofascial_release", "sports"]
# Two strokes with a light way back between them: touch-down at 0 s, reversals at 2.0 and 2.6 s, lift-off at 4.5 s. The
# mesh of swedish.yaml with elements half as wide.
EXCERPT = ["body.resolution=fine",
           "session=[{together: ["
           + ", ".join(f"{{hand: {side}_palm, technique: effleurage, from: [L4, {t} cm], to: [L2, {t} cm], "
                       "press: 25 N, speed: 8 cm/s, repeat: 2, light: 0.3, back: 12 cm/s, assumed: true}"
                       for side, t in (("left", -5), ("right", 5)))
           + "]}, {rest: 0.47 s}]"]
COLUMNS = ["programme", "resolution", "unknowns", "threads", "status", "simulated_s", "wall_s", "real_time_factor",
           "steps", "cutbacks", "newton", "newton_per_step", "linear", "linear_per_newton", "linear_per_step",
           "augmentations", "force_error", "balance", "where"]


def run(args, name, resolution, sets, folder):
    """One run: a row of the table."""
    scenario = ROOT / "scenarios" / f"{name}.yaml"
    line = [args.program, "run", scenario, "-o", os.path.join(folder, name), "--force", "--json", "--progress", "none",
            "--threads", str(args.threads), "--set", f"body.resolution={resolution}"]
    for pair in sets:
        line += ["--set", pair]
    if args.until:
        line += ["--until", str(args.until)]
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    answer = json.loads(done.stdout or "{}")
    r = answer.get("report")
    if not r:
        sys.exit(f"{name}: {done.stderr}")
    steps, newton, linear = r["steps"], r["newton_iterations"], r["linear_iterations"]
    seconds = sorted(r["seconds"].items(), key=lambda item: -item[1])
    row = dict(programme=name, resolution=r["resolution"], unknowns=int(r["unknowns"]), threads=args.threads,
               status=r["status"], simulated_s=r["time_s"], wall_s=r["wall_s"],
               real_time_factor=r["time_s"] / r["wall_s"], steps=int(steps), cutbacks=int(r["cutbacks"]),
               newton=int(newton), newton_per_step=newton / max(steps, 1),
               linear=int(linear), linear_per_newton=linear / max(newton, 1), linear_per_step=linear / max(steps, 1),
               augmentations=int(r["augmentations"]),
               force_error=max((h["force_error_max"] for h in r["hands"].values()), default=0.0),
               balance=r["balance_max"],
               where="; ".join(f"{k} {100 * v / r['wall_s']:.0f} %" for k, v in seconds if v > 0.01 * r["wall_s"]))
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(NAMES))
    parser.add_argument("--program", default=os.environ.get("KNEAD_PROGRAM"))
    parser.add_argument("--resolution", default="default", choices=["draft", "default", "fine"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--until", type=float, help="s of massage")
    parser.add_argument("--excerpt", action="store_true", help="5 s on the mesh twice as fine")
    parser.add_argument("--csv", help="appended to, with its head when it is new")
    parser.add_argument("--keep", help="folder for the results")
    args = parser.parse_args()
    if not args.program:
        parser.error("no program: --program or KNEAD_PROGRAM")
    unknown = sorted(set(args.names) - set(NAMES))
    if unknown:
        parser.error(f"no programme is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    about = subprocess.run([args.program, "--version", "--json"], capture_output=True, text=True).stdout
    plan = [("swedish", "fine", EXCERPT)] if args.excerpt else [(n, args.resolution, []) for n in args.names or NAMES]
    rows = []
    if args.keep:
        os.makedirs(args.keep, exist_ok=True)
    print(f"{'':20}{'unknowns':>9} {'simulated':>10} {'wall':>9} {'real time':>10} {'steps':>6} {'cut':>4} "
          f"{'Newton/step':>12} {'linear/step':>12} {'force error':>12}")
    with tempfile.TemporaryDirectory() as scratch:
        for name, resolution, sets in plan:
            r = run(args, name, resolution, sets, args.keep or scratch)
            r["programme"] = f"{name} excerpt" if args.excerpt else name
            rows.append(r)
            print(f"{r['programme']:20}{r['unknowns']:9d} {r['simulated_s']:8.1f} s {r['wall_s']:7.1f} s "
                  f"{r['real_time_factor']:9.2f}x {r['steps']:6d} {r['cutbacks']:4d} {r['newton_per_step']:12.1f} "
                  f"{r['linear_per_step']:12.1f} {r['force_error']:12.1e}  {r['status']}\n    {r['where']}",
                  flush=True)
    if args.csv:
        today, new = datetime.date.today().isoformat(), not os.path.exists(args.csv)
        with open(args.csv, "a", newline="") as f:
            out = csv.DictWriter(f, ["date", "commit", *COLUMNS])
            if new:
                out.writeheader()
            for r in rows:
                short = {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in r.items()}
                out.writerow({"date": today, "commit": json.loads(about)["commit"], **short})
    asked = args.until is not None
    sys.exit(any(r["status"] != "complete" and not (asked and r["status"] == "interrupted") for r in rows))


if __name__ == "__main__":
    main()
