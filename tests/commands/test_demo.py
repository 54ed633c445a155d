"""``huoshui demo`` deletes nothing that is not a demo."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.commands.demo import MARKER, load_into_empty, require_demo
from huoshui.kernel.clock import today
from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id
from huoshui.kernel.models import Entry
from tests.commands.conftest import Installation


@pytest.fixture
def here(settings: Any, tmp_path: Path) -> Path:
    """The data folder."""
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_without_its_marker_it_is_no_demo(here: Path, land: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match=r"ops\.not_demo"):
        require_demo()


def test_the_marker_speaks_of_one_database(here: Path, land: SimpleNamespace) -> None:
    (here / MARKER).write_text(json.dumps({"first_entry": str(new_id())}))
    with pytest.raises(Refusal, match=r"ops\.not_demo"):
        require_demo()
    first = Entry.objects.earliest("seq")
    (here / MARKER).write_text(json.dumps({"first_entry": str(first.subject_id)}))
    require_demo()


def test_it_is_loaded_only_where_nothing_is(here: Path, land: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match=r"ops\.not_empty"):
        load_into_empty(today())
    assert not (here / MARKER).exists()


def test_real_data_are_not_reset(prepared: Installation) -> None:
    assert "ops.not_demo" in prepared.refused("demo", "--reset", "--yes")
    assert len(prepared.read("places", "list", "--json")) == 1


def test_a_day_that_is_too_early_is_refused_before_anything_is_deleted(prepared: Installation) -> None:
    assert "demo.too_early" in prepared.refused("demo", "--reset", "--yes", "--as-of", "2016-01-01")
    assert len(prepared.read("places", "list", "--json")) == 1


def test_a_demo_is_deleted_as_a_whole(prepared: Installation) -> None:
    (prepared.folder / "files").mkdir()
    output = prepared.script(
        """
import json
from django.conf import settings
from huoshui.commands import demo
from huoshui.kernel.models import Entry
marker = settings.DATA_DIR / demo.MARKER
marker.write_text(json.dumps({"first_entry": str(Entry.objects.earliest("seq").subject_id)}))
demo.require_demo()
demo.delete_everything()
print(sorted(path.name for path in settings.DATA_DIR.iterdir()))
"""
    )
    assert "huoshui.sqlite3" not in output
    assert "files" not in output
    assert MARKER not in output
    assert "keys" in output
