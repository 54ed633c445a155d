"""An answer as a file. What is hidden stays so: a mark in CSV and Excel, in Parquet a null that a column explains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huoshui.console.answers import HIDDEN, Answer
from huoshui.kernel.spreadsheets import XLSX
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.kernel.table_files import CSV, PARQUET, csv_of, parquet_of

WIDTH = 18
SUPPRESSED = "suppressed"
"""The column of a Parquet file that names, of each row, the columns whose value is hidden."""


def as_csv(found: Answer) -> bytes:
    """CSV with the titles of the columns."""
    return csv_of([output.title for output in found.outputs], ([_shown(cell) for cell in row] for row in found.rows))


def as_xlsx(found: Answer) -> bytes:
    """A workbook with one sheet."""
    table = StreamedTable(_("结果"), _("查询结果"), [(output.title, WIDTH) for output in found.outputs])
    for row in found.rows:
        table.row([_shown(cell) for cell in row])
    return table.file()


def _shown(cell: Any) -> Any:
    if isinstance(cell, bool):
        return _("是") if cell else _("否")
    return str(cell) if cell is HIDDEN else cell


def as_parquet(found: Answer) -> bytes:
    """Parquet with types; titles that stand twice are numbered."""
    import pyarrow as pa

    types = {
        "integer": pa.int64(), "number": pa.decimal128(38, 6), "date": pa.date32(), "yes_no": pa.bool_(),
        "text": pa.string(),
    }  # fmt: skip
    names: list[str] = []
    arrays = []
    for at, output in enumerate(found.outputs):
        name = output.title if output.title not in (*names, SUPPRESSED) else f"{output.title}_{at + 1}"
        values = [None if row[at] is HIDDEN else row[at] for row in found.rows]
        names.append(name)
        arrays.append(pa.array(values, type=types[output.type]))
    hidden = [[name for name, cell in zip(names, row, strict=True) if cell is HIDDEN] for row in found.rows]
    arrays.append(pa.array(hidden, type=pa.list_(pa.string())))
    return parquet_of(pa.table(arrays, names=[*names, SUPPRESSED]))


FORMATS: dict[str, tuple[Callable[[Answer], bytes], str]] = {
    "csv": (as_csv, CSV),
    "xlsx": (as_xlsx, XLSX),
    "parquet": (as_parquet, PARQUET),
}
"""By name, which is also how the file's name ends: who writes it, and its type."""
