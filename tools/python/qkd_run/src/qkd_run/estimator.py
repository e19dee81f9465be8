"""What scikit-learn asks of an estimator, without needing scikit-learn."""

from __future__ import annotations

from typing import Any, Self


class FrozenEstimator:
    """An estimator that was trained elsewhere: it is fitted, fitting changes nothing, and a clone is itself.

    So pipelines, `cross_val_predict`, `CalibratedClassifierCV` and metrics take it. Derived classes have `task`, and
    name their parameters in `_parameters`.
    """

    _parameters: tuple[str, ...] = ()

    @property
    def task(self) -> str:
        """``classification`` or ``regression``."""
        raise NotImplementedError

    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Changes nothing: students are trained by the program (`qkd_run.train`, `qkd_run.distill`)."""
        return self

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """What the estimator was made with, by name."""
        return {name: getattr(self, name) for name in self._parameters}

    def set_params(self, **parameters: Any) -> Self:
        """Changes what the estimator was made with."""
        unknown = set(parameters) - set(self._parameters)
        if unknown:
            raise ValueError(f"no parameters {sorted(unknown)}; there are {', '.join(self._parameters)}")
        self.__init__(**{**self.get_params(), **parameters})  # type: ignore[misc]
        return self

    @property
    def _estimator_type(self) -> str:
        return "classifier" if self.task == "classification" else "regressor"

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_clone__(self) -> Self:
        return self

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, RegressorTags, Tags, TargetTags

        return Tags(
            estimator_type=self._estimator_type,
            target_tags=TargetTags(required=False),
            classifier_tags=ClassifierTags() if self.task == "classification" else None,
            regressor_tags=RegressorTags() if self.task == "regression" else None,
            input_tags=InputTags(),
            requires_fit=False,
        )
