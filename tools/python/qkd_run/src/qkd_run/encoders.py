"""How rows of numbers become states, and which rows an encoder takes (docs/formats.md, Encoders)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import BadDataError

ENCODERS = ("state", "amplitude", "amplitude-unnormalized", "phase", "angle", "basis")
BITS = ("phase", "basis")
PRODUCTS = ("phase", "angle", "basis")
NORM_TOLERANCE = 1e-5
LARGEST_NORM = 1e12


def width(encoder: str, qubits: int) -> int:
    """Numbers of a row.

    Examples
    --------
    >>> width("state", 3), width("angle", 3)
    (8, 3)
    """
    return qubits if encoder in PRODUCTS else 1 << qubits


def encode(
    encoder: str, rows: NDArray[Any], qubits: int, bit: Callable[[int], int], first_row: int = 0
) -> NDArray[np.complex128]:
    """States of rows, after a check that the encoder takes them.

    Parameters
    ----------
    encoder : str
        One of ``ENCODERS``.
    rows : array of float64 or complex128, ``[sample][number]``
        Finite, as long as ``width`` says.
    qubits : int
    bit : function
        The bit of an amplitude's number that belongs to a qubit.
    first_row : int
        The number of the first row, for messages.

    Returns
    -------
    array of complex128, ``[sample][amplitude]``

    Examples
    --------
    >>> encode("basis", np.array([[1.0, 0.0]]), 2, lambda qubit: qubit).real
    array([[0., 1., 0., 0.]])
    >>> encode("amplitude", np.array([[3.0, 4.0]]), 1, lambda qubit: qubit).real
    array([[0.6, 0.8]])
    """
    if encoder in BITS:
        _refuse_first((rows != 0) & (rows != 1), rows, first_row, f"the encoder {encoder} allows 0 and 1")
    if encoder in PRODUCTS:
        return _product(encoder, rows, qubits, bit)
    states = np.array(rows, dtype=np.complex128, order="C")
    with np.errstate(over="ignore", under="ignore"):
        norms = np.einsum("si,si->s", states.real, states.real) + np.einsum("si,si->s", states.imag, states.imag)
    if encoder == "state":
        _refuse_norm(
            ~(abs(norms - 1) <= NORM_TOLERANCE), norms, first_row,
            f"allowed is 1 within {NORM_TOLERANCE}; normalise it, or choose the encoder amplitude",
        )
    elif encoder == "amplitude-unnormalized":
        _refuse_norm(
            ~(norms <= LARGEST_NORM), norms, first_row, f"allowed are up to {LARGEST_NORM}; scale all rows down"
        )
    else:
        _normalise(states, norms, first_row)
    return states


def _normalise(states: NDArray[np.complex128], norms: NDArray[np.float64], first_row: int) -> None:
    for row in np.flatnonzero(~((norms > 1e-280) & np.isfinite(norms))):
        # Squares overflow or underflow: the largest number becomes 1 first.
        largest = max(abs(states[row].real).max(), abs(states[row].imag).max())
        if largest == 0:
            raise BadDataError(f"row {first_row + row} (from 0): all numbers are zero, which nothing can normalise")
        # Two real divisions: a complex one by a very small number overflows on its way.
        states.real[row] /= largest
        states.imag[row] /= largest
        norms[row] = np.vdot(states[row], states[row]).real
    states /= np.sqrt(norms)[:, None]


def _product(
    encoder: str, rows: NDArray[np.float64], qubits: int, bit: Callable[[int], int]
) -> NDArray[np.complex128]:
    on = rows != 0
    if encoder == "angle":
        zero, one = np.cos(rows / 2), np.sin(rows / 2)
    elif encoder == "phase":
        zero, one = np.full(rows.shape, 0.5**0.5), np.where(on, -1, 1) * 0.5**0.5
    else:
        zero, one = 1.0 * ~on, 1.0 * on
    states = np.ones((len(rows), 1))
    # From the lowest bit up: each qubit doubles the amplitudes.
    for qubit in sorted(range(qubits), key=bit):
        states = np.concatenate([states * zero[:, qubit, None], states * one[:, qubit, None]], axis=1)
    return states.astype(np.complex128)


def _refuse_first(bad: NDArray[np.bool_], rows: NDArray[Any], first_row: int, allowed: str) -> None:
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise BadDataError(f"row {first_row + row}, column {column} (from 0) is {rows[row, column]}; {allowed}")


def _refuse_norm(bad: NDArray[np.bool_], norms: NDArray[np.float64], first_row: int, allowed: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise BadDataError(f"row {first_row + row} (from 0): the squared norm is {norms[row]}; {allowed}")
