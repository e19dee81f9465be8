"""Samples as text: a line a sample, numbers between blanks or commas, or JSON; a first line may name columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from .errors import BadDataError, shown
from .json_row import parse_json_row
from .number_text import is_number, parse_numbers

Number = float | complex
# Possessive, so that no field takes longer than it is.
_QUOTED_COMMAS = re.compile(r'(?:[^",]|"(?:[^"]|"")*+")*+')
_BLANKS = re.compile(r"[ \t]+")
_QUOTED_BLANKS = re.compile(r'(?:[^" \t]|"(?:[^"]|"")*+")++')


@dataclass
class TextRows:
    """What a text holds: rows as they stand there, and the label and targets beside each."""

    rows: list[list[Number]] = field(default_factory=list)
    labels: list[int | None] = field(default_factory=list)
    targets: list[list[float] | None] = field(default_factory=list)


def split_fields(line: str, commas: bool) -> list[str]:
    """Fields between commas or blanks that stand outside quotation marks.

    Examples
    --------
    >>> split_fields('a, "b,c" ,d', True), split_fields("1  2", False)
    (['a', '"b,c"', 'd'], ['1', '2'])
    """
    if '"' not in line:
        # Without an argument split() knows more blanks than the format.
        return [part.strip(" \t") for part in line.split(",")] if commas else _BLANKS.split(line.strip(" \t"))
    if not commas:
        return _QUOTED_BLANKS.findall(line)
    fields: list[str] = []
    place = 0
    while place <= len(line):
        match = _QUOTED_COMMAS.match(line, place)
        end = match.end() if match else place
        if end < len(line) and line[end] != ",":
            raise BadDataError(f"a quotation mark without its other one in {shown(line)}")
        fields.append(line[place:end].strip(" \t"))
        place = end + 1
    return fields


def name_of(text: str) -> str:
    """A column's name without the quotation marks around it."""
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def _is_text(field: str) -> bool:
    """Whether a field can be a name: bytes that are no UTF-8 were read as surrogates."""
    is_open = field.startswith('"') and (len(field) == 1 or not field.endswith('"'))
    return not is_open and all(unicodedata.category(letter) not in ("Cc", "Cs") for letter in field)


def _are_names(fields: list[str]) -> bool:
    if not all(map(_is_text, fields)):
        return False
    given = [name for name in map(name_of, fields) if name]
    return bool(given) and all(
        not is_number(name) and any(letter == "_" or letter.isalpha() and letter not in "eEiIjJ" for letter in name)
        for name in given
    )


class TextReader:
    """Reads lines one after the other; what the first ones decide holds for all.

    Parameters
    ----------
    header : bool or None
        Whether the first line names the columns; None: where no field of it is a number.
    label_column : str or None
        The column of the labels.
    columns : sequence of str
        Those that make a sample, in this order; none: all but that of the labels.

    Examples
    --------
    >>> result = TextReader(None, "kind", ()).read(b"x,kind\\n0.5,1\\n0.25,\\n")
    >>> result.rows, result.labels
    ([[0.5], [0.25]], [1, None])
    """

    def __init__(self, header: bool | None, label_column: str | None, columns: Sequence[str]) -> None:
        self._header = header
        self._label_column = label_column
        self._columns = list(columns)
        self._names: list[str] | None = None
        self._commas: bool | None = None
        self._is_complex: bool | None = None
        self._result = TextRows()

    def read(self, raw: bytes) -> TextRows:
        """All samples of a text.

        Raises
        ------
        BadDataError
            With the line, from 1.
        """
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise BadDataError("text in UTF-16; save it in UTF-8")
        # Comments may be in any encoding; what is no number or name is refused where it stands.
        lines = raw.decode("utf-8-sig", "surrogateescape").split("\n")
        if self._content(lines.pop()):
            raise BadDataError(f"line {len(lines) + 1} has no end: the file may have been cut")
        is_first = True
        for number, line in enumerate(lines, 1):
            content = self._content(line)
            if content:
                self._take(content, number, is_first)
                is_first = False
        wants_names = self._header or self._label_column or self._columns
        if wants_names and self._names is None:
            raise BadDataError("columns are asked for by name, but no line names them")
        return self._result

    @staticmethod
    def _content(line: str) -> str:
        start = line.lstrip(" \t")
        # In JSON a # may stand in a string.
        return start.rstrip(" \t\r") if start[:1] in ("[", "{") else start.partition("#")[0].rstrip(" \t\r")

    def _take(self, line: str, number: int, is_first: bool) -> None:
        if is_first and self._header is not False and self._take_names(line):
            return
        if self._names is None and line[0] in "[{":
            row, label, targets = parse_json_row(line, f"line {number}")
            self._append(list(row), label, targets)
            return
        fields = self._fields(line, number)
        if self._names is None:
            self._append_numbers(parse_numbers(fields, f"line {number}"), None, number)
            return
        if len(fields) != len(self._names):
            raise BadDataError(f"line {number} has {len(fields)} fields; the line of names has {len(self._names)}")
        named = dict(zip(self._names, fields))
        own = parse_numbers([named[name] for name in self._columns], f"line {number}")
        label = None if self._label_column is None else _label(named[self._label_column], number)
        self._append_numbers(own, label, number)

    def _append_numbers(self, row: Sequence[Number], label: int | None, number: int) -> None:
        has_complex = complex in map(type, row)
        self._is_complex = has_complex if self._is_complex is None else self._is_complex
        if has_complex and not self._is_complex:
            raise BadDataError(f"line {number}: a complex number, but the first sample has none")
        self._append(list(row), label, None)

    def _append(self, row: list[Number], label: int | None, targets: list[float] | None) -> None:
        self._result.rows.append(row)
        self._result.labels.append(label)
        self._result.targets.append(targets)

    def _fields(self, line: str, number: int) -> list[str]:
        has_commas = len(split_fields(line, True)) > 1
        fields = split_fields(line, has_commas if self._commas is None else self._commas)
        if has_commas and self._commas is False:
            raise BadDataError(f"line {number}: commas separate the numbers here, and blanks above")
        if len(fields) > 1 and self._commas is None:
            self._commas = has_commas
        return fields

    def _take_names(self, line: str) -> bool:
        if line[0] in "[{" and self._header is None:
            return False
        fields = split_fields(line, True)
        commas = len(fields) > 1
        if not commas:
            fields = [name.strip(" ") for name in line.split("\t")] if "\t" in line else split_fields(line, False)
        names = [name_of(each) for each in fields]
        if self._header and not all(map(_is_text, fields)):
            raise BadDataError(f"the first line, {shown(line)}, names columns with what is no text")
        if self._header is None and not _are_names(fields):
            if len(names) > 2 and names == [str(index) for index in range(len(names))]:
                raise BadDataError("the first line, 0,1,2,…, may name columns or be a sample; say header")
            return False
        wanted = [*self._columns, *([] if self._label_column is None else [self._label_column])]
        for name in wanted:
            if (times := names.count(name)) != 1:
                raise BadDataError(f"{times} columns are called {shown(name)}, of {shown(names, 200)}")
        if self._label_column is not None and self._label_column in self._columns:
            raise BadDataError(f"the column {shown(self._label_column)} cannot be a number of the sample and its label")
        # Columns may share a name where none is asked for by it.
        self._names = [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names)]
        if not self._columns:
            self._columns = [name for name in self._names if name != self._label_column]
        self._commas = commas if len(names) > 1 else None
        return True


def _label(text: str, number: int) -> int | None:
    digits = name_of(text)
    if digits == "":
        return None
    if not re.fullmatch("-?[0-9]{1,18}", digits, re.ASCII):
        raise BadDataError(f"line {number}: the label {shown(text)} is no integer")
    return int(digits)
