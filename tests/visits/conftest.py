"""A trial checklist of five items, and rounds at any stage; events are kept instead of opening matters."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from huoshui.places import actions as places
from huoshui.places.models import Place
from tests.kept import kept
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
    kept("trial", lambda: _load_trial(tmp_path / "trial"))
    return Stage(cast)


def _load_trial(folder: Path) -> None:
    load_pack(by=system_account(), folder=write_pack(folder))


@pytest.fixture
def photo(settings: Any, tmp_path: Path) -> bytes:
    """A photo; what is attached lies in a folder of the test."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "#3a7").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def hub(land: SimpleNamespace) -> Place:
    """The hub of the first village, with its areas in the register."""
    return places.open_place(
        by=system_account(),
        kind="hub",
        code="410871203201-hub",
        name="寨卜昌村党群服务中心",
        parent=land.village,
        attributes={"floor_area": "320.5", "plaza": "是"},
    )
