"""One line of NDJSON as a sample."""

from __future__ import annotations

import json
import math
from typing import Any

from .errors import BadDataError, shown

_OWN = ("features", "label", "target")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in _OWN:
        if keys.count(key) > 1:
            raise ValueError(f"{key} stands twice")
    return dict(pairs)


def parse_json_row(line: str, place: str) -> tuple[list[float], int | None, list[float] | None]:
    """Features, label and targets of ``[0.5, 1]`` or ``{"features": [0.5, 1], "label": 1, "target": 0.5}``.

    Parameters
    ----------
    line : str
    place : str
        Where it stands, for messages.

    Returns
    -------
    features : list of float
    label : int or None
    targets : list of float or None
        One number an output.

    Examples
    --------
    >>> parse_json_row('{"features": [0.5, 1], "label": 1}', "line 1")
    ([0.5, 1.0], 1, None)
    >>> parse_json_row('{"features": [NaN]}', "line 2")
    Traceback (most recent call last):
    ...
    qkd_run.errors.BadDataError: line 2: features must be a list of finite numbers
    """
    try:
        value = json.loads(line, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise BadDataError(f"{place}: no JSON of a sample: {shown(str(error), 120)}") from None
    row = value if isinstance(value, dict) else {"features": value}
    if "features" not in row:
        raise BadDataError(f"{place}: features are missing")
    label, target = row.get("label"), row.get("target")
    if label is not None and (type(label) is not int or abs(label) >= 1 << 53):
        raise BadDataError(f"{place}: the label {shown(label)} is no integer")
    if target is not None:
        target = _numbers(target if isinstance(target, list) else [target], "target", place)
    return _numbers(row["features"], "features", place), label, target


def _numbers(values: Any, name: str, place: str) -> list[float]:
    try:
        if isinstance(values, list) and all(type(value) in (int, float) for value in values):
            numbers = [float(value) for value in values]
            if all(map(math.isfinite, numbers)):
                return numbers
    except OverflowError:
        pass
    raise BadDataError(f"{place}: {name} must be a list of finite numbers")
