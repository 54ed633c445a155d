"""How values of journal entries are read that stand for themselves: points, sums, days, moments, ways."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoshui.duties.scopes import scopes_in_words
from huoshui.figures.facts import FACT_VIEWS
from huoshui.kernel import clock
from huoshui.kernel.errors import Problem
from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import clauses, listed
from huoshui.matters.money.sums import yuan_text
from huoshui.notices.models import Way
from huoshui.notices.texts import kinds
from huoshui.packs.queries import all_current
from huoshui.schedules.recurrence import told
from huoshui.web.event_words import event_words
from huoshui.web.words import value_words

DEGREE = 1_000_000
"""Latitude and longitude are kept in millionths of a degree."""


def read_quorum(_glossary: Any, judges: Any) -> str:
    return value_words(judges) if judges else _("过半数")


def read_points(_glossary: Any, thousandths: Any) -> str:
    return _("%(points)s 分") % {"points": shown(thousandths, POINTS)}


def read_rule(_glossary: Any, rule: Any) -> str:
    """A recurrence rule in words."""
    return told(rule)


def read_items(_glossary: Any, codes: Any) -> str:
    """How many items of a checklist."""
    return ngettext("%(count)d 项", "%(count)d 项", len(codes)) % {"count": len(codes)} if codes else ""


def yuan_words(fen: int) -> str:
    """A sum kept in fen, as it is told."""
    return _("%(yuan)s 元") % {"yuan": yuan_text(fen)}


def read_yuan(_glossary: Any, fen: Any) -> str:
    return yuan_words(fen)


def read_degrees(_glossary: Any, value: Any) -> str:
    return f"{shown(value, DEGREE)}°"


def read_outline(_glossary: Any, text: Any) -> str:
    """How many corners an outline (GeoJSON) has."""
    shape = json.loads(text)
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    corners = sum(len(ring) - 1 for polygon in polygons for ring in polygon)
    return ngettext("%(count)d 个界点", "%(count)d 个界点", corners) % {"count": corners}


def read_days(_glossary: Any, days: Any) -> str:
    """From the first to the last of some days, of which any may be missing."""
    known = sorted(day for day in days if day)
    if not known:
        return ""
    first, last = known[0], known[-1]
    return first if first == last else _("%(first)s 至 %(last)s") % {"first": first, "last": last}


def read_moment(_glossary: Any, text: Any) -> str:
    """A moment (ISO, UTC) as the district's clock showed it."""
    return f"{dt.datetime.fromisoformat(text).astimezone(clock.LOCAL_ZONE):%Y-%m-%d %H:%M}"


def read_minutes(_glossary: Any, count: Any) -> str:
    return ngettext("%(count)d 分钟", "%(count)d 分钟", count) % {"count": count}


def read_method(_glossary: Any, code: Any) -> str:
    """By what somebody shows who they are."""
    words = {
        "password": _("密码"),
        "totp": _("验证器"),
        "webauthn": _("通行密钥"),
        "recovery_codes": _("恢复码"),
        "socialaccount": _("单点登录"),
    }
    return words.get(code, str(code))


def read_methods(glossary: Any, codes: Any) -> str:
    """The steps of one sign-in."""
    return listed(read_method(glossary, code) for code in codes)


def read_ways(_glossary: Any, ways: Any) -> str:
    """Ways by kind of notice."""
    words = dict(Way.choices)
    return clauses(f"{kinds()[kind].name}{_('：')}{words[way]}" for kind, way in ways.items() if kind in kinds())


def read_scopes(_glossary: Any, scopes: list[str]) -> str:
    return listed(scopes_in_words(scopes))


def read_event(_glossary: Any, name: str) -> str:
    return event_words(name)


def read_events(_glossary: Any, names: list[str]) -> str:
    return listed(event_words(name) for name in names)


def read_document_kind(_glossary: Any, code: str) -> str:
    known = all_current("documents").get(code)
    return str(known.name) if known else code


def read_views(_glossary: Any, names: list[str]) -> str:
    """Fact views by what they are."""
    return listed(str(FACT_VIEWS[name].about) if name in FACT_VIEWS else name for name in names)


def read_refused(_glossary: Any, code: str) -> str:
    """Why a question was refused: what to do next says it without the words that the error names."""
    return Problem(code).what_next()


def read_digest(_glossary: Any, text: str) -> str:
    """Enough of a digest to compare it by eye."""
    return f"{text[:12]}…"


def read_service(_glossary: Any, code: str) -> str:
    """An item or a bundle of services by its qualified code."""
    known = all_current("services").get(code) or all_current("service_bundles").get(code)
    return str(known.name) if known else code


def read_rating(_glossary: Any, code: str) -> str:
    """A level of a rating by its code, of whichever rule."""
    levels = (level for rule in all_current("service_ratings").values() for level in rule.levels)
    return next((str(level.name) for level in levels if level.code == code), code)
