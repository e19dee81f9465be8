#!/usr/bin/env python3
"""What an adapter (peer_NAME.py) gives for a problem in a precision: the peer's ways to do the work, to choose from."""
import dataclasses
import typing

import numpy as np


@dataclasses.dataclass
class Programs:
    """`prepare` brings states [sample][amplitude] into the peer's own layout, before any clock starts where the peer
    can keep them so. The functions return when their numbers are there; the fastest one of each part counts."""

    prepare: typing.Callable  # (states) -> prepared
    forward: dict  # name: (prepared) -> logits [sample][logit]
    gradient: dict  # name: (prepared, labels) -> [layer][qubit][axis]; empty: the peer has none


def complex_type(precision):
    return np.complex128 if precision == "float64" else np.complex64


def real_type(precision):
    return np.float64 if precision == "float64" else np.float32


def rows(precision):
    """The layout of peers that take a state at a time."""
    return lambda states: np.ascontiguousarray(states, dtype=complex_type(precision))


def probabilities(states):
    return states.real**2 + states.imag**2


def qubit_groups(qubits, most):
    """Nearly equal runs of neighbouring qubits, none longer than `most`: (first, count)."""
    count = -(-qubits // most)
    edges = [qubits * group // count for group in range(count + 1)]
    return [(first, last - first) for first, last in zip(edges, edges[1:])]
