#!/usr/bin/env python3
# depends: test_result
"""Other people's programs read the result that test_result.c wrote (out_sample.h5, by formulas repeated here)."""
import os
import shutil
import tempfile
import unittest
import xml.etree.ElementTree as ET

import h5py
import numpy as np

NAME = "out_sample"
NX, NY, NZ, FRAMES, STEPS = 3, 4, 3, 5, 38
N, M = (2 * NX + 1) * (2 * NY + 1) * (2 * NZ + 1), NX * NY * NZ
POINT = {"displacement": 3, "skin_pressure": 1, "skin_traction": 3}
CELL = {"tension": 1, "pressure": 1, "damage": 1, "green_strain": 6, "volume_ratio": 1}
UNITS = {"displacement": "m", "skin_pressure": "Pa", "skin_traction": "Pa", "tension": "Pa", "pressure": "Pa",
         "damage": "1", "green_strain": "1", "volume_ratio": "1"}
FIELDS = [("point", f, n) for f, n in POINT.items()] + [("cell", f, n) for f, n in CELL.items()]


def shape(kind, ncomp):
    return (N if kind == "point" else M,) + ((ncomp,) if ncomp > 1 else ())


class Read(unittest.TestCase):
    def setUp(self):
        self.f = h5py.File(NAME + ".h5", "r")
        self.addCleanup(self.f.close)

    def test_views_have_the_shape_of_all_frames_and_equal_each(self):
        for kind, name, ncomp in FIELDS:
            frames, view = self.f[f"frames/{kind}/{name}"], self.f[f"fields/{kind}/{name}"]
            self.assertEqual(sorted(frames, key=int), [str(i) for i in range(FRAMES)])
            self.assertEqual(view.shape, (FRAMES,) + shape(kind, ncomp), name)
            self.assertEqual(view.dtype, np.dtype("<f4"))
            for i in range(FRAMES):
                self.assertEqual(frames[str(i)].shape, shape(kind, ncomp))
                np.testing.assert_array_equal(view[i], frames[str(i)][()])
        self.assertEqual(set(self.f["fields/point"]), set(POINT))
        self.assertEqual(set(self.f["fields/cell"]), set(CELL))

    def test_vtkhdf_views_are_the_same_values_one_frame_after_the_other(self):
        for kind, name, ncomp in FIELDS:
            flat = self.f[f"VTKHDF/{'PointData' if kind == 'point' else 'CellData'}/{name}"]
            n = shape(kind, ncomp)
            self.assertEqual(flat.shape, (FRAMES * n[0],) + n[1:])
            np.testing.assert_array_equal(flat[()].reshape((FRAMES,) + n), self.f[f"fields/{kind}/{name}"][()])

    def test_vtkhdf_is_version_2_with_steps_that_agree_with_time(self):
        g = self.f["VTKHDF"]
        self.assertEqual(list(g.attrs["Version"]), [2, 0])
        self.assertEqual(g.attrs["Version"].dtype, np.dtype("<i8"))
        kind = g.attrs.get_id("Type").get_type()
        self.assertFalse(kind.is_variable_str())
        self.assertEqual(kind.get_cset(), h5py.h5t.CSET_ASCII)
        self.assertEqual(g.attrs["Type"], b"UnstructuredGrid")
        for name, count in (("NumberOfPoints", N), ("NumberOfCells", M), ("NumberOfConnectivityIds", 27 * M)):
            self.assertEqual(list(g[name]), [count])
            self.assertEqual(g[name].dtype, np.dtype("<i8"))
        self.assertEqual(g["Points"], self.f["mesh/points"])  # the same object, not a copy
        self.assertEqual(g["CellData/layer"], self.f["mesh/layer"])
        self.assertEqual(g["Connectivity"].dtype, g["Offsets"].dtype)
        np.testing.assert_array_equal(g["Connectivity"][()], self.f["mesh/connectivity"][()].ravel())
        np.testing.assert_array_equal(g["Offsets"], 27 * np.arange(M + 1))
        np.testing.assert_array_equal(g["Types"], np.full(M, 29))
        s = g["Steps"]
        self.assertEqual(s.attrs["NSteps"], FRAMES)
        self.assertEqual(s["Values"], self.f["time"])
        for name, value in (("PartOffsets", 0), ("PointOffsets", 0), ("NumberOfParts", 1)):
            np.testing.assert_array_equal(s[name], np.full(FRAMES, value))
        for name in ("CellOffsets", "ConnectivityIdOffsets"):
            np.testing.assert_array_equal(s[name], np.zeros((FRAMES, 1)))
        np.testing.assert_array_equal(s["CellDataOffsets/layer"], np.zeros(FRAMES))
        for kind, name, _ in FIELDS:
            offsets = s[f"{'PointDataOffsets' if kind == 'point' else 'CellDataOffsets'}/{name}"]
            np.testing.assert_array_equal(offsets, np.arange(FRAMES) * (N if kind == "point" else M))

    def test_every_dataset_has_units_and_a_long_name_and_fields_have_components(self):
        seen = []

        def look(name, thing):
            if isinstance(thing, h5py.Dataset):
                seen.append(name)
                self.assertIsInstance(thing.attrs.get("units"), str, name)
                self.assertIsInstance(thing.attrs.get("long_name"), str, name)

        self.f.visititems(look)
        self.assertGreater(len(seen), FRAMES * len(FIELDS))
        for kind, name, ncomp in FIELDS:
            for path in (f"fields/{kind}/{name}", f"frames/{kind}/{name}/2"):
                a = self.f[path].attrs
                self.assertEqual(a["units"], UNITS[name])
                self.assertEqual(a.get("components"), {1: None, 3: "x,y,z", 6: "xx,yy,zz,xy,yz,xz"}[ncomp])
        self.assertEqual(self.f["time"].attrs["units"], "s")

    def test_values_are_those_of_the_formulas(self):
        t, step = self.f["time"][()], self.f["step"][()]
        np.testing.assert_array_equal(t, [0.1 * i for i in range(FRAMES)])
        np.testing.assert_array_equal(step, [7 * i for i in range(FRAMES)])
        x, skin = self.f["mesh/points"][()], self.f["mesh/sets/node/skin_surface"][()]
        off = np.setdiff1d(np.arange(N), skin)
        single = dict(rtol=2e-7, atol=1e-12)  # rounding to float32: 6e-8 relative, of a mean of a few roundings
        for i in range(FRAMES):
            e = 0.01 * (i + 1)
            u = self.f["fields/point/displacement"][i]
            np.testing.assert_allclose(u[:, 1], e * x[:, 1], **single)
            self.assertTrue((u[:, [0, 2]] == 0).all())
            np.testing.assert_allclose(self.f["fields/cell/pressure"][i], 1000 * (i + 1) + np.arange(M), **single)
            np.testing.assert_allclose(self.f["fields/cell/damage"][i], np.arange(M) + 0.5 * i, **single)
            p, pull = self.f["fields/point/skin_pressure"][i], self.f["fields/point/skin_traction"][i]
            np.testing.assert_allclose(p[skin], 50 * i, **single)
            np.testing.assert_allclose(pull[skin], np.broadcast_to([i, i + 1, i + 2], (len(skin), 3)), **single)
            self.assertTrue(np.isnan(p[off]).all() and np.isnan(pull[off]).all())
            # outputs come through the element: stretch 1 + e along y, volume 1 + e; geometry adds some 1e-13
            np.testing.assert_allclose(self.f["fields/cell/volume_ratio"][i], 1 + e, **single)
            E = self.f["fields/cell/green_strain"][i]
            np.testing.assert_allclose(E[:, 1], e + e * e / 2, rtol=2e-7)
            np.testing.assert_allclose(E[:, [0, 2, 3, 4, 5]], 0, atol=1e-12)
        tension, layer = self.f["fields/cell/tension"][()], self.f["mesh/layer"][()]
        self.assertTrue((tension >= 0).all())
        for which in (0, 1):  # fibres, then none: both feel the stretch along y, the more the longer
            self.assertTrue((np.diff(tension[:, layer == which].mean(axis=1)) > 0).all())

    def test_cells_are_in_vtk_order(self):
        x, cell = self.f["mesh/points"][()], self.f["mesh/connectivity"][()]
        self.assertEqual(cell.shape, (M, 27))
        self.assertEqual(self.f["mesh/connectivity"].attrs["vtk_cell_type"], 29)
        c = x[cell]
        corner = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]])
        lo, hi = c.min(axis=1), c.max(axis=1)
        where = (c - lo[:, None]) / (hi - lo)[:, None]
        edges = [(0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7)]
        want = np.vstack([corner, [(corner[a] + corner[b]) / 2 for a, b in edges],
                          [[0, .5, .5], [1, .5, .5], [.5, 0, .5], [.5, 1, .5], [.5, .5, 0], [.5, .5, 1], [.5, .5, .5]]])
        np.testing.assert_allclose(where, np.broadcast_to(want, where.shape), atol=1e-12)  # differences of 0.1 m: 1e-16

    def test_mesh_says_layers_fibres_and_sets(self):
        m = self.f["mesh"]
        self.assertEqual([n.decode() for n in m["layer_names"]], ["muscle", "fat"])
        self.assertEqual(list(m["layer_names"].asstr()), ["muscle", "fat"])
        self.assertEqual([n.decode() for n in m["layer_tissues"]], ["muscle_adult", "fat_adult"])
        np.testing.assert_array_equal(m["layer"], np.tile([0, 0, 1], NX * NY))
        np.testing.assert_array_equal(m["fibre"], np.outer(m["layer"][()] == 0, [0, 1, 0]))
        self.assertEqual(set(m["sets/node"]), {"skin_surface", "bottom_fixed", "x_minus_sliding", "probe_knot"})
        self.assertTrue((m["points"][()][m["sets/node/skin_surface"][()], 2] == 0.03).all())
        self.assertEqual(len(m["sets/node/skin_surface"]), (2 * NX + 1) * (2 * NY + 1))
        self.assertTrue((m["points"][()][m["sets/node/bottom_fixed"][()], 2] == 0).all())
        self.assertEqual(list(m["sets/cell/probe_knot"]), [7])
        self.assertEqual(list(m["sets/node/probe_knot"]), [11])

    def test_history_has_every_step_also_those_after_the_last_frame(self):
        h, i = self.f["history"], np.arange(STEPS)
        np.testing.assert_array_equal(h["time"], 0.01 * i)
        np.testing.assert_array_equal(h["hand/palm/force"], np.outer(i, [1, 2, 3]))
        np.testing.assert_array_equal(h["hand/palm/indentation"], 1e-3 * i)
        np.testing.assert_array_equal(h["layer/muscle/tension_mean"], 100 * i)
        np.testing.assert_array_equal(h["solver/newton_iterations"], 2 + i % 3)
        self.assertEqual(h["solver/newton_iterations"].dtype, np.dtype("<i4"))
        self.assertEqual(h["hand/palm/force"].attrs["units"], "N")
        self.assertEqual(h["hand/palm/force"].attrs["components"], "x,y,z")

    def test_root_says_who_wrote_it_and_how_it_ended(self):
        a = self.f.attrs
        self.assertEqual(a["format"], "knead-result")
        self.assertEqual(list(a["format_version"]), [1, 0])
        self.assertEqual(a["status"], "complete")
        self.assertEqual(a["status_message"], "")
        self.assertEqual(a["title"], 'a small "body" <for tests> & nothing else')
        self.assertEqual((a["command_line"], a["scenario_sha256"]), ("knead run test.yaml", "0123"))
        self.assertEqual((a["threads"], a["wall_s"]), (2, 1.5))
        for name in ("created_utc", "finished_utc"):
            self.assertRegex(a[name], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        for name in ("version", "git_commit", "compiler", "build_type", "cpu_model"):
            self.assertTrue(a[name], name)
        self.assertEqual(a["seed"].dtype, np.dtype("<u8"))
        s = self.f["scenario"]
        self.assertEqual(s["source"][()].decode(), "knead: 1\ntitle: t\u00e4st\n")
        self.assertEqual(s["resolved"].asstr()[()], "knead: 1\n")
        self.assertEqual([o.decode() for o in s["overrides"]], ["time.end=1 s", "title=\u00fc"])

    def test_the_hand_is_a_closed_surface_that_its_pose_moves(self):
        points, triangles = self.f["hands/palm/points"][()], self.f["hands/palm/triangles"][()]
        self.assertEqual(self.f["hands/palm"].attrs["kind"], "palm")
        edges = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
        self.assertTrue((np.unique(edges, axis=0, return_counts=True)[1] == 2).all())
        for i in range(FRAMES):
            pose = self.f[f"frames/hand/palm/pose/{i}"][()]
            self.assertEqual(pose.dtype, np.dtype("<f8"))
            np.testing.assert_array_equal(pose, [[0, -1, 0, .03], [1, 0, 0, .04], [0, 0, 1, .03 - .001 * i], [0, 0, 0, 1]])
            moved = points @ pose[:3, :3].T + pose[:3, 3]
            np.testing.assert_allclose(self.f[f"frames/hand/palm/points/{i}"][()], moved, atol=2e-8)  # float32 of 0.2 m


class Sidecar(unittest.TestCase):
    def read(self, name, want_hand):
        from meshio.xdmf import TimeSeriesReader
        with TimeSeriesReader(name) as r:
            points, cells = r.read_points_cells()
            self.assertEqual(r.num_steps, FRAMES)
            for i in range(FRAMES):
                t, point, cell = r.read_data(i)
                self.assertAlmostEqual(t, 0.1 * i, places=14)
                if want_hand:
                    continue
                self.assertEqual(set(point), set(POINT))
                self.assertEqual(set(cell), set(CELL) | {"layer"})
                self.assertAlmostEqual(point["displacement"].max(), 0.01 * (i + 1) * 0.08, places=9)
                self.assertEqual((cell["pressure"][0].min(), cell["pressure"][0].max()), (1000 * (i + 1), 1000 * (i + 1) + 35))
                self.assertEqual(cell["green_strain"][0].shape, (M, 6))
            return points, cells

    def check(self, folder):
        points, cells = self.read(os.path.join(folder, NAME + ".xdmf"), False)
        self.assertEqual(points.shape, (N, 3))
        self.assertEqual([(c.type, c.data.shape) for c in cells], [("hexahedron27", (M, 27))])
        points, cells = self.read(os.path.join(folder, NAME + ".palm.xdmf"), True)
        self.assertEqual(cells[0].type, "triangle")
        self.assertLess(cells[0].data.max(), len(points))

    def test_meshio_reads_times_mesh_and_fields(self):
        self.check(".")

    def test_result_and_sidecars_can_be_moved_together(self):
        with tempfile.TemporaryDirectory() as folder:
            for end in (".h5", ".xdmf", ".palm.xdmf"):
                shutil.copy(NAME + end, folder)
            self.check(folder)
            with open(os.path.join(folder, NAME + ".xdmf"), encoding="utf-8") as f:
                self.assertNotIn(os.sep + NAME, f.read())  # base names only

    def test_every_path_in_a_sidecar_exists_with_the_shape_it_says(self):
        with h5py.File(NAME + ".h5", "r") as f:
            for end in (".xdmf", ".palm.xdmf"):
                items = list(ET.parse(NAME + end).iter("DataItem"))
                self.assertGreaterEqual(len(items), 2 * FRAMES)
                for item in items:
                    data = f[item.text.split(":")[1]]
                    self.assertEqual([int(n) for n in item.get("Dimensions").split()], list(data.shape))
                    self.assertEqual(int(item.get("Precision")), data.dtype.itemsize)
                    self.assertEqual(item.get("NumberType"), {"f": "Float", "i": "Int", "u": "UChar"}[data.dtype.kind])

    def test_no_half_written_sidecar_is_left(self):
        self.assertEqual([n for n in os.listdir(".") if n.startswith("out_") and n.endswith(".part")], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
