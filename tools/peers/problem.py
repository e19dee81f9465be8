#!/usr/bin/env python3
"""The jobs of tools/bench-peers as numbers: their files, and what every peer needs to know about them."""
import dataclasses
import pathlib

import numpy as np

# Qubits, layers, logits, batch, whether states are complex. J0 is for agreement alone.
JOBS = {"J0": (4, 2, 3, 5, True), "J1": (7, 2, 2, 64, True), "J2": (10, 4, 10, 64, False), "J3": (15, 10, 2, 64, True),
        "J7": (20, 4, 2, 1, True), "J8": (20, 4, 2, 8, True)}
SEED = 2603
# What the program calls a job that is given by its sizes.
FILE_NAMES = {"J0": "n4"}


@dataclasses.dataclass
class Problem:
    """A layer is RX, RY, RZ on every qubit, then CNOT(i, i + 1) in order and CNOT(n − 1, 0); qubit q is bit q of the
    amplitude's index; logit k is ⟨Z_k⟩; the loss is the softmax cross-entropy summed over the batch."""

    qubits: int
    layers: int
    logits: int
    angles: np.ndarray  # [layer][qubit][axis]
    states: np.ndarray  # [sample][amplitude]
    labels: np.ndarray  # [sample]

    @property
    def signs(self):
        """[amplitude][logit]: the eigenvalue of Z on the logit's qubit."""
        amplitude, qubit = np.arange(2**self.qubits)[:, None], np.arange(self.logits)[None, :]
        return 1.0 - 2.0 * (amplitude >> qubit & 1)

    @property
    def cnot_source(self):
        """[amplitude]: where the CNOT layer takes this amplitude from."""
        target = np.arange(2**self.qubits)
        for control in range(self.qubits - 1):
            target = target ^ (target >> control & 1) << control + 1
        return np.argsort(target ^ target >> self.qubits - 1 & 1)

    def gates(self):
        """The circuit in order: ("RX", qubit, angle), …, ("CNOT", control, target)."""
        for layer in range(self.layers):
            for qubit in range(self.qubits):
                for axis, name in enumerate(("RX", "RY", "RZ")):
                    yield name, qubit, float(self.angles[layer, qubit, axis])
            for control in range(self.qubits):
                yield "CNOT", control, (control + 1) % self.qubits


def make(qubits, layers, logits, batch, is_complex):
    """Angles in ±π, normalised states, labels: from a fixed seed."""
    random = np.random.default_rng([SEED, qubits, layers])
    angles = random.uniform(-np.pi, np.pi, (layers, qubits, 3))
    states = random.standard_normal((batch, 2**qubits))
    if is_complex:
        states = states + 1j * random.standard_normal(states.shape)
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    return Problem(qubits, layers, logits, angles, states, random.integers(0, logits, batch))


def file(folder, job, name):
    return pathlib.Path(folder) / f"{FILE_NAMES.get(job, job)}_{name}.npy"


def save(folder, job, problem, logits, gradient):
    """The gradient appears last and complete: with it the job is there."""
    for name, values in (("theta", problem.angles), ("states", problem.states), ("labels", problem.labels),
                         ("ref_logits", logits), ("partial", gradient)):
        np.save(file(folder, job, name), values)
    file(folder, job, "partial").rename(file(folder, job, "ref_grad"))


def load(folder, job):
    """The problem, and the logits and the gradient that the reference found."""
    angles, states, labels, logits, gradient = (
        np.load(file(folder, job, name)) for name in ("theta", "states", "labels", "ref_logits", "ref_grad"))
    layers, qubits, _ = angles.shape
    return Problem(qubits, layers, logits.shape[1], angles, states, labels), logits, gradient


def logit_slopes(logits, labels):
    """∂loss/∂logits: softmax less the label's one."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    weights[np.arange(len(labels)), labels] -= 1
    return weights
