"""A matter of village 1, and how the cast moves it along."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from huoshui.kernel import clock
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.models import Matter
from huoshui.media.actions import attach_file
from huoshui.places.models import Place

CLAIM = {"measures": "补齐会议记录，按月整理归档", "deadline": "2018-04-20"}


def photo(shade: int = 90) -> bytes:
    """A small JPEG of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 60)).save(stream, "JPEG")
    return stream.getvalue()


def at(day: str, hour: int = 12) -> Any:
    """The clock stands at noon of a day within the block."""
    return clock.set_to(clock.local_moment(dt.date.fromisoformat(day), hour))


Opener = Callable[..., Matter]


@pytest.fixture
def open_item(cast: SimpleNamespace) -> Opener:
    """Open a rectification item, by the district's office unless said otherwise."""

    def opening(place: Place | None = None, **options: Any) -> Matter:
        options = {"by": cast.district_office, "title": "三会一课记录不全", "kind": "rectification.item"} | options
        return open_matter(place=place or cast.land.village, **options)

    return opening


@pytest.fixture
def item(open_item: Opener) -> Matter:
    """An ordinary item of village 1, to be claimed."""
    return open_item()


def claim(matter: Matter, by: Any, **values: Any) -> Matter:
    return advance(by=by, matter=matter, transition="claim", values=CLAIM | values)


def submit(matter: Matter, by: Any, shade: int = 90) -> Matter:
    """Claim when needed, show a photo, submit."""
    if matter.state == "to_claim":
        matter = claim(matter, by)
    attach_file(by=by, subject=matter, place=matter.place, slot="after", data=photo(shade), name="a.jpg", caption="")
    return advance(by=by, matter=matter, transition="submit", values={"progress": "已补齐"})


def close(matter: Matter, by: Any, verifier: Any) -> Matter:
    """The whole way to the verified end."""
    return advance(by=verifier, matter=submit(matter, by), transition="verify")
