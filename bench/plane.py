#!/usr/bin/env python3
"""The force of P1's strip by a program apart from Knead's: plane strain, cells of degree 4 in rings about the patch's edge.

    bench/plane.py [RINGS]      default 5: some minutes

Shares nothing with the solver but the law and the idea of bench/edge.h, that volume is held at each point by a part of
the bulk modulus. Each ring halves the innermost cells. Prints one line a mesh, last Aitken's limit of the last three.
Needs numpy alone: matrices are dense.
"""
import math
import sys

import numpy as np
from numpy.polynomial import legendre

MU, DEPTH = 6e3, 8e-3            # Pa, m: problem P1, issue 3
LAMBDA, HOLD = 99 * MU, 3 * MU   # HOLD: as in bench/edge.c
DEGREE, SIDES, POINTS = 4, 2, 10  # with 4 sides for 2 the forces are the same to 0.001 N
RESIDUAL = 1e-8                  # of all forces: as P1 asks for
# Numerical, of Newton's method: shifts of the tangent, in its diagonal, first, least and most; Armijo's share of the slope,
# round-off of the energy, the shortest step; of the motion, the first step and the shortest.
SHIFT_FIRST, SHIFT_LEAST, SHIFT_MOST = 1e-4, 1e-6, 1e6
ARMIJO, ROUND, SHORTEST = 1e-4, 1e-13, 1e-7
STEP_FIRST, STEP_LEAST = 1 / 8, 1e-4
EDGE, FAR, HEIGHT, HALF, STEP = 20.0, 60.0, 40.0, 10.0, 10.0  # mm, as in bench/rings.c


def lobatto(n):
    """Points and weights on -1..1, ends included."""
    top = [0] * (n - 1) + [1]
    x = np.concatenate(([-1.0], np.sort(legendre.legroots(legendre.legder(top)).real), [1.0]))
    return x, 2 / (n * (n - 1) * legendre.legval(x, top) ** 2)


def lagrange(nodes, x):
    """Shapes of nodes at x, and their slopes: [x][node]."""
    inverse = np.linalg.inv(legendre.legvander(nodes, len(nodes) - 1))
    slopes = np.stack([legendre.legval(x, legendre.legder(column)) for column in np.eye(len(nodes))], -1)
    return legendre.legvander(x, len(nodes) - 1) @ inverse, slopes @ inverse


def corners(rings):
    """Cells by their corners, mm from the edge: [cell][2 along, 2 up][x, z]."""
    def outline(i):
        at = i / SIDES
        return np.array([-1 if at < 1 else at - 2 if at < 3 else 1, -at if at < 1 else -1 if at < 3 else at - 4])
    cells, size = [], HALF
    for _ in range(rings):
        cells += [[[outline(i) * s, outline(i + 1) * s] for s in (size, size / 2)] for i in range(4 * SIDES)]
        size /= 2
    box = lambda x, z: [[[x[a], z[b]] for a in (0, 1)] for b in (0, 1)]
    line = lambda lo, hi, step: np.linspace(lo, hi, int(math.ceil((hi - lo) / step - 1e-9)) + 1)
    core = line(-size, size, size / SIDES)
    cells += [box(core[i:], core[j:]) for i in range(2 * SIDES) for j in range(SIDES)]
    x = np.concatenate([line(-EDGE, -HALF, STEP), line(-HALF, HALF, HALF / SIDES)[1:], line(HALF, FAR - EDGE, STEP)[1:]])
    z = np.concatenate([line(-HEIGHT, -HALF, STEP), line(-HALF, 0, HALF / SIDES)[1:]])
    cells += [box(x[i:], z[j:]) for i in range(len(x) - 1) for j in range(len(z) - 1)
              if not (x[i] >= -HALF and x[i + 1] <= HALF and z[j] >= -HALF)]
    return np.array(cells)


class Strip:
    def __init__(self, rings):
        corner = 1e-3 * corners(rings)
        nodes, (points, weights) = lobatto(DEGREE + 1)[0], lobatto(POINTS)
        N, D = lagrange(nodes, points)
        half = lambda t: np.stack([(1 - t) / 2, (1 + t) / 2], -1)
        place = np.einsum("jb,ia,ebad->ejid", half(nodes), half(nodes), corner).reshape(-1, 2)
        self.x, self.node = np.unique(np.round(place, 12), axis=0, return_inverse=True)
        self.node = self.node.reshape(len(corner), -1)
        along = np.einsum("qb,a,ebad->eqd", half(points), [-0.5, 0.5], corner)[:, :, None].repeat(POINTS, 2)
        up = np.einsum("b,pa,ebad->epd", [-0.5, 0.5], half(points), corner)[:, None].repeat(POINTS, 1)
        jacobian = np.stack([along, up], -1).reshape(len(corner), -1, 2, 2)
        slope = np.stack([np.einsum("qj,pi->qpji", N, D), np.einsum("qj,pi->qpji", D, N)], -1).reshape(POINTS ** 2, -1, 2)
        self.G = np.einsum("qnr,eqrd->eqnd", slope, np.linalg.inv(jacobian))
        self.w = np.linalg.det(jacobian) * np.outer(weights, weights).ravel()
        # Pressure: polynomials of a degree less, orthonormal over each cell.
        V = legendre.legvander(points, DEGREE - 1)
        basis = np.stack([np.outer(V[:, b], V[:, a]).ravel() for a in range(DEGREE) for b in range(DEGREE - a)], -1)
        root = np.sqrt(self.w)[..., None]
        self.psi = np.linalg.qr(root * basis)[0] / root
        self.dof = (2 * self.node[..., None] + np.arange(2)).reshape(len(corner), -1)
        x, z = (self.x / 1e-3).T
        held = np.zeros((len(x), 2), bool)
        patch = (np.abs(z) < 1e-6) & (x < 1e-6)
        held[np.abs(x + EDGE) < 1e-6, 0] = True
        held[(np.abs(z + HEIGHT) < 1e-6) | patch] = True
        self.patch, self.free = 2 * np.flatnonzero(patch) + 1, np.flatnonzero(~held.ravel())
        self.u = np.zeros(held.size)
        # Unknowns within a cell are eliminated there; the others are numbered.
        inside = np.zeros((DEGREE + 1, DEGREE + 1, 2), bool)
        inside[1:-1, 1:-1] = True
        self.inner, self.outer = np.flatnonzero(inside), np.flatnonzero(~inside)
        held = held.ravel()
        held[self.dof[:, self.inner]] = True
        self.between = np.flatnonzero(~held)
        number = np.full(held.size, -1)
        number[self.between] = np.arange(len(self.between))
        number = number[self.dof[:, self.outer]]
        rows, columns = np.broadcast_arrays(number[:, :, None], number[:, None, :])
        self.both = ((rows >= 0) & (columns >= 0)).ravel()
        self.at = (rows * len(self.between) + columns).ravel()[self.both]

    def state(self, u):
        F = np.eye(2) + np.einsum("enc,eqnd->eqcd", u.reshape(-1, 2)[self.node], self.G)
        return F, np.linalg.det(F)

    def energy(self, u):
        """J a metre of width; infinite where a point is inside out."""
        F, J = self.state(u)
        if not J.min() > 0:
            return math.inf
        ln = np.log(J)
        mean = np.einsum("eqa,eq->ea", self.psi, self.w * ln)
        density = MU / 2 * ((F ** 2).sum((-1, -2)) - 2) - MU * ln + HOLD / 2 * ln ** 2
        return (self.w * density).sum() + (LAMBDA - HOLD) / 2 * (mean ** 2).sum()

    def linearise(self, u):
        """Forces of all nodes; tangent of each cell."""
        F, J = self.state(u)
        ln = np.log(J)
        mean = np.einsum("eqa,eq->ea", self.psi, self.w * ln)
        p = HOLD * ln + (LAMBDA - HOLD) * np.einsum("eqa,ea->eq", self.psi, mean) - MU
        inverse = np.linalg.inv(F)
        P = MU * F + p[..., None, None] * np.swapaxes(inverse, -1, -2)
        force = np.einsum("eqnd,eqcd->enc", self.G, self.w[..., None, None] * P, optimize=True)
        g = self.G @ inverse
        cells, _, n, _ = g.shape
        K = np.zeros((cells, n, 2, n, 2))
        turned = lambda weight, a: np.swapaxes(a * weight[..., None], 1, 2)
        for a in range(2):
            for b in range(2):
                K[:, :, a, :, b] += turned(self.w * HOLD, g[..., a]) @ g[..., b]
                K[:, :, a, :, b] -= turned(self.w * p, g[..., b]) @ g[..., a]
                K[:, :, b, :, b] += MU * turned(self.w, self.G[..., a]) @ self.G[..., a]
        flat = g.reshape(cells, -1, 2 * n)
        B = np.swapaxes(self.psi * self.w[..., None], 1, 2) @ flat
        K = K.reshape(cells, 2 * n, 2 * n) + (LAMBDA - HOLD) * np.swapaxes(B, 1, 2) @ B
        return np.bincount(self.dof.ravel(), force.ravel(), len(u)), K

    def solve(self, K, shift, b):
        """x of (K + shift |diag K|) x = b, zero where held; None when that is not positive."""
        K = K + shift * np.abs(np.einsum("eii->ei", K))[..., None] * np.eye(K.shape[-1])
        I, O, n = self.inner, self.outer, len(self.between)
        try:
            np.linalg.cholesky(K[:, I[:, None], I])
            part = np.linalg.solve(K[:, I[:, None], I], np.concatenate([K[:, I[:, None], O], b[self.dof[:, I]][..., None]], -1))
            left = K[:, O[:, None], I] @ part
            A = np.bincount(self.at, (K[:, O[:, None], O] - left[..., :-1]).ravel()[self.both], n * n).reshape(n, n)
            np.linalg.cholesky(A)
        except np.linalg.LinAlgError:
            return None
        rest = b - np.bincount(self.dof[:, O].ravel(), left[..., -1].ravel(), len(b))
        x = np.zeros(len(b))
        x[self.between] = np.linalg.solve(A, rest[self.between])
        x[self.dof[:, I]] = part[..., -1] - np.einsum("eio,eo->ei", part[..., :-1], x[self.dof[:, O]])
        return x

    def settle(self, u, most=150):
        """Newton's method with a line search on the energy. The state and the number of iterations; None: not found."""
        shift = 0.0
        for iteration in range(most):
            r, K = self.linearise(u)
            if np.linalg.norm(r[self.free]) < RESIDUAL * np.linalg.norm(r):
                return u, iteration
            while (d := self.solve(K, shift, -r)) is None:
                if shift > SHIFT_MOST:
                    return None, iteration
                shift = max(3 * shift, SHIFT_FIRST)
            before, slope, s = self.energy(u), r @ d, 1.0
            while True:
                trial = u + s * d
                if self.energy(trial) <= before + ARMIJO * s * slope + ROUND * abs(before):
                    break
                s /= 2
                if s < SHORTEST:
                    return None, iteration
            u, shift = trial, shift / 4 if shift > SHIFT_LEAST else 0.0
        return None, most

    def press(self):
        """The patch at the end of its motion: its force on 40 mm, N, and how many iterations that took."""
        t, dt, total = 0.0, STEP_FIRST, 0
        while t < 1 - 1e-9:
            dt = min(dt, 1 - t)
            r, K = self.linearise(self.u)
            step = np.zeros(len(self.u))
            step[self.patch] = -DEPTH * dt
            pull = np.bincount(self.dof.ravel(), np.einsum("ekl,el->ek", K, step[self.dof]).ravel(), len(step))
            rest, found = self.solve(K, 0, -(r + pull)), None
            if rest is not None and self.energy(self.u + step + rest) < math.inf:
                found, n = self.settle(self.u + step + rest)
                total += n
            if found is None:
                dt /= 2
                if dt < STEP_LEAST:
                    sys.exit(f"plane.py: no state found beyond {t:.3f} of the motion")
            else:
                self.u, t, dt = found, t + dt, 1.5 * dt
        return 2 * 40e-3 * self.linearise(self.u)[0][self.patch].sum(), total


def main():
    forces = []
    for rings in range(1, (int(sys.argv[1]) if len(sys.argv) > 1 else 5) + 1):
        strip = Strip(rings)
        force, iterations = strip.press()
        J = strip.state(strip.u)[1]
        forces.append(force)
        print(f"{rings} rings, {len(strip.free)} unknowns: {force:.4f} N, J {J.min():.3f} to {J.max():.2f}, "
              f"{iterations} iterations", flush=True)
    if len(forces) > 2:
        a, b, c = forces[-3:]
        print(f"limit {c - (c - b) ** 2 / (c - 2 * b + a):.3f} N")


if __name__ == "__main__":
    main()
