"""Trains a classifier of 3 qubits in TensorCircuit-NG, and saves what this takes:

    qkd-run import angles.npy --axes layer,qubit,gate --gates rx,ry,rz --rotation half --entangler all-pairs \
      --entangling-gate cz --final-rotation true --qubit-order big-endian --encoder angle \
      --observables "X0*Z1; 0.5*Z0 - X2" --scales scales.npy --biases biases.npy \
      --probe probe.npy --expect logits.npy --output student.safetensors
"""
import jax
import numpy as np
import tensorcircuit as tc
from two_classes import samples

tc.set_backend("jax")
tc.set_dtype("complex128")


def logits(weights, row):
    circuit = tc.Circuit(3)
    for qubit in range(3):
        circuit.ry(qubit, theta=row[qubit])
    for layer, angles in enumerate(weights["angles"]):
        for qubit in range(3):
            circuit.rx(qubit, theta=angles[qubit, 0])
            circuit.ry(qubit, theta=angles[qubit, 1])
            circuit.rz(qubit, theta=angles[qubit, 2])
        for control, target in [(0, 1), (0, 2), (1, 2)] if layer < 2 else []:
            circuit.cz(control, target)
    first = circuit.expectation_ps(x=[0], z=[1])
    second = 0.5 * circuit.expectation_ps(z=[0]) - circuit.expectation_ps(x=[2])
    return weights["scales"] * tc.backend.real(tc.backend.stack([first, second])) + weights["biases"]


def loss(weights, rows, labels):
    scores = jax.vmap(logits, (None, 0))(weights, rows)
    return -jax.numpy.mean(jax.nn.log_softmax(scores)[jax.numpy.arange(len(labels)), labels])


rows, labels = samples(200, seed=1)
weights = {"angles": np.random.default_rng(2).normal(size=(3, 3, 3)), "scales": np.full(2, 2.0), "biases": np.zeros(2)}
gradient = jax.jit(jax.grad(loss))
for _ in range(300):
    weights = jax.tree.map(lambda value, slope: value - 0.3 * slope, weights, gradient(weights, rows, labels))

probe, known = samples(300, seed=3)
expected = np.array(jax.vmap(logits, (None, 0))(weights, probe))
print("accuracy", np.mean(np.argmax(expected, axis=1) == known))
for name, values in {**weights, "probe": probe, "labels": known, "logits": expected}.items():
    np.save(f"{name}.npy", np.array(values))
