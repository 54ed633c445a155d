"""Signed-in clients for page tests, and rounds to look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from tests.visits.staging import Stage, write_pack

BACKEND = "huoshui.web.backends.SignedInBackend"


@pytest.fixture
def signed_in() -> Callable[[Account], Client]:
    """A browser session of an account."""

    def sign_in(account: Account) -> Client:
        client = Client()
        client.force_login(account, backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    """The trial checklist, loaded, and rounds of it at any step."""
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    return Stage(cast)


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> None:
    """What is sent lies in a folder of the test."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
