"""Trains a classifier of 3 qubits in Qiskit Machine Learning, and saves what this takes:

    qkd-run import angles.npy --axes layer,gate,qubit --gates ry,rz --rotation half --entangler descending \
      --final-rotation true --qubit-order little-endian --encoder angle --observables "-Z1; Z1" \
      --probe probe.npy --expect logits.npy --output student.safetensors
"""
import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import efficient_su2
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp
from qiskit_machine_learning.algorithms import NeuralNetworkClassifier
from qiskit_machine_learning.neural_networks import EstimatorQNN
from qiskit_machine_learning.optimizers import COBYLA
from two_classes import samples

inputs, network = ParameterVector("x", 3), QuantumCircuit(3)
for qubit in range(3):
    network.ry(inputs[qubit], qubit)
# RY on every qubit, then RZ on every qubit: the gate's axis comes before the qubit's.
ansatz = efficient_su2(3, su2_gates=["ry", "rz"], entanglement="reverse_linear", reps=1)
network.compose(ansatz, inplace=True)
qnn = EstimatorQNN(
    circuit=network, observables=SparsePauliOp("IZI"), input_params=list(inputs), weight_params=list(ansatz.parameters),
    estimator=StatevectorEstimator(default_precision=0.0), default_precision=0.0)

rows, labels = samples(60, seed=1)
start = np.random.default_rng(2).normal(size=ansatz.num_parameters)
classifier = NeuralNetworkClassifier(qnn, optimizer=COBYLA(maxiter=60), initial_point=start)
classifier.fit(rows, 2 * labels - 1)

probe, known = samples(300, seed=3)
positive = qnn.forward(probe, classifier.weights)
print("accuracy", np.mean((positive[:, 0] > 0) == known))
np.save("angles.npy", np.reshape(classifier.weights, (2, 2, 3)))
np.save("probe.npy", probe)
np.save("labels.npy", known)
np.save("logits.npy", np.hstack([-positive, positive]))
