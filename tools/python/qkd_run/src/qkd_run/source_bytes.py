"""The bytes of a data file, plain or gzipped, within a limit."""

from __future__ import annotations

import gzip
import os
import zlib

from .errors import BadDataError

_PIECE_BYTES = 1 << 20


def read_source(path: str | os.PathLike[str], largest_bytes: int) -> bytes:
    """All bytes of a file, decompressed where it is gzipped.

    Parameters
    ----------
    path : path
    largest_bytes : int
        What is decompressed counts: a small file may hold any number of zeros.

    Raises
    ------
    BadDataError
        For a damaged gzip file, and one that holds more.
    OSError
        Where the file cannot be read.
    """
    pieces: list[bytes] = []
    count = 0
    with open(path, "rb") as plain:
        is_gzip = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        source = gzip.GzipFile(fileobj=plain) if is_gzip else plain
        try:
            while piece := source.read(_PIECE_BYTES):
                count += len(piece)
                if count > largest_bytes:
                    raise BadDataError(f"more than {largest_bytes} bytes; raise largest_bytes")
                pieces.append(piece)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise BadDataError(f"damaged compressed data ({error}); copy it again") from None
    return b"".join(pieces)
