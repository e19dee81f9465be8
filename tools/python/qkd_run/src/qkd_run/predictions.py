"""Predictions as the program writes them."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .array_files import TARGETS, is_array, read_array
from .errors import BadDataError, shown
from .frames import data_frame, pandas
from .source_bytes import read_source

if TYPE_CHECKING:
    from pandas import DataFrame

_BEFORE = 4


@dataclass(frozen=True, eq=False)
class Predictions:
    """What ``--predictions`` wrote (docs/formats.md, Predictions), of CSV, NDJSON or NPY.

    Attributes
    ----------
    samples : array of int64
        Each one's row in the file of samples, from 0.
    logits : array of float64, ``[sample][logit]``
        Of a regression the outputs. What was not finite is NaN.
    classes : array of int64 or None
        None: of a regression, as all but the next two.
    probabilities : array of float64, ``[sample][class]``, or None
    labels : array of float64 or None
        NaN: the sample has none.
    targets : array of float64, ``[sample][output]``, or None
        Of a regression; NaN: the sample has none.
    """

    samples: NDArray[np.int64]
    logits: NDArray[np.float64]
    classes: NDArray[np.int64] | None = None
    probabilities: NDArray[np.float64] | None = None
    labels: NDArray[np.float64] | None = None
    targets: NDArray[np.float64] | None = None

    @classmethod
    def read(
        cls, path: str | os.PathLike[str], *, regression: bool = False, largest_bytes: int = 1 << 30
    ) -> Predictions:
        """Reads a file of predictions.

        Parameters
        ----------
        path : path
        regression : bool
            Of an NPY, which names no columns: whether they are a regression's. The others tell.
        largest_bytes : int

        Raises
        ------
        BadDataError
            For what is none.
        """
        try:
            raw = read_source(path, largest_bytes)
            if is_array(raw):
                table = np.atleast_2d(read_array(raw, TARGETS)).astype(np.float64)
                return _of_table(table, regression)
            text = raw.decode("utf-8")
            return _of_lines(text) if text.startswith("{") else _of_csv(text)
        except UnicodeDecodeError as error:
            raise BadDataError(f"{os.fspath(path)}: no UTF-8 at byte {error.start}") from None
        except BadDataError as error:
            raise BadDataError(f"{os.fspath(path)}: {error}") from None

    def to_pandas(self) -> DataFrame:
        """A data frame with the columns of CSV; labels that are not there are missing."""
        columns: dict[str, Any] = {"sample": self.samples}
        if self.classes is None or self.labels is None or self.probabilities is None:
            columns |= {f"value_{output}": self.logits[:, output] for output in range(self.logits.shape[1])}
            if self.targets is not None:
                columns |= {f"target_{output}": self.targets[:, output] for output in range(self.targets.shape[1])}
            return data_frame(columns)
        hits = pandas().array(self.labels == self.classes, dtype="boolean")
        hits[np.isnan(self.labels)] = pandas().NA
        columns |= {"class": self.classes, "label": pandas().array(self.labels, dtype="Int64"), "hit": hits}
        columns |= {f"probability_{each}": column for each, column in enumerate(self.probabilities.T)}
        columns |= {f"logit_{each}": column for each, column in enumerate(self.logits.T)}
        return data_frame(columns)


def _of_table(table: NDArray[np.float64], is_regression: bool) -> Predictions:
    before = 1 if is_regression else _BEFORE
    outputs, odd = divmod(table.shape[1] - before, 2)
    if odd or outputs < 1:
        raise BadDataError(f"a table of {table.shape[1]} columns; allowed are {before} and twice as many as outputs")
    samples = _whole(table[:, 0], "sample")
    if is_regression:
        return Predictions(samples, table[:, 1 : 1 + outputs], targets=table[:, 1 + outputs :])
    _whole(np.nan_to_num(table[:, 2], posinf=np.inf), "label")
    probabilities, logits = table[:, _BEFORE : _BEFORE + outputs], table[:, _BEFORE + outputs :]
    return Predictions(samples, logits, _whole(table[:, 1], "class"), probabilities, table[:, 2])


def _whole(values: NDArray[np.float64], name: str) -> NDArray[np.int64]:
    if not (abs(values) <= 2**53).all() or (values != np.floor(values)).any():
        raise BadDataError(f"a {name} that is no integer")
    return values.astype(np.int64)


def _of_csv(text: str) -> Predictions:
    lines = csv.reader(text.splitlines())
    names = next(lines, [])
    is_regression = names[:2] == ["sample", "value_0"]
    if not is_regression and names[:2] != ["sample", "class"]:
        first = shown(",".join(names))
        raise BadDataError(f"the first line is {first}; predictions begin with sample, then class or value_0")
    table: list[list[float]] = []
    for number, line in enumerate(lines, 2):
        try:
            if len(line) != len(names):
                raise ValueError(f"{len(line)} fields for {len(names)} columns")
            table.append([float(field) if field else np.nan for field in line])
        except ValueError as error:
            raise BadDataError(f"line {number}: {shown(str(error))}") from None
    return _of_table(np.array(table, np.float64).reshape(len(table), len(names)), is_regression)


def _of_lines(text: str) -> Predictions:
    table: list[list[float]] = []
    is_regression = False
    for number, line in enumerate(text.splitlines(), 1):
        try:
            value = json.loads(line)
            is_regression = "values" in value
            outputs = value["values" if is_regression else "logits"]
            if is_regression:
                targets = value["targets"]
                row = [value["sample"], *outputs, *(targets if targets is not None else [None] * len(outputs))]
            else:
                row = [value["sample"], value["class"], value["label"], value["hit"], *value["probabilities"], *outputs]
            table.append([np.nan if each is None else float(each) for each in row])
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
            raise BadDataError(f"line {number}: no prediction ({type(error).__name__}: {shown(str(error))})") from None
    if len({len(row) for row in table}) != 1:
        raise BadDataError("lines with several numbers of outputs")
    return _of_table(np.array(table, np.float64), is_regression)
