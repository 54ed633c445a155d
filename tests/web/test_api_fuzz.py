"""Schemathesis over the whole of the API: whatever is sent, nothing fails, and every answer is as it was described.

``make fuzz`` does the same for longer, against a running instance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from huoshui.duties.models import Account
from huoshui.duties.scopes import known_scopes
from huoshui.duties.tokens import issue_token
from huoshui.matters.actions import open_matter
from huoshui.web.wsgi import application
from tests.visits.staging import Stage

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
FEWEST = 140
"""Operations that there are at least: none is left out unseen."""
EXAMPLES = 2
ENDING = ("/tokens/{token_id}/revoke", "/accounts/{username}/deactivate")
"""Operations that could end the token that asks; they have their own tests."""


def here(stage: Stage) -> dict[str, str]:
    """What there is, by the names of parameters: of most operations the way to it is not the question."""
    round = stage.opened(places=[stage.land.village])
    sheet = stage.submitted(round)
    matter = open_matter(
        by=stage.cast.town_office, kind="rectification.item", place=stage.land.village, title="栏杆松动"
    )
    return {
        "number": matter.number,
        "code": stage.land.village.code,
        "round_id": str(round.pk),
        "sheet_id": str(sheet.pk),
        "username": stage.cast.secretary.username,
        "pack": "review",
    }


def token_of(account: Account) -> str:
    _, token = issue_token(by=account, account=account, name="试", days=30, scopes=known_scopes())
    return token


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """As Django's own client has it: a request ends without closing the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("files", "_one_connection")
def test_nothing_fails_and_every_answer_is_as_described(stage: Stage) -> None:
    """Each request is sent for an administrator and for somebody without any duty."""
    known = here(stage)
    tokens = [token_of(account) for account in (stage.cast.administrator, stage.cast.stranger)]
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    seen, wrong = 0, []
    for found in schema.get_all_operations():
        operation = found.ok()
        seen += 1
        if not operation.path.endswith(ENDING):
            wrong += try_out(operation, known, tokens)
    assert not wrong, "\n\n".join(wrong)
    assert seen >= FEWEST


def try_out(operation: Any, known: dict[str, str], tokens: list[str]) -> list[str]:
    """What some requests find wrong with one operation: the same in every run, every other of them to what is there."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def once(case: Any, real: bool) -> None:
        if real:
            case.path_parameters |= {name: known[name] for name in case.path_parameters if name in known}
        for token in tokens:
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
            try:
                case.validate_response(answer, checks=CHECKS)
            except FailureGroup as group:
                wrong.extend(f"{operation.label}: {failure}" for failure in group.exceptions)

    wrong: list[str] = []
    once()
    return wrong
