"""Weighted sums of Pauli strings: what logits and outputs are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import BadDataError, shown
from .pauli import PauliString

LARGEST_WEIGHT = 1e12
LARGEST_QUBIT = 63
_NUMBER = re.compile(r"(?:[0-9.]|[eE][+-]?)+")
_DIGITS = re.compile(r"[0-9]*")


@dataclass(frozen=True)
class Term:
    """A weight and Pauli matrices with their qubits, each qubit once; none: a multiple of the identity."""

    weight: float
    factors: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Observable:
    """An observable behind one logit.

    Terms are joined by ``+`` or ``-``; a term is an optional weight and Pauli matrices with their qubits, joined by
    ``*``, or a weight alone.

    Examples
    --------
    >>> Observable.parse("0.5*Z0*X1 - 2")
    Observable(terms=(Term(weight=0.5, factors=(('Z', 0), ('X', 1))), Term(weight=-2.0, factors=())))
    >>> Observable.parse("Z0*Z0")
    Traceback (most recent call last):
    ...
    qkd_run.errors.BadDataError: observable 'Z0*Z0': at character 4, every qubit at most once in a string
    """

    terms: tuple[Term, ...]

    @classmethod
    def parse(cls, text: str) -> Observable:
        """Reads the text of one.

        Raises
        ------
        BadDataError
            With the character, from 1, and what is expected there.
        """
        return cls(tuple(_Parser(text).sum()))

    @property
    def highest_qubit(self) -> int:
        """The highest qubit that occurs, or −1."""
        return max((qubit for term in self.terms for _, qubit in term.factors), default=-1)

    def expectations(
        self, states: NDArray[np.complex128], index: NDArray[np.intp], bit: Callable[[int], int]
    ) -> NDArray[np.float64]:
        """⟨ψ|O|ψ⟩ of states that need not be normalised.

        Parameters
        ----------
        states : array of complex128, ``[sample][amplitude]``
        index : array of int
            Counts the amplitudes.
        bit : function
            The bit of an amplitude's number that belongs to a qubit.
        """
        # Strings that flip the same bits share one pass over the states.
        weights: dict[int, NDArray[Any]] = {}
        values = np.zeros(len(states))
        for term in sorted(self.terms, key=lambda term: PauliString.of(_on_bits(term, bit)).flips):
            string = PauliString.of(_on_bits(term, bit))
            if string.flips not in weights:
                values += _quadratic(states, index, weights)
                weights = {string.flips: np.zeros(len(index), np.complex128)}
            weights[string.flips] += term.weight * string.weights(index)
        return values + _quadratic(states, index, weights)


def _on_bits(term: Term, bit: Callable[[int], int]) -> list[tuple[str, int]]:
    return [(letter, bit(qubit)) for letter, qubit in term.factors]


def _quadratic(
    states: NDArray[np.complex128], index: NDArray[np.intp], weights: dict[int, NDArray[Any]]
) -> NDArray[np.float64]:
    total = np.zeros(len(states))
    for flips, diagonal in weights.items():
        if flips == 0:
            total += (states.real**2 + states.imag**2) @ diagonal.real
        else:
            image = np.take(states, index ^ flips, axis=1)
            image *= diagonal
            # Real part of the conjugate's product, without a third array of complex numbers.
            total += np.einsum("si,si->s", states.real, image.real) + np.einsum("si,si->s", states.imag, image.imag)
    return total


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def _next(self) -> str:
        """The next character that is no blank; empty at the end."""
        while self.text[self.place : self.place + 1] == " ":
            self.place += 1
        return self.text[self.place : self.place + 1]

    def _refuse(self, expected: str) -> BadDataError:
        return BadDataError(f"observable {shown(self.text)}: at character {self.place + 1}, {expected}")

    def sum(self) -> list[Term]:
        terms: list[Term] = []
        sign = 1.0
        if self._next() == "-":
            sign, self.place = -1.0, self.place + 1
        while True:
            terms.append(self._term(sign))
            joint = self._next()
            if joint == "":
                return terms
            if joint not in "+-":
                raise self._refuse("expected is +, - or *")
            sign, self.place = (-1.0 if joint == "-" else 1.0), self.place + 1

    def _term(self, weight: float) -> Term:
        factors: list[tuple[str, int]] = []
        while True:
            letter = self._next()
            start = self.place
            if letter and letter in "XYZ":
                self.place += 1
                qubit = self._qubit()
                if any(qubit == other for _, other in factors):
                    self.place = start
                    raise self._refuse("every qubit at most once in a string")
                factors.append((letter, qubit))
            elif not factors and abs(weight) == 1 and (number := self._number()) is not None:
                weight *= number
            else:
                raise self._refuse("expected is a Pauli matrix such as Z0, or a number before all of them")
            if self._next() != "*":
                return Term(weight, tuple(sorted(factors, key=lambda factor: factor[1])))
            self.place += 1

    def _qubit(self) -> int:
        match = _DIGITS.match(self.text, self.place)
        digits = match[0] if match else ""
        if not 1 <= len(digits) <= 3 or int(digits) > LARGEST_QUBIT:
            raise self._refuse(f"expected is a qubit from 0 to {LARGEST_QUBIT}")
        self.place += len(digits)
        return int(digits)

    def _number(self) -> float | None:
        match = _NUMBER.match(self.text, self.place)
        try:
            value = float(match[0]) if match else None
        except ValueError:
            return None
        if match is None or value is None or abs(value) > LARGEST_WEIGHT:
            return None
        self.place = match.end()
        return value
