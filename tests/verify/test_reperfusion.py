#!/usr/bin/env python3
"""scenarios/validation/reperfusion.yaml: pressing stops flow, release overshoots, and far away nothing happens.

The overshoot of 2.6 times is the law's own (models/physiology), not a measured one; the law is integrated here a second
time, in small steps, from the pressures that the run itself noted. So this proves what lies between: that perfusion is
driven by the computed pressure of its own place, through large steps, and by nothing else.
"""
import contextlib
import math

import cases
import numpy as np

WAIT = 300       # s: an idle core needs 4

# models/physiology/perfusion.c, muscle; sources there.
CLOSING, GAIN, RESERVE, TIME, OXYGEN_TIME = 11.3e3, 5.5, 0.40, 120.0, 10.0
PRESSED, RELEASED = (1.0, 61.0), 62.0  # s: full force; off again
FAR = 0.20       # m from the elbow: four times the depth of the body


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def law(time, pressure):
    """Flow over rest at the times given: midpoint rule in steps of at most 10 ms, a thousandth of the fastest time."""
    o, F, flow = 1.0, 0.0, [1.0]

    def rates(o, F, p):
        q = max(0.0, 1 - p / CLOSING) * (1 + F)
        return ((min(q, 1) - o) / OXYGEN_TIME,
                (GAIN * max(0.0, 1 - o / RESERVE) - F * max(1.0, q)) / TIME)

    for t0, t1, p0, p1 in zip(time, time[1:], pressure, pressure[1:]):
        n = int(np.ceil((t1 - t0) / 0.01))
        h = (t1 - t0) / n
        for i in range(n):
            do, dF = rates(o, F, max(0.0, p0 + (p1 - p0) * i / n))
            do, dF = rates(o + h / 2 * do, F + h / 2 * dF, max(0.0, p0 + (p1 - p0) * (i + 0.5) / n))
            o, F = o + h * do, F + h * dF
        flow.append(max(0.0, 1 - max(0.0, p1) / CLOSING) * (1 + F))
    return np.array(flow)


def figure(what, computed, target, low, high, unit, kind, mark, source):
    """One line for tools/validation.py, as tests/figure.h prints it."""
    print(f"FIGURE|reperfusion|{what}|{computed:.10g}|{target:.10g}|{low:.10g}|{high:.10g}|{unit}|{kind}|{mark}|{source}")


class Result:
    def __init__(self, f):
        h = f["history"]
        self.status = text(f.attrs["status"])
        self.time = h["time"][:]
        self.flow, self.pressure = {}, {}
        for name, probe in h["probe"].items():
            self.flow[name] = probe["perfusion"][:] / probe["perfusion"][0]
            self.pressure[name] = probe["pressure"][:] - probe["pressure"][0]
        self.largest_step = h["solver/dt"][:].max()
        self.frames = f["time"][:]
        cells = f["fields/cell/perfusion"][:]
        self.field = cells / cells[0]
        self.centre = f["mesh/points"][:][f["mesh/connectivity"][:]].mean(axis=1)
        self.hold = (self.time >= PRESSED[0] - 1e-9) & (self.time <= PRESSED[1] + 1e-9)
        self.rest = self.time >= RELEASED - 1e-9

    def peak(self, name):
        return self.flow[name][self.rest].max()


def the_run_is_complete_and_its_steps_are_large(r):
    assert r.status == "complete", r.status
    assert r.largest_step > 1.9, f"largest step {r.largest_step} s, 2 s were allowed"


def muscle_under_the_elbow_is_far_above_the_closing_pressure(r):
    least = r.pressure["pressed"][r.hold].min()
    # 1.5: all points of the cell have to be above, and the probe's pressure is their mean
    assert least > 1.5 * CLOSING, f"{least:.0f} Pa, {CLOSING:g} Pa close the vessels"


def pressing_stops_the_flow_of_muscle_and_of_skin(r):
    # Muscle is shut above its closing pressure. Skin is never quite: exp(-(p / 7.2 kPa)^0.97) times a dilation of up to
    # 3 is a hundredth at 45 kPa, and under the elbow there are 64 kPa.
    for name in ("pressed", "skin"):
        most = r.flow[name][r.hold].max()
        assert most < 0.01, f"{name}: {most:.3f} of the flow at rest in the hold"


def flow_overshoots_at_once_after_release(r):
    for name in ("pressed", "skin"):
        peak = r.peak(name)
        assert peak > 1.5, f"{name}: peak {peak:.2f} times rest"
        # Dilation is there when the pressure goes, and from then on it only fades: 3 s are the last step onto release
        # and one step more.
        when = r.time[r.rest][r.flow[name][r.rest].argmax()]
        assert when <= RELEASED + 3, f"{name}: peak at {when:g} s, released at {RELEASED:g} s"


def the_peak_is_that_of_the_law_integrated_in_small_steps(r):
    expected = law(r.time, r.pressure["pressed"])
    peak = expected[r.rest].max()
    # A minute without any flow gives 2.6, by the law tried alone. The 1 s ramps are not without flow all the time; a
    # second more or less of 60 changes the peak by 3 %.
    assert abs(peak - 2.6) < 0.03 * 2.6, f"the law itself gives {peak:.3f}"
    # The program steps 2 s at once (second order; at 5 s the error of its peaks is below 2 %, tests/physiology), and in
    # the ramps the points of the cell do not all shut at the same time: together below 2 % of the peak.
    worst = abs(r.flow["pressed"] - expected)[r.hold | r.rest].max()
    assert worst < 0.02 * peak, f"differs by {worst:.3f}, peak {peak:.3f}"


def the_overshoot_decays_but_is_not_gone_after_a_minute(r):
    for name in ("pressed", "skin"):
        flow = r.flow[name][r.rest]
        after = flow[flow.argmax():]
        assert (np.diff(after) < 0).all(), f"{name}: the excess grows again"
        # Washout by flow makes it fall to a half in 42 s, so to between a quarter and a half in 60 s.
        left = (after[-1] - 1) / (after.max() - 1)
        assert 0.25 < left < 0.5, f"{name}: {left:.2f} of the excess is left after a minute"


def far_away_flow_stays_at_rest(r):
    far = np.hypot(r.centre[:, 0], r.centre[:, 1]) > FAR
    assert far.sum() >= 20, f"{far.sum()} cells are far"  # four corners, five layers of elements
    worst = abs(r.field[:, far] - 1).max()
    assert worst < 0.01, f"{worst:.4f} off the flow at rest"  # the 1 %


def near_flow_is_neither_stopped_nor_at_rest(r):
    """The field is a field: between the two, flow is lowered and not stopped, at the same frames."""
    frame = int(np.argmin(abs(r.frames - 30)))
    distance = np.hypot(r.centre[:, 0], r.centre[:, 1])
    ring = r.field[frame][(distance > 0.02) & (distance < 0.06)]
    assert ring.size and (ring < 0.95).any() and ring.min() > 0.02, ring


def figures(result):
    """The tolerances are those of the tests above, which judge."""
    peak = law(result.time, result.pressure["pressed"])[result.rest].max()
    figure("muscle under the elbow: most flow while pressed", result.flow["pressed"][result.hold].max(), 0, 0, 0.01, "of rest",
           "calibrated", "V", "Thorsson et al. 1987: no flow under 11.3 kPa; the law has its closing pressure from there")
    figure("the same: peak after release", result.peak("pressed"), peak, peak * 0.98, peak * 1.02, "of rest", "exact", "",
           "the law integrated in steps of 10 ms; 2.6 is the law's, no measured number")
    figure("skin under the elbow: peak after release", result.peak("skin"), math.nan, 1.5, math.inf, "of rest", "calibrated",
           "VD", "Lavigne et al. 2025, arXiv 2502.17354: 1.9 to 3.2 after a minute; the law was fitted to these data")
    far = np.hypot(result.centre[:, 0], result.centre[:, 1]) > FAR
    figure("far away: most change of flow", abs(result.field[:, far] - 1).max(), 0, 0, 0.01, "of rest", "exact", "",
           "nothing presses there")
    for name, label in (("pressed", "muscle"), ("skin", "skin"), ("far", "far away")):
        for t, q in zip(result.time, result.flow[name]):
            print(f"CURVE|reperfusion|{label}|{t:.6g}|{q:.6g}")


def main():
    with cases.result_of("validation/reperfusion.yaml", WAIT) as f:
        r = Result(f)
    print(f"largest step {r.largest_step:g} s; under the elbow {r.pressure['pressed'].max() / 1e3:.1f} kPa in muscle, "
          f"{r.pressure['skin'].max() / 1e3:.0f} kPa in skin; peaks {r.peak('pressed'):.2f} and {r.peak('skin'):.2f}")
    figures(r)
    cases.run(cases.cases(globals(), "r"), lambda: contextlib.nullcontext(r))


if __name__ == "__main__":
    main()
