#!/usr/bin/env python3
"""A model's way out and back: export, Qiskit's circuit, its angles, import. The same model must come of it."""
import collections.abc
import typing

import numpy as np
from qiskit import QuantumCircuit

from circuit_peers import qiskit_of_gates, qiskit_of_qasm2, qiskit_of_qasm3
from exported_circuit import ExportedCircuit
from probed_model import ProbedModel
from program import run
from qkd_run import TensorFile

AXES = {"rx": 0, "ry": 1, "rz": 2}
# What says how a model came about, and nothing of what it is.
PROVENANCE = "made_"
# As import takes them; those of the array are its own.
CONVENTIONS = ("rotation", "entangler", "entangling_gate", "qubit_order", "final_rotation", "encoder", "observables",
               "task")


def angles_of(circuit: QuantumCircuit, rotation: str) -> np.ndarray:
    """[rotation layer][qubit][x, y, z] of a circuit of Qiskit's: of each qubit its own rotations in their order."""
    found: list[list[list[float]]] = [[[] for _ in AXES] for _ in range(circuit.num_qubits)]
    for instruction in circuit.data:
        name = instruction.operation.name
        if name in AXES:
            qubit = circuit.find_bit(instruction.qubits[0]).index
            found[qubit][AXES[name]].append(float(instruction.operation.params[0]))
    angles = np.moveaxis(np.array(found), 2, 0)
    # exp(i a P) is a rotation by -2a: exact in binary numbers.
    return angles if rotation == "half" else angles / -2


def differences(tool: str, program: str, model: ProbedModel, circuit: ExportedCircuit) -> dict[str, str]:
    """What is another in the model that comes back, by format; nothing where all is the same."""
    readers = {"qasm3": qiskit_of_qasm3, "qasm2": qiskit_of_qasm2, "json": qiskit_of_gates}
    found = {name: difference(tool, program, model, reader(circuit.texts[name]), circuit.told)
             for name, reader in readers.items()}
    return {name: text for name, text in found.items() if text}


def difference(
    tool: str, program: str, model: ProbedModel, circuit: QuantumCircuit, told: dict[str, typing.Any]
) -> str:
    """The first entry or tensor that is another, or an empty text."""
    original, folder = model.file, model.folder
    paths = {name: folder / f"{name}.npy" for name in ("angles", "scales", "biases")}
    angles = angles_of(circuit, original.metadata["rotation"])
    np.save(paths["angles"], np.ascontiguousarray(angles))
    np.save(paths["scales"], np.array(told["scales"], float))
    np.save(paths["biases"], np.array(told["biases"], float))
    flags = ["--axes", "layer,qubit,gate", "--gates", "rx,ry,rz"]
    for convention in CONVENTIONS:
        if convention in original.metadata:
            # A value that begins with a minus is no flag.
            flags.append(f"--{convention.replace('_', '-')}={original.metadata[convention]}")
    # Flags do not say what makes bits of rows, and in which range these were.
    if {"features", "row_minimum"} & set(original.metadata):
        flags += ["--like", model.path]
    output = folder / "imported.safetensors"
    run(tool, [program, "import", paths["angles"], "--scales", paths["scales"], "--biases", paths["biases"], *flags,
               "--output", output, "--quiet"])
    imported = TensorFile.read(output)
    for name, values in original.tensors.items():
        if name not in imported.tensors or not np.array_equal(values, imported.tensors[name]):
            return f"tensor {name}"
    if set(imported.tensors) != set(original.tensors):
        return "a tensor more"
    return next((f"{key}: {given!r}, was {was!r}" for key, was, given in entries(original, imported)
                 if was != given), "")


def entries(
    original: TensorFile, imported: TensorFile
) -> collections.abc.Iterator[tuple[str, str | None, str | None]]:
    """(key, value, value of the imported one) of all but the provenance."""
    absent = {"entangling_gate": "cnot", "task": "classification"}
    for key in sorted(set(original.metadata) | set(imported.metadata)):
        if not key.startswith(PROVENANCE):
            yield (key, plain(original.metadata.get(key, absent.get(key))),
                   plain(imported.metadata.get(key, absent.get(key))))


def plain(text: str | None) -> str | None:
    """Observables and pairs without what their spelling may leave out."""
    return None if text is None else text.replace(" ", "")
