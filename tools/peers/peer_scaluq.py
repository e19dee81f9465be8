#!/usr/bin/env python3
"""scaluq: all states side by side, or one at a time, plain or fused by its optimiser; gradients by its
back-propagation, a state at a time. States are in its own layout before the clock starts, and copied inside."""
import numpy as np
from scaluq import Circuit, Operator, PauliOperator, StateVector, StateVectorBatched, gate

from problem import logit_slopes
from programs import Programs

PRECISIONS = ("float64", "float32")


def programs(problem, precision):
    qubits, logits = problem.qubits, problem.logits
    own = {"precision": {"float64": "f64", "float32": "f32"}[precision]}

    def circuit(fused):
        result = Circuit(**own)
        for name, first, second in problem.gates():
            result.add_gate(gate.CX(first, second, **own) if name == "CNOT" else getattr(gate, name)(
                first, second, **own))
        if fused:
            result.optimize(fused)
        return result

    def observable(weights):
        return Operator([PauliOperator(f"Z {logit}", complex(weight), **own)
                         for logit, weight in enumerate(weights)], **own)

    each = [Operator([PauliOperator(f"Z {logit}", 1.0, **own)], **own) for logit in range(logits)]

    def prepare(states):
        batch = StateVectorBatched(len(states), qubits, **own)
        single = StateVector(qubits, **own)
        for sample, amplitudes in enumerate(states):
            single.load(amplitudes.tolist())
            batch.set_state_vector_at(sample, single)
        return batch

    def together(fused):
        def run(batch):
            compiled, states = circuit(fused), batch.copy()
            compiled.update_quantum_state(states)
            return np.real([operator.get_expectation_value(states) for operator in each]).T
        return run

    def in_turn(fused):
        def run(batch):
            compiled = circuit(fused)
            result = np.empty((batch.batch_size(), logits))
            for sample in range(len(result)):
                state = batch.get_state_vector_at(sample)
                compiled.update_quantum_state(state)
                result[sample] = np.real([operator.get_expectation_value(state) for operator in each])
            return result
        return run

    parametric, parameters = Circuit(**own), {}
    for name, first, second in problem.gates():
        if name == "CNOT":
            parametric.add_gate(gate.CX(first, second, **own))
        else:
            key = str(len(parameters))
            parametric.add_param_gate(getattr(gate, f"Param{name}")(first, **own), key)
            parameters[key] = second

    def backprop(batch, labels):
        total = np.zeros((problem.layers, qubits, 3))
        for sample, label in enumerate(labels):
            state = batch.get_state_vector_at(sample)
            parametric.update_quantum_state(state, parameters)
            values = np.real([operator.get_expectation_value(state) for operator in each])
            image = state.copy()
            observable(logit_slopes(values[None], labels[sample:sample + 1])[0]).apply_to_state(image)
            slopes = parametric.compute_expectation_gradient_backprop(state, image, parameters)
            total += np.reshape([slopes[key] for key in parameters], total.shape)
        return total

    ways = {"side by side": together(0), "in turn": in_turn(0)}
    for size in (2, 3, 4):
        ways[f"side by side, fused to {size} qubits"] = together(size)
        ways[f"in turn, fused to {size} qubits"] = in_turn(size)
    return Programs(prepare, ways, {"backprop": backprop})
