"""The entries of a tensor file, each with what is allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .errors import BadDataError, shown
from .tensor_file import TensorFile

PROVENANCE = "made_"


def prefixed(file: TensorFile, prefix: str) -> dict[str, str]:
    """The metadata whose keys begin with a prefix, by their keys without it."""
    return {key.removeprefix(prefix): text for key, text in file.metadata.items() if key.startswith(prefix)}


def refuse(key: str, given: object, allowed: str) -> BadDataError:
    """The error for an entry that is missing (None) or has another value than the allowed ones."""
    return BadDataError(f"{key} is {'missing' if given is None else shown(given)}; allowed: {allowed}")


def choice(file: TensorFile, key: str, allowed: Sequence[str], absent: str | None = None) -> str:
    """One of some names; `absent` stands for an entry that is not there."""
    given = file.metadata.get(key, absent)
    if given is None or given not in allowed:
        raise refuse(key, given, ", ".join(allowed))
    return given


def integer(file: TensorFile, key: str, least: int, largest: int) -> int:
    """An integer in its only spelling: no sign, no leading zero."""
    given = file.metadata.get(key)
    # int() takes blanks, underscores and other digits, and as many as there are.
    is_canonical = given is not None and re.fullmatch("0|[1-9][0-9]{0,8}", given) is not None
    if given is not None and is_canonical and least <= int(given) <= largest:
        return int(given)
    raise refuse(key, given, f"{least} to {largest}")


def number(file: TensorFile, key: str) -> float:
    """A finite decimal number."""
    given = file.metadata.get(key)
    try:
        value = float(given) if given is not None and given.isascii() and "_" not in given else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise refuse(key, given, "a finite number")
    return value


def tensor(file: TensorFile, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A tensor of float64 with exactly this shape."""
    given = file.tensors.get(name)
    if given is None or given.dtype != np.float64 or given.shape != shape:
        raise refuse(name, None if given is None else f"{given.dtype} {list(given.shape)}", f"F64 {list(shape)}")
    return np.asarray(given, dtype=np.float64)
