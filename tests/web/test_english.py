"""The interface in English: no Chinese is left on the pages beside the records' own texts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.matters.actions import open_matter
from huoshui.packs.actions import load_pack
from huoshui.packs.units import unit_word
from huoshui.search.keeping import keep_up
from tests.visits.staging import Stage, write_pack

SignIn = Callable[[Account], Client]
ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[\u3001\u3002\u300a-\u3011\u4e00-\u9fff\uff01-\uff5e]")
"""Chinese characters and punctuation; not the wide space."""
SHOWN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-label")
NOT_READ = ("script", "style", "textarea")
VOID = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "source", "wbr"))
TEMPLATES = ROOT / "src" / "huoshui" / "web" / "templates"
SAID_IN_CATALOGUE = re.compile(
    r"{% comment %}.*?{% endcomment %}|{% blocktranslate .*?{% endblocktranslate %}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL
)
KEPT_CHINESE = (">活水</span>", ">中文</button>", 'value="是"', 'value="否"')
"""The mark, the name of the other language, and what a yes or no is sent as."""
EXAMPLES = ("寨卜昌",)
"""Names that an English hint gives as an example of what to type."""


class Shown(HTMLParser):
    """What a reader of a page reads: its texts and labels; not the mark, nor what says that it is in Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._within: list[bool] = []
        """For every open element, whether it is read."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        read = all(self._within[-1:]) and tag not in NOT_READ
        read = read and given.get("class") != "mark" and given.get("lang") != "zh-Hans"
        if read:
            self.texts += [given[name] or "" for name in SHOWN_ATTRIBUTES if name in given]
        if tag not in VOID:
            self._within.append(read)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._within:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if all(self._within[-1:]):
            self.texts.append(data)


MARKED = re.compile(r"</?mark>")


def chinese_on(page: str, data: list[str]) -> list[str]:
    """The texts of a page in which Chinese is left once what the records say is taken away."""
    reader = Shown()
    reader.feed(MARKED.sub("", page))  # words that were looked for stand in parts
    left = []
    for text in reader.texts:
        bare = text
        for said in data:
            bare = bare.replace(said, "")
        if CHINESE.search(bare):
            left.append(" ".join(text.split()))
    return left


def recorded() -> list[str]:
    """Every text that the records hold, the longest first; those of packs have English beside them."""
    found: set[str] = set(EXAMPLES)
    for model in apps.get_models():
        if model._meta.app_label in ("packs", "sessions", "contenttypes", "auth"):
            continue
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, CharField | TextField | JSONField)]
        for row in model._default_manager.values_list(*names):
            found |= {text for value in row for text in _texts(value)}
    return sorted((text for text in found if CHINESE.search(text)), key=len, reverse=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if value[:1] in "{[":
            try:
                yield from _texts(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    subprocess.run([sys.executable, str(ROOT / "scripts" / "messages.py"), "compile"], check=True, capture_output=True)


@pytest.fixture
def stage(cast: SimpleNamespace, tmp_path: Path) -> Stage:
    load_pack(by=system_account(), folder=write_pack(tmp_path / "trial"))
    return Stage(cast)


def in_english(client: Client) -> Client:
    """The client, with its language set as the button on the page sets it."""
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    return client


def addresses(stage: Stage) -> list[str]:
    """The main pages, with a round at every stage and a matter."""
    cast, land = stage.cast, stage.land
    matter = open_matter(by=cast.town_office, kind="rectification.item", place=land.village, title="漏雨")
    rounds = [stage.opened(), stage.computed(), stage.sealed()]
    tabs = ("progress", "heat", "ranking", "outcome", "adjustments", "signatures", "judges", "journal")
    return [
        *(reverse(name) for name in ("today", "ledger", "matter_new", "map", "places", "place_import")),
        *(
            reverse(name)
            for name in ("rounds", "round_new", "sheets", "sheet_start", "people", "grant", "open_account")
        ),
        *(reverse(name) for name in ("tokens", "packs", "journal", "notices", "account_change_password", "mfa_index")),
        reverse("matter", args=[matter.number]),
        f"{reverse('matter', args=[matter.number])}?step=claim",
        f"{reverse('matter', args=[matter.number])}?do=assign",
        f"{reverse('matter_new')}?place={land.village.code}",
        *(
            f"{reverse('place', args=[land.village.code])}?tab={tab}"
            for tab in ("", "sites", "visits", "matters", "journal")
        ),
        reverse("place_open", args=[land.village.code]),
        reverse("person", args=[cast.secretary.username]),
        *(reverse("pack", args=[code]) for code in ("core", "rectification", "hubs", "review")),
        reverse("matter_kind", args=["rectification", "item"]),
        reverse("matter_kind", args=["hubs", "construction"]),
        reverse("checklist", args=["review", "hub_review"]),
        reverse("checklist_edit", args=["trial", "trial"]),
        *(f"{reverse('round', args=[round.pk])}?tab={tab}" for round in rounds for tab in tabs),
        *(reverse("round_plan", args=[round.pk]) for round in rounds),
        *(reverse("round_place", args=[round.pk, land.village.code]) for round in rounds),
        f"{reverse('search')}?q=o",
        f"{reverse('find')}?q=村",
        f"{reverse('find')}?q=zzzz&kind=matters",
        "/nowhere",
    ]


def test_pages_have_no_chinese_of_their_own(stage: Stage, signed_in: SignIn) -> None:
    pages = addresses(stage)
    keep_up()
    data = recorded()
    left = {}
    for role in ("review_lead", "secretary", "administrator"):
        client = in_english(signed_in(getattr(stage.cast, role)))
        answers = {address: client.get(address) for address in pages}
        assert sum(answer.status_code == 200 for answer in answers.values()) > 15
        for address, answer in answers.items():
            if found := chinese_on(answer.content.decode(), data):
                left[role, address] = found
    assert left == {}


def test_a_judges_sheet_has_none(stage: Stage, signed_in: SignIn) -> None:
    round = stage.opened()
    visits = [stage.submitted(round), stage.sheet(round, place=stage.land.village2)]
    client = in_english(signed_in(stage.cast.judges[0]))
    for address in (reverse("sheets"), *(reverse("sheet", args=[visit.pk]) for visit in visits)):
        assert chinese_on(client.get(address).content.decode(), recorded()) == []


@pytest.mark.usefixtures("db")
def test_the_login_page_has_none_at_all() -> None:
    client = in_english(Client())
    page = client.get(reverse("account_login")).content.decode()
    assert chinese_on(page, []) == []
    assert "Sign in" in page
    refused = client.post(reverse("account_login"), {"login": "nobody", "password": "wrong"}).content.decode()
    assert chinese_on(refused, []) == []


@pytest.mark.parametrize("page", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_templates_say_nothing_without_the_catalogue(page: Path) -> None:
    """What no test's page shows, such as a rare state, is found here."""
    bare = SAID_IN_CATALOGUE.sub("", page.read_text(encoding="utf-8"))
    for mark in KEPT_CHINESE:
        bare = bare.replace(mark, "")
    assert CHINESE.findall(bare) == []


def test_every_message_has_its_english() -> None:
    check = [sys.executable, str(ROOT / "scripts" / "messages.py"), "check"]
    done = subprocess.run(check, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_sign_that_counts_several_things_says_which() -> None:
    with override("en"):
        assert (unit_word("张"), gettext("张"), unit_word("斤")) == ("beds", "photos", "斤")
    with override("zh-hans"):
        assert unit_word("张") == "张"
