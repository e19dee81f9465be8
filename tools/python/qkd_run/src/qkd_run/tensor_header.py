"""The header of a tensor file, read strictly: points 2, 4 and 5 of the format in docs/formats.md."""

from __future__ import annotations

import json
import math
import unicodedata
from dataclasses import dataclass
from typing import Any

from .errors import BadDataError, shown

ITEM_BYTES = {"F32": 4, "F64": 8, "I64": 8}
LARGEST_RANK = 8


@dataclass(frozen=True)
class TensorLayout:
    """What the header says of one tensor: checked, but for the bytes themselves."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    seen: set[str] = set()
    for key, value in pairs:
        # What Unicode holds to be one name is one.
        name = unicodedata.normalize("NFC", key)
        if name in seen:
            raise BadDataError(f"the key {shown(key)} stands twice in one object of the header")
        seen.add(name)
        result[key] = value
    return result


def _unsigned(digits: str) -> int:
    if digits.startswith("-") or len(digits) > 19:
        raise BadDataError(f"a number {shown(digits)} in the header; allowed are unsigned integers below 2^63")
    return int(digits)


def _no_number(text: str) -> Any:
    raise BadDataError(f"a number {shown(text)} in the header; allowed are unsigned integers")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_unsigned, parse_float=_no_number, parse_constant=_no_number
)


def read_header(text: bytes, payload_bytes: int) -> tuple[dict[str, str], list[TensorLayout]]:
    """Reads a header and compares it with the size of what follows.

    Parameters
    ----------
    text : bytes
        The header with the blanks behind it.
    payload_bytes : int
        Bytes of the file behind the header.

    Returns
    -------
    metadata : dict of str
    layouts : list of TensorLayout
        In the order of the file.

    Raises
    ------
    BadDataError
        With what stands where it should not, and what is allowed.

    Examples
    --------
    >>> read_header(b'{"__metadata__":{},"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}  ', 16)[1]
    [TensorLayout(name='a', dtype='F64', shape=(2,), begin=0, end=16)]
    """
    try:
        decoded = text.decode("utf-8").lstrip(" \t\r\n")
        header, end = _DECODER.raw_decode(decoded)
    except UnicodeDecodeError as error:
        raise BadDataError(f"the header is not UTF-8 at byte {8 + error.start} of the file") from None
    except json.JSONDecodeError as error:
        raise BadDataError(f"the header is not JSON at its character {error.pos}: {error.msg}") from None
    except RecursionError:
        raise BadDataError("the header nests deeper than any tensor file's") from None
    if not isinstance(header, dict):
        raise BadDataError("the header is not a JSON object")
    if decoded[end:].strip(" "):
        raise BadDataError(f"something else than blanks follows the header's object, at its character {end}")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise BadDataError("__metadata__ must be an object of strings")
    for text_ in (*metadata, *metadata.values(), *header):
        if any("\ud800" <= character <= "\udfff" for character in text_):
            raise BadDataError(f"{shown(text_)} in the header is no Unicode text")
    layouts: list[TensorLayout] = []
    for name, entry in header.items():
        layouts.append(_layout(name, entry, layouts[-1].end if layouts else 0))
    expected = layouts[-1].end if layouts else 0
    if payload_bytes != expected:
        raise BadDataError(f"{payload_bytes} bytes follow the header, which says {expected}; copy the file again")
    return metadata, layouts


def _layout(name: str, entry: Any, begin: int) -> TensorLayout:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise BadDataError(f"tensor {shown(name)} must have dtype, shape and data_offsets, and nothing else")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in ITEM_BYTES:
        raise BadDataError(f"tensor {shown(name)} is of type {shown(dtype)}; allowed are {', '.join(ITEM_BYTES)}")
    if not isinstance(shape, list) or len(shape) > LARGEST_RANK or not all(type(extent) is int for extent in shape):
        raise BadDataError(f"tensor {shown(name)} has shape {shown(shape)}; allowed are up to {LARGEST_RANK} integers")
    # Python's integers do not overflow; what does not fit the file is refused with it.
    end = begin + math.prod(shape) * ITEM_BYTES[dtype]
    if offsets != [begin, end]:
        raise BadDataError(
            f"tensor {shown(name)} has data_offsets {shown(offsets)}; by its type, shape and place they are "
            f"{shown([begin, end])}"
        )
    return TensorLayout(name, dtype, tuple(shape), begin, end)
