#!/usr/bin/env python3
"""MindQuantum: the mqvector simulator, its expectation and gradient operators; a state at a time."""
import mindquantum
import numpy as np
from mindquantum.core.circuit import Circuit
from mindquantum.core.operators import Hamiltonian, QubitOperator
from mindquantum.simulator import Simulator

from problem import logit_slopes
from programs import Programs, probabilities, rows


def programs(problem, precision):
    kind = mindquantum.complex128 if precision == "float64" else mindquantum.complex64
    simulator = Simulator("mqvector", problem.qubits, dtype=kind)
    circuit, values, signs = Circuit(), [], problem.signs
    for name, first, second in problem.gates():
        if name == "CNOT":
            circuit.x(second, first)
        else:
            getattr(circuit, name.lower())(f"angle{len(values)}", first)
            values.append(second)
    values, names = np.array(values), circuit.params_name
    observables = [Hamiltonian(QubitOperator(f"Z{logit}")).astype(kind) for logit in range(problem.logits)]
    operator = simulator.get_expectation_with_grad(observables, circuit)

    def evolved(states):
        bound = circuit.apply_value(dict(zip(names, values)))
        for state in states:
            simulator.set_qs(state)
            simulator.apply_circuit(bound)
            yield simulator

    def read_out(states):
        return np.array([probabilities(np.asarray(each.get_qs())) for each in evolved(states)]) @ signs

    def expectations(states):
        return np.array([[each.get_expectation(observable).real for observable in observables]
                         for each in evolved(states)])

    def of_each_logit(states, labels):
        total = 0
        for state, label in zip(states, labels):
            simulator.set_qs(state)
            logits, slopes = operator(values)
            total = total + (logit_slopes(logits.real, np.array([label])) @ slopes[0].real)[0]
        return total.reshape(problem.angles.shape)

    def of_weighted_sum(states, labels):
        """The logits first, then one observable a sample, weighted by the loss."""
        total = 0
        for state, weights in zip(states, logit_slopes(read_out(states), labels)):
            terms = sum((QubitOperator(f"Z{logit}", float(weight)) for logit, weight in enumerate(weights)),
                        QubitOperator())
            simulator.set_qs(state)
            _, slopes = simulator.get_expectation_with_grad(Hamiltonian(terms).astype(kind), circuit)(values)
            total = total + slopes[0, 0].real
        return total.reshape(problem.angles.shape)

    return Programs(rows(precision), {"states read out": read_out, "expectations": expectations},
                    {"each logit": of_each_logit, "weighted sum": of_weighted_sum})
