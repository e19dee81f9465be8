#!/usr/bin/env python3
"""PennyLane's lightning.qubit: adjoint differentiation, called on the device itself; a state at a time."""
import numpy as np
import pennylane as qml
from pennylane.devices import ExecutionConfig

from problem import logit_slopes
from programs import Programs, complex_type, rows


def programs(problem, precision):
    # Wire 0 is the most significant one.
    last = problem.qubits - 1
    device = qml.device("lightning.qubit", wires=problem.qubits, c_dtype=complex_type(precision))
    settings = device.setup_execution_config(
        ExecutionConfig(gradient_method="adjoint", use_device_gradient=True))
    body = [qml.CNOT([last - first, last - second]) if name == "CNOT" else getattr(qml, name)(second, last - first)
            for name, first, second in problem.gates()]
    observables = [qml.Z(last - logit) for logit in range(problem.logits)]
    measured = [qml.expval(observable) for observable in observables]

    def tape(state, measurements):
        start = qml.StatePrep(state, wires=range(problem.qubits), validate_norm=False)
        result = qml.tape.QuantumScript([start, *body], measurements)
        result.trainable_params = range(1, 1 + problem.angles.size)
        return result

    def forward(states):
        return np.array(device.execute([tape(state, measured) for state in states], settings), float).reshape(
            len(states), -1)

    def of_each_logit(states, labels):
        logits, slopes = device.execute_and_compute_derivatives([tape(state, measured) for state in states], settings)
        weights = logit_slopes(np.array(logits, float).reshape(len(states), -1), labels)
        slopes = np.array(slopes, float).reshape(*weights.shape, -1)
        return np.einsum("sl,slp->p", weights, slopes).reshape(problem.angles.shape)

    def of_weighted_sum(states, labels):
        """The logits first, then one observable a sample, weighted by the loss."""
        tapes = [tape(state, [qml.expval(qml.Hamiltonian(list(weights), observables))])
                 for state, weights in zip(states, logit_slopes(forward(states), labels))]
        slopes = np.array(device.compute_derivatives(tapes, settings), float)
        return slopes.reshape(len(states), -1).sum(axis=0).reshape(problem.angles.shape)

    return Programs(rows(precision), {"expectations": forward},
                    {"each logit": of_each_logit, "weighted sum": of_weighted_sum})
