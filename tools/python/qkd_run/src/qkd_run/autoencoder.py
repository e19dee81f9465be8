"""An autoencoder's file, and the compression that it does before a network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .circuit import apply_exponential, apply_gate, rotations
from .entangler import LARGEST_QUBITS
from .entries import PROVENANCE, choice, integer, prefixed, tensor
from .errors import BadDataError
from .model import LARGEST_LAYERS
from .pauli import PauliString
from .tensor_file import TensorFile


def pairs_of(pattern: str, qubits: int, latent: int) -> list[tuple[int, int]]:
    """The pairs that are coupled, in the order in which they are.

    Examples
    --------
    >>> pairs_of("latent-trash", 4, 2)
    [(0, 2), (0, 3), (1, 2), (1, 3)]
    >>> pairs_of("ring", 2, 1)
    [(0, 1)]
    """
    chain = [(q, q + 1) for q in range(qubits - 1)]
    return {
        "latent-trash": [(a, t) for a in range(latent) for t in range(latent, qubits)],
        "chain": chain,
        "ring": [*chain, (qubits - 1, 0)] if qubits > 2 else chain,
        "all": [(q, r) for q in range(qubits) for r in range(q + 1, qubits)],
    }[pattern]


@dataclass(frozen=True, eq=False)
class Autoencoder:
    """A circuit of which some qubits are kept (docs/formats.md, Autoencoder).

    Attributes
    ----------
    qubits, latent, layers : int
        Of the circuit; `latent` qubits, the lowest, are kept.
    pairs : str
        ``latent-trash``, ``chain``, ``ring`` or ``all``.
    rotation : str
        ``half`` or ``full``.
    angles : array of float64, ``[layer][qubit][x, y, z]``
    couplings : array of float64, ``[layer][pair][x, y, z]``
    provenance : mapping of str
    digest : str
        SHA-256 that models behind it name.
    """

    qubits: int
    latent: int
    layers: int
    pairs: str
    rotation: str
    angles: NDArray[np.float64]
    couplings: NDArray[np.float64]
    provenance: Mapping[str, str]
    digest: str

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Autoencoder:
        """Reads an autoencoder's file.

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
    def of(cls, file: TensorFile) -> Autoencoder:
        """The autoencoder that a tensor file holds."""
        choice(file, "format", ["qkd-autoencoder"])
        choice(file, "format_version", ["1"])
        choice(file, "parameter_order", ["layer, qubit or pair, axis (x, y, z)"])
        choice(file, "qubit_order", ["little-endian"])
        choice(file, "coupling", ["exp(-itPP)"])
        qubits = integer(file, "qubits", 2, LARGEST_QUBITS)
        latent, layers = integer(file, "latent", 1, qubits - 1), integer(file, "layers", 1, LARGEST_LAYERS)
        pairs = choice(file, "pairs", ["latent-trash", "chain", "ring", "all"])
        return cls(
            qubits, latent, layers, pairs, choice(file, "rotation", ["half", "full"]),
            tensor(file, "angles", (layers, qubits, 3)),
            tensor(file, "couplings", (layers, len(pairs_of(pairs, qubits, latent)), 3)),
            prefixed(file, PROVENANCE), file.digest,
        )

    @cached_property
    def _index(self) -> NDArray[np.intp]:
        return np.arange(1 << self.qubits, dtype=np.intp)

    def compress(self, states: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """What is left of states: a mixture, one branch for each outcome of the qubits that are dropped.

        Parameters
        ----------
        states : array of complex128, ``[sample][amplitude]``
            Contiguous; used up. Qubit q is bit q.

        Returns
        -------
        array of complex128, ``[sample][outcome][latent amplitude]``
            Not normalised: an expectation of the mixture is the sum of those of the branches.
        """
        pairs = pairs_of(self.pairs, self.qubits, self.latent)
        for angles, couplings in zip(self.angles, self.couplings):
            for qubit in range(self.qubits):
                apply_gate(rotations(angles[qubit], self.rotation), states, qubit)
            for pair, coupling in zip(pairs, couplings):
                for letter, t in zip("XYZ", coupling):
                    string = PauliString.of([(letter, qubit) for qubit in pair])
                    apply_exponential(string, float(t), states, self._index)
        return states.reshape(len(states), -1, 1 << self.latent)
