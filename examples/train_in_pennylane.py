"""Trains a classifier of 3 qubits in PennyLane, and saves what this takes:

    qkd-run import angles.npy --axes layer,qubit,gate --gates rz,ry,rz --rotation half --entangler ring \
      --final-rotation false --qubit-order big-endian --encoder angle --observables "Z0; Z1" --scales 4,4 \
      --probe probe.npy --expect logits.npy --output student.safetensors
"""
import numpy as np
import pennylane as qml
from pennylane import numpy as differentiable
from two_classes import samples


@qml.qnode(qml.device("default.qubit", wires=3))
def circuit(angles, rows):
    qml.AngleEmbedding(rows, wires=range(3), rotation="Y")
    # Rot is RZ, RY, RZ; a range of 1 in each layer is the ring.
    qml.StronglyEntanglingLayers(angles, wires=range(3), ranges=[1] * len(angles))
    return qml.expval(qml.Z(0)), qml.expval(qml.Z(1))


def logits(angles, rows):
    return 4 * qml.math.stack(circuit(angles, rows), axis=1)


def loss(angles, rows, labels):
    scores = logits(angles, rows)
    wrong = scores[np.arange(len(labels)), 1 - labels] - scores[np.arange(len(labels)), labels]
    return qml.math.mean(qml.math.log(1 + qml.math.exp(wrong)))


rows, labels = samples(200, seed=1)
angles = differentiable.array(np.random.default_rng(2).normal(size=(3, 3, 3)), requires_grad=True)
optimizer = qml.AdamOptimizer(0.1)
for _ in range(60):
    angles = optimizer.step(lambda given: loss(given, rows, labels), angles)

probe, known = samples(300, seed=3)
expected = np.array(logits(angles, probe))
print("accuracy", np.mean(np.argmax(expected, axis=1) == known))
np.save("angles.npy", np.array(angles))
np.save("probe.npy", probe)
np.save("labels.npy", known)
np.save("logits.npy", expected)
