"""How many samples are computed at a time within a budget of memory."""

from __future__ import annotations

from .errors import OVER_BUDGET, QkdRunError

# Of a state: before and behind a step, a gate's half beside it, an observable's image.
_STATES = 4
# The amplitudes' numbers, a permutation, the diagonal of an observable.
_INDEX_BYTES = 48
_SAMPLES = 4096


def samples_at_once(qubits: int, budget: int) -> int:
    """Samples whose states fit a budget, at least 1 and no more than are of use.

    Parameters
    ----------
    qubits : int
        Of the states.
    budget : int
        Bytes.

    Raises
    ------
    QkdRunError
        With code 5 where not even one sample fits.

    Examples
    --------
    >>> samples_at_once(7, 1 << 20), samples_at_once(7, 1 << 30)
    (127, 4096)
    >>> samples_at_once(26, 1 << 30)
    Traceback (most recent call last):
    ...
    qkd_run.errors.QkdRunError: states of 26 qubits need 7516192768 bytes, the budget is 1073741824; raise memory
    """
    sample = _STATES * 16 << qubits
    fixed = _INDEX_BYTES << qubits
    if fixed + sample > budget:
        raise QkdRunError(
            OVER_BUDGET, f"states of {qubits} qubits need {fixed + sample} bytes, the budget is {budget}; raise memory",
            {"needed_bytes": fixed + sample, "available_bytes": budget, "missing_bytes": fixed + sample - budget},
        )
    return min((budget - fixed) // sample, _SAMPLES)
