"""Two sessions at once over one pot, one approved sum, one order: the database lets one of them through."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from tests.commands.conftest import Installation, MakeInstallation


@pytest.fixture
def here(request: pytest.FixtureRequest, installation: MakeInstallation) -> Installation:
    """An installation over the engine of the tests."""
    if connection.vendor == "postgresql":
        return installation("here", database_url=request.getfixturevalue("database")("money"))
    prepared: Installation = request.getfixturevalue("prepared")
    return prepared


def test_the_loser_is_told_what_is_left(here: Installation) -> None:
    told = json.loads(here.script("from tests.commands.paying import main\nmain()").splitlines()[-1])
    assert [said.partition(":")[0] for said in told["approvals"]] == ["", "subsidy.pot_short"]
    assert "只剩 20,000.00 元" in told["approvals"][1]
    assert told["pot"] == [7_000_000, 5_000_000, 5_000_000]
    assert [said.partition(":")[0] for said in told["orders"]] == ["", "money.above_limit"]
    assert "最多还能记 20,000.00 元" in told["orders"][1]
    assert [said.partition(":")[0] for said in told["confirmations"]] == ["", "money.order_ended"]
    assert told["paid"] == [3_000_000]
