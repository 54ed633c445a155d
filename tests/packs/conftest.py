"""Packs that drafts are tried on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from huoshui.packs.models import PackDraft, PackVersion
from tests.packs.drafts import draft_of, gates


@pytest.fixture
def loaded_gates(cast: SimpleNamespace, tmp_path: Path) -> PackVersion:
    """The pack of gates in its first version."""
    return load_pack(by=system_account(), folder=gates(tmp_path / "gates"))


@pytest.fixture
def draft(cast: SimpleNamespace, loaded_gates: PackVersion) -> PackDraft:
    """A draft of its next version."""
    return draft_of(cast.administrator)
