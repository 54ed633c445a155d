"""A trial checklist of five items, and rounds at any stage; events are kept instead of opening matters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from tests.visits.staging import OPENED, Stage, write_pack


@pytest.fixture(autouse=True)
def opened_events(settings: Any) -> Iterator[list[Any]]:
    """The events that were raised; nobody else acts on them here."""
    settings.DOMAIN_REACTIONS = "tests.visits.staging.REACTIONS"
    OPENED.clear()
    yield OPENED
    OPENED.clear()


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    """The stage of rounds, with the trial pack loaded."""
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    return Stage(cast)
