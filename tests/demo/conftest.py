"""The demo is loaded once for the whole module, in a transaction that is rolled back; files go to a folder of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from huoshui.demo.load import DemoSummary, begin, found, load_demo, put_present_on
from huoshui.kernel.context import channel
from huoshui.kernel.rereading import reading_in_transaction
from tests.demo.digest import digest
from tests.kept_files import made_once

ADDRESS = "https://demo.example.cn"
AS_OF = dt.date(2026, 11, 23)


@dataclass(frozen=True)
class Loaded:
    """One whole load that is there, and the digest of a partial one that was there before it."""

    summary: DemoSummary
    told: list[tuple[str, int, int]]
    present_alone: str
    """Digest of what is relative, loaded by itself for the same day."""


def _quiet(part: str, done: int, total: int) -> None:
    pass


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def write_present_digest(path: Path) -> None:
    """Kept for later runs of the same sources: what these load is then held against what another process loaded."""
    with rolled_back(), channel("demo"), reading_in_transaction():
        story, agenda = found(AS_OF, _quiet, ADDRESS), begin(_quiet)
        put_present_on(agenda, story)
        agenda.play(AS_OF)
        path.write_text(digest(of_2017=False))


@pytest.fixture(scope="module")
def quick_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files in a folder of their own, and passwords hashed quickly: 28 are set."""
    folder = tmp_path_factory.mktemp("demo")
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder / "files"}}
    changed: dict[str, Any] = {
        "STORAGES": {**settings.STORAGES, "default": storage},
        "JOURNAL_CHECKPOINT_DIRS": [folder / "checkpoints"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }
    with override_settings(**changed):
        yield


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, quick_settings: None) -> Iterator[Loaded]:
    """The demo, whole, as of AS_OF."""
    with django_db_blocker.unblock():
        present = made_once(f"demo-present-{connection.vendor}.txt", write_present_digest).read_text()
        with rolled_back():
            told: list[tuple[str, int, int]] = []
            summary = load_demo(as_of=AS_OF, address=ADDRESS, progress=lambda *step: told.append(step))
            yield Loaded(summary, told, present)
