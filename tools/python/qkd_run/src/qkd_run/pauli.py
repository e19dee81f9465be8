"""Pauli strings on statevectors, as masks of bits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PauliString:
    """A product of Pauli matrices: (Pψ)_i = phase · (−1)^(bits of i in `signs`) · ψ_(i xor `flips`).

    Examples
    --------
    >>> PauliString.of([("X", 0), ("Z", 2)])
    PauliString(flips=1, signs=4, phase=1)
    >>> states = np.array([[1, 0]], complex)
    >>> PauliString.of([("Y", 0)]).applied(states, np.arange(2))
    array([[0.+0.j, 0.+1.j]])
    """

    flips: int
    signs: int
    phase: complex

    @classmethod
    def of(cls, factors: Iterable[tuple[str, int]]) -> PauliString:
        """Of letters with the bits that they act on; no bit twice. Y = [[0, −i], [i, 0]]."""
        flips = signs = 0
        phase: complex = 1
        for letter, bit in factors:
            flips |= (letter in "XY") << bit
            signs |= (letter in "YZ") << bit
            phase = phase * (-1j if letter == "Y" else 1)
        return cls(flips, signs, phase)

    def weights(self, index: NDArray[np.intp]) -> NDArray[Any]:
        """What amplitude i of the image has before it, for i of `index`."""
        return self.phase * sign_of(index & self.signs)

    def applied(self, states: NDArray[np.complex128], index: NDArray[np.intp]) -> NDArray[np.complex128]:
        """The image of states, ``[sample][amplitude]``; `index` counts the amplitudes."""
        image = np.take(states, index ^ self.flips, axis=1) if self.flips else states.copy()
        image *= self.weights(index)
        return image


def sign_of(index: NDArray[np.intp]) -> NDArray[np.float64]:
    """−1 where a number has an odd number of bits, else 1. Numbers are below 2^32.

    Examples
    --------
    >>> sign_of(np.arange(4))
    array([ 1., -1., -1.,  1.])
    """
    parity = index
    for shift in (16, 8, 4, 2, 1):
        parity = parity ^ (parity >> shift)
    return np.asarray(1.0 - 2.0 * (parity & 1), np.float64)
