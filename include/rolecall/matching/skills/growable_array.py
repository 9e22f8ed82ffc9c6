"""Arrays that grow at the end, in time proportional to what is added."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class GrowableArray:
    """Rows of numbers, appended one by one or many at once.

    :param width: numbers in a row; ``None``: the rows are single numbers
    """

    def __init__(self, dtype: DTypeLike, width: int | None = None) -> None:
        self._shape = () if width is None else (width,)
        self._data: NDArray[Any] = np.zeros((64, *self._shape), dtype=dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, row: Any) -> None:
        """Adds one row."""
        self._room(1)
        self._data[self._count] = row
        self._count += 1

    def extend(self, rows: Any) -> None:
        """Adds rows."""
        count = len(rows)
        self._room(count)
        self._data[self._count : self._count + count] = rows
        self._count += count

    def live(self) -> NDArray[Any]:
        """The rows so far; a view, valid until more are added."""
        return self._data[: self._count]

    def _room(self, more: int) -> None:
        if self._count + more > len(self._data):
            size = max(self._count + more, len(self._data) * 3 // 2)
            grown = np.zeros((size, *self._shape), dtype=self._data.dtype)
            grown[: self._count] = self._data[: self._count]
            self._data = grown
