"""A form's file once it was looked through: written again with some parts changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Set

from huoshui.kernel.office_files import Package


def packed(package: Package, changed: dict[str, bytes], dropped: Set[str] = frozenset()) -> bytes:
    """The file again, with some parts changed or dropped and all else as it was."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part in (one for one in package.parts if one not in dropped):
            entry = zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, changed.get(part, package.parts[part]))
    return stream.getvalue()
