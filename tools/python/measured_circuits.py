#!/usr/bin/env python3
"""Circuits that end in measurements: every reader takes them, and what they measure is what logits are made of."""
import typing

import numpy as np
import pennylane as qml
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from circuit_peers import braket_of_text, pennylane_of_qasm3, pytket_of_qasm2, qiskit_of_qasm2, qiskit_of_qasm3
from exported_circuit import export_measured, letters_of


def expectations(
    tool: str, program: str, model: str, folder: str, states: np.ndarray
) -> tuple[list[list[list[float]]], int]:
    """[format][state][observable] by the probabilities of what Qiskit's circuits measure, and how many circuits there
    are; not a number where a reader has not as many measurements as the setting has letters."""
    texts, told = export_measured(tool, program, model, folder)
    settings = [setting["letters"] for setting in told.get("settings", [])]
    found: list[list[dict[typing.Any, np.ndarray]]] = [[] for _ in range(2)]
    for number, letters in enumerate(settings):
        own = [read(texts[name][number]) for read, name in ((qiskit_of_qasm3, "qasm3"), (qiskit_of_qasm2, "qasm2"))]
        counts = [circuit.count_ops()["measure"] for circuit in own] + others(*(texts[name][number] for name in texts))
        complete = all(count == len(letters) for count in counts)
        for values, circuit in zip(found, own):
            values.append(string_values(circuit, letters, states) if complete else {})
    return [[[summed(terms, values, row) for terms in told["observables"]] for row in range(len(states))]
            for values in found], len(settings)


def others(qasm3: str, qasm2: str, braket: str) -> list[int]:
    """How many measurements the other readers have."""
    _, operations = pennylane_of_qasm3(qasm3)
    return [sum(isinstance(operation, qml.ops.MidMeasure) for operation in operations),
            sum(command.op.type.name == "Measure" for command in pytket_of_qasm2(qasm2).get_commands()),
            sum(step.operator.name == "Measure" for step in braket_of_text(braket).instructions)]


def string_values(
    circuit: QuantumCircuit, letters: list[dict[str, typing.Any]], states: np.ndarray
) -> dict[typing.Any, np.ndarray]:
    """{letter and qubit: signs of basis states}, and the probabilities of these: [state][basis state]."""
    n = circuit.num_qubits
    bits = {step.clbits[0]: circuit.find_bit(step.qubits[0]).index for step in circuit.data
            if step.operation.name == "measure"}
    index = np.arange(1 << n)
    # Bit k of the register belongs to letter k.
    signs = {(each["letter"], each["qubit"]): 1 - 2 * (index >> bits[circuit.clbits[k]] & 1)
             for k, each in enumerate(letters)}
    before = circuit.remove_final_measurements(inplace=False)
    return signs | {"probabilities": np.array([Statevector(state).evolve(before).probabilities() for state in states])}


def summed(
    terms: list[dict[str, typing.Any]], settings: list[dict[typing.Any, np.ndarray]], row: int
) -> float:
    """One observable's value of one state."""
    total = 0.0
    for term in terms:
        letters = letters_of(term["string"]) if term["string"] else []
        setting = next((each for each in settings if all(letter in each for letter in letters)), None)
        if setting is None:
            total += np.nan if letters else term["weight"]
        else:
            signs = np.prod([setting[letter] for letter in letters], axis=0) if letters else 1
            total += term["weight"] * np.sum(setting["probabilities"][row] * signs)
    return total
