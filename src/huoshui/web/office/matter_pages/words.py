"""What a matter's dates say in words, and the path of its states."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoshui.kernel import clock
from huoshui.matters.columns import CLOSE_REASONS
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.schema import MatterKind

CLASS_OF_LIGHT = {"red": "days--late", "yellow": "days--behind", "blue": "days--near"}


def days_words(matter: Matter, deadline: dt.date | None = None) -> str:
    """The days to the deadline, or since it; for a closed matter whether it was in time (of ``deadline``)."""
    due = matter.due_on or deadline
    if due is None:
        return ""
    if matter.closed_on is not None:
        late = (matter.closed_on - due).days
        return (
            ngettext("超 %(days)d 天办结", "超 %(days)d 天办结", late) % {"days": late} if late > 0 else _("按期办结")
        )
    left = (due - clock.today()).days
    if left < 0:
        return late_words(-left)
    return _("今天到期") if left == 0 else left_words(left)


def late_words(days: int) -> str:
    """How many days ago it was due."""
    return ngettext("已超 %(days)d 天", "已超 %(days)d 天", days) % {"days": days}


def left_words(days: int) -> str:
    """How many days are left."""
    return ngettext("还有 %(days)d 天", "还有 %(days)d 天", days) % {"days": days}


def clock_words(matter: Matter) -> str:
    """Whose days are counted, where it is not the deadline of the ledger: such as the time to verify."""
    first = matter.definition.clocks[:1]
    return "" if first and first[0].code == matter.clock else matter.clock_name


def light_words(matter: Matter) -> str:
    """The word beside a light where it is not the usual one: how a matter without a green light ended."""
    if matter.closed_on is None or matter.light() == "green":
        return ""
    return close_reason_words(matter.close_reason)


def light_class(light: str) -> str:
    """The style of a light: the ledger's "yellow" is drawn in amber."""
    return "amber" if light == "yellow" else light


def days_class(light: str) -> str:
    """The weight of the days beside a light."""
    return CLASS_OF_LIGHT.get(light, "")


def close_reason_words(reason: str) -> str:
    """Why a matter ended."""
    return str(CLOSE_REASONS.get(reason, ""))


@dataclass(frozen=True)
class PathState:
    """One state on the path of a matter."""

    label: str
    done: bool
    current: bool


def path_of(matter: Matter) -> list[PathState]:
    """The way from the first state to the usual end, with the states that this matter really went through."""
    kind = matter.definition
    usual = _usual_way(kind)
    if matter.state not in usual:
        usual = _with_detour(kind, usual, matter.state)
        if matter.phase == CLOSED:  # it ended beside the way: where it never was is left out
            been = {step.to_state for step in matter.steps.all()} | {kind.initial, matter.state}
            usual = [code for code in usual if code in been]
    here = usual.index(matter.state)
    return [PathState(str(kind.state(code).name), done=at < here, current=at == here) for at, code in enumerate(usual)]


def _usual_way(kind: MatterKind) -> list[str]:
    """States along the obvious steps from the first on, each once, up to where the matter usually ends."""
    way = [kind.initial]
    while kind.state(way[-1]).phase != CLOSED:
        onward = [step for step in kind.transitions_from(way[-1]) if step.to not in way]
        if not onward:
            return way
        way.append(onward[0].to)
    return way


def _with_detour(kind: MatterKind, usual: list[str], state: str) -> list[str]:
    """The usual way with a state that lies beside it: an ending replaces the end, another stands before its way on."""
    if kind.state(state).phase == "closed":
        return [*usual[:-1], state]
    onward = next((step.to for step in kind.transitions_from(state) if step.to in usual), usual[-1])
    at = usual.index(onward)
    return [*usual[:at], state, *usual[at:]]
