"""A journal of the test's own: its keys and checkpoints lie in a folder of the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.kernel.writing import write_entries


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """The folder of the first checkpoints; the installation's key lies beside it."""
    settings.DATA_DIR = tmp_path
    settings.JOURNAL_CHECKPOINT_DIRS = [tmp_path / "checkpoints"]
    return tmp_path / "checkpoints"


@pytest.fixture
def sealed(db: None) -> list[int]:
    """Thirty sealed entries; their numbers, in order."""
    from huoshui.kernel.journal import seal_pending

    numbers = write_entries(30)
    seal_pending()
    return numbers


@pytest.fixture
def triggers_dropped(db: None) -> None:
    """What an attacker with the database's password does first; the test's rollback brings them back."""
    with connection.cursor() as cursor:
        for table in ("kernel_entry", "kernel_seal"):
            for verb in ("update", "delete", "truncate"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")
