#!/usr/bin/env python3
"""Logits and gradients in plain numpy, slow and independent of the program: what the program and every peer are held
against. The gradient goes back through the circuit by inverse gates, with each gate's derivative written out."""
import pathlib
import sys

import numpy as np

from problem import JOBS, file, logit_slopes, make, save

X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
# Samples at a time: small enough for the cache.
CHUNK = 4


def rotation(pauli, angle):
    return np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * pauli


def gate(angles):
    """RZ·RY·RX of one qubit, and its derivatives by the three angles."""
    x, y, z = (rotation(pauli, angle) for pauli, angle in zip((X, Y, Z), angles))
    return z @ y @ x, [z @ y @ (-0.5j * X) @ x, z @ (-0.5j * Y) @ y @ x, (-0.5j * Z) @ z @ y @ x]


def apply(matrix, states, qubit):
    """The matrix on one qubit of [sample][amplitude]."""
    pairs = states.reshape(len(states), -1, 2, 1 << qubit)
    zero, one = pairs[:, :, 0], pairs[:, :, 1]
    result = np.empty_like(pairs)
    result[:, :, 0] = matrix[0, 0] * zero + matrix[0, 1] * one
    result[:, :, 1] = matrix[1, 0] * zero + matrix[1, 1] * one
    return result.reshape(states.shape)


def overlaps(left, right, qubit):
    """[a][b] = Σ conj(left_a) · right_b over everything but the qubit."""
    left, right = (states.reshape(len(states), -1, 2, 1 << qubit) for states in (left, right))
    return np.array([[np.vdot(left[:, :, a], right[:, :, b]) for b in range(2)] for a in range(2)])


def evaluate(problem, states, labels):
    """Logits [sample][logit] and the gradient [layer][qubit][axis] of the loss summed over these samples."""
    source = problem.cnot_source
    target = np.argsort(source)
    states = states.astype(complex)
    for layer in range(problem.layers):
        for qubit in range(problem.qubits):
            states = apply(gate(problem.angles[layer, qubit])[0], states, qubit)
        states = states[:, source]
    logits = np.abs(states) ** 2 @ problem.signs
    adjoint = states * (logit_slopes(logits, labels) @ problem.signs.T)
    gradient = np.zeros(problem.angles.shape)
    for layer in reversed(range(problem.layers)):
        states, adjoint = states[:, target], adjoint[:, target]
        for qubit in reversed(range(problem.qubits)):
            matrix, derivatives = gate(problem.angles[layer, qubit])
            states = apply(matrix.conj().T, states, qubit)
            sums = overlaps(adjoint, states, qubit)
            gradient[layer, qubit] = [2 * np.sum(derivative * sums).real for derivative in derivatives]
            adjoint = apply(matrix.conj().T, adjoint, qubit)
    return logits, gradient


def in_chunks(problem):
    parts = [evaluate(problem, problem.states[start:start + CHUNK], problem.labels[start:start + CHUNK])
             for start in range(0, len(problem.labels), CHUNK)]
    return np.concatenate([logits for logits, _ in parts]), sum(gradient for _, gradient in parts)


def main():
    """usage: reference.py FOLDER JOB… makes the jobs' files that are not there"""
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for job in sys.argv[2:]:
        if not file(folder, job, "ref_grad").exists():
            print(f"tools/bench-peers: making the inputs of {job} and their reference", file=sys.stderr, flush=True)
            problem = make(*JOBS[job])
            save(folder, job, problem, *in_chunks(problem))


if __name__ == "__main__":
    main()
