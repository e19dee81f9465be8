"""Rows and comparisons of an experiment's report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .json_report import NUMBER, NUMBERS, TEXT, WHOLE, check_members, optional

_ROW = {
    "model": TEXT, "treatment": TEXT, "layers": optional(WHOLE), "qubits": optional(WHOLE),
    "iterations": optional(WHOLE), "epoch": optional(WHOLE), "labels": optional(WHOLE), "shots": optional(WHOLE),
    "mean": NUMBER, "sd": optional(NUMBER), "low": optional(NUMBER), "high": optional(NUMBER),
    "paper_low": optional(NUMBER), "paper_high": optional(NUMBER),
}
_COMPARISON = {
    "model": TEXT, "baseline": TEXT, "treatment": TEXT, "baseline_model": optional(TEXT), "layers": optional(WHOLE),
    "iterations": optional(WHOLE), "epoch": optional(WHOLE), "shots": optional(WHOLE), "difference": NUMBER,
    "low": optional(NUMBER), "high": optional(NUMBER), "p": NUMBER, "p_holm": NUMBER, "better": WHOLE, "equal": WHOLE,
    "worse": WHOLE, "verdict": TEXT, "seeds_to_decide": optional(WHOLE),
}


@dataclass(frozen=True)
class ReportRow:
    """A model under a treatment, after so many steps (docs/operator.md, `reproduce`).

    `values` are the accuracies of the seeds in their order, as shares; of a regression its RMSEs.
    """

    model: str
    treatment: str
    layers: int | None
    qubits: int | None
    iterations: int | None
    epoch: int | None
    labels: int | None
    shots: int | None
    mean: float
    sd: float | None
    low: float | None
    high: float | None
    paper_low: float | None
    paper_high: float | None
    values: tuple[float, ...]

    @classmethod
    def of(cls, member: Mapping[str, Any], values: str, place: str) -> ReportRow:
        """The row of a JSON object, whose results are called ``accuracies`` or ``rmse``."""
        own = check_members(member, {**_ROW, values: NUMBERS}, place)
        return cls(values=tuple(map(float, own.pop(values))), **own)


@dataclass(frozen=True)
class ReportComparison:
    """Two treatments of a model, seed by seed (docs/operator.md, `reproduce`)."""

    model: str
    baseline: str
    treatment: str
    baseline_model: str | None
    layers: int | None
    iterations: int | None
    epoch: int | None
    shots: int | None
    difference: float
    low: float | None
    high: float | None
    p: float
    p_holm: float
    better: int
    equal: int
    worse: int
    verdict: str
    seeds_to_decide: int | None

    @classmethod
    def of(cls, member: Mapping[str, Any], place: str) -> ReportComparison:
        """The comparison of a JSON object."""
        return cls(**check_members(member, _COMPARISON, place))
