#!/usr/bin/env python3
"""qsim through qsimcirq, single precision and forward alone; a state at a time."""
import cirq
import numpy as np
import qsimcirq

from programs import Programs, probabilities, rows

PRECISIONS = ("float32",)


def programs(problem, precision):
    # Cirq's first qubit is the most significant one.
    lines, signs = cirq.LineQubit.range(problem.qubits)[::-1], problem.signs
    circuit = cirq.Circuit(
        cirq.CNOT(lines[first], lines[second]) if name == "CNOT" else getattr(cirq, name.lower())(second)(lines[first])
        for name, first, second in problem.gates())
    order = lines[::-1]

    def forward(fused):
        simulator = qsimcirq.QSimSimulator(
            qsimcirq.QSimOptions(cpu_threads=1, max_fused_gate_size=fused), circuit_memoization_size=4)

        def run(states):
            result = np.empty((len(states), 2**problem.qubits))
            for sample, state in enumerate(states):
                final = simulator.simulate(circuit, qubit_order=order, initial_state=state)
                result[sample] = probabilities(final.final_state_vector)
            return result @ signs
        return run

    return Programs(rows(precision), {f"fused to {size} qubits": forward(size) for size in (2, 3, 4)}, {})
