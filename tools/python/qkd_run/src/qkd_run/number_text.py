"""Numbers as text, in the spellings that the program takes, and no others of Python's."""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Sequence

from .errors import BadDataError, shown

# Possessive, so that no text takes longer than it is.
_REAL = r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?"
_LONGEST = 1000
_PLAIN = frozenset("0123456789+-.eE")
_NUMBER = re.compile(_REAL)
_COMPLEX = re.compile(rf"(\()?(?:({_REAL})(?=[+-]))?({_REAL})[ij](?(1)\))")
_IN_PARENTHESES = re.compile(rf"\(({_REAL})\)")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


def parse_number(text: str, place: str) -> float | complex:
    """A real number, or a complex one: ``a+bi``, ``bi``, with ``j`` for ``i`` and in parentheses or not.

    Parameters
    ----------
    text : str
        Without blanks around it; quotation marks may stand.
    place : str
        Where it stands, for messages.

    Examples
    --------
    >>> parse_number("-1.5e-3", "line 1"), parse_number("(1+2j)", "line 1"), parse_number('".5"', "line 1")
    (-0.0015, (1+2j), 0.5)
    >>> parse_number("0x10", "line 7, field 2")
    Traceback (most recent call last):
    ...
    qkd_run.errors.BadDataError: line 7, field 2: '0x10' is no number
    """
    own = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    value: float | complex
    if len(own) > _LONGEST:
        raise BadDataError(f"{place}: {shown(text)} has {len(own)} characters; allowed are {_LONGEST}")
    if _NUMBER.fullmatch(own):
        value = float(own)
    elif match := _IN_PARENTHESES.fullmatch(own):
        value = complex(float(match[1]), 0)
    elif match := _COMPLEX.fullmatch(own):
        value = complex(float(match[2] or 0), float(match[3]))
    elif _NOT_FINITE.fullmatch(own):
        raise BadDataError(f"{place}: {shown(text)} is not finite")
    else:
        raise BadDataError(f"{place}: {shown(text)} is no number")
    if not cmath.isfinite(value):
        raise BadDataError(f"{place}: {shown(text)} is not finite")
    return value


def parse_numbers(fields: Sequence[str], place: str) -> list[float] | list[float | complex]:
    """The numbers of a line, as `parse_number` reads each.

    Examples
    --------
    >>> parse_numbers(["1", "-.5e1"], "line 1"), parse_numbers(["1", "2j"], "line 1")
    ([1.0, -5.0], [1.0, 2j])
    """
    # Nearly all lines have none but these, of which Python takes no other spellings.
    text = "".join(fields)
    if _PLAIN.issuperset(text) and len(text) <= _LONGEST * len(fields):
        try:
            values = [float(field) for field in fields]
        except ValueError:
            values = [math.inf]
        if all(map(math.isfinite, values)):
            return values
    return [parse_number(field, place) for field in fields]


def is_number(text: str) -> bool:
    """Whether a field is a number, one that is not finite too.

    Examples
    --------
    >>> [is_number(text) for text in ("1", "nan", "width", "")]
    [True, True, False, False]
    """
    return any(pattern.fullmatch(text) for pattern in (_NUMBER, _IN_PARENTHESES, _COMPLEX, _NOT_FINITE))


def number_text(value: complex) -> str:
    """The shortest text that reads back as the same number.

    Examples
    --------
    >>> number_text(0.1), number_text(1 - 2e-300j)
    ('0.1', '1.0-2e-300j')
    """
    if isinstance(value, complex):
        imaginary = repr(float(value.imag))
        return f"{float(value.real)!r}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    return repr(float(value))
