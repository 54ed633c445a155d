"""How the demo's judges answer: invented, with effects of township, village, item and judge that hold together.

A village has a quality; each item of it has a state of its own around that; a judge sees the state a little more
kindly or strictly. What the register knows of a hub (areas, rooms) is answered as it stands.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from huoshui.demo.conditions import Condition
from huoshui.demo.story import number_of
from huoshui.demo.texts import NO_HUB, Texts, Theme
from huoshui.kernel.numbers import POINTS, shown
from huoshui.visits.answers import enter
from huoshui.visits.schema import Checklist, Deduction, Graded, Item, Threshold, YesNoScoring

MEAN, TOWN_SPREAD, VILLAGE_SPREAD, ITEM_SPREAD, SIGHT_SPREAD = 0.73, 0.04, 0.06, 0.13, 0.05
BEST = 0.95
"""No village is perfect."""
POOR_WITHOUT_HUB = ("rooms_in_use", "facilities", "opening_rules")
"""Items that are bound to be poor where there is no hub at all."""
FAILS_AT = 0.45
"""A state below this answers a yes/no item with no."""


@dataclass
class Opinion:
    """What one judge enters on one sheet."""

    answers: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    strengths: str = ""
    shortcomings: str = ""
    direction: str = ""


class Judging:
    """The state of every village in one round, and what each judge makes of it."""

    def __init__(
        self, name: str, checklist: Checklist, texts: Texts, hubs: Mapping[str, Condition], *, before_works: bool
    ) -> None:
        self._dice = random.Random(f"huoshui demo: {name}")  # noqa: S311 - invented data, not secrets
        self._checklist, self._texts, self._hubs, self._before_works = checklist, texts, hubs, before_works
        self._towns: dict[str, float] = {}
        self._villages: dict[str, dict[str, float]] = {}
        self._severity: dict[int, float] = {}

    def opinion(self, village: str, judge: int, gaps: int = 0) -> Opinion:
        """The sheet of judge number ``judge`` for a village (by code); ``gaps``: items left out at the end."""
        states, kindness = self._states(village), self._kindness(judge)
        found = Opinion()
        items = list(self._checklist.items.items())
        seen = {code: _within(states[code] + kindness + self._dice.gauss(0, SIGHT_SPREAD)) for code, _ in items}
        for code, item in items[: len(items) - gaps]:
            found.answers[code] = self._answer(item, village, seen[code])
            if enter(item, found.answers[code]).fails:
                problems = self._theme(item, village).problem
                found.notes[code] = problems[(number_of(village, code) + judge) % len(problems)]
        self._sum_up(found, seen, homeless=self._hubs[village].work == "without")
        return found

    def _sum_up(self, found: Opinion, seen: Mapping[str, float], *, homeless: bool) -> None:
        """Strengths, shortcomings and direction, from what was seen rather than registered."""
        looked_at = [code for code, item in self._checklist.items.items() if not item.prefill_from]
        order = sorted(looked_at, key=lambda code: (seen[code], code))
        worst = [self._texts.of_item(code) for code in order[:2]]
        if homeless:
            worst.insert(0, self._texts.themes[NO_HUB])
        found.shortcomings = "".join(dict.fromkeys(theme.shortcoming for theme in worst[:2]))
        found.direction = worst[0].direction
        found.strengths = "".join(dict.fromkeys(self._texts.of_item(code).strength for code in order[:-3:-1]))

    def _states(self, village: str) -> dict[str, float]:
        if village not in self._villages:
            town = self._towns.setdefault(village[:9], self._dice.gauss(0, TOWN_SPREAD))
            quality = MEAN + town + self._dice.gauss(0, VILLAGE_SPREAD)
            self._villages[village] = {
                code: _within(quality + self._dice.gauss(0, ITEM_SPREAD)) for code in self._checklist.items
            }
            if self._hubs[village].work == "without":
                self._villages[village].update(dict.fromkeys(POOR_WITHOUT_HUB, 0.15))
        return self._villages[village]

    def _kindness(self, judge: int) -> float:
        return self._severity.setdefault(judge, self._dice.gauss(0, 0.03))

    def _answer(self, item: Item, village: str, seen: float) -> Any:
        if item.prefill_from:
            return self._registered(item, village)
        match item.scoring:
            case Graded(options=options) if options:
                worse = min(int(max(0.88 - seen, 0) * len(options) * 1.2), len(options) - 1)
                return options[worse].code
            case Graded(step=step):
                return shown(round(item.points * (0.2 + 0.75 * seen) / step) * step, POINTS)
            case Deduction(per_finding=each):
                return int((0.95 - seen) * 0.9 * item.points / each)
            case YesNoScoring(fails_when="yes"):
                return "yes" if seen < FAILS_AT else "no"
            case YesNoScoring():
                return "no" if seen < FAILS_AT else "yes"
            case Threshold() as threshold:
                return _measured(threshold, seen)

    def _registered(self, item: Item, village: str) -> Any:
        """What the register holds of the village's hub; nothing there means no and none."""
        condition = self._hubs[village]
        attributes = condition.before if self._before_works else condition.after or condition.before
        value = attributes.get((item.prefill_from or "").rpartition(".")[2], 0)
        return ("yes" if value else "no") if isinstance(item.scoring, YesNoScoring) else value

    def _theme(self, item: Item, village: str) -> Theme:
        homeless = item.prefill_from and self._hubs[village].work == "without"
        return self._texts.themes[NO_HUB] if homeless else self._texts.of_item(item.code)


def _within(value: float) -> float:
    return min(max(value, 0.05), BEST)


def _measured(threshold: Threshold, seen: float) -> str:
    """A measured value: around the threshold, on its good side when the state is good, and never much beyond it."""
    share = 0.35 + 0.85 * seen if threshold.at_least is not None else 1.65 - 0.85 * seen
    scale: int = 10**threshold.decimals
    return shown(round(threshold.limit * share), scale)
