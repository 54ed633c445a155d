"""Tables as files that programs read: CSV that spreadsheets open rightly, and Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from huoshui.kernel.spreadsheets import FORMULA_STARTS

CSV, PARQUET = "text/csv; charset=utf-8", "application/vnd.apache.parquet"


def csv_of(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A table as CSV (RFC 4180) in UTF-8 with a byte order mark, by which Excel and WPS know it.

    A text that a spreadsheet would run as a formula gets a quotation mark before it.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([_plain(head) for head in heads])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def parquet_of(table: Any) -> bytes:
    """A table of pyarrow as a Parquet file."""
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()
