"""A model's file: a trained network with every convention that decides its answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .circuit import Circuit
from .encoders import BITS, ENCODERS
from .entangler import LARGEST_QUBITS, pairs_of
from .entries import PROVENANCE, choice, integer, number, prefixed, refuse, tensor
from .errors import BadDataError
from .features import PrincipalFeatures
from .observable import LARGEST_WEIGHT, Observable
from .tensor_file import TensorFile

LARGEST_LAYERS = 4096
LARGEST_LOGITS = 64


@dataclass(frozen=True, eq=False)
class Model:
    """What a model's file says (docs/formats.md, Model), checked.

    Attributes
    ----------
    circuit : Circuit
    observables : tuple of Observable
        One a logit, or an output of a regression.
    scales, biases : array of float64, ``[logit]``
        logit = scale · ⟨O⟩ + bias.
    encoder : str
        How a row becomes a state.
    task : str
        ``classification`` or ``regression``.
    features : PrincipalFeatures or None
        What makes bits of a row first.
    row_range : (float, float) or None
        Least and largest number of the training rows, where their scale counts.
    provenance : mapping of str
        How the model came about, by key without ``made_``.
    digest : str
        SHA-256 that the file is sealed with.
    """

    circuit: Circuit
    observables: tuple[Observable, ...]
    scales: NDArray[np.float64]
    biases: NDArray[np.float64]
    encoder: str
    task: str
    features: PrincipalFeatures | None
    row_range: tuple[float, float] | None
    provenance: Mapping[str, str]
    digest: str

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Model:
        """Reads a model's file.

        Raises
        ------
        BadDataError
            For a file that is none, was changed, or says what is not allowed.
        OSError
            Where it cannot be read.
        """
        file = TensorFile.read(path)
        try:
            return cls.of(file)
        except BadDataError as error:
            raise BadDataError(f"{os.fspath(path)}: {error}") from None

    @classmethod
    def of(cls, file: TensorFile) -> Model:
        """The model that a tensor file holds.

        Raises
        ------
        BadDataError
            With the entry, what it is, and what is allowed.
        """
        choice(file, "format", ["qkd-model"])
        choice(file, "format_version", ["1"])
        choice(file, "parameter_order", ["layer, qubit, axis (x, y, z)"])
        qubits, layers = integer(file, "qubits", 1, LARGEST_QUBITS), integer(file, "layers", 1, LARGEST_LAYERS)
        final = choice(file, "final_rotation", ["true", "false"]) == "true"
        encoder = choice(file, "encoder", ENCODERS)
        features = PrincipalFeatures.of(file, qubits)
        if features is not None and encoder not in BITS:
            raise refuse("encoder", encoder, "phase, basis: the features are bits")
        circuit = Circuit(
            qubits, layers, pairs_of(file.metadata.get("entangler", ""), qubits),
            choice(file, "entangling_gate", ["cnot", "cz"], absent="cnot"),
            choice(file, "rotation", ["half", "full"]), choice(file, "qubit_order", ["little-endian", "big-endian"]),
            tensor(file, "angles", (layers + final, qubits, 3)),
        )
        observables = _observables(file, qubits)
        readout = {name: tensor(file, name, (len(observables),)) for name in ("scales", "biases")}
        for name, values in readout.items():
            if (abs(values) > LARGEST_WEIGHT).any():
                raise refuse(name, float(values[np.argmax(abs(values))]), f"magnitudes up to {LARGEST_WEIGHT}")
        return cls(
            circuit, observables, readout["scales"], readout["biases"], encoder,
            choice(file, "task", ["classification", "regression"], absent="classification"), features,
            _row_range(file), prefixed(file, PROVENANCE), file.digest,
        )

    def outputs_of(self, states: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Expectations of the observables behind the circuit, ``[sample][logit]``: no scales, no biases yet.

        Parameters
        ----------
        states : array of complex128, ``[sample][amplitude]``
            Contiguous; used up.
        """
        states = self.circuit.run(states)
        values = [each.expectations(states, self.circuit.index, self.circuit.bit) for each in self.observables]
        return np.stack(values, axis=1)


def _observables(file: TensorFile, qubits: int) -> tuple[Observable, ...]:
    text = file.metadata.get("observables")
    if text is None:
        raise refuse("observables", None, "observables joined by ;")
    parts = text.split(";")
    if len(parts) > LARGEST_LOGITS:
        raise refuse("observables", len(parts), f"at most {LARGEST_LOGITS}")
    observables = tuple(Observable.parse(part.strip(" ")) for part in parts)
    highest = max(observable.highest_qubit for observable in observables)
    if highest >= qubits:
        raise refuse("observables", f"qubit {highest}", f"qubits 0 to {qubits - 1}")
    return observables


def _row_range(file: TensorFile) -> tuple[float, float] | None:
    if not {"row_minimum", "row_maximum"} & set(file.metadata):
        return None
    least, largest = number(file, "row_minimum"), number(file, "row_maximum")
    if least > largest:
        raise refuse("row_minimum", least, f"up to row_maximum, {largest}")
    return least, largest
