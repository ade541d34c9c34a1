#!/usr/bin/env python3
"""Draws one figure of a result: the skin from above, two sections through the hand that presses most, and curves over time.

    tools/plot.py RESULT.h5 [-o PICTURE.png] [--body]

Needs h5py, numpy and matplotlib (tools/install brings them). The maps and sections are of the frame in which the
hands push most. A field that the result does not hold leaves its panel empty. With --body it draws the undeformed
body instead: sections, the sheets that hold muscle or fibres from above, and where the floor lies; a run of one step
(knead run X.yaml --until 1e-3) is enough for that.
"""
import argparse
import os
import sys

try:
    import h5py
    import matplotlib
    import numpy as np
except ImportError as lacking:
    sys.exit(f"plot.py: {lacking}; tools/install installs it, and Debian's own /usr/bin/python3 finds it")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.collections import LineCollection, PolyCollection  # noqa: E402
from matplotlib.colors import LogNorm, Normalize  # noqa: E402

# Rings of nodes in a cell of 27 (VTK order): its upper face, and its middle planes of constant x and of constant y.
UPPER = [4, 12, 5, 13, 6, 14, 7, 15]
MIDDLE = [[8, 24, 10, 23, 14, 25, 12, 22], [11, 24, 9, 21, 13, 25, 15, 20]]
UPPER_CENTRE = 25
LAYER_COLOURS = ["#8c2d3f", "#c77d2e", "#d9b84a", "#3f7f93", "#5b5ea6", "#7a7a7a", "#4e8f5a", "#a05f9c",
                 "#d98c8c", "#8a5a2b", "#a3b86c", "#7fc4c9", "#b0b3e6", "#c9c2b8", "#2f4f4f", "#e0a9d6"]
# The same colour for a layer in every picture, whichever others there are. Layers that share one do not meet in one body.
LAYER_NAMES = [{"muscle"}, {"fascia"}, {"fat"}, {"skin"}, {"multifidus", "transversospinales"},
               {"longissimus", "erector_spinae"}, {"iliocostalis", "rib_muscles"}, {"quadratus_lumborum", "rhomboid"},
               {"body_wall", "infraspinatus"}, {"gluteus", "supraspinatus"}, {"gliding"}, {"latissimus"},
               {"superficial_fascia", "loose"}, {"lower_trapezius"}, {"middle_trapezius"}, {"upper_trapezius"}]
INK = "#333333"


def layer_colours(names):
    """One a layer: by its name when that is known, else the first that is free."""
    known = {n: c for same, c in zip(LAYER_NAMES, LAYER_COLOURS) for n in same}
    free = [c for c in LAYER_COLOURS if c not in {known.get(n) for n in names}] or LAYER_COLOURS
    rest = iter(range(len(names)))
    return [known[n] if n in known else free[next(rest) % len(free)] for n in names]


class Result:
    def __init__(self, path):
        self.f = h5py.File(path, "r")
        if self.f.attrs.get("format") != "knead-result":
            raise ValueError(f"{path} is an HDF5 file, but not a result of knead")
        self.x = self.f["mesh/points"][()]
        self.cell = self.f["mesh/connectivity"][()]
        self.layer = self.f["mesh/layer"][()]
        self.layers = [n.decode() for n in self.f["mesh/layer_names"]]
        self.colour = layer_colours(self.layers)
        self.time = self.f["time"][()]
        self.hands = list(self.f["hands"]) if "hands" in self.f else []
        if not len(self.time):
            raise ValueError(f"{path} holds no frame yet")

    def cells(self, name, frame):
        path = f"frames/cell/{name}/{frame}"
        return self.f[path][()] if path in self.f else None

    def unit(self, name):
        path = f"fields/cell/{name}"
        return self.f[path].attrs.get("units", "1") if path in self.f else "1"

    def history(self, path):
        """Time and values; None when there is no such column or not one row of it."""
        path = "history/" + path
        if path not in self.f or not len(self.f["history/time"]):
            return None
        n = min(len(self.f[path]), len(self.f["history/time"]))  # a run may be writing just now
        return self.f["history/time"][:n], self.f[path][:n]

    def force(self, hand):
        push = self.history(f"hand/{hand}/force")
        return push and (push[0], np.linalg.norm(push[1], axis=1))

    def gaps(self, t, value):
        """A hole wherever cycles were jumped over: no line is drawn where nothing was computed."""
        if "history/solver/jumped" not in self.f:
            return t, value
        at = np.flatnonzero(self.f["history/solver/jumped"][:len(t)] > 0)
        return np.insert(t, at, t[at]), np.insert(np.asarray(value, float), at, np.nan)

    def pushing(self, frame):
        """Hands that push at a frame, the hardest first."""
        push = {h: np.interp(self.time[frame], *self.force(h)) for h in self.hands if self.force(h)}
        return sorted((h for h in push if push[h] > 0), key=push.get, reverse=True)

    def deformed(self, frame):
        path = f"frames/point/displacement/{frame}"
        return self.x + (self.f[path][()] if path in self.f else 0)

    def hand_surface(self, hand, frame):
        path = f"frames/hand/{hand}/points/{frame}"
        if path not in self.f or not len(self.f[path]):
            return None
        return self.f[path][()], self.f[f"hands/{hand}/triangles"][()]

    def hardest_frame(self):
        """Frame in which the hands push most, and the hand that does; without forces the frame that moves most."""
        best = sum((np.interp(self.time, *self.force(h)) for h in self.hands if self.force(h)), np.zeros(len(self.time)))
        if best.max() == 0 and "frames/point/displacement" in self.f:
            best = np.array([np.abs(self.f[f"frames/point/displacement/{i}"][()]).max() for i in range(len(self.time))])
        hardest = np.flatnonzero(best >= 0.99 * best.max())  # a held push or a stroke: its middle
        frame = int(hardest[len(hardest) // 2])
        pushing = self.pushing(frame)
        return frame, pushing[0] if pushing else None


def in_large_units(unit, largest):
    """Factor and unit that make numbers easy to read."""
    if unit == "Pa":
        return (1e-6, "MPa") if largest >= 2e6 else (1e-3, "kPa") if largest >= 500 else (1, "Pa")
    return 1, unit


def hull(p):
    """Outline of points in the plane (monotone chain)."""
    p = np.unique(p, axis=0)
    halves = []
    for points in (p, p[::-1]):
        half = []
        for q in points:
            while len(half) > 1 and np.cross(half[-1] - half[-2], q - half[-2]) <= 0:
                half.pop()
            half.append(q)
        halves += half[:-1]
    return np.array(halves + halves[:1])


def cut(points, triangles, axis, at):
    """Where the plane x = at (axis 0) or y = at (axis 1) cuts a surface: pairs of (the other one, z)."""
    lines = []
    for corner in points[triangles]:
        side = corner[:, axis] - at
        ends = [corner[i] + (corner[j] - corner[i]) * side[i] / (side[i] - side[j])
                for i, j in ((0, 1), (1, 2), (2, 0)) if (side[i] < 0) != (side[j] < 0)]  # 0 counts as above
        if len(ends) == 2:
            lines.append([(e[1 - axis], e[2]) for e in ends])
    return 1e3 * np.array(lines)


def empty(ax, text):
    ax.text(0.5, 0.5, text, ha="center", va="center", color="#888888", transform=ax.transAxes)
    ax.set_xticks([])
    ax.set_yticks([])


def paint(fig, ax, polygons, value, norm, cmap, label, edge):
    c = PolyCollection(1e3 * polygons, array=value, norm=norm, cmap=cmap, edgecolors=edge, linewidths=0.3)
    ax.add_collection(c)
    ax.autoscale_view()
    ax.set_aspect("equal")
    fig.colorbar(c, ax=ax, label=label, fraction=0.05, pad=0.02)


def spread(value, log):
    """Colours from small to large, leaving the last two per cent to the brightest one."""
    value = value[np.isfinite(value)]
    top = np.percentile(value, 98) if len(value) else 0
    top = top if top > 0 else (value.max() if len(value) and value.max() > 0 else 1)
    return LogNorm(top / 300, top, clip=True) if log else Normalize(0, top)


def skin_map(fig, ax, r, frame, name, title, cmap, log=False):
    ax.set_title(title, loc="left")
    value = r.cells(name, frame)
    if value is None:
        return empty(ax, f"no {name} in this result")
    skin = np.isin(r.cell[:, UPPER_CENTRE], r.f["mesh/sets/node/skin_surface"][()])
    value = value[skin]
    factor, unit = in_large_units(r.unit(name), np.nanmax(value, initial=0))
    polygons = r.deformed(frame)[r.cell[skin][:, UPPER]][:, :, :2]
    paint(fig, ax, polygons, factor * value, spread(factor * value, log), cmap, f"{name}, {unit}", "none")
    for hand in r.pushing(frame):
        surface = r.hand_surface(hand, frame)
        if surface is None:
            continue
        line = 1e3 * hull(surface[0][:, :2])
        low, high = 1e3 * polygons.min(axis=(0, 1)), 1e3 * polygons.max(axis=(0, 1))
        if (line.max(axis=0) < low).any() or (line.min(axis=0) > high).any():
            continue
        ax.plot(*line.T, color="white", lw=2.2, alpha=0.8, clip_on=True)
        ax.plot(*line.T, color=INK, lw=1)
        at = np.clip(line, low, high).mean(axis=0)
        ax.annotate(hand, at, ha="center", color=INK, fontsize=8,
                    bbox={"fc": "white", "ec": "none", "alpha": 0.7, "pad": 0.6})
    ax.set_xlim(1e3 * polygons[:, :, 0].min(), 1e3 * polygons[:, :, 0].max())
    ax.set_ylim(1e3 * polygons[:, :, 1].min(), 1e3 * polygons[:, :, 1].max())
    ax.set_xlabel("to the right, mm")
    ax.set_ylabel("toward the head, mm")


def section(ax, r, frame, axis, centre, title):
    """Cells that hold the centre between their ends along the axis, as they are deformed. Returns what colours them."""
    ax.set_title(title, loc="left")
    at = np.clip(centre[axis], r.x[:, axis].min() + 1e-9, r.x[:, axis].max() - 1e-9)
    ends = r.x[r.cell][:, :, axis]
    row = (ends.min(axis=1) <= at) & (at < ends.max(axis=1))
    corners = r.deformed(frame)[r.cell[row][:, MIDDLE[axis]]]
    polygons = corners[:, :, [1 - axis, 2]]
    cells = PolyCollection(1e3 * polygons, edgecolors="#ffffff60", linewidths=0.3)
    ax.add_collection(cells)
    for name in r.pushing(frame):
        surface = r.hand_surface(name, frame)
        lines = cut(*surface, axis, corners[:, :, axis].mean()) if surface else []
        if len(lines):
            ax.add_collection(LineCollection(lines, colors=INK, linewidths=1.4))
    bottom, top = 1e3 * polygons[:, :, 1].min(), 1e3 * polygons[:, :, 1].max()
    ax.set_aspect("equal")
    ax.set_xlim(1e3 * polygons[:, :, 0].min(), 1e3 * polygons[:, :, 0].max())
    ax.set_ylim(bottom, top + 0.6 * (top - bottom))
    last = polygons[:, :, 0].mean(axis=1) > polygons[:, :, 0].max() - 1e-3 * 20
    for i, name in enumerate(r.layers):  # names beside the layers, on the right
        inside = last & (r.layer[row] == i)
        if inside.any():
            ax.annotate(f"\u2013 {name}", (ax.get_xlim()[1], 1e3 * polygons[inside][:, :, 1].mean()), xytext=(1, 0),
                        textcoords="offset points", va="center", fontsize=7, annotation_clip=False)
    ax.set_xlabel("to the right, mm" if axis else "toward the head, mm")
    ax.set_ylabel("height, mm")
    return cells, row


def sections(fig, axes, r, frame, hand):
    path = f"frames/hand/{hand}/pose/{frame}"
    centre = r.f[path][:3, 3] if path in r.f else r.x.mean(axis=0)
    where = f"under {hand}" if hand else "through the middle"
    drawn = [section(ax, r, frame, axis, centre, f"section {how} {where}")
             for ax, axis, how in zip(axes, (1, 0), ("across", "along"))]
    value = r.cells("tension", frame)
    if value is None:  # the layers instead
        for cells, row in drawn:
            cells.set_facecolor([r.colour[i] for i in r.layer[row]])
        return
    seen = np.concatenate([value[row] for _, row in drawn])
    factor, unit = in_large_units(r.unit("tension"), np.nanmax(seen, initial=0))
    norm = spread(factor * seen, True)
    for cells, row in drawn:
        cells.set(array=np.maximum(factor * value[row], 1e-30), norm=norm, cmap="magma")
    fig.colorbar(drawn[0][0], ax=axes, label=f"tension, {unit}", location="bottom", aspect=50, pad=0.02, fraction=0.06)


def finish_curve(ax, r, frame, title, label):
    ax.set_title(title, loc="left")
    ax.set_xlabel("time, s")
    ax.set_ylabel(label)
    ax.axvline(r.time[frame], color="#bbbbbb", lw=1, zorder=0)
    ax.grid(alpha=0.25)
    ax.margins(x=0)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=7, frameon=False)


def force_curves(ax, r, frame):
    drawn = [h for h in r.hands if r.force(h) is not None]
    if not drawn:
        ax.set_title("hands", loc="left")
        return empty(ax, "no hand in this result")
    deep = ax.twinx()
    for i, hand in enumerate(drawn):
        colour = f"C{i}"
        t, push = r.force(hand)
        ax.plot(*r.gaps(t, push), color=colour, lw=max(1.2, 2.2 - i / 2), label=hand)  # two hands may do the same
        depth = r.history(f"hand/{hand}/indentation")
        if depth is not None:
            deep.plot(*r.gaps(depth[0], 1e3 * depth[1]), color=colour, lw=1, ls="--", alpha=0.8)
    deep.set_ylabel("indentation, mm (dashed)")
    deep.set_ylim(bottom=0)
    ax.set_ylim(bottom=0)
    finish_curve(ax, r, frame, "force of the hands", "force, N")


def layer_curves(ax, r, frame, column, title, label, factor=1.0, level=None):
    values, lowest = [], []
    for i, name in enumerate(r.layers):
        line = r.history(f"layer/{name}/{column}")
        if line is None or not np.isfinite(line[1]).any():
            continue
        ax.plot(*r.gaps(line[0], factor * line[1]), color=r.colour[i], lw=1.4, label=name)
        values.append(np.nanmax(line[1]))
        lowest.append(np.nanmin(line[1]))
    if not values:
        ax.set_title(title, loc="left")
        return empty(ax, f"no {column} in this result")
    if level is not None:
        ax.axhline(level, color="#999999", lw=0.8, ls=":")
        ax.set_ylim(bottom=0 if min(lowest) < 0.6 else None)
    elif min(values) > 0 and max(values) > 30 * min(values):
        ax.set_yscale("log")
        ax.set_ylim(factor * min(values) / 30, 2 * factor * max(values))
    else:
        ax.set_ylim(bottom=0)
    finish_curve(ax, r, frame, title, label)


# ---- the undeformed body ------------------------------------------------------------------------------------------

LOWER_CENTRE = 24  # of the lower face, VTK order; 26: centre of the cell
CENTRE = 26


class Body:
    """The mesh as sheets: a column of cells is contiguous, the uppermost of it lies at the skin."""

    def __init__(self, r):
        self.r = r
        skin = np.isin(r.cell[:, UPPER_CENTRE], r.f["mesh/sets/node/skin_surface"][()])
        self.nsheet = len(r.cell) // skin.sum()
        if len(r.cell) % skin.sum() or not skin[self.nsheet - 1::self.nsheet].all():
            raise ValueError("--body draws the sheets of a mesh in columns, and this mesh has none")
        self.fibre = [r.f["mesh/" + n][()] for n in ("fibre", "fibre2") if "mesh/" + n in r.f]

    def sheet(self, k):
        return np.arange(k, len(self.r.cell), self.nsheet)

    def colours(self, cells):
        return [self.r.colour[i] for i in self.r.layer[cells]]

    def strokes(self, cells, axes, length):
        """A line along each fibre of these cells, in two of the three axes, mm."""
        lines = []
        for family in self.fibre:
            f = family[cells]
            has = np.linalg.norm(f, axis=1) > 0.5
            middle = self.r.x[self.r.cell[cells[has], CENTRE]]
            half = 0.5 * length * f[has]
            lines += list(np.stack([middle - half, middle + half], axis=1)[:, :, axes])
        return 1e3 * np.array(lines)


def body_section(ax, b, axis, at, title):
    """Middles of the cells that hold the plane; fibres where they run in it."""
    r = b.r
    ends = r.x[r.cell][:, :, axis]
    row = np.flatnonzero((ends.min(axis=1) <= at) & (at < ends.max(axis=1)))
    polygons = r.x[r.cell[row][:, MIDDLE[axis]]][:, :, [1 - axis, 2]]
    ax.add_collection(PolyCollection(1e3 * polygons, facecolors=b.colours(row), edgecolors="#ffffff80", linewidths=0.3))
    if axis == 0:
        strokes = b.strokes(row, [1, 2], 0.4 * np.ptp(ends[row[0]] if len(row) else r.x[:, 0]))
        ax.add_collection(LineCollection(strokes, colors=INK, linewidths=0.6))
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.set_title(title, loc="left")
    ax.set_xlabel("to the right, mm" if axis else "toward the head, mm")
    ax.set_ylabel("height, mm")


def body_sheet(ax, b, k):
    """One sheet from above: its regions and their fibres."""
    r, cells = b.r, b.sheet(k)
    polygons = r.x[r.cell[cells][:, UPPER]][:, :, :2]
    ax.add_collection(PolyCollection(1e3 * polygons, facecolors=b.colours(cells), edgecolors="#ffffff60",
                                     linewidths=0.3))
    size = np.sqrt(np.ptp(polygons[:, :, 0], axis=1) * np.ptp(polygons[:, :, 1], axis=1)).min()
    strokes = b.strokes(cells, [0, 1], 0.8 * size)
    if len(strokes):
        ax.add_collection(LineCollection(strokes, colors=INK, linewidths=0.8))
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.set_title(f"sheet {k + 1} of {b.nsheet}", loc="left")
    ax.set_xlabel("to the right, mm")


def body_map(fig, ax, b, value, title, label, cmap):
    """A value at the nodes of the skin, as lines of height over the plan."""
    x = b.r.x[b.r.cell[b.sheet(b.nsheet - 1)][:, UPPER + [UPPER_CENTRE]]].reshape(-1, 3)
    value, levels = 1e3 * value.reshape(-1), 16
    if np.ptp(value) < 1e-6 * np.abs(value).max():  # plane, but for rounding: that is no landscape
        levels = round(value.mean(), 3) + np.linspace(-1, 1, 17)
    drawn = ax.tricontourf(1e3 * x[:, 0], 1e3 * x[:, 1], value, levels, cmap=cmap)
    fig.colorbar(drawn, ax=ax, label=label, fraction=0.05, pad=0.02)
    ax.set_aspect("equal")
    ax.set_title(title, loc="left")
    ax.set_xlabel("to the right, mm")


def draw_body(r):
    b = Body(r)
    ring = [0, 8, 1, 9, 2, 10, 3, 11, LOWER_CENTRE]  # below UPPER and its centre
    top = r.x[r.cell[b.sheet(b.nsheet - 1)][:, UPPER + [UPPER_CENTRE]]][:, :, 2]
    floor = r.x[r.cell[b.sheet(0)][:, ring]][:, :, 2]
    lo, hi = r.x.min(axis=0), r.x.max(axis=0)

    fig = plt.figure(figsize=(15, 10), layout="constrained")
    upper, below, foot = fig.subfigures(3, 1, height_ratios=[1.2, 1, 0.12])
    across, along = upper.subfigures(1, 2)
    for ax, part in zip(across.subplots(3, 1), (0.85, 0.5, 0.15)):
        at = lo[1] + part * (hi[1] - lo[1])
        body_section(ax, b, 1, at, f"across, at {1e3 * at:.0f} mm")
    for ax, part in zip(along.subplots(3, 1), (0.51, 0.65, 0.85)):
        at = lo[0] + part * (hi[0] - lo[0])
        body_section(ax, b, 0, at, f"along, {1e3 * at:.0f} mm to the right")
    # The first sheet of each kind tells most: those that repeat the regions of the one below are left out.
    shown = [k for k in range(b.nsheet) if k == 0 or (r.layer[b.sheet(k)] != r.layer[b.sheet(k - 1)]).any()]
    shown = [k for k in shown if any(np.any(f[b.sheet(k)]) for f in b.fibre) or len(set(r.layer[b.sheet(k)])) > 1]
    panels = below.subplots(1, len(shown[:4]) + 2, squeeze=False)[0]
    for ax, k in zip(panels, shown):
        body_sheet(ax, b, k)
    body_map(below, panels[-2], b, top, "skin", "height, mm", "viridis")
    body_map(below, panels[-1], b, top - floor, "from skin to floor", "upright, mm", "magma_r")
    names = [plt.Rectangle((0, 0), 1, 1, fc=c) for c in r.colour]
    foot.legend(names[::-1], r.layers[::-1], loc="center", ncol=6, frameon=False)
    fig.suptitle(f"{r.f.attrs.get('title') or os.path.basename(r.f.filename)}: the body", fontsize=13)
    return fig


def draw(r):
    frame, hand = r.hardest_frame()
    fig = plt.figure(figsize=(15, 9), layout="constrained")
    upper, lower = fig.subfigures(2, 1, height_ratios=[1.35, 1])
    maps = upper.subplot_mosaic([["tension", "perfusion", "across"], ["tension", "perfusion", "along"]],
                                gridspec_kw={"width_ratios": [1, 1, 1.5]})
    curves = lower.subplots(1, 3)
    skin_map(upper, maps["tension"], r, frame, "tension", "tension in the skin", "magma")
    skin_map(upper, maps["perfusion"], r, frame, "perfusion", "perfusion of the skin", "viridis")
    sections(upper, [maps["across"], maps["along"]], r, frame, hand)
    force_curves(curves[0], r, frame)
    layer_curves(curves[1], r, frame, "perfusion_vs_baseline", "perfusion of the layers", "% of rest", 100, 100)
    layer_curves(curves[2], r, frame, "tension_mean", "tension in the layers", "mean, kPa", 1e-3)
    a = r.f.attrs
    title = a.get("title") or os.path.basename(r.f.filename)
    state = "" if a.get("status") == "complete" else f"  ({a.get('status')})"
    fig.suptitle(f"{title}{state}\nmaps and sections at t = {r.time[frame]:.2f} s", fontsize=13)
    return fig


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("result", help="RESULT.h5")
    p.add_argument("-o", "--output", help="picture; its ending chooses the format (default: RESULT.png)")
    p.add_argument("--dpi", type=int, default=110)
    p.add_argument("--body", action="store_true", help="the undeformed body: sections, sheets with fibres, floor")
    o = p.parse_args()
    plt.rcParams.update({"font.size": 9, "axes.titlesize": 10, "axes.edgecolor": "#888888", "text.color": INK,
                         "axes.labelcolor": INK, "axes.formatter.useoffset": False, "axes.spines.top": False, "figure.facecolor": "white"})
    try:
        result = Result(o.result)
    except (OSError, KeyError, ValueError) as e:
        print(f"plot.py: cannot draw {o.result}: {e}", file=sys.stderr)
        return 3
    picture = o.output or os.path.splitext(o.result)[0] + ".png"
    try:
        (draw_body if o.body else draw)(result).savefig(picture, dpi=o.dpi)
    except ValueError as e:
        print(f"plot.py: cannot draw {o.result}: {e}", file=sys.stderr)
        return 3
    except OSError as e:
        print(f"plot.py: cannot write {picture}: {e}", file=sys.stderr)
        return 5
    print(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
