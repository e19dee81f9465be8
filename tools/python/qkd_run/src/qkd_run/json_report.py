"""JSON from outside, checked member by member; unknown members are left alone."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from .errors import BadDataError, shown

Check = tuple[str, Callable[[Any], bool]]


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 64


NUMBER: Check = ("a number", _is_number)
WHOLE: Check = ("a whole number", _is_whole)
TEXT: Check = ("a text", lambda value: isinstance(value, str))
NUMBERS: Check = ("a list of numbers", lambda value: isinstance(value, list) and all(map(_is_number, value)))
OBJECTS: Check = (
    "a list of objects", lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value)
)


def optional(check: Check) -> Check:
    """The same or null, which a member that is not there is too."""
    return f"{check[0]} or null", lambda value: value is None or check[1](value)


def read_object(raw: bytes) -> dict[str, Any]:
    """One JSON object.

    Raises
    ------
    BadDataError
        For anything else, NaN and infinities too.

    Examples
    --------
    >>> read_object(b'{"seeds": 2}')
    {'seeds': 2}
    """

    def refuse(word: str) -> NoReturn:
        raise ValueError(f"{word} is not JSON")

    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadDataError(f"not JSON: {shown(str(error), 120)}") from None
    if not isinstance(value, dict):
        raise BadDataError("not a JSON object")
    return value


def check_members(value: Mapping[str, Any], checks: Mapping[str, Check], place: str = "") -> dict[str, Any]:
    """The named members, None for those that are not there and may be null.

    Raises
    ------
    BadDataError
        With the member and what it must be.

    Examples
    --------
    >>> check_members({"seeds": "2"}, {"seeds": WHOLE}, "rows[0]")
    Traceback (most recent call last):
    ...
    qkd_run.errors.BadDataError: rows[0].seeds must be a whole number
    """
    for name, (wanted, holds) in checks.items():
        if not holds(value.get(name)):
            raise BadDataError(f"{place}{'.' if place else ''}{name} must be {wanted}")
    return {name: value.get(name) for name in checks}
