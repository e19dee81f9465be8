"""The circuit of a model, run on statevectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pauli import PauliString


def rotations(angles: NDArray[np.float64], rotation: str) -> NDArray[np.complex128]:
    """RX, then RY, then RZ as one matrix.

    Parameters
    ----------
    angles : array, ``[x, y, z]``
        Radians.
    rotation : str
        ``half``: exp(−iθP/2); ``full``: exp(iθP).

    Examples
    --------
    >>> rotations(np.array([0, np.pi, 0]), "half").round(12).real
    array([[ 0., -1.],
           [ 1.,  0.]])
    """
    half = angles / 2 if rotation == "half" else -angles
    (cx, cy, cz), (sx, sy, sz) = np.cos(half), np.sin(half)
    x = np.array([[cx, -1j * sx], [-1j * sx, cx]])
    y = np.array([[cy, -sy], [sy, cy]])
    z = np.array([[cz - 1j * sz, 0], [0, cz + 1j * sz]])
    return np.asarray(z @ y @ x, np.complex128)


def apply_gate(gate: NDArray[Any], states: NDArray[np.complex128], bit: int) -> None:
    """A gate on one bit, in place.

    Parameters
    ----------
    gate : array, 2 × 2
    states : array of complex128, ``[sample][amplitude]``
        Contiguous.
    bit : int
        Of an amplitude's number.
    """
    # [sample][bits above][the bit][bits below]
    pairs = states.reshape(len(states), -1, 2, 1 << bit)
    zero, one = pairs[:, :, 0], pairs[:, :, 1]
    new_zero = gate[0, 0] * zero
    new_zero += gate[0, 1] * one
    one *= gate[1, 1]
    one += gate[1, 0] * zero
    zero[...] = new_zero


@dataclass(frozen=True, eq=False)
class Circuit:
    """Layers of RX, RY, RZ on every qubit and entangling gates behind each (docs/formats.md, Circuit).

    Attributes
    ----------
    qubits, layers : int
    pairs : tuple of (control, target)
        In the order in which the gates act.
    gate : str
        ``cnot`` or ``cz``.
    rotation : str
        ``half`` or ``full``.
    qubit_order : str
        ``little-endian`` or ``big-endian``.
    angles : array of float64, ``[rotation layer][qubit][x, y, z]``
        One layer more than `layers` where a final rotation closes the circuit.
    """

    qubits: int
    layers: int
    pairs: tuple[tuple[int, int], ...]
    gate: str
    rotation: str
    qubit_order: str
    angles: NDArray[np.float64]

    @property
    def final_rotation(self) -> bool:
        """Whether one more layer of rotations closes the circuit."""
        return len(self.angles) > self.layers

    def bit(self, qubit: int) -> int:
        """The bit of an amplitude's number that is the qubit's value."""
        return qubit if self.qubit_order == "little-endian" else self.qubits - 1 - qubit

    @cached_property
    def index(self) -> NDArray[np.intp]:
        """Counts the amplitudes."""
        return np.arange(1 << self.qubits, dtype=np.intp)

    @cached_property
    def _sources(self) -> NDArray[np.intp]:
        """All CNOTs of a layer: amplitude i is the one that was at place ``[i]``."""
        sources = self.index
        for control, target in self.pairs:
            sources = sources[self.index ^ (self.index >> self.bit(control) & 1) << self.bit(target)]
        return sources

    @cached_property
    def _signs(self) -> NDArray[np.float64]:
        """All CZs of a layer."""
        odd = np.zeros_like(self.index)
        for control, target in self.pairs:
            odd ^= self.index >> self.bit(control) & self.index >> self.bit(target) & 1
        return np.asarray(1.0 - 2.0 * odd, np.float64)

    def run(self, states: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """The states behind the circuit.

        Parameters
        ----------
        states : array of complex128, ``[sample][amplitude]``
            Contiguous; used up.
        """
        for layer, angles in enumerate(self.angles):
            for qubit in range(self.qubits):
                apply_gate(rotations(angles[qubit], self.rotation), states, self.bit(qubit))
            if layer < self.layers and self.gate == "cz":
                states *= self._signs
            elif layer < self.layers and self.pairs:
                states = np.take(states, self._sources, axis=1)
        return states


def apply_exponential(string: PauliString, t: float, states: NDArray[np.complex128], index: NDArray[np.intp]) -> None:
    """exp(−itP) of a Pauli string P, in place."""
    image = string.applied(states, index)
    image *= -1j * np.sin(t)
    states *= np.cos(t)
    states += image
