"""Checkpoints that papers print lie in a folder of the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _own_checkpoints(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.JOURNAL_CHECKPOINT_DIRS = [tmp_path / "checkpoints"]
