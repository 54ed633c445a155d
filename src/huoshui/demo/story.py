"""What every part of the demo shares: the day it is told for, the places, the people, the hubs, the sentences."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, field

from huoshui.demo.accounts import Cast
from huoshui.demo.conditions import Condition
from huoshui.demo.land import Land
from huoshui.demo.texts import Texts, texts
from huoshui.places.models import Place
from huoshui.schedules.workdays import add_working_days

INVENTED = "（示范数据）"
"""Ends the name of every round. Matters say so in their detail, and every page of the demo at its head."""


@dataclass
class Story:
    """The demo in the making."""

    as_of: dt.date
    land: Land
    cast: Cast
    hubs: dict[str, Condition]
    """By village code."""
    address: str = ""
    """Where the register is reached, as documents print it."""
    sites: dict[str, Place] = field(default_factory=dict)
    """The hub of each village that has one, by village code."""
    texts: Texts = field(default_factory=texts)


def working_day(start: dt.date, days: int) -> dt.date:
    """The ``days``-th working day after ``start``."""
    return add_working_days(start, days).day


def number_of(*words: str) -> int:
    """A number that is always the same for the same words, to pick a picture or a sentence by."""
    return zlib.crc32("/".join(words).encode())
