"""Arrays of numbers: NPY and IDX (docs/formats.md, Samples)."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import BadDataError, shown

SAMPLES = ("<f4", "<f8", "<c8", "<c16")
TARGETS = ("<f4", "<f8")
LABELS = ("|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "|b1")
LARGEST_HEADER_BYTES = 4096
_NPY_ENTRY = re.compile(
    r"""[ ]*'(?P<key>descr|fortran_order|shape)'[ ]*:[ ]*
    (?:'(?P<text>[^']*)'|(?P<truth>True|False)|\((?P<tuple>[0-9, ]*)\))[ ]*(?:,|(?=\}))""",
    re.ASCII | re.VERBOSE,
)


def is_array(raw: bytes) -> bool:
    """Whether a file's bytes begin as an NPY or an IDX."""
    return raw[:6] == np.lib.format.MAGIC_PREFIX or raw[:1] == b"\0"


def read_array(raw: bytes, dtypes: tuple[str, ...]) -> NDArray[Any]:
    """The array of an NPY or IDX. Bytes of an IDX of several dimensions, images, become x/255.

    Parameters
    ----------
    raw : bytes
        All of the file; nothing beyond them is allocated.
    dtypes : tuple of str
        Allowed types of an NPY.

    Raises
    ------
    BadDataError
        For what is none, is of another type, or has another size than its header says.

    Examples
    --------
    >>> read_array(bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 7]), LABELS)
    array([5, 7], dtype=uint8)
    """
    return _read_idx(raw) if raw[:1] == b"\0" else _read_npy(raw, dtypes)


def _read_npy(raw: bytes, dtypes: tuple[str, ...]) -> NDArray[Any]:
    descr, is_fortran, shape, start = _npy_header(raw)
    if descr not in dtypes:
        raise BadDataError(f"NPY of {shown(descr)}; allowed are {' '.join(dtypes)}")
    if not 1 <= len(shape) <= 2:
        raise BadDataError(f"NPY of shape {shown(list(shape))}; allowed are one or two dimensions")
    if is_fortran and len(shape) > 1:
        raise BadDataError("NPY in Fortran's order; save numpy.ascontiguousarray of it")
    expected = math.prod(shape) * np.dtype(descr).itemsize
    if len(raw) - start != expected:
        raise BadDataError(f"{len(raw) - start} bytes of data; the header says {shown(expected)}; copy the file again")
    return np.frombuffer(raw, descr, offset=start).reshape(shape)


def _npy_header(raw: bytes) -> tuple[str, bool, tuple[int, ...], int]:
    """Type, order and shape, and where the data begin: of a plain array, as NumPy writes it. Nothing is evaluated."""
    if len(raw) < 12:
        raise BadDataError(f"a damaged header of an NPY: the file has {len(raw)} bytes")
    if raw[6:8] not in (b"\1\0", b"\2\0"):
        raise BadDataError(f"NPY of version {raw[6]}.{raw[7]}; allowed are 1.0 and 2.0")
    begin = 10 if raw[6] == 1 else 12
    length = int.from_bytes(raw[8:begin], "little")
    if length > LARGEST_HEADER_BYTES or begin + length > len(raw):
        raise BadDataError(f"a damaged header of an NPY: {length} bytes; allowed are {LARGEST_HEADER_BYTES}")
    text = raw[begin : begin + length].decode("latin-1").rstrip(" \n")
    entries: dict[str, re.Match[str]] = {}
    place = 1
    while match := _NPY_ENTRY.match(text, place):
        entries[match["key"]] = match
        place = match.end()
    values = [entries.get("descr"), entries.get("fortran_order"), entries.get("shape")]
    descr, order, shape = (match and match[kind] for match, kind in zip(values, ("text", "truth", "tuple")))
    is_whole = raw[begin + length - 1 : begin + length] == b"\n" and text[:1] == "{"
    if not is_whole or text[place:].strip(" ") != "}" or descr is None or order is None or shape is None:
        raise BadDataError(
            f"a damaged header of an NPY, or of an array that is not plain: {shown(text, 120)}; allowed are descr, "
            "fortran_order and shape"
        )
    extents = [extent.strip(" ") for extent in shape.rstrip(", ").split(",")]
    if not all(re.fullmatch("[0-9]{1,18}", extent) for extent in extents):
        raise BadDataError(f"NPY of shape ({shown(shape)}); allowed are one or two dimensions")
    return descr, order == "True", tuple(map(int, extents)), begin + length


def _read_idx(raw: bytes) -> NDArray[Any]:
    if raw[:3] != b"\0\0\x08" or len(raw) < 4:
        raise BadDataError("not an IDX of unsigned bytes, which begins with 0 0 8")
    dimensions = raw[3]
    start = 4 + 4 * dimensions
    if not 1 <= dimensions <= 8 or len(raw) < start:
        raise BadDataError(f"IDX of {dimensions} dimensions in {len(raw)} bytes; allowed are 1 to 8 dimensions")
    shape = [int.from_bytes(raw[place : place + 4], "big") for place in range(4, start, 4)]
    if len(raw) - start != math.prod(shape):
        raise BadDataError(f"{len(raw) - start} bytes of data; shape {shape} needs {math.prod(shape)}")
    values = np.frombuffer(raw, np.uint8, offset=start)
    if dimensions == 1:
        return values
    return values.reshape(shape[0], math.prod(shape[1:])) / 255


def npy_bytes(values: NDArray[Any], dtype: str) -> bytes:
    """The bytes of an NPY."""
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(values, dtype), allow_pickle=False)
    return file.getvalue()
