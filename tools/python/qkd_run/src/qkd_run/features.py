"""Bits made of a row's principal components, before it is encoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .entries import choice, number, refuse, tensor
from .tensor_file import TensorFile

CONVENTION = "pca bits: (row - mean) . component > threshold"


@dataclass(frozen=True, eq=False)
class PrincipalFeatures:
    """Bit k of a row is 1 where (row − mean) · component k > threshold.

    Examples
    --------
    >>> features = PrincipalFeatures(np.zeros(2), np.eye(2), 0.5)
    >>> features.bits(np.array([[0.2, 0.7]]))
    array([[0., 1.]])
    """

    mean: NDArray[np.float64]
    components: NDArray[np.float64]
    threshold: float

    @classmethod
    def of(cls, file: TensorFile, qubits: int) -> PrincipalFeatures | None:
        """Those of a model's file; None where it has none."""
        if "features" not in file.metadata and not {"pca_mean", "pca_components"} & set(file.tensors):
            return None
        choice(file, "features", [CONVENTION])
        mean = file.tensors.get("pca_mean")
        if mean is None or mean.ndim != 1 or len(mean) == 0:
            raise refuse("pca_mean", None if mean is None else list(mean.shape), "F64 [columns]")
        columns = len(mean)
        return cls(
            tensor(file, "pca_mean", (columns,)), tensor(file, "pca_components", (qubits, columns)),
            number(file, "pca_threshold"),
        )

    def bits(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Bits of rows, ``[sample][qubit]``."""
        return np.asarray((rows - self.mean) @ self.components.T > self.threshold, np.float64)
