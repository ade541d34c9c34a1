#!/usr/bin/env python3
# depends: test_result
"""tools/plot.py draws what is there, leaves out what is not, and says so when it cannot draw."""
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLOT = os.path.join(ROOT, "tools", "plot.py")
spec = importlib.util.spec_from_file_location("plot", PLOT)
plot = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plot)


class Plot(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "run.h5")
        shutil.copy("out_sample.h5", self.file)

    def run_plot(self, *more):
        return subprocess.run([sys.executable, PLOT, self.file, *more], capture_output=True, text=True, timeout=120)

    def without(self, *paths):
        with h5py.File(self.file, "r+") as f:
            for path in paths:
                del f[path]

    def assert_drawn(self, *more):
        done = self.run_plot("--dpi", "40", *more)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        picture = self.file[:-3] + ".png"
        self.assertEqual(done.stdout.strip(), picture)
        import matplotlib.image
        pixels = matplotlib.image.imread(picture)[:, :, :3]
        dark = (pixels.min(axis=2) < 0.95).mean()
        self.assertGreater(dark, 0.05)  # maps and curves cover more than that; an empty page has 0

    def test_a_result_becomes_a_picture_beside_it(self):
        self.assert_drawn()

    def test_missing_fields_leave_their_panels_empty(self):
        self.without("frames/cell/tension", "history/layer", "frames/point/displacement")
        self.assert_drawn()

    def test_a_result_without_hands_is_drawn(self):
        self.without("hands", "frames/hand", "history/hand")
        self.assert_drawn()

    def test_the_body_alone_is_drawn_with_and_without_fibres(self):
        self.assert_drawn("--body")
        self.without("mesh/fibre")
        self.assert_drawn("--body")

    def test_a_column_of_cells_is_cut_into_sheets(self):
        r = plot.Result(self.file)
        b = plot.Body(r)
        heights = [r.x[r.cell[b.sheet(k), plot.CENTRE], 2] for k in range(b.nsheet)]
        self.assertEqual(sum(len(h) for h in heights), len(r.cell))
        for low, high in zip(heights, heights[1:]):
            self.assertTrue((low < high).all())
        r.f.close()

    def test_maps_show_the_frame_in_which_the_hands_push_most(self):
        with h5py.File(self.file, "r+") as f:
            t, force = f["history/time"][()], f["history/hand/palm/force"]
            force[()] = np.outer(np.exp(-((t - 0.2) / 0.05) ** 2), [0, 3, 4])
        r = plot.Result(self.file)
        frame, hand = r.hardest_frame()
        self.assertEqual((frame, hand), (2, "palm"))
        self.assertAlmostEqual(np.interp(r.time[frame], *r.force("palm")), 5, places=12)
        r.f.close()

    def test_a_plane_cuts_the_hand_where_it_is(self):
        r = plot.Result(self.file)
        points, triangles = r.hand_surface("palm", 0)
        lines = plot.cut(points, triangles, 1, 0.04)  # the quarter turn put the origin there
        r.f.close()
        # turned: the palm's length of 180 mm lies along x, its thickness of 30 mm along z from z = 30 mm on; facets of
        # the surface cut corners by less than 2 %
        self.assertAlmostEqual(np.ptp(lines[:, :, 0]), 180, delta=3.6)
        self.assertAlmostEqual(np.ptp(lines[:, :, 1]), 30, delta=0.6)
        self.assertAlmostEqual(lines[:, :, 1].min(), 30, delta=0.6)

    def test_the_outline_of_points_is_their_convex_hull(self):
        inside = np.random.default_rng(1).uniform(-0.99, 0.99, (200, 2))
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        line = plot.hull(np.vstack([inside, corners]))
        self.assertEqual({tuple(p) for p in line}, {tuple(p) for p in corners.astype(float)})
        self.assertEqual(len(line), 5)  # closed

    def test_a_layer_keeps_its_colour_whichever_others_there_are(self):
        back, lower = ["muscle", "fascia", "fat", "skin"], ["multifidus", "gel", "fascia", "superficial_fascia", "fat", "skin"]
        a, b = dict(zip(back, plot.layer_colours(back))), dict(zip(lower, plot.layer_colours(lower)))
        for name in ("fascia", "fat", "skin"):
            self.assertEqual(a[name], b[name])
        for names in (back, lower, ["skin", "gel"], ["gel", "jelly", "skin"], ["x%d" % i for i in range(16)]):
            self.assertEqual(len(set(plot.layer_colours(names))), len(names))
        # Every body of the program, as its sources name the layers.
        import re
        for file in ("lumbar_back.c", "thoracic_back.c"):
            with open(os.path.join(ROOT, "models", "bodies", file), encoding="utf-8") as f:
                names = re.findall(r'TISSUE\(\w+, "(\w+)"', f.read())
            self.assertGreater(len(names), 10)
            self.assertEqual(len(set(plot.layer_colours(names))), len(names), file)
            self.assertTrue(set(names) <= set.union(*plot.LAYER_NAMES), file)

    def test_a_plane_skin_has_readable_heights(self):
        r = plot.Result(self.file)
        b = plot.Body(r)
        top = np.full((len(b.sheet(0)), 9), 0.047) + 1e-17 * np.arange(9)
        fig, ax = plot.plt.subplots()
        plot.body_map(fig, ax, b, top, "skin", "height, mm", "viridis")
        fig.canvas.draw()
        bar = fig.axes[-1].yaxis
        ticks = [t.get_text() for t in bar.get_ticklabels()]
        self.assertEqual(bar.get_offset_text().get_text(), "")
        self.assertIn("47", {t.split(".")[0] for t in ticks})
        plot.plt.close(fig)
        r.f.close()

    def test_units_are_those_that_read_easily(self):
        self.assertEqual(plot.in_large_units("Pa", 12e3), (1e-3, "kPa"))
        self.assertEqual(plot.in_large_units("Pa", 12), (1, "Pa"))
        self.assertEqual(plot.in_large_units("ml/min/(100 g)", 1e9), (1, "ml/min/(100 g)"))

    def test_what_is_no_result_is_refused_with_a_reason(self):
        with h5py.File(self.file, "w") as f:
            f["x"] = 1
        done = self.run_plot()
        self.assertEqual(done.returncode, 3)
        self.assertIn("not a result of knead", done.stderr)
        os.remove(self.file)
        done = self.run_plot()
        self.assertEqual(done.returncode, 3)
        self.assertNotIn("Traceback", done.stderr)

    def test_a_place_that_cannot_be_written_is_named(self):
        done = self.run_plot("-o", os.path.join("no", "such", "folder", "p.png"))
        self.assertEqual(done.returncode, 5)
        self.assertIn("cannot write", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
