"""Tapes: a teacher's logits of a training set."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .entries import PROVENANCE, choice, prefixed, refuse
from .errors import OTHER_DATA, BadDataError, QkdRunError
from .model import LARGEST_LOGITS
from .tensor_file import TensorFile

_DATA = "of_"


@dataclass(frozen=True, eq=False)
class LogitTape:
    """A teacher's logits, and what they belong to (docs/formats.md, Tape).

    Parameters
    ----------
    logits : array-like, ``[sample][logit]``
        1 or more samples in the training set's order, 1 to 64 logits; finite.
    teacher_sha256 : str
        The digest of the teacher's model file.
    data : mapping of str, optional
        What the samples are, by key without ``of_``.
    provenance : mapping of str, optional
        Who wrote it, by key without ``made_``.

    Examples
    --------
    >>> tape = LogitTape([[0.5, -0.5]], "8" * 64, {"seed": "1"})
    >>> same = LogitTape.of(tape.file())
    >>> same.logits, same.data, same.file().digest == tape.file().digest
    (array([[ 0.5, -0.5]]), {'seed': '1'}, True)
    >>> tape.check("9" * 64)
    Traceback (most recent call last):
    ...
    qkd_run.errors.QkdRunError: the tape is of the teacher 8888888888888888…, not of 9999999999999999…
    """

    logits: NDArray[np.float64]
    teacher_sha256: str
    data: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __init__(
        self, logits: ArrayLike, teacher_sha256: str, data: Mapping[str, str] | None = None,
        provenance: Mapping[str, str] | None = None,
    ) -> None:
        values = np.array(logits, dtype=np.float64)
        if values.ndim != 2 or len(values) == 0 or not 1 <= values.shape[1] <= LARGEST_LOGITS:
            raise refuse("logits", list(values.shape), f"[samples, 1 to {LARGEST_LOGITS} logits], 1 or more samples")
        if not re.fullmatch("[0-9a-f]{64}", teacher_sha256):
            raise refuse("teacher_sha256", teacher_sha256, "64 lower-case hexadecimal digits")
        values.flags.writeable = False
        object.__setattr__(self, "logits", values)
        object.__setattr__(self, "teacher_sha256", teacher_sha256)
        object.__setattr__(self, "data", dict(data or {}))
        object.__setattr__(self, "provenance", dict(provenance or {}))

    @classmethod
    def read(cls, path: str | os.PathLike[str], teacher_sha256: str | None = None) -> LogitTape:
        """Reads a tape, all of whose bytes its digest covers.

        Parameters
        ----------
        path : path
        teacher_sha256 : str, optional
            The teacher that it has to be of, as the program asks: `Student.digest`.

        Raises
        ------
        BadDataError
            For a file that is no tape, or of which any byte was changed.
        QkdRunError
            With code 6 for a tape of another teacher.
        """
        file = TensorFile.read(path)
        try:
            tape = cls.of(file)
            if teacher_sha256 is not None:
                tape.check(teacher_sha256)
        except BadDataError as error:
            raise BadDataError(f"{os.fspath(path)}: {error}") from None
        except QkdRunError as error:
            raise QkdRunError(error.code, f"{os.fspath(path)}: {error}") from None
        return tape

    @classmethod
    def of(cls, file: TensorFile) -> LogitTape:
        """The tape that a tensor file holds."""
        choice(file, "format", ["qkd-tape"])
        choice(file, "format_version", ["1"])
        if list(file.tensors) != ["logits"] or file.tensors["logits"].dtype != np.float64:
            raise refuse("tensors", ", ".join(file.tensors), "logits alone, F64 [samples, logits]")
        teacher = file.metadata.get("teacher_sha256")
        if teacher is None:
            raise refuse("teacher_sha256", None, "the digest of a model file")
        return cls(file.tensors["logits"], teacher, prefixed(file, _DATA), prefixed(file, PROVENANCE))

    def check(self, teacher_sha256: str, data: Mapping[str, str] | None = None) -> None:
        """Compares what the tape belongs to.

        Raises
        ------
        QkdRunError
            With code 6, as the program, where teacher or data are others.
        """
        if teacher_sha256 != self.teacher_sha256:
            raise QkdRunError(
                OTHER_DATA, f"the tape is of the teacher {self.teacher_sha256[:16]}…, not of {teacher_sha256[:16]}…"
            )
        if data is not None and dict(data) != self.data:
            keys = {key for key in {*data, *self.data} if data.get(key) != self.data.get(key)}
            raise QkdRunError(OTHER_DATA, f"the tape is of other data: {', '.join(sorted(keys))} differ")

    def file(self) -> TensorFile:
        """The tape as a tensor file."""
        metadata = {"format": "qkd-tape", "format_version": "1", "teacher_sha256": self.teacher_sha256}
        metadata |= {_DATA + key: text for key, text in self.data.items()}
        metadata |= {PROVENANCE + key: text for key, text in self.provenance.items()}
        return TensorFile.make(metadata, {"logits": self.logits})

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes the tape: byte for byte what the program writes of the same content."""
        self.file().write(path)
