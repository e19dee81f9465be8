"""Reports of experiments."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .atomic_file import write_whole
from .errors import BadDataError
from .frames import data_frame
from .json_report import NUMBER, OBJECTS, TEXT, WHOLE, check_members, optional, read_object
from .report_parts import ReportComparison, ReportRow
from .source_bytes import read_source

if TYPE_CHECKING:
    from pandas import DataFrame

LARGEST_BYTES = 256 << 20
_HEAD = {
    "experiment": TEXT, "preset": TEXT, "version": TEXT, "axis": TEXT, "seeds": WHOLE, "first_seed": WHOLE,
    "margin": NUMBER, "measure": optional(TEXT), "rows": OBJECTS, "comparisons": optional(OBJECTS),
}


@dataclass(frozen=True, eq=False)
class Report:
    """A report of ``qkd-run reproduce`` (docs/operator.md).

    Attributes
    ----------
    experiment, preset, version, axis : str
    seeds, first_seed : int
    margin : float
        Differences within ± this are not worth naming.
    measure : str
        ``accuracy``, or ``rmse`` of a regression, less being better.
    rows : tuple of ReportRow
    comparisons : tuple of ReportComparison
    members : mapping
        The whole report, as it is written.

    Examples
    --------
    >>> report = Report.of({
    ...     "report": "reproduce", "experiment": "mine", "preset": "custom", "version": "0.1.0", "axis": "model",
    ...     "seeds": 2, "first_seed": 1, "margin": 0.005, "comparisons": [],
    ...     "rows": [{"model": "student", "treatment": "none", "accuracies": [0.5, 0.75], "mean": 0.625}]})
    >>> report.rows[0].values, report.best.mean
    ((0.5, 0.75), 0.625)
    """

    experiment: str
    preset: str
    version: str
    axis: str
    seeds: int
    first_seed: int
    margin: float
    measure: str
    rows: tuple[ReportRow, ...]
    comparisons: tuple[ReportComparison, ...]
    members: Mapping[str, Any]

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Report:
        """Reads a report's file.

        Raises
        ------
        BadDataError
            For what is no report, with the member.
        OSError
            Where it cannot be read.
        """
        try:
            return cls.of(read_object(read_source(path, LARGEST_BYTES)))
        except BadDataError as error:
            raise BadDataError(f"{os.fspath(path)}: {error}") from None

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> Report:
        """The report of a JSON object, such as `qkd_run.reproduce` returns."""
        if members.get("report") != "reproduce":
            raise BadDataError("not a report of `qkd-run reproduce`")
        head = check_members(members, _HEAD)
        measure = head["measure"] or "accuracy"
        if measure not in ("accuracy", "rmse"):
            raise BadDataError("measure must be accuracy or rmse, or null")
        values = "accuracies" if measure == "accuracy" else "rmse"
        rows = [ReportRow.of(row, values, f"rows[{index}]") for index, row in enumerate(head.pop("rows"))]
        comparisons = [
            ReportComparison.of(comparison, f"comparisons[{index}]")
            for index, comparison in enumerate(head.pop("comparisons") or [])
        ]
        own = {**head, "measure": measure, "rows": tuple(rows), "comparisons": tuple(comparisons)}
        return cls(**own, members=dict(members))

    @property
    def best(self) -> ReportRow:
        """The row with the best mean, the first of equals."""
        if not self.rows:
            raise BadDataError("the report has no row")
        sign = -1 if self.measure == "rmse" else 1
        return max(self.rows, key=lambda row: sign * row.mean)

    def to_pandas(self, table: Literal["rows", "seeds", "comparisons"] = "rows") -> DataFrame:
        """A table of the report.

        Parameters
        ----------
        table : str
            ``rows``: a line a row, with mean, standard deviation and interval; ``seeds``: a line a row and seed, with
            the seed's `value`; ``comparisons``: a line a comparison.

        Raises
        ------
        ImportError
            Without pandas.
        """
        if table == "comparisons":
            names = [field.name for field in dataclasses.fields(ReportComparison)]
            return data_frame([dataclasses.asdict(each) for each in self.comparisons], names)
        if table not in ("rows", "seeds"):
            raise ValueError(f"table is {table!r}; allowed: rows, seeds, comparisons")
        names = [field.name for field in dataclasses.fields(ReportRow) if field.name != "values"]
        lines = [{name: getattr(row, name) for name in names} for row in self.rows]
        if table == "rows":
            return data_frame(lines, names)
        keys = names[: names.index("mean")]
        values = [
            {**{name: line[name] for name in keys}, "seed": self.first_seed + place, "value": value}
            for line, row in zip(lines, self.rows)
            for place, value in enumerate(row.values)
        ]
        return data_frame(values, [*keys, "seed", "value"])

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes `members`: of a report that was read, the program's own bytes."""
        write_whole(path, (json.dumps(self.members, ensure_ascii=False, allow_nan=False) + "\n").encode())
