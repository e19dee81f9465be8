"""The pairs of qubits on which an entangling layer's gates act."""

from __future__ import annotations

from .errors import BadDataError, shown

PATTERNS = ("linear", "ring", "descending", "all-pairs")
LARGEST_PAIRS = 64
LARGEST_QUBITS = 26


def pairs_of(entangler: str, qubits: int) -> tuple[tuple[int, int], ...]:
    """(control, target) of each gate, in the order in which they act.

    Parameters
    ----------
    entangler : str
        ``linear``, ``ring``, ``descending``, ``all-pairs``, or pairs: ``0-1, 1-2, 2-0``.
    qubits : int
        Of the circuit.

    Raises
    ------
    BadDataError
        For what is none of these, or names a qubit that the circuit does not have.

    Examples
    --------
    >>> pairs_of("descending", 4)
    ((2, 3), (1, 2), (0, 1))
    >>> pairs_of("2-0, 0-1", 3)
    ((2, 0), (0, 1))
    """
    chain = [(q, q + 1) for q in range(qubits - 1)]
    if entangler == "linear":
        return tuple(chain)
    if entangler == "ring":
        return tuple([*chain, (qubits - 1, 0)] if qubits > 1 else [])
    if entangler == "descending":
        return tuple(reversed(chain))
    if entangler == "all-pairs":
        return tuple((q, r) for q in range(qubits) for r in range(q + 1, qubits))
    parts = entangler.split(",", LARGEST_PAIRS)
    pairs = [_pair(part.strip(" "), qubits) for part in parts[:LARGEST_PAIRS]]
    if len(parts) > LARGEST_PAIRS or None in pairs:
        raise BadDataError(
            f"entangler is {shown(entangler)}; allowed: {', '.join(PATTERNS)}, or 1 to {LARGEST_PAIRS} pairs "
            f"control-target of different qubits from 0 to {qubits - 1}, such as '0-1, 1-2, 2-0'"
        )
    return tuple(pair for pair in pairs if pair is not None)


def _pair(text: str, qubits: int) -> tuple[int, int] | None:
    spellings = {str(q): q for q in range(qubits)}
    control, joint, target = text.partition("-")
    if not joint or control == target or control not in spellings or target not in spellings:
        return None
    return spellings[control], spellings[target]
