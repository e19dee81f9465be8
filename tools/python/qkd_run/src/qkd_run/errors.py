"""What goes wrong, with the exit code that the program ends with in the same case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GATE_MISSED = 4
OVER_BUDGET = 5
OTHER_DATA = 6
USAGE = 64
BAD_DATA = 65
NO_INPUT = 66
BAD_SETTING = 78


class QkdRunError(Exception):
    """A refusal, of this package or of the program.

    Parameters
    ----------
    code : int
        Exit code of the program (docs/operator.md); 128 + N where signal N ended it.
    message : str
        What was given, what is allowed, what to do.
    details : mapping, optional
        Further members of the program's message, such as ``needed_bytes``.
    result : optional
        What the program printed all the same: of a missed quality gate (4) the whole report.

    Examples
    --------
    >>> error = QkdRunError(66, "student.safetensors: could not be opened")
    >>> error.code, str(error)
    (66, 'student.safetensors: could not be opened')
    """

    def __init__(
        self, code: int, message: str, details: Mapping[str, Any] | None = None, result: Any = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details: dict[str, Any] = dict(details or {})
        self.result = result

    def __reduce__(self) -> tuple[Any, ...]:
        # By default all arguments but the message are lost on the way to another process.
        return type(self), (self.code, self.message, self.details, self.result)


class BadDataError(QkdRunError, ValueError):
    """A damaged or unfitting file, or rows that a student does not take: exit code 65.

    Examples
    --------
    >>> isinstance(BadDataError("row 3: not finite"), ValueError)
    True
    """

    def __init__(self, message: str) -> None:
        super().__init__(BAD_DATA, message)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message,)


def shown(value: object, longest: int = 60) -> str:
    """A value from outside for a message: on one line, and no longer than a line.

    Examples
    --------
    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"
    """
    # Of a number with many digits repr alone would take long, or refuse.
    text = repr(value[: 2 * longest] if isinstance(value, (str, bytes)) else value)
    return text if len(text) <= longest else text[:longest] + "…"
