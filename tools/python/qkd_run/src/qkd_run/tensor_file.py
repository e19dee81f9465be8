"""Named tensors and text in one file, sealed by a digest: what models, autoencoders and tapes are."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .atomic_file import write_whole
from .errors import BadDataError, shown
from .tensor_header import ITEM_BYTES, LARGEST_RANK, read_header

LARGEST_FILE_BYTES = 64 << 20
LARGEST_HEADER_BYTES = 64 << 10
_ZEROS = b"0" * 64
_DTYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}
_SEAL = re.compile(rb'"sha256"[ \t\r\n]*:[ \t\r\n]*"([0-9a-f]{64})"')


@dataclass(frozen=True, eq=False)
class TensorFile:
    """The content of a tensor file (docs/formats.md), a strict subset of safetensors.

    Attributes
    ----------
    metadata : mapping of str
        All but the digest.
    tensors : mapping of str to array
        In the order of the file; arrays are read-only, of float32, float64 or int64, and finite.
    digest : str
        SHA-256 of the file with zeros in the digest's place: one digest stands for one file.

    Examples
    --------
    >>> file = TensorFile.make({"format": "mine"}, {"a": [1.0, 2.0]})
    >>> same = TensorFile.decode(file.encode())
    >>> same.metadata, same.tensors["a"], same.digest == file.digest
    ({'format': 'mine'}, array([1., 2.]), True)
    >>> raw = bytearray(file.encode())
    >>> raw[-1] ^= 1
    >>> TensorFile.decode(bytes(raw))
    Traceback (most recent call last):
    ...
    qkd_run.errors.BadDataError: the digest is another: the file was changed since it was written; copy it again
    """

    metadata: Mapping[str, str]
    tensors: Mapping[str, NDArray[Any]]
    digest: str

    @classmethod
    def make(cls, metadata: Mapping[str, str], tensors: Mapping[str, ArrayLike]) -> TensorFile:
        """A file that can be written.

        Parameters
        ----------
        metadata : mapping of str
            Without ``sha256``.
        tensors : mapping of str to array-like
            Arrays of float32 and int64 stay what they are, all other numbers become float64.

        Raises
        ------
        BadDataError
            For values that are not finite, and whatever the format does not hold.
        """
        arrays = {name: _stored(name, values) for name, values in tensors.items()}
        return cls(dict(metadata), arrays, _encode(metadata, arrays)[1])

    @classmethod
    def read(cls, path: str | os.PathLike[str], largest_bytes: int = LARGEST_FILE_BYTES) -> TensorFile:
        """Reads a file; its size and header are checked before the rest is read.

        Raises
        ------
        BadDataError
            For a file that is none, or of which any byte was changed.
        OSError
            Where it cannot be read.
        """
        limit = min(largest_bytes, LARGEST_FILE_BYTES)
        try:
            # Opening a FIFO would wait for somebody.
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise BadDataError("not a regular file")
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size > limit:
                    raise BadDataError(f"{size} bytes; allowed are {limit}")
                front = file.read(8)
                front += file.read(_payload_start(front, size) - 8)
                read_header(front[8:], size - len(front))
                # One byte more, to see a file that grows.
                return cls.decode(front + file.read(size - len(front) + 1))
        except BadDataError as error:
            raise BadDataError(f"{os.fspath(path)}: {error}") from None

    @classmethod
    def decode(cls, raw: bytes) -> TensorFile:
        """Reads a file's bytes.

        Raises
        ------
        BadDataError
            As of ``read``.
        """
        if len(raw) > LARGEST_FILE_BYTES:
            raise BadDataError(f"{len(raw)} bytes; allowed are {LARGEST_FILE_BYTES}")
        start = _payload_start(raw[:8], len(raw))
        metadata, layouts = read_header(raw[8:start], len(raw) - start)
        given = _check_digest(raw, start, metadata)
        tensors: dict[str, NDArray[Any]] = {}
        for layout in layouts:
            count = (layout.end - layout.begin) // ITEM_BYTES[layout.dtype]
            values = np.frombuffer(raw, _DTYPES[layout.dtype], count, start + layout.begin)
            _check_finite(layout.name, values)
            tensors[layout.name] = values.reshape(layout.shape)
        del metadata["sha256"]
        return cls(metadata, tensors, given)

    def encode(self) -> bytes:
        """The file's bytes: the same for the same content, those of the program."""
        return _encode(self.metadata, self.tensors)[0]

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes the file; it gets its name when it is complete."""
        write_whole(path, self.encode())


def _payload_start(front: bytes, size: int) -> int:
    if len(front) < 8:
        raise BadDataError(f"the file has {size} bytes; 8 say how long its header is")
    length = int.from_bytes(front[:8], "little")
    if length > LARGEST_HEADER_BYTES:
        raise BadDataError(f"not a tensor file, or a header of {length} bytes; allowed are {LARGEST_HEADER_BYTES}")
    if length % 8:
        raise BadDataError(f"a header of {length} bytes; allowed are multiples of 8")
    if size < 8 + length:
        raise BadDataError(f"the file ends after {size} bytes, in its header of {length}; copy it again")
    return 8 + length


def _check_digest(raw: bytes, start: int, metadata: Mapping[str, str]) -> str:
    if "sha256" not in metadata:
        raise BadDataError("the metadata have no sha256, which seals the file")
    found = _SEAL.search(raw, 8, start)
    if found is None or found[1].decode() != metadata["sha256"]:
        raise BadDataError("sha256 must be 64 lower-case hexadecimal digits, written without escapes")
    view = memoryview(raw)
    hasher = hashlib.sha256(view[: found.start(1)])
    hasher.update(_ZEROS)
    hasher.update(view[found.end(1) :])
    if hasher.hexdigest() != metadata["sha256"]:
        raise BadDataError("the digest is another: the file was changed since it was written; copy it again")
    return metadata["sha256"]


def _check_finite(name: str, values: NDArray[Any]) -> None:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise BadDataError(f"tensor {shown(name)}: element {int(np.argmin(np.isfinite(values)))} is not finite")


def _stored(name: str, values: ArrayLike) -> NDArray[Any]:
    array = np.asarray(values)
    # Only arrays say that they are no float64: of lists of integers numbers are meant.
    own = array.dtype if isinstance(values, np.ndarray) else None
    kind = "<f4" if own == np.float32 else "<i8" if own == np.int64 else "<f8"
    if array.dtype.kind not in "biuf":
        raise BadDataError(f"tensor {shown(name)} is of {array.dtype}; allowed are real numbers")
    # Not ascontiguousarray, which makes a single number an array of one.
    stored = np.array(array, dtype=kind, order="C")
    if name == "__metadata__" or stored.ndim > LARGEST_RANK:
        raise BadDataError(f"a tensor {shown(name)} of {stored.ndim} dimensions; allowed are {LARGEST_RANK}")
    _check_finite(name, stored.reshape(-1))
    stored.flags.writeable = False
    return stored


def _json(text: str) -> str:
    """A string as the program writes it: nothing is escaped but what must be."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'


def _encode(metadata: Mapping[str, str], tensors: Mapping[str, NDArray[Any]]) -> tuple[bytes, str]:
    if "sha256" in metadata:
        raise BadDataError("sha256 is no entry of the metadata's own: the file is sealed with it")
    entries = sorted({**metadata, "sha256": "0" * 64}.items(), key=lambda entry: entry[0].encode())
    parts = ['"__metadata__":{' + ",".join(f"{_json(key)}:{_json(value)}" for key, value in entries) + "}"]
    names = {np.dtype(kind).str: name for name, kind in _DTYPES.items()}
    begin = 0
    for name, values in tensors.items():
        end = begin + values.nbytes
        shape = ",".join(map(str, values.shape))
        parts.append(
            f'{_json(name)}:{{"dtype":"{names[values.dtype.str]}","shape":[{shape}],"data_offsets":[{begin},{end}]}}'
        )
        begin = end
    try:
        text = ("{" + ",".join(parts) + "}").encode()
    except UnicodeEncodeError:
        raise BadDataError("the metadata are no Unicode text") from None
    text += b" " * (-len(text) % 8)
    if len(text) > LARGEST_HEADER_BYTES:
        raise BadDataError(f"a header of {len(text)} bytes; allowed are {LARGEST_HEADER_BYTES}")
    if 8 + len(text) + begin > LARGEST_FILE_BYTES:
        raise BadDataError(f"a file of {8 + len(text) + begin} bytes; allowed are {LARGEST_FILE_BYTES}")
    raw = len(text).to_bytes(8, "little") + text + b"".join(values.tobytes() for values in tensors.values())
    digest = hashlib.sha256(raw).hexdigest()
    found = _SEAL.search(raw, 8, 8 + len(text))
    assert found is not None
    return raw[: found.start(1)] + digest.encode() + raw[found.end(1) :], digest
