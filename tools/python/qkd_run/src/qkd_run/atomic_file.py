"""Files that are complete under their name, or not there."""

from __future__ import annotations

import os
import pathlib
import tempfile


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Writes a file that gets its final name when it is complete and synced.

    Parameters
    ----------
    path : path
        A file that is there is replaced.
    content : bytes
        All of it.

    Raises
    ------
    OSError
        Where the folder cannot be written to, or is full; nothing is left behind.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(folder + "/a", b"1")
    ...     os.listdir(folder)
    ['a']
    """
    final = pathlib.Path(path)
    handle, partial = tempfile.mkstemp(prefix=f".{final.name[:100]}-", dir=final.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is its owner's alone; the final one is what any new file would be.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(partial, 0o666 & ~mask)
        os.replace(partial, final)
    except BaseException:
        pathlib.Path(partial).unlink(missing_ok=True)
        raise
