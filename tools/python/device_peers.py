#!/usr/bin/env python3
"""Noisy circuits in Qiskit Aer and in PennyLane, extrapolation in mitiq: what tools/verify-device compares with."""
import functools
import itertools
import json
import types

import numpy as np
import pennylane as qml
from mitiq.zne.inference import ExpFactory, LinearFactory
from qiskit import QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import PTM, DensityMatrix, Operator
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error, thermal_relaxation_error
from qiskit_aer.noise.device import gate_param_values, thermal_relaxation_values
# What basic_device_gate_errors consists of, which gives their product alone.
from qiskit_aer.noise.device.models import _device_depolarizing_error, _device_thermal_relaxation_error

from device_files import reversed_bits

FACTORS = [1.0, 2.0, 3.0]


def aer_errors_of_numbers(circuit, noise):
    """[qubit] of a pulse's steps, [pair] of a gate's: (error, qubits) each, composed of Aer's functions."""
    def steps(qubits, p, seconds):
        made = [(depolarizing_error(p, len(qubits)), qubits)]
        return made + [(thermal_relaxation_error(noise.t1[q], noise.t2[q], seconds), [q]) for q in qubits]

    return ([steps([q], *numbers) for q, numbers in enumerate(noise.pulses)],
            [steps(list(pair), *numbers) for pair, numbers in zip(circuit.pairs, noise.gates)])


def aer_parts(device, gate, places):
    """What Aer's functions for devices make of IBM's entry of a gate: depolarising, and each qubit's relaxation; None
    where there is none."""
    given = as_properties(device, gate, places)
    (_, _, seconds, error), = gate_param_values(given)
    # In ns; the frequency matters at temperatures above 0 alone.
    times = thermal_relaxation_values(given)
    relaxations = [_device_thermal_relaxation_error([place], seconds, times, 0) for place in places]
    whole = functools.reduce(lambda a, b: a.expand(b), relaxations) if relaxations[0] is not None else None
    return _device_depolarizing_error(places, error, whole), relaxations


def aer_errors_of_device(device, layout, pairs):
    """[qubit] of a pulse's steps, [pair] of a gate's; pairs are the circuit's."""
    def steps(gate, qubits):
        depolarising, relaxations = aer_parts(device, gate, [layout[q] for q in qubits])
        made = [(depolarising, list(qubits))] + [(one, [q]) for one, q in zip(relaxations, qubits)]
        return [step for step in made if step[0] is not None]

    return ([steps(device.qubits[place].pulse, [q]) for q, place in enumerate(layout)],
            [steps(device.gates[frozenset(layout[q] for q in pair)], pair) for pair in pairs])


def aer_numbers(device, gate, places):
    """Read off Aer's channels of a gate: p, and of each place e^(-t/T1) and e^(-t/T2)."""
    depolarising, relaxations = aer_parts(device, gate, places)
    numbers, strings = [0.0], 4 ** len(places)
    if depolarising is not None:
        # The first of its Pauli strings is that of I alone.
        numbers = [(1 - depolarising.probabilities[0]) * strings / (strings - 1)]
    for relaxation in relaxations:
        matrix = np.eye(4) if relaxation is None else PTM(relaxation).data.real
        numbers += [matrix[3, 3], matrix[1, 1]]
    return np.array(numbers)


def as_properties(device, gate, places):
    """Of one gate: objects with attributes, which is what Aer's functions read."""
    entries = [qubit.entry if index in places else [] for index, qubit in enumerate(device.qubits)]
    value = {"qubits": entries, "gates": [{**gate.entry, "qubits": list(places)}]}
    return json.loads(json.dumps(value), object_hook=lambda members: types.SimpleNamespace(**members))


def aer_expectations(circuit, states, errors, pulses_in_block, flips):
    """[sample][logit]"""
    model = NoiseModel(basis_gates=["rx", "ry", "rz", circuit.gate, "unitary"])

    # What is noisy are identities behind a gate, one for each step of its error and not one for their product: Aer
    # leaves out what has a probability below 1e-10, as both qubits' relaxation behind a depolarising Pauli can have.
    def prepare(name, steps):
        made = []
        for number, (error, qubits) in enumerate(steps):
            made.append((UnitaryGate(np.eye(2 ** len(qubits)), label=f"{name} {number}"), qubits))
            model.add_quantum_error(error, f"{name} {number}", qubits, warnings=False)
        return made

    pulses = [prepare(f"pulse {q}", steps) for q, steps in enumerate(errors[0])]
    gates = [prepare(f"gate {index}", steps) for index, steps in enumerate(errors[1])]
    circuits = []
    for state in states:
        made = QuantumCircuit(circuit.qubits)
        made.set_density_matrix(np.outer(state, state.conj()))
        for layer, angles in enumerate(circuit.angles):
            for q, (x, y, z) in enumerate(angles):
                made.rx(x, q)
                made.ry(y, q)
                made.rz(z, q)
                for instruction in pulses[q] * pulses_in_block:
                    made.append(*instruction)
            for index, pair in enumerate(circuit.pairs if layer < circuit.layers else []):
                getattr(made, circuit.gate)(*pair)
                for instruction in gates[index]:
                    made.append(*instruction)
        made.save_density_matrix()
        circuits.append(made)
    # Aer rounds entries below 1e-10 to 0 unless told otherwise.
    simulator = AerSimulator(method="density_matrix", noise_model=model, zero_threshold=1e-30, max_parallel_threads=1)
    result = simulator.run(circuits).result()
    if not result.success:
        raise RuntimeError(result.status)
    readout = [ReadoutError([[1 - one, one], [zero, 1 - zero]]).probabilities for one, zero in flips]
    return np.array([[aer_measured(DensityMatrix(result.data(index)["density_matrix"]), terms, readout)
                      for terms in circuit.observables] for index in range(len(states))])


def aer_measured(state, terms, readout):
    """Each string is measured in its basis; each qubit's reading is wrong with its own two probabilities."""
    hadamard = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    to_z = {"X": hadamard, "Y": hadamard @ np.diag([1, -1j]), "Z": np.eye(2)}
    total = 0.0
    for weight, letters in terms:
        turned, signs = state, np.ones(1)
        for letter, qubit in letters:
            turned = turned.evolve(Operator(to_z[letter]), [qubit])
            signs = np.kron(readout[qubit] @ [1, -1], signs)
        qubits = [qubit for _, qubit in letters]
        total += weight * (turned.probabilities(qubits) @ signs if qubits else 1.0)
    return total


def pennylane_expectations(circuit, states, noise):
    """[sample][logit] of default.mixed; its first wire is the most significant bit."""
    n = circuit.qubits

    # PennyLane's p is that of any of X, Y, Z. Every string of two letters but II anticommutes with 8 of the 15.
    def two_qubit_depolarising(p, pair):
        each = (1 - (1 - p) ** (1 / 8)) / 2
        for letters in itertools.product("IXYZ", repeat=2):
            named = [(letter, wire) for letter, wire in zip(letters, pair) if letter != "I"]
            if named:
                qml.PauliError("".join(letter for letter, _ in named), each, wires=[wire for _, wire in named])

    def relaxation(qubit, seconds):
        qml.ThermalRelaxationError(0.0, noise.t1[qubit], noise.t2[qubit], seconds, wires=qubit)

    @qml.qnode(qml.device("default.mixed", wires=n))
    def run(state):
        qml.StatePrep(state, wires=range(n))
        for layer, angles in enumerate(circuit.angles):
            for q, (x, y, z) in enumerate(angles):
                qml.RX(x, q)
                qml.RY(y, q)
                qml.RZ(z, q)
                p, seconds = noise.pulses[q]
                for _ in range(noise.pulses_in_block):
                    qml.DepolarizingChannel(3 * p / 4, q)
                    relaxation(q, seconds)
            for pair, (p, seconds) in zip(circuit.pairs if layer < circuit.layers else [], noise.gates):
                (qml.CNOT if circuit.gate == "cx" else qml.CZ)(wires=pair)
                two_qubit_depolarising(p, pair)
                for qubit in pair:
                    relaxation(qubit, seconds)
        return qml.density_matrix(range(n))

    def read(letter, qubit):
        one, zero = noise.flips[qubit]
        pauli = {"X": qml.X, "Y": qml.Y, "Z": qml.Z}[letter](qubit)
        return (zero - one) * qml.Identity(qubit) + (1 - one - zero) * pauli

    def matrix(terms):
        sums = [weight * functools.reduce(lambda a, b: a @ b, [read(*letter) for letter in letters], qml.Identity(0))
                for weight, letters in terms]
        return qml.matrix(functools.reduce(lambda a, b: a + b, sums), wire_order=range(n))

    matrices = [matrix(terms) for terms in circuit.observables]
    order = reversed_bits(n)
    found = []
    for state in states:
        density = run(state[order])
        found.append([np.sum(density * observable.T).real for observable in matrices])
    return np.array(found)


def line_at_zero(values, weights=None):
    """The intercept of the straight line with the least Σ w (y − a − b s)² over the factors s."""
    s, y = np.array(FACTORS), np.asarray(values)
    w = np.ones(len(s)) if weights is None else weights
    middle, level = np.sum(w * s) / np.sum(w), np.sum(w * y) / np.sum(w)
    return level - middle * np.sum(w * (s - middle) * (y - level)) / np.sum(w * (s - middle) ** 2)


def exponential_at_zero(values, weights=None):
    """±exp of the line through ln |y|: y = a e^(bs). Where values have not all one sign, the line through y."""
    if np.min(values) <= 0 <= np.max(values):
        return line_at_zero(values)
    return np.sign(values[0]) * np.exp(line_at_zero(np.log(np.abs(values)), weights))


def extrapolations(series):
    """The largest differences between formulas and mitiq over [series][factor], by what is compared."""
    def exp_factory(values):
        return ExpFactory.extrapolate(FACTORS, list(values), asymptote=0.0)

    found = {"line": 0.0, "exponential": 0.0, "weighted": 0.0, "exact": 0.0, "weights matter": 0.0, "left out": 0}
    for values in series:
        found["line"] = max(found["line"], abs(line_at_zero(values) - LinearFactory.extrapolate(FACTORS, list(values))))
        # What has not one sign is a line's again; below 1e-6 mitiq changes values.
        if np.min(values) * np.max(values) <= 0 or np.min(np.abs(values)) < 1e-6:
            found["left out"] += 1
            continue
        sign, logarithms = np.sign(values[0]), np.log(np.abs(values))
        plain = exponential_at_zero(values)
        peer = sign * np.exp(LinearFactory.extrapolate(FACTORS, list(logarithms)))
        found["exponential"] = max(found["exponential"], abs(plain - peer))
        factory = exp_factory(values)
        found["weighted"] = max(found["weighted"], abs(exponential_at_zero(values, np.abs(values)) - factory))
        found["weights matter"] = max(found["weights matter"], abs(plain - factory))
        exact = values[0] * 0.9 ** np.array(FACTORS)
        found["exact"] = max(found["exact"], abs(exponential_at_zero(exact) - exp_factory(exact)))
    return found
