"""A student, or any other model of the program, that predicts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .autoencoder import Autoencoder
from .budget import samples_at_once
from .classifier_only import classifier_only
from .encoders import ENCODERS, PRODUCTS, encode, width
from .entries import refuse
from .errors import BadDataError
from .estimator import FrozenEstimator
from .model import Model


class Student(FrozenEstimator):
    """Predicts as the program does: the same circuit, encoders and readout in double precision.

    Answers differ from the program's by rounding alone (1e-12 of the largest logit). scikit-learn takes a student as
    an estimator that is fitted: `fit` changes nothing, `clone` returns it.

    Parameters
    ----------
    model : Model
        What the file says.
    compressor : Autoencoder, optional
        The autoencoder on whose states the model was trained; needed where there is one, refused where there is none.
    classes : array-like, optional
        What the classes are called, as ``data.classes`` of the training, ascending; 0, 1, … unless given. Metrics of
        scikit-learn take columns in ascending order of the classes.
    encoder : str, optional
        For models that take states: how a row becomes one (``data.encoder``).
    pad : bool
        Whether zeros complete rows of amplitudes that are too short (``data.pad``).
    allow_outside : bool
        Whether rows may lie far outside the training rows' range (``data.allow-outside``).
    memory : int
        Bytes that states may take; more samples than fit are computed one part after the other.

    Examples
    --------
    A model of one qubit that tells |0⟩ from |1⟩; one of the program comes from ``Student.load("student.safetensors")``.

    >>> import qkd_run
    >>> file = qkd_run.TensorFile.make({
    ...     "format": "qkd-model", "format_version": "1", "qubits": "1", "layers": "1", "entangler": "linear",
    ...     "final_rotation": "false", "rotation": "half", "qubit_order": "little-endian", "encoder": "angle",
    ...     "observables": "Z0; -Z0", "parameter_order": "layer, qubit, axis (x, y, z)",
    ... }, {"angles": np.zeros((1, 1, 3)), "scales": [1, 1], "biases": [0, 0]})
    >>> student = Student(qkd_run.Model.of(file), classes=["down", "up"])
    >>> rows = [[0.0], [np.pi / 2], [np.pi]]
    >>> student.logits(rows).round(12)
    array([[ 1., -1.],
           [ 0., -0.],
           [-1.,  1.]])
    >>> student.predict(rows[::2])
    array(['down', 'up'], dtype='<U4')
    >>> student.predict_proba(rows).round(3)
    array([[0.881, 0.119],
           [0.5  , 0.5  ],
           [0.119, 0.881]])
    >>> student.decision_function(rows).round(12)
    array([-2., -0.,  2.])
    """

    _parameters = ("model", "compressor", "classes", "encoder", "pad", "allow_outside", "memory")

    def __init__(
        self, model: Model, compressor: Autoencoder | None = None, *, classes: ArrayLike | None = None,
        encoder: str | None = None, pad: bool = False, allow_outside: bool = False, memory: int = 1 << 30,
    ) -> None:
        _check_compressor(model, compressor)
        if encoder is not None and (encoder not in ENCODERS or (encoder != model.encoder != "state")):
            allowed = ", ".join(ENCODERS) if model.encoder == "state" else f"{model.encoder}, the model's own"
            raise refuse("encoder", encoder, allowed)
        self.model = model
        self.compressor = compressor
        self.classes = classes
        self.encoder = encoder
        self.pad = pad
        self.allow_outside = allow_outside
        self.memory = memory
        names = _class_names(model, classes)
        # A regression has none, not even for hasattr.
        if names is not None:
            self.classes_: NDArray[Any] = names

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], compressor: str | os.PathLike[str] | None = None, **options: Any
    ) -> Student:
        """Reads a model's file.

        Parameters
        ----------
        path : path
        compressor : path, optional
            The autoencoder's file, for a model that was trained on compressed states.
        **options
            `classes`, `encoder`, `pad`, `allow_outside`, `memory`: as above.

        Raises
        ------
        BadDataError
            For a file that is none, was changed, or does not fit.
        OSError
            Where a file cannot be read.
        """
        return cls(Model.read(path), None if compressor is None else Autoencoder.load(compressor), **options)

    @property
    def task(self) -> str:
        """``classification`` or ``regression``."""
        return self.model.task

    @property
    def digest(self) -> str:
        """SHA-256 of the model's file, as reports and tapes name it."""
        return self.model.digest

    @property
    def provenance(self) -> Mapping[str, str]:
        """How the model came about, by key."""
        return self.model.provenance

    @property
    def qubits(self) -> int:
        """Of the states that rows become: the autoencoder's where there is one."""
        return self.compressor.qubits if self.compressor else self.model.circuit.qubits

    @property
    def n_features_in_(self) -> int:
        """Numbers of a row."""
        if self.model.features is not None:
            return len(self.model.features.mean)
        return width(self._encoder, self.qubits)

    @property
    def _encoder(self) -> str:
        return self.encoder or self.model.encoder

    def logits(self, X: ArrayLike) -> NDArray[np.float64]:
        """Logits, or the outputs of a regression, of all samples.

        Parameters
        ----------
        X : array-like, ``[sample][number]``
            Rows as the encoder takes them; real, or for states and amplitudes complex. Images have bytes as x/255.

        Returns
        -------
        array of float64, ``[sample][logit]``

        Raises
        ------
        BadDataError
            For rows that the encoder does not take, with the number of the first.
        QkdRunError
            With code 5 where the states of one sample exceed `memory`.
        """
        rows = self._rows(X)
        values = np.empty((len(rows), len(self.model.observables)))
        step = samples_at_once(self.qubits, self.memory)
        for first in range(0, len(rows), step):
            values[first : first + step] = self._expectations(rows[first : first + step], first)
        return self.model.scales * values + self.model.biases

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class of the largest logit, the first of equals; or a regression's outputs.

        Returns
        -------
        array
            ``[sample]`` of `classes_`. Of a regression float64, ``[sample]`` for one output, ``[sample][output]`` for
            several.
        """
        values = self.logits(X)
        if self.task == "classification":
            return np.asarray(self.classes_[np.argmax(values, axis=1)])
        return values[:, 0] if values.shape[1] == 1 else values

    @classifier_only
    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probabilities, the softmax of the logits, ``[sample][class]``."""
        values = self.logits(X)
        exponentials = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))

    @classifier_only
    def predict_log_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Logarithms of the probabilities, finite where these vanish, ``[sample][class]``."""
        values = self.logits(X)
        values -= values.max(axis=1, keepdims=True)
        return np.asarray(values - np.log(np.exp(values).sum(axis=1, keepdims=True)))

    @classifier_only
    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """How far the answer is decided, in scikit-learn's shapes.

        Returns
        -------
        array of float64
            Of two classes ``[sample]``: logit 1 − logit 0, above 0 where the second class is predicted. Of more, or of
            one, the logits, ``[sample][class]``.
        """
        values = self.logits(X)
        return values[:, 1] - values[:, 0] if values.shape[1] == 2 else values

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Accuracy; of a regression R², the mean over outputs."""
        answers, truth = self.predict(X), np.asarray(y)
        if truth.shape != answers.shape:
            raise BadDataError(f"y has shape {list(truth.shape)}; allowed: {list(answers.shape)}")
        if self.task == "classification":
            return float(np.mean(answers == truth))
        errors, spread = np.sum((answers - truth) ** 2, axis=0), np.sum((truth - truth.mean(axis=0)) ** 2, axis=0)
        return float(np.mean(1 - errors / spread))

    def _rows(self, X: ArrayLike) -> NDArray[Any]:
        rows = np.asarray(X)
        if rows.dtype.kind not in "biufc":
            # Of tables with columns of several types; what is no number is refused by NumPy.
            try:
                rows = rows.astype(np.float64)
            except (TypeError, ValueError):
                raise BadDataError(f"rows are of {rows.dtype}; allowed are numbers") from None
        needed = self.n_features_in_
        is_padded = self.pad and self.model.features is None and self._encoder not in PRODUCTS
        is_wide_enough = rows.ndim == 2 and (1 <= rows.shape[1] <= needed if is_padded else rows.shape[1] == needed)
        if not is_wide_enough:
            raise BadDataError(f"rows have shape {list(rows.shape)}; allowed: [samples, {needed} numbers]")
        if rows.dtype.kind == "c":
            if self._encoder in PRODUCTS:
                raise BadDataError(f"rows are complex; the encoder {self._encoder} takes real numbers")
            return rows.astype(np.complex128, copy=False)
        return rows.astype(np.float64, copy=False)

    def _expectations(self, rows: NDArray[Any], first_row: int) -> NDArray[np.float64]:
        _check_rows(rows, first_row, None if self.allow_outside else self.model.row_range)
        if self.model.features is not None:
            rows = self.model.features.bits(rows)
        elif rows.shape[1] < self.n_features_in_:
            rows = np.pad(rows, ((0, 0), (0, self.n_features_in_ - rows.shape[1])))
        if self.compressor is None:
            bit = self.model.circuit.bit
            return self.model.outputs_of(encode(self._encoder, rows, self.qubits, bit, first_row))
        states = encode(self._encoder, rows, self.qubits, lambda qubit: qubit, first_row)
        branches = self.compressor.compress(states)
        samples, outcomes, amplitudes = branches.shape
        values = self.model.outputs_of(branches.reshape(-1, amplitudes))
        return np.asarray(values.reshape(samples, outcomes, -1).sum(axis=1))


def _check_compressor(model: Model, compressor: Autoencoder | None) -> None:
    wanted = model.provenance.get("compressor_sha256")
    given = None if compressor is None else compressor.digest
    if wanted is None and given is not None:
        raise refuse("compressor", given, "none: the model was trained on whole states")
    if wanted != given:
        raise refuse("compressor", given, f"the autoencoder with SHA-256 {wanted}, on whose states it was trained")
    if compressor is not None and model.features is not None:
        raise refuse("compressor", given, "none: the model makes features of its samples")
    if compressor is not None and compressor.latent != model.circuit.qubits:
        raise refuse("compressor", f"{compressor.latent} qubits kept", f"{model.circuit.qubits}, the model's qubits")


def _check_rows(rows: NDArray[Any], first_row: int, row_range: tuple[float, float] | None) -> None:
    finite = np.isfinite(rows)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise BadDataError(f"row {first_row + row}, column {column} (from 0) is not finite")
    if row_range is None:
        return
    least, largest = row_range
    # As much again on either side; 1 where all numbers were the same.
    room = largest - least or 1.0
    for part in (rows.real, rows.imag) if np.iscomplexobj(rows) else (rows,):
        outside = (part < least - room) | (part > largest + room)
        if outside.any():
            row, column = np.argwhere(outside)[0]
            raise BadDataError(
                f"row {first_row + row}, column {column} (from 0) is {part[row, column]}, far outside what the model "
                f"was trained on, {least} to {largest}; scale the rows as those were, or set allow_outside"
            )


def _class_names(model: Model, classes: ArrayLike | None) -> NDArray[Any] | None:
    count = len(model.observables)
    if model.task == "regression":
        if classes is not None:
            raise refuse("classes", classes, "none: the model is a regression")
        return None
    names = np.arange(count) if classes is None else np.asarray(classes)
    if names.shape != (count,) or not (names[:-1] < names[1:]).all():
        raise refuse("classes", classes, f"{count} different names, ascending")
    return names
