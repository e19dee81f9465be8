#!/usr/bin/env python3
"""Qulacs, double precision: circuits plain or fused by its optimiser, gradients by backprop; a state at a time."""
import numpy as np
from qulacs import Observable, ParametricQuantumCircuit, QuantumCircuit, QuantumState, gate
from qulacs.circuit import QuantumCircuitOptimizer

from problem import logit_slopes
from programs import Programs, probabilities, rows

PRECISIONS = ("float64",)


def programs(problem, precision):
    qubits, signs = problem.qubits, problem.signs
    state = QuantumState(qubits)

    def circuit(optimise):
        # Qulacs turns by exp(+iθP/2).
        result = QuantumCircuit(qubits)
        for name, first, second in problem.gates():
            getattr(result, f"add_{name}_gate")(first, second if name == "CNOT" else -second)
        optimise(result)
        return result

    def forward(optimise):
        def run(states):
            compiled = circuit(optimise)
            result = np.empty((len(states), 2**qubits))
            for sample, amplitudes in enumerate(states):
                state.load(amplitudes)
                compiled.update_quantum_state(state)
                result[sample] = probabilities(state.get_vector())
            return result @ signs
        return run

    optimizer = QuantumCircuitOptimizer()
    ways = {"plain": forward(lambda circuit: None), "fused lightly": forward(optimizer.optimize_light)}
    for size in (2, 3, 4):
        ways[f"fused to {size} qubits"] = forward(lambda circuit, size=size: optimizer.optimize(circuit, size))

    # backprop starts at |0…0⟩: Hadamards and a diagonal make any state of it.
    everything = list(range(qubits))
    parametric = ParametricQuantumCircuit(qubits)
    for qubit in everything:
        parametric.add_H_gate(qubit)
    parametric.add_gate(gate.DiagonalMatrix(everything, np.ones(2**qubits)))
    for name, first, second in problem.gates():
        if name == "CNOT":
            parametric.add_CNOT_gate(first, second)
        else:
            getattr(parametric, f"add_parametric_{name}_gate")(first, -second)

    def backprop(logits):
        def run(states, labels):
            total = np.zeros(problem.angles.size)
            for amplitudes, weights in zip(states, logit_slopes(logits(states), labels)):
                parametric.remove_gate(qubits)
                parametric.add_gate(gate.DiagonalMatrix(everything, amplitudes * 2**(qubits / 2)), qubits)
                observable = Observable(qubits)
                for logit, weight in enumerate(weights):
                    observable.add_operator(float(weight), f"Z {logit}")
                total -= parametric.backprop(observable)
            return total.reshape(problem.angles.shape)
        return run

    return Programs(rows(precision), ways, {"backprop": backprop(ways["fused lightly"])})
