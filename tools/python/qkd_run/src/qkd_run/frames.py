"""pandas, where it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame


def pandas() -> Any:
    """The module.

    Raises
    ------
    ImportError
        With what to install.
    """
    try:
        import pandas
    except ImportError:
        raise ImportError("data frames need pandas: pip install pandas") from None
    return pandas


def data_frame(values: Any, columns: list[str] | None = None) -> DataFrame:
    """A data frame of columns by name, or of lines."""
    frame: DataFrame = pandas().DataFrame(values, columns=columns)
    return frame
