"""Methods that a regression does not have, not even for `hasattr`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class HasTask(Protocol):
    """What such methods belong to."""

    @property
    def task(self) -> str:
        """``classification`` or ``regression``."""
        ...


S = TypeVar("S", bound=HasTask)


class classifier_only(Generic[S, P, R]):
    """Hides a method of an object whose `task` is not ``classification``: scikit-learn asks with `hasattr`."""

    def __init__(self, method: Callable[Concatenate[S, P], R]) -> None:
        self.method = method
        functools.update_wrapper(self, method)  # type: ignore[arg-type]

    def __get__(self, instance: S | None, owner: type[Any]) -> Callable[P, R]:
        if instance is None:
            return self.method  # type: ignore[return-value]
        if instance.task != "classification":
            raise AttributeError(f"a student of a regression has no {self.method.__name__}; predict has its outputs")
        return functools.wraps(self.method)(functools.partial(self.method, instance))
