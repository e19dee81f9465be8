#!/usr/bin/env python3
"""Circuits that other software reads from exported text and runs: expectations of Pauli strings behind them.

A peer is a function of (text, states, strings). States have qubit q at bit q; None is |0…0>, once. Strings are X0*Z1,
never empty. It returns [state][string]. What a reader warns of ends the run.
"""
import collections.abc
import dataclasses
import functools
import importlib.metadata
import json
import operator
import re
import typing
import warnings

import numpy as np
import pennylane as qml
import pytket.pauli
import pytket.qasm
import pytket.utils
from braket.circuits import Circuit as BraketCircuit
from braket.circuits import observables as braket_observables
from braket.default_simulator import observables as engine_observables
from braket.default_simulator.openqasm.interpreter import Interpreter
from braket.default_simulator.state_vector_simulation import StateVectorSimulation
from braket.devices import LocalSimulator
from pytket import Qubit
from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.circuit.library import UnitaryGate
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import Operator, SparsePauliOp

from exported_circuit import letters_of, reversed_bits


Expectations = collections.abc.Callable[[str, np.ndarray | None, list[str]], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    package: str
    format: str             # of the export
    expectations: Expectations

    @property
    def version(self) -> str:
        return importlib.metadata.version(self.package)


class Unread(Exception):
    """A text that a reader refuses, or warns of."""


def strictly(reader: collections.abc.Callable[[str], typing.Any]) -> collections.abc.Callable[[str], typing.Any]:
    """A reader that refuses what it would warn of."""
    @functools.wraps(reader)
    def read(text: str) -> typing.Any:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                return reader(text)
            except Exception as error:
                raise Unread(f"{reader.__name__}: {type(error).__name__}: {error}") from error

    return read


def with_first_column(state: np.ndarray) -> np.ndarray:
    """A unitary matrix that makes this state of |0…0>: a reflection and a phase."""
    phase = state[0] / abs(state[0]) if state[0] != 0 else 1.0
    # Of the two signs the one that does not cancel.
    axis = np.zeros_like(state)
    axis[0] = 1.0
    axis += state / phase
    return -phase * (np.eye(len(state)) - 2 * np.outer(axis, axis.conj()) / np.vdot(axis, axis).real)


def qiskit_expectations(read: collections.abc.Callable[[str], QuantumCircuit]) -> Expectations:
    def expectations(text: str, states: np.ndarray | None, strings: list[str]) -> np.ndarray:
        circuit = read(text)
        n = circuit.num_qubits
        # The estimator runs a circuit anew for each of its observables: as one matrix it does not take long.
        unitary = UnitaryGate(Operator(circuit).data, check_input=False)
        operators = []
        for string in strings:
            letters, qubits = zip(*letters_of(string))
            operators.append(SparsePauliOp.from_sparse_list([("".join(letters), list(qubits), 1.0)], n))
        runs = []
        for state in [None] if states is None else states:
            whole = QuantumCircuit(n)
            if state is not None:
                whole.append(UnitaryGate(with_first_column(state), check_input=False), range(n))
            whole.append(unitary, range(n))
            runs.append((whole, operators))
        results = StatevectorEstimator(default_precision=0.0).run(runs).result()
        return np.array([np.atleast_1d(result.data.evs) for result in results])

    return expectations


@strictly
def qiskit_of_gates(text: str) -> QuantumCircuit:
    """The gates of the JSON, each by Qiskit's own."""
    told = json.loads(text)
    circuit = QuantumCircuit(told["qubits"])
    for gate in [*(told["preparation"] or {}).get("gates", []), *told["gates"]]:
        angles = [gate["angle"]] if "angle" in gate else []
        getattr(circuit, gate["gate"])(*angles, *gate["qubits"])
    return circuit


@strictly
def qiskit_of_qasm2(text: str) -> QuantumCircuit:
    return qasm2.loads(text, strict=True)


@strictly
def qiskit_of_qasm3(text: str) -> QuantumCircuit:
    return qasm3.loads(text)


@strictly
def pennylane_of_qasm3(text: str) -> tuple[int, list[qml.operation.Operator]]:
    wires = {name: wire for wire, name in enumerate(re.findall(r"^qubit (\w+);", text, re.M))}
    return len(wires), qml.tape.make_qscript(qml.from_qasm3(text, wires))().operations


def pennylane_expectations(text: str, states: np.ndarray | None, strings: list[str]) -> np.ndarray:
    n, operations = pennylane_of_qasm3(text)
    # The first wire is the highest bit.
    front = [] if states is None else [qml.StatePrep(states[:, reversed_bits(n)], wires=range(n))]
    paulis = {"X": qml.X, "Y": qml.Y, "Z": qml.Z}
    products = [functools.reduce(operator.matmul, [paulis[letter](qubit) for letter, qubit in letters_of(string)])
                for string in strings]
    script = qml.tape.QuantumScript(front + operations, [qml.expval(product) for product in products])
    found, = qml.execute([script], qml.device("default.qubit", wires=n))
    found = np.array(found).reshape(len(strings), -1)
    return found.T


@strictly
def braket_of_text(text: str) -> BraketCircuit:
    return BraketCircuit.from_ir(text)


def braket_expectations(text: str, states: np.ndarray | None, strings: list[str]) -> np.ndarray:
    circuit = braket_of_text(text)
    if states is None:
        kinds = {letter: getattr(braket_observables, letter) for letter in "XYZ"}
        for string in strings:
            factors = [kinds[letter](qubit) for letter, qubit in letters_of(string)]
            circuit.expectation(functools.reduce(operator.matmul, factors))
        return np.array([LocalSimulator("braket_sv").run(circuit, shots=0).result().values])
    # Its language has no state to begin in; its simulator has.
    kinds = {letter: getattr(engine_observables, f"Pauli{letter}") for letter in "XYZ"}
    operations = Interpreter().build_circuit(text).instructions
    found: list[list[float]] = []
    n = circuit.qubit_count
    for state in states[:, reversed_bits(n)]:
        simulation = StateVectorSimulation(n, shots=0, batch_size=1)
        simulation.state_vector[:] = state
        simulation.evolve(operations)
        found.append([])
        for string in strings:
            factors = [kinds[letter]([qubit]) for letter, qubit in letters_of(string)]
            product = engine_observables.TensorProduct(factors) if len(factors) > 1 else factors[0]
            found[-1].append(simulation.expectation(product))
    return np.array(found)


@strictly
def pytket_of_qasm2(text: str) -> pytket.Circuit:
    return pytket.qasm.circuit_from_qasm_str(text)


def pytket_expectations(text: str, states: np.ndarray | None, strings: list[str]) -> np.ndarray:
    circuit = pytket_of_qasm2(text)
    n = circuit.n_qubits
    if states is None:
        columns = circuit.get_statevector()[:, None]
    else:
        # Its first qubit is the highest bit.
        columns = circuit.get_unitary_times_other(np.asfortranarray(states[:, reversed_bits(n)].T))
    qubits = [Qubit("q", q) for q in range(n)]
    paulis = []
    for string in strings:
        letters = {Qubit("q", qubit): getattr(pytket.pauli.Pauli, letter) for letter, qubit in letters_of(string)}
        paulis.append(pytket.utils.QubitPauliOperator({pytket.pauli.QubitPauliString(letters): 1.0}))
    return np.array([[complex(pauli.state_expectation(np.ascontiguousarray(column), qubits)).real for pauli in paulis]
                     for column in columns.T])


PEERS = [
    Peer("Qiskit", "qiskit", "qasm3", qiskit_expectations(qiskit_of_qasm3)),
    Peer("Qiskit", "qiskit", "qasm2", qiskit_expectations(qiskit_of_qasm2)),
    Peer("Qiskit", "qiskit", "json", qiskit_expectations(qiskit_of_gates)),
    Peer("PennyLane", "pennylane", "qasm3", pennylane_expectations),
    Peer("Braket", "amazon-braket-sdk", "braket", braket_expectations),
    Peer("pytket", "pytket", "qasm2", pytket_expectations),
]
FORMATS = sorted({peer.format for peer in PEERS} - {"json"})
