"""Samples with their labels or targets: what the program learns from and is evaluated on."""

from __future__ import annotations

import gzip
import json
import os
import pathlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .array_files import LABELS, SAMPLES, TARGETS, is_array, npy_bytes, read_array
from .atomic_file import write_whole
from .errors import BadDataError
from .frames import data_frame
from .number_text import number_text
from .source_bytes import read_source
from .text_rows import TextReader

if TYPE_CHECKING:
    from pandas import DataFrame

Path = str | os.PathLike[str]
NO_LABEL = -1


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows, and beside each a label, or the targets of a regression (docs/formats.md, Samples).

    Parameters
    ----------
    rows : array-like, ``[sample][number]``
        Real or complex, finite.
    labels : array-like of int, optional
        From 0 on; −1: the sample has none.
    targets : array-like, ``[sample]`` or ``[sample][output]``, optional
        NaN: the sample has none.

    Examples
    --------
    >>> import tempfile
    >>> data = Dataset([[0.5, 1], [0.25, 0]], labels=[1, 0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     data.write(folder + "/rows.csv")
    ...     print(open(folder + "/rows.csv").read())
    ...     same = Dataset.read(folder + "/rows.csv", label_column="label")
    x0,x1,label
    0.5,1.0,1
    0.25,0.0,0
    <BLANKLINE>
    >>> same.labels
    array([1, 0])
    """

    rows: NDArray[Any]
    labels: NDArray[np.int64] | None = None
    targets: NDArray[np.float64] | None = None

    def __init__(self, rows: ArrayLike, labels: ArrayLike | None = None, targets: ArrayLike | None = None) -> None:
        values = np.asarray(rows)
        values = values.astype(np.complex128 if values.dtype.kind == "c" else np.float64, copy=False)
        if values.ndim != 2 or 0 in values.shape or not np.isfinite(values).all():
            raise BadDataError(f"rows of shape {list(values.shape)}; allowed: [samples, numbers], 1 or more, finite")
        object.__setattr__(self, "rows", values)
        object.__setattr__(self, "labels", None if labels is None else _labels(labels, len(values)))
        object.__setattr__(self, "targets", None if targets is None else _targets(targets, len(values)))

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def read(
        cls, path: Path, labels: Path | None = None, targets: Path | None = None, *, pairs: bool = False,
        header: bool | None = None, label_column: str | None = None, columns: Sequence[str] = (),
        largest_bytes: int = 1 << 30,
    ) -> Dataset:
        """Reads NPY, IDX, text or NDJSON, plain or gzipped, as the program reads them.

        Parameters
        ----------
        path : path
            Samples.
        labels, targets : path, optional
            Where they are in a file of their own. Those beside the samples must be the same.
        pairs : bool
            Whether numbers of a text come in pairs, real part and imaginary part (``data.pairs``).
        header, label_column, columns
            Of text, as ``data.header``, ``data.label-column``, ``data.columns``.
        largest_bytes : int
            Of each file, decompressed.

        Raises
        ------
        BadDataError
            With file, place, and what is allowed.
        OSError
            Where a file cannot be read.
        """
        with _told(path):
            raw = read_source(path, largest_bytes)
            if is_array(raw):
                if pairs or header is not None or label_column is not None or columns:
                    raise BadDataError("pairs, header, label_column and columns are of text; this is an array")
                rows = read_array(raw, SAMPLES)
                if rows.dtype == np.uint8:
                    raise BadDataError("IDX of one dimension has labels; samples have two or more")
                data = cls(np.atleast_2d(rows))
            else:
                data = cls._of_text(raw, pairs, TextReader(header, label_column, columns))
        beside, own = data.labels, data.targets
        if labels is not None:
            with _told(labels):
                beside = _agreeing(_read_labels(labels, largest_bytes), beside, NO_LABEL, "labels")
        if targets is not None:
            with _told(targets):
                read = _targets(_read_targets(targets, largest_bytes), len(data))
                own = _agreeing(read, own, np.nan, "targets")
        with _told(labels or targets or path):
            return cls(data.rows, beside, own)

    @classmethod
    def _of_text(cls, raw: bytes, pairs: bool, reader: TextReader) -> Dataset:
        text = reader.read(raw)
        lengths = {len(row) for row in text.rows}
        if len(lengths) > 1:
            first = next(index for index, row in enumerate(text.rows) if len(row) != len(text.rows[0]))
            raise BadDataError(f"row {first} (from 0) has {len(text.rows[first])} numbers, row 0 {len(text.rows[0])}")
        rows = np.array(text.rows)
        if pairs:
            if rows.dtype.kind == "c" or rows.ndim != 2 or rows.shape[1] % 2:
                raise BadDataError("numbers in pairs must be real, and of an even number")
            rows = rows[:, ::2] + 1j * rows[:, 1::2]
        labels = [NO_LABEL if label is None else label for label in text.labels]
        outputs = max((len(each) for each in text.targets if each is not None), default=0)
        given = [[np.nan] * outputs if each is None else each for each in text.targets]
        if any(len(each) != outputs for each in given):
            raise BadDataError("targets of some rows have another number of outputs")
        return cls(
            rows, labels if any(label is not None for label in text.labels) else None, given if outputs else None
        )

    def write(self, path: Path, labels: Path | None = None, targets: Path | None = None) -> None:
        """Writes what the program reads; each file gets its name when it is complete.

        Parameters
        ----------
        path : path
            ``.npy``, ``.csv`` or ``.ndjson``, with ``.gz`` behind it compressed. CSV has labels in a column ``label``,
            NDJSON labels and targets beside the samples.
        labels, targets : path, optional
            Files of their own, ``.npy``; needed where the samples' format has no place for them.
        """
        suffix = pathlib.Path(os.fspath(path).removesuffix(".gz")).suffix
        writers: dict[str, Callable[[bool, bool], bytes]] = {
            ".npy": self._npy, ".csv": self._csv, ".ndjson": self._ndjson
        }
        if suffix not in writers:
            raise BadDataError(f"{os.fspath(path)}: the ending is {suffix!r}; allowed: {', '.join(writers)}, with .gz")
        homeless_labels = self.labels is not None and labels is None and suffix == ".npy"
        homeless_targets = self.targets is not None and targets is None and suffix != ".ndjson"
        if homeless_labels or homeless_targets:
            kind = "labels" if homeless_labels else "targets"
            raise BadDataError(f"{os.fspath(path)}: {suffix} has no place for {kind}: name a file of {kind}")
        write_whole(path, _packed(path, writers[suffix](labels is None, targets is None)))
        if labels is not None and self.labels is not None:
            write_whole(labels, _packed(labels, npy_bytes(self.labels, "<i8")))
        if targets is not None and self.targets is not None:
            write_whole(targets, _packed(targets, npy_bytes(self.targets, "<f8")))

    def _npy(self, _: bool, __: bool) -> bytes:
        return npy_bytes(self.rows, "<c16" if self.rows.dtype.kind == "c" else "<f8")

    def _csv(self, with_labels: bool, _: bool) -> bytes:
        labels = self.labels if with_labels else None
        names = [f"x{column}" for column in range(self.rows.shape[1])] + ([] if labels is None else ["label"])
        lines = [",".join(names)]
        for sample, row in enumerate(self.rows):
            # Of complex rows even the first number has to say so.
            fields = [number_text(value) for value in row.tolist()]
            if labels is not None:
                fields.append("" if labels[sample] == NO_LABEL else str(labels[sample]))
            lines.append(",".join(fields))
        return "".join(line + "\n" for line in lines).encode()

    def _ndjson(self, with_labels: bool, with_targets: bool) -> bytes:
        if self.rows.dtype.kind == "c":
            raise BadDataError("NDJSON has no complex numbers; choose .npy or .csv")
        lines = []
        for sample, row in enumerate(self.rows):
            line: dict[str, Any] = {"features": row.tolist()}
            if with_labels and self.labels is not None and self.labels[sample] != NO_LABEL:
                line["label"] = int(self.labels[sample])
            if with_targets and self.targets is not None and not np.isnan(self.targets[sample]).any():
                line["target"] = self.targets[sample].tolist()
            lines.append(json.dumps(line) + "\n")
        return "".join(lines).encode()

    def to_pandas(self) -> DataFrame:
        """A data frame: a column ``x0``, … a number, then ``label``, or ``target0``, …"""
        columns: dict[str, Any] = {f"x{column}": self.rows[:, column] for column in range(self.rows.shape[1])}
        if self.labels is not None:
            columns["label"] = self.labels
        if self.targets is not None:
            columns |= {f"target{output}": self.targets[:, output] for output in range(self.targets.shape[1])}
        return data_frame(columns)


class _told:
    """Puts a file's path before what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = os.fspath(path)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BadDataError):
            raise BadDataError(f"{self.path}: {error}") from None


def _packed(path: Path, content: bytes) -> bytes:
    # No time in it: the same data are the same bytes.
    return gzip.compress(content, mtime=0) if os.fspath(path).endswith(".gz") else content


def _labels(labels: ArrayLike, samples: int) -> NDArray[np.int64]:
    given = np.asarray(labels)
    if given.dtype.kind not in "biu" or given.shape not in ((samples,), (samples, 1)):
        raise BadDataError(f"labels are {given.dtype} {list(given.shape)}; allowed: integers [{samples}], one a sample")
    if given.dtype.kind == "u" and (given > np.iinfo(np.int64).max).any() or (given < NO_LABEL).any():
        raise BadDataError("a label below -1 or beyond 2^63; allowed are those from 0 on, and -1 for none")
    return given.reshape(samples).astype(np.int64)


def _targets(targets: ArrayLike, samples: int) -> NDArray[np.float64]:
    given = np.asarray(targets, dtype=np.float64)
    given = given[:, None] if given.ndim == 1 else given
    if given.ndim != 2 or len(given) != samples or (abs(given) > 1e12).any():
        raise BadDataError(
            f"targets have shape {list(given.shape)}; allowed: [{samples}, outputs], magnitudes up to 1e12"
        )
    return given


def _agreeing(file: Any, beside: NDArray[Any] | None, missing: float, name: str) -> Any:
    if beside is not None:
        given = np.asarray(file)
        is_there = ~np.isnan(beside) if np.isnan(missing) else beside != missing
        if given.shape != beside.shape or (given[is_there] != beside[is_there]).any():
            raise BadDataError(f"the {name} are others than those beside the samples")
    return file


def _read_labels(path: Path, largest_bytes: int) -> NDArray[Any]:
    raw = read_source(path, largest_bytes)
    if is_array(raw):
        return read_array(raw, LABELS).reshape(-1)
    values = [value for row in TextReader(None, None, ()).read(raw).rows for value in row]
    if not all(isinstance(value, float) and value.is_integer() and abs(value) <= 2**53 for value in values):
        raise BadDataError("labels are integers, one a line")
    return np.array(values).astype(np.int64)


def _read_targets(path: Path, largest_bytes: int) -> NDArray[Any]:
    raw = read_source(path, largest_bytes)
    if is_array(raw):
        return read_array(raw, TARGETS)
    rows = TextReader(None, None, ()).read(raw).rows
    if len({len(row) for row in rows}) != 1 or any(isinstance(value, complex) for row in rows for value in row):
        raise BadDataError("targets are real numbers, as many on every line")
    return np.array(rows)
