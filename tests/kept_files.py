"""What takes long to make and is the same in every run: made once, and kept below ``build/kept`` for later runs.

It lies in a folder named by a digest of all that it is made from: every file of the product (migrations, triggers,
packs, the demo), every installed distribution, Python, SQLite, the settings of the run, and the tests' own code that
makes it. Whatever of these changes, all is made anew, and what was kept before is deleted; so does ``make clean``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path

from huoshui.kernel.locks import file_lock

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "kept"
SOURCES = (
    ROOT / "src" / "huoshui",
    *(
        ROOT / "tests" / name
        for name in ("kept_files.py", "migrated.py", "commands/conftest.py", "demo", "browser/server.py")
    ),
)
WHERE = ("HUOSHUI_DATA_DIR=", "HUOSHUI_DATABASE_URL=", "HUOSHUI_TEST_")
"""Settings that say where data lie and which tests run, not what is in the data."""


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The kept file or folder ``name``; the first process that needs it has it written by ``make(path)``.

    Nobody sees it before it is whole. It is for copying: whoever changes it changes it for all.
    """
    folder = KEPT / AT_START
    folder.mkdir(parents=True, exist_ok=True)
    with file_lock(folder / f"{name}.lock", wait=True):
        made = folder / name
        if made.exists():
            return made
        _delete_others(folder)
        part = Path(tempfile.mkdtemp(dir=folder)) / name
        make(part)
        if digest(*SOURCES) != AT_START:
            return part  # of sources that somebody edited meanwhile: not for later runs
        part.rename(made)
        shutil.rmtree(part.parent)
    return made


def already_made(name: str) -> Path | None:
    """The kept file or folder, where it is there."""
    made = KEPT / AT_START / name
    return made if made.exists() else None


def _delete_others(mine: Path) -> None:
    for other in KEPT.iterdir():
        if other != mine:
            shutil.rmtree(other, ignore_errors=True)


def digest(*sources: Path) -> str:
    """Of the names and contents of ``sources`` (files and folders), and of what runs them."""
    found = hashlib.sha256("\n".join(_runtime()).encode())
    for path in sorted(path for source in sources for path in ([source] if source.is_file() else source.rglob("*"))):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"\n{path}\0".encode())
            with path.open("rb") as content:
                found.update(hashlib.file_digest(content, "sha256").digest())
    return found.hexdigest()[:24]


def _runtime() -> list[str]:
    """Python, SQLite, every installed distribution, and the settings of the product."""
    installed = sorted(f"{found.name} {found.version}" for found in distributions())
    given = sorted(f"{key}={value}" for key, value in os.environ.items() if key.startswith("HUOSHUI_"))
    settings = [line for line in given if not line.startswith(WHERE)]
    return [sys.version, sqlite3.sqlite_version, *installed, *settings]


AT_START = digest(*SOURCES)
"""Taken when the tests begin: what is edited while they run is not what they have imported."""
