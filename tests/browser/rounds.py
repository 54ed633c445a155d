"""A small round that runs, for tests that score."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tests.browser.desk import Desk
from tests.browser.scoring import post
from tests.browser.server import today

TOWN = "410871100"
"""阳庙镇"""


@dataclass(frozen=True)
class SmallRound:
    """A round of two villages with two judges."""

    id: str
    villages: tuple[str, str]
    judges: tuple[str, str]


def open_small_round(desk: Desk, name: str, checklist: str = "review.hub_review") -> SmallRound:
    """Planned and opened over the API by the review lead."""
    review = desk.api("review")
    opens_on = today()
    villages, judges = (f"{TOWN}201", f"{TOWN}202"), ("judge1", "judge2")
    planned = post(
        review,
        "/rounds",
        {
            "name": name,
            "place": TOWN,
            "checklist": checklist,
            "opens_on": opens_on.isoformat(),
            "closes_on": (opens_on + dt.timedelta(days=4)).isoformat(),
            "places": list(villages),
            "judges": list(judges),
            "rules": {"drop_highest": 0, "drop_lowest": 0, "minimum_judges": 2},
        },
    )
    post(review, f"/rounds/{planned['id']}/open")
    review.dispose()
    return SmallRound(planned["id"], villages, judges)
